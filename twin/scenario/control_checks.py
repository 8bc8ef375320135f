"""What must hold in the day's control: names that exist, rules that do something, outages that say what and when."""

from collections.abc import Iterable, Iterator

from twin.scenario.answer_checks import heads_of, routed_skills
from twin.scenario.control_schema import CampaignPause, Control, Loan, LoanRule, Outage
from twin.scenario.files import nearest
from twin.scenario.provenance import Path, Problem, show
from twin.scenario.schema import Scenario
from twin.scenario.words import clock, duration

LEAST_EVERY = 1.0
"""Least time between two looks [s]."""
_NEEDS = {"site": ("site",), "slow": ("factor",), "ivr": (), "lines": ("lines",)}
_TAKES = {"site": {"site", "calls"}, "slow": {"site", "factor"}, "ivr": set(), "lines": {"lines"}}


def control_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong with the day's control of a scenario."""
    control = s.control
    if control is None:
        return
    yield from _loads(control)
    yield from _breaks(s, control)
    for i, loan in enumerate(control.loans):
        yield from _lending(s, ("control", "loans", i), loan)
        if loan.ends <= loan.begins:
            text = f"is {clock(loan.ends)}, must be after begins, {clock(loan.begins)}"
            yield Problem(("control", "loans", i, "ends"), text)
    for i, rule in enumerate(control.loan_rules):
        yield from _loan_rule(s, ("control", "loan_rules", i), rule)
    for i, outage in enumerate(control.outages):
        yield from _outage(s, ("control", "outages", i), outage)
        yield from _when(("control", "outages", i), outage)
    for i, pause in enumerate(control.campaign_pauses):
        yield from _pause(s, ("control", "campaign_pauses", i), pause)
    yield from _hours(s, control)
    yield from _looks(control)


def _unknown(path: Path, given: str, what: str, allowed: Iterable[str]) -> Iterator[Problem]:
    names = list(allowed)
    if given not in names:
        choice = f"must be one of {', '.join(names)}{nearest(given, names)}" if names else "but there are none"
        yield Problem(path, f"is {show(given)}, which is no {what}, {choice}")


def _loads(control: Control) -> Iterator[Problem]:
    wrap = control.wrap
    if wrap is not None and wrap.factor == 1 and wrap.at_most is None:
        yield Problem(("control", "wrap"), "cuts nothing short, must have a factor below 1, or at_most")


def _breaks(s: Scenario, control: Control) -> Iterator[Problem]:
    rule = control.breaks
    if rule is None:
        return
    at: Path = ("control", "breaks")
    if rule.over is None and rule.at_once is None:
        yield Problem(at, "puts nothing off, must have over, at_once, or both")
    if rule.over is None and rule.limit is not None:
        yield Problem((*at, "limit"), f"is {duration(rule.limit)}, must not be given without over")
    if not any(shift.breaks for shift in s.shifts.values()):
        yield Problem(at, "moves breaks, but no shift has any, must stand beside a shift with breaks")


def _lending(s: Scenario, at: Path, loan: Loan | LoanRule) -> Iterator[Problem]:
    yield from _unknown((*at, "group"), loan.group, "group", s.groups)
    routed = routed_skills(s) | dict.fromkeys(skill for leg in s.legs for skill in leg.skills)
    for skill in loan.skills:
        yield from _unknown((*at, "skills", skill), skill, "skill of a route", routed)
    if loan.group in s.groups and loan.count is not None:
        heads = heads_of(s, s.groups[loan.group])
        if loan.count > heads:
            yield Problem((*at, "count"), f"is {loan.count}, must be at most {heads}, the operators of {loan.group}")


def _loan_rule(s: Scenario, at: Path, rule: LoanRule) -> Iterator[Problem]:
    yield from _lending(s, at, rule)
    yield from _unknown((*at, "queue"), rule.queue, "queue", s.queues)
    if rule.below > rule.above:
        yield Problem((*at, "below"), f"is {duration(rule.below)}, must be at most above, {duration(rule.above)}")
    if rule.at_most is not None and rule.at_most < rule.count:
        yield Problem((*at, "at_most"), f"is {rule.at_most}, must be at least count, {rule.count}")


def _outage(s: Scenario, at: Path, outage: Outage) -> Iterator[Problem]:
    what = outage.what
    for key in _NEEDS[what]:
        if getattr(outage, key) is None:
            yield Problem((*at, key), f"is missing, must be given where what is '{what}'")
    for key in ("site", "factor", "lines", "calls"):
        if key in outage.model_fields_set and key not in _TAKES[what]:
            yield Problem((*at, key), f"is {show(getattr(outage, key))}, must not be given where what is '{what}'")
    if outage.site is not None:
        yield from _unknown((*at, "site"), outage.site, "site", s.sites)
    if what == "ivr" and s.ivr is None:
        yield Problem((*at, "what"), "is 'ivr', must not be so without [ivr]")
    if what != "lines":
        return
    trunks = s.limits.trunks
    if trunks is None:
        yield Problem((*at, "what"), "is 'lines', must not be so without limits.trunks")
    elif outage.lines is not None and outage.lines >= trunks:
        yield Problem((*at, "lines"), f"is {outage.lines}, must be below limits.trunks, {trunks}")


def _pause(s: Scenario, at: Path, rule: CampaignPause) -> Iterator[Problem]:
    if not s.campaigns:
        yield Problem(at, "stops campaigns, but there are none, must stand beside [campaigns]")
    for j, name in enumerate(rule.campaigns or []):
        yield from _unknown((*at, "campaigns", j), name, "campaign", s.campaigns)
    yield from _unknown((*at, "queue"), rule.queue, "queue", s.queues)
    if rule.above is None and rule.waiting_above is None:
        yield Problem(at, "stops nothing, must have above, waiting_above, or both")
    pairs = (
        (rule.above, rule.down_to, "above", duration),
        (rule.waiting_above, rule.waiting_down_to, "waiting_above", str),
    )
    for above, down_to, name, told in pairs:
        key = name.replace("above", "down_to") if name != "above" else "down_to"
        if down_to is not None and above is None:
            yield Problem((*at, key), f"is {told(down_to)}, must be left out without {name}")
        elif down_to is not None and above is not None and down_to > above:
            yield Problem((*at, key), f"is {told(down_to)}, must be at most {name}, {told(above)}")


def _when(at: Path, outage: Outage) -> Iterator[Problem]:
    by_clock, by_chance = ("at", "length"), ("between", "repair")
    given = {key for key in (*by_clock, *by_chance) if getattr(outage, key) is not None}
    if given not in (set(by_clock), set(by_chance)):
        yield Problem(at, "must have at and length, or between and repair")
    elif outage.is_by_chance and (outage.date is not None or outage.day is not None):
        yield Problem(at, "has a day and between, must have one of them")
    if outage.date is not None and outage.day is not None:
        yield Problem(at, "has both date and day, must have one of them, or none (every day)")


def _hours(s: Scenario, control: Control) -> Iterator[Problem]:
    """Early leave and overtime are for those whose hours are planned one by one."""
    counted = {name for name, group in s.groups.items() if group.head_count is not None}
    counted |= set(getattr(s.demand, "staffing_groups", ()))
    known: set[str] = set()
    for i, rule in enumerate(control.early_leave):
        at: Path = ("control", "early_leave", i, "group")
        yield from _unknown(at, rule.group, "group", s.groups)
        if rule.group in counted:
            yield Problem(at, f"is {show(rule.group)}, must be a group without head_count")
        if rule.group in known:
            yield Problem(at, f"is {show(rule.group)}, must not have two rules")
        known.add(rule.group)
    if control.overtime is not None and set(s.groups) <= counted:
        yield Problem(("control", "overtime"), "prolongs no shift, must stand beside a group without head_count")


def _looks(control: Control) -> Iterator[Problem]:
    looks: list[tuple[Path, float]] = [
        *((("control", "loan_rules", i, "every"), rule.every) for i, rule in enumerate(control.loan_rules)),
        *((("control", "early_leave", i, "every"), rule.every) for i, rule in enumerate(control.early_leave)),
    ]
    if control.breaks is not None:
        looks.append((("control", "breaks", "again"), control.breaks.again))
    looks += [
        (("control", "campaign_pauses", i, "every"), rule.every) for i, rule in enumerate(control.campaign_pauses)
    ]
    if control.overtime is not None:
        looks.append((("control", "overtime", "again"), control.overtime.again))
    for path, time in looks:
        if time < LEAST_EVERY:
            yield Problem(path, f"is {duration(time)}, must be at least {duration(LEAST_EVERY)}")
