"""Work in as many processes as are wanted, or in this one: the same results in each case."""

import contextlib
import multiprocessing
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from twin.errors import RunError
from twin.interrupts import end_with_parent
from twin.kernel import is_compiled


@dataclass
class _Worker:
    process: Any
    line: Connection
    position: int | None = None
    """Task at work."""


def run_tasks(
    function: Callable[[Any], Any],
    tasks: Sequence[Any],
    n_workers: int,
    on_done: Callable[[Any, int], None] | None = None,
) -> list[Any]:
    """Apply a function of an importable module to each task, in at most `n_workers` processes (see `Workers.map`).

    On a machine where the kernel is not compiled yet, one worker compiles it before the others start.
    """
    with Workers(function, n_workers) as workers:
        return workers.map(tasks, on_done)


class Workers:
    """Processes that apply one function, kept from one list of tasks to the next: a context manager, they end with it.

    Parameters
    ----------
    function : callable
        Of an importable module, or an object that can be pickled: each process gets it once.
    n_workers : int
        Processes at most; with 1, all is done in this process.
    """

    def __init__(self, function: Callable[[Any], Any], n_workers: int):
        self.function, self.n_workers = function, n_workers
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def map(self, tasks: Sequence[Any], on_done: Callable[[Any, int], None] | None = None) -> list[Any]:
        """The function's results, in the order of the tasks; `on_done(result, position)` as they come.

        What would keep one process busy is done here. An error in one task ends all, as does a process that dies
        (`RunError`).
        """
        n_workers = min(self.n_workers, len(tasks))
        if n_workers <= 1:
            return self._one_by_one(tasks, on_done)
        results: list[Any] = [None] * len(tasks)
        waiting = iter(range(len(tasks)))
        is_whole = False
        try:
            for worker in self._workers:
                _give(worker, tasks, waiting)
            self._fill_up(tasks, waiting, n_workers if is_compiled() else 1)
            while any(worker.position is not None for worker in self._workers):
                busy = {worker.line: worker for worker in self._workers if worker.position is not None}
                for line in wait(list(busy)):
                    worker = busy[line]  # type: ignore[index]
                    position = worker.position
                    assert position is not None
                    results[position] = _receive(worker, tasks[position])
                    _give(worker, tasks, waiting)
                    self._fill_up(tasks, waiting, n_workers)
                    if on_done:
                        on_done(results[position], position)
            is_whole = True
        finally:
            if not is_whole:  # who is still at work would answer into the next list
                self.end()
        return results

    def _one_by_one(self, tasks: Sequence[Any], on_done: Callable[[Any, int], None] | None) -> list[Any]:
        results = []
        for position, task in enumerate(tasks):
            results.append(self.function(task))
            if on_done:
                on_done(results[-1], position)
        return results

    def _fill_up(self, tasks: Sequence[Any], waiting: Iterator[int], n: int) -> None:
        while len(self._workers) < n:
            self._workers.append(_start(self.function))
            _give(self._workers[-1], tasks, waiting)

    def end(self) -> None:
        """End all processes, whatever they do."""
        for worker in self._workers:
            worker.line.close()
            worker.process.kill()
        self._workers = []


def _start(function: Callable[[Any], Any]) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, function), daemon=True)
    with no_interrupts():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def no_interrupts() -> Iterator[None]:
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
