"""Further runs on a terminal: who loses, expected directions, months of the move, assumptions at their ends."""

from collections import Counter

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from experiments.compare.comparison import Comparison
from experiments.compare.directions import NOT_SEEN, OPPOSITE, SEEN, UNKNOWN, directions
from experiments.compare.ends import HOLDS
from experiments.compare.ends_words import LEGEND, NOT_RUN, SHORT, conclusions, known, rows
from experiments.compare.findings import CENTRE, Ends, Series
from experiments.compare.further_html import figure_text
from experiments.compare.measures import MEASURES
from experiments.compare.transition_words import cells, measured, story
from experiments.compare.who import who_lines, who_sentence
from experiments.compare.wrong import sentences
from twin.console import titled_table

_STYLES = {"Loses": "red", "Wins": "green", "Loses and wins": "yellow", SEEN: "green", OPPOSITE: "red"}


def print_who(comparison: Comparison, console: Console, width: int) -> None:
    """Who loses and who wins, before anything else."""
    lines = who_lines(comparison)
    if not lines:
        return
    console.print(Padding(who_sentence(comparison), (1, 0, 0, 1)), width=width)
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False, width=width)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    before = ""
    for line in lines:
        head = Text(f" {line.head}" if line.head != before else "", style=_STYLES.get(line.head, "dim"))
        table.add_row(head, line.cluster, line.text)
        before = line.head
    console.print(table)


def print_further(comparison: Comparison, console: Console, width: int) -> None:
    """What further runs found, and which command makes those that were not made."""
    found = comparison.further
    if found and found.transition:
        _print_transition(comparison, found.transition, console, width)
    _print_directions(comparison, console, width)
    if found and found.ends:
        _print_ends(comparison, found.ends, console, width)
    elif comparison.replications > 1:
        text = f"Assumptions: {NOT_RUN}, and says what turns."
        console.print(Padding(text, (1, 0, 0, 1)), width=width)


def _print_transition(comparison: Comparison, series: Series, console: Console, width: int) -> None:
    kpis = measured(comparison)
    title = f"Months since the move: differences to {comparison.a.label} ± 95 %"
    table = titled_table(title, "", *[SHORT.get(name, MEASURES[name].title) for name in kpis], is_narrow=True)
    units = {"share": "pp", "s": "s", "points": "points"}
    table.add_row("", *[Text(units.get(MEASURES[name].unit, ""), style="dim") for name in kpis])
    for place, month in enumerate(series.months):
        table.add_row(f"{month:g}", *[cells(series.rows(name)[place]) for name in kpis])
    console.print(table)
    for text in story(comparison, series):
        console.print(Padding(text, (0, 1)), width=width)


def _print_directions(comparison: Comparison, console: Console, width: int) -> None:
    found = directions(comparison)
    if not found:
        return
    if not (comparison.further and comparison.further.extra):
        counts = Counter(direction.status for direction in found)
        said = ", ".join(
            f"{counts[status]} {status}" for status in (SEEN, OPPOSITE, NOT_SEEN, UNKNOWN) if counts[status]
        )
        text = f"Expected directions, {len(found)} figures: {said} (in the report; --directions measures more of them)."
        console.print(Padding(text, (1, 0, 0, 1)), width=width)
        return
    table = titled_table("Expected and seen", is_narrow=True, width=width)
    for header in ("", "where", "figure", "should be", "difference ± 95 %", "result"):
        table.add_column(header, overflow="fold")
    before = 0
    for direction in found:
        number = str(direction.number) if direction.number != before else ""
        title = MEASURES[direction.kpi].title
        result = Text(direction.status, style=_STYLES.get(direction.status, "dim"))
        table.add_row(number, direction.what, title, direction.expected, figure_text(direction), result)
        before = direction.number
    console.print(table)


def _print_ends(comparison: Comparison, ends: Ends, console: Console, width: int) -> None:
    kpis = known(comparison)
    title = "What if an assumption is wrong: the differences at the ends of its range"
    table = titled_table(title, is_narrow=True, width=width)
    table.add_column("", overflow="fold")
    table.add_column("at", overflow="fold")
    for name in kpis:
        table.add_column(SHORT[name], justify="right", overflow="fold")
    before = ""
    for row in rows(ends, kpis):
        name = "as assumed" if row.end == CENTRE else row.name if row.name != before else ""
        texts = [
            Text(text, style="bold" if turn != HOLDS else "") for text, turn in zip(row.cells, row.turns, strict=True)
        ]
        table.add_row(name, row.value, *texts)
        before = row.name
    console.print(table)
    console.print(Padding(f"pp, s, points and euro a year, ± 95 %. {LEGEND}.", (0, 1)), width=width, style="dim")
    for text in [*conclusions(comparison, ends), *sentences(comparison, ends.net)]:
        console.print(Padding(text, (0, 1)), width=width)
