"""Laws of a scenario as rows of the kernel's law table, and their means."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.kernel.codes import LawKind
from twin.kernel.tables import LAW
from twin.scenario import laws as written
from twin.world.quantiles import log_gamma_quantiles


class LawTable:
    """Collects laws; equal laws share a row. Row 0 is the constant zero."""

    def __init__(self) -> None:
        self._rows: list[np.void] = []
        self._knots: list[float] = []
        self._known: dict[str, int] = {}
        self._met: dict[int, tuple[Any, int]] = {}  # by identity: to write a law out takes long
        self.row(written.Constant.model_validate({"law": "constant", "value": "0 s"}))

    def row(self, law: Any) -> int:
        """The row number of `law`; -1 for None."""
        if law is None:
            return -1
        if id(law) not in self._met:
            key = law.model_dump_json()
            if key not in self._known:
                self._known[key] = len(self._rows)
                self._rows.append(self._translate(law))
            self._met[id(law)] = law, self._known[key]
        return self._met[id(law)][1]

    def place(self, values: Sequence[float]) -> int:
        """Put numbers among the knots; returns the first one's row."""
        self._knots.extend(float(value) for value in values)
        return len(self._knots) - len(values)

    def tables(self) -> tuple[np.ndarray, np.ndarray]:
        """The LAW table and the flat array of knots."""
        return np.array(self._rows, LAW).view(np.recarray), np.array(self._knots or [0.0])

    def _translate(self, law: Any) -> np.void:
        row = np.zeros(1, LAW)[0]
        kind, numbers, knots = _SHAPES[law.law](law)
        row["kind"], row["mean"] = kind, mean_time(law)
        for name, number in zip("abc", numbers, strict=False):
            row[name] = number
        row["first_knot"], row["n_knots"] = len(self._knots), len(knots[0]) if knots else 0
        for part in knots:
            self._knots.extend(float(value) for value in part)
        if law.mass is not None:
            row["mass"], row["mass_low"], row["mass_high"] = law.mass.share, law.mass.low, law.mass.high
        return row


def lognormal_parameters(law: written.Lognormal) -> tuple[float, float]:
    """mu and sigma of the logarithm, from them or from mean and coefficient of variation."""
    if law.mean is None or law.cv is None:
        assert law.mu is not None
        assert law.sigma is not None
        return law.mu, law.sigma
    variance = math.log1p(law.cv**2)
    return math.log(law.mean) - variance / 2, math.sqrt(variance)


def _gamma_table(shape: float, mean: float) -> tuple[LawKind, tuple[()], list[np.ndarray]]:
    """Log quantiles at evenly spread logits; straight lines between keep 4 to 5 digits."""
    return LawKind.TABLE, (), [log_gamma_quantiles(shape, mean)]


def _hazard(law: written.Hazard) -> tuple[LawKind, tuple[()], list[np.ndarray]]:
    edges, rates = np.array(law.edges), np.array(law.rates)
    cumulated = np.concatenate([[0.0], np.cumsum(np.diff(edges) * rates[:-1])])
    return LawKind.HAZARD, (), [edges, rates, cumulated]


def _levels(law: written.Empirical) -> np.ndarray:
    return np.array(law.levels) if law.levels is not None else np.linspace(0, 1, len(law.values))


_SHAPES: dict[str, Any] = {
    "constant": lambda law: (LawKind.CONSTANT, (law.value,), []),
    "exponential": lambda law: (LawKind.EXPONENTIAL, (law.mean,), []),
    "lognormal": lambda law: (LawKind.LOGNORMAL, lognormal_parameters(law), []),
    "gamma": lambda law: _gamma_table(law.shape, law.mean),
    "erlang": lambda law: _gamma_table(float(law.k), law.mean),
    "weibull": lambda law: (
        LawKind.WEIBULL,
        (law.mean / math.gamma(1 + 1 / law.shape), 1 / law.shape),
        [],
    ),
    "hyperexponential": lambda law: (LawKind.HYPEREXPONENTIAL, (), [np.cumsum(law.shares), np.array(law.means)]),
    "uniform": lambda law: (LawKind.UNIFORM, (law.low, law.high), []),
    "triangular": lambda law: (LawKind.TRIANGULAR, (law.low, law.mode, law.high), []),
    "empirical": lambda law: (LawKind.EMPIRICAL, (), [np.array(law.values), _levels(law)]),
    "hazard": _hazard,
}


def _hazard_mean(law: written.Hazard) -> float:
    edges, rates = np.array([*law.edges, np.inf]), np.array(law.rates)
    survival, mean = 1.0, 0.0
    for low, high, rate in zip(edges[:-1], edges[1:], rates, strict=True):
        fall = math.exp(-rate * (high - low)) if rate > 0 else 1.0
        mean += survival * ((1 - fall) / rate if rate > 0 else high - low)
        survival *= fall
    return mean


_MEANS: dict[str, Any] = {
    "constant": lambda law: law.value,
    "lognormal": lambda law: math.exp(lognormal_parameters(law)[0] + lognormal_parameters(law)[1] ** 2 / 2),
    "hyperexponential": lambda law: float(np.dot(law.shares, law.means)),
    "uniform": lambda law: (law.low + law.high) / 2,
    "triangular": lambda law: (law.low + law.mode + law.high) / 3,
    "empirical": lambda law: float(np.trapezoid(law.values, _levels(law))),
    "hazard": _hazard_mean,
}


def mean_time(law: Any) -> float:
    """Mean of a law [s], its mass included."""
    mean = float(_MEANS[law.law](law)) if law.law in _MEANS else law.mean
    if law.mass is not None:
        mean = law.mass.share * (law.mass.low + law.mass.high) / 2 + (1 - law.mass.share) * mean
    return mean
