"""Bands for the rest of the day, and what each action changes, from the members' days."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.track.actions import Action
from calibration.track.today import ABANDONED, ANSWERED, IN_20S, OFFERED, OPERATORS, WAIT, Today

QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
KPIS = ("offered", "abandonment_share", "mean_wait", "sl20", "operators")
TITLES = {
    "offered": "offered", "abandonment_share": "abandoned / offered", "mean_wait": "mean wait [s]",
    "sl20": "in 20 s / offered", "operators": "operators on duty",
}  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What an action changes in the rest of the day, on the same days as without it."""

    action: str
    kpi: str
    without: float
    """Mean over the members."""
    difference: float
    half_width: float
    """Of the 95 % interval of the mean difference."""
    low: float
    high: float
    """5 % and 95 % quantile over the members' days."""
    kind: str = ""
    """See `actions.Kind`."""


def kpis_of(counts: np.ndarray) -> dict[str, np.ndarray]:
    """KPIS of counts (..., MEASURES); NaN where there is nothing to divide by."""
    finished = counts[..., ANSWERED] + counts[..., ABANDONED]
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "offered": counts[..., OFFERED],
            "abandonment_share": counts[..., ABANDONED] / counts[..., OFFERED],
            "mean_wait": counts[..., WAIT] / finished,
            "sl20": counts[..., IN_20S] / counts[..., OFFERED],
            "operators": counts[..., OPERATORS],
        }


def bands(days: np.ndarray, today: Today) -> pd.DataFrame:
    """Quantiles by interval over the members, with what was reported.

    Parameters
    ----------
    days : ndarray (members, intervals, MEASURES)

    Returns
    -------
    DataFrame: start_s, kpi, recorded, mean and QUANTILES; intervals in which nobody calls are left out.
    """
    values, recorded = kpis_of(days), kpis_of(today.counts)
    busy = np.flatnonzero(days[:, :, OFFERED].mean(axis=0) > 0)
    rows = []
    for i in busy:
        for kpi in KPIS:
            of = values[kpi][:, i]
            of = of[np.isfinite(of)]
            if not len(of):
                continue
            row = {"start_s": i * today.length, "kpi": kpi, "mean": of.mean()}
            row["recorded"] = recorded[kpi][i] if i < today.now else np.nan
            rows.append(row | {name: np.quantile(of, level) for name, level in QUANTILES.items()})
    return pd.DataFrame(rows, columns=["start_s", "kpi", "recorded", "mean", *QUANTILES])


def _rest(days: np.ndarray, today: Today) -> dict[str, np.ndarray]:
    """KPIs of the rest of the day, of each member."""
    ahead = days[:, today.now :]
    sums = ahead.sum(axis=1)
    sums[:, OPERATORS] = ahead[:, :, OPERATORS].sum(axis=1) * today.length / 3600  # operator-hours
    return kpis_of(sums)


def rest_of_day(days: np.ndarray, today: Today) -> pd.DataFrame:
    """KPIs of the rest of the day: mean and QUANTILES over the members, indexed by kpi."""
    rows = {}
    for kpi, of in _rest(days, today).items():
        of = of[np.isfinite(of)]
        if len(of):
            rows[kpi] = {"mean": of.mean()} | {name: np.quantile(of, level) for name, level in QUANTILES.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("kpi")


def effects(actions: Sequence[Action], days: np.ndarray, today: Today) -> list[Effect]:
    """Of each action but the first, which is to do nothing.

    Parameters
    ----------
    days : ndarray (actions, members, intervals, MEASURES)
    """
    from scipy.stats import t

    without = _rest(days[0], today)
    found = []
    for action, its_days in zip(actions[1:], days[1:], strict=True):
        its = _rest(its_days, today)
        for kpi in ("abandonment_share", "mean_wait", "sl20"):
            change = its[kpi] - without[kpi]
            change = change[np.isfinite(change)]
            if len(change) < 2:
                continue
            width = float(t.ppf(0.975, len(change) - 1) * change.std(ddof=1) / np.sqrt(len(change)))
            low, high = np.quantile(change, [0.05, 0.95])
            mean = float(np.nanmean(without[kpi]))
            told = (float(change.mean()), width, float(low), float(high))
            found.append(Effect(action.title, kpi, mean, *told, action.kind))
    return found
