"""Histories drawn from known laws, for tests that want the laws back."""

import numpy as np
import pandas as pd

WEEKDAY_FACTORS = np.array([1.15, 1.0, 0.95, 0.93, 0.97])
"""Monday to Friday, 1 on average."""


def day_profile(n):
    """Shares of n intervals: one hump."""
    shape = np.sin(np.linspace(0.3, 2.9, n)) + 0.2
    return shape / shape.sum()


def working_days(weeks):
    dates = pd.date_range("2013-01-07", periods=7 * weeks, freq="D")
    return dates[dates.weekday < 5]


def interval_factors(rng, n_days, n, cv, correlation):
    """Lognormal, mean 1; logarithms a first-order autoregression within the day."""
    sigma, state = np.sqrt(np.log1p(cv**2)), rng.normal(size=(n_days, n))
    for i in range(1, n):
        state[:, i] = correlation * state[:, i - 1] + np.sqrt(1 - correlation**2) * state[:, i]
    return np.exp(sigma * state - sigma**2 / 2)


def counts(seed, weeks=20, n=16, level=800.0, day_cv=0.08, interval_cv=0.1, correlation=0.6):
    """Contacts by day and half hour from 8:00, and the rates without noise."""
    rng, dates = np.random.default_rng(seed), working_days(weeks)
    day = rng.gamma(1 / day_cv**2, day_cv**2, len(dates)) if day_cv else np.ones(len(dates))
    mean = level * WEEKDAY_FACTORS[dates.weekday][:, None] * day_profile(n)
    rates = mean * day[:, None] * interval_factors(rng, len(dates), n, interval_cv, correlation)
    starts = 28800 + 1800 * np.arange(n)
    return (pd.DataFrame(rng.poisson(rates), dates, starts), mean)


def as_intervals(table, kind="calls"):
    """Rows date, start_s, length_s, type, offered."""
    rows = table.rename_axis("date").reset_index().melt("date", var_name="start_s", value_name="offered")
    return rows.assign(length_s=1800, type=kind)


def share_covered(pairs):
    """Share of (estimate, truth) with the truth within 1.96 standard errors."""
    return float(np.mean([abs(item.value - truth) <= 1.96 * item.se for item, truth in pairs]))
