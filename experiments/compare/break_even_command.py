"""`twin break-even A B`: run, print, write table, page and manifest."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from rich import box
from rich.padding import Padding
from rich.table import Table

from experiments.compare.break_even import (
    SHORT_NAMES,
    Answer,
    BreakEven,
    as_record,
    questions,
    run_break_even,
)
from experiments.compare.break_even_words import answer_sentence, euro, interval, method, now_sentence
from experiments.compare.charts import BLUE, GREY, INK, ORANGE, Chart, axis, factor, grid
from experiments.compare.comparison import Plan
from experiments.compare.fitted import Named, load_sides
from experiments.compare.net_value import KPI, mean_and_half_width
from experiments.compare.page import drawn, page_html
from experiments.compare.root import curve
from experiments.compare.screen import WIDTH
from twin.console import wide_console
from twin.errors import InputError
from twin.html import cell, element, head, table
from twin.output import MANIFEST, as_json, manifest, open_output, write_json, write_parquet, write_text

POINTS, PAGE = "break_even.parquet", "break_even.html"


def break_even_command(
    a: str,
    b: str,
    keys: Sequence[str],
    sides: str,
    years: float,
    steps: int,
    days: int | None,
    replications: int,
    seed: int,
    overrides: Sequence[str],
    out: str | None,
    workers: int | None,
    json_wanted: bool,
) -> None:
    """`twin break-even A B --key KEY ...`."""
    if replications < 2:
        raise InputError(f"--replications is {replications}, must be 2 or more for an interval")
    if not years > 0:
        raise InputError(f"--years is {years:g}, must be above 0")
    side_a, side_b = load_sides(Named(a, overrides), Named(b, overrides))
    plan = Plan.of(side_a, side_b, days, seed, replications)
    asked = questions(plan.a, plan.b, keys or list(SHORT_NAMES)[:2], sides)
    folder = open_output(out or Path("results") / f"break-even-{datetime.now():%Y%m%d-%H%M%S}")
    found = run_break_even(plan, asked, years, steps, workers)
    facts = {**plan.facts(), "command": "break-even", "keys": list(keys), "in": sides, "years": years, "steps": steps}
    record = manifest([plan.a.resolved, plan.b.resolved], **facts)
    write_parquet(found.points(), folder / POINTS)
    write_json({**record, "answers": as_dict(found)["keys"]}, folder / MANIFEST)
    write_text(page(found, record), folder / PAGE)
    if json_wanted:
        print(as_json(as_dict(found)))
        return
    _print(found, folder)


def as_dict(found: BreakEven) -> dict[str, Any]:
    """What `--json` prints."""
    mean, width = mean_and_half_width(found.central)
    return {
        "a": found.plan.a.label,
        "b": found.plan.b.label,
        "replications": found.plan.replications,
        "days": found.plan.days,
        "years": found.years,
        "net_value": {"mean": mean, "half_width": width},
        "keys": [
            {**as_record(answer, found.plan.b), "sentence": answer_sentence(found.plan, answer)}
            for answer in found.answers
        ],
    }


def _rows(found: BreakEven) -> list[tuple[str, str, str, str, str]]:
    rows = []
    for answer in found.answers:
        root, question = answer.root, answer.question
        low, high = (question.text(end, found.plan.b) for end in (0.0, 1.0))
        now = question.text(answer.now, found.plan.b) if answer.now is not None else "–"
        at = question.text(root.at, found.plan.b) if root.is_found else "none inside"
        told = interval(answer, found.plan).removeprefix("95 %: ") if root.is_found else "–"
        rows.append((question.asked, f"{low} to {high}", now, at, told))
    return rows


HEADS = ("key", "range", "now", "break-even", "95 % interval")


def _print(found: BreakEven, folder: Path) -> None:
    console = wide_console(WIDTH)
    console.print(Padding(now_sentence(found), (1, 1)))
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in HEADS:
        shown.add_column(name, overflow="fold")
    for row in _rows(found):
        shown.add_row(*row)
    console.print(shown)
    for answer in found.answers:
        console.print(Padding(answer_sentence(found.plan, answer), (0, 1)))
    console.print(Padding(method(found), (1, 1, 0, 1)), style="dim")
    console.print(f"\n Page: {folder / PAGE}", soft_wrap=True)


# ---- page -------------------------------------------------------------------------------------------------------


def page(found: BreakEven, record: dict[str, Any]) -> str:
    """One HTML file that needs no network."""
    plan = found.plan
    words = "".join(element("p", answer_sentence(plan, answer)) for answer in found.answers)
    body = [[head(row[0], "key-name"), *[cell(text, "text") for text in row[1:]]] for row in _rows(found)]
    numbers = table("Where the net value of the change is zero", [name.capitalize() for name in HEADS], body)
    charts = "".join(drawn(_chart(found, answer, n), _numbers(found, answer)) for n, answer in enumerate(found.answers))
    sections = [
        ("summary", "In short", f'<div class="lead">{element("p", now_sentence(found))}{words}</div>{numbers}'),
        ("curves", "Net value over the range", charts),
        ("method", "Method", element("p", method(found))),
    ]
    return page_html(
        sections,
        title=f"Break-even of {plan.b.label} against {plan.a.label}",
        label_a=plan.a.label,
        label_b=plan.b.label,
        titles="Break-even",
        meta=f"{plan.replications} pairs of {plan.days} counted days · seed {plan.seed} · {record['date'][:10]}",
        footer=f"Made by twin break-even, kernel {record['kernel']}.",
    )


def _chart(found: BreakEven, answer: Answer, number: int) -> Chart:
    """The mean curve with its band, the values that were run, the break-even value."""
    x, mean, width = curve(answer.root.points, 101)
    points = found.points()
    points = points[points.key == answer.question.asked]
    rows: list[Any] = list(points.rename(columns={"net_value": "difference"}).itertuples(index=False))
    scale = factor(KPI, rows)
    figure = grid([KPI], 1, height=330, share_y=False)
    figure.update_annotations(text="")
    edge = [*((mean + width) * scale), *((mean - width)[::-1] * scale)]
    band = go.Scatter(x=[*x, *x[::-1]], y=edge, fill="toself", fillcolor="rgba(230,159,0,0.18)", mode="none")
    figure.add_trace(band.update(hoverinfo="skip"))
    figure.add_trace(go.Scatter(x=x, y=mean * scale, mode="lines", line={"color": ORANGE, "width": 2.5}))
    figure.add_trace(
        go.Scatter(x=[row.share_of_range for row in rows], y=[row.difference * scale for row in rows], mode="markers",
                   marker={"color": ORANGE, "size": 9}, text=[row.value for row in rows],
                   hovertemplate="%{text}: %{y:.3~g}<extra></extra>")
    )  # fmt: skip
    figure.add_hline(y=0, line={"color": INK, "width": 1})
    if answer.root.is_found:
        figure.add_vline(x=answer.root.at, line={"color": BLUE, "width": 2})
        figure.add_vrect(x0=answer.root.low, x1=answer.root.high, fillcolor=GREY, opacity=0.18, line_width=0)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    texts = [answer.question.text(tick, found.plan.b) for tick in ticks]
    figure.update_xaxes(tickvals=ticks, ticktext=texts, range=[-0.02, 1.02])
    figure.update_yaxes(title_text=axis(KPI, rows))
    return Chart(
        f"break-even-{number}",
        answer.question.asked,
        f"Net value of {found.plan.b.label} with its 95 % band; dots: values that were run; blue line and grey: the "
        "break-even value with its 95 % interval.",
        f"Curve of the net value over the range of {answer.question.asked}; its numbers stand below.",
        figure, "all", (KPI,), (),
    )  # fmt: skip


def _numbers(found: BreakEven, answer: Answer) -> str:
    points = found.points()
    rows: list[Any] = list(points[points.key == answer.question.asked].itertuples(index=False))
    body = [[head(row.value), cell(f"{euro(row.net_value, row.half_width)}")] for row in rows]
    return table("Values that were run", ["Value", "Net value a year ± 95 %"], body)
