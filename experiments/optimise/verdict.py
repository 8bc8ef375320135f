"""Does a plan hold its targets? A sequential test of many cells, and of a ladder of plans, with one error in all.

One plan: it is said to hold only if every cell passes a one-sided test (intersection-union, Berger 1982): no correction
for the number of cells, as a plan that fails in one cell passes only if that cell's own test errs. A cell with a
probability is tested exactly (Clopper & Pearson 1934), one in the long run by Student's t on the days. The test looks
several times, each look spends a part of the error (Bonferroni).

Several plans: they are tested from the safest on, each at the full error, until one does not pass: a fixed sequence
(Maurer, Hothorn & Lehmacher 1995). The chance that any plan that misses is called holding stays within the error.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, stdtrit

HOLDS, MISSES, NOT_SHOWN, NOT_TESTED = "holds", "misses", "not shown", "not tested"
LOOKS = 4


@dataclass(frozen=True)
class Shown:
    """What a number of days show of one plan."""

    n: int
    """Days (weeks) seen."""
    verdict: str
    estimate: np.ndarray
    """Of each cell: share of days on which the target is reached; or mean excess a day [contacts]."""
    lower: np.ndarray
    upper: np.ndarray
    """One-sided bounds at the error of the look."""


def bounds(excess: np.ndarray, probability: np.ndarray, error: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate, lower and upper bound of each cell, each bound wrong with probability `error` at most."""
    n = len(excess)
    hits = (excess >= 0).sum(axis=0)
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), n - hits + 1, error), 0.0)
    high = np.where(hits < n, betaincinv(hits + 1, np.maximum(n - hits, 1), 1 - error), 1.0)
    mean, width = excess.mean(axis=0), np.full(excess.shape[1], np.inf)
    if n > 1:
        width = stdtrit(n - 1, 1 - error) * excess.std(axis=0, ddof=1) / np.sqrt(n)
    is_share = probability > 0
    return (
        np.where(is_share, hits / n, mean),
        np.where(is_share, low, mean - width),
        np.where(is_share, high, mean + width),
    )


def show(excess: np.ndarray, probability: np.ndarray, error: float) -> Shown:
    """One look at one plan: it holds, it misses in some cell (corrected for their number), or nothing is shown yet."""
    estimate, lower, upper = bounds(excess, probability, error)
    wanted = np.where(probability > 0, probability, 0.0)
    verdict = NOT_SHOWN
    if (lower >= wanted).all():
        verdict = HOLDS
    elif (bounds(excess, probability, error / len(probability))[2] < wanted).any():
        verdict = MISSES
    return Shown(len(excess), verdict, estimate, lower, upper)


def looks(n_most: int, n_least: int = 1) -> list[tuple[int, float]]:
    """(runs seen, share of the error spent) of each look: twice as many each time, the error in proportion."""
    sizes = sorted({max(n_most >> i, n_least) for i in range(LOOKS)})
    return [(size, size / sum(sizes)) for size in sizes]


def test_plan(draw: Callable[[int], np.ndarray], probability: np.ndarray, n_most: int, error: float) -> Shown:
    """Look at a plan until it is shown to hold or to miss, or the runs are spent.

    Parameters
    ----------
    draw : callable(n)
        Excesses (days, cells) of the first `n` runs.
    n_most : int
        Runs at the last look.
    """
    shown = None
    for n, share in looks(n_most):
        shown = show(draw(n), probability, share * error)
        if shown.verdict != NOT_SHOWN:
            break
    assert shown is not None
    return shown


def test_ladder(
    draws: Sequence[Callable[[int], np.ndarray]], probability: np.ndarray, n_most: int, error: float
) -> list[Shown]:
    """Test plans in their order, the safest first; those after the first one that does not pass are not tested."""
    found: list[Shown] = []
    for draw in draws:
        found.append(test_plan(draw, probability, n_most, error))
        if found[-1].verdict != HOLDS:
            break
    return found
