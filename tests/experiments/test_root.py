"""Break-even roots on made-up curves: found, narrowed, covered, and told when there is none."""

import math

import numpy as np
import pytest

from experiments.compare.root import curve, find_root


def line(slope, at, n, rng, own=0.3, shared=1.0):
    """Replications of slope * (x - at), each with an offset of its own and a little noise at each point."""
    offset = rng.normal(0, own, n)
    return lambda x: slope * (x - at) + offset + rng.normal(0, 0.02, n) * shared


def ends(f):
    return {0.0: f(0.0), 1.0: f(1.0)}


def test_a_line_is_found_at_once():
    f = line(10.0, 0.3, 20, np.random.default_rng(1))
    root = find_root(f, ends(f))
    assert root.at == pytest.approx(0.3, abs=0.02)
    assert root.is_rising
    assert root.low < 0.3 < root.high
    assert root.n_crossings == 1


def test_the_interval_is_fieller_s_where_the_curve_is_a_line():
    # y = 10 x - 3 + e with e = -1, 0, 1: mean root .3; |10 x - 3| <= t(2) * 1 / sqrt(3) = 2.484
    e = np.array([-1.0, 0.0, 1.0])
    points = {0.0: -3.0 + e, 1.0: 7.0 + e}
    root = find_root(lambda x: 10 * x - 3 + e, points, steps=0)
    half = 4.302653 / math.sqrt(3) / 10
    assert root.at == pytest.approx(0.3)
    assert (root.low, root.high) == pytest.approx((0.3 - half, 0.3 + half), abs=1e-3)


def test_a_bent_curve_is_narrowed_around_its_root():
    f = lambda x: np.array([-0.01, 0.0, 0.01]) + x**3 - 0.027  # noqa: E731
    root = find_root(f, ends(f), steps=8)
    assert root.at == pytest.approx(0.3, abs=0.02)
    assert len(root.points) > 3


def test_no_root_is_told():
    f = lambda x: np.array([4.9, 5.0, 5.1]) + x  # noqa: E731
    root = find_root(f, ends(f))
    assert not root.is_found
    assert math.isnan(root.low)
    assert len(root.points) == 2  # nothing to narrow


def test_an_interval_may_go_on_beyond_the_range():
    e = np.array([-1.0, 0.0, 1.0])
    root = find_root(lambda x: x - 0.5 + e, {0.0: -0.5 + e, 1.0: 0.5 + e}, steps=0)
    assert (root.low, root.high) == (0.0, 1.0)


def test_of_two_crossings_the_nearest_to_the_present_value_is_told():
    f = lambda x: np.array([-0.001, 0.0, 0.001]) + (x - 0.2) * (x - 0.9)  # noqa: E731
    points = {at: f(at) for at in (0.0, 0.5, 1.0)}
    low = find_root(f, dict(points), near=0.1, steps=8)
    high = find_root(f, dict(points), near=1.0, steps=8)
    assert (low.at, high.at) == (pytest.approx(0.2, abs=0.02), pytest.approx(0.9, abs=0.02))
    assert (low.is_rising, high.is_rising) == (False, True)
    assert low.n_crossings == 2


def test_the_interval_covers_the_true_value():
    rng = np.random.default_rng(5)
    hits, trials = 0, 200
    for _ in range(trials):
        f = line(2.0, 0.4, 10, rng)
        root = find_root(f, ends(f), steps=2)
        hits += root.low - 5e-4 <= 0.4 <= root.high + 5e-4
    assert 0.90 <= hits / trials <= 0.99  # .95 with a standard error of .015


def test_between_points_each_replication_has_its_line():
    grid, mean, width = curve({0.0: np.array([0.0, 2.0]), 1.0: np.array([1.0, 5.0])}, 3)
    # at .5 the two replications stand at .5 and 3.5: mean 2, s.e. 1.5
    assert list(grid) == [0.0, 0.5, 1.0]
    assert mean == pytest.approx([1.0, 2.0, 3.0])
    assert width[1] == pytest.approx(1.5 * 12.7062, rel=1e-4)
