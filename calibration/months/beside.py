"""Months beside half hours: one history that holds both, fitted at once, as one vector of summaries.

A month's figure that the half hours of the same month tell, too, is left out, so that nothing counts twice. What is
left tells what half hours do not: how many contacts come again, how satisfied and loyal customers are, who leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from calibration.fit.fit import Fit
from calibration.fit.parameters import Box
from calibration.fit.record import Record
from calibration.fit.simulator import Fittable, Problem, scenario_at
from calibration.months.forecast import MonthForecast, all_months, forecasts
from calibration.months.parameters import usual_monthly
from calibration.months.problem import MonthProblem, has_own_volume, level_of_days, month_problem
from calibration.months.record import MONTH_KPIS, MonthRecord, days_of, recorded_months
from calibration.months.shown import MonthsShown
from twin.errors import InputError
from twin.trace import parse_dates

TOLD_BY = {"offered": "offered", "abandonment": "abandoned", "in_time": "in_time", "service_level": "in_time",
           "asa": "wait_s", "aht": "handle_s"}  # fmt: skip
"""KPI of a month -> what half hours must hold to tell it."""


@dataclass(frozen=True)
class JointProblem:
    """Several problems of the same scenario and box, met at once."""

    parts: tuple[Fittable, ...]

    @property
    def resolved(self) -> Mapping[str, Any]:
        return self.parts[0].resolved

    @property
    def box(self) -> Box:
        return self.parts[0].box

    @property
    def seed(self) -> int:
        return self.parts[0].seed

    @property
    def names(self) -> tuple[str, ...]:
        first, *others = self.parts
        return (*first.names, *(f"{name}, by month" for part in others for name in part.names))

    @property
    def observed(self) -> np.ndarray:
        return np.concatenate([part.observed for part in self.parts])

    @property
    def model_error(self) -> np.ndarray:
        return np.asarray(block_diag(*[part.model_error for part in self.parts]))

    def summary(self, z: np.ndarray, replication: int) -> np.ndarray:
        return np.concatenate([part.summary(z, replication) for part in self.parts])

    def record(self, z: np.ndarray, replication: int) -> tuple[Any, ...]:
        """What each part's run left."""
        return tuple(part.record(z, replication) for part in self.parts)


@dataclass(frozen=True)
class Months:
    """The months of a history of half hours: those to fit, and the others."""

    everything: MonthRecord
    seen: tuple[str, ...]
    """Over by the last day of the fit, and without a day held out."""

    @classmethod
    def of(cls, table: pd.DataFrame, held_out: Sequence[str], until: str | None = None) -> "Months":
        """Of a table of months, by the days held out, and the last day to fit."""
        everything = recorded_months(table)
        last = None if until is None else parse_dates(until, "--until")[0].isoformat()
        held = {date[:7] for date in held_out}
        fitted = [
            month
            for month in everything.months
            if month not in held and (last is None or f"{month}-{days_of(month):02d}" <= last)
        ]
        return cls(everything, tuple(fitted))

    def alone(self, days: Record) -> MonthRecord:
        """The months to fit, without what the half hours of the same months tell."""
        recorded = self.everything.of(self.seen)
        covered = np.isin(recorded.months, list({date[:7] for date in days.dates}))
        values = {}
        for name, of in recorded.values.items():
            is_told = name in TOLD_BY and not np.isnan(getattr(days, TOLD_BY[name])).all()
            left = np.where(covered, np.nan, of) if is_told else of
            if np.isfinite(left).any():
                values[name] = left
        return replace(recorded, values=values)

    def with_usual(self, box: Box, resolved: Mapping[str, Any], days: Record) -> Box:
        """The box with what the months tell beside the half hours."""
        told = self.alone(days) if self.seen else None
        if told is None or not told.values:
            return box
        try:
            usual = usual_monthly(resolved, list(told.values))
        except InputError:  # they tell no parameter of this scenario
            return box
        return Box((*box.parameters, *(one for one in usual.parameters if one.name not in box.names)))

    def beside(self, days: Problem) -> tuple[JointProblem | None, str]:
        """Half hours and months at once; None where the months add nothing. And what is to be said of it."""
        if not self.seen:
            return None, "The months are not fitted: none is over by the last day of the fit."
        if days.resolved.get("demand", {}).get("kind") == "trace":
            return None, "The months are not fitted: the scenario replays recorded days (demand.kind is 'trace')."
        try:
            scenario = scenario_at(days.resolved, days.box, days.box.centre)
            usual = 1.0 if has_own_volume(scenario) else level_of_days(scenario, days.recorded)
            whole, mute = month_problem(days.resolved, days.box, self.everything.of(self.seen), days.seed, usual)
        except InputError as reason:
            return None, f"The months are not fitted: {reason}."
        told = self.alone(days.recorded)
        left = {name: of for name, of in told.values.items() if name in whole.recorded.values}
        if not left:
            return None, "The months are not fitted: they tell nothing that the half hours do not."
        problem = replace(whole, recorded=replace(told, values=left))
        said = f"Fitted beside the half hours: {', '.join(MONTH_KPIS[name].title for name in left)} by month"
        said += f" ({self.seen[0]} to {self.seen[-1]})."
        if mute:
            said += f" The scenario does not tell: {', '.join(MONTH_KPIS[name].title for name in mute)}."
        return JointProblem((days, problem)), said

    def shown(self, found: Fit, members: int, workers: int) -> MonthsShown:
        """All months beside what the fitted scenario makes of them; those not fitted are forecast."""
        problem = _of_months(found)
        everything = all_months(found, problem, self.everything, members, workers)
        mute = [kpi for kpi in self.everything.values if kpi not in everything.recorded.values]
        return MonthsShown(everything, self.ahead(found, members), list(problem.recorded.values), mute)

    def ahead(self, found: Fit, members: int) -> list[MonthForecast]:
        """The months that the fit has not seen, forecast; none where there are none."""
        problem = _of_months(found)
        if len(self.seen) == len(self.everything.months):
            return []
        kpis = {*problem.recorded.values, *(["offered"] if problem.levels is not None else [])}
        record = replace(self.everything, values={name: self.everything.values[name] for name in kpis})
        return forecasts(replace(found, problem=problem), record, self.seen, members)


def _of_months(found: Fit) -> MonthProblem:
    assert isinstance(found.problem, JointProblem)
    problem = found.problem.parts[1]
    assert isinstance(problem, MonthProblem)
    return problem
