"""Operators that the day asks for, by the formula that planners use."""

import numpy as np
import pandas as pd

from calibration.track.today import OFFERED, Today
from twin.model import CallCentre
from twin.scenario.schema import Scenario
from twin.simulation import run_of

TARGET, WITHIN = 0.80, 20.0
"""Share of contacts to be answered within so many seconds: the trade's usual 80/20 (assumed)."""
LEVELS = {"low": 0.05, "middle": 0.5, "high": 0.95}


def handle_time(scenario: Scenario, seed: int) -> float:
    """Mean time of an operator for a contact handled [s], hold and wrap-up included, on one simulated day.

    Parameters
    ----------
    scenario : Scenario
        Of one day (`plan.one_day`).
    """
    model = CallCentre(scenario, seed, 0)
    try:
        model.run()
        counts = run_of(model).counts().iloc[0]
    finally:
        model.close()
    return float((counts.staff_talk + counts.staff_hold + counts.staff_wrap) / max(counts.handled, 1.0))


def needed(days: np.ndarray, today: Today, mean_time: float) -> pd.DataFrame:
    """Operators by interval for the contacts of the members' days, as if all answered one queue.

    Parameters
    ----------
    days : ndarray (members, intervals, MEASURES)
    mean_time : float
        [s] See `handle_time`.

    Returns
    -------
    DataFrame: start_s and LEVELS (quantiles over the members); intervals in which nobody calls are left out.
    """
    offered = days[:, :, OFFERED]
    busy = np.flatnonzero(offered.mean(axis=0) > 0)
    loads = np.quantile(offered[:, busy], list(LEVELS.values()), axis=0) * mean_time / today.length
    columns = dict(zip(LEVELS, required(loads, mean_time), strict=True))
    return pd.DataFrame({"start_s": busy * today.length, **columns})


def required(loads: np.ndarray, mean_time: float) -> np.ndarray:
    """Fewest operators that answer TARGET of the contacts within WITHIN, nobody giving up (Erlang C).

    One pass of the recursion of `twin.erlang.erlang_b` over all loads [Erlang] together; 0 where the load is 0.
    Share answered within t: 1 - C exp(-(n - a) t / mean_time). Source: Cooper (1981), Queueing Theory, 2nd ed.
    """
    found, blocked, n = np.zeros(loads.shape), np.ones(loads.shape), 0
    is_open = loads > 0
    while is_open.any():
        n += 1
        blocked = loads * blocked / (n + loads * blocked)
        is_stable = is_open & (loads < n)
        waits = np.divide(n * blocked, n - loads * (1 - blocked), out=np.ones(loads.shape), where=is_stable)
        in_time = 1 - waits * np.exp(-np.maximum(n - loads, 0.0) * WITHIN / mean_time)
        is_enough = is_stable & (in_time >= TARGET)
        found[is_enough] = n
        is_open &= ~is_enough
    return found
