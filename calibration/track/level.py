"""How busy the day is: a gamma factor on the expected contacts, updated by what has come so far.

With Gamma(a, a) before and Poisson counts, it is Gamma(a + n, a + Λ) after n contacts where Λ were expected
(a = 1 / day_cv²; `../shared/experiments-calibration.md` 3.4). Where the intervals themselves vary by a factor of
coefficient of variation c, an interval with mean m tells only 1 / (1 + c² m) of what a Poisson count would, and
intervals that vary together tell less than as many that do not: each counts by its weight in the best linear estimate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.track.plan import DayPlan
from twin.scenario.demand_schema import Noise

HALF_HOUR = 1800.0


@dataclass(frozen=True)
class Level:
    """Gamma law of the day's factor; without variation between days it is 1."""

    shape: float
    rate: float

    @classmethod
    def before(cls, noise: Noise) -> "Level":
        a = math.inf if noise.day_cv <= 0 else noise.day_cv**-2
        return cls(a, a)

    def after(self, seen: np.ndarray, expected: np.ndarray, noise: Noise, length: float, places: np.ndarray) -> "Level":
        """Knowing the contacts of some intervals of a day.

        Parameters
        ----------
        seen, expected : ndarray (intervals,)
            Contacts that came, and their mean at level 1.
        length : float
            [s] of an interval.
        places : ndarray of int (intervals,)
            Number of each interval since midnight.
        """
        is_told = expected > 0
        if math.isinf(self.shape) or not is_told.any():
            return self
        ratio = seen[is_told] / expected[is_told]
        cov = interval_covariance(noise, length, places[is_told]) + np.diag(1.0 / expected[is_told])
        weight = np.linalg.solve(cov, np.ones(len(ratio)))
        n = max(float(weight @ ratio), 0.0)  # weights of neighbours that vary together may be negative
        return Level(self.shape + n, self.rate + float(weight.sum()))

    @property
    def mean(self) -> float:
        return 1.0 if math.isinf(self.shape) else self.shape / self.rate

    def quantile(self, level: float) -> float:
        from scipy.stats import gamma

        return 1.0 if math.isinf(self.shape) else float(gamma.ppf(level, self.shape, scale=1.0 / self.rate))

    def draw(self, rng: np.random.Generator) -> float:
        return 1.0 if math.isinf(self.shape) else float(rng.gamma(self.shape, 1.0 / self.rate))


def interval_covariance(noise: Noise, length: float, places: np.ndarray) -> np.ndarray:
    """Covariance of the factors of some intervals [-], by their numbers since midnight."""
    rho = noise.interval_correlation ** (length / HALF_HOUR)
    apart = np.abs(np.subtract.outer(places, places)).astype(float)
    return np.asarray(np.expm1(math.log1p(noise.interval_cv**2) * rho**apart))  # of lognormal factors


def interval_factors(
    noise: Noise, length: float, last: tuple[float, float] | None, n: int, rng: np.random.Generator
) -> np.ndarray:
    """Factors of the next `n` intervals, lognormal with mean 1 and first-order correlated, as the scenario's noise.

    Parameters
    ----------
    last : (seen, expected), optional
        Contacts of the interval before, and those expected at the day's level: where it stood is passed on as far as
        the correlation reaches, shrunk by how much of its deviation chance explains.
    """
    if noise.interval_cv <= 0:
        return np.ones(n)
    sigma2 = math.log1p(noise.interval_cv**2)
    sigma, rho = math.sqrt(sigma2), noise.interval_correlation ** (length / HALF_HOUR)
    state, spread = 0.0, 1.0
    if last is not None and last[1] > 0:
        seen, expected = max(last[0], 0.5), last[1]
        reliability = sigma2 / (sigma2 + 1.0 / expected)
        state = reliability * (math.log(seen / expected) + sigma2 / 2) / sigma
        spread = math.sqrt(1.0 - reliability)
    state += spread * rng.standard_normal()
    states = np.empty(n)
    for i in range(n):
        state = rho * state + math.sqrt(1 - rho**2) * rng.standard_normal()
        states[i] = state
    return np.exp(sigma * states - sigma2 / 2)


def whole_day(
    plan: DayPlan, seen: np.ndarray, is_seen: np.ndarray, level: float, rng: np.random.Generator,
    by_intent: np.ndarray | None = None, untold: Sequence[int] = (),
) -> np.ndarray:  # fmt: skip
    """Contacts of a whole day, int (intervals, intents): those seen, and drawn ones where nothing is known.

    Parameters
    ----------
    seen : ndarray (intervals, intents)
    is_seen : ndarray of bool (intervals,)
    by_intent : ndarray (intents,), optional
        Factors beside the level.
    untold : places of intents, optional
        Of which `seen` says nothing.
    """
    expected = plan.expected if by_intent is None else plan.expected * by_intent
    n_seen = int(np.flatnonzero(is_seen)[-1]) + 1 if is_seen.any() else 0
    last = None
    if n_seen > 0:
        told = np.delete(np.stack([seen[n_seen - 1], expected[n_seen - 1] * level]), list(untold), axis=1).sum(axis=1)
        last = (float(told[0]), float(told[1]))
    factors = np.ones(plan.n)
    factors[n_seen:] = interval_factors(plan.noise, plan.length, last, plan.n - n_seen, rng)
    drawn = rng.poisson(expected * level * factors[:, np.newaxis])
    return np.where(is_seen[:, np.newaxis], seen, drawn).astype(np.int64)
