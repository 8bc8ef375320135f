"""`twin optimise`: search, show, write the plan; go on where an interrupted search stopped."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from experiments.optimise.files import CUTS, PAGE, PLAN, RESULT, TRACE, plan_table, plan_text, tables
from experiments.optimise.instance import Instance
from experiments.optimise.optimise import Plan, Result, State, optimise
from experiments.optimise.page import page_html
from experiments.optimise.runs import Runs
from experiments.optimise.screen import print_result
from experiments.optimise.study import Study
from experiments.optimise.words import guarantees, sentence, target_rows
from experiments.sweep.engine import engine
from experiments.sweep.store import Store
from twin import interrupts
from twin.console import as_argument, wide_console
from twin.errors import InputError
from twin.output import MANIFEST, as_json, manifest, open_output, write_files, write_json

WIDTH = 140  # [characters] where there is no terminal


def optimise_command(
    study: str, workers: int | None, scheduler: str | None, resume: bool, out: str | None, json_wanted: bool
) -> bool:
    """Find a plan, show it, write it; whether it is shown to hold."""
    told, file = Study.read(study)
    instance = Instance(told, file)
    folder = Path(out) if out else Path("results") / f"optimise-{file.stem}"
    store = open_folder(instance, folder, resume)
    state = State()

    def keep() -> None:
        if state.best is not None:
            text = plan_text(instance, state.best, folder, f"Interrupted in the {state.stage}: the best plan so far.")
            write_files({folder / PLAN: text})

    with engine(workers or os.cpu_count() or 1, scheduler) as found, _progress(instance) as tell:
        runs = Runs(instance, store, found)
        with interrupts.keeping(keep):
            try:
                result = optimise(instance, runs, tell, state, say=_say)
            except KeyboardInterrupt:
                keep()
                raise
        store.pack()
    write_result(result, folder)
    if json_wanted:
        sys.stdout.write(as_json(result_as_json(result)) + "\n")
    else:
        console = wide_console(WIDTH)
        print_result(result, console, runs.n_kept, runs.n_made)
        console.print(f"Written to {folder}; run it with: twin run {as_argument(folder / PLAN)}", style="dim")
    return result.holds


def _say(text: str) -> None:
    Console(stderr=True, highlight=False).print(text, style="dim", soft_wrap=True)


def open_folder(instance: Instance, folder: Path, resume: bool) -> Store:
    """The folder for a study's runs and plan, begun or gone on with.

    Raises
    ------
    InputError
        If it holds runs of another scenario, seed or version, or runs and `resume` is not wanted, or something else.
    """
    record = folder / MANIFEST
    if record.exists():
        try:
            known = json.loads(record.read_text("utf-8")).get("base")
        except (ValueError, AttributeError):
            known = None
        if known != instance.base:
            raise InputError(
                f"--out is {str(folder)!r}, which holds runs of another scenario, seed or version, must be a new folder"
            )
        store = Store(folder)
        if not resume and store.keys():
            raise InputError(f"--out is {str(folder)!r}, which holds runs of this study, go on with --resume")
        return store
    open_output(folder)
    facts: dict[str, Any] = {"command": "optimise", "study": instance.study.model_dump(), "base": instance.base}
    write_json(manifest(instance.resolved, **facts), record)
    return Store(folder)


def write_result(result: Result, folder: Path) -> None:
    """The plan as a scenario, the tables, the page and the numbers."""
    text = plan_text(result.instance, result.ours.heads, folder, sentence(result))
    found = tables(result)
    write_files({
        folder / PLAN: text, folder / CUTS: found[CUTS], folder / TRACE: found[TRACE],
        folder / PAGE: page_html(result), folder / RESULT: as_json(result_as_json(result)) + "\n",
    })  # fmt: skip


def result_as_json(result: Result) -> dict[str, Any]:
    """The object of ``--json``."""
    study, search = result.instance.study, result.search
    return {
        "scenario": result.instance.scenario.name,
        "seed": study.seed,
        "cycle": study.cycle,
        "holds": result.holds,
        "confidence": study.test.confidence,
        "sentence": sentence(result),
        "plan": plan_table(result.instance, result.ours.heads).to_dict("records"),
        "groups": _by_group(result),
        "plans": [_plan_as_json(result, plan) for plan in result.plans],
        "ladder": [{"cost": one.cost, "safety": one.safety, "verdict": verdict} for one, verdict in result.ladder],
        "programs": search.n_programs,
        "cuts": search.n_cuts,
        "cuts_dropped": search.n_dropped,
        "plans_simulated": len(search.tried),
        "days_used": result.ours.days_used,
        "budget": study.budget,
        "test_days": result.days_test,
        "guarantees": guarantees(result),
    }


def _by_group(result: Result) -> dict[str, int]:
    heads = np.bincount(result.instance.group_of, result.ours.heads, minlength=len(result.instance.groups))
    return {name: int(n) for name, n in zip(result.instance.groups, heads, strict=True)}


def _plan_as_json(result: Result, plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name, "cost": plan.cost, "people": sum(plan.heads), "verdict": plan.verdict,
        "lost_contacts": plan.lost, "days_tested": plan.n_tested, "days_used": plan.days_used, "note": plan.note,
        "targets": target_rows(result, plan),
    }  # fmt: skip


@contextmanager
def _progress(instance: Instance) -> Iterator[Callable[[str], None]]:
    screen = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        bar = progress.add_task(instance.scenario.name, total=None)
        yield lambda text: progress.update(bar, description=f"{instance.scenario.name}: {text}")
