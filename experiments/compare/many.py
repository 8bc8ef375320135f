"""`twin compare BASE B C ...`: several scenarios on the same customers, each against the base, and the best of all."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.compare.comparison import Balance, Comparison, Plan, balances, digest
from experiments.compare.draws import Draws
from experiments.compare.folder import COUNTS
from experiments.compare.measures import MEASURES
from experiments.compare.paired import ALL, COLUMNS, compare_summaries, verdict
from experiments.compare.replicate import Summary, Task, counts_table, replicate
from experiments.compare.side import Side, sides_of
from experiments.compare.simultaneous import Best, find_best, widened
from experiments.compare.stopping import MOST, START, pairs_wanted, parse_targets
from experiments.compare.variants import values
from twin.console import progress
from twin.errors import InputError
from twin.output import write_parquet
from twin.scenario.schema import Scenario

SCENARIO = "scenario"


@dataclass(frozen=True)
class ManyPlan:
    """What is run: a base, and two or more scenarios that are compared with it."""

    sides: tuple[Side, ...]
    """The base first."""
    days: int
    seed: int
    replications: int
    until: Mapping[str, float] = field(default_factory=dict)
    """Half-widths by KPI: replications are added until all scenarios meet them."""
    posterior: Draws | None = None
    """Values of calibrated keys, other ones for each replication, the same for all scenarios."""

    @classmethod
    def of(
        cls, sides: Sequence[Side], days: int | None, seed: int, replications: int, until: Sequence[str] = ()
    ) -> "ManyPlan":
        """Check that they can be compared."""
        labels = [side.label for side in sides]
        double = next((label for label in labels if labels.count(label) > 1), None)
        if double is not None:
            raise InputError(f"compare: {double!r} is given twice, all scenarios must differ")
        for side in sides[1:]:
            days = Plan.of(sides[0], side, days, seed, replications).days
        assert days is not None
        targets = parse_targets(until)
        return cls(tuple(sides), days, seed, MOST if targets else replications, targets)

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "ManyPlan":
        """The plan that a manifest records, with as many replications as there were."""
        try:
            sides = sides_of(manifest)
            draws = Draws.from_manifest(manifest["posterior"]) if "posterior" in manifest else None
            numbers = manifest["days"], manifest["seed"], manifest["replications"]
            return cls(sides, *numbers, posterior=draws)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"--repeat: the file is not the manifest of a comparison ({error})") from None

    @property
    def base(self) -> Side:
        return self.sides[0]

    @property
    def others(self) -> tuple[Side, ...]:
        return self.sides[1:]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(side.label for side in self.sides)

    def facts(self, replications: int) -> dict[str, Any]:
        """What a manifest must hold beside the scenarios."""
        return {
            "command": "compare",
            "labels": list(self.labels),
            "days": self.days,
            "seed": self.seed,
            "replications": replications,
            "numbers": [list(side.numbers) for side in self.sides],
            **({} if self.posterior is None else {"posterior": self.posterior.as_dict()}),
        }

    def scenarios(self, replication: int) -> tuple[Scenario, ...]:
        """What the scenarios are in a replication, the base first."""
        if self.posterior is None:
            return tuple(side.scenario for side in self.sides)
        return self.posterior.scenarios(replication, *self.sides)


@dataclass(frozen=True)
class Many:
    """The finished comparison of several scenarios with one base."""

    plan: ManyPlan
    replications: int
    pairs: tuple[Comparison, ...]
    """Of the base with each scenario; their half-widths and verdicts hold for all scenarios together."""
    runs: tuple[tuple[Summary, ...], ...] = field(repr=False)
    """By scenario, the base first."""
    facts: dict[str, Any]
    _best: dict[str, Best | None] = field(default_factory=dict, repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The rows of all pairs: columns of `paired.COLUMNS`, behind the label of the scenario."""
        named = [
            pair.table.assign(**{SCENARIO: side.label}) for side, pair in zip(self.plan.others, self.pairs, strict=True)
        ]
        return pd.concat(named, ignore_index=True)[[SCENARIO, *COLUMNS]]

    def has(self, kpi: str) -> bool:
        """Whether a KPI is measured in all scenarios and says anything."""
        return all(pair.row(kpi) is not None and pair.has(kpi) for pair in self.pairs)

    def rows(self, kpi: str, by: str = ALL, group: str = ALL) -> list[Any]:
        """The row of each pair, None where there is no such thing to compare."""
        return [pair.row(kpi, by, group) for pair in self.pairs]

    def best(self, kpi: str) -> Best | None:
        """The best of all scenarios, the base among them, in one overall KPI."""
        if kpi not in self._best:
            better, known = MEASURES[kpi].better, np.stack([values(runs, [kpi])[:, 0] for runs in self.runs], axis=1)
            self._best[kpi] = find_best(known, better) if better and self.has(kpi) else None
        return self._best[kpi]

    def balances(self) -> list[list[Balance]]:
        """For each pair what each cluster feels of the change."""
        return [balances(pair) for pair in self.pairs]

    @property
    def digest(self) -> str:
        return digest(self.table, [SCENARIO, *COLUMNS])


def run_many(plan: ManyPlan, folder: Path | None = None, workers: int | None = None) -> Many:
    """All scenarios, replication by replication; with `plan.until` as many as it takes."""
    started = time.perf_counter()
    done: list[Summary] = []
    n = len(plan.sides)
    goal = min(START, plan.replications) if plan.until else plan.replications
    with progress() as bars:
        bar = bars.add_task(" | ".join(plan.labels), total=n * goal)
        while True:
            bars.update(bar, total=n * goal)
            first = len(done) // n

            def keep(summary: Summary, position: int, first: int = first) -> None:
                if folder is not None:
                    name = f"{position % n}-{first + position // n:03d}.parquet"
                    write_parquet(counts_table(summary), folder / COUNTS / name)
                bars.advance(bar)

            done += replicate(_tasks(plan, first, goal), workers, keep)
            tables = compare_all(plan, done)
            wanted = pairs_wanted(goal, plan.replications, plan.until, tables)
            if wanted <= goal:
                break
            goal = wanted
    facts = {
        "run_time": time.perf_counter() - started,
        "seconds_a_run": [sum(s.run_time for s in done[k::n]) / goal for k in range(n)],
    }
    runs = tuple(tuple(done[k::n]) for k in range(n))
    pairs = tuple(
        Comparison(
            Plan(plan.base, side, plan.days, plan.seed, goal, posterior=plan.posterior),
            table, goal, facts, (runs[0], own),
        )
        for side, table, own in zip(plan.others, tables, runs[1:], strict=True)
    )  # fmt: skip
    return Many(plan, goal, pairs, runs, facts)


def compare_all(plan: ManyPlan, done: Sequence[Summary]) -> list[pd.DataFrame]:
    """The paired differences of each scenario to the base, with intervals that hold for all scenarios together."""
    n, k = len(plan.sides), len(plan.others)
    return [simultaneous(compare_summaries(done[::n], done[place::n]), k) for place in range(1, n)]


def simultaneous(table: pd.DataFrame, k: int) -> pd.DataFrame:
    """A comparison's table with half-widths and verdicts that hold for `k` scenarios together."""
    wide = widened(table.half_width.to_numpy(float), table.n.to_numpy(float), k)
    rows: Any = table.itertuples(index=False)
    said = [
        verdict(row.difference, width, MEASURES[row.kpi].better, np.isfinite(row.a), np.isfinite(row.b))
        for row, width in zip(rows, wide, strict=True)
    ]
    return table.assign(half_width=wide, verdict=said)


def _tasks(plan: ManyPlan, first: int, last: int) -> list[Task]:
    return [
        Task(scenario, plan.days, plan.seed, replication, side.label)
        for replication in range(first, last)
        for side, scenario in zip(plan.sides, plan.scenarios(replication), strict=True)
    ]
