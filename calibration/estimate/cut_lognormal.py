"""A lognormal law of which only the numbers between two limits were kept: maximum likelihood, its mean, its fit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from calibration.estimate.estimates import Fit
from calibration.estimate.normality import normality_p_value

LEAST_KEPT = 0.5
"""Share of the law between the limits; where less would have been kept, the limits, not the numbers, make the law."""


@dataclass(frozen=True)
class Cut:
    """Normal law of log seconds between `low` and `high`, as a function of its mean and standard deviation."""

    low: float
    high: float
    """[log s]"""

    def ends(self, mu: np.ndarray | float, sigma: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Both limits in standard deviations from the mean, and the chance to lie between them."""
        low, high = (self.low - np.asarray(mu)) / sigma, (self.high - np.asarray(mu)) / sigma
        return low, high, np.maximum(special.ndtr(high) - special.ndtr(low), 1e-300)

    def shift(self, mu: np.ndarray | float, sigma: float) -> np.ndarray:
        """Mean of what is kept less mean of the law, in standard deviations."""
        low, high, kept = self.ends(mu, sigma)
        return (_density(low) - _density(high)) / kept

    def square(self, mu: np.ndarray | float, sigma: float) -> np.ndarray:
        """Mean square distance of what is kept from the law's mean, over the law's variance."""
        low, high, kept = self.ends(mu, sigma)
        return 1 + (low * _density(low) - high * _density(high)) / kept

    def variance(self, mu: np.ndarray | float, sigma: float) -> np.ndarray:
        """Variance of what is kept over the law's."""
        return np.maximum(self.square(mu, sigma) - self.shift(mu, sigma) ** 2, 1e-6)

    def information(self, mu: float, sigma: float) -> np.ndarray:
        """Of one number, on mu and sigma: covariance of (z, z^2) between the limits over sigma^2, moments of the
        truncated normal law by recursion: m_k = (k - 1) m_(k-2) + (a^(k-1) phi(a) - b^(k-1) phi(b)) / kept."""
        low, high, kept = self.ends(mu, sigma)
        moments = [1.0, float(self.shift(mu, sigma))]
        for k in range(2, 5):
            edge = (low ** (k - 1) * _density(low) - high ** (k - 1) * _density(high)) / kept
            moments.append(float((k - 1) * moments[k - 2] + edge))
        _, m1, m2, m3, m4 = moments
        return np.array([[m2 - m1**2, m3 - m1 * m2], [m3 - m1 * m2, m4 - m2**2]]) / sigma**2


def _density(z: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)


@dataclass(frozen=True)
class CutLaw:
    """What the kept numbers tell of the whole law."""

    cut: Cut
    mu: float
    sigma: float
    influence: np.ndarray
    """What each number adds to the errors of mu and sigma, shape (n, 2): its score through the inverse information."""
    fit: Fit

    @property
    def short(self) -> float:
        """Share of the law below the lower limit."""
        return float(special.ndtr((self.cut.low - self.mu) / self.sigma))


def fit_cut(seconds: np.ndarray, low_s: float, high_s: float) -> CutLaw | None:
    """Lognormal of which numbers above `low_s` up to `high_s` were kept, by maximum likelihood (truncated normal law of
    the logarithms: Cohen 1991, Truncated and Censored Samples, ch. 2; n - 1 for n in the variance, as without limits).

    None where the numbers do not tell it: all equal, or spread so evenly that more than half of the law would lie
    beyond the limits. Fit: numbers turned to normal scores by the law (Smith 1985), with the p-value for a law fitted
    to the same numbers.
    """
    logs, cut = np.log(np.asarray(seconds, float)), Cut(float(np.log(max(low_s, 1e-9))), float(np.log(high_s)))
    middle, spread = float(logs.mean()), float(logs.var(ddof=1))
    if not spread > 0:
        return None

    def misfit(free: np.ndarray) -> tuple[float, np.ndarray]:
        mu, sigma = float(free[0]), float(np.exp(free[1]))
        square = (spread + (middle - mu) ** 2) / sigma**2
        slope = [-(middle - mu) / sigma**2 + cut.shift(mu, sigma) / sigma, cut.square(mu, sigma) - square]
        return float(free[1] + square / 2 + np.log(cut.ends(mu, sigma)[2])), np.array(slope, float)

    start = np.array([middle, 0.5 * np.log(spread)])
    bounds = [(middle - 4, middle + 4), (start[1] - 0.1, start[1] + 2)]
    found = optimize.minimize(misfit, start, jac=True, method="L-BFGS-B", bounds=bounds,
                              options={"ftol": 1e-15, "gtol": 1e-9}).x  # fmt: skip
    mu, sigma = float(found[0]), float(np.exp(found[1]))
    low, _, kept = cut.ends(mu, sigma)
    if kept < LEAST_KEPT:
        return None
    z = (logs - mu) / sigma
    scores = np.column_stack([(z - cut.shift(mu, sigma)) / sigma, (z**2 - cut.square(mu, sigma)) / sigma])
    influence = scores @ np.linalg.inv(cut.information(mu, sigma)) / len(logs)
    shares = (special.ndtr(z) - special.ndtr(low)) / kept
    normal = special.ndtri(np.clip(shares, 1e-12, 1 - 1e-12))
    distance = float(stats.ks_1samp(normal, stats.norm.cdf, mode="asymp").statistic)
    return CutLaw(cut, mu, sigma, influence, Fit("KS", distance, normality_p_value(normal)))


def whole_mean(law: CutLaw, seconds: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean [s] of all numbers, and what each kept one adds to its error: the mean of those kept, as they are, and the
    law for what lies beyond the limits: mean x share kept + law's mean x share of it that is beyond.

    E[X; X <= t] = exp(mu + sigma^2 / 2) Phi((log t - mu) / sigma - sigma), lognormal law.
    """
    kept_mean = float(np.mean(seconds))

    def parts(mu: float, sigma: float) -> np.ndarray:
        low, high, kept = law.cut.ends(mu, sigma)
        beyond = special.ndtr(low - sigma) + special.ndtr(sigma - high)
        return np.array([kept, np.exp(mu + sigma**2 / 2) * beyond])

    kept, beyond = parts(law.mu, law.sigma)
    step = 1e-5
    by_mu = (parts(law.mu + step, law.sigma) - parts(law.mu - step, law.sigma)) / (2 * step)
    by_sigma = (parts(law.mu, law.sigma + step) - parts(law.mu, law.sigma - step)) / (2 * step)
    slopes = np.array([by_mu @ [kept_mean, 1.0], by_sigma @ [kept_mean, 1.0]])
    adds = kept * (np.asarray(seconds, float) - kept_mean) / len(seconds) + law.influence @ slopes
    return float(kept * kept_mean + beyond), adds


def clustered_se(adds: np.ndarray, clusters: pd.Series) -> float:
    """Standard error from what each number adds, where those of one cluster go together; NaN with a single cluster.

    sqrt(G / (G - 1) x sum over clusters of squared sums), as in `ratio_of_sums`.
    """
    sums = pd.Series(adds).groupby(pd.factorize(pd.Series(clusters).reset_index(drop=True))[0]).sum()
    n = len(sums)
    return float(np.sqrt(n / (n - 1) * np.sum(sums**2))) if n > 1 else float("nan")
