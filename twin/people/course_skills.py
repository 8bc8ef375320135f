"""What operators hold when courses teach them more: without careers kept here, with careers in the careers' table."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from twin.calendar import DAY
from twin.kernel.codes import Activity, Event
from twin.kernel.engine import Engine
from twin.kernel.tables import ROSTER
from twin.people.career_saving import arrays_of, take_over
from twin.people.career_states import CareerEvent, Phase
from twin.people.careers import Careers
from twin.people.persons import Held, Person
from twin.scenario.schema import Scenario
from twin.world.abilities import NOT_HELD, ability_table
from twin.world.names import Names
from twin.world.reskill import SkillTables, show_abilities

NOT_TAUGHT = -1


class Knowledge(Protocol):
    """Who holds what, and how well."""

    level: np.ndarray
    """(operators, skills), as the matrices below."""
    proficiency: np.ndarray
    novice: np.ndarray

    def generation(self) -> np.ndarray:
        """Of who holds each position; -1 where nobody does who could be taught."""
        ...

    def teams(self) -> np.ndarray: ...

    def begin(self, day: int, rows: np.ndarray, skill: int) -> None:
        """These operators begin a course."""
        ...

    def gain(self, day: int, rows: np.ndarray, skill: int, level: int, reached: float, novice: np.ndarray) -> None:
        """These operators have ended a course."""
        ...

    def show(self, day: int, engine: Engine) -> np.ndarray:
        """The kernel sees who holds what now. ROSTER rows for those on duty who may answer more from now on."""
        ...


class CareerKnowledge:
    """The careers' own table: what was taught is practised, forgotten and assessed like any skill."""

    def __init__(self, careers: Careers):
        self.careers, self.table = careers, careers.table

    @property
    def level(self) -> np.ndarray:
        return self.table.level

    @property
    def proficiency(self) -> np.ndarray:
        return self.table.proficiency

    @property
    def novice(self) -> np.ndarray:
        return self.table.novice

    def generation(self) -> np.ndarray:
        rows = self.table.rows
        return np.where(rows.phase >= Phase.PROBATION, rows.generation, -1)

    def teams(self) -> np.ndarray:
        return np.asarray(self.table.rows.team)

    def begin(self, day: int, rows: np.ndarray, skill: int) -> None:
        self.careers.log.add(day, CareerEvent.MODULE, rows, self.table.rows.generation[rows], skill)

    def gain(self, day: int, rows: np.ndarray, skill: int, level: int, reached: float, novice: np.ndarray) -> None:
        table = self.table
        known = np.where(table.level[rows, skill] <= 2, table.proficiency[rows, skill], 0.0)
        table.proficiency[rows, skill] = table.test[rows, skill] = np.maximum(known, reached)
        table.level[rows, skill], table.novice[rows, skill] = level, novice
        table.used_on[rows, skill] = day
        table.answered[rows, skill] = table.resolved[rows, skill] = 0.0
        self.careers.log.add(day, CareerEvent.SKILL_GAINED, rows, table.rows.generation[rows], skill)

    def show(self, day: int, engine: Engine) -> np.ndarray:
        return self.careers.show_skills(day, engine)


class PlainKnowledge:
    """Operators as they were drawn, and what courses have added; that grows with time as practice lets it grow."""

    def __init__(self, scenario: Scenario, names: Names, persons: Sequence[Person]):
        self.scenario, self.names, self.persons = scenario, names, persons
        shape = len(persons), len(names.skills)
        self.level = np.full(shape, NOT_HELD, np.int16)
        self.proficiency, self.novice = np.zeros(shape), np.zeros(shape)
        for row, person in enumerate(persons):
            for skill, held in person.skills.items():
                place = row, names.skills.index(skill)
                self.level[place], self.proficiency[place], self.novice[place] = (
                    held.level, held.proficiency, held.novice,
                )  # fmt: skip
        self.taught_on = np.full(shape, NOT_TAUGHT, np.int32)
        self._speed = np.array([person.speed for person in persons])
        self._teams = np.array([person.team for person in persons])
        self._tables = SkillTables.of(scenario, persons)

    def state(self) -> dict[str, Any]:
        """See `twin.saving.Stateful`."""
        return arrays_of(self, ("level", "proficiency", "novice", "taught_on"))

    def restore(self, state: Mapping[str, Any]) -> None:
        take_over(self, ("level", "proficiency", "novice", "taught_on"), state)
        for row, skill in np.argwhere(self.taught_on != NOT_TAUGHT).tolist():
            self._tell_person(row, skill)

    def generation(self) -> np.ndarray:
        return np.zeros(len(self.persons), np.int64)

    def teams(self) -> np.ndarray:
        return self._teams

    def begin(self, day: int, rows: np.ndarray, skill: int) -> None:
        """Nothing is told of persons without careers."""

    def gain(self, day: int, rows: np.ndarray, skill: int, level: int, reached: float, novice: np.ndarray) -> None:
        known = np.where(self.level[rows, skill] <= 2, self.proficiency[rows, skill], 0.0)
        self.proficiency[rows, skill] = np.maximum(known, reached)
        self.level[rows, skill], self.novice[rows, skill], self.taught_on[rows, skill] = level, novice, day
        for row in rows.tolist():
            self._tell_person(row, skill)

    def _tell_person(self, row: int, skill: int) -> None:
        place = row, skill
        held = Held(int(self.level[place]), float(self.proficiency[place]), float(self.novice[place]))
        self.persons[row].skills[self.names.skills[skill]] = held

    def show(self, day: int, engine: Engine) -> np.ndarray:
        engine.world, gained = self._tables.rebuilt(engine.world, self.level)
        engine.world = show_abilities(engine.world, self.abilities(day))
        idle = gained[engine.world.operators["activity"][gained] == Activity.IDLE]
        rows = np.zeros(len(idle), ROSTER)
        rows["at"], rows["kind"], rows["who"] = day * DAY, Event.RESKILL, idle
        return rows

    def practise(self, day: int, engine: Engine) -> None:
        """What was taught, as far as practice has come by today."""
        if (self.taught_on != NOT_TAUGHT).any():
            engine.world = show_abilities(engine.world, self.abilities(day))

    def abilities(self, day: int) -> np.ndarray:
        """ABILITY (operators, skills). The gap to `abilities.proficiency` closes like exp(-t / learning_time)."""
        rules = self.scenario.abilities
        goals = np.array([0.0, rules.proficiency.get("primary", 0.0), rules.proficiency.get("secondary", 0.0)])
        is_taught = self.taught_on != NOT_TAUGHT
        left = np.where(is_taught, np.exp(-(day - self.taught_on) * DAY / rules.learning_time), 1.0)
        goal = goals[np.where(is_taught, self.level, 0)]
        gap = np.where(is_taught, np.maximum(goal - self.proficiency, 0.0), 0.0)
        proficiency = self.proficiency + gap * (1.0 - left)
        return ability_table(self.scenario, self.names, self.level, proficiency, self.novice * left, self._speed)


def novice_after(
    scenario: Scenario, names: Names, known: Knowledge, rows: np.ndarray, skill: int, level: int, retained: np.ndarray
) -> np.ndarray:
    """How far from practised a course leaves these operators: what is not retained, but nobody worse than before.

    Who answers without the skill already takes longer and settles less; a course must not add to that.
    """
    rules = scenario.abilities

    def made(levels: np.ndarray, novice: np.ndarray) -> Any:
        found = ability_table(scenario, names, levels, known.proficiency[rows].copy(), novice, np.ones(len(rows)))
        return found[:, skill]

    before = made(known.level[rows], known.novice[rows])
    levels, practised = known.level[rows].copy(), known.novice[rows].copy()
    levels[:, skill], practised[:, skill] = level, 0.0
    after = made(levels, practised)
    novice = 1.0 - retained
    if rules.novice_handle > 0:
        novice = np.minimum(novice, (before.handle / after.handle - 1.0) / rules.novice_handle)
    if rules.novice_fcr < 0:
        novice = np.minimum(novice, (after.fcr - before.fcr) / -rules.novice_fcr)
    return np.maximum(novice, 0.0)
