"""Half hours as an ACD reports them, recorded or simulated: the same table for both, (days, intervals of the day)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from twin.calendar import DAY
from twin.errors import InputError
from twin.scenario.schema import Scenario
from twin.simulation import Run

COUNTS = ("offered", "abandoned", "wait_s", "in_time", "answered", "handle_s")


@dataclass(frozen=True)
class Measured:
    """What exactly a report counts; a run is measured likewise."""

    waits_of: Literal["offered", "answered"] = "offered"
    """Whose waits are summed: of all offered, or of the answered alone (ASA)."""
    within_s: float = 20.0
    """[s] Threshold of answered in time."""
    has_wrap: bool = False
    """Handle times hold wrap-up, too (AHT)."""

    def sentence(self, scenario: Scenario) -> str:
        """What the scenario does not count; empty where it counts all."""
        if in_time_column(scenario, self.within_s) is not None:
            return ""
        return (
            f"Answered within {self.within_s:g} s is not compared: no run counts it, since the target of the queues "
            f"(queues.*.target) is not {self.within_s:g} s."
        )


def in_time_column(scenario: Scenario, within_s: float | None) -> str | None:
    """The tally that counts answers within so many seconds: 20, or the target of all queues; None if there is none."""
    if within_s is None or within_s == 20:
        return "in_20s"
    targets = {queue.target for queue in scenario.queues.values()}
    targets |= {cluster.target for cluster in scenario.clusters.values() if cluster.target is not None}
    return "in_target" if targets == {within_s} else None


@dataclass(frozen=True)
class Record:
    """Counts and sums by the interval of asking for an operator; float64 (days, intervals of a day)."""

    dates: tuple[str, ...]
    interval_s: float
    offered: np.ndarray
    abandoned: np.ndarray
    wait_s: np.ndarray
    """Seconds waited, by `measured.waits_of`. Like `in_time` and `handle_s` NaN throughout if unknown."""
    in_time: np.ndarray
    """Answered within `measured.within_s`."""
    answered: np.ndarray
    handle_s: np.ndarray
    """Seconds of talk and hold of the answered, with wrap-up if `measured.has_wrap`."""
    operators: np.ndarray | None = None
    """Mean number present."""
    measured: Measured = Measured()

    def days(self, chosen: Sequence[str]) -> "Record":
        """The same of some of the days."""
        place = {date: i for i, date in enumerate(self.dates)}
        missing = [date for date in chosen if date not in place]
        if missing:
            raise InputError(f"{missing[0]} is not in the history, which runs from {self.dates[0]} to {self.dates[-1]}")
        rows = [place[date] for date in chosen]
        columns = {name: getattr(self, name)[rows] for name in COUNTS}
        staff = None if self.operators is None else self.operators[rows]
        return Record(tuple(chosen), self.interval_s, operators=staff, measured=self.measured, **columns)

    def counted_by(self, scenario: Scenario) -> "Record":
        """The same, without what no run of the scenario counts (`Measured.sentence`)."""
        if in_time_column(scenario, self.measured.within_s) is not None:
            return self
        return replace(self, in_time=np.full(self.in_time.shape, np.nan))

    def base(self, name: str) -> np.ndarray:
        """Contacts of which a share or a mean of this column is told, by interval: offered, but for waits of the
        answered."""
        return self.answered if name == "wait_s" and self.measured.waits_of == "answered" else self.offered

    def per_base(self, name: str, axis: int | None = None, scale: float = 1.0) -> Any:
        """A column over its base, summed over days (axis 0), intervals (1) or both; NaN where nobody is."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.divide(scale * getattr(self, name).sum(axis=axis), self.base(name).sum(axis=axis))
        return np.where(np.isfinite(found), found, np.nan)[()]

    def share(self, name: str, chosen: np.ndarray) -> float:
        """A column over its base, summed over the chosen intervals (bool, of all days); 0 where nobody is."""
        base = float(self.base(name)[chosen].sum())
        return float(getattr(self, name)[chosen].sum() / base) if base > 0 else 0.0

    def total(self, name: str) -> float:
        return float(getattr(self, name).sum())


def record_of(table: pd.DataFrame, interval_s: float = 1800.0, measured: Measured | None = None) -> Record:
    """From rows date, start_s and any of COUNTS and operators; absent intervals hold nothing.

    `offered`, `abandoned` must be there; what else is absent is unknown (NaN), `answered` is what did not give up.
    """
    missing = [name for name in ("date", "start_s", "offered", "abandoned") if name not in table]
    if missing:
        raise InputError(f"the history has no column {missing[0]!r}, must have date, start_s, offered, abandoned")
    n = round(DAY / interval_s)
    text = table["date"].astype(str).str[:10]
    dates = tuple(sorted(text.unique()))
    rows = text.map({date: i for i, date in enumerate(dates)}).to_numpy()
    columns = (table["start_s"].to_numpy(float) // interval_s).astype(int).clip(0, n - 1)

    def grid(name: str) -> np.ndarray:
        if name not in table or table[name].isna().all():
            return np.full((len(dates), n), np.nan)
        found = np.zeros((len(dates), n))
        np.add.at(found, (rows, columns), table[name].fillna(0).to_numpy(float))
        return found

    counts = {name: grid(name) for name in COUNTS}
    if np.isnan(counts["answered"]).all():
        counts["answered"] = counts["offered"] - counts["abandoned"]
    staff = grid("operators")
    staff_known = None if np.isnan(staff).all() else staff
    return Record(dates, interval_s, operators=staff_known, measured=measured or Measured(), **counts)


def simulated_record(run: Run, like: Record, rows: Sequence[int] | None = None) -> Record:
    """A run's half hours on the days of the record: counted days `rows`, one after the other unless given."""
    per_day = run.calendar.intervals_a_day
    width = round(like.interval_s / run.calendar.interval_time)
    if width < 1 or abs(width * run.calendar.interval_time - like.interval_s) > 1e-6:
        raise InputError(
            f"run.interval is {run.calendar.interval_time:g} s, must divide the history's {like.interval_s:g} s"
        )
    chosen = np.arange(len(like.dates)) if rows is None else np.asarray(rows)

    def grid(*names: str) -> np.ndarray:
        total = sum(run.tallies[name].sum(axis=1) for name in names)
        return np.asarray(total).reshape(run.calendar.days, per_day // width, width)[chosen].sum(axis=2)

    measured = like.measured
    in_time = in_time_column(run.scenario, measured.within_s)
    return Record(
        dates=like.dates,
        interval_s=like.interval_s,
        offered=grid("offered"),
        abandoned=grid("abandoned"),
        wait_s=grid("wait_handled", *([] if measured.waits_of == "answered" else ["wait_lost"])),
        in_time=grid(in_time) if in_time else np.full(like.offered.shape, np.nan),
        answered=grid("handled"),
        handle_s=grid("talk", "hold", *(["wrap"] if measured.has_wrap else [])),
        operators=like.operators,
        measured=measured,
    )
