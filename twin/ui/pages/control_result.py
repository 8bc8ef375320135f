"""What a look of the Control room shows: where the day stands, its course with bands, actions side by side, files."""

import datetime
import math
from pathlib import Path
from typing import Any

import solara

from calibration.track.command import SCORES
from calibration.track.forecast import QUANTILES, Effect
from calibration.track.needed import TARGET
from calibration.track.track import Stream
from twin.ui.language import use_words
from twin.ui.pages.compare_result import zipped
from twin.ui.pages.control_centre import in_words
from twin.ui.parts.address import use_address
from twin.ui.parts.charts import Interval, IntervalChart, Unit
from twin.ui.parts.fan import Extra, FanChart
from twin.ui.parts.fields import Choice, Download
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.kpis import difference_text, kpi_title
from twin.ui.parts.table import Cell, Table, TableData, cell
from twin.ui.words import Words
from twin.ui.work.control import HIGHER, LOWER, Look, best, in_band, is_shown, tone_of

MEASURES = {"offered": "n_offered", "operators": "operators_on_duty"}
"""KPIs of tracking that the pages know under another name."""
COURSES = ("offered", "abandonment_share", "mean_wait", "sl20", "operators")
FELT = (*LOWER, *HIGHER)


@solara.component
def Result(found: Look):
    """All of it."""
    with Box("stack"):
        Standing(found)
        Courses(found)
        Actions(found)
        Files(found)


def _title(say: Words, kpi: str) -> str:
    return kpi_title(say.language, MEASURES.get(kpi, kpi))


def _text(say: Words, kpi: str, value: float) -> str:
    if kpi in ("offered", "operators"):
        return say.numbers.number(value, 0 if kpi == "offered" else 1)
    if kpi == "mean_wait":
        return say.numbers.seconds(value, 1 if value < 10 else 0)
    return say.numbers.percent(value, 1)


# ---- where the day stands --------------------------------------------------------------------------------------------


@solara.component
def Standing(found: Look):
    """What is known, what the twin believes, whether anything is odd."""
    say = use_words("control")
    numbers, day = say.numbers, found.found.today
    date = f"{say(f'weekday_{day.date.weekday()}')} {numbers.date(day.date)}"
    source = say("of_history", name=found.source) if found.source else say("of_try", name=found.name)
    at = datetime.datetime.fromtimestamp(found.at).strftime("%H:%M:%S")
    with Card(say("standing")), Box("stack"):
        tag("p", say("stands", date=date, clock=day.clock, source=source), class_="verdict", role="status", id="stands")
        Believed(found)
        for sentence, tone in _unusual(say, found):
            tag("p", sentence, class_=f"unusual {tone}")
        for sentence in _remarks(say, found):
            tag("p", sentence, class_="note")
        tag("p", say("updated", clock=at, n=numbers.number(found.request.members)), class_="note", id="updated")


@solara.component
def Believed(found: Look):
    """Level, presence, and the rest of the day."""
    say = use_words("control")
    numbers, tracked = say.numbers, found.found
    low, high = tracked.level.quantile(0.05), tracked.level.quantile(0.95)
    day = [(say("level"), numbers.percent(tracked.level.mean, 0), _range(numbers, low, high), say("level_note"))]
    low, middle, high = tracked.presence
    day.append((say("presence"), numbers.percent(middle, 0), _range(numbers, low, high), say("presence_note")))
    rest = tracked.rest.to_dict("index")
    ahead = []
    for kpi in (one for one in ("offered", *FELT, "operators") if one in rest):
        title = say("operator_hours") if kpi == "operators" else _title(say, kpi)
        key = "offered" if kpi == "operators" else kpi  # hours are written as whole numbers, too
        least, mean, most = (_text(say, key, rest[kpi][name]) for name in ("q05", "mean", "q95"))
        ahead.append((title, mean, f"{least} – {most}", ""))
    with Box("stack", attributes={"id": "believed"}):
        _tiles(day, "grid-2 tiles")
        if tracked.streams:
            tag("p", say("by_intent"), class_="note")
            _tiles([_stream(numbers, one) for one in tracked.streams], "grid-3 tiles")
        if ahead:
            tag("p", say("until_the_end"), class_="note")
            _tiles(ahead, "grid-3 tiles")
        tag("p", say("ranges_note"), class_="note")


def _stream(numbers: Any, of: Stream) -> tuple[str, str, str, str]:
    return ", ".join(of.intents), numbers.percent(of.median, 0), _range(numbers, of.low, of.high), ""


def _tiles(parts: list[tuple[str, str, str, str]], class_: str) -> Any:
    """Name, value, range, note."""
    kinds = ("name", "value", "note", "note")
    tiles = [
        tag("div", *(tag("p", text, class_=kind) for text, kind in zip(part, kinds, strict=True) if text), class_="kpi")
        for part in parts
    ]
    return tag("div", *tiles, class_=class_)


def _range(numbers: Any, low: float, high: float) -> str:
    return f"{numbers.percent(low, 0)} – {numbers.percent(high, 0)}"


def _unusual(say: Words, found: Look) -> list[tuple[str, str]]:
    """What is odd today or has drifted, in plain words, with its tone."""
    told: list[tuple[str, str]] = []
    for one in found.found.surprises:
        what = say(f"measure_{one.measure}")
        if one.is_drift:
            told.append((say("drift_above" if one.cusum > 0 else "drift_below", what=what), "problem"))
        elif one.is_odd:
            score = say.numbers.number(abs(one.score), 1)
            told.append((say("odd_above" if one.score > 0 else "odd_below", what=what, score=score), "problem"))
    if told:
        return told
    is_known = any(math.isfinite(one.score) for one in found.found.surprises)
    return [(say("nothing_odd" if is_known else "too_early"), "note")]


def _remarks(say: Words, found: Look) -> list[str]:
    """What a reader should know of the data, or of the day to try."""
    numbers, told = say.numbers, []
    if found.truth is not None:
        told.append(say("invented", level=numbers.percent(found.truth.level, 0),
                        presence=numbers.percent(found.truth.presence, 0)))  # fmt: skip
    if math.isinf(found.found.level.shape):
        told.append(say("level_fixed"))
    if found.untold:
        told.append(say("untold", listed=", ".join(found.untold)))
    if found.report is None:
        return told
    report = found.report
    counted = {"rows_refused": report.n_refused, "rows_corrected": report.n_corrected, "rows_open": report.n_unfinished}
    told += [say.count(key, n) for key, n in counted.items() if n]
    if report.guessed:
        told.append(say("length_guessed", length=numbers.seconds(found.found.today.length)))
    if others := report.other_within(found.found.today.date):
        told.append(say("other_within", listed=", ".join(numbers.seconds(one) for one in others)))
    return told


# ---- the course of the day -------------------------------------------------------------------------------------------


@solara.component
def Courses(found: Look):
    """Each KPI over the day: recorded so far, the median, bands of 50 % and 90 %."""
    say = use_words("control")
    with Card(say("course"), say("course_note")), Box("stack"):
        with Box("grid-2 courses"):
            for kpi in COURSES:
                Course(found, kpi).key(kpi)
        tag("p", say("needed_note", share=say.numbers.percent(TARGET, 0)), class_="note")


@solara.component
def Course(found: Look, kpi: str):
    """One of them."""
    say = use_words("control")
    numbers, day, tracked = say.numbers, found.found.today, found.found
    rows = tracked.bands[tracked.bands["kpi"] == kpi].set_index("start_s")
    starts = sorted(set(tracked.bands["start_s"]))
    table = rows.reindex(starts)
    clocks = [numbers.clock(start) for start in starts]
    now = next((k for k, start in enumerate(starts) if start >= day.now * day.length), len(starts))
    extras = {}
    if kpi == "operators":
        wanted = found.needed.set_index("start_s")["middle"].reindex(starts)
        extras[say("needed_line")] = Extra(wanted.tolist(), "$series-2")
    if found.truth is not None:
        really = found.truth.values.set_index("start_s")[kpi].reindex(starts)
        ahead = really.where(really.index >= day.now * day.length)
        extras[say("really")] = Extra(ahead.tolist(), "$series-4", "dotted")
    bands = {say("band_90"): (table["q05"].tolist(), table["q95"].tolist()),
             say("band_50"): (table["q25"].tolist(), table["q75"].tolist())}  # fmt: skip
    FanChart(
        _title(say, kpi), _summary(say, found, kpi, table.iloc[now:]), clocks, say("from"), _unit(numbers, kpi),
        (say("recorded"), table["recorded"].tolist()), (say("expected"), table["median"].tolist()), bands, extras,
        (say("now"), now), 1.0 if kpi == "sl20" else None,
    )  # fmt: skip


def _unit(numbers: Any, kpi: str) -> Unit:
    if kpi in ("abandonment_share", "sl20"):
        return Unit.share(numbers, 0)
    return Unit.plain(numbers, 0, "s" if kpi == "mean_wait" else "")


def _summary(say: Words, found: Look, kpi: str, ahead: Any) -> str:
    """How well the hours so far are met, and where the worst of the rest is."""
    inside, recorded = in_band(found.found.bands, kpi)
    parts = []
    if recorded and kpi not in ("offered", "operators"):
        parts.append(say("inside", n=say.numbers.number(inside), all=say.numbers.number(recorded)))
    known = ahead["median"].dropna()
    if kpi == "operators":
        wanted = found.needed.set_index("start_s")["middle"]
        short = [start for start in known.index if start in wanted.index and known[start] < wanted[start]]
        if len(known):
            parts.append(say("short_in", n=say.numbers.number(len(short)), all=say.numbers.number(len(known))))
    elif len(known):
        at = known.idxmin() if kpi in HIGHER else known.idxmax()
        text = say("lowest" if kpi in HIGHER else "highest", clock=say.numbers.clock(at),
                   value=_text(say, kpi, known[at]), low=_text(say, kpi, ahead.loc[at, "q05"]),
                   high=_text(say, kpi, ahead.loc[at, "q95"]))  # fmt: skip
        parts.append(text)
    return " ".join(parts) or say("nothing_ahead")


# ---- actions ---------------------------------------------------------------------------------------------------------


@solara.component
def Actions(found: Look):
    """Differences from doing nothing, on the same simulated days."""
    say = use_words("control")
    given, put = use_address()
    effects = found.found.effects
    kpi = given.get("kpi", "") if given.get("kpi", "") in FELT else FELT[0]
    with Card(say("compared"), say("compared_note")), Box("stack"):
        if effects:
            tag("p", _advice(say, effects), class_="verdict", id="advice")
            EffectTable(effects)
            Choice(say("kpi"), kpi, lambda key: put(kpi=key), {key: _title(say, key) for key in FELT})
            EffectChart([one for one in effects if one.kpi == kpi], kpi).key(kpi)
        is_over = found.found.rest.to_dict("index")["offered"]["q95"] <= 0.0
        if not effects:
            tag("p", say("nothing_ahead" if is_over else "no_actions"), class_="note")
        wanted = [kind for kind in found.found.refused if kind and not is_over]
        for action in wanted:
            name = say(f"try_{action}") if say.has(f"try_{action}") else in_words(say, action)
            reason = in_words(say, found.found.refused[action])
            tag("p", f"{name}: {say('not_here', reason=reason)}", class_="note")


def _advice(say: Words, effects: list[Effect]) -> str:
    """What helps most, in words."""
    chosen = {kpi: one for kpi in FELT if (one := best(effects, kpi)) is not None}
    if not chosen:
        return say("no_best")
    by_action: dict[str, list[str]] = {}
    for kpi, one in chosen.items():
        change = difference_text(say.numbers, kpi, one.difference, one.half_width)
        by_action.setdefault(one.action, []).append(f"{_title(say, kpi)} {change}")
    parts = [say("helps_most", action=in_words(say, name), changes=", ".join(of)) for name, of in by_action.items()]
    return " ".join(parts)


@solara.component
def EffectTable(effects: list[Effect]):
    """An action a row, a KPI a column; the best of each KPI is named so."""
    say = use_words("control")
    winners = {kpi: best(effects, kpi) for kpi in FELT}
    rows: list[list[Cell]] = []
    for action in dict.fromkeys(one.action for one in effects):
        row: list[Cell] = [_named(say, action)]
        for kpi in FELT:
            one = next((e for e in effects if e.action == action and e.kpi == kpi), None)
            row.append(_effect_cell(say, one, one is not None and one is winners[kpi]))
        rows.append(row)
    without = {one.kpi: one.without for one in effects}
    rows.insert(0, [say("do_nothing"), *(_as_is(say, kpi, without.get(kpi, math.nan)) for kpi in FELT)])
    heads = [say("action"), *(_title(say, kpi) for kpi in FELT)]
    Table(TableData(heads, rows, ["text", *("number" for _ in FELT)]), say("compared"), "actions.csv", is_titled=False,
          is_sortable=False)  # fmt: skip


def _named(say: Words, action: str) -> str:
    """An action at the head of a line."""
    text = in_words(say, action)
    return text[:1].upper() + text[1:]


def _as_is(say: Words, kpi: str, value: float) -> Cell:
    return cell(value, _text(say, kpi, value))


def _effect_cell(say: Words, one: Effect | None, is_best: bool) -> Cell:
    if one is None:
        return "–"
    text = difference_text(say.numbers, one.kpi, one.difference, one.half_width)
    mark = f" · {say('best')}" if is_best else "" if is_shown(one) else f" · {say('open')}"
    return cell(one.difference, text + mark, tone_of(one))


@solara.component
def EffectChart(effects: list[Effect], kpi: str):
    """The differences of one KPI, dots with 95 % intervals."""
    say = use_words("control")
    numbers = say.numbers
    helped = sum(tone_of(one) == "good" for one in effects)
    summary = say("effect_summary", n=numbers.number(helped), all=numbers.number(len(effects)))
    unit = Unit.plain(numbers, 1, "s") if kpi == "mean_wait" else Unit.points(numbers)
    IntervalChart(
        say("effect_chart", kpi=_title(say, kpi)), summary, [_named(say, one.action) for one in effects],
        {say("difference"): [Interval(one.difference, one.half_width, tone_of(one)) for one in effects]}, unit,
        x_name=say("action"),
    )  # fmt: skip


# ---- files -----------------------------------------------------------------------------------------------------------


@solara.component
def Files(found: Look):
    """This forecast, and all that the session has stored."""
    say = use_words("control")
    folder, stem = found.request.folder, found.stem
    with Card(say("files"), say("files_note")), Box("flow"):
        Download(say("get_csv"), f"{stem}-forecast.csv", lambda: _csv(found), "text/csv")
        Download(say("get_json"), f"{stem}.json", (folder / f"{stem}.json").read_bytes, "application/json")
        if (folder / SCORES).exists():
            Download(say("get_scores"), SCORES, (folder / SCORES).read_bytes, "text/csv")
        Download(say("get_all"), "tracked.zip", lambda: zipped(Path(folder)), "application/zip")


def _csv(found: Look) -> bytes:
    """The bands as a plain table."""
    table = found.found.bands[["start_s", "kpi", "recorded", "mean", *QUANTILES]]
    clock = [f"{int(at // 3600):02d}:{int(at % 3600 // 60):02d}" for at in table["start_s"]]
    return bytes(table.assign(start_s=clock).rename(columns={"start_s": "from"}).to_csv(index=False).encode())
