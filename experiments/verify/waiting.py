"""The rules of waiting against theory: announced waits as a birth-death chain, call-backs in the queue of Erlang C."""

from dataclasses import dataclass

import numpy as np

from experiments.verify.case import Case, Measure, exact

MANY = 2000
"""[contacts] inside at the most, in the chains: the rest has no probability that floats can tell."""


@dataclass(frozen=True)
class Line:
    """M/M/n+M where a caller who finds `q` waiting is told (q + 1) / (n mu), and does something by that with a chance.

    Balking thins the arrivals in each state: a birth-death chain, solved by its balance equations (Kleinrock 1975,
    Queueing Systems 1, 3.1).
    """

    n: int
    rate: float
    """Arrivals a second."""
    mean_talk: float
    """[s]"""
    waits: tuple[float, float]
    """[s] told; between them the share goes in a straight line between `shares`."""
    shares: tuple[float, float]
    patience: float = np.inf
    """[s] mean."""
    balks: bool = True
    """False: the share does something that leaves the queue as it is (keeps its place)."""

    @property
    def told(self) -> np.ndarray:
        """By number waiting [s]."""
        return (np.arange(MANY) + 1) * self.mean_talk / self.n

    @property
    def share(self) -> np.ndarray:
        """By number waiting; below the first wait told nobody."""
        share = np.interp(self.told, self.waits, self.shares)
        return np.where(self.told >= self.waits[0], share, 0.0)

    @property
    def probability(self) -> np.ndarray:
        """Of each number inside, n + MANY of them."""
        births = np.full(self.n + MANY, self.rate)
        if self.balks:
            births[self.n :] *= 1.0 - self.share
        inside = np.arange(1, self.n + MANY)
        deaths = np.minimum(inside, self.n) / self.mean_talk + np.maximum(inside - self.n, 0) / self.patience
        with np.errstate(divide="ignore"):
            logs = np.concatenate([[0.0], np.cumsum(np.log(births[:-1]) - np.log(deaths))])
        weights = np.exp(logs - logs.max())
        return weights / weights.sum()

    @property
    def waiting(self) -> np.ndarray:
        """Probability of each number waiting, all operators busy."""
        return self.probability[self.n :]

    @property
    def n_waiting(self) -> float:
        return float(self.waiting @ np.arange(MANY))

    @property
    def p_share(self) -> float:
        """Of all callers: who do what the share does."""
        return float(self.waiting @ self.share)

    @property
    def p_told(self) -> float:
        return float(self.waiting.sum())

    @property
    def p_abandon(self) -> float:
        """Balking included."""
        return (self.p_share if self.balks else 0.0) + self.n_waiting / self.patience / self.rate

    @property
    def mean_wait(self) -> float:
        """Of all callers [s] (Little)."""
        return self.n_waiting / self.rate

    @property
    def wait_of_others(self) -> float:
        """Mean over all callers of the wait of those who did not do it, without patience [s]."""
        return float(self.waiting @ ((1.0 - self.share) * self.told))

    @property
    def occupancy(self) -> float:
        busy = np.minimum(np.arange(self.n + MANY), self.n)
        return float(self.probability @ busy) / self.n


TOLD = Line(4, 114 / 3600, 120.0, (30.0, 240.0), (0.0, 0.6), 180.0)
CALLED = Line(8, 210 / 3600, 120.0, (45.0, 180.0), (0.2, 0.8), balks=False)


def _occupancy(m):
    return m.staff_talk / (m.staff_talk + m.staff_idle)


ANNOUNCED = Case(
    "told-waits",
    "M/M/4+M with balking by the announced wait: a birth-death chain",
    "told-waits",
    (
        Measure("P(told)", "heard an expected wait / offered", lambda m: m.announced / m.offered,
                (exact(TOLD.p_told),)),
        Measure("P(balk)", "hung up on hearing it / offered", lambda m: m.balked / m.offered, (exact(TOLD.p_share),)),
        Measure("P(abandon)", "gave up or balked / offered", lambda m: m.abandoned / m.offered,
                (exact(TOLD.p_abandon),)),
        Measure("E[W] [s]", "waits of all calls, lost ones included / offered",
                lambda m: (m.wait_handled + m.wait_lost) / m.offered, (exact(TOLD.mean_wait),)),
        Measure("occupancy", "time talking / (time talking + time idle)", _occupancy, (exact(TOLD.occupancy),)),
    ),
    chunks=4,
    days=100,
)  # fmt: skip

CALL_BACK = Case(
    "call-back",
    "M/M/8 with call-backs that keep their place: Erlang C",
    "call-back",
    (
        Measure("E[W] [s]", "waits from the first joining to the pick-up / handled",
                lambda m: m.wait_handled / m.handled, (exact(CALLED.mean_wait),)),
        Measure("P(call-back)", "hung up to be called back / offered", lambda m: m.call_backs / m.offered,
                (exact(CALLED.p_share),)),
        Measure("E[wait on the telephone] [s]", "waits less the time off the telephone / handled",
                lambda m: (m.wait_handled - m.off_line) / m.handled, (exact(CALLED.wait_of_others),)),
        Measure("occupancy", "time talking / (time talking + time idle)", _occupancy, (exact(CALLED.occupancy),)),
    ),
    chunks=4,
    days=100,
)  # fmt: skip

WAITING = (ANNOUNCED, CALL_BACK)
