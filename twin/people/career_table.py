"""The columns of the operators' careers: what the first persons bring, and what a new one begins with."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from twin.calendar import DAY, YEAR
from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.people.career_saving import arrays_of, take_over
from twin.people.career_states import CAREER, LONG_AGO, NEVER, NOT_HELD, Phase, key_of
from twin.people.persons import Person
from twin.scenario.career_schema import Careers
from twin.scenario.schema import Scenario
from twin.scenario.training_places import taught
from twin.world.careers import teachable
from twin.world.names import Names

LONGEST = 30 * YEAR
"""Longest time in the position at the start [days]."""
SETTLED = 10 * YEAR
"""The same where nobody ever leaves."""
KEPT = ("rows", "level", "proficiency", "novice", "test", "used_on", "answered", "resolved")
"""What changes in the course of a run."""


class CareerTable:
    """Rows by position; matrices (positions, skills) of what each person holds and knows."""

    def __init__(self, scenario: Scenario, names: Names, careers: Careers, persons: Sequence[Person], seed: int):
        self.scenario, self.names, self.careers, self.seed = scenario, names, careers, np.uint64(seed)
        n, n_skills = len(persons), len(names.skills)
        own = teachable(scenario)
        self.teachable = np.array([[skill in own[group] for skill in names.skills] for group in names.groups])
        self.of_modules = self.teachable.copy()
        """Bool (groups, skills): what the modules that follow from the skill map may teach; courses may teach more."""
        for group, skill, _ in taught(scenario):
            self.teachable[names.groups.index(group), names.skills.index(skill)] = True
        self.is_tracked = self.teachable.any(axis=0)
        self.alike = np.array(
            [[other in scenario.skills[skill].alike for other in names.skills] for skill in names.skills]
        ).reshape(n_skills, n_skills)
        usual = scenario.abilities.proficiency
        self.goal = np.array([0.0, usual.get("primary", 0.0), usual.get("secondary", 0.0)] + [0.0] * NOT_HELD)
        """What practice leads to, by level."""
        self.rows: Any = np.zeros(n, CAREER).view(np.recarray)
        self.level = np.full((n, n_skills), NOT_HELD, np.int16)
        self.proficiency, self.novice, self.test = (np.zeros((n, n_skills)) for _ in range(3))
        self.used_on = np.zeros((n, n_skills), np.int32)
        self.answered, self.resolved = np.zeros((n, n_skills)), np.zeros((n, n_skills))
        self._common = self._common_skills()
        self._read(persons)
        self._settle()

    def state(self) -> dict[str, Any]:
        """Who holds which position, and knows what (see `twin.saving.Stateful`)."""
        return arrays_of(self, KEPT)

    def restore(self, state: Mapping[str, Any]) -> None:
        take_over(self, KEPT, state)

    # ---- the first persons --------------------------------------------------------------------------------------

    def _common_skills(self) -> tuple[np.ndarray, np.ndarray]:
        """Level and proficiency of what everybody of a group holds, whoever it is: (groups, skills)."""
        groups = self.scenario.groups
        level = np.full((len(groups), len(self.names.skills)), NOT_HELD, np.int16)
        proficiency = np.zeros(level.shape)
        for row, group in enumerate(groups.values()):
            for skill, hold in group.skills.items():
                column = self.names.skills.index(skill)
                if hold.level > 2 or not self.teachable[row, column]:
                    level[row, column], proficiency[row, column] = hold.level, hold.proficiency
        return level, proficiency

    def _read(self, persons: Sequence[Person]) -> None:
        rows = self.rows
        rows.group = [self.names.groups.index(person.group) for person in persons]
        rows.site = [self.names.sites.index(person.site) for person in persons]
        rows.team = [person.team for person in persons]
        rows.speed = [person.speed for person in persons]
        self.read_skills(persons)
        rows.phase, rows.phase_ends, rows.vacant_on = Phase.CONFIRMED, NEVER, NEVER
        rows.coached_on, rows.module, rows.error = LONG_AGO, -1, self.careers.quality.error
        rows.occupancy = self.careers.turnover.occupancy_limit

    def read_skills(self, persons: Sequence[Person]) -> None:
        """What the persons hold, and the skill for which each stands in the roster."""
        column = {skill: i for i, skill in enumerate(self.names.skills)}
        for row, person in enumerate(persons):
            self.level[row] = NOT_HELD
            for skill, held in person.skills.items():
                place = row, column[skill]
                self.level[place], self.proficiency[place] = held.level, held.proficiency
                self.novice[place] = held.novice
        self.test[:] = self.proficiency
        self.rows.first = self.first_skills()

    def first_skills(self) -> np.ndarray:
        """Of the skills of one's own, the best level, the most proficient; -1 = none."""
        order = np.where(self.own, 10.0 * self.level - self.proficiency, np.inf)
        return np.where(self.own.any(axis=1), order.argmin(axis=1), -1)

    @property
    def own(self) -> np.ndarray:
        """Bool (positions, skills): held, and not just because the whole group does."""
        return (self.level <= 2) & self.teachable[self.rows.group]

    def _settle(self) -> None:
        """Who is here at the start has been here for as long as the turnover of the site lets people stay."""
        rows, practice = self.rows, self.careers.practice
        tau = self.scenario.abilities.learning_time / DAY
        rates = self.yearly_rates()
        chance = self.draw(Purpose.TENURE, np.arange(len(rows)), 0)[:, 0]
        with np.errstate(divide="ignore"):
            tenure = np.where(rates > 0, np.minimum(-np.log(chance) * YEAR / rates, LONGEST), SETTLED)
        rows.joined_on = rows.cleared_on = -tenure.astype(np.int64) - 1
        rows.leave_left = -np.log(self.draw(Purpose.PERSON, np.arange(len(rows)), 0)[:, 1])
        ends = rows.cleared_on + round(self.careers.hiring.probation / DAY)
        on_probation = ends > 0
        rows.phase[on_probation], rows.phase_ends[on_probation] = Phase.PROBATION, ends[on_probation]
        rows.inexperience = np.exp(-tenure / tau)
        learned = self.goal[self.level] - (self.goal[self.level] - practice.certified) * rows.inexperience[:, None]
        young = self.own & (learned < self.proficiency)
        self.proficiency[young] = learned[young]
        block = self.careers.training.block / 3600
        rows.refresh_left = self.draw(Purpose.TENURE, np.arange(len(rows)), 1)[:, 0] * block

    # ---- those who follow ---------------------------------------------------------------------------------------

    def draw(self, purpose: Purpose, rows: np.ndarray, which: int) -> np.ndarray:
        """Two uniforms for each of these persons, shape (n, 2)."""
        who = key_of(rows, self.rows.generation[rows])
        return uniform_pairs(self.seed, np.uint64(purpose), who, np.uint64(which))

    def yearly_rates(self) -> np.ndarray:
        """Leavers over mean heads a year, of the site, by position."""
        a_year = self.careers.turnover.a_year
        return np.array([a_year.get(site, 0.0) for site in self.names.sites])[self.rows.site]

    def seat(self, row: int, day: int) -> None:
        """A new person takes a position: one skill, everything to learn."""
        careers, me = self.careers, self.rows[row]
        generation, group, site, team, first = me.generation + 1, me.group, me.site, me.team, me.first
        self.rows[row] = np.zeros((), CAREER)
        me.generation, me.group, me.site, me.team, me.first = generation, group, site, team, first
        chance = self.draw(Purpose.PERSON, np.array([row]), 0)[0]
        me.speed, me.leave_left = self._speed(chance[0]), -math.log(chance[1])
        me.phase, me.phase_ends = Phase.NESTING, day + round(careers.hiring.nesting_time / DAY)
        me.joined_on, me.cleared_on, me.vacant_on = day, NEVER, NEVER
        me.coached_on, me.module, me.error, me.inexperience = LONG_AGO, -1, careers.quality.error, 1.0
        me.occupancy = careers.turnover.occupancy_limit
        for matrix in (self.proficiency, self.novice, self.test, self.answered, self.resolved):
            matrix[row] = 0.0
        self.level[row], self.proficiency[row] = self._common[0][group], self._common[1][group]
        self.used_on[row] = day
        if first >= 0:
            skill = self._entry_skill(first)
            self.level[row, skill], self.proficiency[row, skill] = 1, careers.practice.new
            self.test[row, skill] = careers.practice.new

    def _entry_skill(self, first: int) -> int:
        """What a beginner is taught: not what only seniors may do, but a skill alike to it."""
        seniors = self.careers.practice.senior_skills
        if self.names.skills[first] not in seniors:
            return first
        for skill in self.scenario.skills[self.names.skills[first]].alike:
            if skill not in seniors and skill in self.names.skills:
                return self.names.skills.index(skill)
        return first

    def _speed(self, level: float) -> float:
        cv = self.scenario.abilities.spread_cv
        sigma = math.sqrt(math.log1p(cv**2))
        return math.exp(sigma * normal_quantile(level) - sigma**2 / 2) if cv > 0 else 1.0

    def drop(self, row: int, skill: int) -> None:
        """The skill is no longer held of one's own; what the whole group holds stays."""
        group = self.rows.group[row]
        self.level[row, skill] = self._common[0][group, skill]
        self.proficiency[row, skill] = self._common[1][group, skill]
        self.novice[row, skill] = 0.0
