"""How busy days are: factors of weekday, month and holidays, and the gamma factor that is left."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from calibration.estimate.estimates import Estimate, Fit, delta_method
from calibration.estimate.normality import normality_p_value
from twin.errors import InputError
from twin.scenario.days import WEEKDAYS

LEAST_DAYS_OF_MONTH = 10
"""A month with fewer recorded days counts with the month next to it: its factor would be noise."""
LEAST_SPAN_OF_TREND = 400  # [days] a growth from year to year cannot be told from the months in less
LONGEST_STEP = 4  # [days] between two days that count as neighbours: over a weekend and a holiday
MOST_CORRELATION = 0.98  # of neighbouring days
UNUSUAL = 3.5
"""Robust z above which a day is unusual (Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers)."""


@dataclass(frozen=True)
class DayLevels:
    """Expected contacts of a day = level x weekday x month x kind of day x growth; a factor with `total_cv` is left."""

    level: Estimate
    """Contacts on a day whose factors are all 1."""
    weekdays: dict[str, Estimate]
    """Factors, 1 on average over the weekdays recorded."""
    months: dict[int, Estimate]
    """Factors by month (1 .. 12), 1 on average over the recorded days; empty if not told apart."""
    kinds: dict[str, Estimate]
    """Factors of holidays, bridges, days after holidays: of those recorded, over an ordinary day."""
    growth: Estimate | None
    """Factor from a year to the next."""
    total_cv: Estimate
    """CV of the factor of a day's total, beyond Poisson."""
    day_correlation: Estimate
    """Correlation of the factors of neighbouring days."""
    expected: pd.Series
    """Contacts by date."""
    _design: "_Design"
    _effects: np.ndarray

    def predict(self, dates: pd.DatetimeIndex, kinds: pd.Series | None = None) -> pd.Series:
        """Expected contacts of any dates; a month that was not recorded counts as an average one."""
        rows = self._design.rows(dates, kinds)
        return pd.Series(np.exp(rows @ self._effects), index=dates)

    @property
    def residuals(self) -> pd.Series:
        """Factor of each day less 1."""
        return self._design.totals / self.expected - 1

    def estimates(self) -> list[Estimate]:
        several = [*self.weekdays.values(), *self.months.values(), *self.kinds.values()]
        return [self.level, *several, *([self.growth] if self.growth else []), self.total_cv, self.day_correlation]


@dataclass(frozen=True)
class _Design:
    """Columns of the log-linear model."""

    totals: pd.Series
    weekdays: list[int]
    months: list[int]
    """Those with an effect; the first one is the base."""
    joined: dict[int, int]
    """Month -> month with which it counts."""
    kinds: list[str]
    middle: pd.Timestamp | None
    """Of the record, if growth is told."""

    def rows(self, dates: pd.DatetimeIndex, kinds: pd.Series | None = None) -> np.ndarray:
        known = kinds.reindex(dates).fillna("ordinary") if kinds is not None else pd.Series("ordinary", index=dates)
        months = [self.joined.get(month, month) for month in dates.month]
        columns = [np.asarray(dates.weekday == day, float) for day in self.weekdays]
        for month in self.months[1:]:
            columns.append(np.array([float(own == month) if own in self.months else np.nan for own in months]))
        columns += [(known == kind).to_numpy(float) for kind in self.kinds]
        if self.middle is not None:
            columns.append(np.asarray((dates - self.middle).days, float) / 365.25)
        rows = np.column_stack(columns)
        if np.isnan(rows).any():  # a month never seen: share of each month among the recorded days
            shares = pd.Series(
                [self.joined[int(month)] for month in pd.DatetimeIndex(self.totals.index).month]
            ).value_counts(normalize=True)
            for place, month in enumerate(self.months[1:], len(self.weekdays)):
                rows[np.isnan(rows[:, place]), place] = shares.get(month, 0.0)
        if set(dates.weekday) - set(self.weekdays):
            unseen = sorted(set(dates.weekday) - set(self.weekdays))
            raise InputError(f"weekday {', '.join(WEEKDAYS[day] for day in unseen)} is not in the history")
        return rows


def fit_days(totals: pd.Series, kinds: pd.Series | None = None) -> DayLevels:
    """Factors of the days: log-linear model of their totals with variance mu + cv^2 mu^2 (Poisson-gamma).

    Effects by quasi-likelihood (McCullagh & Nelder 1989, ch. 9), cv by Pearson's moment equation (Breslow 1984, Applied
    Statistics 33, 38-44); standard errors of the effects from the covariance of days whose factors are correlated as
    the powers of `day_correlation` (sandwich).

    Parameters
    ----------
    totals : Series
        Contacts by date (midnight), open days only, unusual days left out.
    kinds : Series, optional
        Kind of each date, from `day_kinds`.
    """
    totals = totals.sort_index().astype(float)
    totals = totals[totals > 0]
    if len(totals) < 8:
        raise InputError(f"open days in the history: {len(totals)}, must be 8 or more for the factors of days")
    design = _design(totals, kinds)
    dates = pd.DatetimeIndex(totals.index)
    rows, seen = design.rows(dates, kinds), totals.to_numpy()
    effects, squared_cv = _fit_effects(rows, seen)
    mean = np.exp(rows @ effects)
    correlation = _unbiased(_day_correlation(pd.Series(seen / mean - 1, index=dates)), dates, rows, mean, squared_cv)
    covariance = _sandwich(rows, mean, squared_cv, max(correlation.value, 0.0))
    levels, weekdays, months, kind_factors, growth = _factors(design, effects, covariance, totals)
    return DayLevels(
        levels, weekdays, months, kind_factors, growth,
        _total_cv(seen, mean, squared_cv, max(correlation.value, 0.0)), correlation,
        pd.Series(mean, index=dates), design, effects,
    )  # fmt: skip


def _design(totals: pd.Series, kinds: pd.Series | None) -> _Design:
    dates = pd.DatetimeIndex(totals.index)
    counts = dates.month.value_counts().sort_index()
    kept = [int(month) for month in counts.index[counts >= LEAST_DAYS_OF_MONTH]]
    joined = {int(month): min(kept or [1], key=lambda own: min(abs(own - month), 12 - abs(own - month)))
              for month in counts.index}  # fmt: skip
    seen = [] if kinds is None else sorted(set(kinds.reindex(dates).dropna()) - {"ordinary"})
    span = (dates[-1] - dates[0]).days
    return _Design(
        totals, sorted(set(dates.weekday)), kept if len(kept) > 1 else [], joined, seen,
        dates[0] + (dates[-1] - dates[0]) / 2 if span >= LEAST_SPAN_OF_TREND else None,
    )  # fmt: skip


def _fit_effects(rows: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, float]:
    """Effects and squared cv: weighted least squares on the working response, in turn with the moment equation."""
    effects, squared_cv = np.linalg.lstsq(rows, np.log(seen), rcond=None)[0], 0.0
    for _ in range(50):
        mean = np.exp(rows @ effects)
        weight = np.sqrt(mean / (1 + squared_cv * mean))
        response = rows @ effects + (seen - mean) / mean
        updated = np.linalg.lstsq(rows * weight[:, None], response * weight, rcond=None)[0]
        squared_cv = moment_cv(seen, np.exp(rows @ updated), len(seen) - rows.shape[1])
        if np.max(np.abs(updated - effects)) < 1e-10:
            break
        effects = updated
    return updated, squared_cv


def moment_cv(seen: np.ndarray, mean: np.ndarray, freedom: int) -> float:
    """Squared cv v with sum (y - mu)^2 / (mu + v mu^2) = degrees of freedom; 0 if Poisson is enough (Breslow 1984)."""
    if freedom <= 0:
        return 0.0
    squares, low, high = (seen - mean) ** 2, 0.0, 1.0
    if np.sum(squares / mean) <= freedom:
        return 0.0
    while np.sum(squares / (mean + high * mean**2)) > freedom:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.sum(squares / (mean + middle * mean**2)) > freedom else (low, middle)
    return (low + high) / 2


def _neighbours(dates: pd.DatetimeIndex) -> np.ndarray:
    """Whether each day but the first follows on the one before: bool (days - 1,)."""
    return np.asarray(np.diff(dates.to_numpy()) / np.timedelta64(1, "D") <= LONGEST_STEP)


def _unbiased(
    raw: Estimate, dates: pd.DatetimeIndex, rows: np.ndarray, mean: np.ndarray, squared_cv: float
) -> Estimate:
    """The correlation of which these days would show the residuals' one on the mean.

    Fitted factors take some of the correlation away (Marriott & Pope 1954, Biometrika 41), most with few weeks, and the
    luck of single contacts has none: with residuals M e and covariance C of e (powers of the correlation, Poisson), the
    expected lag-1 product over the expected square, of M C M'.
    """
    near = _neighbours(dates)
    if not squared_cv > 0 or not np.isfinite(raw.se):
        return raw
    weighted = rows * (mean / (1 + squared_cv * mean))[:, None]
    taken = rows @ np.linalg.pinv(rows.T @ weighted)  # M = 1 - taken weighted'
    order = np.arange(len(mean))

    def shown(correlation: float) -> float:
        own = _relative_covariance(mean, squared_cv, correlation)
        crossed = own @ weighted
        core = weighted.T @ crossed

        def products(a: slice, b: slice) -> np.ndarray:
            away = (taken[a] * crossed[b]).sum(axis=1) + (crossed[a] * taken[b]).sum(axis=1)
            return own[order[a], order[b]] - away + (taken[a] @ core * taken[b]).sum(axis=1)

        every, first, second = slice(None), slice(None, -1), slice(1, None)
        return float(np.mean(products(first, second)[near]) / np.mean(products(every, every)))

    grid = np.linspace(-MOST_CORRELATION, MOST_CORRELATION, 41)
    curve = np.maximum.accumulate([shown(correlation) for correlation in grid])
    value = float(np.interp(raw.value, curve, grid))
    slope = float(np.interp(value, grid, np.gradient(curve, grid)))
    se = raw.se / max(slope, 0.2)
    return Estimate(raw.name, value, se, raw.unit, raw.n, "lag-1 correlation of day factors, bias taken out")


def _day_correlation(residuals: pd.Series) -> Estimate:
    """Lag-1 correlation of the residuals; se sqrt((1 - r^2) / pairs) (Bartlett 1946)."""
    near = _neighbours(pd.DatetimeIndex(residuals.index))
    values = residuals.to_numpy()
    pairs = int(near.sum())
    if pairs < 8:
        return Estimate("day correlation", 0.0, float("nan"), "correlation", pairs, "too few neighbouring days")
    value = float(np.mean((values[1:] * values[:-1])[near]) / np.mean(values**2))
    value = float(np.clip(value, -0.99, 0.99))
    se = float(np.sqrt((1 - value**2) / pairs))
    return Estimate("day correlation", value, se, "correlation", pairs, "lag-1 correlation of day factors")


def _relative_covariance(mean: np.ndarray, squared_cv: float, correlation: float) -> np.ndarray:
    """Of the days' totals over their means: factors correlated as powers of `correlation`, and Poisson."""
    order = np.arange(len(mean))
    powers = correlation**order
    return squared_cv * powers[np.abs(order[:, None] - order[None, :])] + np.diag(1 / mean)


def _sandwich(rows: np.ndarray, mean: np.ndarray, squared_cv: float, correlation: float) -> np.ndarray:
    weight = mean / (1 + squared_cv * mean)
    bread = np.linalg.pinv(rows.T @ (rows * weight[:, None]))
    relative = _relative_covariance(mean, squared_cv, correlation)
    scaled = rows * weight[:, None]
    return bread @ (scaled.T @ relative @ scaled) @ bread


def _total_cv(seen: np.ndarray, mean: np.ndarray, squared_cv: float, correlation: float) -> Estimate:
    """Se of the moment equation: its own variance (2 + 6 cv^2 a day: gamma factor) over its slope; days that are
    correlated count for less (Bartlett 1946)."""
    variance = mean + squared_cv * mean**2
    days = len(seen) * (1 - correlation**2) / (1 + correlation**2)
    slope = float(np.sum(mean**2 / variance))
    se_square = np.sqrt((2 + 6 * squared_cv) * len(seen) ** 2 / days) / slope
    cv = float(np.sqrt(squared_cv))
    se = float(se_square / (2 * cv)) if cv > 0 else float(np.sqrt(se_square))
    return Estimate(
        "cv of a day's total", cv, se, "cv", len(seen), "Pearson moment, Poisson-gamma", gamma_fit(seen, mean, cv)
    )


def gamma_fit(seen: np.ndarray, mean: np.ndarray, cv: float) -> Fit:
    """Distance of the days' totals from Poisson with a gamma factor (negative binomial), on normal scores.

    Middle of the distribution function's step at each total, turned to a normal score: by the law they are standard
    normal (Smith 1985, Journal of Forecasting 4, 283-291); the p-value is that of a law fitted to the same days.
    """
    shape = 1 / max(cv, 1e-4) ** 2
    law = stats.nbinom(shape, shape / (shape + mean))
    scores = stats.norm.ppf(np.clip(law.cdf(seen) - law.pmf(seen) / 2, 1e-12, 1 - 1e-12))
    return Fit("KS", float(stats.ks_1samp(scores, stats.norm.cdf, mode="asymp").statistic), normality_p_value(scores))


def _factors(design: _Design, effects: np.ndarray, covariance: np.ndarray, totals: pd.Series):
    """Effects on the scale of factors, normalised, with standard errors by the delta method."""
    n_days, n_months, n_kinds = len(design.weekdays), max(len(design.months) - 1, 0), len(design.kinds)
    joined = pd.Series([design.joined[int(month)] for month in pd.DatetimeIndex(totals.index).month])
    shares = np.array([float((joined == month).mean()) for month in design.months])

    def factors(beta: np.ndarray) -> np.ndarray:
        weekday = np.exp(beta[:n_days])
        month = np.exp(np.concatenate([[0.0], beta[n_days : n_days + n_months]]))[: len(design.months)]
        mean_month = float(shares @ month) if len(month) else 1.0
        level = weekday.mean() * mean_month
        others = np.exp(beta[n_days + n_months :])
        return np.concatenate([[level], weekday / weekday.mean(), month / mean_month, others])

    values, errors = delta_method(factors, effects, covariance)
    method, n = "log-linear, Poisson-gamma", len(totals)
    names = ["level", *(f"weekday {WEEKDAYS[day]}" for day in design.weekdays)]
    names += [f"month {month}" for month in design.months] + [f"day {kind}" for kind in design.kinds]
    names += ["growth a year"] if design.middle is not None else []
    units = ["contacts"] + ["factor"] * (len(names) - 1)
    found = [
        Estimate(name, float(value), float(se), unit, n, method)
        for name, value, se, unit in zip(names, values, errors, units, strict=True)
    ]
    first, second = 1 + n_days, 1 + n_days + len(design.months)
    weekdays = {WEEKDAYS[day]: item for day, item in zip(design.weekdays, found[1:first], strict=True)}
    months = dict(zip(design.months, found[first:second], strict=True))
    kinds = dict(zip(design.kinds, found[second : second + n_kinds], strict=True))
    return found[0], weekdays, months, kinds, found[-1] if design.middle is not None else None


def unusual_days(totals: pd.Series, known: Collection[pd.Timestamp] = (), limit: float = UNUSUAL) -> list:
    """Dates whose total lies more than `limit` robust standard deviations from the median of the same weekday.

    On logarithms; the standard deviation is 1.4826 x the median distance, over all days. Dates in `known` (holidays)
    have factors of their own and are not looked at.
    """
    totals = totals[totals > 0]
    logs = np.log(totals[[date not in known for date in totals.index]])
    weekday = pd.DatetimeIndex(logs.index).weekday
    rest = logs - logs.groupby(weekday).transform("median")
    spread = 1.4826 * float(np.median(np.abs(rest)))
    return list(rest.index[np.abs(rest) > limit * spread]) if spread > 0 else []
