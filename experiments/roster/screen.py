"""What `twin roster` shows on a terminal."""

import math
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from experiments.roster.fit import Fit
from experiments.roster.tables import ALL

HEADERS = ("Queue", "Part of day", "Required", "On duty", "fitted", "Short h", "fitted", "Over h", "fitted",
           "In time", "fitted", "ASA s", "fitted", "Abandoned", "fitted")  # fmt: skip


def print_fit(fit: Fit, parts: pd.DataFrame, console: Console) -> None:
    """One row per queue and part of the day: required and on duty, before and after, and what was simulated."""
    table = Table(title="By queue and part of the day", title_justify="left", title_style="bold",
                  box=box.SIMPLE_HEAD, pad_edge=False)  # fmt: skip
    for place, header in enumerate(HEADERS):
        table.add_column(header, justify="left" if place < 2 else "right", no_wrap=True)
    previous = None
    for row in parts.to_dict("records"):
        is_sum = row["part"] == ALL
        name = "" if row["queue"] == previous else ("All queues" if row["queue"] == ALL else row["queue"])
        previous = row["queue"]
        table.add_row(name, "all" if is_sum else row["part"], *_cells(row), style="bold" if is_sum else None)
    console.print(table)
    console.print(
        "On duty: mean people at work while open, the absent and breaks taken off. Short, over: hours a week below and "
        "above what the target takes at the fitted roster's demand. In time, ASA, abandoned: simulated "
        f"with new luck, {fit.plan.replications} replications, ± 95 %.",
        style="dim",
    )
    console.print(fit.sentence)


def _cells(row: dict[str, Any]) -> list[str]:
    cells = [f"{row['required']:.1f}"]
    cells += [f"{row[f'on_duty_{side}']:.1f}" for side in ("before", "after")]
    for name in ("under", "over"):
        cells += [f"{row[f'{name}_{side}']:,.0f}" for side in ("before", "after")]
    for name, factor, unit in (("sl", 100.0, " %"), ("asa", 1.0, ""), ("abandonment", 100.0, " %")):
        for side in ("before", "after"):
            value, width = factor * row[f"{name}_{side}"], factor * row[f"{name}_{side}_half_width"]
            cells.append(_number(value, width, unit))
    return cells


def _number(value: float, width: float, unit: str) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.1f}{unit}" if not math.isfinite(width) else f"{value:.1f} ± {width:.1f}{unit}"
