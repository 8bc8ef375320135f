"""A calibration as one JSON file: recorded against simulated in numbers, parameters, what the data cannot tell.

`twin calibrate --out fitted.toml` leaves it as ``fitted.calibration.json``; the screen reads it. Shares in [0, 1],
waits in seconds, NaN as null.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, ValidationError

from calibration.fit.fit import Fit
from calibration.fit.record import Measured, Record
from calibration.history.tables import Quality
from calibration.months.page import MonthValidation
from calibration.months.record import days_of
from calibration.months.shown import MonthTable
from calibration.proof.heldout import HeldOut
from calibration.proof.kpis import kpis_of
from calibration.proof.page import Validation, busy_intervals, clock_names
from calibration.proof.plain import LEVELS, Strict, Values, finite, plain
from twin.errors import InputError

SUFFIX = ".calibration.json"
MOST_BYTES = 8 << 20


class Parameter(Strict):
    """A fitted parameter; the interval holds 90 %."""

    name: str
    title: str
    estimate: float
    low: float
    high: float
    se: float | None
    contraction: float
    """Share of the prior's variance that the data took away."""
    identified: bool

    @property
    def mark(self) -> str:
        """D: told by the data; A: still an assumption."""
        return "D" if self.identified else "A"


class Course(Strict):
    """A KPI along time of day, days or months."""

    recorded: Values
    bands: list[Values]
    """Quantiles of the simulated days at LEVELS."""
    formulas: dict[str, Values]


class Span(Strict):
    """What is on the axis, and each KPI along it."""

    at: list[str] = Field(max_length=2000)
    kpis: dict[str, Course]


class Score(Strict):
    """Of a forecast by days or by half hours."""

    n: int
    crps: float
    coverage: dict[str, float]
    """Level of the band -> share of the recorded values inside; empty for a formula."""


class Forecast(Strict):
    """The simulation, or a formula, all days together."""

    name: str
    overall: dict[str, float]
    scores: dict[str, dict[str, Score]]
    """By KPI, then "days" and "half hours"."""


class Stored(Strict):
    """The whole file."""

    title: str = Field(max_length=300)
    note: str = ""
    days: int
    """0 where history holds months alone."""
    first: str
    last: str
    is_held_out: bool
    """Whether the days were kept from the fit; of months alone, whether some of them were."""
    is_replayed: bool = True
    """Whether the simulated days have the recorded arrivals and presence; else those that the scenario expects."""
    recorded: dict[str, float]
    forecasts: list[Forecast] = Field(max_length=5)
    """The simulated one first, then formulas on the same days; none where history holds months alone."""
    by: dict[str, Span]
    """"interval", "day", "month"."""
    months: MonthTable | None = None
    """Monthly KPIs, of a history that holds them."""
    of_months: str = ""
    """What history tells and no run counts, and what became of the months beside half hours: a sentence or two."""
    parameters: list[Parameter] = []
    correlations: list[tuple[str, str, float]] = []
    worst: list[tuple[str, float]] = []
    """Summaries of history that the fitted model misses most, in standard deviations."""
    widening: float = 1.0
    quality: dict[str, int] = {}


def stored_path(out: Path) -> Path:
    """Beside ``fitted.toml``: ``fitted.calibration.json``."""
    return out.with_suffix(SUFFIX)


def stored(found: Validation) -> Stored:
    """Everything that the page of a calibration shows."""
    dates = found.recorded.dates
    fit = found.fit
    return Stored(
        title=found.title, days=len(dates), first=dates[0], last=dates[-1], is_held_out=found.is_held_out,
        is_replayed=found.is_replayed,
        recorded=finite({kpi.key: float(found.recorded.per_base(kpi.column)) for kpi in found.ours.kpis.values()}),
        forecasts=[forecast_of(one.name, one.as_dict(), one.recorded.measured) for one in found.forecasts],
        by=spans(found.forecasts), months=found.months,
        of_months=" ".join(said for said in (found.of_record, found.of_months) if said),
        parameters=[] if fit is None else parameters(fit),
        correlations=[] if fit is None else fit.correlations,
        worst=[] if fit is None else fit.worst,
        widening=1.0 if fit is None else fit.widening,
        quality={} if found.quality is None else counts(found.quality),
    )  # fmt: skip


def stored_months(found: MonthValidation) -> Stored:
    """The same of a fit to months alone."""
    months, fit = found.months, found.fit
    first, last = months.at[0], months.at[-1]
    return Stored(
        title=found.title, days=0, first=f"{first}-01", last=f"{last}-{days_of(last):02d}",
        is_held_out=bool(months.held_out), recorded={}, forecasts=[], by={}, months=months,
        parameters=parameters(fit), correlations=fit.correlations, worst=fit.worst, widening=fit.widening,
        quality=counts(found.quality),
    )  # fmt: skip


def parameters(fit: Fit) -> list[Parameter]:
    return [
        Parameter(
            name=e.name, title=e.title, estimate=e.value, low=e.low, high=e.high, se=e.se, contraction=e.contraction,
            identified=e.is_identified,
        )
        for e in fit.estimates
    ]  # fmt: skip


def counts(quality: Quality) -> dict[str, int]:
    """What became of the rows."""
    return {
        "read": quality.n_read, "kept": quality.n_kept, "rejected": len(quality.rejected),
        "left_out": len(quality.left_out), "impossible": len(quality.impossible), "gaps": len(quality.gaps),
        "unusual_days": int(quality.outliers["date"].nunique()),
    }  # fmt: skip


def spans(forecasts: Sequence[HeldOut]) -> dict[str, Span]:
    """Each KPI by interval of the day (all days together), by day and by month."""
    recorded = forecasts[0].recorded
    busy = busy_intervals(recorded)
    clock = [name for name, is_busy in zip(clock_names(recorded), busy, strict=True) if is_busy]
    months = list(dict.fromkeys(date[:7] for date in recorded.dates))

    def monthly(record: Record, column: str) -> np.ndarray:
        of = [[date for date in record.dates if date.startswith(month)] for month in months]
        return np.array([record.days(days).per_base(column) for days in of])

    return {
        "interval": _span(forecasts, clock, lambda r, column: r.per_base(column, axis=0)[busy]),
        "day": _span(forecasts, list(recorded.dates), lambda r, column: r.per_base(column, axis=1)),
        "month": _span(forecasts, months, monthly),
    }


def _span(forecasts: Sequence[HeldOut], at: list[str], values: Callable[[Record, str], np.ndarray]) -> Span:
    ours, *formulas = forecasts
    courses = {}
    for kpi in ours.kpis.values():
        members = np.array([values(member, kpi.column) for member in ours.members])
        courses[kpi.key] = Course(
            recorded=plain(values(ours.recorded, kpi.column)),
            bands=[plain(band) for band in np.quantile(members, LEVELS, axis=0)],
            formulas={one.name: plain(values(one.members[0], kpi.column)) for one in formulas},
        )
    return Span(at=at, kpis=courses)


def forecast_of(name: str, told: dict[str, Any], measured: Measured | None = None) -> Forecast:
    """From `HeldOut.as_dict`, whose shares are percent."""
    kpis = kpis_of(measured or Measured())
    scores = {
        kpis[kpi].key: {
            by: Score(n=of["n"], crps=of["crps"] * (1 / kpis[kpi].scale), coverage=finite(of["coverage"]))
            for by, of in both.items()
            if math.isfinite(of["crps"])  # history may not tell this KPI
        }
        for kpi, both in told["scores"].items()
    }
    overall = {kpis[kpi].key: value * (1 / kpis[kpi].scale) for kpi, value in told["overall"].items()}
    return Forecast(name=name, overall=finite(overall), scores=scores)


def read_stored(text: str, name: str) -> Stored:
    """From the file's text.

    Raises
    ------
    InputError
        If it is no such file: one sentence.
    """
    if len(text) > MOST_BYTES:
        raise InputError(f"{name}: is above {MOST_BYTES >> 20} MB, must be a file that twin calibrate has written")
    try:
        found = Stored.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "it"
        raise InputError(f"{name}: {key}: {first['msg']}; must be a file that twin calibrate has written") from None
    for by, span in found.by.items():
        for kpi, course in span.kpis.items():
            lengths = {len(one) for one in (course.recorded, *course.bands, *course.formulas.values())}
            if lengths != {len(span.at)} or len(course.bands) != len(LEVELS):
                raise InputError(f"{name}: by.{by}.kpis.{kpi} has {sorted(lengths)} values, must have {len(span.at)}")
    if found.months is not None:
        found.months.check(name)
    elif not found.forecasts:
        raise InputError(f"{name}: holds neither forecasts nor months; must be a file that twin calibrate has written")
    return found
