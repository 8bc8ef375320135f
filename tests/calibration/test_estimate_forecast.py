"""Forecasts: scores by hand, planted days covered, and the proof on bank-calls-2003."""

import numpy as np
import pandas as pd
import pytest
from planted_history import as_intervals, counts, working_days

from calibration.estimate import bank_2003
from calibration.estimate.arrivals import fit_arrivals
from calibration.estimate.forecast import (
    Forecast,
    forecast,
    forecast_totals,
    interval_score,
    naive_forecast,
    poisson_forecast,
    score,
)
from twin.errors import InputError

RAW = bank_2003.find_raw()
needs_raw = pytest.mark.skipif(RAW is None, reason="no raw bank-calls-2003; totals of days are checked without it")


def test_the_interval_score_by_hand():
    # 90 % interval 10 to 20: inside its width; 22 is missed by 2, times 2 / 0.1, plus the width.
    assert list(interval_score(np.array([10.0] * 3), np.array([20.0] * 3), np.array([15.0, 22.0, 9.0]), 0.9)) == [
        10.0, pytest.approx(50.0), pytest.approx(30.0),
    ]  # fmt: skip


def test_quantiles_are_those_of_negative_binomial_poisson_and_normal():
    # Mean 100 with cv 0.2: 0.95-quantile 139 (variance 500, nearly normal: 100 + 1.645 x 22.4 = 137).
    mean = pd.DataFrame([[100.0]])
    assert Forecast(mean, mean * 0 + 0.04).quantile(0.95).iloc[0, 0] == pytest.approx(139, abs=1)
    assert Forecast(mean, mean * 0).quantile(0.95).iloc[0, 0] == pytest.approx(117, abs=1)
    assert Forecast(mean, None, mean * 0 + 10).quantile(0.95).iloc[0, 0] == pytest.approx(116.45, abs=0.01)


def test_the_naive_forecast_repeats_the_weekday_and_widens_with_the_weeks():
    # Mondays 10, 14, 18: differences 4; Tuesdays the same. Forecast of the fifth Monday: 18, sd 4 x sqrt(2).
    dates = working_days(3)
    table = pd.DataFrame({"day": [10.0] * 5 + [14.0] * 5 + [18.0] * 5}, index=dates)
    made = naive_forecast(table, pd.DatetimeIndex([dates[10] + pd.Timedelta(weeks=2)]))
    assert made.mean.iloc[0, 0] == 18
    assert made.sd.iloc[0, 0] == pytest.approx(4 * 2**0.5)
    with pytest.raises(InputError, match="no day of the same weekday before 2013-01-05"):
        naive_forecast(table, pd.DatetimeIndex(["2013-01-05"]))


def test_planted_coming_days_lie_in_their_intervals():
    table, _ = counts(11, weeks=44)
    fitted = fit_arrivals(as_intervals(table.iloc[:100]), unusual=())
    coming = table.iloc[100:]
    dates = pd.DatetimeIndex(coming.index)
    ours = score(forecast(fitted, dates, table.sum(axis=1)), coming)
    assert ours["coverage_90"] == pytest.approx(0.9, abs=0.05)
    assert ours["coverage_50"] == pytest.approx(0.5, abs=0.08)
    poisson = score(poisson_forecast(table.iloc[:100], dates), coming)
    assert ours["interval_score_90"] < poisson["interval_score_90"]
    totals = score(forecast_totals(fitted, dates), coming.sum(axis=1).to_frame("day"))
    assert totals["coverage_90"] == pytest.approx(0.9, abs=0.07)


def test_yesterday_tells_of_today_where_days_are_alike():
    # Days with factors 1.2 and 0.8 in blocks of ten: after a busy eve more is expected, and the interval is narrower.
    dates = working_days(12)
    block = np.where(np.arange(len(dates)) // 10 % 2 == 0, 1.2, 0.8)
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.poisson(200 * block[:, None] * np.ones((1, 8))), dates, 28800 + 1800 * np.arange(8))
    fitted = fit_arrivals(as_intervals(table), unusual=())
    next_day = pd.DatetimeIndex([dates[-1] + pd.Timedelta(days=3)])
    eve = forecast_totals(fitted, next_day)
    later = forecast_totals(fitted, next_day + pd.Timedelta(weeks=8), None)
    level = fitted.days.predict(next_day).iloc[0]
    assert fitted.days.day_correlation.value > 0.6
    assert abs(eve.mean.iloc[0, 0] - level) > 0.1 * level
    busy = forecast_totals(fitted, next_day, fitted.days.expected * 1.3)
    assert busy.mean.iloc[0, 0] > level
    # left of the day's factor: 1 - r^2 on the eve, all eight weeks ahead, though no day between is asked for
    r, square = fitted.days.day_correlation.value, fitted.days.total_cv.value**2
    unsure = (fitted.days.level.se / fitted.days.level.value) ** 2
    assert eve.squared_cv.iloc[0, 0] == pytest.approx(square * (1 - r**2) + unsure)
    assert later.squared_cv.iloc[0, 0] == pytest.approx(square * (1 - r**82) + unsure), "41 days of five a week"
    usual, last = fitted.days.predict(next_day + pd.Timedelta(weeks=8)).iloc[0], fitted.days.residuals.iloc[-1]
    assert later.mean.iloc[0, 0] == pytest.approx(usual * (1 + r**41 * last), rel=0.01)


# ---- bank-calls-2003


def _check(table, counted):
    """Our intervals beat those of both others at either horizon, and hold what they promise."""
    own = table[table["counted"] == counted]
    ours, others = own[own["model"] == "arrival model"], own[own["model"] != "arrival model"]
    assert ours["interval_score_90"].max() < others["interval_score_90"].min()
    assert ours["coverage_90"].between(0.8, 1.0).all()
    assert ours["mean_absolute_error"].max() < others["mean_absolute_error"].min()


def test_days_of_august_2003_are_forecast_better_from_the_shipped_aggregates():
    table = bank_2003.proof(None)
    assert len(table) == 5
    _check(table, "days")
    assert table.iloc[4]["coverage_90"] < 0.6  # plain Poisson promises far too much


def test_shipped_aggregates_hold_days_and_shares_only():
    totals, profile = bank_2003.read_totals(), bank_2003.read_profile()
    assert len(totals) == 126
    assert totals["day"].mean() == pytest.approx(32454.3, abs=0.1)
    assert profile.sum(axis=1).to_numpy() == pytest.approx(np.ones(5), abs=1e-5)


@needs_raw
def test_half_hours_of_august_2003_are_forecast_better():
    _check(bank_2003.proof(RAW), "half hours")


@needs_raw
def test_the_shipped_aggregates_come_from_the_counts():
    for name, text in bank_2003.derive(RAW).items():
        assert (bank_2003.SHIPPED / name).read_text(encoding="utf-8") == text, name
