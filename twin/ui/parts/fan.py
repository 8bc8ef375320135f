"""A forecast: what was recorded, the median, bands that widen ahead, and the line of now."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import solara

from twin.ui.parts.chart import Chart, Chart_, frame, name_axis, value_axis
from twin.ui.parts.charts import Unit
from twin.ui.parts.table import TableData

SHADES = (0.14, 0.26)
"""Of the wider and the narrower band."""


@dataclass(frozen=True)
class Extra:
    """A further line."""

    values: Sequence[float]
    colour: str
    kind: str = "dashed"


@solara.component
def FanChart(
    title: str, summary: str, x: Sequence[str], x_name: str, unit: Unit, recorded: tuple[str, Sequence[float]],
    middle: tuple[str, Sequence[float]], bands: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    extras: Mapping[str, Extra] | None = None, now: tuple[str, int] | None = None, ceiling: float | None = None,
    height: int = 260, shaded: tuple[str, Sequence[int]] | None = None, floor: float = 0.0,
):  # fmt: skip
    """`recorded` and `middle` are names with values, `bands` the wider one first, `now` a word and its place on x,
    `shaded` a word and the places that have a ground of their own. The axis begins at `floor` and goes no higher than
    `ceiling`."""
    colour, further = "$series-1", extras or {}
    series: list[Chart_] = []
    for (name, (low, high)), shade in zip(bands.items(), SHADES, strict=False):
        series += _band(name, low, high, colour, shade)
    series.append(_line(middle[0], middle[1], colour))
    series += [_line(name, extra.values, extra.colour, extra.kind) for name, extra in further.items()]
    seen = _line(recorded[0], recorded[1], "$ink")
    series.append({**seen, "showSymbol": True, "symbol": "circle", "symbolSize": 5, "z": 5})
    if now is not None and 0 <= now[1] < len(x):
        series[-1]["markLine"] = {
            "silent": True, "symbol": "none", "data": [{"xAxis": now[1]}],
            "lineStyle": {"color": "$ink-2", "type": "solid", "width": 1},
            "label": {"formatter": now[0], "color": "$ink-2", "position": "end", "distance": 8},
        }  # fmt: skip
    most: Chart_ = {} if ceiling is None else {"max": ceiling, "interval": ceiling / 4}
    if floor:
        most["min"] = floor
    clocks = {"color": "$ink", "hideOverlap": True, "margin": 12}
    option = {
        **frame(unit.axis), "xAxis": name_axis(list(x), "", boundaryGap=False, axisLabel=clocks),
        "yAxis": value_axis(unit.axis, **most), "series": series,
    }  # fmt: skip
    grounds = [] if shaded is None or not shaded[1] else [shaded[0]]
    if shaded is not None and grounds:
        option["xAxis"]["boundaryGap"] = True  # each place has a width
        option["yAxis"] = [option["yAxis"], {"type": "value", "show": False, "min": 0, "max": 1}]
        series.append(_ground(shaded[0], [1 if k in shaded[1] else None for k in range(len(x))]))
    shades = [{"name": name, "icon": "rect"} for name in (*bands, *grounds)]
    option["legend"] = {**option["legend"], "data": [recorded[0], middle[0], *shades, *further]}
    option["grid"] = {**option["grid"], "top": 52}
    heads = [x_name, recorded[0], middle[0], *bands, *further]
    ats = [f"{at} ({shaded[0]})" if shaded is not None and k in shaded[1] else at for k, at in enumerate(x)]
    rows = [
        [at, unit.text(recorded[1][k]), unit.text(middle[1][k]), *(_span(unit, *band, k) for band in bands.values()),
         *(unit.text(extra.values[k]) for extra in further.values())]
        for k, at in enumerate(ats)
    ]  # fmt: skip
    Chart(option, title, summary, TableData(heads, rows), height)


def _line(name: str, values: Sequence[float], colour: str, kind: str = "solid") -> Chart_:
    return {
        "name": name, "type": "line", "data": [_plain(value) for value in values], "showSymbol": len(values) < 3,
        "lineStyle": {"width": 2, "type": kind, "color": colour}, "itemStyle": {"color": colour},
    }  # fmt: skip


def _band(name: str, low: Sequence[float], high: Sequence[float], colour: str, shade: float) -> list[Chart_]:
    """Two stacked lines without strokes: up to `low` nothing, from there to `high` a pale area."""
    hidden = {"type": "line", "stack": name, "symbol": "none", "lineStyle": {"opacity": 0}, "silent": True,
              "tooltip": {"show": False}, "emphasis": {"disabled": True}, "stackStrategy": "all"}  # fmt: skip
    span = [_plain(b - a) for a, b in zip(low, high, strict=True)]
    area = {"areaStyle": {"color": colour, "opacity": shade}, "itemStyle": {"color": colour, "opacity": shade * 2}}
    return [{**hidden, "data": [_plain(value) for value in low]}, {**hidden, "name": name, "data": span, **area}]


def _ground(name: str, places: Sequence[int | None]) -> Chart_:
    """A pale ground behind some places, on an axis of its own."""
    return {
        "name": name, "type": "bar", "yAxisIndex": 1, "barWidth": "100%", "data": list(places), "silent": True, "z": 0,
        "itemStyle": {"color": "$rule-2", "opacity": 0.45}, "tooltip": {"show": False}, "emphasis": {"disabled": True},
    }  # fmt: skip


def _span(unit: Unit, low: Sequence[float], high: Sequence[float], k: int) -> str:
    return f"{unit.text(low[k])} – {unit.text(high[k])}"


def _plain(value: float) -> float | None:
    """A number that JSON can hold."""
    return float(value) if math.isfinite(value) else None
