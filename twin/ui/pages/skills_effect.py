"""What a training plan changed when it was tried: in short, headline figures, week by week, by intent, files."""

import math
from typing import Any

import solara

from experiments.compare.command import REPORT
from experiments.compare.paired import BETTER, WORSE
from twin.ui.language import use_words
from twin.ui.pages.compare_result import zipped
from twin.ui.parts.chart import A, B
from twin.ui.parts.charts import IntervalChart, LineChart
from twin.ui.parts.fields import Choice, Download, Select
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.kpis import as_interval, difference_text, kpi_axis, kpi_band, kpi_text, kpi_title, tone_of
from twin.ui.parts.table import Cell, Table, TableData, cell
from twin.ui.words import Words
from twin.ui.work.training import Tried

TILES = ("mean_wait", "sl20", "fcr", "aht", "abandonment_share", "csi", "course_cost", "cost_with_courses")
HEADLINE = ("mean_wait", "sl20", "in_target", "abandonment_share", "fcr", "recall_share", "aht", "csi", "n_offered",
            "occupancy", "course_hours", "course_cost", "contact_cost", "cost_with_courses")  # fmt: skip
BY_WEEK = ("mean_wait", "sl20", "fcr", "abandonment_share", "aht", "operators_on_duty", "course_hours")
BY_CELL = ("fcr", "mean_wait", "sl20", "aht", "recall_share")
KINDS = ("intent", "queue", "cluster")


@solara.component
def EffectCards(tried: Tried, is_other: bool, seconds: float):
    """All of it; `is_other`: the plan on the page has been changed since."""
    say = use_words("skills")
    with Card(say("effect"), class_="effect"), Box("stack"):
        InShort(tried, is_other, seconds)
        Tiles(tried)
        Headline(tried)
    Weeks(tried)
    Cells(tried)
    with Card(say("files"), say("files_note")), Box("flow"):
        Download(say("get_report"), REPORT, lambda: (tried.folder / REPORT).read_bytes(), "text/html")
        weeks = tried.weeks
        Download(say("get_weeks"), "weeks.csv", lambda: weeks.to_csv(index=False).encode(), "text/csv")
        Download(say("get_table"), "effect.csv", lambda: tried.table.to_csv(index=False).encode(), "text/csv")
        Download(say("get_tables"), "effect.zip", lambda: zipped(tried.folder), "application/zip")


@solara.component
def InShort(tried: Tried, is_other: bool, seconds: float):
    """What is shown to be better or worse, the price, how sure."""
    say = use_words("skills")
    numbers = say.numbers
    rows = [tried.comparison.row(name) for name in ("mean_wait", "sl20", "fcr")]
    shown = [_line(say, row) for row in rows if row is not None and row.verdict in (BETTER, WORSE)]
    cost = tried.comparison.row("course_cost")
    hours = tried.comparison.row("course_hours")
    price = say("price", hours=numbers.number(hours.b), cost=numbers.euro(cost.b)) if hours else ""
    sure = say.count("sure", tried.plan.replications, weeks=numbers.number(tried.trial.weeks),
                     time=numbers.duration(seconds))  # fmt: skip
    first = tag("p", " ".join(shown) or say("nothing_shown"), class_="verdict")
    parts = [tag("p", text) for text in (_dip(say, tried), price) if text]
    notes = [tag("p", text, class_="note") for text in (sure, say("is_other") if is_other else "") if text]
    tag("div", first, *parts, *notes, class_="stack tight", role="status", id="effect")


def _line(say: Words, row: Any) -> str:
    numbers = say.numbers
    a, b = (kpi_text(numbers, row.kpi, value) for value in (row.a, row.b))
    change = difference_text(numbers, row.kpi, row.difference, row.half_width)
    return say("service_line", kpi=kpi_title(say.language, row.kpi), a=a, b=b, difference=change)


def _dip(say: Words, tried: Tried) -> str:
    """Waits in the weeks of training, and in those after it."""
    numbers = say.numbers
    weeks = [int(group) for group in tried.by_week.groups("week")]
    waits, hours = (
        {week: tried.by_week.row(name, "week", str(week)) for week in weeks} for name in ("mean_wait", "course_hours")
    )
    in_training = [week for week in weeks if hours[week] is not None and hours[week].b > 0]
    known = [week for week in weeks if waits[week] is not None and math.isfinite(waits[week].b - waits[week].a)]
    during = [waits[week].b - waits[week].a for week in known if week in in_training]
    after = [waits[week].b - waits[week].a for week in known if in_training and week > max(in_training)]
    if not during:
        return ""
    text = [f"{numbers.number(sum(part) / len(part), 1, sign=True)}\u00a0s" for part in (during, after) if part]
    return say("dip", during=text[0], after=text[1]) if after else say("dip_only", during=text[0])


@solara.component
def Tiles(tried: Tried):
    """The figures with the plan, without it, and their difference."""
    say = use_words("skills")
    numbers = say.numbers
    tiles = []
    for name in TILES:
        row = tried.comparison.row(name)
        if row is None or not math.isfinite(row.b):
            continue
        parts = (
            (kpi_title(say.language, name), "name"),
            (kpi_text(numbers, name, row.b, row.b_half_width), "value"),
            (f"{say('without')} {kpi_text(numbers, name, row.a, row.a_half_width)}", "note"),
            (difference_text(numbers, name, row.difference, row.half_width), f"note {tone_of(row)}"),
        )
        tiles.append(tag("div", *(tag("p", text, class_=kind) for text, kind in parts), class_=f"kpi {tone_of(row)}"))
    tag("div", *tiles, class_="grid-4 tiles")


@solara.component
def Headline(tried: Tried):
    """The same and more as a table."""
    say = use_words("skills")
    rows = [row for name in HEADLINE if (row := tried.comparison.row(name)) is not None]
    table: list[list[Cell]] = [[kpi_title(say.language, row.kpi), *_cells(say, row)] for row in rows]
    heads = [say("kpi"), say("without"), say("with"), say("difference"), say("verdict")]
    kinds = ["text", "number", "number", "number", "text"]
    with tag("details", tag("summary", say("all_figures")), class_="more"):
        Table(TableData(heads, table, kinds), say("all_figures"), "effect.csv", is_titled=False)


def _cells(say: Words, row: Any) -> list[Cell]:
    numbers = say.numbers
    verdict = row.verdict if row.verdict in ("better", "worse", "higher", "lower", "identical") else "open"
    return [
        cell(row.a, kpi_text(numbers, row.kpi, row.a, row.a_half_width)),
        cell(row.b, kpi_text(numbers, row.kpi, row.b, row.b_half_width)),
        cell(row.difference, difference_text(numbers, row.kpi, row.difference, row.half_width), tone_of(row)),
        cell(row.verdict, say(verdict), tone_of(row)),
    ]


@solara.component
def Weeks(tried: Tried):
    """Without and with the plan week by week, and the difference with its intervals: the dip, then the gain."""
    say = use_words("skills")
    numbers, language = say.numbers, say.language
    found = tried.by_week
    weeks = found.groups("week")
    names = [name for name in BY_WEEK if any(row.a or row.b for row in found.rows(name, "week"))]
    chosen, choose = solara.use_state("mean_wait")
    chosen = chosen if chosen in names else names[0]
    rows = [found.row(chosen, "week", week) for week in weeks]
    values = {side: [getattr(row, side) if row else math.nan for row in rows] for side in "ab"}
    widths = {side: [getattr(row, f"{side}_half_width") if row else math.nan for row in rows] for side in "ab"}
    labels = {"a": say("without"), "b": say("with")}
    bands = {labels[s]: kpi_band(chosen, values[s], widths[s]) for s in "ab" if all(map(math.isfinite, widths[s]))}
    largest = max((v for side in values.values() for v in side if math.isfinite(v)), default=0.0)
    title = kpi_title(language, chosen)
    x = [say("week", n=int(week) + 1) for week in weeks]
    with Card(say("by_week"), say("by_week_note")), Box("stack"):
        with Box("flow"):
            Select(say("figure"), chosen, choose, {name: kpi_title(language, name) for name in names})
        LineChart(
            say("week_chart", kpi=title), say.count("week_summary", len(weeks)), x,
            {labels[s]: values[s] for s in "ab"}, kpi_axis(numbers, chosen, largest), say("weeks"), bands,
            colours=(A, B), dashed=(labels["a"],), height=280,
        )  # fmt: skip
        kept = [(at, row) for at, row in zip(x, rows, strict=True) if row is not None]
        _differences(say, say("week_difference", kpi=title), chosen, kept, say("weeks"))


@solara.component
def Cells(tried: Tried):
    """Differences by intent, queue or cluster."""
    say = use_words("skills")
    language, found = say.language, tried.comparison
    kinds = [kind for kind in KINDS if len(found.groups(kind)) > 1]
    kind, set_kind = solara.use_state("intent")
    chosen, choose = solara.use_state("fcr")
    if not kinds:
        return
    kind = kind if kind in kinds else kinds[0]
    names = [name for name in BY_CELL if found.rows(name, kind)]
    chosen = chosen if chosen in names else names[0]
    shown = {group: found.row(chosen, kind, group) for group in found.groups(kind)}
    kept = [(found.title(kind, group), row) for group, row in shown.items() if row is not None]
    title = kpi_title(language, chosen)
    with Card(say("by_cell")), Box("stack"):
        with Box("flow"):
            Choice(say("cells"), kind, set_kind, {known: say(f"by_{known}") for known in kinds})
            Select(say("figure"), chosen, choose, {name: kpi_title(language, name) for name in names})
        _differences(say, say("cell_chart", kpi=title), chosen, kept, say(f"by_{kind}"))
        table: list[list[Cell]] = [[at, *_cells(say, row)] for at, row in kept]
        heads = [say(f"by_{kind}"), say("without"), say("with"), say("difference"), say("verdict")]
        kinds_of = ["text", "number", "number", "number", "text"]
        Table(TableData(heads, table, kinds_of), say("cell_chart", kpi=title), f"effect-by-{kind}.csv", is_titled=False)


def _differences(say: Words, title: str, kpi: str, kept: list[tuple[str, Any]], x_name: str) -> None:
    """Dots with their intervals, as far as there are any."""
    kept = [(at, row) for at, row in kept if math.isfinite(row.difference)]
    if not kept:
        tag("p", say("no_intervals"), class_="note")
        return
    verdicts = [row.verdict for _, row in kept]
    better, worse = verdicts.count(BETTER), verdicts.count(WORSE)
    summary = say("differences_summary", better=better, worse=worse, open=len(kept) - better - worse)
    largest = max(abs(row.difference) for _, row in kept)
    IntervalChart(title, summary, [at for at, _ in kept], {say("difference"): [as_interval(row) for _, row in kept]},
                  kpi_axis(say.numbers, kpi, largest, is_difference=True), x_name=x_name)  # fmt: skip
