"""The greedy baseline: from the load up, a person at a time (or a few), where a euro gains most by simulation."""

import math

import numpy as np

from experiments.optimise.formulas import ERLANG_A
from experiments.optimise.instance import Heads
from experiments.optimise.program import cover
from experiments.optimise.search import OutOfBudget, Search, Tried

SHORTLIST = 8
"""Ways to work that are simulated at each step: those that cover most of what is short for a euro."""
BLOCK = 2
"""Runs of each, at most; the plan taken meets all days of the search."""
IN_STEPS = 0.7
"""Part of the budget in whose steps greedy gets to as many people as Erlang A asks for: many at a time, if it must."""


class Greedy(Search):
    """Adds people until the targets hold on the search's days with a margin, or the budget is spent."""

    def climb(self, margin: float, start: Heads | None = None) -> Tried | None:
        """The first plan that holds, from the start on, or None."""
        heads = np.array(start or cover(self.instance, self.formulas.load.erlangs).heads)
        goal = sum(cover(self.instance, self.formulas.required(ERLANG_A)).heads)
        block = self._block(goal - int(heads.sum()))
        try:
            while True:
                tried = self.try_plan(tuple(int(n) for n in heads))
                self.note("greedy", margin, tried)
                if self.holds(tried, margin):
                    return tried
                steps = self._best_steps(heads, tried, margin)
                if not steps:
                    return None
                for step in (steps * block)[: block if heads.sum() < goal else 1]:
                    heads[step] += 1
        except OutOfBudget:
            return None

    def _block(self, missing: int) -> int:
        """People to add at a time, so that the budget does: one, in a small centre."""
        days = (len(self.replications) + SHORTLIST * min(BLOCK, len(self.replications))) * self.instance.days_a_run
        steps = max(IN_STEPS * self.budget / days, 1.0)
        return max(math.ceil(missing / steps), 1)

    def _best_steps(self, heads: np.ndarray, tried: Tried, margin: float) -> list[int]:
        """The shortlist, where a euro gains most first."""
        replications = self.replications[:BLOCK]
        cycles = len(tried.excess) // len(self.replications) * len(replications)
        before = self._short(tried.excess[:cycles], margin)
        gains: dict[int, float] = {}
        for column in self._shortlist(heads, tried, margin):
            plan = heads.copy()
            plan[column] += 1
            self._pay(len(replications))
            sums = self.runs.sample(tuple(int(n) for n in plan), replications, self.purse)
            gains[column] = (before - self._short(self.cells.excess(sums), margin)) / self.instance.costs[column]
        return sorted(gains, key=lambda column: -gains[column])

    def _short(self, excess: np.ndarray, margin: float) -> float:
        """Contacts short of the targets, over all cells."""
        return float(-np.minimum(self.cells.beyond(excess, margin), 0.0).sum())

    def _shortlist(self, heads: np.ndarray, tried: Tried, margin: float) -> list[int]:
        beyond = self.cells.beyond(tried.excess, margin)
        covered = np.zeros(len(heads))
        for cell in np.flatnonzero(beyond < 0):
            covered += -beyond[cell] * self._serving(int(cell))
        order = np.argsort(-covered / self.instance.costs, kind="stable")
        allowed = []
        for column in order:
            plan = heads.copy()
            plan[column] += 1
            if covered[column] > 0 and self._is_allowed(plan):
                allowed.append(int(column))
        return allowed[:SHORTLIST]
