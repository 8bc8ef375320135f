"""The day's control in words, for `twin show`."""

from collections.abc import Iterator

from twin.scenario.control_schema import (
    BreakRule,
    CampaignPause,
    Control,
    EarlyLeave,
    Load,
    Loan,
    LoanRule,
    Outage,
    Overtime,
    WrapRule,
)
from twin.scenario.words import clock, duration, joined, law, percent


def control_sentences(control: Control | None) -> list[str]:
    """A sentence or two for each rule and event."""
    if control is None:
        return []
    lines = [*_wrap(control.wrap), *_breaks(control.breaks)]
    lines += [_loan(loan) for loan in control.loans] + [_loan_rule(rule) for rule in control.loan_rules]
    lines += [_outage(outage) for outage in control.outages]
    lines += [_early_leave(rule) for rule in control.early_leave]
    return [*lines, *_overtime(control.overtime), *map(_pause, control.campaign_pauses)]


def _load(load: Load) -> str:
    parts = []
    if load.waiting is not None:
        parts.append(f"more than {load.waiting:g} wait for each operator on duty")
    if load.expected_wait is not None:
        parts.append(f"the expected wait is above {duration(load.expected_wait)}")
    return " or ".join(parts)


def _wrap(rule: WrapRule | None) -> Iterator[str]:
    if rule is None:
        return
    parts = [f"cut to {percent(rule.factor)}"] if rule.factor < 1 else []
    parts += [f"at most {duration(rule.at_most)}"] if rule.at_most is not None else []
    rest = "the rest is done when nobody waits" if rule.postpone else "the rest is left out"
    under_way = "; one under way is cut, too" if rule.interrupt else ""
    yield f"While {_load(rule.over)}, wrap-up is {joined(parts)}; {rest}{under_way}."


def _breaks(rule: BreakRule | None) -> Iterator[str]:
    if rule is None:
        return
    if rule.over is not None:
        limit = f", by {duration(rule.limit)} at most" if rule.limit is not None else ""
        yield f"Breaks are put off while {_load(rule.over)}{limit}, and caught up later."
    if rule.at_once is not None:
        where = "in the whole centre" if rule.per == "centre" else f"in each {rule.per}"
        yield f"At most {rule.at_once} {where} are on a break at a time."


def _who(loan: Loan | LoanRule) -> str:
    n = "All operators" if loan.count is None else f"{loan.count} operators"
    skills = joined([f"{skill} ({lent.level})" for skill, lent in loan.skills.items()])
    return f"{n} of {loan.group} answer {'also ' if loan.keeps else ''}{skills}"


def _loan(loan: Loan) -> str:
    days = "every day" if loan.days is None else f"on {joined(list(loan.days))}"
    return f"{_who(loan)} from {clock(loan.begins)} to {clock(loan.ends)} {days}."


def _loan_rule(rule: LoanRule) -> str:
    idle = f" and more than {percent(rule.idle_share)} of them are idle" if rule.idle_share > 0 else ""
    most = f", {rule.at_most} in all" if rule.at_most is not None else ""
    return (
        f"{_who(rule)} when the expected wait of queue {rule.queue} is above {duration(rule.above)}{idle}{most}; they "
        f"return when it is below {duration(rule.below)}, looked at every {duration(rule.every)}."
    )


def _outage(outage: Outage) -> str:
    match outage.what:
        case "site":
            talks = "are cut off" if outage.calls == "lost" else "are finished"
            what = f"Site {outage.site} is down, talks in progress {talks}"
        case "slow":
            where = f"at site {outage.site}" if outage.site is not None else "everywhere"
            what = f"Talk and wrap-up take {outage.factor:g} times as long {where}"
        case "ivr":
            what = "The IVR is down and all ask for an operator"
        case _:
            what = f"Only {outage.lines} telephone lines are left"
    return f"{what}: {_when(outage)}."


def _when(outage: Outage) -> str:
    if outage.at is None or outage.length is None:
        return f"time between failures {law(outage.between)}, repair {law(outage.repair)}"
    day = "every day"
    if outage.day is not None:
        day = f"on day {outage.day}"
    elif outage.date is not None:
        day = f"on {outage.date}"
    return f"{day} from {clock(outage.at)} for {duration(outage.length)}"


def _volunteers(share: float) -> str:
    return f" ({percent(share)} of them volunteer)" if share < 1 else ""


def _early_leave(rule: EarlyLeave) -> str:
    return (
        f"While more than {percent(rule.idle_share)} of {rule.group} are idle, up to {rule.at_once} go home early "
        f"every {duration(rule.every)}{_volunteers(rule.volunteers)}."
    )


def _overtime(rule: Overtime | None) -> Iterator[str]:
    if rule is not None:
        who = f"Operators{_volunteers(rule.volunteers)}"
        yield f"{who} stay up to {duration(rule.at_most)} after their shift while {_load(rule.over)}."


def _pause(rule: CampaignPause) -> str:
    who = "Campaigns" if rule.campaigns is None else joined(rule.campaigns)
    high, low = [], []
    if rule.above is not None:
        high.append(f"the expected wait is above {duration(rule.above)}")
        low.append(f"it is at most {duration(rule.above if rule.down_to is None else rule.down_to)}")
    if rule.waiting_above is not None:
        high.append(f"more than {rule.waiting_above} wait")
        low.append(f"at most {rule.waiting_above if rule.waiting_down_to is None else rule.waiting_down_to} wait")
    when = f"in queue {rule.queue} {' or '.join(high)}"
    return f"{who} dial nobody from when {when} until {joined(low)}, looked at every {duration(rule.every)}."
