"""The report of a live day: read as it stands at this instant, with what a planner must know of it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.fit.record import in_time_column
from calibration.history.intervals_in import CORRECTED
from calibration.history.reader import read_files
from calibration.history.tables import History, intervals_of
from twin.errors import InputError
from twin.scenario.schema import Scenario

IN_TIME = 20.0
"""[s] within which a contact is answered in time."""


@dataclass(frozen=True)
class Report:
    """Intervals of one day or several, and what was made of the rows."""

    intervals: pd.DataFrame
    """INTERVAL_COLUMNS of `calibration.history.tables`."""
    n_refused: int = 0
    """Rows that could not be read."""
    n_corrected: int = 0
    """Rows that a later row says again: the later one counts."""
    n_unfinished: int = 0
    """Rows with contacts in an interval that is not over yet."""
    over: datetime.date | None = None
    """Day of which all rows are over by the clock (`until`)."""
    guessed: str = ""
    """What was taken for granted of the intervals' length."""

    def until(self, clock: datetime.datetime) -> "Report":
        """Without the intervals of the clock's day that are not over: what is counted of them is not all."""
        table = self.intervals
        now = (clock - clock.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        is_open = (table["date"] == pd.Timestamp(clock.date())) & (table["start_s"] + table["length_s"] > now)
        n = int((is_open & (table["offered"] > 0)).sum())
        return replace(self, intervals=table[~is_open].reset_index(drop=True), n_unfinished=n, over=clock.date())

    def other_within(self, date: datetime.date) -> tuple[float, ...]:
        """Thresholds [s] of answered in time, other than ours, on the day: those counts are not used."""
        withins = self.intervals.loc[self.intervals["date"] == pd.Timestamp(date), "within_s"].dropna().unique()
        return tuple(sorted(float(one) for one in withins if one != IN_TIME))

    def notes(self, date: datetime.date, scenario: Scenario | None = None) -> list[str]:
        """What is said of it, in sentences; of the scenario that follows it what answers it counts in time."""
        found = []
        if self.n_refused:
            found.append(f"{_rows(self.n_refused)} not understood (twin history names what is wrong)")
        if self.n_corrected:
            found.append(f"{_rows(self.n_corrected)} said again by a later one, which counts")
        if self.n_unfinished:
            found.append(
                f"{_rows(self.n_unfinished)} left out, of intervals that are not over by the clock of this computer "
                "(--until names another instant)"
            )
        if self.guessed:
            found.append(f"length of the intervals: {self.guessed}")
        others = [one for one in self.other_within(date) if scenario is None or in_time_column(scenario, one) is None]
        if others:
            listed = ", ".join(f"{one:g} s" for one in others)
            found.append(f"answered in time counts within {listed}, not {IN_TIME:g} s, and is not used")
        waits = self.intervals.loc[self.intervals["date"] == pd.Timestamp(date)]
        if waits["wait_answered_s"].notna().any() and waits["wait_abandoned_s"].isna().all():
            found.append(
                "the waits of those who gave up are not reported: the day is followed by those of the answered"
            )
        return found


def _rows(n: int) -> str:
    return "1 row of the report is" if n == 1 else f"{n} rows of the report are"


def read_report(paths: Sequence[str | Path], mapping: Sequence[str | Path] | None = None) -> Report:
    """Files or a folder, with the day so far; of rows for the same interval the last one counts.

    Raises
    ------
    InputError
    """
    return report_of(read_files(list(paths), mapping, later_counts=True).history, ", ".join(map(str, paths)))


def report_of(history: History, name: str) -> Report:
    """The intervals of a history, or its calls counted by half hour."""
    intervals, quality = history.intervals, history.quality
    if intervals is None:
        if history.calls is None:
            raise InputError(f"{name}: holds neither calls nor intervals, which track needs")
        intervals = intervals_of(history.calls)
    reasons = quality.left_out["reason"].to_numpy(str)
    guessed = [one.text for one in quality.remarks if one.topic == "interval" and one.sureness == "guess"]
    return Report(
        intervals, len(quality.rejected), int(np.char.startswith(reasons, CORRECTED).sum()) if len(reasons) else 0,
        guessed=guessed[0] if guessed else "",
    )  # fmt: skip
