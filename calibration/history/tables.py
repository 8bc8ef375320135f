"""The three tables that history is read into, and what was found wrong with it on the way.

All estimators, fits and validations start from a `History`. Missing numbers are NaN, missing names "".
Clock times are the centre's own: seconds after midnight as its clocks show them.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

DAY = 86400  # [s]
Outcome = Literal["answered", "abandoned", "blocked", "left"]
Sureness = Literal["given", "sure", "likely", "guess"]
OUTCOMES: tuple[str, ...] = ("answered", "abandoned", "blocked", "left")

CALL_COLUMNS: dict[str, str] = {
    "date": "datetime64[ns]",  # midnight of the day
    "at_s": "float64",  # [s] after midnight of `date`, the instant of asking for an operator; may pass 86400
    "type": "object",  # str: what the call is about, as the file names it
    "queue": "object",  # str
    "priority": "object",  # str: as the file names it
    "customer": "object",  # str: pseudonym; "" unknown
    "vru_s": "float64",  # [s] in the IVR before asking, at_s - vru_s is the entry; NaN unknown
    "wait_s": "float64",  # [s] 0 served at once; NaN unknown or not asked
    "outcome": "object",  # one of OUTCOMES; "left" ended in the IVR, "blocked" found all lines busy
    "service_s": "float64",  # [s] of talk; NaN unknown or not answered
    "wrap_s": "float64",  # [s] of work after the talk; NaN unknown
    "operator": "object",  # str; "" unknown
}
INTERVAL_COLUMNS: dict[str, str] = {
    "date": "datetime64[ns]",
    "start_s": "int64",  # [s] after midnight, below 86400
    "length_s": "int64",  # [s]
    "fold": "int64",  # 1 the second time of an hour that the clocks pass twice, else 0
    "queue": "object",
    "type": "object",
    "offered": "float64",  # answered + abandoned (+ what was still waiting, or given up at once, in some reports)
    "answered": "float64",
    "abandoned": "float64",
    "blocked": "float64",  # not counted in `offered`
    "answered_in_time": "float64",  # within `within_s`
    "within_s": "float64",  # [s] threshold of `answered_in_time`
    "wait_answered_s": "float64",  # [s] sum over the answered
    "wait_abandoned_s": "float64",  # [s] sum over the abandoned
    "service_s": "float64",  # [s] sum of talk (with hold)
    "wrap_s": "float64",  # [s] sum
    "handle_s": "float64",  # [s] sum of talk, hold and wrap; AHT x answered where only AHT is known; NaN if wrap is not
    "operators": "float64",  # mean number on duty in the interval (of the row's queue)
}
MONTH_KEYS: dict[str, str] = {
    "month": "datetime64[ns]",  # first of the month
    "unit": "object",  # str: provider, area, site; "" the whole
}
MONTH_KPIS: dict[str, str] = {
    "offered": "contacts offered",
    "answered": "contacts answered",
    "abandoned": "contacts abandoned",
    "hung_up": "contacts offered that are neither answered nor counted as abandoned: given up at once",
    "blocked": "contacts that found all lines busy",
    "answered_in_time": "contacts answered within `within_s`",
    "within_s": "[s] threshold of `answered_in_time`",
    "wait_answered_s": "[s] sum of the waits of the answered",
    "handle_s": "[s] sum of talk, hold and wrap",
    "operators": "people employed in the month, mean",
    "customers": "customers, or residents, covered",
    "foc": "frequency of call: contacts per 100 customers and month, or as the file has it (see the remarks)",
    "recall": "share of contacts followed by another on the matter, [0, 1]",
    "redial": "share of the abandoned who call again, [0, 1]",
    "csi": "customer satisfaction index, on the file's scale",
    "churn": "share of customers lost in the month, [0, 1]",
    "turnover": "share of operators who left in the month, [0, 1]",
    "absence": "share of paid time absent, [0, 1]",
    "fcr": "share resolved at the first contact, [0, 1]",
    "service_level": "answered in time over offered, as reported, [0, 1]",
}
PROBLEM_COLUMNS: dict[str, str] = {
    "file": "object",  # str: name of the file, without its folder
    "line": "int64",  # as an editor counts, the first one 1; of a workbook, the row of the sheet
    "reason": "object",  # str: one sentence
    "text": "object",  # str: the row, cut to 200 characters
}
GAP_COLUMNS: dict[str, str] = {
    "what": "object",  # "days", "intervals", "months"
    "series": "object",  # str: queue and type, or unit; "" all
    "first": "datetime64[ns]",  # start of the first thing missing
    "last": "datetime64[ns]",  # start of the last thing missing
    "n_missing": "int64",  # days, intervals or months
}
OUTLIER_COLUMNS: dict[str, str] = {
    "date": "datetime64[ns]",
    "series": "object",  # str: queue and type; "" all together
    "measure": "object",  # str: "offered", "abandonment_share", "aht_s"
    "value": "float64",
    "usual": "float64",  # median of the same weekday in the weeks around it
    "score": "float64",  # distance from the usual in robust standard deviations, signed
}


@dataclass(frozen=True)
class Remark:
    """Something the reader found out, or took for granted, about a file."""

    file: str
    topic: str
    """"encoding", "separator", "decimal", "dates", "durations", "columns", "clock changes" ..."""
    text: str
    """One sentence."""
    sureness: Sureness = "sure"
    """`given`: by the mapping; `sure`: all rows agree and no other reading fits; `guess`: nothing decides, see text."""


def empty(columns: dict[str, str]) -> pd.DataFrame:
    """A table of these columns without rows."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


@dataclass(frozen=True)
class Quality:
    """What became of every row that was read: ``n_read = n_kept + len(rejected) + len(left_out)``."""

    n_read: int = 0
    """Records: rows of the files below the heading, blank ones too; in a wide file (columns are times), cells."""
    n_kept: int = 0
    rejected: pd.DataFrame = field(default_factory=lambda: empty(PROBLEM_COLUMNS))
    """Rows that could not be read. PROBLEM_COLUMNS; texts of the first thousand only."""
    left_out: pd.DataFrame = field(default_factory=lambda: empty(PROBLEM_COLUMNS))
    """Rows left out on purpose: filters of the mapping, totals, blank lines, repeated headings. PROBLEM_COLUMNS."""
    impossible: pd.DataFrame = field(default_factory=lambda: empty(PROBLEM_COLUMNS))
    """Rows kept (or rejected, if the mapping says so) that cannot be: answered > offered. PROBLEM_COLUMNS."""
    gaps: pd.DataFrame = field(default_factory=lambda: empty(GAP_COLUMNS))
    """Missing days, intervals, months. GAP_COLUMNS."""
    outliers: pd.DataFrame = field(default_factory=lambda: empty(OUTLIER_COLUMNS))
    """Days unlike the others of their weekday. OUTLIER_COLUMNS."""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class History:
    """What a centre recorded. A table is None where no file holds it."""

    calls: pd.DataFrame | None = None
    """One row a call, sorted by date and at_s. CALL_COLUMNS."""
    intervals: pd.DataFrame | None = None
    """One row a date, interval, queue and type, sorted so; each key once. INTERVAL_COLUMNS."""
    months: pd.DataFrame | None = None
    """One row a month and unit, sorted so. MONTH_KEYS, then those of MONTH_KPIS that the files hold (and others)."""
    quality: Quality = Quality()


_SUMS = {
    "wait_answered_s": ("wait_s", "answered"),
    "wait_abandoned_s": ("wait_s", "abandoned"),
    "service_s": ("service_s", "answered"),
    "wrap_s": ("wrap_s", "answered"),
}
"""Sum of an interval -> column of the calls, outcome of those that are summed, by which the interval counts them."""


def intervals_of(calls: pd.DataFrame, length_s: int = 1800, within_s: float = 20.0) -> pd.DataFrame:
    """Calls counted by the interval in which they asked for an operator: the table a report would hold.

    Every interval of every date with a call is there for each queue and type of the whole table, zero if nothing came.
    Calls that ended in the IVR are not offered; waits of `blocked` calls are not counted. `operators` is unknown (NaN).

    Parameters
    ----------
    calls : DataFrame
        CALL_COLUMNS.
    length_s : int
        [s] divides a day.
    within_s : float
        [s] threshold of `answered_in_time`: waits up to and including it.

    Returns
    -------
    DataFrame
        INTERVAL_COLUMNS. A sum over calls of which some are unknown (wrap_s NaN) is the sum of the known ones times
        answered / known; NaN if none is known.
    """
    if length_s <= 0 or DAY % length_s:
        raise ValueError(f"length_s is {length_s}, must divide a day of {DAY} s")
    keys = ["date", "start_s", "queue", "type"]
    asked = calls[calls["outcome"] != "left"]
    if asked.empty:
        return empty(INTERVAL_COLUMNS)
    table = _counted(asked, length_s, within_s).groupby(keys, sort=False).sum()
    for name, (_, count) in _SUMS.items():
        known = table.pop(f"n_{name}")
        scaled = table[name] * table[count] / known.where(known > 0)
        table[name] = scaled.where(table[count] > 0, 0.0)
    table = _with_zeros(table, length_s).reset_index()
    for name, (column, _) in _SUMS.items():
        if calls[column].isna().all():
            table[name] = np.nan
    table["handle_s"] = table["service_s"] + table["wrap_s"]
    table = table.assign(length_s=length_s, fold=0, within_s=float(within_s), operators=np.nan)
    return as_table(table, INTERVAL_COLUMNS).sort_values(keys, kind="stable", ignore_index=True)


def _counted(asked: pd.DataFrame, length_s: int, within_s: float) -> pd.DataFrame:
    """What each call adds to its interval: counts, sums, and for each sum whether the call knows its part."""
    over = np.floor(asked["at_s"].to_numpy() / DAY)
    within_day = asked["at_s"].to_numpy() - over * DAY
    is_answered = (asked["outcome"] == "answered").to_numpy()
    is_abandoned = (asked["outcome"] == "abandoned").to_numpy()
    counted = pd.DataFrame(
        {
            "date": asked["date"].to_numpy() + pd.to_timedelta(over, unit="D").to_numpy(),
            "start_s": (within_day // length_s).astype("int64") * length_s,
            "queue": asked["queue"].to_numpy(),
            "type": asked["type"].to_numpy(),
            "offered": (is_answered | is_abandoned).astype(float),
            "answered": is_answered.astype(float),
            "abandoned": is_abandoned.astype(float),
            "blocked": (asked["outcome"] == "blocked").astype(float).to_numpy(),
            "answered_in_time": (is_answered & (asked["wait_s"] <= within_s).to_numpy()).astype(float),
        }
    )
    for name, (column, outcome) in _SUMS.items():
        values = asked[column].where(asked["outcome"] == outcome).to_numpy()
        counted[name] = np.nan_to_num(values)
        counted[f"n_{name}"] = (~np.isnan(values)).astype(float)
    return counted


def _with_zeros(table: pd.DataFrame, length_s: int) -> pd.DataFrame:
    """A row for each interval of each date of the table, queue and type."""
    series = table.index.droplevel([0, 1]).unique()
    dates = table.index.get_level_values("date").unique()
    starts = range(0, DAY, length_s)
    rows = [(date, start, *names) for names in series for date in dates for start in starts]
    return table.reindex(pd.MultiIndex.from_tuples(rows, names=table.index.names), fill_value=0.0)


def as_table(table: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """The table with exactly these columns and types; absent ones are NaN, "" or 0."""
    blank: dict[str, Any] = {"object": "", "float64": np.nan, "int64": 0}
    full = {name: table[name] if name in table else blank[kind] for name, kind in columns.items()}
    return pd.DataFrame(full, index=table.index).astype(columns)
