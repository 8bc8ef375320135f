"""Coming back: redials of those who gave up and recalls of those who were answered, less the calls made anyway."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import optimize, special

from calibration.estimate.estimates import (
    Estimate,
    Fit,
    Setting,
    curvature,
    delta_method,
    number,
    require,
    share_estimate,
)
from calibration.estimate.patience import censored_fit
from twin.errors import InputError

DAY = 86400.0  # [s]
WINDOW = 3 * DAY
"""[s] Within this a new contact counts as a return (`resolution.recall_window`)."""
LEAST_RETURNS = 30


@dataclass(frozen=True)
class ReturnEstimates:
    """Return of customers after one kind of outcome."""

    after: str
    """`abandoned`: redials; `answered`: recalls."""
    within_window: Estimate
    """Share with any further contact within the window, as counted."""
    share: Estimate
    """Share who come back because of it, within the window: chance taken out."""
    mu: Estimate
    sigma: Estimate
    """Of the lognormal delay [log s] of those who come back because of it."""
    median: Estimate
    """[s]"""
    chance: Estimate
    """Rate of the contacts made anyway, over the customer's own rate of new matters."""
    window_s: float

    def estimates(self) -> list[Estimate]:
        return [self.within_window, self.share, self.mu, self.sigma, self.median, self.chance]

    def settings(self, fcr: float | None = None) -> list[Setting]:
        """`redial.share` and `redial.delay`; or `recall.delay`, and `recall.share` if the share resolved is given.

        A scenario's share counts those beyond the window too, of which the law tells how many. Of the answered only
        those not resolved come back for it: share = (1 - fcr) x recall.share; calls show the product alone.
        """
        part = "redial" if self.after == "abandoned" else "recall"
        keys = [
            Setting((part, "delay", "law"), "lognormal"),
            number((part, "delay", "mu"), self.mu),
            number((part, "delay", "sigma"), self.sigma),
        ]
        inside = float(special.ndtr((np.log(self.window_s) - self.mu.value) / self.sigma.value))
        if part == "redial":
            keys.append(number((part, "share"), _scaled(self.share, 1 / inside)))
        elif fcr is not None:
            keys.append(number((part, "share"), _scaled(self.share, 1 / inside / (1 - fcr))))
        return keys


def _scaled(share: Estimate, factor: float) -> Estimate:
    """The share times a known factor, 1 at most."""
    return replace(share, value=min(factor * share.value, 1.0), se=factor * share.se)


def remove_chance(share_seen: float, chance_rate: float, window_s: float) -> float:
    """Share who return because of the contact: r in 1 - seen = (1 - r) exp(-rate x window)."""
    return 1 - (1 - share_seen) * float(np.exp(chance_rate * window_s))


def next_contacts(calls: pd.DataFrame, window_s: float = WINDOW) -> pd.DataFrame:
    """Calls of known customers with the time to their next one.

    Returns
    -------
    DataFrame
        customer, type, outcome; `delay_s` from the end of the wait (given up) or of the talk (answered) to the next
        entry, NaN if none; `followed_s` until the records end; `own_rate` [1/s] at which the customer begins new
        matters.

    Notes
    -----
    A new matter is a call more than the window after the one before. Its rate is drawn to the mean of all customers
    as with a gamma prior of shape 1: a customer seen once is not one who never calls.
    """
    require(calls, ("date", "at_s", "customer", "outcome", "wait_s", "service_s", "type"), "table of calls")
    known = calls[(calls["customer"] != "") & calls["customer"].notna()]
    midnight = (known["date"] - calls["date"].min()).dt.total_seconds()
    vru = known["vru_s"].fillna(0) if "vru_s" in known else 0.0
    ended = midnight + known["at_s"] + known["wait_s"].fillna(0) + known["service_s"].fillna(0)
    table = pd.DataFrame({"customer": known["customer"], "type": known["type"], "outcome": known["outcome"],
                          "entered": midnight + known["at_s"] - vru, "ended": ended})  # fmt: skip
    table = table.sort_values(["customer", "entered"], kind="stable")
    by_customer = table.groupby("customer", sort=False)
    table["delay_s"] = (by_customer["entered"].shift(-1) - table["ended"]).clip(lower=1.0)
    end = (calls["date"].max() - calls["date"].min()).total_seconds() + DAY
    table["followed_s"] = (end - table["ended"]).clip(lower=1.0)
    is_new = (table["entered"] - by_customer["entered"].shift()).gt(window_s)
    matters = is_new.groupby(table["customer"], sort=False).sum()
    mean_rate = float(matters.sum() / (len(matters) * end)) if len(matters) else 0.0
    rates = (matters + 1) / (end + 1 / mean_rate) if mean_rate > 0 else matters * 0.0
    return table.assign(own_rate=table["customer"].map(rates)).drop(columns=["entered", "ended"])


def fit_returns(calls: pd.DataFrame, after: str = "abandoned", window_s: float = WINDOW) -> ReturnEstimates:
    """Share and delay of those who come back because of how a contact ended.

    Of the next contact of the same customer, at t: chance of none until t = (1 - r F(t)) exp(-c rate t), with F
    lognormal and `rate` the customer's own rate of new matters; r, F and c by maximum likelihood, the window and
    the records' end censor. Standard errors from the observed information, clustered on customers (sandwich: White
    1982, Econometrica 50, 1-25). One formula for share, delay and chance: 1 - seen = (1 - r F) exp(-rate t) at
    every t.

    Delays run on while the centre is closed. Where visits come in clusters (the bank's customers after an answer),
    share and chance lean on the window: compare two windows before believing either.

    Raises
    ------
    InputError
        If customers are not known, or too few come back.
    """
    table = next_contacts(calls, window_s)
    table = table[table["outcome"] == after]
    limit = np.minimum(window_s, table["followed_s"].to_numpy())
    delay = table["delay_s"].to_numpy()
    came = delay <= limit
    if came.sum() < LEAST_RETURNS:
        raise InputError(
            f"{int(came.sum())} known customers came back after {after}, must be {LEAST_RETURNS} or more for their law"
        )
    times, rates = np.where(came, delay, limit), table["own_rate"].to_numpy()
    found, covariance = _maximise(times, came, rates, table["customer"].to_numpy())
    return _describe(after, window_s, times, came, rates, found, covariance)


def _log_likelihood(free: np.ndarray, times: np.ndarray, came: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """By contact; `free` = logit r, mu, log sigma, log c."""
    share, mu, sigma, chance = special.expit(free[0]), free[1], np.exp(free[2]), np.exp(free[3]) * rates
    z = (np.log(times) - mu) / sigma
    stay = 1 - share * special.ndtr(z)
    density = np.exp(-0.5 * z**2) / (np.sqrt(2 * np.pi) * sigma * times)
    return np.where(came, np.log(share * density + stay * chance + 1e-300), np.log(stay + 1e-300)) - chance * times


def _maximise(times: np.ndarray, came: np.ndarray, rates: np.ndarray, customers: np.ndarray):
    early = np.log(times[came])
    guess = remove_chance(float(came.mean()), float(rates.mean()), float(times.max()))

    def misfit(free: np.ndarray) -> float:
        return -float(_log_likelihood(free, times, came, rates).sum())

    start = np.array([special.logit(np.clip(guess, 0.01, 0.95)), np.median(early), np.log(early.std()), 0.0])
    bounds = [(-8, 8), (0, 16), (-3, 2), (-5, 4)]
    options = {"ftol": 1e-13, "gtol": 1e-6 * len(times), "maxiter": 500}
    found = optimize.minimize(misfit, start, method="L-BFGS-B", bounds=bounds, options=options).x
    bread = np.linalg.pinv(curvature(misfit, found))
    steps = 1e-4 * np.maximum(np.abs(found), 1.0)
    scores = np.column_stack([
        (_log_likelihood(found + step, times, came, rates) - _log_likelihood(found - step, times, came, rates))
        / (2 * step.sum())
        for step in np.diag(steps)
    ])  # fmt: skip
    by_customer = pd.DataFrame(scores).groupby(customers).sum().to_numpy()
    return found, bread @ (by_customer.T @ by_customer) @ bread


def _describe(after, window_s, times, came, rates, found, covariance) -> ReturnEstimates:
    """Estimates on their own scales; the share is of those whose delay falls in the window."""

    def scales(free: np.ndarray) -> np.ndarray:
        inside = special.ndtr((np.log(window_s) - free[1]) / np.exp(free[2]))
        return np.array([special.expit(free[0]) * inside, free[1], np.exp(free[2]), np.exp(free[1]), np.exp(free[3])])

    values, errors = delta_method(scales, found, covariance)
    if not rates.any():
        errors[-1] = np.nan  # nobody called twice about different matters: there is no chance to measure
    n, name = len(times), "redial" if after == "abandoned" else "recall"
    fit = _misfit(times, came, rates, found)
    method = "maximum likelihood, chance contacts taken out, clustered on customers"
    labels = (("share", "share"), ("delay mu", "log s"), ("delay sigma", "log s"), ("delay median", "s"),
              ("chance over own rate", "factor"))  # fmt: skip
    items = [
        Estimate(f"{name} {label}", float(value), float(se), unit, n, method, fit, is_share=unit == "share")
        for (label, unit), value, se in zip(labels, values, errors, strict=True)
    ]
    full = times[~came].min() if (~came).any() else window_s
    how = f"next contact within {window_s / 3600:g} h (shortest follow-up {full / 3600:.3g} h)"
    counted = share_estimate(f"{name} seen", float(came.sum()), n, how)
    return ReturnEstimates(after, counted, items[0], items[1], items[2], items[3], items[4], window_s)


def _misfit(times: np.ndarray, came: np.ndarray, rates: np.ndarray, found: np.ndarray) -> Fit:
    """Returns counted in pieces of the delay against those that the law expects of all contacts still out."""
    share, mu, sigma = special.expit(found[0]), found[1], np.exp(found[2])
    chance = np.exp(found[3]) * rates[:, None]

    def cumulated(until: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore"):
            return chance * until - np.log1p(-share * special.ndtr((np.log(until) - mu) / sigma))

    return censored_fit(times, came, cumulated, len(found))


def returns_from_intervals(
    intervals: pd.DataFrame, n_lags: int = 4, outcomes: Mapping[str, str] | None = None
) -> list[Estimate]:
    """Share of those who gave up (and of the answered) who come back within `n_lags` intervals, without identities.

    Offered on the lagged counts of each outcome, with a mean for each weekday and interval and a level for each day
    (Ding, Koole & van der Mei 2013, WSC: offered = fresh + p x abandoned + q x answered, lagged); se clustered on days.
    A busy interval loses calls, so that least squares within days would come out too small by some 1 / intervals for
    each lag (Nickell 1981, Econometrica 49, 1417-1426): the day's level is taken out as the mean of the intervals that
    are still to come, with those gone by as instruments (Arellano & Bover 1995, Journal of Econometrics 68, 29-51).

    Of each interval the share of its usual volume is taken, for busy days are busy in proportion. Returns within the
    same interval are not seen. Caution: busy spells last, so noise of the arrival rate passes for redials; only
    differences of staffing tell them apart. A start for a simulation-based fit.
    """
    outcomes = outcomes or {"abandoned": "redial"}
    require(intervals, ("date", "start_s", "offered", *outcomes), "table of intervals")
    wide = {
        name: intervals.groupby(["date", "start_s"])[name].sum().unstack(fill_value=0).astype(float)
        for name in ("offered", *outcomes)
    }
    if any(wide[name].to_numpy().sum() == 0 for name in outcomes):
        raise InputError(f"the intervals hold no {' or no '.join(outcomes)} calls, returns cannot be told")
    offered = wide["offered"]
    n_days, n = offered.shape
    if n <= n_lags + 2 or n_days < 8:
        raise InputError(f"{n_days} days of {n} intervals, must be 8 or more of at least {n_lags + 3}")
    weekday = pd.DatetimeIndex(offered.index).weekday.to_numpy()
    usual = np.maximum(offered.to_numpy().mean(axis=0), 1.0)[n_lags:]
    lagged = [
        _of_weekday(np.roll(wide[name].to_numpy(), lag, axis=1)[:, n_lags:] / usual, weekday)
        for name in outcomes for lag in range(1, n_lags + 1)
    ]  # fmt: skip
    rows = np.stack([_less_later(column) for column in lagged], axis=-1)
    tools = np.stack([_less_earlier(column) for column in lagged], axis=-1)
    seen = _less_later(_of_weekday(offered.to_numpy()[:, n_lags:] / usual, weekday))
    bread = np.linalg.pinv(np.einsum("dtk,dtl->kl", tools, rows))
    slopes = bread @ np.einsum("dtk,dt->k", tools, seen)
    by_day = np.einsum("dtk,dt->dk", tools, seen - rows @ slopes)
    covariance = bread @ (by_day.T @ by_day) @ bread.T * n_days / max(n_days - len(set(weekday)) - 1, 1)
    found = []
    for place, label in enumerate(outcomes.values()):
        own = slice(place * n_lags, (place + 1) * n_lags)
        value, se = float(slopes[own].sum()), float(np.sqrt(covariance[own, own].sum()))
        method = f"offered on the last {n_lags} intervals, clustered on days; noise of the rate adds to it"
        found.append(Estimate(f"{label} share, intervals", value, se, "share", seen.size, method, is_share=True))
    return found


def _of_weekday(values: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Deviations from the mean of the weekday and interval, of days by intervals."""
    return values - pd.DataFrame(values).groupby(np.asarray(weekday)).transform("mean").to_numpy()


def _less_later(values: np.ndarray) -> np.ndarray:
    """Each interval less the mean of those after it on the day, all with the same variance; the last has none."""
    after = np.arange(values.shape[1] - 1, 0, -1)
    later = (values.sum(axis=1, keepdims=True) - np.cumsum(values, axis=1))[:, :-1] / after
    return np.sqrt(after / (after + 1)) * (values[:, :-1] - later)


def _less_earlier(values: np.ndarray) -> np.ndarray:
    """Each interval but the last less the mean of the day until then."""
    return (values - np.cumsum(values, axis=1) / np.arange(1, values.shape[1] + 1))[:, :-1]
