"""Many runs in as many processes as there are cores: the same numbers as one after the other, bit for bit."""

import contextlib
import multiprocessing
import os
import pickle
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.interrupts import end_with_parent
from twin.errors import RunError
from twin.kernel import is_compiled

if TYPE_CHECKING:
    from twin.scenario.schema import Scenario

By = tuple[str, ...]
BYS: tuple[By, ...] = (
    (), ("cluster",), ("queue",), ("intent",), ("hour",), ("cluster", "hour"), ("day",),
)  # fmt: skip
"""The tables of counts that a finished run hands over."""


@dataclass(frozen=True)
class Task:
    """One run to make: a scenario, and which luck it meets."""

    scenario: "Scenario"
    days: int | None
    seed: int
    replication: int
    label: str = ""
    """What the run is called in messages; the scenario's name unless given."""
    bys: tuple[By, ...] = BYS
    """Which tables of counts are wanted."""

    def __str__(self) -> str:
        return f"{self.label or self.scenario.name}, replication {self.replication}"


@dataclass(frozen=True)
class Summary:
    """What remains of a run: its counts and sums, small enough to send from process to process."""

    label: str
    seed: int
    replication: int
    days: int
    counts: dict[By, pd.DataFrame]
    not_modelled: tuple[str, ...] = ()
    """KPIs that the scenario says nothing about (CSI without a satisfaction table): their counts mean nothing."""
    facts: dict[str, Any] = field(default_factory=dict)
    run_time: float = 0.0
    """[s] of the run itself."""


def replicate(
    tasks: Sequence[Task],
    workers: int | None = None,
    on_done: Callable[[Summary, int], None] | None = None,
) -> list[Summary]:
    """Run all tasks; summaries in the order of the tasks.

    Parameters
    ----------
    tasks : sequence of Task
        Two scenarios with the same (seed, replication) meet the same customers: common random numbers.
    workers : int, optional
        Processes; as many as cores unless given, never more than tasks. With 1 all is done in this process.
        A script that uses more must keep its own work under ``if __name__ == "__main__"``: processes are spawned.
    on_done : callable(summary, position), optional
        Called as soon as a task is finished, in the order in which they finish.

    Raises
    ------
    RunError
        If a worker process dies. What `on_done` has been given by then is kept.
    """
    n_workers = min(workers or os.cpu_count() or 1, len(tasks))
    if n_workers > 1:
        return run_in_processes(summarise, tasks, n_workers, on_done)
    summaries = []
    for position, task in enumerate(tasks):
        summaries.append(summarise(task))
        if on_done:
            on_done(summaries[-1], position)
    return summaries


def summarise(task: Task) -> Summary:
    """Run one task, keep its counts."""
    from twin.simulation import simulate

    started = time.perf_counter()
    run = simulate(task.scenario, task.days, task.seed, task.replication)
    counts = {by: run.counts(by) for by in task.bys}
    for by, table in counts.items():
        if not {"hour", "day"} & set(by):
            table["clock_time"] = run.calendar.days * 86400.0
    return Summary(
        label=task.label or task.scenario.name,
        seed=task.seed,
        replication=task.replication,
        days=run.calendar.days,
        counts=counts,
        not_modelled=not_modelled(task.scenario),
        facts=dict(run.facts),
        run_time=time.perf_counter() - started,
    )


def not_modelled(scenario: "Scenario") -> tuple[str, ...]:
    names: tuple[str, ...] = ()
    if scenario.satisfaction is None:
        names += ("csi", "csi_waiting", "csi_accuracy", "csi_ability", "csi_courtesy")
    if scenario.recall is None:
        names += ("fcr", "resolved_at_first", "recall_share", "recall_any_share")
    if scenario.ivr is None:
        names += ("n_self_served", "ivr_time", "containment")
    if not scenario.legs:
        names += ("transfer_share", "conference_share", "consultation_share", "n_unassisted", "hold_time")
        names += ("further_wait", "n_abandoned_answered")
    if all(leg.kind != "escalation" for leg in scenario.legs):
        names += ("closed_at_tier_1", "closed_at_tier_2", "closed_at_tier_3")
    return names


# ---- processes --------------------------------------------------------------------------------------------------


@dataclass
class _Worker:
    process: Any
    line: Connection
    position: int | None = None
    """Task at work."""


def run_in_processes(
    function: Callable[[Any], Any],
    tasks: Sequence[Any],
    n_workers: int,
    on_done: Callable[[Any, int], None] | None = None,
) -> list[Any]:
    """Apply a function of an importable module to each task; a worker that dies ends it all with a `RunError`.

    On a machine where the kernel is not compiled yet, one worker compiles it before the others start.
    """
    results: list[Any] = [None] * len(tasks)
    waiting = iter(range(len(tasks)))
    workers: list[_Worker] = []
    try:
        for _ in range(n_workers if is_compiled() else 1):
            workers.append(_start(function))
            _give(workers[-1], tasks, waiting)
        while any(worker.position is not None for worker in workers):
            busy = {worker.line: worker for worker in workers if worker.position is not None}
            for line in wait(list(busy)):
                worker = busy[line]  # type: ignore[index]
                position = worker.position
                assert position is not None
                results[position] = _receive(worker, tasks[position])
                _give(worker, tasks, waiting)
                while len(workers) < n_workers:
                    workers.append(_start(function))
                    _give(workers[-1], tasks, waiting)
                if on_done:
                    on_done(results[position], position)
    finally:
        for worker in workers:
            worker.line.close()
            worker.process.kill()
    return results


def _start(function: Callable[[Any], Any]) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, function), daemon=True)
    with _no_interrupts():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _no_interrupts() -> Iterator[None]:
    """A process started in here never hears Ctrl-C: the parent does, and ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        resource_tracker.ensure_running()  # which lets the signal through again when it starts (Python 3.11)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give(worker: _Worker, tasks: Sequence[Any], waiting: Iterator[int]) -> None:
    worker.position = next(waiting, None)
    if worker.position is not None:
        with contextlib.suppress(OSError):  # a dead worker is noticed when its answer is read
            worker.line.send(tasks[worker.position])


def _receive(worker: _Worker, task: Any) -> Any:
    try:
        answer, error = worker.line.recv()
    except (EOFError, OSError):
        worker.process.join(1)
        raise RunError(
            f"a worker process died (exit code {worker.process.exitcode}) in {task}; if memory is full, "
            "try fewer --workers or a smaller size"
        ) from None
    if error is not None:
        raise error
    return answer


def _work(line: Connection, function: Callable[[Any], Any]) -> None:
    """A worker's life: take a task, answer, until the line is closed."""
    end_with_parent()
    while True:
        try:
            task = line.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[Any, BaseException | None] = (function(task), None)
        except Exception as error:
            answer = (None, _sendable(error))
        try:
            line.send(answer)
        except OSError:
            return


def _sendable(error: Exception) -> Exception:
    """The error itself where it can travel, else a RunError that tells about it."""
    try:
        pickle.loads(pickle.dumps(error))
        return error
    except Exception:
        return RunError("".join(traceback.format_exception(error)))
