"""Run a sensitivity study on the sweep's store and engine, and work out its indices."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.compare.side import Side
from experiments.sensitivity.indices import analyse
from experiments.sensitivity.study import Sensitivity
from experiments.sweep.engine import Engine
from experiments.sweep.results import read_results
from experiments.sweep.store import Store
from experiments.sweep.study import Plan
from experiments.sweep.sweep import open_study, sweep
from twin.errors import InputError, RunError
from twin.output import MANIFEST

DIFFERENCE = "difference"
TABLE, RUNS = "sensitivity.parquet", "runs.parquet"
OnDone = Callable[[int, int], None]


@dataclass(frozen=True)
class Found:
    """What the runs gave."""

    study: Sensitivity
    table: pd.DataFrame
    """Columns `of` (a scenario's label, or "difference"), `kpi`, `mean`, then those of `indices.analyse`."""
    runs: pd.DataFrame
    """One row for each point of the design: shares of the ranges, then ``KPI of LABEL``, means over replications."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """What is looked at: the scenarios, and their difference."""
        return tuple(dict.fromkeys(self.table["of"]))

    @property
    def main(self) -> str:
        """The index by which factors are ranked."""
        return "mu_star" if self.study.study.method == "morris" else "total"

    def ranked(self, of: str, kpi: str) -> pd.DataFrame:
        """The factors of one subject and KPI, the strongest first."""
        rows = self.table[(self.table["of"] == of) & (self.table["kpi"] == kpi)]
        return rows.sort_values(self.main, ascending=False, kind="stable")

    def kpis(self, of: str) -> list[str]:
        return list(dict.fromkeys(self.table.loc[self.table["of"] == of, "kpi"]))


Opened = tuple[Side, Plan, np.ndarray, Store]


def open_runs(study: Sensitivity, folder: Path, resume: bool) -> list[Opened]:
    """The sweep of each scenario, in a folder of its own: begun, or gone on with.

    Raises
    ------
    InputError
        If the folder holds something that is not of this study, which its tables and its manifest would replace.
    """
    own = {_subfolder(place, side) for place, side in enumerate(study.sides)}
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")} if folder.is_dir() else set()
    is_begun = any((folder / name / MANIFEST).exists() for name in own)
    if (folder.exists() and not folder.is_dir()) or (names - own and not is_begun):
        raise InputError(f"--out is {str(folder)!r}, which holds other things, must be a new or an empty folder")
    opened = []
    for place, side in enumerate(study.sides):
        plan, rows = study.plan(side)
        opened.append((side, plan, rows, open_study(plan, folder / _subfolder(place, side), resume)))
    return opened


def _subfolder(place: int, side: Side) -> str:
    return f"{'sb'[place]}-{side.scenario.name}"


def run_study(
    study: Sensitivity, folder: Path, engine: Engine, resume: bool = False, on_done: OnDone | None = None
) -> Found:
    """Make all runs that are not kept yet, then work out the indices.

    Raises
    ------
    RunError
        If a run of the design cannot be made: indices need every point.
    """
    opened = open_runs(study, folder, resume)
    n_all = sum(len(plan.runs) for _, plan, _, _ in opened)
    before, cubes = 0, []
    for _, plan, rows, store in opened:

        def tell(done: int, _: int, before: int = before) -> None:
            if on_done:
                on_done(before + done, n_all)

        outcome = sweep(plan, store, engine, tell)
        if outcome.failed:
            run, why = next(iter(outcome.failed.items()))
            raise RunError(
                f"{len(outcome.failed)} of {outcome.n_all} runs cannot be made, the first: {run}: {why}; "
                "give these factors narrower ranges"
            )
        before += len(plan.runs)
        cubes.append(_cube(store, study, rows))
    return indices(study, cubes)


def _cube(store: Store, study: Sensitivity, rows: np.ndarray) -> np.ndarray:
    """KPIs, shape (kpis, replications, points of the design); NaN where a KPI is not modelled."""
    names = study.study.kpis
    values = read_results(store.folder).kpis().set_index(["replication", "point"]).reindex(columns=names)
    found = np.stack([values[name].unstack("point").sort_index(axis=1).to_numpy(float) for name in names])
    return found[:, :, rows]


def indices(study: Sensitivity, cubes: list[np.ndarray]) -> Found:
    """Indices of each scenario's KPIs, and of the difference scenario - base."""
    labels = [side.label for side in study.sides]
    subjects = dict(zip(labels, cubes, strict=True))
    if len(cubes) == 2:
        subjects[DIFFERENCE] = cubes[0] - cubes[1]
    names = [factor.name for factor in study.factors]
    tables, columns = [], {name: study.design.shares[:, i] for i, name in enumerate(names)}
    for of, cube in subjects.items():
        for kpi, runs in zip(study.study.kpis, cube, strict=True):
            if not np.isfinite(runs).all():
                continue
            columns[f"{kpi} of {of}"] = runs.mean(axis=0)
            table = analyse(study.design, runs, names)
            tables.append(table.assign(of=of, kpi=kpi, mean=float(runs.mean())))
    if not tables:
        raise RunError("none of the KPIs is measured in all runs")
    table = pd.concat(tables, ignore_index=True)
    front = ["of", "kpi", "factor", "mean"]
    return Found(study, table[[*front, *[name for name in table if name not in front]]], pd.DataFrame(columns))
