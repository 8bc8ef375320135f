"""What the waits of the day say about how many operators are really there: an ensemble Kalman update.

Each member's simulated summaries of the hours so far stand beside the recorded ones; presence moves by the regression
of presence on summaries over the ensemble (stochastic ensemble Kalman filter, Evensen 1994; the luck in each member's
own simulation is the noise of the observation, so none is added). What spread is left is that of the regression's
prediction.
"""

import math
from collections.abc import Sequence

import numpy as np

from calibration.track.members import Member
from calibration.track.today import ABANDONED, OFFERED, Today

LEAST_OFFERED = 50.0
"""Contacts that a block of hours must hold to be a summary."""
RANGE = (0.3, 3.0)
"""Presence that is believed [-]."""


def summaries(counts: np.ndarray, today: Today) -> np.ndarray:
    """Abandoned share, log of the mean wait, share answered in time, in each block of the hours so far.

    Parameters
    ----------
    counts : ndarray (..., intervals, MEASURES)

    Returns
    -------
    ndarray (..., summaries)
        NaN where something is not reported.
    """
    found = []
    for block in _blocks(today):
        sums = counts[..., block, :].sum(axis=-2)
        found.append(sums[..., ABANDONED] / np.maximum(sums[..., OFFERED], 1.0))
        found.append(np.log1p(today.waits(sums)))
        found.append(today.in_time(sums))
    return np.stack(found, axis=-1) if found else np.zeros((*counts.shape[:-2], 0))


def _blocks(today: Today) -> list[np.ndarray]:
    """The seen intervals in two halves of about as many contacts; one block, or none, where they are few."""
    seen = np.flatnonzero(today.is_seen)
    offered = today.counts[seen, OFFERED]
    total = offered.sum()
    if total < LEAST_OFFERED:
        return []
    if total < 4 * LEAST_OFFERED:
        return [seen]
    cut = int(np.searchsorted(np.cumsum(offered), total / 2)) + 1
    return [part for part in (seen[:cut], seen[cut:]) if len(part)]


def updated_presence(members: Sequence[Member], simulated: np.ndarray, today: Today) -> np.ndarray:
    """Presence of each member after the waits so far; as before where they tell nothing.

    Parameters
    ----------
    simulated : ndarray (members, intervals, MEASURES)
    """
    before = np.array([member.presence for member in members])
    ours, theirs = summaries(simulated, today), summaries(today.counts, today)
    is_used = np.isfinite(theirs) & np.isfinite(ours).all(axis=0) & (ours.std(axis=0) > 0)
    if not is_used.any() or before.std() == 0:
        return before
    scale = ours[:, is_used].std(axis=0)
    y, observed = ours[:, is_used] / scale, theirs[is_used] / scale
    x = np.log(before)
    dx, dy = x - x.mean(), y - y.mean(axis=0)
    cov_xy, cov_yy = dx @ dy / (len(x) - 1), dy.T @ dy / (len(x) - 1)
    cov_yy += 1e-6 * np.eye(len(cov_yy))
    gain = np.linalg.solve(cov_yy, cov_xy)
    after = x + (observed - y) @ gain
    return np.clip(
        np.exp(after.mean() + (after - after.mean()) * widened(observed - y.mean(axis=0), cov_yy, len(x))), *RANGE
    )


def widened(away: np.ndarray, cov: np.ndarray, n: int) -> float:
    """How much wider a regression's prediction is than its residuals.

    Parameters
    ----------
    away : ndarray (summaries,)
        Of the record from the members' mean.
    cov : ndarray (summaries, summaries)
        Over the members.
    n : int
        Members. Few of them fit the summaries too well, and know little of what lies outside them.
    """
    distance = float(away @ np.linalg.solve(cov, away))
    return math.sqrt((n - 1) / max(n - 1 - len(away), 1) * (1 + 1 / n + distance / (n - 1)))
