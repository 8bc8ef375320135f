"""Quantities as people write them ("3 min", "34 EUR/h", "100 /h", "5 %", "08:30") and the floats the code works with.

Inside the code every duration is float seconds, every rate is per second, every share lies in [0, 1], every amount
is euro (or euro per second for wages). Units exist only here and in printed tables.
"""

import math
import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema

SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "days": 86400.0, "day": 86400.0, "weeks": 604800.0}
RATES = {f"/{unit}": 1.0 / seconds for unit, seconds in SECONDS.items()}
WAGES = {"EUR/h": 1 / 3600.0, "EUR/min": 1 / 60.0}
_QUANTITY = re.compile(r"^\s*([-+]?[\d_]*\.?\d+(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")


def _split(text: Any, example: str) -> tuple[float, str]:
    if isinstance(text, bool) or not isinstance(text, str):
        raise ValueError(f"must be a number with its unit, as in {example!r}")
    match = _QUANTITY.match(text)
    if not match:
        raise ValueError(f"must be a number with its unit, as in {example!r}")
    return float(match[1].replace("_", "")), match[2]


def _by_unit(value: float, unit: str, table: dict[str, float], example: str) -> float:
    if unit not in table:
        raise ValueError(f"must have one of the units {', '.join(table)}, as in {example!r}")
    return value * table[unit]


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def parse_time(text: Any) -> float:
    """Seconds from "180 s", "3 min", "6 h", "2 days"."""
    return _by_unit(*_split(text, "180 s"), SECONDS, "180 s")


def parse_rate(text: Any) -> float:
    """Arrivals per second from "100 /h" or "1.5 /min"."""
    return _by_unit(*_split(text, "100 /h"), RATES, "100 /h")


def parse_wage(text: Any) -> float:
    """Euro per second from "34 EUR/h"."""
    return _by_unit(*_split(text, "34 EUR/h"), WAGES, "34 EUR/h")


def parse_money(text: Any) -> float:
    """Euro from "0.15 EUR"."""
    return _by_unit(*_split(text, "0.15 EUR"), {"EUR": 1.0}, "0.15 EUR")


def parse_share(value: Any) -> float:
    """A share in [0, 1] from 0.05 or "5 %"."""
    if isinstance(value, str):
        return _by_unit(*_split(value, "5 %"), {"%": 0.01}, "5 %")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a share between 0 and 1, as in 0.05 or '5 %'")
    return _float(value)


def parse_clock(text: Any) -> float:
    """Seconds after midnight from "08:30"; "24:00" is the end of the day."""
    match = _CLOCK.match(text) if isinstance(text, str) else None
    if not match:
        raise ValueError("must be a time of day, as in '08:30'")
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    at = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or at > 86400:
        raise ValueError("must be a time of day between 00:00 and 24:00")
    return float(at)


def written_like(example: Any, value: float) -> Any:
    """A value in base units as a file would say it: with the unit of `example`, or as a bare number where it has none.

    >>> written_like("5 min", 90.0)
    '1.5 min'
    """
    if not isinstance(example, str):
        return value
    _, unit = _split(example, "180 s")
    return f"{value / _factor(unit)!r} {unit}"


def in_base_units(text: Any) -> float:
    """A number as a file says it, bare or with any of the known units, in base units.

    >>> in_base_units("1.5 min")
    90.0
    """
    if not isinstance(text, str):
        if isinstance(text, bool) or not isinstance(text, int | float):
            raise ValueError(f"is {text!r}, must be a number, or one with its unit, as in '180 s'")
        return float(text)
    value, unit = _split(text, "180 s")
    return value * _factor(unit)


def _factor(unit: str) -> float:
    known = SECONDS | RATES | WAGES | {"EUR": 1.0, "%": 0.01}
    return _by_unit(1.0, unit, known, "180 s")


def _text(example: str, what: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": what, "examples": [example]})


IN_BASE_UNITS = "in base units"
"""Context of a validation whose numbers are parsed already: seconds, per second, euro (a scenario dumped before)."""


def _lenient(parse: Any) -> BeforeValidator:
    """Parse what a file says, let through a value that code already holds as a parsed float (model copies)."""

    def convert(value: Any, info: ValidationInfo) -> Any:
        if info.context == IN_BASE_UNITS and isinstance(value, float):
            return value
        return value.seconds if isinstance(value, Parsed) else parse(value)

    return BeforeValidator(convert)


class Parsed:
    """A value given by code in base units (seconds, per second, euro), exempt from parsing."""

    def __init__(self, seconds: float):
        self.seconds = float(seconds)


def _within(is_allowed: Callable[[float], bool], allowed: str) -> AfterValidator:
    def check(value: float) -> float:
        if not math.isfinite(value):
            raise ValueError("must be finite")
        if not is_allowed(value):
            raise ValueError(f"must be {allowed}")
        return value

    return AfterValidator(check)


_TIME, _RATE, _WAGE = _lenient(parse_time), _lenient(parse_rate), _lenient(parse_wage)
_SHARE_SCHEMA = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "examples": ["5 %"]}]}

Time = Annotated[float, _TIME, _within(lambda x: x >= 0, "at least 0 s"), _text("180 s", "a duration")]
PositiveTime = Annotated[float, _TIME, _within(lambda x: x > 0, "above 0 s"), _text("180 s", "a duration above 0")]
Rate = Annotated[float, _RATE, _within(lambda x: x >= 0, "at least 0 /h"), _text("100 /h", "arrivals per time")]
Wage = Annotated[float, _WAGE, _within(lambda x: x >= 0, "at least 0 EUR/h"), _text("34 EUR/h", "a wage or price")]
Money = Annotated[float, _lenient(parse_money), _within(lambda x: True, "finite"), _text("0.15 EUR", "an amount")]
Clock = Annotated[
    float,
    _lenient(parse_clock),
    _within(lambda x: 0 <= x <= 86400, "from 00:00 to 24:00"),
    _text("08:30", "a time of day"),
]
Share = Annotated[
    float,
    _lenient(parse_share),
    _within(lambda x: 0 <= x <= 1, "between 0 and 1"),
    WithJsonSchema(_SHARE_SCHEMA),
]
