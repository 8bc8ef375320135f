"""The methods on problems of which the answer is known: Gaussian, cubic, linear."""

import numpy as np
import pytest

from calibration.fit.emulator import Emulator, terms
from calibration.fit.ensemble import INFLATIONS, es_mda_step, learned, slopes, smooth, space_filling
from calibration.fit.identified import correlations, directions, estimates, profiles, worst
from calibration.fit.parameters import Box, Parameter
from calibration.fit.posterior import Likelihood

H = np.array([[1.0, 0.5], [0.0, 1.0], [1.0, -1.0]])
NOISE = np.diag([0.3, 0.2, 0.4])
SEEN = np.array([0.8, -0.3, 0.9])


def exact():
    """Posterior of z ~ N(0, 1) seen as H z + noise: covariance (1 + H'C^-1 H)^-1."""
    precision = np.eye(2) + H.T @ np.linalg.inv(NOISE) @ H
    covariance = np.linalg.inv(precision)
    return covariance @ H.T @ np.linalg.inv(NOISE) @ SEEN, covariance


def test_the_smoother_meets_the_exact_posterior_of_a_linear_problem():
    mean, covariance = exact()
    rng = np.random.default_rng(3)
    z = rng.standard_normal((2, 4000))
    for alpha in (8.0, 4.0, 1.6):  # 1/8 + 1/4 + 1/1.6 = 1
        z = es_mda_step(z, H @ z, SEEN, NOISE, alpha, rng)
    np.testing.assert_allclose(z.mean(axis=1), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(z), covariance, atol=0.03)


def test_learned_summaries_lose_nothing_of_a_linear_problem():
    mean, covariance = exact()
    rounds = smooth(
        lambda z: z @ H.T, SEEN, NOISE, space_filling(3000, np.zeros(2), np.ones(2), 1), np.random.default_rng(1)
    )
    np.testing.assert_allclose(rounds.ensemble.mean(axis=0), mean, atol=0.06)
    np.testing.assert_allclose(np.cov(rounds.ensemble.T), covariance, atol=0.06)
    assert len(rounds.points) == len(rounds.outcomes) == 3


def test_slopes_and_projection_of_an_exact_line():
    z = space_filling(20, np.zeros(2), np.ones(2), 2)
    np.testing.assert_allclose(slopes(z, z @ H.T), H, atol=1e-9)
    # one summary a parameter, each answering one for one: P H = 1
    np.testing.assert_allclose(learned(H, np.linalg.inv(NOISE)) @ H, np.eye(2), atol=1e-9)
    blind = learned(np.column_stack([H[:, 0], np.zeros(3)]), np.linalg.inv(NOISE))
    np.testing.assert_allclose(blind[1], 0.0, atol=1e-9)  # a parameter without effect gets nothing


def test_the_emulator_is_exact_on_a_cubic():
    rng = np.random.default_rng(5)
    z, new = rng.normal(size=(60, 2)), rng.normal(size=(9, 2))

    def cubic(z):
        return np.column_stack([1 + z[:, 0] - 2 * z[:, 0] * z[:, 1] + z[:, 1] ** 3, z[:, 0] ** 2 - z[:, 0] ** 3])

    emulator = Emulator.fitted(z, cubic(z))
    np.testing.assert_allclose(emulator.mean(new), cubic(new), atol=1e-8)
    assert np.abs(emulator.residual).max() < 1e-15
    assert terms(new).shape[1] == 1 + 2 + 3 + 2
    assert (emulator.doubt(10 * new) > emulator.doubt(0 * new)).all()


def test_the_likelihood_widens_with_the_noise():
    rng = np.random.default_rng(2)
    z = rng.normal(size=(300, 2))
    emulator = Emulator.fitted(z, z @ H.T + rng.multivariate_normal(np.zeros(3), NOISE, 300))
    narrow, wide = (Likelihood.of(emulator, SEEN, np.zeros(2), np.ones(2), widening=w) for w in (1.0, 4.0))
    point = np.array([1.0, 1.0])
    assert narrow.chi2(point) / wide.chi2(point) == 4.0
    assert narrow(np.array([[9.0, 0.0], [1.0, 1.0]])) == pytest.approx([-np.inf, narrow(point)[0]])


def test_a_parameter_without_effect_is_said_to_be_not_identified():
    box = Box((Parameter("seen", ("x",), 0.0, 1.0), Parameter("unseen", ("y",), 0.0, 1.0)))
    rng = np.random.default_rng(4)
    draws = rng.standard_normal((4000, 2)) * [0.1, 1.0]
    seen, unseen = estimates(box, draws)
    assert seen.is_identified
    assert seen.contraction > 0.98
    assert not unseen.is_identified
    assert "not identified" in unseen.remark
    sizes = directions(box, np.array([[2.0, 0.0], [0.0, 0.0]]), np.eye(2))
    assert [name for _, name in sizes] == ["seen", "unseen"]
    np.testing.assert_allclose([size for size, _ in sizes], [2.0, 0.0], atol=1e-12)


def test_what_trades_off_and_what_is_worst_met():
    box = Box((Parameter("a", ("x",), 0.0, 1.0), Parameter("b", ("y",), 0.0, 1.0)))
    a = np.random.default_rng(1).standard_normal(2000)
    ((first, second, r),) = correlations(box, np.column_stack([a, -a + 0.1 * a[::-1]]))
    assert {first, second} == {"a", "b"}
    assert r < -0.98
    assert worst(("p", "q", "r"), np.array([0.1, -3.0, 1.0]), 2) == [("q", -3.0), ("r", 1.0)]


def test_profiles_follow_a_valley_that_the_draws_do_not_reach():
    """chi2 = ((z1 - z2) / 0.05)^2 + z1^2: with z1 held the best z2 is beside it, and chi2 is z1^2 all along."""
    box = Box(tuple(Parameter(name, ("x",), 0.0, 1.0) for name in ("one", "two", "three")))

    def chi2(z):
        return ((z[0] - z[1]) / 0.05) ** 2 + z[0] ** 2 + (z[2] - 0.3 * z[0]) ** 2

    draws = np.random.default_rng(1).normal(size=(400, 3)) * [0.2, 0.2, 0.1]
    draws[:, 1] = draws[:, 0] + 0.05 * draws[:, 2]
    for name in ("one", "two"):
        held = np.linspace(-1.8, 1.8, 9)
        assert [level for _, level in profiles(box, chi2, draws)[name]] == pytest.approx(held**2, rel=0.02, abs=0.01)


def test_the_rounds_take_the_data_in_once():
    assert sum(1 / alpha for alpha in INFLATIONS) == pytest.approx(1)


def test_what_the_emulator_leaves_over_counts_the_runs_less_the_terms():
    """A line with noise, 30 runs: 1, z, z^2, z^3 are fitted, so that the variance is that of 26 free runs."""
    rng = np.random.default_rng(4)
    z, y = rng.normal(size=(30, 1)), rng.normal(size=(30, 1))
    found = Emulator.fitted(z, y)
    left = y - found.mean(z)
    assert found.n_free == 26
    assert found.residual[0, 0] == pytest.approx(float(np.sum(left**2)) / 26)


def test_the_likelihood_by_hand():
    """Residual variance 1 of 26 free runs, one summary: precision 23 / 25; the emulator's own doubt widens both."""
    flat = Emulator(np.zeros((4, 1)), np.eye(1), np.diag([0.25, 0, 0, 0]), np.zeros(1), np.ones(1), True, 26)
    likelihood = Likelihood.of(flat, np.array([2.0]), np.zeros(1), np.ones(1))
    z = np.array([0.5])
    assert likelihood.chi2(z) == pytest.approx(4 * 23 / 25 / 1.25)
    assert likelihood(z) == pytest.approx(-(4 * 23 / 25 / 1.25) / 2 - np.log(1.25) / 2 - 0.125)
    assert likelihood(np.array([3.0])) == -np.inf
