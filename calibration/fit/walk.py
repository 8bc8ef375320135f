"""Draws from a density by walkers that learn their steps from one another.

A walker tries a step along the difference of two others (ter Braak 2006, Statistics and Computing 16), in some of the
coordinates (Vrugt et al. 2009, DREAM), so that steps have the density's own widths and slopes without being told. The
walkers move by halves, each by differences within the other half: so all of a half are tried at once, and the density
is kept exactly (Foreman-Mackey et al. 2013, section 3.2). Who starts in a far corner of hardly any weight and does not
find out of it is brought back in the part that is dropped (Vrugt et al. 2009, section 2.3).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

WALKERS = 96
BLOCK = 1000
"""Generations between two looks at the convergence."""
LONGEST = 40_000
THIN = 10
"""Every so many generations are kept."""
ENOUGH = 1.01
"""R-hat below which the walk is long enough (Vehtari et al. 2021)."""
DRAWS = 8_000
CROSSOVERS = (1 / 3, 2 / 3, 1.0)
"""Chances of each coordinate to be moved, one of them a step."""
WHOLE_STEPS = 0.1
"""Share of steps as long as the difference itself, which lead from one mode to another."""
SHAKE = 1e-3

Density = Callable[[np.ndarray], np.ndarray]
"""Logarithm (points,) at points (points, coordinates); -inf where nobody may go."""


@dataclass(frozen=True)
class Walk:
    """What the walkers found."""

    draws: np.ndarray
    """(draws, coordinates)."""
    acceptance: float
    """Share of steps taken."""
    r_hat: float
    """`r_hat` of the worst coordinate."""
    generations: int


def walk(density: Density, starts: np.ndarray, rng: np.random.Generator, longest: int = LONGEST) -> Walk:
    """Walk until R-hat is below `ENOUGH`, or for `longest` generations; the first half of them is dropped.

    Parameters
    ----------
    starts : ndarray (members, coordinates)
        Places where the density is above zero, wider than it if possible; each walker starts at one of them.
    """
    z = starts[rng.integers(len(starts), size=WALKERS)]
    level = density(z)
    kept, levels, taken = [], [], []
    generations, brought_back, told = 0, 0, np.inf
    while generations < longest and (told > ENOUGH or generations < 2 * brought_back):
        for _ in range(BLOCK // THIN):
            for _ in range(THIN):
                taken.append(_move(density, z, level, rng))
            kept.append(z.copy())
            levels.append(level.copy())
        generations += BLOCK
        chains = np.array(kept[len(kept) // 2 :])
        told = r_hat(chains)
        is_lost = lost(np.mean(levels[len(levels) // 2 :], axis=0))
        if told > ENOUGH and generations <= longest // 2 and is_lost.any():
            others = rng.choice(np.flatnonzero(~is_lost), is_lost.sum())
            z[is_lost], level[is_lost] = z[others], level[others]
            brought_back = generations
    draws = chains.reshape(-1, z.shape[1])
    places = np.linspace(0, len(draws) - 1, min(DRAWS, len(draws))).astype(int)
    return Walk(draws[places], float(np.mean(taken[len(taken) // 2 :])), told, generations)


def _move(density: Density, z: np.ndarray, level: np.ndarray, rng: np.random.Generator) -> float:
    """One step of all walkers, in place; the share that was taken."""
    n_taken = 0
    for half in (0, 1):
        own = np.arange(half, WALKERS, 2)
        new = z[own] + _steps(z[1 - half :: 2], len(own), rng)
        new_level = density(new)
        is_taken = np.log(rng.random(len(own))) < new_level - level[own]
        z[own[is_taken]], level[own[is_taken]] = new[is_taken], new_level[is_taken]
        n_taken += int(is_taken.sum())
    return n_taken / WALKERS


def _steps(others: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Steps (n, coordinates): differences of two others, 2.38 / sqrt(2 d) of them in the d coordinates that move."""
    d = others.shape[1]
    moves = rng.random((n, d)) < rng.choice(CROSSOVERS, n)[:, np.newaxis]
    moves[np.arange(n), rng.integers(d, size=n)] = True
    length = np.where(rng.random(n) < WHOLE_STEPS, 1.0, 2.38 / np.sqrt(2 * moves.sum(axis=1)))
    one = rng.integers(len(others), size=n)
    two = (one + rng.integers(1, len(others), size=n)) % len(others)
    shaken = SHAKE * rng.standard_normal((n, d))
    return moves * (length[:, np.newaxis] * (others[one] - others[two]) + shaken)


def lost(levels: np.ndarray) -> np.ndarray:
    """Whose mean level lies more than twice the quartiles' distance below the lower quartile, bool (walkers,)."""
    low, high = np.quantile(levels, [0.25, 0.75])
    return np.asarray(levels < low - 2 * (high - low))


def r_hat(chains: np.ndarray) -> float:
    """Potential scale reduction of chains (draws, chains, coordinates) cut in halves, in the worst coordinate
    (Gelman et al. 2013, 11.4): each chain in itself must have seen all of the density."""
    n = len(chains) // 2
    halves = np.concatenate([chains[:n], chains[n : 2 * n]], axis=1)
    within = halves.var(axis=0, ddof=1).mean(axis=0)
    between = halves.mean(axis=0).var(axis=0, ddof=1)
    return float(np.sqrt((n - 1) / n + between / np.maximum(within, 1e-300)).max())
