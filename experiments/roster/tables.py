"""What a fit has to tell: the curves of the week, and a table by queue and part of the day."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from experiments.roster.fit import Fit, on_duty
from experiments.roster.measure import SUMS, Measured
from experiments.roster.week import PARTS, SLOTS, SLOTS_A_DAY, open_slots, part_of
from twin.scenario.days import WEEKDAYS

ALL = "all"
CONFIDENCE = 0.95
MEASURES = ("sl", "asa", "abandonment")
SIDES = ("before", "after")


class Told:
    """The curves of a fit, worked out once."""

    def __init__(self, fit: Fit):
        self.fit = fit
        plan, measured = fit.plan, fit.best.measured
        self.queues = list(measured.queues)
        self.load = measured.arrival_rates() * measured.handle_times()[:, None]
        self.is_open = open_slots(plan.scenario)
        self.duty = {
            "before": on_duty(plan.scenario, plan.seed, self.load),
            "after": on_duty(fit.best.scenario, plan.seed, self.load),
        }

    def curves(self) -> pd.DataFrame:
        """One row per queue and quarter hour of the opening week."""
        slots = np.flatnonzero(self.is_open)
        tables = []
        for row, queue in enumerate(self.queues):
            minutes = slots % SLOTS_A_DAY * 15
            columns: dict[str, Any] = {
                "queue": queue,
                "weekday": [WEEKDAYS[slot // SLOTS_A_DAY] for slot in slots],
                "time": [f"{m // 60:02d}:{m % 60:02d}" for m in minutes],
                "load": self.load[row, slots],
                "required": self.fit.required[row, slots],
                "cut": self.fit.cuts[row, slots],
                **{f"on_duty_{side}": self.duty[side][row, slots] for side in SIDES},
            }
            for side in SIDES:
                sums = _by_slot(self.fit.fresh[side])[row, slots]
                columns[f"offered_{side}"] = sums[:, SUMS.index("offered")]
                columns[f"sl_{side}"] = _measure(sums, "sl")
            tables.append(pd.DataFrame(columns))
        return pd.concat(tables, ignore_index=True)

    def parts(self) -> pd.DataFrame:
        """One row per queue and part of the day, of each queue in all, and of all: see `row`."""
        part = part_of(np.arange(SLOTS))
        rows = []
        for i, queue in enumerate(self.queues):
            for number, (name, *_) in enumerate(PARTS):
                slots = self.is_open & (part == number)
                if slots.any():
                    rows.append(self.row(queue, name, [i], slots))
            rows.append(self.row(queue, ALL, [i], self.is_open))
        rows.append(self.row(ALL, ALL, list(range(len(self.queues))), self.is_open))
        return pd.DataFrame(rows)

    def row(self, queue: str, part: str, queues: list[int], slots: np.ndarray) -> dict[str, Any]:
        """Means of people at work while open; hours of over- and under-staffing a week; simulated measures."""
        required = self.fit.required[queues][:, slots]
        found: dict[str, Any] = {"queue": queue, "part": part, "required": required.sum(axis=0).mean()}
        for side in SIDES:
            there = self.duty[side][queues][:, slots]
            found[f"on_duty_{side}"] = there.sum(axis=0).mean()
            found[f"under_{side}"] = np.maximum(required - there, 0.0).sum() / 4
            found[f"over_{side}"] = np.maximum(there - required, 0.0).sum() / 4
            for name in MEASURES:
                values = [self._value(run, name, queues, slots) for run in _replications(self.fit.fresh[side])]
                found[f"{name}_{side}"], found[f"{name}_{side}_half_width"] = _interval(values)
        return found

    def _value(self, measured: Measured, name: str, queues: list[int], slots: np.ndarray) -> float:
        wanted = slots.reshape(7, SLOTS_A_DAY)[measured.weekdays]
        sums = (measured.sums[queues] * wanted[None, :, :, None]).sum(axis=(0, 1, 2))
        return float(_measure(sums, name))


def _replications(measured: Measured) -> list[Measured]:
    return [measured.of_replication(number) for number in range(measured.n_replications)]


def _measure(sums: np.ndarray, name: str) -> np.ndarray:
    above = {"sl": "in_time", "asa": "wait_handled", "abandonment": "abandoned"}[name]
    below = sums[..., SUMS.index("handled" if name == "asa" else "offered")]
    return np.divide(sums[..., SUMS.index(above)], below, out=np.full(np.shape(below), np.nan), where=below > 0)


def _by_slot(measured: Measured) -> np.ndarray:
    """Sums by queue and quarter hour of the week, mean of its weeks (queues, slots, SUMS)."""
    found = np.zeros((len(measured.queues), 7, SLOTS_A_DAY, len(SUMS)))
    for weekday in np.unique(measured.weekdays):
        found[:, weekday] = measured.sums[:, measured.weekdays == weekday].mean(axis=1)
    return found.reshape(len(measured.queues), SLOTS, len(SUMS))


def _interval(values: list[float]) -> tuple[float, float]:
    """Mean and half-width of its 95 % interval (t quantile); NaN with one value."""
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return mean, np.nan
    return mean, float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * np.std(values, ddof=1) / np.sqrt(n))
