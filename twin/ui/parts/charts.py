"""The kinds of chart that pages use: lines, bars, intervals, heat maps, flows, points. Each comes with its table."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import solara

from twin.ui.parts.chart import SERIES, Chart, Chart_, format_of, frame, name_axis, value_axis
from twin.ui.parts.table import TableData

Text = Callable[[float], str]
"""How a number is written in the table of a chart: `say.numbers.percent`, for example."""
MOST_NAMED = 8
"""Columns of a heat map that are all named."""
NEAR_WHOLE = 0.8
LAST_NUMBER = 36
"""Room [px] on the right for half of the last number of an axis that lies: "−60,0 p.p."."""


@dataclass(frozen=True)
class Unit:
    """How the numbers of a chart are written: on its axis and tooltips, and in its table."""

    text: Text
    axis: Chart_
    name: str = ""

    @classmethod
    def share(cls, numbers: Any, digits: int = 1, name: str = "") -> "Unit":
        return cls(lambda v: numbers.percent(v, digits), format_of("%", 100, digits), name)

    @classmethod
    def plain(cls, numbers: Any, digits: int = 0, unit: str = "", name: str = "") -> "Unit":
        suffix = f"\u00a0{unit}" if unit else ""
        return cls(lambda v: numbers.number(v, digits) + suffix, format_of(unit, 1, digits), name)

    @classmethod
    def points(cls, numbers: Any, digits: int = 1, name: str = "") -> "Unit":
        """Differences of shares."""
        unit = numbers.points(0.0).split("\u00a0")[1]
        return cls(lambda v: numbers.points(v, digits, sign=False), format_of(unit, 100, digits), name)

    @classmethod
    def euro(cls, numbers: Any, largest: float, name: str = "") -> "Unit":
        """Euro, thousands or millions of them on the axis as the largest number asks."""
        for least, unit in ((1e6, "M€" if numbers.language == "en" else "Mln€"), (2e4, "k€")):
            if abs(largest) >= least:
                factor = 1e-6 if least == 1e6 else 1e-3
                return cls(numbers.euro, format_of(unit, factor, 1 if abs(largest) * factor < 20 else 0), name)
        return cls(numbers.euro, format_of("€", 1, 0 if abs(largest) >= 20 else 2), name)


@dataclass(frozen=True)
class Interval:
    """An estimate and half the width of its 95 % interval."""

    mean: float
    half_width: float = math.nan
    tone: str = ""
    """"good", "bad" or none: its colour, beside its place a second way to tell."""


@solara.component
def LineChart(
    title: str, summary: str, x: Sequence[str], lines: Mapping[str, Sequence[float]], unit: Unit, x_name: str = "",
    bands: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None, dashed: Sequence[str] = (),
    colours: Sequence[str] = SERIES, starts_at_zero: bool = True, height: int = 320,
):  # fmt: skip
    """Lines over an ordered axis (hours, months); `bands` are low and high of intervals by the name of their line."""
    series: list[Chart_] = []
    for position, (name, values) in enumerate(lines.items()):
        colour = colours[position % len(colours)]
        kind = "dashed" if name in dashed else "solid"
        series.append(
            {"name": name, "type": "line", "data": [_plain(v) for v in values], "showSymbol": len(x) < 3,
             "lineStyle": {"width": 2, "type": kind, "color": colour}, "itemStyle": {"color": colour}}
        )  # fmt: skip
        if bands and name in bands:
            series += _band(name, *bands[name], colour)
    labels = {"color": "$ink", "hideOverlap": True, "margin": 12}  # the first one stands clear of the numbers beside it
    option = {
        **frame(unit.axis), "xAxis": name_axis(list(x), x_name, boundaryGap=False, axisLabel=labels),
        "yAxis": value_axis(unit.axis, scale=not starts_at_zero,
                            **_whole(unit, lines, bands or {}, starts_at_zero)), "series": series,
    }  # fmt: skip
    option["legend"] = {**option["legend"], "data": list(lines)}
    right = max(20, 4 * len(x[-1]) if x else 0)  # half of the last name
    option["grid"] = {**option["grid"], "right": right, "bottom": 24 if x_name else 8}  # the axis' own name below
    rows = [[at, *(unit.text(values[k]) for values in lines.values())] for k, at in enumerate(x)]
    Chart(option, title, summary, TableData([x_name, *lines], rows), height)


def _whole(
    unit: Unit, lines: Mapping[str, Sequence[float]], bands: Mapping[str, Any], starts_at_zero: bool = True
) -> Chart_:
    """An axis of shares ends at 100 % where they come near it: there is no 120 %."""
    drawn = [*lines.values(), *(high for _, high in bands.values())]
    most = max((v for values in drawn for v in values if v is not None and math.isfinite(v)), default=0.0)
    is_share = unit.axis["$format"]["unit"] == "%" and unit.axis["$format"]["factor"] == 100
    if not is_share or not NEAR_WHOLE < most <= 1.0:
        return {}
    return {"max": 1.0, "interval": 0.25} if starts_at_zero else {"max": 1.0}


def _band(name: str, low: Sequence[float], high: Sequence[float], colour: str) -> list[Chart_]:
    """A band as two stacked lines without strokes: up to `low` nothing, from there to `high` a pale area."""
    hidden = {"type": "line", "stack": f"band {name}", "symbol": "none", "lineStyle": {"opacity": 0}, "silent": True,
              "tooltip": {"show": False}, "emphasis": {"disabled": True}, "stackStrategy": "all"}  # fmt: skip
    span = [_plain(b - a) for a, b in zip(low, high, strict=True)]
    area = {"areaStyle": {"color": colour, "opacity": 0.16}}
    return [{**hidden, "data": [_plain(v) for v in low]}, {**hidden, "data": span, **area}]


@solara.component
def BarChart(
    title: str, summary: str, names: Sequence[str], groups: Mapping[str, Sequence[Interval]], unit: Unit,
    is_flat: bool = False, height: int = 320, x_name: str = "", colours: Sequence[str] = SERIES,
    is_stacked: bool = False,
):  # fmt: skip
    """Bars side by side (or stacked), with whiskers where there are intervals; flat: bars lie, names on the left."""
    series: list[Chart_] = []
    n, width = len(groups), 14
    for position, (group, items) in enumerate(groups.items()):
        colour = colours[position % len(colours)]
        bar = {"name": group, "type": "bar", "data": [_plain(item.mean) for item in items], "barMaxWidth": 28,
               "itemStyle": {"color": colour, "borderRadius": 2}}  # fmt: skip
        series.append({**bar, **({"stack": "all"} if is_stacked else {"barWidth": width, "barGap": "20%"})})
        if not is_stacked and any(math.isfinite(item.half_width) for item in items):
            shift = (position - (n - 1) / 2) * width * 1.2
            series.append(_whiskers(group, items, is_flat, shift, "$ink"))
    names_axis = name_axis(list(names), "" if is_flat else x_name, **({"inverse": True} if is_flat else {}))
    numbers = value_axis(unit.axis, unit.name if not is_flat else "")
    option = {**frame(unit.axis, has_legend=n > 1), "series": series}
    option |= {"xAxis": numbers, "yAxis": names_axis} if is_flat else {"xAxis": names_axis, "yAxis": numbers}
    option["legend"] = {**option["legend"], "data": list(groups)}
    if is_flat:
        option["grid"] = {**option["grid"], "right": LAST_NUMBER}
    Chart(option, title, summary, _interval_table(x_name, names, groups, unit), height)


@solara.component
def IntervalChart(
    title: str, summary: str, names: Sequence[str], groups: Mapping[str, Sequence[Interval]], unit: Unit,
    height: int | None = None, x_name: str = "", colours: Sequence[str] = SERIES, has_zero_line: bool = True,
):  # fmt: skip
    """Dots with 95 % intervals, one row for each name: differences by cluster, estimates by assumption."""
    tones = {"good": "$good", "bad": "$bad", "": "$ink-3"}
    series: list[Chart_] = []
    for position, (group, items) in enumerate(groups.items()):
        shift = (position - (len(groups) - 1) / 2) * 12
        for tone in sorted({item.tone for item in items}):
            colour = colours[position % len(colours)] if len(groups) > 1 else tones[tone]
            chosen = [(k, item) for k, item in enumerate(items) if item.tone == tone]
            series.append(_whiskers(group, [item for _, item in chosen], True, shift, colour, [k for k, _ in chosen]))
            dot = {"color": colour if tone or len(groups) > 1 else "$surface", "borderColor": colour, "borderWidth": 2}
            series.append(
                {"name": group, "type": "scatter", "symbolSize": 9, "symbolOffset": [0, shift], "itemStyle": dot,
                 "z": 3, "data": [[_plain(item.mean), k] for k, item in chosen],
                 "tooltip": {"valueFormatter": unit.axis}, "encode": {"x": 0, "y": 1, "tooltip": [0]}}
            )  # fmt: skip
    option = {
        **frame(unit.axis, is_flat=True, has_legend=len(groups) > 1),
        "xAxis": value_axis(unit.axis, scale=not has_zero_line),
        "yAxis": name_axis(list(names), inverse=True, splitLine={"show": True, "lineStyle": {"color": "$rule"}}),
        "series": series,
    }
    if has_zero_line and series:
        line = {"silent": True, "symbol": "none", "label": {"show": False}, "data": [{"xAxis": 0}],
                "lineStyle": {"color": "$ink-2", "type": "solid", "width": 1}}  # fmt: skip
        series[0]["markLine"] = line
    option["legend"] = {**option["legend"], "data": list(groups)}
    option["grid"] = {**option["grid"], "right": LAST_NUMBER}
    Chart(option, title, summary, _interval_table(x_name, names, groups, unit), height or 56 + 30 * len(names))


def _whiskers(
    name: str, items: Sequence[Interval], is_flat: bool, shift: float, colour: str, places: Sequence[int] | None = None
) -> Chart_:
    at = places or range(len(items))
    found = [
        [k, item.mean - item.half_width, item.mean + item.half_width]
        for k, item in zip(at, items, strict=True)
        if math.isfinite(item.mean) and math.isfinite(item.half_width)
    ]
    return {
        "name": name, "type": "custom", "data": found, "silent": True, "z": 4, "itemStyle": {"color": colour},
        "encode": {"x": [1, 2], "y": 0} if is_flat else {"x": 0, "y": [1, 2]}, "tooltip": {"show": False},
        "renderItem": {"$whisker": {"flat": is_flat, "shift": shift, "width": 2}},
    }  # fmt: skip


def _interval_table(
    first: str, names: Sequence[str], groups: Mapping[str, Sequence[Interval]], unit: Unit
) -> TableData:
    def text(item: Interval) -> str:
        width = f" ± {unit.text(item.half_width)}" if math.isfinite(item.half_width) else ""
        return unit.text(item.mean) + width

    rows = [[name, *(text(items[k]) for items in groups.values())] for k, name in enumerate(names)]
    return TableData([first, *groups], rows)


@solara.component
def HeatMap(
    title: str, summary: str, x: Sequence[str], y: Sequence[str], values: Sequence[Sequence[float]], unit: Unit,
    x_name: str = "", y_name: str = "", height: int | None = None, has_numbers: bool = False,
    on_pick: Callable[[dict[str, Any]], Any] | None = None,
):  # fmt: skip
    """Values by row (`y`) and column (`x`) as shades of one colour, light to dark."""
    found = [[i, k, _plain(value)] for k, row in enumerate(values) for i, value in enumerate(row)]
    known = [v for _, _, v in found if v is not None] or [0.0, 1.0]
    label: Chart_ = {"color": "$ink", "hideOverlap": True}
    if len(x) <= MOST_NAMED:  # each has room for its name, in several lines if it is long
        label = {"color": "$ink", "interval": 0, "overflow": "break", "lineHeight": 15,
                 "fontSize": 12 if len(x) < 5 else 11}  # fmt: skip
    option = {
        **frame(unit.axis, is_flat=True, has_legend=False),
        "xAxis": name_axis(list(x), "" if len(x) <= MOST_NAMED else x_name, axisLabel=label),
        "yAxis": name_axis(list(y), inverse=True),
        "visualMap": {"min": min(known), "max": max(max(known), min(known) + 1e-12), "calculable": False,
                      "orient": "horizontal",
                      "right": 0, "top": 0, "itemWidth": 10, "itemHeight": 90, "formatter": unit.axis,
                      "textStyle": {"color": "$ink-2"},
                      "text": [unit.text(max(known)), unit.text(min(known))],
                      "inRange": {"color": ["$heat-0", "$heat-1", "$heat-2", "$heat-3"]}},
        "series": [{"type": "heatmap", "data": found, "itemStyle": {"borderColor": "$surface", "borderWidth": 1},
                    "label": {"show": has_numbers, "formatter": unit.axis}}],
    }  # fmt: skip
    option["grid"] = {**option["grid"], "top": 34, "bottom": 26 if x_name and len(x) > MOST_NAMED else 8}
    rows = [[name, *(unit.text(value) for value in row)] for name, row in zip(y, values, strict=True)]
    Chart(option, title, summary, TableData([y_name, *x], rows), height or 90 + 26 * len(y), on_pick)


@solara.component
def FlowChart(
    title: str, summary: str, nodes: Sequence[str], flows: Sequence[tuple[str, str, float]], unit: Unit,
    heads: tuple[str, str, str], height: int = 380, colours: Mapping[str, str] | None = None,
):  # fmt: skip
    """Flows from node to node (a Sankey diagram; no cycles: name the same group twice, before and after)."""
    given = colours or {}
    option = frame(unit.axis, is_flat=True, has_legend=False)
    option["series"] = [
        {"type": "sankey", "left": 4, "right": 130, "top": 8, "bottom": 8, "nodeGap": 12, "nodeWidth": 12,
         "draggable": False,
         "data": [{"name": name, "itemStyle": {"color": given.get(name, SERIES[k % len(SERIES)])}}
                  for k, name in enumerate(nodes)],
         "links": [{"source": a, "target": b, "value": _plain(v)} for a, b, v in flows if v > 0],
         "label": {"color": "$ink", "fontSize": 12}, "lineStyle": {"color": "source", "opacity": 0.3, "curveness": 0.5}}
    ]  # fmt: skip
    Chart(option, title, summary, TableData(list(heads), [[a, b, unit.text(v)] for a, b, v in flows]), height)


@solara.component
def ScatterChart(
    title: str, summary: str, groups: Mapping[str, Sequence[tuple[float, float]]], x_unit: Unit, y_unit: Unit,
    height: int = 340, has_diagonal: bool = False, most_rows: int = 200,
):  # fmt: skip
    """Points of two measures by group; the diagonal is where both are equal (recorded against simulated)."""
    series = [
        {"name": name, "type": "scatter", "symbolSize": 7, "data": [[_plain(a), _plain(b)] for a, b in points],
         "itemStyle": {"color": SERIES[k % len(SERIES)], "opacity": 0.75}}
        for k, (name, points) in enumerate(groups.items())
    ]  # fmt: skip
    option = {
        **frame(y_unit.axis, is_flat=True, has_legend=len(groups) > 1),
        "xAxis": value_axis(x_unit.axis, x_unit.name, scale=True),
        "yAxis": value_axis(y_unit.axis, y_unit.name, scale=True),
        "series": series,
    }  # fmt: skip
    option["grid"] = {**option["grid"], "bottom": 34 if x_unit.name else 8, "left": 34 if y_unit.name else 8}
    known = [v for points in groups.values() for point in points for v in point if math.isfinite(v)]
    if has_diagonal and known and series:
        ends = [{"coord": [min(known), min(known)]}, {"coord": [max(known), max(known)]}]
        series[0]["markLine"] = {"silent": True, "symbol": "none", "data": [ends], "label": {"show": False},
                                 "lineStyle": {"color": "$ink-3", "type": "dashed"}}  # fmt: skip
    rows = [[name, x_unit.text(a), y_unit.text(b)] for name, points in groups.items() for a, b in points][:most_rows]
    Chart(option, title, summary, TableData(["", x_unit.name, y_unit.name], rows), height)


def _plain(value: float) -> float | None:
    """A number that JSON can hold."""
    return float(value) if value is not None and math.isfinite(value) else None
