"""Requirements by formula: Erlang C and Erlang A in every interval, each for itself (SIPP)."""

import functools
from dataclasses import dataclass

import numpy as np

from experiments.optimise.instance import Instance
from experiments.optimise.runs import OFFERED, Counts, Runs
from experiments.optimise.study import Target as StudyTarget
from experiments.roster.target import TARGET_STEP, Requirement, Target
from twin.world.laws import mean_time

ERLANG_C, ERLANG_A = "Erlang C", "Erlang A"
MOST_EXACT = 200  # intervals of a cycle worked out one by one; of a week each load lies between two knots, 4 % apart
ROUNDING = 0.05  # people below which a part of a person between knots is no person


@dataclass(frozen=True)
class Load:
    """What a pilot measured."""

    rate: np.ndarray
    """Contacts a second (queues, days of the cycle, slots)."""
    aht: np.ndarray
    """[s] (queues)"""

    @classmethod
    def of(cls, instance: Instance, counts: list[Counts], runs: Runs) -> "Load":
        sample = np.concatenate([runs.by_cycle(one.sums) for one in counts])
        handled, labour = (np.sum([getattr(one, name) for one in counts], axis=0) for name in ("handled", "labour"))
        usual = labour.sum() / max(handled.sum(), 1.0)
        aht = np.where(handled > 0, labour / np.maximum(handled, 1.0), usual)
        return cls(sample[:, :, OFFERED].mean(axis=0).transpose(1, 0, 2) / instance.slot, aht)

    @property
    def erlangs(self) -> np.ndarray:
        return self.rate * self.aht[:, None, None]


class Formulas:
    """Operators by formula for the targets of a study."""

    def __init__(self, instance: Instance, load: Load):
        self.instance, self.load = instance, load
        self._curves: dict[tuple[str, Target, float, float], Requirement] = {}
        self._required: dict[str, np.ndarray] = {}

    @functools.cached_property
    def patience(self) -> float:
        """Mean patience [s]; endless if somebody never gives up."""
        stated = [i.patience or self.instance.scenario.patience for i in self.instance.scenario.intents.values()]
        return float(np.mean([mean_time(law) if law is not None else np.inf for law in stated]))

    def required(self, model: str) -> np.ndarray:
        """Operators at work (queues, days, slots): the most that any of the queue's targets asks for."""
        if model not in self._required:
            self._required[model] = self._worked_out(model)
        return self._required[model]

    def _worked_out(self, model: str) -> np.ndarray:
        found = np.zeros_like(self.load.rate)
        for row, queue in enumerate(self.instance.queues):
            for target in self._targets(queue, model):
                wait = self.instance.scenario.queues[queue].target
                found[row] = np.maximum(found[row], self.steady(model, target, [row], wait))
        return found

    def pooled(self, rows: list[int]) -> np.ndarray:
        """Operators (days, slots) if these queues were one, by Erlang A: fewer than for each by itself."""
        found = np.zeros(self.load.rate.shape[1:])
        for queue in (self.instance.queues[row] for row in rows):
            for target in self._targets(queue, ERLANG_A):
                wait = self.instance.scenario.queues[queue].target
                found = np.maximum(found, self.steady(ERLANG_A, target, rows, wait))
        return found

    def steady(self, model: str, target: Target, rows: list[int], wait: float) -> np.ndarray:
        """Fewest operators of a steady queue with the load of these queues together, (days, slots)."""
        rate = self.load.rate[rows].sum(axis=0)
        erlangs = self.load.erlangs[rows].sum(axis=0)
        aht = float(erlangs.sum() / max(rate.sum(), 1e-12))
        curve = self._curve(model, target, aht, wait)
        if erlangs.size > MOST_EXACT:
            return np.ceil(curve(erlangs.ravel())[TARGET_STEP].reshape(erlangs.shape) - ROUNDING)
        return np.vectorize(lambda a: float(curve.exactly(a)) if a > 0 else 0.0, otypes=[float])(np.round(erlangs, 6))

    def curve(self, model: str, target: Target, row: int) -> Requirement:
        """A queue's service by operators and load."""
        wait = self.instance.scenario.queues[self.instance.queues[row]].target
        return self._curve(model, target, float(self.load.aht[row]), wait)

    def _curve(self, model: str, target: Target, aht: float, wait: float) -> Requirement:
        key = (model, target, aht, wait)
        if key not in self._curves:
            self._curves[key] = Requirement(target, aht, np.inf if model == ERLANG_C else self.patience, wait)
        return self._curves[key]

    def _targets(self, queue: str, model: str) -> list[Target]:
        """The study's targets of a queue in the formulas' terms; Erlang C knows no abandonment."""
        return [
            formula_target(target)
            for target in self.instance.study.targets
            if (not target.queues or queue in target.queues) and (model == ERLANG_A or target.sign > 0)
        ]


def formula_target(target: StudyTarget) -> Target:
    """A study's target in the formulas' terms."""
    if target.sign < 0:
        return Target("abandonment", target.level)
    return Target("sl", target.level, None if target.within == "target" else 20.0)
