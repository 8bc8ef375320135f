"""The report's charts: blue is A, orange is B, everywhere; each comes with its words and its numbers as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from experiments.compare.comparison import Comparison
from experiments.compare.measures import BY_CLUSTER, BY_HOUR, BY_INTENT, MEASURES, MONEY
from experiments.compare.paired import BETTER, HIGHER, LOWER, WORSE

BLUE, ORANGE = "#0072B2", "#E69F00"  # Okabe & Ito: told apart by colour-blind readers too
INK, GREY, RULE = "#1f2933", "#8a929c", "#e4e7eb"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
PANEL = {
    "sl20": "In 20 s / offered",
    "in_target": "In target / offered",
    "mean_wait": "Mean wait",
    "fcr": "First contact resolution",
    "csi": "Satisfaction (CSI)",
    "cost_per_customer": "Cost per customer",
    "churn": "Expected churn",
    "recall_share": "Recall within 3 days",
    "n_offered": "Offered, an hour",
    "cost_per_year": "Contact cost",
    "arpu_at_risk": "ARPU at risk",
    "money_per_year": "Both together",
}


@dataclass(frozen=True)
class Chart:
    """A figure, what it shows in words, and which numbers stand beside it as a table."""

    name: str
    title: str
    caption: str
    label: str
    """Alternative text."""
    figure: go.Figure
    by: str
    kpis: tuple[str, ...]
    groups: tuple[str, ...]


def all_charts(comparison: Comparison) -> dict[str, list[Chart]]:
    """Charts by section of the report; those that would be empty are left out."""
    charts = {
        "clusters": [_clusters(comparison)],
        "hours": [_hours(comparison)],
        "intents": [_intents(comparison)],
        "money": [_money(comparison)],
    }
    return {section: [chart for chart in found if chart] for section, found in charts.items()}


# ---- the charts -------------------------------------------------------------------------------------------------


def _clusters(comparison: Comparison) -> Chart | None:
    groups = comparison.groups("cluster")
    names = comparison.known(BY_CLUSTER, "cluster")
    if len(groups) < 2 or not names or comparison.replications < 2:
        return None
    a, b = comparison.a.label, comparison.b.label
    return Chart(
        "clusters",
        "What changes for each cluster",
        f"Difference {b} − {a} with its 95 % interval. Every axis is turned so that right of the line is better. "
        f"Orange: {b} is shown to be better; blue: {a} is; hollow: no difference shown.",
        f"Dots with intervals for {len(groups)} clusters: {_panels(names)}; {_count(comparison, names)}.",
        _forest(comparison, "cluster", names, groups, columns=min(4, len(names)) if len(names) != 6 else 3),
        "cluster", tuple(names), tuple(groups),
    )  # fmt: skip


def _money(comparison: Comparison) -> Chart | None:
    groups = [
        group
        for group in comparison.groups("cluster")
        if any(_value(comparison.row(name, "cluster", group)) for name in MONEY)
    ]
    names = comparison.known(MONEY, "cluster")
    if len(groups) < 2 or not names or comparison.replications < 2:
        return None
    return Chart(
        "money",
        "Where the money moves",
        f"Difference {comparison.b.label} − {comparison.a.label} in euro a year, by cluster. Right of the line is "
        "better: less cost, less revenue at risk. Hours on duty are paid whether somebody calls or not; they are "
        "shared out by handling cost.",
        f"Dots with intervals for {len(groups)} clusters: {_panels(names)}; {_count(comparison, names)}.",
        _forest(comparison, "cluster", names, groups, columns=len(names)),
        "cluster", tuple(names), tuple(groups),
    )  # fmt: skip


def _hours(comparison: Comparison) -> Chart | None:
    groups = [g for g in comparison.groups("hour") if _value(comparison.row("n_offered", "hour", g))]
    names = comparison.known(BY_HOUR, "hour")
    if len(groups) < 2 or not names:
        return None
    figure = grid(names, columns=2, height=520, share_y=False)
    for position, name in enumerate(names):
        row, column = position // 2 + 1, position % 2 + 1
        for side, colour, dash in (("a", BLUE, "dot"), ("b", ORANGE, "solid")):
            _line(figure, comparison, name, groups, side, colour, dash, row, column)
        figure.update_yaxes(rangemode="tozero", title_text=axis(name), row=row, col=column)
    figure.update_xaxes(title_text="hour of arrival", dtick=2)
    return Chart(
        "hours",
        "Service, load and staff over the day",
        f"Dotted blue: {comparison.a.label}. Solid orange: {comparison.b.label}. Bands are 95 % intervals of each "
        "mean. A contact counts in the hour in which it arrived.",
        f"Lines over the hours of the day for both models: {_panels(names)}.",
        figure, "hour", tuple(names), tuple(groups),
    )  # fmt: skip


def _intents(comparison: Comparison) -> Chart | None:
    groups = [g for g in comparison.groups("intent") if _value(comparison.row("n_offered", "intent", g))]
    names = comparison.known(BY_INTENT, "intent")
    if len(groups) < 2 or not names:
        return None
    figure = grid(names, columns=len(names), height=90 + 34 * len(groups), share_y=True)
    titles = [comparison.title("intent", group) for group in groups]
    for column, name in enumerate(names, 1):
        rows = [comparison.row(name, "intent", group) for group in groups]
        scale = factor(name, rows)
        for title, row in zip(titles, rows, strict=True):
            if row is not None:
                bar = go.Scatter(x=[row.a * scale, row.b * scale], y=[title, title], mode="lines", hoverinfo="skip")
                figure.add_trace(bar.update(line={"color": "#d5dae0", "width": 5}), row=1, col=column)
        for side, colour, symbol, size in (("a", BLUE, "circle-open", 10), ("b", ORANGE, "circle", 9)):
            x = [getattr(row, side) * scale if row is not None else math.nan for row in rows]
            figure.add_trace(_dots(x, titles, colour, symbol, size, getattr(comparison, side).label), row=1, col=column)
        figure.update_xaxes(title_text=axis(name, rows), rangemode="tozero", row=1, col=column)
    figure.update_yaxes(autorange="reversed")
    return Chart(
        "intents",
        "Waiting, handling and resolution",
        f"Blue ring: {comparison.a.label}. Orange dot: {comparison.b.label}.",
        f"Pairs of dots for {len(groups)} reasons of contact: {_panels(names)}.",
        figure, "intent", tuple(names), tuple(groups),
    )  # fmt: skip


# ---- how they are drawn -----------------------------------------------------------------------------------------


def _forest(comparison: Comparison, by: str, names: Sequence[str], groups: Sequence[str], columns: int) -> go.Figure:
    n_rows = math.ceil(len(names) / columns)
    figure = grid(names, columns, height=n_rows * (100 + 26 * len(groups)), share_y=True)
    titles = [comparison.title(by, group) for group in groups]
    for position, name in enumerate(names):
        place = {"row": position // columns + 1, "col": position % columns + 1}
        rows = [comparison.row(name, by, group) for group in groups]
        scale = factor(name, rows)
        for colour, symbol, kind in ((ORANGE, "circle", BETTER), (BLUE, "circle", WORSE), (GREY, "circle-open", "")):
            chosen = [(t, r) for t, r in zip(titles, rows, strict=True) if r is not None and _kind(r) == kind]
            trace = _dots([r.difference * scale for _, r in chosen], [t for t, _ in chosen], colour, symbol, 9, "")
            width = {"type": "data", "array": [r.half_width * scale for _, r in chosen], "thickness": 2, "width": 0}
            figure.add_trace(trace.update(error_x=width), **place)
        is_turned = MEASURES[name].better < 0
        figure.add_vline(x=0, line={"color": INK, "width": 1}, **place)
        figure.update_xaxes(title_text=axis(name, rows, is_difference=True), **place)
        if is_turned:
            figure.update_xaxes(autorange="reversed", **place)
    figure.update_yaxes(categoryorder="array", categoryarray=titles, autorange="reversed")
    figure.update_yaxes(range=[len(titles) - 0.4, -0.6], autorange=False)
    return figure


def _kind(row: Any) -> str:
    return {BETTER: BETTER, WORSE: WORSE, HIGHER: BETTER, LOWER: BETTER}.get(row.verdict, "")


def _dots(x: Sequence[float], y: Sequence[str], colour: str, symbol: str, size: int, name: str) -> go.Scatter:
    return go.Scatter(
        x=list(x), y=list(y), mode="markers", name=name, marker={"color": colour, "symbol": symbol, "size": size,
        "line": {"width": 2, "color": colour}}, hovertemplate="%{y}: %{x:.3~g}<extra>" + name + "</extra>",
    )  # fmt: skip


def _line(
    figure: go.Figure, comparison: Comparison, name: str, groups: Sequence[str], side: str, colour: str, dash: str,
    row: int, column: int,
) -> None:  # fmt: skip
    rows = [comparison.row(name, "hour", group) for group in groups]
    scale = factor(name, rows) / (comparison.plan.days if name == "n_offered" else 1)
    x = [float(group) for group in groups]
    mean = [getattr(r, side) * scale if r is not None else math.nan for r in rows]
    width = [getattr(r, f"{side}_half_width") * scale if r is not None else math.nan for r in rows]
    if all(math.isfinite(w) for w in width):
        edge = [m + w for m, w in zip(mean, width, strict=True)]
        edge += [m - w for m, w in zip(reversed(mean), reversed(width), strict=True)]
        figure.add_trace(go.Scatter(x=[*x, *reversed(x)], y=edge, fill="toself", fillcolor=_pale(colour), mode="none",
                                    hoverinfo="skip"), row=row, col=column)  # fmt: skip
    line = go.Scatter(x=x, y=mean, mode="lines", line={"color": colour, "width": 2.5, "dash": dash})
    hover = "%{x} h: %{y:.3~g}<extra>" + getattr(comparison, side).label + "</extra>"
    figure.add_trace(line.update(hovertemplate=hover), row=row, col=column)


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def grid(names: Sequence[str], columns: int, height: int, share_y: bool) -> go.Figure:
    """An empty figure with one panel for each KPI."""
    n_rows = math.ceil(len(names) / columns)
    figure = make_subplots(
        rows=n_rows, cols=columns, shared_yaxes=share_y,
        subplot_titles=[PANEL.get(name, MEASURES[name].title) for name in names],
        horizontal_spacing=0.035 if share_y else 0.1, vertical_spacing=min(0.2, 90 / height) if n_rows > 1 else 0.0,
    )  # fmt: skip
    figure.update_layout(
        template="plotly_white", height=height, showlegend=False, margin={"l": 8, "r": 12, "t": 34, "b": 44},
        font={"family": FONT, "size": 12, "color": INK}, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"family": FONT}},
    )  # fmt: skip
    figure.update_annotations(font={"size": 12.5, "color": INK, "weight": 600})
    figure.update_xaxes(gridcolor=RULE, zeroline=False, title_font={"size": 11, "color": GREY}, title_standoff=6,
                        tickfont={"size": 11}, nticks=5, fixedrange=True)  # fmt: skip
    figure.update_yaxes(gridcolor=RULE, zeroline=False, title_font={"size": 11, "color": GREY}, automargin=True,
                        fixedrange=True)  # fmt: skip
    return figure


def factor(name: str, rows: Sequence[Any]) -> float:
    """By which the values of a KPI are multiplied for its axis."""
    unit = MEASURES[name].unit
    if unit == "share":
        return 100.0
    if unit.startswith("EUR"):
        size = max(
            (abs(row.difference) for row in rows if row is not None and math.isfinite(row.difference)), default=0
        )
        return 1e-6 if size >= 1e6 else 1e-3 if size >= 1e4 else 1.0
    return 1.0


def axis(name: str, rows: Sequence[Any] = (), is_difference: bool = False) -> str:
    """Title of a KPI's axis."""
    unit = MEASURES[name].unit
    if unit == "share":
        return "percentage points" if is_difference else "%"
    if unit.startswith("EUR"):
        return {1.0: "€ a year", 1e-3: "thousand € a year", 1e-6: "million € a year"}[factor(name, rows)]
    return {"s": "seconds", "points": "points of 100", "count": "", "per year": "a year"}[unit]


def _value(row: Any) -> bool:
    return row is not None and (row.a > 0 or row.b > 0)


def _panels(names: Sequence[str]) -> str:
    return ", ".join(PANEL.get(name, MEASURES[name].title).lower() for name in names)


def _count(comparison: Comparison, names: Sequence[str]) -> str:
    verdicts = [row.verdict for name in names for row in comparison.rows(name, "cluster")]
    return (
        f"{verdicts.count(BETTER)} differences are better under {comparison.b.label}, {verdicts.count(WORSE)} worse, "
        f"{len(verdicts) - verdicts.count(BETTER) - verdicts.count(WORSE)} not shown"
    )
