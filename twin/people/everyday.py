"""Needs of every day: how many a customer of each cluster may expect on each day, why, and at which time of day."""

import numpy as np

from twin.calendar import DAY, YEAR, Calendar
from twin.demand import DayNoise
from twin.people.rules import PROMPTED, prompted_needs
from twin.people.states import CLUSTERS, N_CLUSTERS, NOBODY, Prompt
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import CustomerDemand, Shock
from twin.scenario.schema import Scenario

N_KNOTS = 513
"""Levels at which the time of day is told."""


class EverydayNeeds:
    """What is known of needs before anybody has lived: the same for every caring model.

    Attributes
    ----------
    by_intent : (clusters, intents) float64
        Needs a customer-year, in the order of `CLUSTERS`.
    levels : (clusters and nobody, days + 1) float64
        Needs expected of a customer until each midnight.
    """

    def __init__(self, scenario: Scenario, calendar: Calendar, seed: int):
        assert isinstance(scenario.demand, CustomerDemand)
        self.scenario, self.calendar, self.demand = scenario, calendar, scenario.demand
        self.noise = DayNoise(self.demand.noise, seed, calendar.interval_time)
        self.by_intent = self._by_intent()
        self._mixes = _cumulated(self.by_intent)
        self.levels = np.zeros((N_CLUSTERS + 1, calendar.n_days + 1))
        for day in range(calendar.n_days):
            self.levels[:NOBODY, day + 1] = self.levels[:NOBODY, day] + self.hazard(day)

    def _by_intent(self) -> np.ndarray:
        """The FOC counts all needs; those that events cause are taken out, of the intent with which they make contact.

        Groups are split among their intents.
        """
        caused = prompted_needs(self.scenario)
        table = np.zeros((N_CLUSTERS, len(self.scenario.intents)))
        for row, name in enumerate(CLUSTERS):
            cluster = self.scenario.clusters[name]
            left = {intent: cluster.foc * share for intent, share in cluster.mix.items()}
            for cause in Prompt:
                intent = PROMPTED[cause]
                left[intent] = max(left.get(intent, 0.0) - caused[row, cause], 0.0)
            for column, (intent, kind) in enumerate(self.scenario.intents.items()):
                table[row, column] = left.get(kind.group or intent, 0.0) * (kind.share if kind.group else 1.0)
        return table

    def _shocks(self, day: int) -> list[Shock]:
        counted = day - self.calendar.warm_up
        return [shock for shock in self.demand.shocks if shock.day <= counted < shock.day + shock.days]

    def _shock_factors(self, day: int) -> np.ndarray:
        """By intent: what shocks multiply its needs by on this day."""
        factors = np.ones(len(self.scenario.intents))
        for shock in self._shocks(day):
            for column, (intent, kind) in enumerate(self.scenario.intents.items()):
                factors[column] *= shock.factor if {intent, kind.group} & set(shock.intents) else 1.0
        return factors

    def hazard(self, day: int) -> np.ndarray:
        """(clusters,) expected needs of a customer on a day: spread over months and weekdays, with noise and shocks."""
        months, weekdays = np.array(self.demand.month_factors), self.demand.weekday_factors
        factor = months[self.calendar.date(day).month - 1] / months.mean()
        week = np.array([weekdays.get(name, 0.0) for name in WEEKDAYS])
        factor *= week[self.calendar.weekday(day)] / week.mean() * self.noise.day_factor(day)
        return self.by_intent @ self._shock_factors(day) / YEAR * factor

    def mixes(self, day: int) -> np.ndarray:
        """(clusters, intents) cumulated shares of intents among the day's needs."""
        return _cumulated(self.by_intent * self._shock_factors(day)) if self._shocks(day) else self._mixes

    def clock_times(self, day: int) -> np.ndarray:
        """(N_KNOTS,) clock seconds at evenly spread levels of the day's contacts: hours' shares, the day's noise."""
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
        return np.interp(np.linspace(0, 1, N_KNOTS), cumulated[first : last + 1], clock[first : last + 1])


def _cumulated(table: np.ndarray) -> np.ndarray:
    return np.cumsum(table / np.maximum(table.sum(axis=1, keepdims=True), 1e-300), axis=1)
