"""What a scenario expects of a day: contacts and operators by interval, before anything of the day is known."""

import datetime
from dataclasses import dataclass

import numpy as np

from calibration.track.born import born_day, one_day
from twin.calendar import DAY, Calendar
from twin.demand import RateDemand
from twin.errors import InputError
from twin.scenario.demand_schema import CustomerDemand, Noise, Rates, Trace
from twin.scenario.schema import Scenario
from twin.world.names import Names
from twin.world.volume import with_rates


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
    placed: np.ndarray | None = None
    """Contacts placed over contacts offered, like `expected` (`calibration.track.born`); 1 unless given."""
    pool: np.ndarray | None = None
    """ARRIVAL rows from which contacts take who they are; nobody we know unless given."""

    @classmethod
    def of(cls, scenario: Scenario, date: datetime.date, length: float) -> "DayPlan":
        """The plan for a date.

        Raises
        ------
        InputError
            If the centre is closed, or nothing tells what such a day brings (`calibration.track.born`).
        """
        clock = np.arange(0.0, DAY + 1, length)
        born = None
        if isinstance(scenario.demand, Trace | CustomerDemand):
            born = born_day(scenario, date, length)
            scenario, expected = born.scenario, born.expected
        else:
            scenario = one_day(with_rates(scenario), date, length)
            expected = RateDemand(scenario, Names.of(scenario), Calendar.of(scenario), 0).expected(0, clock)
        if not expected.any():
            raise InputError(f"{scenario.name}: expects no contacts on {date:%A, %d %B %Y}")
        assert isinstance(scenario.demand, Rates)
        intents, heads = tuple(scenario.demand.rates), _heads(scenario, clock)
        if born is None:
            return cls(scenario, length, intents, expected, heads)
        return cls(scenario, length, intents, expected, heads | born.heads, born.placed, born.pool)

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

    def to_place(self, contacts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Contacts to be placed so that these are offered (intervals, intents); luck rounds."""
        if self.placed is None:
            return contacts
        return np.floor(contacts * self.placed + rng.random(contacts.shape)).astype(np.int64)


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
