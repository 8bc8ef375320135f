"""SimPy on w1 (Erlang A), in the three styles that `simpy_peer` describes."""

import time
from collections import deque
from collections.abc import Callable, Generator

import numpy as np
from simpy import Environment, Resource

from benchmarks.workloads import PeerResult, Workload, peak_memory_mb, w1_kpis, workload_id

W1_STYLES = ("callback", "process", "resource")


def run_w1(spec: Workload, n_calls: int, seed: int, style: str = "callback") -> PeerResult:
    """Simulate `n_calls` calls of w1 (Erlang A) until all are answered or gone."""
    if style not in W1_STYLES:
        raise ValueError(f"style is {style!r}, must be one of {', '.join(W1_STYLES)}")
    began = time.process_time()
    rng = np.random.default_rng(seed)
    between = rng.exponential(1.0 / spec["arrival_rate"], n_calls)
    service = rng.exponential(spec["service_mean"], n_calls)
    patience = rng.exponential(spec["patience_mean"], n_calls)
    simulate = {"callback": _by_callbacks, "process": _by_processes, "resource": _by_resource}[style]
    wait, answered = simulate(spec["agents"], between.tolist(), service.tolist(), patience.tolist())
    cpu_seconds = time.process_time() - began

    peak_mb = peak_memory_mb()
    kpis, errors = w1_kpis(spec, np.cumsum(between), np.array(wait), service, np.array(answered))
    return PeerResult(f"simpy-{style}", workload_id(spec), n_calls, cpu_seconds, peak_mb, kpis, errors)


def _by_callbacks(n_agents: int, between: list, service: list, patience: list) -> tuple[list, list]:
    env = Environment()
    timeout = env.timeout
    wait = [0.0] * len(between)
    answered = [False] * len(between)
    waiting: deque[tuple[int, float]] = deque()  # (call, arrived at)
    n_idle = n_agents

    def answer(call):
        answered[call] = True
        timeout(service[call]).callbacks.append(on_end)

    def on_end(_event):
        nonlocal n_idle
        while waiting:
            call, arrived_at = waiting.popleft()
            waited = env.now - arrived_at
            if waited < patience[call]:
                wait[call] = waited
                answer(call)
                return
            wait[call] = patience[call]  # had hung up while it waited
        n_idle += 1

    def arrivals():
        nonlocal n_idle
        for call, gap in enumerate(between):
            yield timeout(gap)
            if n_idle:
                n_idle -= 1
                answer(call)
            else:
                waiting.append((call, env.now))

    env.process(arrivals())
    env.run()
    return wait, answered


def _arrivals(env: Environment, between: list, call_process: Callable[[int], Generator]) -> Generator:
    """A process for each call, as it comes."""
    for call, gap in enumerate(between):
        yield env.timeout(gap)
        env.process(call_process(call))


def _by_processes(n_agents: int, between: list, service: list, patience: list) -> tuple[list, list]:
    env = Environment()
    wait = [0.0] * len(between)
    answered = [False] * len(between)
    waiting: dict = {}  # call -> its event `is_answered`, in order of arrival
    n_idle = n_agents

    def call_process(call):
        nonlocal n_idle
        if n_idle:
            n_idle -= 1
        else:
            arrived_at = env.now
            is_answered = waiting[call] = env.event()
            yield is_answered | env.timeout(patience[call])
            if not is_answered.triggered:
                del waiting[call]
                wait[call] = patience[call]
                return
            wait[call] = env.now - arrived_at
        answered[call] = True
        yield env.timeout(service[call])
        if waiting:
            waiting.pop(next(iter(waiting))).succeed()
        else:
            n_idle += 1

    env.process(_arrivals(env, between, call_process))
    env.run()
    return wait, answered


def _by_resource(n_agents: int, between: list, service: list, patience: list) -> tuple[list, list]:
    """As in SimPy's documentation, examples, "Bank Renege"."""
    env = Environment()
    agents = Resource(env, n_agents)
    wait = [0.0] * len(between)
    answered = [False] * len(between)

    def call_process(call):
        arrived_at = env.now
        with agents.request() as request:
            outcome = yield request | env.timeout(patience[call])
            if request not in outcome:
                wait[call] = patience[call]
                return
            wait[call] = env.now - arrived_at
            answered[call] = True
            yield env.timeout(service[call])

    env.process(_arrivals(env, between, call_process))
    env.run()
    return wait, answered
