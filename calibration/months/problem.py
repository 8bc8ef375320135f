"""What is fitted to months: a scenario run through them, and the summaries that tell its parameters apart.

Levels tell one number each: the recall FCR, the index the scale of satisfaction, the churn its hazard. How waits and
abandonment rise from month to month with the contacts tells patience from staff.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.parameters import Box
from calibration.fit.record import Record, in_time_column
from calibration.fit.simulator import scenario_at
from calibration.months.record import (
    MONTH_KPIS,
    MonthRecord,
    days_of,
    first_day,
    simulated_counts,
    simulated_months,
)
from twin.calendar import Calendar
from twin.demand import RateDemand
from twin.errors import InputError
from twin.kpi import KPIS, work_out
from twin.scenario.days import WEEKDAYS
from twin.scenario.demand_schema import CustomerDemand, Demand, Rates, Trace, Volume
from twin.scenario.schema import Group, Scenario
from twin.simulation import simulate
from twin.world.names import Names
from twin.world.volume import with_rates

LEAST_FOR_SLOPES = 4
"""Months that a slope takes."""
SLOPE_TOLERANCE, LOG_SLOPE_TOLERANCE = 0.05, 0.3
LEAST_FOR_CHURN = 6
RULES = {"recall": "recall", "fcr": "recall", "redial": "redial", "csi": "satisfaction"}
"""KPI -> section of the scenario without which none call again, all is resolved, nobody is asked."""


@dataclass(frozen=True)
class MonthProblem:
    """A scenario and the months that it is to meet: what `calibration.fit.simulator.Simulator` runs."""

    resolved: Mapping[str, Any]
    box: Box
    recorded: MonthRecord
    levels: tuple[float, ...] | None = None
    """Contacts of each month over those that the scenario expects of its days; None where they come from customers'
    lives."""
    seed: int = 1
    discrepancy: float = 1.0
    """Times the tolerance for the model's own error; 0 if the model is known to be true."""
    talks: tuple[float, ...] | None = None
    """Talk times of each month over the scenario's, beside given levels; as in the scenario unless given."""
    usual_level: float = 1.0
    """What counts as level 1: contacts over those that the scenario expects. Half hours fitted beside the months have
    one of their own (`level_of_days`), which `volume` meets: the months' levels are told over it."""
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self._pieces(self.recorded)))

    @property
    def observed(self) -> np.ndarray:
        return self._vector(self.recorded)

    @property
    def model_error(self) -> np.ndarray:
        """Covariance of what the model itself cannot meet."""
        return np.diag((self.discrepancy * np.array([_tolerance(name) for name in self.names])) ** 2)

    def scenario(self, z: np.ndarray) -> Scenario:
        return scenario_at(self.resolved, self.box, z)

    def record(self, z: np.ndarray, replication: int) -> MonthRecord:
        """The months of one run."""
        return run_months(self.scenario(z), self.recorded, self.levels, self.seed, replication, self.talks)

    def summary(self, z: np.ndarray, replication: int) -> np.ndarray:
        return self._vector(self.record(z, replication))

    def _vector(self, record: MonthRecord) -> np.ndarray:
        pieces = self._pieces(record)
        return np.nan_to_num(np.array([pieces[name] for name in self.names], float))

    def _pieces(self, record: MonthRecord) -> dict[str, float]:
        """Means of the months, slopes on the month's contacts, and of churn on satisfaction."""
        scaled, found = {}, {}
        for name, values in record.values.items():
            kpi, known = MONTH_KPIS[name], np.isfinite(self.recorded.values[name])
            if kpi.is_log:
                values = np.log(np.maximum(values, 1e-9))
            scaled[name] = np.where(known, values, np.nan)
            found[name] = float(np.nanmean(scaled[name]))
        if len(record.months) >= LEAST_FOR_SLOPES and "offered" in scaled:
            for name in scaled:
                if MONTH_KPIS[name].follows_load:
                    found[f"{name} by contacts"] = _slope(scaled["offered"], scaled[name])
        if len(record.months) >= LEAST_FOR_CHURN and {"churn", "csi"} <= set(scaled):
            found["churn by csi"] = _slope(scaled["csi"], scaled["churn"])
        return found


def _tolerance(name: str) -> float:
    kpi, _, by = name.partition(" by ")
    if by:
        return LOG_SLOPE_TOLERANCE if MONTH_KPIS[kpi].is_log else SLOPE_TOLERANCE
    return MONTH_KPIS[kpi].tolerance


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    """Least squares; 0 where x hardly moves."""
    known = np.isfinite(x) & np.isfinite(y)
    away = x[known] - x[known].mean()
    square = float(away @ away)
    return float(away @ y[known]) / square if square > 1e-8 else 0.0


# ---- runs -------------------------------------------------------------------------------------------------------


def run_months(
    scenario: Scenario,
    like: MonthRecord,
    levels: tuple[float, ...] | None,
    seed: int,
    replication: int,
    talks: tuple[float, ...] | None = None,
) -> MonthRecord:
    """One run through the months, or with given levels (and talks) one run for each of them."""
    column = in_time_column(scenario, like.within_s)
    if levels is None:
        first, last = first_day(like.months[0]), first_day(like.months[-1])
        days = (last - first).days + days_of(like.months[-1])
        run = simulate(_starting(scenario, first), days, seed, replication)
        return simulated_months(simulated_counts(run, column), like)
    parts = []
    for number, (month, level) in enumerate(zip(like.months, levels, strict=True)):
        own = at_level(scenario, level) if talks is None else with_talks(at_level(scenario, level), talks[number])
        own = _starting(own, first_day(month))
        parts.append(simulated_counts(simulate(own, days_of(month), seed + number, replication), column))
    return simulated_months(pd.concat(parts), like)


def _starting(scenario: Scenario, date: Any) -> Scenario:
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"start": date})})


def at_level(scenario: Scenario, level: float) -> Scenario:
    """The scenario with so many times its contacts, and as many operators as are planned for them."""
    groups = {name: _planned(group, level) for name, group in scenario.groups.items()}
    return scenario.model_copy(update={"demand": _demand_at(scenario.demand, level), "groups": groups})


def _planned(group: Group, level: float) -> Group:
    """Heads follow the month's contacts as far as `groups.*.follows` says."""
    if not group.follows:
        return group
    factor = level**group.follows
    by_period = None if group.head_count is None else [round(heads * factor) for heads in group.head_count]
    return group.model_copy(update={"count": round(group.count * factor), "head_count": by_period})


def _demand_at(demand: Demand, level: float) -> Rates | Volume:
    if isinstance(demand, Volume):
        return demand.model_copy(update={"a_day": demand.a_day * level})
    assert isinstance(demand, Rates)

    def times(rates: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: [level * one for one in rate] if isinstance(rate, list) else level * rate
            for name, rate in rates.items()
        }

    by_day = {day: times(rates) for day, rates in demand.weekday_rates.items()}
    return demand.model_copy(update={"rates": times(demand.rates), "weekday_rates": by_day})


def with_talks(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with talks so many times as long."""
    clusters = {
        name: cluster.model_copy(update={"talk_factor": cluster.talk_factor * factor})
        for name, cluster in scenario.clusters.items()
    }
    return scenario.model_copy(update={"clusters": clusters})


def expected_a_day(scenario: Scenario, months: tuple[str, ...]) -> np.ndarray:
    """Contacts that a scenario of rates expects of a day of each month, by the weekdays in it; float64 (months,)."""
    of_day, found = _expected_by_weekday(scenario), []
    for month in months:
        first, n = first_day(month).weekday(), days_of(month)
        found.append(np.mean([of_day[(first + day) % len(WEEKDAYS)] for day in range(n)]))
    return np.array(found)


def _expected_by_weekday(scenario: Scenario) -> dict[int, float]:
    """Contacts of a whole day by its weekday, without those who call again."""
    own = with_rates(scenario)
    demand, calendar = RateDemand(own, Names.of(own), Calendar.of(own), 0), Calendar.of(own)
    clock = np.array([0.0, 86400.0])
    return {calendar.weekday(day): float(demand.expected(day, clock).sum()) for day in range(7)}


def level_of_days(scenario: Scenario, days: Record) -> float:
    """Contacts recorded on these days, calls of who calls again included, over those that the scenario expects."""
    of_day = _expected_by_weekday(scenario)
    expected = sum(of_day[datetime.date.fromisoformat(date).weekday()] for date in days.dates)
    return days.total("offered") / expected


def has_own_volume(scenario: Scenario) -> bool:
    """Whether its contacts follow from customers' lives, rather than being given month by month."""
    if isinstance(scenario.demand, Trace):
        raise InputError(
            f"{scenario.name}: demand.kind is 'trace', must be 'rates', 'volume' or 'customers' for months"
        )
    return isinstance(scenario.demand, CustomerDemand)


def month_problem(
    resolved: Mapping[str, Any], box: Box, recorded: MonthRecord, seed: int = 1, usual_level: float = 1.0
) -> tuple[MonthProblem, list[str]]:
    """The problem of the KPIs that the scenario can tell, and the names of the others.

    `usual_level`: contacts over those that the scenario expects that count as level 1 (`MonthProblem`).
    """
    scenario = scenario_at(resolved, box, box.centre)
    levels = None
    if not has_own_volume(scenario):
        if "offered" not in recorded.values:
            raise InputError("the months hold no contacts offered, which a scenario of rates must be given")
        expected = usual_level * expected_a_day(scenario, recorded.months)
        levels = tuple((recorded.values["offered"] / expected).tolist())
    few = recorded.of(recorded.months[:2])  # careers tell the first month at the beginning of the second
    tried = run_months(scenario, few, None if levels is None else levels[:2], seed, 0)
    mute = [name for name, values in tried.values.items() if not _is_told(scenario, name, values)]
    values = {name: of for name, of in recorded.values.items() if name not in mute}
    if not set(values) - {"offered"}:
        raise InputError(f"{scenario.name} tells none of what the months hold: {', '.join(recorded.values)}")
    told = replace(recorded, values=values)
    return MonthProblem(resolved, box, told, levels, seed, usual_level=usual_level), mute


def _is_told(scenario: Scenario, name: str, values: np.ndarray) -> bool:
    """Whether a run's months tell a KPI: not where nothing is counted, or where all or none are for want of a rule."""
    known = values[np.isfinite(values)]
    lacks_rule = name in RULES and getattr(scenario, RULES[name]) is None
    return len(known) > 0 and not (lacks_rule and bool(np.isin(known, (0.0, 1.0)).all()))


# ---- published figures ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """One published figure."""

    kpi: str
    """A KPI of `twin kpis`, in its own unit (shares from 0 to 1)."""
    value: float
    sd: float
    """How far off counts as one: of the figure itself, or half of the width of a band."""
    source: str = ""


@dataclass(frozen=True)
class TargetProblem:
    """A scenario and the figures that its run is to meet."""

    resolved: Mapping[str, Any]
    box: Box
    targets: tuple[Target, ...]
    seed: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(target.kpi for target in self.targets)

    @property
    def observed(self) -> np.ndarray:
        return np.array([target.value for target in self.targets])

    @property
    def model_error(self) -> np.ndarray:
        return np.diag([target.sd**2 for target in self.targets])

    def scenario(self, z: np.ndarray) -> Scenario:
        return scenario_at(self.resolved, self.box, z)

    def record(self, z: np.ndarray, replication: int) -> np.ndarray:
        return self.summary(z, replication)

    def summary(self, z: np.ndarray, replication: int) -> np.ndarray:
        counts = simulate(self.scenario(z), seed=self.seed, replication=replication).counts()
        return work_out(counts, self.names).iloc[0].to_numpy(float)


def checked_targets(targets: tuple[Target, ...], file: str) -> tuple[Target, ...]:
    """The targets, each once, of known KPIs, with a spread."""
    for target in targets:
        if target.kpi not in KPIS:
            raise InputError(f"{file}: kpi is {target.kpi!r}, must be a KPI such as sl20, mean_wait, abandonment_share")
        if not target.sd > 0:
            raise InputError(f"{file}: sd of {target.kpi} is {target.sd:g}, must be above 0")
    if not targets or len({target.kpi for target in targets}) < len(targets):
        raise InputError(f"{file}: must hold at least one [[target]], and each KPI once")
    return targets
