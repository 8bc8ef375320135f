"""Practice, forgetting, certification, seniority, illness, audits and coaching, each by hand."""

import math

import numpy as np
import pytest
from career_bench import careers, near

from twin.people.career_quality import poisson
from twin.people.career_skills import certified_score
from twin.people.career_states import LONG_AGO, Phase
from twin.people.roster import Roster
from twin.people.staff import draw_persons

ALONE = {"team_size": 1}


def beginner(made, day=0):
    made.table.seat(0, day)
    made.table.rows.phase[0], made.table.rows.cleared_on[0] = Phase.PROBATION, day
    made.table.proficiency[0, 0] = 0.6


def test_practice_follows_the_learning_curve():
    """100 days at tau = 100 days: the gap to 0.9 and the inexperience are e^-1 of what they were."""
    made = careers(1, **ALONE)
    beginner(made)
    for day in range(1, 101):
        made.table.used_on[0, 0] = day
        made.skills.live(day)
    assert made.table.proficiency[0, 0] == pytest.approx(0.9 - 0.3 * math.exp(-1))
    assert made.table.rows.inexperience[0] == pytest.approx(math.exp(-1))
    handle = made.abilities(100).handle[0, 0]
    assert handle == pytest.approx(1 + 0.64 * math.exp(-1))


def test_experienced_colleagues_shorten_the_ramp():
    """All others are experienced: 64 days do what 100 days did."""
    made = careers(18)
    beginner(made)
    for day in range(1, 65):
        made.table.used_on[:, 0] = day
        made.skills.live(day)
    assert made.skills.experienced_share(64)[0] == 1.0
    assert made.table.rows.inexperience[0] == pytest.approx(math.exp(-1))


def test_what_is_not_used_halves_in_half_a_year():
    """The last use is on day 0: 14 days are a holiday, and after 180 more nights half is left."""
    made = careers(1, **ALONE)
    for day in range(1, 15):
        made.skills.live(day)
    assert made.table.proficiency[0, 0] == pytest.approx(0.9)
    for day in range(15, 195):
        made.skills.live(day)
    assert made.table.proficiency[0, 0] == pytest.approx(0.45)
    assert made.table.rows.inexperience[0] < 1e-9


def test_certification_is_half_test_three_tenths_quality_two_tenths_fcr():
    test, quality, fcr = np.array([0.8, 0.8, 0.5]), np.array([0.95, 0.95, np.nan]), np.array([0.7, np.nan, np.nan])
    # 0.40 + 0.285 + 0.14; without FCR (0.40 + 0.285) / 0.8; the test alone
    assert certified_score(test, quality, fcr, (0.5, 0.3, 0.2)) == pytest.approx([0.825, 0.85625, 0.5])


def test_a_skill_below_the_mark_is_lost_and_the_own_first_one_is_taught_again():
    made = careers(2, {"certification": {"test_spread": 0.0, "tests_a_year": 12}}, **ALONE)
    table = made.table
    table.level[:, 1], table.proficiency[:, 1] = 2, [0.7, 0.5]
    table.proficiency[1, 0] = 0.55
    assert made.skills.assess(30, 0).tolist() == [1]
    assert made.skills_of(0) == {"a": 0.9, "b": 0.7}
    assert made.skills_of(1) == {"a": 0.55}
    assert table.rows.module.tolist() == [-1, 0]
    assert table.rows.module_left.tolist() == [0.0, 24.0]
    events = made.log.table(0)
    assert events[events.event == "skill_lost"][["operator", "skill"]].values.tolist() == [[1, "b"]]


def test_good_answers_keep_a_skill_whose_test_is_poor():
    """0.5 x 0.45 + 0.3 x 1 + 0.2 x 0.9 = 0.705."""
    made = careers(1, {"certification": {"test_spread": 0.0, "tests_a_year": 12}}, **ALONE)
    table = made.table
    table.level[0, 1], table.proficiency[0, 1] = 2, 0.45
    table.rows.audited[0] = 10
    table.answered[0, 1], table.resolved[0, 1] = 20, 18
    assert made.skills.assess(30, 0).tolist() == []
    assert table.rows.audited[0] == 5.0  # half of it counts next month


def test_seniors_lead_teams():
    made = careers(20)
    rows = made.table.rows
    rows.cleared_on = -400
    rows.cleared_on[7] = -500
    rows.cleared_on[9] = -100
    made.table.proficiency[3, 0] = 0.79
    made.skills.assess(0, 0)
    assert rows.is_senior.sum() == 18
    assert not rows.is_senior[[3, 9]].any()
    assert np.flatnonzero(rows.is_leader).tolist() == [7, 18]  # two teams: 18 and 2; the longest serving of each


def test_spells_give_the_site_s_share_of_days_under_every_model():
    rules = {"absence": {"share": {"here": 0.10}, "mean": "5 days"}}
    one, other = careers(400, rules), careers(400, rules | {"turnover": {"a_year": {"there": 0.3}}})
    away = np.zeros((400, 400), bool)
    for day in range(400):
        one.spells.live(day)
        other.spells.live(day)
        away[day] = one.away(day)
        assert (away[day] == other.away(day)).all()
    assert away.mean() == pytest.approx(0.10, abs=0.006)
    begins = (away[1:] & ~away[:-1]).sum()
    assert away[1:].sum() / begins == pytest.approx(5.0, abs=0.3)


def test_vacant_positions_and_the_ill_do_not_come():
    made = careers(4)
    roster = Roster(made.scenario, draw_persons(made.scenario, 1), 1)
    roster.careers = made
    made.table.rows.phase[1], made.table.rows.absent_until[2] = Phase.VACANT, 2
    who = [set(roster.day(day, 0).who.tolist()) - {-1} for day in (1, 2)]
    assert who == [{0, 3}, {0, 2, 3}]


def test_audits_find_the_operators_errors():
    """Two listens a week for a year, 6 sittings, 0.002 x 300 x 52 mystery calls: 141 an operator, 5 % with errors."""
    made = careers(200)
    for week in range(52):
        made.control.week(week, np.full(200, 300.0))
    found = made.control.month()
    assert found["audited"] == pytest.approx(200 * (104 + 6 * 52 / 52.18 + 31.2), rel=0.02)
    assert near(found["audited"] * found["audit_error"], round(found["audited"]), 0.05)


def test_poisson_counts_have_their_mean():
    levels = (np.arange(100_000) + 0.5) / 100_000
    for mean in (0.1, 0.6, 2.0):
        counts = poisson(levels, np.full(100_000, mean))
        assert counts.mean() == pytest.approx(mean, abs=0.001)
        assert (counts == 0).mean() == pytest.approx(math.exp(-mean), abs=1e-4)


def test_the_worst_tenth_is_coached_and_the_gain_fades():
    made = careers(20)
    csi = np.full(20, 80.0)
    csi[[4, 5, 6]] = [70.0, 60.0, 75.0]
    made.control.coach(30, csi)
    rows = made.table.rows
    assert np.flatnonzero(rows.coached_on == 30).tolist() == [4, 5]  # two of twenty, the lowest first
    assert rows.coach_left[5] == 2.0
    assert rows.error[[4, 7]] == pytest.approx([0.035, 0.05])  # half of the way from 5 to 2 %
    assert made.control.bonus(30)[5] == pytest.approx(0.02)
    assert made.control.bonus(60)[5] == pytest.approx(0.01)
    assert made.control.bonus(90)[5] == 0.0
    assert rows.coached_on[0] == LONG_AGO


def test_who_makes_mistakes_comes_before_who_pleases_less():
    made = careers(10)
    rows = made.table.rows
    rows.audited[8], rows.errors[8] = 10, 2
    csi = np.full(10, 80.0)
    csi[3] = 40.0
    made.control.coach(30, csi)
    assert np.flatnonzero(rows.coached_on == 30).tolist() == [8]


def test_nesting_takes_longer_than_being_new():
    made = careers(2, **ALONE)
    beginner(made)
    made.table.seat(1, 0)
    handle = made.abilities(0).handle
    assert handle[0, 0] == pytest.approx(1.64)
    assert handle[1, 0] == pytest.approx(1.8)
