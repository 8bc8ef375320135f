"""Where a mean that is only known from paired runs crosses zero: a root with its 95 % interval.

All points meet the same customers, so each replication has a curve of its own, and the curves run side by side. The
mean curve is bracketed, the bracket narrowed by regula falsi (halved where that is slow), and the interval is the set
of points whose mean is not shown to differ from zero: Fieller's (1954) where the curve is a line.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from experiments.compare.paired import differences

NEAR = 0.02
"""Part of the range below which a bracket is narrow enough."""
GRID = 2001
Evaluate = Callable[[float], np.ndarray]


@dataclass(frozen=True)
class Root:
    """The crossing nearest to the middle of interest, in [0, 1]; NaN where there is none."""

    at: float
    low: float
    high: float
    """Ends of the 95 % interval; 0 or 1 where it goes on beyond the range, NaN where no point comes near zero."""
    is_rising: bool
    """Whether the mean is above zero to the right."""
    n_crossings: int
    points: Mapping[float, np.ndarray]
    """What each replication gave at each point."""

    @property
    def is_found(self) -> bool:
        return math.isfinite(self.at)


def find_root(evaluate: Evaluate, points: dict[float, np.ndarray], near: float = 0.5, steps: int = 3) -> Root:
    """Narrow the crossing nearest to `near` with at most so many further points.

    Parameters
    ----------
    evaluate : callable(float) -> ndarray, shape (replications,)
    points : mapping
        What is known already; 0 and 1 must be in it. Grows.
    """
    wide = math.inf
    for _ in range(steps):
        bracket = _bracket(points, near)
        if bracket is None:
            break
        low, high = bracket
        f_low, f_high = (float(points[end].mean()) for end in bracket)
        if high - low <= NEAR or f_low == 0 or f_high == 0:
            break
        is_slow = high - low > wide / 2
        wide = high - low
        part = 0.5 if is_slow else min(max(f_low / (f_low - f_high), 0.05), 0.95)
        at = low + part * (high - low)
        points[at] = evaluate(at)
    return _told(points, near)


def _bracket(points: Mapping[float, np.ndarray], near: float) -> tuple[float, float] | None:
    """Neighbouring points between which the mean changes its sign, the nearest such pair."""
    found = [pair for pair, _ in _crossings(points)]
    return min(found, key=lambda pair: abs((pair[0] + pair[1]) / 2 - near), default=None)


def _crossings(points: Mapping[float, np.ndarray]) -> list[tuple[tuple[float, float], float]]:
    """Pairs of neighbouring points around a change of sign, with where the line between them crosses."""
    known = sorted(points)
    means = [float(points[at].mean()) for at in known]
    found = []
    for place in range(len(known) - 1):
        low, high = means[place : place + 2]
        if low * high < 0 or (high == 0 and low != 0):
            at = known[place] + (known[place + 1] - known[place]) * low / (low - high)
            found.append(((known[place], known[place + 1]), at))
    if means[0] == 0:
        found.insert(0, ((known[0], known[1]), known[0]))
    return found


def _told(points: Mapping[float, np.ndarray], near: float) -> Root:
    crossings = _crossings(points)
    grid, means, widths = curve(points)
    is_open = np.abs(means) <= widths
    known = sorted(points)
    rises = float(points[known[-1]].mean()) > float(points[known[0]].mean())
    if not crossings:
        low, high = (float(grid[is_open][0]), float(grid[is_open][-1])) if is_open.any() else (math.nan, math.nan)
        return Root(math.nan, low, high, rises, 0, points)
    (left, right), at = min(crossings, key=lambda one: abs(one[1] - near))
    place = int(np.abs(grid - at).argmin())
    low, high = _around(grid, is_open, place, at)
    is_rising = float(points[right].mean()) > float(points[left].mean())
    return Root(at, low, high, is_rising, len(crossings), points)


def _around(grid: np.ndarray, is_open: np.ndarray, place: int, at: float) -> tuple[float, float]:
    """The stretch of points around a root that are not shown to differ from zero."""
    first = place
    while first > 0 and is_open[first - 1]:
        first -= 1
    last = place
    while last < len(grid) - 1 and is_open[last + 1]:
        last += 1
    return min(float(grid[first]), at), max(float(grid[last]), at)


def curve(points: Mapping[float, np.ndarray], n: int = GRID) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grid over [0, 1], mean of the replications' curves and half-width of its 95 % interval at each of its points.

    Between known points each replication's curve is a straight line.
    """
    known = np.array(sorted(points))
    cube = np.stack([points[at] for at in known], axis=1)
    grid = np.linspace(0.0, 1.0, n)
    right = np.clip(np.searchsorted(known, grid, side="right"), 1, len(known) - 1)
    part = (grid - known[right - 1]) / (known[right] - known[right - 1])
    lines = cube[:, right - 1] * (1 - part) + cube[:, right] * part
    found = differences(np.zeros_like(lines), lines)
    return grid, found["difference"], found["half_width"]
