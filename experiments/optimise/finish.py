"""The search's last stage: the plans that came far meet as many days as the test has, and must pass as they must there.

Few runs early, more for the finalists: on the days of the search, many plans cannot be told apart from those that just
miss, and what holds there with a wide margin costs more than it must. So the plans that hold are seen on more and more
days, twice as many each time, until one clearly misses or has met as many days as the test has. There the margin is the
one that the test asks for at its last look; programs, exchanges and lifts go on with it. It stops where no cheaper plan
meets the cuts and no exchange holds, or with the search's part of the budget. The test itself is on days of its own.
"""

import math

import numpy as np
from scipy.special import betaincinv, stdtrit
from scipy.stats import norm

from experiments.optimise.instance import Heads
from experiments.optimise.program import Solution
from experiments.optimise.search import CLEARLY, OutOfBudget, Search, Tried
from experiments.optimise.targets import Cells
from experiments.optimise.verdict import looks

MOST_REHEARSED = 5  # of the cheapest plans of the first stage, before those that no cheaper one is safer than
SPARE = 1.0  # standard errors more, for a plan to fall back on if the test has bad luck
STEP = 0.05  # by which a margin is raised until it allows no more misses than the exact test


class Finish(Search):
    """Goes on where a search ended, on more days."""

    def __init__(self, first: Search, n_runs: int, budget: int):
        super().__init__(first.cells, first.formulas, first.runs, first.purse, budget, first.tell)
        self.first, self.replications, self.trace = first, range(n_runs), first.trace
        self.tried, self.cuts, self._sloped, self._screened = (
            dict(first.tried), list(first.cuts), first._sloped, first._screened,
        )  # fmt: skip
        self._base = first._base
        self.n_programs, self.n_cuts, self.n_dropped = first.n_programs, first.n_cuts, first.n_dropped
        self.short = first.short
        seen = max((len(tried.excess) for tried in first.tried.values()), default=len(first.replications))
        self.cycles = seen * n_runs // len(first.replications)
        error = looks(n_runs)[-1][1] * (1 - self.instance.study.test.confidence)
        self.margin = margin_of_test(self.cells, self.cycles, error)

    def run(self) -> None:
        """The cheapest plan of the first stage that holds here, then cheaper ones."""
        if len(self.replications) <= len(self.first.replications):
            return
        try:
            self._rehearse()
            best = self._solved(self.margin)
            self._solved(self.margin + SPARE)
            if best is not None:
                self.lift(best, self.margin)
        except OutOfBudget:
            self.note("end", 0.0, None)

    def _solved(self, margin: float) -> Tried | None:
        best = self.solve_with_cuts(margin)
        return best and self.exchange(best, margin)

    def _rehearse(self) -> None:
        """The cheapest few of the plans that held on fewer days, then safer ones, until one holds on these."""
        held = sorted((t for t in self.first.tried.values() if t.safety >= 0), key=lambda t: (t.cost, -t.safety))
        cheapest = held[:MOST_REHEARSED]
        first = {one.heads for one in cheapest}
        for one in [*cheapest, *(one for one in undominated(held) if one.heads not in first)]:
            tried = self.try_plan(one.heads)
            self.note("rehearsal", self.margin, tried)
            if self.holds(tried, self.margin):
                return
            self._add_cuts(tried, self.margin)

    # ---- plans on more and more days ----------------------------------------------------------------------------

    def try_plan(self, heads: Heads) -> Tried:
        """Simulate a plan on twice as many days each time, until it clearly misses or has met them all."""
        if self.is_known(heads):
            return self.tried[heads]
        n = len(self.first.replications)
        while True:
            n = min(n, len(self.replications))
            tried = self._seen_on(heads, self.replications[:n])
            if tried.safety < CLEARLY or n == len(self.replications):
                return tried
            n *= 2

    def is_known(self, heads: Heads) -> bool:
        """Whether a plan has met all days, or clearly misses."""
        tried = self.tried.get(heads)
        return tried is not None and (self.is_whole(tried) or tried.safety < CLEARLY)

    def is_whole(self, tried: Tried) -> bool:
        return len(tried.excess) >= self.cycles

    def holds(self, tried: Tried, margin: float) -> bool:
        return self.is_whole(tried) and super().holds(tried, margin)

    def beyond(self, tried: Tried, margin: float) -> np.ndarray:
        """As if the days seen so far were all: standard errors of fewer days are wider."""
        return super().beyond(tried, margin * math.sqrt(min(len(tried.excess) / self.cycles, 1.0)))

    def note(self, step: str, margin: float, tried: Tried | None, solution: Solution | None = None) -> None:
        super().note(f"finish: {step}", margin, tried, solution)

    def front(self) -> list[Tried]:
        """Plans for the test: those that reach all targets on all of these days; if none is safe, dearer ones, too."""
        found = undominated([t for t in self.tried.values() if self.is_whole(t) and t.safety >= 0])
        if not found or any(self.holds(t, self.margin) for t in found):
            return found
        dearest = found[-1].cost
        return found + undominated([t for t in self.first.tried.values() if t.safety >= 0 and t.cost > dearest])


def undominated(plans: list[Tried]) -> list[Tried]:
    """Plans that no cheaper one is safer than, the cheapest first."""
    front: list[Tried] = []
    for one in sorted(plans, key=lambda t: (t.cost, -t.safety)):
        if not front or one.safety > front[-1].safety:
            front.append(one)
    return front


def margin_of_test(cells: Cells, cycles: int, error: float) -> float:
    """Standard errors beyond the targets, with which a plan passes one look of the test at so many cycles."""
    margin = float(stdtrit(cycles - 1, 1 - error)) if cycles > 1 else float(norm.ppf(1 - error))
    shares = np.unique(cells.probability[cells.probability > 0])
    while any(not _passes(cells, cycles, margin, p, error) for p in shares):
        margin += STEP
    return margin


def _passes(cells: Cells, cycles: int, margin: float, share: float, error: float) -> bool:
    """Whether the days that this margin allows to miss are as few as the exact test asks for (or none)."""
    misses = int(cells.rank(cycles, margin)[cells.probability == share][0])
    return misses == 0 or float(betaincinv(cycles - misses, misses + 1, error)) >= share
