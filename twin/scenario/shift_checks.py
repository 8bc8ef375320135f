"""Shifts: starts or patterns, patterns within the opening hours, and the rules that a shift states for itself."""

from collections.abc import Iterator

from twin.scenario.days import WEEKDAYS
from twin.scenario.problems import name_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario
from twin.scenario.shift_schema import Pattern, Shift
from twin.scenario.words import clock, duration

DAY = 86400.0  # [s]


def shift_problems(s: Scenario) -> Iterator[Problem]:
    for name, shift in s.shifts.items():
        at: Path = ("shifts", name)
        if not shift.starts and not shift.patterns:
            yield Problem((*at, "starts"), "is missing, must be given, or patterns in its place")
        if not shift.patterns:
            yield from _even_breaks(shift, at)
            yield from _rules_of_shares(shift, at)
        for i, pattern in enumerate(shift.patterns):
            here: Path = (*at, "patterns", i)
            yield from name_problems((*here, "queue"), pattern.queue, s.queues)
            said = list(_unclear(pattern, here))
            yield from said
            if not said:
                yield from _within_opening(s, shift, pattern, here)
                yield from _breaks(shift, pattern, here)
                yield from _rules(s, shift, pattern, here)


def _unclear(pattern: Pattern, at: Path) -> Iterator[Problem]:
    if pattern.starts and (pattern.start is not None or pattern.days):
        yield Problem(at, "has starts beside start or days, must have starts alone, or start and days")
    elif not pattern.starts and (pattern.start is None or not pattern.days):
        yield Problem(at, "must have start and days, or starts by weekday")
    if len(set(pattern.days)) < len(pattern.days):
        yield Problem((*at, "days"), f"is {', '.join(pattern.days)}, must name each weekday once")


def _within_opening(s: Scenario, shift: Shift, pattern: Pattern, at: Path) -> Iterator[Problem]:
    """A centre that never closes may have shifts over midnight."""
    opens, closes = s.opening.opens, s.opening.closes
    if closes <= opens:
        return
    is_always_open = opens == 0 and closes == DAY
    for day, start in pattern.week.items():
        end = start + (pattern.length or shift.length)
        if day not in s.opening.days:
            yield Problem(at, f"works on {day}, must be days on which the centre is open: {', '.join(s.opening.days)}")
        elif not is_always_open and (start < opens or end > closes):
            hours = f"must lie within the opening hours, {clock(opens)} to {clock(closes)}"
            yield Problem(at, f"is a shift from {clock(start)} to {clock(end)}, {hours}")
            return


def _breaks(shift: Shift, pattern: Pattern, at: Path) -> Iterator[Problem]:
    if pattern.breaks is None:
        yield from _even_breaks(shift, at, pattern)
        return
    if pattern.breaks and shift.breaks is None:
        yield Problem((*at, "breaks"), "is given, must not be without breaks of the shift, which say how long they are")
        return
    ends = [0.0, *(after + shift.breaks.length for after in pattern.breaks if shift.breaks)]
    length = pattern.length or shift.length
    if any(after < end for after, end in zip(pattern.breaks, ends, strict=False)) or ends[-1] > length:
        given = ", ".join(duration(after) for after in pattern.breaks)
        yield Problem((*at, "breaks"), f"is {given}, must follow each other within the shift of {duration(length)}")
        return
    yield from _even_breaks(shift, at, pattern)


def _even_breaks(shift: Shift, at: Path, pattern: Pattern | None = None) -> Iterator[Problem]:
    """Rule: nobody works longer than `break_within` without a break."""
    limit = shift.rules.break_within
    if limit is None:
        return
    pause = shift.breaks.length if shift.breaks is not None else 0.0
    length = (pattern.length if pattern is not None else None) or shift.length
    breaks = shift.breaks_after(pattern)
    for begin, end in zip([0.0, *(after + pause for after in breaks)], [*breaks, length], strict=True):
        if end - begin > limit + 1e-6:
            given = f"works {duration(end - begin)} without a break, from {duration(begin)} after the start"
            yield Problem(at, f"{given}, must not exceed break_within, {duration(limit)}")
            return


def _rules_of_shares(shift: Shift, at: Path) -> Iterator[Problem]:
    rules = shift.rules
    if rules.longest is not None and shift.length > rules.longest:
        yield Problem(
            (*at, "length"), f"is {duration(shift.length)}, must not exceed longest, {duration(rules.longest)}"
        )
    if rules.most_days is not None and shift.days_a_week > rules.most_days:
        yield Problem((*at, "days_a_week"), f"is {shift.days_a_week}, must not exceed most_days, {rules.most_days}")
    if rules.rest is not None and shift.days_a_week > 1 and DAY - shift.length < rules.rest:
        given = f"leaves {duration(max(DAY - shift.length, 0))} of rest from day to day"
        yield Problem((*at, "length"), f"{given}, must be at least rest, {duration(rules.rest)}")


def _rules(s: Scenario, shift: Shift, pattern: Pattern, at: Path) -> Iterator[Problem]:
    rules, week = shift.rules, pattern.week
    length = pattern.length or shift.length
    if rules.longest is not None and length > rules.longest:
        yield Problem(at, f"is a shift of {duration(length)}, must not exceed longest, {duration(rules.longest)}")
    if rules.most_days is not None and len(week) > rules.most_days:
        yield Problem(at, f"works {len(week)} days a week, must not exceed most_days, {rules.most_days}")
    for day, start in week.items() if rules.starts_every is not None else ():
        after = (start - s.opening.opens) / (rules.starts_every or DAY)
        if abs(after - round(after)) > 1e-6:
            grid = f"must lie on the grid of starts_every, {duration(rules.starts_every or DAY)}, from opening"
            yield Problem(at, f"starts on {day} at {clock(start)}, {grid}")
            break
    if rules.rest is None:
        return
    starts = sorted(WEEKDAYS.index(day) * DAY + start for day, start in week.items())
    for one, following in zip(starts, [*starts[1:], starts[0] + 7 * DAY], strict=True):
        if following - one - length < rules.rest - 1e-6:
            day = WEEKDAYS[int(one // DAY)]
            given = f"leaves {duration(max(following - one - length, 0))} of rest after {day}"
            yield Problem(at, f"{given}, must be at least rest, {duration(rules.rest)}")
            break
