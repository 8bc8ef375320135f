"""Service times: lognormal by type with a spread of operators, from talks; mean and scatter, from intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from calibration.estimate.cut_lognormal import Cut, CutLaw, clustered_se, fit_cut, whole_mean
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
    """Mean talk [s], short ones left out, whatever their law; by the law alone what lies beyond the limits."""
    short: Estimate
    """Share of talks up to the limit."""
    wrap: Estimate | None
    """Mean wrap-up [s], if recorded."""
    ordinary_short: float | None = None
    """Share of the law up to the limit: so many of the short talks are talks like others. None: the law is of the talks
    kept alone."""

    @property
    def broken(self) -> Estimate:
        """Share of talks that are short though the law does not say so: short = broken + (1 - broken) x ordinary."""
        ordinary = self.ordinary_short or 0.0
        kept = 1 - ordinary
        value = max((self.short.value - ordinary) / kept, 0.0)
        return replace(self.short, value=value, se=self.short.se / kept)

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
                number((*talk, "mass", "share"), item.broken),
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


def fit_service(
    calls: pd.DataFrame, short_s: float = SHORT, longest_s: float = LONGEST, is_cut: bool = True
) -> ServiceEstimates:
    """Laws of the talks by type. Rule: talks up to `short_s` are taken out and reported as a share; those longer than
    `longest_s`, and those without a length, are left out.

    log talk = mu of the type + operator + rest: the operators by restricted maximum likelihood (`pool`), the rest's
    variance from within operators and types. With operators, the standard errors are clustered on them. The law is of
    all talks: maximum likelihood knows that none were kept beyond the limits (`fit_cut`).

    Parameters
    ----------
    is_cut : bool
        False: the law of the talks kept, as if the limits had cut nothing. Where talks scatter much it is too narrow
        (5 % in sigma at 1.1 and a median of 2 minutes, 0.4 % at 0.7). The shipped laws of the bank are such.
    """
    require(calls, ("type", "outcome", "service_s"), "table of calls")
    answered = calls[(calls["outcome"] == "answered") & calls["service_s"].notna()].reset_index(drop=True)
    named = answered["operator"] if "operator" in answered else pd.Series("", index=answered.index)
    answered = answered.assign(operator=named.fillna(""))
    types: dict[str, TypeService] = {}
    is_kept = (answered["service_s"] > short_s) & (answered["service_s"] <= longest_s)
    limits = (short_s, longest_s) if is_cut else None
    for kind, own in answered.groupby("type"):
        if int(is_kept[own.index].sum()) >= LEAST_TALKS:
            types[str(kind)] = _fit_type(str(kind), own, own[is_kept[own.index]], short_s, limits)
    kept = answered[is_kept & answered["type"].isin(types) & (answered["operator"] != "")]
    are_whole = all(item.ordinary_short is not None for item in types.values())
    spread, within, operators = _fit_operators(kept, limits if are_whole else None)
    return ServiceEstimates(types, spread, within, operators, short_s)


def _fit_type(
    kind: str, own: pd.DataFrame, kept: pd.DataFrame, short_s: float, limits: tuple[float, float] | None
) -> TypeService:
    talks = kept["service_s"].to_numpy(float)
    clusters, how = _clusters(own["operator"])
    law = fit_cut(talks, *limits) if limits is not None else None
    inner, name = clusters[kept.index], f"talk {kind}"
    found = _law_of_kept(name, talks, inner, how) if law is None else _law_of_all(name, talks, inner, how, law)
    mu, sigma, mean = found
    is_short = (own["service_s"] <= short_s).to_numpy(float)
    short, short_se = ratio_of_sums(is_short, np.ones(len(own)), clusters)
    label = f"talks <= {short_s:g} s, {how}"
    return TypeService(
        mu, sigma, mean, Estimate(f"talk {kind} short", short, short_se, "share", len(own), label, is_share=True),
        _wrap(kind, own, clusters), None if law is None else law.short,
    )  # fmt: skip


def _law_of_kept(name: str, talks: np.ndarray, clusters: pd.Series, how: str):
    """mu, sigma, mean of the talks as they are."""
    mu, sigma = lognormal(talks, name)
    ones = np.ones(len(talks))
    mean, mean_se = ratio_of_sums(talks, ones, clusters)
    squares = (np.log(talks) - mu.value) ** 2
    sigma_se = ratio_of_sums(squares, ones, clusters)[1] / (2 * max(sigma.value, 1e-9))
    method = f"{mu.method}, {how}"
    return (
        replace(mu, se=ratio_of_sums(np.log(talks), ones, clusters)[1], method=method),
        replace(sigma, se=sigma_se, method=method),
        Estimate(f"{name} mean", mean, mean_se, "s", len(talks), f"mean of talks, {how}"),
    )


def _law_of_all(name: str, talks: np.ndarray, clusters: pd.Series, how: str, law: CutLaw):
    """mu, sigma, mean of all talks, those beyond the limits too."""
    mu_se, sigma_se = (clustered_se(law.influence[:, i], clusters) for i in (0, 1))
    mean, adds = whole_mean(law, talks)
    n, method = len(talks), f"lognormal cut at the limits, maximum likelihood, {how}"
    return (
        Estimate(f"{name} mu", law.mu, mu_se, "log s", n, method, law.fit),
        Estimate(f"{name} sigma", law.sigma, sigma_se, "log s", n, method, law.fit),
        Estimate(f"{name} mean", mean, clustered_se(adds, clusters), "s", n, f"mean of talks, law beyond, {how}"),
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


def _fit_operators(
    kept: pd.DataFrame, limits: tuple[float, float] | None
) -> tuple[Estimate | None, Estimate | None, pd.DataFrame]:
    """Spread of the operators, within spread, and each operator's factor; `limits` [s] beyond which none are kept."""
    none = pd.DataFrame({"n": pd.Series(dtype=int), "factor": pd.Series(dtype=float)})
    sizes = kept.groupby("operator").size()
    chosen = sizes.index[sizes >= LEAST_OF_OPERATOR]
    if len(chosen) < LEAST_OPERATORS:
        return None, None, none
    kept = kept[kept["operator"].isin(chosen)]
    operator, names = pd.factorize(kept["operator"], sort=True)
    kind = pd.factorize(kept["type"])[0]
    counts = np.bincount(operator)
    logs = np.log(kept["service_s"].to_numpy(float))
    effect, within, within_se, told = _two_way(logs, kind, operator, limits)
    pooled = pool(effect, within**2 / (counts * told))
    drawn = pd.DataFrame({"n": counts, "factor": np.exp(pooled.values - pooled.mean)}, index=pd.Index(names))
    method = "operators' mean log talk, types centred; restricted maximum likelihood"
    spread = Estimate("operators' spread of log talk", pooled.spread, pooled.spread_se, "sd", len(names), method)
    inner = Estimate("spread of log talk within operator and type", within, within_se, "sd", len(kept), "within cells")
    return spread, inner, drawn


def _two_way(
    logs: np.ndarray, kind: np.ndarray, operator: np.ndarray, limits: tuple[float, float] | None
) -> tuple[np.ndarray, float, float, np.ndarray]:
    """Effects of the operators (0 on average), standard deviation within cells, its standard error, and what a talk of
    each operator tells over one of a law that is not cut.

    Within limits, the mean of a normal law's kept part lies off its mean, and its variance is smaller: both are taken
    out at the location of each talk, in turns (Cohen 1991).
    """
    counts, cell = np.bincount(operator), kind * (operator.max() + 1) + operator
    freedom = max(len(logs) - len(np.unique(cell)), 1)
    rest = logs - _means(logs, cell)[cell]
    kept_spread = within = float(np.sqrt(np.sum(rest**2) / freedom))
    within_se = within / (2 * freedom) ** 0.5
    whole, told = logs, np.ones(len(logs))
    cut = Cut(*np.log(np.maximum(limits, 1e-9))) if limits is not None else None
    effect = np.zeros(len(counts))
    for turn in range(1 if cut is None else 30):
        # Types and operators are not balanced: alternate their means (Gauss-Seidel on the two-way layout).
        for _ in range(50 if turn == 0 else 3):
            free = whole - effect[operator]
            effect = _means(whole - _means(free, kind)[kind], operator)
            effect -= np.average(effect, weights=counts)
        if cut is not None:
            place = effect[operator] + _means(whole - effect[operator], kind)[kind]
            told = cut.variance(place, within)
            within = kept_spread / float(np.sqrt(told.mean()))
            whole = logs - within * cut.shift(place, within)
    if cut is not None:
        within_se = float(np.sqrt(np.linalg.inv(cut.information(float(whole.mean()), within))[1, 1] / freedom))
    return effect, within, within_se, _means(told, operator)


def _means(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.bincount(codes, values) / np.maximum(np.bincount(codes), 1)


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
