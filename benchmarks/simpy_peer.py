"""SimPy on the workloads, with SimPy's public interface only.

Styles of the same model; the same seed gives all the same calls, so their KPIs agree:

- ``callback``, the default and the fastest we know: a timeout per arrival and one per answered call, with a callback.
  Patience costs no event; it is looked at when a call reaches the head of its line.
- ``process``: every call is a process that waits for ``answered | patience``; lines and idle lists are our own.
- ``resource``, w1 only: the model of SimPy's documentation for callers who renege ("Bank Renege"), a process for each
  call that requests a ``simpy.Resource``. It cannot route by skill.

Random numbers come from NumPy in bulk.

    python -m benchmarks.simpy_peer w1 --calls 200000 --seed 1
    python -m benchmarks.simpy_peer w2b --days 2 --seed 1 --style process
"""

import argparse
import math
import time
from collections import deque
from typing import NamedTuple

import numpy as np
from simpy import Environment

from benchmarks.simpy_w1 import W1_STYLES, run_w1
from benchmarks.workloads import (
    PeerResult,
    Workload,
    load_workload,
    peak_memory_mb,
    w2_kpis,
    w2_tally,
    workload_id,
)

STYLES = ("callback", "process")
"""Of w2; w1 has one more, see `simpy_w1`."""


class DayOfCalls(NamedTuple):
    """The calls of one day of w2, in order of arrival; times in minutes."""

    arrived_at: np.ndarray
    call_class: np.ndarray
    service_time: np.ndarray
    patience_time: np.ndarray


def draw_day(spec: Workload, rng: np.random.Generator) -> DayOfCalls:
    """Draw the calls of one day of w2 or w2b: Poisson by type and period, then class, service and patience."""
    period = spec["period"]
    arrived_at, call_class, service_time, patience_time = [], [], [], []
    for number, (call_type, rates) in enumerate(
        zip(spec["types"], spec["arrival_rate_by_type_and_period"], strict=True)
    ):
        periods = np.repeat(np.arange(len(rates)), rng.poisson(np.array(rates) * period))
        n_calls = len(periods)
        classes = [c for c, row in enumerate(spec["classes"]) if row["type"] == number]
        shares = [spec["classes"][c]["share_of_type"] for c in classes]
        sigma2 = math.log(1.0 + call_type["service_cv"] ** 2)
        arrived_at.append((periods + rng.random(n_calls)) * period)
        call_class.append(rng.choice(classes, size=n_calls, p=shares))
        service_time.append(rng.lognormal(math.log(call_type["service_mean"]) - sigma2 / 2, math.sqrt(sigma2), n_calls))
        patience_time.append(rng.exponential(call_type["patience_mean"], n_calls))
    order = np.argsort(np.concatenate(arrived_at))
    columns = (arrived_at, call_class, service_time, patience_time)
    return DayOfCalls(*(np.concatenate(column)[order] for column in columns))


class Floor:
    """Agents and waiting calls of one day of w2, and the two routing rules.

    The lines of idle agents (one per skill) and of waiting calls (one per class) are deques; who has left a line
    by another way is skipped on reaching its head. An agent is on duty while ``now < shift_end[agent]``.
    """

    def __init__(self, spec: Workload, calls: DayOfCalls):
        classes = spec["classes"]
        self.call_class = calls.call_class.tolist()
        self.leaves_at = (calls.arrived_at + calls.patience_time).tolist()
        self.waiting: list[deque[int]] = [deque() for _ in classes]
        self.n_in_line = 0  # in all lines of calls, those that have hung up included

        self.shift_end = [spec["cohorts"][agent["cohort"]][1] for agent in spec["agents"]]
        self.idle_since = [-1.0] * len(spec["agents"])  # -1 = not idle
        idle: list[deque[tuple[int, float]]] = [deque() for _ in range(spec["skills"] + spec["skill_queues"])]
        self.idle_lines_of_class = [(idle[c["primary"]], idle[c["secondary"]]) for c in classes]
        self.idle_lines_of_agent = [[idle[skill] for skill in agent["skills"]] for agent in spec["agents"]]

        priority = [spec["types"][c["type"]]["priority"] for c in classes]
        self.lines_by_priority = []  # by agent: the lines it can serve, a tuple per priority, first the most urgent
        for agent in spec["agents"]:
            held = set(agent["skills"])
            served = [i for i, c in enumerate(classes) if held & {c["primary"], c["secondary"]}]
            levels = sorted({priority[i] for i in served})
            self.lines_by_priority.append([tuple(self.waiting[i] for i in served if priority[i] == p) for p in levels])

    def select_agent(self, call: int, now: float) -> int:
        """For an arriving call: the longest idle with the primary skill, else with the secondary; -1 if nobody."""
        idle_since, shift_end = self.idle_since, self.shift_end
        for line in self.idle_lines_of_class[self.call_class[call]]:
            while line:
                agent, since = line.popleft()
                if idle_since[agent] == since and now < shift_end[agent]:
                    idle_since[agent] = -1.0
                    return agent
        return -1

    def select_call(self, agent: int, now: float) -> int:
        """For a free agent on duty: the most urgent call it can serve, then the one that waited longest; -1 if none."""
        if not self.n_in_line:
            return -1
        leaves_at = self.leaves_at
        for lines in self.lines_by_priority[agent]:
            first, its_line = -1, None
            for line in lines:
                while line and leaves_at[line[0]] <= now:
                    line.popleft()
                    self.n_in_line -= 1
                if line and (its_line is None or line[0] < first):  # calls are numbered by arrival
                    first, its_line = line[0], line
            if its_line is not None:
                its_line.popleft()
                self.n_in_line -= 1
                return first
        return -1

    def join_queue(self, call: int) -> None:
        self.waiting[self.call_class[call]].append(call)
        self.n_in_line += 1

    def become_idle(self, agent: int, now: float) -> None:
        self.idle_since[agent] = now
        for line in self.idle_lines_of_agent[agent]:
            line.append((agent, now))


def run_w2(spec: Workload, n_days: int, seed: int, style: str = "callback") -> PeerResult:
    """Simulate `n_days` independent days of w2 or w2b (multi-skill, shifts, priorities)."""
    _check_style(style)
    simulate = _w2_callbacks if style == "callback" else _w2_processes
    tallies = []
    cpu_seconds = 0.0
    for day in range(n_days):
        began = time.process_time()
        calls = draw_day(spec, np.random.default_rng([seed, day]))
        wait, answered_by = simulate(spec, calls)
        cpu_seconds += time.process_time() - began
        tallies.append(w2_tally(spec, calls.call_class, np.array(wait), calls.service_time, np.array(answered_by)))

    peak_mb = peak_memory_mb()
    kpis, errors = w2_kpis(spec, np.array(tallies))
    n_calls = round(sum(tally[:, 0].sum() for tally in tallies))
    return PeerResult(f"simpy-{style}", workload_id(spec), n_calls, cpu_seconds, peak_mb, kpis, errors)


def _w2_callbacks(spec: Workload, calls: DayOfCalls) -> tuple[list, list]:
    env = Environment()
    timeout = env.timeout
    floor = Floor(spec, calls)
    arrived_at, service = calls.arrived_at.tolist(), calls.service_time.tolist()
    wait = [0.0] * len(arrived_at)
    answered_by = [-1] * len(arrived_at)
    shift_end = floor.shift_end
    select_agent, select_call = floor.select_agent, floor.select_call

    def answer(call, agent):
        answered_by[call] = agent
        timeout(service[call], agent).callbacks.append(on_end)

    def look_for_call(agent, now):
        call = select_call(agent, now)
        if call < 0:
            floor.become_idle(agent, now)
        else:
            wait[call] = now - arrived_at[call]
            answer(call, agent)

    def on_end(event):
        now = env.now
        if now < shift_end[event.value]:
            look_for_call(event.value, now)

    def on_shift_start(event):
        for agent in event.value:
            look_for_call(agent, env.now)

    def arrivals():
        for call, at in enumerate(arrived_at):
            yield timeout(at - env.now)
            agent = select_agent(call, at)
            if agent < 0:
                floor.join_queue(call)
            else:
                answer(call, agent)

    for start, agents in _shifts(spec):
        timeout(start, agents).callbacks.append(on_shift_start)
    env.process(arrivals())
    env.run()  # shifts end with the day at the latest, so who still waits then is never answered
    return wait, answered_by


def _w2_processes(spec: Workload, calls: DayOfCalls) -> tuple[list, list]:
    env = Environment()
    floor = Floor(spec, calls)
    arrived_at, service = calls.arrived_at.tolist(), calls.service_time.tolist()
    patience = calls.patience_time.tolist()
    wait = [0.0] * len(arrived_at)
    answered_by = [-1] * len(arrived_at)
    waiting: dict = {}  # call -> its event `is_answered`, whose value will be the agent

    def look_for_call(agent, now):
        call = floor.select_call(agent, now)
        if call < 0:
            floor.become_idle(agent, now)
        else:
            waiting.pop(call).succeed(agent)

    def call_process(call):
        agent = floor.select_agent(call, env.now)
        if agent < 0:
            floor.join_queue(call)
            is_answered = waiting[call] = env.event()
            yield is_answered | env.timeout(patience[call])
            if not is_answered.triggered:
                del waiting[call]
                floor.leaves_at[call] = env.now
                return
            agent = is_answered.value
            wait[call] = env.now - arrived_at[call]
        answered_by[call] = agent
        yield env.timeout(service[call])
        if env.now < floor.shift_end[agent]:
            look_for_call(agent, env.now)

    def shift_process(start, agents):
        yield env.timeout(start)
        for agent in agents:
            look_for_call(agent, env.now)

    def arrivals():
        for call, at in enumerate(arrived_at):
            yield env.timeout(at - env.now)
            env.process(call_process(call))

    for start, agents in _shifts(spec):
        env.process(shift_process(start, agents))
    env.process(arrivals())
    env.run()  # shifts end with the day at the latest, so who still waits then is never answered
    return wait, answered_by


def _shifts(spec: Workload) -> list[tuple[float, list[int]]]:
    """Start of each cohort and its agents, in agent order."""
    return [
        (start, [number for number, agent in enumerate(spec["agents"]) if agent["cohort"] == cohort])
        for cohort, (start, _) in enumerate(spec["cohorts"])
    ]


def _check_style(style: str) -> None:
    if style not in STYLES:
        raise ValueError(f"style is {style!r}, must be one of {', '.join(STYLES)}")


def main(arguments: list[str] | None = None) -> None:
    """Run one workload and print its `PeerResult` as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simpy_peer", description="SimPy on one workload.")
    parser.add_argument("workload", choices=("w1", "w2", "w2b"))
    parser.add_argument("--calls", type=int, help="w1 only; default: as many as the workload says")
    parser.add_argument("--days", type=int, help="w2 and w2b only; default: as many as the workload says")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--style", choices=W1_STYLES, default="callback", help="resource: w1 only")
    args = parser.parse_args(arguments)
    if (args.calls if args.workload != "w1" else args.days) is not None:
        parser.error(f"{args.workload} takes {'--calls' if args.workload == 'w1' else '--days'}")
    if args.workload != "w1" and args.style not in STYLES:
        parser.error(f"{args.workload} takes --style {' or '.join(STYLES)}")
    spec = load_workload(args.workload)
    if args.workload == "w1":
        n_calls = spec["calls"] if args.calls is None else args.calls
        result = run_w1(spec, n_calls, args.seed, args.style)
    else:
        n_days = spec["days"] if args.days is None else args.days
        result = run_w2(spec, n_days, args.seed, args.style)
    print(result.to_json())


if __name__ == "__main__":
    main()
