"""What it costs to decide on an assumption that is wrong: at each end of its range, which choice would be right.

The decision is B where its net value a year is above zero as assumed, else A. If at an end of a range the other one is
worth more, the decision taken as assumed loses that net value every year until it is seen (regret).
"""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from experiments.compare.comparison import Comparison
from experiments.compare.findings import CENTRE, FULL, SCREENED
from experiments.compare.measures import amount
from experiments.compare.net_value import KPI, YEARS, mean_and_half_width, net_values
from experiments.compare.variants import Pairs

NET = ("stage", "assumption", "end", "value", "net_value", "half_width", "n", "days")
COLUMNS = (*NET, "right", "cost", "is_shown")
TOLD = 8
"""Assumptions that are named in words."""


def net_row(stage: str, name: str, end: str, value: str, pairs: Pairs, days: int) -> dict[str, Any]:
    """Net value of B over A in some runs."""
    found = net_values(pairs)
    mean, width = mean_and_half_width(found)
    row = (stage, name, end, value, mean, width, len(found), days)
    return dict(zip(NET, row, strict=True))


def wrong_decisions(net: pd.DataFrame) -> pd.DataFrame:
    """For each end of each assumption what would be right there, and what the decision as assumed costs a year [EUR].

    Parameters
    ----------
    net : DataFrame with the columns `NET`
        With a row "centre" in each stage. An assumption that was run in full is not told by its screening as well.

    Returns
    -------
    DataFrame with the columns `COLUMNS`, the most costly first
        `right`: "a" or "b"; `cost`: 0 where the decision stays right; `is_shown`: whether the interval of the net value
        leaves out zero.
    """
    if not len(net) or net.net_value.isna().any():
        return pd.DataFrame(columns=list(COLUMNS))
    in_full = set(net.loc[net.stage == FULL, "assumption"])
    rows = []
    for row in net.to_dict("records"):
        is_old = row["stage"] == SCREENED and row["assumption"] in in_full
        if row["assumption"] == CENTRE or is_old:
            continue
        sign = math.copysign(1.0, central(net, str(row["stage"]))[0])
        value, width = float(row["net_value"]), float(row["half_width"])
        rows.append({**row, "right": "b" if value > 0 else "a", "cost": max(-sign * value, 0.0),
                     "is_shown": abs(value) > width})  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values("cost", ascending=False, kind="stable", ignore_index=True)


def central(net: pd.DataFrame, stage: str) -> tuple[float, float]:
    """Net value as assumed with its half-width: in full where there is one, so that all stages mean one decision."""
    for known in (FULL, stage):
        rows = net[(net.stage == known) & (net.assumption == CENTRE)]
        if len(rows):
            return float(rows.net_value.iloc[0]), float(rows.half_width.iloc[0])
    return math.nan, math.nan


def sentences(comparison: Comparison, net: pd.DataFrame) -> list[str]:
    """The decision as assumed, which assumptions would turn it, and at what cost."""
    table = wrong_decisions(net)
    if table.empty:
        return []
    a, b = comparison.a.label, comparison.b.label
    mean, width = central(net, FULL)
    taken, other = (b, a) if mean > 0 else (a, b)
    sign = "+" if mean > 0 else "−"
    doubt = "" if abs(mean) > width else ", which may be chance"
    text = [
        f"Decision as assumed: {taken} (net value of the change {sign}{amount(KPI, mean, width)} a year, training "
        f"spread over {YEARS:g} years{doubt})."
    ]
    turned = table[table.cost > 0]
    full: list[Any] = list(turned[turned.stage == FULL].head(TOLD).itertuples(index=False))
    text += [_one(row, taken, other) for row in full]
    rest = turned[turned.stage == SCREENED]
    if len(rest):
        names = list(dict.fromkeys(f"{row.assumption} at {row.value}" for row in rest.head(TOLD).itertuples()))
        text.append(
            f"In the screening, too short for an interval, {other} would also be right with {', '.join(names)}: "
            "--vary KEY runs them in full."
        )
    if turned.empty:
        text.append(f"At no end of the ranges that were run would {other} be right: being wrong costs nothing here.")
    return text


def _one(row: Any, taken: str, other: str) -> str:
    cost = amount(KPI, row.cost, row.half_width)
    if not row.is_shown:
        return f"{row.assumption} at {row.value} ({row.end}): {other} may be right, cost of {taken} {cost} a year."
    return f"{row.assumption} at {row.value} ({row.end}): {other} is right, {taken} costs {cost} a year."


def records(net: pd.DataFrame) -> Sequence[dict[str, Any]]:
    """For `--json`."""
    return [{str(key): value for key, value in row.items()} for row in wrong_decisions(net).to_dict("records")]
