"""Operators as persons: exact shares, the same people under both caring models, legal rosters."""

import collections
import itertools

import numpy as np
import pytest

from twin import load_scenario
from twin.calendar import Calendar
from twin.kernel.codes import Event, Grade
from twin.people.persons import allocate, first_skill
from twin.people.roster import Roster
from twin.people.staff import draw_persons
from twin.scenario.days import WEEKDAYS
from twin.world.abilities import build_abilities, holdings
from twin.world.names import Names

SEED = 42


@pytest.fixture(scope="module")
def as_is():
    return load_scenario("187-as-is")


@pytest.fixture(scope="module")
def to_be():
    return load_scenario("187-to-be")


@pytest.fixture(scope="module")
def before(as_is):
    return draw_persons(as_is, SEED)


@pytest.fixture(scope="module")
def after(to_be):
    return draw_persons(to_be, SEED)


def test_allocation_is_exact_to_one_head():
    labels = allocate(101, {"a": 0.5, "b": 0.3, "c": 0.2})
    assert collections.Counter(labels) == {"a": 51, "b": 30, "c": 20}


def test_to_be_employs_the_same_people(before, after):
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert (old.number, old.group, old.site, old.speed) == (new.number, new.group, new.site, new.speed)
        assert len(old.days_off) == len(new.days_off) == 2


def test_migration_fills_its_places(to_be, after):
    for group, moves in to_be.migration.moves.items():
        members = [person for person in after if person.group == group]
        firsts = collections.Counter(first_skill(person) for person in members)
        for skill, share in moves.items():
            assert abs(firsts[skill] - share * len(members)) <= 1


def test_who_keeps_the_first_skill_is_not_retrained_for_it(before, after):
    kept = [(old, new) for old, new in zip(before, after, strict=True) if not new.has_moved and new.site == "in-house"]
    assert kept
    for old, new in kept:
        first = first_skill(new)
        assert old.skills[first].level == 1
        assert new.skills[first].proficiency >= old.skills[first].proficiency


def test_moved_people_are_less_practised_than_kept_ones(after):
    moved = [p.skills[first_skill(p)].proficiency for p in after if p.has_moved]
    kept = [p.skills[first_skill(p)].proficiency for p in after if not p.has_moved and p.site == "in-house"]
    assert min(moved) >= 0.6
    assert np.mean(moved) < np.mean(kept)


def test_number_of_skills_held_follows_the_scenario(as_is, before):
    held = [sum(h.level <= 2 and name.startswith("SK") for name, h in p.skills.items()) for p in before]
    for n, share in as_is.abilities.n_held.items():
        expected = share * len(before)
        assert abs(held.count(int(n)) - expected) <= 0.04 * len(before)


def test_alike_skill_counts_as_secondary(as_is, before):
    names = Names.of(as_is)
    person = next(p for p in before if "SK11" in p.skills and p.skills["SK11"].level == 1 and "SK02" not in p.skills)
    ability = build_abilities(as_is, names, before, holdings(names, before))[person.number, names.skills.index("SK02")]
    assert ability.grade == Grade.SECONDARY
    known = [h.proficiency for name, h in person.skills.items() if name in as_is.skills["SK02"].alike and h.level <= 2]
    assert ability.proficiency == pytest.approx(0.6 * max(known))


def test_teams_have_at_most_eighteen_of_one_group(before):
    teams = collections.defaultdict(list)
    for person in before:
        teams[person.team].append(person.group)
    assert max(len(groups) for groups in teams.values()) == 18
    assert all(len(set(groups)) == 1 for groups in teams.values())


@pytest.mark.parametrize("name", ["187-as-is", "187-to-be"])
def test_shifts_are_legal(name, request):
    scenario = load_scenario(name)
    persons = draw_persons(scenario, SEED)
    roster = Roster(scenario, persons, SEED)
    calendar = Calendar.of(scenario, 14)
    worked = collections.defaultdict(list)
    for day in range(14):
        rows = roster.day(day, calendar.weekday(day))
        assert (np.diff(rows.at) >= 0).all()
        for row in rows[rows.kind == Event.SHIFT_START]:
            worked[int(row.who)].append(float(row.at))
        starts = {int(r.who): r.at for r in rows[rows.kind == Event.SHIFT_START]}
        ends = {int(r.who): r.at for r in rows[rows.kind == Event.SHIFT_END]}
        assert starts.keys() == ends.keys()
        assert all(ends[who] - starts[who] == 6 * 3600 for who in starts)
        assert all(ends[who] <= day * 86400 + scenario.opening.closes for who in starts)
    for starts in worked.values():
        assert len(starts) <= 10  # five days a week
        assert all(later - earlier >= 11 * 3600 + 6 * 3600 for earlier, later in itertools.pairwise(starts))


def test_days_off_follow_the_wanted_weekdays(as_is, before):
    members = [person for person in before if person.group == "post-sales"]
    weights = as_is.shifts["fixed"].day_weights
    on = np.array([sum(day not in p.days_off for p in members) for day in range(7)]) / len(members)
    assert all(len(set(person.days_off)) == 2 for person in members)
    wanted = np.array([weights[day] for day in WEEKDAYS]) * 5 / sum(weights.values())
    assert np.abs(on - np.minimum(wanted, 1.0)).max() < 0.06


def test_the_same_people_are_ill_on_the_same_days(as_is, to_be, before, after):
    one, other = Roster(as_is, before, SEED), Roster(to_be, after, SEED)
    for day in range(5):
        assert (one.absent(day) == other.absent(day)).all()
    shares = np.mean([one.absent(day).mean() for day in range(60)])
    assert 0.065 < shares < 0.09  # 7 % in-house, 10 % outsourcers
