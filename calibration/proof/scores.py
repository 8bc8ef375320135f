"""How good a forecast by an ensemble of runs is, for values that were then recorded.

CRPS and PIT as in Gneiting & Raftery (2007, JASA 102); coverage with the correction for finite ensembles: of m members
and the recorded value, each rank is equally likely, so a band holds a value if its randomised rank lies inside.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

BANDS = (0.5, 0.9)


def crps(ensemble: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of each value: mean |x - y| - sum (2i - m - 1) x_(i) / m^2, i = 1 ... m.

    `ensemble` (members, values), `recorded` (values); of one member it is the absolute error.
    """
    x = np.sort(np.asarray(ensemble, float), axis=0)
    m = len(x)
    weight = (2 * np.arange(1, m + 1) - m - 1) / m**2
    return np.abs(x - recorded).mean(axis=0) - (weight[:, None] * x).sum(axis=0)


def pit(ensemble: np.ndarray, recorded: np.ndarray, seed: int = 0) -> np.ndarray:
    """Probability integral transform: (members below + u (members equal + 1)) / (m + 1), uniform if the model is true.

    u is random (of a fixed seed), for shares of few calls are often equal.
    """
    x = np.asarray(ensemble, float)
    below, equal = (x < recorded).sum(axis=0), (x == recorded).sum(axis=0)
    return (below + np.random.default_rng(seed).random(x.shape[1]) * (equal + 1)) / (len(x) + 1)


def inside(transform: np.ndarray, level: float) -> float:
    """Share of recorded values inside the central band of this level."""
    return float((np.abs(transform - 0.5) <= level / 2).mean())


@dataclass(frozen=True)
class Score:
    """Of one KPI over many days, or half hours."""

    n: int
    bias: float
    """Mean of forecast less recorded."""
    rmse: float
    crps: float
    coverage: dict[float, float]
    """Level of the band -> share of recorded values inside; empty for a forecast without spread."""
    pit: list[float]
    """Shares of the values by tenth of the transform: 0.1 each if the spread is right; empty where none can be told."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "bias": self.bias,
            "rmse": self.rmse,
            "crps": self.crps,
            "coverage": {f"{level:g}": share for level, share in self.coverage.items()},
            "pit": self.pit,
        }


def score(ensemble: np.ndarray, recorded: np.ndarray) -> Score:
    """Of an ensemble (members, values); values that cannot be told (NaN) are left out. Of none, all scores are NaN."""
    ensemble = np.atleast_2d(ensemble)
    known = ~np.isnan(recorded) & ~np.isnan(ensemble).any(axis=0)
    x, y = ensemble[:, known], recorded[known]
    has_spread = len(x) > 1
    if not len(y):  # nothing was recorded
        return Score(0, np.nan, np.nan, np.nan, dict.fromkeys(BANDS, np.nan) if has_spread else {}, [])
    error = x.mean(axis=0) - y
    transform = pit(x, y) if has_spread else np.zeros(0)
    tenths = np.histogram(transform, np.linspace(0, 1, 11))[0] / max(len(transform), 1)
    return Score(
        n=int(known.sum()),
        bias=float(error.mean()),
        rmse=float(np.sqrt((error**2).mean())),
        crps=float(crps(x, y).mean()),
        coverage={level: inside(transform, level) for level in BANDS} if has_spread else {},
        pit=[round(float(share), 3) for share in tenths] if has_spread else [],
    )


def as_frame(scores: dict[str, Score]) -> pd.DataFrame:
    """A row a forecast."""
    rows = {
        name: {"n": s.n, "bias": s.bias, "rmse": s.rmse, "crps": s.crps}
        | {f"in {level:.0%} band": share for level, share in s.coverage.items()}
        for name, s in scores.items()
    }
    return pd.DataFrame(rows).T
