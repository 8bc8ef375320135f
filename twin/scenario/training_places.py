"""Whom a course can mean: groups, teams and numbers of operators, before anybody is drawn."""

import math
from collections.abc import Iterator

from twin.scenario.schema import Scenario
from twin.scenario.training_schema import Course


def spans(s: Scenario) -> dict[str, range]:
    """Numbers of the operators of each group."""
    found, first = {}, 0
    for name, group in s.groups.items():
        found[name] = range(first, first + group.heads(s.factor))
        first = found[name].stop
    return found


def teams(s: Scenario) -> list[str]:
    """The group of each team, in the order of their numbers."""
    heads = {name: group.heads(s.factor) for name, group in s.groups.items()}
    return [name for name, n in heads.items() for _ in range(math.ceil(n / s.team_size))]


def has_shift(s: Scenario, group: str) -> bool:
    """Whether its operators have shifts of their own, from which hours can be taken."""
    return s.groups[group].shift is not None and group not in getattr(s.demand, "staffing_groups", [])


def groups_of(s: Scenario, course: Course) -> list[str]:
    """The groups from which a course may take operators."""
    if course.group is not None:
        return [course.group]
    if course.team is not None:
        return [teams(s)[course.team]]
    if course.operators:
        numbers = spans(s)
        return [name for name, span in numbers.items() if any(number in span for number in course.operators)]
    return [name for name in s.groups if has_shift(s, name)]


def taught(s: Scenario) -> Iterator[tuple[str, str, int]]:
    """(group, skill, level) that somebody may come to hold by a course."""
    for course in s.training:
        for group in groups_of(s, course):
            yield group, course.skill, course.held_level
