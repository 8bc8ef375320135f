"""Groups alike but not equal (operators, areas): their common mean, how far they differ, each drawn to the mean."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize


@dataclass(frozen=True)
class Pooled:
    """Random effects of groups."""

    mean: float
    mean_se: float
    spread: float
    """Standard deviation of the groups' own values."""
    spread_se: float
    values: np.ndarray
    """Each group's value, drawn to the mean by what it is unsure (empirical Bayes)."""
    n: int


def pool(values: np.ndarray, variances: np.ndarray) -> Pooled:
    """Restricted maximum likelihood of groups with known sampling variances.

    value_j ~ normal(mean, spread^2 + variance_j); se of the spread from the curvature in spread^2, delta method. The
    one-way random model of unbalanced groups, its within variance taken as known (Searle, Casella & McCulloch 1992,
    Variance Components, section 3.8; DerSimonian & Laird 1986 for shares of studies).
    """
    values, variances = np.asarray(values, float), np.asarray(variances, float)
    if len(values) < 2:
        only = float(values[0]) if len(values) else float("nan")
        se = float(np.sqrt(variances[0])) if len(values) else float("nan")
        return Pooled(only, se, float("nan"), float("nan"), values, len(values))

    def misfit(square: float) -> float:
        weight = 1 / (square + variances)
        mean = np.sum(weight * values) / weight.sum()
        return float(0.5 * (-np.log(weight).sum() + np.log(weight.sum()) + np.sum(weight * (values - mean) ** 2)))

    top = 10 * float(np.var(values)) + 1e-12
    found = optimize.minimize_scalar(lambda root: misfit(root**2), bounds=(0.0, np.sqrt(top)), method="bounded",
                                     options={"xatol": 1e-7 * np.sqrt(top)})  # fmt: skip
    square = float(found.x**2) if found.fun < misfit(0.0) else 0.0
    weight = 1 / (square + variances)
    mean = float(np.sum(weight * values) / weight.sum())
    # Expected information of spread^2 under REML, section 6.6: half the trace of (P P).
    information = 0.5 * (
        np.sum(weight**2) - 2 * np.sum(weight**3) / weight.sum() + (np.sum(weight**2) / weight.sum()) ** 2
    )
    se_square = float(1 / np.sqrt(information))
    spread = np.sqrt(square)
    spread_se = se_square / (2 * spread) if spread > 0 else float(np.sqrt(se_square))
    drawn = mean + square * weight * (values - mean)
    return Pooled(mean, float(weight.sum() ** -0.5), float(spread), float(spread_se), drawn, len(values))
