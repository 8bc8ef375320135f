"""Months that the fit has not seen: forecast by the twin, with volumes of its own or the recorded ones, and naively.

Talks of the months to come scatter about the fit's as those of its own months do: inside the six months of NHS 111
the mean told later handle times better than the last month did (calibration/README.md).

Naive: the same month of the year before where the fit has seen it (seasonal naive), else the last month of the fit;
contacts by the days and weekdays of the month where the scenario tells them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calibration.fit.fit import Fit
from calibration.fit.simulator import Simulator
from calibration.months.problem import MonthProblem, expected_a_day, month_problem
from calibration.months.record import MONTH_KPIS, MonthRecord
from calibration.proof.scores import Score, score

FORECAST_FROM = 500_000  # [replication]
LEAST_SD = 0.02
"""Of a step from month to month, of the logarithm of the volume; where the fit has few months."""
LEAST_FOR_SPREAD = 4
"""Months that tell how handle times differ between them."""
CHANCE_RUNS = 4


@dataclass(frozen=True)
class MonthForecast:
    """An ensemble for the months; one member where there is no spread."""

    name: str
    members: Sequence[MonthRecord]
    recorded: MonthRecord

    def values(self, kpi: str) -> tuple[np.ndarray, np.ndarray]:
        """(members, months) and recorded (months), in the unit in which the KPI is shown."""
        scale = MONTH_KPIS[kpi].scale
        return (
            scale * np.array([member.values[kpi] for member in self.members]),
            scale * np.asarray(self.recorded.values[kpi]),
        )

    def scores(self) -> dict[str, Score]:
        return {kpi: score(*self.values(kpi)) for kpi in self.recorded.values}

    def mean_errors(self) -> dict[str, float]:
        """Mean absolute error of the members' mean."""
        found = {}
        for kpi in self.recorded.values:
            members, recorded = self.values(kpi)
            found[kpi] = float(np.nanmean(np.abs(np.nanmean(members, axis=0) - recorded)))
        return found

    def deviations(self, kpi: str) -> np.ndarray:
        """Recorded less simulated by month, over the spread of the members and the tolerance for the model's error; NaN
        where no member tells the month."""
        members, recorded = self.values(kpi)
        one, told = MONTH_KPIS[kpi], np.isfinite(members).any(axis=0)
        known = np.where(told, members, 0.0)
        middle = np.nanmean(known, axis=0)
        tolerance = one.tolerance * (np.abs(middle) if one.is_log else one.scale)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (recorded - middle) / np.sqrt(np.nanvar(known, axis=0) + tolerance**2)
        return np.where(told, found, np.nan)

    def as_dict(self) -> dict[str, Any]:
        errors = self.mean_errors()
        return {
            kpi: {
                "recorded": self.values(kpi)[1].round(4).tolist(),
                "forecast": np.nanmean(self.values(kpi)[0], axis=0).round(4).tolist(),
                "mae": errors[kpi],
                "crps": found.crps,
                "coverage": {f"{level:g}": share for level, share in found.coverage.items()},
            }
            for kpi, found in self.scores().items()
        }


def forecasts(found: Fit, recorded: MonthRecord, seen: Sequence[str], members: int) -> list[MonthForecast]:
    """The twin's forecast of the months after `seen`, the same with the recorded volumes, the naive one.

    Parameters
    ----------
    recorded : MonthRecord
        Of all months, with the KPIs of the problem.
    """
    problem = found.problem
    assert isinstance(problem, MonthProblem)
    unseen = [month for month in recorded.months if month not in seen]
    truth = recorded.of(unseen)
    points = found.drawn(members)
    if problem.levels is None:  # lives go on from the first month of the fit
        whole = replace(problem, recorded=recorded)
        ours = [whole.record(z, FORECAST_FROM + i).of(unseen) for i, z in enumerate(points)]
        return [MonthForecast("twin", ours, truth), naive(recorded, seen, unseen, None)]
    calendar = expected_a_day(problem.scenario(problem.box.centre), recorded.months)
    given = recorded.values["offered"] / calendar / problem.usual_level
    rows = [recorded.months.index(month) for month in unseen]
    drawn = drawn_levels(np.array(problem.levels), len(unseen), members, problem.seed)
    talks = drawn_talks(_spread_of_talks(problem, points), len(unseen), members, problem.seed)

    def run(name: str, levels: np.ndarray) -> MonthForecast:
        records = [
            replace(problem, recorded=truth, levels=tuple(own.tolist()), talks=tuple(talk.tolist())).record(
                z, FORECAST_FROM + i
            )
            for i, (z, own, talk) in enumerate(zip(points, levels, talks, strict=True))
        ]
        return MonthForecast(name, records, truth)

    return [
        run("twin", drawn),
        run("twin, volumes given", np.tile(given[rows], (members, 1))),
        naive(recorded, seen, unseen, calendar),
    ]


def all_months(found: Fit, problem: MonthProblem, recorded: MonthRecord, members: int, workers: int) -> MonthForecast:
    """All months with draws of the posterior, with the recorded volumes where the scenario must be given them."""
    whole, _ = month_problem(problem.resolved, problem.box, recorded, problem.seed, problem.usual_level)
    with Simulator(whole, workers) as simulator:
        records = simulator.records(found.drawn(members), range(FORECAST_FROM, FORECAST_FROM + members))
    return MonthForecast("twin", records, whole.recorded)


def drawn_levels(levels: np.ndarray, n: int, members: int, seed: int) -> np.ndarray:
    """Levels of the next `n` months (members, n): a random walk of the logarithm, with the steps' own size."""
    steps = np.diff(np.log(levels))
    sd = max(float(np.sqrt(np.mean(steps**2))) if len(steps) > 1 else LEAST_SD, LEAST_SD)
    walks = np.cumsum(np.random.default_rng([seed, 7]).normal(0.0, sd, (members, n)), axis=1)
    return levels[-1] * np.exp(walks)


def _spread_of_talks(problem: MonthProblem, points: np.ndarray) -> float:
    """How handle times differ from month to month in the fit beyond chance, which a few runs tell: a standard
    deviation of the logarithm; 0 where months are few."""
    recorded = problem.recorded.values.get("aht", np.array([]))
    if np.isfinite(recorded).sum() < LEAST_FOR_SPREAD:
        return 0.0
    known = np.isfinite(recorded)
    runs = [problem.record(z, 2 * FORECAST_FROM + i).values["aht"][known] for i, z in enumerate(points[:CHANCE_RUNS])]
    return spread_beyond_chance(recorded[known], np.array(runs))


def spread_beyond_chance(recorded: np.ndarray, runs: np.ndarray) -> float:
    """Standard deviation of the logarithm of `recorded` (months,) less what `runs` (runs, months) show of chance."""
    chance = np.log(runs).var(axis=1, ddof=1).mean()
    return float(np.sqrt(max(np.log(recorded).var(ddof=1) - chance, 0.0)))


def drawn_talks(sd: float, n: int, members: int, seed: int) -> np.ndarray:
    """Talks of the next `n` months over the fit's (members, n): logarithms of this spread, mean 1."""
    return np.exp(np.random.default_rng([seed, 8]).normal(0.0, sd, (members, n)) - sd**2 / 2)


def naive(
    recorded: MonthRecord, seen: Sequence[str], unseen: Sequence[str], calendar: np.ndarray | None
) -> MonthForecast:
    """The same month a year before, or the last one."""
    sources = []
    for month in unseen:
        year_before = f"{int(month[:4]) - 1}{month[4:]}"
        sources.append(year_before if year_before in seen else seen[-1])
    rows = [recorded.months.index(month) for month in sources]
    values = {name: of[rows].copy() for name, of in recorded.values.items()}
    if calendar is not None and "offered" in values:
        values["offered"] *= calendar[[recorded.months.index(month) for month in unseen]] / calendar[rows]
    is_seasonal = all(
        source != seen[-1] or source[5:] == month[5:] for source, month in zip(sources, unseen, strict=True)
    )
    name = "seasonal naive" if is_seasonal else "naive, the last month"
    return MonthForecast(name, [MonthRecord(tuple(unseen), values, recorded.within_s)], recorded.of(unseen))
