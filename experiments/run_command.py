"""`twin run`: one scenario, some replications; KPIs on the screen or as JSON, tables and a manifest in a folder."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from experiments.continued import check_target, go_on, replicate_kept
from experiments.recorded import beside_recorded, recorded_as_json
from experiments.replications import ALL, Order, Replication, estimates, replicate_all, run_id
from experiments.run_screen import print_kpis, print_recorded
from twin import interrupts
from twin.console import wide_console
from twin.errors import InputError
from twin.model import CallCentre
from twin.output import MANIFEST, as_json, manifest, open_output, write_files
from twin.scenario.load import Loaded
from twin.trace import TraceTables

WIDTH = 140  # [characters] where there is no terminal
KPI_TABLE, COUNTS, RECORDS, RECORDED = "kpis.parquet", "counts.parquet", "records.parquet", "recorded.parquet"


@dataclass(frozen=True)
class RunRequest:
    """What the command was told."""

    loaded: Loaded
    days: int | None = None
    seed: int = 1
    replications: int = 1
    out: str | None = None
    as_json: bool = False
    keeps_records: bool = False
    workers: int | None = None
    tables: TraceTables | None = None
    data: Path | None = None
    """Folder of the original log from which the tables come."""
    save: str | None = None
    """New file that keeps the model as it stands at the end."""
    start: str | None = None
    """Such a file, to go on from."""

    def check(self) -> None:
        for name in ("days", "replications", "workers"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise InputError(f"--{name} is {number}, must be 1 or more")
        if self.seed < 0:
            raise InputError(f"--seed is {self.seed}, must be 0 or more")
        if (self.save or self.start) and self.replications > 1:
            raise InputError(f"--replications is {self.replications}, must be 1 with --save or --from")
        if self.save is not None:
            check_target(self.save)
        if self.keeps_records and self.out is None:
            raise InputError("--trace writes a record of every attempt, it needs --out DIR")

    def orders(self) -> list[Order]:
        return [
            Order(
                self.loaded.scenario,
                self.days,
                self.seed,
                number,
                self.out is not None,
                self.keeps_records,
                self.tables,
            )
            for number in range(self.replications)
        ]


def run_command(request: RunRequest) -> None:
    """Run, show, write. What is finished when the user interrupts is written, too."""
    request.check()
    start = go_on(request.orders()[0], request.start) if request.start is not None else None
    folder = open_output(request.out) if request.out is not None else None
    done: list[Replication] = []

    def keep() -> None:
        if folder is not None and done and not (folder / MANIFEST).exists():
            write_results(folder, request, sorted(done, key=lambda result: result.replication))

    with interrupts.keeping(keep):
        try:
            _run(request, done, start)
        except KeyboardInterrupt:
            keep()
            raise
        try:
            keep()
        finally:  # a full disk does not take the numbers away
            _show(request, done, folder)


def _run(request: RunRequest, done: list[Replication], start: CallCentre | None) -> None:
    screen = Console(stderr=True)
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("replications"), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        bar = progress.add_task(request.loaded.scenario.name, total=request.replications)

        def add(result: Replication) -> None:
            with interrupts.held():
                done.append(result)
            progress.advance(bar)

        if start is not None or request.save is not None:
            add(replicate_kept(request.orders()[0], start, request.save))
        else:
            replicate_all(request.orders(), request.workers, add)
    done.sort(key=lambda result: result.replication)


def _show(request: RunRequest, done: Sequence[Replication], folder: Path | None) -> None:
    if request.as_json:
        sys.stdout.write(as_json(result_as_json(request, done)) + "\n")
        return
    console = wide_console(WIDTH)
    scenario = request.loaded.scenario
    days = f"{done[0].days} day{'s' if done[0].days > 1 else ''}"
    runs = f"{len(done)} replication{'s' if len(done) > 1 else ''}"
    console.print(f"[bold]{scenario.title or scenario.name}[/]: {days}, {runs}, seed {request.seed}")
    print_kpis(estimates(done), len(done), console)
    if done[0].recorded is not None:
        print_recorded(beside_recorded(done), console)
    for place in (folder, request.save):
        if place is not None:
            console.print(f"Written to {place}", style="dim")


def result_as_json(request: RunRequest, done: Sequence[Replication]) -> dict[str, Any]:
    """The object of ``--json``: null where there is no value or no interval."""
    by_queue: dict[str, dict[str, Any]] = {}
    for row in estimates(done).reset_index().itertuples():
        by_queue.setdefault(str(row.queue), {})[str(row.kpi)] = {"mean": row.mean, "half_width": row.half_width}
    found: dict[str, Any] = {
        "scenario": request.loaded.scenario.name,
        "days": done[0].days,
        "seed": request.seed,
        "replications": len(done),
        "kpis": by_queue.pop(ALL),
        "by_queue": by_queue,
    }
    if done[0].recorded is not None:
        found["recorded"] = recorded_as_json(beside_recorded(done))
    return found


def write_results(folder: Path, request: RunRequest, done: Sequence[Replication]) -> None:
    """Tables and manifest, all or none; `run_id` and `replication` say in every table which run a row is of.

    Raises
    ------
    OSError
        If the disk is full, or the folder cannot be written to.
    """
    resolved, days = request.loaded.resolved, done[0].days
    ids = {result.replication: run_id(resolved, days, request.seed, result.replication) for result in done}

    def together(of: Callable[[Replication], pd.DataFrame | None]) -> pd.DataFrame | None:
        parts = [(result.replication, of(result)) for result in done]
        tables = [
            (table.reset_index() if any(table.index.names) else table).pipe(_numbered, ids[number], number)
            for number, table in parts
            if table is not None
        ]
        return pd.concat(tables, ignore_index=True) if tables else None

    tables = {
        KPI_TABLE: together(lambda result: result.kpis),
        COUNTS: together(lambda result: result.counts),
        RECORDS: together(lambda result: result.records),
    }
    for name in done[0].tables:
        tables[f"{name}.parquet"] = together(lambda result, name=name: result.tables.get(name))  # type: ignore[misc]
    if done[0].recorded is not None:
        tables[RECORDED] = beside_recorded(done)
    told = manifest(
        resolved,
        command="run",
        seed=request.seed,
        days=days,
        replications=len(done),
        replications_wanted=request.replications,
        run_ids=list(ids.values()),
        data=None if request.data is None else str(request.data),
        sources=request.loaded.provenance.as_dict(),
        facts=[result.facts for result in done],
        tables=[name for name, table in tables.items() if table is not None],
    )
    contents: dict[Path, pd.DataFrame | str] = {folder / name: t for name, t in tables.items() if t is not None}
    write_files(contents | {folder / MANIFEST: as_json(told) + "\n"})


def _numbered(table: pd.DataFrame, run: str, replication: int) -> pd.DataFrame:
    numbered = table.copy()
    numbered.insert(0, "replication", replication)
    numbered.insert(0, "run_id", run)
    return numbered
