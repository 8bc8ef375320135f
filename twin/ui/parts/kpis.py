"""KPIs as pages name and write them: digits as many as the interval is worth."""

import math
from collections.abc import Sequence
from typing import Any

from experiments.compare.measures import MEASURES
from experiments.compare.paired import BETTER, WORSE
from twin.ui.parts.charts import Interval, Unit
from twin.ui.parts.numbers import NOTHING, Numbers
from twin.ui.words import Words


def kpi_title(language: str, name: str) -> str:
    """The name of a KPI for the reader."""
    say = Words("kpis", language)
    return say(name) if say.has(name) else MEASURES[name].title


def kpi_text(numbers: Numbers, name: str, value: float, width: float = math.nan) -> str:
    """A value: 81.3 %, 24 s, 1.24 M€."""
    unit = MEASURES[name].unit
    if unit == "share":
        return numbers.percent(value, max(_digits(100 * width, 100 * value), 1))
    if unit.startswith("EUR"):
        return numbers.euro(value)
    return _with(numbers.number(value, _digits(width, value)), unit)


def difference_text(numbers: Numbers, name: str, value: float, width: float) -> str:
    """A difference with its half-width: +2.1 ± 0.4 pp; alone where there is none, of a single pair."""
    if not math.isfinite(value):
        return NOTHING
    unit = MEASURES[name].unit
    if not math.isfinite(width) and not unit.startswith("EUR"):
        digits = _digits(math.nan, value)
        if unit == "share":
            return numbers.points(value, max(_digits(math.nan, 100 * value), 1))
        return _with(numbers.number(value, digits, sign=True), unit)
    if unit == "share":
        digits = max(_digits(100 * width, 100 * value), 1)
        return f"{numbers.number(100 * value, digits, sign=True)} ± {numbers.points(width, digits, sign=False)}"
    if unit.startswith("EUR"):
        return numbers.euro_interval(value, width)
    digits = _digits(width, value)
    return _with(f"{numbers.number(value, digits, sign=True)} ± {numbers.number(width, digits)}", unit)


def kpi_axis(numbers: Numbers, name: str, largest: float, is_difference: bool = False) -> Unit:
    """How a chart writes this KPI."""
    unit = MEASURES[name].unit
    if unit == "share":
        if is_difference:
            return Unit.points(numbers)
        return Unit.share(numbers, 0 if largest > 0.2 else 1)
    if unit.startswith("EUR"):
        return Unit.euro(numbers, largest)
    return Unit.plain(numbers, 0 if largest >= 10 else 2, "s" if unit == "s" else "")


def kpi_band(name: str, values: Sequence[float], widths: Sequence[float]) -> tuple[list[float], list[float]]:
    """Intervals of a KPI as a band: nothing below 0 but sums of money, of a share nothing above 1."""
    unit = MEASURES[name].unit
    least, most = -math.inf if unit.startswith("EUR") else 0.0, 1.0 if unit == "share" else math.inf
    pairs = list(zip(values, widths, strict=True))
    return [max(value - width, least) for value, width in pairs], [min(value + width, most) for value, width in pairs]


def as_interval(row: Any) -> Interval:
    """A row of a comparison as a dot with its interval, coloured by what was shown."""
    tone = {BETTER: "good", WORSE: "bad"}.get(row.verdict, "")
    return Interval(row.difference, row.half_width, tone)


def tone_of(row: Any) -> str:
    return as_interval(row).tone


def _digits(width: float, value: float) -> int:
    """Two digits of the half-width; without one, three of the value."""
    size, digits = (width, 1) if math.isfinite(width) and width > 0 else (abs(value), 2)
    if not math.isfinite(size) or size == 0:
        return 0
    return min(max(digits - math.floor(math.log10(size)), 0), 3)


def _with(text: str, unit: str) -> str:
    return f"{text}\u00a0s" if unit == "s" else text
