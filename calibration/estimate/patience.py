"""Patience: how long customers would wait, from waits that an answer cuts short."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from calibration.estimate.estimates import (
    Estimate,
    Fit,
    Setting,
    number,
    per_second,
    ratio_of_sums,
    renamed,
    require,
    seconds,
)
from twin.errors import InputError

EDGES = (0, 5, 10, 15, 20, 40, 60, 90, 180, 240, 360, 600, np.inf)
"""[s] Pieces of constant hazard: as in domain reference 4.3 and `bank-1999`, without its announcement."""
BUMP = 5.0  # [s] length of the bump after an announcement
BESIDE = 20.0  # [s] on either side of a bump, with which it is compared
MARKS = (30, 60, 120, 180, 300)  # [s] at which the share still waiting is told
LEAST_EVENTS = 20
"""Customers who gave up, for a law of their own."""


@dataclass(frozen=True)
class Hazard:
    """Piecewise-constant hazard of giving up."""

    edges: np.ndarray
    """[s] the last one is infinite."""
    rates: np.ndarray
    """[1/s]"""
    se: np.ndarray
    events: np.ndarray
    exposure: np.ndarray
    """[s]"""


@dataclass(frozen=True)
class PatienceEstimates:
    """Patience of one group of customers."""

    group: str
    survival: tuple[Estimate, ...]
    """Share who would still wait at MARKS (Kaplan-Meier)."""
    median: Estimate | None
    """Kaplan-Meier; None if fewer than half give up in the longest waits seen."""
    exponential: Estimate
    """Mean [s]."""
    weibull_mean: Estimate
    weibull_shape: Estimate
    hazard: Hazard
    bumps: tuple[Estimate, ...]
    """Hazard just after each announcement over that around it."""
    n: int
    hazard_rates: tuple[Estimate, ...] = ()
    """Each piece of `hazard` [1/s]."""

    def estimates(self) -> list[Estimate]:
        last = () if self.median is None else (self.median,)
        laws = (self.exponential, self.weibull_mean, self.weibull_shape)
        return [*self.survival, *last, *laws, *self.hazard_rates, *self.bumps]

    def settings(self, path: tuple[str, ...] = ("patience",), law: str = "hazard") -> list[Setting]:
        """Keys of the law at `path` (`patience` of all, or of one intent): `hazard`, `weibull` or `exponential`."""
        if law == "exponential":
            return [Setting((*path, "law"), law), number((*path, "mean"), self.exponential, seconds)]
        if law == "weibull":
            mean, shape = self.weibull_mean, self.weibull_shape
            return [
                Setting((*path, "law"), law),
                number((*path, "mean"), mean, seconds),
                number((*path, "shape"), shape),
            ]
        if law != "hazard":
            raise InputError(f"law is {law!r}, must be hazard, weibull or exponential")
        edges = [seconds(edge) for edge in self.hazard.edges[:-1]]
        rates = [per_second(rate) for rate in self.hazard.rates]
        return [Setting((*path, "law"), law), Setting((*path, "edges"), edges), Setting((*path, "rates"), rates)]


def piecewise_hazard(waits: np.ndarray, is_abandoned: np.ndarray, edges: Sequence[float] = EDGES) -> Hazard:
    """Events over seconds exposed in each piece ``edges[i] <= wait < edges[i + 1]``; se sqrt(events) / exposed.

    Maximum likelihood of a piecewise-constant hazard, service censors (Aalen, Borgan & Gjessing 2008, Survival and
    Event History Analysis, section 5.3).
    """
    bounds, waits = np.asarray(edges, float), np.asarray(waits, float)
    exposed = np.clip(waits[:, None] - bounds[:-1], 0, np.diff(bounds)).sum(axis=0)
    events = np.histogram(waits[np.asarray(is_abandoned, bool)], bounds)[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return Hazard(bounds, events / exposed, np.sqrt(events) / exposed, events, exposed)


def kaplan_meier(waits: np.ndarray, is_abandoned: np.ndarray) -> pd.DataFrame:
    """Share still willing to wait after each time at which somebody gave up, with Greenwood's standard error.

    S(t) = product of 1 - d / n; se = S sqrt(sum d / (n (n - d))) (Kaplan & Meier 1958; Greenwood 1926). Columns time,
    survival, se, at_risk.
    """
    waits, is_abandoned = np.asarray(waits, float), np.asarray(is_abandoned, bool)
    times, events = np.unique(waits[is_abandoned], return_counts=True)
    at_risk = len(waits) - np.searchsorted(np.sort(waits), times, side="left")
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = survival * np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
    return pd.DataFrame(
        {"time": times, "survival": survival, "se": np.where(survival > 0, se, 0.0), "at_risk": at_risk}
    )


def fit_weibull(waits: np.ndarray, is_abandoned: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Shape, scale and covariance of their logarithms, by maximum likelihood with right censoring.

    Shape k solves sum t^k log t / sum t^k - 1 / k = mean log t of those who gave up (Lawless 2003, Statistical Models
    and Methods for Lifetime Data, section 5.2); covariance from the observed information.
    """
    waits, is_abandoned = np.asarray(waits, float), np.asarray(is_abandoned, bool)
    events = int(is_abandoned.sum())
    logs = np.log(waits)
    target, top = logs[is_abandoned].mean(), logs.max()

    def excess(shape: float) -> float:
        powers = np.exp(shape * (logs - top))
        return float(np.sum(powers * logs) / powers.sum() - 1 / shape - target)

    shape = float(optimize.brentq(excess, 0.02, 50.0))
    scale = float(np.exp(top) * (np.sum(np.exp(shape * (logs - top))) / events) ** (1 / shape))
    reach = np.log(waits / scale)
    cumulated = np.exp(shape * reach)
    # -d2 l / d(log k)^2, d(log k) d(log scale), d(log scale)^2 at the maximum; z = shape x log(t / scale).
    z = shape * reach
    first = np.sum(cumulated * z**2) + np.sum(cumulated * z) - np.sum(z[is_abandoned])
    mixed = shape * (events - np.sum(cumulated * (1 + z)))
    information = np.array([[first, mixed], [mixed, shape**2 * np.sum(cumulated)]])
    return shape, scale, np.linalg.inv(information)


def fit_patience(
    calls: pd.DataFrame, group: str = "all", edges: Sequence[float] = EDGES, announcements: Sequence[float] = ()
) -> PatienceEstimates:
    """Patience of the callers who waited; an answer, or the centre's closing, censors.

    Callers served at once say nothing of patience and are left out. Waits of 0 of those who gave up (whole seconds)
    count as half a second. Standard errors take callers as independent.

    Parameters
    ----------
    calls : DataFrame
        Contract columns outcome, wait_s.
    announcements : sequence of float
        [s] Waits at which the caller is told something: pieces of 5 s of their own, and the bumps are measured.
    """
    require(calls, ("outcome", "wait_s"), "table of calls")
    waited = calls[calls["outcome"].isin(["answered", "abandoned"]) & calls["wait_s"].notna()]
    waited = waited[(waited["wait_s"] > 0) | (waited["outcome"] == "abandoned")]
    waits = waited["wait_s"].to_numpy(float)
    waits = np.where(waits > 0, waits, 0.5)
    gave_up = (waited["outcome"] == "abandoned").to_numpy()
    if gave_up.sum() < LEAST_EVENTS:
        raise InputError(
            f"{group}: {gave_up.sum()} callers gave up, must be {LEAST_EVENTS} or more for a law of patience"
        )
    hazard = _merged(piecewise_hazard(waits, gave_up, _with_bumps(edges, announcements)))
    survival, median = _survival(group, waits, gave_up)
    exponential, mean, shape = _laws(group, waits, gave_up)
    bumps = tuple(_bump(group, waits, gave_up, at) for at in announcements)
    rates = _hazard_rates(group, waits, gave_up, hazard)
    return PatienceEstimates(group, survival, median, exponential, mean, shape, hazard, bumps, len(waits), rates)


def _hazard_rates(group: str, waits: np.ndarray, gave_up: np.ndarray, hazard: Hazard) -> tuple[Estimate, ...]:
    """A number a piece; se 1 / exposed where nobody gave up. Fit: losses in twice as many pieces as the law has."""
    n = len(hazard.rates)
    starts = hazard.edges[:-1]
    reached = np.concatenate([[0.0], np.cumsum(hazard.rates[:-1] * np.diff(starts))])

    def cumulated(until: np.ndarray) -> np.ndarray:
        place = np.searchsorted(starts, until, side="right") - 1
        return reached[place] + hazard.rates[place] * (until - starts[place])

    fit = censored_fit(waits, gave_up, cumulated, n, 2 * n)
    ends = [f"{low:g} to {high:g} s" for low, high in itertools.pairwise(starts)]
    return tuple(
        Estimate(
            f"patience {group} hazard {piece}", float(rate), float(se if events else 1 / exposed), "1/s", int(events),
            "lost over seconds waited in the piece, answers censor", fit,
        )
        for piece, rate, se, events, exposed in zip(
            [*ends, f"from {starts[-1]:g} s"], hazard.rates, hazard.se, hazard.events, hazard.exposure, strict=True
        )
    )  # fmt: skip


def _with_bumps(edges: Sequence[float], announcements: Sequence[float]) -> list[float]:
    added = {float(at) for at in announcements} | {float(at) + BUMP for at in announcements}
    return sorted({float(edge) for edge in edges} | added)


def _merged(hazard: Hazard, least: int = 5) -> Hazard:
    """The last pieces together until they hold some events, so that the law ends in a rate above 0."""
    last = len(hazard.events) - 1
    while last > 0 and hazard.events[last:].sum() < least:
        last -= 1
    events = np.append(hazard.events[:last], hazard.events[last:].sum())
    exposure = np.append(hazard.exposure[:last], hazard.exposure[last:].sum())
    return Hazard(
        np.append(hazard.edges[: last + 1], np.inf), events / exposure, np.sqrt(events) / exposure, events, exposure
    )


def _survival(group: str, waits: np.ndarray, gave_up: np.ndarray) -> tuple[tuple[Estimate, ...], Estimate | None]:
    curve = kaplan_meier(waits, gave_up)
    n, method = len(waits), "Kaplan-Meier, Greenwood"
    marks = []
    for mark in MARKS:
        before = curve[curve["time"] <= mark]
        if (waits >= mark).sum() < LEAST_EVENTS:
            break
        value, se = (1.0, 0.0) if before.empty else tuple(before.iloc[-1][["survival", "se"]])
        marks.append(Estimate(f"patience {group} > {mark} s", value, se, "share", n, method, is_share=True))
    half = curve[curve["survival"] <= 0.5]
    if half.empty:
        return tuple(marks), None
    return tuple(marks), _median(group, curve, n)


def _median(group: str, curve: pd.DataFrame, n: int) -> Estimate:
    """Se: half the distance over which S +- 1.96 se crosses one half, over 1.96 (Brookmeyer & Crowley 1982)."""
    at = float(curve.loc[curve["survival"] <= 0.5, "time"].iloc[0])
    low = curve.loc[curve["survival"] - 1.96 * curve["se"] <= 0.5, "time"]
    high = curve.loc[curve["survival"] + 1.96 * curve["se"] <= 0.5, "time"]
    end = float(high.iloc[0]) if len(high) else float(curve["time"].iloc[-1])
    return Estimate(f"patience {group} median", at, (end - float(low.iloc[0])) / 3.92, "s", n, "Kaplan-Meier")


def _laws(group: str, waits: np.ndarray, gave_up: np.ndarray) -> tuple[Estimate, Estimate, Estimate]:
    events, total, n = int(gave_up.sum()), float(waits.sum()), len(waits)
    mean = total / events
    name = f"patience {group}"
    exponential = Estimate(
        f"{name} mean, exponential", mean, mean / events**0.5, "s", n, "waiting time over customers lost",
        censored_fit(waits, gave_up, lambda t: t / mean, 1),
    )  # fmt: skip
    shape, scale, covariance = fit_weibull(waits, gave_up)
    fit = censored_fit(waits, gave_up, lambda t: (t / scale) ** shape, 2)
    gamma = float(special.gamma(1 + 1 / shape))
    # mean = scale Gamma(1 + 1/k): d log mean / d log k = -digamma(1 + 1/k) / k, d log mean / d log scale = 1.
    slope = np.array([-float(special.digamma(1 + 1 / shape)) / shape, 1.0])
    mean_se = scale * gamma * float(np.sqrt(slope @ covariance @ slope))
    method = "Weibull, maximum likelihood, answers censor"
    return (
        exponential,
        Estimate(f"{name} mean, Weibull", scale * gamma, mean_se, "s", n, method, fit),
        Estimate(f"{name} shape, Weibull", shape, shape * float(np.sqrt(covariance[0, 0])), "factor", n, method, fit),
    )


def censored_fit(waits: np.ndarray, gave_up: np.ndarray, cumulated, n_parameters: int, n_pieces: int = 10) -> Fit:
    """Customers lost in pieces of the wait against those the law expects: chi2 = sum (seen - expected)^2 / expected.

    Expected: sum over callers of the cumulated hazard of the time each spent in the piece (Akritas 1988, JASA 83,
    222-230; the degrees of freedom, pieces less parameters, are approximate).
    """
    inner = np.unique(np.quantile(waits[gave_up], np.linspace(0, 1, n_pieces + 1)[1:-1]))
    edges = np.concatenate([[0.0], inner, [waits.max() + 1]])
    reached = cumulated(np.minimum(waits[:, None], edges[None, :]))
    expected = np.diff(reached, axis=1).sum(axis=0)
    seen = np.histogram(waits[gave_up], np.append(edges[:-1] + 1e-9, edges[-1]))[0].astype(float)
    seen[0] += gave_up.sum() - seen.sum()
    value = float(np.sum((seen - expected) ** 2 / np.maximum(expected, 1e-9)))
    return Fit("chi2", value, float(stats.chi2.sf(value, max(len(seen) - n_parameters, 1))))


def _bump(group: str, waits: np.ndarray, gave_up: np.ndarray, at: float) -> Estimate:
    """Hazard in the 5 s after an announcement over that of the 20 s before and after; se on logarithms."""
    edges = sorted({0.0, max(at - BESIDE, 0.0), at, at + BUMP, at + BUMP + BESIDE, np.inf})
    pieces = piecewise_hazard(waits, gave_up, edges)
    place = edges.index(at)
    beside = [i for i in (place - 1, place + 1) if i >= 0]
    near, near_exposure = pieces.events[beside].sum(), pieces.exposure[beside].sum()
    own = pieces.events[place]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = float(pieces.rates[place] / (near / near_exposure))
        se = float(ratio * np.sqrt(1 / own + 1 / near))
    method = f"hazard in {at:g} to {at + BUMP:g} s over {BESIDE:g} s on either side"
    return Estimate(f"patience {group} bump at {at:g} s", ratio, se, "factor", int(own), method)


def patience_by(
    calls: pd.DataFrame, by: Sequence[str] = ("type",), announcements: Sequence[float] = ()
) -> dict[str, PatienceEstimates]:
    """Laws of all callers (`all`) and of each group with enough who gave up; names joined by "/" as in "PS/high"."""
    found = {"all": fit_patience(calls, "all", announcements=announcements)}
    gave_up = calls[calls["outcome"] == "abandoned"]
    for key, lost in gave_up.groupby(list(by)):
        if len(lost) >= LEAST_EVENTS:
            own = calls[(calls[list(by)] == pd.Series(key, index=list(by))).all(axis=1)]
            name = "/".join(str(part) for part in key)
            found[name] = fit_patience(own, name, announcements=announcements)
    return found


def patience_settings(
    found: Mapping[str, PatienceEstimates], names: Mapping[str, str] | None = None, law: str = "hazard"
) -> list[Setting]:
    """`patience` of the scenario from all callers, and that of each intent that has a law of its own."""
    keys = found["all"].settings(("patience",), law) if "all" in found else []
    for group, item in found.items():
        if group != "all":
            keys += item.settings(("intents", renamed(names, group), "patience"), law)
    return keys


def patience_from_intervals(intervals: pd.DataFrame) -> Estimate:
    """Mean patience [s] if it is exponential: sum of all waits over customers lost, se clustered on days.

    Where the waits of the lost are not recorded they are taken as 15 % on top of those of the answered. Caution: in
    a simulated test (70 truths) this hazard came out 11 % low, and the shape of the law cannot be seen in means; a
    start for a simulation-based fit, not its end.
    """
    require(intervals, ("date", "abandoned", "wait_answered_s"), "table of intervals")
    if intervals["wait_answered_s"].isna().all():
        raise InputError("the waits of the answered are not reported, patience cannot be told")
    waits = intervals["wait_answered_s"].fillna(0)
    lost = intervals["wait_abandoned_s"] if "wait_abandoned_s" in intervals else pd.Series(np.nan, intervals.index)
    is_told = bool(lost.notna().any())
    total = waits + lost.fillna(0) if is_told else 1.15 * waits
    abandoned = intervals["abandoned"].fillna(0).to_numpy(float)
    if abandoned.sum() <= 0:
        raise InputError("nobody gave up in the intervals, patience cannot be told")
    value, se = ratio_of_sums(total.to_numpy(float), abandoned, intervals["date"])
    method = "all waits over customers lost" if is_told else "1.15 x waits of the answered over customers lost"
    return Estimate(
        "patience mean, exponential", value, se, "s", int(abandoned.sum()), f"{method}; about 11 % low hazard"
    )
