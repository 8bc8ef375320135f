"""Arrivals: factors, profile and noise by hand, and planted ones found again."""

import datetime

import numpy as np
import pandas as pd
import pytest
from planted_history import WEEKDAY_FACTORS, as_intervals, counts, day_profile, share_covered, working_days
from scipy import stats

from calibration.estimate.arrivals import fit_arrivals, interval_counts
from calibration.estimate.day_level import fit_days, moment_cv, unusual_days
from calibration.estimate.estimates import stated_tree
from calibration.estimate.profile import smooth_profile
from calibration.estimate.rate_noise import covariance_model, fit_noise
from twin.errors import InputError
from twin.scenario.demand_schema import Rates
from twin.scenario.load import load
from twin.scenario.provenance import annotate
from twin.scenario.units import parse_rate


@pytest.fixture(scope="module")
def fitted():
    return fit_arrivals(as_intervals(counts(7)[0]), unusual=())


def test_pearsons_moment_equation_by_hand():
    # Means 100, counts 80 and 120: sum 400 / (100 + v 10000) x 2 = 1 degree, so 100 + 10000 v = 800, v = 0.07.
    assert moment_cv(np.array([80.0, 120.0]), np.array([100.0, 100.0]), 1) == pytest.approx(0.07)
    assert moment_cv(np.array([99.0, 101.0]), np.array([100.0, 100.0]), 1) == 0.0


def test_weekday_factors_of_days_without_noise_are_exact():
    # Mondays 120, the other days 95 contacts: mean of the five weekdays 100, factors 1.2 and 0.95.
    dates = working_days(4)
    days = fit_days(pd.Series(np.where(dates.weekday == 0, 120.0, 95.0), index=dates))
    assert days.level.value == pytest.approx(100)
    assert [item.value for item in days.weekdays.values()] == pytest.approx([1.2, 0.95, 0.95, 0.95, 0.95])
    assert days.total_cv.value == 0


def test_a_holiday_has_a_factor_of_its_own_and_the_day_after_too():
    # 20 working days of 100 contacts; the holiday has 40, the day after 130.
    dates = working_days(4)
    totals = pd.Series(100.0, index=dates)
    kinds = pd.Series("ordinary", index=dates, dtype=object)
    totals.iloc[7], kinds.iloc[7] = 40.0, "holiday"
    totals.iloc[8], kinds.iloc[8] = 130.0, "after"
    days = fit_days(totals, kinds)
    assert {kind: item.value for kind, item in days.kinds.items()} == pytest.approx({"holiday": 0.4, "after": 1.3})
    next_day = pd.DatetimeIndex(["2013-02-05"])
    assert days.predict(next_day, pd.Series("holiday", index=next_day)).iloc[0] == pytest.approx(40)


def test_month_factors_average_one_and_growth_is_told_after_a_year():
    # Two years, January twice as busy as the others, every year 10 % more than the one before.
    dates = pd.date_range("2012-01-01", "2013-12-31", freq="D")
    growth = 1.1 ** (np.asarray((dates - dates[0]).days) / 365.25)
    days = fit_days(pd.Series(1000 * growth * np.where(dates.month == 1, 2.0, 1.0), index=dates))
    assert days.growth.value == pytest.approx(1.1, abs=1e-6)
    assert days.months[1].value / days.months[2].value == pytest.approx(2.0, abs=1e-6)
    shares = pd.Series(dates.month).value_counts(normalize=True)
    assert sum(shares[month] * item.value for month, item in days.months.items()) == pytest.approx(1.0)


def test_days_far_from_their_weekday_are_found():
    # 100 +- 1 on all days but one of 150.
    dates = working_days(6)
    totals = pd.Series(100.0 + np.arange(len(dates)) % 3, index=dates)
    totals.iloc[11] = 150.0
    assert unusual_days(totals) == [dates[11]]
    assert unusual_days(totals, known=[dates[11]]) == []


def test_a_profile_of_many_contacts_is_their_shares_and_few_are_smoothed():
    # 1, 2, 1 million a day: the data speak. Two days of (1, 0, 2, 1, 1, 3, 0, 2): smoothed to nearly one free number.
    heavy = smooth_profile(np.array([[1e6, 2e6, 1e6, 1e6]] * 3))
    assert heavy.shares == pytest.approx([0.2, 0.4, 0.2, 0.2], rel=1e-3)
    few = smooth_profile(np.array([[1, 0, 2, 1, 1, 3, 0, 2], [0, 2, 1, 1, 2, 0, 2, 1]]))
    assert few.freedom < 3
    assert few.shares.sum() == pytest.approx(1)


def test_planted_profiles_are_covered_by_their_errors():
    profile, inside = day_profile(16), []
    for seed in range(40):
        table = np.random.default_rng(seed).poisson(300 * profile, (10, 16))
        found = smooth_profile(table)
        inside.append(np.abs(found.shares - profile) <= 1.96 * found.se)
    assert 0.90 <= np.mean(inside) <= 0.98


def test_covariance_of_two_intervals_by_hand():
    # Day factor of cv 0.1, intervals of cv 0.2 with log correlation 0.5 at a half hour:
    # at lag 0 1.01 x 1.04 - 1 = 0.0504; far away the day's 0.01 is left.
    spread = np.log1p(0.04)
    assert covariance_model(np.array([0.0, 50.0]), 0.01, spread, 0.5) == pytest.approx([0.0504, 0.01])
    assert covariance_model(np.array([1.0]), 0.0, spread, 0.5)[0] == pytest.approx(1.04**0.5 - 1)


def test_planted_noise_is_covered_by_its_errors():
    pairs = {"day": [], "interval": [], "correlation": []}
    for seed in range(16):
        table, mean = counts(seed)
        weeks = np.repeat(np.arange(20), 5)
        found = fit_noise(table.to_numpy(float), mean, weeks, 1800, 0)
        pairs["day"].append((found.day_cv, 0.08))
        pairs["interval"].append((found.interval_cv, 0.1))
        pairs["correlation"].append((found.interval_correlation, 0.6))
    assert 0.85 <= share_covered([pair for several in pairs.values() for pair in several]) <= 1.0
    assert np.mean([item.value for item, _ in pairs["day"]]) == pytest.approx(0.08, abs=0.008)
    assert np.mean([item.value for item, _ in pairs["correlation"]]) == pytest.approx(0.6, abs=0.06)


def test_planted_day_factors_are_covered_by_their_errors():
    pairs = []
    for seed in range(40):
        table, _ = counts(seed, interval_cv=0.0)
        days = fit_days(table.sum(axis=1))
        pairs += [(item, truth) for item, truth in zip(days.weekdays.values(), WEEKDAY_FACTORS, strict=True)]
        pairs += [(days.level, 800.0), (days.total_cv, 0.08)]
    assert 0.91 <= share_covered(pairs) <= 0.98


def test_each_layer_of_noise_brings_the_dispersion_nearer_to_one(fitted):
    poisson, with_day, with_both = fitted.noise.dispersion.values()
    assert poisson > with_day > with_both
    assert with_both == pytest.approx(1.0, abs=0.1)


def test_the_profile_table_has_a_share_and_an_error_for_each_weekday_and_interval(fitted):
    table = fitted.profile_table()
    assert len(table) == 5 * 16
    assert table.groupby("weekday")["share"].sum().to_numpy() == pytest.approx(np.ones(5))
    assert (table["se"] > 0).all()


def test_poisson_arrivals_show_no_noise():
    table, _ = counts(3, day_cv=0.0, interval_cv=0.0)
    found = fit_arrivals(as_intervals(table), unusual=())
    assert found.noise.day_cv.value < 0.03
    assert found.noise.dispersion["Poisson"] == pytest.approx(1.0, abs=0.1)


def test_closed_hours_and_unusual_days_are_left_out(fitted):
    table, _ = counts(7)
    table[3600] = 0
    table.iloc[12] *= 5
    found = fit_arrivals(as_intervals(table))
    assert found.starts[0] == 28800
    assert list(found.left_out) == [table.index[12]]
    assert table.index[12] not in found.counts.index
    assert found.days.level.value == pytest.approx(fitted.days.level.value, rel=0.02)


def test_a_day_without_contacts_is_closed(fitted):
    table, _ = counts(7)
    table.iloc[30] = 0
    found = fit_arrivals(as_intervals(table))
    assert found.left_out[table.index[30]] == "closed"
    assert len(found.counts) == len(table) - 1


def test_holidays_reach_the_factors():
    table, _ = counts(7)
    table.iloc[[20, 50]] = table.iloc[[20, 50]] // 2
    holidays = {table.index[20].date(): "patron", table.index[50].date(): "fair"}
    found = fit_arrivals(as_intervals(table), holidays)
    assert found.days.kinds["holiday"].value == pytest.approx(0.5, abs=0.08)
    assert not set(found.left_out) & {pd.Timestamp(day) for day in holidays}


def test_the_settings_are_a_demand_that_loads_and_gives_the_days_back(fitted):
    tree = stated_tree(fitted.settings({"calls": "call"}), "test")
    problems = []
    annotate(tree, "fitted.toml", problems)
    assert problems == []
    demand = load("erlang-a", _overrides(tree)).scenario.demand
    assert isinstance(demand, Rates)
    # An average day: sum of rate x period, over the intervals, is the level.
    assert sum(demand.rates["call"]) * demand.period == pytest.approx(fitted.days.level.value, rel=1e-4)
    assert demand.weekday_factors["mon"] == pytest.approx(1.15, abs=0.06)
    assert demand.noise.day_cv == pytest.approx(0.08, abs=0.03)
    stated = tree["demand"]["noise"]["day_cv"]
    assert stated["mark"] == "D"
    assert stated["range"][0] < stated["value"] < stated["range"][1]


def _overrides(tree):
    """Keys and values of the tree's demand and opening."""
    values = {f"demand.{name}": node for name, node in _plain(tree["demand"]).items()}
    values |= {f"opening.{name}": node for name, node in _plain(tree["opening"]).items()}
    return values


def _plain(node):
    if isinstance(node, dict):
        return node["value"] if "mark" in node else {name: _plain(below) for name, below in node.items()}
    return node


def test_rates_of_a_weekday_have_its_own_profile_and_sum_to_the_level(fitted):
    keys = {setting.path: setting.value for setting in fitted.weekday_settings({"calls": "call"}, fresh=0.9)}
    assert len(keys) == 5
    monday = np.array([parse_rate(rate) for rate in keys["demand", "weekday_rates", "mon", "call"]])
    assert monday.sum() * 1800 == pytest.approx(0.9 * fitted.days.level.value, rel=1e-4)
    assert monday / monday.sum() == pytest.approx(fitted.profiles[0].shares, rel=1e-4)


def test_factors_for_customers_lives_hold_twelve_months_and_hours_that_sum_to_one(fitted):
    tree = stated_tree(fitted.factor_settings(), "test")["demand"]
    assert len(tree["month_factors"]["value"]) == 12
    assert sum(hour["value"] for hour in tree["hour_shares"].values()) == pytest.approx(1.0, abs=1e-9)


def test_calls_are_counted_where_they_asked_even_past_midnight():
    day = pd.Timestamp("2013-03-04")
    calls = pd.DataFrame({"date": day, "at_s": [3600.0, 5399.0, 88000.0, 3700.0], "type": "a",
                          "outcome": ["answered", "abandoned", "answered", "left"]})  # fmt: skip
    table = interval_counts(calls).set_index(["date", "start_s"])["offered"]
    assert table.to_dict() == {(day, 3600): 2, (day + datetime.timedelta(days=1), 0): 1}


def test_what_came_is_offered_or_else_answered_and_abandoned_and_the_blocked_too():
    # No offered in the report: 90 + 10, and 5 blocked.
    table = as_intervals(counts(1)[0])
    report = table.assign(offered=np.nan, answered=0.9 * table["offered"], abandoned=0.1 * table["offered"],
                          blocked=0.05 * table["offered"])  # fmt: skip
    with_blocked, plain = fit_arrivals(report, unusual=()), fit_arrivals(table, unusual=())
    assert with_blocked.days.level.value == pytest.approx(1.05 * plain.days.level.value, rel=1e-3)
    with pytest.raises(InputError, match="the intervals hold no contacts"):
        fit_arrivals(table.assign(offered=np.nan))


def test_two_lengths_too_few_days_or_a_missing_column_are_refused():
    table = as_intervals(counts(1)[0])
    mixed = table.assign(length_s=np.where(table["start_s"] == 28800, 900, 1800))
    with pytest.raises(InputError, match="length_s is 900, 1800, must be one length"):
        fit_arrivals(mixed)
    with pytest.raises(InputError, match="open days in the history: 3, must be 8 or more"):
        fit_arrivals(table[table["date"] < "2013-01-10"], unusual=())
    with pytest.raises(InputError, match="no column offered"):
        fit_arrivals(table.drop(columns="offered"))


def test_the_sum_of_a_gamma_and_poisson_day_is_negative_binomial():
    # The variance that fit_days assumes: mean 100, cv 0.2 gives 100 + 0.04 x 10000 = 500.
    shape = 1 / 0.04
    assert stats.nbinom.var(shape, shape / (shape + 100)) == pytest.approx(500)
