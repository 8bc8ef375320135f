"""Contacts out of operators' hours, when only the menu answers: so many an hour, beside the usual demand."""

import numpy as np

from twin.calendar import DAY
from twin.demand import RateDemand
from twin.kernel.arrivals import poisson_instants
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.tables import ARRIVAL
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import Volume
from twin.scenario.schema import Scenario
from twin.world.names import Names

HOUR = 3600.0
NIGHT_STREAM, NIGHT_KEY = 0x8000, 0x800
"""Set apart from those of the day in the keys of streams and of contacts."""


class NightDemand:
    """A day's arrivals of the usual demand, and those that come while only the menu answers.

    Parameters
    ----------
    scenario : Scenario
        As it was given, with `demand` a Volume and a `self_service`.
    """

    def __init__(self, usual: RateDemand, scenario: Scenario, names: Names):
        demand, rule = scenario.demand, scenario.self_service
        assert isinstance(demand, Volume)
        assert rule is not None
        self.usual, self.rule, self.opening = usual, rule, scenario.opening
        own_hours = {name for area in demand.areas.values() for name in area.intents}
        shares = {name: share for name, share in demand.mix.items() if share > 0 and name not in own_hours}
        kinds = [name for name in shares if scenario.intents[name].channel == "phone"]
        self.intents = [names.intents.index(name) for name in kinds]
        a_second = demand.a_day * scenario.factor * rule.share_an_hour / HOUR
        self.rates = [a_second * shares[name] for name in kinds]
        self._instants = np.empty(4096)

    def arrivals(self, day: int) -> np.ndarray:
        """See `twin.demand.Demand`."""
        usual, night = self.usual.arrivals(day), self.night(day)
        if not len(night):
            return usual
        rows = np.concatenate([usual, night])
        return rows[np.argsort(rows["at"], kind="stable")].view(np.recarray)

    def night(self, day: int) -> np.ndarray:
        """Those out of operators' hours."""
        edges, lengths = self._hours(day)
        parts = []
        for intent, rate in zip(self.intents, self.rates, strict=True):
            cumulated = np.concatenate([[0.0], np.cumsum(rate * lengths)])
            instants = self._draw(np.uint64((day << 16) | NIGHT_STREAM | intent), day * DAY + edges, cumulated)
            rows = np.zeros(len(instants), ARRIVAL)
            rows["at"], rows["customer"], rows["intent"], rows["talk_time"] = instants, -1, intent, np.nan
            first = np.uint64((day << 44) | ((intent | NIGHT_KEY) << 32))
            rows["who"] = first + np.arange(len(rows), dtype=np.uint64)
            parts.append(rows)
        rows = np.concatenate(parts) if parts else np.zeros(0, ARRIVAL)
        if len(self.usual.clusters):
            chances = uniform_pairs(self.usual.seed, np.uint64(Purpose.RATE_CLUSTER), rows["who"], np.uint64(0))[:, 0]
            rows["cluster"] = self.usual.clusters[np.searchsorted(self.usual.cluster_edges, chances, side="right")]
        return rows

    def _hours(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Clock seconds at which operators' hours and the menu's begin and end, and the night's length between them."""
        weekday = WEEKDAYS[self.usual.calendar.weekday(day)]
        if weekday not in self.rule.days:
            return np.array([0.0, DAY]), np.zeros(1)
        opens, closes = self.rule.opens, self.rule.closes
        if weekday not in self.opening.days:
            return np.array([opens, closes]), np.array([closes - opens])
        first, last = (min(max(at, opens), closes) for at in (self.opening.opens, self.opening.closes))
        return np.array([opens, first, last, closes]), np.array([first - opens, 0.0, closes - last])

    def _draw(self, who: np.uint64, edges: np.ndarray, cumulated: np.ndarray) -> np.ndarray:
        if cumulated[-1] <= 0:
            return self._instants[:0]
        n = poisson_instants(self.usual.seed, who, edges, cumulated, self._instants)
        while n > len(self._instants):
            self._instants = np.empty(2 * n)
            n = poisson_instants(self.usual.seed, who, edges, cumulated, self._instants)
        return self._instants[:n].copy()
