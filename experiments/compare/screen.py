"""The comparison on a terminal: headline, who wins and who pays, money, and in words."""

import math
from functools import partial
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from experiments.compare.comparison import Balance, Comparison, balances
from experiments.compare.further_screen import print_further, print_who
from experiments.compare.measures import BY_CLUSTER, MEASURES, MONEY, SHORT, SUMMARY, shown
from experiments.compare.paired import BETTER, HIGHER, LOWER, NO_DIFFERENCE, ONLY_A, ONLY_B, WORSE
from experiments.compare.posterior import spread_sentence, spreads
from experiments.compare.words import paragraphs
from twin.console import titled_table

WIDTH = 110  # [characters]
STYLE = {BETTER: "green", WORSE: "red", "wins": "green", "pays": "red", "mixed": "yellow"}
SIGN = {BETTER: "▲", WORSE: "▼", HIGHER: "↑", LOWER: "↓"}
_table = partial(titled_table, is_narrow=True)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Everything a manager needs, 110 columns wide."""
    plan = comparison.plan
    console.print()
    console.print(
        f"[bold]{plan.a.label}[/] against [bold]{plan.b.label}[/]: {comparison.replications} paired replications of "
        f"{plan.days} counted days, seed {plan.seed}{', ' + comparison.size if comparison.size else ''}"
    )
    print_who(comparison, console, WIDTH)
    console.print()
    console.print(_headline(comparison))
    if comparison.plan.posterior is not None:
        _print_spread(comparison, console)
    if len(comparison.groups("cluster")) > 1:
        console.print(_clusters(comparison))
        console.print(Padding(_cluster_note(comparison), (0, 1)), width=WIDTH, style="dim")
    queues = _queues(comparison)
    if queues is not None:
        console.print(queues)
    if any(comparison.has(name) for name in MONEY):
        console.print(_money(comparison))
    console.print()
    for text in paragraphs(comparison):
        console.print(Padding(text, (0, 1)), width=WIDTH)
    print_further(comparison, console, WIDTH)


def _verdict(row: Any) -> Text:
    sign = SIGN.get(row.verdict, "")
    return Text(f"{sign} {row.verdict}".strip(), style=STYLE.get(row.verdict, ""))


def _headline(comparison: Comparison) -> Table:
    table = _table("Overall", "KPI", comparison.a.label, comparison.b.label, "difference ± 95 %", "verdict")
    table.columns[-1].justify = "left"
    for name in SUMMARY:
        row = comparison.row(name)
        if row is None or not comparison.has(name):
            continue
        text = shown(row)
        table.add_row(MEASURES[name].title, text.a, text.b, text.difference, _verdict(row))
    return table


def _clusters(comparison: Comparison) -> Table:
    names = comparison.known(BY_CLUSTER, "cluster")
    units = {"share": "pp", "s": "s", "points": "points"}
    headers = [f"{SHORT[name]}" for name in names]
    table = _table("Who wins, who pays: differences by cluster", "", *headers, "feels")
    table.columns[-1].justify = "left"
    table.add_row("", *[Text(units.get(MEASURES[n].unit, "€"), style="dim") for n in names], "")
    for balance in balances(comparison):
        cells = [_cluster_cell(comparison.row(name, "cluster", balance.group)) for name in names]
        table.add_row(comparison.title("cluster", balance.group), *cells, _feels(balance))
    return table


def _print_spread(comparison: Comparison, console: Console) -> None:
    found = spreads(comparison)
    if found:
        table = _table("Single pairs: what one future may bring", "KPI", "95 % of differences", "better in")
        for spread in found:
            table.add_row(MEASURES[spread.kpi].title, spread.text, f"{spread.better:.0%}")
        console.print(table)
    console.print(Padding(spread_sentence(comparison), (0, 1)), width=WIDTH, style="dim")


def _cluster_cell(row: Any) -> Text:
    if row is None:
        return Text("–")
    text = f"{SIGN.get(row.verdict, '')}{shown(row).short}"
    return Text(text, style=STYLE.get(row.verdict, "dim" if row.verdict == NO_DIFFERENCE else ""))


def _feels(balance: Balance) -> Text:
    word = balance.word if balance.word != NO_DIFFERENCE else "–"
    return Text(word, style=STYLE.get(balance.word, "dim"))


def _cluster_note(comparison: Comparison) -> str:
    felt = ", ".join(SHORT[name] for name in comparison.felt)
    text = (
        f"▲ better, ▼ worse: the 95 % interval leaves out zero; no sign: no difference shown. Feels: {felt} taken "
        "together. Shares are of contacts offered, FCR of first contacts handled; pp: percentage points."
    )
    if comparison.has_other_targets:
        text += ' The two promise different target waits: for like with like read "In 20 s".'
    return text


def _queues(comparison: Comparison) -> Table | None:
    """Queues side by side: where only one side has a queue there is nothing to subtract."""
    groups = comparison.groups("queue")
    names = [n for n in ("n_offered", "sl20", "mean_wait", "fcr", "csi") if comparison.has(n, "queue")]
    verdicts = {getattr(comparison.row("n_offered", "queue", group), "verdict", "") for group in groups}
    if not verdicts & {ONLY_A, ONLY_B}:
        return None
    title = "Queues side by side (they differ by name: not paired; shares of contacts offered)"
    table = _table(title, "model", "queue", *[SHORT.get(name, MEASURES[name].title) for name in names])
    table.columns[1].justify = "left"
    for side, label in (("a", comparison.a.label), ("b", comparison.b.label)):
        for group in groups:
            rows = [comparison.row(name, "queue", group) for name in names]
            if all(row is None or not math.isfinite(getattr(row, side)) for row in rows):
                continue
            cells = [getattr(shown(row), side) if row is not None else "–" for row in rows]
            table.add_row(label, comparison.title("queue", group), *cells)
            label = ""
    return table


def _money(comparison: Comparison) -> Table:
    table = _table("Money a year", "", comparison.a.label, comparison.b.label, "difference ± 95 %", "verdict")
    table.columns[-1].justify = "left"
    for name in MONEY:
        row = comparison.row(name)
        if row is not None:
            text = shown(row)
            table.add_row(MEASURES[name].title, text.a, text.b, text.difference, _verdict(row))
    return table
