"""A scenario run at many points of the box: summaries back, in as many processes as are worth it."""

import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np

from calibration.fit.moments import Summaries
from calibration.fit.parameters import Box
from calibration.fit.record import Record, simulated_record
from twin.errors import InputError
from twin.scenario.schema import Scenario
from twin.simulation import simulate
from twin.trace import TraceTables

TASKS_AT_ONCE = 5  # [runs] a process gets together
WORTH_PROCESSES = 8  # [runs] fewer are made here


class Fittable(Protocol):
    """What is fitted to what: days (`Problem`), months, published figures (`calibration.months`)."""

    @property
    def resolved(self) -> Mapping[str, Any]: ...
    @property
    def box(self) -> Box: ...
    @property
    def seed(self) -> int: ...
    @property
    def names(self) -> tuple[str, ...]:
        """Of the summaries."""
        ...

    @property
    def observed(self) -> np.ndarray: ...
    @property
    def model_error(self) -> np.ndarray: ...
    def summary(self, z: np.ndarray, replication: int) -> np.ndarray: ...
    def record(self, z: np.ndarray, replication: int) -> Any: ...


def scenario_at(resolved: Mapping[str, Any], box: Box, z: np.ndarray) -> Scenario:
    """The scenario at a point, its values in place: no file is read again."""
    try:
        return Scenario.model_validate(box.applied(resolved, box.values(z).tolist()))
    except ValueError as error:
        values = dict(zip(box.names, box.values(z).tolist(), strict=True))
        raise InputError(f"the scenario at {values}: {error}") from None


@dataclass(frozen=True)
class Problem:
    """What is fitted to what."""

    resolved: Mapping[str, Any]
    """The scenario as resolved values (`twin.scenario.load.Loaded.resolved`), of as many days as the record."""
    box: Box
    recorded: Record
    tables: TraceTables | None = None
    """In place of the files that a replayed scenario names."""
    seed: int = 1
    rows: tuple[int, ...] | None = None
    """Counted days of a run that are the record's, where it leaves days out; one after the other unless given."""
    discrepancy: float = 1.0
    """Times the summaries' tolerance for the model's own error; 0 if the model is known to be true."""
    summaries: Summaries = field(init=False)

    def __post_init__(self) -> None:
        is_replay = self.resolved.get("demand", {}).get("kind") == "trace"
        object.__setattr__(self, "summaries", Summaries(self.recorded, has_own_arrivals=not is_replay))

    @property
    def names(self) -> tuple[str, ...]:
        return self.summaries.names

    @property
    def observed(self) -> np.ndarray:
        return self.summaries.of(self.recorded)

    @property
    def model_error(self) -> np.ndarray:
        """Covariance of what the model itself cannot meet."""
        return np.diag((self.discrepancy * self.summaries.tolerance) ** 2)

    def scenario(self, z: np.ndarray) -> Scenario:
        return scenario_at(self.resolved, self.box, z)

    def record(self, z: np.ndarray, replication: int) -> Record:
        """One run's half hours."""
        scenario = self.scenario(z)
        days = len(self.recorded.dates) if self.rows is None else max(self.rows) + 1
        run = simulate(scenario, days, self.seed, replication, trace=self.tables)
        return simulated_record(run, self.recorded, self.rows)

    def summary(self, z: np.ndarray, replication: int) -> np.ndarray:
        return self.summaries.of(self.record(z, replication))


class Simulator:
    """Runs a problem; counts how often. A context manager: processes end with it."""

    def __init__(self, problem: Fittable, workers: int = 1):
        self.problem, self.workers = problem, workers
        self.n_runs = 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def __call__(self, points: np.ndarray, replications: Sequence[int]) -> np.ndarray:
        """Summaries (points, summaries), one run a point with the replication beside it."""
        return np.array(self._map(_summary, points, replications))

    def records(self, points: np.ndarray, replications: Sequence[int]) -> list[Any]:
        """What each run left: half hours, months."""
        return self._map(_record, points, replications)

    def _map(self, task: Any, points: np.ndarray, replications: Sequence[int]) -> list[Any]:
        points = np.atleast_2d(points)
        self.n_runs += len(points)
        if self.workers < 2 or len(points) < WORTH_PROCESSES:
            return [task(self.problem, z, r) for z, r in zip(points, replications, strict=True)]
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, context, _remember, (self.problem,))
        jobs = [(task, z, int(r)) for z, r in zip(points, replications, strict=True)]
        return list(self._pool.map(_do, jobs, chunksize=TASKS_AT_ONCE))


def _summary(problem: Fittable, z: np.ndarray, replication: int) -> np.ndarray:
    return problem.summary(z, replication)


def _record(problem: Fittable, z: np.ndarray, replication: int) -> Any:
    return problem.record(z, replication)


_known: list[Fittable] = []
"""The problem of a worker process."""


def _remember(problem: Fittable) -> None:
    _known[:] = [problem]


def _do(job: tuple[Any, np.ndarray, int]) -> Any:
    task, z, replication = job
    return task(_known[0], z, replication)
