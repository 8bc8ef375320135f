"""Operators that the day asks for, by the formula that planners use."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.track.plan import DayPlan
from calibration.track.today import OFFERED, Today
from twin.model import CallCentre
from twin.simulation import run_of

TARGET, WITHIN = 0.80, 20.0
"""Share of contacts to be answered within so many seconds: the trade's usual 80/20 (assumed)."""
LEVELS = {"low": 0.05, "middle": 0.5, "high": 0.95}


@dataclass(frozen=True)
class Lines:
    """The queues, each as if it had its own operators."""

    shares: np.ndarray
    """float64 (intervals, queues): of the contacts that are expected."""
    times: np.ndarray
    """float64 (queues,): mean time of an operator for a contact handled, hold and wrap-up included [s]."""

    @classmethod
    def of(cls, plan: DayPlan, seed: int) -> "Lines":
        """Shares as the plan expects them, times as one simulated day of it has them."""
        scenario = plan.scenario
        routes = [
            next((r.queue for r in scenario.routes if r.intents is None or intent in r.intents), "")
            for intent in plan.intents
        ]
        queues = list(dict.fromkeys(queue for queue in routes if queue))
        goes_to = np.array([[queue == line for line in queues] for queue in routes], float)
        contacts = plan.expected @ goes_to
        total = contacts.sum(axis=1, keepdims=True)
        shares = np.divide(contacts, total, out=np.zeros_like(contacts), where=total > 0)
        model = CallCentre(scenario, seed, 0)
        try:
            model.run()
            counts = run_of(model).counts(["queue"]).reindex(queues).fillna(0.0)
        finally:
            model.close()
        work, handled = (counts.talk + counts.hold + counts.wrap).to_numpy(float), counts.handled.to_numpy(float)
        mean = work.sum() / max(handled.sum(), 1.0)
        return cls(shares, np.divide(work, handled, out=np.full(len(queues), mean), where=handled > 0))


def needed(days: np.ndarray, today: Today, lines: Lines) -> pd.DataFrame:
    """Operators by interval for the contacts of the members' days.

    Parameters
    ----------
    days : ndarray (members, intervals, MEASURES)

    Returns
    -------
    DataFrame: start_s and LEVELS (quantiles over the members); intervals in which nobody calls are left out.
    """
    offered = days[:, :, OFFERED]
    busy = np.flatnonzero((offered.mean(axis=0) > 0) & (lines.shares.sum(axis=1) > 0))
    rates = np.quantile(offered[:, busy], list(LEVELS.values()), axis=0) / today.length
    operators = sum(
        (required(rates * lines.shares[busy, queue] * time, time) for queue, time in enumerate(lines.times)),
        np.zeros(rates.shape),
    )
    return pd.DataFrame({"start_s": busy * today.length, **dict(zip(LEVELS, operators, strict=True))})


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
