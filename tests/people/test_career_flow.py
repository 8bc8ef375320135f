"""Who comes and goes: hazards of leaving, the pipeline's shares, positions refilled by others."""

import math

import numpy as np
import pytest
from career_bench import careers, near, scenario

from twin.people.career_states import NEVER, CareerEvent, Phase, Stage
from twin.people.career_table import CareerTable
from twin.people.staff import draw_persons
from twin.world.names import Names

TWO_SITES = {
    "desk": {"count": 20_000, "site": "here", "shift": "day", "skills": {"a": 1}},
    "outside": {"count": 10_000, "site": "there", "shift": "day", "skills": {"a": 1}},
}
LEAVE = {"turnover": {"a_year": {"here": 0.10, "there": 0.35}}}


def test_a_year_s_rate_is_the_share_that_leaves_in_a_year_of_operators():
    made = careers(rules=LEAVE, groups=TWO_SITES)
    rows = made.table.rows
    rows.phase, rows.phase_ends = Phase.CONFIRMED, NEVER
    for day in range(90):
        made.turnover.live(day)
    gone = rows.phase == Phase.VACANT
    assert near(gone[:20_000].sum(), 20_000, 1 - math.exp(-0.10 * 90 / 365.25))
    assert near(gone[20_000:].sum(), 10_000, 1 - math.exp(-0.35 * 90 / 365.25))


def test_probation_occupancy_and_a_lost_bonus_raise_the_hazard():
    made = careers(4, {"turnover": {"a_year": {"here": 0.10}}, "incentives": {"team": {}}})
    rows = made.table.rows
    rows.phase = [Phase.CONFIRMED, Phase.PROBATION, Phase.CONFIRMED, Phase.VACANT]
    rows.occupancy = [0.80, 0.85, 0.95, 0.99]
    rows.has_lost_bonus = [False, False, True, True]
    # 10 % a year; three times as many on probation; ten points above 85 % add five points, times 1.3; nobody there
    assert made.turnover.hazards() * 365.25 == pytest.approx([0.10, 0.30, 0.15 * 1.3, 0.0])


def test_nobody_leaves_a_site_that_is_not_named():
    made = careers(50)
    made.table.rows.occupancy = 1.0
    assert not made.turnover.hazards().any()
    assert (made.table.rows.joined_on < -3650).all()


def test_one_in_six_is_selected_and_the_tests_fail_some():
    made = careers(1)
    pipeline = made.pipeline
    pipeline._invite(0, 60_000, Stage.SELECTION, 28)
    for day in range(57):
        pipeline.live(day, False)
        if day == 27:
            assert pipeline.n(Stage.SELECTION) == 60_000
        if day == 28:
            n_chosen = pipeline.n(Stage.CLASS)
            assert near(n_chosen, 60_000, 1 / 6)
    assert pipeline.n(Stage.CLASS) == 0
    assert near(pipeline.n(Stage.READY), n_chosen, 0.92)


def test_nesting_ends_in_clearance_or_not_and_probation_in_confirmation():
    made = careers(3_000)
    table = made.table
    for row in range(3_000):
        table.seat(row, 0)
    for day in range(1, 15):
        made.turnover.live(day)
    failed = table.rows.phase == Phase.VACANT
    assert near(failed.sum(), 3_000, 0.05)
    assert (table.rows.phase[~failed] == Phase.PROBATION).all()
    assert (table.proficiency[~failed, 0] == 0.60).all()  # certified
    for day in range(15, 14 + 90):
        made.turnover.live(day)
    assert (table.rows.phase[~failed] == Phase.PROBATION).all()
    made.turnover.live(14 + 90)
    assert (table.rows.phase[~failed] == Phase.CONFIRMED).all()


@pytest.mark.parametrize("rate", [0.10, 0.35])
def test_the_pipeline_keeps_the_head_count(rate):
    made = careers(1000, {"turnover": {"a_year": {"here": rate}}})
    vacant, nesting = [], []
    for day in range(730):
        made.turnover.live(day)
        made.pipeline.live(day, day % 7 == 0)
        vacant.append((made.table.rows.phase == Phase.VACANT).sum())
        nesting.append((made.table.rows.phase == Phase.NESTING).sum())
    counts = made.log.counts
    # a position is empty until the Monday after: 3.5 days of rate x 1000 leavers, and some more by chance
    assert np.mean(vacant) < 1000 * 0.03
    assert counts["n_joined"] == pytest.approx(counts["n_left"] + counts["n_nesting_failed"], abs=40)
    assert 700 * rate * 2 < counts["n_left"] < 1700 * rate * 2  # those on probation leave three times as often


def test_who_follows_does_not_share_the_luck_and_is_the_same_under_every_model():
    made = careers(200, LEAVE, abilities={"spread_cv": 0.2})
    other = careers(200, {"turnover": {"a_year": {"here": 0.30}}}, abilities={"spread_cv": 0.2})
    first = made.table.rows.speed.copy(), made.table.rows.leave_left.copy()
    for careers_of in (made, other):
        for row in range(200):
            careers_of.table.seat(row, 100)
    rows = made.table.rows
    assert (rows.generation == 1).all()
    assert not (rows.speed == first[0]).any()
    assert abs(np.corrcoef(rows.speed, first[0])[0, 1]) < 0.25
    assert not (rows.leave_left == first[1]).any()
    assert (rows.speed == other.table.rows.speed).all()
    assert (rows.leave_left == other.table.rows.leave_left).all()


def test_a_beginner_holds_one_skill_and_no_senior_one():
    rules = {"practice": {"senior_skills": ["a"]}}
    group = {"desk": {"count": 2, "site": "here", "shift": "day", "primary": {"a": 1.0},
                      "further": {"b": 1.0, "c": 1.0},
                      "skills": {"c": {"level": 3, "proficiency": 0.4}}}}  # fmt: skip
    made = careers(rules=rules, groups=group)
    made.table.seat(0, 5)
    assert made.skills_of(0) == {
        "b": 0.45,
        "c": 0.4,
    }  # a is for seniors, b is alike to it; c is held by the whole group
    assert made.skills_of(1)["a"] == 0.9


def test_the_first_persons_have_the_abilities_they_have_without_careers():
    made = scenario(300, LEAVE, abilities={"spread_cv": 0.2})
    persons = draw_persons(made, 3)
    table = CareerTable(made, Names.of(made), made.careers, persons, 3)
    assert (table.rows.speed == [person.speed for person in persons]).all()
    settled = table.rows.joined_on < -2000
    assert settled.mean() > 0.4
    assert (table.proficiency[settled, 0] > 0.899).all()
    assert (table.rows.phase[table.rows.joined_on > -90] == Phase.PROBATION).all()


def test_the_log_tells_a_life():
    made = careers(3)
    made.log.add(4, CareerEvent.LEFT, [1], [0])
    made.log.add(11, CareerEvent.JOINED, [1, 2], [1, 1])
    made.log.add(12, CareerEvent.SKILL_GAINED, 1, 1, 2)
    assert [(event["day"], event["event"], event["skill"]) for event in made.log.of(1)] == [
        (4, "left", ""), (11, "joined", ""), (12, "skill_gained", "c"),
    ]  # fmt: skip
