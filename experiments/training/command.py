"""`twin skills SCENARIO`: where hours of skills are short; with a budget, a plan of courses that closes most of it."""

import re
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.training.gaps import Gaps, measure_gaps
from experiments.training.plan_file import plan_text
from experiments.training.propose import (
    BUDGET,
    CLOSED,
    NOBODY,
    Proposal,
    Rules,
    cost_of,
    gaps_with,
    hours_of,
    last_day,
    propose,
)
from twin.console import as_argument, progress, titled_table, wide_console
from twin.errors import InputError
from twin.output import as_json, write_text
from twin.scenario.load import load_scenario

_HOURS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*h?\s*$")
ENDED = {
    CLOSED: "All gaps are closed.",
    BUDGET: "The budget is spent.",
    NOBODY: "Nobody is left whose further training would close any more of the gaps.",
}


@dataclass(frozen=True)
class SkillsRequest:
    """What the command was told."""

    scenario: str
    overrides: Sequence[str] = ()
    days: int = 7
    seed: int = 1
    plan: str | None = None
    """Budget: "200h"."""
    start: int = 0
    hours: float = 24.0
    hours_a_day: float = 2.0
    together: float = 0.25
    out: str | None = None
    as_json: bool = False

    @property
    def rules(self) -> Rules | None:
        if self.plan is None:
            return None
        found = _HOURS.match(self.plan)
        if found is None:
            raise InputError(f"--plan is {self.plan!r}, must be hours, like 200h")
        rules = Rules(float(found[1]), self.hours, self.hours_a_day, self.start, self.together)
        rules.check()
        return rules


def skills_command(request: SkillsRequest) -> None:
    """Run, show the gaps, propose, write the plan."""
    rules = request.rules
    if request.out is not None:
        if rules is None:
            raise InputError("--out is for a plan, must stand beside --plan")
        if Path(request.out).exists():
            raise InputError(f"--out is {request.out!r}, which is there already, must be a new file")
    scenario = load_scenario(request.scenario, request.overrides)
    size = scenario.scale.size if len(scenario.scale.sizes) > 1 else ""
    with _bar() as tell:
        gaps = measure_gaps(scenario, request.scenario, size, request.days, request.seed, tell)
    proposal = propose(gaps, rules) if rules is not None else None
    text = plan_text(request.scenario, size, proposal.courses) if proposal is not None else ""
    if request.out is not None:
        write_text(text, request.out)
    if request.as_json:
        print(as_json(as_dict(gaps, proposal)))
        return
    console = wide_console()
    _print_gaps(gaps, proposal, console)
    if proposal is not None and rules is not None:
        _print_plan(gaps, proposal, rules, console)
    if request.out is not None:
        sized = f" --set size={size}" if size else ""
        names = f"{as_argument(request.scenario)} {as_argument(request.out)}"
        console.print(f"Plan: {request.out}; try it: twin compare {names}{sized}", soft_wrap=True)


@contextmanager
def _bar() -> Any:
    with progress("days") as bar:
        task = bar.add_task("skills", total=None)
        yield lambda day, last: bar.update(task, completed=day, total=last)


def as_dict(gaps: Gaps, proposal: Proposal | None) -> dict[str, Any]:
    """What `--json` prints."""
    found = {
        "scenario": gaps.scenario,
        "size": gaps.size,
        "days": gaps.days,
        "occupancy": gaps.occupancy,
        "gaps": gaps.table.to_dict("records"),
    }
    if proposal is None:
        return found
    return found | {
        "plan": [course.model_dump(exclude_unset=True) for course in proposal.courses],
        "ended": proposal.ended,
        "hours": hours_of(proposal.courses),
        "cost": cost_of(proposal.courses, gaps.trained_hour),
        "last_day": last_day(proposal.courses),
        "gaps_after": gaps_with(gaps, proposal.courses).to_dict("records"),
    }


def _print_gaps(gaps: Gaps, proposal: Proposal | None, console: Console) -> None:
    heads = ["Skill", "Holders", "Contacts", "Needed h", "Held h", "Gap h", *(["Gap h with plan"] if proposal else [])]
    table = titled_table(f"{gaps.scenario}: {gaps.days} counted days", *heads)
    after = gaps_with(gaps, proposal.courses)["gap_after"].tolist() if proposal else []
    for place, row in enumerate(gaps.table.to_dict("records")):
        cells = [row["skill"], f"{row['holders']:,}", f"{row['contacts']:,.0f}"]
        cells += [f"{row[key]:,.0f}" for key in ("needed", "held", "gap")]
        table.add_row(*cells, *([f"{after[place]:,.0f}"] if proposal else []))
    console.print(table)


def _print_plan(gaps: Gaps, proposal: Proposal, rules: Rules, console: Console) -> None:
    groups = dict(zip(gaps.operators.team.tolist(), gaps.operators.group.tolist(), strict=True))
    table = titled_table("Courses", "Team", "Skill", "Operators", "From day", "Hours each")
    for course in proposal.courses:
        assert course.team is not None
        whose = f"{course.team} ({groups[course.team]})"
        table.add_row(whose, course.skill, str(course.count), str(course.on), f"{course.hours:g}")
    if proposal.courses:
        console.print(table)
        console.print(
            f"{hours_of(proposal.courses):g} of {rules.budget:g} h, {cost_of(proposal.courses, gaps.trained_hour):,.0f}"
            f" EUR, over by day {last_day(proposal.courses)}. {ENDED[proposal.ended]}"
        )
    else:
        console.print(f"No course is proposed. {ENDED[proposal.ended]}")
