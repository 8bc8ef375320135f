"""The fit on straight lines with noise: what it must find is worked out by hand, no centre is simulated."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm

from calibration.fit.emulator import Emulator
from calibration.fit.ensemble import es_mda_step, space_filling
from calibration.fit.fit import fit
from calibration.fit.identified import correlations, directions, estimates, profiles
from calibration.fit.parameters import MOST_Z, Box, Parameter
from calibration.fit.posterior import Likelihood
from calibration.fit.simulator import Simulator
from calibration.fit.smm import NOISE_FROM, NOISE_RUNS, best_start, fit_moments, noise_covariance

H = np.array([[1.0, 0.5], [0.0, 1.0], [1.0, -1.0], [0.5, 0.5]])
NOISE = np.array([[0.04, 0.01, 0, 0], [0.01, 0.09, 0, 0], [0, 0, 0.16, 0], [0, 0, 0, 0.01]])
SEEN = H @ [0.6, -0.4] + [0.1, 0.2, -0.1, 0.05]
ROOT = np.linalg.cholesky(NOISE)


def two(start=(0.0, 0.0), spread=(1.0, 1.0)):
    """Parameters from -3 to 3, of which the problems below see the coordinate of the box."""
    shares = -3 + 6 * norm.cdf(start)
    return Box(tuple(
        Parameter(name, ("x",), -3.0, 3.0, share, of)
        for name, share, of in zip(("one", "two"), shares, spread, strict=True)
    ))  # fmt: skip


@dataclass
class Lines:
    """Summaries H z and noise that follows from the replication alone: with common ones the slopes are exact."""

    matrix: np.ndarray = field(default_factory=lambda: H)
    observed: np.ndarray = field(default_factory=lambda: SEEN)
    box: Box = field(default_factory=two)
    root: np.ndarray = field(default_factory=lambda: ROOT)
    error: np.ndarray = field(default_factory=lambda: np.zeros(len(H)))
    seed: int = 1
    resolved: dict = field(default_factory=dict)
    made: list = field(default_factory=list)

    @property
    def names(self):
        return tuple(f"summary {i}" for i in range(len(self.observed)))

    @property
    def model_error(self):
        return np.diag(self.error**2)

    def luck(self, replication):
        return self.root @ np.random.default_rng(replication).standard_normal(len(self.observed))

    def summary(self, z, replication):
        self.made.append((z.copy(), replication))
        return self.matrix @ z + self.luck(replication)

    def record(self, z, replication):
        return self.summary(z, replication)


def bayes(problem, noise, observed, widening=1.0):
    """Posterior mean and covariance of z seen as H z with normal noise."""
    prior = np.diag(1 / problem.box.spread**2)
    data = problem.matrix.T @ np.linalg.inv(noise * widening)
    covariance = np.linalg.inv(data @ problem.matrix + prior)
    return covariance @ (data @ observed + prior @ problem.box.centre), covariance


# ---- simulated moments ------------------------------------------------------------------------------------------


def test_moments_of_straight_lines_are_the_posterior_by_hand():
    """Eight runs a point with replications 0 to 7, their mean luck known; weight 54 / 59 of the inverse, over 1 + 1/8;
    a prior beside the middle, the second one half as wide."""
    problem = Lines(box=two((0.4, -0.2), (1.0, 0.5)))
    with Simulator(problem) as simulator:
        found = fit_moments(simulator, noise=NOISE)
    luck = np.mean([problem.luck(i) for i in range(8)], axis=0)
    weighed = NOISE * (1 + 1 / 8) * (NOISE_RUNS - 1) / (NOISE_RUNS - 4 - 2)
    mean, covariance = bayes(problem, weighed, SEEN - luck)
    np.testing.assert_allclose(found.jacobian, H, atol=1e-9)
    np.testing.assert_allclose(found.z, mean, atol=1e-4)
    np.testing.assert_allclose(found.posterior()[1], covariance, rtol=1e-6)
    left = SEEN - luck - H @ mean
    np.testing.assert_allclose(found.residuals, left / np.sqrt(np.diag(NOISE)), atol=1e-3)
    assert found.chi2 == pytest.approx(left @ np.linalg.inv(weighed) @ left, rel=1e-3)
    assert found.n_free == 2


@pytest.mark.parametrize("widening", [1.0, 3.0])
def test_noise_that_is_widened_leaves_the_prior_as_it_is(widening):
    """As with the ensemble: the summaries count for less, mean and covariance fall back to the prior's."""
    problem = Lines(box=two((0.4, -0.2), (1.0, 0.5)), root=0 * ROOT)
    with Simulator(problem) as simulator:
        found = fit_moments(simulator, noise=NOISE)
    weighed = NOISE * (1 + 1 / 8) * (NOISE_RUNS - 1) / (NOISE_RUNS - 4 - 2)
    mean, covariance = bayes(problem, weighed, SEEN, widening)
    got = found.posterior(widening)
    np.testing.assert_allclose(got[0], mean, atol=1e-3)
    np.testing.assert_allclose(got[1], covariance, rtol=1e-6)


def test_data_that_cannot_be_met_make_no_parameter_less_known_than_its_prior():
    """The second parameter moves nothing; the data lie far off the line of the first (about 1,000 times the noise)."""
    problem = Lines(matrix=H * [1.0, 0.0], observed=SEEN + [0.0, 30.0, 0.0, 0.0])
    found = fit(problem, quick=True)
    assert found.widening > 1000
    one, two_ = found.estimates
    assert one.contraction > -0.05
    assert two_.contraction == pytest.approx(0.0, abs=0.05)
    assert np.abs(found.draws).max() <= MOST_Z


def test_the_quick_fit_takes_noise_and_the_model_s_own_error_together():
    problem = Lines(error=np.array([0.5, 0.5, 0.5, 0.5]))
    found = fit(problem, quick=True)
    with Simulator(Lines()) as simulator:
        noise = noise_covariance(simulator, np.zeros(2)) + problem.model_error
    weighed = noise * (1 + 1 / 8) * (NOISE_RUNS - 1) / (NOISE_RUNS - 4 - 2)
    luck = np.mean([problem.luck(i) for i in range(8)], axis=0)
    mean, covariance = bayes(problem, weighed, SEEN - luck)
    assert found.widening == 1.0
    np.testing.assert_allclose(found.draws.mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(found.draws.T), covariance, atol=0.08 * np.sqrt(covariance.max()))


def test_the_quick_fit_has_profiles_along_its_straight_lines():
    """Least over the second of |W (left - J (z - z*))|^2, a parabola in the first, from the normal equations."""
    found = fit(Lines(root=0.5 * ROOT), quick=True)
    assert found.profiled_by.startswith("by straight lines")
    with Simulator(Lines(root=0.5 * ROOT)) as simulator:
        problem = simulator.problem
        noise = noise_covariance(simulator, np.zeros(2))
        weight = np.linalg.inv(noise * (1 + 1 / 8) * (NOISE_RUNS - 1) / (NOISE_RUNS - 4 - 2))
    seen = SEEN - np.mean([problem.luck(i) for i in range(8)], axis=0)
    for i, name in enumerate(problem.box.names):
        own, other = H[:, i], H[:, 1 - i]
        for value, level in found.profiles[name][3:6]:  # there the best of the other lies inside the box
            left = seen - own * problem.box.parameters[i].z(value)
            left = left - other * (other @ weight @ left) / (other @ weight @ other)
            assert level == pytest.approx(left @ weight @ left / found.widening, rel=0.01, abs=0.05)


def test_the_noise_is_that_of_replications_which_no_fit_sees():
    problem = Lines()
    with Simulator(problem) as simulator:
        found = noise_covariance(simulator, np.array([0.3, 0.1]), 30)
    luck = np.cov(np.array([problem.luck(NOISE_FROM + i) for i in range(30)]).T)
    np.testing.assert_allclose(found, 0.98 * luck + 0.02 * np.diag(np.diag(luck)), rtol=1e-6, atol=1e-9)
    for quick in (True, False):
        problem = Lines()
        fit(problem, 90, quick=quick)
        of_noise = [replication for _, replication in problem.made if replication >= NOISE_FROM]
        others = [replication for _, replication in problem.made if replication < NOISE_FROM]
        assert len(set(of_noise)) == len(of_noise)
        assert others
        if not quick:  # each run of the ensemble has luck of its own
            assert len(set(others)) == len(others)


def test_the_start_is_the_nearest_of_runs_with_the_same_luck():
    """Luck far above what parameters do; the data are a run with replication 0 at a known place."""
    problem = Lines(root=20 * ROOT)
    place = np.array([0.9, -0.8])
    problem.observed = H @ place + problem.luck(0)
    design = space_filling(12, np.zeros(2), np.ones(2), problem.seed)
    design[0] = 0.0
    with Simulator(problem) as simulator:
        found = best_start(simulator, 1e6 * np.eye(4))
        nearest = min(design, key=lambda z: float(((H @ (z - place)) ** 2).sum()))
        assert found.tolist() == nearest.tolist()
        assert best_start(simulator, 1e-6 * np.eye(4)).tolist() == [0.0, 0.0], "data of no weight: the prior's middle"


# ---- ensemble, emulator, walk -----------------------------------------------------------------------------------


def test_no_point_leaves_the_box():
    """Data that ask for 6 and -6 standard deviations of the prior."""
    problem = Lines(observed=H @ [6.0, -6.0], root=0.1 * ROOT)
    found = fit(problem, 90)
    assert np.abs([z for z, _ in problem.made]).max() <= MOST_Z
    assert np.abs(found.draws).max() <= MOST_Z
    problem.made.clear()
    assert np.abs(fit(problem, quick=True).draws).max() <= MOST_Z
    assert np.abs([z for z, _ in problem.made]).max() <= MOST_Z


def test_a_design_stays_in_the_box():
    assert np.abs(space_filling(2000, np.array([2.0]), np.ones(1), 1)).max() == MOST_Z


def test_one_update_of_three_members_by_hand():
    """z -1, 0, 1 and y twice that: covariances 2 and 4 (over 2 members less one); noise 1, alpha 4, no luck: gain
    2 / (4 + 4) = 1/4; observed 3: to -1 + 5/4, 3/4, 1 + 1/4. With luck 1 of each the data are 3 + sqrt 4."""
    z = np.array([[-1.0, 0.0, 1.0]])

    def with_luck(luck):
        drawn = SimpleNamespace(multivariate_normal=lambda mean, noise, n, method: np.full((n, 1), luck))
        return es_mda_step(z, 2 * z, np.array([3.0]), np.eye(1), 4.0, drawn)

    np.testing.assert_allclose(with_luck(0.0), [[0.25, 0.75, 1.25]])
    np.testing.assert_allclose(with_luck(1.0), [[0.75, 1.25, 1.75]])


@pytest.fixture(scope="module")
def with_error():
    """A fit where the model's own error is far above the noise."""
    return fit(Lines(error=np.full(4, 0.6), root=0.3 * ROOT), 240)


def test_the_ensemble_s_posterior_takes_in_the_model_s_own_error(with_error):
    problem = with_error.problem
    mean, covariance = bayes(problem, 0.09 * NOISE + problem.model_error, SEEN)
    assert with_error.widening == 1.0
    np.testing.assert_allclose(with_error.draws.mean(axis=0), mean, atol=0.06)
    np.testing.assert_allclose(np.cov(with_error.draws.T), covariance, atol=0.1 * covariance.max())
    left = (SEEN - H @ mean) / np.sqrt(np.diag(0.09 * NOISE + problem.model_error))
    assert [name for name, _ in with_error.worst] == [f"summary {i}" for i in np.argsort(-np.abs(left))[:3]]
    assert [size for _, size in with_error.worst] == pytest.approx(sorted(left, key=abs)[:0:-1], abs=0.1)


def test_the_emulator_is_judged_by_the_noise_of_a_run_alone(with_error):
    assert 0.7 < with_error.convergence["emulator_misses"] < 1.5


def test_the_ensemble_widens_where_the_data_cannot_be_met():
    """Off the plane of the model by 3 standard deviations of each of the two directions left: chi2 about 18 of 2."""
    inverse = np.linalg.inv(NOISE)
    off = np.linalg.svd((np.linalg.cholesky(inverse).T @ H).T)[2][2:].sum(axis=0)  # unit vectors, orthogonal, whitened
    problem = Lines(observed=H @ [0.6, -0.4] + np.linalg.solve(np.linalg.cholesky(inverse).T, 3 * off))
    found = fit(problem, 240)
    mean, covariance = bayes(problem, NOISE, problem.observed, found.widening)
    assert found.widening == pytest.approx(9, rel=0.35)
    assert found.widening == pytest.approx(found.chi2 / 2)
    np.testing.assert_allclose(found.draws.mean(axis=0), mean, atol=0.15)
    np.testing.assert_allclose(found.draws.var(axis=0), np.diag(covariance), rtol=0.35)
    assert fit(replace(problem, observed=H @ [0.6, -0.4], made=[]), 240).widening == 1.0


def test_draws_for_a_forecast_are_taken_evenly_from_the_whole_walk(with_error):
    found = replace(with_error, draws=np.arange(1000.0)[:, None])
    assert sorted(found.drawn(4)[:, 0]) == [0, 333, 666, 999]


def test_the_likelihood_with_prior_and_error_by_hand():
    """Two summaries, residual variance 1 of 26 free runs and 3 of the model's own: 25 / 22 + 3 of each; prior about 1
    of half the width; the emulator's doubt 1/4 twice in the logarithm."""
    flat = Emulator(np.zeros((4, 2)), np.eye(2), np.diag([0.25, 0, 0, 0]), np.zeros(1), np.ones(1), True, 26)
    found = Likelihood.of(flat, np.array([2.0, 1.0]), np.ones(1), np.full(1, 0.5), 3 * np.eye(2))
    chi2 = 5 / (25 / 22 + 3) / 1.25
    assert found.chi2(np.array([0.5])) == pytest.approx(chi2)
    assert found(np.array([0.5])) == pytest.approx(-chi2 / 2 - np.log(1.25) - 0.5)
    few = Likelihood.of(replace(flat, n_free=3), np.array([2.0, 1.0]), np.ones(1), np.ones(1))
    assert few.precision[0, 0] == pytest.approx(0.1), "of fewer free runs than summaries a tenth is left"


def test_the_emulator_s_doubt_is_that_of_its_mean():
    """A constant and cubic terms of 30 runs at three places, ten at each: at one of them the variance is a tenth."""
    z = np.repeat([[-1.0], [0.0], [1.0]], 10, axis=0)
    found = Emulator.fitted(z, np.zeros((30, 1)))
    np.testing.assert_allclose(found.doubt(np.array([[-1.0], [0.0], [1.0]])), 0.1)


def test_cubic_terms_take_twice_as_many_runs():
    """Of two parameters 1 + 2 + 3 terms and 2 cubic ones."""
    z = np.random.default_rng(1).normal(size=(16, 2))
    assert Emulator.fitted(z, z).coefficients.shape[0] == 8
    assert Emulator.fitted(z[:15], z[:15]).coefficients.shape[0] == 6


# ---- what is said of the parameters -----------------------------------------------------------------------------


def test_estimates_of_an_even_spread_by_hand():
    """Values evenly between 0 and 2: median 1, nine tenths between 0.1 and 1.9, standard deviation 1 / sqrt 3; the
    draws' variance of 1/16 beside that of the prior: of 1, 1/4 and 1/8."""
    even = norm.ppf((np.arange(4000) + 0.5) / 4000)
    (found,) = estimates(Box((Parameter("a", ("x",), 0.0, 2.0),)), even[:, None])
    assert (found.value, found.low, found.high) == pytest.approx((1.0, 0.1, 1.9), abs=1e-3)
    assert found.se == pytest.approx(3**-0.5, rel=1e-3)
    spreads = (1.0, 0.5, 8**-0.5)
    box = Box(tuple(Parameter(f"p{i}", ("x",), 0.0, 1.0, spread=of) for i, of in enumerate(spreads)))
    told = estimates(box, np.column_stack([even / 4] * 3))
    assert [one.contraction for one in told] == pytest.approx([15 / 16, 3 / 4, 1 / 2], abs=2e-3)
    told = estimates(Box((replace(box.parameters[0]),)), np.column_stack([even * 0.8]))
    assert (told[0].contraction, told[0].is_identified) == (pytest.approx(0.36, abs=1e-3), False)
    told = estimates(box, np.column_stack([even * 0.6] * 3))
    assert (told[0].contraction, told[0].is_identified) == (pytest.approx(0.64, abs=1e-3), True)


def test_trade_offs_are_told_from_0_6_up_the_strongest_first():
    a, b, c, d = np.linalg.qr(np.random.default_rng(1).normal(size=(400, 4)) - 0.0)[0].T
    a, b, c, d = (one - one.mean() for one in (a, b, c, d))
    draws = np.column_stack([a, 0.7 * a + 0.714 * b, -0.95 * a + 0.312 * c, 0.3 * a + 0.954 * d])
    box = Box(tuple(Parameter(name, ("x",), 0.0, 1.0) for name in "pqrs"))
    found = correlations(box, draws)
    assert [{first, second} for first, second, _ in found] == [{"r", "p"}, {"q", "p"}, {"r", "q"}]
    assert [r for _, _, r in found] == pytest.approx([-0.95, 0.7, -0.665], abs=0.02)


def test_directions_are_slopes_over_noise_and_prior():
    """One parameter, correlated noise: the root of j' C^-1 j, times the prior's spread."""
    noise = np.array([[1.0, 0.8], [0.8, 2.0]])
    slope = np.array([[1.0], [-1.0]])
    size = float((slope.T @ np.linalg.inv(noise) @ slope)[0, 0] ** 0.5)
    ((found, name),) = directions(Box((Parameter("a", ("x",), 0.0, 1.0, spread=0.5),)), slope, noise)
    assert (found, name) == (pytest.approx(size / 2), "a")
    for sign in (1, -1):
        for other in (1, -1):
            led = directions(two(), np.array([[3.0 * sign, 0.3 * other], [0.0, 1.0]]), np.eye(2))
            assert [name for _, name in led] == ["one", "two"]


def test_profiles_reach_over_nine_tenths_of_the_prior():
    """Held from 1.8 spreads below the centre to 1.8 above."""
    box = two((0.4, 0.0), (0.5, 1.0))
    curves = profiles(box, lambda z: float(z @ z), np.random.default_rng(1).normal(size=(300, 2)) * 0.2)
    assert [box.parameters[0].z(value) for value, _ in curves["one"]] == pytest.approx(
        0.4 + 0.9 * np.linspace(-1, 1, 9)
    )
    assert [level for _, level in curves["one"]] == pytest.approx((0.4 + 0.9 * np.linspace(-1, 1, 9)) ** 2, abs=0.01)
