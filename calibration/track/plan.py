"""What a scenario expects of a day: contacts and operators by interval, before anything of the day is known."""

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.calendar import DAY, Calendar
from twin.demand import RateDemand
from twin.errors import InputError
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.tables import ARRIVAL
from twin.scenario.demand_schema import Noise, Rates
from twin.scenario.schema import Scenario
from twin.world.names import Names
from twin.world.volume import with_rates

_OTHERS = {
    "trace": "must be 'rates' or 'volume' to track a day: a replayed day expects nothing before it has been recorded. "
    "twin calibrate writes rates read off history into a scenario of rates",
    "customers": "must be 'rates' or 'volume' to track a day: what customers' lives bring tomorrow is known only by "
    "living until then. Give the day's volume: demand = { kind = 'volume', a_day = ..., mix = ..., hour_shares = ... }",
}
"""Why a day of other kinds of demand cannot be tracked, and what to do."""


@dataclass(frozen=True)
class DayPlan:
    """One day of a scenario, cut into intervals."""

    scenario: Scenario
    """Of that one day."""
    length: float
    """[s] of an interval."""
    intents: tuple[str, ...]
    expected: np.ndarray
    """float64 (intervals, intents): mean contacts of an ordinary such weekday."""
    heads: dict[str, np.ndarray]
    """Group whose operators are counted, not rostered -> planned operators by interval."""

    @classmethod
    def of(cls, scenario: Scenario, date: datetime.date, length: float) -> "DayPlan":
        """The plan for a date.

        Raises
        ------
        InputError
            If the scenario does not say how many contacts it expects of a day, or the centre is closed.
        """
        scenario = one_day(with_rates(scenario), date, length)
        if not isinstance(scenario.demand, Rates):
            raise InputError(
                f"{scenario.name}: demand.kind is {scenario.demand.kind!r}, {_OTHERS[scenario.demand.kind]}"
            )
        demand = RateDemand(scenario, Names.of(scenario), Calendar.of(scenario), 0)
        clock = np.arange(0.0, DAY + 1, length)
        expected = demand.expected(0, clock)
        if not expected.any():
            raise InputError(f"{scenario.name}: expects no contacts on {date:%A, %d %B %Y}")
        return cls(scenario, length, tuple(scenario.demand.rates), expected, _heads(scenario, clock))

    @property
    def n(self) -> int:
        return len(self.expected)

    @property
    def noise(self) -> Noise:
        assert isinstance(self.scenario.demand, Rates)
        return self.scenario.demand.noise

    def place(self, clock: float) -> int:
        """The interval in which a clock time lies."""
        return int(clock // self.length)


def one_day(scenario: Scenario, date: datetime.date, length: float) -> Scenario:
    """The scenario run for this date alone, from an empty centre in the morning, counted by intervals of `length`.

    Nobody tracks the night, when only the menu answers (`self_service`).
    """
    run = scenario.run.model_copy(update={"days": 1, "warm_up": 0, "start": date, "interval": length})
    return scenario.model_copy(update={"run": run, "self_service": None})


def _heads(scenario: Scenario, clock: np.ndarray) -> dict[str, np.ndarray]:
    """Mean planned operators between the instants, of groups that state a head count by period."""
    found = {}
    period = getattr(scenario.demand, "period", 3600.0)
    for name, group in scenario.groups.items():
        if group.head_count is not None:
            edges = scenario.opening.opens + period * np.arange(len(group.head_count) + 1)
            total = np.concatenate([[0.0], np.cumsum(np.array(group.head_count) * period)])
            found[name] = np.diff(np.interp(clock, edges, total)) / np.diff(clock)
    return found


class KnownDay(RateDemand):
    """A day whose contacts are counted already: so many in each interval, at instants spread over it.

    Parameters
    ----------
    counts : ndarray of int (intervals, intents)
    """

    def __init__(self, model: Any, counts: np.ndarray, length: float):
        super().__init__(model.scenario, model.names, model.calendar, model.key)
        self.counts, self.length = counts, length

    def arrivals(self, day: int) -> np.ndarray:
        """ARRIVAL rows of the day; a contact is the same one whatever else the day brings."""
        places, columns = np.nonzero(self.counts)
        of = self.counts[places, columns]
        number = np.concatenate([np.arange(n) for n in of]) if len(of) else np.zeros(0, int)
        interval, column = np.repeat(places, of), np.repeat(columns, of)
        who = (
            (interval.astype(np.uint64) << np.uint64(44)) | (column.astype(np.uint64) << np.uint64(32))
        ) + number.astype(np.uint64)
        chance = uniform_pairs(self.seed, np.uint64(Purpose.ARRIVAL), who, np.uint64(0))
        rows = np.zeros(len(who), ARRIVAL)
        rows["at"] = day * DAY + np.minimum((interval + chance[:, 0]) * self.length, np.nextafter(DAY, 0.0))
        rows["who"], rows["intent"] = who, self.intents[column]
        rows["talk_time"], rows["customer"] = np.nan, -1
        if len(self.clusters):
            level = uniform_pairs(self.seed, np.uint64(Purpose.RATE_CLUSTER), who, np.uint64(0))[:, 0]
            rows["cluster"] = self.clusters[np.searchsorted(self.cluster_edges, level, side="right")]
        return rows[np.argsort(rows["at"], kind="stable")].view(np.recarray)
