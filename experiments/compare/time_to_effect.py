"""When the move has its effect: from which month on a difference is shown, and when it has reached 90 % of its end.

The curve of a difference by months since the move is known at a few months, in every pair of runs. Its mean is joined
by straight lines; the effect is there when the mean has come within a tenth of the last month's difference for good.
How far chance moves that month is told by the bootstrap over the pairs (Efron 1979), which keeps each whole curve.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.measures import MEASURES
from experiments.compare.paired import CONFIDENCE, differences, verdict
from experiments.compare.stopping import START

SHARE = 0.9
RESAMPLES = 2000
COLUMNS = ("kpi", "shown_from", "final", "final_half_width", "is_final_shown", "reached", "low", "high")


def effects(months: Sequence[float], curves: Mapping[str, np.ndarray], seed: int = 1) -> pd.DataFrame:
    """One row for each KPI.

    Parameters
    ----------
    months : sequence of float
        Rising.
    curves : mapping of KPI to ndarray, shape (pairs, months)
        The difference to A in each pair of runs.

    Returns
    -------
    DataFrame with the columns `COLUMNS`
        `shown_from`: first month from which on the difference keeps the sign of its end and its interval leaves out
        zero; `reached`: month [interpolated] from which on it stays at 90 % of its end or more, with the ends of its
        95 % interval. NaN where there is none: no difference is shown at the end.
    """
    rows = [_row(name, np.asarray(months, float), curve, seed) for name, curve in curves.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(name: str, months: np.ndarray, curve: np.ndarray, seed: int) -> dict[str, Any]:
    curve = curve[np.isfinite(curve).all(axis=1)]
    if len(curve) < 2:
        return dict.fromkeys(COLUMNS, math.nan) | {"kpi": name, "is_final_shown": False}
    found = differences(np.zeros_like(curve), curve)
    mean, width = found["difference"], found["half_width"]
    is_shown = bool(abs(mean[-1]) > width[-1])
    row = {"kpi": name, "final": float(mean[-1]), "final_half_width": float(width[-1]), "is_final_shown": is_shown,
           "shown_from": math.nan, "reached": math.nan, "low": math.nan, "high": math.nan}  # fmt: skip
    if not is_shown:
        return row
    same = (np.sign(mean) == np.sign(mean[-1])) & (np.abs(mean) > width)
    row["shown_from"] = float(months[_from_here_on(same)])
    row["reached"] = float(reached(months, mean))
    low, high = _bootstrap(months, curve, seed)
    return {**row, "low": low, "high": high}


def _from_here_on(is_true: np.ndarray) -> int:
    """First place from which on all are true; the last one is."""
    wrong = np.flatnonzero(~is_true)
    return int(wrong[-1]) + 1 if len(wrong) else 0


def reached(months: np.ndarray, mean: np.ndarray, share: float = SHARE) -> Any:
    """Month from which on a curve stays at this share of its last value or beyond; straight between the months.

    Parameters
    ----------
    mean : ndarray, shape (months,) or (curves, months)

    >>> float(reached(np.array([0.0, 2.0, 4.0]), np.array([0.0, 8.0, 10.0])))
    3.0
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        done = mean / mean[..., -1:]
        below = done < share
        last = below.shape[-1] - 1 - np.argmax(below[..., ::-1], axis=-1)
        after = np.minimum(last + 1, len(months) - 1)
        at, then = (np.take_along_axis(done, place[..., None], -1)[..., 0] for place in (last, after))
        found = months[last] + (share - at) / (then - at) * (months[after] - months[last])
    found = np.where(below.any(axis=-1), found, months[0])
    return np.where(mean[..., -1] == 0, math.nan, found)


def _bootstrap(months: np.ndarray, curve: np.ndarray, seed: int) -> tuple[float, float]:
    """Ends of the 95 % interval of `reached`, by percentiles of resampled pairs of runs."""
    n = len(curve)
    times_drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    times = reached(months, times_drawn @ curve / n)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(times, [tail, 1 - tail])
    return float(low), float(high)


def sentence(row: Any, label: str, n: int) -> str:
    """One row in words."""
    title = MEASURES[row.kpi].title
    if not row.is_final_shown:
        return f"{title}: no lasting difference to {label} is shown, so there is no time to effect."
    said = verdict(row.final, row.final_half_width, MEASURES[row.kpi].better)
    text = f"{title}: {said} than {label} for good from month {row.shown_from:g} on"
    text += f"; 90 % of the lasting difference is reached after {row.reached:.1f} months"
    text += f" (95 %: {row.low:.1f} to {row.high:.1f})"
    return text + ("." if n >= START else f"; {n} pairs are few for these ends.")
