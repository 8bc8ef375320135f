"""Chats at once against theory: one operator whose rate of service depends on the number of chats."""

from dataclasses import dataclass

import numpy as np

from experiments.verify.case import Case, Measure, exact

MANY = 1000
"""[contacts] inside at the most, in the chain: the rest has no probability that floats can tell."""


@dataclass(frozen=True)
class Chatting:
    """One operator with up to `most` chats; with m of them each goes on at 1 / (1 + slowdown (m - 1)) of its speed.

    The model of Tezcan and Zhang 2014 with one server: a birth-death chain, solved by its balance equations (Kleinrock
    1975, Queueing Systems 1, 3.1).
    """

    most: int
    slowdown: float
    rate: float
    """Arrivals a second."""
    mean_talk: float
    """[s] of a chat alone."""
    patience: float
    """[s] mean."""

    @property
    def n_chats(self) -> np.ndarray:
        """By number inside."""
        return np.minimum(np.arange(MANY), self.most)

    @property
    def n_waiting(self) -> np.ndarray:
        """By number inside."""
        return np.arange(MANY) - self.n_chats

    @property
    def ends(self) -> np.ndarray:
        """Chats that end in a second, by number inside."""
        return self.n_chats / (1.0 + self.slowdown * np.maximum(self.n_chats - 1, 0)) / self.mean_talk

    @property
    def probability(self) -> np.ndarray:
        """Of each number inside."""
        deaths = (self.ends + self.n_waiting / self.patience)[1:]
        logs = np.concatenate([[0.0], np.cumsum(np.log(self.rate) - np.log(deaths))])
        weights = np.exp(logs - logs.max())
        return weights / weights.sum()

    def mean(self, values: np.ndarray) -> float:
        """Mean of what is given by number inside."""
        return float(self.probability @ values)

    @property
    def p_wait(self) -> float:
        """Chats that find all places taken (Wolff: Poisson arrivals see time averages)."""
        return float(self.probability[self.most :].sum())

    @property
    def p_abandon(self) -> float:
        return self.mean(self.n_waiting) / self.patience / self.rate

    @property
    def mean_wait(self) -> float:
        """Of all chats [s] (Little)."""
        return self.mean(self.n_waiting) / self.rate

    @property
    def mean_length(self) -> float:
        """Of a chat from the answer on [s] (Little)."""
        return self.mean(self.n_chats) / self.mean(self.ends)

    @property
    def occupancy(self) -> float:
        return 1.0 - float(self.probability[0])

    @property
    def at_once(self) -> float:
        """Mean number of chats while there is any."""
        return self.mean(self.n_chats) / self.occupancy


ONE = Chatting(3, 0.4, 16 / 3600, 360.0, 240.0)

CHAT = Case(
    "chat",
    "One operator, up to three chats at once: a birth-death chain",
    "chat",
    (
        Measure("P(wait)", "had to wait / offered", lambda m: m.waited / m.offered, (exact(ONE.p_wait),)),
        Measure("P(abandon)", "gave up / offered", lambda m: m.abandoned / m.offered, (exact(ONE.p_abandon),)),
        Measure("E[W] [s]", "waits of all chats, lost ones included / offered",
                lambda m: (m.wait_handled + m.wait_lost) / m.offered, (exact(ONE.mean_wait),)),
        Measure("E[length] [s]", "from the answer to the end / chats handled",
                lambda m: m.chat_time / m.chats, (exact(ONE.mean_length),)),
        Measure("chats at once", "lengths of chats / operators' time that they took",
                lambda m: m.chat_time / m.chat_work, (exact(ONE.at_once),)),
        Measure("occupancy", "time in chats / (time in chats + time idle)",
                lambda m: m.staff_talk / (m.staff_talk + m.staff_idle), (exact(ONE.occupancy),)),
    ),
    chunks=4,
    days=200,
)  # fmt: skip

CHATS = (CHAT,)
