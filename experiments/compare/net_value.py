"""What the change from A to B is worth a year: money that is counted every year, less what the move costs once."""

from collections.abc import Sequence

import numpy as np

from experiments.compare.paired import differences
from experiments.compare.replicate import Summary
from experiments.compare.variants import Pairs, values
from twin.errors import InputError

KPI = "net_money_per_year"
YEARS = 3.0
"""Over which training is spread unless told otherwise (an assumption; no source says how long a caring model lasts)."""


def net_values(pairs: Pairs, years: float = YEARS) -> np.ndarray:
    """Euro a year that B is worth more than A, in each pair of runs.

    (Contact cost + ARPU at risk + messages - upgrades) of A - those of B - training of B beyond A's / years.
    """
    a, b = (values(side, [KPI])[:, 0] + training(side) / years for side in pairs)
    return a - b


def training(runs: Sequence[Summary]) -> np.ndarray:
    """Cost of the training of a move, once [EUR]."""
    return np.array([float(run.facts.get("training_cost", 0.0)) for run in runs])


def mean_and_half_width(found: np.ndarray) -> tuple[float, float]:
    """Mean of the pairs, half-width of its 95 % interval."""
    told = differences(np.zeros_like(found), found)
    return float(told["difference"]), float(told["half_width"])


def check_money(found: np.ndarray) -> None:
    """Raise InputError if the scenarios count no money."""
    if not np.isfinite(found).all():
        raise InputError("break-even: A or B counts no money a year, must have [money] and [customers]")
