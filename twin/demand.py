"""Where contacts come from: an object per kind of demand makes a day's arrivals. The rest cannot tell them apart."""

import math
from typing import Protocol

import numpy as np

from twin.calendar import DAY, Calendar
from twin.kernel.arrivals import merge_streams, poisson_instants
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.kernel.tables import ARRIVAL
from twin.scenario.days import WEEKDAYS, Weekday
from twin.scenario.demand_schema import Noise, Rates
from twin.scenario.schema import Scenario
from twin.world.laws import LawTable
from twin.world.names import Names
from twin.world.volume import cluster_shares

HALF_HOUR = 1800.0


class Demand(Protocol):
    """Makes the arrivals of a day."""

    def arrivals(self, day: int) -> np.ndarray:
        """ARRIVAL rows of `day` (counted from the start of the run), sorted by instant; valid until the next call."""
        ...


class DayNoise:
    """How much busier than expected a day and its intervals are: factors with mean 1, keyed by the day."""

    def __init__(self, noise: Noise, seed: int, interval_time: float):
        self.noise = noise
        self.seed = np.uint64(seed)
        self.interval_time = interval_time
        if noise.day_cv > 0:
            self._laws, self._knots = _gamma_law(1.0 / noise.day_cv**2)
        self._sigma = math.sqrt(math.log1p(noise.interval_cv**2))
        self._correlation = noise.interval_correlation ** (interval_time / HALF_HOUR)

    def day_factor(self, day: int, stream: int = 0) -> float:
        """Gamma with mean 1 and the day's CV."""
        if self.noise.day_cv <= 0:
            return 1.0
        from twin.kernel.draws import draw_times

        pair = uniform_pairs(self.seed, np.uint64(Purpose.DAY_FACTOR), _keys(day, 1), np.uint64(stream))
        return float(draw_times(self._laws, self._knots, 1, pair[:, 0])[0])

    def interval_factors(self, day: int, n: int) -> np.ndarray:
        """Lognormal with mean 1; logarithms form a stationary first-order autoregression."""
        if self.noise.interval_cv <= 0:
            return np.ones(n)
        levels = uniform_pairs(self.seed, np.uint64(Purpose.INTERVAL_FACTOR), _keys(day, n), np.uint64(0))[:, 0]
        shocks = np.array([normal_quantile(level) for level in levels])
        state = np.empty(n)
        state[0] = shocks[0]
        for i in range(1, n):
            state[i] = self._correlation * state[i - 1] + math.sqrt(1 - self._correlation**2) * shocks[i]
        return np.exp(self._sigma * state - self._sigma**2 / 2)


def _keys(day: int, n: int) -> np.ndarray:
    return (np.uint64(day) << np.uint64(20)) + np.arange(n, dtype=np.uint64)


def _gamma_law(shape: float) -> tuple[np.ndarray, np.ndarray]:
    from twin.scenario.laws import Gamma
    from twin.scenario.units import Parsed

    laws = LawTable()
    laws.row(Gamma.model_validate({"law": "gamma", "mean": Parsed(1.0), "shape": shape}))
    return laws.tables()


class RateDemand:
    """Poisson arrivals at the scenario's rates, one stream per intent."""

    def __init__(self, scenario: Scenario, names: Names, calendar: Calendar, seed: int):
        assert isinstance(scenario.demand, Rates)
        self.demand: Rates = scenario.demand
        self.opening = scenario.opening
        self.calendar = calendar
        self.seed = np.uint64(seed)
        self.noise = DayNoise(self.demand.noise, seed, calendar.interval_time)
        self.intents = np.array([names.intents.index(name) for name in self.demand.rates])
        self.clusters, self.cluster_edges = cluster_shares(self.demand, names)
        self.relief = np.ones(len(self.intents))
        """Factor on the contacts of each stream: processes that were put right (see `twin.people.programmes`)."""
        self._ordinary = [self._expected(rate) for rate in self.demand.rates.values()]
        self._by_weekday = {
            day: [self._expected(special.get(name, rate)) for name, rate in self.demand.rates.items()]
            for day, special in self.demand.weekday_rates.items()
        }
        self._instants = np.empty(1024 + int(1.2 * sum(expected.sum() for _, expected in self._ordinary)))
        """Work space: a day's instants, stream by stream."""
        self._rows = np.empty(0, ARRIVAL).view(np.recarray)
        """Work space: a day's arrivals, which every day overwrites. Fresh memory would cost as much as the draws."""

    def arrivals(self, day: int) -> np.ndarray:
        weekday = WEEKDAYS[self.calendar.weekday(day)]
        if weekday not in self.opening.days:
            return np.zeros(0, ARRIVAL).view(np.recarray)
        ends = np.zeros(len(self.intents) + 1, np.int64)
        for stream in range(len(self.intents)):
            ends[stream + 1] = self._draw_stream(day, weekday, stream, int(ends[stream]))
        n = int(ends[-1])
        if n > len(self._rows):
            self._rows = np.empty(int(1.2 * n), ARRIVAL).view(np.recarray)
        arrivals = self._rows[:n]
        keys = (np.uint64(day) << np.uint64(44)) | (self.intents.astype(np.uint64) << np.uint64(32))
        slots = np.empty(n + 1, np.int32)
        merge_streams(arrivals, self._instants, ends[:-1].copy(), ends[1:], self.intents, keys, slots)
        if len(self.clusters):
            chances = uniform_pairs(self.seed, np.uint64(Purpose.RATE_CLUSTER), arrivals["who"], np.uint64(0))[:, 0]
            arrivals["cluster"] = self.clusters[np.searchsorted(self.cluster_edges, chances, side="right")]
        return arrivals

    def _draw_stream(self, day: int, weekday: Weekday, stream: int, first: int) -> int:
        """Write the stream's instants into the work space from place `first`; where they end."""
        intent = int(self.intents[stream])
        edges, expected = self._by_weekday.get(weekday, self._ordinary)[stream]
        factor = self.demand.weekday_factors.get(weekday, 1.0)
        factor *= self.noise.day_factor(day, 0 if self.demand.shared_day_factor else intent + 1)
        expected = expected * (factor * self.relief[stream])
        if self.demand.noise.interval_cv > 0:
            edges, expected = self._with_interval_noise(day, edges, expected)
        cumulated = np.concatenate([[0.0], np.cumsum(expected)])
        who = np.uint64((day << 16) | intent)
        while True:
            end = first + poisson_instants(self.seed, who, day * DAY + edges, cumulated, self._instants[first:])
            if end <= len(self._instants):
                return end
            self._instants = np.concatenate([self._instants[:first], np.empty(2 * end - first)])

    def expected(self, day: int, clock: np.ndarray) -> np.ndarray:
        """Mean contacts of an ordinary such weekday between instants [s after midnight], (len(clock) - 1, intents)."""
        weekday = WEEKDAYS[self.calendar.weekday(day)]
        factor = self.demand.weekday_factors.get(weekday, 1.0) if weekday in self.opening.days else 0.0
        streams = [
            np.diff(np.interp(clock, edges, np.concatenate([[0.0], np.cumsum(expected)])))
            for edges, expected in self._by_weekday.get(weekday, self._ordinary)
        ]
        return factor * np.array(streams).T

    def _expected(self, rate: float | list[float]) -> tuple[np.ndarray, np.ndarray]:
        """Edges of the periods (clock seconds) and expected arrivals in each, an ordinary day."""
        opens, closes = self.opening.opens, self.opening.closes
        if not isinstance(rate, list):
            return np.array([opens, closes]), np.array([rate * (closes - opens)])
        edges = np.minimum(opens + self.demand.period * np.arange(len(rate) + 1), closes)
        return edges, np.array(rate) * np.diff(edges)

    def _with_interval_noise(self, day: int, edges: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n = self.calendar.intervals_a_day
        clock = np.linspace(0.0, DAY, n + 1)
        factors = self.noise.interval_factors(day, n)
        fine = np.union1d(edges, clock[(clock > edges[0]) & (clock < edges[-1])])
        cumulated = np.interp(fine, edges, np.concatenate([[0.0], np.cumsum(expected)]))
        middle = (fine[:-1] + fine[1:]) / 2
        return fine, np.diff(cumulated) * factors[np.minimum((middle / DAY * n).astype(int), n - 1)]
