"""Numbers of a first scenario, read off intervals: rates and staffing by weekday, times, patience, how days vary."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibration.history.tables import DAY, History, intervals_of
from twin.errors import InputError
from twin.scenario.days import WEEKDAYS

LEAST_DATES = 2  # of a weekday, for it to be open
LEAST_OFFERED = 0.01  # of the busiest interval's contacts, below which the doors are taken as shut
STAFF_SAFETY = 1.0  # square-root staffing: load + this x sqrt(load) operators where none are reported
WAIT_LIFT = 1.15  # mean wait of all over that of the answered, where only the latter is known
LEAST_PATIENCE, MOST_PATIENCE = 10.0, 7200.0  # [s]


@dataclass(frozen=True)
class Series:
    """One queue and type of the report: an intent, a queue, a group of operators."""

    key: str
    """Name in the scenario."""
    title: str
    rates: dict[str, list[float]]
    """Contacts an hour by period from opening, by weekday."""
    operators: dict[str, list[int]]
    """On duty, likewise."""
    has_operators: bool
    """Whether the report holds them; otherwise they are reckoned from the load."""
    talk_s: float
    wrap_s: float
    times_from: str
    """ "talk and wrap", "talk", "AHT" or "" (nothing known)."""
    patience_s: float
    patience_from: str
    """ "all waits", "answered waits" or ""."""
    within_s: float | None
    recorded: dict[str, float]
    """offered a day [-], abandonment [-], asa [s], in_time [-]; what is known."""


@dataclass(frozen=True)
class First:
    """All numbers of the scenario."""

    period_s: int
    opens_s: int
    closes_s: int
    days: list[str]
    first: pd.Timestamp
    last: pd.Timestamp
    n_dates: dict[str, int]
    """Recorded dates of each weekday."""
    day_cv: float
    n_unusual: int
    """Dates left out because their volume is unlike the others of their weekday."""
    shut_share: float
    """Share of the contacts that came outside of the hours, and are left out."""
    series: list[Series]


def first_numbers(history: History) -> First:
    """Numbers for a scenario, from the reports, or from the log if there are none.

    Raises
    ------
    InputError
        If the history holds neither, or too little of it.
    """
    table = history.intervals
    if table is None and history.calls is not None:
        table = intervals_of(history.calls)
    if table is None or table.empty:
        raise InputError("init: the history holds months only, must hold intervals or calls to make a scenario from")
    length = int(table["length_s"].mode().iloc[0])
    if length > 3600:
        raise InputError(f"init: the intervals are {length / 3600:g} hours long, must be at most an hour")
    table = table[(table["length_s"] == length) & (table["fold"] == 0)]
    table = table.assign(offered=table["offered"].fillna(table["answered"]))
    usual, n_unusual = _usual_days(table, history)
    weekday = usual["date"].dt.weekday
    counts = usual.groupby(weekday)["date"].nunique()
    open_days = [day for day in range(7) if counts.get(day, 0) >= LEAST_DATES] or sorted(counts.index)
    usual = usual[weekday.isin(open_days)]
    opens, closes = _hours(usual, length)
    n_dates: dict[str, int] = {WEEKDAYS[day]: int(counts[day]) for day in open_days}
    parts = list(usual.groupby(["queue", "type"], sort=True))
    keys = _keys([names for names, _ in parts])
    series = [_series(keys[i], names, rows, opens, closes, n_dates) for i, (names, rows) in enumerate(parts)]
    kept = [one for one in series if any(max(rates) > 0 for rates in one.rates.values())]
    inside = usual["start_s"].between(opens, closes - 1)
    shut_share = 1 - float(usual.loc[inside, "offered"].sum() / usual["offered"].sum())
    return First(
        length,
        opens,
        closes,
        list(n_dates),
        usual["date"].min(),
        usual["date"].max(),
        n_dates,
        _day_cv(usual),
        n_unusual,
        shut_share,
        kept,
    )


def _usual_days(table: pd.DataFrame, history: History) -> tuple[pd.DataFrame, int]:
    outliers = history.quality.outliers
    odd = set(outliers.loc[(outliers["series"] == "") & (outliers["measure"] == "offered"), "date"])
    kept = table[~table["date"].isin(odd)]
    return (kept, len(odd)) if len(kept) else (table, 0)


def _hours(table: pd.DataFrame, length: int) -> tuple[int, int]:
    """Clock seconds from the first to the last interval in which contacts come."""
    mean = table.groupby("start_s")["offered"].sum() / table["date"].nunique()
    if not mean.max() > 0:
        raise InputError("init: the history holds no contacts, must hold some to make a scenario from")
    busy = mean.index[mean >= LEAST_OFFERED * mean.max()]
    return int(busy.min()), min(int(busy.max()) + length, DAY)


def _keys(names: list[Any]) -> list[str]:
    """Names for the scenario: small letters, digits and "-", each once."""
    keys: list[str] = []
    for parts in names:
        text = "-".join(str(part) for part in parts if part).casefold()
        plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in text).strip("-") or "calls"
        while "--" in plain:
            plain = plain.replace("--", "-")
        key, number = plain[:40], 2
        while key in keys:
            key, number = f"{plain[:40]}-{number}", number + 1
        keys.append(key)
    return keys


def _series(key: str, names: Any, rows: pd.DataFrame, opens: int, closes: int, n_dates: dict[str, int]) -> Series:
    length = int(rows["length_s"].iloc[0])
    starts = range(opens, closes, length)
    weekday = rows["date"].dt.weekday.map(lambda day: WEEKDAYS[day])
    offered = rows.groupby([weekday, "start_s"])["offered"].sum()
    on_duty = rows.groupby([weekday, "start_s"])["operators"].mean()
    rates = {
        day: [offered.get((day, start), 0.0) / n * 3600 / length for start in starts] for day, n in n_dates.items()
    }
    talk, wrap, times_from = _times(rows)
    has_operators = bool(rows["operators"].notna().any())
    load = {day: [rate / 3600 * (talk + wrap) for rate in of_day] for day, of_day in rates.items()}
    operators = {
        day: [
            _heads(on_duty.get((day, start), math.nan), load[day][i], has_operators) for i, start in enumerate(starts)
        ]
        for day in n_dates
    }
    patience, patience_from = _patience(rows)
    within = rows["within_s"].dropna()
    title = " / ".join(str(name) for name in names if name) or "All contacts"
    return Series(
        key, title, rates, operators, has_operators, talk, wrap, times_from, patience, patience_from,
        float(within.mode().iloc[0]) if len(within) else None, _recorded(rows),
    )  # fmt: skip


def _heads(reported: float, load: float, has_operators: bool) -> int:
    """Whole operators of an interval: at least one where contacts come."""
    if has_operators:
        heads = 0.0 if math.isnan(reported) else reported
    else:
        heads = math.ceil(load + STAFF_SAFETY * math.sqrt(load) - 1e-9)
    return max(round(heads), 1 if load > 0 else 0)


def _times(rows: pd.DataFrame) -> tuple[float, float, str]:
    """Mean talk and wrap-up [s], and what they come from."""
    for talk, wrap, told in (
        ("service_s", "wrap_s", "talk and wrap"),
        ("handle_s", None, "AHT"),
        ("service_s", None, "talk"),
    ):
        known = rows[rows[talk].notna() & (rows["answered"] > 0)]
        if wrap is not None:
            known = known[known[wrap].notna()]
        answered = known["answered"].sum()
        if answered > 0 and known[talk].sum() > 0:
            wrap_s = known[wrap].sum() / answered if wrap is not None else 0.0
            return float(known[talk].sum() / answered), float(wrap_s), told
    return 300.0, 0.0, ""


def _patience(rows: pd.DataFrame) -> tuple[float, str]:
    """Mean patience [s]: seconds waited by all over the number who gave up (exponential, censored by service)."""
    for column, told in (("wait_abandoned_s", "all waits"), (None, "answered waits")):
        known = rows[rows["wait_answered_s"].notna() & rows["abandoned"].notna()]
        if column is not None:
            known = known[known[column].notna()]
        lost = known["abandoned"].sum()
        waited = known["wait_answered_s"].sum() + (known[column].sum() if column is not None else 0.0)
        if lost > 0 and waited > 0:
            lift = 1.0 if column is not None else WAIT_LIFT
            return float(np.clip(waited * lift / lost, LEAST_PATIENCE, MOST_PATIENCE)), told
    return 300.0, ""


def _recorded(rows: pd.DataFrame) -> dict[str, float]:
    sums = rows[["offered", "answered", "abandoned", "answered_in_time", "wait_answered_s"]].sum(min_count=1)
    ratios = {
        "offered a day": sums["offered"] / rows["date"].nunique(),
        "abandoned": sums["abandoned"] / sums["offered"],
        "ASA [s]": sums["wait_answered_s"] / sums["answered"],
        "in time": sums["answered_in_time"] / sums["offered"],
    }
    return {name: float(value) for name, value in ratios.items() if np.isfinite(value)}


def _day_cv(table: pd.DataFrame) -> float:
    """Coefficient of variation of the days beyond Poisson, by weekday: sqrt((variance - mean) / mean^2), or 0."""
    totals = table.groupby("date")["offered"].sum()
    weekday = pd.DatetimeIndex(totals.index).weekday
    groups = [totals[weekday == day] for day in range(7) if (weekday == day).sum() >= 2]
    n_free = sum(len(group) - 1 for group in groups)
    if n_free < 5:
        return 0.0
    squares = [float(((group / group.mean() - 1) ** 2).sum()) for group in groups]
    excess = sum(squares) / n_free - float(np.mean([1 / group.mean() for group in groups]))
    return round(math.sqrt(max(excess, 0.0)), 4)
