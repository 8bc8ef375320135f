"""The customer base: millions of customers in columns, who are also the source of contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.calendar import YEAR
from twin.later import pd
from twin.people import stocks
from twin.people.arrival_order import DayOfArrivals
from twin.people.births import be_born, beginning
from twin.people.clocks import cluster_of
from twin.people.column_set import ColumnAgentSet, register_column_agents
from twin.people.columns import Column, ColumnAgent, ColumnStore
from twin.people.customer_table import BIRTH_VALUES, CHAIN, CUSTOMER, HAPPENING, NEEDY, People
from twin.people.everyday import EverydayNeeds
from twin.people.lives import live_day, reschedule
from twin.people.memory import remember, value_at_risk
from twin.people.needs import N_MARKS, fill_needs, refresh_returning
from twin.people.proactive import Outbound
from twin.people.recent import RecentContacts
from twin.people.rules import cluster_order, rules_of
from twin.people.states import CLUSTERS, N_CLUSTERS, N_EVENTS, NOBODY, TIERS, Flag, Mark, Touch
from twin.scenario.demand_schema import CustomerDemand

if TYPE_CHECKING:
    from twin.model import CallCentre

COUNTED = ("stocks", "moves", "flows", "credit_flows", "touches", "counts")
"""Tables of `People` that count what has happened."""
VALUES = ("customers_at_end", "expected_leavers", "arpu_at_risk", "experience", "expectation")
_COLUMNS = {name: Column(CUSTOMER[name], BIRTH_VALUES.get(name, 0)) for name in CUSTOMER.names or ()}
_Row: Any = type("_Row", (ColumnAgent,), _COLUMNS)
"""A column for each field of CUSTOMER."""


class Customer(_Row):
    """One line, one customer. Days count from the start of the run; the cluster is worked out, never stored."""

    due = Column(np.int16)

    @property
    def cluster(self) -> str:
        """The To-Be cluster; "none" for who has no line and asks for none."""
        number = cluster_of(self.phase, self.tier, self.flag_bits)
        return CLUSTERS[number] if number >= 0 else "none"

    @property
    def segment(self) -> str:
        """The As-Is segment, by value tier."""
        return self.model.scenario.segments.get(TIERS[self.tier], "all")

    @property
    def tenure_months(self) -> float:
        return max(self.model.day - self.activated_on, 0) / (YEAR / 12)

    def has(self, flag: Flag) -> bool:
        return bool(self.flag_bits & flag)

    @property
    def is_digital(self) -> bool:
        """Uses self care on the web or in the app."""
        return bool(self.marks & Mark.DIGITAL)


class CustomerBase:
    """Customers as a source of contacts: lives them at midnight, and remembers what the centre did to them."""

    def __init__(self, model: CallCentre):
        scenario = model.scenario
        assert isinstance(scenario.demand, CustomerDemand)
        assert scenario.customers is not None
        self.model, self.scenario, self.demand = model, scenario, scenario.demand
        self.calendar, self.seed = model.calendar, np.uint64(model.key)
        self.rules = rules_of(scenario)
        self.order = cluster_order(scenario).astype(np.int8)
        self.everyday = EverydayNeeds(scenario, self.calendar, model.key)
        self.segments = self._segments()
        months = [self.calendar.date(day).isoformat()[:7] for day in range(self.calendar.n_days)]
        self.months = list(dict.fromkeys(months))
        self._month_of = [self.months.index(month) for month in months]
        n = max(round(scenario.customers.base * scenario.factor), 1)
        self.people = self._born(n, n + round(n * scenario.customers.market))
        rows = self.people.rows
        fields = {name: rows[name] for name in CUSTOMER.names or ()}
        self.store = ColumnStore(model, Customer, len(rows), **fields, due=self.people.due)
        self.agents = ColumnAgentSet(self.store)
        register_column_agents(model, self.agents)
        self.spared_shares = np.zeros((len(scenario.intents), N_MARKS))
        """Share of contacts by intent that customers with a mark (`twin.people.states.Mark`) need not make."""
        self.n_spared = np.zeros(len(scenario.intents), np.int64)
        self.stock_days = np.zeros((self.calendar.n_days, N_CLUSTERS + 1), np.int64)
        self.proactive = Outbound(self) if scenario.proactive is not None else None
        self._recent = RecentContacts()
        self._rows = DayOfArrivals()

    def _born(self, n_customers: int, n: int) -> People:
        n_days = self.calendar.n_days
        people = People(
            rows=np.zeros(n, CUSTOMER).view(np.recarray),
            due=np.zeros(n, np.int16),
            levels=self.everyday.levels,
            stocks=np.zeros(N_CLUSTERS + 1, np.int64),
            moves=np.zeros((len(self.months), N_CLUSTERS + 1, N_CLUSTERS + 1), np.int64),
            flows=np.zeros((n_days, N_EVENTS), np.int64),
            credit_flows=np.zeros((n_days, 8, 2), np.int64),
            touches=np.zeros((len(Touch), 3)),
            needy=np.zeros(1024, NEEDY).view(np.recarray),
            happenings=np.zeros(0, HAPPENING).view(np.recarray),
            counts=np.zeros(2, np.int64),
        )
        past = people._replace(
            flows=np.zeros((CHAIN + 1, N_EVENTS), np.int64),
            credit_flows=np.zeros((CHAIN + 1, 8, 2), np.int64),
            touches=np.zeros((len(Touch), 3)),
        )
        be_born(past, self.rules, beginning(self.scenario, self.rules), self.seed, n_customers)
        people.counts[:] = 0
        return people

    def _segments(self) -> np.ndarray:
        names = self.model.names.segments
        found = [self.scenario.segments.get(tier) for tier in TIERS]
        return np.array([names.index(name) if name else 0 for name in found], np.int8)

    def arrivals(self, day: int) -> np.ndarray:
        """Everybody lives through midnight; who has a need, or is given cause, makes contact today."""
        self._make_room(day)
        if self.proactive is not None:
            self.proactive.make_room_for_midnight(day)
        people = self.people
        live_day(people, self.rules, self.seed, day, self._month_of[day])
        n = int(people.counts[0])
        assert n <= len(people.needy), "the room for needs is reckoned in _make_room"
        self.stock_days[day] = people.stocks
        quantiles = self.everyday.clock_times(day)
        self.model.world.day_quantiles[:] = np.interp(
            np.linspace(0, 1, len(self.model.world.day_quantiles)), np.linspace(0, 1, len(quantiles)), quantiles
        )
        arrivals = self._rows.for_rows(n)
        n = fill_needs(
            people,
            self.rules.prompt_intents,
            self.seed,
            day,
            quantiles,
            self.everyday.mixes(day),
            self.segments,
            self.spared_shares,
            self.n_spared,
            arrivals,
        )
        if self.proactive is not None:
            self.proactive.count_spared(day)
        arrivals = self._rows.in_order(n)
        arrivals["cluster"] = self.order[arrivals["cluster"]]
        world = self.model.world
        refresh_returning(people, world.contacts, self.order, self.segments, world.type_of)
        return arrivals

    def _make_room(self, day: int) -> None:
        """Room for today's needs: far above what is expected of the largest stock of each cluster, and for causes."""
        hazard = self.people.levels[:, day + 1] - self.people.levels[:, day]
        mean = float(hazard @ self.people.stocks) + float(hazard.max()) * self.store.n / 50
        room = int(mean + 10 * mean**0.5) + self.store.n // 64 + 64
        if room > len(self.people.needy):
            self.people = self.people._replace(needy=np.zeros(int(1.2 * room), NEEDY).view(np.recarray))

    def end_day(self, day: int, records: np.ndarray) -> None:
        """What the day's contacts leave in the customers' memory."""
        world = self.model.world
        types = world.types
        if self.proactive is not None:
            self.proactive.make_room_for_day(len(records))
        remember(self.people, self.rules, self.seed, day, records, world.common_tallies, types.cell, types.intent)
        if self.proactive is not None:
            self.proactive.end_day(day, records)
        self._recent.end_day(self.people, records["customer"])

    @property
    def customer_days(self) -> np.ndarray:
        """By cluster, in the order of `CLUSTERS`, counted days."""
        return self.stock_days[self.calendar.warm_up :, :NOBODY].sum(axis=0)

    def state(self) -> dict[str, Any]:
        """What the base remembers beside the customers' columns, which the store keeps (see `twin.saving`)."""
        counted = {name: getattr(self.people, name) for name in COUNTED}
        happenings = self.people.happenings[: self.people.counts[1]]
        return {
            **counted,
            "day": self.model.day,
            "happenings": happenings,
            "recent": list(self._recent.days),
            "stock_days": self.stock_days,
            "n_spared": self.n_spared,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        for name in COUNTED:
            _copy_days(state[name], getattr(self.people, name))
        _copy_days(state["stock_days"], self.stock_days)
        self.n_spared[:] = state["n_spared"]
        happenings = state["happenings"]
        if len(happenings) > len(self.people.happenings):
            grown = np.zeros(len(happenings), HAPPENING).view(np.recarray)
            self.people = self.people._replace(happenings=grown)
        self.people.happenings[: len(happenings)] = happenings.view(HAPPENING)
        self._recent.restore(state["recent"])
        reschedule(self.people, self.rules, state["day"])

    def stocks(self) -> pd.DataFrame:
        """By cluster: customer-days, and what `value_at_risk` sums over the customers at the end."""
        sums = np.zeros((len(CLUSTERS), 5))
        value_at_risk(self.people, self.rules, self.model.day + 1, sums)
        table = pd.DataFrame(sums, columns=list(VALUES))
        table["customer_days"] = self.customer_days.astype(float)
        table.index = pd.Index(CLUSTERS, name="cluster")
        return table

    def life_tables(self) -> dict[str, pd.DataFrame]:
        """What happened to customers: see `twin.people.stocks`."""
        return {
            "life_events": stocks.flows(self),
            "stocks": stocks.stocks_by_day(self),
            "moves": stocks.moves(self),
            "touchpoints": stocks.touchpoints(self),
            "credit_chain": stocks.credit_chain(self),
            **(self.proactive.tables() if self.proactive is not None else {}),
        }


def _copy_days(saved: np.ndarray, table: np.ndarray) -> None:
    """Take over a table by day or month: the first part is the same where either run is to end earlier."""
    if saved.dtype != table.dtype or saved.shape[1:] != table.shape[1:]:
        raise ValueError(f"a table is {saved.dtype} {saved.shape}, must be {table.dtype} {table.shape}")
    n = min(len(saved), len(table))
    table[:n] = saved[:n]
