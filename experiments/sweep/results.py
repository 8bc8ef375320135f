"""Answers from a study's results: KPIs by point with their intervals, and by any of the factors."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.measures import MEASURES, work_out_all
from experiments.compare.paired import half_width
from experiments.compare.replicate import ALL
from experiments.sweep.store import RUN_KEY, Store
from experiments.sweep.work import cell_of
from twin.errors import InputError
from twin.output import MANIFEST

USUAL = ("sl20", "mean_wait", "abandonment_share", "fcr", "csi", "cost_per_year", "utilisation")


@dataclass(frozen=True)
class Results:
    """The finished runs of a study."""

    factors: tuple[str, ...]
    points: pd.DataFrame
    """One row a point: the factors, as the scenario writes them; tables and lists as text."""
    runs: pd.DataFrame
    """Counts and sums: run_key, point, replication, factors, by, groups, counts."""
    n_all: int
    """Runs of the whole study."""

    @property
    def n_done(self) -> int:
        return int(self.runs[RUN_KEY].nunique()) if len(self.runs) else 0

    def kpis(self, by: str = ALL) -> pd.DataFrame:
        """KPIs of each run (and group): point, replication, group, one column a KPI; NaN where not modelled."""
        rows = self.runs[self.runs["by"] == by]
        if rows.empty:
            known = ", ".join(sorted(self.runs["by"].unique())) if len(self.runs) else "none"
            raise InputError(f"--by is {by!r}, must be among the tables that the study keeps: {known}")
        keys = ["point", "replication"] + ([by] if by != ALL else [])
        counts = rows.set_index(keys)
        values = work_out_all(counts)
        for missing, of in rows.groupby("not_modelled", sort=False):
            names = [name for name in str(missing).split(",") if name in values]
            values.loc[np.isin(rows.index, of.index), names] = np.nan
        return values.reset_index()

    def table(self, kpis: Sequence[str] = (), over: Sequence[str] = (), by: str = ALL) -> pd.DataFrame:
        """Means over the replications with the half-widths of their 95 % intervals, one row a point.

        Parameters
        ----------
        kpis : names, optional
            `USUAL` unless given; columns ``name`` and ``name_half_width``.
        over : factors, optional
            One row for each combination of these instead: the mean over all points that share it.
        """
        names = list(kpis or [name for name in USUAL if name in MEASURES])
        unknown = [name for name in names if name not in MEASURES]
        if unknown:
            raise InputError(f"--kpi is {unknown[0]!r}, must be a name that `twin kpis` lists")
        strange = [name for name in over if name not in self.factors]
        if strange:
            raise InputError(f"--over is {strange[0]!r}, must be a factor: {', '.join(self.factors)}")
        values = self.kpis(by)
        names = [name for name in names if name in values and values[name].notna().any()]
        values = values.sort_values(["point", "replication"]).join(self.points, on="point")
        keys = [*(over or ["point", *self.factors]), *([by] if by != ALL else [])]
        per_run = values.groupby([*keys, "replication"], sort=False, dropna=False)[names].mean()
        groups = per_run.groupby(level=list(range(len(keys))), sort=False, dropna=False)
        mean, spread, n = groups.mean(), groups.std(ddof=1), groups.count()
        width = pd.DataFrame(half_width(spread.to_numpy() ** 2, n.to_numpy()), n.index, n.columns)
        table = mean.join(width.add_suffix("_half_width"))
        order = [column for name in names for column in (name, f"{name}_half_width")]
        return table[order].reset_index()


def read_results(folder: str | Path) -> Results:
    """The results of a study that has run, or is running.

    Raises
    ------
    InputError
        If the folder holds no study.
    """
    record = Path(folder) / MANIFEST
    try:
        told: Any = json.loads(record.read_text("utf-8"))
        factors, points = tuple(told["study"]["factors"]), pd.DataFrame(told["points"]).map(cell_of)
        n_all = len(points) * told["study"]["replications"]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{folder}: holds no study, must be the folder that `twin sweep` wrote") from None
    return Results(factors, points, Store(Path(folder)).read(), n_all)
