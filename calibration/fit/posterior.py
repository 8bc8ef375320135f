"""Sampling the posterior on the emulator: a random walk whose steps are learned while it warms up."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.fit.emulator import Emulator
from calibration.fit.parameters import MOST_Z

STEPS = 16_000
Density = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Likelihood:
    """Log posterior of a point: emulated summaries against the recorded ones, a normal prior.

    The covariance of the residuals is itself estimated, so its inverse is taken by (n - m - 2) / (n - 1) smaller
    (Hartlap, Simon, Schneider 2007), and `widening` multiplies it where the model cannot meet the data within noise.
    """

    emulator: Emulator
    observed: np.ndarray
    precision: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    widening: float = 1.0

    @classmethod
    def of(
        cls,
        emulator: Emulator,
        observed: np.ndarray,
        centre: np.ndarray,
        spread: np.ndarray,
        model_error: np.ndarray | None = None,
        widening: float = 1.0,
    ) -> "Likelihood":
        m, n = len(observed), emulator.n_free
        shrink = max((n - m - 2) / (n - 1), 0.1) if n > 1 else 0.1
        covariance = emulator.residual / shrink + (0 if model_error is None else model_error)
        precision = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True) / widening
        return cls(emulator, observed, precision, centre, spread, widening)

    def chi2(self, z: np.ndarray) -> float:
        """Distance of the summaries in standard deviations, squared."""
        left = self.observed - self.emulator.mean(z)[0]
        return float(left @ self.precision @ left / (1 + self.emulator.doubt(z)[0]))

    def __call__(self, z: np.ndarray) -> float:
        if np.abs(z).max() > MOST_Z:
            return -np.inf
        prior = float((((z - self.centre) / self.spread) ** 2).sum()) / 2
        doubt = 1 + self.emulator.doubt(z)[0]
        return -self.chi2(z) / 2 - len(self.observed) / 2 * np.log(doubt) - prior


def random_walk(
    density: Density, start: np.ndarray, scale: np.ndarray, rng: np.random.Generator, steps: int = STEPS
) -> np.ndarray:
    """Metropolis draws (steps / 2, parameters): the first half learns the covariance of the steps and is dropped."""
    d, burn = len(start), steps // 2
    z, level = start.astype(float), density(start)
    factor, size = np.diag(scale), 2.4 / np.sqrt(d)
    kept = np.empty((steps, d))
    n_taken = 0
    normals, chances = rng.standard_normal((steps, d)), np.log(rng.random(steps))
    for i in range(steps):
        new = z + size * factor @ normals[i]
        new_level = density(new)
        if chances[i] < new_level - level:
            z, level = new, new_level
            n_taken += 1
        kept[i] = z
        if i < burn and i % 500 == 499:
            size *= 1.3 if n_taken / 500 > 0.35 else 0.7 if n_taken / 500 < 0.15 else 1.0
            covariance = np.cov(kept[i // 2 : i + 1].T).reshape(d, d) + 1e-8 * np.eye(d)
            factor = np.linalg.cholesky(covariance)
            n_taken = 0
    return kept[burn:]


def acceptance(draws: np.ndarray) -> float:
    """Share of the walk's steps that were taken."""
    return float((draws[1:] != draws[:-1]).any(axis=1).mean())


def split_r_hat(draws: np.ndarray, parts: int = 4) -> float:
    """Potential scale reduction of a walk cut into parts, in its worst coordinate (Gelman et al. 2013, 11.4)."""
    n = len(draws) // parts
    chains = draws[: n * parts].reshape(parts, n, -1)
    within = chains.var(axis=1, ddof=1).mean(axis=0)
    between = chains.mean(axis=1).var(axis=0, ddof=1)
    return float(np.sqrt((n - 1) / n + between / np.maximum(within, 1e-300)).max())
