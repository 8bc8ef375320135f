"""What is known of the day so far, laid over the plan."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from calibration.fit.record import in_time_column
from calibration.names import in_names
from calibration.track.labels import groups_of, intents_of, joined
from calibration.track.plan import DayPlan
from twin.errors import InputError
from twin.scenario.schema import Scenario

MEASURES = (
    "offered", "answered", "abandoned", "wait_s", "answered_20s", "operators", "wait_answered_s", "answered_in_target",
)  # fmt: skip
"""The last two stand in where a report tells no waits of the lost, or counts answers within the queues' target."""
HALF_HOUR = 1800.0
LEAST_MISSED = 10.0
"""Contacts expected so far of an intent that no row names, above which the report does not hold it: else few came."""
OFFERED, ANSWERED, ABANDONED, WAIT, IN_20S, OPERATORS, WAIT_ANSWERED, IN_TARGET = range(len(MEASURES))


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
    streams: tuple[tuple[int, ...], ...] = ()
    """Places of the intents that the report tells apart; one stream of all where it does not, or unless given."""
    untold: tuple[int, ...] = ()
    """Places of intents of which contacts are expected, and which the report does not hold."""
    operators: dict[str, np.ndarray] = field(default_factory=dict)
    """Group whose operators are counted -> operators reported by interval, NaN where unknown; those told only."""

    def says_as(self, other: "Today") -> bool:
        """Whether the other says the same, number by number."""
        pairs = [(self.is_seen, other.is_seen), (self.seen, other.seen), (self.counts, other.counts)]
        pairs += [(there, other.operators[name]) for name, there in self.operators.items() if name in other.operators]
        mine, theirs = ((one.date, one.length, one.now, one.streams, set(one.operators)) for one in (self, other))
        return mine == theirs and all(np.array_equal(one, two, equal_nan=one.dtype.kind == "f") for one, two in pairs)

    def waits(self, sums: np.ndarray) -> np.ndarray:
        """Mean wait of sums (..., MEASURES) [s]: of all who are done, or of the answered if no more is reported."""
        if self._tells(WAIT) or not self._tells(WAIT_ANSWERED):
            return sums[..., WAIT] / np.maximum(sums[..., ANSWERED] + sums[..., ABANDONED], 1.0)
        return sums[..., WAIT_ANSWERED] / np.maximum(sums[..., ANSWERED], 1.0)

    def in_time(self, sums: np.ndarray) -> np.ndarray:
        """Share of the offered who were answered in 20 s, or within the queues' target if that is what is reported."""
        column = IN_20S if self._tells(IN_20S) or not self._tells(IN_TARGET) else IN_TARGET
        return sums[..., column] / np.maximum(sums[..., OFFERED], 1.0)

    def _tells(self, column: int) -> bool:
        return bool(np.isfinite(self.counts[self.is_seen, column]).any())

    def told(self, contacts: np.ndarray) -> np.ndarray:
        """Contacts by interval of the intents that the report holds, of contacts (intervals, intents)."""
        return np.delete(contacts, list(self.untold), axis=1).sum(axis=1)

    @property
    def clock(self) -> str:
        minutes = round(self.now * self.length / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"


def plan_and_today(
    scenario: Scenario,
    intervals: pd.DataFrame,
    date: datetime.date | None = None,
    until: float | None = None,
    over: datetime.date | None = None,
) -> tuple[DayPlan, Today]:
    """The plan of the last day in the table (or of `date`, which may not have begun), and what the table says of it.

    Parameters
    ----------
    intervals : DataFrame
        INTERVAL_COLUMNS of `calibration.history.tables`.
    until : float, optional
        [s after midnight] Only what was over by then; unless given, all up to the last interval with contacts, since
        reports may hold empty rows for what is to come.
    over : date, optional
        Day of which all rows are known to be over: intervals in which nobody came tell, too, save the newest, which
        may not be filled in yet.

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
    rows, _ = in_names(_second_passes(rows[rows["offered"].notna()]), scenario)
    place = (rows["start_s"] // length).astype(int)
    now = int(until // length) if until is not None else _now(place, rows["offered"], over == day.date())
    is_seen = np.zeros(plan.n, bool)
    is_seen[place[place < now]] = True
    where = place.to_numpy()
    streams, untold = _streams(plan, rows, plan.expected[is_seen].sum(axis=0))
    return plan, Today(
        day.date(), length, now, is_seen, _by_intent(plan, rows, where), _counts(plan, rows, where), streams, untold,
        operators_by_group(plan, rows, where),
    )  # fmt: skip


def _now(place: pd.Series, offered: pd.Series, is_over: bool) -> int:
    """Intervals from midnight that the report tells."""
    busy = place[(offered > 0).to_numpy()]
    told = int(busy.max()) + 1 if len(busy) else 0
    return max(told, int(place.max())) if is_over and len(place) else told


def _second_passes(rows: pd.DataFrame) -> pd.DataFrame:
    """Of the hour that the clocks of autumn pass twice its second pass: the simulated day has 24 hours."""
    return rows.sort_values("fold", kind="stable").drop_duplicates(["start_s", "queue", "type"], keep="last")


def _length(rows: pd.DataFrame, day: pd.Timestamp) -> float:
    """[s] Of the intervals; a half hour where there are none yet."""
    lengths = sorted(rows["length_s"].unique())
    if len(lengths) > 1:
        raise InputError(f"{day:%Y-%m-%d}: intervals of {', '.join(map(str, lengths))} s, must all be as long")
    return float(lengths[0]) if lengths else HALF_HOUR


def _counts(plan: DayPlan, rows: pd.DataFrame, place: np.ndarray) -> np.ndarray:
    in_20s = rows["answered_in_time"].where(rows["within_s"] == 20)
    counted = {within: in_time_column(plan.scenario, within) for within in rows["within_s"].dropna().unique()}
    in_target = rows["answered_in_time"].where(rows["within_s"].map(counted) == "in_target")
    waits = rows["wait_answered_s"] + rows["wait_abandoned_s"]
    columns = [rows["offered"], rows["answered"], rows["abandoned"], waits, in_20s, rows["operators"],
               rows["wait_answered_s"], in_target]  # fmt: skip
    is_quiet = (rows["offered"] == 0).to_numpy()  # there a mean wait, and who is on duty, may be left blank
    table = np.full((plan.n, len(MEASURES)), np.nan)
    for i, column in enumerate(columns):
        values = column.to_numpy(float)
        if i != OPERATORS:
            values = np.where(is_quiet & np.isnan(values), 0.0, values)
        sums = pd.Series(values).groupby(place).sum(min_count=1)
        table[sums.index.to_numpy(int), i] = sums.to_numpy()
        table[place[np.isnan(values) & ~is_quiet], i] = np.nan  # what a queue does not say, the sum does not know
    return table


def _names(plan: DayPlan, rows: pd.DataFrame) -> pd.Series:
    """What a row counts: the type where it is an intent or a queue of the scenario, else the queue."""
    known = [*plan.intents, *plan.scenario.queues]
    return rows["type"].where(rows["type"].isin(known), rows["queue"])


def _by_intent(plan: DayPlan, rows: pd.DataFrame, place: np.ndarray) -> np.ndarray:
    """Offered contacts by intent: as the report names them, or their queue; else in the shares that are expected."""
    seen = np.zeros((plan.n, len(plan.intents)))
    names, offered = _names(plan, rows), rows["offered"].to_numpy(float)
    of = names.map({name: intents_of(plan.scenario, plan.intents, name) for name in set(names)}).to_numpy(object)
    for intents in sorted(set(of), key=sorted):
        columns = [i for i, intent in enumerate(plan.intents) if intent in intents]
        own = np.array([one == intents for one in of])
        total = np.zeros(plan.n)
        np.add.at(total, place[own], offered[own])
        for i in np.flatnonzero(total):
            seen[i, columns] += _shared_out(total[i], plan.expected[i, columns]) if len(columns) > 1 else total[i]
    return seen


def _streams(
    plan: DayPlan, rows: pd.DataFrame, expected: np.ndarray
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """Intents that the rows tell apart, and those of which they hold nothing though contacts were due.

    Parameters
    ----------
    expected : ndarray (intents,)
        Contacts due so far.
    """
    names = _names(plan, rows)
    is_told = (rows["offered"] > 0) | names.isin([*plan.intents, *plan.scenario.queues])  # that none came is told, too
    sets = [intents_of(plan.scenario, plan.intents, name) for name in set(names[is_told])]
    named: frozenset[str] = frozenset().union(*sets)
    missed = [(i, intent) for i, intent in enumerate(plan.intents) if named and intent not in named]
    sets += [frozenset({intent}) for i, intent in missed if expected[i] <= LEAST_MISSED]
    place = {intent: i for i, intent in enumerate(plan.intents)}
    streams = tuple(tuple(sorted(place[intent] for intent in one)) for one in joined(sets))
    return streams, tuple(i for i, _ in missed if expected[i] > LEAST_MISSED)


def operators_by_group(plan: DayPlan, rows: pd.DataFrame, place: np.ndarray) -> dict[str, np.ndarray]:
    """Reported operators of the groups that are counted by head.

    A row tells of the groups that its queue or type names (`labels.groups_of`); of several together, the total is split
    as they are planned. Rows that hold rostered groups too tell of none.
    """
    names, operators = _group_names(plan, rows), rows["operators"].to_numpy(float)
    of = {name: groups_of(plan.scenario, name) for name in dict.fromkeys(names)}
    is_unsaid = np.isnan(operators) & (rows["offered"] > 0).to_numpy()
    found = {}
    for groups in joined({of[name] for name, there in zip(names, operators, strict=True) if not np.isnan(there)}):
        if not groups <= set(plan.heads):
            continue
        own = np.array([of[name] <= groups for name in names])
        total = pd.Series(operators[own]).groupby(place[own]).sum(min_count=1)
        reported = np.full(plan.n, np.nan)
        reported[total.index.to_numpy(int)] = total.to_numpy()
        reported[place[own & is_unsaid]] = np.nan  # what one row does not say, the sum does not know
        for name, share in _planned_shares(plan, groups):
            found[name] = reported * share
    return found


def _group_names(plan: DayPlan, rows: pd.DataFrame) -> list[str]:
    known = {*plan.scenario.groups, *plan.scenario.sites, *plan.scenario.queues, *plan.intents}
    return [queue if queue in known else kind for queue, kind in zip(rows["queue"], rows["type"], strict=True)]


def _planned_shares(plan: DayPlan, groups: Iterable[str]) -> list[tuple[str, np.ndarray]]:
    """Share (intervals,) of each group in the operators planned of these; where none are, its share of the day."""
    names = sorted(groups)
    heads = np.array([plan.heads[name] for name in names])
    day = heads.sum(axis=1) / heads.sum() if heads.sum() > 0 else np.full(len(names), 1 / len(names))
    total = heads.sum(axis=0)
    shares = np.where(total > 0, heads / np.where(total > 0, total, 1.0), day[:, np.newaxis])
    return list(zip(names, shares, strict=True))


def _shared_out(total: float, weights: np.ndarray) -> np.ndarray:
    """Whole contacts in proportion to the weights; the largest remainders get those that are left."""
    total = round(total)
    shares = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
    parts = np.floor(total * shares)
    order = np.argsort(parts - total * shares, kind="stable")
    parts[order[: int(total - parts.sum())]] += 1
    return parts
