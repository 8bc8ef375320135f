"""`twin roster`: fit starts, days off and breaks to the demand; show before and after; write the fitted scenario."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from experiments.roster.files import out_files, scenario_text
from experiments.roster.fit import Fit, Plan, Search, counts_of, patterns_of
from experiments.roster.screen import print_fit
from experiments.roster.tables import ALL, Told
from experiments.roster.target import Target
from experiments.roster.weights import WEIGHTS
from twin.console import as_argument, wide_console
from twin.errors import InputError
from twin.output import as_json, manifest, write_files
from twin.scenario.load import Loaded, load
from twin.scenario.words import clock

WIDTH = 140  # [characters] where there is no terminal
HEADS = ("scenario", "free")


@dataclass(frozen=True)
class RosterRequest:
    """What the command was told."""

    scenario: str
    overrides: Sequence[str] = ()
    days: int | None = None
    seed: int = 1
    replications: int = 2
    rounds: int = 6
    target: str = "sl=0.80/20"
    shifts: Sequence[str] = field(default_factory=tuple)
    heads: str = "scenario"
    workers: int | None = None
    out: str | None = None
    as_json: bool = False
    weigh: str = "even"

    def check(self) -> None:
        for name in ("days", "replications", "rounds", "workers"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise InputError(f"--{name} is {number}, must be 1 or more")
        if self.seed < 0:
            raise InputError(f"--seed is {self.seed}, must be 0 or more")
        if self.heads not in HEADS:
            raise InputError(f"--heads is {self.heads!r}, must be {' or '.join(HEADS)}")
        if self.weigh not in WEIGHTS:
            raise InputError(f"--weigh is {self.weigh!r}, must be one of {', '.join(WEIGHTS)}")

    def plan(self, loaded: Loaded) -> Plan:
        scenario = loaded.scenario
        if self.heads == "free" and scenario.migration is not None:
            raise InputError("--heads is 'free', but the scenario's migration says how many work for which queue")
        return Plan(
            scenario=scenario,
            target=Target.parse(self.target),
            shifts=Plan.shifts_of(scenario, self.shifts),
            days=self.days,
            seed=self.seed,
            replications=self.replications,
            rounds=self.rounds,
            is_free=self.heads == "free",
            workers=min(self.workers or os.cpu_count() or 1, self.replications),
            weigh=self.weigh,
        )


def roster_command(request: RosterRequest) -> None:
    """Fit, show, write."""
    request.check()
    target = Target.parse(request.target)
    loaded = load(request.scenario, request.overrides)
    plan = request.plan(loaded)
    files = out_files(request.out) if request.out is not None else None
    fit = _search(plan)
    told = Told(fit)
    if files is not None:
        facts = manifest(
            loaded.resolved, command="roster", target=str(target), seed=plan.seed, days=plan.days,
            replications=plan.replications, rounds=len(fit.rounds), weigh=plan.weigh,
            shifts=list(plan.shifts), sentence=fit.sentence,
        )  # fmt: skip
        texts = (scenario_text(fit, loaded, request.overrides, files[0]), told.curves(), as_json(facts) + "\n")
        write_files(dict(zip(files, texts, strict=True)))
    if request.as_json:
        sys.stdout.write(as_json(fit_as_json(fit, told)) + "\n")
        return
    console = wide_console(WIDTH)
    scenario = loaded.scenario
    people = sum(len(unit.members) for unit in fit.units)
    console.print(
        f"[bold]{scenario.title or scenario.name}[/]: target {target}; {people} people of {', '.join(plan.shifts)}, "
        f"{len(fit.best.lines)} weekly patterns"
    )
    print_fit(fit, told.parts(), console)
    for group, count in counts_of(plan, fit.units, fit.best.lines).items():
        console.print(f"Group {group}: {scenario.groups[group].count} people before, {count} fitted.")
    if files is not None:
        console.print(f"Written to {files[0]}; run it with: twin run {as_argument(files[0])}", style="dim")


def _search(plan: Plan) -> Fit:
    screen = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        bar = progress.add_task(plan.scenario.name, total=None)
        return Search(plan, lambda text: progress.update(bar, description=f"{plan.scenario.name}: {text}")).run()


def fit_as_json(fit: Fit, told: Told) -> dict[str, Any]:
    """The object of ``--json``."""
    parts = told.parts()

    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in row.items() if key not in ("queue", "part")}

    rows = parts.to_dict("records")
    by_queue: dict[str, Any] = {}
    for row in rows:
        if row["queue"] != ALL:
            by_queue.setdefault(str(row["queue"]), {})[str(row["part"])] = of({str(k): v for k, v in row.items()})
    patterns = {
        shift: [
            {
                "queue": pattern.queue,
                "start": clock(pattern.start or 0.0),
                "days": list(pattern.days),
                "breaks": pattern.breaks or [],
                "heads": int(pattern.heads),
            }
            for pattern in fitted
        ]
        for shift, fitted in patterns_of(fit.best.lines).items()
    }
    return {
        "scenario": fit.plan.scenario.name,
        "target": str(fit.plan.target),
        "seed": fit.plan.seed,
        "replications": fit.plan.replications,
        "holds": fit.holds,
        "sentence": fit.sentence,
        "rounds": [{"missed_periods": one.n_missed, "contacts_short_a_week": one.score} for one in fit.rounds],
        "all": of({str(k): v for k, v in rows[-1].items()}),
        "by_queue": by_queue,
        "groups": counts_of(fit.plan, fit.units, fit.best.lines),
        "patterns": patterns,
    }
