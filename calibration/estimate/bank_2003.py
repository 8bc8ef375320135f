"""Proof of the arrival model on bank-calls-2003: fitted on all but the last month, compared on the last month.

A North American bank's calls by five minutes, weekdays 7:00 to 21:00, 3 March to 29 August 2003 (Weinberg, Brown &
Stroud 2007, JASA 102, 1185-1198; data set of the R package fpp3). The counts stay where the user keeps them;
`calibration/data` holds aggregates only: the total of each day, and the mean share of each half hour by weekday.

    python -m calibration.estimate.bank_2003 [--raw FOLDER] [--write]
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from calibration.bank import find_folder
from calibration.estimate.arrivals import ArrivalEstimates, fit_arrivals
from calibration.estimate.estimates import plain_number
from calibration.estimate.forecast import (
    Forecast,
    forecast,
    forecast_totals,
    naive_forecast,
    poisson_forecast,
    score,
)

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = Path("../shared/data/bank-calls-2003")
FILE = "calls-5min.csv.gz"
SHIPPED = PROJECT / "calibration/data/bank-calls-2003"
LAST_MONTH = pd.Timestamp("2003-08-01")
HOURS = (7 * 3600, 21 * 3600)  # [s] the five minutes from 21:00 are left out
HALF_HOUR = 1800  # [s]
HEADINGS = {
    "interval_score_90": "score 90 %",
    "coverage_90": "in 90 %",
    "coverage_50": "in 50 %",
    "mean_absolute_error": "error",
}


def find_raw(path: str | Path | None = None) -> Path | None:
    """Folder that holds calls-5min.csv.gz: `path` if given, else ``TWIN_DATA``, else ../shared; None if absent."""
    return find_folder(path, FOLDER, FILE)


def read_half_hours(folder: Path) -> pd.DataFrame:
    """Calls by date (rows) and start of the half hour [s] (columns)."""
    table = pd.read_csv(Path(folder) / FILE, index_col="date", parse_dates=["date"])
    starts = [int(name[:2]) * 3600 + int(name[3:]) * 60 for name in table.columns]
    table.columns = pd.Index(starts, name="start_s")
    inside = table[[start for start in starts if HOURS[0] <= start < HOURS[1]]]
    return inside.T.groupby(inside.columns // HALF_HOUR * HALF_HOUR).sum().T


def read_totals() -> pd.DataFrame:
    """The shipped total of each day, as the one column `day`."""
    return pd.read_csv(SHIPPED / "totals.csv", index_col="date", parse_dates=["date"])


def read_profile() -> pd.DataFrame:
    """The shipped mean share of each half hour [s] (columns) by weekday (Monday 0)."""
    table = pd.read_csv(SHIPPED / "profile.csv", index_col="weekday")
    table.columns = pd.Index([int(name) for name in table.columns], name="start_s")
    return table


def fit_half_hours(counts: pd.DataFrame) -> ArrivalEstimates:
    """Arrival model of a table of dates x half hours."""
    rows = counts.rename_axis("date").reset_index().melt("date", var_name="start_s", value_name="offered")
    rows = rows.assign(length_s=HALF_HOUR, type="calls", start_s=rows["start_s"].astype(int))
    return fit_arrivals(rows, hours=HOURS)


def proof(folder: Path | None = None) -> pd.DataFrame:
    """Scores on the last month, by model and horizon, in calls.

    Half hours if the counts are at hand. Totals of days always: from the counts, or from the shipped aggregates (totals
    spread by the profile: enough for the factors of days).

    Returns
    -------
    DataFrame
        counted (half hours, days), model, known (month: all before the last month; eve: all before the day), and
        interval_score_90 (smaller is better), coverage_90, coverage_50, mean_absolute_error.
    """
    totals = read_totals()
    if folder is None:
        profile = read_profile()
        shares = profile.loc[pd.DatetimeIndex(totals.index).weekday].to_numpy()
        counts = pd.DataFrame(totals.to_numpy() * shares, totals.index, profile.columns).round()
    else:
        counts = read_half_hours(folder)
    past, coming = counts[counts.index < LAST_MONTH], counts[counts.index >= LAST_MONTH]
    fitted, dates = fit_half_hours(past), pd.DatetimeIndex(coming.index)
    known = counts.sum(axis=1)
    days, days_past = known.to_frame("day"), past.sum(axis=1).to_frame("day")
    rows = [
        _row("days", "arrival model", "month", forecast_totals(fitted, dates), days),
        _row("days", "arrival model", "eve", forecast_totals(fitted, dates, known), days),
        _row("days", "seasonal naive", "month", naive_forecast(days_past, dates), days),
        _row("days", "seasonal naive", "eve", naive_forecast(days_past, dates, days), days),
        _row("days", "plain Poisson", "month", poisson_forecast(days_past, dates), days),
    ]
    if folder is not None:
        rows += [
            _row("half hours", "arrival model", "month", forecast(fitted, dates), counts),
            _row("half hours", "arrival model", "eve", forecast(fitted, dates, known), counts),
            _row("half hours", "seasonal naive", "month", naive_forecast(past, dates), counts),
            _row("half hours", "seasonal naive", "eve", naive_forecast(past, dates, counts), counts),
            _row("half hours", "plain Poisson", "month", poisson_forecast(past, dates), counts),
        ]
    return pd.DataFrame(rows)


def _row(counted: str, model: str, known: str, made: Forecast, seen: pd.DataFrame) -> dict:
    return {"counted": counted, "model": model, "known": known, **score(made, seen)}


def derive(folder: Path) -> dict[str, str]:
    """Text of the shipped files: totals of the days, mean shares of the half hours by weekday; no counts."""
    counts = read_half_hours(folder)
    totals = counts.sum(axis=1).rename("day").rename_axis("date")
    sums = counts.groupby(pd.DatetimeIndex(counts.index).weekday).sum().rename_axis("weekday")
    shares = sums.div(sums.sum(axis=1), axis=0).map(plain_number)
    return {
        "totals.csv": totals.to_csv(lineterminator="\n"),
        "profile.csv": shares.to_csv(lineterminator="\n"),
    }


def show(table: pd.DataFrame) -> Table:
    """For the terminal."""
    shown = Table(title="bank-calls-2003, August 2003, fitted on March to July", title_justify="left")
    for name in table:
        heading = HEADINGS.get(str(name), str(name))
        shown.add_column(heading, justify="left" if table[name].dtype == object else "right")
    for row in table.itertuples(index=False):
        shown.add_row(*(item if isinstance(item, str) else f"{item:.4g}" for item in row))
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: print the table of scores, or write the shipped aggregates."""
    parser = argparse.ArgumentParser(prog="python -m calibration.estimate.bank_2003", description=proof.__doc__)
    parser.add_argument("--raw", help=f"folder with {FILE} (default: TWIN_DATA, ../shared; without it days only)")
    parser.add_argument("--write", action="store_true", help=f"write {SHIPPED.relative_to(PROJECT)}")
    options = parser.parse_args(arguments)
    folder = find_raw(options.raw)
    if folder is None and (options.write or options.raw):
        parser.error(f"no {FILE} in {options.raw or FOLDER}")
    if options.write and folder is not None:
        SHIPPED.mkdir(parents=True, exist_ok=True)
        for name, text in derive(folder).items():
            (SHIPPED / name).write_text(text, encoding="utf-8")
    Console().print(show(proof(folder)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
