"""The programs behind `twin roster`, on cases small enough to solve in the head."""

import numpy as np
import pytest

from experiments.roster.cover import Wanted, cover
from experiments.roster.target import Requirement, Target
from experiments.roster.tours import Tour, Work
from experiments.roster.week import SLOTS, overlap
from twin.errors import InputError
from twin.scenario.load import load_scenario


def wanted(*steps):
    """Steps of (people by slot, weight)."""
    heights = np.array([people for people, _ in steps], float)
    return Wanted(heights, np.array([np.full(len(people), weight, float) for people, weight in steps]))


def test_fewest_people_cover_the_requirement():
    """Slots need 1, 2, 1; one column is there in slots 0 and 1, the other in 1 and 2: one of each, 2 people."""
    presence = np.array([[1, 0], [1, 1], [0, 1]], float)
    assert cover(presence, wanted(([1, 2, 1], 1000)), None, head_cost=1.0).tolist() == [1, 1]


def test_one_person_goes_where_missing_costs_most():
    """One head, two slots that need one each; missing costs 5 in the first, 1 in the second."""
    presence = np.eye(2)
    need = Wanted(np.ones((1, 2)), np.array([[5.0, 1.0]]))
    assert cover(presence, need, 1).tolist() == [1, 0]
    assert need.cost(np.array([1.0, 0.0])) == 1.0
    assert need.cost(np.array([0.0, 1.0])) == 5.0


def test_shortage_is_spread():
    """Two heads, two slots that want two: one each costs 1 + 1, both in one slot 3 + 1."""
    assert cover(np.eye(2), wanted(([1, 1], 3), ([1, 1], 1)), 2).tolist() == [1, 1]


def test_all_heads_are_used_even_where_nobody_is_missing():
    assert cover(np.eye(2), wanted(([1, 1], 3)), 5).sum() == 5


def test_heads_of_each_owner_stay_his():
    """Two tours of 1 and 2 people, each with two places for the break: columns 0, 1 and 2, 3.

    Tour 0 is there in slot 0 or in slot 1; so is tour 1. Wanted are 2 and 1: whoever takes the lonely place, the sums
    are 1 and 2.
    """
    presence = np.array([[1, 0, 1, 0], [0, 1, 0, 1]], float)
    found = cover(presence, wanted(([2, 1], 1)), np.array([1, 2]), owner=np.array([0, 0, 1, 1]))
    assert (found[:2].sum(), found[2:].sum()) == (1, 2)
    assert (presence @ found).tolist() == [2.0, 1.0]


# ---- weeks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def work(desk_file):
    def of(*changes):
        return Work.of(load_scenario(desk_file(*changes)), "day")

    return of


def test_starts_lie_every_half_hour_up_to_closing_less_six_hours(work):
    """Open 8 to 20 on 5 days: 13 starts from 8:00 to 14:00, one set of 5 days."""
    tours = work().tours
    assert [tour.start / 3600 for tour in tours] == [8 + i / 2 for i in range(13)]
    assert {tour.days for tour in tours} == {(0, 1, 2, 3, 4)}


def test_rest_rule_forbids_days_in_a_row(work):
    """13 h of work leave 11 h, less than 12; 3 of 7 days of a circle, no two in a row: 7 / 4 x C(4, 3) = 7 ways."""
    opening = 'opens = "08:00"\ncloses = "20:00"\ndays = ["mon", "tue", "wed", "thu", "fri"]'
    long = work(
        (opening, 'opens = "08:00"\ncloses = "21:00"'),
        ('"50 /h", "40 /h",', '"50 /h", "40 /h", "20 /h",'),
        ('length = "6 h"', 'length = "13 h"'),
        ('{ "08:00" = 0.9, "14:00" = 0.1 }', '{ "08:00" = 1.0 }'),
        ("days_a_week = 5", "days_a_week = 1"),
        ('{ longest = "6 h", most_days = 5, rest = "11 h", starts_every = "30 min", break_within = "2 h" }',
         '{ most_days = 3, rest = "12 h" }'),
    )  # fmt: skip
    assert len(long.tours) == 7
    for tour in long.tours:
        assert tour.start == 8 * 3600
        assert all((b - a) % 7 not in (1, 6) for a in tour.days for b in tour.days if a != b)


def test_breaks_leave_nobody_more_than_two_hours_at_work(work):
    """6 h with two quarters of a break leave 5.5 h of work in three stretches of at most 2 h: six ways on the grid."""
    minutes = {tuple(after / 60 for after in way) for way in work().placements}
    assert minutes == {(90, 225), (105, 225), (105, 240), (120, 225), (120, 240), (120, 255)}


def test_presence_of_a_tour(work):
    """Monday 8:00 to 14:00 with breaks at 10:00 and 12:15: 22 of 24 quarter hours."""
    found = work().presence(Tour(8 * 3600.0, (0,)), (7200.0, 15300.0))
    assert found.sum() == 22
    assert found[32] == 1
    assert (found[40], found[49]) == (0, 0)


def test_seven_days_of_one_person_need_two_people_of_five_days(work):
    """Seven days of six hours are 7 turns; two people of 5 days bring 10, one brings 5."""
    every = work(('days = ["mon", "tue", "wed", "thu", "fri"]', ""))
    columns = np.array([every.mean_presence(tour) for tour in every.tours if tour.start == 8 * 3600]).T
    need = np.zeros(SLOTS)
    for day in range(7):
        need += 0.9 * overlap(day * 86400 + 8 * 3600, day * 86400 + 9.25 * 3600)  # before anybody's break
    assert cover(columns, Wanted(need[None], np.full((1, SLOTS), 1e3)), None, head_cost=1.0).sum() == 2


def test_shift_over_midnight_wraps_around_the_week():
    covered = overlap(6 * 86400 + 22 * 3600.0, 7 * 86400 + 4 * 3600.0)
    assert covered.sum() == 24
    assert covered[:16].all()
    assert covered[-8:].all()


# ---- targets -----------------------------------------------------------------------------------------------------


def test_targets_are_read():
    assert Target.parse("sl=0.80/20") == Target("sl", 0.8, 20.0)
    assert Target.parse("sl=0.9/target") == Target("sl", 0.9, None)
    assert Target.parse("asa=30").kind == "asa"
    assert Target.parse("abandonment=0.03").level == 0.03


@pytest.mark.parametrize(
    "text", ["sl", "sl=80/20", "sl=0", "asa=0", "asa=30/20", "abandonment=1.5", "sl=.8.1", "csi=80"]
)
def test_a_wrong_target_is_told(text):
    with pytest.raises(InputError, match="--target is"):
        Target.parse(text)


@pytest.mark.parametrize(("target", "operators"), [("sl=0.80/20", 102), ("asa=30", 92), ("abandonment=0.03", 101)])
def test_required_operators_at_98_erlang(target, operators):
    """AHT 457 s, patience 350 s; 102 is the one pool of the domain reference, 5.3."""
    need = Requirement(Target.parse(target), 457.0, 350.0, 20.0)
    assert need.exactly(98.0) == operators
    steps = need(np.array([0.0, 98.0]))
    assert steps[:, 0].tolist() == [0.0] * 7
    assert steps[4, 1] == pytest.approx(operators, abs=1.0)  # between two numbers, on the step of the target
    assert (np.diff(steps[:, 1]) > 0).all()


def test_without_abandonment_the_load_alone_is_not_enough():
    assert Requirement(Target.parse("sl=0.80/20"), 300.0, np.inf, 20.0).exactly(10.0) == 14  # Erlang C: 13 give 0.76
