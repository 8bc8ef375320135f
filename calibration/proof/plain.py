"""What a stored calibration is made of: strict records, numbers that JSON can hold, the quantiles of its bands."""

import math

import numpy as np
from pydantic import BaseModel, ConfigDict

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
Values = list[float | None]


class Strict(BaseModel):
    """No unknown keys, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def plain(values: np.ndarray) -> Values:
    """NaN as null; six digits are more than a chart shows."""
    return [float(f"{value:.6g}") if math.isfinite(value) else None for value in values.tolist()]


def known(values: Values) -> np.ndarray:
    """The numbers of a stored file; null as NaN."""
    return np.array([np.nan if value is None else value for value in values])


def finite(told: dict[str, float]) -> dict[str, float]:
    """Without what is not known."""
    return {name: value for name, value in told.items() if math.isfinite(value)}


def digits(value: float, n: int, sign: str = "") -> str:
    """A number with `n` digits as a reader writes it: 110, not 1.1e+02; `sign` "+" shows that of numbers above 0."""
    return f"{float(f'{value:.{n}g}'):{sign}.15g}" if math.isfinite(value) else "unknown"
