"""The frame of every page of a comparison, and its charts: one HTML file that needs no network."""

import json
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from string import Template

from plotly.offline import get_plotlyjs

from experiments.compare.charts import Chart
from twin.html import section

_CONFIG = {"displayModeBar": False, "responsive": True}


def page_html(
    sections: Iterable[tuple[str, str, str]],
    *,
    title: str,
    label_a: str,
    label_b: str,
    titles: str,
    meta: str,
    footer: str,
) -> str:
    """The whole page.

    Parameters
    ----------
    sections : of (key, heading, HTML)
        Those without content are left out.
    title, label_a, label_b, titles, meta, footer : str
        Words of the template, as plain text.
    """
    home = files("experiments.compare")
    shown = [one for one in sections if one[2]]
    return Template(home.joinpath("template.html").read_text("utf-8")).substitute(
        title=escape(title),
        style=home.joinpath("style.css").read_text("utf-8"),
        plotly=get_plotlyjs(),
        label_a=escape(label_a),
        label_b=escape(label_b),
        titles=escape(titles),
        meta=escape(meta),
        nav="".join(f'<a href="#{key}">{escape(heading)}</a>' for key, heading, _ in shown),
        sections="\n".join(section(*one) for one in shown),
        footer=escape(footer),
    )


def drawn(chart: Chart, numbers: str) -> str:
    """A chart; `numbers`, as HTML, are folded below it."""
    spec = json.loads(chart.figure.to_json())
    data = json.dumps({"data": spec["data"], "layout": spec["layout"]}).replace("</", "<\\/")
    place = f"chart-{chart.name}"
    height = chart.figure.layout.height
    box = f'id="{place}" class="chart" role="img" aria-label="{escape(chart.label)}" style="height:{height}px"'
    folded = f"<details><summary>The numbers of this chart</summary>{numbers}</details>" if numbers else ""
    draw = f'(function(){{var f={data};Plotly.newPlot("{place}",f.data,f.layout,{json.dumps(_CONFIG)});}})();'
    return (
        f'<figure aria-labelledby="{place}-t"><h3 id="{place}-t">{escape(chart.title)}</h3>'
        f"<figcaption>{escape(chart.caption)}</figcaption>"
        f'<div class="scroll"><div {box}></div></div><script>{draw}</script>'
        f"{folded}</figure>"
    )
