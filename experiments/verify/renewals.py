"""Arrivals that are not Poisson: times between them of any law, one operator (G/M/1)."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from scipy import optimize

from experiments.verify.case import Case, Measure, exact
from experiments.verify.sample import columns_of, scenario_of
from twin.kernel.draws import draw_times
from twin.kernel.tables import ARRIVAL
from twin.model import CallCentre
from twin.scenario.laws import Constant, Hyperexponential
from twin.simulation import run_of
from twin.world.laws import LawTable, mean_time

DAY = 86400.0
Between = Constant | Hyperexponential


class Renewals:
    """Demand whose times between arrivals follow a law, one intent, for `n_days`."""

    def __init__(self, law: Between, n_days: int, seed: list[int]):
        laws = LawTable()
        row = laws.row(law)
        n = int(1.2 * n_days * DAY / mean_time(law)) + 1000
        levels = np.random.default_rng(seed).random(n)
        self.instants = np.cumsum(draw_times(*laws.tables(), row, np.maximum(levels, 1e-16)))

    def arrivals(self, day: int) -> np.ndarray:
        first, end = np.searchsorted(self.instants, [day * DAY, (day + 1) * DAY])
        table = np.zeros(end - first, ARRIVAL).view(np.recarray)
        table.at, table.who = self.instants[first:end], np.arange(first, end)
        table.customer, table.talk_time = -1, np.nan
        return table


def by_renewals(between: Between, case: Case, seed: int, chunk: int) -> pd.DataFrame:
    """Like `by_day`, with such times between arrivals in place of the scenario's rates."""
    model = CallCentre(scenario_of(case), seed, chunk, case.days)
    model.demand = Renewals(between, model.calendar.n_days, [seed, chunk])
    model.run()
    table = columns_of(run_of(model))
    model.close()
    return table


def gm1_wait(transform: Callable[[float], float], mu: float) -> float:
    """Mean wait of G/M/1: s / (mu (1 - s)), s the root in (0, 1) of s = A*(mu (1 - s)) (Kleinrock 1975, ch. 6)."""
    root = optimize.brentq(lambda s: transform(mu * (1 - s)) - s, 1e-9, 1 - 1e-6)
    return root / (mu * (1 - root))


def kingman_bound(rate: float, cv_between: float, mean_service: float, cv_service: float) -> float:
    """Upper bound of the mean wait of G/G/1: lambda (var(A) + var(S)) / (2 (1 - rho)) (Kingman 1962)."""
    variance = (cv_between / rate) ** 2 + (cv_service * mean_service) ** 2
    return rate * variance / (2 * (1 - rate * mean_service))


BETWEEN: dict[str, tuple[Between, Callable[[float], float]]] = {  # mean 120 s, and the Laplace transform
    "constant": (
        Constant.model_validate({"law": "constant", "value": "120 s"}),
        lambda s: math.exp(-120 * s),
    ),
    "hyperexponential": (
        Hyperexponential.model_validate(
            {"law": "hyperexponential", "means": ["40 s", "360 s"], "shares": [0.75, 0.25]}
        ),
        lambda s: 0.75 / (1 + 40 * s) + 0.25 / (1 + 360 * s),
    ),
}


def _gm1(name: str) -> Case:
    law, transform = BETWEEN[name]
    return Case(
        f"gm1-{name}",
        f"G/M/1: {name} times between arrivals, utilisation .7",
        "erlang-a",
        (
            Measure("E[W] [s]", "waits / answered; Kleinrock (1975), ch. 6", lambda m: m.wait_handled / m.handled,
                    (exact(gm1_wait(transform, 1 / 84)),)),
        ),
        chunks=4,
        days=150,
        batch=3,
        sample=partial(by_renewals, law),
        without=("patience",),
        overrides={
            "groups.operators.count": 1,
            "intents.call.talk": {"law": "exponential", "mean": "84 s"},
        },
    )  # fmt: skip


RENEWALS = tuple(_gm1(name) for name in BETWEEN)
