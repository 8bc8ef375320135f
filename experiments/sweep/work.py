"""What a worker does: the runs of one batch, kept in one file before anything is told."""

import functools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.compare.replicate import By, Task, counts_table, summarise
from experiments.sweep.sources import RUN_CODE
from experiments.sweep.store import RUN_KEY, Store
from experiments.sweep.study import RUN_DAYS
from twin.errors import RunError, TwinError
from twin.output import MANIFEST
from twin.scenario.change import changed


@dataclass(frozen=True)
class Batch:
    """Runs that are done and kept together."""

    folder: str
    """Of the results; the same for all workers."""
    base: str
    """Identity of the study's scenario, which stands in the folder's manifest."""
    code: str
    """With which the study was begun."""
    name: str
    days: int
    seed: int
    bys: tuple[By, ...]
    runs: tuple[tuple[str, int, int, dict[str, Any]], ...]
    """(key, point, replication, values) of each."""


@dataclass(frozen=True)
class Done:
    """What became of a batch."""

    keys: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    """(key, sentence) of runs that cannot be made."""
    seconds: float


def run_batch(batch: Batch) -> Done:
    """Make the runs, write them to one file; a run that cannot be made does not end the others."""
    if batch.code != RUN_CODE:
        raise RunError(f"this worker has code {RUN_CODE}, the study needs {batch.code}: install the same version")
    started = time.perf_counter()
    tables, keys, failed = [], [], []
    for key, point, replication, values in batch.runs:
        try:
            tables.append(run_one(batch, key, point, replication, values))
            keys.append(key)
        except TwinError as error:
            failed.append((key, str(error)))
    if tables:
        Store(Path(batch.folder)).write(pd.concat(tables, ignore_index=True), keys)
    return Done(tuple(keys), tuple(failed), time.perf_counter() - started)


def run_one(batch: Batch, key: str, point: int, replication: int, values: dict[str, Any]) -> pd.DataFrame:
    """Counts and sums of one run: one row for each group of each table."""
    scenario = changed(_resolved(batch.folder, batch.base), values, batch.name)
    days = scenario.run.days if RUN_DAYS in values else batch.days
    summary = summarise(Task(scenario, days, batch.seed, replication, batch.name, batch.bys))
    table = counts_table(summary).drop(columns=["scenario", "replication"])
    front = {RUN_KEY: key, "point": point, "replication": replication}
    front |= {name: cell_of(value) for name, value in values.items()}
    missing = ",".join(summary.not_modelled)
    return pd.concat([pd.DataFrame(front, index=table.index), table.assign(not_modelled=missing)], axis="columns")


@functools.lru_cache(maxsize=4)
def _resolved(folder: str, base: str) -> dict[str, Any]:
    """The study's scenario: read once by each worker, not sent with each batch."""
    resolved: dict[str, Any] = json.loads((Path(folder) / MANIFEST).read_text("utf-8"))["scenario"]
    return resolved


def cell_of(value: Any) -> Any:
    """A value of a factor as a column can hold it: of a table or a list its text."""
    return value if isinstance(value, str | int | float | bool) else repr(value)


def bys_of(by: Sequence[str]) -> tuple[By, ...]:
    return ((), *((name,) for name in by))
