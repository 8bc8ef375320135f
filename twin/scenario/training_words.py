"""Courses in words, for `twin show`."""

import math
from collections.abc import Iterator

from twin.scenario.schema import Scenario
from twin.scenario.training_schema import Course

_ORDERS = {
    "fewest_skills": "those of fewest skills first",
    "idlest": "the most idle first",
    "alike": "those who hold a skill alike first",
}


def training_lines(s: Scenario) -> list[str]:
    """A sentence about each course, and one about all."""
    return [*(_course(s, course) for course in s.training), *_all(s)] if s.training else []


def _course(s: Scenario, course: Course) -> str:
    days = math.ceil(course.hours / course.hours_a_day - 1e-9)
    learn = "learns" if course.count == 1 or len(course.operators) == 1 else "learn"
    cost = course.cost_an_hour if course.cost_an_hour is not None else s.money.trained_hour if s.money else 0.0
    return (
        f"From day {course.on} on {_who(course)} {learn} {course.skill} as a {course.level} skill: {course.hours:g} h "
        f"each, {course.hours_a_day:g} h at the end of {days} shifts, {cost:g} EUR an hour; proficiency is "
        f"{course.proficiency:g} afterwards."
    )


def _who(course: Course) -> str:
    if course.operators:
        return f"operator{'s' if len(course.operators) > 1 else ''} {', '.join(map(str, course.operators))}"
    n = "all operators" if course.count is None else f"{course.count} operator{'s' if course.count > 1 else ''}"
    whose = course.group or (f"team {course.team}" if course.team is not None else "")
    order = f" ({_ORDERS[course.who]})" if course.count is not None else ""
    return f"{n}{f' of {whose}' if whose else ''}{order}"


def _all(s: Scenario) -> Iterator[str]:
    hours = [course.hours * (course.count or len(course.operators)) for course in s.training]
    if all(hours):
        yield f"{sum(hours):g} h off the telephone in all."
