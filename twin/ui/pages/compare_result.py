"""What a comparison shows: in short, headline figures, clusters, hours; and files to take along."""

import io
import math
import zipfile
from pathlib import Path
from typing import Any

import solara

from experiments.compare.command import REPORT
from experiments.compare.comparison import Comparison, balances
from experiments.compare.measures import BY_CLUSTER, BY_HOUR, MONEY, SUMMARY
from experiments.compare.paired import BETTER, HIGHER, IDENTICAL, LOWER, WORSE
from twin.ui.language import use_words
from twin.ui.parts.chart import A, B
from twin.ui.parts.charts import Interval, IntervalChart, LineChart, Unit
from twin.ui.parts.fields import Download, Select
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.kpis import as_interval, difference_text, kpi_axis, kpi_band, kpi_text, kpi_title, tone_of
from twin.ui.parts.table import Cell, Table, TableData, cell
from twin.ui.words import Words

TILES = ("sl20", "mean_wait", "fcr", "csi", "abandonment_share", "cost_per_year", "arpu_at_risk", "churn")
_VERDICTS = {BETTER: "better", WORSE: "worse", HIGHER: "higher", LOWER: "lower", IDENTICAL: "same"}
_BALANCES = {"wins": "wins", "pays": "pays", "mixed": "mixed"}
_TONES = {"wins": "good", "pays": "bad"}


@solara.component
def InShort(comparison: Comparison, seconds: float, is_other: bool = False):
    """Who, money, service, how sure: one sentence each."""
    say = use_words("compare")
    numbers = say.numbers
    size = ", ".join(sorted({side.scenario.scale.size for side in (comparison.a, comparison.b)}))
    sure = say.count(
        "sure", comparison.replications, days=numbers.number(comparison.plan.days),
        size=say(f"size_{size}") if say.has(f"size_{size}") else size, time=numbers.duration(seconds),
    )  # fmt: skip
    said = [_who(say, comparison), _money(say, comparison), *_service(say, comparison)]
    sentences = [text for text in said if text] or [say("who_few")]
    parts = [tag("p", text) for text in sentences[1:]]
    notes = [tag("p", text, class_="note") for text in (sure, say("is_other") if is_other else "") if text]
    tag(
        "div", tag("h2", say("result"), class_="card-title"), tag("p", sentences[0], class_="verdict"), *parts,
        *notes, class_="stack tight", role="status", id="result",
    )  # fmt: skip


def _who(say: Words, comparison: Comparison) -> str:
    found = balances(comparison) if comparison.replications >= 2 else []
    if len(found) < 2:
        return ""
    n = {word: sum(balance.word == word for balance in found) for word in _BALANCES}
    none = len(found) - sum(n.values())
    return say("who_all", b=comparison.b.label, n=len(found), none=none, **n)


def _money(say: Words, comparison: Comparison) -> str:
    row = comparison.row("money_per_year")
    if row is None or not math.isfinite(row.half_width):
        return ""
    numbers = say.numbers
    amount = numbers.euro_interval(abs(row.difference), row.half_width, sign=False)
    if row.verdict == BETTER:
        return say("money_down", amount=amount)
    if row.verdict == WORSE:
        return say("money_up", amount=amount)
    return say("money_open", amount=difference_text(numbers, "money_per_year", row.difference, row.half_width))


def _service(say: Words, comparison: Comparison) -> list[str]:
    sentences = []
    for name in ("sl20", "mean_wait"):
        row = comparison.row(name)
        if row is not None and row.verdict in (BETTER, WORSE):
            a, b = (kpi_text(say.numbers, name, value) for value in (row.a, row.b))
            change = difference_text(say.numbers, name, row.difference, row.half_width)
            title = kpi_title(say.language, name)
            sentences.append(say("service_line", kpi=title, a=a, b=b, difference=change))
    return sentences


@solara.component
def FirstLook(first: Any):
    """Headline figures while pairs are still running."""
    say = use_words("compare")
    rows = {row.kpi: row for row in first.table.itertuples(index=False)}
    with Card(say.count("so_far", first.pairs)):
        Tiles(rows)


@solara.component
def Result(outcome: Any):
    """All of it."""
    say = use_words("compare")
    comparison = outcome.comparison
    rows = {name: comparison.row(name) for name in (*SUMMARY, *MONEY) if comparison.has(name)}
    with Box("stack"):
        with Card(say("headline")), Box("stack"):
            Tiles(rows)
            Headline(comparison, rows)
        if len(comparison.groups("cluster")) > 1 and comparison.replications > 1:
            Clusters(comparison)
        if len(comparison.groups("hour")) > 1 and comparison.known(BY_HOUR, "hour"):
            Hours(comparison)
        with Card(say("files"), say("files_note")):
            Files(comparison, outcome.folder)


@solara.component
def Tiles(rows: dict[str, Any]):
    """The figures that a board asks for first: As-Is, To-Be, difference."""
    say = use_words("compare")
    numbers = say.numbers
    tiles = []
    for name in TILES:
        row = rows.get(name)
        if row is None or not math.isfinite(row.b):
            continue
        parts = (
            (kpi_title(say.language, name), "name"),
            (kpi_text(numbers, name, row.b, row.b_half_width), "value"),
            (f"{say('as_is')} {kpi_text(numbers, name, row.a, row.a_half_width)}", "note"),
            (difference_text(numbers, name, row.difference, row.half_width), f"note {tone_of(row)}"),
        )
        tiles.append(tag("div", *(tag("p", text, class_=kind) for text, kind in parts), class_=f"kpi {tone_of(row)}"))
    tag("div", *tiles, class_="grid-4 tiles")


@solara.component
def Headline(comparison: Comparison, rows: dict[str, Any]):
    """Differences as a chart, in percent of As-Is so that they share an axis, and as a table in their own units."""
    say = use_words("compare")
    numbers, language = say.numbers, say.language
    drawn = {name: row for name, row in rows.items() if math.isfinite(row.half_width) and row.a}
    verdicts = [row.verdict for row in drawn.values()]
    better, worse = verdicts.count(BETTER), verdicts.count(WORSE)
    if drawn:
        parts = [_relative(row) for row in drawn.values()]
        summary = say.count(
            "headline_summary", comparison.replications, better=better, worse=worse,
            open=len(drawn) - better - worse,
        )  # fmt: skip
        titles = [kpi_title(language, name) for name in drawn]
        IntervalChart(
            say("headline_chart"), summary, titles, {say("difference"): parts}, Unit.share(numbers), x_name=say("kpi")
        )
    table: list[list[Cell]] = [
        [
            kpi_title(language, name),
            cell(row.a, kpi_text(numbers, name, row.a, row.a_half_width)),
            cell(row.b, kpi_text(numbers, name, row.b, row.b_half_width)),
            cell(row.difference, difference_text(numbers, name, row.difference, row.half_width), tone_of(row)),
            cell(row.verdict, say(_VERDICTS.get(row.verdict, "open")), tone_of(row)),
        ]
        for name, row in rows.items()
    ]
    heads = [say("kpi"), comparison.a.label, comparison.b.label, say("difference"), say("verdict")]
    kinds = ["text", "number", "number", "number", "text"]
    Table(TableData(heads, table, kinds), say("headline"), "headline.csv", is_titled=False)


def _relative(row: Any) -> Interval:
    own = as_interval(row)
    return Interval(row.difference / abs(row.a), row.half_width / abs(row.a), own.tone)


@solara.component
def Clusters(comparison: Comparison):
    """Balance by cluster, and one figure at a time with its intervals."""
    say = use_words("compare")
    numbers, language = say.numbers, say.language
    names = [*comparison.known(BY_CLUSTER, "cluster"), *comparison.known(MONEY, "cluster")]
    chosen, choose = solara.use_state(comparison.felt[0] if comparison.felt else names[0])
    chosen = chosen if chosen in names else names[0]  # it may be from the comparison before this one
    found = balances(comparison)
    rows = []
    for balance in found:
        word = say(f"balance_{_BALANCES.get(balance.word, 'none')}")
        cells = [_cell(numbers, comparison.row(name, "cluster", balance.group)) for name in comparison.felt]
        title = comparison.title("cluster", balance.group)
        rows.append([title, cell(balance.word, word, _TONES.get(balance.word, "")), *cells])
    heads = [say("cluster"), say("balance"), *(kpi_title(language, name) for name in comparison.felt)]
    kinds = ["text", "text", *("number" for _ in comparison.felt)]
    with Card(say("who"), say("who_note")), Box("stack"):
        Table(TableData(heads, rows, kinds), say("who"), "clusters.csv", is_titled=False)
        with Box("flow"):
            Select(say("measure"), chosen, choose, {name: kpi_title(language, name) for name in names})
        shown = [comparison.row(chosen, "cluster", balance.group) for balance in found]
        kept = [(balance, row) for balance, row in zip(found, shown, strict=True) if row is not None]
        verdicts = [row.verdict for _, row in kept]
        better, worse = verdicts.count(BETTER), verdicts.count(WORSE)
        largest = max((abs(row.difference) for _, row in kept if math.isfinite(row.difference)), default=0.0)
        IntervalChart(
            say("cluster_chart", kpi=kpi_title(language, chosen)),
            say("cluster_summary", better=better, worse=worse, open=len(kept) - better - worse),
            [comparison.title("cluster", balance.group) for balance, _ in kept],
            {say("difference"): [as_interval(row) for _, row in kept]},
            kpi_axis(numbers, chosen, largest, is_difference=True), x_name=say("cluster"),
        )  # fmt: skip


def _cell(numbers: Any, row: Any) -> Any:
    if row is None:
        return "–"
    return cell(row.difference, difference_text(numbers, row.kpi, row.difference, row.half_width), tone_of(row))


@solara.component
def Hours(comparison: Comparison):
    """Both models over the hours of the day."""
    say = use_words("compare")
    numbers, language = say.numbers, say.language
    names = comparison.known(BY_HOUR, "hour")
    chosen, choose = solara.use_state(names[0])
    chosen = chosen if chosen in names else names[0]
    hours = [g for g in comparison.groups("hour") if (row := comparison.row("n_offered", "hour", g)) and row.a + row.b]
    rows = [comparison.row(chosen, "hour", hour) for hour in hours]
    scale = 1 / comparison.plan.days if chosen == "n_offered" else 1.0
    values = {side: [getattr(row, side) * scale if row else math.nan for row in rows] for side in "ab"}
    widths = {side: [getattr(row, f"{side}_half_width") * scale if row else 0 for row in rows] for side in "ab"}
    labels = {"a": comparison.a.label, "b": comparison.b.label}
    bands = {labels[s]: kpi_band(chosen, values[s], widths[s]) for s in "ab" if all(map(math.isfinite, widths[s]))}
    known = {side: [v for v in values[side] if math.isfinite(v)] or [math.nan] for side in "ab"}
    ends = {f"{s}_{e}": kpi_text(numbers, chosen, f(known[s])) for s in "ab" for e, f in (("low", min), ("high", max))}
    with Card(say("by_hour")), Box("stack"):
        with Box("flow"):
            Select(say("measure"), chosen, choose, {name: kpi_title(language, name) for name in names})
        LineChart(
            say("hour_chart_daily" if scale != 1.0 else "hour_chart", kpi=kpi_title(language, chosen)),
            say("hour_summary", **labels, **ends),
            [f"{int(hour):02d}" for hour in hours], {labels[s]: values[s] for s in "ab"},
            kpi_axis(numbers, chosen, max(known["a"] + known["b"])), say("hour"), bands, colours=(A, B),
            dashed=(labels["a"],),
        )  # fmt: skip


@solara.component
def Files(comparison: Comparison, folder: Path):
    """The report of `twin compare`, and its tables."""
    say = use_words("compare")
    with Box("flow"):
        Download(say("get_report"), REPORT, lambda: (folder / REPORT).read_bytes(), "text/html")
        Download(say("get_table"), "compare.csv", lambda: comparison.table.to_csv(index=False).encode(), "text/csv")
        Download(say("get_tables"), "compare.zip", lambda: zipped(folder), "application/zip")


def zipped(folder: Path) -> bytes:
    """Everything that the comparison has written, as one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return target.getvalue()
