"""The comparison as one HTML file that needs no network: words, tables, charts, method, assumptions."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from experiments.compare.appendix import assumptions, definitions, method, repeating
from experiments.compare.charts import Chart, all_charts
from experiments.compare.comparison import Comparison, balances
from experiments.compare.further_html import (
    directions_section,
    ends_section,
    screened_table,
    transition_section,
    who_list,
)
from experiments.compare.measures import MEASURES, MONEY, SUMMARY, shown
from experiments.compare.page import drawn, page_html
from experiments.compare.paired import BETTER, HIGHER, LOWER, NO_DIFFERENCE, ONLY_A, ONLY_B, WORSE
from experiments.compare.posterior import spread_sentence, spreads
from experiments.compare.words import paragraphs
from twin.html import cell, element, head, table

TILES = ("sl20", "mean_wait", "fcr", "csi", "cost_per_year", "arpu_at_risk", "cost_per_contact", "abandonment_share")
_SIGN = {BETTER: "▲ ", WORSE: "▼ ", HIGHER: "↑ ", LOWER: "↓ "}


def report_html(comparison: Comparison, manifest: dict[str, Any]) -> str:
    """The whole report.

    Parameters
    ----------
    manifest : dict
        See `twin.output.manifest`; with `folder`, where the results are.
    """
    plan, charts, further = comparison.plan, all_charts(comparison), comparison.further
    series, ends = (further.transition, further.ends) if further else (None, None)
    doubts = assumptions(comparison, screened_table(comparison, ends) if ends else "")
    sections = [
        ("summary", "In short", _summary(comparison)),
        ("headline", "Headline", _headline(comparison)),
        ("clusters", "Who wins, who pays", _clusters(comparison) + _figures(comparison, charts["clusters"])),
        ("hours", "By hour of day", _figures(comparison, charts["hours"])),
        ("intents", "By reason of contact", _figures(comparison, charts["intents"])),
        ("queues", "Queues", _queues(comparison)),
        ("money", "Money", _money(comparison) + _figures(comparison, charts["money"])),
        ("transition", "After the move", transition_section(comparison, series) if series else ""),
        ("directions", "Expected and seen", directions_section(comparison)),
        ("method", "Method", method(comparison)),
        ("definitions", "Definitions", definitions(comparison)),
        ("assumptions", "Assumptions", (ends_section(comparison, ends) if ends else "") + doubts),
        ("repeat", "How to repeat this exactly", repeating(comparison, manifest)),
    ]
    return page_html(
        sections,
        title=f"{plan.a.label} against {plan.b.label}",
        label_a=plan.a.label,
        label_b=plan.b.label,
        titles=" · ".join(title for title in (plan.a.scenario.title, plan.b.scenario.title) if title),
        meta=(
            f"{comparison.replications} paired replications of {plan.days} counted days · seed {plan.seed} · "
            f"{comparison.size + ' · ' if comparison.size else ''}{manifest['date'][:10]} · "
            f"caring-twin {manifest['version']}"
        ),
        footer=f"Made by twin compare, kernel {manifest['kernel']}. ± is the half-width of a 95 % interval.",
    )


# ---- words and tables -------------------------------------------------------------------------------------------


def _summary(comparison: Comparison) -> str:
    words = "".join(element("p", text) for text in paragraphs(comparison))
    tiles = []
    for name in TILES:
        row = comparison.row(name)
        if row is None or not comparison.has(name) or row.verdict in (ONLY_A, ONLY_B):
            continue
        text = shown(row)
        tiles.append(
            f'<div class="tile"><p class="name">{escape(MEASURES[name].title)}</p><p class="values">'
            f'<span class="a">{text.a}</span><span class="arrow"> → </span><span class="b">{text.b}</span></p>'
            f'<p class="change">{_verdict_html(row)} {escape(text.difference)}</p></div>'
        )
    return f'{who_list(comparison)}<div class="lead">{words}</div><div class="tiles">{"".join(tiles[:8])}</div>'


def _verdict_html(row: Any) -> str:
    css = {BETTER: "better", WORSE: "worse"}.get(row.verdict, "none")
    return f'<span class="verdict {css}">{_SIGN.get(row.verdict, "")}{escape(row.verdict)}</span>'


def _heads(comparison: Comparison) -> list[str]:
    a, b = escape(comparison.a.label), escape(comparison.b.label)
    return [f'<span class="key a"></span>{a}', f'<span class="key b"></span>{b}']


def _kpi_table(comparison: Comparison, names: Iterable[str], caption: str) -> str:
    rows: list[Sequence[str]] = []
    for name in names:
        row = comparison.row(name)
        if row is None or not comparison.has(name):
            continue
        text = shown(row)
        cells = (text.a, text.b, text.difference)
        rows.append([head(MEASURES[name].title), *[cell(c) for c in cells],
                     f'<td class="text">{_verdict_html(row)}</td>'])  # fmt: skip
    heads = ["KPI", *_heads(comparison), "Difference ± 95 %", "Verdict"]
    return table(caption, heads, rows) if rows else ""


def _headline(comparison: Comparison) -> str:
    caption = "Each service level names its denominator. ▲ better, ▼ worse: the 95 % interval leaves out zero."
    return _kpi_table(comparison, SUMMARY, caption) + _spread(comparison)


def _spread(comparison: Comparison) -> str:
    if comparison.plan.posterior is None:
        return ""
    rows = [
        [head(MEASURES[spread.kpi].title), cell(spread.text), cell(f"{spread.better:.0%}")]
        for spread in spreads(comparison)
    ]
    heads = ["KPI", "95 % of the differences", "Pairs in which B is better"]
    caption = "Single pairs of runs, each with parameters of its own: what one future may bring."
    return element("p", spread_sentence(comparison), css="note") + table(caption, heads, rows)


def _money(comparison: Comparison) -> str:
    caption = (
        f"Euro a year, scaled from {comparison.plan.days} counted days. ARPU at risk: yearly revenue of customers x "
        "their expected churn, given what each remembers at the end of the run."
    )
    return _kpi_table(comparison, MONEY, caption)


def _clusters(comparison: Comparison) -> str:
    if len(comparison.groups("cluster")) < 2:
        return ""
    rows: list[Sequence[str]] = []
    names = comparison.felt
    for balance in balances(comparison):
        found = [comparison.row(name, "cluster", balance.group) for name in names]
        cells = [
            cell(f"{_SIGN.get(row.verdict, '')}{shown(row).difference}" if row is not None else "–",
                 "value " + {BETTER: "better", WORSE: "worse"}.get(getattr(row, "verdict", ""), "none"))
            for row in found
        ]  # fmt: skip
        css = {"wins": "better", "pays": "worse"}.get(balance.word, "none" if balance.word == NO_DIFFERENCE else "")
        title = comparison.title("cluster", balance.group)
        rows.append([head(title), *cells, cell(balance.word, f"text {css}")])
    caption = (
        f"What customers feel of the change to {comparison.b.label}: a cluster wins where something is shown to be "
        "better and nothing worse, pays where something is worse and nothing better."
    )
    text = ""
    if comparison.has_other_targets:
        text = element("p", "The two models promise different target waits, so “within target” is another yardstick on "
                       "each side; “within 20 s” and the wait itself compare like with like.", css="note")  # fmt: skip
    return table(caption, ["Cluster", *[MEASURES[name].title for name in names], "Balance"], rows) + text


def _queues(comparison: Comparison) -> str:
    names = [n for n in ("n_offered", "sl20", "in_target", "mean_wait", "fcr", "csi") if comparison.has(n, "queue")]
    rows: list[Sequence[str]] = []
    for side in ("a", "b"):
        label = f'<span class="key {side}"></span>{escape(getattr(comparison, side).label)}'
        for group in comparison.groups("queue"):
            found = [comparison.row(name, "queue", group) for name in names]
            if all(row is None or not getattr(row, side) > 0 for row in found):
                continue
            cells = [cell(getattr(shown(row), side) if row is not None else "–") for row in found]
            rows.append([head(comparison.title("queue", group)), f'<td class="text">{label}</td>', *cells])
    caption = "Each model's queues. Queues of different names hold different calls: they are not paired."
    return table(caption, ["Queue", "Model", *[MEASURES[name].title for name in names]], rows)


# ---- charts -----------------------------------------------------------------------------------------------------


def _figures(comparison: Comparison, charts: Sequence[Chart]) -> str:
    return "".join(_figure(comparison, chart) for chart in charts)


def _figure(comparison: Comparison, chart: Chart) -> str:
    return drawn(chart, _data_tables(comparison, chart))


def _data_tables(comparison: Comparison, chart: Chart) -> str:
    """One small table for each KPI of the chart."""
    tables = []
    for name in chart.kpis:
        rows: list[Sequence[str]] = []
        for group in chart.groups:
            row = comparison.row(name, chart.by, group)
            title = f"{int(group):02d}:00" if chart.by == "hour" else comparison.title(chart.by, group)
            text = shown(row) if row is not None else None
            cells = (text.a, text.b, text.difference) if text else ("–", "–", "–")
            rows.append([head(title), *[cell(part) for part in cells]])
        measure = MEASURES[name]
        total = f", total of {comparison.plan.days} counted days" if measure.name == "n_offered" else ""
        heads = [chart.by.capitalize(), *_heads(comparison), "Difference ± 95 %"]
        tables.append(table(measure.title + total, heads, rows))
    return f'<div class="tables">{"".join(tables)}</div>'
