"""`twin bench`: our engine beside SimPy and Ciw, in rounds that take turns, each run in a process of its own.

What is compared is calls per CPU second on one core. A ratio is taken within its round, so that a machine that is slow
for a minute is slow for all; the median over the rounds is reported. Speeds count only if the KPIs are the same.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.ours import CALL_DAYS, OurResult
from benchmarks.workloads import PeerResult
from twin.errors import InputError, RunError

ROOT = Path(__file__).parents[1]
CALLS_A_DAY = 144_000  # of w1: 100 a minute
PEERS = ("simpy", "ciw")

REFERENCES = {
    "w1": {"abandonment": 0.04570, "mean_wait": 0.09140, "sl": 0.92493, "utilisation": 0.98720},
    "w2b": {"abandonment": 0.0229, "mean_wait_answered": 0.0449, "sl": 0.938, "occupancy": 0.944},
}
"""Exact for w1 (Erlang A); for w2b of two independent engines over `REFERENCE_DAYS` (design.md, section 7)."""
ROUNDING = {
    "w1": {"abandonment": 5e-6, "mean_wait": 5e-6, "sl": 5e-6, "utilisation": 5e-6},
    "w2b": {"abandonment": 5e-5, "mean_wait_answered": 5e-5, "sl": 5e-4, "occupancy": 5e-4},
}
"""Half a unit of the last digit of `REFERENCES`."""
REFERENCE_DAYS = 400
N_ERRORS = 4.0
"""Joint standard errors within which two KPIs are called equal."""

TARGETS = {
    ("w1", "simpy-resource"): 100.0,
    ("w1", "simpy-process"): 100.0,
    ("w1", "ciw"): 400.0,
    ("w2b", "simpy-process"): 45.0,
}
"""Times as many calls per CPU second as this engine. SimPy is in processes, as documented or with lines of our own."""


@dataclass(frozen=True)
class Task:
    """One run of a round: an engine on a workload."""

    engine: str
    workload: str
    command: tuple[str, ...]
    """Module and its arguments, without the seed."""


@dataclass(frozen=True)
class Difference:
    """A KPI of ours that is compared with what it should be."""

    workload: str
    kpi: str
    ours: float
    against: str
    other: float
    allowed: float
    """`N_ERRORS` joint standard errors, and half a unit of the last digit of a published number."""

    @property
    def is_equal(self) -> bool:
        return abs(self.ours - self.other) <= self.allowed


@dataclass(frozen=True)
class Row:
    """One engine on one workload, over all rounds."""

    engine: str
    workload: str
    calls: int
    speed: float
    """Calls per CPU second, median of the rounds."""
    speed_min: float
    speed_max: float
    ratio: float | None
    """Ours over this engine's speed, median of the ratios within the rounds; None for ours."""
    target: float | None
    is_target_met: bool | None
    peak_mb: float | None
    are_kpis_equal: bool
    parts: dict[str, float] | None
    """Share of our CPU time by part; None for peers."""


@dataclass(frozen=True)
class Report:
    rounds: int
    rows: list[Row]
    differences: list[Difference]

    @property
    def are_kpis_equal(self) -> bool:
        return all(difference.is_equal for difference in self.differences)

    def to_dict(self) -> dict:
        """For ``--json``."""
        differences = [{**asdict(one), "is_equal": one.is_equal} for one in self.differences]
        rows = [asdict(row) for row in self.rows]
        return {"rounds": self.rounds, "are_kpis_equal": self.are_kpis_equal, "rows": rows, "kpis": differences}


def plan(
    with_peers: bool, n_calls: int | None = None, n_days: int | None = None, peer_share: float = 1.0
) -> list[Task]:
    """The runs of one round, ours before its peers.

    Parameters
    ----------
    n_calls, n_days : int, optional
        Calls of w1 (rounded up to whole days of 144,000) and days of w2b that our engine simulates.
    peer_share : float
        Of the calls that peers usually run: 200,000 (SimPy) and 40,000 (Ciw) of w1, two days of w2b.
    """
    w1_days = CALL_DAYS["w1"] if n_calls is None else -(-n_calls // CALLS_A_DAY)
    w2b_days = CALL_DAYS["w2b"] if n_days is None else n_days
    simpy_calls, ciw_calls = str(round(200_000 * peer_share)), str(round(40_000 * peer_share))
    simpy_days = str(max(round(2 * peer_share), 1))
    w1 = [Task("ours", "w1", ("ours", "w1", "--days", str(w1_days)))]
    w2b = [Task("ours", "w2b", ("ours", "w2b", "--days", str(w2b_days)))]
    if with_peers:
        for style in ("callback", "process", "resource"):
            command = ("simpy_peer", "w1", "--calls", simpy_calls, "--style", style)
            w1.append(Task(f"simpy-{style}", "w1", command))
        for style in ("callback", "process"):
            w2b.append(Task(f"simpy-{style}", "w2b", ("simpy_peer", "w2b", "--days", simpy_days, "--style", style)))
        w1.append(Task("ciw", "w1", ("ciw_peer", "w1", "--calls", ciw_calls)))
    return w1 + w2b


def check_peers() -> None:
    """Raise `InputError` if SimPy or Ciw are not installed."""
    for name in PEERS:
        if importlib.util.find_spec(name) is None:
            raise InputError(f"bench: --peers needs {name}, which is not installed (pip install -e '.[dev]')")


def run_task(task: Task, seed: int) -> OurResult | PeerResult:
    """Run in a process of its own; what it says on stderr (a first compilation) goes to ours."""
    command = [sys.executable, "-m", f"benchmarks.{task.command[0]}", *task.command[1:], "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RunError(f"bench: {task.engine} on {task.workload} ended with exit code {done.returncode}")
    values = json.loads(done.stdout.splitlines()[-1])
    return OurResult(**values) if "parts" in values else PeerResult(**values)


def run_bench(tasks: Sequence[Task], rounds: int, tell: Callable[[str], None] = lambda _: None) -> Report:
    """Run the rounds, with seeds 1, 2, ...; `tell` hears of each run before it starts."""
    results: dict[Task, list[OurResult | PeerResult]] = {task: [] for task in tasks}
    for number in range(1, rounds + 1):
        for task in tasks:
            tell(f"round {number} of {rounds}: {task.engine} on {task.workload}")
            results[task].append(run_task(task, number))
    return summarise(results)


def summarise(results: dict[Task, list]) -> Report:
    """Speeds, ratios within the rounds, and every KPI beside what it should be."""
    rows: list[Row] = []
    differences: list[Difference] = []
    for workload, of_workload in groupby(results, key=lambda task: task.workload):
        ours: list = []
        for task in of_workload:
            runs = results[task]
            ours = ours or runs
            found = _against_reference(workload, runs) if runs is ours else _against_peer(task.engine, ours, runs)
            differences += found
            rows.append(_row(task, runs, ours, all(one.is_equal for one in found)))
    return Report(len(next(iter(results.values()))), rows, differences)


def _row(task: Task, runs: list, ours: list, are_kpis_equal: bool) -> Row:
    speeds = [run.n_calls / run.cpu_seconds for run in runs]
    our_speeds = [run.n_calls / run.cpu_seconds for run in ours]
    ratio = target = is_met = parts = None
    if runs is ours:
        whole = sum(run.cpu_seconds for run in runs)
        parts = {name: sum(run.parts[name] for run in runs) / whole for name in runs[0].parts}
    else:
        ratio = median(mine / theirs for mine, theirs in zip(our_speeds, speeds, strict=True))
        target = TARGETS.get((task.workload, task.engine))
        is_met = None if target is None else ratio >= target
    return Row(
        engine=task.engine,
        workload=task.workload,
        calls=round(median(run.n_calls for run in runs)),
        speed=median(speeds),
        speed_min=min(speeds),
        speed_max=max(speeds),
        ratio=ratio,
        target=target,
        is_target_met=is_met,
        peak_mb=None if runs[0].peak_mb is None else median(run.peak_mb for run in runs),
        are_kpis_equal=are_kpis_equal,
        parts=parts,
    )


def _pooled(runs: list, kpi: str) -> float:
    return float(np.mean([run.kpis[kpi] for run in runs]))


def _standard_error(runs: list, kpi: str) -> float:
    """Of the mean over the runs, which are independent."""
    return float(np.sqrt(np.sum([run.standard_errors[kpi] ** 2 for run in runs])) / len(runs))


def _against_reference(workload: str, ours: list) -> list[Difference]:
    n_calls = sum(run.n_calls for run in ours)
    calls_of_reference = REFERENCE_DAYS * 100_000 if workload == "w2b" else np.inf
    against = "exact" if workload == "w1" else f"{REFERENCE_DAYS} days"
    found = []
    for kpi, value in REFERENCES[workload].items():
        joint = _standard_error(ours, kpi) * float(np.sqrt(1 + n_calls / calls_of_reference))
        allowed = N_ERRORS * joint + ROUNDING[workload][kpi]
        found.append(Difference(workload, kpi, _pooled(ours, kpi), against, value, allowed))
    return found


def _against_peer(engine: str, ours: list, theirs: list) -> list[Difference]:
    """A peer runs too few calls to know its own standard error: it is ours, scaled by the root of the calls."""
    scale = sum(run.n_calls for run in ours) / sum(run.n_calls for run in theirs)
    found = []
    for kpi in ours[0].standard_errors:
        allowed = N_ERRORS * _standard_error(ours, kpi) * float(np.sqrt(1 + scale))
        found.append(Difference(ours[0].workload, kpi, _pooled(ours, kpi), engine, _pooled(theirs, kpi), allowed))
    return found
