"""Parts of an optimisation that need no simulation: programs by hand, the test's error, Kim and Nelson's selection."""

import os

import numpy as np
import pytest
from tiny_centre import write_study

from experiments.optimise import program
from experiments.optimise.instance import Instance
from experiments.optimise.program import Row, cover, solve
from experiments.optimise.selection import kim_nelson
from experiments.optimise.study import Study
from experiments.optimise.verdict import HOLDS, MISSES, bounds, looks, show, test_ladder, test_plan
from experiments.roster.target import KNOT, Requirement, Target
from twin.erlang import ErlangA

RNG = np.random.default_rng(7)
for _check in (test_plan, test_ladder):
    _check.__test__ = False  # named for what they do, not for pytest


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    return Instance(*Study.read(write_study(tmp_path_factory.mktemp("tiny"))))


# ---- programs ---------------------------------------------------------------------------------------------------


def test_cover_is_the_one_worked_out_by_hand(instance):
    # Needed 2, 3, 3, 1 from 8 to 12. Shifts 08-10 (x), 09-11 (y), 10-12 (z): x >= 2, x + y >= 3, y + z >= 3, z >= 1.
    # x = 2 leaves y >= 1; then z >= 2. Five people do (2 + 1 + 2 or 2 + 2 + 1), four do not: x >= 2 and y + z >= 3.
    required = np.zeros((1, 1, 24))
    required[0, 0, 8:12] = [2, 3, 3, 1]
    found = cover(instance, required)
    assert sum(found.heads) == 5
    assert found.bound == pytest.approx(200.0)
    assert found.heads in ((2, 1, 2), (2, 2, 1))


def test_a_cut_moves_the_cheapest_plan(instance):
    # x + y >= 2 is met by two people. With y + 2 z >= 3 on top three are needed, say one on each: of two people only
    # y = z = 1 or z = 2 meet the second row, and both break the first.
    rows = [Row(np.array([1.0, 1.0, 0.0]), 2.0), Row(np.array([0.0, 1.0, 2.0]), 3.0)]
    assert sum(solve(instance, rows[:1]).heads) == 2
    assert sum(solve(instance, rows).heads) == 3


def test_of_equal_cost_the_plan_with_most_to_spare_is_taken(instance):
    # x + z >= 1.5, x >= 0.5: two people; (2, 0, 0) and (1, 0, 1) have 0.5 to spare at most in the first row, 1.5 and
    # 0.5 in the second: least 0.5 both. With z >= 0.2 as well only (1, 0, 1) does.
    rows = [
        Row(np.array([1.0, 0.0, 1.0]), 1.5),
        Row(np.array([1.0, 0.0, 0.0]), 0.5),
        Row(np.array([0.0, 0.0, 1.0]), 0.2),
    ]
    assert solve(instance, rows).heads == (1, 0, 1)


def test_what_cannot_be_met_is_short(instance):
    # At most 12 people: 20 at once lack 8.
    found = solve(instance, [Row(np.array([1.0, 0.0, 0.0]), 20.0)])
    assert found.short == pytest.approx(8.0)
    assert sum(found.heads) == 12


def test_of_rows_alike_the_one_that_asks_for_most_counts(instance):
    same = np.array([1.0, 1.0, 0.0])
    assert sum(solve(instance, [Row(same, 1.0), Row(same.copy(), 4.0), Row(same, 2.0)]).heads) == 4


@pytest.mark.parametrize("kind", ["sl", "abandonment"])
def test_what_one_more_operator_does_is_the_difference_of_erlang_a(kind):
    # At a value half way between those of 5 and 6 operators, one more leads from 5 to 6: that difference.
    load, aht = KNOT**40, 180.0
    curve = Requirement(Target(kind, 0.8 if kind == "sl" else 0.1), aht, 240.0, 20.0)
    queue = ErlangA(np.array([5, 6]), load / aht, 1 / aht, 1 / 240.0)
    five, six = curve.target.of_erlang(queue, 20.0)
    assert curve.gain(load, (five + six) / 2) == pytest.approx(six - five)
    assert curve.gain(load, 0.999 if kind == "sl" else 0.001) == pytest.approx(0.0, abs=0.02)


# ---- the test ---------------------------------------------------------------------------------------------------


def test_bounds_of_a_share_are_exact():
    # Clopper-Pearson at 2.5 %: 5 of 10 gives (.1871, .8129); 10 of 10 gives (.6915, 1).
    excess = np.array([[1.0, 1.0], [-1.0, 1.0]] * 5)
    estimate, low, high = bounds(excess, np.array([0.5, 0.5]), 0.025)
    assert estimate.tolist() == [0.5, 1.0]
    assert low == pytest.approx([0.1871, 0.6915], abs=5e-5)
    assert high == pytest.approx([0.8129, 1.0], abs=5e-5)


def test_bounds_of_a_mean_are_students():
    # 0, 2: mean 1, standard error 1, t(1) at 5 % is 6.314.
    _, low, high = bounds(np.array([[0.0], [2.0]]), np.array([0.0]), 0.05)
    assert (low[0], high[0]) == pytest.approx((1 - 6.3138, 1 + 6.3138), abs=1e-3)


def test_looks_double_and_spend_the_whole_error():
    assert [n for n, _ in looks(16)] == [2, 4, 8, 16]
    assert sum(share for _, share in looks(16)) == pytest.approx(1.0)


def test_a_plan_that_just_misses_is_seldom_called_holding():
    # 20 cells; each is reached on exactly 80 % of days where 80 % are wanted... but one, on 79 %. Error wanted 10 %.
    # 400 tests: the count of errors is at most binomial(400, .1): mean 40, sd 6; more than 58 would be 3 sd off.
    errors = 0
    shares = np.full(20, 0.97)
    shares[3] = 0.79
    for _ in range(400):
        days = np.where(RNG.random((320, 20)) < shares, 1.0, -1.0)
        errors += test_plan(lambda n, days=days: days[: 20 * n], np.full(20, 0.8), 16, 0.1).verdict == HOLDS
    assert errors <= 58


def test_a_mean_on_the_edge_is_called_holding_as_often_as_the_error_allows():
    # Mean exactly 0, the edge: each of the looks errs with its share of 10 %; together below 10 %, and not by far.
    errors = sum(
        test_plan(lambda n, d=d: d[: 20 * n], np.zeros(1), 16, 0.1).verdict == HOLDS
        for d in RNG.normal(0.0, 1.0, (600, 320, 1))
    )
    assert 15 <= errors <= 82  # binomial(600, .1) ends at 60 + 3 x 7.3


def test_a_ladder_errs_no_more_than_one_test():
    # The safest of four holds, the other three just miss: some of them is called holding in 10 % of ladders at most.
    means = [1.0, 0.0, 0.0, 0.0]
    errors = 0
    for _ in range(300):
        noise = RNG.normal(0.0, 1.0, (320, 1))
        draws = [lambda n, m=m, x=noise: m + x[: 20 * n] for m in means]
        found = test_ladder(draws, np.zeros(1), 16, 0.1)
        assert found[0].verdict == HOLDS
        errors += any(shown.verdict == HOLDS for shown in found[1:])
    assert errors <= 46  # 30 + 3 x 5.2


def test_good_plans_pass_and_bad_ones_are_seen_through():
    good = np.where(RNG.random((320, 5)) < 0.99, 1.0, -1.0)
    bad = np.where(RNG.random((320, 5)) < 0.5, 1.0, -1.0)
    assert show(good, np.full(5, 0.9), 0.05).verdict == HOLDS
    assert show(bad, np.full(5, 0.9), 0.05).verdict == MISSES


# ---- selection --------------------------------------------------------------------------------------------------


def test_kim_and_nelson_find_the_best_of_five():
    # Means 0, 1, 2, 3, 4 with strong common luck; wrong in 5 % at most of 100: mean 5, three sd above are 11.
    wrong, seen = 0, []
    for _ in range(100):
        luck = 5.0 * RNG.normal(size=(2000, 1))
        costs = np.arange(5.0) + luck + RNG.normal(size=(2000, 5))
        left, n = kim_nelson(lambda n, systems, x=costs: x[:n, systems], 5, 1.0, 0.05, 2000)
        wrong += left != [0]
        seen.append(n)
    assert wrong <= 11
    assert np.mean(seen) < 200  # without common luck some 50 times as many


def test_exact_costs_are_told_apart_at_once():
    costs = np.tile([3.0, 1.0, 2.0], (50, 1))
    assert kim_nelson(lambda n, systems: costs[:n, systems], 3, 0.5, 0.05, 50) == ([1], 20)
    assert kim_nelson(lambda n, systems: costs[:n, systems], 1, 0.5, 0.05, 50) == ([0], 0)


def test_what_the_solver_prints_is_not_on_stdout(capfd, monkeypatch):
    monkeypatch.setattr(program, "scipy_milp", lambda: os.write(1, b"tmpSolver.run()"))
    program.milp()
    os.write(1, b"{}")
    assert capfd.readouterr() == ("{}", "tmpSolver.run()")
