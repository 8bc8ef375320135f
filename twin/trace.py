"""Recorded days replayed: the contacts that came, the operators who were there, and what history says of both."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.calendar import DAY, Calendar
from twin.errors import InputError
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.tables import ARRIVAL
from twin.later import pd
from twin.scenario.demand_schema import Trace
from twin.scenario.files import data_file
from twin.scenario.schema import Scenario
from twin.scenario.trace_checks import recorded_day
from twin.world.names import Names

STAFFING_COLUMNS = ("date", "start_s", "operators")
LEVEL_COLUMNS = ("date", "talk")
RECORDED_COLUMNS = ("date", "start_s", "offered", "abandoned", "wait_sum_s", "answered_20s")
_BEFORE_MIDNIGHT = float(np.nextafter(DAY, 0.0))
_CALL_BITS = np.uint64(32)  # of the key of a contact: below them its number on its date, above them the date
_SECOND = 1.0  # [s] shorter pieces of presence are left out
Steps = list[tuple[float, int]]


@dataclass(frozen=True)
class TraceTables:
    """What is replayed. A table without the trace's `count_column` holds one row a contact."""

    arrivals: pd.DataFrame
    """Columns as `demand` names them, sorted by date and instant."""
    staffing: pd.DataFrame | None = None
    """STAFFING_COLUMNS: mean operators present from `start_s` to the next row."""
    recorded: pd.DataFrame | None = None
    """RECORDED_COLUMNS: counts and sums, by the interval in which the contacts asked for an operator."""
    talk_levels: pd.DataFrame | None = None
    """LEVEL_COLUMNS: talk and wrap-up of a date over the usual."""
    worked_out: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What runs made of these tables, for the next run: nothing in it rests on chance."""

    @classmethod
    def read(cls, trace: Trace) -> TraceTables:
        """The files that a scenario names."""
        names = (trace.staffing, trace.recorded, trace.talk_levels)
        staffing, recorded, levels = (None if name is None else read_table(name) for name in names)
        return cls(read_table(trace.file), staffing, recorded, levels)

    def days(self, trace: Trace) -> set[datetime.date | int]:
        """Dates (or numbers of days) about which any of the tables says something."""
        columns = [(self.arrivals, trace.date_column), (self.staffing, "date"), (self.recorded, "date")]
        return {_key(value) for table, name in columns if table is not None for value in table[name].unique()}


def read_table(name: str) -> pd.DataFrame:
    """A recorded table, CSV or Parquet; every CSV value as text, for columns are converted where they are used."""
    path = data_file(name)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def parse_dates(text: str, option: str = "--dates") -> list[datetime.date]:
    """Dates from "1999-03-01", "1999-03-01..1999-03-31", or several of these with commas; `option` gave them."""
    dates: list[datetime.date] = []
    for part in text.split(","):
        first, dots, last = part.strip().partition("..")
        try:
            begin, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last if dots else first)
        except ValueError:
            raise InputError(
                f"{option} is {text!r}, must be dates like 1999-03-01, or like 1999-03-01..1999-03-31"
            ) from None
        if end < begin:
            raise InputError(f"{option} is {text!r}, must not end before it begins")
        dates += [begin + datetime.timedelta(days=n) for n in range((end - begin).days + 1)]
    return list(dict.fromkeys(dates))


class TraceDemand:
    """Recorded contacts as arrivals.

    Parameters
    ----------
    key : int
        64-bit key of the replication; chance enters where the record does not tell all (the instant within an
        interval, the intent), keyed by date and by the contact's number on that date in the file.
    tables : TraceTables, optional
        In place of the files that the scenario names.

    Raises
    ------
    InputError
        If a day of the run is not recorded, or a table cannot be used.
    """

    def __init__(
        self, scenario: Scenario, names: Names, calendar: Calendar, key: int, tables: TraceTables | None = None
    ):
        assert isinstance(scenario.demand, Trace)
        self.trace: Trace = scenario.demand
        self.scenario, self.names, self.calendar = scenario, names, calendar
        self.key = np.uint64(key)
        self.tables = TraceTables.read(self.trace) if tables is None else tables
        self._days = self._recorded_days()
        self._groups, self._levels = self._intent_groups()
        self._columns, self._rows = self._once("contacts", self._contact_columns)
        self.head_counts: dict[str, dict[int, Steps]] = self._once("head counts", self._head_counts)
        """Group -> day -> [(clock seconds, operators from then on)]."""
        self._talk_levels = self._levels_by_date()

    def _once(self, what: str, work_out: Callable[[], Any]) -> Any:
        """What does not rest on chance is worked out once for the same tables, trace and days."""
        said = self.trace.model_dump_json(exclude={"staffing_factor"} if what != "head counts" else None)
        key = (what, said, *self.names.intents, *self.names.clusters, *map(str, self._days), self.scenario.factor)
        if key not in self.tables.worked_out:
            self.tables.worked_out[key] = work_out()
        return self.tables.worked_out[key]

    def _contact_columns(self) -> tuple[dict[str, Any], dict[Any, Any]]:
        """The contacts' columns, and the rows of each date."""
        table = self._contacts()
        return {str(name): table[name].to_numpy() for name in table}, table.groupby("date", sort=False).indices

    def _recorded_days(self) -> list[datetime.date | int]:
        """What the tables call each day of the run."""
        n_days, dates = self.calendar.n_days, self.trace.dates
        if dates is not None and n_days > len(dates):
            raise InputError(f"days is {n_days}, must be at most {len(dates)}, the recorded dates of {self._name}")
        known = self.tables.days(self.trace)
        is_numbered = any(isinstance(day, int) for day in known)
        wanted: list[datetime.date | int] = [day if is_numbered else self.calendar.date(day) for day in range(n_days)]
        missing = [str(day) for day in wanted if day not in known]
        if missing:
            told = f"{', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''}"
            raise InputError(f"{self._name}: {told} is not recorded, must be among {_spans(known)}")
        return wanted

    @property
    def _name(self) -> str:
        return self.scenario.name

    # ---- contacts -----------------------------------------------------------------------------------------------

    def _intent_groups(self) -> tuple[dict[str, int], np.ndarray]:
        """Value in the file -> row of a table of cumulated shares over the intents."""
        trace, intents = self.trace, self.names.intents
        shares = {name: {name: 1.0} for name in intents}
        shares |= {value: {name: 1.0} for value, name in trace.intents.items()} | trace.split
        levels = np.array([np.cumsum([of.get(name, 0.0) for name in intents]) for of in shares.values()])
        levels[:, -1] = 1.0
        return {value: row for row, value in enumerate(shares)}, levels

    def _contacts(self) -> pd.DataFrame:
        """One row a recorded contact, of the run's days: date, number on the date, at, spread, what it is about."""
        trace, given = self.trace, self.tables.arrivals
        _must_have(given, [trace.date_column, trace.at_column, *trace.intent_columns], f"{self._name}: arrivals")
        table = pd.DataFrame({"date": given[trace.date_column].map(_keys(given[trace.date_column]))})
        table["at"] = pd.to_numeric(given[trace.at_column])
        table["group"] = self._numbers(_joined(given, trace.intent_columns), self._groups, "an intent")
        clusters = {name: row for row, name in enumerate(self.names.clusters)}
        clusters |= {value: clusters[name] for value, name in trace.clusters.items()}
        cluster_columns = [trace.cluster_column] if trace.cluster_column is not None else []
        table["cluster"] = self._numbers(_joined(given, cluster_columns), clusters, "a cluster")
        table["talk"] = pd.to_numeric(given[trace.talk_column]) if trace.talk_column in given else np.nan
        table["customer"] = _customers(given[trace.customer_column]) if trace.customer_column in given else -1
        table["spread"] = 0.0
        count = np.ones(len(given), int)
        if trace.count_column in given:
            table["spread"] = trace.spread
            count = pd.to_numeric(given[trace.count_column]).to_numpy(float)
            if not (count == np.floor(count)).all():
                raise InputError(f"{self._name}: the column {trace.count_column!r} has a fraction, must hold counts")
        table = table.loc[np.repeat(table.index, count.astype(int))]
        table["number"] = table.groupby("date").cumcount()
        return table[table["date"].isin(self._days)].reset_index(drop=True)

    def _numbers(self, values: pd.Series | None, rows: dict[str, int], what: str) -> pd.Series | int:
        if values is None:
            return 0
        numbers = values.map(rows)
        if numbers.isna().any():
            given = values[numbers.isna()].iloc[0]
            raise InputError(f"{self._name}: the trace has {given!r}, must be {what} ({', '.join(map(repr, rows))})")
        return numbers.astype(int)

    def arrivals(self, day: int) -> np.ndarray:
        """ARRIVAL rows of `day` (counted from the start of the run), sorted by instant."""
        date = self._days[day]
        chosen = self._rows.get(date, np.zeros(0, int))
        rows = {name: column[chosen] for name, column in self._columns.items()}
        number = np.uint64(date if isinstance(date, int) else date.toordinal())
        who = (number << _CALL_BITS) + rows["number"].astype(np.uint64)
        chance = uniform_pairs(self.key, np.uint64(Purpose.ARRIVAL), who, np.uint64(0))
        arrivals = np.zeros(len(chosen), ARRIVAL)
        at = rows["at"].astype(float) + rows["spread"] * chance[:, 0]
        arrivals["at"] = day * DAY + np.minimum(at, _BEFORE_MIDNIGHT)
        arrivals["who"] = who
        arrivals["intent"] = (chance[:, 1:] >= self._levels[rows["group"]]).sum(axis=1)
        for name, column in (("cluster", "cluster"), ("talk_time", "talk"), ("customer", "customer")):
            arrivals[name] = rows[column]
        return arrivals[np.argsort(arrivals["at"], kind="stable")].view(np.recarray)

    # ---- operators ----------------------------------------------------------------------------------------------

    def talk_level(self, day: int) -> float:
        """Talk and wrap-up of `day` over the usual."""
        return self._talk_levels.get(self._days[day], 1.0)

    def _levels_by_date(self) -> dict[Any, float]:
        table, what = self.tables.talk_levels, f"{self._name}: talk_levels"
        if table is None:
            return {}
        _must_have(table, LEVEL_COLUMNS, what)
        levels = pd.to_numeric(table["talk"], errors="coerce").to_numpy(float)
        if not (levels > 0).all():
            raise InputError(f"{what} has a value that is no number above 0")
        return dict(zip(table["date"].map(_keys(table["date"])), levels.tolist(), strict=True))

    def _head_counts(self) -> dict[str, dict[int, Steps]]:
        table, groups = self.tables.staffing, self.trace.staffing_groups
        if table is None or not groups:
            return {}
        if isinstance(self.trace.staffing_group, str):
            return {groups[0]: self._heads_of(groups[0], table)}
        _must_have(table, ["group"], f"{self._name}: staffing")
        if unknown := sorted(set(table["group"]) - set(groups)):
            raise InputError(f"{self._name}: staffing has the group {unknown[0]!r}, must be one of {', '.join(groups)}")
        return {group: self._heads_of(group, table[table["group"] == group]) for group in groups}

    def _heads_of(self, group: str, table: pd.DataFrame) -> dict[int, Steps]:
        n, factor = self.scenario.groups[group].heads(self.scenario.factor), self.trace.staffing_factor
        by_date = self._once(
            f"staffing of {group}", lambda: _by_date(table, STAFFING_COLUMNS, f"{self._name}: staffing")
        )
        if factor != 1:
            by_date = {date: rows.assign(operators=(rows["operators"] * factor).clip(upper=n))
                       for date, rows in by_date.items()}  # fmt: skip
        steps = {day: self._steps(by_date, date) for day, date in enumerate(self._days)}
        most = max(n for day in steps.values() for _, n in day)
        if most > n:
            raise InputError(f"{self._name}: groups.{group}.count is {n}, must be at least {most}, the most recorded")
        return steps

    def _steps(self, by_date: dict[Any, pd.DataFrame], date: datetime.date | int) -> Steps:
        """The head count of one day: whole operators stay for the interval, the fraction of one for part of it.

        The part lies at the interval's start if at least as many were there before it as after it, else at its end:
        people come and go once, not every half hour.
        """
        rows = by_date.get(date)
        if rows is None:
            return [(0.0, 0)]
        starts, present = rows["start_s"].to_numpy(float), rows["operators"].to_numpy(float)
        one_day: Any = 1 if isinstance(date, int) else datetime.timedelta(days=1)
        before, after = by_date.get(date - one_day), by_date.get(date + one_day)
        around = np.concatenate([
            [0.0 if before is None else before["operators"].iloc[-1]], present,
            [0.0 if after is None else after["operators"].iloc[0]],
        ])  # fmt: skip
        steps: Steps = [(0.0, 0)]
        for i, (start, end) in enumerate(zip(starts, [*starts[1:], DAY], strict=True)):
            whole = int(present[i] + 1e-9)
            part = (present[i] - whole) * (end - start)
            steps.append((start, whole))
            if part >= _SECOND:
                is_leaving = around[i] >= around[i + 2]
                steps.append((start, whole + 1) if is_leaving else (end - part, whole + 1))
                if is_leaving:
                    steps.append((start + part, whole))
        return _without_repeats(steps)

    # ---- history ------------------------------------------------------------------------------------------------

    @property
    def recorded(self) -> pd.DataFrame | None:
        """RECORDED_COLUMNS of the counted days, with `day` (of the counted ones, from 0) and `time` ("07:30")."""
        return None if self.tables.recorded is None else self._once("recorded", self._recorded)

    def _recorded(self) -> pd.DataFrame | None:
        assert self.tables.recorded is not None
        by_date = _by_date(self.tables.recorded, RECORDED_COLUMNS, f"{self._name}: recorded")
        parts = []
        for day in range(self.calendar.warm_up, self.calendar.n_days):
            if self._days[day] in by_date:
                date = self.calendar.date(day).isoformat()
                parts.append(by_date[self._days[day]].assign(day=day - self.calendar.warm_up, date=date))
        if not parts:
            return None
        table = pd.concat(parts, ignore_index=True)
        clock = table["start_s"].astype(int)
        table["time"] = [f"{at // 3600:02d}:{at % 3600 // 60:02d}" for at in clock]
        return table[["day", "date", "time", *RECORDED_COLUMNS[1:]]]


def _key(value: Any) -> datetime.date | int:
    """A date or the number of a day from what a table holds."""
    if isinstance(value, datetime.datetime):  # so are pandas' timestamps
        return value.date()
    key = recorded_day(int(value) if isinstance(value, np.integer) else value)
    if key is None:
        raise InputError(f"the trace has the date {value!r}, must be a date or the number of a day")
    return key


def _keys(values: pd.Series) -> dict[Any, datetime.date | int]:
    return {value: _key(value) for value in values.unique()}


def _must_have(table: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        raise InputError(f"{what} has the columns {', '.join(map(str, table.columns))}, must have {', '.join(missing)}")


def _by_date(table: pd.DataFrame, columns: tuple[str, ...], what: str) -> dict[Any, pd.DataFrame]:
    """Rows of each date in order of time, as numbers."""
    _must_have(table, columns, what)
    try:
        numbers = table[list(columns[1:])].apply(pd.to_numeric).astype(float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} has a value that is no number ({error})") from None
    if numbers.isna().any(axis=None) or (numbers < 0).any(axis=None):
        raise InputError(f"{what} has a value below 0 or none at all, must have numbers")
    rows = numbers.assign(date=table["date"].map(_keys(table["date"]))).sort_values("start_s", kind="stable")
    return {date: part.drop(columns="date") for date, part in rows.groupby("date", sort=False)}


def _joined(table: pd.DataFrame, columns: list[str]) -> pd.Series | None:
    if not columns:
        return None
    joined = table[columns[0]].astype(str)
    for name in columns[1:]:
        joined = joined + "/" + table[name].astype(str)
    return joined


def _customers(values: pd.Series) -> np.ndarray:
    """Numbers as they stand in the file; of names, and of numbers too large, the order in which they appear."""
    numbers = pd.to_numeric(values, errors="coerce")
    is_known = (values.astype(str) != "") & values.notna() & ~(numbers < 0)
    if numbers[is_known].notna().all() and (numbers[is_known] < 2**31).all():
        return numbers.where(is_known, -1).to_numpy(np.int64)
    return pd.factorize(values.where(is_known))[0]


def _without_repeats(steps: Steps) -> Steps:
    """Of several head counts at one instant the last; of equal ones in a row the first."""
    latest = dict(steps)
    kept: Steps = []
    for at in sorted(latest):
        if not kept or kept[-1][1] != latest[at]:
            kept.append((at, latest[at]))
    return kept


def _spans(days: set[datetime.date | int]) -> str:
    """Days as a person lists them: all if few, else the first and the last."""
    ordered = sorted(days, key=lambda day: (isinstance(day, int), day))
    if len(ordered) <= 8:
        return ", ".join(map(str, ordered))
    return f"{len(ordered)} days from {ordered[0]} to {ordered[-1]}"
