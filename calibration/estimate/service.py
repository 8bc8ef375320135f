"""Service times: lognormal by type with a spread of operators, from talks; mean and scatter, from intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from calibration.estimate.estimates import (
    Estimate,
    Fit,
    Setting,
    number,
    plain_number,
    ratio_of_sums,
    renamed,
    require,
    seconds,
)
from calibration.estimate.normality import normality_p_value
from calibration.estimate.pooling import pool

SHORT = 10.0
"""[s] Talks up to this are broken calls, or operators who hang up to rest (Brown et al. 2005): they get a share."""
LONGEST = 3600.0  # [s] longer talks are taken for records that were not closed
LEAST_TALKS = 20
"""Of a type, for a law of its own."""
LEAST_OPERATORS = 5
"""Of a type, for errors that are clustered on them; of all, for their spread."""
LEAST_OF_OPERATOR = 5
"""Talks of an operator, to count in the spread of operators."""


@dataclass(frozen=True)
class TypeService:
    """Talks of one type."""

    mu: Estimate
    """Mean of log seconds, short talks left out."""
    sigma: Estimate
    """Standard deviation of log seconds, operators' differences included."""
    mean: Estimate
    """Mean talk [s] of the same talks, whatever their law; se clustered on operators."""
    short: Estimate
    """Share of talks up to the limit."""
    wrap: Estimate | None
    """Mean wrap-up [s], if recorded."""

    def estimates(self) -> list[Estimate]:
        return [self.mu, self.sigma, self.mean, self.short, *([self.wrap] if self.wrap else [])]


@dataclass(frozen=True)
class ServiceEstimates:
    """What the talks of a history tell."""

    types: dict[str, TypeService]
    spread: Estimate | None
    """Standard deviation of the operators' mean log talks, type by type centred; None without operators."""
    within: Estimate | None
    """Standard deviation of log seconds of one operator's talks of one type."""
    operators: pd.DataFrame
    """Operator -> n talks, `factor`: talk time over a usual one of the same types, drawn to 1 by what it is unsure."""
    short_s: float

    def estimates(self) -> list[Estimate]:
        several = [item for kind in self.types.values() for item in kind.estimates()]
        return [*several, *(item for item in (self.spread, self.within) if item is not None)]

    def settings(self, names: Mapping[str, str] | None = None) -> list[Setting]:
        """Talk law of each intent (mean kept, operators' part of the variance taken out), wrap, operators' spread."""
        square = self.spread.value**2 if self.spread is not None else 0.0
        keys: list[Setting] = []
        for kind, item in self.types.items():
            talk = ("intents", renamed(names, kind), "talk")
            own = float(np.sqrt(max(item.sigma.value**2 - square, 0.01)))
            mu = item.mu.value + (item.sigma.value**2 - own**2) / 2
            keys += [
                Setting((*talk, "law"), "lognormal"),
                Setting((*talk, "mu"), plain_number(mu)),
                Setting((*talk, "sigma"), plain_number(own)),
                number((*talk, "mass", "share"), item.short),
                Setting((*talk, "mass", "low"), seconds(0)),
                Setting((*talk, "mass", "high"), seconds(self.short_s)),
            ]
            if item.wrap is not None and item.wrap.value > 0:
                wrap = ("intents", renamed(names, kind), "wrap")
                keys += [Setting((*wrap, "law"), "exponential"), number((*wrap, "mean"), item.wrap, seconds)]
        if self.spread is not None:
            keys.append(Setting(("abilities", "spread_cv"), plain_number(float(np.sqrt(np.expm1(square))))))
        return keys


def lognormal(talks: np.ndarray, name: str = "talk") -> tuple[Estimate, Estimate]:
    """mu and sigma of log seconds (maximum likelihood, n - 1 for n); se sigma / sqrt(n) and sigma / sqrt(2 n).

    Fit: the Kolmogorov-Smirnov distance, with the p-value for parameters that come from the same talks (Lilliefors).
    """
    logs = np.log(np.asarray(talks, float))
    n = len(logs)
    mu, sigma = float(logs.mean()), float(logs.std(ddof=1))
    law = stats.norm(mu, max(sigma, 1e-9))
    fit = Fit("KS", float(stats.ks_1samp(logs, law.cdf, mode="asymp").statistic), normality_p_value(logs))
    method = "lognormal, maximum likelihood"
    return (
        Estimate(f"{name} mu", mu, sigma / n**0.5, "log s", n, method, fit),
        Estimate(f"{name} sigma", sigma, sigma / (2 * n) ** 0.5, "log s", n, method, fit),
    )


def fit_service(calls: pd.DataFrame, short_s: float = SHORT, longest_s: float = LONGEST) -> ServiceEstimates:
    """Laws of the talks by type. Rule: talks up to `short_s` are taken out and reported as a share; those longer than
    `longest_s`, and those without a length, are left out.

    log talk = mu of the type + operator + rest: the operators by restricted maximum likelihood (`pool`), the rest's
    variance from within operators and types. With operators, the standard errors are clustered on them. The law is that
    of the talks kept: where they scatter much, what it lacks below the limit makes sigma small (5 % at a sigma of 1.1
    and a median of 2 minutes, 0.4 % at 0.7).
    """
    require(calls, ("type", "outcome", "service_s"), "table of calls")
    answered = calls[(calls["outcome"] == "answered") & calls["service_s"].notna()].reset_index(drop=True)
    named = answered["operator"] if "operator" in answered else pd.Series("", index=answered.index)
    answered = answered.assign(operator=named.fillna(""))
    types: dict[str, TypeService] = {}
    is_kept = (answered["service_s"] > short_s) & (answered["service_s"] <= longest_s)
    for kind, own in answered.groupby("type"):
        if int(is_kept[own.index].sum()) >= LEAST_TALKS:
            types[str(kind)] = _fit_type(str(kind), own, own[is_kept[own.index]], short_s)
    kept = answered[is_kept & answered["type"].isin(types) & (answered["operator"] != "")]
    spread, within, operators = _fit_operators(kept)
    return ServiceEstimates(types, spread, within, operators, short_s)


def _fit_type(kind: str, own: pd.DataFrame, kept: pd.DataFrame, short_s: float) -> TypeService:
    talks = kept["service_s"].to_numpy(float)
    mu, sigma = lognormal(talks, f"talk {kind}")
    clusters, how = _clusters(own["operator"])
    inner, ones = clusters[kept.index], np.ones(len(talks))
    mean, mean_se = ratio_of_sums(talks, ones, inner)
    mu_se = ratio_of_sums(np.log(talks), ones, inner)[1]
    squares = (np.log(talks) - mu.value) ** 2
    sigma_se = ratio_of_sums(squares, ones, inner)[1] / (2 * max(sigma.value, 1e-9))
    is_short = (own["service_s"] <= short_s).to_numpy(float)
    short, short_se = ratio_of_sums(is_short, np.ones(len(own)), clusters)
    name, law = f"talk {kind}", f"{mu.method}, {how}"
    return TypeService(
        Estimate(mu.name, mu.value, mu_se, mu.unit, mu.n, law, mu.fit),
        Estimate(sigma.name, sigma.value, sigma_se, sigma.unit, sigma.n, law, sigma.fit),
        Estimate(f"{name} mean", mean, mean_se, "s", len(talks), f"mean of talks, {how}"),
        Estimate(f"{name} short", short, short_se, "share", len(own), f"talks <= {short_s:g} s, {how}", is_share=True),
        _wrap(kind, own, clusters),
    )


def _clusters(operators: pd.Series) -> tuple[pd.Series, str]:
    """Label of each talk for clustered errors, and how that is called: operators if there are five, else each talk."""
    is_named = (operators != "").to_numpy()
    n = operators[is_named].nunique()
    each = len(operators) + np.arange(len(operators))
    if n < LEAST_OPERATORS:
        return pd.Series(each, index=operators.index), "talks independent"
    numbers = np.where(is_named, pd.factorize(operators)[0], each)
    return pd.Series(numbers, index=operators.index), f"clustered on {n} operators"


def _wrap(kind: str, own: pd.DataFrame, clusters: pd.Series) -> Estimate | None:
    if "wrap_s" not in own or own["wrap_s"].notna().sum() < LEAST_TALKS:
        return None
    wraps = own["wrap_s"].dropna()
    mean, se = ratio_of_sums(wraps.to_numpy(float), np.ones(len(wraps)), clusters[wraps.index])
    return Estimate(f"wrap {kind} mean", mean, se, "s", len(wraps), "mean of wrap-ups, clustered on operators")


def _fit_operators(kept: pd.DataFrame) -> tuple[Estimate | None, Estimate | None, pd.DataFrame]:
    """Spread of the operators, within spread, and each operator's factor."""
    none = pd.DataFrame({"n": pd.Series(dtype=int), "factor": pd.Series(dtype=float)})
    sizes = kept.groupby("operator").size()
    chosen = sizes.index[sizes >= LEAST_OF_OPERATOR]
    if len(chosen) < LEAST_OPERATORS:
        return None, None, none
    kept = kept[kept["operator"].isin(chosen)]
    logs = np.log(kept["service_s"].to_numpy(float))
    operator, names = pd.factorize(kept["operator"], sort=True)
    kind = pd.factorize(kept["type"])[0]
    counts = np.bincount(operator)

    def means(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
        return np.bincount(codes, values) / np.maximum(np.bincount(codes), 1)

    cell = kind * len(names) + operator
    rest = logs - means(logs, cell)[cell]
    freedom = max(len(logs) - len(np.unique(cell)), 1)
    within = float(np.sqrt(np.sum(rest**2) / freedom))
    # Types and operators are not balanced: alternate their means (Gauss-Seidel on the two-way layout).
    effect = np.zeros(len(names))
    for _ in range(50):
        free = logs - effect[operator]
        effect = means(logs - means(free, kind)[kind], operator)
        effect -= np.average(effect, weights=counts)
    pooled = pool(effect, within**2 / counts)
    drawn = pd.DataFrame({"n": counts, "factor": np.exp(pooled.values - pooled.mean)}, index=pd.Index(names))
    method = "operators' mean log talk, types centred; restricted maximum likelihood"
    spread = Estimate("operators' spread of log talk", pooled.spread, pooled.spread_se, "sd", len(names), method)
    within_se = within / (2 * freedom) ** 0.5
    inner = Estimate("spread of log talk within operator and type", within, within_se, "sd", len(logs), "within cells")
    return spread, inner, drawn


def service_from_intervals(intervals: pd.DataFrame) -> dict[str, tuple[Estimate, Estimate | None]]:
    """Type -> mean handle time and its standard deviation [s], where only sums by interval are known.

    Mean: sum of handle times over answered, se clustered on days. Standard deviation: the scatter of AHT x sqrt(n) over
    intervals, sqrt(sum n (aht - mean)^2 / (intervals - 1)), se s / sqrt(2 (intervals - 1)); it includes what operators
    and hours differ, and rounding of AHT. `handle_s` where known, else `service_s` (talk alone).
    """
    require(intervals, ("date", "type", "answered"), "table of intervals")
    found: dict[str, tuple[Estimate, Estimate | None]] = {}
    for kind, own in intervals.groupby("type"):
        column = next((c for c in ("handle_s", "service_s") if c in own and own[c].notna().any()), None)
        if column is None:
            continue
        own = own[own[column].notna() & (own["answered"] > 0)]
        sums, counts = own[column].to_numpy(float), own["answered"].to_numpy(float)
        if len(own) < 2:
            continue
        mean, se = ratio_of_sums(sums, counts, own["date"])
        n = int(counts.sum())
        what = "handle time" if column == "handle_s" else "talk"
        freedom = len(own) - 1
        sd = float(np.sqrt(np.sum(counts * (sums / counts - mean) ** 2) / freedom))
        found[str(kind)] = (
            Estimate(f"{what} {kind} mean", mean, se, "s", n, "sum over answered, clustered on days"),
            Estimate(f"{what} {kind} sd", sd, sd / (2 * freedom) ** 0.5, "s", freedom + 1, "scatter of interval means"),
        )
    return found


def interval_settings(
    found: Mapping[str, tuple[Estimate, Estimate | None]], names: Mapping[str, str] | None = None
) -> list[Setting]:
    """Talk law of each intent by mean and cv; wrap-up is inside where the report holds handle times."""
    keys: list[Setting] = []
    for kind, (mean, sd) in found.items():
        talk = ("intents", renamed(names, kind), "talk")
        cv = sd.value / mean.value if sd is not None and sd.value > 0 else 1.0
        keys += [
            Setting((*talk, "law"), "lognormal"),
            number((*talk, "mean"), mean, seconds),
            Setting((*talk, "cv"), plain_number(cv)),
        ]
    return keys
