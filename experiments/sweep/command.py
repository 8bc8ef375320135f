"""`twin sweep` and `twin results`."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from experiments.compare.measures import MEASURES
from experiments.compare.replicate import ALL
from experiments.sweep.engine import engine
from experiments.sweep.results import read_results
from experiments.sweep.study import Plan
from experiments.sweep.sweep import Outcome, open_study, sweep
from twin.console import as_argument, counting, wide_console
from twin.output import as_json

MOST_ROWS = 40
TOLD_FAILURES = 5


def sweep_command(
    study: str, workers: int | None, scheduler: str | None, resume: bool, out: str | None, json_wanted: bool
) -> bool:
    """Run what is not kept yet; whether all runs could be made."""
    plan = Plan.read(study)
    folder = Path(out) if out else Path("results") / f"sweep-{Path(study).stem}"
    store = open_study(plan, folder, resume)
    with engine(workers or os.cpu_count() or 1, scheduler) as found, counting("study", len(plan.runs)) as tell:
        outcome = sweep(plan, store, found, tell)
    if json_wanted:
        print(as_json(_as_dict(outcome)))
    else:
        _print(outcome, study)
    return not outcome.failed


def _as_dict(outcome: Outcome) -> dict:
    return {
        "folder": str(outcome.folder), "runs": outcome.n_all, "kept_before": outcome.n_before, "done": outcome.n_done,
        "failed": outcome.failed, "seconds": outcome.seconds,
    }  # fmt: skip


def _print(outcome: Outcome, study: str) -> None:
    console = Console(highlight=False, soft_wrap=True)
    before = f", {outcome.n_before:,} were there" if outcome.n_before else ""
    console.print(f"{outcome.n_done:,} of {outcome.n_all:,} runs done in {outcome.seconds:.0f} s{before}")
    for run, sentence in list(outcome.failed.items())[:TOLD_FAILURES]:
        console.print(f"failed: {run}: {sentence}", style="red")
    if len(outcome.failed) > TOLD_FAILURES:
        console.print(f"and {len(outcome.failed) - TOLD_FAILURES:,} more, see failures.json", style="red")
    console.print(f"Results: twin results {as_argument(outcome.folder)}")


def results_command(
    folder: str, kpis: Sequence[str], over: Sequence[str], by: str | None, csv: bool, json_wanted: bool
) -> None:
    """KPIs by point, or over some of the factors."""
    results = read_results(folder)
    table = results.table(kpis, over, by or ALL)
    if csv:
        print(table.to_csv(index=False, lineterminator="\n"), end="")
        return
    if json_wanted:
        print(as_json({"runs": results.n_all, "done": results.n_done, "rows": table.to_dict("records")}))
        return
    console = wide_console()
    console.print(_table(table))
    if len(table) > MOST_ROWS:
        console.print(f"{MOST_ROWS} of {len(table):,} rows; all of them with --csv", style="dim")
    if results.n_done < results.n_all:
        console.print(f"{results.n_done:,} of {results.n_all:,} runs are done", style="dim")


def _table(found: pd.DataFrame) -> Table:
    names = [column for column in found if column in MEASURES]
    keys = [column for column in found if column not in names and not str(column).endswith("_half_width")]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for key in keys:
        table.add_column(str(key), overflow="fold")
    for name in names:
        measure = MEASURES[str(name)]
        unit = "" if measure.unit in ("share", "points") else f" [{measure.unit}]"
        table.add_column(measure.title + unit, justify="right")
    for row in found.head(MOST_ROWS).to_dict("records"):
        cells = [_cell(MEASURES[str(name)].unit, row[name], row[f"{name}_half_width"]) for name in names]
        table.add_row(*[_text(row[key]) for key in keys], *cells)
    return table


def _cell(unit: str, mean: float, width: float) -> str:
    if mean != mean:
        return "–"
    factor, digits, suffix = (100.0, 1, " %") if unit == "share" else (1.0, 1 if abs(mean) < 1000 else 0, "")
    half = f" ± {factor * width:,.{digits}f}" if width == width else ""
    return f"{factor * mean:,.{digits}f}{half}{suffix}"


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
