"""Ensemble smoother with multiple data assimilation (Emerick & Reynolds 2013, Computers & Geosciences 55).

Each round runs the whole ensemble and moves it part of the way. Two dozen collinear summaries would ruin the update:
they are projected to one learned summary a parameter, P = (J'C^-1 J)^-1 J'C^-1, J regressed on the ensemble.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, qmc

from calibration.fit.parameters import MOST_Z

INFLATIONS = (8.0, 4.0, 1.6)
"""Of the noise in each round: 1/8 + 1/4 + 1/1.6 = 1."""
Runs = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Rounds:
    """What the rounds left behind: the last ensemble, and all points run with their summaries."""

    ensemble: np.ndarray
    """(members, parameters), after the last update."""
    points: list[np.ndarray]
    outcomes: list[np.ndarray]


def space_filling(n: int, centre: np.ndarray, spread: np.ndarray, seed: int) -> np.ndarray:
    """`n` points (n, parameters): a Latin hypercube of normals about the centre, inside the box."""
    levels = qmc.LatinHypercube(len(centre), rng=seed).random(n)
    return np.clip(centre + spread * norm.ppf(levels), -MOST_Z, MOST_Z)


def es_mda_step(
    z: np.ndarray, y: np.ndarray, observed: np.ndarray, noise: np.ndarray, alpha: float, rng: np.random.Generator
) -> np.ndarray:
    """One update: z (parameters, members), y (summaries, members), noise covariance inflated by alpha."""
    a, b = z - z.mean(1, keepdims=True), y - y.mean(1, keepdims=True)
    n = z.shape[1] - 1
    shaken = rng.multivariate_normal(np.zeros(len(observed)), noise, z.shape[1], method="cholesky").T
    target = observed[:, None] + np.sqrt(alpha) * shaken
    return z + (a @ b.T / n) @ np.linalg.solve(b @ b.T / n + alpha * noise, target - y)


def slopes(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """J (summaries, parameters): linear regression of the outcomes on the points, (members, .) both."""
    rows = np.column_stack([np.ones(len(z)), z - z.mean(axis=0)])
    return np.linalg.lstsq(rows, y, rcond=None)[0][1:].T


def learned(jacobian: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """P (parameters, summaries). A direction that the summaries do not see is left out by the pseudo-inverse."""
    seen = jacobian.T @ precision
    return np.linalg.pinv(seen @ jacobian, rcond=1e-8, hermitian=True) @ seen


def smooth(
    run: Runs,
    observed: np.ndarray,
    noise: np.ndarray,
    start: np.ndarray,
    rng: np.random.Generator,
    inflations: tuple[float, ...] = INFLATIONS,
) -> Rounds:
    """All rounds from the ensemble `start` (members, parameters)."""
    z, points, outcomes = start, [], []
    precision = np.linalg.inv(noise)
    for alpha in inflations:
        y = run(z)
        points.append(z)
        outcomes.append(y)
        project = learned(slopes(z, y), precision)
        small = project @ noise @ project.T + 1e-10 * np.eye(len(project))
        z = es_mda_step(z.T, project @ y.T, project @ observed, small, alpha, rng).T
        z = np.clip(z, -MOST_Z, MOST_Z)
    return Rounds(z, points, outcomes)
