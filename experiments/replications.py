"""One scenario run several times: what is kept of each run, and means with their 95 % intervals."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.replicate import not_modelled
from twin import __version__
from twin.kernel import CODE, is_compiled
from twin.processes import run_tasks
from twin.scenario.schema import Scenario
from twin.simulation import Run, simulate
from twin.trace import TraceTables

ALL = "all"
STOCKS_AT_END = "stocks_at_end"
CONFIDENCE = 0.95
WORTH_PROCESSES = 6.0  # [s] of work left above which it pays to start other processes


@dataclass(frozen=True)
class Order:
    """One run to make."""

    scenario: Scenario
    days: int | None
    seed: int
    replication: int
    keeps_counts: bool = False
    keeps_records: bool = False
    tables: TraceTables | None = None

    def __str__(self) -> str:
        return f"{self.scenario.name}, replication {self.replication}"


@dataclass(frozen=True)
class Replication:
    """What is kept of a run."""

    replication: int
    days: int
    kpis: pd.DataFrame
    """KPIs (columns) of ALL and of each queue (index `queue`); NaN where the scenario says nothing about them."""
    counts: pd.DataFrame | None = None
    """Counts and sums by queue and interval."""
    by_half_hour: pd.DataFrame | None = None
    """Counts and sums by date and time, if there is a record to compare with."""
    recorded: pd.DataFrame | None = None
    records: pd.DataFrame | None = None
    """One row per attempt at contact."""
    facts: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Further tables of the run, by name."""


def replicate(order: Order) -> Replication:
    """Make one run, keep what was ordered."""
    return kept(
        order,
        simulate(
            order.scenario, order.days, order.seed, order.replication, recording=order.keeps_records, trace=order.tables
        ),
    )


def kept(order: Order, run: Run) -> Replication:
    """What was ordered of a run."""
    kpis = pd.concat([run.kpis().set_axis([ALL], axis="index"), run.kpis(["queue"])]).rename_axis("queue")
    kpis[[name for name in not_modelled(order.scenario) if name in kpis]] = np.nan
    return Replication(
        replication=order.replication,
        days=run.calendar.days,
        kpis=kpis,
        counts=run.counts(["queue", "interval", "day", "date", "time"]) if order.keeps_counts else None,
        by_half_hour=None if run.recorded is None else run.counts(["date", "time"]),
        recorded=run.recorded,
        records=run.records,
        facts=run.facts,
        tables=_tables(run) if order.keeps_counts else {},
    )


def _tables(run: Run) -> dict[str, pd.DataFrame]:
    """What customers, operators and programmes leave, and what customers are worth at the end."""
    value = {} if run.stocks is None else {STOCKS_AT_END: run.stocks.rename_axis("cluster")}
    return {**run.tables, **value}


def replicate_all(
    orders: Sequence[Order], workers: int | None = None, on_done: Callable[[Replication], None] | None = None
) -> list[Replication]:
    """Make all runs: the first here, the others in more processes if they take long enough, or if `workers` says so."""
    done: list[Replication] = []

    def keep(result: Replication, position: int = 0) -> None:
        done.append(result)
        if on_done:
            on_done(result)

    n_here = min(1 if is_compiled() else 2, len(orders))  # how long a run takes shows only in compiled code
    for order in orders[:n_here]:
        started = time.perf_counter()
        keep(replicate(order))
    left = orders[n_here:]
    is_worth_it = (time.perf_counter() - started) * len(left) > WORTH_PROCESSES
    n_workers = min(workers or (os.cpu_count() or 1 if is_worth_it else 1), len(left))
    run_tasks(replicate, left, n_workers, keep)
    return sorted(done, key=lambda result: result.replication)


def estimates(replications: Sequence[Replication]) -> pd.DataFrame:
    """Mean over the replications and half-width of its 95 % interval (t quantile); no half-width of one replication.

    Returns
    -------
    DataFrame indexed by queue (ALL first) and kpi, columns mean, half_width, n
        `n` replications had a value; a KPI that no replication has (nothing to divide by, not modelled) is NaN.
    """
    table = pd.concat({result.replication: result.kpis for result in replications}, names=["replication"])
    values: Any = table.stack(future_stack=True).rename_axis(["replication", "queue", "kpi"])
    found = values.groupby(["queue", "kpi"], sort=False).agg(["mean", "std", "count"])
    found = found.rename(columns={"std": "spread", "count": "n"})
    found["half_width"] = _half_widths(found) if len(replications) > 1 else np.nan
    return found[["mean", "half_width", "n"]]


def _half_widths(found: pd.DataFrame) -> pd.Series:
    from scipy.special import stdtrit  # a fifth of a second to import, and one replication has no interval

    quantile = stdtrit(np.maximum(found["n"] - 1, 1), (1 + CONFIDENCE) / 2)
    return (quantile * found["spread"] / np.sqrt(found["n"])).where(found["n"] > 1)


def run_id(resolved: dict[str, Any], days: int, seed: int, replication: int) -> str:
    """Identity of one run: the same id, the same numbers."""
    said = json.dumps([resolved, days, seed, replication, __version__, CODE], sort_keys=True, default=str)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
