"""Many runs in as many processes as there are cores: the same numbers as one after the other, bit for bit."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from twin.processes import run_tasks

if TYPE_CHECKING:
    from twin.scenario.schema import Scenario

By = tuple[str, ...]
BYS: tuple[By, ...] = (
    (), ("cluster",), ("queue",), ("intent",), ("hour",), ("cluster", "hour"), ("day",),
)  # fmt: skip
"""The tables of counts that a finished run hands over."""
ALL = "all"
"""`by` of the table of everything together."""


@dataclass(frozen=True)
class Task:
    """One run to make: a scenario, and which luck it meets."""

    scenario: "Scenario"
    days: int | None
    seed: int
    replication: int
    label: str = ""
    """What the run is called in messages; the scenario's name unless given."""
    bys: tuple[By, ...] = BYS
    """Which tables of counts are wanted."""

    def __str__(self) -> str:
        return f"{self.label or self.scenario.name}, replication {self.replication}"


@dataclass(frozen=True)
class Summary:
    """What remains of a run: its counts and sums, small enough to send from process to process."""

    label: str
    seed: int
    replication: int
    days: int
    counts: dict[By, pd.DataFrame]
    not_modelled: tuple[str, ...] = ()
    """KPIs that the scenario says nothing about (CSI without a satisfaction table): their counts mean nothing."""
    facts: dict[str, Any] = field(default_factory=dict)
    run_time: float = 0.0
    """[s] of the run itself."""


def replicate(
    tasks: Sequence[Task],
    workers: int | None = None,
    on_done: Callable[[Summary, int], None] | None = None,
) -> list[Summary]:
    """Run all tasks; summaries in the order of the tasks.

    Parameters
    ----------
    tasks : sequence of Task
        Two scenarios with the same (seed, replication) meet the same customers: common random numbers.
    workers : int, optional
        Processes; as many as cores unless given, never more than tasks. With 1 all is done in this process.
        A script that uses more must keep its own work under ``if __name__ == "__main__"``: processes are spawned.
    on_done : callable(summary, position), optional
        Called as soon as a task is finished, in the order in which they finish.

    Raises
    ------
    RunError
        If a worker process dies. What `on_done` has been given by then is kept.
    """
    return run_tasks(summarise, tasks, workers or os.cpu_count() or 1, on_done)


def summarise(task: Task) -> Summary:
    """Run one task, keep its counts."""
    from twin.simulation import simulate

    started = time.perf_counter()
    run = simulate(task.scenario, task.days, task.seed, task.replication)
    counts = {by: run.counts(by) for by in task.bys}
    for by, table in counts.items():
        if not {"hour", "day"} & set(by):
            table["clock_time"] = run.calendar.days * 86400.0
    return Summary(
        label=task.label or task.scenario.name,
        seed=task.seed,
        replication=task.replication,
        days=run.calendar.days,
        counts=counts,
        not_modelled=not_modelled(task.scenario),
        facts=dict(run.facts),
        run_time=time.perf_counter() - started,
    )


def counts_table(summary: Summary) -> pd.DataFrame:
    """All counts of a run in one table: `by` says which keys a row is for, the others are empty."""
    tables = []
    for by, counts in summary.counts.items():
        table = counts.reset_index() if by else counts
        tables.append(table.assign(by=",".join(by) or ALL))
    table = pd.concat(tables, ignore_index=True)
    keys = [key for key in ("cluster", "queue", "intent", "hour", "day") if key in table]
    table[[key for key in keys if key in ("hour", "day")]] = table[
        [key for key in keys if key in ("hour", "day")]
    ].astype("Int64")
    table.insert(0, "replication", summary.replication)
    table.insert(0, "scenario", summary.label)
    first = ["scenario", "replication", "by", *keys]
    return table[[*first, *[column for column in table if column not in first]]]


def not_modelled(scenario: "Scenario") -> tuple[str, ...]:
    names: tuple[str, ...] = ()
    if scenario.satisfaction is None:
        names += ("csi", "csi_waiting", "csi_accuracy", "csi_ability", "csi_courtesy")
    if scenario.recall is None:
        names += ("fcr", "resolved_at_first", "recall_share", "recall_any_share")
    if scenario.ivr is None:
        names += ("n_self_served", "ivr_time", "containment")
    if not scenario.legs:
        names += ("transfer_share", "conference_share", "consultation_share", "n_unassisted", "hold_time")
        names += ("further_wait", "n_abandoned_answered")
    if all(leg.kind != "escalation" for leg in scenario.legs):
        names += ("closed_at_tier_1", "closed_at_tier_2", "closed_at_tier_3")
    return names
