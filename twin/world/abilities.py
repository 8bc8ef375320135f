"""What operators hold, and what each makes of matters that take a skill."""

import functools
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from twin.kernel.codes import Grade
from twin.kernel.tables import ABILITY
from twin.scenario.schema import Scenario
from twin.world.names import Names

GRADES = {Grade.NONE: "none", Grade.PRIMARY: "primary", Grade.SECONDARY: "secondary"}
NOT_HELD = 127
"""Stands for the level of a skill that somebody does not hold."""
_GRADE_OF_LEVEL = np.full(NOT_HELD + 1, Grade.NONE, np.intp)
_GRADE_OF_LEVEL[[1, 2]] = Grade.PRIMARY, Grade.SECONDARY

HOLDING = np.dtype(  # a skill that an operator holds
    [
        ("operator", "i4"),
        ("skill", "i4"),
        ("level", "i4"),
        ("proficiency", "f8"),
        ("novice", "f8"),  # how far from practised, 1 = quite new
    ]
)


class Holder(Protocol):
    """What must be known of an operator here."""

    number: int
    speed: float
    skills: dict[str, Any]


def holdings(names: Names, persons: Sequence[Holder]) -> np.recarray:
    """HOLDING rows of all operators."""
    skill_rows = {name: row for row, name in enumerate(names.skills)}
    rows = [
        (person.number, skill_rows[skill], held.level, held.proficiency, held.novice)
        for person in persons
        for skill, held in person.skills.items()
    ]
    return np.array(rows, HOLDING).view(np.recarray)


def build_abilities(scenario: Scenario, names: Names, persons: Sequence[Holder], held: np.recarray) -> np.ndarray:
    """ABILITY (operators, skills): how well each fits matters that take each skill, and what that does."""
    shape = (len(persons), len(names.skills))
    level, proficiency, novice = np.full(shape, NOT_HELD), np.zeros(shape), np.zeros(shape)
    place = held.operator, held.skill
    level[place], proficiency[place], novice[place] = held.level, held.proficiency, held.novice
    speed = np.array([person.speed for person in persons])
    return ability_table(scenario, names, level, proficiency, novice, speed)


def ability_table(
    scenario: Scenario,
    names: Names,
    level: np.ndarray,
    proficiency: np.ndarray,
    novice: np.ndarray,
    speed: np.ndarray,
) -> np.ndarray:
    """The same from arrays (operators, skills); `proficiency` is completed where a skill is not held.

    A skill alike to one that is held counts as a secondary one (domain reference, section 7: most of the proficiency
    moves along).
    """
    rules = scenario.abilities
    shape = level.shape
    grade = _GRADE_OF_LEVEL[level]
    is_missing = level == NOT_HELD

    moved = np.where(grade != Grade.NONE, proficiency, -1.0).T.copy()  # of skills that may stand in for one alike
    for column, skill in enumerate(names.skills):
        alike = [names.skills.index(name) for name in scenario.skills[skill].alike if name in names.skills]
        if not alike:
            continue
        best = functools.reduce(np.maximum, [moved[other] for other in alike])
        takes = np.flatnonzero((moved[column] < 0) & (best >= 0))
        proficiency[takes, column] = rules.alike_share * best[takes]
        grade[takes, column] = Grade.SECONDARY
        is_missing[takes, column] = False

    if is_missing.any():
        proficiency[is_missing] = rules.proficiency["none"]
    table = np.zeros(shape, ABILITY).view(np.recarray)
    table.handle = speed[:, None] * _by_grade(rules.handle, grade) * (1 + rules.novice_handle * novice)
    table.fcr = _by_grade(rules.fcr, grade) + rules.novice_fcr * novice
    table.proficiency, table.grade, table.is_held = proficiency, grade, level <= 2
    return table


def distinct(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows of a table, and which of them each row is: what is alike shares the processor's cache."""
    keys = np.ascontiguousarray(table).view(np.uint8).reshape(len(table), -1)
    _, first, number = np.unique(keys.view(f"V{keys.shape[1]}").ravel(), return_index=True, return_inverse=True)
    return table[first].view(np.recarray), number


def _by_grade(values: dict[str, float], grade: np.ndarray) -> np.ndarray:
    """The value of each grade; one that nobody has need not be given."""
    table = np.array([values.get(GRADES[code], np.nan) for code in Grade])
    for code in Grade:
        if GRADES[code] not in values and (grade == code).any():
            raise KeyError(GRADES[code])
    return np.asarray(table[grade])
