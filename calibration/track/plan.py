"""What a scenario expects of a day: contacts and operators by interval, before anything of the day is known."""

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.track.born import born_day, one_day
from twin.calendar import DAY, Calendar
from twin.demand import RateDemand
from twin.errors import InputError
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.tables import ARRIVAL
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


class KnownDay(RateDemand):
    """A day whose contacts are counted already: so many in each interval, at instants spread over it.

    Parameters
    ----------
    counts : ndarray of int (intervals, intents)
    pool : ndarray, optional
        ARRIVAL rows: contacts of an intent are drawn from its own.
    """

    def __init__(self, model: Any, counts: np.ndarray, length: float, pool: np.ndarray | None = None):
        super().__init__(model.scenario, model.names, model.calendar, model.key)
        self.counts, self.length, self.pool = counts, length, pool

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
        if self.pool is not None and len(rows):
            self._take_from(self.pool, rows, chance[:, 1])
        elif len(self.clusters):
            level = uniform_pairs(self.seed, np.uint64(Purpose.RATE_CLUSTER), who, np.uint64(0))[:, 0]
            rows["cluster"] = self.clusters[np.searchsorted(self.cluster_edges, level, side="right")]
        return rows[np.argsort(rows["at"], kind="stable")].view(np.recarray)

    def _take_from(self, pool: np.ndarray, rows: np.ndarray, chance: np.ndarray) -> None:
        """Who the contacts are: each takes after one of the pool with its intent, after any where there is none."""
        order = np.argsort(pool["intent"], kind="stable")
        first = np.searchsorted(pool["intent"][order], rows["intent"])
        n = np.searchsorted(pool["intent"][order], rows["intent"], side="right") - first
        first, n = np.where(n > 0, first, 0), np.where(n > 0, n, len(pool))
        taken = pool[order[first + np.minimum((chance * n).astype(np.int64), n - 1)]]
        for name in ("intent", "cluster", "segment", "condition", "talk_time"):
            rows[name] = taken[name]
