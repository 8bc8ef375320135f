"""How our engine grows: with operators, with records, with a year, with threads; how long it takes to start.

Runs take turns in one process; ratios are taken within each round, and their median told: a machine that is slow for a
second is slow for all of a round.

    python -m benchmarks.scaling                # all of it, some five minutes on a quiet machine
    python -m benchmarks.scaling operators records
"""

import argparse
import functools
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from statistics import median
from typing import Any

from benchmarks.ours import CALL_DAYS, DAY, _Stopwatch, w1_scenario, w2_scenario
from benchmarks.workloads import load_workload
from twin.kernel.tables import CONTACT
from twin.model import CallCentre
from twin.scenario.schema import Scenario

ROUNDS = 11
N_IN_THREADS = 8
HEAP_SLOT = 24
"""Bytes of an event on the heap; a contact inside has at most two."""


def erlang_a(n_operators: int) -> Scenario:
    """w1 with another number of operators and as many calls for each."""
    scenario = w1_scenario(load_workload("w1"))
    factor = n_operators / 290
    demand: Any = scenario.demand
    rates = {intent: rate * factor for intent, rate in demand.rates.items()}
    groups = {name: group.model_copy(update={"count": n_operators}) for name, group in scenario.groups.items()}
    return scenario.model_copy(update={"demand": demand.model_copy(update={"rates": rates}), "groups": groups})


def kernel_time(scenario: Scenario, seconds: float, recording: bool = False) -> tuple[float, float]:
    """CPU time of the kernel per contact, and of the whole run [s], over the first `seconds`."""
    began = time.process_time()
    model = CallCentre(scenario, days=max(1, int(-(-seconds // DAY))), recording=recording)
    kernel = _Stopwatch(model.engine, "run_until")
    model.run_until(seconds)
    n = float(model.world.tallies.entered.sum())
    model.close()
    return kernel.seconds / n, (time.process_time() - began) / n


def operators() -> dict[str, float]:
    """Nanoseconds per contact with 100, 1,000 and 10,000 operators, some 300,000 contacts each."""
    sizes = {100: 6 * DAY, 1000: 0.6 * DAY, 10_000: 0.06 * DAY}
    rounds = [{size: kernel_time(erlang_a(size), span)[0] for size, span in sizes.items()} for _ in range(ROUNDS)]
    figures = {f"ns per contact, {size} operators": median(times[size] * 1e9 for times in rounds) for size in sizes}
    return figures | {"growth from 100 to 10,000": median(times[10_000] / times[100] - 1 for times in rounds)}


def records() -> dict[str, float]:
    """What keeping a record of every attempt adds to a whole run."""
    figures = {}
    for name, scenario, days in (
        ("w1", w1_scenario(load_workload("w1")), 3),
        ("w2b", w2_scenario(load_workload("w2b")), 5),
    ):
        rounds = [
            [kernel_time(scenario, days * DAY, recording)[1] for recording in (False, True)] for _ in range(ROUNDS)
        ]
        figures[f"records on {name}"] = median(with_records / without - 1 for without, with_records in rounds)
    return figures


def memory() -> dict[str, float]:
    """Bytes of a contact inside, and how far the tables for contacts and events grow over a year."""
    scenario = erlang_a(29)
    model = CallCentre(scenario, days=365)
    model.run_until(30 * DAY)
    after_a_month = len(model.world.contacts), len(model.world.heap_at)
    model.run()
    grown = max(len(model.world.contacts) - after_a_month[0], len(model.world.heap_at) - after_a_month[1])
    model.close()
    return {
        "bytes per contact waiting or talking": float(CONTACT.itemsize + 2 * HEAP_SLOT),
        "rows added to the tables from the first month to the end of a year": float(grown),
    }


@functools.cache
def _w1() -> Scenario:
    return w1_scenario(load_workload("w1"))


def _replicate(days: int, replication: int) -> None:
    """One replication of w1; the scenario is read once, as by everybody who makes several."""
    model = CallCentre(_w1(), replication=replication, days=days)
    model.run()
    model.close()


def threads() -> dict[str, float]:
    """Speed-up of replications in two threads of one process over the same in turn [-], by the clock.

    And that of two processes, which share nothing but the machine: more than that no thread can reach. Several
    replications each, as in use: of two alone, one ends a tenth before the other, and both are built at once.
    """
    with (
        ThreadPoolExecutor(2) as in_threads,
        ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as in_processes,
    ):
        figures = {}
        for days, rounds in ((CALL_DAYS["w1"], ROUNDS // 2), (7, ROUNDS)):
            replicate = functools.partial(_replicate, days)
            speed_ups = _speed_ups(replicate, in_threads, in_processes, rounds=rounds)
            for kind, speed_up in zip(("threads", "processes"), speed_ups, strict=True):
                figures[f"speed-up by two {kind}, {days} days each"] = speed_up
        return figures


def _speed_ups(replicate: Callable[[int], None], *pools: Executor, rounds: int) -> list[float]:
    """By the clock, of replications in each of the pools over the same in turn."""
    numbers = range(N_IN_THREADS)

    def in_turn() -> None:
        for number in numbers:
            replicate(number)

    for pool in pools:
        list(pool.map(replicate, numbers))  # all have begun
    gc.freeze()  # or Python stops all threads for 76 ms to look through what imports have made
    times = [
        [_clock(in_turn), *(_clock(lambda pool=pool: list(pool.map(replicate, numbers))) for pool in pools)]
        for _ in range(rounds)
    ]
    return [median(row[0] / row[which] for row in times) for which in range(1, len(pools) + 1)]


def _clock(what: Callable[[], None]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


STARTS = {
    "warm run": ("-m", "twin", "run", "erlang-a", "--days", "1", "--json"),
    "warm run of 187-as-is, tiny": ("-m", "twin", "run", "187-as-is", "--set", "size=tiny", "--days", "1", "--json"),
    "warm simulate": ("-c", "import twin; twin.simulate(twin.load_scenario('erlang-a'), days=1)"),
}


def start() -> dict[str, float]:
    """Seconds until the first day of a small centre is simulated, with nothing compiled and with everything.

    Warm also in CPU time, which tells the same on a machine that has other work; the best of the rounds.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # who starts warm has Python's own compiled code, too

        def run(arguments: tuple[str, ...]) -> tuple[float, float]:
            before = os.times()
            subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True)
            after = os.times()
            cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
            return after.elapsed - before.elapsed, cpu

        first = [run(arguments)[0] for arguments in STARTS.values()]
        figures = {"first run, compiling [s]": first[0]}
        for name, arguments in STARTS.items():
            rounds = [run(arguments) for _ in range(ROUNDS)]
            figures[f"{name} [s]"] = median(clock for clock, _ in rounds)
            figures[f"{name} [CPU s]"] = min(cpu for _, cpu in rounds)
        return figures


MEASURES = {measure.__name__: measure for measure in (operators, records, memory, threads, start)}
LIMITS = {
    "growth from 100 to 10,000": (0.40, "less than"),
    "records on w1": (0.25, "less than"),
    "records on w2b": (0.25, "less than"),
    "bytes per contact waiting or talking": (200.0, "less than"),
    "rows added to the tables from the first month to the end of a year": (1.0, "less than"),
    f"speed-up by two threads, {CALL_DAYS['w1']} days each": (1.8, "at least"),
    "speed-up by two threads, 7 days each": (1.8, "at least"),
    "first run, compiling [s]": (60.0, "less than"),
    **{f"{name} [s]": (2.0, "less than") for name in STARTS},
}


def main(arguments: list[str] | None = None) -> None:
    """Print each figure beside what is wanted, or all of them as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description="How our engine grows.")
    parser.add_argument("what", nargs="*", metavar="|".join(MEASURES), help="all of them unless given")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    for name in set(args.what) - set(MEASURES):
        parser.error(f"what is {name!r}, must be among {', '.join(MEASURES)}")
    kernel_time(erlang_a(29), DAY)  # compile first
    figures: dict[str, float] = {}
    for name in args.what or MEASURES:
        measured = MEASURES[name]()
        figures |= measured
        for key, value in measured.items() if not args.json else ():
            limit, sense = LIMITS.get(key, (None, ""))
            wanted = "" if limit is None else f"   wanted: {sense} {limit:g}"
            print(f"{key:<70} {value:10.3f}{wanted}", flush=True)
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
