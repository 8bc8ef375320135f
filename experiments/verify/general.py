"""Lines with other laws than the exponential: M/G/1, two classes at several operators, M/M/n+G."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import integrate, special

from experiments.verify.case import Case, Formula, Measure, exact
from twin.erlang import erlang_b, pollaczek_khinchine_wait, priority_waits

Law = dict[str, object]
MG1_RATE = 30 / 3600  # [1/s]
SERVICE: dict[str, tuple[Law, float]] = {  # law with a mean of 84 s, and its coefficient of variation
    "constant": ({"law": "constant", "value": "84 s"}, 0.0),
    "lognormal": ({"law": "lognormal", "mean": "84 s", "cv": 1.5}, 1.5),
    "hyperexponential": (
        {"law": "hyperexponential", "means": ["300 s", "30 s"], "shares": [0.2, 0.8]},
        math.sqrt(2 * (0.2 * 300**2 + 0.8 * 30**2) / 84**2 - 1),
    ),
}


def _asa(m):
    return m.wait_handled / m.handled


def _p_wait(m):
    return m.waited / m.offered


def _mg1(name: str) -> Case:
    law, cv = SERVICE[name]
    return Case(
        f"mg1-{name}",
        f"M/G/1: one operator, {name} talks, utilisation .7",
        "erlang-a",
        (
            Measure("E[W] [s]", "waits / answered; Pollaczek-Khinchine (Kleinrock 1975, ch. 5)", _asa,
                    (exact(float(pollaczek_khinchine_wait(MG1_RATE, 84.0, cv))),)),
            Measure("P(wait)", "wait above 0 / offered", _p_wait, (exact(0.7),)),
        ),
        chunks=4,
        days=150,
        batch=3,
        without=("patience",),
        overrides={"groups.operators.count": 1, "demand.rates.call": "30 /h", "intents.call.talk": law},
    )  # fmt: skip


def _asa_of(queue: str) -> Formula:
    return lambda m: m[f"wait_handled_{queue}"] / m[f"handled_{queue}"]


def _classes() -> Case:
    waits = priority_waits(np.array([1.0, 1.4]), 1.0, 3) * 60
    return Case(
        "mmn-priority",
        "M/M/3 with two classes, the first goes first and never interrupts",
        "mm1-priority",
        tuple(
            Measure(f"E[W], {queue} [s]", "waits / answered; Kella & Yechiali (1985)",
                    _asa_of(queue), (exact(float(wait)),))
            for queue, wait in zip(("first", "second"), waits, strict=True)
        ),
        chunks=4,
        days=60,
        overrides={"groups.operator.count": 3, "demand.rates.first": "1 /min", "demand.rates.second": "1.4 /min"},
    )  # fmt: skip


@dataclass(frozen=True)
class MMnG:
    """M/M/n with patience of any law, in steady state (Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum 2005, section 2).

    The offered wait has density lambda / (e + lambda J) exp(lambda H(x) - n mu x), H the integral of the survival.
    """

    n: int
    arrival: float
    mu: float
    survival: Callable[[float], float]
    """P(patience > x)."""
    integrated: Callable[[float], float]
    """Of the survival, from 0 to x."""
    kinks: tuple[float, ...] = ()
    """Waits at which the survival jumps or bends."""

    def _integral(self, value: Callable[[float], float], upto: float) -> float:
        """Of value(x) times the weight of an offered wait of x."""

        def weighed(x: float) -> float:
            return value(x) * math.exp(self.arrival * self.integrated(x) - self.n * self.mu * x)

        edges = [0.0, *[kink for kink in self.kinks if kink < upto], upto]
        pieces = pairwise(edges)
        return sum(integrate.quad(weighed, a, b, epsabs=1e-12, epsrel=1e-11, limit=500)[0] for a, b in pieces)

    @cached_property
    def _longest(self) -> float:
        """Beyond it the weight is below 1e-14 of the largest."""
        mean = self.integrated(1e9)
        return (self.arrival * mean + 40.0) / (self.n * self.mu)

    @cached_property
    def _scale(self) -> float:
        idle = 1.0 / float(erlang_b(self.n - 1, self.arrival / self.mu))  # sum of a^j/j!, j < n, over a^(n-1)/(n-1)!
        return self.arrival / (idle + self.arrival * self._integral(lambda x: 1.0, self._longest))

    @property
    def p_wait(self) -> float:
        return self._scale * self._integral(lambda x: 1.0, self._longest)

    @property
    def p_abandon(self) -> float:
        return self._scale * self._integral(lambda x: 1.0 - self.survival(x), self._longest)

    @property
    def mean_wait(self) -> float:
        return self._scale * self._integral(self.integrated, self._longest)

    def served_within(self, wait_time: float) -> float:
        return 1.0 - self.p_wait + self._scale * self._integral(self.survival, wait_time)


def _lognormal_patience(mean: float, cv: float) -> tuple[Callable[[float], float], Callable[[float], float]]:
    sigma = math.sqrt(math.log1p(cv**2))
    mu = math.log(mean) - sigma**2 / 2

    def survival(x: float) -> float:
        return float(special.ndtr(-(math.log(x) - mu) / sigma)) if x > 0 else 1.0

    def integrated(x: float) -> float:
        return x * survival(x) + mean * float(special.ndtr((math.log(x) - mu) / sigma - sigma)) if x > 0 else 0.0

    return survival, integrated


PATIENCE: dict[str, tuple[Law, MMnG]] = {
    "constant": (
        {"law": "constant", "value": "2 min"},
        MMnG(10, 200 / 3600, 1 / 180, lambda x: float(x < 120), lambda x: min(x, 120.0), (120.0,)),
    ),
    "uniform": (
        {"law": "uniform", "low": "0 s", "high": "4 min"},
        MMnG(10, 200 / 3600, 1 / 180, lambda x: max(1 - x / 240, 0.0),
             lambda x: min(x, 240.0) - min(x, 240.0) ** 2 / 480, (240.0,)),
    ),
    "lognormal": (
        {"law": "lognormal", "mean": "2 min", "cv": 1.0},
        MMnG(10, 200 / 3600, 1 / 180, *_lognormal_patience(120.0, 1.0), (1.0, 10.0, 60.0, 300.0)),
    ),
}  # fmt: skip


def _mmng(name: str) -> Case:
    law, line = PATIENCE[name]
    return Case(
        f"mmng-{name}",
        f"M/M/n+G: 10 operators, 10 erlang, {name} patience",
        "erlang-a",
        (
            Measure("P(wait)", "wait above 0 / offered", _p_wait, (exact(line.p_wait),)),
            Measure("P(abandon)", "gave up / offered", lambda m: m.abandoned / m.offered, (exact(line.p_abandon),)),
            Measure("E[W] [s]", "waits of all calls, lost ones included / offered",
                    lambda m: (m.wait_handled + m.wait_lost) / m.offered, (exact(line.mean_wait),)),
            Measure("served within 20 s", "answered within 20 s / offered", lambda m: m.in_20s / m.offered,
                    (exact(line.served_within(20.0)),)),
        ),
        chunks=4,
        days=60,
        overrides={"groups.operators.count": 10, "patience": law},
    )  # fmt: skip


GENERAL: tuple[Case, ...] = (*(_mg1(name) for name in SERVICE), _classes(), *(_mmng(name) for name in PATIENCE))
