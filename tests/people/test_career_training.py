"""Hours of training taken out of shifts, modules and their test, the skill map, moves at a date, and pay."""

import numpy as np
import pytest
from career_bench import careers, near, scenario

from twin.kernel.codes import Activity, Event
from twin.people.career_count import N_SUMS, Sum
from twin.people.career_moves import move_all
from twin.people.career_states import Phase
from twin.people.roster import Roster
from twin.people.staff import draw_persons

HOURS = 3600.0


def test_training_ends_shifts_early_within_what_can_be_spared():
    """Ten come for 6 h, a tenth of 60 h is three pieces of 2 h: the moved first, then the longest waiting."""
    made = careers(10, {"training": {"capacity": 0.1, "block": "2 h"}})
    rows = made.table.rows
    rows.refresh_left = [5, 4, 3, 1.9, 0, 0, 0, 0, 0, 0]
    rows.module_left[5], rows.move_left[6] = 1.0, 40.0
    early = made.end_early(0, np.arange(10), np.full(10, 6.0 * HOURS)) / HOURS
    assert early.tolist() == [2.0, 0, 0, 0, 0, 1.0, 2.0, 0, 0, 0]
    assert (rows.refresh_left[0], rows.module_left[5], rows.move_left[6]) == (3.0, 0.0, 38.0)
    assert made.training.hours == {"move": 2.0, "module": 1.0, "coach": 0.0, "refresh": 2.0}
    early = made.end_early(0, np.arange(10), np.full(10, 6.0 * HOURS)) / HOURS
    assert early.sum() == 6.0  # one hour was left over from yesterday: seven now, three pieces again
    assert made.facts()["career_training_hours"] == 11.0


def test_a_small_desk_saves_up_for_a_piece():
    made = careers(1, {"training": {"capacity": 0.1, "block": "2 h"}})
    made.table.rows.refresh_left = 10.0
    days = [float(made.end_early(0, np.array([0]), np.array([6.0 * HOURS]))[0]) / HOURS for _ in range(8)]
    assert days == [0, 0, 0, 2.0, 0, 0, 2.0, 0]  # 0.6 h a day


def test_the_roster_ends_early_and_drops_later_breaks():
    made = careers(1, {"training": {"capacity": 1.0, "block": "3 h"}})
    roster = Roster(made.scenario, draw_persons(made.scenario, 1), 1)
    roster.careers = made
    made.table.rows.refresh_left = 3.0
    rows = [roster.day(day, 0) for day in (0, 1)]
    times = [[(Event(row.kind).name, row.at / HOURS - 24 * day) for row in found if row.who == 0]
             for day, found in enumerate(rows)]  # fmt: skip
    assert times[0] == [("SHIFT_START", 9), ("BREAK", 11), ("SHIFT_END", 12)]
    assert times[1] == [("SHIFT_START", 9), ("BREAK", 11), ("BREAK", 13), ("SHIFT_END", 15)]


def test_refreshers_fall_due_at_forty_hours_a_year():
    made = careers(1)
    before = float(made.table.rows.refresh_left[0])
    for week in range(52):
        made.training.week(7 * week)
    assert made.table.rows.refresh_left[0] - before == pytest.approx(40 * 52 / 52.18, rel=1e-3)


def test_most_pass_the_module_s_test_and_bring_something_along():
    made = careers(4000)
    rows, table = made.table.rows, made.table
    rows.module[:2000], rows.module[2000:] = 1, 2  # b is alike to a, c is not
    gained = made.training.week(7)
    assert near(len(gained), 4000, 0.85)
    assert (rows.module == -1).all()
    row, other = gained[0], gained[-1]
    assert made.skills_of(row) == {"a": 0.9, "b": 0.6}
    assert (table.novice[row, 1], table.novice[other, 2]) == pytest.approx((0.4, 0.7))
    assert (table.level[row, 1], table.level[other, 2]) == (2, 2)


def test_the_skill_map_finds_the_gap_and_who_can_spare_it():
    """100 hours of a and 85 of b are needed (at 85 % occupancy, 85 and 72.25 of work); three hold a, one holds both.

    Three give 50 hours each to a; the fourth 50 x 100 / 185 to a, the rest to b.
    """
    made = careers(4, {"training": {"modules_a_month": 1.0}})
    made.table.level[3, 1], made.table.proficiency[3, 1] = 2, 0.65
    made.training.work_time = np.array([85.0, 72.25, 0.0]) * HOURS
    time = np.zeros((4, len(Activity)))
    time[:, Activity.TALK], time[:, Activity.IDLE] = 30 * HOURS, 20 * HOURS
    needed, held, shares = made.training.skill_map(time)
    assert needed == pytest.approx([100, 85, 0])
    assert held == pytest.approx([150 + 50 * 100 / 185, 50 * 85 / 185, 0], abs=1e-6)
    made.training.plan(30, needed, held, shares, 50.0)
    assert made.table.rows.module.tolist() == [1, 1, 1, -1]  # 62 hours are short, half of 50 hours from each: three


def test_no_module_for_seniors_skills_without_seniority_nor_above_the_most():
    made = careers(6, {"practice": {"senior_skills": ["b"]}, "training": {"most_skills": 1, "modules_a_month": 1.0}})
    assert made.training._candidates(2).tolist() == []  # one skill is the most
    made.table.level[:, 0] = 127
    assert made.training._candidates(2).tolist() == list(range(6))
    assert made.training._candidates(1).tolist() == []
    made.table.rows.is_senior[4] = True
    assert made.training._candidates(1).tolist() == [4]
    made.table.rows.phase[4] = Phase.NESTING
    assert made.training._candidates(1).tolist() == []


# ---- moves -----------------------------------------------------------------------------------------------------------

MOVE = {
    "moves": {"desk": {"a": 0.4, "b": 0.3, "c": 0.3}},
    "training_hours": 40.0,
    "retained_alike": 0.6,
    "retained_other": 0.3,
    "certified": 0.6,
    "expert": 0.9,
    "months_since": 0.0,
    "learning_time": "100 days",
    "on": 3,
}


def moved(day=3):
    made = careers(10, migration=MOVE)
    move_all(made.table, made.log, made.persons, day, made.seed)
    return made


def test_a_move_at_a_date_brings_part_of_what_was_known():
    """Four keep a; three go to b, alike to a: 0.6 x 0.9; three to c: 0.3 x 0.9. Each of the six owes 40 h."""
    made = moved()
    first = made.table.rows.first
    assert np.bincount(first).tolist() == [4, 3, 3]
    for skill, proficiency, novice, hours in ((0, 0.9, 0.0, 0), (1, 0.54, 0.4, 40), (2, 0.27, 0.7, 40)):
        who = first == skill
        assert made.table.proficiency[who, skill] == pytest.approx(proficiency)
        assert made.table.novice[who, skill] == pytest.approx(novice)
        assert (made.table.rows.move_left[who] == hours).all()
    assert made.facts()["career_moved"] == 6
    assert made.log.counts["n_moved"] == 6


def test_the_hours_of_the_move_certify_and_practice_does_the_rest():
    made = moved()
    rows = made.table.rows
    before = made.abilities(3).handle[rows.first == 2, 2]
    assert before == pytest.approx(1 + 0.64 * 0.7)
    rows.move_left[:] = 0.0
    made.training.week(35)
    assert (made.table.proficiency[rows.first == 2, 2] == 0.6).all()
    assert made.log.counts["n_retrained"] == 6
    for day in range(36, 156):
        made.table.used_on[np.arange(10), rows.first] = day
        made.skills.live(day)
    assert (made.abilities(156).handle[rows.first == 2, 2] < 1 + 0.64 * 0.7 * np.exp(-1.2) + 1e-6).all()
    assert made.table.proficiency[rows.first == 2, 2].min() > 0.8


def test_before_the_move_the_persons_are_those_of_as_is():
    made = scenario(10, {}, migration=MOVE)
    assert all(set(person.skills) == {"a"} for person in draw_persons(made, 1))
    since = scenario(10, {}, migration=MOVE | {"on": None})
    assert {name for person in draw_persons(since, 1) for name in person.skills} == {"a", "b", "c"}


# ---- pay -------------------------------------------------------------------------------------------------------------


def month(n, csi, returned, in_20s):
    sums = np.zeros((N_SUMS, n))
    sums[[Sum.HANDLED, Sum.FIRST, Sum.N_CSI]] = 100.0
    sums[Sum.CSI], sums[Sum.RETURNED], sums[Sum.IN_20S] = 100.0 * csi, 100.0 * returned, 100.0 * in_20s
    return sums


@pytest.mark.parametrize(
    ("csi", "returned", "in_20s", "share"),
    [(90, 0.10, 1.0, 0.03), (70, 0.30, 0.6, -0.05), (80, 0.20, 0.8, 0.0), (75, 0.20, 0.8, -0.05 * 0.5 * 0.4)],
)
def test_an_outsourcer_is_paid_by_csi_recall_and_service_level(csi, returned, in_20s, share):
    made = careers(5, {"incentives": {"contracts": {"here": {}}}})
    paid = made.payment.pay(month(5, csi, returned, in_20s), np.full(5, 10 * HOURS))
    assert paid["fee_here"] == pytest.approx(5 * 10 * 30)
    assert paid["bonus_here"] == pytest.approx(share * 1500, abs=1e-9)


def test_a_team_below_the_goal_loses_its_bonus():
    made = careers(36, {"incentives": {"team": {"share": 0.02}}})
    sums = month(36, 85.0, 0.1, 0.9)
    sums[Sum.CSI, made.table.rows.team == 1] = 100.0 * 79.0
    paid = made.payment.pay(sums, np.full(36, 10 * HOURS))
    assert paid["team_bonus"] == pytest.approx(0.02 * 18 * 10 * 30)
    assert (made.table.rows.has_lost_bonus == (made.table.rows.team == 1)).all()


def test_objectives_weigh_cost_satisfaction_and_the_area():
    made = careers(2, {"incentives": {"objectives": {}}})
    sums = month(2, 90.0, 0.1, 1.0)
    assert made.payment.pay(sums, np.full(2, 10 * HOURS))["objectives"] == pytest.approx(0.6 * 0 + 0.2 + 0.2)
    # a tenth cheaper than in the first month: the whole of the company's part
    assert made.payment.pay(sums, np.full(2, 9 * HOURS))["objectives"] == pytest.approx(1.0)
