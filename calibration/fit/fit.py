"""Fit by simulation: smooth an ensemble, emulate what it ran, sample the posterior ("calibrate, emulate, sample").

Cleary et al. (2021), Journal of Computational Physics 424; the numbers of runs were chosen by recovering planted
parameters (`calibration.recovery`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from calibration.fit.emulator import Emulator
from calibration.fit.ensemble import slopes, smooth, space_filling
from calibration.fit.fittable import Fittable
from calibration.fit.identified import FittedParameter, correlations, directions, estimates, profiles, worst
from calibration.fit.journal import Journal
from calibration.fit.parameters import MOST_Z
from calibration.fit.posterior import Likelihood, best_met
from calibration.fit.simulator import Simulator
from calibration.fit.smm import NOISE_RUNS, fit_moments, noise_covariance
from calibration.fit.walk import DRAWS, Walk, walk

RUNS = 440
"""In all: 80 for the noise, three rounds of 90, a design of 90."""
TOLERATED = 1.3  # times the chi2 that noise alone leaves: more and the noise is widened
WIDER = 1.5  # times the ensemble's spread: the design must reach around the posterior


@dataclass(frozen=True)
class Fit:
    """A fitted problem."""

    problem: Fittable
    draws: np.ndarray
    """Posterior (n, parameters) as points of the box."""
    estimates: list[FittedParameter]
    correlations: list[tuple[str, str, float]]
    directions: list[tuple[float, str]]
    worst: list[tuple[str, float]]
    chi2: float
    n_free: int
    widening: float
    """Factor on the noise covariance, 1 if the model meets the data within the noise of one run."""
    n_runs: int
    seconds: float
    method: str
    profiles: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    profiled_by: str = ""
    """What told the distances of the profiles; no run was made for them."""
    convergence: dict[str, float] = field(default_factory=dict)
    """How far the walk and the emulator can be trusted: see `_convergence`."""

    @property
    def values(self) -> np.ndarray:
        """Medians, by parameter."""
        return np.array([estimate.value for estimate in self.estimates])

    def drawn(self, n: int, seed: int = 0) -> np.ndarray:
        """`n` points of the posterior, evenly among the draws."""
        place = np.linspace(0, len(self.draws) - 1, n).astype(int)
        return self.draws[np.random.default_rng(seed).permutation(place)]


def fit(problem: Fittable, runs: int = RUNS, workers: int = 1, quick: bool = False, kept: Path | None = None) -> Fit:
    """Fit a problem; `quick` takes simulated moments and a normal posterior instead.

    Parameters
    ----------
    kept : Path, optional
        File for the runs as they are made (`calibration.fit.journal`): what it holds already is not run again.
    """
    started = time.perf_counter()
    journal = None if kept is None else Journal(kept, problem)
    try:
        with Simulator(problem, workers, journal) as simulator:
            found = _by_moments(simulator) if quick else _by_ensemble(simulator, runs)
            return _told(found, simulator, time.perf_counter() - started)
    finally:
        if journal is not None:
            journal.close()


@dataclass(frozen=True)
class _Found:
    draws: np.ndarray
    jacobian: np.ndarray
    noise: np.ndarray
    residuals: np.ndarray
    chi2: float
    n_free: int
    widening: float
    method: str
    distance: Callable[[np.ndarray], float]
    """To the data at any point, without a run: for the profiles."""
    profiled_by: str
    convergence: dict[str, float] = field(default_factory=dict)


def _by_ensemble(simulator: Simulator, runs: int) -> _Found:
    problem = simulator.problem
    box, observed = problem.box, problem.observed
    rng = np.random.default_rng(problem.seed)
    n_noise = max(round(runs * 80 / RUNS), len(observed) + 6)
    members = max((runs - n_noise) // 4, 2 * len(box) + 4)
    made = [0]

    def run(z: np.ndarray) -> np.ndarray:
        made[0] += len(z)
        return simulator(z, range(made[0], made[0] + len(z)))

    noise = noise_covariance(simulator, box.centre, n_noise) + problem.model_error
    rounds = smooth(run, observed, noise, space_filling(members, box.centre, box.spread, problem.seed), rng)
    spread = np.minimum(WIDER * rounds.ensemble.std(axis=0) + 0.05, box.spread)
    design = space_filling(members, rounds.ensemble.mean(axis=0), spread, problem.seed + 1)
    points = np.vstack([*rounds.points[1:], design])
    outcomes = np.vstack([*rounds.outcomes[1:], run(design)])
    emulator = Emulator.fitted(points, outcomes)
    likelihood = Likelihood.of(emulator, observed, box.centre, box.spread, problem.model_error)
    n_free = max(len(observed) - len(box), 1)
    chi2 = likelihood.chi2(best_met(likelihood, points))
    widening = chi2 / n_free if chi2 > TOLERATED * n_free else 1.0
    if widening > 1:  # the model cannot meet these data within one run's noise: all its summaries count for less
        likelihood = Likelihood.of(emulator, observed, box.centre, box.spread, problem.model_error, widening)
    walked = walk(likelihood, rounds.ensemble, rng)
    middle = np.median(walked.draws, axis=0)
    deviation = np.sqrt(np.maximum(np.diag(emulator.residual + problem.model_error), 1e-12))
    residuals = (observed - emulator.mean(middle)[0]) / deviation
    jacobian = slopes(points, outcomes)
    return _Found(
        walked.draws, jacobian, noise, residuals, chi2, n_free, widening, "ensemble, emulator", likelihood.chi2,
        "by the emulator", _convergence(walked, emulator, noise - problem.model_error),
    )  # fmt: skip


def _convergence(walked: Walk, emulator: Emulator, noise: np.ndarray) -> dict[str, float]:
    """Share of steps taken; R-hat of the worst parameter (below 1.01: the walk is long enough); how far the emulator
    misses the runs, over the noise of one run (1: as far as it must), in the summary where it is worst."""
    missed = np.sqrt(np.diag(emulator.residual) / np.maximum(np.diag(noise), 1e-12))
    return {"acceptance": walked.acceptance, "r_hat": walked.r_hat, "emulator_misses": float(missed.max())}


def _by_moments(simulator: Simulator) -> _Found:
    noise = noise_covariance(simulator, simulator.problem.box.centre, NOISE_RUNS) + simulator.problem.model_error
    found = fit_moments(simulator, noise=noise)
    widening = max(found.chi2 / found.n_free, 1.0)
    rng = np.random.default_rng(simulator.problem.seed)
    draws = np.clip(rng.multivariate_normal(*found.posterior(widening), DRAWS // 2), -MOST_Z, MOST_Z)
    return _Found(
        draws, found.jacobian, noise, found.residuals, found.chi2, found.n_free, widening, "moments",
        lambda z: found.distance(z) / widening, "by straight lines from the estimate, good near it",
    )  # fmt: skip


def _told(found: _Found, simulator: Simulator, seconds: float) -> Fit:
    box = simulator.problem.box
    return Fit(
        problem=simulator.problem,
        draws=found.draws,
        estimates=estimates(box, found.draws),
        correlations=correlations(box, found.draws),
        directions=directions(box, found.jacobian, found.noise),
        worst=worst(simulator.problem.names, found.residuals),
        chi2=found.chi2,
        n_free=found.n_free,
        widening=found.widening,
        n_runs=simulator.n_runs,
        seconds=seconds,
        method=found.method,
        profiles=profiles(box, found.distance, found.draws),
        profiled_by=found.profiled_by,
        convergence=found.convergence,
    )
