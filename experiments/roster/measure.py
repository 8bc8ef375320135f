"""Simulated weeks: contacts by queue, day and quarter hour; and who is planned to be on duty when."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.roster.target import Target
from experiments.roster.week import DAY, SLOT, SLOTS, SLOTS_A_DAY, overlap
from twin.kernel.chance import replication_seed
from twin.kernel.codes import Event
from twin.people.patterns import Homes
from twin.people.persons import Person
from twin.people.roster import Roster
from twin.people.staff import draw_persons
from twin.processes import run_tasks
from twin.scenario.schema import Scenario
from twin.simulation import simulate

SUMS = ("offered", "handled", "abandoned", "in_time", "wait_handled", "labour")


@dataclass(frozen=True)
class Order:
    """One run to make and count."""

    scenario: Scenario
    days: int | None
    seed: int
    replication: int
    target: Target

    def __str__(self) -> str:
        return f"{self.scenario.name}, replication {self.replication}"


@dataclass(frozen=True)
class Counted:
    """What remains of a run."""

    sums: np.ndarray
    """float64 (queues, days, quarter hours of the day, SUMS)."""
    weekdays: np.ndarray
    """Weekday of each day, Monday 0."""


def count(order: Order) -> Counted:
    """Make a run; count its contacts by queue, day and the quarter hour in which they arrived."""
    scenario = in_quarters(order.scenario)
    is_timed = order.target.kind == "sl" and order.target.seconds not in (20.0, None)
    run = simulate(scenario, order.days, order.seed, order.replication, recording=is_timed)
    queues, n_days = list(scenario.queues), run.calendar.days
    table: Any = run.counts(["queue", "day", "interval"]).reset_index()
    sums = np.zeros((len(queues), n_days, SLOTS_A_DAY, len(SUMS)))
    place = (table["queue"].map(queues.index), table["day"], table["interval"] % SLOTS_A_DAY)
    table["labour"] = table["talk"] + table["wrap"] + table["hold"]
    table["in_time"] = 0.0 if is_timed else table["in_20s" if order.target.seconds else "in_target"]
    for i, name in enumerate(SUMS):
        np.add.at(sums[..., i], place, table[name])
    if is_timed:
        _add_in_time(sums, run.records, queues, order.target, run.calendar.warm_up)
    weekdays = np.array([run.calendar.weekday(run.calendar.warm_up + day) for day in range(n_days)])
    return Counted(sums, weekdays)


def _add_in_time(sums: np.ndarray, records: Any, queues: list[str], target: Target, warm_up: int) -> None:
    assert target.seconds is not None
    waits = records["answered_at"] - records["joined_at"]
    day, slot = np.divmod(records["interval"] - warm_up * SLOTS_A_DAY, SLOTS_A_DAY)
    counts = (waits <= target.seconds) & (day >= 0)
    place = (records["queue"].map(queues.index)[counts], day[counts], slot[counts])
    np.add.at(sums[..., SUMS.index("in_time")], place, 1.0)


def in_quarters(scenario: Scenario) -> Scenario:
    """The scenario counted by quarter hours."""
    if scenario.run.interval == SLOT:
        return scenario
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"interval": SLOT})})


def count_all(orders: list[Order], workers: int) -> list[Counted]:
    """Make all runs, in as many processes as `workers`."""
    return run_tasks(count, orders, workers)


@dataclass(frozen=True)
class Measured:
    """Runs of one scenario put together."""

    queues: tuple[str, ...]
    sums: np.ndarray
    """float64 (queues, replications x days, quarter hours of the day, SUMS)."""
    weekdays: np.ndarray
    n_replications: int

    @classmethod
    def of(cls, scenario: Scenario, counted: list[Counted]) -> "Measured":
        return cls(
            tuple(scenario.queues),
            np.concatenate([one.sums for one in counted], axis=1),
            np.concatenate([one.weekdays for one in counted]),
            len(counted),
        )

    def of_replication(self, number: int) -> "Measured":
        n = len(self.weekdays) // self.n_replications
        part = slice(number * n, (number + 1) * n)
        return replace(self, sums=self.sums[:, part], weekdays=self.weekdays[part], n_replications=1)

    def table(self, name: str) -> np.ndarray:
        """Sums (queues, days, quarter hours of the day)."""
        return self.sums[..., SUMS.index(name)]

    def arrival_rates(self) -> np.ndarray:
        """Contacts a second by queue and quarter hour of the week: a weekday's level times the day's common shape."""
        offered = self.table("offered")
        rates = np.zeros((len(self.queues), 7, SLOTS_A_DAY))
        for weekday in np.unique(self.weekdays):
            rates[:, weekday] = offered[:, self.weekdays == weekday].mean(axis=1) / SLOT
        level, shape, total = rates.sum(axis=2), rates.sum(axis=1), rates.sum(axis=(1, 2))
        shape = shape / np.where(total > 0, total, 1.0)[:, None]
        return (level[:, :, None] * shape[:, None, :]).reshape(len(self.queues), SLOTS)

    def handle_times(self) -> np.ndarray:
        """AHT by queue; where nobody was handled, that of all."""
        labour, handled = self.table("labour").sum(axis=(1, 2)), self.table("handled").sum(axis=(1, 2))
        usual = labour.sum() / max(handled.sum(), 1.0)
        return np.where(handled > 0, labour / np.maximum(handled, 1.0), usual)

    def value(self, target: Target, sums: np.ndarray) -> np.ndarray:
        """The target's measure of sums (..., SUMS); NaN where nothing is to be measured."""
        above = {"sl": "in_time", "asa": "wait_handled", "abandonment": "abandoned"}[target.kind]
        below = sums[..., SUMS.index("handled" if target.kind == "asa" else "offered")]
        return np.divide(sums[..., SUMS.index(above)], below, out=np.full(below.shape, np.nan), where=below > 0)


# ---- who is on duty ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Staff:
    """The people of a scenario and their planned hours."""

    scenario: Scenario
    persons: list[Person]
    presence: np.ndarray
    """float32 (persons, quarter hours of the week): share of it at work, breaks taken off."""
    counted: np.ndarray
    """float64 (groups, quarter hours): the same of groups with a head count, all their heads together."""

    @classmethod
    def of(cls, scenario: Scenario, seed: int) -> "Staff":
        key = replication_seed(seed, 0)
        persons = draw_persons(scenario, key)
        rows = _planned_rows(scenario, persons, key)
        presence = np.zeros((len(persons), SLOTS), np.float32)
        came: dict[int, float] = {}
        for at, kind, who, value in rows:
            if kind == Event.SHIFT_START:
                came[who] = at
            elif kind == Event.SHIFT_END and who in came:
                presence[who] += overlap(came.pop(who), at)
            elif kind == Event.BREAK:
                presence[who] -= overlap(at, at + value)
        return cls(scenario, persons, np.clip(presence, 0.0, 1.0), _head_counts(scenario, rows))

    @property
    def there(self) -> np.ndarray:
        """Share of planned days on which each person comes."""
        shares, groups = self.scenario.abilities.absence, self.scenario.groups
        return np.array([(1.0 - shares.get(one.site, 0.0)) * groups[one.group].presence for one in self.persons])

    def by_queue(self, load: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """People at work by queue and quarter hour (queues, slots), the absent taken off.

        Who works for several queues alike, and groups with a head count, are spread by `load` (queues, slots).
        """
        homes, queues = Homes(self.scenario), list(self.scenario.queues)
        shares = load / np.where(load.sum(axis=0) > 0, load.sum(axis=0), 1.0)
        there, found = self.there, np.zeros(load.shape)
        together: dict[tuple[str, ...], np.ndarray] = {}
        for person in self.persons:
            if chosen[person.number]:
                names = tuple(homes.queues(person))
                sums = together.setdefault(names, np.zeros(SLOTS))
                sums += there[person.number] * self.presence[person.number]
        for names, sums in together.items():
            rows = [queues.index(name) for name in names]
            weights = shares[rows]
            weights = weights / np.where(weights.sum(axis=0) > 0, weights.sum(axis=0), 1.0)
            found[rows] += weights * sums
        if chosen.all():
            found += shares * self.counted.sum(axis=0)
        return found


def _planned_rows(scenario: Scenario, persons: list[Person], seed: int) -> list[tuple[float, int, int, float]]:
    """A week's roster in the order of time, with nobody absent; shifts past Sunday midnight end in the next week."""
    abilities = scenario.abilities.model_copy(update={"absence": {}})
    groups = {
        name: group if group.shift is None else group.model_copy(update={"presence": 1.0})
        for name, group in scenario.groups.items()
    }
    whole = scenario.model_copy(update={"abilities": abilities, "groups": groups, "control": None})
    roster = Roster(whole, persons, seed)
    rows = [tuple(row) for day in range(8) for row in roster.day(day, day % 7).tolist()]
    kinds = (Event.SHIFT_START, Event.SHIFT_END, Event.BREAK, Event.HEAD_COUNT)
    return sorted(
        row for row in rows if row[1] in kinds and (row[0] < 7 * DAY or row[1] == Event.SHIFT_END)
    )  # fmt: skip


def _head_counts(scenario: Scenario, rows: list[tuple[float, int, int, float]]) -> np.ndarray:
    counted = np.zeros((len(scenario.groups), SLOTS))
    for group in range(len(scenario.groups)):
        changes = [(at, value) for at, kind, who, value in rows if kind == Event.HEAD_COUNT and who == group]
        ends = [at for at, _ in changes[1:]] + [7 * DAY]
        for (at, value), until in zip(changes, ends, strict=bool(changes)):
            counted[group] += value * overlap(at, until)
    return counted


def daily(measured: Measured, slots: np.ndarray) -> pd.DataFrame:
    """Sums by queue over the quarter hours of the week marked in `slots`: one row per queue and day of the runs."""
    wanted = slots.reshape(7, SLOTS_A_DAY)[measured.weekdays]
    sums = (measured.sums * wanted[None, :, :, None]).sum(axis=2)
    index = pd.MultiIndex.from_product([measured.queues, range(len(measured.weekdays))], names=["queue", "day"])
    return pd.DataFrame(sums.reshape(-1, len(SUMS)), index=index, columns=list(SUMS))
