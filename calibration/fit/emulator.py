"""What a run would give at any point, learned from runs: full quadratic and pure cubic terms, by least squares."""

from dataclasses import dataclass

import numpy as np


def terms(z: np.ndarray, cubic: bool = True) -> np.ndarray:
    """Rows of 1, z_i, z_i z_j (i <= j) and z_i^3, for points (n, parameters)."""
    z = np.atleast_2d(z)
    d = z.shape[1]
    one, two = np.triu_indices(d)
    return np.hstack([np.ones((len(z), 1)), z, z[:, one] * z[:, two], *([z**3] if cubic else [])])


@dataclass(frozen=True)
class Emulator:
    """Fitted response of all summaries, and the covariance of what it leaves over: noise and lack of fit."""

    coefficients: np.ndarray
    """(terms, summaries)."""
    residual: np.ndarray
    """(summaries, summaries)."""
    inverse: np.ndarray
    """(F'F)^-1 of the design."""
    centre: np.ndarray
    scale: np.ndarray
    cubic: bool
    n_free: int
    """Runs less terms."""

    @classmethod
    def fitted(cls, z: np.ndarray, y: np.ndarray) -> "Emulator":
        """From points (n, parameters) and summaries (n, m); without cubic terms where runs are few."""
        centre, scale = z.mean(axis=0), np.maximum(z.std(axis=0), 1e-9)
        u = (z - centre) / scale
        cubic = len(z) >= 2 * terms(u[:1]).shape[1]
        rows = terms(u, cubic)
        coefficients = np.linalg.lstsq(rows, y, rcond=None)[0]
        left = y - rows @ coefficients
        n_free = max(len(z) - rows.shape[1], 1)
        residual = left.T @ left / n_free
        return cls(coefficients, residual, np.linalg.pinv(rows.T @ rows), centre, scale, cubic, n_free)

    def mean(self, z: np.ndarray) -> np.ndarray:
        """Summaries (n, m) at points (n, parameters)."""
        return self._rows(z) @ self.coefficients

    def doubt(self, z: np.ndarray) -> np.ndarray:
        """Variance of the emulator's mean over that of one run: f'(F'F)^-1 f."""
        rows = self._rows(z)
        return np.asarray((rows @ self.inverse * rows).sum(axis=1))

    def _rows(self, z: np.ndarray) -> np.ndarray:
        return terms((np.atleast_2d(z) - self.centre) / self.scale, self.cubic)
