"""Charts of further runs: a tornado of the assumptions, the months after the move."""

import math
from typing import Any

import plotly.graph_objects as go

from experiments.compare.charts import BLUE, GREY, INK, ORANGE, Chart, axis, factor, grid
from experiments.compare.comparison import Comparison
from experiments.compare.ends import HIGH, LOW
from experiments.compare.ends_words import known
from experiments.compare.findings import CENTRE, Ends, Series
from experiments.compare.measures import MEASURES
from experiments.compare.paired import BETTER, HIGHER, LOWER, WORSE
from experiments.compare.transition import KPIS as MONTHLY

_COLOURS = {BETTER: ORANGE, HIGHER: ORANGE, WORSE: BLUE, LOWER: BLUE}


def tornado(comparison: Comparison, ends: Ends) -> Chart | None:
    """Each assumption a bar from the difference at the low end to that at the high end, the strongest on top."""
    kpis, names = known(comparison), list(ends.chosen)
    if not kpis or not names:
        return None
    columns = min(3, len(kpis))
    figure = grid(kpis, columns, height=math.ceil(len(kpis) / columns) * (110 + 34 * len(names)), share_y=True)
    for position, kpi in enumerate(kpis):
        place = {"row": position // columns + 1, "col": position % columns + 1}
        lines = {name: ends.rows(name, kpi) for name in names}
        everything = [row for line in lines.values() for row in line.values()]
        scale = factor(kpi, everything)
        for name, line in lines.items():
            _bar(figure, name, line, scale, place)
        centre = next((row.difference for row in everything if row.end == CENTRE), math.nan)
        figure.add_vline(x=0, line={"color": INK, "width": 1}, **place)
        if math.isfinite(centre):
            figure.add_vline(x=centre * scale, line={"color": GREY, "width": 1, "dash": "dot"}, **place)
        figure.update_xaxes(title_text=axis(kpi, everything, is_difference=True), **place)
        if MEASURES[kpi].better < 0:
            figure.update_xaxes(autorange="reversed", **place)
    figure.update_yaxes(categoryorder="array", categoryarray=names, range=[len(names) - 0.4, -0.6], autorange=False)
    return Chart(
        "assumptions",
        "What the difference would be at the ends of each range",
        f"Difference {comparison.b.label} − {comparison.a.label} with its 95 % interval: ◁ assumption at its low end, "
        "▷ at its high end, dotted line as assumed. Every axis is turned so that right of the solid line is better. "
        f"Orange: {comparison.b.label} is shown to be better; blue: {comparison.a.label} is; grey: not shown.",
        f"Tornado of {len(names)} assumptions for {len(kpis)} differences; its numbers stand in the table below.",
        figure, "all", kpis, (),
    )  # fmt: skip


def _bar(figure: go.Figure, name: str, line: dict[str, Any], scale: float, place: dict[str, int]) -> None:
    ends = [line[end].difference * scale for end in (LOW, HIGH) if end in line]
    bar = go.Scatter(x=ends, y=[name] * len(ends), mode="lines", hoverinfo="skip")
    figure.add_trace(bar.update(line={"color": "#d5dae0", "width": 9}), **place)
    for end, symbol in ((LOW, "triangle-left"), (HIGH, "triangle-right")):
        if end in line:
            row = line[end]
            colour = _COLOURS.get(row.verdict, GREY)
            dot = go.Scatter(
                x=[row.difference * scale], y=[name], mode="markers",
                marker={"color": colour, "symbol": symbol, "size": 11},
                error_x={"type": "data", "array": [row.half_width * scale], "thickness": 2, "width": 0},
                hovertemplate=f"{name} at {row.value}: %{{x:.3~g}}<extra></extra>",
            )  # fmt: skip
            figure.add_trace(dot, **place)


def months(comparison: Comparison, series: Series) -> Chart | None:
    """The difference to A by months since the move: the dip and the recovery."""
    kpis = [name for name in MONTHLY if comparison.row(name) is not None and comparison.has(name)]
    if not kpis:
        return None
    columns = min(3, len(kpis))
    figure = grid(kpis, columns, height=math.ceil(len(kpis) / columns) * 260, share_y=False)
    for position, kpi in enumerate(kpis):
        place = {"row": position // columns + 1, "col": position % columns + 1}
        rows = series.rows(kpi)
        scale = factor(kpi, rows)
        width = {"type": "data", "array": [row.half_width * scale for row in rows], "thickness": 2, "width": 0}
        line = go.Scatter(
            x=[row.months for row in rows], y=[row.difference * scale for row in rows], mode="lines+markers",
            line={"color": ORANGE, "width": 2.5}, marker={"size": 8}, error_y=width,
            hovertemplate="%{x} months: %{y:.3~g}<extra></extra>",
        )  # fmt: skip
        figure.add_trace(line, **place)
        figure.add_hline(y=0, line={"color": BLUE, "width": 1.5, "dash": "dot"}, **place)
        figure.update_yaxes(title_text=axis(kpi, rows, is_difference=True), **place)
    figure.update_xaxes(title_text="months since the move", tickvals=list(series.months))
    return Chart(
        "transition",
        "The dip and the recovery",
        f"Difference to {comparison.a.label} (dotted line) with its 95 % interval, of {comparison.b.label} as it is so "
        "many months after its people were moved.",
        f"Lines over {len(series.months)} months since the move for {len(kpis)} measures.",
        figure, "all", tuple(kpis), (),
    )  # fmt: skip
