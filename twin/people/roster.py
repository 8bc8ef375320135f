"""Who is on duty when: the planned events of one day."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Event, Purpose
from twin.kernel.tables import ROSTER
from twin.people.control_plan import ControlPlan
from twin.people.persons import Person
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario
from twin.scenario.shift_schema import Shift

_GOLDEN, _SILVER = 0.5 * (5**0.5 - 1), 2**0.5 - 1


def sort_rows(table: np.ndarray) -> np.ndarray:
    """ROSTER rows in the order in which they happen."""
    return table[np.lexsort((table["who"], table["kind"], table["at"]))].view(np.recarray)


class Roster:
    """Makes the rows of the kernel's roster, day by day."""

    def __init__(self, scenario: Scenario, persons: list[Person], seed: int, head_counts: dict | None = None):
        self.scenario = scenario
        self.persons = persons
        self.seed = seed
        self.head_counts = head_counts or {}
        """Recorded head counts: group -> day -> [(clock, operators)]."""
        self.groups = list(scenario.groups)
        self._numbers = np.array([person.number for person in persons], np.uint64)
        shares = scenario.abilities.absence
        self._absence = np.array([shares.get(person.site, 0.0) for person in persons])
        self._presence = np.array([scenario.groups[person.group].presence for person in persons])
        self._places = _places(persons) if (self._presence < 1).any() else np.zeros(len(persons))
        self._plans = self._shift_plans()
        self._always_there = np.array([p.number for p in persons if self._is_always_there(p)], np.int64)
        self._counted = [
            (row, name, group.head_count)
            for row, (name, group) in enumerate(scenario.groups.items())
            if name in self.head_counts or group.head_count is not None
        ]
        self.careers: Any = None
        """Who does not come, and who leaves early, where operators have careers (`twin.people.careers.Careers`)."""
        self.courses: Any = None
        """Who is taught at the end of the shift, where there are courses (`twin.people.courses.Courses`)."""
        self._control = ControlPlan(scenario, seed) if scenario.control is not None else None

    def _shift_plans(self) -> list["_Plan"]:
        """The workers of each shift, with their hours: they do not change during a run."""
        by_shift: dict[str, list[Person]] = {}
        for person in self.persons:
            if person.start is not None:
                by_shift.setdefault(self.scenario.groups[person.group].shift or "", []).append(person)
        return [_Plan.of(self.scenario.shifts[name], workers) for name, workers in by_shift.items()]

    def _is_always_there(self, person: Person) -> bool:
        """Whether the operator, without shift or head count, is there while the doors are open."""
        group = self.scenario.groups[person.group]
        return group.shift is None and group.head_count is None and person.group not in self.head_counts

    def hours(self, weekday: int) -> tuple[float, float] | None:
        """Clock seconds of opening and closing; None if closed."""
        opening = self.scenario.opening
        return (opening.opens, opening.closes) if WEEKDAYS[weekday] in opening.days else None

    def day(self, day: int, weekday: int) -> np.ndarray:
        """ROSTER rows of `day` (counted from the start of the run), sorted."""
        hours = self.hours(weekday)
        rows: list[tuple[float, int, int, float]] = []
        always: list[np.ndarray] = []
        if hours is not None:
            ends = self._ends(weekday, hours)
            rows += self._campaigns(day)
            rows += self._doors(day, hours, ends) + self._head_counts(day, hours, ends)
            always = self._always(day, hours, day == 0 or self._ends((weekday + 6) % 7, hours), ends)
        if self._control is not None:
            rows += self._control.rows(day, weekday, hours, hours is not None and self._ends(weekday, hours))
        table = np.concatenate([np.array(rows, ROSTER), *always, *self._shifts(day, weekday)])
        return sort_rows(table)

    def _ends(self, weekday: int, hours: tuple[float, float]) -> bool:
        """Whether the doors close at the end of such a day: round the clock they do so only before a closed day."""
        return hours[1] - hours[0] < DAY or self.hours(weekday) is None or self.hours((weekday + 1) % 7) is None

    def _doors(self, day: int, hours: tuple[float, float], ends: bool) -> list[tuple[float, int, int, float]]:
        opens, closes = hours
        rows = [(day * DAY + opens, int(Event.OPEN), -1, 0.0)]
        if ends:
            rows.append((day * DAY + closes, int(Event.CLOSE), -1, 0.0))
        return rows

    def _campaigns(self, day: int) -> list[tuple[float, int, int, float]]:
        """The hours in which numbers are dialled."""
        rows = []
        for row, campaign in enumerate(self.scenario.campaigns.values()):
            rows.append((day * DAY + campaign.opens, int(Event.CAMPAIGN_OPEN), row, 0.0))
            rows.append((day * DAY + campaign.closes, int(Event.CAMPAIGN_CLOSE), row, 0.0))
        return rows

    def _head_counts(self, day: int, hours: tuple[float, float], ends: bool) -> list[tuple[float, int, int, float]]:
        opens, closes = hours
        kind = int(Event.HEAD_COUNT)
        rows = []
        for row, name, head_count in self._counted:
            if name in self.head_counts:
                steps = [(at, float(n)) for at, n in self.head_counts[name].get(day, [])]
            else:
                period = getattr(self.scenario.demand, "period", 3600.0)
                planned = enumerate(head_count or ())
                steps = [(opens + i * period, float(n)) for i, n in planned if opens + i * period < closes]
            there = _present([n for _, n in steps], self.scenario.groups[name].presence, day)
            rows += [(day * DAY + at, kind, row, n) for (at, _), n in zip(steps, there, strict=True)]
            if ends:
                rows.append((day * DAY + closes, kind, row, 0.0))
        return rows

    def _always(self, day: int, hours: tuple[float, float], begins: bool, ends: bool) -> list[np.ndarray]:
        """Those who are there while the doors are open come and go with them."""
        who = self._always_there[~self._elsewhere(0)[self._always_there]]
        tables = [_rows(np.full(len(who), day * DAY + hours[0]), Event.SHIFT_START, who)] if begins else []
        if ends:
            tables.append(_rows(np.full(len(who), day * DAY + hours[1]), Event.SHIFT_END, who))
        return tables

    def absent(self, day: int) -> np.ndarray:
        """Who is missing that day: bool array over persons. Ill people are ill under every caring model."""
        if self.careers is not None:
            return self.careers.away(day) | self._elsewhere(day)
        purpose = np.uint64(Purpose.ABSENCE)
        luck = uniform_pairs(np.uint64(self.seed), purpose, self._numbers, np.uint64(day))[:, 0]
        return (luck < self._absence) | self._elsewhere(day)

    def _elsewhere(self, day: int) -> np.ndarray:
        """Who is not there by the `presence` of the group: bool array over persons."""
        return _even(self._places, day) >= self._presence

    def _shifts(self, day: int, weekday: int) -> list[np.ndarray]:
        if not self._plans:
            return []
        absent = self.absent(day)
        tables = []
        for number, plan in enumerate(self._plans):
            comes = plan.works[:, weekday] & ~absent[plan.who]
            who, begin, length = plan.who[comes], day * DAY + plan.start[comes, weekday], plan.length[comes]
            if self.careers is not None:
                length = length - self.careers.end_early(number, who, length)
            if self.courses is not None:
                length = length - self.courses.end_early(who, length)
            tables += plan.rows(comes, who, begin, length)
        return tables


def _even(places: np.ndarray, day: int) -> np.ndarray:
    """Numbers in [0, 1) for the places of a row: near to evenly spread over any stretch of it, and over days.

    The additive recurrence of the golden ratio along the row, of another irrational from day to day: without luck, so
    that a group at 85 % lacks 15 % in every hour, not more in some by chance.
    """
    return np.asarray(np.modf(_GOLDEN * places + _SILVER * day)[0])


def _places(persons: list[Person]) -> np.ndarray:
    """Each person's place in the group, those who work alike hours side by side."""
    order: dict[str, list[tuple[tuple[int, ...], float, int]]] = {}
    for row, person in enumerate(persons):
        order.setdefault(person.group, []).append((tuple(person.days_off), person.start or 0.0, row))
    found = np.zeros(len(persons))
    for group in order.values():
        for place, (_, _, row) in enumerate(sorted(group)):
            found[row] = place
    return found


def _present(heads: list[float], presence: float, day: int) -> list[float]:
    """Heads times presence in whole people, rounded up as often as the rest of each asks for."""
    if presence == 1.0:
        return heads
    luck = _even(np.arange(float(len(heads))), day)
    return [float(n) for n in np.floor(np.array(heads) * presence + luck)]


@dataclass(frozen=True)
class _Plan:
    """The workers of one shift, a row each."""

    who: np.ndarray
    start: np.ndarray
    """Clock seconds, (workers, 7)."""
    works: np.ndarray
    """bool (workers, 7): on duty that weekday."""
    length: np.ndarray
    breaks: np.ndarray
    """When each is due, counted from the start, (workers, most of anybody); NaN = no such break."""
    break_length: float

    def rows(self, comes: np.ndarray, who: np.ndarray, begin: np.ndarray, length: np.ndarray) -> list[np.ndarray]:
        """The shifts of those who come, each of today's length, with the breaks that lie within."""
        has_shift = length > 0
        start, end = _rows(begin, Event.SHIFT_START, who), _rows(begin + length, Event.SHIFT_END, who)
        tables = [start[has_shift], end[has_shift]]
        for after in self.breaks[comes].T:
            has = after < length  # never where there is none: NaN
            tables.append(_rows(begin[has] + after[has], Event.BREAK, who[has], self.break_length))
        return tables

    @classmethod
    def of(cls, shift: Shift, workers: list[Person]) -> "_Plan":
        works = np.ones((len(workers), 7), bool)
        start = np.repeat(np.array([[person.start] for person in workers], float), 7, axis=1)
        usual = shift.breaks_after()
        breaks = [usual if person.pattern is None else shift.breaks_after(person.pattern) for person in workers]
        for row, person in enumerate(workers):
            works[row, list(person.days_off)] = False
            for day, at in person.pattern.week.items() if person.pattern is not None else ():
                start[row, WEEKDAYS.index(day)] = at
        most = max(len(due) for due in breaks)
        return cls(
            who=np.array([person.number for person in workers]),
            start=start,
            works=works,
            length=np.array([(person.pattern and person.pattern.length) or shift.length for person in workers]),
            breaks=np.array([[*due, *[np.nan] * (most - len(due))] for due in breaks]).reshape(len(workers), most),
            break_length=shift.breaks.length if shift.breaks is not None else 0.0,
        )


def _rows(at: np.ndarray, kind: Event, who: np.ndarray, value: float = 0.0) -> np.ndarray:
    table = np.empty(len(at), ROSTER)
    table["at"], table["kind"], table["who"], table["value"] = at, kind, who, value
    return table
