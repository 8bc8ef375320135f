"""Redials and recalls: by hand, and planted ones found again among contacts made anyway."""

import numpy as np
import pandas as pd
import pytest
from planted_history import day_profile, share_covered, working_days
from scipy import stats

from calibration.estimate.estimates import stated_tree
from calibration.estimate.returns import fit_returns, next_contacts, remove_chance, returns_from_intervals
from twin.errors import InputError
from twin.scenario.schema import Recall, Redial

DAY = 86400.0


def planted_calls(seed, n_customers=600, days=120, share=0.45, median=2100.0, sigma=1.5, a_month=2.0):
    """Customers with rates of their own (gamma, cv 0.7); half of the contacts are given up, `share` of these redial."""
    rng, rows = np.random.default_rng(seed), []
    for customer in range(n_customers):
        rate = rng.gamma(2.0, a_month / 2 / 30 / DAY)
        for at in np.sort(rng.uniform(0, days * DAY, rng.poisson(rate * days * DAY))):
            is_lost = rng.random() < 0.5
            rows.append((customer, at, is_lost))
            while is_lost and rng.random() < share:
                at += median * np.exp(sigma * rng.normal())
                is_lost = rng.random() < 0.5
                rows.append((customer, at, is_lost))
    table = pd.DataFrame(rows, columns=["customer", "at", "is_lost"])
    table = table[table["at"] < days * DAY]
    over = table["at"] // DAY
    return pd.DataFrame({
        "date": pd.Timestamp("2013-03-04") + pd.to_timedelta(over, unit="D"), "at_s": table["at"] % DAY, "type": "a",
        "customer": table["customer"].astype(str), "wait_s": 0.0, "service_s": np.where(table["is_lost"], np.nan, 0.0),
        "outcome": np.where(table["is_lost"], "abandoned", "answered"),
    })  # fmt: skip


def test_chance_is_taken_out_by_hand():
    # 1 - 0.5 = (1 - r) exp(-0.1 x 3): r = 1 - 0.5 e^0.3 = 0.325.
    assert remove_chance(0.5, 0.1 / DAY, 3 * DAY) == pytest.approx(1 - 0.5 * np.exp(0.3))
    assert remove_chance(0.5, 0.0, DAY) == 0.5


def test_the_next_contact_is_counted_from_the_end_of_the_last():
    # Lost at 1000 + 60; back at 2000 (asks at 2030 after 30 s of IVR): 940 s. The last one has none.
    day = pd.Timestamp("2013-03-04")
    calls = pd.DataFrame({"date": day, "at_s": [1000.0, 2030.0, 500.0], "type": "a", "customer": ["7", "7", ""],
                          "wait_s": [60.0, 0.0, 0.0], "service_s": [np.nan, 100.0, 10.0], "vru_s": [10.0, 30.0, 0.0],
                          "outcome": ["abandoned", "answered", "answered"]})  # fmt: skip
    table = next_contacts(calls)
    assert list(table["delay_s"].fillna(-1)) == [940.0, -1.0]
    assert table["followed_s"].iloc[1] == pytest.approx(DAY - 2130)


def test_planted_redials_are_covered_though_customers_call_anyway():
    pairs = []
    for seed in range(24):
        found = fit_returns(planted_calls(seed, n_customers=400))
        pairs += [(found.share, 0.45), (found.mu, np.log(2100)), (found.sigma, 1.5), (found.median, 2100.0)]
    assert 0.85 <= share_covered(pairs) <= 1.0
    shares = [item.value for item, truth in pairs if truth == 0.45]
    assert np.mean(shares) == pytest.approx(0.45, abs=0.015)


def test_the_share_as_counted_is_larger_for_the_contacts_made_anyway():
    found = fit_returns(planted_calls(1, a_month=6.0))
    assert found.within_window.value > found.share.value + 0.1


def test_without_redials_there_is_nearly_no_share():
    found = fit_returns(planted_calls(2, share=0.0, a_month=4.0))
    assert found.share.value < 0.05


def test_settings_are_a_redial_and_a_recall():
    calls = planted_calls(3)
    redial = _values(stated_tree(fit_returns(calls).settings(), "t")["redial"])
    assert Redial.model_validate(redial).share == pytest.approx(0.45, abs=0.08)
    swapped = calls.assign(outcome=calls["outcome"].map({"abandoned": "answered", "answered": "abandoned"}))
    found = fit_returns(swapped, "answered")
    recall = Recall.model_validate(_values(stated_tree(found.settings(fcr=0.4), "t")["recall"]))
    # Lognormal: share of the delays within three days.
    inside = stats.norm.cdf((np.log(3 * DAY) - found.mu.value) / found.sigma.value)
    assert recall.share == pytest.approx(found.share.value / inside / 0.6, rel=1e-4)
    assert ("recall", "share") not in [setting.path for setting in found.settings()]


def _values(table):
    return {name: node["value"] if "mark" in node else _values(node) for name, node in table.items()}


def test_unknown_customers_tell_nothing():
    calls = planted_calls(1, n_customers=20).assign(customer="")
    with pytest.raises(InputError, match="0 known customers came back after abandoned, must be 30 or more"):
        fit_returns(calls)


def planted_intervals(seed, share=0.4, weeks=8, n=24):
    """Poisson calls; staffing that varies loses a share of them, of which `share` call again in the next interval."""
    rng, dates, rows = np.random.default_rng(seed), working_days(weeks), []
    for date in dates:
        lost = 0
        for i, mean in enumerate(1500 * day_profile(n)):
            back = rng.binomial(lost, share)
            offered = rng.poisson(mean) + back
            lost = rng.binomial(offered, rng.choice([0.02, 0.4]))
            rows.append((date, 28800 + 1800 * i, offered, lost, offered - lost))
    return pd.DataFrame(rows, columns=["date", "start_s", "offered", "abandoned", "answered"])


def test_planted_redials_are_found_without_identities_where_staffing_varies():
    # All redials come in the first interval after.
    pairs = [(returns_from_intervals(planted_intervals(seed, weeks=16), n_lags=1)[0], 0.4) for seed in range(24)]
    assert np.mean([item.value for item, _ in pairs]) == pytest.approx(0.4, abs=0.03)
    assert share_covered(pairs) >= 0.85


def crowded_intervals(seed, share=0.4, weeks=16, n=30):
    """Days with a gamma factor; the more calls come in an interval the more are lost, and call again in the next."""
    rng, rows = np.random.default_rng(seed), []
    usual = 60 * (1 + 0.5 * np.sin(np.linspace(0, 2 * np.pi, n, endpoint=False)))
    for date in pd.date_range("2013-01-07", periods=7 * weeks):
        lost, factor = 0, rng.gamma(100.0, 0.01)
        for i, mean in enumerate(usual):
            offered = rng.poisson(mean * factor) + rng.binomial(lost, share)
            lost = rng.binomial(offered, np.clip(0.12 + 0.008 * (offered - 60) + rng.normal(0, 0.05), 0.005, 0.8))
            rows.append((date, 28800 + 1800 * i, offered, lost, offered - lost))
    return pd.DataFrame(rows, columns=["date", "start_s", "offered", "abandoned", "answered"])


def test_a_busy_day_and_a_busy_interval_do_not_pass_for_redials():
    """Within additive days the share came out at 0.48, in none of 20 intervals of 95 %."""
    pairs = [(returns_from_intervals(crowded_intervals(seed))[0], 0.4) for seed in range(20)]
    assert np.mean([item.value for item, _ in pairs]) == pytest.approx(0.4, abs=0.07)
    assert share_covered(pairs) >= 0.7


def test_short_or_few_days_are_refused():
    table = planted_intervals(1, weeks=1)
    with pytest.raises(InputError, match="5 days of 24 intervals, must be 8 or more"):
        returns_from_intervals(table)
    with pytest.raises(InputError, match="the intervals hold no abandoned calls"):
        returns_from_intervals(planted_intervals(1).assign(abandoned=0))
