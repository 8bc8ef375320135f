"""What is known of the day so far, laid over the plan."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.track.plan import DayPlan
from twin.errors import InputError
from twin.scenario.schema import Scenario

MEASURES = ("offered", "answered", "abandoned", "wait_s", "answered_20s", "operators")
HALF_HOUR = 1800.0
OFFERED, ANSWERED, ABANDONED, WAIT, IN_20S, OPERATORS = range(len(MEASURES))


@dataclass(frozen=True)
class Today:
    """The intervals of one day that a report holds."""

    date: datetime.date
    length: float
    """[s] of an interval."""
    now: int
    """Intervals from midnight that are over."""
    is_seen: np.ndarray
    """bool (intervals,): those of which the report says how many came."""
    seen: np.ndarray
    """float64 (intervals, intents): contacts offered."""
    counts: np.ndarray
    """float64 (intervals, MEASURES): all contacts together; NaN where unknown."""

    def says_as(self, other: "Today") -> bool:
        """Whether the other says the same, number by number."""
        pairs = ((self.is_seen, other.is_seen), (self.seen, other.seen), (self.counts, other.counts))
        return (self.date, self.length, self.now) == (other.date, other.length, other.now) and all(
            np.array_equal(one, two, equal_nan=one.dtype.kind == "f") for one, two in pairs
        )

    @property
    def clock(self) -> str:
        minutes = round(self.now * self.length / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"


def plan_and_today(
    scenario: Scenario, intervals: pd.DataFrame, date: datetime.date | None = None, until: float | None = None
) -> tuple[DayPlan, Today]:
    """The plan of the last day in the table (or of `date`, which may not have begun), and what the table says of it.

    Parameters
    ----------
    intervals : DataFrame
        INTERVAL_COLUMNS of `calibration.history.tables`.
    until : float, optional
        [s after midnight] Only what was over by then; all of the day unless given.

    Raises
    ------
    InputError
        If the table holds nothing of the day though the day has been, or intervals of several lengths.
    """
    if intervals.empty and date is None:
        raise InputError("the history holds no intervals yet: --date names the day, to be seen as its plan has it")
    day = intervals["date"].max() if date is None else pd.Timestamp(date)
    rows = intervals[intervals["date"] == day]
    if rows.empty and (intervals["date"] > day).any():
        first, last = intervals["date"].min(), intervals["date"].max()
        raise InputError(
            f"--date is {day:%Y-%m-%d}, must be between {first:%Y-%m-%d} and {last:%Y-%m-%d} with rows, or later"
        )
    length = _length(rows if len(rows) else intervals[intervals["date"] == intervals["date"].max()], day)
    plan = DayPlan.of(scenario, day.date(), length)
    ends = rows["start_s"] + length
    rows = rows[(ends <= until) if until is not None else np.ones(len(rows), bool)]
    rows = rows[rows["offered"].notna()]
    place = (rows["start_s"] // length).astype(int)
    busy = place[(rows["offered"] > 0).to_numpy()]
    now = int(until // length) if until is not None else (int(busy.max()) + 1 if len(busy) else 0)
    is_seen = np.zeros(plan.n, bool)
    is_seen[place[place < now]] = True
    counts = _counts(rows, place.to_numpy(), plan.n)
    return plan, Today(day.date(), length, now, is_seen, _by_intent(plan, rows, place.to_numpy()), counts)


def _length(rows: pd.DataFrame, day: pd.Timestamp) -> float:
    """[s] Of the intervals; a half hour where there are none yet."""
    lengths = sorted(rows["length_s"].unique())
    if len(lengths) > 1:
        raise InputError(f"{day:%Y-%m-%d}: intervals of {', '.join(map(str, lengths))} s, must all be as long")
    return float(lengths[0]) if lengths else HALF_HOUR


def _counts(rows: pd.DataFrame, place: np.ndarray, n: int) -> np.ndarray:
    in_time = rows["answered_in_time"].where(rows["within_s"] == 20)
    waits = rows["wait_answered_s"] + rows["wait_abandoned_s"]
    columns = [rows["offered"], rows["answered"], rows["abandoned"], waits, in_time, rows["operators"]]
    is_quiet = (rows["offered"] == 0).to_numpy()  # there a mean wait, and who is on duty, may be left blank
    table = np.full((n, len(MEASURES)), np.nan)
    for i, column in enumerate(columns):
        values = column.to_numpy(float)
        if i != OPERATORS:
            values = np.where(is_quiet & np.isnan(values), 0.0, values)
        sums = pd.Series(values).groupby(place).sum(min_count=1)
        table[sums.index.to_numpy(int), i] = sums.to_numpy()
        table[place[np.isnan(values) & ~is_quiet], i] = np.nan  # what a queue does not say, the sum does not know
    return table


def _by_intent(plan: DayPlan, rows: pd.DataFrame, place: np.ndarray) -> np.ndarray:
    """Offered contacts by intent: as the report names them, else in the shares that the plan expects."""
    seen = np.zeros((plan.n, len(plan.intents)))
    named = rows["type"].where(rows["type"].isin(plan.intents), rows["queue"])
    column = {name: i for i, name in enumerate(plan.intents)}
    is_named = named.isin(plan.intents).to_numpy()
    np.add.at(seen, (place[is_named], named[is_named].map(column).to_numpy(int)), rows["offered"].to_numpy()[is_named])
    rest = np.zeros(plan.n)
    np.add.at(rest, place[~is_named], rows["offered"].to_numpy()[~is_named])
    for i in np.flatnonzero(rest):
        seen[i] += _shared_out(rest[i], plan.expected[i])
    return seen


def _shared_out(total: float, weights: np.ndarray) -> np.ndarray:
    """Whole contacts in proportion to the weights; the largest remainders get those that are left."""
    total = round(total)
    shares = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
    parts = np.floor(total * shares)
    order = np.argsort(parts - total * shares, kind="stable")
    parts[order[: int(total - parts.sum())]] += 1
    return parts
