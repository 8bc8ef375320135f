"""Operators at work: who is present, how long they pause between talks, what paid time is lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from calibration.estimate.estimates import (
    Estimate,
    Fit,
    Setting,
    plain_number,
    ratio_of_sums,
    require,
    seconds,
)
from twin.errors import InputError

LONGEST_GAP = 1800.0
"""[s] A longer time between two talks counts as absence (as in the bank log's own estimate of presence)."""
WAITED_OVER = 60.0
"""[s] The next caller had waited so long: the operator's gap before him was not for want of work."""
LEAST_GAPS = 50


@dataclass(frozen=True)
class PresenceEstimates:
    """What talks tell of the operators' time."""

    present: pd.DataFrame
    """date, start_s, operators (mean present), busy (mean talking)."""
    length_s: int
    occupancy: Estimate
    """Talking over present."""
    hours: Estimate
    """Hours present of an operator on a day."""
    calls: Estimate
    """Talks of an operator on a day."""
    gap_mean: Estimate | None
    """[s] between two talks while calls wait; None if too few were seen."""
    gap_median: Estimate | None
    gap_law: tuple[float, float, float] | None
    """Share of short gaps, mean of the short, mean of the long [s]."""
    shrinkage: Estimate | None
    """1 - present / scheduled; None without a schedule."""

    def estimates(self) -> list[Estimate]:
        maybe = (self.gap_mean, self.gap_median, self.shrinkage)
        return [self.occupancy, self.hours, self.calls, *(item for item in maybe if item is not None)]

    def settings(
        self, intents: Sequence[str] = (), group: str | None = None, period_s: float | None = None
    ) -> list[Setting]:
        """Wrap-up of the `intents` (the gaps under load, two kinds), head count of a `group` by period of a mean day.

        The gap holds all that keeps an operator from the next call: wrap-up, a pause, waiting for another kind of call.
        """
        keys: list[Setting] = []
        if self.gap_law is not None:
            share, short, long = self.gap_law
            for intent in intents:
                wrap = ("intents", intent, "wrap")
                keys += [
                    Setting((*wrap, "law"), "hyperexponential"),
                    Setting((*wrap, "means"), [seconds(short), seconds(long)]),
                    Setting((*wrap, "shares"), [round(share, 6), round(1 - round(share, 6), 6)]),
                ]
        if group is not None:
            keys.append(Setting(("groups", group, "head_count"), self._heads(period_s or self.length_s)))
        return keys

    def _heads(self, period_s: float) -> list[int]:
        """Mean present by period, from the first interval with anybody to the last one."""
        wide = self.present.pivot_table(index="date", columns="start_s", values="operators", aggfunc="sum")
        starts = np.arange(self.present["start_s"].min(), self.present["start_s"].max() + 1, self.length_s)
        mean = wide.reindex(columns=starts).fillna(0.0).mean()
        by_period = mean.groupby((starts - starts[0]) // period_s).mean()
        return [round(x) for x in by_period]


def talks_of(calls: pd.DataFrame) -> pd.DataFrame:
    """date, operator, start_s, end_s, wait_s of the talks of named operators, in order; start = at_s + wait_s."""
    require(calls, ("date", "at_s", "wait_s", "service_s", "operator", "outcome"), "table of calls")
    talks = calls[(calls["outcome"] == "answered") & (calls["operator"] != "") & calls["service_s"].notna()]
    start = talks["at_s"] + talks["wait_s"].fillna(0)
    end = start + talks["service_s"]
    if "wrap_s" in talks:
        end = end + talks["wrap_s"].fillna(0)
    table = talks[["date", "operator", "wait_s"]].assign(start_s=start, end_s=end)
    return table.sort_values(["date", "operator", "start_s"], kind="stable", ignore_index=True)


def gaps_before(talks: pd.DataFrame) -> pd.Series:
    """Seconds from the end of the operator's talk before, on the same date; NaN for the first one."""
    before = talks["end_s"].groupby([talks["date"], talks["operator"]]).shift()
    return talks["start_s"] - before


def spells(talks: pd.DataFrame, longest_gap_s: float = LONGEST_GAP) -> pd.DataFrame:
    """Stretches of presence: talks of an operator with gaps of up to `longest_gap_s` between them count as one.

    Returns
    -------
    DataFrame
        date, operator, start_s, end_s, talks, busy_s.
    """
    keys = [talks["date"], talks["operator"]]
    reached = talks["end_s"].groupby(keys).cummax().groupby(keys).shift()
    begins = reached.isna() | (talks["start_s"] - reached > longest_gap_s)
    grouped = talks.assign(spell=begins.cumsum(), busy_s=talks["end_s"] - talks["start_s"]).groupby("spell")
    return grouped.agg(
        date=("date", "first"), operator=("operator", "first"), start_s=("start_s", "min"), end_s=("end_s", "max"),
        talks=("end_s", "size"), busy_s=("busy_s", "sum"),
    ).reset_index(drop=True)  # fmt: skip


def seconds_by_interval(stretches: pd.DataFrame, length_s: int) -> pd.Series:
    """Seconds of the stretches (date, start_s, end_s) that lie in each interval, by date and start of the interval."""
    first = (stretches["start_s"] // length_s).astype(int).to_numpy()
    last = np.maximum(np.ceil(stretches["end_s"].to_numpy() / length_s).astype(int), first + 1)
    rows = np.repeat(np.arange(len(stretches)), last - first)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(last - first) - (last - first), last - first) + first[rows]
    low, high = place * length_s, (place + 1) * length_s
    start, end = stretches["start_s"].to_numpy()[rows], stretches["end_s"].to_numpy()[rows]
    inside = np.maximum(np.minimum(high, end) - np.maximum(low, start), 0.0)
    table = pd.DataFrame({"date": stretches["date"].to_numpy()[rows], "start_s": low, "seconds": inside})
    return table.groupby(["date", "start_s"])["seconds"].sum()


def fit_presence(
    calls: pd.DataFrame, schedule: pd.DataFrame | None = None, length_s: int = 1800,
    longest_gap_s: float = LONGEST_GAP, waited_over_s: float = WAITED_OVER,
) -> PresenceEstimates:  # fmt: skip
    """Presence, occupancy and gaps from the talks of named operators.

    Parameters
    ----------
    schedule : DataFrame, optional
        date, start_s, length_s, operators: scheduled by interval, for the shrinkage.
    """
    talks = talks_of(calls)
    if talks.empty:
        raise InputError("no answered call names its operator, presence cannot be told")
    stretches = spells(talks, longest_gap_s)
    present = seconds_by_interval(stretches, length_s).rename("operators") / length_s
    busy = seconds_by_interval(talks, length_s).rename("busy") / length_s
    table = pd.concat([present, busy], axis=1).fillna(0.0).reset_index()
    length = stretches["end_s"] - stretches["start_s"]
    occupancy, se = ratio_of_sums(stretches["busy_s"].to_numpy(), length.to_numpy(), stretches["date"])
    per_day = stretches.assign(length=length).groupby(["date", "operator"])[["length", "talks"]].sum().reset_index()
    ones, n = np.ones(len(per_day)), len(per_day)
    hours, hours_se = ratio_of_sums(per_day["length"].to_numpy() / 3600, ones, per_day["operator"])
    count, count_se = ratio_of_sums(per_day["talks"].to_numpy(float), ones, per_day["operator"])
    gap_mean, gap_median, law = _gaps(talks, longest_gap_s, waited_over_s)
    return PresenceEstimates(
        table, length_s,
        Estimate("occupancy", occupancy, se, "share", n, "talk over presence, clustered on days", is_share=True),
        Estimate("hours present of an operator-day", hours, hours_se, "h", n, "spells, clustered on operators"),
        Estimate("talks of an operator-day", count, count_se, "contacts", n, "clustered on operators"),
        gap_mean, gap_median, law, None if schedule is None else fit_shrinkage(table, schedule, length_s),
    )  # fmt: skip


def _gaps(talks: pd.DataFrame, longest_gap_s: float, waited_over_s: float):
    """Gaps before a caller who had waited: mean, median, and the law of a short and a long kind."""
    gap = gaps_before(talks)
    chosen = (talks["wait_s"] > waited_over_s) & gap.between(0, longest_gap_s)
    gaps, operators = gap[chosen].to_numpy(float), talks.loc[chosen, "operator"]
    n = len(gaps)
    if n < LEAST_GAPS:
        return None, None, None
    mean, se = ratio_of_sums(gaps, np.ones(n), operators)
    share, short, long = two_exponentials(np.maximum(gaps, 0.5))
    fit = gap_fit(gaps, (share, short, long))
    method = f"gaps up to {longest_gap_s:g} s, next caller waited over {waited_over_s:g} s, clustered on operators"
    ends = stats.binom.ppf([0.025, 0.975], n, 0.5).astype(int)
    ordered = np.sort(gaps)
    median_se = float(ordered[min(ends[1], n - 1)] - ordered[ends[0]]) / 3.92
    return (
        Estimate("gap under load mean", mean, se, "s", n, method, fit),
        Estimate(
            "gap under load median", float(np.median(gaps)), median_se, "s", n, "order statistics (binomial)", fit
        ),
        (share, short, long),
    )


def gap_fit(gaps: np.ndarray, law: tuple[float, float, float], n_pieces: int = 20) -> Fit:
    """Gaps in pieces that are equally likely by the law against those counted: Pearson's chi2.

    Pieces end at half seconds, so that whole seconds are not taken for a wrong law; degrees of freedom: pieces less
    one, less the law's three numbers.
    """
    share, short, long = law

    def reached(at: np.ndarray) -> np.ndarray:
        return share * -np.expm1(-at / short) + (1 - share) * -np.expm1(-at / long)

    clock = np.arange(0.5, gaps.max() + 1.5)
    wanted = np.linspace(0, 1, n_pieces + 1)[1:-1]
    ends = np.unique(clock[np.minimum(np.searchsorted(reached(clock), wanted), len(clock) - 1)])
    expected = len(gaps) * np.diff(np.concatenate([[0.0], reached(ends), [1.0]]))
    seen = np.histogram(gaps, np.concatenate([[-np.inf], ends, [np.inf]]))[0]
    value = float(np.sum((seen - expected) ** 2 / np.maximum(expected, 1e-9)))
    return Fit("chi2", value, float(stats.chi2.sf(value, max(len(seen) - 4, 1))))


def two_exponentials(times: np.ndarray, n_rounds: int = 500) -> tuple[float, float, float]:
    """Share of the short kind, its mean, mean of the long kind: expectation-maximisation (Dempster et al. 1977)."""
    share, short, long = 0.7, 0.3 * float(np.mean(times)), 3.0 * float(np.mean(times))
    for _ in range(n_rounds):
        near = share / short * np.exp(-times / short)
        far = (1 - share) / long * np.exp(-times / long)
        belongs = near / np.maximum(near + far, 1e-300)
        updated = float(belongs.mean())
        short = float(np.sum(belongs * times) / max(belongs.sum(), 1e-9))
        long = float(np.sum((1 - belongs) * times) / max((1 - belongs).sum(), 1e-9))
        if abs(updated - share) < 1e-9:
            break
        share = updated
    return plain_number(share), plain_number(short), plain_number(long)


def fit_shrinkage(present: pd.DataFrame, schedule: pd.DataFrame, length_s: int) -> Estimate:
    """1 - time present / time scheduled (style: `shrinkage`), over the scheduled intervals; se clustered on days."""
    require(schedule, ("date", "start_s", "length_s", "operators"), "schedule")
    if set(schedule["length_s"]) != {length_s}:
        raise InputError(f"schedule has intervals of {sorted(set(schedule['length_s']))} s, must be {length_s} s")
    joined = schedule.merge(present, on=["date", "start_s"], how="left", suffixes=("", "_present"))
    there = joined["operators_present"].fillna(0).to_numpy(float)
    share, se = ratio_of_sums(there, joined["operators"].to_numpy(float), joined["date"])
    return Estimate("shrinkage", 1 - share, se, "share", len(joined), "1 - present over scheduled", is_share=True)
