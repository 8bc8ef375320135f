"""A plan of courses from the gaps: the widest gap per hour of training first, from teams that can spare it."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.training.gaps import Gaps, shares_of
from twin.errors import InputError
from twin.scenario.training_schema import Course

LEAST = 0.05
"""Hours of gap that a course must close to be worth proposing."""
WORKING_DAYS = 5 / 7
CLOSED, BUDGET, NOBODY = "closed", "budget", "nobody"


@dataclass(frozen=True)
class Rules:
    """What the reader gives."""

    budget: float
    """Hours of training of all operators together."""
    hours: float = 24.0
    """Of each operator's course."""
    hours_a_day: float = 2.0
    start: int = 0
    """Counted day on which the first courses begin."""
    together: float = 0.25
    """Share of a team that is in courses at the same time, at most; one operator at least (A)."""
    most_skills: int = 4
    """Held by one operator after the course (as in `careers.training`)."""

    def check(self) -> None:
        """InputError in one sentence."""
        if not self.hours > 0:
            raise InputError(f"hours is {self.hours:g}, must be above 0")
        if not self.hours_a_day > 0:
            raise InputError(f"hours a day is {self.hours_a_day:g}, must be above 0")
        if not self.budget >= self.hours:
            raise InputError(f"the budget is {self.budget:g} h, must be at least {self.hours:g} h, one course")
        if self.start < 0:
            raise InputError(f"start is day {self.start}, must be 0 or later")
        if not 0 < self.together <= 1:
            raise InputError(f"together is {self.together:g}, must be above 0 and at most 1")

    @property
    def span(self) -> int:
        """Days from the beginning of a course to that of the next one in the same places: whole weeks."""
        return 7 * math.ceil(math.ceil(self.hours / self.hours_a_day - 1e-9) / WORKING_DAYS / 7 - 1e-9)


@dataclass(frozen=True)
class Proposal:
    """Courses, and what they would close."""

    courses: tuple[Course, ...]
    ended: str
    """Why there are no more: all gaps are closed, the budget is spent, or nobody is left who could close any."""


def propose(gaps: Gaps, rules: Rules) -> Proposal:
    """One operator after the other, as long as the budget lasts.

    Each time that course which closes most hours of gap per hour of training, by the measure of the gaps themselves:
    who has learned a further skill gives to each in proportion to what is needed, so hours that a team's own skills
    are short of count against it. In a team those of fewest skills go first, as in the run (`twin.people.courses`).
    """
    rules.check()
    people = _People(gaps, rules.most_skills)
    taught: list[tuple[int, str]] = []
    while people.shortage > LEAST:
        if (len(taught) + 1) * rules.hours > rules.budget + 1e-9:
            ended = BUDGET
            break
        found = people.best()
        if found is None:
            ended = NOBODY
            break
        operator, skill = found
        people.teach(operator, skill)
        taught.append((int(gaps.operators.team[operator]), gaps.skills[skill]))
    else:
        ended = CLOSED
    return Proposal(_courses(gaps, rules, taught), ended)


class _People:
    """Who holds what as the plan grows."""

    def __init__(self, gaps: Gaps, most_skills: int):
        operators = gaps.operators
        self.needed, self.hours, self.team = gaps.needed, operators.hours, operators.team
        self.own, self.may, self.most = operators.own.copy(), operators.may.copy(), most_skills
        self.is_needed = self.needed > 0
        self.attended = np.zeros(len(self.own), int)

    @property
    def gap(self) -> np.ndarray:
        return np.asarray(self.needed - shares_of(self.own, self.needed).T @ self.hours)

    @property
    def shortage(self) -> float:
        return float(np.maximum(self.gap, 0.0).sum())

    def order(self) -> np.ndarray:
        """Operators in the order in which a course takes them."""
        return np.lexsort((np.arange(len(self.own)), self.own.sum(axis=1), self.attended))

    def best(self) -> tuple[int, int] | None:
        """(operator, skill) of the course that closes most; None where none closes anything."""
        gap = self.gap
        order = self.order()
        may = self.may & ((self.own & self.is_needed).sum(axis=1) < self.most)[:, None]
        found: list[tuple[int, int]] = []
        for skill in np.flatnonzero(gap > LEAST).tolist():
            open_to = order[may[order, skill]]
            _, first = np.unique(self.team[open_to], return_index=True)
            found += [(operator, skill) for operator in open_to[np.sort(first)].tolist()]
        if not found:
            return None
        rows, skills = np.array(found).T
        learned = self.own[rows].copy()
        learned[np.arange(len(rows)), skills] = True
        change = shares_of(learned, self.needed) - shares_of(self.own[rows], self.needed)
        after = gap - change * self.hours[rows][:, None]
        closed = np.maximum(gap, 0.0).sum() - np.maximum(after, 0.0).sum(axis=1)
        place = np.lexsort((rows, -gap[skills], -np.round(closed, 9)))[0]
        return found[place] if closed[place] > LEAST else None

    def teach(self, operator: int, skill: int) -> None:
        self.own[operator, skill], self.may[operator, skill] = True, False
        self.attended[operator] += 1


def _courses(gaps: Gaps, rules: Rules, taught: Sequence[tuple[int, str]]) -> tuple[Course, ...]:
    """Who is taught, team by team, as many at a time as a team can do without."""
    heads = Counter(gaps.operators.team.tolist())
    begun: Counter[int] = Counter()
    counts: Counter[tuple[int, int, str]] = Counter()
    for team, skill in taught:
        at_once = max(math.floor(rules.together * heads[team] + 1e-9), 1)
        counts[rules.start + rules.span * (begun[team] // at_once), team, skill] += 1
        begun[team] += 1
    return tuple(
        Course(skill=skill, team=team, count=n, on=on, hours=rules.hours, hours_a_day=rules.hours_a_day)
        for (on, team, skill), n in sorted(counts.items())
    )


def gaps_with(gaps: Gaps, courses: Sequence[Course]) -> pd.DataFrame:
    """The table of gaps: skill, needed, held, gap; held_after and gap_after, what these courses would make of them."""
    people = _People(gaps, len(gaps.skills))
    for course in sorted(courses, key=lambda course: course.on):
        skill = gaps.skills.index(course.skill)
        order = people.order()
        meant = ~people.own[order, skill]
        if course.team is not None:
            meant &= people.team[order] == course.team
        if course.group is not None:
            meant &= gaps.operators.group[order] == course.group
        for operator in order[meant][: course.count].tolist():
            people.teach(operator, skill)
    after = pd.Series(shares_of(people.own, gaps.needed).T @ gaps.operators.hours, index=gaps.skills)
    table = gaps.table[["skill", "needed", "held", "gap"]].copy()
    table["held_after"] = after.reindex(table["skill"]).to_numpy()
    table["gap_after"] = table["needed"] - table["held_after"]
    return table


def hours_of(courses: Sequence[Course]) -> float:
    """Off the telephone, of all operators together [h]."""
    return float(sum(course.hours * (course.count or len(course.operators)) for course in courses))


def cost_of(courses: Sequence[Course], trained_hour: float) -> float:
    """Of these hours [EUR]."""
    prices = [trained_hour if course.cost_an_hour is None else course.cost_an_hour for course in courses]
    return float(sum(price * hours_of([course]) for price, course in zip(prices, courses, strict=True)))


def last_day(courses: Sequence[Course]) -> int:
    """Counted day by which all courses are over, if people come five days in seven."""
    days = [c.on + math.ceil(math.ceil(c.hours / c.hours_a_day - 1e-9) / WORKING_DAYS) for c in courses]
    return max(days, default=0)
