"""Sections of the report: who loses, expected directions, months after the move, assumptions at their ends."""

from collections import Counter
from collections.abc import Sequence

from experiments.compare.comparison import Comparison
from experiments.compare.directions import NOT_SEEN, OPPOSITE, SEEN, UNKNOWN, WORDS, Direction, directions
from experiments.compare.ends_words import LEGEND, conclusions, known, rows
from experiments.compare.findings import CENTRE, SCREENED, Ends, Series
from experiments.compare.further_charts import months, tornado
from experiments.compare.measures import MEASURES, amount
from experiments.compare.page import drawn
from experiments.compare.transition_words import cells, measured, story
from experiments.compare.who import who_lines, who_sentence
from experiments.compare.wrong import sentences
from twin.html import cell, element, head, table

_CSS = {SEEN: "better", OPPOSITE: "worse"}


def who_list(comparison: Comparison) -> str:
    """Who loses, who wins: a sentence, and a line for each cluster."""
    lines = who_lines(comparison)
    if not lines:
        return ""
    items = "".join(
        f"<li>{element('strong', f'{line.head}: {line.cluster}')} {element('span', line.text)}</li>" for line in lines
    )
    return f'<div class="who">{element("p", who_sentence(comparison))}<ul>{items}</ul></div>'


# ---- expected directions ----------------------------------------------------------------------------------------


def directions_section(comparison: Comparison) -> str:
    """Each direction with its figures and whether they were seen."""
    found = directions(comparison)
    if not found:
        return ""
    body: list[Sequence[str]] = []
    for direction in found:
        text = figure_text(direction)
        body.append([
            head(f"{direction.number}"), cell(direction.what, "text"), cell(MEASURES[direction.kpi].title, "text"),
            cell(direction.expected, "text"), cell(text, "text" if direction.reason else "value"),
            cell(direction.status, f"text {_CSS.get(direction.status, 'none')}"),
        ])  # fmt: skip
    items = "".join(element("li", f"{words} – {_tally(found, number)}") for number, words in WORDS.items())
    caption = (
        "What a comparison of these two models should show, said before it was run (none of it is built in). Seen, "
        "and opposite: the 95 % interval of the difference leaves out zero. “No higher” is seen unless it is shown to "
        "be higher."
    )
    heads = ["No", "Where", "Figure", "Should be", "Difference ± 95 %", "Result"]
    return f"<ol>{items}</ol>{table(caption, heads, body)}"


def _tally(found: Sequence[Direction], number: int) -> str:
    """How many figures of a direction say what: "3 seen, 1 opposite"."""
    counts = Counter(direction.status for direction in found if direction.number == number)
    return ", ".join(f"{counts[word]} {word}" for word in (SEEN, OPPOSITE, NOT_SEEN, UNKNOWN) if counts[word])


def figure_text(direction: Direction) -> str:
    """The figure of a direction with its interval, or why there is none."""
    if direction.reason:
        return direction.reason
    sign = "−" if direction.difference < 0 else "+"
    text = amount(direction.kpi, direction.difference, direction.half_width)
    return f"{sign}{text.replace('percentage points', 'pp')}"


# ---- months since the move --------------------------------------------------------------------------------------


def transition_section(comparison: Comparison, series: Series) -> str:
    kpis = measured(comparison)
    body: list[Sequence[str]] = []
    for place, month in enumerate(series.months):
        body.append([head(f"{month:g}"), *[cell(cells(series.rows(name)[place])) for name in kpis]])
    caption = (
        f"Difference to {comparison.a.label} by months since the move; ▲ better, ▼ worse: the 95 % interval leaves out "
        "zero."
    )
    numbers = table(caption, ["Months", *[MEASURES[name].title for name in kpis]], body)
    chart = months(comparison, series)
    words = "".join(f"<li>{element('span', text)}</li>" for text in story(comparison, series))
    return f"<ul>{words}</ul>" + (drawn(chart, numbers) if chart else numbers)


# ---- assumptions at their ends ----------------------------------------------------------------------------------


def ends_section(comparison: Comparison, ends: Ends) -> str:
    """What turns in words, the tornado, its numbers, and what screening found of all others."""
    words = "".join(element("p", text) for text in conclusions(comparison, ends))
    numbers = ends_table(comparison, ends)
    chart = tornado(comparison, ends)
    costs = "".join(element("p", text) for text in sentences(comparison, ends.net))
    costs = f"<h3>What being wrong would cost</h3>{costs}" if costs else ""
    return f"<h3>What if an assumption is wrong</h3>{words}{drawn(chart, '') if chart else ''}{numbers}{costs}"


def ends_table(comparison: Comparison, ends: Ends) -> str:
    kpis = known(comparison)
    body: list[Sequence[str]] = []
    for row in rows(ends, kpis):
        title = "As assumed" if row.end == CENTRE else row.name
        cells_ = [cell(text) for text in row.cells]
        body.append([head(title, "key-name"), cell(row.end, "text"), cell(row.value, "text"), *cells_])
    labels = f"{comparison.b.label} − {comparison.a.label}"
    caption = f"Difference {labels} ± 95 % with each value at an end of its range. {LEGEND}."
    return table(caption, ["Assumption", "End", "Value", *[MEASURES[name].title for name in kpis]], body)


def screened_table(comparison: Comparison, ends: Ends) -> str:
    """All that were screened, the strongest first: how far each moved the differences."""
    if not ends.screening[0]:
        return ""
    kpis = known(comparison)
    body: list[Sequence[str]] = []
    for row in rows(ends, kpis, SCREENED):
        if row.end == CENTRE:
            continue
        cells_ = [cell(text) for text in row.cells]
        more = (cell(row.mark, "text"), cell(row.reason, "text"))
        body.append([head(row.name, "key-name"), cell(row.end, "text"), cell(row.value, "text"), *cells_, *more])
    pairs, days = ends.screening
    caption = (
        f"Ranked by effect: how far each end moved the differences in {pairs} pairs of {days} counted days, too few "
        "for an interval. Small shifts are chance."
    )
    titles = [MEASURES[name].title for name in kpis]
    return table(caption, ["Assumption", "End", "Value", *titles, "Mark", "Source, reason"], body)
