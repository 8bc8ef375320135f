"""Customers over months, for the page Life cycle: moves between clusters, arrivals, leavers, value."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import pandas as pd

from twin.errors import ScenarioError
from twin.kernel import is_compiled
from twin.model import CallCentre
from twin.people.states import CLUSTERS
from twin.people.stocks import NAMES
from twin.scenario.demand_schema import CustomerDemand
from twin.scenario.files import LIBRARY, find_scenario, library_names, read_toml
from twin.scenario.load import load_scenario
from twin.scenario.schema import Scenario
from twin.simulation import run_of
from twin.ui.parts.work import Reporter

NONE = NAMES[-1]
"""Households without a line, and who has left."""
PROSPECTS = "Acquisizioni"
"""They have no line yet: who goes from there to nowhere was never a customer."""
ARRIVING = (
    "lead", "sale", "order_accepted", "date_missed", "activated", "first_bill", "first_bill_disputed",
    "first_bill_paid",
)  # fmt: skip
"""Events of the way in, in their order."""
LEAVING = ("wants_to_leave", "saved", "left", "deactivated", "never_activated", "won_back")
MOST_MONTHS = 36


@dataclass(frozen=True)
class Request:
    """What the reader has chosen: one scenario, or two on the same seed."""

    names: tuple[str, ...]
    """In the library, or paths that the reader may choose."""
    size: str = ""
    months: int = 3
    seed: int = 1
    changes: tuple[str, ...] = ()
    """Values set over the scenarios: "key=value"."""

    def scenarios(self) -> list[Scenario]:
        """Read and checked.

        Raises
        ------
        ScenarioError
        """
        scenarios = [self._read(name) for name in self.names]
        days = {(scenario.run.start, scenario.run.warm_up) for scenario in scenarios}
        if len(days) > 1:
            raise ScenarioError(f"{' and '.join(self.names)}: must have the same run.start and run.warm_up")
        return scenarios

    def _read(self, name: str) -> Scenario:
        size = [f"scale.size={self.size}"] if self.size else []
        scenario = load_scenario(name, [*size, *self.changes])
        if not isinstance(scenario.demand, CustomerDemand):
            raise ScenarioError(f"{name}: has no customers, must be a scenario whose demand comes from customers")
        return scenario


@dataclass(frozen=True)
class Month:
    """A calendar month, as far as the run covers it."""

    name: str
    """2013-03."""
    days: int
    """Simulated."""
    counted: int
    """Of these, after the warm-up."""
    length: int
    """Days of the calendar month."""

    @property
    def is_whole(self) -> bool:
        return self.days == self.length


@dataclass(frozen=True)
class LifeCycle:
    """The customers of one scenario."""

    name: str
    title: str
    months: tuple[Month, ...]
    first: pd.Series
    """Customers by cluster before the first midnight."""
    stocks: pd.DataFrame
    """Customers by date (after the moves of its midnight) and cluster; of the warm-up, too, where it was kept."""
    moves: pd.DataFrame
    """month, source, target, customers; warm-up included."""
    events: pd.DataFrame
    """Events of life by month, counted days."""
    value: pd.DataFrame | None
    """By cluster, at the end: see `Run.stocks`; None where it was not kept."""
    counted_from: str
    """First counted day."""
    share: float
    """Simulated customers over those of the scenario."""

    @cached_property
    def _last_days(self) -> dict[str, int]:
        return {date[:7]: day for day, date in enumerate(self.stocks.index)}

    def at_end(self, month: str) -> pd.Series:
        """Customers by cluster after the month's last midnight.

        If that day was not kept: those at the end of the next month, with its moves undone.
        """
        if month in self._last_days:
            return self.stocks.iloc[self._last_days[month]]
        names = [known.name for known in self.months]
        later = names[names.index(month) + 1]
        return self.at_end(later) - self.entered(later) + self.exited(later)

    def at_start(self, month: str) -> pd.Series:
        """Customers by cluster before the month's first midnight."""
        names = [known.name for known in self.months]
        place = names.index(month)
        return self.at_end(names[place - 1]) if place else self.first

    def flows(self, month: str | None = None) -> list[tuple[str, str, int]]:
        """Moves of a month, or of all of them; largest flows first."""
        chosen = self.moves if month is None else self.moves[self.moves.month == month]
        sums: Counter[tuple[str, str]] = Counter()
        for source, target, n in zip(chosen.source, chosen.target, chosen.customers, strict=True):
            sums[source, target] += int(n)
        return [(source, target, n) for (source, target), n in sums.most_common()]

    def entered(self, month: str) -> pd.Series:
        """Moves into each cluster."""
        return self._sums("target", month)

    def exited(self, month: str) -> pd.Series:
        """Moves out of each cluster."""
        return self._sums("source", month)

    def _sums(self, end: str, month: str) -> pd.Series:
        chosen = self.moves[self.moves.month == month]
        return chosen.groupby(end).customers.sum().reindex(list(NAMES), fill_value=0)

    @cached_property
    def leavers(self) -> pd.DataFrame:
        """Customers who went from a cluster to none by month (columns)."""
        gone = self.moves[(self.moves.target == NONE) & (self.moves.source != PROSPECTS)]
        table = gone.pivot_table(index="source", columns="month", values="customers", aggfunc="sum", fill_value=0)
        rows = [name for name in CLUSTERS if name != PROSPECTS]
        return table.reindex(index=rows, columns=[month.name for month in self.months], fill_value=0).astype(int)

    @cached_property
    def leaving_shares(self) -> pd.DataFrame:
        """Leavers over the customers of the cluster at the start of the month; NaN where there were none."""
        starts = pd.DataFrame({month.name: self.at_start(month.name) for month in self.months})
        starts = starts.reindex(self.leavers.index).astype(float)
        return self.leavers / starts.where(starts > 0)

    @property
    def customers(self) -> tuple[int, int]:
        """With a line or about to have one: at the first counted midnight, and at the last."""
        days = self.stocks.drop(columns=[NONE, PROSPECTS]).sum(axis=1)
        return int(days.loc[self.counted_from]), int(days.iloc[-1])


def live_months(report: Reporter, request: Request) -> list[LifeCycle]:
    """Run each scenario, and tell the page of each day."""
    report.progress(None, "reading")
    scenarios = request.scenarios()
    report.progress(None, "running" if is_compiled() else "compiling")
    return [
        _live(report, scenario, request, k / len(scenarios), 1 / len(scenarios)) for k, scenario in enumerate(scenarios)
    ]


def _live(report: Reporter, scenario: Scenario, request: Request, done: float, part: float) -> LifeCycle:
    days = days_of(scenario.run.start, request.months)
    model = CallCentre(scenario, request.seed, days=days)
    try:
        return live_on(report, model, done, part)
    finally:
        model.close()


def live_on(report: Reporter, model: CallCentre, done: float = 0.0, part: float = 1.0) -> LifeCycle:
    """Run a model to its end, telling the page of each day; then the lives of its customers.

    Who was in which cluster at the start is what there is at the end, with all moves undone.
    """
    base: Any = model.demand
    calendar, scenario = model.calendar, model.scenario
    while not model.is_over:
        model.run_day()
        share = done + part * (model.day + 1) / calendar.n_days
        report.progress(share, "days_done", n=model.day + 1, total=calendar.n_days, name=scenario.name)
    run = run_of(model)
    dates = [calendar.date(day).isoformat() for day in range(calendar.n_days)]
    moves = run.tables["moves"]
    return LifeCycle(
        name=scenario.name,
        title=scenario.title,
        months=months_of(dates, calendar.warm_up),
        first=undone(pd.Series(base.people.stocks, index=list(NAMES)), moves),
        stocks=pd.DataFrame(base.stock_days, columns=list(NAMES), index=dates),
        moves=moves,
        events=by_month(run.tables["life_events"]),
        value=run.stocks,
        counted_from=dates[calendar.warm_up],
        share=scenario.factor,
    )


def undone(stocks: pd.Series, moves: pd.DataFrame) -> pd.Series:
    """Customers by cluster as they were before these moves."""
    into = moves.groupby("target").customers.sum().reindex(list(NAMES), fill_value=0)
    out_of = moves.groupby("source").customers.sum().reindex(list(NAMES), fill_value=0)
    return (stocks - into + out_of).astype(int)


def by_month(events: pd.DataFrame) -> pd.DataFrame:
    """Events of life by date, added up."""
    return events.groupby(events.index.str[:7]).sum()


def days_of(start: datetime.date, months: int) -> int:
    """Days from a date to the end of a month: its own if `months` is 1."""
    place = start.year * 12 + start.month - 1 + months
    return (datetime.date(place // 12, place % 12 + 1, 1) - start).days


def months_of(dates: Sequence[str], warm_up: int) -> tuple[Month, ...]:
    """The calendar months of some days in a row."""
    found = []
    for name in dict.fromkeys(date[:7] for date in dates):
        inside = [k for k, date in enumerate(dates) if date[:7] == name]
        length = days_of(datetime.date.fromisoformat(f"{name}-01"), 1)
        found.append(Month(name, len(inside), sum(k >= warm_up for k in inside), length))
    return tuple(found)


@cache
def with_customers() -> tuple[str, ...]:
    """Scenarios of the library that state customers, themselves or by what they extend."""
    return tuple(name for name in library_names() if _states_customers(name))


def _states_customers(name: str) -> bool:
    raw = read_toml(find_scenario(name, LIBRARY))
    bases = raw.get("extends", [])
    listed = bases if isinstance(bases, list) else [bases]
    return "customers" in raw or any(_states_customers(str(base)) for base in listed)
