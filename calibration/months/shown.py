"""Months recorded beside simulated, as numbers: the record that the validation page and the screen both draw.

Shares in [0, 1], times in seconds, satisfaction from 0 to 100, NaN as null.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from calibration.months.forecast import MonthForecast
from calibration.months.record import MONTH_KPIS
from calibration.proof.plain import LEVELS, Strict, Values, finite, plain
from twin.errors import InputError

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
MOST_MONTHS = 600


class MonthCourse(Strict):
    """A KPI by month."""

    recorded: Values
    mean: Values
    """Of the simulated months."""
    bands: list[Values]
    """Their quantiles at LEVELS."""
    deviations: Values
    """Recorded less simulated, over the spread of the simulated and the tolerance for the model's own error."""


class Ahead(Strict):
    """A forecast of a KPI for the months held out."""

    mean: Values
    mean_error: float | None
    """Mean absolute error of `mean`."""
    crps: float | None
    coverage: dict[str, float]
    """Level of the band -> share of the recorded values inside; empty where there is no spread."""


class AheadForecast(Strict):
    """The twin with volumes of its own, with those recorded, or the naive forecast."""

    name: str = Field(max_length=100)
    kpis: dict[str, Ahead]


class MonthTable(Strict):
    """All months of a fit."""

    at: list[Month] = Field(min_length=1, max_length=MOST_MONTHS)
    held_out: list[Month]
    """Kept from the fit."""
    fitted: list[str]
    """KPIs that the fit was to meet; the half hours tell the others."""
    mute: list[str] = []
    """KPIs of the history that the scenario cannot tell."""
    within_s: float | None = None
    """[s] in which an answer is in time."""
    kpis: dict[str, MonthCourse] = Field(min_length=1)
    ahead: list[AheadForecast] = Field([], max_length=5)
    """Forecasts of the months held out: the twin's first, the naive one last."""

    def use(self, kpi: str, month: str) -> str:
        """What a recorded value was for: "held_out", "fitted" or "half_hours" (which tell it, too)."""
        if month in self.held_out:
            return "held_out"
        return "fitted" if kpi in self.fitted else "half_hours"

    def recorded_ahead(self, kpi: str) -> Values:
        """What was recorded in the months held out."""
        return [self.kpis[kpi].recorded[self.at.index(month)] for month in self.held_out]

    def check(self, name: str) -> None:
        """Refuse what does not fit together; `name` is that of the file.

        Raises
        ------
        InputError
        """
        named = [*self.fitted, *self.mute, *self.kpis, *(kpi for one in self.ahead for kpi in one.kpis)]
        unknown = [kpi for kpi in named if kpi not in MONTH_KPIS]
        if unknown:
            raise InputError(f"{name}: months has {unknown[0][:50]!r}, must be one of {', '.join(MONTH_KPIS)}")
        if len(set(self.at)) < len(self.at) or not set(self.held_out) <= set(self.at):
            raise InputError(f"{name}: months.held_out must be some of months.at, each month once")
        for kpi, course in self.kpis.items():
            lengths = {len(one) for one in (course.recorded, course.mean, course.deviations, *course.bands)}
            if lengths != {len(self.at)} or len(course.bands) != len(LEVELS):
                raise InputError(f"{name}: months.kpis.{kpi} has {sorted(lengths)} values, must have {len(self.at)}")
        told_ahead = [set(one.kpis) for one in self.ahead]
        if any(kpis != told_ahead[0] or not kpis <= set(self.kpis) for kpis in told_ahead):
            raise InputError(f"{name}: months.ahead must hold the same KPIs for each forecast, of months.kpis")
        for one in self.ahead:
            for kpi, forecast in one.kpis.items():
                if len(forecast.mean) != len(self.held_out):
                    told = f"months.ahead of {kpi} has {len(forecast.mean)} values, must have {len(self.held_out)}"
                    raise InputError(f"{name}: {told}")


@dataclass(frozen=True)
class MonthsShown:
    """Months beside an ensemble of simulated ones."""

    shown: MonthForecast
    """All months, with their recorded volumes where the scenario is given them."""
    forecasts: Sequence[MonthForecast]
    """Of the months held out; none if all were fitted."""
    fitted: Sequence[str]
    """KPIs that the fit was to meet."""
    mute: Sequence[str] = ()
    """KPIs of the history that the scenario cannot tell."""

    def told(self) -> MonthTable:
        """As numbers."""
        recorded = self.shown.recorded
        return MonthTable(
            at=list(recorded.months),
            held_out=list(self.forecasts[0].recorded.months) if self.forecasts else [],
            fitted=list(self.fitted),
            mute=list(self.mute),
            within_s=recorded.within_s,
            kpis={kpi: self._course(kpi) for kpi in recorded.values},
            ahead=[_ahead(one) for one in self.forecasts],
        )

    def _course(self, kpi: str) -> MonthCourse:
        members, recorded = (_unit(kpi) * values for values in self.shown.values(kpi))
        return MonthCourse(
            recorded=plain(recorded),
            mean=plain(_mean(members)),
            bands=[plain(band) for band in _bands(members)],
            deviations=plain(self.shown.deviations(kpi)),
        )


def _ahead(forecast: MonthForecast) -> AheadForecast:
    scores, errors = forecast.scores(), forecast.mean_errors()
    kpis = {}
    for kpi, one in scores.items():
        mean_error, crps = plain(_unit(kpi) * np.array([errors[kpi], one.crps]))
        coverage = finite({f"{level:g}": share for level, share in one.coverage.items()})
        mean = plain(_unit(kpi) * _mean(forecast.values(kpi)[0]))
        kpis[kpi] = Ahead(mean=mean, mean_error=mean_error, crps=crps, coverage=coverage)
    return AheadForecast(name=forecast.name, kpis=kpis)


def _unit(kpi: str) -> float:
    """From the unit in which a KPI is shown (percent) to that of the file."""
    return 0.01 if MONTH_KPIS[kpi].is_share else 1.0


def _mean(members: np.ndarray) -> np.ndarray:
    """(months,); NaN where no member tells the month."""
    return _over_members(members, lambda told: np.nanmean(told, axis=0, keepdims=True))[0]


def _bands(members: np.ndarray) -> np.ndarray:
    """(levels, months); NaN where no member tells the month."""
    return _over_members(members, lambda told: np.nanquantile(told, LEVELS, axis=0))


def _over_members(members: np.ndarray, of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    told = np.isfinite(members).any(axis=0)
    found = of(np.where(told, members, 0.0))
    return np.where(told, found, np.nan)
