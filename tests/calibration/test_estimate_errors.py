"""Standard errors and limits of the direct estimates, by hand or by a formula of a book."""

import numpy as np
import pandas as pd
import pytest
from planted_history import share_covered, working_days
from scipy import special

from calibration.estimate.arrivals import _grid
from calibration.estimate.day_level import _day_correlation, _sandwich, _total_cv, fit_days
from calibration.estimate.patience import fit_patience, fit_weibull, piecewise_hazard
from calibration.estimate.presence import fit_presence, fit_shrinkage
from calibration.estimate.profile import excess_within_days, smooth_profile
from calibration.estimate.rate_noise import fit_noise
from calibration.estimate.returns import fit_returns
from calibration.estimate.service import fit_service, service_from_intervals


def test_two_days_with_factors_alike_by_hand():
    # The mean of two logs, each of variance 0.01 + 1 / 100, covariance 0.01 x 0.5: (2 x 0.02 + 2 x 0.005) / 4.
    assert _sandwich(np.ones((2, 1)), np.full(2, 100.0), 0.01, 0.5)[0, 0] == pytest.approx(0.0125)


def test_error_of_the_cv_of_days_by_hand():
    # Four days of 100: variance 200, slope 4 x 10,000 / 200; four days with correlation 0.5 count for 4 x 0.75 / 1.25.
    found = _total_cv(np.array([90.0, 110.0, 85.0, 115.0]), np.full(4, 100.0), 0.01, 0.5)
    assert found.se == pytest.approx((2.06 * 16 / 2.4) ** 0.5 / 200 / (2 * 0.1))


def test_days_over_a_long_weekend_are_neighbours_and_a_few_days_no_month():
    rest = pd.Series(np.tile([0.1, -0.1], 5), pd.date_range("2013-01-07", periods=10, freq="4D"))
    assert _day_correlation(rest).n == 9
    dates = pd.date_range("2013-01-01", periods=36)
    assert fit_days(pd.Series(np.full(36, 100.0), dates)).months == {}


def test_profile_by_hand():
    # 60 and 40, 40 and 60: squares 400 x 2 / 1, less 4 x 50 x 0.5 of the multinomial, over 4 x 50^2.
    assert excess_within_days(np.array([[60, 40], [40, 60]])) == pytest.approx(0.07)
    shares = np.array([0.6, 0.1, 0.3])
    found = smooth_profile(np.tile(shares * 1000, (100, 1)), 0.0)
    assert found.se == pytest.approx((shares * (1 - shares) / 1e5) ** 0.5, rel=0.02)


def test_means_that_were_fitted_take_from_the_residuals():
    rng = np.random.default_rng(1)
    expected = np.full((20, 8), 50.0)
    counts, weeks = rng.poisson(expected * rng.gamma(25, 0.04, (20, 1))), np.repeat(np.arange(4), 5)
    few, many = (fit_noise(counts, expected, weeks, 1800, n).covariances[1:] for n in (1, 11))
    assert many / few == pytest.approx(np.full(7, 19 / 9))


def test_the_centre_closes_before_the_last_thousandth():
    keys = pd.MultiIndex.from_tuples([("d", 0), ("d", 1800), ("d", 3600), ("d", 5400)], names=["date", "start_s"])
    assert list(_grid(pd.Series([1, 5000, 5000, 1], keys), 1800, None).columns) == [1800, 3600]


def waits(n=4000, mean=100.0):
    return np.random.default_rng(2).exponential(mean, n)


def test_errors_of_patience():
    own = waits()
    calls = pd.DataFrame({"outcome": "abandoned", "wait_s": own})
    found = fit_patience(calls, announcements=(30.0,))
    assert found.median is not None
    assert found.median.se == pytest.approx(100 / 4000**0.5, rel=0.2)  # 1 / (2 f sqrt n), f = 0.5 / 100
    pieces = piecewise_hazard(own, np.ones(4000, bool), (0, 10, 30, 35, 55, np.inf))
    near = pieces.events[[1, 3]].sum()
    assert found.bumps[0].se == pytest.approx(found.bumps[0].value * (1 / pieces.events[2] + 1 / near) ** 0.5)
    shape, scale, covariance = fit_weibull(own, np.ones(4000, bool))

    def mean(k, s):
        return s * special.gamma(1 + 1 / k)

    step = 1e-5
    slope = np.array([(mean(shape * np.exp(step), scale) - mean(shape * np.exp(-step), scale)) / (2 * step),
                      mean(shape, scale)])  # fmt: skip
    assert found.weibull_mean.se == pytest.approx(float(slope @ covariance @ slope) ** 0.5, rel=1e-4)


def test_who_gave_up_at_once_waited_half_a_second():
    calls = pd.DataFrame({"outcome": "abandoned", "wait_s": [0.0] * 20 + [39.5] * 20})
    assert fit_patience(calls).exponential.value == pytest.approx(20.0)


def test_a_talk_of_just_the_limit_is_short_and_errors_of_spreads_have_their_freedom():
    rng = np.random.default_rng(3)
    talks = pd.DataFrame({"type": "a", "outcome": "answered", "operator": np.repeat(list("abcdef"), 20),
                          "service_s": rng.lognormal(5, 0.5, 120)})  # fmt: skip
    short = talks.assign(service_s=10.0).head(5)
    found = fit_service(pd.concat([talks, short], ignore_index=True), is_cut=False)
    assert (found.types["a"].mu.n, found.types["a"].short.value) == (120, 5 / 125)
    assert found.within is not None
    assert found.within.se == pytest.approx(found.within.value / (2 * (120 - 6)) ** 0.5)


def test_error_of_the_scatter_of_intervals_and_a_report_without_talk():
    rows = pd.DataFrame({"date": ["d1", "d1", "d2"], "type": "a", "answered": [10, 20, 30],
                         "service_s": [1000.0, 2600.0, 3300.0]})  # fmt: skip
    _, sd = service_from_intervals(rows)["a"]
    assert sd is not None
    assert sd.se == pytest.approx(sd.value / 2)
    assert service_from_intervals(rows.drop(columns="service_s")) == {}


def test_a_scheduled_interval_in_which_nobody_came_is_lost_as_a_whole():
    schedule = pd.DataFrame({"date": "d", "start_s": [0, 1800], "length_s": 1800, "operators": [4, 4]})
    present = pd.DataFrame({"date": ["d"], "start_s": [0], "operators": [3.0]})
    assert fit_shrinkage(present, schedule, 1800).value == pytest.approx(1 - 3 / 8)


def test_calls_of_one_customer_are_no_independent_witnesses():
    """Each customer's calls told twice over, under the same name: the errors stay, nearly, where they were."""
    rng, rows = np.random.default_rng(5), []
    for customer in range(400):
        at = rng.uniform(0, 80000)
        rows.append((f"c{customer}", 0, at))
        if rng.random() < 0.5:
            rows.append((f"c{customer}", 0, min(at + rng.lognormal(7, 1), 86000)))
    calls = pd.DataFrame(rows, columns=["customer", "day", "at_s"]).assign(
        date=pd.Timestamp("2013-03-04"), outcome="abandoned", wait_s=10.0, service_s=0.0, type="a"
    )
    later = calls.assign(date=pd.Timestamp("2013-03-24"))  # the same again, three weeks on
    apart = later.assign(customer=later["customer"] + "x")
    together, alone = (fit_returns(pd.concat([calls, other])).mu.se for other in (later, apart))
    assert together > 1.2 * alone


def test_gaps_before_callers_who_hardly_waited_are_left_out():
    at = 28800 + 300.0 * np.arange(200)
    calls = pd.DataFrame({"date": pd.Timestamp("2013-03-04"), "at_s": at, "operator": "a", "outcome": "answered",
                          "wait_s": np.where(np.arange(200) % 2, 61.0, 59.0), "service_s": 100.0})  # fmt: skip
    found = fit_presence(calls)
    assert found.gap_mean is not None
    assert found.gap_mean.n == 100


@pytest.mark.parametrize(("correlation", "weeks"), [(0.0, 5), (0.4, 10), (0.7, 26)])
def test_the_correlation_of_days_is_not_lost_to_the_fitted_factors(correlation, weeks):
    """Factors of weekdays and months take a quarter of it away, which is put back: 60 histories."""
    found = []
    for seed in range(60):
        rng, dates = np.random.default_rng(seed), working_days(weeks)
        luck = rng.normal(size=len(dates))
        for i in range(1, len(dates)):
            luck[i] = correlation * luck[i - 1] + np.sqrt(1 - correlation**2) * luck[i]
        busy = np.exp(0.15 * luck) * np.array([1200, 1100, 1000, 900, 800])[dates.weekday]
        found.append(fit_days(pd.Series(rng.poisson(busy), dates)).day_correlation)
    assert np.mean([item.value for item in found]) == pytest.approx(correlation, abs=0.07)
    assert 0.88 <= share_covered([(item, correlation) for item in found]) <= 1.0
    errors, spread = np.mean([item.se for item in found]), np.std([item.value for item in found])
    assert 0.7 < errors / spread < 1.5
