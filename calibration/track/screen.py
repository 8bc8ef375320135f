"""The day on a terminal: where it stands, the rest of it, what actions would do, whether something drifts."""

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from calibration.track.forecast import TITLES, Effect
from calibration.track.track import Stream, Tracked
from twin.console import titled_table

HOUR = 3600.0
SHARES = ("abandonment_share", "sl20")


def print_tracked(found: Tracked, name: str, n_members: int, console: Console, notes: Sequence[str] = ()) -> None:
    """Everything that a control room looks at."""
    today = found.today
    console.print()
    console.print(
        f"[bold]{name}[/] on {today.date:%A, %d %B %Y}, known until {today.clock}, {n_members} simulated days"
    )
    low, high = found.level.quantile(0.05), found.level.quantile(0.95)
    console.print(f" Contacts: {found.level.mean:.0%} of an ordinary such day ({low:.0%} to {high:.0%})")
    low, middle, high = found.presence
    console.print(f" Operators: {middle:.0%} of those planned ({low:.0%} to {high:.0%}), as the waits tell")
    for note in notes:
        console.print(f" Note: {note}", style="dim", markup=False)
    for surprise in found.surprises:
        if surprise.sentence:
            console.print(f" [{'red' if surprise.is_drift else 'yellow'}]{surprise.sentence}[/]")
    console.print()
    if found.streams:
        console.print(_streams(found.streams))
    console.print(_ahead(found))
    if len(found.rest):
        console.print(_rest(found))
    if found.effects:
        console.print(_actions(found.effects))
    for action, reason in found.refused.items():
        console.print(f" {action}: not possible here, {reason}", style="dim")


def number(kpi: str, value: float) -> str:
    """One value in the KPI's unit."""
    if not math.isfinite(value):
        return "–"
    return f"{value:.1%}" if kpi in SHARES else f"{value:.1f}" if kpi == "operators" else f"{value:,.0f}"


def _streams(streams: Sequence[Stream]) -> Table:
    table = titled_table("Contacts by intent, over those of an ordinary such day", "", "median", "5 % to 95 %")
    table.columns[0].no_wrap, table.columns[0].overflow = False, "fold"
    for stream in streams:
        table.add_row(", ".join(stream.intents), f"{stream.median:.0%}", f"{stream.low:.0%} to {stream.high:.0%}")
    return table


def _ahead(found: Tracked) -> Table:
    """The intervals still to come, at most one row an hour."""
    kpis = ("offered", "operators", "sl20", "mean_wait", "abandonment_share")
    table = titled_table("The rest of the day: median (5 % to 95 %)", "from", *[TITLES[kpi] for kpi in kpis])
    rows = found.bands[found.bands.start_s >= found.today.now * found.today.length]
    step = max(HOUR, found.today.length)
    for start, of in rows[rows.start_s % step == 0].groupby("start_s"):
        values = of.set_index("kpi")
        cells = [
            f"{number(kpi, values['median'][kpi])} ({number(kpi, values.q05[kpi])} to {number(kpi, values.q95[kpi])})"
            if kpi in values.index else "–" for kpi in kpis
        ]  # fmt: skip
        minutes = int(float(str(start)) // 60)
        table.add_row(f"{minutes // 60:02d}:{minutes % 60:02d}", *cells)
    return table


def _rest(found: Tracked) -> Table:
    table = titled_table("From now to the end", "", "mean", "5 % to 95 %")
    for kpi, row in found.rest.iterrows():
        title = "operator-hours" if kpi == "operators" else TITLES[str(kpi)]
        low, high = number(str(kpi), row["q05"]), number(str(kpi), row["q95"])
        table.add_row(title, number(str(kpi), row["mean"]), f"{low} to {high}")
    return table


def _actions(effects: list[Effect]) -> Table:
    table = titled_table("What actions would change from now on, on the same days: mean ± 95 % (5 % to 95 % of days)",
                         "action", "abandoned", "mean wait [s]", "in 20 s")  # fmt: skip
    table.columns[0].no_wrap, table.columns[0].overflow = False, "fold"
    cells: dict[str, dict[str, str]] = {}
    for effect in effects:
        factor, unit = (100.0, " pp") if effect.kpi in SHARES else (1.0, "")
        mean, width, low, high = (
            factor * value for value in (effect.difference, effect.half_width, effect.low, effect.high)
        )
        cells.setdefault(effect.action, {})[effect.kpi] = f"{mean:+.1f} ± {width:.1f}{unit} ({low:+.1f} to {high:+.1f})"
    for action, of in cells.items():
        table.add_row(action, *[of.get(kpi, "–") for kpi in ("abandonment_share", "mean_wait", "sl20")])
    return table
