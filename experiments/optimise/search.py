"""The search: programs under cuts that simulation writes, repaired where the service is not concave in the staff.

A plan is simulated on the days of the search. Where a cell misses its target, its excess and slopes give a cut,
``excess + slopes @ (staff - its staff) >= 0`` (Atlason, Epelman & Henderson 2008; Cezik & L'Ecuyer 2008). Service is
S-shaped in the staff, so a cut from far below asks for too much. Three repairs: where the slope is next to nothing the
cut asks for one more person there; a cut that a plan breaks although it reaches the cell's target is proven wrong and
dropped; when no cheaper plan meets the cuts, those from far below are dropped and the program is solved again. What
cuts still hide is looked for by exchanges around the plan.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from experiments.optimise.formula_slopes import slopes_by_formula
from experiments.optimise.formulas import Formulas
from experiments.optimise.instance import Heads
from experiments.optimise.program import LARGE, Row, Solution, solve
from experiments.optimise.runs import Purse, Runs
from experiments.optimise.slopes import extras, slopes
from experiments.optimise.targets import Cells

RELAXED = 0.8  # share of the pooled Erlang-A requirement that no plan goes below; at least a person is taken off
NEAR = 1.5  # people to spare in a cell, up to which it gets a cut
FAR = (1.5, 0.75)  # people missing at a cut's plan, from which it is dropped at the first and second repair
LEAST_SAVING = 0.01  # [EUR]
PATIENCE = 8  # programs without a better plan, after which a margin is left
LEAST_ASKED = 0.5  # people that a cut from a miss asks for: people are whole, a hair's breadth is noise
MOST_ASKED = 3.0  # people that one cut may ask for; more is a slope of noise
PART_ASKED = 0.1  # of the people at work in its cell: of many, a cut may ask for more
PART_RAISED = 0.03  # likewise, of a cut whose slope says nothing
PART_THINNED = 0.02  # of all people, that are taken off at once where slopes foresee room
EXCHANGES = 4  # plans tried around a plan that holds, before one of them is taken
MOST_POLISHED = 10
CLEARLY = -2.0  # standard errors by which a plan misses a target in one run, with which no more are made
HOPELESS = -2.0  # people short, as the slopes foresee, with which an exchange is not tried


class OutOfBudget(Exception):
    """No days are left for the next step."""


@dataclass(frozen=True)
class Tried:
    """A plan as the search saw it."""

    heads: Heads
    cost: float
    excess: np.ndarray
    """(cycles, cells)"""
    safety: float
    """Least standard errors by which a target is exceeded."""


@dataclass(frozen=True)
class Cut:
    """One row of the program, and where it comes from."""

    cell: int
    coefficients: np.ndarray
    at: Heads
    is_raise: bool
    """It asks for one person more in the cell, whatever the margin."""
    far: float
    """People missing in the cell at the plan it comes from."""
    people: float
    """At work in the cell at that plan."""


@dataclass
class Trace:
    """What was tried, in order."""

    rows: list[dict[str, Any]] = field(default_factory=list)


class Search:
    """The state of one search."""

    def __init__(
        self,
        cells: Cells,
        formulas: Formulas,
        runs: Runs,
        purse: Purse,
        budget: int,
        tell: Callable[[str], None] = lambda _: None,
    ):
        self.cells, self.formulas, self.runs, self.purse, self.budget, self.tell = (
            cells, formulas, runs, purse, budget, tell,
        )  # fmt: skip
        self.instance = cells.instance
        cycles = runs.instance.days_a_run // (7 if self.instance.n_days == 7 else 1)
        self.replications = range(-(-self.instance.study.search.days // max(cycles, 1)))
        self.of_slopes = self.replications
        self.tried: dict[Heads, Tried] = {}
        self.cuts: list[Cut] = []
        self.n_cuts = self.n_dropped = self.n_programs = 0
        self.short = 0.0
        """People that the last program lacked."""
        self.trace = Trace()
        self._sloped: dict[Heads, np.ndarray] = {}
        self._beyond: dict[tuple[Heads, float, int], np.ndarray] = {}
        self._screened: dict[Heads, float] = {}
        self._base = self._pooled_rows()

    def run(self) -> None:
        """Down the ladder of margins; what has been tried by the end of the budget stays."""
        try:
            for margin in sorted(self.instance.study.search.margins):
                best = self.solve_with_cuts(margin)
                if best is not None:
                    self.lift(self.exchange(best, margin), margin)
        except OutOfBudget:
            self.note("end", 0.0, None)

    # ---- plans --------------------------------------------------------------------------------------------------

    def try_plan(self, heads: Heads) -> Tried:
        """Simulate a plan on the days of the search, once."""
        return self.tried[heads] if heads in self.tried else self._seen_on(heads, self.replications)

    def _seen_on(self, heads: Heads, replications: range) -> Tried:
        """The plan as these runs show it, paid for and kept."""
        self._pay(len(replications))
        excess = self.cells.excess(self.runs.sample(heads, replications, self.purse))
        safety = float(self.cells.safety(excess).min())
        self.tried[heads] = Tried(heads, self.instance.cost(heads), excess, safety)
        return self.tried[heads]

    def _pay(self, n_runs: int) -> None:
        if self.runs.days(self.purse) + n_runs * self.instance.days_a_run > self.budget:
            raise OutOfBudget

    def is_known(self, heads: Heads) -> bool:
        """Whether nothing new would be seen of a plan."""
        return heads in self.tried

    def holds(self, tried: Tried, margin: float) -> bool:
        return bool((self.beyond(tried, margin) >= 0).all())

    def cheapest(self, margin: float) -> Tried | None:
        """Of the plans that hold on the search's days."""
        return min((t for t in self.tried.values() if self.holds(t, margin)), key=lambda t: t.cost, default=None)

    def beyond(self, tried: Tried, margin: float) -> np.ndarray:
        """`Cells.beyond` of a plan, worked out once."""
        key = (tried.heads, margin, len(tried.excess))
        if key not in self._beyond:
            self._beyond[key] = self.cells.beyond(tried.excess, margin)
        return self._beyond[key]

    def note(self, step: str, margin: float, tried: Tried | None, solution: Solution | None = None) -> None:
        """A row of the trace."""
        beyond = self.beyond(tried, margin) if tried else np.zeros(0)
        worst = int(beyond.argmin()) if tried else 0
        self.trace.rows.append({
            "step": step, "margin": margin, "plan": len(self.tried), "cost": tried.cost if tried else np.nan,
            "bound": solution.bound if solution else np.nan, "missed": int((beyond < 0).sum()),
            "worst": self.cells.cells[worst].name(self.instance.n_days) if tried else "",
            "safety": tried.safety if tried else np.nan, "cuts": len(self.cuts), "days": self.runs.days(self.purse),
        })  # fmt: skip
        if tried:
            missed = f"{(beyond < 0).sum()} of {len(beyond)} cells miss" if (beyond < 0).any() else "holds"
            self.tell(
                f"{step}, margin {margin:g}: {tried.cost:,.0f} EUR, {missed}, {self.runs.days(self.purse):,} days"
            )

    # ---- programs and cuts --------------------------------------------------------------------------------------

    def solve_with_cuts(self, margin: float) -> Tried | None:
        """The cheapest plan that holds with this margin, as far as cuts find it."""
        repairs = since_gain = 0
        for _ in range(self.instance.study.search.rounds):
            best = self.cheapest(margin)
            solution = solve(self.instance, [*self._base_rows(), *(self._row(cut, margin) for cut in self.cuts)])
            self.n_programs += 1
            self.short = solution.short
            if best is not None and self.instance.cost(solution.heads) > best.cost - LEAST_SAVING:
                repairs += 1
                if repairs > len(FAR) or not self._drop_far(FAR[repairs - 1]):
                    break  # no cheaper plan meets the cuts
                continue
            is_new = not self.is_known(solution.heads)
            tried = self.try_plan(solution.heads)
            self.note("cuts", margin, tried, solution)
            self._drop_wrong(tried, margin)
            self._add_cuts(tried, margin)
            since_gain = 0 if self.cheapest(margin) is not best else since_gain + 1
            if not is_new or since_gain == PATIENCE:
                break
        return self.cheapest(margin)

    def _base_rows(self) -> list[Row]:
        """The first plan covers the requirement whole, all others a part of it."""
        if not self.tried:
            return self._base
        return [Row(row.coefficients, min(RELAXED * row.bound, row.bound - 1.0)) for row in self._base]

    def _pooled_rows(self) -> list[Row]:
        """For each set of queues: people who serve any of them, against the Erlang-A requirement of all as one."""
        instance, rows = self.instance, []
        n = len(instance.queues)
        is_small = n <= 4 and len(instance.columns) < LARGE
        sets = [list(s) for size in range(1, n + 1) for s in combinations(range(n), size)] if is_small else []
        for queues in sets or [*([q] for q in range(n)), list(range(n))]:
            groups = instance.serving[:, queues].any(axis=1)
            required = self.formulas.pooled(queues)
            for day, slot in zip(*np.nonzero(required), strict=True):
                coefficients = (groups * instance.there)[instance.group_of] * instance.presence[:, day, slot]
                rows.append(Row(coefficients, float(required[day, slot])))
        return rows

    def _row(self, cut: Cut, margin: float) -> Row:
        staffed = float(cut.coefficients @ np.array(cut.at))
        if cut.is_raise:
            return Row(cut.coefficients, staffed + max(1.0, PART_RAISED * cut.people))
        beyond = float(self.beyond(self.tried[cut.at], margin)[cut.cell])
        one = cut.coefficients.max()
        if beyond < 0:
            most = max(MOST_ASKED, PART_ASKED * cut.people)
            beyond = min(max(beyond, -most * one), -LEAST_ASKED * one)
        return Row(cut.coefficients, staffed - beyond)

    def slopes(self, tried: Tried, margin: float) -> np.ndarray:
        """Slopes at a plan by column: contacts of excess for one more person on it, (cells, columns)."""
        if tried.heads not in self._sloped:
            by_slot = self._by_slot(tried, margin)
            presence = self.instance.presence
            self._sloped[tried.heads] = np.stack(
                [(by_slot[:, g] * presence[j]).sum(axis=(1, 2)) for j, g in enumerate(self.instance.group_of)], axis=1
            )
        return self._sloped[tried.heads]

    def _by_slot(self, tried: Tried, margin: float) -> np.ndarray:
        """Slopes at a plan, (cells, groups, days, slots): by runs with extra people, or by formula."""
        if self.instance.study.search.slopes == "formula":
            sums = self.runs.sample(tried.heads, self.of_slopes, self.purse)
            return slopes_by_formula(self.cells, self.formulas, sums)
        few = self.of_slopes[: max(len(self.of_slopes) // 2, 1)]
        self._pay(len(extras(self.instance)) * len(few))
        return slopes(self.cells, self.runs, self.purse, tried.heads, few, margin)

    def _add_cuts(self, tried: Tried, margin: float) -> None:
        """A cut for each cell that misses its target, and for those that would with a person less."""
        slope = self.slopes(tried, margin)
        beyond = self.beyond(tried, margin)
        steepest = slope.max(axis=1)
        for cell in np.flatnonzero(beyond < NEAR * steepest):
            serving = self._serving(int(cell))
            people = float(serving @ np.array(tried.heads))
            is_flat = beyond[cell] < 0 and -beyond[cell] > max(MOST_ASKED, PART_ASKED * people) * steepest[cell]
            row = serving if is_flat else slope[cell]
            far = -beyond[cell] / steepest[cell] if steepest[cell] > 0 else np.inf
            self.cuts.append(Cut(int(cell), row, tried.heads, bool(is_flat), float(far), people))
            self.n_cuts += 1

    def _serving(self, cell: int) -> np.ndarray:
        """Mean people at work in a cell's interval who may answer its contacts, by column."""
        told, instance = self.cells.cells[cell], self.instance
        queues = [told.queue] if told.queue in instance.queues else instance.queues
        groups = np.asarray(instance.serving[:, [instance.queues.index(queue) for queue in queues]].any(axis=1))
        rate = self.formulas.load.rate[:, told.day].sum(axis=0)
        slots = [s for s in range(instance.n_slots) if told.first <= s * instance.slot < told.last and rate[s] > 0]
        return groups[instance.group_of] * instance.presence[:, told.day, slots].mean(axis=1)

    def _drop_wrong(self, tried: Tried, margin: float) -> None:
        """Cuts that this plan breaks although it reaches their cell's target."""
        beyond = self.beyond(tried, margin)
        heads = np.array(tried.heads)
        kept = []
        for cut in self.cuts:
            row = self._row(cut, margin)
            is_broken = row.coefficients @ heads < row.bound - 1e-6 * max(row.coefficients.max(), 1e-9)
            if not (is_broken and beyond[cut.cell] >= 0):
                kept.append(cut)
        self.n_dropped += len(self.cuts) - len(kept)
        self.cuts = kept

    def _drop_far(self, far: float) -> int:
        """Cuts from far below their target, which may ask for too much; how many."""
        kept = [cut for cut in self.cuts if not cut.is_raise and cut.far < far]
        n = len(self.cuts) - len(kept)
        self.n_dropped += n
        self.cuts = kept
        return n

    # ---- exchanges ----------------------------------------------------------------------------------------------

    def exchange(self, best: Tried, margin: float) -> Tried:
        """Cheaper plans around one that holds: a person less, or on a cheaper way to work; the likeliest first."""
        for _ in range(MOST_POLISHED):
            found = self._cheaper(best, margin)
            if found is None:
                return best
            best = found
        return best

    def lift(self, best: Tried, margin: float) -> None:
        """The safest of the cheaper plans, made safer by exchanges of equal cost until it holds, too, or no more."""
        for _ in range(MOST_POLISHED):
            cheaper = [t for t in self.tried.values() if t.cost < best.cost - LEAST_SAVING]
            start = max(cheaper, key=lambda t: (t.safety, -t.cost), default=None)
            if start is None or start.safety < CLEARLY:
                return
            start = self.try_plan(start.heads)
            for heads in self._around(start, margin, is_lateral=True):
                if not self._is_hopeless(heads):
                    self.note("lift", margin, self.try_plan(heads))
            safest = max((t for t in self.tried.values() if t.cost <= start.cost), key=lambda t: t.safety)
            if self.holds(safest, margin):
                best = self.exchange(safest, margin)
            elif safest.safety <= start.safety:
                return

    def _cheaper(self, best: Tried, margin: float) -> Tried | None:
        for heads in [*self._thinned(best, margin), *self._around(best, margin)]:
            if self.is_known(heads) or self._is_hopeless(heads):
                continue
            tried = self.try_plan(heads)
            self.note("exchange", margin, tried)
            if self.holds(tried, margin):
                return tried
        return None

    def _is_hopeless(self, heads: Heads) -> bool:
        """Whether the first run alone shows that the plan misses a target."""
        if heads not in self._screened:
            self._pay(1)
            excess = self.cells.excess(self.runs.sample(heads, self.replications[:1], self.purse))
            self._screened[heads] = float(self.cells.safety(excess).min())
        return self._screened[heads] < CLEARLY

    def _thinned(self, best: Tried, margin: float) -> list[Heads]:
        """Several people fewer at once, as far as the slopes foresee room, then half and a quarter of them."""
        most = int(PART_THINNED * sum(best.heads))
        slope, room = self.slopes(best, margin), self.beyond(best, margin).copy()
        steepest = np.maximum(slope.max(axis=1), 1e-9)
        heads = np.array(best.heads)
        found: list[Heads] = []
        while len(found) < most:
            left = ((room[:, None] - slope) / steepest[:, None]).min(axis=0)
            left[heads == 0] = -np.inf
            column = int(left.argmax())
            if left[column] < 0:
                break
            heads[column] -= 1
            room -= slope[:, column]
            found.append(tuple(int(n) for n in heads))
        places = sorted({len(found), len(found) // 2, len(found) // 4} - {0, 1}, reverse=True)
        return [found[place - 1] for place in places if self._is_allowed(np.array(found[place - 1]))]

    def _around(self, best: Tried, margin: float, is_lateral: bool = False) -> list[Heads]:
        """Plans that differ by one person and cost less, or as much; those that slopes foresee to miss least first."""
        costs = self.instance.costs
        slope, beyond = self.slopes(best, margin), self.beyond(best, margin)
        steepest = np.maximum(slope.max(axis=1), 1e-9)
        now = np.array(best.heads)
        moves: list[tuple[float, int, int]] = []
        for j in np.flatnonzero(now):
            is_cheaper = np.abs(costs - costs[j]) < LEAST_SAVING if is_lateral else costs < costs[j] - LEAST_SAVING
            cheaper = np.flatnonzero(is_cheaper & (np.arange(len(costs)) != j))
            foreseen = (beyond - slope[:, j])[:, None] + slope[:, cheaper]
            short = np.minimum(foreseen / steepest[:, None], 0.0).sum(axis=0)
            moves += [(float(s), int(j), int(k)) for s, k in zip(short, cheaper, strict=True)]
            if not is_lateral:
                moves.append((float(np.minimum((beyond - slope[:, j]) / steepest, 0.0).sum()), int(j), -1))
        moves.sort(key=lambda move: (-round(move[0], 6), move[1:]))
        plans = []
        for short, leaves, comes in moves:
            heads = now.copy()
            heads[leaves] -= 1
            if comes >= 0:
                heads[comes] += 1
            plan = tuple(int(n) for n in heads)
            if short >= HOPELESS and not self.is_known(plan) and self._is_allowed(heads):
                plans.append(plan)
        return plans[:EXCHANGES]

    def _is_allowed(self, heads: np.ndarray) -> bool:
        of_group = np.bincount(self.instance.group_of, heads, minlength=len(self.instance.groups))
        told = [self.instance.staffed(g) for g in range(len(self.instance.groups))]
        return all(one.least <= n <= one.most for one, n in zip(told, of_group, strict=True))
