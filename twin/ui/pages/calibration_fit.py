"""A finished calibration: recorded against simulated, the parameters, what the data cannot tell."""

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import solara

from twin.errors import TwinError
from twin.ui.language import use_words
from twin.ui.pages.calibration_months import MonthsCourse, MonthsShort, summary_name
from twin.ui.parts.address import use_address
from twin.ui.parts.charts import BarChart, Interval, LineChart, Unit
from twin.ui.parts.fields import Choice, Select, Upload
from twin.ui.parts.html import Box, Card, ErrorSentence, Facts, tag
from twin.ui.parts.kpis import kpi_text, kpi_title
from twin.ui.parts.table import Table, TableData, cell
from twin.ui.words import Words

SPANS, BESIDE = ("interval", "day", "month"), ("both", "a", "none")
FORMULAS = {"both": ("Erlang C", "Erlang A"), "a": ("Erlang A",), "none": ()}
COLOURS = {"recorded": "$ink", "simulated": "$series-1", "Erlang C": "$series-2", "Erlang A": "$series-3"}
KPIS = ("abandonment_share", "mean_wait", "asa", "sl20", "in_target")
WAITS = ("mean_wait", "asa")
"""Of all offered, or of the answered: as history tells them."""

handed_in: solara.Reactive[dict[str, str]] = solara.reactive({})
"""Calibrations that the session has handed in: name, text."""


@solara.component
def FitView():
    """Which calibration, and all of it."""
    from twin.ui.work.calibrations import SHIPPED, calibration, names

    say = use_words("calibration")
    given, put = use_address()
    folder = Path.cwd()
    name = given.get("fit", SHIPPED)
    known = solara.use_memo(lambda: names(folder), [])

    def read() -> tuple[Any, str]:
        try:
            stored = calibration(name, folder, handed_in.value)
            return in_words(say, stored, name == SHIPPED and name not in handed_in.value), ""
        except TwinError as error:
            return None, str(error)

    found, problem = solara.use_memo(read, [name, handed_in.value, say.language])
    with Box("stack"):
        with Card(say("which"), say("which_note")), Box("grid-2"):
            texts = {key: say("shipped") if key == SHIPPED else key for key in [*known, *handed_in.value]}
            Select(say("calibration"), name, lambda key: put(fit=key), texts)
            HandIn(lambda key: put(fit=key))
        ErrorSentence(problem)
        if found is not None:
            if found.forecasts:
                Short(found)
                Courses(found)
            if found.months is not None:
                MonthsShort(found.months, is_alone=not found.forecasts)
                MonthsCourse(found.months)
            elif found.of_months:
                with Card(say("monthly")):
                    tag("p", found.of_months, class_="note", lang="en")
            Parameters(found)
            Untold(found)
            State(found)


def in_words(say: Words, found: Any, is_shipped: bool) -> Any:
    """The calibration in the reader's language, where its words are ours: the shipped proof, the usual parameters,
    the KPIs of months."""
    english = Words(say.page, "en")

    def key_of(one: Any) -> str:
        """Of our own words for a parameter; "" if it is the reader's."""
        key = f"{'p' if is_shipped else 'u'}_{one.name.replace(' ', '_')}"
        if is_shipped:
            return key if say.has(key) else ""
        is_ours = say.has(key) and one.title.startswith(english(f"{key}_is"))
        return key if is_ours and say.language != english.language else ""

    keys = {one.name: key_of(one) for one in found.parameters}

    def name_of(name: str) -> str:
        return say(keys[name]) if keys.get(name) else name

    changed = [
        one.model_copy(update={"name": name_of(one.name), "title": say(f"{keys[one.name]}_is")})
        if keys[one.name]
        else one
        for one in found.parameters
    ]
    pairs = [(name_of(a), name_of(b), r) for a, b, r in found.correlations]
    worst = [(summary_name(say, name, is_months=not found.forecasts), left) for name, left in found.worst]
    note = say("p_note") if is_shipped else found.note
    return found.model_copy(update={"parameters": changed, "correlations": pairs, "worst": worst, "note": note})


@solara.component
def HandIn(on_name: Any):
    """A calibration of the reader's own."""
    from calibration.proof.stored import MOST_BYTES
    from twin.ui.work.calibrations import check_calibration

    say = use_words("calibration")
    problem, set_problem = solara.use_state("")

    def take(name: str, content: bytes) -> None:
        try:
            text = check_calibration(name, content)
        except TwinError as error:
            set_problem(str(error))
        else:
            set_problem("")
            handed_in.set({**handed_in.value, name: text})
            on_name(name)

    with Box("stack tight"):
        Upload(say("hand_in"), take, ".json", MOST_BYTES, say("hand_in_note"))
        ErrorSentence(problem)


@solara.component
def Short(found: Any):
    """All days together, beside the formulas."""
    say = use_words("calibration")
    numbers = say.numbers
    days = {"n": numbers.number(found.days), "first": _day(say, found.first), "last": _day(say, found.last)}
    heads = [say("kpi"), say("recorded"), *[_forecast(say, one.name) for one in found.forecasts], say("in_band")]
    heads += [f"{say('crps')}, {_forecast(say, one.name)}" for one in found.forecasts]
    rows: list[list[Any]] = []
    for kpi in _told(found):
        scores = [one.scores[kpi]["half hours"] for one in found.forecasts]
        values = [found.recorded[kpi], *[one.overall[kpi] for one in found.forecasts]]
        texts = [cell(value, kpi_text(numbers, kpi, value)) for value in values]
        share = scores[0].coverage.get("0.9", math.nan)
        errors = [cell(s.crps, _distance(say, kpi, s.crps)) for s in scores]
        rows.append([kpi_title(say.language, kpi), *texts, cell(share, numbers.percent(share, 0)), *errors])
    unseen = "held_out" if found.is_replayed else "held_out_expected"
    with Card(say("short"), say(unseen if found.is_held_out else "seen", **days)):
        if said := _verdict(say, found):
            tag("p", *said, class_="verdict", id="verdict")
        Table(TableData(heads, rows), say("overall"), "calibration.csv", is_sortable=False)
        tag("p", say("scores_note"), class_="note")
        if not found.is_replayed and len(found.forecasts) > 1:
            tag("p", say("formulas_know"), class_="note")
        if found.note:
            tag("p", found.note, class_="note")


def _verdict(say: Words, found: Any) -> list[str]:
    """How far off the two headline figures are, and whether that beats the formula."""
    numbers, ours = say.numbers, found.forecasts[0]
    told = _told(found)
    parts = []
    by_wait = next((kpi for kpi in WAITS if kpi in told and found.recorded[kpi] > 0), "")
    if "abandonment_share" in told and by_wait:
        lost = ours.overall["abandonment_share"] - found.recorded["abandonment_share"]
        wait = ours.overall[by_wait] / found.recorded[by_wait] - 1
        parts.append(say("verdict", lost=numbers.points(lost), wait=numbers.percent(wait, 0, sign=True)))
    elif "abandonment_share" in told:
        lost = ours.overall["abandonment_share"] - found.recorded["abandonment_share"]
        parts.append(say("verdict_lost", lost=numbers.points(lost)))
    others = [one for one in found.forecasts[1:] if one.name == "Erlang A"]
    if others:
        better = [k for k in told if ours.scores[k]["half hours"].crps < others[0].scores[k]["half hours"].crps]
        parts.append(" " + say("beats", n=numbers.number(len(better)), all=numbers.number(len(told))))
    return parts


def _told(found: Any) -> list[str]:
    """KPIs of which history and every forecast tell something."""

    def tells(one: Any, kpi: str) -> bool:
        return kpi in one.overall and "half hours" in one.scores.get(kpi, {})

    return [kpi for kpi in KPIS if kpi in found.recorded and all(tells(one, kpi) for one in found.forecasts)]


def _forecast(say: Words, name: str) -> str:
    return name if name.startswith("Erlang") else say("simulated")


def _distance(say: Words, kpi: str, value: float) -> str:
    return say.numbers.seconds(value, 1) if kpi in WAITS else say.numbers.points(value, 1, sign=False)


def _day(say: Words, text: str) -> str:
    try:
        return say.numbers.date(date.fromisoformat(text))
    except ValueError:
        return text


@solara.component
def Courses(found: Any):
    """A KPI along time of day, days or months."""
    say = use_words("calibration")
    given, put = use_address()
    kpis = [kpi for kpi in KPIS if any(kpi in along.kpis for along in found.by.values())] or KPIS[:1]
    chosen = [_one(given.get(k, ""), of) for k, of in (("kpi", kpis), ("span", SPANS), ("beside", BESIDE))]
    kpi, span, beside = chosen
    with Card(say("courses")), Box("stack"):
        with Box("flow"):
            Select(say("kpi"), kpi, lambda v: put(kpi=v), {k: kpi_title(say.language, k) for k in kpis})
            Choice(say("by"), span, lambda v: put(span=v), {k: say(f"by_{k}") for k in SPANS})
            Choice(say("beside"), beside, lambda v: put(beside=v), {k: say(f"beside_{k}") for k in BESIDE})
        along = found.by.get(span)
        if along is None or kpi not in along.kpis:
            tag("p", say("no_course"), class_="note")
        else:
            Course(along, kpi, span, FORMULAS[beside]).key(f"{kpi}-{span}-{beside}")


def _one(text: str, allowed: Sequence[str]) -> str:
    return text if text in allowed else allowed[0]


@solara.component
def Course(along: Any, kpi: str, span: str, formulas: Sequence[str]):
    """The chart, with a sentence that sums it up."""
    say = use_words("calibration")
    numbers, course = say.numbers, along.kpis[kpi]
    low, _, middle, _, high = [_known(band) for band in course.bands]
    recorded = _known(course.recorded)
    lines = {say("recorded"): recorded, say("simulated"): middle}
    lines |= {name: _known(course.formulas[name]) for name in formulas if name in course.formulas}
    told = [k for k in range(len(recorded)) if math.isfinite(recorded[k]) and math.isfinite(low[k])]
    inside = sum(low[k] <= recorded[k] <= high[k] for k in told)
    summary = say("inside", n=numbers.number(inside), all=numbers.number(len(told)))
    if told:
        worst = max(told, key=lambda k: abs(middle[k] - recorded[k]))
        seen, ours = (kpi_text(numbers, kpi, values[worst]) for values in (recorded, middle))
        summary += " " + say("furthest", at=_axis(say, span, along.at[worst]), recorded=seen, simulated=ours)
    unit = Unit.plain(numbers, 0, "s") if kpi in WAITS else Unit.share(numbers, 1)
    colours = [COLOURS["recorded"], COLOURS["simulated"], *[COLOURS[name] for name in lines if name in COLOURS]]
    LineChart(
        f"{kpi_title(say.language, kpi)}: {say(f'by_{span}').lower()}", summary,
        [_axis(say, span, at) for at in along.at], lines, unit, say(f"by_{span}"),
        bands={say("simulated"): (low, high)}, dashed=list(formulas), colours=colours,
    )  # fmt: skip


def _known(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def _axis(say: Words, span: str, at: str) -> str:
    """A clock time as it is; days and months as the language writes them."""
    if span == "day":
        return _day(say, at)
    return _day(say, f"{at}-01").split(" ", 1)[-1] if span == "month" else at


@solara.component
def Parameters(found: Any):
    """Each estimate with its interval and mark, and how much of the doubt the data took away."""
    say = use_words("calibration")
    if not found.parameters:
        return
    numbers = say.numbers

    def figure(value: float) -> str:
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3
        return numbers.number(value, digits)

    heads = [say("parameter"), say("meaning"), say("estimate"), say("interval_90"), say("told"), say("mark")]
    rows = [
        [one.name, one.title, cell(one.estimate, figure(one.estimate)), f"{figure(one.low)} – {figure(one.high)}",
         cell(one.contraction, numbers.percent(one.contraction, 0)),
         cell(one.mark, say(f"mark_{one.mark.lower()}"), "good" if one.identified else "bad")]
        for one in found.parameters
    ]  # fmt: skip
    least = min(found.parameters, key=lambda one: one.contraction)
    bars = [Interval(max(one.contraction, 0.0)) for one in found.parameters]
    with Card(say("parameters"), say("parameters_note")), Box("stack"):
        Table(TableData(heads, rows, ["text", "text", "number", "number", "number", "text"]), say("parameters"),
              "parameters.csv", is_titled=False)  # fmt: skip
        BarChart(
            say("told"), say("least_told", name=least.name, share=numbers.percent(max(least.contraction, 0.0), 0)),
            [one.name for one in found.parameters], {say("told"): bars}, Unit.share(numbers, 0), is_flat=True,
            height=60 + 30 * len(bars), x_name=say("parameter"),
        )  # fmt: skip


@solara.component
def Untold(found: Any):
    """What these data cannot tell, one sentence each."""
    say = use_words("calibration")
    numbers = say.numbers
    sentences = [say("not_told", name=one.name) for one in found.parameters if not one.identified]
    sentences += [say("trade_off", a=a, b=b, r=numbers.number(r, 2, sign=True)) for a, b, r in found.correlations]
    if found.worst:
        listed = ", ".join(f"{name} ({numbers.number(left, 1, sign=True)})" for name, left in found.worst)
        sentences.append(say("worst", listed=listed))
    if found.widening > 1:
        sentences.append(say("wider", factor=numbers.number(math.sqrt(found.widening), 1)))
    with Card(say("untold")):
        if sentences:
            tag("ul", *[tag("li", sentence) for sentence in sentences])
        else:
            tag("p", say("all_told"))


@solara.component
def State(found: Any):
    """What became of the rows of the files."""
    say = use_words("calibration")
    with Card(say("quality")):
        if found.quality:
            facts = {key: n for key, n in found.quality.items() if say.has(f"rows_{key}")}
            Facts([(say(f"rows_{key}"), say.numbers.number(n)) for key, n in facts.items()])
        else:
            tag("p", say("no_quality"), class_="note")
