"""Stored studies for the page Sweeps: which there are, and one of them read into numbers; nothing outside the roots."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.measures import MEASURES
from experiments.sweep.results import USUAL, read_results
from experiments.sweep.store import PACKED, PARTS
from twin.errors import InputError
from twin.output import MANIFEST
from twin.scenario.units import in_base_units
from twin.ui.parts.work import Reporter
from twin.ui.work.roots import folders, followed, newest, roots

EFFECTS = "sensitivity.parquet"
LEFT = (PARTS, PACKED, EFFECTS)
"""One of these stands in every folder of a study."""
MOST_LISTED = 200
_UNIT = re.compile(r"^\s*[-+]?[\d_]*\.?\d+(?:[eE][-+]?\d+)?\s*(.*?)\s*$")


@dataclass(frozen=True)
class Factor:
    """What varied: numbers in the unit that the study writes, or places in `names`."""

    key: str
    unit: str = ""
    names: tuple[str, ...] = ()
    """Of a factor that is no number: its values in the order of the study."""
    is_log: bool = False

    @property
    def is_number(self) -> bool:
        return not self.names


@dataclass(frozen=True)
class StudyData:
    """A study as the page draws it."""

    folder: str
    title: str
    scenario: str
    method: str
    days: int
    factors: tuple[Factor, ...]
    points: pd.DataFrame
    """One row a point, one column of numbers a factor (see `Factor`)."""
    runs: pd.DataFrame
    """point, replication, one column a KPI; the points that have runs."""
    kpis: tuple[str, ...]
    n_all: int
    effects: pd.DataFrame | None = None
    """Of a finished sensitivity study: of, kpi, factor, effect, effect_se, and its indices."""

    def factor(self, key: str) -> Factor:
        return next(one for one in self.factors if one.key == key)

    @property
    def replications(self) -> int:
        return int(self.runs["replication"].nunique())


# ---- which there are -------------------------------------------------------------------------------------------------


def allowed(text: str) -> Path:
    """A folder that a reader names, links followed.

    Raises
    ------
    InputError
        If it does not lie inside an allowed root; whether it exists is not told then.
    """
    path = followed(text)
    if not _may_be_read(path):
        raise InputError(f"{text.strip()!r} is not a folder that may be read, must lie inside results")
    return path


def found_studies() -> list[str]:
    """Folders of studies inside the roots, as they are opened; newest first."""
    found: dict[Path, float] = {}
    for folder, files in folders():
        for path, time in files:
            if path.name == MANIFEST and any((folder / name).exists() for name in LEFT) and _may_be_read(folder):
                found[folder] = time
    return newest(found, MOST_LISTED)


def _may_be_read(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in roots())


# ---- one of them -----------------------------------------------------------------------------------------------------


def open_study(report: Reporter, text: str) -> StudyData:
    """Read a study; work of a job, so that a large one holds up nobody."""
    report.progress(None, "reading")
    return read_study(text)


def read_study(text: str) -> StudyData:
    """All points and KPIs of a study inside the roots.

    Raises
    ------
    InputError
    """
    folder = allowed(text)
    sweep, effects = folder, None
    if (folder / EFFECTS).is_file():
        effects = _effects(folder / EFFECTS)
        sweep = next(iter(sorted(folder.glob("s-*/"))), folder)
    results = read_results(sweep)
    told = json.loads((sweep / MANIFEST).read_text("utf-8"))
    study = told["study"]
    runs = results.kpis() if results.n_done else pd.DataFrame(columns=["point", "replication"])
    kpis = _kpis(runs)
    columns, factors = {}, []
    for key in results.factors:
        given = study["factors"][key]
        factor, columns[key] = _column(key, results.points[key].tolist(), given.get("scale") == "log")
        factors.append(factor)
    return StudyData(
        folder=text, title=study.get("title", ""), scenario=str(told.get("name", study["scenario"])),
        method=study.get("method", "grid"), days=int(told.get("days") or 0), factors=tuple(factors),
        points=pd.DataFrame(columns), runs=runs[["point", "replication", *kpis]], kpis=kpis, n_all=results.n_all,
        effects=effects,
    )  # fmt: skip


def _kpis(runs: pd.DataFrame) -> tuple[str, ...]:
    """KPIs that were measured, the usual ones first."""
    known = [name for name in MEASURES if name in runs and runs[name].notna().any()]
    return tuple(sorted(known, key=lambda name: USUAL.index(name) if name in USUAL else len(USUAL)))


def _effects(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
        table[["of", "kpi", "factor", "effect", "effect_se"]]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: is not the table of a sensitivity study ({error})") from None
    return table[table["kpi"].isin(list(MEASURES))]


def _column(key: str, values: list[Any], is_log: bool) -> tuple[Factor, np.ndarray]:
    """A factor and its values by point as numbers."""
    try:
        base = np.array([in_base_units(value) for value in values])
    except ValueError:
        texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
        names = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        return Factor(key, names=tuple(names)), np.array([names[text] for text in texts], float)
    match = _UNIT.match(values[0]) if isinstance(values[0], str) else None
    unit = match[1] if match else ""
    return Factor(key, unit, is_log=is_log), base / (in_base_units(f"1 {unit}") if unit else 1.0)
