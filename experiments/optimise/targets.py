"""The targets as cells (queue, day of the cycle, interval), and how far a sample of days lies beyond each.

A day's excess in a cell is ``answered in time - level x offered`` (or ``limit x offered - abandoned``), in contacts:
the day reaches the target where it is 0 or more. A target in the long run asks that its mean is, one with a
probability p that its (1 - p) quantile is. Both are read off the same table of excesses.
"""

from dataclasses import dataclass

import numpy as np

from experiments.optimise.instance import Instance
from experiments.optimise.runs import ABANDONED, IN_20S, IN_TARGET, OFFERED
from experiments.optimise.study import Target
from twin.scenario.days import WEEKDAYS
from twin.scenario.words import clock

LEAST_CONTACTS = 1e-9  # a cell in which nobody ever calls is no cell


@dataclass(frozen=True)
class Cell:
    """Where one target is to hold."""

    target: int
    queue: str
    day: int
    """Of the cycle."""
    first: float
    """Clock seconds of the interval."""
    last: float
    probability: float
    """0 for a target in the long run."""

    def name(self, n_days: int) -> str:
        day = f"{WEEKDAYS[self.day]} " if n_days == 7 else ""
        whole = self.last - self.first >= 86400
        return f"{self.queue}, {day}{'all day' if whole else f'{clock(self.first)}-{clock(self.last)}'}"


class Cells:
    """All cells of a study in which somebody calls."""

    def __init__(self, instance: Instance, pilot: np.ndarray):
        self.instance = instance
        self.targets = instance.study.targets
        offered = pilot[:, :, OFFERED].mean(axis=0)
        everything, busy = [], []
        for i, target in enumerate(self.targets):
            here = self._by_period(self._of_queues(target, offered[None]), target)[0]
            for (day, row, period), n in np.ndenumerate(here):
                first = period * target.every
                name = "all queues" if target.together else self._queues(target)[row]
                everything.append(Cell(i, name, day, first, first + target.every, target.probability or 0.0))
                busy.append(n > LEAST_CONTACTS)
        self.busy = np.array(busy, bool)
        self.cells = [cell for cell, is_busy in zip(everything, busy, strict=True) if is_busy]
        self.probability = np.array([cell.probability for cell in self.cells])
        self.level = np.array([self.targets[cell.target].level for cell in self.cells])
        self.target_of = np.array([cell.target for cell in self.cells])

    def __len__(self) -> int:
        return len(self.cells)

    # ---- excesses -----------------------------------------------------------------------------------------------

    def excess(self, sums: np.ndarray) -> np.ndarray:
        """Contacts beyond the target: float64 (cycles, cells), of `Runs.sample`."""
        return self._cells([self._by_period(self.slots(i, sums), t) for i, t in enumerate(self.targets)])

    def offered(self, sums: np.ndarray) -> np.ndarray:
        """Contacts offered in each cell, (cycles, cells)."""
        of = [self._by_period(self._of_queues(t, sums[:, :, OFFERED]), t) for t in self.targets]
        return self._cells(of)

    def slots(self, target: int, sums: np.ndarray) -> np.ndarray:
        """Contacts beyond a target by slot: (cycles, days, queues of the target, slots)."""
        told = self.targets[target]
        offered = self._of_queues(told, sums[:, :, OFFERED])
        if told.sign < 0:
            return told.level * offered - self._of_queues(told, sums[:, :, ABANDONED])
        within = IN_TARGET if told.within == "target" else IN_20S
        return self._of_queues(told, sums[:, :, within]) - told.level * offered

    def _queues(self, target: Target) -> list[str]:
        return target.queues or self.instance.queues

    def _of_queues(self, target: Target, values: np.ndarray) -> np.ndarray:
        rows = [self.instance.queues.index(queue) for queue in self._queues(target)]
        chosen = values[..., rows, :].astype(float)
        return chosen.sum(axis=-2, keepdims=True) if target.together else chosen

    def _by_period(self, values: np.ndarray, target: Target) -> np.ndarray:
        size = round(target.every / self.instance.slot)
        return values.reshape(*values.shape[:-1], -1, size).sum(axis=-1)

    def _cells(self, of: list[np.ndarray]) -> np.ndarray:
        return np.concatenate([values.reshape(len(values), -1) for values in of], axis=1)[:, self.busy]

    # ---- how far ------------------------------------------------------------------------------------------------

    def rank(self, n: int, margin: float) -> np.ndarray:
        """Place in the sorted excesses (0 = worst day) that must be 0 or more, for cells with a probability.

        ``n (1 - p)`` days may miss; a margin takes so many standard errors of that number off.
        """
        p = np.where(self.probability > 0, self.probability, 0.5)
        allowed = n * (1 - p) - margin * np.sqrt(n * p * (1 - p))
        return np.clip(np.floor(allowed + 1e-9), 0, n - 1).astype(int)

    def beyond(self, excess: np.ndarray, margin: float) -> np.ndarray:
        """How far the sample lies beyond each cell's target, with a margin [contacts]; 0 or more is reached."""
        n = len(excess)
        order = np.sort(excess, axis=0)
        quantile = order[self.rank(n, margin), np.arange(len(self))]
        error = excess.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.zeros(len(self))
        return np.where(self.probability > 0, quantile, excess.mean(axis=0) - margin * error)

    def safety(self, excess: np.ndarray) -> np.ndarray:
        """Standard errors by which each cell's target is exceeded in the sample; inf where it cannot be told."""
        n = len(excess)
        p = np.where(self.probability > 0, self.probability, 0.5)
        share = (excess >= 0).mean(axis=0)
        of_share = (share - p) / np.sqrt(p * (1 - p) / n)
        error = excess.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.zeros(len(self))
        mean = excess.mean(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            of_mean = np.where(error > 0, mean / error, np.where(mean >= 0, np.inf, -np.inf))
        return np.where(self.probability > 0, of_share, of_mean)
