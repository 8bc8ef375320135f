"""Simulated beside recorded: the same KPIs, by the same formulas, of a replayed run and of what really happened."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.replications import ALL, Replication
from twin.kpi import work_out

NAMES = ("n_offered", "abandonment_share", "mean_wait", "sl20")
BYS = (ALL, "date", "time")


def beside_recorded(replications: Sequence[Replication]) -> pd.DataFrame:
    """KPIs of all days together, by date, and by clock time over all days.

    Simulated counts are means over the replications; ratios are divided last, so a busy half hour counts more.

    Returns
    -------
    DataFrame with the columns by, group, kpi, simulated, recorded, error
        `error` is simulated - recorded.
    """
    counts = [result.by_half_hour for result in replications if result.by_half_hour is not None]
    history = replications[0].recorded
    if not counts or history is None:
        raise ValueError("there is no record to compare with")
    simulated = (sum(counts[1:], counts[0]) / len(counts)).reset_index()
    recorded = _as_counts(history)
    simulated, recorded = _same_times(simulated, recorded)
    tables = []
    for by in BYS:
        ours, theirs = (_kpis(table, by) for table in (simulated, recorded))
        both = pd.concat({"simulated": ours, "recorded": theirs.reindex(ours.index)}, axis="columns")
        table = both.stack(future_stack=True).rename_axis(["group", "kpi"]).reset_index()
        table.insert(0, "by", by)
        tables.append(table)
    found = pd.concat(tables, ignore_index=True)
    found["error"] = found["simulated"] - found["recorded"]
    return found[["by", "group", "kpi", "simulated", "recorded", "error"]]


def mean_absolute_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Mean of the absolute errors over dates, and over half hours of the day, weighted by recorded contacts.

    Returns
    -------
    DataFrame indexed by kpi, columns date, time
    """
    errors: Any = table.pivot(index=["by", "group"], columns="kpi", values="error").abs()
    weights: Any = table[table["kpi"] == "n_offered"].set_index(["by", "group"])["recorded"]
    found = {}
    for by in ("date", "time"):
        weight = errors.loc[by].notna().mul(weights.loc[by], axis="index")
        found[by] = (errors.loc[by] * weight).sum() / weight.sum()
    return pd.DataFrame(found).reindex(NAMES)


def recorded_as_json(table: pd.DataFrame) -> dict[str, Any]:
    """The comparison for ``--json``."""

    def of(by: str) -> dict[str, Any]:
        return {
            str(group): {row.kpi: {key: getattr(row, key) for key in ("simulated", "recorded", "error")}
                         for row in rows.itertuples()}
            for group, rows in table[table["by"] == by].groupby("group", sort=False)
        }  # fmt: skip

    errors = mean_absolute_errors(table)
    return {
        "overall": of(ALL)[ALL],
        "by_day": of("date"),
        "by_half_hour": of("time"),
        "mean_absolute_error": {
            "by_day": errors["date"].to_dict(),
            "by_half_hour": errors["time"].to_dict(),
        },
    }


def _as_counts(recorded: pd.DataFrame) -> pd.DataFrame:
    """History as counts that the KPI formulas understand; who did not give up was handled."""
    return pd.DataFrame({
        "date": recorded["date"],
        "time": recorded["time"],
        "offered": recorded["offered"],
        "handled": recorded["offered"] - recorded["abandoned"],
        "abandoned": recorded["abandoned"],
        "wait_handled": recorded["wait_sum_s"],  # of all offered: `mean_wait` adds the two sums anyway
        "in_20s": recorded["answered_20s"],
    }).assign(wait_lost=0.0, messages=0.0, cut=0.0, unreached=0.0, nuisance=0.0)  # fmt: skip


def _same_times(simulated: pd.DataFrame, recorded: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both by the longer of the two reporting intervals."""
    width = max(_width(simulated), _width(recorded))
    return _by_width(simulated, width), _by_width(recorded, width)


def _minutes(table: pd.DataFrame) -> pd.Series:
    clock = table["time"].str.split(":", expand=True).astype(int)
    return clock[0] * 60 + clock[1]


def _width(table: pd.DataFrame) -> int:
    starts = np.unique(_minutes(table))
    return int(np.diff(starts).min()) if len(starts) > 1 else 24 * 60


def _by_width(table: pd.DataFrame, width: int) -> pd.DataFrame:
    start = _minutes(table) // width * width
    return table.assign(time=[f"{minute // 60:02d}:{minute % 60:02d}" for minute in start])


def _kpis(table: pd.DataFrame, by: str) -> pd.DataFrame:
    keys = table[by] if by != ALL else pd.Series(ALL, index=table.index)
    return work_out(table.drop(columns=["date", "time"]).groupby(keys, sort=False).sum(), NAMES)
