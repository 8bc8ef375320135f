"""Fitting a roster: requirement, program, simulation, cuts where the simulation misses the target, and again."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from experiments.roster.cover import Wanted, cover
from experiments.roster.measure import SUMS, Measured, Order, Staff, count_all
from experiments.roster.target import STEP_WEIGHTS, TARGET_STEP, Requirement, Target
from experiments.roster.tours import Tour, Work
from experiments.roster.week import SLOTS, open_slots
from experiments.roster.weights import beyond_by_day, next_day_weights, worth
from twin.errors import InputError
from twin.people.patterns import Homes
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario
from twin.scenario.shift_schema import Pattern, Shift

STRENGTH = 0.5  # a cut raises the requirement by this x the shortfall of the measure: halfway, as neighbours help
LEAST_CUT = 0.5  # [operators]
SURE = 1.0  # standard errors by which a period must miss the target to be cut
PATIENT_ROUNDS = 2  # rounds without a gain after which the heads have run out
PENALTY = 1e3  # of a missing operator over a head, where heads are free


@dataclass(frozen=True)
class Unit:
    """People whose hours are fitted together: of one shift, for one queue (None: they work for several alike)."""

    shift: str
    queue: str | None
    members: tuple[int, ...]
    there: float
    """Share of planned days on which they come."""


@dataclass(frozen=True)
class Line:
    """A fitted weekly pattern."""

    unit: Unit
    tour: Tour
    breaks: tuple[float, ...]
    heads: int


@dataclass(frozen=True)
class Plan:
    """What to fit, and with what."""

    scenario: Scenario
    target: Target
    shifts: tuple[str, ...]
    days: int | None = None
    seed: int = 1
    replications: int = 2
    rounds: int = 6
    is_free: bool = False
    """Whether heads may be added or left out."""
    workers: int = 1
    weigh: str = "even"
    """How a shortage is spread, see `experiments.roster.weights.worth`."""

    @classmethod
    def shifts_of(cls, scenario: Scenario, asked: Sequence[str]) -> tuple[str, ...]:
        """Shifts to fit: those asked for, else those that state rules, else all that somebody works."""
        worked = [group.shift for group in scenario.groups.values() if group.shift is not None and group.count > 0]
        used = tuple(dict.fromkeys(worked))
        for name in asked:
            if name not in used:
                allowed = f"must be one of {', '.join(used)}" if used else "but nobody works by shifts"
                raise InputError(f"--shift is {name!r}, {allowed}")
        if not used:
            raise InputError(f"{scenario.name}: nobody works by shifts, there is no roster to fit")
        ruled = tuple(name for name in used if scenario.shifts[name].rules != type(scenario.shifts[name].rules)())
        return tuple(dict.fromkeys(asked)) or ruled or used

    def orders(self, scenario: Scenario, first: int) -> list[Order]:
        numbers = range(first, first + self.replications)
        return [Order(scenario, self.days, self.seed, number, self.target) for number in numbers]

    def simulate(self, scenario: Scenario, first: int = 0) -> Measured:
        return Measured.of(scenario, count_all(self.orders(scenario, first), self.workers))


@dataclass(frozen=True)
class Round:
    """One roster of the search, and how it did."""

    lines: tuple[Line, ...]
    scenario: Scenario
    measured: Measured
    score: float
    """Contacts short of the target, over the periods that miss it, a week."""
    n_missed: int


@dataclass
class Fit:
    """A finished search."""

    plan: Plan
    units: tuple[Unit, ...]
    best: Round
    rounds: list[Round]
    cuts: np.ndarray
    required: np.ndarray
    """Operators at work that the target takes, without cuts (queues, slots), at the demand of the best roster."""
    sentence: str
    fresh: dict[str, Measured] = field(default_factory=dict)
    """Runs that the search has not seen: "before" and "after"."""

    @property
    def holds(self) -> bool:
        return self.best.n_missed == 0


class Search:
    """The state of one fit."""

    def __init__(self, plan: Plan, tell: Callable[[str], None] = lambda text: None):
        self.plan, self.tell = plan, tell
        self.scenario = plan.scenario
        self.queues = list(self.scenario.queues)
        self.staff = Staff.of(self.scenario, plan.seed)
        self.units = _units(plan, self.staff)
        self.work = {name: Work.of(self.scenario, name) for name in plan.shifts}
        self.is_open = open_slots(self.scenario)
        self.cuts = np.zeros((len(self.queues), SLOTS))
        self.day_weights = np.ones(7)
        self._curves: dict[tuple[int, int], Requirement] = {}
        self._presence = {name: self._all_presence(work) for name, work in self.work.items()}

    def run(self) -> Fit:
        """Rounds of solving and simulating until the target holds, or the heads run out."""
        plan, rounds = self.plan, []
        self.tell("simulating the roster as it is")
        measured = plan.simulate(self.scenario)
        best: Round | None = None
        since_best = 0
        for number in range(1, plan.rounds + 1):
            self.day_weights = next_day_weights(self.day_weights, beyond_by_day(measured, plan.target))
            self.tell(f"round {number}: choosing starts, days and breaks")
            lines = self.solve(measured)
            scenario = fitted_scenario(plan, self.units, lines)
            self.tell(f"round {number}: simulating them")
            measured = plan.simulate(scenario)
            missed, shortfall = self.missed(measured)
            found = Round(lines, scenario, measured, shortfall, int(missed.sum()))
            rounds.append(found)
            since_best += 1
            if best is None or self._is_better(found, best) or not missed.any():
                best, since_best = found, 0
            if not missed.any() or (since_best >= PATIENT_ROUNDS and not plan.is_free):
                break
            self.add_cuts(measured, missed)
        assert best is not None
        required = self._steps(best.measured)[: TARGET_STEP + 1].sum(axis=0) - self.cuts
        fit = Fit(
            plan, self.units, best, rounds, self.cuts, np.maximum(required, 0.0), self._sentence(best, len(rounds))
        )
        self.tell("simulating both rosters with new luck")
        fit.fresh = {
            "before": plan.simulate(self.scenario, plan.replications),
            "after": plan.simulate(best.scenario, plan.replications),
        }
        return fit

    def _is_better(self, found: Round, best: Round) -> bool:
        """Fewer contacts short; where days count alike, the day that is served worst is served better."""
        if self.plan.weigh != "days":
            return found.score < 0.99 * best.score
        worst = [np.nanmin(beyond_by_day(one.measured, self.plan.target)) for one in (found, best)]
        return bool(worst[0] > worst[1])

    # ---- requirement ----------------------------------------------------------------------------------------------

    def loads(self, measured: Measured) -> np.ndarray:
        """Offered load by queue and quarter hour [Erlang], of the last simulated weeks: redials come and go with it."""
        return measured.arrival_rates() * measured.handle_times()[:, None]

    def _steps(self, measured: Measured) -> np.ndarray:
        """Operators at work on top of each other (steps, queues, slots), cuts included."""
        load, aht = self.loads(measured), measured.handle_times()
        tops = np.zeros((len(STEP_WEIGHTS), *load.shape))
        for row in range(len(self.queues)):
            tops[:, row] = self._curve(row, aht[row])(load[row])
        tops += np.where(tops > 0, self.cuts, 0.0)
        return np.maximum(np.diff(tops, axis=0, prepend=0.0), 0.0)

    def _curve(self, row: int, aht: float) -> Requirement:
        """One for handle times that differ by less than 2 %: they are worked out once."""
        key = (row, round(np.log(aht) / 0.02))
        if key not in self._curves:
            wait = self.scenario.queues[self.queues[row]].target
            self._curves[key] = Requirement(self.plan.target, float(np.exp(0.02 * key[1])), self._patience, wait)
        return self._curves[key]

    @cached_property
    def _patience(self) -> float:
        """Mean patience; of several laws the mean, endless if nobody gives up."""
        from twin.world.laws import LawTable

        stated = [intent.patience or self.scenario.patience for intent in self.scenario.intents.values()]
        table = LawTable()
        rows = [table.row(law) for law in stated if law is not None]
        means = table.tables()[0]["mean"][rows] if rows else np.array([])
        return float(means.mean()) if len(rows) == len(stated) and len(rows) else np.inf

    def wanted(self, measured: Measured) -> dict[Unit, Wanted]:
        """What each unit is to cover: the queue's need, less the people who are not fitted, in parts by heads."""
        load, steps = self.loads(measured), self._steps(measured)
        is_fitted = np.zeros(len(self.staff.persons), bool)
        for unit in self.units:
            is_fitted[list(unit.members)] = True
        others = self.staff.by_queue(load, ~is_fitted) + self._head_counts(load)
        tops = np.maximum(np.cumsum(steps, axis=0) - others, 0.0)
        plan = self.plan
        weights = worth(plan.weigh, plan.target, measured.arrival_rates(), steps, self.day_weights)
        shares = self._shares(load)
        found = {}
        for unit, part in zip(self.units, shares, strict=True):
            mine = (tops * part[:, None]).sum(axis=1) / unit.there
            importance = (weights * part[:, None] * tops).sum(axis=1) / np.maximum(
                (part[:, None] * tops).sum(axis=1), 1e-9
            )
            heights = np.where(self.is_open, np.diff(mine, axis=0, prepend=0.0), 0.0)
            falling = np.maximum.accumulate(importance[::-1], axis=0)[::-1]
            found[unit] = Wanted(np.where(heights > 1e-6, heights, 0.0), falling)
        return found

    def _head_counts(self, load: np.ndarray) -> np.ndarray:
        return load / np.where(load.sum(axis=0) > 0, load.sum(axis=0), 1.0) * self.staff.counted.sum(axis=0)

    def _shares(self, load: np.ndarray) -> np.ndarray:
        """Part of each queue's need that each unit covers (units, queues): its heads over all fitted for the queue."""
        total = load.sum(axis=1)
        heads = np.zeros((len(self.units), len(self.queues)))
        for row, unit in enumerate(self.units):
            if unit.queue is not None:
                heads[row, self.queues.index(unit.queue)] = len(unit.members)
            else:
                heads[row] = len(unit.members) * total / max(total.sum(), 1e-9)
        sums = heads.sum(axis=0)
        return heads / np.where(sums > 0, sums, 1.0)

    # ---- programs -------------------------------------------------------------------------------------------------

    def solve(self, measured: Measured) -> tuple[Line, ...]:
        """Starts and days of each unit, then the breaks; units are solved side by side."""
        wanted = self.wanted(measured)
        n_threads = min(len(self.units), os.cpu_count() or 1)
        with ThreadPoolExecutor(n_threads) as threads:
            found = list(threads.map(lambda unit: self._solve(unit, wanted[unit]), self.units))
        return tuple(line for lines in found for line in lines)

    def _solve(self, unit: Unit, wanted: Wanted) -> list[Line]:
        work = self.work[unit.shift]
        if self.plan.is_free:
            must = Wanted(wanted.heights[: TARGET_STEP + 1], np.full((TARGET_STEP + 1, SLOTS), PENALTY))
            numbers = cover(self._presence[unit.shift], must, None, head_cost=1.0)
        else:
            numbers = cover(self._presence[unit.shift], wanted, len(unit.members))
        chosen = [(work.tours[i], int(numbers[i])) for i in np.flatnonzero(numbers)]
        if not chosen:
            raise InputError(f"roster: nobody is needed in shift {unit.shift}, queue {unit.queue}; there is no demand")
        columns = np.array([work.presence(tour, way) for tour, _ in chosen for way in work.placements]).T
        owner = np.repeat(np.arange(len(chosen)), len(work.placements))
        placed = cover(columns, wanted, np.array([heads for _, heads in chosen]), owner=owner)
        ways = work.placements * len(chosen)
        return [Line(unit, chosen[owner[i]][0], ways[i], int(placed[i])) for i in np.flatnonzero(placed)]

    @staticmethod
    def _all_presence(work: Work) -> np.ndarray:
        return np.array([work.mean_presence(tour) for tour in work.tours]).T

    # ---- cuts -----------------------------------------------------------------------------------------------------

    def missed(self, measured: Measured) -> tuple[np.ndarray, float]:
        """Periods (queues, weekdays, hours) that miss the target beyond chance; contacts short of it, a week."""
        value, error, offered = hourly(measured, self.plan.target)
        beyond = self.plan.target.reached(value)
        allowed = SURE * error / (self.plan.target.level if self.plan.target.kind == "asa" else 1.0)
        is_missed = (offered > 0) & (beyond + allowed < 0)
        return is_missed, float((np.where(is_missed, -beyond, 0.0) * offered).sum())

    def add_cuts(self, measured: Measured, missed: np.ndarray) -> None:
        """Raise the requirement in the periods that missed the target."""
        value, _, _ = hourly(measured, self.plan.target)
        shortfall = np.clip(-self.plan.target.reached(np.nan_to_num(value, nan=self.plan.target.level)), 0.0, 1.0)
        needed = self._steps(measured)[: TARGET_STEP + 1].sum(axis=0)
        raised = np.maximum(
            STRENGTH * np.repeat(shortfall.reshape(len(self.queues), -1), 4, axis=1) * needed, LEAST_CUT
        )
        self.cuts += np.where(np.repeat(missed.reshape(len(self.queues), -1), 4, axis=1), raised, 0.0)

    def _sentence(self, best: Round, n_rounds: int) -> str:
        target = self.plan.target
        if best.n_missed == 0:
            return f"The target, {target}, holds in every hour of the week after {n_rounds} rounds."
        n_periods = int((hourly(best.measured, target)[2] > 0).sum())
        misses = f"{best.n_missed} of {n_periods} hours of a queue's week miss it"
        if self.plan.is_free:
            return f"After {n_rounds} rounds {misses}: the target is {target}; more --rounds add more heads."
        heads = sum(len(unit.members) for unit in self.units)
        return f"The heads run out: with {heads} people fitted, the target is {target}, and {misses}."


def hourly(measured: Measured, target: Target) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The target's measure by queue, weekday and hour, its standard error over the days, contacts offered a week."""
    n_queues, n_days = measured.sums.shape[:2]
    sums = measured.sums.reshape(n_queues, n_days, 24, 4, len(SUMS)).sum(axis=3)
    shape = (n_queues, 7, 24)
    value, error, offered = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)
    below = SUMS.index("handled" if target.kind == "asa" else "offered")
    for weekday in np.unique(measured.weekdays):
        days = sums[:, measured.weekdays == weekday]
        n, total = days.shape[1], days.sum(axis=1)
        value[:, weekday] = measured.value(target, total)
        offered[:, weekday] = total[..., SUMS.index("offered")] / n
        if n > 1:
            weights = days[..., below] / np.where(total[..., below] > 0, total[..., below], 1.0)[:, None]
            each = measured.value(target, days)
            spread = np.nansum((weights * (each - value[:, weekday][:, None])) ** 2, axis=1)
            error[:, weekday] = np.sqrt(spread * n / (n - 1))
    return value, error, offered


def _units(plan: Plan, staff: Staff) -> tuple[Unit, ...]:
    homes, there = Homes(plan.scenario), staff.there
    members: dict[tuple[str, str | None], list[int]] = {}
    for person in staff.persons:
        shift = plan.scenario.groups[person.group].shift
        if shift in plan.shifts:
            members.setdefault((shift, homes.queue(person)), []).append(person.number)
    order = sorted(members, key=lambda key: (key[0], key[1] or ""))
    return tuple(Unit(*key, tuple(members[key]), float(there[members[key]].mean())) for key in order)


# ---- the fitted scenario --------------------------------------------------------------------------------------------


def patterns_of(lines: Sequence[Line]) -> dict[str, list[Pattern]]:
    """Weekly patterns by shift, in the order of queue, start and days."""
    found: dict[str, list[Pattern]] = {}
    for line in sorted(lines, key=lambda line: (line.unit.queue or "", line.tour.start, line.tour.days, line.breaks)):
        pattern = Pattern.model_construct(
            start=line.tour.start,
            days=[WEEKDAYS[day] for day in line.tour.days],
            starts={},
            heads=float(line.heads),
            length=None,
            breaks=list(line.breaks) or None,
            queue=line.unit.queue,
        )
        found.setdefault(line.unit.shift, []).append(pattern)
    return found


def counts_of(plan: Plan, units: Sequence[Unit], lines: Sequence[Line]) -> dict[str, int]:
    """Heads of the groups (as the scenario states them, at the national size if scaled) where heads are free."""
    if not plan.is_free:
        return {}
    wanted = {unit: sum(line.heads for line in lines if line.unit == unit) for unit in units}
    persons = Staff.of(plan.scenario, plan.seed).persons
    heads: dict[str, float] = {}
    for unit, total in wanted.items():
        for number in unit.members:
            name = persons[number].group
            heads[name] = heads.get(name, 0.0) + total / len(unit.members)
    groups = plan.scenario.groups
    return {
        name: round(n / plan.scenario.factor) if groups[name].scaled else round(n) for name, n in heads.items()
    }  # fmt: skip


def fitted_scenario(plan: Plan, units: Sequence[Unit], lines: Sequence[Line]) -> Scenario:
    """The scenario with the fitted patterns in place of its starts (and the heads found, where they are free)."""
    shifts: dict[str, Shift] = dict(plan.scenario.shifts)
    for name, patterns in patterns_of(lines).items():
        shifts[name] = shifts[name].model_copy(update={"patterns": patterns})
    groups = dict(plan.scenario.groups)
    for name, count in counts_of(plan, units, lines).items():
        groups[name] = groups[name].model_copy(update={"count": count})
    return plan.scenario.model_copy(update={"shifts": shifts, "groups": groups})


def on_duty(scenario: Scenario, seed: int, load: np.ndarray) -> np.ndarray:
    """People at work by queue and quarter hour, the absent and those on a break taken off."""
    staff = Staff.of(scenario, seed)
    return staff.by_queue(load, np.ones(len(staff.persons), bool))
