"""Compare two scenarios as `twin compare` does, and tell the page of each pair."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.compare.command import run_and_write
from experiments.compare.comparison import Comparison, Plan
from experiments.compare.fitted import Named, load_sides
from experiments.compare.paired import compare_summaries
from experiments.compare.replicate import Summary
from experiments.compare.stopping import MOST, parse_targets
from twin.kernel import is_compiled
from twin.ui.parts.work import Reporter
from twin.ui.work.scenarios import check_changes


@dataclass(frozen=True)
class Request:
    """What the reader has chosen."""

    a: str
    b: str
    both: tuple[str, ...] = ()
    """Values set over both scenarios: "key=value"."""
    of_a: tuple[str, ...] = ()
    of_b: tuple[str, ...] = ()
    size: str = ""
    days: int | None = None
    pairs: int = 10
    until: tuple[str, ...] = ()
    seed: int = 1

    def plan(self) -> Plan:
        """The plan, with both scenarios read and checked.

        Raises
        ------
        InputError
        """
        check_changes([*self.both, *self.of_a, *self.of_b])
        both = [*([f"scale.size={self.size}"] if self.size else []), *self.both]
        sides = (self.a, self.of_a), (self.b, self.of_b)
        a, b = load_sides(*(Named(name, [*both, *own], own) for name, own in sides))
        plan = Plan.of(a, b, self.days, self.seed, self.pairs)
        return replace(plan, until=parse_targets(self.until), replications=MOST) if self.until else plan


@dataclass(frozen=True)
class Outcome:
    """A finished comparison, without its runs, as it travels from process to process."""

    plan: Plan
    table: pd.DataFrame
    facts: dict[str, Any]
    folder: Path
    """Of its report and tables."""

    @cached_property
    def comparison(self) -> Comparison:
        """The comparison again."""
        return Comparison(self.plan, self.table, self.plan.replications, self.facts)


@dataclass(frozen=True)
class FirstNumbers:
    """What is known after some of the pairs."""

    pairs: int
    table: pd.DataFrame
    """See `paired.compare_summaries`, everything together only."""


def compare(report: Reporter, request: Request, folder: Path) -> Outcome:
    """Run it; tables and report are in the folder, the runs themselves stay behind."""
    report.progress(None, "reading")
    plan = request.plan()
    report.progress(None, "first_pair" if is_compiled() else "compiling")
    told = _Told(report)
    comparison = run_and_write(plan, folder, on_run=told)
    return Outcome(comparison.plan, comparison.table, comparison.facts, folder)


class _Told:
    """Hears of each run; hands over first numbers with each pair."""

    def __init__(self, report: Reporter):
        self.report = report
        self.sides: dict[str, dict[int, Summary]] = {"a": {}, "b": {}}

    def __call__(self, summary: Summary, side: str, goal: int) -> None:
        self.sides[side][summary.replication] = replace(summary, counts={(): summary.counts[()]})
        both = sorted(self.sides["a"].keys() & self.sides["b"].keys())
        done = sum(len(known) for known in self.sides.values())
        self.report.progress(done / (2 * goal), "pairs_done", n=len(both), total=goal)
        if both and summary.replication in both:
            a, b = ([self.sides[name][k] for k in both] for name in "ab")
            self.report.partial(FirstNumbers(len(both), compare_summaries(a, b, bys=((),))))
