"""Parallel coordinates: a line for each point, an axis for each factor and KPI; axes lie, so that names have room."""

from collections.abc import Sequence
from dataclasses import dataclass

import solara

from twin.ui.parts.chart import Chart, Chart_, frame
from twin.ui.parts.charts import Unit
from twin.ui.parts.table import TableData


@dataclass(frozen=True)
class Axis:
    """One axis: of numbers with their unit, or of names (then values are places in them)."""

    name: str
    values: Sequence[float]
    unit: Unit
    names: Sequence[str] = ()

    def text(self, k: int) -> str:
        return self.names[int(self.values[k])] if self.names else self.unit.text(self.values[k])

    def option(self, place: int) -> Chart_:
        kind = {"type": "category", "data": list(self.names)} if self.names else {"type": "value", "scale": True}
        label = {"color": "$ink-2", "fontSize": 11, "hideOverlap": True}
        return {
            "dim": place, "name": self.name, "nameLocation": "middle", "nameGap": -20,
            "nameTextStyle": {"color": "$ink", "fontSize": 12, "fontWeight": 500},
            "axisLine": {"lineStyle": {"color": "$ink-3"}}, "axisTick": {"show": False}, "splitNumber": 4,
            "axisLabel": label if self.names else {**label, "formatter": self.unit.axis}, **kind,
        }  # fmt: skip


@solara.component
def ParallelChart(title: str, summary: str, axes: Sequence[Axis], by: int):
    """The axis `by` shades the lines, light to dark."""
    rows = list(zip(*(axis.values for axis in axes), strict=True))
    known = list(axes[by].values) or [0.0, 1.0]
    option = {
        **frame(axes[by].unit.axis, is_flat=True, has_legend=False),
        "parallel": {"layout": "vertical", "left": 28, "right": 36, "top": 30, "bottom": 34},
        "parallelAxis": [axis.option(place) for place, axis in enumerate(axes)],
        "visualMap": {"show": False, "dimension": by, "min": min(known), "max": max(max(known), min(known) + 1e-12),
                      "inRange": {"color": ["$series-2", "$series-1"]}},
        "series": [{"type": "parallel", "lineStyle": {"width": 1.2, "opacity": 0.45}, "silent": True,
                    "data": [[float(v) for v in row] for row in rows]}],
    }  # fmt: skip
    option.pop("grid")
    option["tooltip"] = {"show": False}
    table = TableData([a.name for a in axes], [[a.text(k) for a in axes] for k in range(len(rows))])
    Chart(option, title, summary, table, 70 + 66 * len(axes))
