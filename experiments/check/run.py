"""Checking a scenario: its figures looked up in it, or measured in as many runs as each of them needs."""

import itertools
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from experiments.check.figure import FIGURES, SPANS, Figure
from experiments.check.ranking import BEHIND, sellers_behind
from experiments.check.structure import MEASURES
from experiments.compare.replicate import not_modelled
from experiments.replications import CONFIDENCE
from twin.errors import InputError
from twin.kpi import work_out
from twin.processes import run_tasks
from twin.scenario.files import library_names
from twin.scenario.load import Loaded, Overrides, load_scenario
from twin.scenario.schema import Scenario
from twin.simulation import Run, simulate

MET, NOT_MET, ELSEWHERE = "met", "not met", "not in this scenario"
AS_EXPECTED, NOT_AS_EXPECTED = "as expected", "not as expected"


@dataclass(frozen=True)
class Row:
    """A figure, and what was found."""

    figure: Figure
    verdict: str
    found: Any = None
    half_width: float | None = None
    reason: str = ""

    @property
    def is_failure(self) -> bool:
        return self.verdict == NOT_MET


@dataclass(frozen=True)
class Task:
    """One run, and what is to be measured in it."""

    scenario: Scenario
    days: int
    seed: int
    replication: int
    figures: tuple[Figure, ...]

    def __str__(self) -> str:
        return f"{self.scenario.name}, replication {self.replication}"


def belongs(figure: Figure, loaded: Loaded) -> bool:
    """To the scenario itself, or to one that it extends."""
    return bool({file.stem for file in loaded.files} & set(figure.scenarios))


def check(
    loaded: Loaded,
    overrides: Overrides = (),
    expected: bool = False,
    seed: int = 1,
    workers: int | None = None,
    on_done: Callable[[int, int], None] | None = None,
    figures: Sequence[Figure] = FIGURES,
) -> list[Row]:
    """A row for each figure: those that belong to the scenario with what was found, the others with where they belong.

    Parameters
    ----------
    overrides
        With which the scenario was loaded; they hold for a scenario that it is compared with, too.
    expected : bool
        With what is expected of the model (section 9 of the domain reference), beside what the documents fix.

    Raises
    ------
    InputError
        If no figure belongs to the scenario.
    """
    figures = [figure for figure in figures if expected or figure.kind == "fixed"]
    mine = [figure for figure in figures if belongs(figure, loaded)]
    if not mine:
        known = sorted({name for figure in figures for name in figure.scenarios})
        raise InputError(f"{loaded.scenario.name}: no figure belongs to it, must be one of {', '.join(known)}")
    wanted = [figure for figure in mine if figure.needs_run and figure.is_measured]
    values = _measure_all(wanted, loaded.scenario, overrides, seed, workers, on_done)
    return [_row(figure, loaded, values) for figure in figures]


def _row(figure: Figure, loaded: Loaded, values: dict[Figure, np.ndarray]) -> Row:
    if not belongs(figure, loaded):
        return Row(figure, ELSEWHERE, reason=where(figure))
    if not figure.is_measured:
        return Row(figure, _verdict(figure, False), reason=f"not measured yet ({figure.measure})")
    if figure.structure is not None:
        found = MEASURES[figure.structure](loaded.scenario)
        return Row(figure, _verdict(figure, figure.is_met(found)), found)
    mean, half_width = interval(values[figure])
    reason = ""
    if np.isnan(mean):
        reason = "no value: the scenario does not model it"
    elif figure.is_open(mean, half_width):
        reason = "the interval includes the limit: more replications are needed"
    return Row(figure, _verdict(figure, figure.is_met(mean, half_width)), mean, half_width, reason)


def where(figure: Figure) -> str:
    """To which scenarios a figure belongs, and whether these exist."""
    known = library_names()
    names = [name if name in known else f"{name} (does not exist yet)" for name in figure.scenarios]
    return f"belongs to {', '.join(names)}"


def _verdict(figure: Figure, is_met: bool) -> str:
    if figure.kind == "expected":
        return AS_EXPECTED if is_met else NOT_AS_EXPECTED
    return MET if is_met else NOT_MET


def interval(values: np.ndarray) -> tuple[float, float | None]:
    """Mean and half-width of its 95 % interval (t quantile); none of one value."""
    if len(values) < 2:
        return float(values[0]), None
    quantile = stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2)
    return float(values.mean()), float(quantile * values.std(ddof=1) / np.sqrt(len(values)))


def _measure_all(
    figures: Iterable[Figure],
    scenario: Scenario,
    overrides: Overrides,
    seed: int,
    workers: int | None,
    on_done: Callable[[int, int], None] | None,
) -> dict[Figure, np.ndarray]:
    """The values of each figure, one a replication; figures of the same days share their runs."""
    figures = list(figures)
    bases = {name: load_scenario(name, overrides) for name in {figure.versus for figure in figures} if name}
    tasks: list[Task] = []
    for days in sorted({figure.days for figure in figures}):
        same = [figure for figure in figures if figure.days == days]
        for replication in range(max(figure.replications for figure in same)):
            due = [figure for figure in same if replication < figure.replications]
            tasks.append(Task(scenario, days, seed, replication, tuple(due)))
            for name, base in bases.items():
                against = tuple(figure for figure in due if figure.versus == name)
                tasks += [Task(base, days, seed, replication, against)] if against else []
    values: dict[Figure, dict[int, float]] = {figure: {} for figure in figures}
    for task, found in zip(tasks, _run_all(tasks, workers, on_done), strict=True):
        sign = 1.0 if task.scenario is scenario else -1.0
        for figure, value in zip(task.figures, found, strict=True):
            values[figure][task.replication] = values[figure].get(task.replication, 0.0) + sign * value
    return {figure: np.array(list(by_run.values())) for figure, by_run in values.items()}


def _run_all(
    tasks: Sequence[Task], workers: int | None, on_done: Callable[[int, int], None] | None
) -> list[list[float]]:
    """What was measured in each run."""
    n_done = itertools.count(1)
    n_workers = workers or os.cpu_count() or 1
    return run_tasks(measure, tasks, n_workers, lambda *_: on_done and on_done(next(n_done), len(tasks)))


def measure(task: Task) -> list[float]:
    """Make the run, and measure each figure in it."""
    run = simulate(task.scenario, task.days, task.seed, task.replication)
    return [value_of(figure, run) for figure in task.figures]


def value_of(figure: Figure, run: Run) -> float:
    """The figure's value in one run; NaN if the scenario does not model it."""
    if figure.stock is not None:
        if run.stocks is None:
            return float("nan")
        customers = run.stocks["customers_at_end"]
        return float(customers[figure.stock] / customers.sum())
    if figure.kpi == BEHIND:
        return sellers_behind(run)
    if figure.kpi is None or figure.kpi in not_modelled(run.scenario):
        return float("nan")
    if figure.change_over is not None or figure.last_days is not None:
        return of_days(figure, run)
    by = [key for key in ("cluster", "queue", "intent") if getattr(figure, key) is not None]
    table = run.kpis(by, [figure.kpi])[figure.kpi]
    value = float(table.loc[getattr(figure, by[0])] if by else table.iloc[0])
    value = value / run.scenario.factor if figure.national else value
    return value * SPANS[figure.per] / run.calendar.days if figure.per else value


def of_days(figure: Figure, run: Run) -> float:
    """A KPI of the last days, or its change from the first days to the last: their counts summed before dividing."""
    assert figure.kpi is not None
    by = [key for key in ("cluster", "queue", "intent") if getattr(figure, key) is not None]
    counts: Any = run.counts(["day", *by])
    if by:
        counts = counts.xs(getattr(figure, by[0]), level=by[0])

    def value(rows: Any) -> float:
        return float(work_out(rows.sum().to_frame().T, (str(figure.kpi),))[figure.kpi].iloc[0])

    if figure.last_days is not None:
        return value(counts[-figure.last_days :])
    assert figure.change_over is not None
    return value(counts[-figure.change_over :]) - value(counts[: figure.change_over])
