"""Cells of text as numbers, shares and durations, in the ways in which centres write them."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from calibration.history.tables import Sureness

BLANKS = {"", "-", "--", "---", "–", "—", "n/a", "na", "n.a.", "nd", "n.d.", "n/d", "nan", "null", "none",
          "#n/a", "#div/0!", "#value!", "#nv", "#n/d", "#valore!", "#ref!", "#rif!", "#num!", "#name?", "#nome?",
          "#null!", "#nullo!", "inf", "?", ".", "(null)", "nessuno", "vuoto", "[none]", "<null>"}  # fmt: skip
UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}
UNIT_WORDS = {
    "ms": "ms", "msec": "ms", "millis": "ms", "milliseconds": "ms", "millisecondi": "ms",
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "secondi": "s", "secondo": "s", '"': "s",
    "m": "min", "min": "min", "mins": "min", "minute": "min", "minutes": "min", "minuti": "min", "minuto": "min",
    "'": "min", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "ora": "h", "ore": "h",
    "d": "day", "day": "day", "days": "day", "g": "day", "gg": "day", "giorni": "day", "giorno": "day",
}  # fmt: skip
_NUMBER = {
    ",": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[.'\u2019\u00a0\u202f ]\d{3})+)(?:,\d*)?(?:[eE][+-]?\d{1,3})?|[+-]?,\d+"),
    ".": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[,'\u2019\u00a0\u202f ]\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|[+-]?\.\d+"),
}
LARGEST = 1e20
"""Of a number in a cell: sums and products of those beyond it are no numbers any more."""
_CLOCK = re.compile(r"(-?)(?:(\d{1,4})[ .](?=\d+:\d\d:))?(\d{0,5}):(\d{1,2})(?::(\d{1,2}))?(?:[.,](\d{1,6}))?")
_DAYS = re.compile(r"(\d{1,4}) ?(?:days?|d|giorni|giorno|gg|g),? *")
_PARTS = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+|['\"])\s*")
_ISO = re.compile(r"p(?:(\d+)d)?t?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:[.,]\d+)?)s)?")


def is_blank(text: str) -> bool:
    """Whether a cell says that nothing is known."""
    return text.strip().casefold() in BLANKS


def number(text: str, decimal: str) -> float | None:
    """A number as written with this decimal sign, or None; the other sign, blanks and ' group thousands."""
    text = text.strip().replace("\u2212", "-")
    if not _NUMBER[decimal].fullmatch(text):
        return None
    kept = re.sub(r"['\u2019\u00a0\u202f ]", "", text.replace("." if decimal == "," else ",", ""))
    value = float(kept.replace(",", "."))
    return value if abs(value) <= LARGEST else None


def share(text: str, decimal: str) -> float | None:
    """A share: "83%" and "0,83" are 0.83; whether a plain 83 means percent is for the column to tell."""
    text = text.strip()
    if text.endswith("%"):
        value = number(text[:-1], decimal)
        return None if value is None else value / 100
    return number(text, decimal)


def duration(text: str, decimal: str, unit: str = "s", two_parts: str = "min:s") -> float | None:
    """Seconds, of "00:03:12", "3:12", ":12", "3m12s", "3 min 12 s", "PT3M12S", "1 day 0:03:12" or a plain number.

    Parameters
    ----------
    unit : str
        Of plain numbers, a key of UNITS.
    two_parts : str
        What "3:12" is: "min:s" or "h:min".
    """
    text = text.strip().casefold()
    value = number(text, decimal)
    if value is not None:
        return value * UNITS[unit]
    if ":" in text:
        return _clock(text, two_parts)
    if text.startswith("p") and (iso := _ISO.fullmatch(text)) and any(iso.groups()):
        parts = [float((part or "0").replace(",", ".")) for part in iso.groups()]
        return parts[0] * 86400 + parts[1] * 3600 + parts[2] * 60 + parts[3]
    return _worded(text, decimal)


def _clock(text: str, two_parts: str) -> float | None:
    days = 0.0
    if found := _DAYS.match(text):
        days, text = float(found[1]), text[found.end() :]
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    sign, whole_days, first, second, third, rest = match.groups()
    days += float(whole_days or 0)
    fraction = float(f"0.{rest}") if rest else 0.0
    a, b = float(first or 0), float(second)
    if third is not None:
        seconds = a * 3600 + b * 60 + float(third)
        is_sane = b < 60 and float(third) < 60
    else:
        seconds = a * 60 + b if two_parts == "min:s" else a * 3600 + b * 60
        is_sane = b < 60
    return (-1 if sign else 1) * (days * 86400 + seconds + fraction) if is_sane else None


def _worded(text: str, decimal: str) -> float | None:
    total, at = 0.0, 0
    while at < len(text):
        match = _PARTS.match(text, at)
        if match is None or match[2] not in UNIT_WORDS:
            return None
        size = number(match[1], decimal)
        if size is None:
            return None
        total, at = total + size * UNITS[UNIT_WORDS[match[2]]], match.end()
    return total if at else None


@dataclass(frozen=True)
class Converted:
    """A column of numbers, and the rows whose cells could not be read."""

    values: np.ndarray
    """float64, NaN where blank or bad."""
    is_bad: np.ndarray
    is_blank: np.ndarray


def convert(cells: pd.Series, one: Callable[[str], float | None]) -> Converted:
    """A column by a function of one cell, called once for each different text."""
    codes, texts = pd.factorize(cells, use_na_sentinel=False)
    found, bad, blank = np.full(len(texts), np.nan), np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    for place, text in enumerate(texts):
        if is_blank(text):
            blank[place] = True
        elif (value := one(text)) is None or not math.isfinite(value):
            bad[place] = True
        else:
            found[place] = value
    return Converted(found[codes], bad[codes], blank[codes])


_EUROPEAN = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d*,(?:\d{1,2}|\d{4,})|[+-]?0,\d+|[+-]?\d{4,},\d+"
                       r"|[+-]?\d{1,3}(?:\.\d{3}){2,}")  # fmt: skip
_ANGLO = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d*\.(?:\d{1,2}|\d{4,})|[+-]?0\.\d+|[+-]?\d{4,}\.\d+"
                    r"|[+-]?\d{1,3}(?:,\d{3}){2,}")  # fmt: skip
NO_FRACTION = "no number has a fraction"
_EITHER = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")


def find_decimal(texts: Iterable[str], separator: str = "", counts: Iterable[str] = ()) -> tuple[str, str, Sureness]:
    """Decimal sign of a file's numbers, how it was seen, and how sure that is.

    Parameters
    ----------
    texts : iterable of str
        Cells of columns that hold numbers, units and percent signs with them.
    separator : str
        Of the file, which decides where "1.234" could be either.
    counts : iterable of str
        Cells of columns that hold whole numbers, in which the sign of "1.234" parts thousands.
    """
    commas = points = unclear = 0
    for text in texts:
        plain = text.strip().rstrip("% ").strip()
        if _EUROPEAN.fullmatch(plain):
            commas += 1
        elif _ANGLO.fullmatch(plain):
            points += 1
        elif _EITHER.fullmatch(plain):
            unclear += 1
    if commas and not points:
        return ",", f"{commas} numbers such as 1,5 and none such as 1.5", "sure"
    if points and not commas:
        return ".", f"{points} numbers such as 1.5 and none such as 1,5", "sure"
    if commas or points:
        chosen, n, other = (",", commas, points) if commas > points else (".", points, commas)
        return chosen, f"{n} numbers fit it, {other} do not and are refused", "guess"
    chosen = "," if separator == ";" else "."
    grouped = [plain for text in counts if _EITHER.fullmatch(plain := text.strip())]
    if grouped and not all(text.endswith("000") for text in grouped):  # 20.000 may be 20 with three decimals
        parting = {"." if "." in text else "," for text in grouped}
        if len(parting) == 1:
            chosen = "," if parting == {"."} else "."
            return chosen, f"{len(grouped)} counts such as {grouped[0]}, which are whole numbers", "likely"
    if unclear:
        return chosen, f"nothing decides what 1.234 is in {unclear} numbers; name it in the mapping", "guess"
    return chosen, NO_FRACTION, "sure"
