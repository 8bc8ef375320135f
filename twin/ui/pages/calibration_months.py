"""Months of a finished calibration: recorded beside simulated by KPI, those held out set apart, beside naive."""

import math
from collections.abc import Sequence
from typing import Any

import solara

from twin.ui.language import use_words
from twin.ui.parts.address import use_address
from twin.ui.parts.charts import Unit
from twin.ui.parts.fan import FanChart
from twin.ui.parts.fields import Select
from twin.ui.parts.html import Box, Card, tag
from twin.ui.parts.numbers import NARROW, Numbers
from twin.ui.parts.table import Table, TableData, cell
from twin.ui.words import Words

FORECASTS = {"twin": "twin", "twin, volumes given": "given", "seasonal naive": "seasonal",
             "naive, the last month": "last"}  # fmt: skip
"""Name in the file -> in the keys of the words."""
FAR_UP = 0.6
"""Of the largest number: if the least lies above, the axis need not begin at 0."""
CLOSE = 2.0
"""Deviations that are no more than chance."""


@solara.component
def MonthsShort(months: Any, is_alone: bool):
    """What the fit has seen, how many months it meets, and how each KPI is forecast."""
    say = use_words("calibration")
    numbers, unseen = say.numbers, months.held_out
    span = {"n": numbers.number(len(months.at)), "first": numbers.month(months.at[0])}
    span["last"] = numbers.month(months.at[-1])
    note = say("months_held_out", held=_listed(say, months), **span) if unseen else say("months_seen", **span)
    with Card(say("short") if is_alone else say("months_short"), note):
        tag("p", " ".join(_verdict(say, months)), class_="verdict", id="months-verdict")
        Table(_overview(say, months), say("months_overview"), "months.csv", is_sortable=False)
        notes = [say("months_note"), *([say("months_ahead_note")] if months.ahead else [])]
        if months.within_s is not None:
            notes.append(say("in_time_is", seconds=numbers.seconds(months.within_s)))
        if months.mute:
            notes.append(say("mute", listed=", ".join(month_title(say, kpi) for kpi in months.mute)))
        tag("p", " ".join(notes), class_="note")


def month_title(say: Words, kpi: str) -> str:
    """The name of a monthly KPI."""
    return say(f"m_{kpi}")


def summary_name(say: Words, name: str, is_months: bool) -> str:
    """What a fit was to meet: a KPI by month, or how it follows another; what is not of months, as it is."""
    kpi, _, by = name.removesuffix(", by month").partition(" by ")
    is_of_months = is_months or name.endswith(", by month")
    if not is_of_months or not say.has(f"m_{kpi}"):
        return name
    if by in ("contacts", "csi"):
        return say(f"slope_by_{by}", kpi=month_title(say, kpi))
    return name if by else say("level_by_month", kpi=month_title(say, kpi))


def _listed(say: Words, months: Any) -> str:
    """The months held out, as a span where they follow one another."""
    named = [say.numbers.month(month) for month in months.held_out]
    places = [months.at.index(month) for month in months.held_out]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return say("span", first=named[0], last=named[-1])
    return ", ".join(named)


def _verdict(say: Words, months: Any) -> list[str]:
    """How many recorded values the bands hold, and whether the forecasts beat the naive one."""
    numbers = say.numbers
    parts = []
    for key, held in (("months_inside", False), ("months_inside_ahead", True)):
        counts = [_inside(months, kpi, held) for kpi in months.kpis]
        inside, told = (sum(column) for column in zip(*counts, strict=True))
        if told:
            parts.append(say(key, n=numbers.number(inside), all=numbers.number(told)))
    for one in months.ahead[:-1]:
        told = [kpi for kpi in one.kpis if _is_forecast(one, months.ahead[-1], kpi)]
        closer = sum(one.kpis[kpi].crps < months.ahead[-1].kpis[kpi].crps for kpi in told)
        key = f"closer_{FORECASTS.get(one.name, '')}"
        if told and say.has(key):
            parts.append(say(key, n=numbers.number(closer), all=numbers.number(len(told))))
    return parts


def _is_forecast(one: Any, naive: Any, kpi: str) -> bool:
    """Whether it can be set beside the naive one; given volumes are no forecast of the contacts."""
    is_given = one.name == "twin, volumes given" and kpi == "offered"
    return not is_given and None not in (one.kpis[kpi].crps, naive.kpis[kpi].crps)


def _inside(months: Any, kpi: str, held: bool) -> tuple[int, int]:
    """Recorded values in the wide band, and all, of the months held out or of the others."""
    course = months.kpis[kpi]
    low, high = course.bands[0], course.bands[-1]
    told = [
        k
        for k, month in enumerate(months.at)
        if (month in months.held_out) == held and None not in (course.recorded[k], low[k], high[k])
    ]
    return sum(low[k] <= course.recorded[k] <= high[k] for k in told), len(told)


def _overview(say: Words, months: Any) -> TableData:
    """A row a KPI."""
    numbers, naive = say.numbers, months.ahead[-1] if months.ahead else None
    heads = [say("kpi"), say("use"), say("in_band_fitted")]
    heads += [say("in_band_held")] if months.held_out else []
    heads += [say("largest")] + [say("crps_of", name=forecast_name(say, one.name)) for one in months.ahead]
    rows: list[list[Any]] = []
    for kpi, course in months.kpis.items():
        use = say("use_fitted" if kpi in months.fitted else "use_half_hours")
        row: list[Any] = [month_title(say, kpi), use]
        for held in (False, True) if months.held_out else (False,):
            inside, told = _inside(months, kpi, held)
            row.append(cell(inside / told if told else math.nan, _of(numbers, inside, told)))
        worst = max((value for value in course.deviations if value is not None), key=abs, default=math.nan)
        row.append(_deviation(numbers, worst))
        for one in months.ahead:
            crps = one.kpis[kpi].crps if kpi in one.kpis and _is_forecast(one, naive, kpi) else None
            text = month_text(numbers, kpi, crps, _largest(course), is_difference=True)
            row.append(cell(math.nan if crps is None else crps, text))
        rows.append(row)
    return TableData(heads, rows, ["text", "text", *["number"] * (len(heads) - 2)])


def _of(numbers: Numbers, n: int, of: int) -> str:
    return f"{numbers.number(n)} / {numbers.number(of)}" if of else numbers.number(None)


def _deviation(numbers: Numbers, value: float) -> dict[str, Any]:
    return cell(value, numbers.number(value, 1, sign=True), "bad" if abs(value) > CLOSE else "")


def forecast_name(say: Words, name: str) -> str:
    """The twin's own forecast, the same with volumes given, the naive one."""
    return say(f"f_{FORECASTS[name]}") if name in FORECASTS else name


@solara.component
def MonthsCourse(months: Any):
    """One KPI month by month: the chart, the numbers, the forecasts of the months held out."""
    say = use_words("calibration")
    given, put = use_address()
    kpi = given.get("monthly", "")
    kpi = kpi if kpi in months.kpis else next(iter(months.kpis))
    with Card(say("monthly"), say("monthly_note")), Box("stack"):
        names = {key: month_title(say, key) for key in months.kpis}
        Select(say("monthly_kpi"), kpi, lambda key: put(monthly=key), names)
        _Chart(months, kpi).key(f"chart-{kpi}")
        Table(_by_month(say, months, kpi), say("by_month_of", kpi=month_title(say, kpi)), f"months-{kpi}.csv")
        if months.ahead and kpi in months.ahead[0].kpis:
            title = say("ahead_of", kpi=month_title(say, kpi))
            Table(_ahead(say, months, kpi), title, f"ahead-{kpi}.csv", is_sortable=False)


@solara.component
def _Chart(months: Any, kpi: str):
    say = use_words("calibration")
    numbers, course = say.numbers, months.kpis[kpi]
    low, q25, middle, q75, high = [_known(band) for band in course.bands]
    recorded, largest = _known(course.recorded), _largest(course)
    names = [numbers.month(month) for month in months.at]
    title = month_title(say, kpi)
    told = [k for k, value in enumerate(recorded) if math.isfinite(value) and math.isfinite(low[k])]
    inside = sum(low[k] <= recorded[k] <= high[k] for k in told)
    summary = say("inside_months", n=numbers.number(inside), all=numbers.number(len(told)))
    if told:
        worst = max(told, key=lambda k: abs(middle[k] - recorded[k]))
        seen, ours = (month_text(numbers, kpi, values[worst], largest) for values in (recorded, middle))
        summary += " " + say("furthest", at=names[worst], recorded=seen, simulated=ours)
    bands = {say("nine_in_ten"): (low, high), say("half_of_them"): (q25, q75)}
    unseen = [k for k, month in enumerate(months.at) if month in months.held_out]
    FanChart(
        title, summary, names, say("month"), _unit(numbers, kpi, largest), (say("recorded"), recorded),
        (say("simulated_median"), middle), bands, height=300, shaded=(say("use_held_out"), unseen),
        floor=_floor(recorded, low, high),
    )  # fmt: skip


def _known(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def _floor(*courses: Sequence[float]) -> float:
    """Where the axis begins: at 0, unless all numbers lie so far up that nothing of them would be seen."""
    told = [value for values in courses for value in values if math.isfinite(value)]
    if not told or min(told) < FAR_UP * max(told):
        return 0.0
    least = max(min(told) - 0.5 * (max(told) - min(told)), 0.0)
    step = 10.0 ** math.floor(math.log10(max(max(told) - least, 1e-9)))
    return math.floor(least / step) * step


def _by_month(say: Words, months: Any, kpi: str) -> TableData:
    """A row a month: recorded, simulated, what is between them, and what the month was for."""
    numbers, course = say.numbers, months.kpis[kpi]
    largest = _largest(course)
    heads = [say("month"), say("recorded"), say("simulated_mean"), say("nine_in_ten"), say("difference"),
             say("deviations"), say("use")]  # fmt: skip
    rows: list[list[Any]] = []
    for k, month in enumerate(months.at):
        recorded, mean = (math.nan if value is None else value for value in (course.recorded[k], course.mean[k]))
        low, high = (month_text(numbers, kpi, course.bands[level][k], largest) for level in (0, -1))
        deviation = math.nan if course.deviations[k] is None else course.deviations[k]
        rows.append(
            [cell(month, numbers.month(month).replace(" ", NARROW)),
             cell(recorded, month_text(numbers, kpi, recorded, largest)),
             cell(mean, month_text(numbers, kpi, mean, largest)), f"{low} – {high}",
             cell(recorded - mean, month_text(numbers, kpi, recorded - mean, largest, is_difference=True, sign=True)),
             _deviation(numbers, deviation), say(f"use_{months.use(kpi, month)}")]
        )  # fmt: skip
    return TableData(heads, rows, ["text", *["number"] * 5, "text"])


def _ahead(say: Words, months: Any, kpi: str) -> TableData:
    """Recorded, and a row a forecast."""
    numbers, largest = say.numbers, _largest(months.kpis[kpi])

    def texts(values: Sequence[float | None]) -> list[Any]:
        return [cell(value, month_text(numbers, kpi, value, largest)) for value in values]

    heads = [say("forecast"), *(numbers.month(month) for month in months.held_out)]
    heads += [say("mean_error"), say("crps_short"), say("in_band_short")]
    rows: list[list[Any]] = [[say("recorded"), *texts(months.recorded_ahead(kpi)), "", "", ""]]
    for one in months.ahead:
        of = one.kpis[kpi]
        errors = [cell(e, month_text(numbers, kpi, e, largest, is_difference=True)) for e in (of.mean_error, of.crps)]
        share = of.coverage.get("0.9")
        inside = cell(share, numbers.percent(share, 0)) if share is not None else ""
        rows.append([forecast_name(say, one.name), *texts(of.mean), *errors, inside])
    return TableData(heads, rows, ["text", *["number"] * (len(heads) - 1)])


def _largest(course: Any) -> float:
    """Of all that is shown of a KPI: it decides on the digits."""
    told = [abs(value) for values in (course.recorded, *course.bands) for value in values if value is not None]
    return max(told, default=0.0)


def _digits(kpi: str, largest: float) -> int:
    """Enough to tell the months apart."""
    if _is_share(kpi):
        return 2 if largest < 0.02 else 1
    return 0 if largest >= 200 else 1 if largest >= 20 else 2


def _is_share(kpi: str) -> bool:
    from calibration.months.record import MONTH_KPIS

    return MONTH_KPIS[kpi].is_share


def month_text(
    numbers: Numbers, kpi: str, value: float | None, largest: float, is_difference: bool = False, sign: bool = False
) -> str:
    """A value of a monthly KPI, or a distance between two: 4.4 %, +0.3 pp, 984 s, 68.2."""
    digits = _digits(kpi, largest)
    if _is_share(kpi):
        return numbers.points(value, digits, sign) if is_difference else numbers.percent(value, digits)
    if kpi in ("asa", "aht"):
        return numbers.seconds(value, digits, sign)
    return numbers.number(value, digits, sign)


def _unit(numbers: Numbers, kpi: str, largest: float) -> Unit:
    """How the chart writes it."""
    digits = _digits(kpi, largest)
    if _is_share(kpi):
        return Unit.share(numbers, digits)
    return Unit.plain(numbers, digits, "s" if kpi in ("asa", "aht") else "")
