"""Days unlike the others of their weekday: surges, strikes, holidays, broken reports."""

import numpy as np
import pandas as pd

from calibration.history.gaps import series_name
from calibration.history.tables import OUTLIER_COLUMNS, empty, intervals_of

LIMIT = 3.5  # modified z-score of Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers
WEEKS = 4  # before and after, compared with
LEAST_DAYS = 14  # dates below which nothing is usual
LEAST_SPREAD = {"offered": 0.05, "abandonment_share": 0.02, "aht_s": 0.05}  # of the log, or of the share itself
MEASURES = tuple(LEAST_SPREAD)
SERIES_LIMIT = 50  # queues and types looked at one by one


def find_outliers(calls: pd.DataFrame | None, intervals: pd.DataFrame | None) -> pd.DataFrame:
    """Outlier days, OUTLIER_COLUMNS, those of all together first; of the reports if there are, else of the log."""
    table = intervals
    if table is None and calls is not None:
        table = intervals_of(calls.assign(type=""))
    if table is None or table.empty:
        return empty(OUTLIER_COLUMNS)
    found = _of_series("", table)
    series = list(table.groupby(["queue", "type"], sort=True))
    if 1 < len(series) <= SERIES_LIMIT:
        for names, rows in series:
            found += _of_series(series_name(names), rows)
    return (
        pd.DataFrame(found, columns=list(OUTLIER_COLUMNS)).astype(OUTLIER_COLUMNS) if found else empty(OUTLIER_COLUMNS)
    )


def daily(table: pd.DataFrame) -> pd.DataFrame:
    """Per date: offered, abandonment_share [-], aht_s [s] (talk where handle time is unknown); NaN unknown."""
    names = ["offered", "answered", "abandoned", "service_s", "handle_s"]
    sums = table.groupby("date")[names].sum(min_count=1)
    offered = sums["offered"].fillna(sums["answered"])
    answered = sums["answered"].where(sums["answered"] > 0)
    handle = sums["handle_s"].fillna(sums["service_s"])
    share = sums["abandoned"] / offered.where(offered > 0)
    return pd.DataFrame({"offered": offered, "abandonment_share": share, "aht_s": handle / answered})


def _of_series(series: str, table: pd.DataFrame) -> list[tuple]:
    days = daily(table)
    return [
        (date, series, measure, *values) for measure in MEASURES for date, *values in _unusual(days[measure], measure)
    ]


def _unusual(values: pd.Series, measure: str) -> list[tuple]:
    """Date, value, usual value and score of the days beyond the limit."""
    known = values.dropna()
    if measure == "offered":
        known = known[known > 0]
    if len(known) < LEAST_DAYS:
        return []
    usual = usual_values(known)
    with np.errstate(divide="ignore"):
        away = known - usual if measure == "abandonment_share" else pd.Series(np.log(known / usual), known.index)
    away = away[np.isfinite(away)]
    spread = max(1.4826 * float((away - away.median()).abs().median()), LEAST_SPREAD[measure])
    score = away / spread
    return [(date, known[date], usual[date], score[date]) for date in score.index[score.abs() > LIMIT]]


def usual_values(known: pd.Series) -> pd.Series:
    """Median of the same weekday within WEEKS before and after, the date itself aside; NaN with fewer than three."""
    usual = pd.Series(np.nan, index=known.index)
    dates = pd.DatetimeIndex(known.index)
    for day in range(7):
        of_day = known[dates.weekday == day]
        numbers = pd.DatetimeIndex(of_day.index).to_numpy().astype("datetime64[D]").astype("int64")
        for place, date in enumerate(of_day.index):
            near = np.abs(numbers - numbers[place]) <= 7 * WEEKS
            near[place] = False
            if near.sum() >= 3:
                usual[date] = float(np.median(of_day.to_numpy()[near]))
    return usual
