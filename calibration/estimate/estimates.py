"""A number estimated from history, with its standard error; what it fills in a scenario; sums and their ratios."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table
from scipy import stats


@dataclass(frozen=True)
class Fit:
    """How far the data are from the law that was fitted to them."""

    test: str
    """KS: largest distance of the distribution functions [-]; chi2; dispersion: Pearson's chi2 over its degrees (1 is a
    fit; no p-value: the counts of a day go together); lag curve: root mean square of what is left of the covariances.
    """
    value: float
    p_value: float = float("nan")
    """Chance of a larger value if the law holds and the data are independent; with many thousand data every law is
    refused. NaN if not known."""

    @property
    def told(self) -> str:
        """For screen and page: "KS 0.012, p 0.34"."""
        value = f"{self.test} {self.value:.3g}"
        if not np.isfinite(self.p_value):
            return value
        return f"{value}, p < 0.001" if self.p_value < 0.001 else f"{value}, p {self.p_value:.2g}"


@dataclass(frozen=True)
class Estimate:
    """One number read off the data."""

    name: str
    value: float
    se: float
    """Standard error, in `unit`."""
    unit: str
    n: int
    """Observations behind it (contacts, days, operators: as the method says)."""
    method: str
    fit: Fit | None = None
    is_share: bool = False
    """Its interval stays within 0 and 1."""

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal interval (Wald), cut where the number cannot lie: below 0, above 1 of a share."""
        z = float(stats.norm.ppf((1 + level) / 2))
        low, high = self.value - z * self.se, self.value + z * self.se
        if self.is_share or self.unit in POSITIVE:
            low, high = max(low, 0.0), max(high, 0.0)
        return (min(low, 1.0), min(high, 1.0)) if self.is_share else (low, high)

    def numbers(self) -> tuple[str, str, str]:
        """Value, standard error and 95 % interval for screen and page; empty what cannot be told (one day)."""
        if not np.isfinite(self.se):
            return digits(self.value, 4), "", ""
        low, high = self.interval()
        return digits(self.value, 4), digits(self.se, 2), f"{digits(low, 4)} to {digits(high, 4)}"


def digits(value: float, n: int, sign: str = "") -> str:
    """A number with `n` digits as a reader writes it: 110, not 1.1e+02; `sign` "+" shows that of numbers above 0."""
    return f"{float(f'{value:.{n}g}'):{sign}.15g}" if np.isfinite(value) else "unknown"


POSITIVE = ("s", "1/s", "contacts", "factor", "cv", "sd", "customers", "1/year")
"""Units of numbers that are never negative."""


@dataclass(frozen=True)
class Setting:
    """What one key of a scenario should say, as a TOML file writes it."""

    path: tuple[str, ...]
    value: Any
    estimate: Estimate | None = None
    """Behind a single number; None where the value is a list or a name."""
    written: Callable[[float], Any] = float
    """How a number is written there: with its unit, as in "180 s"."""
    note: str = ""
    """Of a list: what is known of its errors."""

    def stated(self, source: str) -> dict[str, Any]:
        """The value with its mark D (derived), its source and, of a single number, the 95 % interval."""
        said = {"value": self.value, "mark": "D", "source": source}
        if self.estimate is not None and np.isfinite(self.estimate.se):
            said["range"] = [self.written(end) for end in self.estimate.interval()]
            said["note"] = f"se {self.estimate.se:.2g}, {self.estimate.method}, n = {self.estimate.n}"
        elif self.note:
            said["note"] = self.note
        return said


def seconds(value: float) -> str:
    """A time as a scenario writes it."""
    return f"{value:.6g} s"


def per_second(value: float) -> str:
    """A rate as a scenario writes it."""
    return f"{value:.6g} /s"


def plain_number(value: float) -> float:
    """A number to six digits."""
    return float(f"{value:.6g}")


def number(path: tuple[str, ...], estimate: Estimate, written: Callable[[float], Any] = plain_number) -> Setting:
    """A key that one estimate fills."""
    return Setting(path, written(estimate.value), estimate, written)


def stated_tree(settings: Iterable[Setting], source: str) -> dict[str, Any]:
    """Nested tables of the keys, each value with its mark: what a fitted TOML file holds."""
    tree: dict[str, Any] = {}
    for setting in settings:
        table = tree
        for part in setting.path[:-1]:
            table = table.setdefault(part, {})
        table[setting.path[-1]] = setting.stated(source)
    return tree


def as_frame(estimates: Iterable[Estimate]) -> pd.DataFrame:
    """One row an estimate."""
    rows = [
        {
            "name": item.name, "value": item.value, "se": item.se, "low": item.interval()[0],
            "high": item.interval()[1], "unit": item.unit, "n": item.n, "method": item.method,
            "test": item.fit.test if item.fit else "", "fit": item.fit.value if item.fit else np.nan,
            "p_value": item.fit.p_value if item.fit else np.nan,
        }
        for item in estimates
    ]  # fmt: skip
    columns = ["name", "value", "se", "low", "high", "unit", "n", "method", "test", "fit", "p_value"]
    return pd.DataFrame(rows, columns=columns)


def as_rich(estimates: Iterable[Estimate], title: str) -> Table:
    """The same for the terminal."""
    table = Table(title=title, title_justify="left")
    for column in ("estimate", "value", "s.e.", "95 %", "unit", "n", "fit"):
        table.add_column(column, justify="left" if column in ("estimate", "unit", "fit") else "right")
    for item in estimates:
        table.add_row(item.name, *item.numbers(), item.unit, f"{item.n:,}", item.fit.told if item.fit else "")
    return table


def ratio_of_sums(top: np.ndarray, bottom: np.ndarray, clusters: Any) -> tuple[float, float]:
    """Sum over sum, and its standard error when rows of one cluster (a day, an operator) go together.

    Linearised: sqrt(G / (G - 1) x sum over clusters of (top - ratio x bottom)^2) / sum of bottom
    (Cochran 1977, Sampling Techniques, section 6.3). NaN error with a single cluster.
    """
    total = float(np.sum(bottom))
    value = float(np.sum(top)) / total if total > 0 else float("nan")
    rest = pd.Series(np.asarray(top, float) - value * np.asarray(bottom, float))
    sums = rest.groupby(pd.factorize(pd.Series(clusters).reset_index(drop=True))[0]).sum()
    n = len(sums)
    if n < 2 or not total > 0:
        return value, float("nan")
    return value, float(np.sqrt(n / (n - 1) * np.sum(sums**2)) / total)


def share_estimate(name: str, events: float, n: int, method: str) -> Estimate:
    """Share of `n` independent trials; se = sqrt(p (1 - p) / n) (binomial)."""
    value = events / n if n else float("nan")
    se = float(np.sqrt(value * (1 - value) / n)) if n else float("nan")
    return Estimate(name, value, se, "share", n, method, is_share=True)


def delta_method(
    function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Values of a function of estimates and their standard errors: sqrt of the diagonal of J V J', J by differences."""
    values = np.atleast_1d(function(at))
    steps = 1e-5 * np.maximum(np.abs(at), 1.0)
    slopes = np.empty((len(values), len(at)))
    for i, step in enumerate(steps):
        move = np.zeros(len(at))
        move[i] = step
        slopes[:, i] = (np.atleast_1d(function(at + move)) - np.atleast_1d(function(at - move))) / (2 * step)
    variances = np.einsum("ij,jk,ik->i", slopes, covariance, slopes)
    return values, np.sqrt(np.maximum(variances, 0.0))


def curvature(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Matrix of second derivatives by central differences: the observed information of a negative log-likelihood."""
    steps = 1e-4 * np.maximum(np.abs(at), 1.0)
    n = len(at)
    result = np.empty((n, n))
    for i in range(n):
        for j in range(i + 1):
            a, b = np.zeros(n), np.zeros(n)
            a[i], b[j] = steps[i], steps[j]
            corners = function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
            result[i, j] = result[j, i] = corners / (4 * steps[i] * steps[j])
    return result


def require(table: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Refuse a table without the columns that an estimator reads."""
    from twin.errors import InputError

    missing = [name for name in columns if name not in table]
    if missing:
        raise InputError(f"{what} has no column {', '.join(missing)}, must have {', '.join(columns)}")


def renamed(names: Mapping[str, str] | None, kind: str) -> str:
    """Name of a recorded type in the scenario: as recorded unless given."""
    return (names or {}).get(kind, kind)
