"""Half hours as an ACD reports them, recorded or simulated: the same table for both, (days, intervals of the day)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twin.calendar import DAY
from twin.errors import InputError
from twin.simulation import Run

COUNTS = ("offered", "abandoned", "wait_s", "in_20s", "answered", "handle_s")


@dataclass(frozen=True)
class Record:
    """Counts and sums by the interval of asking for an operator; float64 (days, intervals of a day)."""

    dates: tuple[str, ...]
    interval_s: float
    offered: np.ndarray
    abandoned: np.ndarray
    wait_s: np.ndarray
    """Seconds waited by all offered, whether answered or not."""
    in_20s: np.ndarray
    """Answered within 20 s."""
    answered: np.ndarray
    handle_s: np.ndarray
    """Seconds of talk by those answered; NaN throughout if unknown."""
    operators: np.ndarray | None = None
    """Mean number present."""

    def days(self, chosen: Sequence[str]) -> "Record":
        """The same of some of the days."""
        place = {date: i for i, date in enumerate(self.dates)}
        missing = [date for date in chosen if date not in place]
        if missing:
            raise InputError(f"{missing[0]} is not in the history, which runs from {self.dates[0]} to {self.dates[-1]}")
        rows = [place[date] for date in chosen]
        columns = {name: getattr(self, name)[rows] for name in COUNTS}
        staff = None if self.operators is None else self.operators[rows]
        return Record(tuple(chosen), self.interval_s, operators=staff, **columns)

    def total(self, name: str) -> float:
        return float(getattr(self, name).sum())


def record_of(table: pd.DataFrame, interval_s: float = 1800.0) -> Record:
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
    return Record(dates, interval_s, operators=None if np.isnan(staff).all() else staff, **counts)


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

    return Record(
        dates=like.dates,
        interval_s=like.interval_s,
        offered=grid("offered"),
        abandoned=grid("abandoned"),
        wait_s=grid("wait_handled", "wait_lost"),
        in_20s=grid("in_20s"),
        answered=grid("handled"),
        handle_s=grid("talk"),
        operators=like.operators,
    )
