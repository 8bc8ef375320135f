"""Run a study: what is not kept yet, in batches of a second or so, with every finished run safe on disk."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.sweep.engine import Engine
from experiments.sweep.sources import RUN_CODE
from experiments.sweep.store import Run, Store
from experiments.sweep.study import Plan
from experiments.sweep.work import Batch, Done, bys_of, run_batch
from twin.errors import InputError
from twin.output import MANIFEST, manifest, open_output, write_json

BATCH_TIME = 2.0  # [s] of a batch, 1 to 5: the engine's 2 ms for each are then nothing
MOST_IN_BATCH = 200
FAILURES = "failures.json"


@dataclass
class Outcome:
    """What became of a study's runs."""

    folder: Path
    n_all: int
    n_before: int
    """Runs that were kept already."""
    n_done: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Run -> sentence."""
    seconds: float = 0.0


def open_study(plan: Plan, folder: Path, resume: bool) -> Store:
    """The store for a study's runs, begun or gone on with.

    Raises
    ------
    InputError
        If the folder holds another study, or runs of this one and `resume` is not wanted, or something else.
    """
    record = folder / MANIFEST
    if record.exists():
        known = _known(record)
        if known.get("base") != plan.base or known.get("points") != json.loads(json.dumps(plan.points, default=str)):
            raise InputError(
                f"--out is {str(folder)!r}, which holds a study of another scenario, design, seed or version, "
                "must be a new folder"
            )
        store = Store(folder)
        if not resume and store.keys():
            raise InputError(f"--out is {str(folder)!r}, which holds runs of this study, go on with --resume")
        _note_replications(plan, known, record)
        return store
    open_output(folder)
    facts: dict[str, Any] = {"command": "sweep", "study": plan.study.model_dump(), "base": plan.base,
                             "points": plan.points, "days": plan.days, "name": plan.name}  # fmt: skip
    write_json(manifest(plan.resolved, **facts), record)
    return Store(folder)


def _note_replications(plan: Plan, known: dict[str, Any], record: Path) -> None:
    """A study may go on with more replications than it had: who reads the results must know how many there are."""
    study = known["study"]
    if plan.study.replications > study["replications"]:
        write_json({**known, "study": {**study, "replications": plan.study.replications}}, record)


def _known(record: Path) -> dict[str, Any]:
    try:
        known = json.loads(record.read_text("utf-8"))
    except ValueError as error:
        raise InputError(f"{record}: is not a manifest: {error}") from None
    return known if isinstance(known, dict) else {}


def sweep(
    plan: Plan,
    store: Store,
    engine: Engine,
    on_done: Callable[[int, int], None] | None = None,
    work: Callable[[Batch], Done] = run_batch,
) -> Outcome:
    """Make all runs that are not kept yet.

    Parameters
    ----------
    on_done : callable(finished, all), optional
        Called whenever a batch is finished.
    work : callable(batch), optional
        Makes the runs of a batch; another one only to measure the engine.
    """
    started = time.perf_counter()
    kept = store.keys()
    keyed = ((plan.key(point, r), point, r) for point, r in plan.runs)
    todo = [run for run in keyed if run[0] not in kept]
    outcome = Outcome(store.folder, len(plan.runs), len(plan.runs) - len(todo))
    pace = Pace()
    for batch, done in engine.run(_batches(plan, store, todo, pace, engine), work):
        pace.note(_note(outcome, batch, done), len(batch.runs))
        _tell(outcome, on_done)
    store.pack()
    outcome.seconds = time.perf_counter() - started
    if outcome.failed:
        write_json(outcome.failed, store.folder / FAILURES)
    else:
        (store.folder / FAILURES).unlink(missing_ok=True)
    return outcome


@dataclass
class Pace:
    """How long a run takes: the last batches count most, for points of a study differ, and the first runs are slow."""

    seconds: float | None = None
    """[s] None before the first batch is finished."""

    def note(self, seconds: float, n: int) -> None:
        """So many runs have taken so long; 0 says nothing."""
        if seconds > 0:
            each = seconds / n
            self.seconds = each if self.seconds is None else 0.5 * self.seconds + 0.5 * each


def batch_size(seconds: float | None, left: int, n_workers: int) -> int:
    """Runs in a batch: about `BATCH_TIME` long; shorter ones at the end, so that no worker is left without."""
    if seconds is None:
        return 1
    long_enough = max(min(int(BATCH_TIME / max(seconds, 1e-3)), MOST_IN_BATCH), 1)
    return min(max(left // (4 * n_workers), long_enough // 4, 1), long_enough)


def _batches(plan: Plan, store: Store, runs: Sequence[Run], pace: Pace, engine: Engine) -> Iterator[Batch]:
    """Each is made when a worker is about to need it, as long as the pace by then says."""
    folder, first = str(store.folder.resolve()), 0
    while first < len(runs):
        some = runs[first : first + batch_size(pace.seconds, len(runs) - first, engine.n_workers)]
        first += len(some)
        told = tuple((key, point, r, plan.points[point]) for key, point, r in some)
        yield Batch(folder, plan.base, RUN_CODE, plan.name, plan.days, plan.study.seed, bys_of(plan.study.by), told)


def _note(outcome: Outcome, batch: Batch, done: Any) -> float:
    """Write down what became of a batch; how long it took [s]."""
    if isinstance(done, Exception):
        outcome.failed.update({_run(one): f"{type(done).__name__}: {done}" for one in batch.runs})
        return 0.0
    outcome.n_done += len(done.keys)
    runs = {one[0]: one for one in batch.runs}
    outcome.failed.update({_run(runs[key]): sentence for key, sentence in done.failed})
    return float(done.seconds)


def _run(one: tuple[str, int, int, dict[str, Any]]) -> str:
    _, point, replication, values = one
    told = ", ".join(f"{key} = {value}" for key, value in values.items())
    return f"point {point}, replication {replication} ({told})"


def _tell(outcome: Outcome, on_done: Callable[[int, int], None] | None) -> None:
    if on_done:
        on_done(outcome.n_before + outcome.n_done + len(outcome.failed), outcome.n_all)
