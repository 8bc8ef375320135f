"""Who is on duty when: the planned events of one day."""

import numpy as np

from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Event, Purpose
from twin.kernel.tables import ROSTER
from twin.people.persons import Person
from twin.scenario.schema import WEEKDAYS, Scenario

DAY = 86400.0


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

    def hours(self, weekday: int) -> tuple[float, float] | None:
        """Clock seconds of opening and closing; None if closed."""
        opening = self.scenario.opening
        return (opening.opens, opening.closes) if WEEKDAYS[weekday] in opening.days else None

    def day(self, day: int, weekday: int) -> np.ndarray:
        """ROSTER rows of `day` (counted from the start of the run), sorted."""
        hours = self.hours(weekday)
        rows: list[tuple[float, int, int, float]] = []
        if hours is not None:
            rows += self._doors(day, hours) + self._head_counts(day, hours) + self._always(day, hours)
        rows += self._shifts(day, weekday)
        table = np.array(rows, ROSTER) if rows else np.zeros(0, ROSTER)
        return sort_rows(table)

    def _doors(self, day: int, hours: tuple[float, float]) -> list[tuple[float, int, int, float]]:
        opens, closes = hours
        rows = [(day * DAY + opens, int(Event.OPEN), -1, 0.0)]
        if closes - opens < DAY:
            rows.append((day * DAY + closes, int(Event.CLOSE), -1, 0.0))
        return rows

    def _head_counts(self, day: int, hours: tuple[float, float]) -> list[tuple[float, int, int, float]]:
        opens, closes = hours
        kind = int(Event.HEAD_COUNT)
        rows = []
        for row, (name, group) in enumerate(self.scenario.groups.items()):
            if name in self.head_counts:
                rows += [(day * DAY + at, kind, row, float(n)) for at, n in self.head_counts[name].get(day, [])]
            elif group.head_count is not None:
                period = getattr(self.scenario.demand, "period", 3600.0)
                rows += [
                    (day * DAY + opens + i * period, kind, row, float(n))
                    for i, n in enumerate(group.head_count)
                    if opens + i * period < closes
                ]
            else:
                continue
            if closes - opens < DAY:
                rows.append((day * DAY + closes, kind, row, 0.0))
        return rows

    def _always(self, day: int, hours: tuple[float, float]) -> list[tuple[float, int, int, float]]:
        """Operators without shift or head count are there while the doors are open."""
        opens, closes = hours
        rows = []
        is_always_open = closes - opens >= DAY
        for person in self.persons:
            group = self.scenario.groups[person.group]
            if group.shift is not None or group.head_count is not None or person.group in self.head_counts:
                continue
            if not is_always_open or day == 0:
                rows.append((day * DAY + opens, int(Event.SHIFT_START), person.number, 0.0))
            if not is_always_open:
                rows.append((day * DAY + closes, int(Event.SHIFT_END), person.number, 0.0))
        return rows

    def absent(self, day: int) -> np.ndarray:
        """Who is missing that day: bool array over persons. Ill people are ill under every caring model."""
        who = np.array([person.number for person in self.persons], np.uint64)
        levels = uniform_pairs(np.uint64(self.seed), np.uint64(Purpose.ABSENCE), who, np.uint64(day))[:, 0]
        shares = self.scenario.abilities.absence
        return levels < np.array([shares.get(person.site, 0.0) for person in self.persons])

    def _shifts(self, day: int, weekday: int) -> list[tuple[float, int, int, float]]:
        rows: list[tuple[float, int, int, float]] = []
        if not any(person.start is not None for person in self.persons):
            return rows
        absent = self.absent(day)
        for person in self.persons:
            if person.start is None or weekday in person.days_off or absent[person.number]:
                continue
            shift = self.scenario.shifts[self.scenario.groups[person.group].shift or ""]
            begin = day * DAY + person.start
            rows.append((begin, int(Event.SHIFT_START), person.number, 0.0))
            rows.append((begin + shift.length, int(Event.SHIFT_END), person.number, 0.0))
            if shift.breaks is not None:
                n_breaks = int((shift.length - 1e-9) // shift.breaks.every)
                for i in range(1, n_breaks + 1):
                    at = begin + i * shift.breaks.every
                    rows.append((at, int(Event.BREAK), person.number, shift.breaks.length))
        return rows


