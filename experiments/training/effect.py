"""What a plan of courses changes: the scenario without and with it, the same customers, week by week."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from experiments.compare.command import OnRun, run_and_write
from experiments.compare.comparison import Comparison, Plan
from experiments.compare.paired import compare_summaries
from experiments.compare.replicate import Summary
from experiments.compare.side import Side
from experiments.training.plan_file import plan_text
from twin.errors import InputError
from twin.output import write_parquet, write_text
from twin.people.courses import SUMS as COURSE_SUMS
from twin.scenario.training_schema import Course

WEEK = 7
WEEKS = "weeks.parquet"
PLAN = "plan.toml"


@dataclass(frozen=True)
class Trial:
    """What is to be tried."""

    base: str
    size: str
    courses: tuple[Course, ...]
    weeks: int
    pairs: int
    seed: int = 1

    def plan(self, folder: Path) -> Plan:
        """Both scenarios, read and checked; the one with the courses is kept in the folder.

        Raises
        ------
        InputError
        """
        if not self.courses:
            raise InputError("the plan has no course, must have one to be tried")
        if self.weeks < 1:
            raise InputError(f"weeks is {self.weeks}, must be 1 or more")
        path = write_text(plan_text(self.base, self.size, self.courses, folder=folder), folder / PLAN)
        size = [f"scale.size={self.size}"] if self.size else []
        return Plan.of(Side.load(self.base, size), Side.load(str(path), []), WEEK * self.weeks, self.seed, self.pairs)


def try_plan(
    trial: Trial, folder: Path, workers: int | None = None, on_run: OnRun | None = None
) -> tuple[Comparison, pd.DataFrame]:
    """The comparison, and its table by week (as `compare_summaries` makes it); everything is left in the folder too."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = trial.plan(folder)
    found = run_and_write(plan, folder, workers, on_run)
    a, b = without_courses(found.pairs[0]), found.pairs[1]
    weeks = by_week(a, b)
    write_parquet(weeks, folder / WEEKS)
    return Comparison(found.plan, compare_summaries(a, b), found.replications, found.facts, (a, b)), weeks


def without_courses(summaries: Sequence[Summary]) -> list[Summary]:
    """Runs without any course cost 0 h and 0 EUR of them, so that there is a difference to tell."""
    nothing = dict.fromkeys(COURSE_SUMS, 0.0)
    return [
        replace(s, counts={by: t.assign(**nothing) if set(by) <= {"day"} else t for by, t in s.counts.items()})
        for s in summaries
    ]


def by_week(a: Sequence[Summary], b: Sequence[Summary]) -> pd.DataFrame:
    """KPIs of each counted week, the first one 0, and their paired differences."""
    return compare_summaries([_weekly(s) for s in a], [_weekly(s) for s in b], bys=(("week",),))


def _weekly(summary: Summary) -> Summary:
    days = summary.counts[("day",)]
    weeks = days.groupby(days.index.to_numpy() // WEEK).sum()
    weeks.index.name = "week"
    return replace(summary, counts={("week",): weeks})
