"""From a study to a plan: pilot, search, test of the best few on fresh days, and the baselines on the same days."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from experiments.optimise.finish import Finish, undominated
from experiments.optimise.formulas import ERLANG_A, ERLANG_C, Formulas, Load
from experiments.optimise.greedy import Greedy
from experiments.optimise.instance import Heads, Instance
from experiments.optimise.program import cover
from experiments.optimise.runs import ABANDONED, FRESH, Order, Purse, Runs
from experiments.optimise.search import Search, Tried
from experiments.optimise.selection import kim_nelson
from experiments.optimise.targets import Cells
from experiments.optimise.verdict import HOLDS, NOT_TESTED, Shown, show, test_ladder, test_plan
from twin.errors import InputError

PILOTS = 2  # runs of the scenario as it is, then of the plan by formula: redials follow the service
FOR_FIRST, FOR_SEARCH = 0.35, 0.6  # of the budget, for the search's first stage and for both; the rest is for the test
RAISE = 0.025  # steps by which the formula's requirement is raised until the plan holds
MOST_RAISES = 40
FURTHER = (1.0, 2.0, 3.0, 4.0)  # standard errors beyond the study's margins, to which greedy climbs until it holds
OURS, RAISED, GREEDY = "program with cuts", "Erlang A, raised", "greedy"


@dataclass
class Plan:
    """A plan with what the test days say of it."""

    name: str
    heads: Heads
    cost: float
    """Wages of a cycle [EUR]."""
    verdict: str
    n_tested: int
    shown: Shown
    """On all test days."""
    sums: np.ndarray
    """Of the test days, see `Runs.sample`, summed over them: (days of the cycle, measures, queues, slots)."""
    lost: float
    """Contacts that give up, a cycle."""
    days_used: int = 0
    note: str = ""


@dataclass
class State:
    """What is known so far: for who interrupts."""

    stage: str = "pilot"
    search: Search | None = None
    finish: Finish | None = None
    chosen: Heads | None = None

    @property
    def best(self) -> Heads | None:
        """The plan chosen; before, the cheapest that holds on the search's days, or the one that comes closest."""
        if self.chosen is not None or self.search is None or not self.search.tried:
            return self.chosen
        tried = (self.finish and self.finish.front()) or list(self.search.tried.values())
        return min(tried, key=lambda t: (t.safety < 0, t.cost if t.safety >= 0 else -t.safety)).heads


@dataclass
class Result:
    """A finished optimisation."""

    instance: Instance
    cells: Cells
    formulas: Formulas
    ours: Plan
    baselines: list[Plan]
    search: Finish
    ladder: list[tuple[Tried, str]]
    """Candidates, the safest first, with their verdicts."""
    days_test: int
    kn_days: int = 0
    greedy: Greedy | None = None

    @property
    def plans(self) -> list[Plan]:
        return [self.ours, *self.baselines]

    @property
    def holds(self) -> bool:
        return self.ours.verdict == HOLDS


@dataclass
class Tester:
    """Plans on the test days, which no search has seen."""

    cells: Cells
    runs: Runs
    n_runs: int
    error: float
    purse: Purse = field(default_factory=Purse)

    def draw(self, heads: Heads, purse: Purse | None = None) -> Callable[[int], np.ndarray]:
        """Excesses of the plan in the first so many test runs."""
        return lambda n: self.cells.excess(self.sample(heads, n, purse))

    def sample(self, heads: Heads, n: int, purse: Purse | None = None) -> np.ndarray:
        return self.runs.sample(heads, range(FRESH, FRESH + n), self.purse if purse is None else purse)

    def plan(self, name: str, heads: Heads, verdict: str | None = None, note: str = "") -> Plan:
        """A plan on all test days; tested by itself unless its verdict is known."""
        apart = Purse()
        n_tested = 0
        if verdict is None:
            shown = test_plan(self.draw(heads, apart), self.cells.probability, self.n_runs, self.error)
            verdict, n_tested = shown.verdict, shown.n
        sums = self.sample(heads, self.n_runs, apart)
        whole = show(self.cells.excess(sums), self.cells.probability, self.error)
        lost = float(sums[:, :, ABANDONED].sum() / len(sums))
        cost = self.cells.instance.cost(heads)
        return Plan(name, heads, cost, verdict, n_tested, whole, sums.sum(axis=0), lost, note=note)


def optimise(
    instance: Instance, runs: Runs, tell: Callable[[str], None] = lambda _: None, state: State | None = None,
    baselines: bool = True, say: Callable[[str], None] = lambda _: None,
) -> Result:  # fmt: skip
    """Find the cheapest plan that is shown to hold, and set it beside the others.

    Parameters
    ----------
    baselines : bool
        Whether the plans by formula and the greedy one are worked out, too.
    say : callable(text)
        Told once how long it may take, if that is more than a minute.
    """
    state = state or State()
    study, purse = instance.study, Purse()
    tell("pilot")
    cells, formulas = pilot(instance, runs, purse)
    say_how_long(runs, baselines, say)
    first = Search(cells, formulas, runs, purse, int(FOR_FIRST * study.budget), tell)
    check_budget(first)
    state.search, state.stage = first, "search"
    first.run()
    cycles = instance.days_a_run // instance.n_days
    search = Finish(first, -(-study.test.days // max(cycles, 1)), int(FOR_SEARCH * study.budget))
    state.finish = search
    search.run()
    ladder = candidates(search)
    left = (study.budget - runs.days(purse)) // instance.days_a_run
    n_runs = max(min(-(-study.test.days // max(cycles, 1)), left // max(len(ladder), 1)), 1)
    tester = Tester(cells, runs, n_runs, 1 - study.test.confidence, purse)
    tell(f"testing {len(ladder)} plans on fresh days")
    shown = test_ladder([tester.draw(one.heads) for one in ladder], cells.probability, n_runs, tester.error)
    verdicts = [one.verdict for one in shown] + [NOT_TESTED] * (len(ladder) - len(shown))
    passed = [i for i, verdict in enumerate(verdicts) if verdict == HOLDS]
    chosen, kn_days = _choose(tester, [ladder[i] for i in passed]) if passed else (ladder[0], 0)
    state.chosen, state.stage = chosen.heads, "test"
    place = ladder.index(chosen)
    ours = tester.plan(OURS, chosen.heads, verdicts[place])
    ours.n_tested = shown[place].n
    ours.days_used = runs.days(purse)
    result = Result(instance, cells, formulas, ours, [], search, list(zip(ladder, verdicts, strict=True)),
                    n_runs * max(cycles, 1), kn_days)  # fmt: skip
    for plan in _baselines(tester, formulas, result, tell) if baselines else ():
        result.baselines.append(plan)
    return result


def pilot(instance: Instance, runs: Runs, purse: Purse) -> tuple[Cells, Formulas]:
    """Load, handle times and cells, of the scenario as it is and then of the plan by formula."""
    counts = runs.get([Order(None, r) for r in range(PILOTS)], purse)
    first = Formulas(instance, Load.of(instance, counts, runs))
    heads = cover(instance, first.required(ERLANG_A)).heads
    counts = runs.get([Order(heads, r) for r in range(PILOTS)], purse)
    sample = np.concatenate([runs.by_cycle(one.sums) for one in counts])
    return Cells(instance, sample), Formulas(instance, Load.of(instance, counts, runs))


def check_budget(first: Search) -> None:
    """Raise InputError if the budget of the first stage does not do for one plan on the days of the search."""
    study, runs = first.instance.study, first.runs
    need = runs.days(first.purse) + len(first.replications) * first.instance.days_a_run
    if need > first.budget:
        raise InputError(
            f"{first.instance.file}: budget is {study.budget:,}, must be {math.ceil(need / FOR_FIRST):,} or more for "
            f"search.days = {study.search.days:,}"
        )


def say_how_long(runs: Runs, baselines: bool, say: Callable[[str], None]) -> None:
    """The budget in minutes here, by the runs of the pilot."""
    instance, workers = runs.instance, runs.engine.n_workers
    minutes = instance.study.budget / instance.days_a_run * runs.seconds_a_run / workers / 60
    if minutes < 1:
        return
    greedy = ", and as long again for the greedy baseline" if baselines else ""
    say(
        f"A run of {instance.days_a_run} days takes {runs.seconds_a_run:.1f} s here: the budget of "
        f"{instance.study.budget:,} days is at most {minutes:,.0f} minutes on {workers} workers{greedy}. A smaller "
        "size, fewer search.days, a smaller budget or more workers make it shorter; --resume goes on."
    )


def candidates(search: Finish) -> list[Tried]:
    """Plans that reach the targets on the search's days and that no cheaper one is safer than; the safest first."""
    most = search.instance.study.test.candidates
    front = search.front() or undominated([t for t in search.tried.values() if t.safety >= 0])
    if not front:
        return [max(search.tried.values(), key=lambda t: (t.safety, -t.cost))]
    places = np.unique(np.linspace(0, len(front) - 1, min(most, len(front))).round().astype(int))
    return [front[i] for i in places[::-1]]


def _choose(tester: Tester, passed: list[Tried]) -> tuple[Tried, int]:
    """Of the plans shown to hold the cheapest; with a price of lost contacts the one of least mean cost."""
    study = tester.cells.instance.study
    if study.lost_contact == 0 or len(passed) == 1:
        return min(passed, key=lambda one: (one.cost, -one.safety)), 0
    samples = [tester.sample(one.heads, tester.n_runs) for one in passed]
    costs = np.stack(
        [
            one.cost + study.lost_contact * s[:, :, ABANDONED].sum(axis=(1, 2, 3))
            for one, s in zip(passed, samples, strict=True)
        ],
        axis=1,
    )
    left, n = kim_nelson(
        lambda n, systems: costs[:n, systems], len(passed), study.test.indifference, tester.error, len(costs)
    )
    return passed[left[0]], n


def _baselines(tester: Tester, formulas: Formulas, result: Result, tell: Callable[[str], None]) -> Iterator[Plan]:
    instance = formulas.instance
    for model in (ERLANG_C, ERLANG_A):
        tell(f"{model} on the test days")
        yield tester.plan(model, cover(instance, formulas.required(model)).heads)
    yield _raised(tester, formulas, tell)
    yield _greedy(tester, formulas, result, tell)


def _raised(tester: Tester, formulas: Formulas, tell: Callable[[str], None]) -> Plan:
    """The Erlang-A requirement times the least common factor with which the plan is shown to hold."""
    required = formulas.required(ERLANG_A)
    heads: Heads = ()
    for step in range(MOST_RAISES + 1):
        factor = 1 + RAISE * step
        found = cover(formulas.instance, factor * required).heads
        if found == heads:
            continue
        heads = found
        tell(f"Erlang A times {factor:.3g} on the test days")
        shown = test_plan(tester.draw(heads, Purse()), tester.cells.probability, tester.n_runs, tester.error)
        if shown.verdict == HOLDS:
            break
    return tester.plan(RAISED, heads, shown.verdict, f"requirement times {factor:.4g}")


def _greedy(tester: Tester, formulas: Formulas, result: Result, tell: Callable[[str], None]) -> Plan:
    """Greedy with the study's whole budget; it climbs on while its plan is not shown to hold."""
    purse, study = Purse(), formulas.instance.study
    greedy = Greedy(tester.cells, formulas, tester.runs, purse, study.budget, tell)
    result.greedy = greedy
    verdict, best = None, None
    for margin in (*sorted(study.search.margins), *(max(study.search.margins) + more for more in FURTHER)):
        found = greedy.climb(margin, best.heads if best else None)
        if found is None:
            break
        if best is not None and found.heads == best.heads:
            continue
        best = found
        shown = test_plan(tester.draw(found.heads, Purse()), tester.cells.probability, tester.n_runs, tester.error)
        verdict = shown.verdict
        if verdict == HOLDS:
            break
    note = "" if best else "days or steps ran out before all targets held on them"
    last = best or list(greedy.tried.values())[-1]
    plan = tester.plan(GREEDY, last.heads, verdict if best else None, note)
    plan.days_used = tester.runs.days(purse)
    return plan
