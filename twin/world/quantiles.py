"""Quantiles of the gamma law, which SciPy works out: to import it takes longer than most small runs.

So the table that a process needs first is kept beside the compiled code, for the next process.
"""

import contextlib
import math
import os
import sys
import uuid
from pathlib import Path

import numpy as np
import scipy

from twin.kernel import CACHE
from twin.kernel.draws import LOGIT_LIMIT

TABLE_KNOTS = 2049


def log_gamma_quantiles(shape: float, mean: float) -> np.ndarray:
    """Logarithms of the quantiles of a gamma law at evenly spread logits."""
    if "scipy.special" in sys.modules:
        return _worked_out(shape, mean)
    path = CACHE / f"gamma-{shape!r}-{mean!r}-scipy-{scipy.__version__}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        kept = np.load(path)
        if kept.shape == (TABLE_KNOTS,) and kept.dtype == np.float64:
            return kept
    found = _worked_out(shape, mean)
    _keep(found, path)
    return found


def _worked_out(shape: float, mean: float) -> np.ndarray:
    from scipy import special

    logits = np.linspace(-LOGIT_LIMIT, LOGIT_LIMIT, TABLE_KNOTS)
    upper = special.gammainccinv(shape, special.expit(-logits))
    lower = special.gammaincinv(shape, special.expit(logits))
    quantiles = np.where(logits > 0, upper, lower) * mean / shape
    with np.errstate(divide="ignore"):
        logs = np.log(quantiles)
    small = ~np.isfinite(logs)  # underflow of a small shape: the power law u^(1/shape) of the lower tail
    tail = (special.log_expit(logits) + special.gammaln(shape + 1)) / shape + math.log(mean / shape)
    return np.where(small, tail, logs)


def _keep(table: np.ndarray, path: Path) -> None:
    part = path.with_name(f".{uuid.uuid4().hex}.npy")
    with contextlib.suppress(OSError):  # a read-only home: the next process works it out again
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            np.save(part, table)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
