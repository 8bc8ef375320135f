"""What must hold of courses: names and numbers that exist, shifts that are long enough, something left to learn."""

from collections.abc import Iterator

from twin.scenario.problems import name_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario
from twin.scenario.training_places import groups_of, has_shift, spans, teams
from twin.scenario.training_schema import Course


def training_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong with the courses of a scenario."""
    for place, course in enumerate(s.training):
        at: Path = ("training", place)
        found = [*_names(s, course, at), *_whose(s, course, at)]
        yield from found or _hours(s, course, at)
    yield from _grades(s)
    if s.training and s.control is not None and (s.control.loans or s.control.loan_rules):
        text = "stands beside control.loans or control.loan_rules, must be one or the other for now"
        yield Problem(("training",), text)


def _names(s: Scenario, course: Course, at: Path) -> Iterator[Problem]:
    yield from name_problems((*at, "skill"), course.skill, s.skills)
    yield from name_problems((*at, "group"), course.group, s.groups)
    n_teams = len(teams(s))
    if course.team is not None and course.team >= n_teams:
        yield Problem((*at, "team"), f"is {course.team}, must be below {n_teams}, the teams{_size(s)}")
    n = sum(len(span) for span in spans(s).values())
    for i, number in enumerate(course.operators):
        if not 0 <= number < n:
            yield Problem((*at, "operators", i), f"is {number}, must be from 0 to {n - 1}, the operators{_size(s)}")


def _whose(s: Scenario, course: Course, at: Path) -> Iterator[Problem]:
    given = [name for name in ("group", "team", "operators") if getattr(course, name) not in (None, [])]
    if len(given) > 1:
        yield Problem(at, f"has {' and '.join(given)}, must have one of them")
    if len(set(course.operators)) < len(course.operators):
        yield Problem((*at, "operators"), "names somebody twice, must name each once")
    if course.operators and course.count is not None:
        yield Problem((*at, "count"), f"is {course.count}, must be left out where operators are named")


def _hours(s: Scenario, course: Course, at: Path) -> Iterator[Problem]:
    """Of a course whose names are known."""
    groups, numbers = groups_of(s, course), spans(s)
    if not groups:
        yield Problem(at, "has nobody to teach, must stand beside a group with a shift")
    for name in groups:
        if not has_shift(s, name):
            yield Problem(at, f"is for operators of {name}, which has no shift, must have one to take hours from")
            continue
        hold = s.groups[name].skills.get(course.skill)
        if hold is not None and hold.level <= course.held_level:
            yield Problem((*at, "skill"), f"is {course.skill}, which all of {name} hold, must be left to learn")
        shift = s.shifts[s.groups[name].shift or ""]
        shortest = min([shift.length, *(pattern.length for pattern in shift.patterns if pattern.length)]) / 3600
        if course.hours_a_day > shortest:
            text = f"is {course.hours_a_day:g}, must be at most {shortest:g}, the hours of a shift of {name}"
            yield Problem((*at, "hours_a_day"), text)
    if course.count is not None and course.team is None and not course.operators:
        n = sum(len(numbers[name]) for name in groups)
        if course.count > n:
            yield Problem((*at, "count"), f"is {course.count}, must be at most {n}, the operators{_size(s)}")
    if course.count is not None and course.team is not None and course.count > s.team_size:
        yield Problem((*at, "count"), f"is {course.count}, must be at most {s.team_size}, the size of a team")


def _grades(s: Scenario) -> Iterator[Problem]:
    """What a match of the taught level does must be said."""
    for key in ("handle", "fcr"):
        for level in dict.fromkeys(course.level for course in s.training):
            if level not in getattr(s.abilities, key):
                yield Problem(("abilities", key), f"has no {level}, must have one: a course teaches such a skill")


def _size(s: Scenario) -> str:
    return f" at size {s.scale.size}" if len(s.scale.sizes) > 1 else ""
