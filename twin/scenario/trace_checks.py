"""What must hold of a recorded trace: the file is there, has its columns, is sorted, and names known intents."""

import csv
import datetime
import gzip
import math
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from twin.scenario.demand_schema import Trace
from twin.scenario.files import data_file, nearest
from twin.scenario.problems import sum_problems
from twin.scenario.provenance import Problem, show
from twin.scenario.schema import Scenario

_MOST_TOLD = 3  # [mistakes of one kind] told of one trace; the rest would be the same again
_AT = ("demand", "file")


class _Kind(NamedTuple):
    """Mistakes of one kind are counted, and only the first few told."""

    name: str
    text: str


def trace_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong with the trace of a scenario; nothing where demand is of another kind."""
    trace = s.demand
    if not isinstance(trace, Trace):
        return
    yield from _setting_problems(s, trace)
    for key in ("recorded", "staffing", "talk_levels"):
        name = getattr(trace, key)
        if name is not None and not _is_file(data_file(name)):
            yield Problem(("demand", key), f"is {name!r}, must be a file that is there")
    path = data_file(trace.file)
    if not _is_file(path):
        yield Problem(_AT, f"is {trace.file!r}, must be a file that is there")
    elif path.suffix == ".parquet":
        yield from _table_problems(s, trace, _parquet_rows(path))
    else:
        yield from _text_problems(s, trace, path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _setting_problems(s: Scenario, trace: Trace) -> Iterator[Problem]:
    if not trace.intent_columns and len(s.intents) > 1:
        yield Problem(("demand", "intent_column"), f"is missing, must be given to tell {len(s.intents)} intents apart")
    if trace.count_column is not None and trace.spread is None:
        yield Problem(("demand", "spread"), "is missing, must be given where count_column is")
    if (trace.staffing is None) != (trace.staffing_group is None):
        missing = "staffing" if trace.staffing is None else "staffing_group"
        yield Problem(("demand", missing), "is missing, staffing and staffing_group must be given together")
    for key, names, allowed in (
        ("staffing_group", trace.staffing_groups, list(s.groups)),
        ("intents", list(trace.intents.values()), list(s.intents)),
        ("clusters", list(trace.clusters.values()), list(s.clusters)),
        ("split", [name for shares in trace.split.values() for name in shares], list(s.intents)),
    ):
        for name in names:
            if name is not None and name not in allowed:
                hint = nearest(name, allowed)
                yield Problem(("demand", key), f"names {name!r}, must be one of {', '.join(allowed)}{hint}")
    for value, shares in trace.split.items():
        yield from sum_problems(("demand", "split", value), shares.values())
    if trace.dates is not None:
        yield from _date_problems(s, trace.dates)


def _date_problems(s: Scenario, dates: list[datetime.date]) -> Iterator[Problem]:
    if not dates or len(set(dates)) < len(dates):
        yield Problem(("demand", "dates"), "must name at least one date, and each of them once")
    if s.run.warm_up:
        yield Problem(("run", "warm_up"), f"is {s.run.warm_up}, must be 0 where demand.dates names the days")


def _parquet_rows(path: Path) -> Iterator[list[Any]]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    yield list(table.column_names)
    for batch in table.to_batches():
        columns = [column.to_pylist() for column in batch.columns]
        yield from (list(row) for row in zip(*columns, strict=True))


def _text_problems(s: Scenario, trace: Trace, path: Path) -> Iterator[Problem]:
    try:
        with _opened(path) as file:
            yield from _table_problems(s, trace, csv.reader(file))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        yield Problem(_AT, f"is {trace.file!r}, must be CSV text that can be read ({error})")


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _table_problems(s: Scenario, trace: Trace, rows: Iterator[list[Any]]) -> Iterator[Problem]:
    header = next(rows, None)
    if not header:
        yield Problem(_AT, f"is {trace.file!r}, which is empty, must have a line of column names")
        return
    missing = False
    for key, column in _columns(trace):
        if column not in header:
            missing = True
            has = f"the file has {', '.join(map(str, header))}"
            yield Problem(_AT, f"is {trace.file!r}, must have the column {column!r} (demand.{key}_column); {has}")
    if missing:
        return
    told: dict[str, int] = {}
    n_lines = 1
    for n_lines, kind in _row_problems(s, trace, header, rows):
        told[kind.name] = told.get(kind.name, 0) + 1
        if told[kind.name] <= _MOST_TOLD:
            yield Problem(_AT, f"is {trace.file!r}, line {n_lines} {kind.text}")
    for name, n_found in told.items():
        if n_found > _MOST_TOLD:
            yield Problem(_AT, f"is {trace.file!r}, which has {n_found} lines that are wrong in this way: {name}")


def _columns(trace: Trace) -> list[tuple[str, str]]:
    """What each column of the file is for, and its name."""
    keys = ("date", "at", "cluster", "talk", "customer", "count")
    named = [(key, getattr(trace, f"{key}_column")) for key in keys]
    columns = [(key, name) for key, name in named if name is not None]
    return columns + [("intent", name) for name in trace.intent_columns]


Rows = Iterator[list[Any]]


def _row_problems(s: Scenario, trace: Trace, header: list[Any], rows: Rows) -> Iterator[tuple[int, _Kind]]:
    place = {name: i for i, name in enumerate(header)}
    date, at = place[trace.date_column], place[trace.at_column]
    numbers = [place[name] for name in (trace.talk_column, trace.count_column) if name is not None]
    cluster_columns = [trace.cluster_column] if trace.cluster_column is not None else []
    named = [([place[column] for column in columns], {*known, *allowed}, what) for columns, known, allowed, what in (
        (trace.intent_columns, [*trace.intents, *trace.split], s.intents, "an intent"),
        (cluster_columns, trace.clusters, s.clusters, "a cluster"),
    ) if columns]  # fmt: skip
    before: tuple[Any, float] | None = None
    days: dict[Any, Any] = {}
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(header):
            yield line, _Kind("columns", f"has {len(row)} values, must have {len(header)}")
            continue
        if row[date] not in days:
            days[row[date]] = recorded_day(row[date])
        day, seconds = days[row[date]], _number(row[at])
        if day is None:
            yield line, _Kind("date", f"has {trace.date_column} {show(row[date])}, must be a date or a day's number")
        elif seconds is None or seconds > 86400:
            yield line, _Kind("time", f"has {trace.at_column} {show(row[at])}, must be seconds of the day, 0 to 86400")
        else:
            if before is not None and not _is_after(before, (day, seconds)):
                sorted_by = f"must be sorted by {trace.date_column} and {trace.at_column}"
                yield line, _Kind("order", f"comes before the line above it ({row[date]}, {row[at]}), {sorted_by}")
            before = (day, seconds)
        for i in numbers:
            if row[i] not in ("", None) and _number(row[i]) is None:
                yield line, _Kind(str(header[i]), f"has {header[i]} {show(row[i])}, must be a number, at least 0")
        for columns, allowed, what in named:
            value = row[columns[0]] if len(columns) == 1 else "/".join(str(row[i]) for i in columns)
            if value not in allowed:
                names = "/".join(str(header[i]) for i in columns)
                hint = nearest(str(value), sorted(allowed))
                yield line, _Kind(names, f"has {names} {show(value)}, must be {what}{hint}")


def _is_after(before: tuple[Any, float], now: tuple[Any, float]) -> bool:
    return type(before[0]) is type(now[0]) and before <= now


def recorded_day(value: Any) -> datetime.date | int | None:
    """The date, or the number of a day, that a file says; None if it says neither."""
    if isinstance(value, datetime.date | int):
        return value
    text = str(value)
    if text.isdecimal():
        return int(text[:18])
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0 else None
