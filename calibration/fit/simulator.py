"""A scenario run at many points of the box: summaries back, in as many processes as are worth it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import numpy as np
from pydantic import ValidationError

from calibration.fit.fittable import Fittable
from calibration.fit.journal import Journal
from calibration.fit.moments import Summaries
from calibration.fit.parameters import MOST_Z, Box, Parameter, paths, rest_paths
from calibration.fit.record import Record, simulated_record
from twin.errors import InputError
from twin.processes import Workers
from twin.scenario.provenance import dotted
from twin.scenario.schema import Scenario
from twin.scenario.sentences import problems_of
from twin.simulation import simulate
from twin.trace import TraceTables

WORTH_PROCESSES = 8  # [runs] fewer are made here
CUTS = 20
"""Halvings by which the end of a usual range is found."""
What = Literal["summary", "record"]


def scenario_at(resolved: Mapping[str, Any], box: Box, z: np.ndarray) -> Scenario:
    """The scenario at a point, its values in place: no file is read again."""
    tree = box.applied(resolved, box.values(z).tolist())
    try:
        return Scenario.model_validate(tree)
    except ValidationError as error:
        problem = problems_of(error, tree)[0]
        raise InputError(f"{_said_of(tree, box, z, problem.path)}{dotted(problem.path)} {problem.text}") from None


def _said_of(tree: Mapping[str, Any], box: Box, z: np.ndarray, wrong: tuple[str | int, ...]) -> str:
    """ "parameter x at 1.87: " of those that set the wrong key, or a part of it."""
    values = box.values(z).tolist()

    def is_there(path: tuple[str | int, ...]) -> bool:
        return path[: len(wrong)] == wrong or wrong[: len(path)] == path

    told = [
        f"{parameter.name} at {value:.4g}"
        for parameter, value in zip(box.parameters, values, strict=True)
        if any(is_there(path) for path in [*paths(tree, parameter), *rest_paths(tree, parameter)])
    ]
    return f"parameter {', '.join(told)}: " if told else "the fitted scenario: "


def check_ends(resolved: Mapping[str, Any], box: Box) -> None:
    """Refuse, before any run, a range that holds what the scenario does not allow: each end, the others at the centre.

    Raises
    ------
    InputError
        Names the parameter, its value and the scenario's key.
    """
    for i in range(len(box)):
        for end in (-MOST_Z, MOST_Z):
            scenario_at(resolved, box, _with_end(box, i, end))


def within_scenario(resolved: Mapping[str, Any], box: Box) -> Box:
    """The box with ranges cut to what the scenario allows: a factor of 1.3 on a share of 0.9 would be none.

    For parameters that nobody chose (`usual_parameters`); the others are checked by `check_ends`.
    """
    return Box(tuple(_cut(resolved, box, i) for i in range(len(box))))


def _cut(resolved: Mapping[str, Any], box: Box, i: int) -> Parameter:
    parameter, ends = box.parameters[i], {}
    centre = float(box.centre[i])
    for name, end in (("low", -MOST_Z), ("high", MOST_Z)):
        if not _is_allowed(resolved, box, i, end) and _is_allowed(resolved, box, i, centre):
            inside, outside = centre, end
            for _ in range(CUTS):
                middle = (inside + outside) / 2
                inside, outside = (middle, outside) if _is_allowed(resolved, box, i, middle) else (inside, middle)
            ends[name] = float(parameter.value(inside))
    if not ends:
        return parameter
    low, high = ends.get("low", parameter.low), ends.get("high", parameter.high)
    holds_start = parameter.start is not None and low < parameter.start < high
    return replace(parameter, low=low, high=high, start=parameter.start if holds_start else None)


def _is_allowed(resolved: Mapping[str, Any], box: Box, i: int, end: float) -> bool:
    try:
        scenario_at(resolved, box, _with_end(box, i, end))
    except InputError:
        return False
    return True


def _with_end(box: Box, i: int, end: float) -> np.ndarray:
    z = box.centre
    z[i] = end
    return z


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
