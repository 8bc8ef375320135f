"""Exact steady-state formulas of the queues that a simulator must meet: Erlang B, C, A and priorities.

λ (arrival rate), μ (service rate) and θ (patience rate, 1 / mean patience) share one time unit of the caller's choice,
and times come back in that unit. Offered load is λ/μ [Erlang]. Arrays are broadcast, so a whole day is one call.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betainc, betaincc

from twin.errors import TwinError

MOST_POSITIONS = 2_000_000  # [contacts] a longer queue in steady state is refused; assumed
LOG_NEGLIGIBLE = -60.0  # [-] states rarer than e^-60 times the likeliest are left out; assumed
Numbers = float | np.ndarray


class UnstableQueueError(TwinError, ValueError):
    """The queue grows without end, or past `MOST_POSITIONS`: too few operators, and too much patience."""

    def __init__(self, n_operators, offered_load):
        self.n_operators, self.offered_load = n_operators, offered_load
        super().__init__(f"offered_load is {offered_load}, must be below n_operators = {n_operators} if few abandon")

    def __reduce__(self):
        return type(self), (self.n_operators, self.offered_load)


def _refuse_unless(is_allowed, name, value, allowed):
    if not np.all(is_allowed):
        raise ValueError(f"{name} is {value}, must be {allowed}")


def _refuse_bad_rates(n_operators, arrival_rate, service_rate):
    n, lam, mu = map(np.asarray, (n_operators, arrival_rate, service_rate))
    _refuse_unless((n >= 1) & (n == np.floor(n)), "n_operators", n_operators, "a whole number, 1 or more")
    _refuse_unless((lam >= 0) & np.isfinite(lam), "arrival_rate", arrival_rate, "0 or more")
    _refuse_unless((mu > 0) & np.isfinite(mu), "service_rate", service_rate, "above 0")


def _refuse_overload(n_operators, offered_load):
    if np.any(np.asarray(offered_load) >= n_operators):
        raise UnstableQueueError(n_operators, offered_load)


def erlang_b(n_operators: Numbers, offered_load: Numbers):
    """Share of contacts that find all operators busy and are lost (M/M/n/n).

    B(k) = a B(k-1) / (k + a B(k-1)), all terms positive. Source: Jagerman (1974), Bell System Technical Journal 53(3).
    """
    n, load = np.broadcast_arrays(np.asarray(n_operators), np.asarray(offered_load, dtype=float))
    _refuse_unless((n >= 0) & (n == np.floor(n)), "n_operators", n_operators, "a whole number, 0 or more")
    _refuse_unless((load >= 0) & np.isfinite(load), "offered_load", offered_load, "0 or more")
    blocked = np.ones(load.shape)
    for k in range(1, int(n.max(initial=0)) + 1):
        blocked = np.where(k <= n, load * blocked / (k + load * blocked), blocked)
    return blocked[()]


def erlang_c(n_operators: Numbers, offered_load: Numbers):
    """Share of contacts that wait when everybody waits for as long as it takes (M/M/n), C = n B / (n - a (1 - B)).

    Refuses ``offered_load >= n_operators`` (`UnstableQueueError`). Source: Cooper (1981), Queueing Theory, 2nd ed.
    """
    n, load = np.asarray(n_operators), np.asarray(offered_load, dtype=float)
    _refuse_overload(n, load)
    blocked = erlang_b(n, load)
    return (n * blocked / (n - load * (1 - blocked)))[()]


@dataclass(frozen=True, eq=False)
class ErlangA:
    """M/M/n/K+M in steady state: contacts wait in order of arrival and abandon when their patience runs out.

    ``capacity`` inf gives Erlang A (M/M/n+M), ``patience_rate`` 0 gives M/M/n/K, both give M/M/n (Erlang C). Shares and
    means are per contact that got in (`n_offered` of the KPIs); `p_block` stands apart, so multiply a share by
    ``1 - p_block`` to have it per arrival. All fields but `capacity` may be arrays.

    Who finds n + j in the system is reached after j + 1 departures at rates nμ + iθ, i = 0..j: with α = nμ/θ,
    exp(-θ virtual wait) is Beta(α, j + 1). Exact but for states rarer than e^-60 times the likeliest.
    Raises `UnstableQueueError` if nobody abandons, nothing limits the queue and the load is `n_operators` or more; or
    if the queue could pass `MOST_POSITIONS`. Sources: Palm (1957), Research on Telephone Traffic Carried by Full
    Availability Groups, Tele 1; Mandelbaum & Zeltyn (2007), Service Engineering in Action: The Palm/Erlang-A Queue.
    """

    n_operators: Numbers
    arrival_rate: Numbers  # [1/time]
    service_rate: Numbers  # [1/time] of one operator: 1 / aht
    patience_rate: Numbers  # [1/time] 1 / mean patience; 0 = infinite patience
    capacity: float = np.inf  # [contacts] that fit into the system, at an operator or waiting

    def __post_init__(self):
        _refuse_bad_rates(self.n_operators, self.arrival_rate, self.service_rate)
        patience_rate = np.asarray(self.patience_rate)
        _refuse_unless((patience_rate >= 0) & np.isfinite(patience_rate), "patience_rate", patience_rate, "0 or more")
        _refuse_unless(self.capacity >= np.asarray(self.n_operators), "capacity", self.capacity, "at least n_operators")
        if np.isinf(self.capacity) and np.any((patience_rate == 0) & (self.offered_load >= self.n_operators)):
            raise UnstableQueueError(self.n_operators, self.offered_load)

    @property
    def offered_load(self):
        """λ/μ [Erlang]."""
        return np.divide(self.arrival_rate, self.service_rate)

    @property
    def p_block(self):
        """Share of arrivals that find the system full and never get in."""
        return np.where(self._position == self._room, self._p_queue, 0.0).sum(axis=-1)

    @property
    def p_wait(self):
        """Share of contacts that wait, however they end."""
        return self._p_position.sum(axis=-1)

    @property
    def p_abandon(self):
        """Share of contacts that abandon: (j + 1)θ / (nμ + (j + 1)θ) of those who find j waiting."""
        return (self._p_position * (1 - self._p_answered)).sum(axis=-1)

    @property
    def mean_wait(self):
        """Mean wait of all contacts, abandoned ones and zeros included, by Little's law."""
        got_in = np.asarray(self.arrival_rate * (1 - self.p_block))
        return np.divide(self.mean_waiting, got_in, out=np.zeros_like(got_in), where=got_in > 0)[()]

    @property
    def asa(self):
        """Mean wait of the contacts that were answered, zeros included: Σ 1/(nμ + iθ), i = 1..j+1, at position j."""
        _, _, n_mu, theta = self._columns
        waits = np.cumsum(1 / (n_mu + (self._position + 1) * theta), axis=-1)
        return (self._p_position * self._p_answered * waits).sum(axis=-1) / (1 - self.p_abandon)

    @property
    def mean_sojourn(self):
        """Mean time from arrival to leaving; for one operator without abandonment also under processor sharing."""
        return self.mean_wait + (1 - self.p_abandon) / self.service_rate

    @property
    def mean_waiting(self):
        """Mean number of contacts waiting."""
        return (self._position * self._p_queue).sum(axis=-1)

    @property
    def mean_number(self):
        """Mean number of contacts in the system, waiting or being handled."""
        return self.mean_waiting + self.occupancy * self.n_operators

    @property
    def occupancy(self):
        """Share of operators' time spent handling: load that gets in and is answered, per operator."""
        return self.offered_load * (1 - self.p_block) * (1 - self.p_abandon) / self.n_operators

    def served_within(self, wait_time: Numbers):
        """Share of contacts that are answered within `wait_time`."""
        answered = self._p_answered * self._p_reached_within(wait_time, own_patience=True)
        return 1 - self.p_wait + (self._p_position * answered).sum(axis=-1)

    def abandoned_within(self, wait_time: Numbers):
        """Share of contacts that abandon within `wait_time`: neither served nor still waiting by then."""
        still_waiting = np.exp(-self.patience_rate * wait_time) * (1 - self.virtual_wait_within(wait_time))
        return np.maximum(1 - self.served_within(wait_time) - still_waiting, 0.0)

    def service_level(self, wait_time: Numbers):
        """Served within `wait_time` / (contacts - abandoned within `wait_time`), the KPI of the same name."""
        return self.served_within(wait_time) / (1 - self.abandoned_within(wait_time))

    def virtual_wait_within(self, wait_time: Numbers):
        """Share of contacts that would be answered within `wait_time` if they themselves had endless patience."""
        return 1 - self.p_wait + (self._p_position * self._p_reached_within(wait_time, own_patience=False)).sum(axis=-1)

    def state_probability(self, n_in_system: int):
        """Probability of `n_in_system` contacts, waiting or handled (scalar fields only)."""
        if n_in_system >= self.n_operators:
            return np.where(self._position == n_in_system - self.n_operators, self._p_queue, 0.0).sum(axis=-1)
        blocked = erlang_b(np.arange(n_in_system, int(self.n_operators)), self.offered_load)  # P(k | up to k) = B(k)
        return (1 - self._p_queue.sum(axis=-1)) * blocked[0] * np.prod(1 - blocked[1:])

    @property
    def _columns(self):
        """n, λ, nμ and θ with a last axis for the waiting position j."""
        n, lam, mu, theta = (
            np.asarray(field, dtype=float)[..., None]
            for field in (self.n_operators, self.arrival_rate, self.service_rate, self.patience_rate)
        )
        return n, lam, n * mu, theta

    @property
    def _room(self):
        return self.capacity - self._columns[0]

    @property
    def _position(self):
        return np.arange(self._p_queue.shape[-1])

    @cached_property
    def _p_queue(self):
        """Probability of n + j in the system, j = 0, 1, ... on the last axis."""
        n, lam, n_mu, _ = self._columns
        log_weight = self._log_weights()
        top = log_weight.max(axis=-1, keepdims=True)
        weight = np.exp(log_weight - top)
        blocked = erlang_b(n, lam * n / n_mu)
        return blocked * weight / ((1 - blocked) * np.exp(-top) + blocked * weight.sum(axis=-1, keepdims=True))

    def _log_weights(self):
        """log P(n + j) / P(n), j = 0, 1, ..., -inf where there is no room; as many j as count."""
        _, lam, n_mu, theta = self._columns
        n_positions = 64 if np.isinf(self.capacity) else int(np.max(self._room))
        while n_positions <= MOST_POSITIONS:
            position = np.arange(n_positions + 1)
            growth = np.where(position > 0, lam / (n_mu + position * theta), 1.0)
            with np.errstate(divide="ignore"):  # log 0 = -inf is meant: no arrivals, or a queue that still grows
                log_weight = np.cumsum(np.log(growth), axis=-1)
                log_tail = log_weight[..., -1] - np.log1p(-np.minimum(growth[..., -1], 1.0))
            if np.isfinite(self.capacity) or np.all(log_tail < log_weight.max(axis=-1) + LOG_NEGLIGIBLE):
                return np.where(position <= self._room, log_weight, -np.inf)
            n_positions *= 2
        raise UnstableQueueError(self.n_operators, self.offered_load)

    @cached_property
    def _p_position(self):
        """Probability that a contact that got in found j others waiting and no operator free."""
        return np.where(self._position < self._room, self._p_queue, 0.0) / (1 - self.p_block)[..., None]

    @property
    def _p_answered(self):
        """Probability of being answered in the end, by position: nμ / (nμ + (j + 1)θ)."""
        _, _, n_mu, theta = self._columns
        return n_mu / (n_mu + (self._position + 1) * theta)

    def _p_reached_within(self, wait_time, own_patience):
        """Probability by position of j + 1 departures within `wait_time`, maybe given that the own patience lasts."""
        _, _, n_mu, theta = self._columns
        _refuse_unless(np.asarray(wait_time) >= 0, "wait_time", wait_time, "0 or more")
        theta = np.maximum(theta, 1e-30 * n_mu)  # θ = 0 is the gamma law, met to the last digit
        elapsed = theta * np.asarray(wait_time, dtype=float)[..., None]
        n_departures, alpha = self._position + 1.0, n_mu / theta + own_patience
        is_early, counts = elapsed < 1, self._p_position > 1e-20  # beta functions are slow, and most places rare
        reached = np.zeros(np.broadcast_shapes(elapsed.shape, counts.shape))
        betainc(n_departures, alpha, -np.expm1(-elapsed), out=reached, where=is_early & counts)
        betaincc(alpha, n_departures, np.exp(-elapsed), out=reached, where=~is_early & counts)  # same law, later digits
        return reached


def required_operators(
    arrival_rate: float, service_rate: float, patience_rate: float, wait_time: float, target: float
) -> int:
    """Smallest number of operators, at least 1, with `ErlangA.service_level(wait_time)` of `target` or more."""
    _refuse_unless(0 < target < 1, "target", target, "above 0 and below 1")

    def is_enough(n_operators):
        try:
            return ErlangA(n_operators, arrival_rate, service_rate, patience_rate).service_level(wait_time) >= target
        except UnstableQueueError:
            return False

    enough = 1
    while not is_enough(enough):
        enough *= 2
    return bisect_left(range(enough), True, lo=enough // 2 + 1, key=is_enough)


def priority_waits(arrival_rates: Numbers, service_rates: Numbers, n_operators: int = 1):
    """Mean wait of each class, the first served first, nobody interrupted (M/M/1, or M/M/n with one service rate).

    W_i = W_0 / ((1 - σ_{i-1})(1 - σ_i)), σ_i the utilisation by classes 1..i, W_0 the time until an operator is free.
    Sources: Cobham (1954), Operations Research 2(1); Kella & Yechiali (1985), Stochastic Models 1(2).
    """
    lam, mu = np.broadcast_arrays(np.asarray(arrival_rates, dtype=float), np.asarray(service_rates, dtype=float))
    _refuse_bad_rates(n_operators, lam, mu)
    _refuse_unless(n_operators == 1 or np.all(mu == mu[0]), "service_rates", service_rates, "equal if n_operators > 1")
    load = np.cumsum(lam / mu)
    _refuse_overload(n_operators, load[-1])
    next_free = np.sum(lam / mu**2) if n_operators == 1 else erlang_c(n_operators, load[-1]) / (n_operators * mu[0])
    free = 1 - np.concatenate([[0.0], load]) / n_operators
    return next_free / (free[:-1] * free[1:])


def preemptive_sojourns(arrival_rates: Numbers, service_rates: Numbers):
    """Mean time in the system of each class if a higher one interrupts, and handling resumes where it stopped (M/M/1).

    T_i = (1/μ_i + Σ_{k<=i} λ_k/μ_k² / (1 - σ_i)) / (1 - σ_{i-1}). Source: Kleinrock (1976), Queueing Systems II, ch. 3.
    """
    lam, mu = np.broadcast_arrays(np.asarray(arrival_rates, dtype=float), np.asarray(service_rates, dtype=float))
    _refuse_bad_rates(1, lam, mu)
    load = np.cumsum(lam / mu)
    _refuse_overload(1, load[-1])
    free = 1 - np.concatenate([[0.0], load])
    return (1 / mu + np.cumsum(lam / mu**2) / free[1:]) / free[:-1]


def pollaczek_khinchine_wait(arrival_rate: Numbers, mean_handle_time: Numbers, handle_time_cv: Numbers):
    """Mean wait with one operator and any law of handle time (M/G/1): ρ/(1 - ρ) (1 + cv²)/2 times the mean handle time.

    `handle_time_cv`: standard deviation / mean, 1 if exponential. Source: Kleinrock (1975), Queueing Systems I, ch. 5.
    """
    load = np.multiply(arrival_rate, mean_handle_time)
    _refuse_overload(1, load)
    return load / (1 - load) * (1 + np.square(handle_time_cv)) / 2 * mean_handle_time
