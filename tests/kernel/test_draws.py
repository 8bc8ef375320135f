"""Each law for times: mean and quantiles of 10^5 draws against scipy's, the mass, monotone in the level."""

import math

import numpy as np
import pytest
from kernel_drivers import score_talks
from pydantic import TypeAdapter
from scipy import stats

from twin.kernel.ahead import AHEAD, Level
from twin.kernel.bulk import uniform_pairs
from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.draws import draw_times, normal_quantile
from twin.scenario.laws import Law
from twin.world.laws import LawTable, mean_time

N = 100_000
LEVELS = np.array([1e-9, 1e-6, 0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9])
KNOTS = {"values": ["0 s", "10 s", "60 s", "600 s"], "levels": [0.0, 0.2, 0.9, 1.0]}
WEIBULL_SCALE = 120 / math.gamma(1 + 1 / 0.7)


class Pieces:
    """Survival of a piecewise constant hazard, another way: its integral, inverted by bisection."""

    edges, rates = (0.0, 30.0, 60.0), (0.02, 0.0, 0.005)

    def hazard(self, t):
        ends = (*self.edges[1:], math.inf)
        return sum(
            rate * max(min(t, end) - edge, 0.0) for edge, end, rate in zip(self.edges, ends, self.rates, strict=True)
        )

    def ppf(self, levels):
        found = []
        for level in np.atleast_1d(levels):
            low, high = 0.0, 1e6
            while high - low > 1e-9 * high:
                middle = (low + high) / 2
                low, high = (middle, high) if self.hazard(middle) < -math.log1p(-level) else (low, middle)
            found.append((low + high) / 2)
        return np.array(found)

    def mean(self):
        return 50 * (1 - math.exp(-0.6)) + 30 * math.exp(-0.6) + 200 * math.exp(-0.6)


class Lines:
    """Straight lines between quantiles."""

    def ppf(self, levels):
        return np.interp(levels, KNOTS["levels"], [0, 10, 60, 600])

    def mean(self):
        return 0.2 * 5 + 0.7 * 35 + 0.1 * 330


def lognormal(mean, cv):
    sigma = math.sqrt(math.log(1 + cv * cv))
    return stats.lognorm(sigma, scale=mean * math.exp(-sigma * sigma / 2))


CASES = {  # law as written, the same of scipy, relative error allowed
    "exponential": ({"law": "exponential", "mean": "90 s"}, stats.expon(scale=90), 1e-12),
    "lognormal": ({"law": "lognormal", "mean": "470 s", "cv": 0.9}, lognormal(470, 0.9), 1e-12),
    "lognormal of logarithms": (
        {"law": "lognormal", "mu": 5.0, "sigma": 1.2},
        stats.lognorm(1.2, scale=math.exp(5)),
        1e-12,
    ),
    "gamma": ({"law": "gamma", "mean": "200 s", "shape": 2.5}, stats.gamma(2.5, scale=80), 1e-4),
    "flat gamma": ({"law": "gamma", "mean": "200 s", "shape": 0.3}, stats.gamma(0.3, scale=200 / 0.3), 1e-4),
    "steep gamma": ({"law": "gamma", "mean": "1 s", "shape": 100.0}, stats.gamma(100, scale=0.01), 1e-4),
    "erlang": ({"law": "erlang", "mean": "200 s", "k": 3}, stats.gamma(3, scale=200 / 3), 1e-4),
    "weibull": ({"law": "weibull", "mean": "120 s", "shape": 0.7}, stats.weibull_min(0.7, scale=WEIBULL_SCALE), 1e-12),
    "uniform": ({"law": "uniform", "low": "10 s", "high": "70 s"}, stats.uniform(10, 60), 1e-12),
    "triangular": (
        {"law": "triangular", "low": "10 s", "mode": "20 s", "high": "90 s"},
        stats.triang(1 / 8, 10, 80),
        1e-12,
    ),
    "left triangular": (
        {"law": "triangular", "low": "10 s", "mode": "10 s", "high": "90 s"},
        stats.triang(0, 10, 80),
        1e-12,
    ),
    "right triangular": (
        {"law": "triangular", "low": "10 s", "mode": "90 s", "high": "90 s"},
        stats.triang(1, 10, 80),
        1e-12,
    ),
    "empirical": ({"law": "empirical", **KNOTS}, Lines(), 1e-9),
    "hazard": (
        {"law": "hazard", "edges": ["0 s", "30 s", "60 s"], "rates": ["0.02 /s", "0 /s", "0.005 /s"]},
        Pieces(),
        1e-6,
    ),
}
MASS = {"share": 0.25, "low": "1 s", "high": "3 s"}
HYPER = {"law": "hyperexponential", "means": ["10 s", "200 s", "5 s"], "shares": [0.7, 0.3, 0.0]}


def read(written):
    return TypeAdapter(Law).validate_python(written)


def times(law, levels):
    table = LawTable()
    row = table.row(law)
    return draw_times(*table.tables(), row, np.asarray(levels, float))


def levels(n=N):
    return uniform_pairs(np.uint64(5), np.uint64(Purpose.WORK), np.arange(n, dtype=np.uint64), np.uint64(0))[:, 0]


@pytest.mark.parametrize("name", CASES)
def test_quantiles_are_those_of_scipy(name):
    written, peer, error = CASES[name]
    np.testing.assert_allclose(times(read(written), LEVELS), peer.ppf(LEVELS), rtol=error, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_mean_of_many_draws_is_the_mean_of_the_law(name):
    written, peer, _ = CASES[name]
    drawn = times(read(written), levels())
    assert mean_time(read(written)) == pytest.approx(peer.mean(), rel=1e-9)
    assert abs(drawn.mean() - peer.mean()) < 4.5 * drawn.std() / math.sqrt(N) + 1e-9


@pytest.mark.parametrize("name", CASES)
def test_many_draws_spread_as_the_law_does(name):
    written, peer, error = CASES[name]
    drawn = np.sort(times(read(written), levels()))
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        low, high = (peer.ppf(share + side * 4.5 * math.sqrt(share * (1 - share) / N)) for side in (-1, 1))
        assert low * (1 - error) <= np.quantile(drawn, share) <= high * (1 + error)


@pytest.mark.parametrize("name", CASES)
def test_a_higher_level_gives_no_shorter_time(name):
    drawn = times(read(CASES[name][0]), np.sort(levels()))
    assert (np.diff(drawn) >= -1e-12 * np.abs(drawn[1:])).all()


def test_a_constant_never_varies():
    law = read({"law": "constant", "value": "42 s"})
    assert (times(law, LEVELS) == 42.0).all()
    assert mean_time(law) == 42.0


def test_a_uniform_law_may_be_a_point():
    law = read({"law": "uniform", "low": "10 s", "high": "10 s"})
    assert (times(law, LEVELS) == 10.0).all()


def test_hyperexponential_is_a_mixture_of_its_branches():
    drawn = times(read(HYPER), levels())
    assert mean_time(read(HYPER)) == pytest.approx(67.0)
    assert abs(drawn.mean() - 67.0) < 4.5 * drawn.std() / math.sqrt(N)
    for t in (1.0, 10.0, 100.0, 500.0):
        share = 0.7 * math.exp(-t / 10) + 0.3 * math.exp(-t / 200)
        assert abs((drawn > t).mean() - share) < 4.5 * math.sqrt(share * (1 - share) / N)


def test_branches_of_a_hyperexponential_rise_with_the_level():
    drawn = times(read(HYPER), np.sort(levels()))
    cut = np.searchsorted(np.sort(levels()), 0.7)
    assert (np.diff(drawn[:cut]) >= 0).all()
    assert (np.diff(drawn[cut:]) >= 0).all()


@pytest.mark.parametrize("name", ["exponential", "lognormal", "gamma", "empirical", "hazard"])
def test_a_mass_takes_its_share_and_leaves_the_rest_to_the_law(name):
    written, peer, error = CASES[name]
    law = read(written | {"mass": MASS})
    drawn = times(law, np.sort(levels()))
    n_in_mass = int((np.sort(levels()) < 0.25).sum())
    assert ((drawn[:n_in_mass] >= 1.0) & (drawn[:n_in_mass] <= 3.0)).all()
    assert drawn[:n_in_mass].mean() == pytest.approx(2.0, abs=0.02)
    np.testing.assert_allclose(times(law, [0.625]), peer.ppf([0.5]), rtol=max(error, 1e-9))
    assert mean_time(law) == pytest.approx(0.25 * 2.0 + 0.75 * peer.mean())
    assert abs(drawn.mean() - mean_time(law)) < 4.5 * drawn.std() / math.sqrt(N)


def test_a_mass_at_zero_gives_exactly_zero():
    law = read({"law": "exponential", "mean": "60 s", "mass": {"share": 0.1}})
    assert (times(law, [0.001, 0.05, 0.0999]) == 0.0).all()
    assert (times(law, [0.1001, 0.5]) > 0.0).all()


@pytest.mark.parametrize("name", [*CASES, "hyper"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.9])
def test_the_ends_of_the_unit_interval_give_finite_times(name, share):
    written = HYPER if name == "hyper" else CASES[name][0]
    law = read(written | {"mass": {"share": share}})
    ends = [2.0**-53, share, np.nextafter(share, 1.0), 1 - 2.0**-53]
    drawn = times(law, [u for u in ends if 0 < u < 1])
    assert np.isfinite(drawn).all()
    assert (drawn >= 0).all()


def test_normal_quantile_has_twelve_digits():
    u = np.concatenate(
        [np.geomspace(1e-300, 0.5, 4000), 1 - np.geomspace(1e-15, 0.5, 4000), np.linspace(0.01, 0.99, 999)]
    )
    ours = np.array([normal_quantile(level) for level in u])
    np.testing.assert_allclose(ours, stats.norm.ppf(u), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("ends", [(1e-9, 1 - 1e-9), (1e-12, 1 - 1e-12), (2.0**-53, 1 - 2.0**-53)])
def test_scores_of_many_levels_are_the_quantiles_of_each_to_the_last_bit(ends):
    levels = np.full((len(Level), AHEAD), np.nan)
    talks = levels[Level.TALK]
    talks[:] = np.random.default_rng(1).uniform(*ends, AHEAD)
    talks[5:9] = *ends, 0.075, 0.5
    score_talks(levels, AHEAD - 1)
    assert levels[Level.TALK_SCORE, :-1].tolist() == [normal_quantile(level) for level in talks[:-1]]
    assert np.isnan(levels[Level.TALK_SCORE, -1])


def test_equal_laws_share_a_row_and_row_zero_is_the_constant_zero():
    table = LawTable()
    one, other = (read({"law": "exponential", "mean": "60 s"}) for _ in range(2))
    assert table.row(one) == table.row(other) == 1
    assert table.row(read({"law": "exponential", "mean": "60 s", "mass": MASS})) == 2
    assert table.row(None) == -1
    laws, knots = table.tables()
    assert draw_times(laws, knots, 0, np.array([0.3])) == [0.0]
    assert laws["mean"][1] == 60.0


def test_uniforms_reach_far_into_both_tails():
    values = np.array([uniforms(np.uint64(1), np.uint64(1), np.uint64(i), np.uint64(0))[0] for i in range(20_000)])
    assert values.min() < 3e-4
    assert values.max() > 1 - 3e-4
