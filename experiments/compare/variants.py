"""Further runs beside a comparison: one side or both changed, on the same customers as the runs that are there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.compare.measures import work_out_all
from experiments.compare.replicate import By, Summary, Task, replicate
from twin.console import progress
from twin.scenario.schema import Scenario

Pairs = tuple[Sequence[Summary], Sequence[Summary]]
"""Runs of A, and of B with the same luck."""
OVERALL: tuple[By, ...] = ((),)


@dataclass(frozen=True)
class Variant:
    """A pair of scenarios to run; a side that is None stays as it was run before."""

    name: str
    a: Scenario | None = None
    b: Scenario | None = None


def run_variants(
    variants: Sequence[Variant],
    centre: Pairs | None,
    days: int,
    seed: int,
    replications: int,
    workers: int | None = None,
    bys: tuple[By, ...] = OVERALL,
    on_done: Callable[[Variant, Pairs], None] | None = None,
    title: str = "further runs",
) -> list[Pairs]:
    """Run what is changed, take the rest from `centre`; `on_done` gets each variant as soon as it is whole."""
    tasks, places = [], []
    for number, variant in enumerate(variants):
        for side, scenario in enumerate((variant.a, variant.b)):
            if scenario is None:
                continue
            for replication in range(replications):
                tasks.append(Task(scenario, days, seed, replication, f"{scenario.name}, {variant.name}", bys))
                places.append((number, side, replication))
    found: list[tuple[list[Summary | None], list[Summary | None]]] = [
        (_known(centre, 0, variant.a, replications), _known(centre, 1, variant.b, replications)) for variant in variants
    ]
    with progress() as bars:
        bar = bars.add_task(title, total=len(tasks))

        def done(summary: Summary, position: int) -> None:
            number, side, replication = places[position]
            found[number][side][replication] = summary
            bars.advance(bar)
            if on_done and all(run is not None for runs in found[number] for run in runs):
                on_done(variants[number], _whole(found[number]))

        if tasks:
            replicate(tasks, workers, done)
    return [_whole(runs) for runs in found]


def n_runs(variants: Sequence[Variant], replications: int) -> int:
    return replications * sum((v.a is not None) + (v.b is not None) for v in variants)


def _known(centre: Pairs | None, side: int, changed: Scenario | None, n: int) -> list[Summary | None]:
    if changed is not None:
        return [None] * n
    if centre is None:
        raise ValueError("a side that is not run must have been run before")
    return list(centre[side][:n])


def _whole(runs: tuple[Sequence[Summary | None], Sequence[Summary | None]]) -> Pairs:
    a, b = ([run for run in side if run is not None] for side in runs)
    return a, b


def values(runs: Sequence[Summary], names: Sequence[str]) -> np.ndarray:
    """Overall KPIs of each run, shape (runs, names); NaN where a run has none."""
    rows = []
    for run in runs:
        table = work_out_all(run.counts[()]).reindex(columns=list(names)).iloc[0]
        table[[name for name in run.not_modelled if name in table.index]] = np.nan
        rows.append(table.to_numpy(float))
    return np.array(rows)
