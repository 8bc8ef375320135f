"""Simulated moments, the quick fit: least squares with common random numbers from a space-filling start.

Moments are weighted by their covariance between replications (Hartlap-corrected), and the prior counts as so many more
moments. Steps of the derivatives are coarse, for runs are noisy: the same replications at every point cancel most.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from calibration.fit.ensemble import space_filling
from calibration.fit.parameters import MOST_Z
from calibration.fit.simulator import Simulator

STEP = 0.25  # [z] of the derivatives
STARTS, NOISE_RUNS, REPLICATIONS, MOST_STEPS = 12, 60, 8, 6
NOISE_FROM = 10_000  # [replication] those of the noise are not those of the fit


@dataclass(frozen=True)
class Moments:
    """What simulated moments found."""

    z: np.ndarray
    jacobian: np.ndarray
    """Summaries over z, at the end."""
    left: np.ndarray
    """Observed less simulated summaries at z."""
    noise: np.ndarray
    """Covariance of the summaries of one run."""
    root: np.ndarray
    """W with W'W = the weight of what is left over: the mean of the runs beside one that was recorded."""
    centre: np.ndarray
    spread: np.ndarray
    """Of the prior."""

    @property
    def residuals(self) -> np.ndarray:
        """What is left over in standard deviations of one run."""
        return np.asarray(self.left / np.sqrt(np.diag(self.noise)))

    @property
    def chi2(self) -> float:
        return self.distance(self.z)

    @property
    def n_free(self) -> int:
        """Summaries less parameters."""
        return max(len(self.left) - len(self.z), 1)

    def distance(self, z: np.ndarray) -> float:
        """Squared distance to the data in standard deviations, along straight lines from the point found."""
        apart = self.root @ (self.left - self.jacobian @ (z - self.z))
        return float(apart @ apart)

    def posterior(self, widening: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Mean and covariance if the summaries lie on straight lines. `widening` of their noise leaves the prior as it
        is: what the data tell less of falls back to it, and never farther."""
        weighted = self.root @ self.jacobian
        prior = np.diag(1 / self.spread**2)
        covariance = np.linalg.inv(weighted.T @ weighted / widening + prior)
        return self.z + (1 / widening - 1) * covariance @ prior @ (self.z - self.centre), covariance


def noise_covariance(simulator: Simulator, z: np.ndarray, n: int = NOISE_RUNS) -> np.ndarray:
    """Covariance of the summaries between replications at one point, never singular."""
    y = simulator(np.tile(z, (n, 1)), range(NOISE_FROM, NOISE_FROM + n))
    covariance = np.atleast_2d(np.cov(y.T))
    floor = np.maximum(np.diag(covariance), 1e-12)
    return 0.98 * covariance + 0.02 * np.diag(floor) + 1e-12 * np.eye(len(covariance))


def best_start(simulator: Simulator, precision: np.ndarray, n: int = STARTS) -> np.ndarray:
    """The point of a space-filling design whose run lies nearest to the recorded."""
    box, observed = simulator.problem.box, simulator.problem.observed
    design = space_filling(n, box.centre, box.spread, simulator.problem.seed)
    design[0] = box.centre
    left = simulator(design, [0] * n) - observed
    distance = np.einsum("ij,jk,ik->i", left, precision, left) + (((design - box.centre) / box.spread) ** 2).sum(axis=1)
    return design[int(np.argmin(distance))]


def fit_moments(simulator: Simulator, replications: int = REPLICATIONS, noise: np.ndarray | None = None) -> Moments:
    """The point whose mean summaries are nearest to the recorded ones."""
    box, observed = simulator.problem.box, simulator.problem.observed
    if noise is None:
        noise = noise_covariance(simulator, box.centre)
    m, n = len(observed), NOISE_RUNS
    precision = max((n - m - 2) / (n - 1), 0.1) * np.linalg.inv(noise)
    start = best_start(simulator, precision)
    root = np.linalg.cholesky(precision).T / np.sqrt(1 + 1 / replications)
    known: dict[bytes, np.ndarray] = {}

    def means(points: np.ndarray) -> np.ndarray:
        new = [z for z in points if z.tobytes() not in known]
        if new:
            y = simulator(np.repeat(new, replications, axis=0), list(range(replications)) * len(new))
            for z, mean in zip(new, y.reshape(len(new), replications, m).mean(axis=1), strict=True):
                known[z.tobytes()] = mean
        return np.array([known[z.tobytes()] for z in points])

    def left(z: np.ndarray) -> np.ndarray:
        return np.concatenate([root @ (means(z[None])[0] - observed), (z - box.centre) / box.spread])

    def slopes(z: np.ndarray) -> np.ndarray:
        steps = np.where(z > 0, -STEP, STEP)
        points = means(np.vstack([z, z + np.diag(steps)]))
        return ((points[1:] - points[0]) / steps[:, None]).T

    def jacobian(z: np.ndarray) -> np.ndarray:
        return np.vstack([root @ slopes(z), np.diag(1 / box.spread)])

    found = least_squares(
        left, np.clip(start, -2.7, 2.7), jac=jacobian, bounds=(-MOST_Z, MOST_Z), max_nfev=MOST_STEPS, x_scale=1.0
    )
    at_end = observed - means(found.x[None])[0]
    return Moments(found.x, slopes(found.x), at_end, noise, root, box.centre, box.spread)
