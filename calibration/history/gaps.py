"""What is missing: days, intervals within days, months."""

from typing import Any

import numpy as np
import pandas as pd

from calibration.history.tables import DAY, GAP_COLUMNS, empty, intervals_of

USUAL = 0.5  # share of a weekday's dates on which a thing must be there to be missed on the others
BUSY = 10  # calls usual in an interval in which none came: a chance of exp(-10) if all was well


def find_gaps(calls: pd.DataFrame | None, intervals: pd.DataFrame | None, months: pd.DataFrame | None) -> pd.DataFrame:
    """Everything missing, GAP_COLUMNS."""
    found: list[tuple] = []
    if intervals is not None and len(intervals):
        for names, rows in intervals.groupby(["queue", "type"], sort=True):
            found += _series_gaps(series_name(names), rows)
    if calls is not None and len(calls):
        found += _missing_days("", calls["date"].drop_duplicates())
        found += _silent(calls)
    if months is not None and len(months):
        for unit, rows in months.groupby("unit", sort=True):
            found += _missing_months(str(unit), rows["month"])
    return pd.DataFrame(found, columns=list(GAP_COLUMNS)).astype(GAP_COLUMNS) if found else empty(GAP_COLUMNS)


def series_name(names: Any) -> str:
    """Queue and type as one name."""
    return " / ".join(str(name) for name in names if name)


def _series_gaps(series: str, rows: pd.DataFrame) -> list[tuple]:
    dates = rows["date"].drop_duplicates().sort_values()
    found = _missing_days(series, dates)
    length = int(rows["length_s"].mode().iloc[0])
    rows = rows[rows["length_s"] == length]
    there = rows.assign(there=True).pivot_table(index="date", columns="start_s", values="there", aggfunc="any")
    present = there.notna()
    usual = _usual(present)
    return found + _runs(series, usual & ~present & ~_spring_hours(present), length)


def _usual(present: pd.DataFrame) -> pd.DataFrame:
    """Which intervals a date should have: those that most dates of its weekday have (of all, if it has one date)."""
    weekday = pd.DatetimeIndex(present.index).weekday
    whole = present.mean() > USUAL
    usual = present.copy()
    for day in np.unique(weekday):
        of_day = present[weekday == day]
        expected = of_day.mean() > USUAL if len(of_day) > 1 else whole
        usual.loc[weekday == day] = np.broadcast_to(expected.to_numpy(), (len(of_day), len(expected)))
    return usual


def _spring_hours(present: pd.DataFrame) -> pd.DataFrame:
    """The hour from 2 to 3 that does not exist on the Sundays in March on which clocks go forward."""
    dates = pd.DatetimeIndex(present.index)
    is_sunday = (dates.weekday == 6) & (dates.month == 3) & ((dates.day > 24) | ((dates.day > 7) & (dates.day < 15)))
    starts = present.columns.to_numpy()
    is_hour = (starts >= 7200) & (starts < 10800)
    whole = (~present.loc[:, is_hour]).all(axis=1).to_numpy() if is_hour.any() else np.zeros(len(dates), bool)
    return pd.DataFrame(np.outer(np.asarray(is_sunday) & whole, is_hour), present.index, present.columns)


def _runs(series: str, missing: pd.DataFrame, length: int) -> list[tuple]:
    """Missing intervals of each date, those that follow one another together."""
    found = []
    for date in missing.index[missing.any(axis=1)]:
        starts = missing.columns[missing.loc[date]].to_numpy()
        for run in np.split(starts, np.flatnonzero(np.diff(starts) != length) + 1):
            first, last = (date + pd.Timedelta(seconds=int(start)) for start in (run[0], run[-1]))
            found.append(("intervals", series, first, last, len(run)))
    return found


def _missing_days(series: str, dates: pd.Series) -> list[tuple]:
    """Dates between the first and the last on whose weekday there usually is something."""
    known = pd.DatetimeIndex(dates).sort_values()
    every = pd.date_range(known[0], known[-1])
    there = every.isin(known)
    weekday = every.weekday
    usual = np.array([bool(there[weekday == day].sum() > USUAL * (weekday == day).sum()) for day in range(7)])
    missing = every[~there & usual[weekday]]
    runs = np.split(np.arange(len(missing)), np.flatnonzero(np.diff(missing.to_numpy()) != np.timedelta64(1, "D")) + 1)
    return [("days", series, missing[run[0]], missing[run[-1]], len(run)) for run in runs if len(run)]


def _silent(calls: pd.DataFrame) -> list[tuple]:
    """Half hours of a recorded date without a single call where there usually are many."""
    counted = intervals_of(calls.assign(queue="", type=""))
    if counted.empty:
        return []
    table = counted.assign(asked=counted["offered"] + counted["blocked"])
    counts = table.pivot_table(index="date", columns="start_s", values="asked", aggfunc="sum").fillna(0.0)
    weekday = pd.DatetimeIndex(counts.index).weekday
    median = counts.groupby(weekday).transform("median")
    return _runs("", (counts == 0) & (median >= BUSY), DAY // 48)


def _missing_months(unit: str, months: pd.Series) -> list[tuple]:
    known = pd.DatetimeIndex(months).sort_values()
    every = pd.date_range(known[0], known[-1], freq="MS")
    missing = every[~every.isin(known)]
    places = every.get_indexer(missing)
    runs = np.split(np.arange(len(missing)), np.flatnonzero(np.diff(places) != 1) + 1)
    return [("months", unit, missing[run[0]], missing[run[-1]], len(run)) for run in runs if len(run)]
