"""Tornado charts and tables of a sensitivity study as one HTML file that needs no network."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from experiments.compare.charts import BLUE, INK, ORANGE, Chart, axis, factor, grid
from experiments.compare.measures import MEASURES
from experiments.compare.page import drawn, page_html
from experiments.sensitivity.run import DIFFERENCE, Found
from twin.html import cell, element, head, table

BARS = 12
"""Factors in a tornado; the others are in the tables."""
_METHOD = {
    "morris": "Morris' elementary effects: {size} trajectories on a grid of {levels} levels, {n} points. μ* is the "
    "mean of the absolute effects, σ their spread: large where factors interact or the response bends.",
    "sobol": "Sobol indices by Saltelli's design of {n} points ({size} base points). First: share of the variance that "
    "the factor explains alone; total: with all its interactions. 95 % intervals by bootstrap over the base points; "
    "nothing is clipped, small negative values are noise.",
}
_NOISE = (
    "Noise: all points meet the same customers and the same luck, a point's value is the mean of its {r} replications. "
    "So the indices are those of this mean, and noise does not pass for sensitivity; 'luck' is the standard error that "
    "comes from having these replications and no others (empty with one)."
)


def page(found: Found, record: dict[str, Any]) -> str:
    """The whole page."""
    study = found.study.study
    sections = [(f"of-{place}", title(found, of), _subject(found, of, place)) for place, of in _order(found)]
    told = {"size": found.study.design.size, "levels": study.levels, "n": len(found.study.design.shares)}
    texts = _METHOD[study.method].format(**told), _NOISE.format(r=study.replications), found.study.fitted
    words = "".join(element("p", text) for text in texts if text)
    sections += [("factors", "Factors", _factors(found)), ("method", "Method", words)]
    labels = [side.label for side in found.study.sides]
    return page_html(
        sections,
        title=f"Sensitivity of {labels[0]}",
        label_a=labels[0],
        label_b=labels[1] if len(labels) > 1 else f"{len(found.study.factors)} assumptions",
        titles=study.title or "Sensitivity",
        meta=(
            f"{found.study.n_runs:,} runs of {found.study.days} counted days · seed {study.seed} · "
            f"{record['date'][:10]} · caring-twin {record['version']}"
        ),
        footer=f"Made by twin sensitivity, kernel {record['kernel']}.",
    )


def _order(found: Found) -> list[tuple[int, str]]:
    """The difference first: it is what a decision rests on."""
    return sorted(enumerate(found.subjects), key=lambda one: one[1] != DIFFERENCE)


def title(found: Found, of: str) -> str:
    labels = [side.label for side in found.study.sides]
    return f"Difference {labels[0]} − {labels[1]}" if of == DIFFERENCE else of


def _subject(found: Found, of: str, place: int) -> str:
    tables = "".join(_table(found, of, kpi) for kpi in found.kpis(of))
    return drawn(tornado(found, of, place), f'<div class="small">{tables}</div>')


def tornado(found: Found, of: str, place: int) -> Chart:
    """A panel for each KPI: its mean change from the low to the high end of each factor, the strongest on top."""
    kpis = found.kpis(of)
    columns = min(2, len(kpis))
    n_bars = min(BARS, len(found.study.factors))
    figure = grid(kpis, columns, height=math.ceil(len(kpis) / columns) * (120 + 26 * n_bars), share_y=False)
    for position, kpi in enumerate(kpis):
        where = {"row": position // columns + 1, "col": position % columns + 1}
        rows: list[Any] = list(found.ranked(of, kpi).head(BARS).itertuples(index=False))
        scale = _scale(kpi, rows)
        names = [row.factor for row in rows]
        for end, colour, sign in (("low", BLUE, -0.5), ("high", ORANGE, 0.5)):
            figure.add_trace(_bars(rows, names, scale, sign, colour, end), **where)
        figure.add_vline(x=rows[0].mean * scale, line={"color": INK, "width": 1}, **where)
        figure.update_xaxes(title_text=_axis(kpi, rows, of), **where)
        figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], **where)
    figure.update_layout(barmode="overlay", bargap=0.35)
    return Chart(
        f"tornado-{place}",
        f"What moves {title(found, of)}",
        "Each bar goes from the mean at the low end of a factor's range (blue) to that at its high end (orange), all "
        "others as they may be; whiskers are 95 % intervals. Strongest on top, by "
        + ("μ*." if found.main == "mu_star" else "total index."),
        f"Tornado charts of {n_bars} factors for {len(kpis)} measures; the numbers stand below.",
        figure, "all", tuple(kpis), (),
    )  # fmt: skip


def _bars(rows: Sequence[Any], names: Sequence[str], scale: float, sign: float, colour: str, end: str) -> go.Bar:
    whisker = {
        "type": "data",
        "array": [1.96 * row.effect_se / 2 * scale for row in rows],
        "thickness": 1.5,
        "width": 3,
    }
    return go.Bar(
        y=names, x=[sign * row.effect * scale for row in rows], base=[row.mean * scale for row in rows],
        orientation="h", marker={"color": colour}, error_x=whisker, name=end,
        hovertemplate="%{y} at its " + end + " end: %{x:+.3~g}<extra></extra>",
    )  # fmt: skip


def _scale(kpi: str, rows: Sequence[Any]) -> float:
    return factor(kpi, [_Size(row) for row in rows])


def _axis(kpi: str, rows: Sequence[Any], of: str) -> str:
    return axis(kpi, [_Size(row) for row in rows], is_difference=of == DIFFERENCE)


class _Size:
    """A row as the shared axes know it: how large its values are."""

    def __init__(self, row: Any):
        self.difference = max(abs(row.mean), abs(row.effect))


def _table(found: Found, of: str, kpi: str) -> str:
    names = [name for name in found.table if name not in ("of", "kpi", "factor", "mean")]
    rows: list[Any] = found.ranked(of, kpi).to_dict("records")
    body = [[head(row["factor"], "key-name"), *[cell(_number(row[name])) for name in names]] for row in rows]
    unit = MEASURES[kpi].unit
    caption = f"{MEASURES[kpi].title} [{unit}], mean {_number(rows[0]['mean'])}"
    return table(caption, ["Factor", *[str(name).replace("_", " ") for name in names]], body)


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "–"


def _factors(found: Found) -> str:
    body = [
        [head(one.name, "key-name"), cell(one.centre, "text"), cell(one.span, "text"),
         cell(one.mark, "text"), cell(one.reason, "text")]
        for one in found.study.factors
    ]  # fmt: skip
    return f'<div class="small">{table("", ["Factor", "As assumed", "Range", "Mark", "Source, reason"], body)}</div>'
