"""What an engine costs beside the work itself: runs that only wait, led by `sweep` on real processes.

python -m benchmarks.engine                # a Dask scheduler and 2 workers in processes of their own, 800 runs of 0.1 s
python -m benchmarks.engine --local        # the processes that `twin sweep --workers 2` starts
python -m benchmarks.engine --workers 4 --runs 4000 --json

The sweep makes batches of about 2 s of them, and each batch writes its file like a real one. What is measured beyond
the waiting is the engine's: keys, submitting, scheduling, telling, writing, packing. The wall clock decides, on a quiet
machine; where others are at work, CPU time of all processes over the time waited says it better. Linux only (/proc).
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks.store import plan_of
from experiments.sweep import engine as engines
from experiments.sweep.store import Store
from experiments.sweep.sweep import open_study, sweep
from experiments.sweep.work import Batch, Done, run_one

ROOT = Path(__file__).parents[1]
NAP = 0.1  # [s] of a run
TARGET = 0.05
_row: list[pd.DataFrame] = []


def nap(batch: Batch) -> Done:
    """In place of `run_batch`: wait, then write the rows of one real run under the keys of all."""
    if not _row:
        _row.append(run_one(batch, "", 0, 0, batch.runs[0][3]))
    started = time.perf_counter()
    time.sleep(NAP * len(batch.runs))
    tables = [_row[0].assign(run_key=key, point=point, replication=r, **values) for key, point, r, values in batch.runs]
    keys = tuple(run[0] for run in batch.runs)
    Store(Path(batch.folder)).write(pd.concat(tables, ignore_index=True), keys)
    return Done(keys, (), time.perf_counter() - started)


@contextlib.contextmanager
def cluster(n_workers: int, folder: Path) -> Iterator[str]:
    """A scheduler and workers as a site would start them; the path of the scheduler's file."""
    file = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT, "env": environment}
    dask = [sys.executable, "-m"]
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    lines = [[*dask, "distributed.cli.dask_scheduler", *options, "--port", "0", "--host", "127.0.0.1"]]
    worker = [*options, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder / "scratch")]
    lines += [[*dask, "distributed.cli.dask_worker", *worker]] * n_workers
    processes = [subprocess.Popen(line, **quiet) for line in lines]  # type: ignore[call-overload]
    try:
        while not file.exists():
            time.sleep(0.1)
        yield str(file)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def cpu_of_children() -> float:
    """CPU time of all processes below this one, so far [s]."""
    tick, parents = os.sysconf("SC_CLK_TCK"), {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / tick)
    known, found = {os.getpid()}, 0.0
    while new := {pid for pid, (parent, _) in parents.items() if parent in known} - known:
        found += sum(parents[pid][1] for pid in new)
        known |= new
    return found


def measure(n_workers: int, n_runs: int, is_local: bool) -> dict[str, float]:
    """Wall clock and CPU time beyond the waiting."""
    import benchmarks.engine as module  # by its name, so that workers import it and keep its row

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scheduler = None if is_local else stack.enter_context(cluster(n_workers, folder))
        engine = stack.enter_context(engines.engine(n_workers, scheduler))
        while engine.n_workers < n_workers and not is_local:
            time.sleep(0.1)
            engine.n_workers = sum(engine.client.nthreads().values())  # type: ignore[attr-defined]
        first = plan_of(10 * n_workers)  # imports, the row, the compiled kernel
        sweep(first, open_study(first, folder / "first", False), engine, work=module.nap)
        plan = plan_of(n_runs)
        store = open_study(plan, folder / "study", False)
        began, cpu, children = time.perf_counter(), time.process_time(), cpu_of_children()
        n_batches = 0

        def count(_: int, __: int) -> None:
            nonlocal n_batches
            n_batches += 1

        outcome = sweep(plan, store, engine, count, module.nap)
        wall = time.perf_counter() - began
        own, theirs = time.process_time() - cpu, cpu_of_children() - children
    if outcome.n_done != len(plan.runs):
        raise SystemExit(f"{len(outcome.failed)} runs failed: {next(iter(outcome.failed.values()))}")
    waited = NAP * len(plan.runs)
    return {
        "runs": len(plan.runs), "workers": n_workers, "batches": n_batches, "waited s": waited, "wall s": wall,
        "wall beyond": wall * n_workers / waited - 1, "CPU of the leader s": own, "CPU of the others s": theirs,
        "CPU beyond": (own + theirs) / waited,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=800)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--local", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.workers, asked.runs, asked.local)
    if asked.json:
        print(json.dumps(figures))
        return
    print(", ".join(f"{name} {value:,.3f}" for name, value in figures.items()))
    found = figures["wall beyond"]
    print(
        f"overhead of the engine, batches of {figures['waited s'] / figures['batches']:.1f} s: {found:.1%} by the wall "
        f"clock ({figures['CPU beyond']:.1%} in CPU time); limit {TARGET:.0%}: {'met' if found < TARGET else 'missed'}"
    )


if __name__ == "__main__":
    main()
