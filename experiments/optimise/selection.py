"""Which of a few is best on average: the fully sequential procedure of Kim & Nelson (2001), common random numbers."""

from collections.abc import Callable

import numpy as np

FIRST_STAGE = 20


def kim_nelson(
    draw: Callable[[int, list[int]], np.ndarray], n_systems: int, delta: float, error: float, n_most: int
) -> tuple[list[int], int]:
    """Systems left, of which the first is the one of the least mean, and the observations of the last one.

    With normal observations the one left is the best, or within `delta` of it, with probability 1 - `error`; common
    random numbers are allowed and save most of the work. Source: Kim & Nelson (2001), ACM TOMACS 11(3), with c = 1.

    Parameters
    ----------
    draw : callable(n, systems)
        The first `n` observations of each of the systems, (n, systems); less is better.
    n_most : int
        Observations of a system, at most; more than one system is left if they do not do.
    """
    left = list(range(n_systems))
    n = min(FIRST_STAGE, n_most)
    if n_systems == 1:
        return left, 0
    first = draw(n, left)
    eta = 0.5 * ((2 * error / (n_systems - 1)) ** (-2 / (n - 1)) - 1)
    h2 = 2 * eta * (n - 1)
    variance = np.array([[(first[:, i] - first[:, j]).var(ddof=1) for j in left] for i in left])
    while True:
        mean = draw(n, left).mean(axis=0)
        gap = np.maximum(delta / 2 * (h2 * variance[np.ix_(left, left)] / delta**2 - n), 0.0) / n
        beaten = (mean[:, None] > mean[None, :] + gap).any(axis=1)
        order = np.argsort(mean, kind="stable")
        left = [left[i] for i in order if not beaten[i]]
        if len(left) == 1 or n >= n_most:
            return left, n
        left.sort()
        n += 1
