"""Several scenarios against one base: intervals that hold together, and which scenario is the best.

All scenarios meet the same customers, so the differences to the base depend on each other, in a way nobody knows
beforehand. Bonferroni's inequality holds whatever it is: with k differences each interval has the confidence
1 - .05 / k. For 7 alternatives and 20 pairs it covered .948 and was as narrow as a bootstrapped max-t (factor 3.01
against 3.06); Dunnett's factor asks for independent runs with one variance, which common random numbers do not give.

The best is found by multiple comparisons with the best for paired runs (Hsu 1984; Edwards & Hsu 1983 for unequal
widths; Nelson & Matejcik 1995 for common random numbers): an interval of each scenario's difference to the best of the
others, all of them right together with 95 % confidence. It needs K - 1 one-sided comparisons with the true best only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from experiments.compare.paired import CONFIDENCE


def widened(half_width: np.ndarray, n: np.ndarray, k: int, confidence: float = CONFIDENCE) -> np.ndarray:
    """Half-widths of `k` intervals that hold together, from those that hold one at a time (Bonferroni).

    Parameters
    ----------
    half_width : ndarray
        Of the interval of each difference by Student's t with `n` - 1 degrees of freedom.
    """
    if k == 1:
        return half_width
    freedom = np.maximum(np.asarray(n, float) - 1, 1)
    single = stdtrit(freedom, (1 + confidence) / 2)
    return half_width * stdtrit(freedom, 1 - (1 - confidence) / (2 * k)) / single


@dataclass(frozen=True)
class Best:
    """Which of K scenarios is the best in one measure."""

    place: int
    """The one that looks best."""
    confidence: float
    """With which it is the best of all; 0 where another one looks as good."""
    low: np.ndarray
    high: np.ndarray
    """Ends of the interval of each one's difference to the best of the others, positive is better, shape (K,)."""

    may_be_best: tuple[int, ...]
    """Places of those that cannot be excluded from being the best."""

    @property
    def is_shown(self) -> bool:
        return self.may_be_best == (self.place,)


def find_best(values: np.ndarray, better: int = 1, confidence: float = CONFIDENCE) -> Best | None:
    """The best of K scenarios by their paired runs; None where there are fewer than two whole rows or scenarios.

    Parameters
    ----------
    values : ndarray, shape (n, K)
        Row r holds what all scenarios gave with the same luck; rows in which one is missing are left out.
    better : {1, -1}
        Whether more is better, or less.
    """
    runs = np.asarray(values, float) * better
    runs = runs[np.isfinite(runs).all(axis=1)]
    n, k = runs.shape
    if n < 2 or k < 2:
        return None
    mean = runs.mean(axis=0)
    gap = mean[:, None] - mean[None, :]
    error = (runs[:, :, None] - runs[:, None, :]).std(axis=0, ddof=1) / np.sqrt(n)
    width = stdtrit(n - 1, 1 - (1 - confidence) / (k - 1)) * error
    high = np.array([_least(gap[i] + width[i], i, range(k)) for i in range(k)])
    contenders = np.flatnonzero(high >= 0)  # 0: as good as the best in every run
    low = np.array([min(_least(gap[i] - width[i], i, contenders), 0.0) for i in range(k)])
    place = int(mean.argmax())
    told = _confidence(gap[place], error[place], place, n)
    return Best(place, told, low, np.maximum(high, 0.0), tuple(int(one) for one in contenders))


def _least(row: np.ndarray, own: int, among: Sequence[int] | np.ndarray | range) -> float:
    """Smallest of a row over the others; 0 where there is no other."""
    return min((float(row[other]) for other in among if other != own), default=0.0)


def _confidence(gap: np.ndarray, error: np.ndarray, place: int, n: int) -> float:
    """Highest confidence at which all others are shown to be worse than the one at `place`."""
    worst = 0.0
    for other in range(len(gap)):
        if other == place:
            continue
        if error[other] == 0:
            chance = 0.0 if gap[other] > 0 else 1.0
        else:
            chance = float(stdtr(n - 1, -gap[other] / error[other]))
        worst = max(worst, chance)
    return max(1.0 - (len(gap) - 1) * worst, 0.0)
