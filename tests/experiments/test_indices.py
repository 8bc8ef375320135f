"""Sensitivity indices against functions whose indices are known."""

import numpy as np
import pytest

from experiments.sensitivity.indices import Design, analyse, effects


def ishigami(shares, a=7.0, b=0.1):
    """Ishigami & Homma (1990) on [-pi, pi]: first-order indices .3139, .4424, 0; total .5576, .4424, .2437."""
    x = np.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(shares, a=(0.0, 1.0, 9.0, 99.0)):
    """Sobol's g: each factor's variance alone is 1 / (3 (1 + a)^2)."""
    a = np.array(a)
    return np.prod((np.abs(4 * shares - 2) + a) / (1 + a), axis=1)


def test_sobol_finds_the_indices_of_ishigami():
    design = Design.of("sobol", 3, 2048)
    assert len(design.shares) == 2048 * 5
    found = analyse(design, ishigami(design.shares)[None], ["x1", "x2", "x3"])
    assert found["first"].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found["total"].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert (found.first_low <= found["first"]).all()
    assert (found.first_high >= found["first"]).all()
    assert found.luck_se.isna().all()


def test_sobol_finds_the_indices_of_the_g_function():
    design = Design.of("sobol", 4, 1024)
    found = analyse(design, g_function(design.shares)[None], list("abcd"))
    alone = 1 / (3 * (1 + np.array([0.0, 1.0, 9.0, 99.0])) ** 2)
    expected = alone / (np.prod(1 + alone) - 1)
    assert found["first"].to_numpy() == pytest.approx(expected, abs=0.04)
    assert list(found["total"].rank(ascending=False)) == [1, 2, 3, 4]


def test_intervals_of_sobol_cover_the_truth():
    hits = 0
    for seed in range(12):
        design = Design.of("sobol", 3, 128, seed=seed)
        found = analyse(design, ishigami(design.shares)[None], ["x1", "x2", "x3"])
        hits += int(
            ((found.total_low <= [0.5576, 0.4424, 0.2437]) & (found.total_high >= [0.5576, 0.4424, 0.2437])).sum()
        )
    assert hits >= 27  # of 36


def test_morris_gives_a_line_its_slopes_and_no_spread():
    design = Design.of("morris", 3, 5)
    assert len(design.shares) == 5 * 4
    y = design.shares @ np.array([3.0, -2.0, 0.0]) + 7
    found = analyse(design, np.stack([y, y + 0.1]), ["a", "b", "c"])
    assert found.effect.to_numpy() == pytest.approx([3, -2, 0])
    assert found.mu_star.to_numpy() == pytest.approx([3, 2, 0])
    assert found.sigma.to_numpy() == pytest.approx([0, 0, 0], abs=1e-9)
    assert found.luck_se.to_numpy() == pytest.approx([0, 0, 0], abs=1e-9)


def test_morris_ranks_ishigami_and_sees_that_it_bends():
    design = Design.of("morris", 3, 200, levels=8)
    found = analyse(design, ishigami(design.shares)[None], ["x1", "x2", "x3"])
    assert (found.sigma > 0.5 * found.mu_star).all()
    assert abs(found.effect[1]) < 0.2 * found.mu_star[1]  # up and down cancel, the absolute effects do not


def test_luck_is_the_spread_over_replications():
    design = Design.of("morris", 1, 4)
    runs = np.stack([design.shares[:, 0] * slope for slope in (1.0, 2.0, 3.0)])
    found = analyse(design, runs, ["x"])
    assert found.mu_star[0] == pytest.approx(2.0)
    assert found.luck_se[0] == pytest.approx(1 / 3**0.5)


def test_what_nothing_moves_has_zero_indices():
    design = Design.of("sobol", 2, 8)
    found = analyse(design, np.ones((1, len(design.shares))), ["a", "b"])
    assert (found["total"] == 0).all()


def test_effects_are_means_over_the_other_factors_with_their_standard_errors():
    # y = 2 x0 + 4 x0 x1: with the other at 1/2 on average, x0 moves y by 2 + 4/2 = 4 over its range, x1 by 2.
    design = Design.of("sobol", 2, 256)
    y = 2 * design.shares[:, 0] + 4 * design.shares.prod(axis=1)
    slope, error = effects(design.shares, y, 256).T
    assert (np.abs(slope - [4, 2]) < 3.5 * error).all()
    assert (error < 0.15).all()  # sd of the slope 4/sqrt(12) over 256 pairs, weighted by the squares of their steps
    plain = effects(design.shares, y + 100 * (design.shares[:, 1] > 0.5), 256)
    assert plain[0] == pytest.approx([slope[0], error[0]])  # what another factor does is not in it
