"""The customer base: millions of customers in columns, who are also the source of contacts."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from twin.calendar import DAY, YEAR
from twin.demand import DayNoise
from twin.kernel.tables import ARRIVAL
from twin.people import stocks
from twin.people.births import be_born, beginning
from twin.people.clocks import cluster_of
from twin.people.column_set import ColumnAgentSet, register_column_agents
from twin.people.columns import Column, ColumnAgent, ColumnStore
from twin.people.customer_table import BIRTH_VALUES, CHAIN, CUSTOMER, HAPPENING, NEEDY, People, born_table
from twin.people.lives import live_day
from twin.people.memory import remember, value_at_risk
from twin.people.needs import N_MARKS, fill_needs, refresh_returning
from twin.people.proactive import Outbound
from twin.people.rules import PROMPTED, cluster_order, prompted_needs, rules_of, weekly
from twin.people.states import CLUSTERS, N_CLUSTERS, N_EVENTS, NOBODY, TIERS, Flag, Mark, Prompt, Touch
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import CustomerDemand

if TYPE_CHECKING:
    from twin.model import CallCentre

VALUES = ("customers_at_end", "expected_leavers", "arpu_at_risk", "experience", "expectation")
WINDOWS = {"contacts_3": 3, "contacts_30": 30, "contacts_90": 90}
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
        self.noise = DayNoise(self.demand.noise, model.key, self.calendar.interval_time)
        self.foc, self.mixes = self._needs_of_every_day()
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
        self._recent: collections.deque[tuple[np.ndarray, np.ndarray]] = collections.deque()

    def _born(self, n_customers: int, n: int) -> People:
        n_days = self.calendar.n_days
        people = People(
            rows=born_table(n),
            due=np.zeros(n, np.int16),
            levels=self._levels(n_days),
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

    def _needs_of_every_day(self) -> tuple[np.ndarray, np.ndarray]:
        """By cluster: needs a customer-year, and cumulated shares of intents among them, in the order of `CLUSTERS`.

        The FOC counts all needs; those that events cause are taken out, of the intent with which they make contact.
        Groups are split among their intents.
        """
        caused = prompted_needs(self.scenario)
        foc, table = np.zeros(N_CLUSTERS), np.zeros((N_CLUSTERS, len(self.scenario.intents)))
        for row, name in enumerate(CLUSTERS):
            cluster = self.scenario.clusters[name]
            left = {intent: cluster.foc * share for intent, share in cluster.mix.items()}
            for cause in Prompt:
                intent = PROMPTED[cause]
                left[intent] = max(left.get(intent, 0.0) - caused[row, cause], 0.0)
            for column, (intent, kind) in enumerate(self.scenario.intents.items()):
                table[row, column] = left.get(kind.group or intent, 0.0) * (kind.share if kind.group else 1.0)
            foc[row] = table[row].sum()
        return foc, np.cumsum(table / np.maximum(foc, 1e-300)[:, None], axis=1)

    def _segments(self) -> np.ndarray:
        names = self.model.names.segments
        found = [self.scenario.segments.get(tier) for tier in TIERS]
        return np.array([names.index(name) if name else 0 for name in found], np.int8)

    def need_hazard(self, day: int) -> np.ndarray:
        """Expected needs of every day of a customer of each cluster: spread over months and weekdays, with noise."""
        months = np.array(self.demand.month_factors)
        factor = months[self.calendar.date(day).month - 1] / months.mean()
        factor *= weekly(self.demand.weekday_factors, WEEKDAYS)[self.calendar.weekday(day)] * self.noise.day_factor(day)
        return self.foc / YEAR * factor

    def _levels(self, n_days: int) -> np.ndarray:
        """(clusters and nobody, days + 1) needs expected of a customer until each midnight."""
        levels = np.zeros((N_CLUSTERS + 1, n_days + 1))
        for day in range(n_days):
            levels[:NOBODY, day + 1] = levels[:NOBODY, day] + self.need_hazard(day)
        return levels

    def quantiles(self, day: int) -> np.ndarray:
        """Clock seconds at evenly spread levels of the day's contacts: the hours' shares and the day's own noise."""
        n = self.calendar.intervals_a_day
        clock = np.linspace(0.0, DAY, n + 1)
        shares = np.zeros(24)
        for hour, share in self.demand.hour_shares.items():
            shares[int(hour)] = share
        hourly = np.concatenate([[0.0], np.cumsum(shares)])
        expected = np.diff(np.interp(clock, np.arange(25) * 3600.0, hourly))
        opens, closes = self.scenario.opening.opens, self.scenario.opening.closes
        expected[(clock[:-1] < opens) | (clock[1:] > closes)] = 0.0
        expected *= self.noise.interval_factors(day, n)
        cumulated = np.concatenate([[0.0], np.cumsum(expected)]) / expected.sum()
        first, last = np.argmax(cumulated > 0) - 1, int(np.argmax(cumulated >= cumulated[-1]))
        return np.interp(np.linspace(0, 1, 513), cumulated[first : last + 1], clock[first : last + 1])

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
        quantiles = self.quantiles(day)
        self.model.world.day_quantiles[:] = np.interp(
            np.linspace(0, 1, len(self.model.world.day_quantiles)), np.linspace(0, 1, len(quantiles)), quantiles
        )
        arrivals = np.zeros(n, ARRIVAL).view(np.recarray)
        n = fill_needs(
            people,
            self.rules.prompt_intents,
            self.seed,
            day,
            quantiles,
            self.mixes,
            self.segments,
            self.spared_shares,
            self.n_spared,
            arrivals,
        )
        if self.proactive is not None:
            self.proactive.count_spared(day)
        arrivals = arrivals[:n].view(np.recarray)
        arrivals.cluster = self.order[arrivals.cluster]
        refresh_returning(people, self.model.world.contacts, self.order, self.segments)
        return arrivals[np.lexsort((arrivals.who, arrivals.at))]

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
        remember(self.people, self.rules, self.seed, day, records, world.tallies, types.cell, types.intent)
        if self.proactive is not None:
            self.proactive.end_day(day, records)
        self._count_recent(records["customer"])

    def _count_recent(self, customers: np.ndarray) -> None:
        """Contacts in the last 3, 30 and 90 days: what enters is added, what leaves the window taken away, exactly."""
        self._recent.appendleft(np.unique(customers, return_counts=True))
        for name, days in WINDOWS.items():
            column = self.store.columns[name]
            _add(column, *self._recent[0], 1)
            if len(self._recent) > days:
                _add(column, *self._recent[days], -1)
        while len(self._recent) > max(WINDOWS.values()):
            self._recent.pop()

    @property
    def customer_days(self) -> np.ndarray:
        """By cluster, in the order of `CLUSTERS`, counted days."""
        return self.stock_days[self.calendar.warm_up :, :NOBODY].sum(axis=0)

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


def _add(column: np.ndarray, rows: np.ndarray, times: np.ndarray, amount: int) -> None:
    """Add to counts of at most 255; a customer with more contacts than that stays at 255 less what leaves."""
    column[rows] = np.clip(column[rows].astype(int) + amount * times, 0, 255)
