"""Runs beyond the comparison itself, where they are asked for: ends of ranges, months of the move, directions."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from experiments.compare.comparison import Comparison, Plan, digest
from experiments.compare.directions import directions_table, run_extra
from experiments.compare.ends import expected_runs, run_ends
from experiments.compare.findings import Ends, Findings
from experiments.compare.ranges import assumptions_of
from experiments.compare.transition import check_transition, run_transition
from experiments.compare.wrong import records, wrong_decisions
from twin import interrupts
from twin.errors import InputError
from twin.output import write_parquet

ASSUMPTIONS, TRANSITION, DIRECTIONS = "assumptions.parquet", "transition.parquet", "directions.parquet"
EFFECTS, WRONG = "time_to_effect.parquet", "wrong_decisions.parquet"
WORTH_A_WORD = 20.0  # [s] of work ahead above which it is announced


def check_further(plan: Plan) -> None:
    """Raise InputError if what is asked for cannot be run."""
    asked = plan.further
    if asked.is_any and plan.replications < 2:
        raise InputError(f"--replications is {plan.replications}, must be 2 or more for intervals of further runs")
    if asked.assumptions and asked.vary:
        raise InputError("--assumptions screens all values, --vary runs the named ones: give one of the two")
    if asked.has_ends and not assumptions_of(plan.a, plan.b, asked.vary):
        raise InputError("--assumptions: no value of A or B has a range")
    if asked.transition:
        check_transition(plan.b)


def with_further(comparison: Comparison, folder: Path | None, workers: int | None) -> Iterator[Comparison]:
    """The comparison with what was asked for, once more after each part; the longest part comes last."""
    asked, found = comparison.plan.further, Findings()
    if asked.transition:
        with kept(folder, TRANSITION) as keep:
            found = replace(found, transition=run_transition(comparison, workers, keep))
        yield replace(comparison, further=found)
    if asked.directions:
        found = replace(found, extra=run_extra(comparison, workers))
        yield replace(comparison, further=found)
    if asked.has_ends:
        _announce(comparison, workers)
        with kept(folder, ASSUMPTIONS) as keep:
            found = replace(found, ends=run_ends(comparison, asked.assumptions, asked.vary, workers, keep))
        yield replace(comparison, further=found)


def tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """What is written beside the comparison, by file name."""
    found = comparison.further or Findings()
    written = {DIRECTIONS: directions_table(comparison)}
    if found.ends is not None:
        written[ASSUMPTIONS] = found.ends.table
        written[WRONG] = wrong_decisions(found.ends.net)
    if found.transition is not None:
        written[TRANSITION] = found.transition.table
        written[EFFECTS] = found.transition.effects
    return {name: table for name, table in written.items() if len(table)}


def digests(comparison: Comparison) -> dict[str, str]:
    """Hash of each of these tables, to the last bit."""
    return {name: digest(table, list(map(str, table.columns))) for name, table in tables(comparison).items()}


@contextmanager
def kept(folder: Path | None, name: str) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Holds the newest table; if Ctrl-C ends the program in here, it is written."""
    newest: list[pd.DataFrame] = []

    def keep() -> None:
        if folder is not None and newest:
            write_parquet(newest[-1], folder / name)

    def take(table: pd.DataFrame) -> None:
        with interrupts.held():
            newest[:] = [table]

    with interrupts.keeping(keep):
        try:
            yield take
        except KeyboardInterrupt:
            keep()
            raise


def _announce(comparison: Comparison, workers: int | None) -> None:
    asked, facts = comparison.plan.further, comparison.facts
    n, runs = expected_runs(comparison, asked.assumptions, asked.vary)
    a_run = sum(facts["seconds_a_run"]) / 2 / (workers or os.cpu_count() or 1)
    if runs * a_run > WORTH_A_WORD:
        some = f"{n} to screen, {asked.assumptions} of them to run in full"
        what = f"assumptions: {n} to run in full" if asked.vary else f"assumptions: {some}"
        Console(stderr=True, highlight=False).print(f"{what}: about {_duration(runs * a_run)}", style="dim")


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Further findings as `--json` prints them; only those that were asked for."""
    found = comparison.further or Findings()
    result: dict[str, Any] = {"directions": _records(directions_table(comparison))}
    if found.transition is not None:
        result["transition"] = _records(found.transition.table)
        result["time_to_effect"] = _records(found.transition.effects)
    if found.ends is not None:
        result["assumptions"] = _ends_as_dict(found.ends)
        result["cost_of_being_wrong"] = records(found.ends.net)
    return result


def _ends_as_dict(ends: Ends) -> dict[str, Any]:
    table = ends.table.drop(columns=["keys", "reason", "mark"])
    return {
        "results": _records(table[table.stage == "full"].drop(columns=["stage"])),
        "screened": _records(table[table.stage == "screened"].drop(columns=["stage"])),
        "chosen": list(ends.chosen),
        "order": list(ends.order),
        "impossible": ends.impossible,
        "screening": {"replications": ends.screening[0], "days": ends.screening[1]},
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
