"""Several scenarios against one base on a terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from experiments.compare.fitted import fit_sentence
from experiments.compare.many import Many
from experiments.compare.many_words import base_text, best_text, cells, method, overall, sentences, spread_rows
from experiments.compare.measures import MEASURES
from experiments.compare.paired import BETTER, WORSE
from experiments.compare.posterior import many_spread_sentence
from twin.console import titled_table

_STYLE = {BETTER: "green", WORSE: "red", "wins": "green", "pays": "red", "mixed": "yellow"}


def print_many(many: Many, console: Console, width: int) -> None:
    """Differences by KPI and scenario, the best, and what clusters feel."""
    plan = many.plan
    console.print()
    console.print(
        f"[bold]{plan.base.label}[/] against {', '.join(side.label for side in plan.others)}: {many.replications} "
        f"replications of {plan.days} counted days with the same customers, seed {plan.seed}",
        width=width,
    )
    console.print()
    console.print(_overall(many, width))
    if len(many.pairs[0].groups("cluster")) > 1:
        console.print(_clusters(many, width))
    if rows := spread_rows(many):
        console.print(_spread(many, rows, width))
    for text in sentences(many):
        console.print(Padding(text, (0, 1)), width=width)
    for text in (method(many), fit_sentence(*plan.sides), many_spread_sentence(many)):
        if text:
            console.print(Padding(text, (1, 1, 0, 1)), width=width, style="dim")


def _overall(many: Many, width: int) -> Table:
    table = titled_table("Overall: differences to the base, ± 95 % for all together", is_narrow=True, width=width)
    table.add_column("KPI", overflow="fold")
    for label in many.plan.labels:
        table.add_column(label, justify="right", overflow="fold")
    table.add_column("best", overflow="fold")
    for name in overall(many):
        found = [Text(text, style=_STYLE.get(said, "")) for _, text, said in cells(many, name)]
        table.add_row(MEASURES[name].title, base_text(many, name), *found, best_text(many, many.best(name)))
    return table


def _clusters(many: Many, width: int) -> Table:
    table = titled_table("Who wins, who pays", is_narrow=True, width=width)
    table.add_column("")
    for side in many.plan.others:
        table.add_column(side.label, overflow="fold")
    by_side = many.balances()
    for place, balance in enumerate(by_side[0]):
        words = [found[place].word for found in by_side]
        title = many.pairs[0].title("cluster", balance.group)
        table.add_row(title, *[Text(word, style=_STYLE.get(word, "dim")) for word in words])
    return table


def _spread(many: Many, rows: list[tuple[str, list[str]]], width: int) -> Table:
    caption = "Single replications: where 95 % of the differences to the base lie"
    table = titled_table(caption, is_narrow=True, width=width)
    for name in ("KPI", *[side.label for side in many.plan.others]):
        table.add_column(name, overflow="fold")
    for title, texts in rows:
        table.add_row(title, *texts)
    return table
