"""How many pairs of runs: as many as asked, or until the intervals of some differences are narrow enough.

Looking again after every few pairs and stopping when the interval is narrow costs no coverage here: `START` pairs at
first, then `STEP` at a time, covered .946 to .948 of 95 % intervals (../shared/experiments-calibration.md 4.1).
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.compare.measures import MEASURES
from experiments.compare.replicate import ALL
from twin.errors import InputError

START, STEP = 10, 5
MOST = 1000
"""Pairs at which even an interval that is still too wide ends the runs."""
_ALIAS = {"sl": "sl20", "asa": "asa", "abandonment": "abandonment_share", "wait": "mean_wait"}
_TARGET = re.compile(r"^\s*(\w+)\s*=\s*(\d*\.?\d+(?:[eE][-+]?\d+)?)\s*(pp|%|s|EUR|points)?\s*$")


def parse_targets(texts: Sequence[str]) -> dict[str, float]:
    """Widest half-widths by KPI, from "sl=0.5pp", "mean_wait=1 s", "cost_per_year=10000 EUR".

    Raises
    ------
    InputError
        If one is not written so, names no KPI, or is not above 0.
    """
    found: dict[str, float] = {}
    for text in texts:
        match = _TARGET.match(text)
        name = _ALIAS.get(match[1], match[1]) if match else ""
        if match is None or name not in MEASURES:
            raise InputError(
                f"--until-half-width is {text!r}, must be a KPI of `twin kpis` and a width, as in sl=0.5pp"
            )
        unit = MEASURES[name].unit
        allowed = _written(unit)
        if (match[3] or "") not in allowed:
            told = "percentage points" if unit == "share" else unit
            wanted = f"in {told}, as in {match[2]}{allowed[0]}"
            raise InputError(f"--until-half-width is {text!r}, must be {wanted}")
        width = float(match[2]) * (0.01 if unit == "share" else 1.0)
        if not 0 < width < math.inf:
            raise InputError(f"--until-half-width is {text!r}, must be above 0, and finite")
        found[name] = width
    return found


def _written(unit: str) -> tuple[str, ...]:
    """How a width of this unit may be written; a share never without its unit, as 0.5 might be half of all."""
    if unit == "share":
        return "pp", "%"
    own = "EUR" if unit.startswith("EUR") else unit if unit in ("s", "points") else ""
    return (own, "") if own else ("",)


def next_pairs(n: int, targets: Mapping[str, float], rows: Mapping[str, Any]) -> int:
    """How many pairs to have next: `n` if all intervals are narrow enough, or never will be.

    Parameters
    ----------
    n : int
        Pairs so far.
    rows : mapping of KPI to row of the comparison
    """
    need = n
    for name, width in targets.items():
        row = rows.get(name)
        if row is None or not math.isfinite(row.half_width):
            raise InputError(f"--until-half-width: {name} is not measured in both scenarios")
        if row.half_width > width:
            need = max(need, math.ceil(n * (row.half_width / width) ** 2))
    if need == n:
        return n
    return min(max(n + STEP, min(math.ceil(need / STEP) * STEP, 2 * n)), max(MOST, n))


def pairs_wanted(n: int, most: int, targets: Mapping[str, float], tables: Sequence[pd.DataFrame]) -> int:
    """How many pairs to have next for all of these comparisons; `n` where there are no targets, never above `most`."""
    overall: list[Any] = [table[table.by == ALL].itertuples(index=False) for table in tables]
    return min(max(next_pairs(n, targets, {row.kpi: row for row in rows}) for rows in overall), most)
