"""The plan, its targets and the baselines as Rich tables."""

from rich import box
from rich.console import Console
from rich.table import Table

from experiments.optimise.files import plan_table
from experiments.optimise.optimise import Result
from experiments.optimise.verdict import HOLDS, MISSES
from experiments.optimise.words import VERDICTS, beaten, guarantees, sentence, target_cell, target_rows

COLOURS = {HOLDS: "green", MISSES: "red"}


def print_result(result: Result, console: Console, n_kept: int, n_made: int) -> None:
    """Plan, targets, baselines, what it took, what is guaranteed."""
    study = result.instance.study
    console.print(f"[bold]{study.title or result.instance.scenario.title}[/]: {sentence(result)}")
    console.print(_plan(result))
    console.print(_targets(result))
    if result.baselines:
        console.print(_beside(result))
        for line in beaten(result):
            console.print(line)
    search = result.search
    console.print(
        f"{search.n_programs} programs, {search.n_cuts:,} cuts ({search.n_dropped:,} dropped as wrong or far), "
        f"{len(search.tried):,} plans simulated, {result.ours.days_used:,} of {study.budget:,} days; "
        f"{n_made:,} runs made, {n_kept:,} were there.",
        style="dim",
    )
    for line in guarantees(result):
        console.print(line, style="dim")


def _plan(result: Result) -> Table:
    found = plan_table(result.instance, result.ours.heads)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="Plan", title_justify="left")
    is_week = result.instance.n_days == 7
    for name in ("Group", "Shift", "From", "To", *(["Days"] if is_week else []), "Breaks at"):
        table.add_column(name)
    for name in ("People", f"EUR a {result.instance.study.cycle}"):
        table.add_column(name, justify="right")
    for row in found.to_dict("records"):
        table.add_row(
            row["group"], row["shift"], row["start"], row["end"], *([row["days"]] if is_week else []),
            row["breaks"] or "–", str(row["heads"]), f"{row['cost']:,.0f}",
        )  # fmt: skip
    blanks = [""] * (4 if is_week else 3)
    for group, part in found.groupby("group", sort=False):
        cost = f"{part['cost'].sum():,.0f}"
        table.add_row(f"[bold]{group}", "[bold]all", *blanks, f"[bold]{part['heads'].sum()}", f"[bold]{cost}")
    return table


def _targets(result: Result) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="Targets of the plan", title_justify="left")
    table.add_column("Target")
    table.add_column("Cells", justify="right")
    table.add_column("Worst cell")
    table.add_column("There", justify="right")
    for row in target_rows(result, result.ours):
        table.add_row(str(row["target"]), str(row["cells"]), str(row["worst_cell"]), target_cell(row))
    return table


def _beside(result: Result) -> Table:
    title = f"The same instance, the same {result.days_test:,} test {result.instance.study.cycle}s"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("Plan")
    for name in ("EUR", "People", "Lost contacts", "Cells missed", "Days to find it"):
        table.add_column(name, justify="right")
    table.add_column("Targets")
    for plan in result.plans:
        colour = COLOURS.get(plan.verdict, "yellow")
        wanted = result.cells.probability * (result.cells.probability > 0)
        missed = int((plan.shown.estimate < wanted).sum())
        table.add_row(
            plan.name, f"{plan.cost:,.0f}", str(sum(plan.heads)), f"{plan.lost:,.1f}",
            f"{missed} of {len(result.cells)}", f"{plan.days_used:,}" if plan.days_used else "–",
            f"[{colour}]{VERDICTS.get(plan.verdict, plan.verdict)}[/]" + (f" ({plan.note})" if plan.note else ""),
        )  # fmt: skip
    return table
