"""Forecasts of the contacts in each interval, with their distribution, and how good they were."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from calibration.estimate.arrivals import ArrivalEstimates
from calibration.estimate.rate_noise import covariance_model
from twin.errors import InputError


@dataclass(frozen=True)
class Forecast:
    """Predictive distribution of counts: negative binomial (Poisson with gamma rate), or normal for the naive one."""

    mean: pd.DataFrame
    """Dates x intervals."""
    squared_cv: pd.DataFrame | None
    """Of the rate; 0 is Poisson. None: normal with standard deviation `sd`."""
    sd: pd.DataFrame | None = None

    def quantile(self, level: float) -> pd.DataFrame:
        """Counts which are not exceeded with this probability."""
        mean = self.mean.to_numpy(float)
        if self.squared_cv is None:
            assert self.sd is not None
            values = np.maximum(stats.norm.ppf(level, mean, self.sd.to_numpy()), 0.0)
        else:
            shape = 1.0 / np.maximum(self.squared_cv.to_numpy(float), 1e-9)
            values = stats.nbinom.ppf(level, shape, shape / (shape + mean))
        return pd.DataFrame(values, index=self.mean.index, columns=self.mean.columns)


def forecast(
    fitted: ArrivalEstimates, dates: pd.DatetimeIndex, past: pd.Series | None = None, kinds: pd.Series | None = None
) -> Forecast:
    """Contacts by interval of coming days, each from all that is known on its eve.

    The factor of a day h open days after the last known one has mean 1 + r^h x (its factor - 1) and a squared cv
    that is smaller by r^2h of the day's total, r being `day_correlation` (best linear prediction); intervals add
    their noise, and the level its standard error.

    Parameters
    ----------
    dates : DatetimeIndex
        Open days to forecast, sorted.
    past : Series, optional
        Contacts by date: those of the days fitted unless given. May hold days between those forecast: each day is
        forecast from those before it.
    """
    totals = fitted.days.residuals.add(1) * fitted.days.expected if past is None else past.sort_index()
    known = totals / fitted.days.predict(pd.DatetimeIndex(totals.index), kinds) - 1
    correlation = max(fitted.days.day_correlation.value, 0.0)
    total_square = fitted.days.total_cv.value**2
    expected = fitted.expected(dates, kinds)
    shifts, squares = np.empty(len(dates)), np.empty(len(dates))
    for row, (date, ahead) in enumerate(zip(dates, _days_ahead(known.index, dates), strict=True)):
        before = known[known.index < date]
        weight = correlation**ahead if len(before) else 0.0
        shifts[row] = weight * before.iloc[-1] if len(before) else 0.0
        squares[row] = -(weight**2) * total_square
    squares += _unknown_months(fitted, dates)
    noise = fitted.noise
    interval = covariance_model(
        np.zeros(1), noise.day_cv.value**2, np.log1p(noise.interval_cv.value**2), noise.interval_correlation.value
    )[0]
    level = fitted.days.level
    unsure = (level.se / level.value) ** 2
    relative = np.maximum(interval + squares, noise.interval_cv.value**2) + unsure
    cvs = pd.DataFrame(np.repeat(relative[:, None], expected.shape[1], axis=1), expected.index, expected.columns)
    return Forecast(expected.mul(1 + shifts, axis=0), cvs)


def _days_ahead(known: pd.Index, dates: pd.DatetimeIndex) -> np.ndarray:
    """Open days from the last known day before each date up to it: 1 is the next one.

    Open after the last known day are the weekdays that were open before, and the dates themselves.
    """
    past = pd.DatetimeIndex(known)
    coming = pd.date_range(past.max() + pd.Timedelta(days=1), dates.max()) if len(past) and len(dates) else dates
    open_days = past.union(dates).union(coming[coming.weekday.isin(past.weekday.unique())])
    return np.array([(open_days < date).sum() - (past < date).sum() + 1 for date in dates])


def _unknown_months(fitted: ArrivalEstimates, dates: pd.DatetimeIndex) -> np.ndarray:
    """Squared cv that days have on top because their month was never recorded: that of the months' factors."""
    months = fitted.days.months
    if len(months) < 3:
        return np.zeros(len(dates))
    values = np.array([item.value for item in months.values()])
    spread = max(float(np.var(values, ddof=1) - np.mean([item.se**2 for item in months.values()])), 0.0)
    return np.where(np.isin(dates.month, list(months)), 0.0, spread)


def forecast_totals(fitted: ArrivalEstimates, dates: pd.DatetimeIndex, past: pd.Series | None = None) -> Forecast:
    """The same of whole days: their factor has the cv of a day's total."""
    by_interval = forecast(fitted, dates, past)
    correlation, square = max(fitted.days.day_correlation.value, 0.0), fitted.days.total_cv.value**2
    mean = by_interval.mean.sum(axis=1).to_frame("day")
    known = fitted.days.expected.index if past is None else past.index
    ahead = _days_ahead(known, dates)
    unsure = (fitted.days.level.se / fitted.days.level.value) ** 2
    left = square * (1 - correlation ** (2 * ahead)) + unsure + _unknown_months(fitted, dates)
    return Forecast(mean, pd.DataFrame(left[:, None], mean.index, mean.columns))


def poisson_forecast(counts: pd.DataFrame, dates: pd.DatetimeIndex) -> Forecast:
    """Plain Poisson model: mean of the same weekday and interval, no other noise."""
    weekdays = pd.DatetimeIndex(counts.index).weekday
    means = counts.groupby(weekdays).mean()
    mean = means.loc[dates.weekday].set_axis(dates)
    return Forecast(mean, mean * 0.0)


def naive_forecast(counts: pd.DataFrame, dates: pd.DatetimeIndex, past: pd.DataFrame | None = None) -> Forecast:
    """Seasonal naive: the same weekday of the latest known week, normal with the standard deviation of that error.

    Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, sections 5.2 and 5.5: sd of the
    differences to the week before, times the root of the weeks ahead.
    """
    known = counts if past is None else past
    weekdays, rows, weeks = pd.DatetimeIndex(known.index).weekday, [], []
    for date in dates:
        same = known[(weekdays == date.weekday()) & (known.index < date)]
        if same.empty:
            raise InputError(f"no day of the same weekday before {date:%Y-%m-%d}")
        rows.append(same.iloc[-1])
        weeks.append(max(round((date - same.index[-1]).days / 7), 1))
    mean = pd.DataFrame(np.array(rows, float), index=dates, columns=counts.columns)
    by_weekday = counts.groupby(pd.DatetimeIndex(counts.index).weekday)
    spread = np.sqrt((by_weekday.diff() ** 2).mean()).to_numpy()
    sd = pd.DataFrame(np.sqrt(weeks)[:, None] * spread[None, :], index=dates, columns=counts.columns)
    return Forecast(mean, None, sd)


def interval_score(low: np.ndarray, high: np.ndarray, seen: np.ndarray, level: float) -> np.ndarray:
    """Width of a central interval plus 2 / (1 - level) for each unit by which it was missed; smaller is better.

    Gneiting & Raftery (2007), JASA 102, 359-378, equation 43.
    """
    miss = np.maximum(low - seen, 0) + np.maximum(seen - high, 0)
    return high - low + 2 / (1 - level) * miss


def score(made: Forecast, seen: pd.DataFrame) -> dict[str, float]:
    """Mean interval score and coverage at 90 %, coverage at 50 %, mean absolute error of the mean, in contacts."""
    actual = seen.loc[made.mean.index, made.mean.columns].to_numpy(float)
    ends = {level: made.quantile(level).to_numpy() for level in (0.05, 0.25, 0.75, 0.95)}
    return {
        "interval_score_90": float(interval_score(ends[0.05], ends[0.95], actual, 0.9).mean()),
        "coverage_90": float(((ends[0.05] <= actual) & (actual <= ends[0.95])).mean()),
        "coverage_50": float(((ends[0.25] <= actual) & (actual <= ends[0.75])).mean()),
        "mean_absolute_error": float(np.abs(made.mean.to_numpy() - actual).mean()),
    }
