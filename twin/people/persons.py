"""Who works here: operators as persons, drawn once and the same under every caring model.

A person's group, skills, speed and hours come from the scenario's shares: the counts are exact, only who is who is
chance, keyed by the person's number. A migration moves the same persons to new skills.
"""

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Group, Scenario
from twin.scenario.shift_schema import Pattern, Shift

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


def draw_persons(scenario: Scenario, seed: int) -> list[Person]:
    """All operators, in the order of the groups."""
    persons: list[Person] = []
    for name, group in scenario.groups.items():
        first = len(persons)
        numbers = range(first, first + group.heads(scenario.factor))
        persons += [Person(number, name, group.site, 0, 1.0) for number in numbers]
        _give_skills(scenario, group, persons[first:], seed)
    _give_hours(scenario, persons, seed)
    _give_speed(scenario, persons, seed)
    if scenario.migration is not None and scenario.migration.on is None:
        from twin.people.migration import migrate

        migrate(scenario, persons, seed)
    if any(shift.patterns for shift in scenario.shifts.values()):
        from twin.people.patterns import give_patterns

        give_patterns(scenario, persons, seed)
    form_teams(scenario, persons)
    return persons


def draws(seed: int, persons: list[Person], which: int) -> np.ndarray:
    """Two uniforms per person, shape (n, 2)."""
    who = np.array([person.number for person in persons], np.uint64)
    return uniform_pairs(np.uint64(seed), np.uint64(Purpose.OPERATOR), who, np.uint64(which))


def deal(labels: list[str], persons: list[Person], seed: int, which: int) -> list[tuple[Person, str]]:
    """One label each, in an order that chance decides."""
    order = np.argsort(draws(seed, persons, which)[:, 0], kind="stable")
    return [(persons[i], label) for i, label in zip(order, labels, strict=True)]


def _give_hours(scenario: Scenario, persons: list[Person], seed: int) -> None:
    shift_of = {name: group.shift for name, group in scenario.groups.items()}
    workers: dict[str, list[Person]] = {}
    for person in persons:
        shift = shift_of[person.group]
        if shift is not None and not scenario.shifts[shift].patterns:
            workers.setdefault(shift, []).append(person)
    for shift, theirs in workers.items():
        _give_shift(scenario.shifts[shift], theirs, seed)


def _give_shift(shift: Shift, workers: list[Person], seed: int) -> None:
    """Start and days off of those who work the shift, in exact proportion within each of their groups."""
    sizes = np.array(list(Counter(person.group for person in workers).values()))  # a group's persons stand together
    group = np.repeat(np.arange(len(sizes)), sizes)
    chance = draws(seed, workers, 1)

    starts = {n: [_clock(start) for start in allocate(n, shift.starts)] for n in np.unique(sizes).tolist()}
    labels = [start for n in sizes.tolist() for start in starts[n]]
    for i, start in zip(np.lexsort((chance[:, 0], group)).tolist(), labels, strict=True):
        workers[i].start = start

    wanted = np.array([shift.day_weights.get(day, 0.0 if shift.day_weights else 1.0) for day in WEEKDAYS])
    worked = _cap(wanted * shift.days_a_week / wanted.sum())
    ends = np.cumsum(1.0 - worked)  # systematic sampling: days off in exact proportion, never the same day twice
    rank = np.empty(len(workers), np.int64)
    rank[np.lexsort((chance[:, 1], group))] = np.arange(len(workers)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    points = ((rank + 0.5) / sizes[group])[:, None] + np.arange(7 - shift.days_a_week)
    days_off = np.searchsorted(ends, points, side="right").clip(0, 6)
    for person, days in zip(workers, days_off.tolist(), strict=True):
        person.days_off = tuple(days)


def _clock(time: str) -> float:
    """Seconds of "HH:MM"."""
    hours, minutes = time.split(":")[:2]
    return int(hours) * 3600.0 + int(minutes) * 60.0


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
    common = [(name, hold.level, hold.proficiency) for name, hold in group.skills.items()]
    for person in persons:
        person.skills = {name: Held(level, proficiency) for name, level, proficiency in common}
    if not group.primary:
        return
    n_held = allocate(len(persons), dict(abilities.n_held))
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
