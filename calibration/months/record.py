"""KPIs by calendar month, recorded or simulated: the same numbers for both."""

import calendar
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from twin.errors import InputError
from twin.kpi import KPIS as FORMULAS
from twin.simulation import Run

Column = Callable[[pd.DataFrame], pd.Series]
PROSPECTS = ("Acquisizioni", "none")
"""Columns of the table of stocks that are no customers."""


@dataclass(frozen=True)
class MonthKpi:
    """One KPI: how a table of months tells it, and how a run's counts do."""

    name: str
    title: str
    needs: tuple[str, ...]
    """Columns of the table of months."""
    recorded: Column
    simulated: Column
    is_log: bool = False
    """Set side by side as logarithms: sizes and times, not shares."""
    tolerance: float = 0.005
    """What a model of a real centre cannot be asked to meet better (ours): of the share, or of the logarithm."""
    follows_load: bool = False
    """Rises or falls with the month's contacts: the slope is a summary, too."""
    scale: float = 1.0
    """To the unit in which it is shown."""

    @property
    def is_share(self) -> bool:
        """Shown in percent; an index of satisfaction is not, though its scale is the same."""
        return self.scale == 100 and self.name != "csi"


def _formula(name: str) -> Column:
    return lambda counts: FORMULAS[name].formula(counts)


MONTH_KPIS: dict[str, MonthKpi] = {
    kpi.name: kpi
    for kpi in (
        MonthKpi("offered", "Contacts offered a day", ("offered",), lambda t: t.offered / t.n_days,
                 lambda c: c.offered / c.n_days, is_log=True, tolerance=0.01),
        MonthKpi("abandonment", "Abandoned / offered", ("abandoned", "offered"), lambda t: t.abandoned / t.offered,
                 _formula("abandonment_share"), follows_load=True, scale=100),
        MonthKpi("in_time", "Answered in time / offered", ("answered_in_time", "offered"),
                 lambda t: t.answered_in_time / t.offered, lambda c: c.in_time / c.offered, follows_load=True,
                 scale=100),
        MonthKpi("service_level", "Answered in time / offered, as reported", ("service_level",),
                 lambda t: t.service_level, lambda c: c.in_time / c.offered, scale=100),
        MonthKpi("asa", "Mean wait of the answered [s]", ("wait_answered_s", "answered"),
                 lambda t: t.wait_answered_s / t.answered, _formula("asa"), is_log=True, tolerance=0.03,
                 follows_load=True),
        MonthKpi("aht", "Handle time [s]", ("handle_s", "answered"), lambda t: t.handle_s / t.answered,
                 _formula("aht"), is_log=True, tolerance=0.01),
        MonthKpi("foc", "Contacts per 100 customers and month", ("foc",), lambda t: t.foc,
                 lambda c: 100 * c.entered / c.customers, is_log=True, tolerance=0.02),
        MonthKpi("recall", "Called again within 3 days", ("recall",), lambda t: t.recall, _formula("recall_share"),
                 scale=100),
        MonthKpi("fcr", "Resolved at the first contact", ("fcr",), lambda t: t.fcr, _formula("fcr"), scale=100),
        MonthKpi("redial", "Of the abandoned, call again", ("redial",), lambda t: t.redial,
                 lambda c: c.redials / c.abandoned, tolerance=0.01, scale=100),
        MonthKpi("csi", "Satisfaction, 0 to 100", ("csi",), lambda t: t.csi / 100, lambda c: FORMULAS["csi"].formula(c)
                 / 100, scale=100),
        MonthKpi("churn", "Customers lost in the month", ("churn",), lambda t: t.churn,
                 lambda c: c.left / c.customers, is_log=True, tolerance=0.03, scale=100),
        MonthKpi("turnover", "Operators who left in the month", ("turnover",), lambda t: t.turnover,
                 lambda c: c.operators_left / c.operators_there, is_log=True, tolerance=0.05, scale=100),
    )
}  # fmt: skip


@dataclass(frozen=True)
class MonthRecord:
    """KPIs by month."""

    months: tuple[str, ...]
    """Like 2015-04, in their order."""
    values: Mapping[str, np.ndarray]
    """KPI -> float64 (months,), NaN where it is not told; in the units of the formulas."""
    within_s: float | None = None
    """[s] in which an answer is in time."""

    def of(self, months: Sequence[str]) -> "MonthRecord":
        """The same of some of the months."""
        missing = [month for month in months if month not in self.months]
        if missing:
            raise InputError(f"{missing[0]} is not in the months {self.months[0]} to {self.months[-1]}")
        rows = [self.months.index(month) for month in months]
        return MonthRecord(tuple(months), {name: of[rows] for name, of in self.values.items()}, self.within_s)


def days_of(month: str) -> int:
    """Days of a month like 2015-04."""
    year, number = map(int, month.split("-"))
    return calendar.monthrange(year, number)[1]


def first_day(month: str) -> datetime.date:
    return datetime.date.fromisoformat(f"{month}-01")


def recorded_months(table: pd.DataFrame) -> MonthRecord:
    """The mean unit of a table of months (`calibration.history.tables.History.months`): sums over the units divided by
    their number, means of what is a ratio already (weighted by contacts where these are known). Contacts given up
    before the report begins to count (`hung_up`) are not offered."""
    months = table["month"].dt.strftime("%Y-%m")
    sums = {"offered", "answered", "abandoned", "hung_up", "blocked", "answered_in_time", "wait_answered_s", "handle_s",
            "operators", "customers"}  # fmt: skip
    numbers = [str(name) for name in table.select_dtypes("number") if name not in ("within_s",)]
    weight = table["offered"] if "offered" in table else pd.Series(1.0, table.index)
    units = table.groupby(months)["unit"].nunique()
    found: dict[str, pd.Series] = {}
    for name in numbers:
        known = table[name].notna()
        if name in sums:
            found[name] = table[known].groupby(months[known])[name].sum(min_count=1) / units
        else:
            own = weight[known].fillna(1.0)
            found[name] = (table[name][known] * own).groupby(months[known]).sum() / own.groupby(months[known]).sum()
    by_month = pd.DataFrame(found).sort_index()
    if "hung_up" in by_month:
        by_month["offered"] -= by_month["hung_up"].fillna(0.0)
    by_month["n_days"] = [days_of(month) for month in by_month.index]
    values = {
        name: kpi.recorded(by_month).to_numpy(float)
        for name, kpi in MONTH_KPIS.items()
        if set(kpi.needs) <= set(by_month) and by_month[list(kpi.needs)].notna().any().all()
    }
    within = table["within_s"].dropna() if "within_s" in table else pd.Series(dtype=float)
    return MonthRecord(tuple(map(str, by_month.index)), values, float(within.iloc[0]) if len(within) else None)


def simulated_counts(run: Run, in_time: str | None) -> pd.DataFrame:
    """Counts of a run by month, with what its lives and careers tell beside."""
    counts = run.counts(["date"])
    months = pd.Index([str(date)[:7] for date in counts.index], name="month")
    by_month = counts.groupby(months).sum()
    by_month["n_days"] = counts.groupby(months).size()
    if in_time is not None:
        by_month["in_time"] = by_month[in_time]
    if "life_events" in run.tables:
        events, stocks = run.tables["life_events"], run.tables["stocks"]
        there = stocks.drop(columns=[name for name in PROSPECTS if name in stocks]).sum(axis=1)
        by_month["customers"] = _by_month(there).mean()
        by_month["left"] = _by_month(events["left"] + events["deactivated"]).sum()
    if run.careers is not None and len(run.careers.months):
        told = run.careers.months
        # a row tells the month or so before its Monday: it belongs to the calendar month that holds the middle
        days = np.clip(told["day"].to_numpy(int) - 15, 0, None) + run.calendar.warm_up
        middles = [run.calendar.date(int(day)).strftime("%Y-%m") for day in days]
        ends = pd.Index(middles, name="month")
        by_month["operators_left"] = told["n_left"].groupby(ends).sum()
        by_month["operators_there"] = (told["positions"] - told["vacant"]).groupby(ends).sum()
    return by_month


def _by_month(series: pd.Series) -> Any:
    return series.groupby(pd.Index([str(date)[:7] for date in series.index], name="month"))


def simulated_months(counts: pd.DataFrame, like: MonthRecord) -> MonthRecord:
    """The KPIs of `like` from counts by month; NaN where the scenario cannot tell one."""
    rows = counts.reindex(list(like.months))
    values = {}
    for name in like.values:
        try:
            values[name] = MONTH_KPIS[name].simulated(rows).to_numpy(float)
        except AttributeError:  # no customers, no careers, no such target
            values[name] = np.full(len(rows), np.nan)
    return MonthRecord(like.months, values, like.within_s)
