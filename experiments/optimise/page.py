"""The plan as one HTML page without network: staff against requirement by interval, service, plans side by side."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files

import numpy as np

from experiments.optimise.files import plan_table
from experiments.optimise.formulas import ERLANG_A
from experiments.optimise.optimise import OURS, Plan, Result
from experiments.optimise.runs import IN_20S, IN_TARGET, OFFERED
from experiments.optimise.words import VERDICTS, beaten, guarantees, sentence, target_cell, target_rows
from twin.html import cell, figure, head, section, table
from twin.scenario.days import WEEKDAYS
from twin.scenario.words import clock

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")  # Okabe & Ito
INK, GREY, RULE = "#1f2933", "#8a929c", "#e4e7eb"
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 960.0, 260.0, 44.0, 30.0, 10.0


def page_html(result: Result) -> str:
    """The whole page."""
    study, instance = result.instance.study, result.instance
    seen = f"{result.days_test:,} test {study.cycle}s"
    title = study.title or instance.scenario.title or instance.scenario.name
    sections = [
        section("plan", "The plan", _plan(result)),
        section("staff", "Staff against requirement", _staff(result)),
        section("service", "Service by interval", _service(result)),
        section("targets", "Targets", _targets(result)),
        section("beside", "Beside other methods", _beside(result)) if result.baselines else "",
        section("sure", "What is guaranteed, and what is not", _paragraphs(guarantees(result))),
    ]
    style = (files("experiments.compare") / "style.css").read_text("utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body><header>"
        f'<p class="kind">Caring twin · optimise</p><h1>{escape(title)}</h1>'
        f'<p class="meta">{escape(instance.scenario.name)}, seed {study.seed}, {seen}</p>'
        "</header>"
        f'<main><div class="lead"><p>{escape(sentence(result))}</p>{_paragraphs(beaten(result))}</div>'
        f"{''.join(sections)}</main></body></html>\n"
    )


def _paragraphs(lines: Sequence[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


# ---- tables -----------------------------------------------------------------------------------------------------


def _plan(result: Result) -> str:
    found = plan_table(result.instance, result.ours.heads)
    rows = [
        [head(row["group"]), *(cell(row[name] or "–", "text") for name in ("shift", "start", "end", "days", "breaks")),
         cell(str(row["heads"])), cell(f"{row['cost']:,.0f}")]
        for row in found.to_dict("records")
    ]  # fmt: skip
    heads = ["Group", "Shift", "From", "To", "Days", "Breaks at", "People", f"EUR a {result.instance.study.cycle}"]
    total = f"{sum(result.ours.heads)} people, {result.ours.cost:,.0f} EUR a {result.instance.study.cycle}"
    return table(total, heads, rows)


def _targets(result: Result) -> str:
    parts = []
    for plan in result.plans:
        rows = [
            [
                head(str(row["target"])),
                cell(str(row["cells"])),
                cell(str(row["worst_cell"]), "text"),
                cell(target_cell(row)),
            ]
            for row in target_rows(result, plan)
        ]
        parts.append(
            table(
                f"{plan.name}: {VERDICTS.get(plan.verdict, plan.verdict)}",
                ["Target", "Cells", "Worst cell", "There"],
                rows,
            )
        )
    return "".join(parts)


def _beside(result: Result) -> str:
    rows = [
        [head(plan.name), cell(f"{plan.cost:,.0f}"), cell(str(sum(plan.heads))), cell(f"{plan.lost:,.1f}"),
         cell(f"{plan.days_used:,}" if plan.days_used else "–"),
         cell(VERDICTS.get(plan.verdict, plan.verdict) + (f" ({plan.note})" if plan.note else ""), "text")]
        for plan in result.plans
    ]  # fmt: skip
    heads = ["Plan", "EUR", "People", "Lost contacts", "Days to find it", "Targets"]
    return table(f"The same instance, the same {result.days_test:,} test {result.instance.study.cycle}s", heads, rows)


# ---- charts -----------------------------------------------------------------------------------------------------


def _staff(result: Result) -> str:
    """Groups on top of each other, one panel a day of the cycle; lines: offered load and the Erlang-A requirement."""
    instance = result.instance
    duty = instance.on_duty(result.ours.heads) * instance.there[:, None, None]
    required = result.formulas.required(ERLANG_A).sum(axis=0)
    load = result.formulas.load.erlangs.sum(axis=0)
    is_open = load > 0
    top = max(float(duty.sum(axis=0).max()), float(required.max()), 1.0) * 1.05
    parts = []
    for day in np.flatnonzero(is_open.any(axis=1)).tolist():
        slots = np.flatnonzero(duty[:, day].any(axis=0) | is_open[day])
        panel = Panel(slots, instance.slot, top)
        below = np.zeros(len(slots))
        for group, values in enumerate(duty[:, day, slots]):
            panel.area(below, below + values, COLOURS[group % len(COLOURS)])
            below = below + values
        panel.line(required[day, slots], INK, "4 3")
        panel.line(load[day, slots], GREY, "")
        parts.append(figure(panel.svg(f"Staff and requirement{_day(result, day)}"), _caption(result, day)))
    return "".join(parts)


def _caption(result: Result, day: int) -> str:
    keys = "".join(
        f'<span class="key" style="background:{COLOURS[i % len(COLOURS)]}"></span>{escape(name)} '
        for i, name in enumerate(result.instance.groups)
    )
    where = _day(result, day).strip(", ").capitalize()
    lines = "dashed: Erlang A for each queue by itself; grey: offered load [Erlang]"
    return f"{where + '. ' if where else ''}{keys}at work; {lines}"


def _day(result: Result, day: int) -> str:
    return f", {WEEKDAYS[day]}" if result.instance.n_days == 7 else ""


def _service(result: Result) -> str:
    """Share answered in time by interval, a panel for each queue and day: ours, and Erlang A."""
    answered = [target for target in result.instance.study.targets if target.sign > 0]
    if not answered:
        return ""
    measure = IN_TARGET if answered[0].within == "target" else IN_20S
    others = [plan for plan in result.baselines if plan.name == ERLANG_A]
    parts = []
    for row, queue in enumerate(result.instance.queues):
        for day in range(result.instance.n_days):
            slots = np.flatnonzero(result.ours.sums[day, OFFERED, row])
            if not len(slots):
                continue
            panel = Panel(slots, result.instance.slot, 1.0, is_share=True)
            panel.line(np.full(len(slots), answered[0].level), INK, "4 3")
            for plan, colour in zip([*others, result.ours], [*[COLOURS[1]] * len(others), COLOURS[0]], strict=True):
                panel.line(_share(plan, measure, row, day, slots), colour, "")
            told = (
                f"{queue}{_day(result, day)}: share answered in time. Blue: {OURS}; orange: {ERLANG_A}; dashed: target."
            )
            parts.append(figure(panel.svg(told), escape(told)))
    return "".join(parts)


def _share(plan: Plan, measure: int, queue: int, day: int, slots: np.ndarray) -> np.ndarray:
    offered = plan.sums[day, OFFERED, queue, slots]
    return plan.sums[day, measure, queue, slots] / np.maximum(offered, 1)


class Panel:
    """Steps over the intervals of one day."""

    def __init__(self, slots: np.ndarray, slot: float, top: float, is_share: bool = False):
        self.slots, self.slot, self.top, self.is_share = slots, slot, top, is_share
        self.first, self.last = int(slots.min()), int(slots.max()) + 1
        self.shapes: list[str] = []

    def _x(self, slot: float) -> float:
        return LEFT + (WIDTH - LEFT) * (slot - self.first) / (self.last - self.first)

    def _y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / self.top)

    def _steps(self, values: np.ndarray) -> list[tuple[float, float]]:
        return [
            point
            for slot, value in zip(self.slots, values, strict=True)
            for point in ((self._x(slot), self._y(value)), (self._x(slot + 1), self._y(value)))
        ]

    def area(self, low: np.ndarray, high: np.ndarray, colour: str) -> None:
        points = self._steps(high) + self._steps(low)[::-1]
        self.shapes.append(f'<polygon points="{_points(points)}" fill="{colour}" fill-opacity="0.55"/>')

    def line(self, values: np.ndarray, colour: str, dashes: str) -> None:
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        points = _points(self._steps(values))
        self.shapes.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')

    def svg(self, label: str) -> str:
        ticks = []
        for value in np.linspace(0, self.top, 5):
            y = self._y(value)
            text = f"{100 * value:.0f} %" if self.is_share else f"{value:.0f}"
            ticks.append(f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{RULE}"/>'
                         f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')  # fmt: skip
        for slot in range(self.first, self.last + 1):
            if slot * self.slot % 7200 == 0:
                x = min(max(self._x(slot), LEFT + 14), WIDTH - 16)
                ticks.append(
                    f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{clock(slot * self.slot)}</text>'
                )
        return (
            f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(label)}" '
            f'style="width:100%;font-size:12px" fill="{INK}">{"".join(ticks)}{"".join(self.shapes)}</svg>'
        )


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
