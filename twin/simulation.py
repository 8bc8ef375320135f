"""`simulate`: the one way anything runs the model, and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.calendar import DAY, Calendar
from twin.errors import InputError
from twin.kernel.codes import Activity, Outcome, StaffCount
from twin.kernel.tallies import MEASURES, Tallies
from twin.later import pd
from twin.model import CallCentre
from twin.people.career_report import CareerReport
from twin.scenario.schema import Scenario
from twin.world.names import Names

CELL_KEYS = ("intent", "cluster", "queue")
TIME_KEYS = ("interval", "day", "date", "weekday", "time", "hour")
MOST_KEPT = 4_000_000
"""Sums that a run keeps for the tables to come: 32 MB."""
TIMES_AT_ONCE = 96
"""Times whose sums are held together: 7 MB of a national run."""

ON_DUTY = (Activity.IDLE, Activity.TALK, Activity.WRAP, Activity.BREAK, Activity.OUTAGE)


@dataclass
class Run:
    """Counts and sums of one replication; KPIs are worked out of them on demand."""

    scenario: Scenario
    seed: int
    replication: int
    names: Names
    calendar: Calendar
    tallies: Tallies
    """Of the counted intervals, by cell."""
    activity_time: np.ndarray
    """float64 (counted intervals, activities) [operator-seconds]."""
    group_time: np.ndarray
    """float64 (counted days, groups, activities) [operator-seconds]."""
    operator_time: np.ndarray
    """float64 (operators, activities) [s], the whole run."""
    wages: np.ndarray
    """float64 (groups,): cost of an hour on duty by group [EUR/s]."""
    stocks: pd.DataFrame | None = None
    """By cluster: customer_days, customers_at_end, arpu_at_risk, expected_leavers, experience, expectation (sums)."""
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    """What the slow clock leaves: customers' lives and the like, a table per topic (`twin.people.stocks`)."""
    records: pd.DataFrame | None = None
    """One row per attempt at contact, if recorded."""
    recorded: pd.DataFrame | None = None
    """What history says of the same intervals, if the scenario replays a trace."""
    staff_counts: np.ndarray | None = None
    """float64 (counted intervals, groups, kinds of StaffCount), if the scenario has a day's control."""
    careers: CareerReport | None = None
    """Log and monthly tables of the operators' careers, if they are lived."""
    daily: pd.DataFrame | None = None
    """Sums by counted day of what goes on for months (`twin.people.programmes`)."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Persons, training and other things worth a line in the report."""
    _by_time: dict[Any, list[np.ndarray]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def counts(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Counts and sums, one row per combination of `by`.

        Parameters
        ----------
        by : names among intent, cluster, queue, interval, day, date, weekday, time, hour
            `interval` is the row of the tallies, `time` the clock time at which it starts, `hour` its hour.
        """
        unknown = [key for key in by if key not in CELL_KEYS + TIME_KEYS]
        if unknown:
            raise InputError(f"kpis: by is {unknown[0]!r}, must be among {', '.join(CELL_KEYS + TIME_KEYS)}")
        times = _groups([self._time_key(key) for key in by if key in TIME_KEYS], len(self.tallies))
        cells = _groups([self._cell_key(key) for key in by if key in CELL_KEYS], len(self.names.cells))
        sums = self._sums(tuple(key for key in by if key in TIME_KEYS), times, cells)
        table = pd.DataFrame(sums.reshape(-1, sums.shape[2]), columns=list(MEASURES))
        self._add_money(table)
        self._add_staff(table, times, cells)
        self._add_stocks(table, times, cells, by)
        if self.daily is not None and set(by) <= {"day"}:  # days in their order, or the whole
            for name, values in self.daily.items():
                table[name] = values.to_numpy() if by else float(values.sum())
        keys = [times.labels(times_row, key) for key, times_row in times.columns(by, TIME_KEYS, cells.n, "repeat")]
        keys += [cells.labels(cells_row, key) for key, cells_row in cells.columns(by, CELL_KEYS, times.n, "tile")]
        if not by:
            return table
        index = {key.name: key for key in keys}
        if len(by) > 1:
            table.index = pd.MultiIndex.from_arrays([index[key] for key in by], names=list(by))
        else:
            table.index = pd.Index(index[by[0]], name=by[0])
        return table

    def _sums(self, keys: tuple[str, ...], times: _Groups, cells: _Groups) -> np.ndarray:
        """The tallies summed by time and by cell, (times, groups of cells, measures).

        Sums by time are kept, as many tables differ in their cells alone, but for fine cuts of long runs.
        """
        if keys in self._by_time:
            return np.concatenate([cells.sums(part) for part in self._by_time[keys]])
        to_keep = times.n * len(self.names.cells) * len(MEASURES) < MOST_KEPT
        members, sums = times.members(), []
        kept: list[np.ndarray] = []
        for first in range(0, times.n, TIMES_AT_ONCE):
            part = np.stack([self.tallies.sums(rows) for rows in members[first : first + TIMES_AT_ONCE]])
            sums.append(cells.sums(part))
            if to_keep:
                kept.append(part)
        if to_keep:
            self._by_time[keys] = kept
        return np.concatenate(sums)

    def kpis(self, by: Sequence[str] = (), names: Sequence[str] | None = None) -> pd.DataFrame:
        """KPIs (columns), one row per combination of `by`; see `counts` and `twin.kpi`."""
        from twin.kpi import work_out  # brings pandas

        return work_out(self.counts(by), tuple(names) if names else None)

    def staff(self) -> pd.DataFrame:
        """Hours by group and activity."""
        hours = self.group_time.sum(axis=0) / 3600
        groups = pd.Index(self.names.groups, name="group")
        return pd.DataFrame(hours, index=groups, columns=[a.name.lower() for a in Activity])

    def _time_key(self, key: str) -> pd.Series:
        number = np.arange(len(self.tallies))
        per_day = self.calendar.intervals_a_day
        day, place = number // per_day, number % per_day
        clock = place * self.calendar.interval_time
        dates = [self.calendar.date(self.calendar.warm_up + int(d)) for d in range(self.calendar.days)]
        weekdays = [self.calendar.weekday_name(self.calendar.warm_up + d) for d in range(self.calendar.days)]
        values: dict[str, Any] = {
            "interval": number,
            "day": day,
            "date": np.array([d.isoformat() for d in dates])[day],
            "weekday": np.array(weekdays)[day],
            "time": [f"{int(s // 3600):02d}:{int(s % 3600 // 60):02d}" for s in clock],
            "hour": (clock // 3600).astype(int),
        }
        return pd.Series(values[key], name=key)

    def _cell_key(self, key: str) -> pd.Series:
        return pd.Series([getattr(cell, key) for cell in self.names.cells], name=key)

    @property
    def _staff_cost_total(self) -> float:
        on_duty, on_hold = self.group_time[:, :, ON_DUTY], self.group_time[:, :, Activity.HOLD]
        return float(((on_duty.sum(axis=(0, 2)) + on_hold.sum(axis=0)) * self.wages).sum())

    def _add_money(self, table: pd.DataFrame) -> None:
        """Hours on duty are paid whether somebody calls or not: their cost is shared out by handling cost."""
        total, handling = self._staff_cost_total, float(self.tallies["labour_cost"].sum())
        price = self.scenario.money.ivr_contact if self.scenario.money is not None and self.scenario.ivr else 0.0
        if total <= 0 and price <= 0:
            return
        if handling > 0:
            table["staff_cost"] = table.labour_cost * (total / handling)
        else:  # nobody was handled: the cost belongs to nobody in particular
            table["staff_cost"] = total if len(table) == 1 else np.nan
        table["ivr_cost"] = table.entered * price
        if self.scenario.team_leaders > 0 and self.scenario.money is not None and total > 0:
            table["leader_cost"] = table.staff_cost * (self._leader_cost_total / total)

    @property
    def _leader_cost_total(self) -> float:
        """Leaders are on duty as long as the operators of their teams."""
        assert self.scenario.money is not None
        hours = (self.group_time[:, :, ON_DUTY].sum() + self.group_time[:, :, Activity.HOLD].sum()) / 3600
        leaders = self.scenario.team_leaders / self.scenario.team_size
        return float(hours * leaders * self.scenario.money.leader_hour)

    def _add_staff(self, table: pd.DataFrame, times: _Groups, cells: _Groups) -> None:
        """Operators' time belongs to no queue: only where contacts of all cells are counted together."""
        if cells.n != 1:
            return
        for activity in (*ON_DUTY, Activity.HOLD, Activity.OFF):
            sums = np.bincount(times.rows, self.activity_time[:, activity], minlength=times.n)
            table[f"staff_{activity.name.lower()}"] = sums
        if self.staff_counts is not None:
            for kind in StaffCount:
                sums = np.bincount(times.rows, self.staff_counts[:, :, kind].sum(axis=1), minlength=times.n)
                table[kind.name.lower()] = sums
        table["clock_time"] = np.bincount(times.rows, minlength=times.n) * self.calendar.interval_time

    def _add_stocks(self, table: pd.DataFrame, times: _Groups, cells: _Groups, by: Sequence[str]) -> None:
        """Customers belong to clusters, and their memory to the end of the run."""
        if self.stocks is None or times.n != 1 or set(by) - {"cluster"}:
            return
        by_cluster = cells.labels(np.arange(cells.n), "cluster") if by else None
        stocks = self.stocks.sum().to_frame().T if by_cluster is None else self.stocks.reindex(by_cluster)
        for column in self.stocks.columns:
            table[column] = stocks[column].to_numpy()
        if not by and "life_events" in self.tables:
            for event, n in self.tables["life_events"].sum().items():
                table[f"life_{event}"] = float(n)
            if self.scenario.customers is not None:
                lives = self.scenario.customers.lives
                table["credit_amount"] = lives.credit.amount
                table["upsell_worth"] = lives.upsell.value * lives.upsell.months
            if "proactive" in self.tables:
                for name, n in self.tables["proactive"].sum().items():
                    table[f"proactive_{name}"] = float(n)


class _Groups:
    """Rows that share the same keys get the same group number."""

    def __init__(self, keys: list[pd.Series], n: int):
        if keys:
            frame = pd.concat(keys, axis=1)
            self.rows = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
            self.table = frame.drop_duplicates().reset_index(drop=True)
        else:
            self.rows, self.table = np.zeros(n, int), pd.DataFrame(index=[0])
        self.n = len(self.table)

    def members(self) -> list[np.ndarray]:
        """The rows of each group, in their order."""
        order = np.argsort(self.rows, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.rows, minlength=self.n))[:-1])

    def sums(self, values: np.ndarray) -> np.ndarray:
        """The values (times, rows, measures) with their rows summed by group."""
        sums = np.zeros((len(values), self.n, values.shape[2]))
        for row, group in enumerate(self.rows):
            sums[:, group] += values[:, row]
        return sums

    def labels(self, rows: np.ndarray, key: str) -> pd.Series:
        return self.table[key].iloc[rows].reset_index(drop=True).rename(key)

    def columns(self, by: Sequence[str], keys: Sequence[str], n: int, how: str) -> list[tuple[str, np.ndarray]]:
        numbers = np.arange(self.n)
        spread = np.repeat(numbers, n) if how == "repeat" else np.tile(numbers, n)
        return [(key, spread) for key in by if key in keys]


def _groups(keys: list[pd.Series], n: int) -> _Groups:
    return _Groups(keys, n)


def simulate(
    scenario: Scenario,
    days: int | None = None,
    seed: int = 1,
    replication: int = 0,
    recording: bool = False,
    trace: Any = None,
) -> Run:
    """Run a scenario from empty, through its warm-up, for its counted days.

    Parameters
    ----------
    days : int, optional
        Counted days; the scenario's unless given.
    seed, replication : int
        Two runs with the same seed and replication meet the same customers, whatever the scenario's policies.
    recording : bool
        Keep one row per attempt at contact in `Run.records`.
    trace : twin.trace.TraceTables, optional
        Arrivals, staffing and history in place of the files that the scenario names.
    """
    if days is not None and days < 1:
        raise InputError(f"days is {days}, must be 1 or more")
    model = CallCentre(scenario, seed, replication, days, recording, trace)
    try:
        model.run()
        return run_of(model)
    finally:
        model.close()


def run_of(model: CallCentre) -> Run:
    """What a model that has run to its end has to tell: its own tables, not copies."""
    calendar = model.calendar
    first, last = calendar.warm_up * calendar.intervals_a_day, calendar.n_intervals
    sites = model.scenario.sites
    wages = np.array([sites[group.site].wage for group in model.scenario.groups.values()])
    demand: Any = model.demand
    training_hours = sum(person.training_hours for person in model.persons)
    price = model.scenario.money.trained_hour if model.scenario.money else 0.0
    in_courses = (model.courses.hours, model.courses.cost) if model.courses is not None else (0.0, 0.0)
    careers = model.careers.report() if model.careers is not None else None
    return Run(
        scenario=model.scenario,
        seed=model.seed,
        replication=model.replication,
        names=model.names,
        calendar=calendar,
        tallies=model.world.tallies[first:last],
        activity_time=model.world.activity_time[first:last],
        group_time=model.world.group_time[calendar.warm_up : calendar.n_days],
        operator_time=model.world.operator_time[:, : len(Activity)],
        wages=wages,
        stocks=demand.stocks() if hasattr(demand, "stocks") else None,
        tables=_tables_of(model, careers),
        careers=careers,
        daily=model.programmes.daily(),
        records=record_table(model) if model.keeps_records else None,
        recorded=getattr(demand, "recorded", None),
        staff_counts=model.world.staff_counts[first:last] if model.scenario.control is not None else None,
        facts={
            "operators": len(model.persons),
            "moved": sum(person.has_moved for person in model.persons),
            "training_hours": training_hours + in_courses[0],
            "training_cost": training_hours * price + in_courses[1],
            "events": int(model.world.state[0].n_events),
            **(model.careers.facts() if model.careers is not None else {}),
        },
    )


def _tables_of(model: CallCentre, careers: CareerReport | None) -> dict[str, pd.DataFrame]:
    """What the slow clock leaves, by name."""
    demand: Any = model.demand
    lives = demand.life_tables() if hasattr(demand, "life_tables") else {}
    told = careers.tables() if careers is not None else {}
    return lives | model.programmes.tables() | {f"career_{name}": table for name, table in told.items()}


def record_table(model: CallCentre) -> pd.DataFrame:
    """Records with names, sorted by instant of ending and key; times in seconds from the start of the run."""
    rows = np.concatenate(model.records) if model.records else np.zeros(0, model.world.records.dtype)
    table = pd.DataFrame({name: rows[name] for name in rows.dtype.names or ()})
    types = np.array(model.names.types, dtype=object).reshape(-1, 3)
    for column, key in enumerate(("intent", "cluster", "queue")):
        table[key] = types[rows["type"], column]
    table["outcome"] = np.array([outcome.name.lower() for outcome in Outcome])[rows["outcome"]]
    table["day"] = (rows["entered_at"] // DAY).astype(int) - model.calendar.warm_up
    return table.drop(columns="type").sort_values(["ended_at", "who"], ignore_index=True)
