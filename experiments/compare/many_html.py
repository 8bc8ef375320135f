"""Several scenarios against one base as one HTML file that needs no network."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from experiments.compare.charts import BLUE, GREY, INK, ORANGE, Chart, axis, factor, grid
from experiments.compare.fitted import fit_sentence
from experiments.compare.many import Many
from experiments.compare.many_words import (
    HEADLINE,
    base_text,
    best_text,
    cells,
    method,
    overall,
    percent,
    sentences,
    spread_rows,
    to_best,
)
from experiments.compare.measures import MEASURES
from experiments.compare.page import drawn, page_html
from experiments.compare.paired import BETTER, NO_DIFFERENCE, WORSE
from experiments.compare.posterior import many_spread_sentence
from twin.console import as_argument
from twin.html import cell, element, head, table

_CSS = {BETTER: "better", WORSE: "worse", "wins": "better", "pays": "worse", NO_DIFFERENCE: "none"}


def many_html(many: Many, manifest: dict[str, Any]) -> str:
    """The whole page; `manifest` as `twin.output.manifest` makes it, with `folder`, where the results are."""
    plan = many.plan
    chart = differences_chart(many)
    told = method(many), fit_sentence(*many.plan.sides), many_spread_sentence(many)
    sections = [
        ("summary", "In short", "".join(element("p", text) for text in sentences(many))),
        ("headline", "Differences to the base", (drawn(chart, "") if chart else "") + _overall(many)),
        ("best", "The best of all", _best(many)),
        ("spread", "One future", _spread(many)),
        ("clusters", "Who wins, who pays", _clusters(many)),
        ("method", "Method", "".join(element("p", text) for text in told if text)),
        ("repeat", "How to repeat this exactly", _repeating(manifest)),
    ]
    return page_html(
        sections,
        title=f"{plan.base.label} against {len(plan.others)} scenarios",
        label_a=plan.base.label,
        label_b=", ".join(side.label for side in plan.others),
        titles=" · ".join(side.scenario.title for side in plan.sides if side.scenario.title),
        meta=(
            f"{many.replications} replications of {plan.days} counted days · seed {plan.seed} · "
            f"{manifest['date'][:10]} · caring-twin {manifest['version']}"
        ),
        footer=f"Made by twin compare, kernel {manifest['kernel']}.",
    )


def _overall(many: Many) -> str:
    rows: list[Sequence[str]] = []
    for name in overall(many):
        found = [cell(value) + cell(text, f"value {_CSS.get(said, 'none')}") for value, text, said in cells(many, name)]
        best = cell(best_text(many, many.best(name)), "text")
        rows.append([head(MEASURES[name].title), cell(base_text(many, name)), *found, best])
    heads = ["KPI", escape(many.plan.base.label)]
    heads += [f'{escape(side.label)}</th><th scope="col">difference' for side in many.plan.others]
    caption = "Differences to the base with intervals that hold for all scenarios together; ▲ better, ▼ worse."
    return table(caption, [*heads, "Best"], rows)


def _best(many: Many) -> str:
    """For each headline KPI the interval of each scenario's difference to the best of the others."""
    rows: list[Sequence[str]] = []
    for name in HEADLINE:
        best = many.best(name) if name in MEASURES else None
        if best is None:
            continue
        found = [
            cell(to_best(name, best, place), f"value {'better' if place in best.may_be_best else 'none'}")
            for place in range(len(many.plan.labels))
        ]
        told = f"{many.plan.labels[best.place]}, {percent(best.confidence)}"
        rows.append([head(MEASURES[name].title), *found, cell(told, "text")])
    caption = (
        "How far each may be from the best of the others, all intervals of a row right together with 95 % confidence. "
        "In colour: cannot be excluded from being the best."
    )
    return table(caption, ["KPI", *map(escape, many.plan.labels), "Looks best, confidence"], rows)


def _clusters(many: Many) -> str:
    if len(many.pairs[0].groups("cluster")) < 2:
        return ""
    by_side = many.balances()
    rows: list[Sequence[str]] = []
    for place, balance in enumerate(by_side[0]):
        words = [found[place].word for found in by_side]
        title = many.pairs[0].title("cluster", balance.group)
        rows.append([head(title), *[cell(word, f"text {_CSS.get(word, '')}") for word in words]])
    caption = (
        "A cluster wins where something that customers feel is shown to be better and nothing worse, pays where "
        "something is worse and nothing better."
    )
    return table(caption, ["Cluster", *[escape(side.label) for side in many.plan.others]], rows)


def _spread(many: Many) -> str:
    """What one future may bring: the differences of single replications, each with values of its own."""
    rows: list[Sequence[str]] = [
        [head(title), *[cell(text, "text") for text in texts]] for title, texts in spread_rows(many)
    ]
    caption = "Single replications: where 95 % of the differences to the base lie."
    return table(caption, ["KPI", *[escape(side.label) for side in many.plan.others]], rows) if rows else ""


def _repeating(manifest: dict[str, Any]) -> str:
    command = "twin compare --repeat " + as_argument(f"{manifest.get('folder', '.')}/manifest.json")
    return element("p", "The manifest holds all scenarios as they were resolved.") + element("pre", command)


def differences_chart(many: Many) -> Chart | None:
    """Dots with intervals: each scenario's difference to the base."""
    kpis = [name for name in HEADLINE if name in MEASURES and many.has(name)]
    if not kpis or many.replications < 2:
        return None
    labels = [side.label for side in many.plan.others]
    columns = min(4, len(kpis))
    figure = grid(kpis, columns, height=math.ceil(len(kpis) / columns) * (110 + 30 * len(labels)), share_y=True)
    for position, kpi in enumerate(kpis):
        place = {"row": position // columns + 1, "col": position % columns + 1}
        rows = many.rows(kpi)
        scale = factor(kpi, rows)
        for label, row in zip(labels, rows, strict=True):
            colour = {BETTER: ORANGE, WORSE: BLUE}.get(row.verdict, GREY)
            width = {"type": "data", "array": [row.half_width * scale], "thickness": 2, "width": 0}
            dot = go.Scatter(x=[row.difference * scale], y=[label], mode="markers", error_x=width,
                             marker={"color": colour, "size": 9},
                             hovertemplate=f"{escape(label)}: %{{x:.3~g}}<extra></extra>")  # fmt: skip
            figure.add_trace(dot, **place)
        figure.add_vline(x=0, line={"color": INK, "width": 1}, **place)
        figure.update_xaxes(title_text=axis(kpi, rows, is_difference=True), **place)
        if MEASURES[kpi].better < 0:
            figure.update_xaxes(autorange="reversed", **place)
    figure.update_yaxes(categoryorder="array", categoryarray=labels, range=[len(labels) - 0.4, -0.6], autorange=False)
    return Chart(
        "many",
        f"What each scenario changes against {many.plan.base.label}",
        "Differences with intervals that hold for all scenarios together. Every axis is turned so that right of the "
        f"line is better. Orange: shown to be better than {many.plan.base.label}; blue: worse; grey: not shown.",
        f"Dots with intervals for {len(labels)} scenarios and {len(kpis)} measures; the numbers stand below.",
        figure, "all", tuple(kpis), (),
    )  # fmt: skip
