"""The views of a study: response surface, effects, points side by side, table."""

import math
from functools import partial
from typing import Any

import solara

from experiments.compare.measures import MEASURES
from twin.ui.language import use_words
from twin.ui.parts.address import use_address
from twin.ui.parts.chart import format_of
from twin.ui.parts.charts import HeatMap, Interval, IntervalChart, LineChart, Unit
from twin.ui.parts.fields import Choice, Download, Select
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.kpis import difference_text, kpi_axis, kpi_band, kpi_text, kpi_title
from twin.ui.parts.numbers import Numbers
from twin.ui.parts.parallel import Axis, ParallelChart
from twin.ui.parts.table import Table, TableData, cell
from twin.ui.words import Words
from twin.ui.work.responses import Cut, Effect, by_point, effects, fitted, sampled, surface
from twin.ui.work.studies import Factor, StudyData

MOST_BANDS, MOST_AXES, MOST_ROWS, MOST_EFFECTS = 5, 4, 200, 15


@solara.component
def Views(data: StudyData):
    """The KPI is chosen once, above everything."""
    say = use_words("sweeps")
    given, put = use_address()
    if not data.kpis:
        with Card():
            tag("p", say("no_runs"))
        return
    kpi = given.get("kpi", "")
    kpi = kpi if kpi in data.kpis else data.kpis[0]
    with Card(), Box("stack"):
        names = {name: kpi_title(say.language, name) for name in data.kpis}
        Select(say("kpi"), kpi, lambda name: put(kpi=name), names)
        if len(data.runs) < data.n_all:
            done, all_ = say.numbers.number(len(data.runs)), say.numbers.number(data.n_all)
            tag("p", say("unfinished", done=done, all=all_), class_="note", role="status")
        if data.replications < 2:
            tag("p", say("no_interval"), class_="note", role="status")
    SurfaceView(data, kpi)
    EffectsView(data, kpi)
    ParallelView(data, kpi)
    Points(data, kpi)


# ---- words for values ------------------------------------------------------------------------------------------------


def number_text(numbers: Numbers, value: float, unit: str = "") -> str:
    """Four figures at most, no zeros behind: 12, 0.85, 2.5 min."""
    digits = 0
    if value and math.isfinite(value):
        most = max(3 - math.floor(math.log10(abs(value))), 0)
        size = abs(value)
        digits = next((d for d in range(most) if abs(round(size, d) - round(size, most)) < 10.0 ** -(most + 1)), most)
    return numbers.number(value, digits) + (f"\u00a0{unit}" if unit else "")


def value_text(numbers: Numbers, factor: Factor, value: float) -> str:
    return number_text(numbers, value, factor.unit) if factor.is_number else factor.names[int(value)]


def labels(numbers: Numbers, cut: Cut) -> list[str]:
    """What stands at the places of an axis."""
    return [
        value_text(numbers, cut.factor, low) if low == high
        else f"{number_text(numbers, low)} – {number_text(numbers, high, cut.factor.unit)}"
        for low, high in cut.ends
    ]  # fmt: skip


# ---- response surface ------------------------------------------------------------------------------------------------


@solara.component
def SurfaceView(data: StudyData, kpi: str):
    """A KPI over two factors: as a heat map, or as lines with the bands of their intervals."""
    say = use_words("sweeps")
    given, put = use_address()
    keys = [factor.key for factor in data.factors]
    x = given.get("x", "") if given.get("x", "") in keys else keys[0]
    others = [key for key in keys if key != x]
    y = given.get("y", "") if given.get("y", "") in others else (others[0] if others else "")
    is_bands = given.get("view") == "bands" or not y
    found = solara.use_memo(lambda: surface(data, kpi, x, y), [data.folder, id(data), kpi, x, y])
    with Card(say("surface"), say("surface_note")), Box("stack"):
        if y:
            with Box("flow"):
                Select(say("across"), x, lambda key: put(x=key, y=None), {key: key for key in keys})
                Select(say("down"), y, lambda key: put(y=key), {key: key for key in others})
                views = {"map": say("as_map"), "bands": say("as_bands")}
                Choice(say("view"), "bands" if is_bands else "map",
                       lambda view: put(view=None if view == "map" else view), views)  # fmt: skip
        (Bands if is_bands else Map)(found, kpi)


@solara.component
def Map(found: Any, kpi: str):
    say = use_words("sweeps")
    numbers = say.numbers
    columns, rows = labels(numbers, found.x), labels(numbers, found.y)
    title = say("map_title", kpi=kpi_title(say.language, kpi), x=found.x.factor.key, y=found.y.factor.key)
    unit = kpi_axis(numbers, kpi, _largest(found.mean))
    HeatMap(
        title, _extremes(say, kpi, found, columns, rows), columns, rows, found.mean.tolist(), unit,
        found.x.factor.key, found.y.factor.key,
    )  # fmt: skip


@solara.component
def Bands(found: Any, kpi: str):
    say = use_words("sweeps")
    numbers = say.numbers
    columns, rows = labels(numbers, found.x), labels(numbers, found.y) if found.y else [""]
    n = len(rows)
    chosen = list(range(n)) if n <= MOST_BANDS else sorted({round(k * (n - 1) / (MOST_BANDS - 1)) for k in range(5)})
    name = kpi_title(say.language, kpi)
    lines, bands = {}, {}
    for k in chosen:
        line = rows[k] or name
        mean, half = found.mean[k].tolist(), found.half_width[k].tolist()
        lines[line] = mean
        if all(map(math.isfinite, half)):
            bands[line] = kpi_band(kpi, mean, half)
    parts = [_extremes(say, kpi, found, columns, rows)]
    if len(chosen) < n:
        parts.append(say("some_lines", shown=numbers.number(len(chosen)), all=numbers.number(n)))
    title = say("bands_title", kpi=name, x=found.x.factor.key)
    title += say("bands_by", y=found.y.factor.key) if found.y else ""
    LineChart(
        title, " ".join(parts), columns, lines, kpi_axis(numbers, kpi, _largest(found.mean)), found.x.factor.key, bands,
        starts_at_zero=False,
    )  # fmt: skip


def _largest(values: Any) -> float:
    return max((abs(v) for v in values.ravel().tolist() if math.isfinite(v)), default=0.0)


def _extremes(say: Words, kpi: str, found: Any, columns: list[str], rows: list[str]) -> str:
    """Where it is highest and lowest."""
    flat = [(v, k) for k, v in enumerate(found.mean.ravel().tolist()) if math.isfinite(v)]
    if not flat:
        return ""

    def at(k: int) -> str:
        row, column = divmod(k, len(columns))
        where = f"{found.x.factor.key} {columns[column]}"
        return where + (f", {found.y.factor.key} {rows[row]}" if found.y else "")

    def text(k: int) -> str:
        return kpi_text(say.numbers, kpi, found.mean.ravel()[k], found.half_width.ravel()[k])

    high, low = max(flat)[1], min(flat)[1]
    return say("extremes", high=text(high), where_high=at(high), low=text(low), where_low=at(low))


# ---- effects ---------------------------------------------------------------------------------------------------------


@solara.component
def EffectsView(data: StudyData, kpi: str):
    """Tornado: the largest effect on top."""
    say = use_words("sweeps")
    given, put = use_address()
    subjects = _subjects(data, kpi)
    of = given.get("of", "") if given.get("of", "") in subjects else (subjects[0] if subjects else "")
    found = solara.use_memo(
        lambda: effects(data, kpi, of) if subjects else fitted(data, kpi), [data.folder, id(data), kpi, of]
    )
    with Card(say("effects"), say("effects_stored" if subjects else "effects_fitted")), Box("stack"):
        if len(subjects) > 1:
            names = {name: say("difference") if name == "difference" else name for name in subjects}
            Choice(say("of"), of, lambda name: put(of=name), names)
        if found.rows:
            Tornado(found, kpi)
        else:
            tag("p", say("effects_none"), role="status")


def _subjects(data: StudyData, kpi: str) -> list[str]:
    """What a finished sensitivity study looked at with this KPI: the difference first, a decision rests on it."""
    if data.effects is None:
        return []
    known = list(dict.fromkeys(data.effects.loc[data.effects["kpi"] == kpi, "of"]))
    return sorted(known, key=lambda name: name != "difference")


@solara.component
def Tornado(found: Any, kpi: str):
    say = use_words("sweeps")
    numbers, rows = say.numbers, found.rows[:MOST_EFFECTS]
    texts = [difference_text(numbers, kpi, row.effect, row.half_width) for row in rows]
    shown = sum(abs(row.effect) > row.half_width for row in rows)
    summary = say("effects_summary", n=numbers.number(len(rows)), shown=numbers.number(shown),
                  first=_name(numbers, rows[0]), effect=texts[0])  # fmt: skip
    if math.isfinite(found.explained):
        summary += " " + say("explained", share=numbers.percent(found.explained, 0))
    unit = kpi_axis(numbers, kpi, max(abs(row.effect) for row in rows), is_difference=True)
    better = MEASURES[kpi].better
    items = [Interval(row.effect, row.half_width, _tone(row, better)) for row in rows]
    title = say("effects_title", kpi=kpi_title(say.language, kpi))
    IntervalChart(title, summary, [row.factor if row.low is None or row.unit or not isinstance(row.high, str)
                                   else f"{row.factor}: {row.high}" for row in rows], {"": items}, unit)  # fmt: skip
    heads = [say("factor"), say("from_low"), say("to_high"), say("effect"), say("rank")]
    cells = [
        [row.factor, _end(numbers, row, row.low), _end(numbers, row, row.high), cell(row.effect, text),
         cell(row.rank, numbers.number(row.rank, 2))]
        for row, text in zip(rows, texts, strict=True)
    ]  # fmt: skip
    if all(row.low is None for row in rows):
        heads, cells = [heads[0], heads[3]], [[line[0], line[3]] for line in cells]
    Table(TableData(heads, cells), say("effects_table"), "effects.csv", is_titled=False)


def _tone(row: Effect, better: int) -> str:
    if not better or not abs(row.effect) > row.half_width:
        return ""
    return "good" if row.effect * better > 0 else "bad"


def _end(numbers: Numbers, row: Effect, value: str | float | None) -> Any:
    return value if value is None or isinstance(value, str) else cell(value, number_text(numbers, value, row.unit))


def _name(numbers: Numbers, row: Effect) -> str:
    if row.low is None:
        return row.factor
    ends = [end if isinstance(end, str) else number_text(numbers, end or 0.0, row.unit) for end in (row.low, row.high)]
    return f"{row.factor} {ends[0]} → {ends[1]}"


# ---- points ----------------------------------------------------------------------------------------------------------


@solara.component
def ParallelView(data: StudyData, kpi: str):
    """Factors and KPIs side by side, a line a point."""
    say = use_words("sweeps")
    numbers = say.numbers
    names = [kpi, *[name for name in data.kpis if name != kpi]][:MOST_AXES]
    means = solara.use_memo(lambda: by_point(data, names)[0], [data.folder, id(data), kpi])
    some = sampled(means.dropna(), kpi)
    where = data.points.iloc[some.index.to_numpy(int)]
    axes = [Axis(kpi_title(say.language, name), some[name].tolist(),
                 kpi_axis(numbers, name, _largest(some[name].to_numpy()))) for name in names]  # fmt: skip
    for factor in data.factors:
        unit = Unit(partial(number_text, numbers, unit=factor.unit), format_of(factor.unit))
        axes.append(Axis(factor.key, where[factor.key].tolist(), unit, factor.names))
    n, all_ = numbers.number(len(some)), numbers.number(len(means))
    with Card(say("parallel"), say("parallel_note")):
        ParallelChart(
            say("parallel_title", kpi=axes[0].name),
            say("all_points", n=n) if len(some) == len(means) else say("some_points", n=n, all=all_, kpi=axes[0].name),
            axes, 0,
        )  # fmt: skip


@solara.component
def Points(data: StudyData, kpi: str):
    """The table of points, and all of them as a file."""
    say = use_words("sweeps")
    numbers = say.numbers
    names = [kpi, *[name for name in data.kpis if name != kpi]][:MOST_AXES]
    means, widths = solara.use_memo(lambda: by_point(data, names), [data.folder, id(data), kpi])
    down = MEASURES[kpi].better >= 0
    best = means.sort_values(kpi, ascending=not down, kind="stable").head(MOST_ROWS)
    rows = []
    for point in best.index:
        place = data.points.iloc[int(point)]
        given = [cell(place[f.key] if f.is_number else f.names[int(place[f.key])], value_text(numbers, f, place[f.key]))
                 for f in data.factors]  # fmt: skip
        rows.append([int(point), *given, *(_value(numbers, name, float(best[name][point]), float(widths[name][point]))
                                           for name in names)])  # fmt: skip
    heads = [say("point"), *(factor.key for factor in data.factors), *(kpi_title(say.language, n) for n in names)]
    note = "" if len(best) == len(means) else say(
        "best_points", n=numbers.number(len(best)), all=numbers.number(len(means)), kpi=kpi_title(say.language, kpi)
    )  # fmt: skip
    with Card(say("table"), note):
        Table(TableData(heads, rows), say("table_title"), "points.csv", is_titled=False, can_download=False, limit=25)
        Download(say("get_csv"), "study.csv", lambda: as_csv(data), "text/csv")


def _value(numbers: Numbers, kpi: str, mean: float, half: float) -> Any:
    """A mean with its half-width: 99.3 ± 0.2 %."""
    text = kpi_text(numbers, kpi, mean, half)
    if math.isfinite(half):
        width = kpi_text(numbers, kpi, half, half)
        value, _, unit = text.partition("\u00a0")
        text = f"{value if width.endswith(unit) else text} ± {width}"
    return cell(mean, text)


def as_csv(data: StudyData) -> bytes:
    """Every point with every KPI and its half-width; plain numbers, factors in the units of the study."""
    means, widths = by_point(data, list(data.kpis))
    table = data.points.iloc[means.index.to_numpy(int)].set_axis(means.index)
    for factor in data.factors:
        if factor.is_number:
            table = table.rename(columns={factor.key: f"{factor.key} [{factor.unit}]"}) if factor.unit else table
        else:
            table[factor.key] = [factor.names[int(v)] for v in table[factor.key]]
    for name in data.kpis:
        table = table.assign(**{name: means[name], f"{name}_half_width": widths[name]})
    return table.to_csv(index_label="point").encode()
