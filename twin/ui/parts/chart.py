"""One chart: an ECharts option in the theme of the page, a sentence that sums it up, and the same as a table."""

from collections.abc import Callable
from typing import Any

import solara

from twin.ui.language import use_words
from twin.ui.parts.table import TableData

Chart_ = dict[str, Any]
SERIES = tuple(f"$series-{n}" for n in range(1, 9))
"""Colours that colour-blind readers tell apart (Okabe and Ito), darker on light paper, lighter on dark."""
A, B = "$series-1", "$series-2"
"""The colours of As-Is and To-Be, everywhere."""


@solara.component_vue("chart.vue")
def _Chart(
    title: str, summary: str, option: Chart_, heads: list[str], rows: list[list[str]], height: int, locale: str,
    renderer: str, can_pick: bool, say: dict[str, str], event_pick: Any,
) -> None: ...  # fmt: skip


@solara.component
def Chart(
    option: Chart_, title: str, summary: str, table: TableData, height: int = 320,
    on_pick: Callable[[dict[str, Any]], Any] | None = None, renderer: str = "svg",
):  # fmt: skip
    """Draw an option; `summary` is what a reader who cannot see it must know, `table` its numbers.

    In the option a string "$ink" is a colour of the theme, ``{"$format": {"unit": "%", "factor": 100, "digits": 1}}``
    writes a number in the reader's language, ``{"$whisker": {"flat": True}}`` draws intervals (a custom series).
    """
    say = use_words("common")
    rows = [[_text(item, say.numbers) for item in row] for row in table.rows]
    return _Chart(
        title=title, summary=summary, option=option, heads=list(table.heads), rows=rows, height=height,
        locale=say.numbers.tag, renderer=renderer, can_pick=on_pick is not None,
        say={key: say(key) for key in ("show_table", "show_chart")}, event_pick=on_pick or (lambda _: None),
    )  # fmt: skip


def _text(item: Any, numbers: Any) -> str:
    if isinstance(item, dict):
        return str(item.get("t", ""))
    if isinstance(item, int | float) and not isinstance(item, bool):
        return str(numbers.number(item, 0 if float(item).is_integer() else 2))
    return "" if item is None else str(item)


def format_of(unit: str = "", factor: float = 1.0, digits: int | None = None) -> Chart_:
    """How numbers are written in a chart: ``format_of("%", 100, 1)``."""
    return {"$format": {"unit": unit, "factor": factor, **({} if digits is None else {"digits": digits})}}


def frame(values: Chart_, is_flat: bool = False, has_legend: bool = True) -> Chart_:
    """What all charts with axes share: quiet axes, room for names, a tooltip."""
    text = {"color": "$ink-2", "fontFamily": "Roboto, system-ui, sans-serif", "fontSize": 12}
    return {
        "animation": False,
        "textStyle": text,
        "color": list(SERIES),
        "grid": {"left": 8, "right": 20, "top": 40 if has_legend else 16, "bottom": 8, "containLabel": True},
        "legend": {"show": has_legend, "top": 0, "left": 0, "itemWidth": 14, "itemHeight": 8,
                   "textStyle": {"color": "$ink"}},
        "tooltip": {
            "trigger": "item" if is_flat else "axis", "confine": True, "backgroundColor": "$surface",
            "borderColor": "$rule",
            "textStyle": {"color": "$ink", "fontSize": 12}, "valueFormatter": values,
        },
    }  # fmt: skip


def value_axis(values: Chart_, name: str = "", **more: Any) -> Chart_:
    """An axis of numbers."""
    return {
        "type": "value", "name": name, "nameTextStyle": {"color": "$ink-2"}, "nameLocation": "middle", "nameGap": 32,
        "axisLine": {"show": False}, "axisTick": {"show": False}, "splitLine": {"lineStyle": {"color": "$rule"}},
        "axisLabel": {"color": "$ink-2", "formatter": values, "hideOverlap": True}, "splitNumber": 4, **more,
    }  # fmt: skip


def name_axis(names: list[str], name: str = "", **more: Any) -> Chart_:
    """An axis of categories: months, hours, clusters."""
    return {
        "type": "category", "data": names, "name": name, "nameTextStyle": {"color": "$ink-2"}, "nameLocation": "middle",
        "nameGap": 28, "axisLine": {"lineStyle": {"color": "$rule-2"}}, "axisTick": {"show": False},
        "axisLabel": {"color": "$ink", "hideOverlap": True}, **more,
    }  # fmt: skip
