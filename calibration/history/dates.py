"""Dates and clock times as centres write them: any order, any separator, with or without a zone."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from calibration.history.cells import is_blank
from calibration.history.tables import Sureness

Order = Literal["dmy", "mdy", "ymd"]
DAY = 86400
_MONTHS = {
    "jan": 1, "gen": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "mag": 5, "jun": 6, "giu": 6, "jul": 7, "lug": 7,
    "aug": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "ott": 10, "nov": 11, "dec": 12, "dic": 12,
}  # fmt: skip
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|gio|ven|sab|dom)[a-zìèéàò]*[.,]?\s+(?=\d)", re.I)
_DATE = re.compile(r"(\d{1,4})\s*[-/. ]\s*(\d{1,2}|[a-zA-Z]{3,9})\.?\s*[-/. ,]\s*(\d{1,4})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_MONTH_ONLY = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})|([a-zA-Z]{3,9})\.?[-/. ,]*(\d{4}|\d{2})|(\d{6})")
_TIME = re.compile(
    r"(\d{1,2})[:.hH](\d{2})(?:[:.'](\d{2})(?:[.,](\d{1,9}))?)?\s*([aApP])?\.?(?:[mM]\.?)?\s*(Z|UTC|GMT|CES?T|[+-]\d{2}(?::?\d{2})?)?"
    r"(?:\[[A-Za-z_/]+\])?"
)
_HOUR = re.compile(r"(\d{1,2})\s*([aApP])\.?[mM]\.?")
_EPOCH = datetime.datetime(1970, 1, 1)
_EXCEL_ZERO = datetime.datetime(1899, 12, 30)


@dataclass(frozen=True)
class Stamp:
    """One cell, read."""

    day: int
    """Days since 1970-01-01."""
    seconds: float | None
    """[s] after midnight; None if the cell holds a date only."""
    offset: int | None = None
    """[s] of the clock ahead of UTC; None if the cell does not say."""


def parse_date(text: str, order: Order) -> tuple[datetime.date, str] | None:
    """A date at the start of a text, and what is left of the text."""
    text = _WEEKDAY.sub("", text.strip())
    match = _COMPACT.match(text)
    if match is None:
        match = _DATE.match(text)
        if match is None:
            return None
        a, b, c = match.groups()
        if not b.isdigit():
            month = _MONTHS.get(b[:3].casefold())
            day, year = (c, a) if len(a) == 4 else (a, c)
        elif len(a) == 4 or (order == "ymd" and len(a) == 2 and len(c) <= 2):
            year, month, day = a, int(b), c
        elif order == "mdy":
            month, day, year = int(a), b, c
        else:
            day, month, year = a, int(b), c
        parts = (year, month, day)
    else:
        parts = (match[1], int(match[2]), match[3])
    return _checked(*parts, rest=text[match.end() :])


def dates_within(text: str) -> list[str]:
    """Dates that stand anywhere in a text, as they are written."""
    places = [match for form in (_DATE, _COMPACT) for match in form.finditer(text)]
    whole = [match[0] for match in places if match.start() == 0 or not text[match.start() - 1].isalnum()]
    return [found for found in whole if parse_date(found, "dmy") or parse_date(found, "mdy")]


def _checked(year: str, month: int | None, day: str, rest: str) -> tuple[datetime.date, str] | None:
    if month is None or len(year) == 3 or len(day) > 2:
        return None
    number = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 70 else 1900)
    try:
        date = datetime.date(number, month, int(day))
    except ValueError:
        return None
    return (date, rest) if 1970 <= date.year < 2200 else None


def parse_time(text: str) -> tuple[float, int | None] | None:
    """Seconds after midnight and offset of "23:45", "23.45", "11:45 PM", "23:45:12.5Z"; 24:00 is allowed."""
    text = text.strip()
    if match := _HOUR.fullmatch(text):
        hour = int(match[1]) % 12 + (12 if match[2] in "pP" else 0)
        return (hour * 3600.0, None) if int(match[1]) <= 12 else None
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[5] in "pP" else 0)
    seconds = hour * 3600 + minute * 60 + second + (float(f"0.{match[4]}") if match[4] else 0.0)
    if minute > 59 or second > 59 or seconds > DAY:
        return None
    return seconds, _offset(match[6])


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return {"CET": 3600, "CEST": 7200}.get(zone, 0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def parse_stamp(text: str, order: Order) -> Stamp | None:
    """A date, or a date and a time; a workbook's day number; seconds or milliseconds since 1970 (UTC)."""
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?|\d{10}(?:\.\d+)?|\d{13}", text.strip()):
        return _numbered(text.strip())
    found = parse_date(text, order)
    if found is None:
        return None
    date, rest = found
    day = (date - _EPOCH.date()).days
    rest = rest.lstrip(" ,;-tT").rstrip(" ,;-") if rest[:1] in " ,;-tT" else rest
    if not rest:
        return Stamp(day, None)
    time = parse_time(rest)
    if time is None and re.fullmatch(r"\d{3,4}", rest):
        time = _hhmm(int(rest))
    return None if time is None else Stamp(day, *time)


_BETWEEN = re.compile(r"(?<=[\dzZmM])\s*(?:-|–|—|/|to|alle|al)\s*(?=\d)")


def stamp_range(text: str, order: Order) -> tuple[str, float] | None:
    """Text of the start, and length [s], of "04/03/2024 08:00 - 08:30" or "2024-03-04T08:00Z/2024-03-04T08:30Z"."""
    if parse_stamp(text, order) is not None:
        return None
    for match in _BETWEEN.finditer(text):
        first, last = text[: match.start()], text[match.end() :]
        start, end = parse_stamp(first, order), parse_stamp(last, order)
        if start is None or start.seconds is None:
            continue
        if end is not None and end.seconds is not None:
            shift = (end.offset or 0) - (start.offset or 0) if end.offset is not None else 0
            return first, whole_length((end.day - start.day) * DAY + end.seconds - start.seconds - shift)
        if (clock := parse_time(last)) is not None:
            return first, whole_length((clock[0] - start.seconds) % DAY or DAY)
    return None


def whole_length(seconds: float) -> float:
    """Length of an interval [s]; 08:00 to 08:29 or 08:29:59, whose end is within it, is half an hour."""
    return next((seconds + more for more in (60.0, 1.0) if (seconds + more) % 300 == 0), seconds)


def _numbered(text: str) -> Stamp | None:
    whole = re.split(r"[.,]", text)[0]
    value = float(text.replace(",", "."))
    if len(whole) == 5:
        if not 25569 <= value < 80000:  # 1970 to 2119
            return None
        seconds = round((value % 1) * DAY, 3)
        return Stamp(int(value) - (_EPOCH - _EXCEL_ZERO).days, seconds if value % 1 else None)
    value = value / 1000 if len(whole) == 13 else value
    return Stamp(int(value // DAY), value % DAY, 0)


def _hhmm(value: int) -> tuple[float, None] | None:
    hour, minute = divmod(value, 100)
    seconds = hour * 3600.0 + minute * 60
    return (seconds, None) if minute < 60 and seconds <= DAY else None


def parse_month(text: str, order: Order = "ymd") -> int | None:
    """Days from 1970 to the first of the month of "2015-04", "04/2015", "apr-15", "aprile 2015", "201504", a date."""
    text = text.strip()
    if match := _MONTH_ONLY.fullmatch(text):
        if match[5]:
            month, year = _MONTHS.get(match[5][:3].casefold(), 0), int(match[6])
        elif match[7]:
            year, month = int(match[7][:4]), int(match[7][4:])
        else:
            year, month = int(match[1] or match[4]), int(match[2] or match[3])
        year += 2000 if year < 100 else 0
        if 1 <= month <= 12 and 1970 <= year < 2200:
            return (datetime.date(year, month, 1) - _EPOCH.date()).days
        return None
    stamp = parse_stamp(text, order)
    if stamp is None:
        return None
    date = _EPOCH.date() + datetime.timedelta(days=stamp.day)
    return (date.replace(day=1) - _EPOCH.date()).days


ClockForm = Literal["clock", "hhmm", "hour", "seconds", "day share"]


def find_clock_form(texts: Sequence[str], heading: str = "") -> ClockForm:
    """How a column of clock times is written where it holds plain numbers: 830 is half past eight, 8 is eight."""
    plain = [text.strip() for text in texts if not is_blank(text)]
    numbers = [text for text in plain if re.fullmatch(r"\d+(?:[.,]\d+)?", text)]
    if len(numbers) < len(plain) or not plain:
        return "clock"
    values = [float(text.replace(",", ".")) for text in plain]
    if heading.casefold().endswith(("_s", "[s]", "(s)", "seconds", "secondi")):
        return "seconds"
    if all(value <= 1 for value in values) and any(value % 1 for value in values):
        return "day share"
    if any(re.fullmatch(r"\d{1,2}[.,]\d{2}", text) for text in plain):
        return "clock"
    if max(values) <= 24:
        return "hour"
    return "hhmm" if max(values) <= 2400 and all(value % 100 < 60 for value in values) else "seconds"


def clock_seconds(text: str, form: ClockForm) -> float | None:
    """Seconds after midnight of one cell of such a column; of "08:00 - 08:30" the first."""
    text = text.strip()
    if form == "clock":
        stamp = parse_time(text.replace(",", ".") if re.fullmatch(r"\d{1,2},\d{2}", text) else text)
        return None if stamp is None else stamp[0]
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    if form == "hhmm":
        found = _hhmm(int(value)) if value == int(value) else None
        return None if found is None else found[0]
    scale = {"hour": 3600.0, "seconds": 1.0, "day share": float(DAY)}[form]
    limit = 2 * DAY if form == "seconds" else DAY
    return round(value * scale, 3) if 0 <= value * scale <= limit else None


_CLOCK = r"(\d{1,2}(?:[:.]\d{2}(?:[:.]\d{2})?)?(?:\s*[ap]\.?m\.?)?)"
_RANGE = re.compile(rf"(?:dalle|from|da)?\s*{_CLOCK}\s*(?:-|–|—|to|alle|a|/)\s*{_CLOCK}")


def clock_range(text: str) -> tuple[float, float] | None:
    """Start and end [s after midnight] of "08:00-08:29", "8-9", "11:30 AM - 12:00 PM"; an end of 00:00 is 24:00."""
    match = _RANGE.fullmatch(text.strip().casefold())
    if match is None:
        return None
    start, end = (parse_time(text if len(text) > 2 else f"{text}:00") for text in match.groups())
    if start is None or end is None:
        return None
    return start[0], start[0] + whole_length((end[0] - start[0]) % DAY or DAY)


def find_order(texts: Sequence[str]) -> tuple[Order, str, Sureness]:
    """Order of day and month in a column of dates, how it was seen, and how sure that is."""
    n_dmy = n_mdy = n_clear = 0
    pairs: list[tuple[int, int, int]] = []
    for text in texts:
        match = _DATE.match(_WEEKDAY.sub("", text.strip()))
        if match is None or len(match[1]) == 4 or not match[2].isdigit() or _COMPACT.match(text.strip()):
            n_clear += not is_blank(text)
            continue
        a, b, year = int(match[1]), int(match[2]), int(match[3])
        if len(match[1]) > 2:
            continue
        n_dmy += 12 < a <= 31 and b <= 12
        n_mdy += 12 < b <= 31 and a <= 12
        pairs.append((a, b, year))
    if not pairs:
        return "ymd", "the year comes first, or the month is a word", "sure"
    if n_dmy and not n_mdy and n_clear and _are_swapped(texts):
        how = f"{n_clear} dates are typed, all with a day up to 12, and {n_dmy} are text, all with one above: "
        return "dmy", f"{how}day and month of the typed ones may have been swapped by the spreadsheet", "guess"
    if n_dmy and not n_mdy:
        return "dmy", f"{n_dmy} dates have a first number above 12 and none a second one", "sure"
    if n_mdy and not n_dmy:
        return "mdy", f"{n_mdy} dates have a second number above 12 and none a first one", "sure"
    if n_dmy or n_mdy:
        order: Order = "dmy" if n_dmy >= n_mdy else "mdy"
        return order, f"{n_dmy} dates can only be day first, {n_mdy} only month first; the fewer are refused", "guess"
    return _by_sequence(pairs)


def _are_swapped(texts: Sequence[str]) -> bool:
    """Whether a spreadsheet took the day for the month where it could: dates up to the 12th, text from the 13th on."""
    typed = [match for text in texts if (match := re.match(r"\d{4}-(\d\d)-(\d\d)(?!\d)", text))]
    plain = [match for text in texts if (match := re.match(r"(\d{1,2})[/.-]\d{1,2}[/.-]\d{2,4}(?!\d)", text))]
    return len(typed) > 1 and all(int(one[2]) <= 12 for one in typed) and all(int(one[1]) > 12 for one in plain)


def _by_sequence(pairs: Sequence[tuple[int, int, int]]) -> tuple[Order, str, Sureness]:
    """No number is above 12: the order in which the dates come closer to one another."""
    unique = list(dict.fromkeys(pairs))
    steps = {}
    for order in ("dmy", "mdy"):
        numbers = np.array([_ordinal(a, b, year, order) for a, b, year in unique])
        steps[order] = float(np.abs(np.diff(numbers)).sum())
    if len(unique) > 1 and steps["dmy"] != steps["mdy"]:
        best: Order = "dmy" if steps["dmy"] < steps["mdy"] else "mdy"
        far = max(steps.values()) / max(min(steps.values()), 1.0)
        sure: Sureness = "likely" if far > 3 else "guess"
        return best, "no number is above 12; in this order the dates follow one another most closely", sure
    return "dmy", "no number is above 12 and nothing decides; taken as day first, name it in the mapping", "guess"


def _ordinal(a: int, b: int, year: int, order: str) -> int:
    day, month = (a, b) if order == "dmy" else (b, a)
    full = year if year > 99 else year + 2000
    return full * 372 + month * 31 + day


@dataclass(frozen=True)
class Stamps:
    """A column of stamps."""

    day: np.ndarray
    """Days since 1970, float64, NaN where blank or bad."""
    seconds: np.ndarray
    """[s] after midnight, NaN where there is no time."""
    is_bad: np.ndarray
    is_blank: np.ndarray
    has_zone: bool
    """Whether the cells said their offset, and were moved to the centre's zone."""


def convert_stamps(cells: pd.Series, order: Order, written_in: ZoneInfo | None, centre: ZoneInfo | None) -> Stamps:
    """A column of dates, or dates and times, as days and seconds on the centre's clocks.

    Parameters
    ----------
    written_in : ZoneInfo, optional
        Zone of cells that do not say theirs; None: they are the centre's clock times already.
    centre : ZoneInfo, optional
        None: cells that say their offset keep the clock time that they show.
    """
    codes, texts = pd.factorize(cells, use_na_sentinel=False)
    day, seconds = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    bad, blank, zoned = (np.zeros(len(texts), bool) for _ in range(3))
    for place, text in enumerate(texts):
        if is_blank(text):
            blank[place] = True
            continue
        stamp = parse_stamp(text, order)
        if stamp is None:
            bad[place] = True
            continue
        zoned[place] = stamp.offset is not None
        day[place], seconds[place] = _moved(stamp, written_in, centre)
    return Stamps(day[codes], seconds[codes], bad[codes], blank[codes], bool(zoned.any()))


def _moved(stamp: Stamp, written_in: ZoneInfo | None, centre: ZoneInfo | None) -> tuple[float, float]:
    if stamp.seconds is None:
        return stamp.day, float("nan")
    if centre is None or (stamp.offset is None and written_in in (None, centre)):
        return stamp.day, stamp.seconds
    moment: Any = _EPOCH + datetime.timedelta(days=stamp.day, seconds=stamp.seconds)
    if stamp.offset is not None:
        moment = (moment - datetime.timedelta(seconds=stamp.offset)).replace(tzinfo=datetime.UTC)
    else:
        moment = moment.replace(tzinfo=written_in)
    local = moment.astimezone(centre).replace(tzinfo=None) - _EPOCH
    return local.days, local.seconds + local.microseconds / 1e6
