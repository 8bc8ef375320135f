"""The report of `twin bench` as tables for the screen, and its exit code."""

import json
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.bench import Difference, Report, Row, check_peers, plan, run_bench
from twin.errors import InputError

MIN_DAYS = 5
"""Of w2b: its standard errors come from the days."""
MIN_CALLS = 10_000

NOTE = (
    "Calls per second of CPU time, one core, each run in a process of its own; engines take turns. ours/engine is the "
    "median of the ratios within the rounds. simpy-resource is SimPy as its documentation shows it, a process per call "
    "that requests a Resource; simpy-process the same with lines and idle operators kept by hand, faster; both "
    "have a target. simpy-callback has callbacks instead of processes: no target. Our time includes building the world "
    "and drawing arrivals, not compiling."
)


def report_table(report: Report) -> Table:
    """Speeds, one row per engine and workload."""
    table = Table(title=f"Speed, median of {report.rounds} round{'s' if report.rounds > 1 else ''}")
    table.add_column("engine")
    table.add_column("workload")
    for name in ("calls", "calls/CPU s", "min", "max", "ours/engine", "target"):
        table.add_column(name, justify="right")
    table.add_column("peak MB", justify="right")
    table.add_column("KPIs equal?")
    for row in report.rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.1f} x"
        speeds = [f"{speed:,.0f}" for speed in (row.speed, row.speed_min, row.speed_max)]
        peak = "" if row.peak_mb is None else f"{row.peak_mb:.0f}"
        equal = "yes" if row.are_kpis_equal else "NO"
        table.add_row(row.engine, row.workload, f"{row.calls:,}", *speeds, ratio, _target(row), peak, equal)
    return table


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{row.target:.0f} x {'met' if row.is_target_met else 'NOT MET'}"


def kpi_table(report: Report) -> Table:
    """Every KPI beside what it should be: the exact value and the peers'."""
    againsts = list(dict.fromkeys(one.against for one in report.differences))
    table = Table(title="KPIs, and how far from ours chance may put each (4 joint standard errors, rounding)")
    table.add_column("workload")
    table.add_column("KPI")
    for name in ("ours", *againsts):
        table.add_column(name, justify="right")
    for (workload, kpi), group in groupby(
        sorted(report.differences, key=lambda one: (one.workload, one.kpi)), key=lambda one: (one.workload, one.kpi)
    ):
        others = {one.against: one for one in group}
        ours = next(iter(others.values())).ours
        table.add_row(workload, kpi, f"{ours:.5f}", *(_other(others.get(name)) for name in againsts))
    return table


def _other(one: Difference | None) -> str:
    if one is None:
        return ""
    return f"{one.other:.5f} ± {one.allowed:.5f}{'' if one.is_equal else ' NO'}"


def parts_text(report: Report) -> str:
    """Where our time goes."""
    lines = []
    for row in report.rows:
        if row.parts is not None:
            shares = ", ".join(f"{name} {share:.0%}" for name, share in row.parts.items())
            lines.append(f"Our CPU time on {row.workload}: {shares}.")
    return " ".join(lines)


def verdict(report: Report) -> str:
    """What holds and what does not, in a sentence or two."""
    missed = [row for row in report.rows if row.is_target_met is False]
    sentences = ["The KPIs agree." if report.are_kpis_equal else "The KPIs DIFFER, so the speeds mean nothing."]
    for row in missed:
        sentences.append(
            f"Target missed: {row.ratio:.1f} x {row.engine} on {row.workload}, wanted {row.target:.0f} x "
            "(speed varies with the machine, so this is no error)."
        )
    if not missed and any(row.target is not None for row in report.rows):
        sentences.append("All speed targets are met.")
    return " ".join(sentences)


def render(report: Report) -> RenderableType:
    """The whole report."""
    return Group(report_table(report), kpi_table(report), NOTE, parts_text(report), verdict(report))


def bench(with_peers: bool, rounds: int, n_calls: int | None, n_days: int | None, as_json: bool, width: int) -> bool:
    """Run and print; False if KPIs differ. `width` is that of tables which no terminal shows."""
    if n_calls is not None and n_calls < MIN_CALLS:
        raise InputError(f"bench: --calls is {n_calls}, must be {MIN_CALLS} or more")
    if n_days is not None and n_days < MIN_DAYS:
        raise InputError(f"bench: --days is {n_days}, must be {MIN_DAYS} or more")
    if with_peers:
        check_peers()
    tasks = plan(with_peers, n_calls, n_days)
    columns: list[Any] = [SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=None)
        report = run_bench(tasks, rounds, lambda what: progress.update(bar, description=what))
    if as_json:
        print(json.dumps(report.to_dict(), allow_nan=False))
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = width
        console.print(render(report))
    return report.are_kpis_equal
