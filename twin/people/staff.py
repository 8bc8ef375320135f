"""Who works here: operators as persons, drawn once and the same under every caring model.

A person's group, skills, speed and hours come from the scenario's shares: the counts are exact, only who is who is
chance, keyed by the person's number. A migration moves the same persons to new skills.
"""

import math
from collections import Counter

import numpy as np

from twin.kernel.draws import normal_quantile
from twin.people.migration import migrate
from twin.people.patterns import give_patterns
from twin.people.persons import Held, Person, allocate, deal, draws, form_teams, pick
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Group, Scenario
from twin.scenario.shift_schema import Shift


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
        migrate(scenario, persons, seed)
    if any(shift.patterns for shift in scenario.shifts.values()):
        give_patterns(scenario, persons, seed)
    form_teams(scenario, persons)
    return persons


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


def _give_speed(scenario: Scenario, persons: list[Person], seed: int) -> None:
    """Lognormal with mean 1: mean talk times of operators differ."""
    cv = scenario.abilities.spread_cv
    if cv <= 0 or not persons:
        return
    sigma = math.sqrt(math.log1p(cv**2))
    for person, level in zip(persons, draws(seed, persons, 4)[:, 0], strict=True):
        person.speed = math.exp(sigma * normal_quantile(level) - sigma**2 / 2)
