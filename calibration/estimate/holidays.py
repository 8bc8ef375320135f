"""Italian public holidays, by date: national ones, and the patron's day of a town if given."""

import datetime
from collections.abc import Iterable, Mapping

import pandas as pd

from twin.errors import InputError

FIRST_YEAR = 1986
"""Epiphany is a holiday again since 28 December 1985 (DPR 792/1985); earlier calendars are not held here."""

_FIXED = {
    (1, 1): "New Year",
    (1, 6): "Epiphany",
    (4, 25): "Liberation Day",
    (5, 1): "Labour Day",
    (8, 15): "Ferragosto",
    (11, 1): "All Saints",
    (12, 8): "Immaculate Conception",
    (12, 25): "Christmas",
    (12, 26): "St Stephen",
}
"""Law 260/1949 as changed by law 54/1977."""

PATRONS = {
    "Bari": (12, 6), "Bologna": (10, 4), "Cagliari": (10, 30), "Catania": (2, 5), "Firenze": (6, 24),
    "Genova": (6, 24), "Milano": (12, 7), "Napoli": (9, 19), "Padova": (6, 13), "Palermo": (7, 15),
    "Roma": (6, 29), "Torino": (6, 24), "Trieste": (11, 3), "Venezia": (4, 25), "Verona": (5, 21),
}  # fmt: skip
"""Town -> month and day of its patron, a local holiday."""


def easter(year: int) -> datetime.date:
    """Easter Sunday of the Gregorian calendar (Meeus 1991, Astronomical Algorithms, ch. 8: the anonymous rule)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - shift + 15) % 30
    quarter, odd = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - odd) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return datetime.date(year, month, day + 1)


def italian_holidays(years: Iterable[int], patron: str | tuple[int, int] | None = None) -> dict[datetime.date, str]:
    """Date -> name of the public holidays of some years, sorted.

    Parameters
    ----------
    years : iterable of int
        From 1986 on.
    patron : str or (month, day), optional
        Town of PATRONS, or the day of the centre's patron.

    Notes
    -----
    2 June is a holiday again since 2001 (law 336/2000), 4 October since 2026 (law 151/2025); 17 March 2011 was one
    (DL 5/2011).
    """
    local = _patron_day(patron)
    days: dict[datetime.date, str] = {}
    for year in years:
        if year < FIRST_YEAR:
            raise InputError(f"year is {year}, must be {FIRST_YEAR} or later")
        days |= {datetime.date(year, month, day): name for (month, day), name in _FIXED.items()}
        sunday = easter(year)
        days[sunday] = "Easter"
        days[sunday + datetime.timedelta(days=1)] = "Easter Monday"
        if year >= 2001:
            days[datetime.date(year, 6, 2)] = "Republic Day"
        if year >= 2026:
            days[datetime.date(year, 10, 4)] = "St Francis"
        if year == 2011:
            days[datetime.date(2011, 3, 17)] = "150 years of unity"
        if local is not None:
            days.setdefault(datetime.date(year, *local), "patron")
    return dict(sorted(days.items()))


def _patron_day(patron: str | tuple[int, int] | None) -> tuple[int, int] | None:
    if not isinstance(patron, str):
        return patron
    if patron not in PATRONS:
        raise InputError(f"patron is {patron!r}, must be a month and day or one of {', '.join(PATRONS)}")
    return PATRONS[patron]


def day_kinds(dates: pd.DatetimeIndex, holidays: Mapping[datetime.date, str]) -> pd.Series:
    """Kind of each date: `ordinary`, `holiday`, `bridge` (a working day between two free ones), `after` (the first
    working day after a holiday that was not a Sunday)."""

    def is_free(day: datetime.date) -> bool:
        return day in holidays or day.weekday() >= 5

    def kind(day: datetime.date) -> str:
        before, after = day - datetime.timedelta(days=1), day + datetime.timedelta(days=1)
        if day in holidays:
            return "holiday"
        if is_free(day):
            return "ordinary"
        if is_free(before) and is_free(after):
            return "bridge"
        while before.weekday() == 6:
            before -= datetime.timedelta(days=1)
        return "after" if before in holidays else "ordinary"

    return pd.Series([kind(stamp.date()) for stamp in dates], index=dates, dtype=object)
