"""A study made concrete: the groups, the shifts that each may work as columns, what they cost, plans as scenarios."""

import copy
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.optimise.study import DAY, Study
from experiments.roster.tours import Work
from experiments.sweep.sources import RUN_CODE
from experiments.sweep.study import beside, digest
from twin.errors import InputError
from twin.scenario.days import WEEKDAYS
from twin.scenario.load import Loaded, load, scenario_from_dict
from twin.scenario.schema import Scenario
from twin.scenario.words import clock

MOST_PLACES = 9  # ways to place the breaks of a shift on the intervals; of more the usual one alone is a column
MOST_COLUMNS = 20_000
DAYS_A_RUN = {"day": 50, "week": 28}


@dataclass(frozen=True)
class Column:
    """One way to work: a variable of the program counts its people."""

    group: int
    shift: str
    start: float
    days: tuple[int, ...]
    breaks: tuple[float, ...]
    length: float
    cost: float
    """Of one person in one cycle [EUR]: hours of the shift, breaks included, at the wage."""


@dataclass(frozen=True)
class Extra:
    """One more person of a group for some stretches of every day: what a cut's slope is measured with."""

    group: int
    starts: tuple[float, ...]


Heads = tuple[int, ...]
"""A plan: people on each column."""


class Instance:
    """Columns, presence and costs of a study."""

    def __init__(self, study: Study, file: Path):
        self.study, self.file = study, file
        self.loaded: Loaded = load(beside(file, study.scenario), study.set)
        self.resolved = _with_groups(self.loaded, study, file)
        self.scenario: Scenario = scenario_from_dict(self.resolved, self.loaded.files[0].name)
        self._check()
        self.groups = list(study.groups) or [
            name for name, group in self.scenario.groups.items() if group.shift and group.head_count is None
        ]
        if not self.groups:
            raise InputError(f"{file}: nobody works by shifts in {self.scenario.name}, there is nothing to plan")
        self.slot = self.scenario.run.interval
        self.n_slots = round(DAY / self.slot)
        self.n_days = 7 if study.cycle == "week" else 1
        self.queues = list(self.scenario.queues)
        self.columns = [column for i in range(len(self.groups)) for column in self._columns(i)]
        if len(self.columns) > MOST_COLUMNS:
            raise InputError(
                f"{file}: {len(self.columns):,} ways to work, must be {MOST_COLUMNS:,} at most: coarser starts_every, "
                "fewer shifts, or search.move_breaks = false"
            )
        self.costs = np.array([column.cost for column in self.columns])
        self.cost_step = float(np.gcd.reduce(np.rint(100 * self.costs).astype(np.int64))) / 100
        """Costs of plans differ by multiples of this [EUR]."""
        self.group_of = np.array([column.group for column in self.columns])
        self.presence = np.array([self._presence(column) for column in self.columns])
        """float64 (columns, days of the cycle, slots): share of each slot at work."""
        self.days_a_run = study.search.days_a_run or DAYS_A_RUN[study.cycle]

    # ---- the groups ---------------------------------------------------------------------------------------------

    def staffed(self, group: int) -> Any:
        """What the study says of a group."""
        from experiments.optimise.study import Staffed

        return self.study.groups.get(self.groups[group], Staffed())

    def wage(self, group: int) -> float:
        """[EUR/s]"""
        return self.scenario.sites[self.scenario.groups[self.groups[group]].site].wage

    @functools.cached_property
    def there(self) -> np.ndarray:
        """Share of planned days on which the people of each group come."""
        absence = self.scenario.abilities.absence
        groups = [self.scenario.groups[name] for name in self.groups]
        return np.array([(1.0 - absence.get(group.site, 0.0)) * group.presence for group in groups])

    def serves(self, group: int, queue: str) -> bool:
        """Whether its people hold a skill that a route to the queue asks for."""
        held = self.scenario.groups[self.groups[group]]
        skills = {*held.skills, *held.primary}
        return any(
            route.queue == queue and any(choice.skill in skills for choice in route.skills)
            for route in self.scenario.routes
        )

    @functools.cached_property
    def serving(self) -> np.ndarray:
        """bool (groups, queues)"""
        return np.array([[self.serves(g, queue) for queue in self.queues] for g in range(len(self.groups))])

    def _check(self) -> None:
        for i, target in enumerate(self.study.targets):
            for queue in target.queues:
                if queue not in self.scenario.queues:
                    raise InputError(
                        f"{self.file}: targets[{i}].queues has {queue!r}, must be among "
                        f"{', '.join(self.scenario.queues)}"
                    )
            ratio = target.every / self.scenario.run.interval
            if abs(ratio - round(ratio)) > 1e-9 or DAY % target.every > 1e-6:
                raise InputError(
                    f"{self.file}: targets[{i}].every is {target.every / 60:g} min, must be a multiple of the "
                    f"scenario's run.interval, {self.scenario.run.interval / 60:g} min, that divides the day"
                )
        for name in self.study.groups:
            group = self.scenario.groups[name]
            if group.head_count is not None:
                raise InputError(f"{self.file}: groups.{name} has a head_count in the scenario, must work by shifts")
            if group.shift is None and not self.study.groups[name].shifts:
                raise InputError(f"{self.file}: groups.{name} has no shift in the scenario, needs shifts = [...]")
            if not self.scenario.sites[group.site].wage > 0:
                raise InputError(
                    f"{self.file}: groups.{name} costs nothing, give it a wage, or sites.{group.site}.wage in the "
                    "scenario"
                )

    # ---- the columns --------------------------------------------------------------------------------------------

    def shifts(self, group: int) -> list[str]:
        own = self.scenario.groups[self.groups[group]].shift
        names = self.staffed(group).shifts or ([own] if own else [])
        for name in names:
            if name not in self.scenario.shifts:
                raise InputError(
                    f"{self.file}: groups.{self.groups[group]}.shifts has {name!r}, must be among "
                    f"{', '.join(self.scenario.shifts)}"
                )
        pauses = {shift.breaks.length for name in names if (shift := self.scenario.shifts[name]).breaks is not None}
        if len(pauses) > 1:
            raise InputError(
                f"{self.file}: groups.{self.groups[group]}.shifts have breaks of different lengths, must be alike"
            )
        return list(names)

    def _columns(self, group: int) -> list[Column]:
        opening = tuple(sorted(WEEKDAYS.index(day) for day in self.scenario.opening.days))
        found = []
        for name in self.shifts(group):
            work = Work.of(self.scenario, name)
            places = [way for way in work.placements if all(after % self.slot < 1e-6 for after in way)]
            if not self.study.search.move_breaks or not 1 <= len(places) <= MOST_PLACES:
                places = [tuple(self.scenario.shifts[name].breaks_after())]
            weeks = dict.fromkeys((tour.start, opening if self.n_days == 1 else tour.days) for tour in work.tours)
            if self.study.search.days_off == "together" and self.n_days == 7:
                weeks = {week: None for week in weeks if _is_together(week[1])}
            for start, days in weeks:
                cost = work.length * self.wage(group) * (1 if self.n_days == 1 else len(days))
                found += [Column(group, name, start, days, way, work.length, cost) for way in places]
        return found

    def _presence(self, column: Column) -> np.ndarray:
        pause = self._pause(column.group)
        found = np.zeros((self.n_days, self.n_slots))
        for day in column.days if self.n_days == 7 else (0,):
            begin = day * DAY + column.start
            self._add(found, begin, begin + column.length, 1.0)
            for after in column.breaks:
                self._add(found, begin + after, begin + after + pause, -1.0)
        return found

    def _pause(self, group: int) -> float:
        of = [self.scenario.shifts[name].breaks for name in self.shifts(group)]
        return next((breaks.length for breaks in of if breaks is not None), 0.0)

    def _add(self, found: np.ndarray, begin: float, end: float, sign: float) -> None:
        flat = found.reshape(-1)
        for slot in range(int(begin // self.slot), int(np.ceil(end / self.slot - 1e-9))):
            share = (min(end, (slot + 1) * self.slot) - max(begin, slot * self.slot)) / self.slot
            flat[slot % len(flat)] += sign * share

    # ---- plans --------------------------------------------------------------------------------------------------

    def cost(self, heads: Heads) -> float:
        """Of one cycle [EUR]."""
        return float(np.dot(self.costs, heads))

    def on_duty(self, heads: Heads) -> np.ndarray:
        """Planned people at work, breaks off, the absent still in it: float64 (groups, days, slots)."""
        found = np.zeros((len(self.groups), self.n_days, self.n_slots))
        np.add.at(found, self.group_of, np.asarray(heads, float)[:, None, None] * self.presence)
        return found

    def patterns(self, heads: Heads, group: int) -> list[dict[str, Any]]:
        """The weekly patterns of a group's people, as a scenario file writes them."""
        return [
            _pattern(
                self.columns[j].start, self.columns[j].days, heads[j], self.columns[j].length, self.columns[j].breaks
            )
            for j in np.flatnonzero(np.array(heads) * (self.group_of == group))
        ]

    def values(self, heads: Heads, extra: Extra | None = None) -> dict[str, Any]:
        """The scenario's tables of groups and shifts under a plan: what `twin.scenario.change.changed` takes."""
        groups, shifts = copy.deepcopy(self.resolved["groups"]), copy.deepcopy(self.resolved["shifts"])
        for i, (name, table, shift) in enumerate(self.tables(heads, extra)):
            groups[name] = {**groups[name], **table}
            if shift is not None:
                shifts[_shift_name(self.groups[i])] = shift
        return {"groups": groups, "shifts": shifts}

    def tables(
        self, heads: Heads, extra: Extra | None = None
    ) -> list[tuple[str, dict[str, Any], dict[str, Any] | None]]:
        """(group, what the plan says of it, its shift; None for a group that nobody works in)."""
        opening = tuple(WEEKDAYS.index(day) for day in self.scenario.opening.days)
        found: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = []
        for i, name in enumerate(self.groups):
            rows = self.patterns(heads, i)
            if extra is not None and extra.group == i:
                rows += [_pattern(start, opening, 1, self.slot, ()) for start in extra.starts]
            count = sum(row["heads"] for row in rows)
            if not rows:
                found.append((name, {"count": 0, "scaled": False, "shift": self.shifts(i)[0]}, None))
                continue
            longest = max(self.columns, key=lambda column: (column.group == i) * column.length).length
            shift: dict[str, Any] = {"length": f"{longest / 60:g} min", "patterns": rows}
            if self._pause(i):
                shift["breaks"] = {"every": f"{longest / 60:g} min", "length": f"{self._pause(i) / 60:g} min"}
            found.append((name, {"count": count, "scaled": False, "shift": _shift_name(name)}, shift))
        return found

    @functools.cached_property
    def base(self) -> str:
        """Identity of what all runs share: scenario, days of a run, seed, code."""
        return digest([self.resolved, self.days_a_run, self.study.seed, RUN_CODE])

    def key(self, values: dict[str, Any], replication: int) -> str:
        """Identity of one run: the same key, the same numbers."""
        return digest([self.base, values, replication])


def _is_together(days: Sequence[int]) -> bool:
    """Whether the days off follow each other, Sunday and Monday as well."""
    return sum((day + 1) % 7 not in days for day in days) <= 1


def _shift_name(group: str) -> str:
    return f"plan-{group}"


def _pattern(start: float, days: Sequence[int], heads: int, length: float, breaks: Sequence[float]) -> dict[str, Any]:
    return {
        "start": clock(start), "days": [WEEKDAYS[day] for day in days], "heads": int(heads),
        "length": f"{length / 60:g} min", "breaks": [f"{after / 60:g} min" for after in breaks],
    }  # fmt: skip


def _with_groups(loaded: Loaded, study: Study, file: Path) -> dict[str, Any]:
    """The resolved scenario with the study's own groups and wages."""
    resolved: dict[str, Any] = copy.deepcopy(loaded.resolved)
    resolved.setdefault("sites", {"in-house": {}})
    for name, staffed in study.groups.items():
        if staffed.like is None and name not in resolved["groups"]:
            raise InputError(
                f"{file}: groups.{name} is not in the scenario, must be among {', '.join(resolved['groups'])}, or have "
                "like and skills"
            )
        if staffed.like is not None:
            if staffed.like not in resolved["groups"]:
                raise InputError(
                    f"{file}: groups.{name}.like is {staffed.like!r}, must be among {', '.join(resolved['groups'])}"
                )
            own = {"count": 0, "skills": staffed.skills, "title": name}
            kept = {k: v for k, v in resolved["groups"][staffed.like].items() if k not in ("primary", "further")}
            resolved["groups"][name] = {**kept, **own}
        if staffed.wage is not None:
            _own_site(resolved, name, staffed.wage)
    return resolved


def _own_site(resolved: dict[str, Any], name: str, wage: str) -> None:
    """A site for a group with a wage of its own, like the one where its people are."""
    site = resolved["groups"][name].get("site", "in-house")
    own = f"{site}, {name}"
    resolved["sites"][own] = {**resolved["sites"].get(site, {}), "wage": wage}
    absence = resolved.get("abilities", {}).get("absence", {})
    if site in absence:
        absence[own] = absence[site]
    if any(route.get("sites") for route in resolved.get("routes", [])):
        raise InputError(f"groups.{name}.wage is given, but the scenario's routes name sites: state the wage there")
    resolved["groups"][name] = {**resolved["groups"][name], "site": own}
