"""Designs in the unit cube and what they say: Morris' elementary effects, Sobol indices, both with their error.

All points of a design meet the same customers, and a point's value is the mean of its replications: the simulator is
one smooth function then, and noise does not pass for sensitivity. With fresh noise at each point the total indices of
a test case came out .03 to .09 too high. How far the luck of these replications matters is told beside each index.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import qmc, sobol_indices

from experiments.compare.paired import CONFIDENCE

Method = Literal["morris", "sobol"]
RESAMPLES = 500
MORRIS = ("mu_star", "mu_star_half_width", "sigma")
SOBOL = ("first", "first_low", "first_high", "total", "total_low", "total_high")
EFFECT = ("effect", "effect_se")
LUCK = "luck_se"


@dataclass(frozen=True)
class Design:
    """Points of a design, as shares [0, 1] of the factors' ranges."""

    method: Method
    shares: np.ndarray
    """Shape (points, factors)."""
    size: int
    """Trajectories of Morris, base points (a power of two) of Sobol."""
    levels: int = 4
    seed: int = 1

    @classmethod
    def of(cls, method: Method, d: int, size: int, levels: int = 4, seed: int = 1) -> "Design":
        """Morris: size x (d + 1) points on a grid of levels; Sobol: size x (d + 2) points after Saltelli."""
        if method == "morris":
            from SALib.sample import morris

            return cls(method, morris.sample(_problem(d), size, num_levels=levels, seed=seed), size, levels, seed)
        both = qmc.Sobol(2 * d, rng=np.random.default_rng(seed)).random_base2(int(np.log2(size)))
        a, b = both[:, :d], both[:, d:]
        mixed = [np.where(np.arange(d) == i, b, a) for i in range(d)]
        return cls(method, np.concatenate([a, b, *mixed]), size, levels, seed)

    @property
    def n_factors(self) -> int:
        return int(self.shares.shape[1])


def analyse(design: Design, runs: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """One row for each factor, in the order of the names.

    Parameters
    ----------
    runs : ndarray, shape (replications, points)
        What the simulator gave.

    Returns
    -------
    DataFrame
        `effect`: mean change when the factor goes from the low to the high end of its range, with its standard error.
        Morris: `mu_star` (mean of the absolute effects), the half-width of its 95 % interval, `sigma` (spread of the
        effects: interaction, curvature). Sobol: first-order and total index with 95 % intervals; nothing is clipped,
        small negative indices are noise. `luck_se`: standard error of mu_star or total over the replications.
    """
    one = _morris if design.method == "morris" else _sobol
    table = one(design, runs.mean(axis=0), True)
    main = "mu_star" if design.method == "morris" else "total"
    if len(runs) > 1:
        each = np.array([one(design, run, False)[main] for run in runs])
        table[LUCK] = each.std(axis=0, ddof=1) / np.sqrt(len(runs))
    else:
        table[LUCK] = np.nan
    table.insert(0, "factor", list(names))
    return table


def _problem(d: int) -> dict[str, Any]:
    return {"num_vars": d, "names": [f"x{i}" for i in range(d)], "bounds": [[0.0, 1.0]] * d}


def _morris(design: Design, y: np.ndarray, has_error: bool) -> pd.DataFrame:
    from SALib.analyze import morris

    found = morris.analyze(
        _problem(design.n_factors), design.shares, np.asarray(y, float), num_levels=design.levels,
        conf_level=CONFIDENCE, num_resamples=RESAMPLES if has_error else 2, seed=design.seed,
    )  # fmt: skip
    mu, star, sigma, half = (np.asarray(found[key], float) for key in ("mu", "mu_star", "sigma", "mu_star_conf"))
    columns = {"effect": mu, "effect_se": sigma / np.sqrt(design.size), "mu_star": star}
    return pd.DataFrame({**columns, "mu_star_half_width": half, "sigma": sigma})


def _sobol(design: Design, y: np.ndarray, has_error: bool) -> pd.DataFrame:
    n, d = design.size, design.n_factors
    y = np.asarray(y, float)
    table = pd.DataFrame(0.0, index=range(d), columns=[*EFFECT, *SOBOL] if has_error else [*EFFECT, "first", "total"])
    moves = np.ptp(y[2 * n :].reshape(d, n) - y[:n], axis=1) > 0
    if np.ptp(y) == 0 or not moves.any():  # nothing moves it: no variance to share out
        return table
    table.loc[moves, list(EFFECT)] = effects(design.shares, y, n)[moves]
    y = (y - y[: 2 * n].mean()) / y[: 2 * n].std()
    f_a, f_b, f_ab = y[:n], y[n : 2 * n], y[2 * n :].reshape(d, n)
    found = sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None, :]}, n=n)
    columns = {"first": found.first_order, "total": found.total_order}
    if has_error:
        with warnings.catch_warnings(), np.errstate(invalid="ignore"):
            warnings.simplefilter("ignore")  # of what moves nothing: it has no interval, and gets none below
            spread = found.bootstrap(confidence_level=CONFIDENCE, n_resamples=RESAMPLES)
        for name, told in (("first", spread.first_order), ("total", spread.total_order)):
            columns |= {f"{name}_low": told.confidence_interval.low, f"{name}_high": told.confidence_interval.high}
    for name, values in columns.items():
        table.loc[moves, name] = np.ravel(values)[moves]
    return table


def effects(shares: np.ndarray, y: np.ndarray, n: int) -> np.ndarray:
    """Mean change of y over the whole range of each factor with its standard error, (factors, 2).

    A slope by least squares on the pairs of points that differ in this factor alone: what the others do to y is in
    neither (standard error after White 1980).
    """
    d = shares.shape[1]
    step = np.stack([shares[(2 + i) * n : (3 + i) * n, i] - shares[:n, i] for i in range(d)])
    change = y[2 * n :].reshape(d, n) - y[:n]
    size = (step**2).sum(axis=1)
    slope = (step * change).sum(axis=1) / size
    error = np.sqrt((step**2 * (change - slope[:, None] * step) ** 2).sum(axis=1)) / size
    return np.stack([slope, error], axis=1)
