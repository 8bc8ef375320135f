"""Courses at a date (`[[training]]`): who goes, the hours off the telephone, and the skill that is held afterwards."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.calendar import Calendar
from twin.kernel.codes import Activity
from twin.kernel.engine import Engine
from twin.kernel.tables import ROSTER
from twin.people.career_saving import arrays_of, take_over
from twin.people.careers import Careers
from twin.people.course_skills import CareerKnowledge, PlainKnowledge, novice_after
from twin.people.persons import Person
from twin.scenario.schema import Scenario
from twin.scenario.training_places import groups_of
from twin.scenario.training_schema import Course
from twin.world.names import Names

HOUR = 3600.0
NONE = -1
DONE = 1e-9
"""Hours left that count as none."""
SUMS = ("training_time", "training_cost", "trained")


class Courses:
    """All courses of a run. Nobody is in two at a time."""

    def __init__(
        self, scenario: Scenario, names: Names, persons: list[Person], calendar: Calendar, careers: Careers | None
    ):
        self.scenario, self.names = scenario, names
        self.rules = scenario.training
        self._begins = [calendar.warm_up + course.on for course in self.rules]
        plain = PlainKnowledge(scenario, names, persons) if careers is None else None
        self.plain = plain
        self.known: Any = plain or CareerKnowledge(careers)  # type: ignore[arg-type]
        self._group = np.array([names.groups.index(person.group) for person in persons], np.int64)
        money = scenario.money.trained_hour if scenario.money is not None else 0.0
        self._price = np.array([money if c.cost_an_hour is None else c.cost_an_hour for c in self.rules])
        n = len(persons)
        self.course = np.full(n, NONE, np.int32)
        """In which one each operator is."""
        self.left = np.zeros(n)
        """Hours of it to come."""
        self.generation = np.zeros(n, np.int64)
        """Of who began it."""
        self.attended = np.zeros(n, np.int32)
        """Courses begun by who holds the position."""
        self.sums = np.zeros((len(SUMS), calendar.n_days))
        self._day = 0

    def state(self) -> dict[str, Any]:
        """Who is in which course (see `twin.saving.Stateful`)."""
        return arrays_of(self, ("course", "left", "generation", "attended")) | {"sums": self.sums, "day": self._day}

    def restore(self, state: Mapping[str, Any]) -> None:
        take_over(self, ("course", "left", "generation", "attended"), state)
        n = min(self.sums.shape[1], state["sums"].shape[1])
        self.sums[:, :n], self._day = state["sums"][:, :n], state["day"]

    # ---- midnight -----------------------------------------------------------------------------------------------

    def begin_day(self, day: int, weekday: int, engine: Engine) -> np.ndarray:
        """Courses end and begin. ROSTER rows for those on duty who may answer more from now on."""
        self._day = day
        self._forget_leavers()
        changes = self._end(day)
        for number, begins in enumerate(self._begins):
            if begins == day:
                self._begin(number, day, engine)
        if changes:
            return self.known.show(day, engine)
        if self.plain is not None and weekday == 0:
            self.plain.practise(day, engine)
        return np.zeros(0, ROSTER)

    def _forget_leavers(self) -> None:
        gone = np.flatnonzero(self.generation != self.known.generation())
        self.course[gone], self.left[gone], self.attended[gone] = NONE, 0.0, 0
        self.generation[gone] = self.known.generation()[gone]

    def _end(self, day: int) -> bool:
        """Whose hours are spent hold the skill from now on."""
        over = (self.course != NONE) & (self.left <= DONE)
        for number in np.unique(self.course[over]).tolist():
            course, rows = self.rules[number], np.flatnonzero(over & (self.course == number))
            skill = self.names.skills.index(course.skill)
            alike = [self.names.skills.index(name) for name in self.scenario.skills[course.skill].alike]
            has_alike = (self.known.level[rows][:, alike] <= 2).any(axis=1)
            retained = np.where(has_alike, course.retained_alike, course.retained_other)
            level = course.held_level
            novice = novice_after(self.scenario, self.names, self.known, rows, skill, level, retained)
            self.known.gain(day, rows, skill, level, course.proficiency, novice)
            self.course[rows] = NONE
            self.sums[SUMS.index("trained"), day] += len(rows)
        return bool(over.any())

    def _begin(self, number: int, day: int, engine: Engine) -> None:
        course = self.rules[number]
        skill = self.names.skills.index(course.skill)
        rows = self._candidates(course, skill)
        rows = rows[np.lexsort((rows, self._rank(course, rows, engine), self.attended[rows]))]
        rows = rows[: course.count] if course.count is not None else rows
        self.course[rows], self.left[rows] = number, course.hours
        self.attended[rows] += 1
        self.known.begin(day, rows, skill)

    def _candidates(self, course: Course, skill: int) -> np.ndarray:
        """Who may be taught: those meant who do not hold the skill and are in no other course."""
        groups = [self.names.groups.index(name) for name in groups_of(self.scenario, course)]
        may = np.isin(self._group, groups) & (self.course == NONE) & (self.known.generation() >= 0)
        may &= self.known.level[:, skill] > course.held_level
        if course.team is not None:
            may &= self.known.teams() == course.team
        if course.operators:
            may &= np.isin(np.arange(len(may)), course.operators)
        return np.flatnonzero(may)

    def _rank(self, course: Course, rows: np.ndarray, engine: Engine) -> np.ndarray:
        """Who goes first, lowest first."""
        if course.who == "idlest":
            time = engine.world.operator_time[rows]
            at_work = time[:, [Activity.IDLE, Activity.TALK, Activity.WRAP, Activity.HOLD]].sum(axis=1)
            return -time[:, Activity.IDLE] / np.maximum(at_work, 1.0)
        held = self.known.level[rows] <= 2
        if course.who == "alike":
            alike = [self.names.skills.index(name) for name in self.scenario.skills[course.skill].alike]
            return np.asarray(~held[:, alike].any(axis=1))
        return np.asarray(held.sum(axis=1))

    # ---- the day ------------------------------------------------------------------------------------------------

    def end_early(self, who: np.ndarray, length: np.ndarray) -> np.ndarray:
        """Seconds of training at the end of today's shift, for each of those who come."""
        number = self.course[who]
        a_day = np.array([course.hours_a_day for course in self.rules])[number]
        hours = np.where(number != NONE, np.minimum(np.minimum(a_day, self.left[who]), length / HOUR), 0.0)
        self.left[who] -= hours
        self.sums[SUMS.index("training_time"), self._day] += hours.sum() * HOUR
        self.sums[SUMS.index("training_cost"), self._day] += (hours * self._price[number]).sum()
        return np.asarray(hours * HOUR)

    # ---- what is reported ---------------------------------------------------------------------------------------

    def daily(self) -> dict[str, np.ndarray]:
        """Operator-seconds in training, their cost, operators who came out with the skill: by day of the run."""
        return dict(zip(SUMS, self.sums, strict=True))

    @property
    def hours(self) -> float:
        """Of all operators, since the start of the run."""
        return float(self.sums[SUMS.index("training_time")].sum()) / HOUR

    @property
    def cost(self) -> float:
        return float(self.sums[SUMS.index("training_cost")].sum())


def courses_of(
    scenario: Scenario, names: Names, persons: list[Person], calendar: Calendar, careers: Careers | None
) -> Courses | None:
    """The courses of a scenario, if it has any."""
    return Courses(scenario, names, persons, calendar, careers) if scenario.training else None
