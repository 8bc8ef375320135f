"""The training plan of the page Skills: its courses in the address, what each team can send, the trial."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.compare.comparison import Comparison, Plan
from experiments.compare.replicate import Summary
from experiments.training.effect import PLAN, Trial, try_plan
from experiments.training.gaps import OWN_LEVELS
from twin.scenario.training_schema import Course
from twin.ui.parts.work import Reporter
from twin.ui.work.skills import Staff

MOST_COURSES = 60
MOST_HOURS = 400.0
_PART, _BETWEEN = "|", "~"
_WHOLE = re.compile(r"\d{1,6}$")


def courses_text(courses: Sequence[Course]) -> str:
    """The plan as it stands in the address: team, skill, operators, start, hours of each course."""
    return _BETWEEN.join(_PART.join((str(c.team), c.skill, str(c.count), str(c.on), f"{c.hours:g}")) for c in courses)


def courses_in(text: str, hours_a_day: float, staff: Staff) -> list[Course]:
    """What an address says, without what the staff does not have."""
    found = []
    for part in text.split(_BETWEEN)[:MOST_COURSES]:
        fields = part.split(_PART)
        if len(fields) != 5 or not all(_WHOLE.match(fields[k]) for k in (0, 2, 3)):
            continue
        try:
            hours = float(fields[4])
        except ValueError:
            continue
        team, skill, count = int(fields[0]), fields[1], int(fields[2])
        if team not in staff.teams or skill not in staff.skills or count < 1 or not 0 < hours <= MOST_HOURS:
            continue
        found.append(
            Course(skill=skill, team=team, count=count, on=int(fields[3]), hours=hours, hours_a_day=hours_a_day)
        )
    return found


def most_to_send(staff: Staff, team: int, skill: str) -> int:
    """Operators of a team who do not hold a skill."""
    members = staff.persons.index[staff.persons["team"] == team]
    held = staff.held[(staff.held["skill"] == skill) & (staff.held["level"] <= OWN_LEVELS)]
    return int((~members.isin(held["operator"])).sum())


def new_course(staff: Staff, courses: Sequence[Course], hours_a_day: float) -> Course:
    """A row to begin with: like the last one, or the first team and a skill that somebody there lacks."""
    if courses:
        return courses[-1]
    for team in staff.teams:
        for skill in staff.skills:
            if most_to_send(staff, team, skill):
                return Course(skill=skill, team=team, count=1, hours=24.0, hours_a_day=hours_a_day)
    return Course(skill=next(iter(staff.skills)), team=next(iter(staff.teams), 0), count=1, hours=24.0,
                  hours_a_day=hours_a_day)  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """A finished trial, without its runs, as it travels from process to process."""

    trial: Trial
    plan: Plan
    table: pd.DataFrame
    weeks: pd.DataFrame
    facts: dict[str, Any]
    folder: Path

    @cached_property
    def comparison(self) -> Comparison:
        return Comparison(self.plan, self.table, self.plan.replications, self.facts)

    @cached_property
    def by_week(self) -> Comparison:
        """The same by week: `row(kpi, "week", "0")`."""
        return Comparison(self.plan, self.weeks, self.plan.replications, self.facts)


def try_training(report: Reporter, trial: Trial, folder: Path) -> Tried:
    """Run the scenario without and with the plan; tables and report are in the folder."""
    from twin.kernel import is_compiled

    report.progress(None, "first_pair" if is_compiled() else "compiling")
    given = trial
    base = Path(trial.base)
    if base.is_relative_to(folder.parent):  # handed in: what is taken along holds it, too, and names it beside the plan
        folder.mkdir(parents=True, exist_ok=True)
        trial = replace(trial, base=str(shutil.copy(base, folder / (base.name if base.name != PLAN else "base.toml"))))
    done = {"a": 0, "b": 0}

    def tell(_: Summary, side: str, goal: int) -> None:
        done[side] += 1
        report.progress(sum(done.values()) / (2 * goal), "pairs_done", n=min(done.values()), total=goal)

    comparison, weeks = try_plan(trial, folder, on_run=tell)
    return Tried(given, comparison.plan, comparison.table, weeks, comparison.facts, folder)
