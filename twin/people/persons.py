"""Who works here: operators as persons, drawn once and the same under every caring model.

A person's group, skills, speed and hours come from the scenario's shares: the counts are exact, only who is who is
chance, keyed by the person's number. A migration moves the same persons to new skills.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Grade, Purpose
from twin.kernel.draws import normal_quantile
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Group, Scenario

MONTH = 365.25 / 12 * 86400.0


@dataclass
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

    def fitness(self, skill: str, scenario: Scenario) -> tuple[Grade, float]:
        """How well the person fits matters that take `skill`, and with what proficiency.

        A skill alike to one that is held counts as a secondary one (domain reference, section 7: most of the
        proficiency moves along).
        """
        held = self.skills.get(skill)
        if held is not None and held.level <= 2:
            return (Grade.PRIMARY if held.level == 1 else Grade.SECONDARY), held.proficiency
        known = [
            other.proficiency
            for name, other in self.skills.items()
            if other.level <= 2 and name in scenario.skills[skill].alike
        ]
        if known:
            return Grade.SECONDARY, scenario.abilities.alike_share * max(known)
        return Grade.NONE, held.proficiency if held is not None else scenario.abilities.proficiency["none"]


def allocate(n: int, shares: dict[str, float]) -> list[str]:
    """`n` labels in proportion to `shares`, by largest remainders."""
    total = sum(shares.values())
    exact = {label: n * share / total for label, share in shares.items()}
    counts = {label: math.floor(value) for label, value in exact.items()}
    short = n - sum(counts.values())
    for label in sorted(exact, key=lambda name: counts[name] - exact[name])[:short]:
        counts[label] += 1
    return [label for label, count in counts.items() for _ in range(count)]


def draw_persons(scenario: Scenario, seed: int) -> list[Person]:
    """All operators, in the order of the groups."""
    persons: list[Person] = []
    for name, group in scenario.groups.items():
        n = group.heads(scenario.factor)
        first = len(persons)
        for i in range(n):
            persons.append(Person(first + i, name, group.site, 0, 1.0))
        _give_hours(scenario, group, persons[first:], seed)
        _give_skills(scenario, group, persons[first:], seed)
    _give_speed(scenario, persons, seed)
    if scenario.migration is not None:
        from twin.people.migration import migrate

        migrate(scenario, persons, seed)
    _form_teams(scenario, persons)
    return persons


def draws(seed: int, persons: list[Person], which: int) -> np.ndarray:
    """Two uniforms per person, shape (n, 2)."""
    who = np.array([person.number for person in persons], np.uint64)
    return uniform_pairs(np.uint64(seed), np.uint64(Purpose.OPERATOR), who, np.uint64(which))


def deal(labels: list[str], persons: list[Person], seed: int, which: int) -> list[tuple[Person, str]]:
    """One label each, in an order that chance decides."""
    order = np.argsort(draws(seed, persons, which)[:, 0], kind="stable")
    return [(persons[i], label) for i, label in zip(order, labels, strict=True)]


def _give_hours(scenario: Scenario, group: Group, persons: list[Person], seed: int) -> None:
    if group.shift is None or not persons:
        return
    shift = scenario.shifts[group.shift]
    for person, start in deal(allocate(len(persons), dict(shift.starts)), persons, seed, 1):
        hours, minutes = start.split(":")[:2]
        person.start = int(hours) * 3600.0 + int(minutes) * 60.0
    wanted = np.array([shift.day_weights.get(day, 0.0 if shift.day_weights else 1.0) for day in WEEKDAYS])
    worked = _cap(wanted * shift.days_a_week / wanted.sum())
    ends = np.cumsum(1.0 - worked)  # systematic sampling: days off in exact proportion, never the same day twice
    rank = np.argsort(np.argsort(draws(seed, persons, 1)[:, 1]))
    for person, place in zip(persons, rank, strict=True):
        points = (place + 0.5) / len(persons) + np.arange(7 - shift.days_a_week)
        person.days_off = tuple(int(day) for day in np.searchsorted(ends, points, side="right").clip(0, 6))


def _cap(shares: np.ndarray) -> np.ndarray:
    """Nobody works a day twice: what a day has above 1 is spread over the others."""
    shares = shares.copy()
    for _ in range(7):
        above = shares > 1.0
        excess = float((shares[above] - 1.0).sum())
        if excess < 1e-12:
            break
        shares[above] = 1.0
        shares[~above] *= 1.0 + excess / shares[~above].sum()
    return shares


def _give_skills(scenario: Scenario, group: Group, persons: list[Person], seed: int) -> None:
    abilities = scenario.abilities
    n_held = allocate(len(persons), dict(abilities.n_held)) if group.primary else ["1"] * len(persons)
    for person in persons:
        person.skills = {name: Held(hold.level, hold.proficiency) for name, hold in group.skills.items()}
    if not group.primary:
        return
    for person, skill in deal(allocate(len(persons), dict(group.primary)), persons, seed, 2):
        person.skills[skill] = Held(1, abilities.proficiency["primary"])
    for person, n in deal(n_held, persons, seed, 3):
        weights = {name: weight for name, weight in group.further.items() if not _owns(person, name)}
        for skill in pick(weights, int(n) - 1, seed, person):
            person.skills[skill] = Held(2, abilities.proficiency["secondary"])


def _owns(person: Person, skill: str) -> bool:
    return skill in person.skills and person.skills[skill].level <= 2


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


def _give_speed(scenario: Scenario, persons: list[Person], seed: int) -> None:
    """Lognormal with mean 1: mean talk times of operators differ."""
    cv = scenario.abilities.spread_cv
    if cv <= 0 or not persons:
        return
    sigma = math.sqrt(math.log1p(cv**2))
    for person, level in zip(persons, draws(seed, persons, 4)[:, 0], strict=True):
        person.speed = math.exp(sigma * normal_quantile(level) - sigma**2 / 2)


def _form_teams(scenario: Scenario, persons: list[Person]) -> None:
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
    return min(person.skills, key=lambda name: (person.skills[name].level, -person.skills[name].proficiency, name))
