"""What a control room can do for the rest of the day, each as a change of the scenario's rules from now on."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from twin.scenario.checks import check
from twin.scenario.control_schema import BreakRule, CampaignPause, Control, Lent, Load, Loan
from twin.scenario.schema import Group, Scenario
from twin.scenario.units import Parsed, parse_clock

Kind = Literal["none", "lend", "add", "breaks", "overflow", "outbound"]
NEVER = 10**9  # a load that is never met: a rule that sleeps until it is wanted
PUT_OFF_ABOVE = 0.1
"""Contacts that wait per holder of their skill on duty, above which breaks are put off [-] (assumed)."""
NOTHING_WAITS = -1.0
CLOSED = "the centre has closed by then"
THERE = 60.0
"""[s] after the start of a shift at which those who come are there to be lent."""


@dataclass(frozen=True)
class Action:
    """One thing to do at an instant."""

    kind: Kind
    title: str
    scenario: Scenario
    """With the rule in it, asleep until the instant."""
    added: dict[str, int] | None = None
    """Group whose operators are counted -> how many more are there from the instant on."""

    def begin(self, model: Any) -> None:
        """Wake the rule up: policies are rows in tables."""
        if self.kind == "breaks":
            model.world.control[0].break_waiting = PUT_OFF_ABOVE
        if self.kind == "outbound":
            model.world.pauses.n_above = model.world.pauses.n_down_to = NOTHING_WAITS


def actions_for(scenario: Scenario, now: float, n: int) -> tuple[list[Action], dict[str, str]]:
    """Doing nothing, and what this centre can do; and what it cannot, with the reason.

    Parameters
    ----------
    now : float
        [s after midnight]
    n : int
        Operators to lend.
    """
    none = Action("none", "nothing", scenario)
    if now >= scenario.opening.closes:
        return [none], dict.fromkeys(("lend", "breaks", "overflow", "outbound"), CLOSED)
    known = set(check(scenario))  # of rates that were read off others, or off a volume: not of what is done
    queue = _busiest(scenario)
    found, refused = [none], {}
    for make in (_lend, _breaks, _overflow, _outbound):
        action = make(scenario, queue, now, n)
        if isinstance(action, str):
            refused[make.__name__.strip("_")] = action
            continue
        problem = next((one for one in check(action.scenario) if one not in known), None)
        if problem is None:
            found.append(action)
        else:
            refused[action.title] = f"{'.'.join(map(str, problem.path))} {problem.text}"
    return found, refused


def _busiest(scenario: Scenario) -> str:
    """The queue that the most expected contacts go to: the first route without conditions, else the first one."""
    rates = {name: float(np.mean(rate)) for name, rate in getattr(scenario.demand, "rates", {}).items()}
    load: dict[str, float] = {}
    for intent, rate in rates.items():
        route = next((r for r in scenario.routes if r.intents is None or intent in r.intents), None)
        if route is not None:
            load[route.queue] = load.get(route.queue, 0.0) + rate
    return max(load, key=lambda name: load[name]) if load else next(iter(scenario.queues))


def _skills_of(scenario: Scenario, queue: str) -> list[str]:
    return list(
        dict.fromkeys(choice.skill for route in scenario.routes if route.queue == queue for choice in route.skills)
    )


def _donors(scenario: Scenario, queue: str) -> dict[str, Group]:
    """Groups that do not answer the queue."""
    skills = set(_skills_of(scenario, queue))
    return {name: group for name, group in scenario.groups.items() if not skills & set(group.skills)}


def _controlled(scenario: Scenario, **changes: Any) -> Scenario:
    control = scenario.control or Control()
    return scenario.model_copy(update={"control": control.model_copy(update=changes)})


def _loans(scenario: Scenario) -> list[Loan]:
    return list(scenario.control.loans) if scenario.control is not None else []


def _from(scenario: Scenario, begins: float) -> dict[str, Any]:
    """From the instant to the end of the day."""
    return {"begins": Parsed(begins), "ends": Parsed(scenario.opening.closes)}


def _there(scenario: Scenario, name: str) -> float:
    """[s after midnight] Instant from which the first of a group are there, of whom some can be lent."""
    shift = scenario.groups[name].shift
    if shift is None:
        return scenario.opening.opens + THERE
    of = scenario.shifts[shift]
    starts = [parse_clock(text) for text in of.starts]
    starts += [at for pattern in of.patterns for at in pattern.week.values()]
    return max(scenario.opening.opens, min(starts, default=0.0)) + THERE


def _lend(scenario: Scenario, queue: str, now: float, n: int) -> Action | str:
    donors = _donors(scenario, queue)
    if donors:
        name = max(donors, key=lambda donor: donors[donor].heads(scenario.factor))
        skill, begins = _skills_of(scenario, queue)[0], max(now, _there(scenario, name))
        if begins >= scenario.opening.closes:
            return CLOSED
        loan = Loan(group=name, skills={skill: Lent(level="secondary")}, count=n, **_from(scenario, begins))
        changed = _controlled(scenario, loans=[*_loans(scenario), loan])
        return Action("lend", f"lend {n} operators of {name} to {queue}", changed)
    counted = [name for name, group in scenario.groups.items() if group.head_count is not None]
    if not counted:
        return f"everybody answers {queue} already, and nobody's hours are counted by head"
    group = scenario.groups[counted[0]]
    groups = scenario.groups | {counted[0]: group.model_copy(update={"count": group.count + n})}
    changed = scenario.model_copy(update={"groups": groups})
    return Action("add", f"{n} more operators in {counted[0]}", changed, {counted[0]: n})


def _breaks(scenario: Scenario, queue: str, now: float, n: int) -> Action | str:
    if scenario.control is not None and scenario.control.breaks is not None:
        return "breaks give way to load all day already"
    used = {group.shift for group in scenario.groups.values()}
    if not any(shift.breaks is not None for name, shift in scenario.shifts.items() if name in used):
        return "no shift has breaks"
    rule = BreakRule(over=Load(waiting=NEVER))
    return Action("breaks", "put breaks off while calls wait", _controlled(scenario, breaks=rule))


def _overflow(scenario: Scenario, queue: str, now: float, n: int) -> Action | str:
    donors = _donors(scenario, queue)
    if not donors:
        return f"everybody answers {queue} already"
    skill = _skills_of(scenario, queue)[0]
    loans = [
        Loan(group=name, skills={skill: Lent(level="secondary")}, keeps=True, **_from(scenario, now)) for name in donors
    ]
    changed = _controlled(scenario, loans=[*_loans(scenario), *loans])
    return Action("overflow", f"open the overflow of {queue} to {', '.join(donors)}", changed)


def _outbound(scenario: Scenario, queue: str, now: float, n: int) -> Action | str:
    if not scenario.campaigns:
        return "there are no campaigns"
    pauses = list(scenario.control.campaign_pauses) if scenario.control is not None else []
    if pauses:
        return "campaigns give way to load all day already"
    rule = CampaignPause(queue=queue, waiting_above=NEVER)
    return Action("outbound", "stop outbound calls", _controlled(scenario, campaign_pauses=[rule]))


def with_presence(action: Action, presence: float, luck: dict[str, float]) -> Action:
    """The action in a centre in which this share of the planned operators has come; `luck` rounds, by group."""
    scenario = action.scenario
    groups = {
        name: group.model_copy(
            update={"count": _rounded(group.heads(scenario.factor) * presence, luck[name]), "scaled": False}
        )
        if group.head_count is None
        else group.model_copy(update={"count": int(group.count * max(presence, 1.0)) + 2})
        for name, group in scenario.groups.items()
    }
    return replace(action, scenario=scenario.model_copy(update={"groups": groups}))


def _rounded(value: float, luck: float) -> int:
    """Up or down by luck in [0, 1), so that the mean is right; at least one."""
    return max(int(value + luck), 1)
