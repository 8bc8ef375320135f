"""How often customers make contact: rate and spread over customers, from the number of matters of each."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from calibration.estimate.estimates import Estimate, Fit, Setting, curvature, delta_method, number, require
from calibration.estimate.returns import DAY, WINDOW
from twin.errors import InputError

YEAR = 365.25  # [days]
LEAST_CUSTOMERS = 50


@dataclass(frozen=True)
class FrequencyEstimates:
    """Contacts of customers whose own rates follow a gamma law."""

    a_year: Estimate
    """Matters a customer-year, of all customers (redials and recalls are no new matters)."""
    spread: Estimate
    """CV of the customers' rates."""
    customers: Estimate
    """All customers, those who never called too: known, or estimated."""

    def estimates(self) -> list[Estimate]:
        return [self.a_year, self.spread, self.customers]

    def settings(self, cluster: str) -> list[Setting]:
        """Needs a customer-year of a cluster."""
        return [number(("clusters", cluster, "foc"), self.a_year)]


def matters_of_customers(calls: pd.DataFrame, window_s: float = WINDOW) -> pd.Series:
    """Matters of each known customer: calls that come more than the window after the one before."""
    require(calls, ("date", "at_s", "customer"), "table of calls")
    known = calls[(calls["customer"] != "") & calls["customer"].notna()]
    at = (known["date"] - calls["date"].min()).dt.total_seconds() + known["at_s"]
    table = pd.DataFrame({"customer": known["customer"], "at": at}).sort_values(["customer", "at"], kind="stable")
    gap = table["at"].groupby(table["customer"]).diff()
    return (gap.isna() | (gap > window_s)).groupby(table["customer"]).sum()


def fit_frequency(calls: pd.DataFrame, n_customers: int | None = None, window_s: float = WINDOW) -> FrequencyEstimates:
    """Rate and spread of the customers' contacts: Poisson numbers with gamma rates (negative binomial; Ehrenberg 1988).

    Maximum likelihood, standard errors from the observed information. If the number of customers is not known, the law
    of those who called at least once is fitted (zero-truncated), and all are seen / (1 - chance of none). All customers
    count for the whole record: who joined or left in it makes the rate too small.

    Parameters
    ----------
    n_customers : int, optional
        Customers in all; those who never called are counted from it.
    """
    counts = matters_of_customers(calls, window_s)
    if len(counts) < LEAST_CUSTOMERS:
        raise InputError(f"{len(counts)} known customers, must be {LEAST_CUSTOMERS} or more for their frequency")
    if n_customers is not None and n_customers < len(counts):
        raise InputError(f"n_customers is {n_customers}, must not be below the {len(counts)} who called")
    days = (calls["date"].max() - calls["date"].min()).total_seconds() / DAY + 1
    sizes, seen = np.unique(counts.to_numpy(), return_counts=True)
    if n_customers is not None:
        sizes, seen = np.append(0, sizes), np.append(n_customers - len(counts), seen)
    is_cut = n_customers is None

    def misfit(free: np.ndarray) -> float:
        return -float(np.sum(seen * _log_chance(sizes, np.exp(free[0]), np.exp(free[1]), is_cut)))

    mean = float(np.sum(sizes * seen) / seen.sum())
    start = np.log([0.7 * mean, 1.0])
    found = optimize.minimize(misfit, start, method="L-BFGS-B", bounds=[(-12, 8), (-6, 8)], options={"ftol": 1e-13}).x
    covariance = np.linalg.pinv(curvature(misfit, found))

    def scales(free: np.ndarray) -> np.ndarray:
        own, shape = np.exp(free)
        total = len(counts) / -np.expm1(-shape * np.log1p(own / shape)) if is_cut else float(n_customers or 0)
        return np.array([own * YEAR / days, shape**-0.5, total])

    values, errors = delta_method(scales, found, covariance)
    if is_cut:  # who is seen is chance, too: binomial
        errors[2] = float(np.sqrt(errors[2] ** 2 + values[2] * max(values[2] / len(counts) - 1, 0.0)))
    fit = _chi2(sizes, seen, np.exp(found), is_cut)
    method = "negative binomial" + (", customers who called" if is_cut else "")
    labels = (("contacts a customer-year", "1/year"), ("cv of customers' rates", "cv"), ("customers", "customers"))
    items = [
        Estimate(name, float(value), float(se), unit, len(counts), method, fit)
        for (name, unit), value, se in zip(labels, values, errors, strict=True)
    ]
    return FrequencyEstimates(items[0], items[1], items[2])


def _log_chance(n: np.ndarray, mean: float, shape: float, is_cut: bool) -> np.ndarray:
    """Log chance of `n` matters; of those with at least one if `is_cut`."""
    logs = special.gammaln(n + shape) - special.gammaln(shape) - special.gammaln(n + 1)
    logs = logs + n * np.log(mean / (mean + shape)) - shape * np.log1p(mean / shape)
    if is_cut:
        logs = logs - np.log(-np.expm1(-shape * np.log1p(mean / shape)))
    return logs


def _chi2(sizes: np.ndarray, seen: np.ndarray, law: np.ndarray, is_cut: bool) -> Fit:
    """Customers by number of matters against the law, the rare numbers together."""
    n = int(seen.sum())
    numbers = np.arange(1 if is_cut else 0, int(sizes.max()) + 1)
    expected = n * np.exp(_log_chance(numbers, law[0], law[1], is_cut))
    counted = np.zeros(len(numbers))
    counted[np.searchsorted(numbers, sizes)] = seen
    last = max(int(np.sum(np.cumsum(expected[::-1])[::-1] >= 5)) - 1, 1)
    expected = np.append(expected[:last], n - expected[:last].sum())
    counted = np.append(counted[:last], n - counted[:last].sum())
    value = float(np.sum((counted - expected) ** 2 / np.maximum(expected, 1e-9)))
    return Fit("chi2", value, float(stats.chi2.sf(value, max(len(expected) - 3, 1))))
