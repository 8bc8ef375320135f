"""As-Is groups moved to To-Be skills: the same persons, retrained where the first skill changes (domain.md 5.1, 7)."""

import math
from collections.abc import Iterator

from twin.people.persons import MONTH, Held, Person, allocate, deal, pick
from twin.scenario.people_schema import Migration
from twin.scenario.schema import Scenario


def migrate(scenario: Scenario, persons: list[Person], seed: int) -> None:
    """Give every person of a moved group the To-Be skills that the migration foresees."""
    plan = scenario.migration
    assert plan is not None
    for person, skill in placements(scenario, persons, seed):
        _move(scenario, plan, person, skill, seed)


def placements(scenario: Scenario, persons: list[Person], seed: int) -> Iterator[tuple[Person, str]]:
    """Who gets which To-Be skill as the first one, group by group."""
    assert scenario.migration is not None
    for group, moves in scenario.migration.moves.items():
        members = [person for person in persons if person.group == group]
        yield from _place(scenario, members, allocate(len(members), dict(moves)), seed)


def _place(scenario: Scenario, members: list[Person], labels: list[str], seed: int) -> list[tuple[Person, str]]:
    """Who takes which place: first those who know the skill, then those of an alike skill, then the others."""
    placed: list[tuple[Person, str]] = []
    left, places = list(members), list(labels)
    for fits in (_is_primary, _is_held, _is_alike):
        for skill in dict.fromkeys(labels):
            candidates = [person for person in left if fits(scenario, person, skill)]
            wanted = min(places.count(skill), len(candidates))
            chosen = deal([skill] * wanted, _sample(candidates, wanted, seed), seed, 5)
            placed += chosen
            numbers = {person.number for person, _ in chosen}
            left = [person for person in left if person.number not in numbers]
            places = _without(places, skill, len(chosen))
    placed.extend(deal(places, left, seed, 6) if left else [])
    return placed


def _without(places: list[str], skill: str, n: int) -> list[str]:
    """The places less the first `n` of the skill."""
    taken = set([i for i, place in enumerate(places) if place == skill][:n])
    return [place for i, place in enumerate(places) if i not in taken]


def _sample(candidates: list[Person], n: int, seed: int) -> list[Person]:
    if not candidates:
        return []
    return [person for person, _ in deal([""] * len(candidates), candidates, seed, 7)][:n]


def _is_primary(scenario: Scenario, person: Person, skill: str) -> bool:
    return skill in person.skills and person.skills[skill].level == 1


def _is_held(scenario: Scenario, person: Person, skill: str) -> bool:
    return skill in person.skills and person.skills[skill].level == 2


def _is_alike(scenario: Scenario, person: Person, skill: str) -> bool:
    return any(_is_primary(scenario, person, other) for other in scenario.skills[skill].alike)


def _practised(plan: Migration, start: float) -> float:
    """Proficiency after the months since the move: practice closes the gap to an expert exponentially."""
    return plan.expert - (plan.expert - start) * math.exp(-plan.months_since * MONTH / plan.learning_time)


def brought_to(scenario: Scenario, plan: Migration, skill: str, known: dict[str, Held]) -> tuple[float, float]:
    """Proficiency that the person brings to `skill`, and the share of what was known best that such a move retains."""
    best = max((held.proficiency for held in known.values() if held.level <= 2), default=0.0)
    is_alike = any(name in known for name in scenario.skills[skill].alike)
    retained = plan.retained_alike if is_alike else plan.retained_other
    brought = known[skill].proficiency if skill in known and known[skill].level <= 2 else retained * best
    return brought, retained


def _learn(scenario: Scenario, plan: Migration, person: Person, skill: str, level: int, known: dict[str, Held]) -> Held:
    """What the person brings to `skill`, lifted to certification by training and since then by practice."""
    brought, retained = brought_to(scenario, plan, skill, known)
    if brought >= plan.certified:
        return Held(level, max(brought, _practised(plan, brought) if level == 1 else brought))
    person.training_hours += plan.training_hours if level == 1 else plan.module_hours
    novice = (1 - retained) * math.exp(-plan.months_since * MONTH / plan.learning_time)
    return Held(level, _practised(plan, plan.certified) if level == 1 else plan.certified, novice)


def _move(scenario: Scenario, plan: Migration, person: Person, skill: str, seed: int) -> None:
    known = {name: held for name, held in person.skills.items() if held.level <= 2}
    person.has_moved = not _is_primary(scenario, person, skill)
    skills = taken_skills(scenario, person, skill, seed)
    taken = {name: _learn(scenario, plan, person, name, level, known) for name, level in skills.items()}
    everyone = scenario.groups[person.group].skills
    person.skills = {name: Held(hold.level, hold.proficiency) for name, hold in everyone.items()} | taken


def taken_skills(scenario: Scenario, person: Person, skill: str, seed: int) -> dict[str, int]:
    """Level of each skill that the person holds after the move, as many as before."""
    known = {name: held for name, held in person.skills.items() if held.level <= 2}
    n_held = max(len([name for name in known if name in scenario.skills and scenario.skills[name].queue]), 1)
    home = scenario.skills[skill].queue
    chained = {
        name: other.share * (10.0 if name in known else 1.0)  # what one knows already needs no module
        for name, other in scenario.skills.items()
        if name != skill and other.queue is not None and other.queue == home
    }
    return {skill: 1, **dict.fromkeys(pick(chained, n_held - 1, seed, person), 2)}
