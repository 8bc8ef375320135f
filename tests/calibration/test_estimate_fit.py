"""Goodness of fit: the right law is refused as seldom as it must be, a wrong one is; what is not known is not shown."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from calibration.estimate.day_level import fit_days, gamma_fit
from calibration.estimate.estimates import Estimate, Fit
from calibration.estimate.normality import normality_p_value
from calibration.estimate.patience import fit_patience
from calibration.estimate.presence import gap_fit, two_exponentials
from calibration.estimate.returns import fit_returns
from calibration.estimate.service import lognormal


def refused(p_values):
    """Share below 5 %."""
    values = np.array(p_values)
    assert not np.isnan(values).any()
    return float(np.mean(values < 0.05))


def test_normality_is_that_of_published_tables():
    # Lilliefors' 5 % points as recomputed by Dallal & Wilkinson (1986): 0.190 at n = 20, 0.0885 (0.886 / 10) at 100.
    rng = np.random.default_rng(1)
    assert refused([normality_p_value(rng.normal(3, 2, 20)) for _ in range(2000)]) == pytest.approx(0.05, abs=0.015)
    p_values = [normality_p_value(rng.normal(size=400)) for _ in range(1000)]
    assert stats.ks_1samp(p_values, stats.uniform.cdf).statistic < 0.06
    assert np.isnan(normality_p_value(np.ones(50)))
    assert np.isnan(normality_p_value(np.arange(4.0)))


@pytest.mark.parametrize(("law", "low", "high"), [("lognormal", 0.0, 0.12), ("gamma", 0.95, 1.0)])
def test_talks_in_whole_seconds_are_lognormal_or_refused(law, low, high):
    found = []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        talks = np.exp(rng.normal(5.0, 0.7, 2000)) if law == "lognormal" else rng.gamma(1.5, 130.0, 2000)
        talks = np.round(talks)
        found.append(lognormal(talks[talks > 10])[0].fit.p_value)
    assert low <= refused(found) <= high


@pytest.mark.parametrize(("law", "low", "high"), [("two", 0.0, 0.15), ("narrow", 1.0, 1.0)])
def test_gaps_are_of_two_kinds_or_refused(law, low, high):
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        short = rng.random(1500) < 0.7
        gaps = np.where(short, rng.exponential(15, 1500), rng.exponential(300, 1500))
        gaps = np.round(gaps if law == "two" else rng.lognormal(3.5, 0.3, 1500))
        found.append(gap_fit(gaps, two_exponentials(np.maximum(gaps, 0.5))).p_value)
    assert low <= refused(found) <= high


@pytest.mark.parametrize(("law", "low", "high"), [("gamma", 0.0, 0.15), ("two levels", 0.95, 1.0)])
def test_the_factor_of_days_is_gamma_or_refused(law, low, high):
    dates = pd.date_range("2012-01-02", periods=210)
    mean = 1000 * np.array([1.2, 1.05, 1, 0.95, 1, 0.8, 0.6])[dates.weekday]
    found = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        factor = rng.gamma(100.0, 0.01, 210) if law == "gamma" else np.where(rng.random(210) < 0.1, 1.3, 0.967)
        total = fit_days(pd.Series(rng.poisson(mean * factor), dates)).total_cv
        assert total.fit is not None
        found.append(total.fit.p_value)
    assert low <= refused(found) <= high


def test_days_without_a_factor_are_poisson():
    rng = np.random.default_rng(3)
    fit = gamma_fit(rng.poisson(900.0, 300).astype(float), np.full(300, 900.0), 0.0)
    assert fit.value < 0.08
    assert fit.p_value > 0.05


def redials(seed, is_lognormal, n=1500):
    """Customers who gave up once; 45 % call again after a delay, all call about other things now and then."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        at = rng.uniform(0, 30 * 86400)
        rows.append((customer, at, "abandoned"))
        if rng.random() < 0.45:
            kinds = (np.exp(rng.normal(np.log(900), 1.0)), rng.exponential(300) if rng.random() < 0.5 else
                     rng.exponential(60000))  # fmt: skip
            rows.append((customer, at + 60 + kinds[not is_lognormal], "answered"))
        rows += [(customer, t, "answered") for t in rng.uniform(0, 60 * 86400, rng.poisson(3))]
    table = pd.DataFrame(rows, columns=["customer", "t", "outcome"])
    day = table["t"] // 86400
    return table.assign(
        date=pd.Timestamp("2013-01-07") + pd.to_timedelta(day, unit="D"), at_s=table["t"] - day * 86400,
        customer="c" + table["customer"].astype(str), wait_s=60.0, service_s=0.0, type="a",
    )  # fmt: skip


@pytest.mark.parametrize(("is_lognormal", "low", "high"), [(True, 0.0, 0.3), (False, 0.9, 1.0)])
def test_delays_of_redials_are_lognormal_or_refused(is_lognormal, low, high):
    found = [fit_returns(redials(seed, is_lognormal)).mu.fit.p_value for seed in range(12)]
    assert low <= refused(found) <= high


def test_the_p_value_is_shown_beside_the_distance():
    assert Fit("KS", 0.01234, 0.3456).told == "KS 0.0123, p 0.35"
    assert Fit("chi2", 300.0, 1e-9).told == "chi2 300, p < 0.001"
    assert Fit("dispersion", 1.04).told == "dispersion 1.04"


def test_an_error_that_is_not_known_is_left_blank_and_an_interval_never_runs_backwards():
    assert Estimate("mean", 154.4, float("nan"), "s", 66, "m").numbers() == ("154.4", "", "")
    assert Estimate("mean", 154.4, 2.0, "s", 66, "m").numbers() == ("154.4", "2", "150.5 to 158.3")
    assert Estimate("share", -0.31, 0.1, "share", 66, "m", is_share=True).interval() == (0.0, 0.0)
    assert Estimate("share", 1.31, 0.1, "share", 66, "m", is_share=True).interval() == (1.0, 1.0)


def waits_of(seed, bump, n=3000):
    """Hazard of giving up 1/200 a second, six times that from 45 to 55 s if `bump`; answers come by chance."""
    rng = np.random.default_rng(seed)
    spent = rng.exponential(size=n) * 200
    patience = np.where(spent < 45, spent, np.where(spent < 105, 45 + (spent - 45) / 6, spent - 50)) if bump else spent
    answer = rng.exponential(120, n)
    outcome = np.where(patience < answer, "abandoned", "answered")
    return pd.DataFrame({"outcome": outcome, "wait_s": np.minimum(patience, answer)})


def test_pieces_of_the_hazard_have_errors_that_cover_and_a_fit_that_refuses_what_lies_within_a_piece():
    covered, right, wrong = [], [], []
    for seed in range(30):
        law = fit_patience(waits_of(seed, bump=False))
        covered += [abs(item.value - 1 / 200) <= 1.96 * item.se for item in law.hazard_rates]
        right.append(law.hazard_rates[0].fit.p_value)
        wrong.append(fit_patience(waits_of(seed, bump=True)).hazard_rates[0].fit.p_value)
    assert 0.91 <= np.mean(covered) <= 0.99
    assert refused(right) <= 0.17
    assert refused(wrong) >= 0.95
    assert [item.name for item in law.hazard_rates][:2] == [
        "patience all hazard 0 to 5 s",
        "patience all hazard 5 to 10 s",
    ]
    assert law.hazard_rates[-1].name.startswith("patience all hazard from ")
    assert set(law.hazard_rates) <= set(law.estimates())


def test_a_piece_in_which_nobody_gave_up_is_not_known_for_sure():
    calls = pd.concat([waits_of(1, bump=False), pd.DataFrame({"outcome": "answered", "wait_s": [300.0] * 50})])
    calls = calls[~((calls["outcome"] == "abandoned") & calls["wait_s"].between(20, 40))]
    none = next(item for item in fit_patience(calls).hazard_rates if item.name.endswith("20 to 40 s"))
    assert (none.value, none.n) == (0.0, 0)
    assert 0 < none.interval()[1] < 1e-3
