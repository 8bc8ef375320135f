"""What the data tell of each parameter, and what they cannot tell."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from calibration.fit.parameters import MOST_Z, Box

IDENTIFIED = 0.5
"""Contraction 1 - var(posterior) / var(prior) below which the data say little of a parameter (ours)."""
LEVEL = 0.9
TOLD_CORRELATION = 0.6


@dataclass(frozen=True)
class FittedParameter:
    """One parameter after the fit."""

    name: str
    title: str
    value: float
    """Median of the posterior."""
    low: float
    high: float
    """Ends of the central 90 % interval."""
    se: float
    contraction: float
    """1 - var(posterior) / var(prior), in the box's coordinate."""

    @property
    def is_identified(self) -> bool:
        return self.contraction >= IDENTIFIED

    @property
    def remark(self) -> str:
        return "" if self.is_identified else "not identified: the data do not tell it from its prior"


def estimates(box: Box, draws: np.ndarray) -> list[FittedParameter]:
    """Of posterior draws z (n, parameters)."""
    values = box.values(draws)
    low, middle, high = np.quantile(values, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2], axis=0)
    contraction = 1 - draws.var(axis=0) / box.spread**2
    return [
        FittedParameter(p.name, p.title or p.name, *map(float, (middle[i], low[i], high[i], values[:, i].std(),
                 contraction[i])))
        for i, p in enumerate(box.parameters)
    ]  # fmt: skip


def correlations(box: Box, draws: np.ndarray) -> list[tuple[str, str, float]]:
    """Pairs of parameters whose estimates trade off, the strongest first."""
    if len(box) < 2:
        return []
    matrix = np.corrcoef(draws.T)
    pairs = [(box.names[i], box.names[j], float(matrix[i, j])) for i in range(len(box)) for j in range(i)]
    return sorted((pair for pair in pairs if abs(pair[2]) >= TOLD_CORRELATION), key=lambda pair: -abs(pair[2]))


def directions(box: Box, jacobian: np.ndarray, noise: np.ndarray) -> list[tuple[float, str]]:
    """Singular values of the slopes in standard deviations of one run, with the parameter that leads each direction.

    The last direction is the one that the data hardly see.
    """
    root = np.linalg.cholesky(np.linalg.inv(noise)).T
    _, sizes, turns = np.linalg.svd(root @ jacobian * box.spread)
    return [(float(size), box.names[int(np.argmax(np.abs(turn)))]) for size, turn in zip(sizes, turns, strict=False)]


def profiles(
    box: Box, chi2: Callable[[np.ndarray], float], draws: np.ndarray, n: int = 9
) -> dict[str, list[tuple[float, float]]]:
    """Least distance to the data with one parameter held: (value, chi2) along its range, the others at their best.

    `chi2` takes a point and answers without a run. From the best of some draws, and from the best point of
    the neighbour, coordinates are moved by Nelder and Mead's simplex within the box.
    """
    rng = np.random.default_rng(0)
    chosen = draws[rng.choice(len(draws), min(200, len(draws)), replace=False)]
    found = {}
    for i, parameter in enumerate(box.parameters):
        held = np.linspace(box.centre[i] - 1.8 * box.spread[i], box.centre[i] + 1.8 * box.spread[i], n)
        first = int(np.argmin(np.abs(held - np.median(draws[:, i]))))
        levels = np.empty(n)
        for outward in (range(first, n), range(first - 1, -1, -1)):
            best = chosen[int(np.argmin(np.abs(chosen[:, i] - held[first])))]
            for place in outward:
                starts = chosen.copy()
                starts[:, i] = held[place]
                own = min((*starts, _moved(best, i, held[place])), key=chi2)
                best, levels[place] = _best_others(chi2, own, i, draws.std(axis=0))
        found[parameter.name] = [
            (float(parameter.value(z)), float(level)) for z, level in zip(held, levels, strict=True)
        ]
    return found


def _moved(point: np.ndarray, i: int, z: float) -> np.ndarray:
    moved = point.copy()
    moved[i] = z
    return moved


def _best_others(
    chi2: Callable[[np.ndarray], float], start: np.ndarray, i: int, spread: np.ndarray
) -> tuple[np.ndarray, float]:
    """The point with coordinate `i` as it is and the others where chi2 is least, and chi2 there."""
    free = np.arange(len(start)) != i
    if not free.any():
        return start, chi2(start)

    def distance(others: np.ndarray) -> float:
        point = start.copy()
        point[free] = np.clip(others, -MOST_Z, MOST_Z)
        return chi2(point)

    corner = start[free]
    simplex = np.vstack([corner, corner + np.diag(np.maximum(spread[free], 0.05))])
    options = {"initial_simplex": simplex, "maxfev": 100 * len(corner), "xatol": 1e-3, "fatol": 1e-3}
    found = minimize(distance, corner, method="Nelder-Mead", options=options)
    best = start.copy()
    best[free] = np.clip(found.x, -MOST_Z, MOST_Z)
    return best, float(found.fun)


def worst(names: tuple[str, ...], residuals: np.ndarray, n: int = 3) -> list[tuple[str, float]]:
    """The summaries that the fitted model misses most, in standard deviations."""
    order = np.argsort(-np.abs(residuals))[:n]
    return [(names[i], float(residuals[i])) for i in order]
