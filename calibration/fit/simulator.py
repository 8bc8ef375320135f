"""A scenario run at many points of the box: summaries back, in as many processes as are worth it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np

from calibration.fit.fittable import Fittable
from calibration.fit.journal import Journal
from calibration.fit.moments import Summaries
from calibration.fit.parameters import Box
from calibration.fit.record import Record, simulated_record
from twin.errors import InputError
from twin.processes import Workers
from twin.scenario.schema import Scenario
from twin.simulation import simulate
from twin.trace import TraceTables

WORTH_PROCESSES = 8  # [runs] fewer are made here
What = Literal["summary", "record"]


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


@dataclass(frozen=True)
class _Runner:
    """What a process does: it gets the problem once, points as they come."""

    problem: Fittable

    def __call__(self, job: tuple[What, np.ndarray, int]) -> Any:
        what, z, replication = job
        return self.problem.summary(z, replication) if what == "summary" else self.problem.record(z, replication)


class Simulator:
    """Runs a problem; counts how often. A context manager: processes end with it.

    Parameters
    ----------
    journal : Journal, optional
        Keeps summaries as they come, and those of an earlier start of the same fit.
    """

    def __init__(self, problem: Fittable, workers: int = 1, journal: Journal | None = None):
        self.problem, self.journal = problem, journal
        self.n_runs = 0
        runner = _Runner(problem)
        self._here, self._processes = Workers(runner, 1), Workers(runner, workers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.end()

    def __call__(self, points: np.ndarray, replications: Sequence[int]) -> np.ndarray:
        """Summaries (points, summaries), one run a point with the replication beside it."""
        jobs = self._jobs("summary", points, replications)
        if self.journal is None:
            return np.array(self._done(jobs))
        journal = self.journal
        left = [job for job in jobs if journal.get(*job[1:]) is None]
        self._done(left, lambda summary, position: journal.add(*left[position][1:], summary))
        return np.array([journal.get(*job[1:]) for job in jobs])

    def records(self, points: np.ndarray, replications: Sequence[int]) -> list[Any]:
        """What each run left: half hours, months."""
        return self._done(self._jobs("record", points, replications))

    def _jobs(self, what: What, points: np.ndarray, replications: Sequence[int]) -> list[tuple[What, np.ndarray, int]]:
        points = np.atleast_2d(points)
        self.n_runs += len(points)
        return [(what, z, int(r)) for z, r in zip(points, replications, strict=True)]

    def _done(
        self, jobs: Sequence[tuple[What, np.ndarray, int]], on_done: Callable[[Any, int], None] | None = None
    ) -> list[Any]:
        return (self._processes if len(jobs) >= WORTH_PROCESSES else self._here).map(jobs, on_done)
