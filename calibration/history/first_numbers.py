"""Numbers of a first scenario, read off intervals: rates and staffing by weekday, times, patience, how days vary."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibration.history.tables import DAY, INTERVAL_COLUMNS, History, intervals_of
from twin.errors import InputError
from twin.scenario.days import WEEKDAYS

LEAST_DATES = 2  # of a weekday, for it to be open
MOST_OPERATORS = 20_000  # on duty at once, in a queue
PERIOD = 1800  # [s] of rates and staffing, where the report's intervals are shorter
LEAST_OFFERED = 0.01  # of the busiest interval's contacts, below which the doors are taken as shut
STAFF_SAFETY = 1.0  # square-root staffing: load + this x sqrt(load) operators where none are reported
WAIT_LIFT = 1.15  # mean wait of all over that of the answered, where only the latter is known
LEAST_PATIENCE, MOST_PATIENCE = 10.0, 7200.0  # [s]


@dataclass(frozen=True)
class Series:
    """One queue and type of the report: an intent."""

    key: str
    """Name in the scenario."""
    title: str
    rates: dict[str, list[float]]
    """Contacts an hour by period from opening, by weekday."""
    talk_s: float
    wrap_s: float
    times_from: str
    """ "talk and wrap", "talk", "AHT" or "" (nothing known)."""
    patience_s: float
    patience_from: str
    """ "all waits", "answered waits" or ""."""
    recorded: dict[str, float]
    """offered a day [-], abandonment [-], asa [s], in_time [-]; what is known."""


@dataclass(frozen=True)
class Line:
    """One queue of the report: its intents, and operators of its own."""

    key: str
    title: str
    intents: list[str]
    operators: dict[str, list[int]]
    """On duty by period from opening, by weekday."""
    has_operators: bool
    """Whether the report holds them; otherwise they are reckoned from the load."""
    within_s: float | None


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
    lines: list[Line]


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
        what = "months only" if history.months is not None else "no rows"
        raise InputError(f"init: the history holds {what}, must hold intervals or calls to make a scenario from")
    length = int(table["length_s"].mode().iloc[0])
    if length > 3600:
        raise InputError(f"init: the intervals are {length / 3600:g} hours long, must be at most an hour")
    table = table[(table["length_s"] == length) & (table["fold"] == 0)]
    table = table.assign(offered=table["offered"].fillna(table["answered"]))
    if length < PERIOD:
        table, length = _coarser(table, length), PERIOD
    usual, n_unusual = _usual_days(table, history)
    weekday = usual["date"].dt.weekday
    counts = usual.groupby(weekday)["date"].nunique()
    open_days = [day for day in range(7) if counts.get(day, 0) >= LEAST_DATES] or sorted(counts.index)
    usual = usual[weekday.isin(open_days)]
    opens, closes = _hours(usual, length)
    n_dates: dict[str, int] = {WEEKDAYS[day]: int(counts[day]) for day in open_days}
    inside = usual["start_s"].between(opens, closes - 1)
    shut_share = 1 - float(usual.loc[inside, "offered"].sum() / usual["offered"].sum())
    called = usual.groupby(["queue", "type"])["offered"].transform("sum") > 0
    usual = usual[called & usual["start_s"].between(opens, closes - 1)]
    parts = dict(list(usual.groupby(["queue", "type"], sort=True)))
    keys = dict(zip(parts, _keys(list(parts)), strict=True))
    series = {names: _series(keys[names], names, rows, opens, closes, n_dates) for names, rows in parts.items()}
    queues = list(usual.groupby("queue", sort=True))
    lines = [
        _line(key, rows, [one for names, one in series.items() if names[0] == queue], opens, closes)
        for (queue, rows), key in zip(queues, _keys([(queue,) for queue, _ in queues]), strict=True)
    ]
    most = max(heads for line in lines for of_day in line.operators.values() for heads in of_day)
    if most > MOST_OPERATORS:
        told = f"must be at most {MOST_OPERATORS:,}: are counts and handle times in the right units?"
        raise InputError(f"init: the history wants {most:.4g} operators on duty at once, {told}")
    first, last = usual["date"].min(), usual["date"].max()
    days = list(n_dates)
    cv = _day_cv(usual)
    return First(
        length, opens, closes, days, first, last, n_dates, cv, n_unusual, shut_share, list(series.values()), lines
    )


_NUMBERS = [name for name, kind in INTERVAL_COLUMNS.items() if kind == "float64"]


def _coarser(table: pd.DataFrame, length: int) -> pd.DataFrame:
    """Shorter intervals added up to PERIOD; operators are the mean of those reported."""
    coarse = table.assign(start_s=table["start_s"] // PERIOD * PERIOD, length_s=PERIOD)
    how = {name: "mean" if name == "operators" else "first" if name == "within_s" else _sum for name in _NUMBERS}
    return coarse.groupby(["date", "start_s", "length_s", "queue", "type"], as_index=False).agg(how)


def _sum(values: pd.Series) -> float:
    return float(values.sum(min_count=1))


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


def key_of(parts: Sequence[Any]) -> str:
    """A name for the scenario: small letters, digits and "-"."""
    text = "-".join(str(part) for part in parts if part).casefold()
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in text).strip("-") or "calls"
    return re.sub("-+", "-", plain)[:40]


def _keys(names: list[Any]) -> list[str]:
    """Keys, each once."""
    keys: list[str] = []
    for parts in names:
        plain = key_of(parts)
        key, number = plain, 2
        while key in keys:
            key, number = f"{plain}-{number}", number + 1
        keys.append(key)
    return keys


def _series(key: str, names: Any, rows: pd.DataFrame, opens: int, closes: int, n_dates: dict[str, int]) -> Series:
    length = int(rows["length_s"].iloc[0])
    offered = rows.groupby([_weekdays(rows), "start_s"])["offered"].sum()
    rates = {
        day: [offered.get((day, start), 0.0) / n * 3600 / length for start in range(opens, closes, length)]
        for day, n in n_dates.items()
    }
    talk, wrap, times_from = _times(rows)
    patience, patience_from = _patience(rows)
    title = " / ".join(str(name) for name in names if name) or "All contacts"
    return Series(key, title, rates, talk, wrap, times_from, patience, patience_from, _recorded(rows))


def _weekdays(rows: pd.DataFrame) -> pd.Series:
    return rows["date"].dt.weekday.map(dict(enumerate(WEEKDAYS)))


def _line(key: str, rows: pd.DataFrame, series: list[Series], opens: int, closes: int) -> Line:
    """Operators of a queue: those reported (once for all its types), or as many as the load of all its types wants."""
    length = int(rows["length_s"].iloc[0])
    once = rows.groupby(["date", "start_s"])["operators"].max().reset_index()
    on_duty = once.groupby([_weekdays(once), "start_s"])["operators"].mean()
    has_operators = bool(rows["operators"].notna().any())
    operators = {}
    for day in series[0].rates:
        load = [
            sum(one.rates[day][i] / 3600 * (one.talk_s + one.wrap_s) for one in series)
            for i in range(len(series[0].rates[day]))
        ]
        reported = [on_duty.get((day, start), math.nan) for start in range(opens, closes, length)]
        operators[day] = [_heads(heads, of, has_operators) for heads, of in zip(reported, load, strict=True)]
    within = rows["within_s"].dropna()
    in_time = float(within.mode().iloc[0]) if len(within) else None
    title = str(rows["queue"].iloc[0]) or "All contacts"
    return Line(key, title, [one.key for one in series], operators, has_operators, in_time)


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
    with np.errstate(divide="ignore", invalid="ignore"):
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
    groups = [group for group in groups if group.sum() > 0]  # a day off that the report lists tells nothing
    n_free = sum(len(group) - 1 for group in groups)
    if n_free < 5:
        return 0.0
    squares = [float(((group / group.mean() - 1) ** 2).sum()) for group in groups]
    excess = sum(squares) / n_free - float(np.mean([1 / group.mean() for group in groups]))
    return round(math.sqrt(max(excess, 0.0)), 4)
