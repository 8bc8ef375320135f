"""What a study's points say: surface of two factors, effect of each, points side by side; small enough to send."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata, t

from experiments.compare.paired import CONFIDENCE, half_width
from twin.ui.work.studies import Factor, StudyData

MOST_LEVELS = 12
"""Different values of a factor that are shown one by one; more are put into classes."""
MOST_LINES = 300
"""Points that parallel coordinates show."""
_NORMAL = 1.96


@dataclass(frozen=True)
class Cut:
    """The places of a factor's axis: single values (low = high) or classes of a range."""

    factor: Factor
    ends: tuple[tuple[float, float], ...]
    places: np.ndarray
    """By point: which of them."""


@dataclass(frozen=True)
class Surface:
    """A KPI over two factors, or over one (then `y` is None and there is one row)."""

    x: Cut
    y: Cut | None
    mean: np.ndarray
    """Shape (places of y, places of x); NaN where no point lies."""
    half_width: np.ndarray
    """Of the 95 % interval of the mean, over the replications."""
    points: np.ndarray
    """How many points each place holds."""


@dataclass(frozen=True)
class Effect:
    """Change of a KPI when one factor goes from `low` to `high`, the others as they are."""

    factor: str
    low: str | float | None
    high: str | float | None
    unit: str
    effect: float
    half_width: float
    rank: float = np.nan
    """Rank correlation of factor and KPI, in [-1, 1]."""


@dataclass(frozen=True)
class Effects:
    """All effects on one KPI, the largest first."""

    rows: tuple[Effect, ...]
    explained: float = np.nan
    """Share of the variance between points that straight lines explain (R²)."""
    is_told_apart: bool = True
    """False if the design moves factors together."""


def cut(data: StudyData, key: str) -> Cut:
    """Values one by one where they are few, else classes of equal width (on the log of a factor that is one)."""
    factor, x = data.factor(key), data.points[key].to_numpy(float)
    levels, places = np.unique(x, return_inverse=True)
    if len(levels) <= MOST_LEVELS or not factor.is_number:
        return Cut(factor, tuple((float(v), float(v)) for v in levels), places)
    n = int(np.clip(np.sqrt(len(x)) / 3, 3, 10))
    edges = np.geomspace(x.min(), x.max(), n + 1) if factor.is_log else np.linspace(x.min(), x.max(), n + 1)
    places = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, n - 1)
    return Cut(factor, tuple((float(a), float(b)) for a, b in pairwise(edges)), places)


def surface(data: StudyData, kpi: str, x: str, y: str = "") -> Surface:
    """Means over the points of each place, with intervals over the replications: these are independent, points not."""
    across, down = cut(data, x), cut(data, y) if y else None
    n_x, n_y = len(across.ends), len(down.ends) if down else 1
    place = across.places + (n_x * down.places if down else 0)
    known = data.runs[["point", "replication", kpi]].dropna()
    known = known.assign(place=place[known["point"].to_numpy(int)])
    mean, width = over_replications(known, ["place"], [kpi])
    points = known.groupby("place")["point"].nunique()
    cells = range(n_x * n_y)
    shape = (n_y, n_x)
    return Surface(
        across, down, mean[kpi].reindex(cells).to_numpy(float).reshape(shape),
        width[kpi].reindex(cells).to_numpy(float).reshape(shape),
        points.reindex(cells, fill_value=0).to_numpy(int).reshape(shape),
    )  # fmt: skip


def over_replications(runs: pd.DataFrame, keys: list[str], kpis: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means by key and half-widths of their 95 % intervals: first the mean of each replication, then over these."""
    each = runs.groupby([*keys, "replication"])[kpis].mean().groupby(level=list(range(len(keys))))
    mean, spread, n = each.mean(), each.std(ddof=1), each.count()
    return mean, pd.DataFrame(half_width(spread.to_numpy() ** 2, n.to_numpy()), mean.index, mean.columns)


def effects(data: StudyData, kpi: str, of: str = "") -> Effects:
    """Those of the sensitivity study if there is one, else by straight lines through the points."""
    if data.effects is not None:
        rows: list[Any] = data.effects[(data.effects["kpi"] == kpi) & (data.effects["of"] == of)].to_dict("records")
        found = [
            Effect(row["factor"], None, None, "", float(row["effect"]), _NORMAL * float(row["effect_se"]))
            for row in rows
        ]
        return Effects(_ranked(found))
    return fitted(data, kpi)


def fitted(data: StudyData, kpi: str) -> Effects:
    """Least squares on all factors at once; a factor without numbers: each of its values against its first one.

    The interval is the wider of two: over the replications, and of what the straight lines leave unexplained.
    """
    cube = data.runs.pivot(index="point", columns="replication", values=kpi)
    cube = cube.loc[:, cube.notna().mean() >= 0.5].dropna()  # of a study that still runs, the last replication may lack
    columns, meant = [np.ones(len(cube))], []
    for factor in data.factors:
        x = data.points[factor.key].to_numpy(float)[cube.index.to_numpy(int)]
        for column, low, high in _columns(factor, x):
            columns.append(column)
            meant.append((factor, low, high, x))
    design, y = np.column_stack(columns), cube.to_numpy(float)
    n, k = design.shape
    if not meant or n < k or np.linalg.matrix_rank(design) < k:
        return Effects((), is_told_apart=False)
    beta = np.linalg.pinv(design) @ y
    mean = y.mean(axis=1)
    left = float(((mean - design @ beta.mean(axis=1)) ** 2).sum())
    all_ = float(((mean - mean.mean()) ** 2).sum())
    luck = half_width(beta.var(axis=1, ddof=1), np.full(k, y.shape[1])) if y.shape[1] > 1 else np.full(k, np.nan)
    bend = np.full(k, np.nan)
    if n > k:
        error = np.sqrt(left / (n - k) * np.diag(np.linalg.inv(design.T @ design)))
        bend = t.ppf((1 + CONFIDENCE) / 2, n - k) * error
    width = np.fmax(luck, bend)
    ranks = rankdata(mean)
    rows = [
        Effect(f.key, low, high, f.unit, float(beta[i].mean()), float(width[i]), _rank(f, x, ranks))
        for i, (f, low, high, x) in enumerate(meant, start=1)
    ]
    return Effects(_ranked(rows), 1 - left / all_ if all_ > 0 else np.nan)


def _columns(factor: Factor, x: np.ndarray) -> list[tuple[np.ndarray, str | float, str | float]]:
    """Columns of the design with what 0 and 1 mean; none of a factor that does not vary."""
    if not len(x) or x.min() == x.max():
        return []
    if factor.is_number:
        z = np.log(x) if factor.is_log else x
        return [((z - z.min()) / (z.max() - z.min()), float(x.min()), float(x.max()))]
    present = np.unique(x).astype(int)
    return [((x == v).astype(float), factor.names[present[0]], factor.names[v]) for v in present[1:]]


def _rank(factor: Factor, x: np.ndarray, ranks: np.ndarray) -> float:
    if not factor.is_number or len(x) < 3 or np.ptp(ranks) == 0:
        return float("nan")
    return float(np.corrcoef(rankdata(x), ranks)[0, 1])


def _ranked(rows: list[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(rows, key=lambda row: -abs(row.effect) if np.isfinite(row.effect) else 0.0))


def by_point(data: StudyData, kpis: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means and half-widths of each point that has runs."""
    return over_replications(data.runs, ["point"], kpis)


def sampled(means: pd.DataFrame, kpi: str, most: int = MOST_LINES) -> pd.DataFrame:
    """At most so many points, evenly spaced in the order of a KPI: the lowest and the highest are always among them."""
    known = means[means[kpi].notna()].sort_values(kpi, kind="stable")
    if len(known) <= most:
        return known
    return known.iloc[np.linspace(0, len(known) - 1, most).round().astype(int)]
