"""Noise of arrival rates: the day's gamma factor and the intervals' correlated factors, told apart by the lag."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from calibration.estimate.estimates import Estimate, Fit

HALF_HOUR = 1800  # [s]
LONGEST_LAG = 12 * 3600  # [s] the day's own factor is what is left of the covariance at long lags


@dataclass(frozen=True)
class RateNoise:
    """Factors with mean 1 on the expected contacts."""

    day_cv: Estimate
    interval_cv: Estimate
    interval_correlation: Estimate
    """Of the logarithms of neighbouring half hours."""
    lags: np.ndarray
    """[s]"""
    covariances: np.ndarray
    """Relative covariance of two intervals of one day by their lag, beyond Poisson."""
    dispersion: dict[str, float]
    """Pearson's chi2 over its degrees: of a Poisson model, with the day factor, with both; 1 is a fit."""

    def estimates(self) -> list[Estimate]:
        return [self.day_cv, self.interval_cv, self.interval_correlation]


def covariance_model(lag: np.ndarray, day: float, spread: float, correlation: float) -> np.ndarray:
    """Covariance of B G_i and B G_j: day + (1 + day)(exp(spread x correlation^lag) - 1).

    `day` is the squared cv of the day's factor, `spread` the variance of the logarithms of the lognormal intervals'
    factors, a first-order autoregression; `lag` counts half hours.
    """
    return day + (1 + day) * np.expm1(spread * correlation**lag)


def fit_noise(counts: np.ndarray, expected: np.ndarray, weeks: np.ndarray, length_s: int, n_means: int) -> RateNoise:
    """Day and interval noise from the covariances of one day's intervals by lag.

    Moments, least squares weighted by the pairs' expected counts; standard errors by the jackknife over weeks (Efron &
    Tibshirani 1993, An Introduction to the Bootstrap, ch. 11). Channouf & L'Ecuyer (2012) and Oreshkin, Regnard &
    L'Ecuyer (2016) fit the same two layers.

    Parameters
    ----------
    counts, expected : ndarray, shape (n_days, n_intervals)
    weeks : ndarray, shape (n_days,)
        Label of each day's week.
    n_means : int
        Means that were fitted for each interval (one a weekday): the residuals are that much too small.
    """
    lags = np.arange(min(counts.shape[1], LONGEST_LAG // length_s + 1))
    tops, bottoms, labels = _sums_by_week(counts, expected, weeks, lags)
    days = len(counts)
    shrunk = days / max(days - n_means, 1)
    poisson = np.array([expected[weeks == label].sum() for label in labels])
    half_hours = lags * length_s / HALF_HOUR

    def solve(kept: np.ndarray, near: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        top = tops[kept].sum(axis=0) * shrunk
        top[0] -= poisson[kept].sum()
        bottom = bottoms[kept].sum(axis=0)
        return _fit_curve(half_hours, top / bottom, bottom, near), top / bottom

    everything = np.ones(len(labels), bool)
    found, covariances = solve(everything)
    errors = np.full(3, np.nan)
    if len(labels) >= 4:
        left_out = np.array([solve(np.arange(len(labels)) != i, found)[0] for i in range(len(labels))])
        errors = np.sqrt((len(labels) - 1) / len(labels) * np.sum((left_out - left_out.mean(axis=0)) ** 2, axis=0))
    method = "covariance of one day's intervals by lag; jackknife over weeks"
    misfit = float(np.sqrt(np.mean((covariance_model(half_hours, *_squares(found)) - covariances) ** 2)))
    freedom = counts.size * (1 - n_means / days)
    dispersion = _dispersion(counts, expected, found, max(freedom, 1))
    _, with_day, with_both = dispersion.values()
    fits = (Fit("dispersion", with_day), Fit("dispersion", with_both), Fit("lag curve", misfit))
    names = (("day cv", "cv"), ("interval cv", "cv"), ("interval correlation", "correlation"))
    items = [
        Estimate(name, float(value), float(se), unit, days, method, fit)
        for (name, unit), value, se, fit in zip(names, found, errors, fits, strict=True)
    ]
    return RateNoise(items[0], items[1], items[2], lags * length_s, covariances, dispersion)


def _sums_by_week(counts: np.ndarray, expected: np.ndarray, weeks: np.ndarray, lags: np.ndarray):
    rest, n = counts - expected, counts.shape[1]
    labels = np.unique(weeks)
    tops, bottoms = np.empty((len(labels), len(lags))), np.empty((len(labels), len(lags)))
    for column, lag in enumerate(lags):
        top = np.sum(rest[:, : n - lag] * rest[:, lag:], axis=1)
        bottom = np.sum(expected[:, : n - lag] * expected[:, lag:], axis=1)
        for row, label in enumerate(labels):
            tops[row, column], bottoms[row, column] = top[weeks == label].sum(), bottom[weeks == label].sum()
    return tops, bottoms, labels


def _squares(found: np.ndarray) -> tuple[float, float, float]:
    return found[0] ** 2, float(np.log1p(found[1] ** 2)), float(found[2])


def _fit_curve(
    half_hours: np.ndarray, covariances: np.ndarray, weight: np.ndarray, near: np.ndarray | None
) -> np.ndarray:
    """Day cv, interval cv, correlation at a half hour: the curve through the covariances, none below 0.

    `near`: where to start, a solution for nearly the same data.
    """
    first = max(covariances[0], 0.0)
    if first == 0.0:
        return np.zeros(3)
    if len(covariances) < 3:
        return np.array([np.sqrt(first), 0.0, 0.0])
    scale = np.sqrt(weight / weight.sum())

    def rest(free: np.ndarray) -> np.ndarray:
        return scale * (covariance_model(half_hours, free[0], free[1], free[2]) - covariances) / first

    start = np.array([max(covariances[-1], 0.05 * first), max(first - covariances[-1], 0.05 * first), 0.6])
    if near is not None:
        start = np.clip(_squares(near), [1e-3 * first, 1e-3 * first, 1e-3], [np.inf, np.inf, 0.979])
    bounds = ([0.0, 0.0, 0.0], [np.inf, np.inf, 0.98])
    found = optimize.least_squares(rest, start, bounds=bounds, x_scale=[first, first, 1.0], xtol=1e-6, ftol=1e-7)
    day, spread, correlation = found.x
    return np.array([np.sqrt(day), np.sqrt(np.expm1(spread)), correlation])


def _dispersion(counts: np.ndarray, expected: np.ndarray, found: np.ndarray, freedom: float) -> dict[str, float]:
    """Pearson's chi2 over its degrees with each layer of noise added to the variance."""
    day, spread, _ = _squares(found)
    squares = (counts - expected) ** 2
    variances = {
        "Poisson": expected,
        "with day factor": expected + day * expected**2,
        "with day and interval factors": expected + (day + (1 + day) * np.expm1(spread)) * expected**2,
    }
    return {name: float(np.sum(squares / variance) / freedom) for name, variance in variances.items()}
