"""Where batches run: in this process, in processes of this machine, or on a Dask cluster that others look after.

The cluster is `dask scheduler` with `dask worker`s under the site's own supervisor (a Slurm array, a Kubernetes
Deployment), which restarts what dies; this side only takes an address or a scheduler file. Work that sat on a dead
worker is done again: a run is a function of its key, and its file appears by a rename, so that does no harm.
"""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from experiments.sweep.sources import RUN_CODE
from experiments.sweep.work import run_batch
from twin.errors import InputError, RunError

ALLOWED_FAILURES = 20
"""Deaths of workers that a batch survives; preemptible nodes die often."""
FIRST_ANSWER = "10s"
"""Within which a scheduler must answer at first, or its address is taken to be wrong."""
FIRST_WORKER = 20.0  # [s] after which who waits for a worker is told so; a cluster's queue may take hours
TIMEOUT = "30s"
AHEAD = 3
"""Batches a worker, in its hands or in its queue: it is never without one, and the next ones fit what the last took."""
LOOK_AGAIN = 5.0  # [s] after which workers are counted again: some come later, some are lost


class Engine(Protocol):
    """Runs batches, several at a time."""

    n_workers: int

    def run(
        self, batches: Iterable[Any], work: Callable[[Any], Any] = run_batch
    ) -> Iterator[tuple[Any, Any | Exception]]:
        """Each batch with what became of it, in the order in which they finish; `work` does one."""
        ...


class Serial:
    """One after the other, here."""

    n_workers = 1

    def run(
        self, batches: Iterable[Any], work: Callable[[Any], Any] = run_batch
    ) -> Iterator[tuple[Any, Any | Exception]]:
        for batch in batches:
            try:
                yield batch, work(batch)
            except Exception as error:  # told at the end, with the other failures
                yield batch, error


class Cluster:
    """Workers of a Dask scheduler."""

    def __init__(self, client: Any):
        self.client = client
        client.register_plugin(_warm_up(RUN_CODE), name="warm-up")
        _wait_for_a_worker(client)
        self.n_workers = max(sum(client.nthreads().values()), 1)

    def run(
        self, batches: Iterable[Any], work: Callable[[Any], Any] = run_batch
    ) -> Iterator[tuple[Any, Any | Exception]]:
        from distributed import as_completed

        of: dict[Any, Any] = {}
        waiting = iter(batches)

        def submit() -> list[Any]:
            new = []
            for batch in itertools.islice(waiting, max(AHEAD * self.n_workers - len(of), 0)):
                name = f"batch-{batch.runs[0][0]}-{len(batch.runs)}"
                new.append(self.client.submit(work, batch, key=name, pure=False, retries=2))
                of[new[-1]] = batch
            return new

        finished = as_completed(submit())
        looked = time.monotonic()
        for future in finished:
            batch = of.pop(future)
            if time.monotonic() - looked > LOOK_AGAIN:
                self.n_workers = max(sum(self.client.nthreads().values()), 1)
                looked = time.monotonic()
            for new in submit():
                finished.add(new)
            try:
                yield batch, future.result()  # never by its status: a dead worker's future may be pending again
            except Exception as error:
                yield batch, error
            future.release()


def _wait_for_a_worker(client: Any) -> None:
    """However long it takes: workers come when the site's supervisor has room for them."""
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER)
    except TimeoutError:
        told = f"no worker has come to {client.scheduler.address} yet: waiting for the first, Ctrl-C ends it"
        Console(stderr=True, highlight=False).print(told, style="dim", soft_wrap=True)
        client.wait_for_workers(1)


def _warm_up(code: str) -> Any:
    """A plugin that compiles the kernel on every worker before it takes work, also on those that come later."""
    from distributed import WorkerPlugin

    class WarmUp(WorkerPlugin):
        idempotent = True

        def setup(self, worker: Any) -> None:
            from experiments.sweep.sources import RUN_CODE
            from twin.scenario.load import load_scenario
            from twin.simulation import simulate

            if code != RUN_CODE:
                raise RunError(
                    f"the worker has code {RUN_CODE}, the study is run with {code}: install the same version"
                )
            simulate(load_scenario("erlang-a", {"run.warm_up": 0}), days=1)

    return WarmUp()


@contextlib.contextmanager
def engine(workers: int, scheduler: str | None = None) -> Iterator[Engine]:
    """The engine for so many processes here (1: this process), or for a cluster's address or scheduler file.

    Raises
    ------
    InputError
        If no scheduler answers at the address.
    """
    if scheduler is None and workers == 1:
        yield Serial()
        return
    import dask
    from distributed import Client, LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": ALLOWED_FAILURES,
        "distributed.comm.timeouts.connect": TIMEOUT,
    }
    with dask.config.set(settings), contextlib.ExitStack() as stack:
        if scheduler is None:
            local = LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0,
                                 dashboard_address="127.0.0.1:0", silence_logs="ERROR")  # fmt: skip
            client = stack.enter_context(Client(stack.enter_context(local)))
        else:
            client = stack.enter_context(_connected(scheduler))
        yield Cluster(client)


def _connected(scheduler: str) -> Any:
    from distributed import Client

    try:
        if Path(scheduler).is_file():
            return Client(scheduler_file=scheduler)
        return Client(scheduler, timeout=FIRST_ANSWER)
    except (OSError, ValueError, TypeError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"--scheduler is {scheduler!r}, must be the address of a running Dask scheduler (tcp://host:8786), or its "
            f"scheduler file ({said})"
        ) from None
