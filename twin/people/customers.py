"""The customer base: millions of customers in columns, who are also the source of contacts."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from twin.calendar import DAY, YEAR
from twin.demand import DayNoise
from twin.kernel.tables import ARRIVAL
from twin.people.births import be_born
from twin.people.column_set import ColumnAgentSet, register_column_agents
from twin.people.columns import Column, ColumnAgent, ColumnStore
from twin.people.lives import NEVER, cluster_of, live_day
from twin.people.memory import remember, value_at_risk
from twin.people.needs import fill_needs, refresh_returning
from twin.people.rules import cluster_order, rules_of
from twin.people.states import CLUSTERS, TIERS, Flag, Phase
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import CustomerDemand

if TYPE_CHECKING:
    from twin.model import CallCentre

WINDOWS = {"contacts_3": 3, "contacts_30": 30, "contacts_90": 90}
LONG_AGO = -32000


class Customer(ColumnAgent):
    """One line, one customer. Days count from the start of the run; the cluster is worked out, never stored."""

    phase = Column(np.uint8, Phase.ACTIVE)
    tier = Column(np.uint8)
    flags = Column(np.uint8)
    overdue_stage = Column(np.uint8)
    bills_paid = Column(np.uint8)
    activated_on = Column(np.int16)
    satisfaction = Column(np.float32)
    is_unresolved = Column(np.bool_)
    unresolved_on = Column(np.int16, LONG_AGO)
    repeated_on = Column(np.int16, LONG_AGO)
    handled_hour = Column(np.float32, -1e9)
    n_abandoned = Column(np.uint8)
    contacts_3 = Column(np.uint8)
    contacts_30 = Column(np.uint8)
    contacts_90 = Column(np.uint8)
    life_daily = Column(np.float32)
    need_left = Column(np.float32)
    life_left = Column(np.float32)
    n_needs = Column(np.uint16)
    n_lives = Column(np.uint16)
    timer = Column(np.int16, NEVER)
    phase_ends = Column(np.int16, NEVER)
    order_ends = Column(np.int16, NEVER)
    ticket_ends = Column(np.int16, NEVER)
    complaint_ends = Column(np.int16, NEVER)
    suspension_ends = Column(np.int16, NEVER)

    @property
    def cluster(self) -> str:
        """The To-Be cluster; "none" for who has no line and asks for none."""
        number = cluster_of(self.phase, self.tier, self.flags)
        return CLUSTERS[number] if number >= 0 else "none"

    @property
    def segment(self) -> str:
        """The As-Is segment, by value tier."""
        return self.model.scenario.segments.get(TIERS[self.tier], "all")

    @property
    def tenure_months(self) -> float:
        return max(self.model.day - self.activated_on, 0) / (YEAR / 12)

    def has(self, flag: Flag) -> bool:
        return bool(self.flags & flag)


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
        n = max(round(scenario.customers.base * scenario.factor), 1)
        n_market = round(n * scenario.customers.market)
        self.store = ColumnStore(model, Customer, n + n_market, satisfaction=scenario.customers.satisfaction)
        self.columns = self.store.table()
        be_born(self.columns, self.rules, self.seed, n, self._birth_shares())
        self.agents = ColumnAgentSet(self.store)
        register_column_agents(model, self.agents)
        self.noise = DayNoise(self.demand.noise, model.key, self.calendar.interval_time)
        self.mixes = self._mixes()
        self.segments = self._segments()
        self.customer_days = np.zeros(len(CLUSTERS))
        self._recent: collections.deque[np.ndarray] = collections.deque()
        self._needy = np.zeros(1024, np.int32)

    def _birth_shares(self) -> np.ndarray:
        """Cumulated shares of the young phases in their steady state, then of the tiers."""
        customers = self.scenario.customers
        assert customers is not None
        rules = self.rules
        adds = customers.lives.leads * rules.sale_closed / YEAR  # orders a customer-day
        supply = float(np.dot(np.diff(rules.product_shares, prepend=0.0), rules.supply_medians))
        stay = (rules.first_bill_low + rules.first_bill_high) / 2 + rules.bill_due + rules.bill_paid
        nursery = adds * (1 - rules.supply_failed) * min(stay, rules.nursery_cap)
        delivery = nursery + adds * supply
        prospect = delivery + customers.lives.leads / YEAR * rules.prospect_stay
        tiers = np.cumsum([getattr(customers.tiers, tier) for tier in TIERS])
        return np.concatenate([[nursery, delivery, prospect], tiers])

    def _mixes(self) -> np.ndarray:
        """Cumulated shares of intents by cluster, in the order of `CLUSTERS`; groups are split among their intents."""
        table = np.zeros((len(CLUSTERS), len(self.scenario.intents)))
        for row, name in enumerate(CLUSTERS):
            mix = self.scenario.clusters[name].mix
            for column, (intent, kind) in enumerate(self.scenario.intents.items()):
                table[row, column] = mix.get(kind.group or intent, 0.0) * (kind.share if kind.group else 1.0)
        return np.cumsum(table, axis=1)

    def _segments(self) -> np.ndarray:
        names = self.model.names.segments
        found = [self.scenario.segments.get(tier) for tier in TIERS]
        return np.array([names.index(name) if name else 0 for name in found], np.int8)

    def need_hazard(self, day: int) -> np.ndarray:
        """Expected needs of a customer of each cluster on a day: FOC, spread over months and weekdays."""
        months, weekdays = np.array(self.demand.month_factors), self.demand.weekday_factors
        factor = months[self.calendar.date(day).month - 1] / months.mean()
        week = np.array([weekdays.get(name, 0.0) for name in WEEKDAYS])
        factor *= week[self.calendar.weekday(day)] / week.mean() * self.noise.day_factor(day)
        return np.array([self.scenario.clusters[name].foc for name in CLUSTERS]) / YEAR * factor

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
        """Everybody lives through midnight; who has a need makes contact today."""
        stocks = np.zeros(len(CLUSTERS), np.int64)
        expected = self.need_hazard(day)
        self._make_room(float(expected.max()))
        n = live_day(self.columns, self.rules, self.seed, day, expected, stocks, self._needy)
        assert n <= len(self._needy), "the room for needs is reckoned in _make_room"
        if day >= self.calendar.warm_up:
            self.customer_days += stocks
        quantiles = self.quantiles(day)
        self.model.world.day_quantiles[:] = np.interp(
            np.linspace(0, 1, len(self.model.world.day_quantiles)), np.linspace(0, 1, len(quantiles)), quantiles
        )
        arrivals = np.zeros(n, ARRIVAL).view(np.recarray)
        fill_needs(self.columns, self.seed, day, self._needy[:n], quantiles, self.mixes, self.segments, arrivals)
        arrivals.cluster = self.order[arrivals.cluster]
        refresh_returning(self.columns, self.model.world.contacts, self.order, self.segments)
        return arrivals[np.lexsort((arrivals.who, arrivals.at))]

    def _make_room(self, highest: float) -> None:
        """Room for today's needs: far above what the busiest cluster could make of all customers together."""
        mean = self.store.n * max(highest, 1e-9)
        room = int(mean + 10 * mean**0.5) + 64
        if room > len(self._needy):
            self._needy = np.zeros(room, np.int32)

    def end_day(self, day: int, records: np.ndarray) -> None:
        """What the day's contacts leave in the customers' memory."""
        world = self.model.world
        remember(self.columns, self.rules, self.seed, day, records, world.common_tallies, world.types.cell)
        self._count_recent(records["customer"])

    def _count_recent(self, customers: np.ndarray) -> None:
        """Contacts in the last 3, 30 and 90 days: what enters is added, what leaves the window taken away, exactly."""
        self._recent.appendleft(customers.copy())
        for name, days in WINDOWS.items():
            column = self.store.columns[name]
            _add(column, customers, 1)
            if len(self._recent) > days:
                _add(column, self._recent[days], -1)
        while len(self._recent) > max(WINDOWS.values()):
            self._recent.pop()

    def stocks(self) -> pd.DataFrame:
        """By cluster: customer-days, customers at the end, expected leavers a year, ARPU at risk [EUR/year]."""
        sums = np.zeros((len(CLUSTERS), 3))
        value_at_risk(self.columns, self.rules, self.model.day + 1, sums)
        table = pd.DataFrame(sums, columns=["customers_at_end", "expected_leavers", "arpu_at_risk"])
        table["customer_days"] = self.customer_days
        table.index = pd.Index(CLUSTERS, name="cluster")
        return table


def _add(column: np.ndarray, rows: np.ndarray, amount: int) -> None:
    """Add to counts of at most 255; a customer with more contacts than that stays at 255 less what leaves."""
    numbers, times = np.unique(rows, return_counts=True)
    column[numbers] = np.clip(column[numbers].astype(int) + amount * times, 0, 255)
