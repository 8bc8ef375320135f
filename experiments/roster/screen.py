"""What `twin roster` shows on a terminal."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from rich.console import Console

from experiments.roster.fit import Fit
from experiments.roster.tables import ALL
from twin.console import titled_table

Row = Mapping[Hashable, Any]
KEYS = ("Queue", "Part of day")
STAFF = ("Required", "On duty", "fitted", "Short h", "fitted", "Over h", "fitted")
SERVICE = ("In time", "fitted", "ASA", "fitted", "Abandoned", "fitted")
SIDES = ("before", "after")


def print_fit(fit: Fit, parts: pd.DataFrame, console: Console) -> None:
    """Two tables by queue and part of the day: required and on duty, and what was simulated, before and fitted."""
    rows: list[Any] = parts.to_dict("records")
    _print_table("By queue and part of the day: people", STAFF, rows, _staff, console)
    console.print(
        "On duty: mean people at work while open, the absent and breaks taken off. Short, over: hours a week below and "
        "above what the target takes at the fitted roster's demand.",
        style="dim",
    )
    runs = f"{fit.plan.replications} replication{'s with new luck, ± 95 %' if fit.plan.replications > 1 else ''}"
    _print_table(f"The same simulated: {runs}", SERVICE, rows, _service, console)
    console.print(fit.sentence)


def _print_table(title: str, headers: tuple[str, ...], rows: list[Any], cells: Any, console: Console) -> None:
    table = titled_table(title, *KEYS, *headers, n_names=len(KEYS))
    previous = None
    for row in rows:
        is_sum = row["part"] == ALL
        name = "" if row["queue"] == previous else ("All queues" if row["queue"] == ALL else str(row["queue"]))
        previous = row["queue"]
        table.add_row(name, "all" if is_sum else row["part"], *cells(row), style="bold" if is_sum else None)
    console.print(table)


def _staff(row: Row) -> list[str]:
    cells = [f"{row['required']:.1f}"]
    cells += [f"{row[f'on_duty_{side}']:.1f}" for side in SIDES]
    return cells + [f"{row[f'{name}_{side}']:,.0f}" for name in ("under", "over") for side in SIDES]


def _service(row: Row) -> list[str]:
    cells = []
    for name, factor, unit in (("sl", 100.0, " %"), ("asa", 1.0, " s"), ("abandonment", 100.0, " %")):
        for side in SIDES:
            cells.append(_number(factor * row[f"{name}_{side}"], factor * row[f"{name}_{side}_half_width"], unit))
    return cells


def _number(value: float, width: float, unit: str) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.1f}{unit}" if not math.isfinite(width) else f"{value:.1f} ± {width:.1f}{unit}"
