"""The course of a day: share of its contacts in each interval, smoothed, with standard errors."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

SMOOTHNESS = np.logspace(-3, 6, 19)
"""Penalties tried."""
RIDGE = 1e-8
"""Keeps empty intervals at the ends of the day from running away."""


@dataclass(frozen=True)
class Profile:
    """Shares of a day's contacts by interval; they sum to 1."""

    shares: np.ndarray
    se: np.ndarray
    n: int
    """Days."""
    penalty: float
    freedom: float
    """Effective number of free shares: as many as intervals if nothing was smoothed."""


def excess_within_days(counts: np.ndarray) -> float:
    """Squared cv of the intervals' factors about their own day, by moments: what their shares vary beyond multinomial.

    Parameters
    ----------
    counts : ndarray, shape (n_days, n_intervals)
        Contacts of days with the same profile.
    """
    days, totals = len(counts), counts.sum(axis=1, keepdims=True)
    if days < 2 or totals.sum() == 0:
        return 0.0
    share = counts.sum(axis=0) / totals.sum()
    expected = totals * share
    squares = np.sum((counts - expected) ** 2) * days / (days - 1)
    return float(max((squares - np.sum(expected * (1 - share))) / np.sum(expected**2), 0.0))


def smooth_profile(counts: np.ndarray, excess: float | None = None) -> Profile:
    """Profile of days alike: a curve of the logarithms, penalised by its second differences.

    Penalised quasi-likelihood with variance y + excess y^2 / days of the summed counts (Eilers & Marx 1996, Statistical
    Science 11, 89-121, with a knot an interval); the penalty with the least Mallows' Cp; standard errors from the
    Bayesian covariance, which cover on average over the curve (Nychka 1988, JASA 83, 1134-1143).
    """
    days, sums = len(counts), counts.sum(axis=0).astype(float)
    excess = excess_within_days(counts) if excess is None else excess
    if sums.sum() == 0:
        raise ValueError("a profile needs contacts")
    n = len(sums)
    rough = np.diff(np.eye(n), 2, axis=0) if n > 2 else np.zeros((0, n))
    bands = _bands(rough.T @ rough)
    best: tuple[float, np.ndarray, np.ndarray, float, float] | None = None
    logs = np.log(sums + 0.5)
    for penalty in SMOOTHNESS:
        logs, cover, freedom, misfit = _penalised(sums, days, excess, penalty * bands, logs)
        score = misfit + 2 * freedom
        if best is None or score < best[0]:
            best = (score, logs, cover, penalty, freedom)
    assert best is not None
    _, logs, cover, penalty, freedom = best
    shares = np.exp(logs) / np.exp(logs).sum()
    # Log share = log mean less the log of the sum: its variance, with weights the shares.
    towards = cover @ shares
    variances = np.diag(cover) - 2 * towards + shares @ towards
    return Profile(shares, shares * np.sqrt(np.maximum(variances, 0.0)), days, float(penalty), float(freedom))


def _bands(matrix: np.ndarray) -> np.ndarray:
    """Diagonal and the two above it, as `scipy.linalg.solveh_banded` wants them: dense would be slow on 5 minutes."""
    n = len(matrix)
    bands = np.zeros((3, n))
    for above in range(min(3, n)):
        bands[2 - above, above:] = np.diag(matrix, above)
    return bands


def _penalised(sums: np.ndarray, days: int, excess: float, penalty: np.ndarray, start: np.ndarray):
    """Logarithms of the mean sums, their covariance, effective freedom and Pearson's chi2 for one penalty."""
    logs = start
    for _ in range(30):
        mean = np.exp(logs)
        weight = mean / (1 + excess * mean / days)
        matrix = _with_diagonal(penalty, weight)
        updated = linalg.solveh_banded(matrix, weight * (logs + (sums - mean) / mean))
        updated = np.clip(updated, -20.0, 40.0)
        moved = np.max(np.abs(updated - logs))
        logs = updated
        if moved < 1e-8:
            break
    mean = np.exp(logs)
    weight = mean / (1 + excess * mean / days)
    cover = linalg.solveh_banded(_with_diagonal(penalty, weight), np.eye(len(sums)))
    freedom = float(np.sum(np.diag(cover) * weight))
    misfit = float(np.sum((sums - mean) ** 2 * weight / mean**2))
    return logs, cover, freedom, misfit


def _with_diagonal(bands: np.ndarray, weight: np.ndarray) -> np.ndarray:
    matrix = bands.copy()
    matrix[2] += weight + RIDGE
    return matrix
