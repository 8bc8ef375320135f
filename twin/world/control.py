"""The day's control of a scenario as the kernel's tables."""

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.kernel.bulk import uniform_pairs
from twin.kernel.codes import Breakdown, Purpose
from twin.kernel.rule_tables import CONTROL, CREW, LEAVE, LOAN, OUTAGE, PAUSE, SITE, SUIT, UNIT
from twin.kernel.tables import N_STAFF_COUNTS
from twin.scenario.control_schema import CampaignPause, Control, Load, Loan, LoanRule, Outage
from twin.scenario.routing_schema import LEVELS
from twin.scenario.schema import Scenario
from twin.world.channels import interrupts
from twin.world.names import Names

WORN = ("first_node", "n_nodes", "profile", "ability")
"""What of an operator's row changes with the skills."""
_BREAKDOWNS = {
    "site": Breakdown.SITE,
    "slow": Breakdown.SLOW,
    "ivr": Breakdown.IVR,
    "lines": Breakdown.TRUNKS,
}


@dataclass
class _Held:
    level: int
    proficiency: float
    novice: float = 0.0


@dataclass
class Stand:
    """An operator with the skills of a loan, as if somebody else."""

    number: int
    group: str
    site: str
    speed: float
    skills: dict[str, Any] = field(default_factory=dict)


def lendings(scenario: Scenario) -> list[Loan | LoanRule]:
    """Loans by plan, then loans by rule: in the order of the kernel's rows."""
    return [*scenario.control.loans, *scenario.control.loan_rules] if scenario.control is not None else []


def stands(scenario: Scenario, persons: Sequence[Any]) -> list[Stand]:
    """For each loan, each operator of its group with what is held while lent; numbered on from the persons."""
    found: list[Stand] = []
    for loan in lendings(scenario):
        for person in persons:
            if person.group != loan.group:
                continue
            held = {name: copy(own) for name, own in person.skills.items()} if loan.keeps else {}
            for skill, lent in loan.skills.items():
                level, usual = LEVELS[lent.level], scenario.abilities.proficiency
                proficiency = usual.get(lent.level, usual.get("secondary", 0.0))
                held[skill] = _Held(level, proficiency if lent.proficiency is None else lent.proficiency)
            found.append(Stand(len(persons) + len(found), person.group, person.site, person.speed, held))
    return found


def part_suits(operators: np.recarray, nodes: np.recarray, n: int, persons: Sequence[Any], scenario: Scenario) -> Any:
    """SUIT rows, taken from the OPERATOR rows of the stands behind the first `n`; their nodes become the persons'."""
    suits = np.zeros(max(len(operators) - n, 1), SUIT).view(np.recarray)
    for name in WORN:
        suits[name][: len(operators) - n] = operators[name][n:]
    if len(operators) > n:
        wearers = [p.number for loan in lendings(scenario) for p in persons[:n] if p.group == loan.group]
        is_worn = nodes.operator >= n
        nodes.operator[is_worn] = np.array(wearers)[nodes.operator[is_worn] - n]
    return suits


def control_options(scenario: Scenario, options: Any) -> None:
    """Flags of the rules in use."""
    control = scenario.control
    if control is None or control == Control():
        return
    options.has_control = True
    options.has_wrap_rule = control.wrap is not None
    options.has_break_rule = control.breaks is not None
    options.has_outages = bool(control.outages)
    options.has_overtime = control.overtime is not None
    options.has_cuts = (control.wrap is not None and control.wrap.interrupt) or any(
        outage.calls == "lost" for outage in control.outages
    )


def build_control(
    scenario: Scenario, names: Names, persons: Sequence[Any], operators: np.recarray, n_rows: int, seed: int
) -> dict[str, np.ndarray]:
    """The tables of the day's control, by their names in `World`."""
    control = scenario.control or Control()
    unit = _units(control, persons)
    has_crew = control != Control() or interrupts(scenario)
    return {
        "control": _control(control, scenario.limits.trunks),
        "crew": _crew(control, names, persons if has_crew else [], operators, unit, seed),
        "loans": _loans(scenario, names, operators),
        "leaves": _leaves(control, names),
        "units": np.zeros(int(unit.max(initial=0)) + 1, UNIT).view(np.recarray),
        "sites": np.array([(False, 1.0)] * len(names.sites), SITE).view(np.recarray),
        "outages": _outages(control, names),
        "pauses": _pauses(scenario, names),
        "staff_counts": np.zeros((n_rows if scenario.control is not None else 0, len(names.groups), N_STAFF_COUNTS)),
    }


def _load(row: Any, name: str, load: Load | None) -> None:
    row[f"{name}_waiting"] = math.inf if load is None or load.waiting is None else load.waiting
    row[f"{name}_expected"] = math.inf if load is None or load.expected_wait is None else load.expected_wait


def _control(control: Control, trunks: int | None) -> np.recarray:
    table = np.zeros(1, CONTROL).view(np.recarray)
    table.trunks = -1 if trunks is None else trunks
    table.first_wrap = table.last_wrap = table.most_away = -1
    for name, rule in (("wrap", control.wrap), ("break", control.breaks), ("overtime", control.overtime)):
        _load(table, name, rule.over if rule is not None else None)
    if (wrap := control.wrap) is not None:
        table.wrap_factor, table.wrap_most = wrap.factor, math.inf if wrap.at_most is None else wrap.at_most
        table.wrap_postpones, table.wrap_interrupts = wrap.postpone, wrap.interrupt
    if (breaks := control.breaks) is not None:
        table.break_limit = math.inf if breaks.limit is None else breaks.limit
        table.break_again = breaks.again
        table.most_away = -1 if breaks.at_once is None else breaks.at_once
    if (overtime := control.overtime) is not None:
        table.overtime_most, table.overtime_again = overtime.at_most, overtime.again
    return table


def _units(control: Control, persons: Sequence[Any]) -> np.ndarray:
    """Row of the unit that shares a limit of breaks, for each operator."""
    per = control.breaks.per if control.breaks is not None else "centre"
    if per == "centre":
        return np.zeros(len(persons), int)
    keys = [person.team if per == "team" else person.group if per == "group" else _first(person) for person in persons]
    rows = {key: row for row, key in enumerate(dict.fromkeys(keys))}
    return np.array([rows[key] for key in keys], int)


def _first(person: Any) -> str:
    """The skill for which the person stands in the roster: of the best level, most proficient."""
    return min(((held.level, -held.proficiency, name) for name, held in person.skills.items()), default=(0, 0, ""))[2]


def _crew(
    control: Control, names: Names, persons: Sequence[Any], operators: np.recarray, unit: np.ndarray, seed: int
) -> np.recarray:
    if not persons:
        return np.zeros(1, CREW).view(np.recarray)
    crew = np.zeros(len(persons), CREW).view(np.recarray)
    site_rows = {name: row for row, name in enumerate(names.sites)}
    crew.site = [site_rows[person.site] for person in persons]
    crew.unit = unit
    crew.loan = crew.next_loan = crew.wrap_interval = crew.wrap_before = crew.wrap_after = -1
    for name in WORN:
        crew[name] = operators[name]
    numbers = np.array([person.number for person in persons], np.uint64)
    chance = uniform_pairs(np.uint64(seed), np.uint64(Purpose.VOLUNTEER), numbers, np.uint64(0))
    share = {rule.group: rule.volunteers for rule in control.early_leave}
    crew.leaves_early = chance[:, 0] < np.array([share.get(person.group, 0.0) for person in persons])
    crew.stays_on = chance[:, 1] < (control.overtime.volunteers if control.overtime is not None else 0.0)
    return crew


def _loans(scenario: Scenario, names: Names, operators: np.recarray) -> np.recarray:
    found = lendings(scenario)
    table = np.zeros(max(len(found), 1), LOAN).view(np.recarray)
    first = 0
    for row, loan in zip(table, found, strict=False):
        row.group, row.first_suit, row.queue = names.groups.index(loan.group), first, -1
        row.n = -1 if loan.count is None else loan.count
        row.most = row.n
        if isinstance(loan, LoanRule):
            row.queue = names.queues.index(loan.queue)
            row.most = loan.count if loan.at_most is None else loan.at_most
            row.expected_wait, row.idle_share, row.return_below = loan.above, loan.idle_share, loan.below
        first += int((operators.group == row.group).sum())
    return table


def _leaves(control: Control, names: Names) -> np.recarray:
    table = np.zeros(max(len(control.early_leave), 1), LEAVE).view(np.recarray)
    for row, rule in zip(table, control.early_leave, strict=False):
        row.group, row.n, row.idle_share = names.groups.index(rule.group), rule.at_once, rule.idle_share
    return table


def paused(scenario: Scenario) -> list[tuple[CampaignPause, str]]:
    """Each rule that stops campaigns with each of them: in the order of the kernel's rows."""
    rules = scenario.control.campaign_pauses if scenario.control is not None else []
    return [(rule, name) for rule in rules for name in rule.campaigns or scenario.campaigns]


def _pauses(scenario: Scenario, names: Names) -> np.recarray:
    found = paused(scenario)
    table = np.zeros(max(len(found), 1), PAUSE).view(np.recarray)
    for row, (rule, name) in zip(table, found, strict=False):
        row.campaign, row.queue = list(scenario.campaigns).index(name), names.queues.index(rule.queue)
        row.wait_above = math.inf if rule.above is None else rule.above
        row.wait_down_to = row.wait_above if rule.down_to is None else rule.down_to
        row.n_above = math.inf if rule.waiting_above is None else rule.waiting_above
        row.n_down_to = row.n_above if rule.waiting_down_to is None else rule.waiting_down_to
    return table


def _outages(control: Control, names: Names) -> np.recarray:
    table = np.zeros(max(len(control.outages), 1), OUTAGE).view(np.recarray)
    for row, outage in zip(table, control.outages, strict=False):
        row.kind, row.site, row.factor, row.trunks, row.loses = _outage(outage, names)
    return table


def _outage(outage: Outage, names: Names) -> tuple[int, int, float, int, bool]:
    site = -1 if outage.site is None else names.sites.index(outage.site)
    return int(_BREAKDOWNS[outage.what]), site, outage.factor or 1.0, outage.lines or 0, outage.calls == "lost"
