"""Paired differences: both scenarios met the same customers, so each replication gives one difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from experiments.compare.measures import MEASURES, work_out_all
from experiments.compare.replicate import ALL, BYS, By, Summary

BETTER, WORSE, HIGHER, LOWER = "better", "worse", "higher", "lower"
NO_DIFFERENCE, IDENTICAL, TOO_FEW = "no difference shown", "identical", "needs 2+ replications"
ONLY_A, ONLY_B, NOTHING = "only in A", "only in B", "nothing to compare"
CONFIDENCE = 0.95
COLUMNS = (
    "by", "group", "kpi", "a", "b", "difference", "half_width", "variance_ratio", "verdict",
    "n", "a_half_width", "b_half_width",
)  # fmt: skip


def compare_summaries(a: Sequence[Summary], b: Sequence[Summary], bys: Sequence[By] = BYS) -> pd.DataFrame:
    """Every KPI of every group under A and B, with the 95 % interval of the paired difference B - A.

    Parameters
    ----------
    a, b : sequences of Summary
        Summary r of `a` and of `b` belong together: same seed, same replication.

    Returns
    -------
    DataFrame with the columns `COLUMNS`
        `by` holds the keys ("cluster", "cluster,hour", ...; "all" for everything together), `group` their values.
        Where there are fewer than two pairs, difference and half-width are NaN. `variance_ratio` says how many times
        more replications independent seeds would have cost.
    """
    if [(s.seed, s.replication) for s in a] != [(s.seed, s.replication) for s in b]:
        raise ValueError("summaries of A and B must come in pairs of the same seed and replication")
    tables = [_compare_by(by, a, b) for by in bys]
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def _compare_by(by: By, a: Sequence[Summary], b: Sequence[Summary]) -> pd.DataFrame:
    tables_a, tables_b = (_kpis(side, by) for side in (a, b))
    groups = list(dict.fromkeys(group for table in (*tables_a, *tables_b) for group in table.index))
    names = [name for name in MEASURES if any(name in table for table in (*tables_a, *tables_b))]
    cube_a, cube_b = (
        np.array([table.reindex(index=groups, columns=names).to_numpy(float) for table in side])
        for side in (tables_a, tables_b)
    )
    has_a, has_b = np.isfinite(cube_a).any(axis=0), np.isfinite(cube_b).any(axis=0)
    columns = differences(cube_a, cube_b)
    better = np.broadcast_to([MEASURES[name].better for name in names], has_a.shape)
    columns["verdict"] = np.vectorize(verdict, otypes=[object])(
        columns["difference"], columns["half_width"], better, has_a, has_b
    )
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    table["by"] = ",".join(by) or ALL
    table["group"] = np.repeat([_group_name(group) for group in groups], len(names))
    table["kpi"] = np.tile(names, len(groups))
    return table.loc[table.verdict != NOTHING, list(COLUMNS)]


def _kpis(side: Sequence[Summary], by: By) -> list[pd.DataFrame]:
    """A table for each summary. They are worked out together: some seventy formulas take as long for one as for all."""
    counts = [summary.counts[by] for summary in side]
    together = work_out_all(pd.concat(counts))
    tables = np.split(np.arange(len(together)), np.cumsum([len(table) for table in counts])[:-1])
    found = []
    for summary, rows in zip(side, tables, strict=True):
        table = together.iloc[rows].copy()
        table[[name for name in summary.not_modelled if name in table]] = np.nan
        found.append(table if by else table.set_axis([ALL]))
    return found


def _group_name(group: Any) -> str:
    return ", ".join(str(part) for part in group) if isinstance(group, tuple) else str(group)


def differences(a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    """Means, paired difference B - A, its 95 % half-width, and what pairing saved, over the first axis.

    Pairs in which one side is missing are left out; where no pair is whole, each side keeps its own mean.
    """
    is_pair = np.isfinite(a) & np.isfinite(b)
    n = is_pair.sum(axis=0)
    has_pairs = n > 0
    own_a, own_b = np.where(has_pairs, is_pair, np.isfinite(a)), np.where(has_pairs, is_pair, np.isfinite(b))
    # The differences are formed pair by pair: A against A is 0, exactly.
    mean_d, var_d, _ = _moments(np.where(is_pair, b - a, np.nan), is_pair)
    mean_a, var_a, n_a = _moments(a, own_a)
    mean_b, var_b, n_b = _moments(b, own_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (var_a + var_b) / var_d
    return {
        "a": mean_a,
        "b": mean_b,
        "difference": np.where(n >= 2, mean_d, np.nan),
        "half_width": half_width(var_d, n),
        "variance_ratio": np.where(n >= 2, ratio, np.nan),
        "n": n,
        "a_half_width": half_width(var_a, n_a),
        "b_half_width": half_width(var_b, n_b),
    }


def _moments(x: np.ndarray, is_used: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, variance and number of the used values; equal values have a variance of exactly 0."""
    n = is_used.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(is_used, x, 0.0).sum(axis=0) / n
        variance = np.where(is_used, (x - mean) ** 2, 0.0).sum(axis=0) / (n - 1)
    highest, lowest = np.where(is_used, x, -np.inf).max(axis=0), np.where(is_used, x, np.inf).min(axis=0)
    is_constant = (n > 0) & (highest == lowest)
    mean = np.where(is_constant, highest, mean)
    return mean, np.where(n < 2, np.nan, np.where(is_constant, 0.0, variance)), n


def half_width(variance: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Of the 95 % confidence interval of a mean (Student's t); NaN for fewer than two values."""
    enough = np.where(n >= 2, n, 2)
    return np.where(n >= 2, stdtrit(enough - 1, (1 + CONFIDENCE) / 2) * np.sqrt(variance / enough), np.nan)


def verdict(difference: float, width: float, better: int, has_a: bool = True, has_b: bool = True) -> str:
    """B against A in words: a difference counts as shown when its 95 % interval leaves out zero."""
    if not (has_a and has_b):
        return ONLY_A if has_a else ONLY_B if has_b else NOTHING
    if not np.isfinite(width):
        return TOO_FEW
    if difference == 0 and width == 0:
        return IDENTICAL
    if abs(difference) <= width:
        return NO_DIFFERENCE
    if better == 0:
        return HIGHER if difference > 0 else LOWER
    return BETTER if difference * better > 0 else WORSE
