"""Simulated days of plans: each made once, kept in the results store, handed out by plan and replication."""

import functools
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.optimise.instance import Extra, Heads, Instance
from experiments.sweep.engine import Engine
from experiments.sweep.sources import RUN_CODE
from experiments.sweep.store import RUN_KEY, Store
from experiments.sweep.work import Done
from twin.errors import RunError, TwinError
from twin.output import MANIFEST
from twin.scenario.change import changed
from twin.scenario.days import WEEKDAYS
from twin.simulation import Run, simulate

MEASURES = ("offered", "in_20s", "in_target", "abandoned")
OFFERED, IN_20S, IN_TARGET, ABANDONED = range(4)
BATCH_TIME = 2.0  # [s]
MOST_IN_BATCH = 20
FRESH = 10_000
"""First replication that no search sees."""


@dataclass(frozen=True)
class Order:
    """One run: a plan, maybe with extra people, and its luck."""

    heads: Heads | None
    """None: the scenario as it is."""
    replication: int
    extra: Extra | None = None


@dataclass(frozen=True)
class Counts:
    """What remains of a run."""

    sums: np.ndarray
    """int32 (measures, queues, days, slots)."""
    handled: np.ndarray
    """(queues,)"""
    labour: np.ndarray
    """Handle time (queues,) [s]."""


@dataclass(frozen=True)
class Batch:
    """Runs that one worker makes and keeps together."""

    folder: str
    base: str
    code: str
    name: str
    days: int
    seed: int
    runs: tuple[tuple[str, int, dict[str, Any]], ...]
    """(key, replication, values) of each."""


@dataclass
class Purse:
    """Whose runs are counted together."""

    keys: set[str] = field(default_factory=set)


class Runs:
    """All runs of an instance, kept or to be made."""

    def __init__(self, instance: Instance, store: Store, engine: Engine):
        self.instance, self.store, self.engine = instance, store, engine
        self.known: dict[str, Counts] = _read(store)
        self.n_kept = len(self.known)
        self.n_made = 0
        self._seconds = 0.5
        self._keys: dict[Order, str] = {}

    @property
    def seconds_a_run(self) -> float:
        """[s] of one run, on average of late."""
        return self._seconds

    def days(self, purse: Purse) -> int:
        """Simulated days that a purse has paid for, kept ones included."""
        return len(purse.keys) * self.instance.days_a_run

    def get(self, orders: Sequence[Order], purse: Purse) -> list[Counts]:
        """The counts of each run, in their order; what is not kept is simulated.

        Raises
        ------
        RunError
            If one cannot be made.
        """
        keys, todo = [], {}
        for order in orders:
            key = self._keys.get(order)
            if key is None or key not in self.known:
                values = {} if order.heads is None else self.instance.values(order.heads, order.extra)
                key = self._keys[order] = self.instance.key(values, order.replication)
                if key not in self.known:
                    todo[key] = (key, order.replication, values)
            keys.append(key)
        self._make(list(todo.values()))
        purse.keys.update(keys)
        return [self.known[key] for key in keys]

    def sample(
        self, heads: Heads | None, replications: Iterable[int], purse: Purse, extra: Extra | None = None
    ) -> np.ndarray:
        """Sums of the days (or weeks) of some runs: int32 (cycles, days of the cycle, measures, queues, slots)."""
        counts = self.get([Order(heads, r, extra) for r in replications], purse)
        return np.concatenate([self.by_cycle(one.sums) for one in counts])

    def by_cycle(self, sums: np.ndarray) -> np.ndarray:
        """(measures, queues, days, slots) as (cycles, days of the cycle, measures, queues, slots), Monday first."""
        by_day = sums.transpose(2, 0, 1, 3)
        first = self.instance.scenario.run.start.weekday()
        weekdays = (first + np.arange(len(by_day))) % 7
        if self.instance.n_days == 1:
            is_open = np.isin(weekdays, [WEEKDAYS.index(day) for day in self.instance.scenario.opening.days])
            return by_day[is_open][:, None]
        weeks = by_day[: len(by_day) // 7 * 7].reshape(-1, 7, *by_day.shape[1:])
        return weeks[:, np.argsort(weekdays[:7])]

    def _make(self, todo: Sequence[tuple[str, int, dict[str, Any]]]) -> None:
        if not todo:
            return
        instance, n_workers = self.instance, self.engine.n_workers
        size = max(1, min(int(BATCH_TIME / self._seconds), MOST_IN_BATCH, -(-len(todo) // n_workers)))
        folder = str(self.store.folder.resolve())
        batches = [
            Batch(folder, instance.base, RUN_CODE, instance.scenario.name, instance.days_a_run, instance.study.seed,
                  tuple(todo[i : i + size]))
            for i in range(0, len(todo), size)
        ]  # fmt: skip
        for batch, done in self.engine.run(batches, make_batch):
            if isinstance(done, Exception):
                raise done if isinstance(done, TwinError) else RunError(f"optimise: a run failed: {done}")
            self._seconds = max(0.5 * self._seconds + 0.5 * done[0].seconds / len(batch.runs), 1e-3)
            self.known.update(done[1])
            self.n_made += len(batch.runs)


def make_batch(batch: Batch) -> tuple[Done, dict[str, Counts]]:
    """Make the runs, write them to one file of the store, hand their counts over."""
    if batch.code != RUN_CODE:
        raise RunError(f"this worker has code {RUN_CODE}, the study needs {batch.code}: install the same version")
    started = time.perf_counter()
    found = {}
    for key, replication, values in batch.runs:
        scenario = changed(_resolved(batch.folder, batch.base), values, batch.name)
        found[key] = count(simulate(scenario, batch.days, batch.seed, replication))
    table = pd.concat([_rows(key, counts) for key, counts in found.items()], ignore_index=True)
    Store(Path(batch.folder)).write(table, list(found))
    return Done(tuple(found), (), time.perf_counter() - started), found


def count(run: Run) -> Counts:
    """Contacts of a run by queue, day and slot in which they arrived."""
    queues = list(run.scenario.queues)
    of_queue = np.array([[cell.queue == queue for cell in run.names.cells] for queue in queues], float)
    per_day = run.calendar.intervals_a_day
    sums = np.array([of_queue @ run.tallies[name].T for name in MEASURES])
    labour = sum(run.tallies[name].sum(axis=0) for name in ("talk", "hold", "wrap"))
    return Counts(
        np.rint(sums).astype(np.int32).reshape(len(MEASURES), len(queues), -1, per_day),
        of_queue @ run.tallies["handled"].sum(axis=0),
        of_queue @ labour,
    )


def _rows(key: str, counts: Counts) -> pd.DataFrame:
    """One row a queue; counts as lists over days and slots."""
    n_queues = counts.sums.shape[1]
    table = pd.DataFrame({RUN_KEY: [key] * n_queues, "queue": range(n_queues)})
    for i, name in enumerate(MEASURES):
        table[name] = list(counts.sums[i].reshape(n_queues, -1))
    return table.assign(slots=counts.sums.shape[3], handled=counts.handled, labour=counts.labour)


def _read(store: Store) -> dict[str, Counts]:
    table = store.read()
    found = {}
    for key, rows in table.groupby(RUN_KEY, sort=False) if len(table) else ():
        ordered = rows.sort_values("queue")
        shape = (len(ordered), -1, int(ordered["slots"].iloc[0]))
        sums = np.array([np.stack(ordered[name].to_list()).astype(np.int32).reshape(shape) for name in MEASURES])
        found[str(key)] = Counts(sums, ordered["handled"].to_numpy(float), ordered["labour"].to_numpy(float))
    return found


@functools.lru_cache(maxsize=4)
def _resolved(folder: str, base: str) -> dict[str, Any]:
    """The study's scenario: read once by each worker, not sent with each batch."""
    resolved: dict[str, Any] = json.loads((Path(folder) / MANIFEST).read_text("utf-8"))["scenario"]
    return resolved
