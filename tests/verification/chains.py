"""Markov chains of small centres, solved exactly: states are found from transitions, then pi Q = 0 is solved."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

Transitions = Callable[[Hashable], Iterable[tuple[float, Hashable]]]
"""From a state: rates and the states that they lead to."""


@dataclass(frozen=True)
class Chain:
    """A chain in steady state."""

    states: list
    probabilities: np.ndarray

    def mean(self, value: Callable[[Hashable], float]) -> float:
        """Mean of a function of the state."""
        return float(np.dot(self.probabilities, [value(state) for state in self.states]))


def solve(start: Hashable, transitions: Transitions) -> Chain:
    """Steady state of the chain that can be reached from `start`, breadth first; it must be irreducible."""
    numbers, states = {start: 0}, [start]
    rows, columns, rates = [], [], []
    for number, state in enumerate(states):  # grows on the way
        for rate, other in transitions(state):
            if rate <= 0 or other == state:
                continue
            if other not in numbers:
                numbers[other] = len(states)
                states.append(other)
            rows.append(number)
            columns.append(numbers[other])
            rates.append(rate)
    n = len(states)
    flows = sparse.coo_array((rates, (columns, rows)), shape=(n, n)).tocsc()  # into states, from states
    balance = flows - sparse.diags_array(np.asarray(flows.sum(axis=0)).ravel())
    rest, into = balance[1:, 1:].tocsc(), -balance[1:, [0]].toarray().ravel()  # relative to the start
    weights = np.concatenate([[1.0], np.atleast_1d(spsolve(rest, into))])
    return Chain(states, weights / weights.sum())


def erlang(n: int, arrival: float, mu: float, theta: float, room: int) -> Chain:
    """M/M/n+M with `room` places to wait; the state is the number inside."""

    def transitions(inside):
        if inside < n + room:
            yield arrival, inside + 1
        if inside > 0:
            yield min(inside, n) * mu + max(inside - n, 0) * theta, inside - 1

    return solve(0, transitions)


@dataclass(frozen=True)
class Kind:
    """Contacts of one kind; `pools` in the order in which an arrival looks for somebody idle."""

    arrival: float
    mu: float
    theta: float
    room: int
    pools: tuple[int, ...]


@dataclass(frozen=True)
class State:
    talking: tuple[tuple[int, ...], ...]
    """By pool and kind."""
    waiting: tuple[int, ...]


def routed(kinds: Sequence[Kind], sizes: Sequence[int], takes: Sequence[Sequence[int]]) -> Chain:
    """N-, X-, W-designs: several kinds and pools; who is free in pool p takes the kinds of `takes[p]` in that order.

    Rates depend on the kind only, so it does not matter which of a pool's operators answers.
    """

    def talks(state, pool, kind, change):
        row = list(state.talking[pool])
        row[kind] += change
        return replace(state, talking=(*state.talking[:pool], tuple(row), *state.talking[pool + 1 :]))

    def waits(state, kind, change):
        return replace(state, waiting=tuple(n + change * (k == kind) for k, n in enumerate(state.waiting)))

    def transitions(state):
        for number, kind in enumerate(kinds):
            idle = [pool for pool in kind.pools if sum(state.talking[pool]) < sizes[pool]]
            if idle:
                yield kind.arrival, talks(state, idle[0], number, 1)
            elif state.waiting[number] < kind.room:
                yield kind.arrival, waits(state, number, 1)
            if state.waiting[number]:
                yield state.waiting[number] * kind.theta, waits(state, number, -1)
            for pool in range(len(sizes)):
                if state.talking[pool][number]:
                    free = talks(state, pool, number, -1)
                    following = [other for other in takes[pool] if state.waiting[other]]
                    after = waits(talks(free, pool, following[0], 1), following[0], -1) if following else free
                    yield state.talking[pool][number] * kind.mu, after

    nobody = State(tuple((0,) * len(kinds) for _ in sizes), (0,) * len(kinds))
    return solve(nobody, transitions)


def redialling(n, arrival, mu, theta, room, share, delta, orbit):
    """M/M/n+M with `room` places; who is blocked or gives up redials with probability `share` after a mean 1 / delta.

    The state is (inside, about to redial), the latter cut at `orbit` (Falin & Templeton 1997, chapter 2, truncated).
    """

    def lost(inside, away, rate):
        yield rate * share, (inside, min(away + 1, orbit))
        yield rate * (1 - share), (inside, away)

    def transitions(state):
        inside, away = state
        if inside < n + room:
            yield arrival, (inside + 1, away)
            yield away * delta, (inside + 1, away - 1)
        else:
            yield from lost(inside, away, arrival)
            yield away * delta * (1 - share), (inside, away - 1)
        yield min(inside, n) * mu, (inside - 1, away)
        yield from lost(inside - 1, away, max(inside - n, 0) * theta)

    return solve((0, 0), transitions)
