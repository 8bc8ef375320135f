"""An operator as a person, and what it takes to draw many: labels dealt in exact proportion, teams formed."""

import math
from dataclasses import dataclass, field

import numpy as np

from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.scenario.schema import Scenario
from twin.scenario.shift_schema import Pattern

MONTH = 365.25 / 12 * 86400.0


@dataclass(slots=True)
class Held:
    """A skill that a person holds."""

    level: int
    proficiency: float
    novice: float = 0.0
    """How far from practised, 1 = quite new."""


@dataclass
class Person:
    number: int
    group: str
    site: str
    team: int
    speed: float
    """Factor on handle times."""
    skills: dict[str, Held] = field(default_factory=dict)
    start: float | None = None
    """Clock time of the shift; None = head count or always on duty."""
    days_off: tuple[int, ...] = ()
    training_hours: float = 0.0
    """Spent in the migration."""
    has_moved: bool = False
    pattern: Pattern | None = None
    """The week, of a shift that is stated by patterns."""


def allocate(n: int, shares: dict[str, float]) -> list[str]:
    """`n` labels in proportion to `shares`, by largest remainders."""
    total = sum(shares.values())
    exact = {label: n * share / total for label, share in shares.items()}
    counts = {label: math.floor(value) for label, value in exact.items()}
    short = n - sum(counts.values())
    for label in sorted(exact, key=lambda name: counts[name] - exact[name])[:short]:
        counts[label] += 1
    return [label for label, count in counts.items() for _ in range(count)]


def draws(seed: int, persons: list[Person], which: int) -> np.ndarray:
    """Two uniforms per person, shape (n, 2)."""
    who = np.array([person.number for person in persons], np.uint64)
    return uniform_pairs(np.uint64(seed), np.uint64(Purpose.OPERATOR), who, np.uint64(which))


def deal(labels: list[str], persons: list[Person], seed: int, which: int) -> list[tuple[Person, str]]:
    """One label each, in an order that chance decides."""
    order = np.argsort(draws(seed, persons, which)[:, 0], kind="stable")
    return [(persons[i], label) for i, label in zip(order, labels, strict=True)]


def pick(weights: dict[str, float], n: int, seed: int, person: Person) -> list[str]:
    """`n` different names, each in turn with probability in proportion to its weight."""
    chosen: list[str] = []
    left = {name: weight for name, weight in weights.items() if weight > 0}
    for turn in range(min(n, len(left))):
        level = draws(seed, [person], 10 + turn)[0, 0] * sum(left.values())
        place = int(np.searchsorted(np.cumsum(list(left.values())), level, side="right"))
        name = list(left)[min(place, len(left) - 1)]
        chosen.append(name)
        del left[name]
    return chosen


def form_teams(scenario: Scenario, persons: list[Person]) -> None:
    """Teams of the scenario's size, within a group, by first skill and start of shift."""
    team = -1
    of_group: dict[str, list[Person]] = {name: [] for name in scenario.groups}
    for person in persons:
        of_group[person.group].append(person)
    for members in of_group.values():
        members.sort(key=lambda person: (first_skill(person), person.start or 0.0, person.number))
        for i, person in enumerate(members):
            team += i % scenario.team_size == 0
            person.team = team


def first_skill(person: Person) -> str:
    """The skill for which the person stands in the roster: of the best level, most proficient."""
    if not person.skills:
        return ""
    return min((held.level, -held.proficiency, name) for name, held in person.skills.items())[2]
