"""From history to a problem: the record to be met, and what a replayed scenario replays of it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from calibration.bank import INTERVAL, find_raw, read_intervals
from calibration.bank_days import log_tables
from calibration.fit.parameters import Box
from calibration.fit.record import Measured, Record, record_of
from calibration.fit.simulator import Problem
from calibration.history.reader import read_files
from calibration.history.tables import History, intervals_of
from calibration.operators import KNOWN_UNTIL
from twin.errors import InputError
from twin.scenario.demand_schema import Trace
from twin.scenario.load import Loaded, load
from twin.scenario.schema import Scenario
from twin.trace import TraceTables

NEEDED = ("date", "start_s", "offered", "abandoned")


class MonthsOnly(InputError):
    """The history holds monthly figures alone: another kind of fit takes it."""

    def __init__(self, name: str, history: History):
        super().__init__(f"{name} holds months alone")
        self.history = history


@dataclass(frozen=True)
class Source:
    """History as the fit takes it."""

    name: str
    recorded: Record
    intervals: pd.DataFrame
    """Rows date, start_s, type, offered ... as read."""
    folder: Path | None = None
    """Of the original log, where the scenario replays it call by call."""
    history: History | None = None
    """Where the files were read as `twin history` reads them."""

    @property
    def months(self) -> pd.DataFrame | None:
        """The table of months, where the history holds one beside the half hours."""
        return None if self.history is None else self.history.months

    def seen(self, dates: Sequence[str], of_months: Sequence[str] | None = None) -> History | None:
        """The history of these days alone, and of these months (those of the days unless given), for what is read
        directly off it."""
        if self.history is None:
            return None
        days = pd.DatetimeIndex(list(dates))
        calls, intervals = (
            None if table is None else table[table["date"].isin(days)].reset_index(drop=True)
            for table in (self.history.calls, self.history.intervals)
        )
        months = self.history.months
        if months is not None:
            chosen = {date[:7] for date in dates} if of_months is None else set(of_months)
            months = months[months["month"].dt.strftime("%Y-%m").isin(chosen)].reset_index(drop=True)
            months = months if len(months) else None
        return History(calls, intervals, months, self.history.quality)


def read_source(
    path: str | Path | Sequence[str | Path], scenario: Loaded, mapping: Sequence[str] | None = None
) -> Source:
    """Half hours of a log or a report as `twin history` reads it, or of the log that the scenario replays call by call.

    A table whose columns bear the names of INTERVAL_COLUMNS (`calibration.history.tables`) is taken as it is. Several
    paths, or a folder, may hold months beside the half hours.
    """
    if not isinstance(path, str | Path):
        if len(path) > 1:
            return _read_several([Path(one) for one in path], mapping)
        path = path[0]
    trace = scenario.scenario.demand
    folder = find_raw(path) if Path(path).is_dir() else None
    if folder is not None:
        if not isinstance(trace, Trace) or trace.raw is None:
            raise InputError(f"{path} holds a log of calls, but {scenario.scenario.name} has no reader (demand.raw)")
        given = read_intervals(folder)
        known = given["served_n"].where(given["served_n"] > 0)
        half_hours = given.assign(
            wait_answered_s=given["wait_sum_answered_s"],
            wait_abandoned_s=given["wait_sum_abandoned_s"],
            answered_in_time=given["answered_20s"],
            service_s=(given["service_sum_s"] / known * given["answered"]).fillna(0.0),
            operators=given["agents_on_s"] / INTERVAL,
        )
        return Source(folder.name, record_of_intervals(half_hours), half_hours, folder)
    table: pd.DataFrame | None = _plain_table(Path(path)) if mapping is None else None
    history = None
    if table is None:
        history = read_files(path, list(mapping) if mapping else None).history
        table = _half_hours(history, Path(path).name)
    return Source(Path(path).name, record_of_intervals(table), table, history=history)


def _half_hours(history: History, name: str) -> pd.DataFrame:
    if history.intervals is not None:
        return history.intervals
    if history.calls is not None:
        return intervals_of(history.calls)
    if history.months is not None:
        raise MonthsOnly(name, history)
    raise InputError(f"{name} holds neither intervals nor calls, which a fit needs")


def _read_several(paths: Sequence[Path], mapping: Sequence[str] | None) -> Source:
    """Files of different kinds as one history: a table under our own names of columns is one of them, at most."""
    plain = {path: _plain_table(path) for path in paths} if mapping is None else {}
    tables = [table for table in plain.values() if table is not None]
    if len(tables) > 1:
        raise InputError(f"{', '.join(map(str, plain))}: {len(tables)} tables of half hours, must be one")
    others: list[str | Path] = [path for path in paths if plain.get(path) is None]
    name = " and ".join(path.name for path in paths)
    history = read_files(others, list(mapping) if mapping else None).history if others else None
    table = tables[0] if tables else _half_hours(history or History(), name)
    return Source(name, record_of_intervals(table), table, history=history)


def record_of_intervals(table: pd.DataFrame) -> Record:
    """The record of an interval table, its queues and types together."""
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise InputError(f"the history has no column {missing[0]!r}, must have {', '.join(NEEDED)}")
    length = 1800.0
    if "length_s" in table and len(table):
        length = float(table["length_s"].iloc[0])
    given = table.rename(columns={"in_20s": "in_time"})
    waits_of: Literal["offered", "answered"] = "offered"
    if "wait_s" not in given and "wait_answered_s" in given:
        lost = given.get("wait_abandoned_s")
        if lost is not None and lost.isna().all():
            waits_of, given["wait_s"] = "answered", given["wait_answered_s"]
        else:
            given["wait_s"] = given["wait_answered_s"] + (0.0 if lost is None else lost)
    within_s = 20.0
    if "in_time" not in given and "answered_in_time" in given:
        within = given["within_s"].dropna().unique() if "within_s" in given else np.array([20.0])
        if len(within) == 1:
            within_s, given["in_time"] = float(within[0]), given["answered_in_time"]
    has_talk = "service_s" in given and not given["service_s"].isna().all()
    has_wrap = "handle_s" in given and "length_s" in given and not has_talk  # a report's AHT
    if has_talk:
        given["handle_s"] = given["service_s"]
    return record_of(given, length, Measured(waits_of, within_s, has_wrap))


def not_compared(source: Source, scenario: Scenario) -> str:
    """What the history says of answers in time and no run can be set beside: a sentence; empty where all is used."""
    table = source.intervals
    if np.isfinite(source.recorded.in_time).any():
        return source.recorded.measured.sentence(scenario)
    if "answered_in_time" not in table or "within_s" not in table or not table["answered_in_time"].notna().any():
        return ""
    withins = " and ".join(f"{one:g}" for one in sorted(table["within_s"].dropna().unique()))
    return f"Answered in time is not compared: the history has thresholds of {withins} s, must have one."


def _plain_table(path: Path) -> pd.DataFrame | None:
    """A table under our own names of columns; None if it is not one."""
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError):
        return None
    return table if set(NEEDED[:3]) <= set(table) else None


def problem_of(
    source: Source,
    name: str,
    overrides: Sequence[str],
    dates: Sequence[str],
    box: Box,
    seed: int = 1,
    until: str | None = None,
) -> Problem:
    """The scenario on these dates of the history.

    `until`: last day of which may be known how long its work took, where that is read call by call. Later days have
    the level that is expected of who is there.
    """
    if not dates:
        raise InputError(f"{source.name}: no day is left to fit, or to compare with")
    loaded = load(name, overrides)
    recorded = source.recorded.days(dates).counted_by(loaded.scenario)
    if isinstance(loaded.scenario.demand, Trace):
        return _replayed(source, name, overrides, recorded, box, seed, until)
    first = datetime.date.fromisoformat(recorded.dates[0])
    rows = tuple((datetime.date.fromisoformat(date) - first).days for date in recorded.dates)
    resolved = dict(loaded.resolved)
    resolved["run"] = dict(resolved.get("run", {})) | {"start": first.isoformat(), "days": rows[-1] + 1}
    return Problem(resolved, box, recorded, seed=seed, rows=rows)


def _replayed(
    source: Source,
    name: str,
    overrides: Sequence[str],
    recorded: Record,
    box: Box,
    seed: int,
    until: str | None,
) -> Problem:
    listed = ", ".join(f'"{date}"' for date in recorded.dates)
    loaded = load(name, [*overrides, f"run.days={len(recorded.dates)}", f"demand.dates=[{listed}]"])
    trace = loaded.scenario.demand
    assert isinstance(trace, Trace)
    if source.folder is not None:
        if until is not None and until < source.recorded.dates[0]:
            first = source.recorded.dates[0]
            raise InputError(
                f"{source.name}: {first}, the first day, is held out; days before those held out must be left"
            )
        tables = log_tables(trace, source.folder, KNOWN_UNTIL if until is None else min(until, KNOWN_UNTIL))
    else:
        tables = _tables_of(source, trace, recorded)
    return Problem(loaded.resolved, box, recorded, tables, seed)


def _tables_of(source: Source, trace: Trace, recorded: Record) -> TraceTables:
    """Arrivals, presence and record as the scenario's trace names the columns."""
    if trace.count_column is None:
        raise InputError("the history holds intervals, the scenario must name a column of counts (demand.count_column)")
    rows = source.intervals.assign(date=source.intervals["date"].astype(str).str[:10])
    rows = rows[rows["date"].isin(recorded.dates) & (rows["offered"] > 0)]
    columns: dict[str, Any] = {
        trace.date_column: rows["date"],
        trace.at_column: rows["start_s"],
        trace.count_column: rows["offered"],
    }
    if len(trace.intent_columns) > 1 or (trace.intent_columns and "type" not in rows):
        wanted = "/".join(trace.intent_columns)
        raise InputError(f"the scenario tells intents apart by {wanted}, the history has one column 'type' at most")
    for column in trace.intent_columns:
        columns[column] = rows["type"]
    arrivals = pd.DataFrame(columns).sort_values([trace.date_column, trace.at_column], kind="stable")
    staffing = None
    if trace.staffing_groups:
        if not isinstance(trace.staffing_group, str):
            raise InputError("the scenario's presence is of several groups (demand.staffing_group), not of one")
        if recorded.operators is None:
            raise InputError("the scenario's presence comes from the history (demand.staffing), which has no operators")
        staffing = _by_row(recorded, operators=recorded.operators)
    told = _by_row(
        recorded,
        offered=recorded.offered,
        abandoned=recorded.abandoned,
        wait_sum_s=np.nan_to_num(recorded.wait_s),
        answered_20s=np.nan_to_num(recorded.in_time),
    )
    return TraceTables(arrivals.reset_index(drop=True), staffing, told)


def _by_row(recorded: Record, **columns: np.ndarray) -> pd.DataFrame:
    days, n = recorded.offered.shape
    table = pd.DataFrame({"date": np.repeat(recorded.dates, n), "start_s": np.tile(np.arange(n), days)})
    table["start_s"] *= recorded.interval_s
    return table.assign(**{name: values.ravel() for name, values in columns.items()})
