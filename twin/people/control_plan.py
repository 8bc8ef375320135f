"""The planned events of the day's control as rows of the roster: loans, outages, looks at rules."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Event, Purpose
from twin.kernel.draws import draw_times
from twin.scenario.control_schema import Control, Outage
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario
from twin.world.control import paused
from twin.world.laws import LawTable

LEAST_UP = 1.0
"""[s] between a repair and the next failure, whatever the law says."""
Row = tuple[float, int, int, float]


class ControlPlan:
    """Makes the rows, day by day; failures by chance are a renewal process from the start of the run."""

    def __init__(self, scenario: Scenario, seed: int):
        self.scenario = scenario
        self.control = scenario.control or Control()
        self.seed = seed
        self.dates = getattr(scenario.demand, "dates", None)
        """Of the counted days, where they are chosen one by one."""
        self._failures = {
            number: _Failures(outage, number, seed)
            for number, outage in enumerate(self.control.outages)
            if outage.is_by_chance
        }

    def state(self) -> dict[str, Any]:
        """How far each failing thing has been drawn (see `twin.saving.Stateful`)."""
        return {str(number): failures.state for number, failures in self._failures.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        for number, failures in self._failures.items():
            failures.state = state[str(number)]

    def rows(self, day: int, weekday: int, hours: tuple[float, float] | None, ends: bool) -> list[Row]:
        """Rows of `day` (counted from the start of the run); `hours` are those of the doors, `ends` that they close."""
        found = [*self._loans(day, weekday), *self._outages(day)]
        if hours is not None:
            found += self._looks(day, hours, ends)
        return found

    def _loans(self, day: int, weekday: int) -> Iterator[Row]:
        for number, loan in enumerate(self.control.loans):
            if loan.days is None or WEEKDAYS[weekday] in loan.days:
                yield day * DAY + loan.begins, int(Event.LOAN_BEGIN), number, 0.0
                yield day * DAY + loan.ends, int(Event.LOAN_END), number, 0.0

    def _looks(self, day: int, hours: tuple[float, float], ends: bool) -> Iterator[Row]:
        """At even distances from opening; who is lent by rule returns, and campaigns go on, when the doors close."""
        for place, rule in enumerate(self.control.loan_rules, start=len(self.control.loans)):
            for at in np.arange(hours[0], hours[1], rule.every).tolist():
                yield day * DAY + at, int(Event.LOAN_CHECK), place, 0.0
            if ends:
                yield day * DAY + hours[1], int(Event.LOAN_END), place, 0.0
        for place, leave in enumerate(self.control.early_leave):
            for at in np.arange(hours[0], hours[1], leave.every).tolist():
                yield day * DAY + at, int(Event.LEAVE_CHECK), place, 0.0

        for place, (pause, _) in enumerate(paused(self.scenario)):
            for at in np.arange(hours[0], hours[1], pause.every).tolist():
                yield day * DAY + at, int(Event.PAUSE_CHECK), place, 0.0
            if ends:
                yield day * DAY + hours[1], int(Event.PAUSE_END), place, 0.0

    def _outages(self, day: int) -> Iterator[Row]:
        for number, outage in enumerate(self.control.outages):
            if number in self._failures:
                times = self._failures[number].of_day(day)
            elif self._happens(outage, day) and outage.at is not None and outage.length is not None:
                times = [(day * DAY + outage.at, day * DAY + outage.at + outage.length)]
            else:
                continue
            for begin, end in times:
                yield begin, int(Event.OUTAGE_BEGIN), number, 0.0
                yield end, int(Event.OUTAGE_END), number, 0.0

    def _happens(self, outage: Outage, day: int) -> bool:
        counted = day - self.scenario.run.warm_up
        if outage.day is not None:
            return counted == outage.day
        return outage.date is None or outage.date == self._date(counted)

    def _date(self, counted: int) -> datetime.date | None:
        if self.dates:
            return self.dates[counted] if 0 <= counted < len(self.dates) else None
        return self.scenario.run.start + datetime.timedelta(days=counted)


class _Failures:
    """Instants of failure and repair of one outage, drawn as far as they are asked for."""

    def __init__(self, outage: Outage, number: int, seed: int):
        laws = LawTable()
        self._rows = laws.row(outage.between), laws.row(outage.repair)
        self._laws = laws.tables()
        self._number, self._seed = number, seed
        self._up_at, self._n = 0.0, 0
        self._next: tuple[float, float] = self._draw()

    def _draw(self) -> tuple[float, float]:
        """The next failure and the end of its repair."""
        who = np.array([self._number], np.uint64)
        levels = uniform_pairs(np.uint64(self._seed), np.uint64(Purpose.OUTAGE), who, np.uint64(self._n))[0]
        up, down = (float(draw_times(*self._laws, row, levels[i : i + 1])[0]) for i, row in enumerate(self._rows))
        self._n += 1
        begin = self._up_at + max(up, LEAST_UP)
        self._up_at = begin + down
        return begin, self._up_at

    @property
    def state(self) -> list[float]:
        return [self._up_at, self._n, *self._next]

    @state.setter
    def state(self, values: Sequence[float]) -> None:
        self._up_at, self._n, begin, end = values[0], int(values[1]), *values[2:]
        self._next = begin, end

    def of_day(self, day: int) -> list[tuple[float, float]]:
        """Failures that begin on `day`; days are asked for in order."""
        found = []
        while self._next[0] < (day + 1) * DAY:
            found.append(self._next)
            self._next = self._draw()
        return found
