"""What `twin run` shows on a terminal: KPIs with their intervals, by queue, and simulated beside recorded."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from experiments.recorded import NAMES, mean_absolute_errors
from experiments.replications import ALL
from twin.console import titled_table
from twin.kpi import HEADLINES, KPIS

MORE = ("n_handled", "n_abandoned", "n_blocked", "n_messages", "n_cut", "n_dropped", "n_self_served",
        "mean_wait", "utilisation", "chat_duration", "chats_at_once")  # fmt: skip
SHOWN = tuple(name for name in KPIS if name in HEADLINES + MORE + ("operators_on_duty", "waited_share"))
BY_QUEUE = ("n_offered", "sl20", "in_target", "mean_wait", "abandonment_share", "aht", "fcr", "csi")
ONLY_IF_ANY = ("n_blocked", "n_messages", "n_cut", "n_dropped", "n_self_served")
TITLES = {
    "n_offered": "Offered", "abandonment_share": "Abandoned", "mean_wait": "Wait", "sl20": "In 20 s",
    "in_target": "In target", "aht": "Handle time", "fcr": "FCR", "csi": "CSI",
}  # fmt: skip


def print_kpis(found: pd.DataFrame, n: int, console: Console) -> None:
    """KPIs overall and by queue; `found` as `experiments.replications.estimates` makes it."""
    console.print(_overall(found.loc[ALL], n))
    if n == 1:
        console.print("One replication has no interval: --replications 10 gives one.", style="dim")
    queues = [queue for queue in dict.fromkeys(found.index.get_level_values("queue")) if queue != ALL]
    if len(queues) > 1:
        console.print(_by_queue(found, queues))


def _overall(found: Any, n: int) -> Table:
    table = titled_table("All contacts", "KPI", "mean", *([] if n == 1 else ["± 95 %"]))
    for name in SHOWN:
        if name not in found.index or not math.isfinite(found["mean"][name]):
            continue
        mean, width = found.loc[name, ["mean", "half_width"]]
        if mean == 0 and name in ONLY_IF_ANY:
            continue
        cells = [KPIS[name].title, value(name, mean, width)]
        table.add_row(*cells, *([] if n == 1 else [value(name, width, width) if math.isfinite(width) else "–"]))
    return table


def _by_queue(found: pd.DataFrame, queues: Sequence[str]) -> Table:
    means: Any = found["mean"].unstack("kpi")
    widths: Any = found["half_width"].unstack("kpi")
    names = [name for name in BY_QUEUE if name in means and means.loc[queues, name].notna().any()]
    table = titled_table("By queue", "Queue", *(TITLES[name] for name in names))
    for queue in queues:
        cells = [_with_interval(name, means.loc[queue, name], widths.loc[queue, name]) for name in names]
        table.add_row(str(queue), *cells)
    return table


def print_recorded(table: pd.DataFrame, console: Console) -> None:
    """Simulated beside recorded by day, over all, and by half hour, with errors (simulated - recorded)."""
    days = table[table["by"] == "date"]
    console.print(_beside("Simulated beside recorded, by day", "Day", pd.concat([days, table[table["by"] == ALL]])))
    console.print(_beside("The same by time of day, over all days", "Time", table[table["by"] == "time"]))
    errors: Any = mean_absolute_errors(table)
    for by, what in (("date", "days"), ("time", "half hours of the day")):
        said = ", ".join(
            f"{TITLES[name].lower()} {_error(name, errors.loc[name, by]).lstrip('+')}"
            for name in NAMES
            if name != "n_offered"
        )
        console.print(f"Mean absolute error over {what}, weighted by contacts: {said}.")
    console.print("sim = simulated, rec = recorded; error = simulated - recorded (pp: percentage points).", style="dim")


def _beside(title: str, key: str, rows: pd.DataFrame) -> Table:
    headers = []
    for name in NAMES:
        headers += [f"{TITLES[name]} sim", "rec"] + (["error"] if name != "n_offered" else [])
    table = titled_table(title, key, *headers)
    for group, part in rows.groupby("group", sort=False):
        by_name: Any = part.set_index("kpi")
        if not by_name.loc["n_offered", ["simulated", "recorded"]].any():
            continue
        cells = []
        for name in NAMES:
            row = by_name.loc[name]
            cells += [value(name, row["simulated"]), value(name, row["recorded"])]
            cells += [] if name == "n_offered" else [_error(name, row["error"])]
        table.add_row(str(group), *cells, style="bold" if group == ALL else None)
    return table


def value(name: str, number: float, half_width: float = math.nan) -> str:
    """A number with its unit, with as many digits as its interval is worth."""
    if not math.isfinite(number):
        return "–"
    unit = KPIS[name].unit
    factor, suffix = (100.0, " %") if unit == "share" else (1.0, {"s": " s", "EUR": " EUR"}.get(unit, ""))
    return f"{number * factor:,.{_decimals(number * factor, half_width * factor, unit)}f}{suffix}"


def _decimals(number: float, half_width: float, unit: str) -> int:
    if math.isfinite(half_width) and half_width > 0:
        return min(max(1 - math.floor(math.log10(half_width)), 0), 3)
    if unit == "count":
        return 0 if abs(number) >= 100 or number == round(number) else 1
    return 0 if abs(number) >= 1000 else 1


def _with_interval(name: str, mean: float, half_width: float) -> str:
    text = value(name, mean, half_width)
    return f"{text} ± {value(name, half_width, half_width)}" if math.isfinite(half_width) else text


def _error(name: str, number: float) -> str:
    if not math.isfinite(number):
        return "–"
    return f"{100 * number:+.1f} pp" if KPIS[name].unit == "share" else f"{number:+.1f} {KPIS[name].unit}"
