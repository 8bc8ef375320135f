"""Forecasts of days that no fit has seen, beside what was recorded and beside the Erlang formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from calibration.fit.moments import LEAST_OFFERED
from calibration.fit.record import Record
from calibration.proof.kpis import LOST, Kpi, kpis_of
from calibration.proof.scores import Score, score

CLOSE_DAY = 4.0  # [points] of abandonment
CLOSE_SHARE, CLOSE_WAIT, CLOSE_POINTS, CLOSE_LEVEL = 0.8, 0.15, 2.0, 4.0
"""What is asked: share of days, share of the mean wait, points of abandonment and of service level overall."""


@dataclass(frozen=True)
class HeldOut:
    """An ensemble of forecasts (one member: a formula) of the same days as a record."""

    name: str
    members: Sequence[Record]
    recorded: Record

    @property
    def kpis(self) -> dict[str, Kpi]:
        """By name, as the record measures them."""
        return kpis_of(self.recorded.measured)

    def overall(self) -> dict[str, float]:
        """KPIs of all days together, the members' mean."""
        return {
            name: float(np.mean([m.per_base(kpi.column, scale=kpi.scale) for m in self.members]))
            for name, kpi in self.kpis.items()
        }

    def by_day(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(members, days) and recorded (days)."""
        kpi = self.kpis[name]
        members = np.array([m.per_base(kpi.column, 1, kpi.scale) for m in self.members])
        return members, self.recorded.per_base(kpi.column, 1, kpi.scale)

    def by_half_hour(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(members, half hours) and recorded, where enough calls came to tell."""
        kpi, enough = self.kpis[name], self.recorded.offered >= LEAST_OFFERED
        members = [_cells(m, kpi, enough) for m in self.members]
        return np.array(members), _cells(self.recorded, kpi, enough)

    def scores(self) -> dict[str, dict[str, Score]]:
        """By KPI: of days, and of half hours."""
        return {
            kpi: {"days": score(*self.by_day(kpi)), "half hours": score(*self.by_half_hour(kpi))} for kpi in self.kpis
        }

    def close_days(self) -> float:
        """Share of days on which abandonment is within CLOSE_DAY points."""
        members, recorded = self.by_day(LOST)
        return float((np.abs(members.mean(axis=0) - recorded) <= CLOSE_DAY).mean())

    def attainable(self) -> dict[str, float]:
        """How often each target would be met if the model were exactly true: each member in turn is what comes.

        Of the share of days the mean, and its 5 and 95 %; of the others the chance that all days together are close.
        """
        if len(self.members) < 2:
            return {}
        truths = [HeldOut("", _without(self.members, i), member) for i, member in enumerate(self.members)]
        shares = np.array([truth.close_days() for truth in truths])
        errors = {
            kpi: [truth.overall()[kpi] - recorded_overall(truth.recorded)[kpi] for truth in truths] for kpi in self.kpis
        }
        lost, wait, quick = self.kpis
        waits = np.array([recorded_overall(truth.recorded)[wait] for truth in truths])
        return {
            "days within 4 points": float(shares.mean()),
            "days within 4 points, 5 %": float(np.quantile(shares, 0.05)),
            "days within 4 points, 95 %": float(np.quantile(shares, 0.95)),
            "enough days within 4 points": float((shares >= CLOSE_SHARE).mean()),
            lost: float((np.abs(errors[lost]) <= CLOSE_POINTS).mean()),
            wait: float((np.abs(errors[wait]) <= CLOSE_WAIT * waits).mean()),
            quick: float((np.abs(errors[quick]) <= CLOSE_LEVEL).mean()),
        }

    def as_dict(self) -> dict[str, Any]:
        return {
            "overall": self.overall(),
            "days within 4 points": self.close_days(),
            "if the model were true": self.attainable(),
            "scores": {kpi: {by: found.as_dict() for by, found in both.items()} for kpi, both in self.scores().items()},
        }


def recorded_overall(recorded: Record) -> dict[str, float]:
    kpis = kpis_of(recorded.measured).items()
    return {name: float(recorded.per_base(kpi.column, scale=kpi.scale)) for name, kpi in kpis}


def table(recorded: Record, forecasts: Sequence[HeldOut]) -> pd.DataFrame:
    """A row a forecast, the recorded first."""
    rows: dict[str, dict[str, float]] = {"recorded": recorded_overall(recorded)}
    for forecast in forecasts:
        row = forecast.overall() | {"days within 4": 100 * forecast.close_days()}
        for kpi, both in forecast.scores().items():
            for by, found in both.items():
                row[f"CRPS {kpi}, {by}"] = found.crps
                for level, share in found.coverage.items():
                    row[f"{kpi}, {by}: in {100 * level:.0f} % band"] = 100 * share
        rows[forecast.name] = row
    return pd.DataFrame(rows)


def _without(members: Sequence[Record], i: int) -> list[Record]:
    return [member for j, member in enumerate(members) if j != i]


def _cells(record: Record, kpi: Kpi, enough: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (kpi.scale * getattr(record, kpi.column) / record.base(kpi.column))[enough]
    return np.where(np.isfinite(found), found, np.nan)
