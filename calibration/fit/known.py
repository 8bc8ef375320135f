"""What the user knows beside history, for the direct estimates: holidays, announcements, the operators scheduled."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from calibration.estimate.holidays import FIRST_YEAR, italian_holidays
from twin.errors import InputError
from twin.trace import parse_dates

ITALY = "italy"
SCHEDULE = ("date", "start_s", "length_s", "operators")


@dataclass(frozen=True)
class Known:
    """Beside history; nothing unless given."""

    holidays: Mapping[datetime.date, str] = field(default_factory=dict)
    announcements: tuple[float, ...] = ()
    """[s] Waits at which callers are told something."""
    schedule: pd.DataFrame | None = None
    """date, start_s, length_s, operators scheduled."""


def known(holidays: str | None, announcements: str | None, schedule: str | None, dates: list[str]) -> Known:
    """From the command line; `dates` are those of the history."""
    return Known(
        {} if holidays is None else holidays_of(holidays, dates),
        () if announcements is None else seconds_of(announcements),
        None if schedule is None else read_schedule(schedule),
    )


def holidays_of(text: str, dates: list[str]) -> dict[datetime.date, str]:
    """ "italy", "italy:Milano" with the patron's day, or dates; of all years of the history and those beside them."""
    country, _, town = text.partition(":")
    if country.casefold() == ITALY:
        years = range(max(int(dates[0][:4]) - 1, FIRST_YEAR), int(dates[-1][:4]) + 2)
        return italian_holidays(years, town or None)
    try:
        return dict.fromkeys(parse_dates(text, "--holidays"), "holiday")
    except InputError:
        raise InputError(
            f"--holidays is {text!r}, must be italy, italy:TOWN, or dates like 2024-04-01,2024-04-25"
        ) from None


def seconds_of(text: str) -> tuple[float, ...]:
    """Seconds with commas between them: "30, 90"."""
    try:
        waits = tuple(float(part.strip().removesuffix("s")) for part in text.split(","))
    except ValueError:
        waits = ()
    if not waits or not all(0 < wait < float("inf") for wait in waits):
        raise InputError(f"--announcements is {text!r}, must be seconds of waiting above 0, as in 30,90")
    return tuple(sorted(set(waits)))


def read_schedule(path: str | Path) -> pd.DataFrame:
    """A CSV file of SCHEDULE."""
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(f"--schedule: {path} must be a CSV file that can be read ({error})") from None
    missing = [name for name in SCHEDULE if name not in table]
    if missing:
        raise InputError(f"--schedule: {path} has no column {missing[0]!r}, must have {', '.join(SCHEDULE)}")
    try:
        table = table.assign(date=pd.to_datetime(table["date"], format="%Y-%m-%d"))
        return table.astype({"start_s": int, "length_s": int, "operators": float})
    except ValueError:
        raise InputError(
            f"--schedule: {path} must have dates like 2024-03-04 and numbers in {', '.join(SCHEDULE[1:])}"
        ) from None
