"""Erlang A with rates that vary over the day, against the Kolmogorov forward equations integrated numerically."""

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from experiments.verify.case import Case, Formula, Measure, exact
from experiments.verify.sample import scenario_of
from twin.simulation import simulate

HOURLY = (20, 20, 20, 20, 30, 60, 120, 200, 280, 300, 260, 220, 200, 220, 260, 280, 240, 200, 160, 120, 80, 60, 40, 20)
"""Arrivals an hour, by hour of the day; assumed: a morning and an afternoon peak above what 14 operators can do."""
N, MU, THETA = 14, 20.0, 12.0  # operators; 1/h: talks of 3 min, patience of 5 min
STATES = 80
P_WAIT = {7: 0.133606915, 9: 0.697401439, 12: 0.150112527, 15: 0.586244517, 18: 0.040313277}
"""By hour of arrival, from `integrate`."""
WAITING = 0.527738606  # mean number waiting over the day, likewise


def generator(rate: float) -> np.ndarray:
    """d/dt of the state's law p, and of the time spent waiting for an operator and of the number waiting: y' = A y."""
    inside = np.arange(STATES)
    down = np.minimum(inside, N) * MU + np.maximum(inside - N, 0) * THETA
    up = np.where(inside < STATES - 1, float(rate), 0.0)
    matrix = np.zeros((STATES + 2, STATES + 2))
    matrix[:STATES, :STATES] = np.diag(up[:-1], -1) + np.diag(down[1:], 1) - np.diag(up + down)
    matrix[STATES, :STATES] = inside >= N
    matrix[STATES + 1, :STATES] = np.maximum(inside - N, 0)
    return matrix


def integrate() -> tuple[np.ndarray, float]:
    """By hour: share of arrivals that wait (arrivals of a Poisson process see the state); and the mean number waiting.

    The second of two days from empty, as in the simulation; by then the state of the evening before is forgotten.
    """
    p = np.zeros(STATES)
    p[0] = 1.0
    p_wait, total = np.zeros(24), 0.0
    for day in range(2):
        for hour, rate in enumerate(HOURLY):
            matrix, start = generator(rate), np.concatenate([p, [0.0, 0.0]])
            found = solve_ivp(lambda _, y, a: a @ y, (0, 1), start, "LSODA", args=(matrix,),
                              jac=lambda _, y, a: a, rtol=1e-9, atol=1e-12)  # fmt: skip
            p = found.y[:STATES, -1]
            if day == 1:
                p_wait[hour] = found.y[STATES, -1]
                total += found.y[STATES + 1, -1]
    return p_wait, total / 24


def by_hour(case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """A row a day: whole-day sums, and offered and waiting contacts by hour of arrival."""
    run = simulate(scenario_of(case), case.days, seed, chunk)
    table = run.counts(["day"])
    hours = run.counts(["day", "hour"])[["offered", "waited"]].unstack("hour")
    for hour in P_WAIT:
        for name in ("offered", "waited"):
            table[f"{name}_{hour}"] = hours[name, hour]
    return table


def _p_wait(hour: int) -> Formula:
    return lambda m: m[f"waited_{hour}"] / m[f"offered_{hour}"]


def _case() -> Case:
    return Case(
        "erlang-a-day",
        "Erlang A over a day with two peaks, 14 operators (forward equations)",
        "erlang-a",
        (
            *(
                Measure(f"P(wait), {hour:02d} h", "arrived in that hour with a wait above 0 / offered in that hour",
                        _p_wait(hour), (exact(p_wait),))
                for hour, p_wait in P_WAIT.items()
            ),
            Measure("abandoned a day", "gave up, a day; theta x mean number waiting x 24 h", lambda m: m.abandoned,
                    (exact(THETA * WAITING * 24),)),
            Measure("E[W] [s]", "waits of all calls, lost ones included / offered",
                    lambda m: (m.wait_handled + m.wait_lost) / m.offered, (exact(WAITING * 24 * 3600 / sum(HOURLY)),)),
        ),
        chunks=4,
        days=100,
        sample=by_hour,
        overrides={"demand.rates.call": [f"{rate} /h" for rate in HOURLY]},
    )  # fmt: skip


FORWARD = (_case(),)
