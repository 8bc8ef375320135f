"""Frequency of contact: by hand, and planted rates found again with and without the number of customers."""

import numpy as np
import pandas as pd
import pytest
from planted_history import share_covered

from calibration.estimate.frequency import fit_frequency, matters_of_customers
from twin.errors import InputError

DAY = 86400.0


def planted_calls(seed, n_customers=2000, days=365, a_year=3.0, cv=0.8):
    """Customers with gamma rates; every call is a new matter (the window of the tests is a second)."""
    rng = np.random.default_rng(seed)
    own = rng.poisson(rng.gamma(1 / cv**2, cv**2 * a_year, n_customers))
    at = rng.uniform(0, days * DAY, own.sum())
    date = pd.Timestamp("2013-01-01") + pd.to_timedelta(at // DAY, unit="D")
    return pd.DataFrame(
        {"date": date, "at_s": at % DAY, "customer": np.repeat(np.arange(n_customers), own).astype(str)}
    )


def test_a_call_within_the_window_is_no_new_matter():
    # Customer 1: days 0, 1 (same matter), 10 (new); customer 2 once; the unknown one not at all.
    dates = pd.Timestamp("2013-03-04") + pd.to_timedelta([0, 1, 10, 5, 6], unit="D")
    calls = pd.DataFrame({"date": dates, "at_s": 36000.0, "customer": ["1", "1", "1", "2", ""]})
    assert matters_of_customers(calls).to_dict() == {"1": 2, "2": 1}


def test_planted_rates_are_covered_if_customers_are_known():
    pairs = []
    for seed in range(30):
        found = fit_frequency(planted_calls(seed), 2000, window_s=1.0)
        pairs += [(found.a_year, 3.0 * 365.25 / 365), (found.spread, 0.8)]
    assert 0.87 <= share_covered(pairs) <= 1.0


def test_customers_who_never_called_are_found_from_those_who_did():
    pairs = []
    for seed in range(30):
        found = fit_frequency(planted_calls(seed), window_s=1.0)
        pairs += [(found.a_year, 3.0), (found.spread, 0.8), (found.customers, 2000.0)]
    assert 0.87 <= share_covered(pairs) <= 1.0


@pytest.mark.parametrize("known", [2000, None])
def test_standard_errors_are_the_spread_of_the_estimates(known):
    """Of 30 histories; the spread of 30 is itself known within 13 %."""
    all_found = [fit_frequency(planted_calls(seed), known, window_s=1.0).estimates() for seed in range(30)]
    for row in list(zip(*all_found, strict=True))[: 2 if known else 3]:
        spread, said = np.std([item.value for item in row]), np.mean([item.se for item in row])
        assert 0.6 < spread / said < 1.4, row[0].name


def test_the_law_fits_its_own_data_and_not_others():
    assert fit_frequency(planted_calls(1), 2000, window_s=1.0).a_year.fit.p_value > 0.01
    # Half of the customers never call at all, the others five times a year: no gamma law.
    split = planted_calls(2, n_customers=1000, a_year=6.0, cv=0.05)
    assert fit_frequency(split, 2000, window_s=1.0).a_year.fit.p_value < 1e-6


def test_the_setting_is_the_foc_of_a_cluster():
    found = fit_frequency(planted_calls(1), 2000, window_s=1.0)
    setting = found.settings("basic")[0]
    assert setting.path == ("clusters", "basic", "foc")
    assert setting.value == pytest.approx(found.a_year.value, rel=1e-5)


def test_too_few_customers_or_fewer_than_called_are_refused():
    with pytest.raises(InputError, match="known customers, must be 50 or more"):
        fit_frequency(planted_calls(1, n_customers=20))
    with pytest.raises(InputError, match="n_customers is 10, must not be below"):
        fit_frequency(planted_calls(1), 10)
