"""The posterior of the parameters, on the emulator in place of runs."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from calibration.fit.emulator import Emulator
from calibration.fit.parameters import MOST_Z


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

    def distance(self, z: np.ndarray) -> np.ndarray:
        """Distance (points,) of the emulated summaries in standard deviations of one run, squared."""
        left = self.observed - self.emulator.mean(z)
        return np.asarray((left @ self.precision * left).sum(axis=1))

    def chi2(self, z: np.ndarray) -> float:
        """The same at one point, in standard deviations of run and emulator."""
        return float(self.distance(z)[0] / (1 + self.emulator.doubt(z)[0]))

    def prior(self, z: np.ndarray) -> np.ndarray:
        """Distance (points,) from the prior's centre in its standard deviations, squared."""
        return np.asarray((((np.atleast_2d(z) - self.centre) / self.spread) ** 2).sum(axis=1))

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Log posterior (points,) at points (points, parameters), but for a constant."""
        doubt = 1 + self.emulator.doubt(z)
        told = -self.distance(z) / doubt - len(self.observed) * np.log(doubt) - self.prior(z)
        return np.where(np.abs(np.atleast_2d(z)).max(axis=1) > MOST_Z, -np.inf, told / 2)


def best_met(likelihood: Likelihood, points: np.ndarray) -> np.ndarray:
    """The point nearest to data and prior, as far as the runs at `points` reach.

    The emulator's doubt excuses no miss here. A walk that looks for the best likelihood, where the data cannot be met
    anywhere, goes to where no run was made and anything may be.
    """
    emulator = likelihood.emulator
    reach = emulator.doubt(points).max()

    def miss(z: np.ndarray) -> float:
        if np.abs(z).max() > MOST_Z or emulator.doubt(z)[0] > reach:
            return np.inf
        return float(likelihood.distance(z)[0] + likelihood.prior(z)[0])

    start = min(points, key=miss)
    simplex = np.vstack([start, start + np.diag(points.std(axis=0) / 2)])
    options = {"initial_simplex": simplex, "maxfev": 300 * len(start), "xatol": 1e-3, "fatol": 1e-3}
    with np.errstate(invalid="ignore"):  # beyond reach: infinity less infinity
        return np.asarray(minimize(miss, start, method="Nelder-Mead", options=options).x)
