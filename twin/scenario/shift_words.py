"""Shifts in words."""

from collections import Counter

from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario
from twin.scenario.shift_schema import Shift
from twin.scenario.words import clock, duration, joined


def shift_lines(s: Scenario) -> list[str]:
    """A sentence for each shift that states patterns or rules; the others stand beside their groups."""
    lines = []
    for name, shift in s.shifts.items():
        if shift.patterns:
            lines.append(f"Shift {name}: {_patterns(shift)}.")
        rules = _rules(shift)
        if rules:
            lines.append(f"The hours of {name} keep these rules: {', '.join(rules)}.")
    return lines


def _patterns(shift: Shift) -> str:
    starts = [start for pattern in shift.patterns for start in pattern.week.values()]
    days: Counter[str] = Counter()
    for pattern in shift.patterns:
        days.update(dict.fromkeys(pattern.week, pattern.heads))
    most = max(days.values())
    by_day = ", ".join(f"{day} {100 * days[day] / most:.0f}" for day in WEEKDAYS if days[day])
    queues = list(dict.fromkeys(pattern.queue for pattern in shift.patterns if pattern.queue is not None))
    of_queues = f", each for operators of queue {joined(queues)}" if queues else ""
    return (
        f"{len(shift.patterns)} weekly patterns of {duration(shift.length)}{of_queues}, "
        f"starts from {clock(min(starts))} to {clock(max(starts))}; heads by weekday, the most being 100: {by_day}"
    )


def _rules(shift: Shift) -> list[str]:
    rules = shift.rules
    return [
        *([f"at most {duration(rules.longest)} a day"] if rules.longest is not None else []),
        *([f"at most {rules.most_days} days a week"] if rules.most_days is not None else []),
        *([f"{duration(rules.rest)} of rest between shifts"] if rules.rest is not None else []),
        *([f"starts every {duration(rules.starts_every)}"] if rules.starts_every is not None else []),
        *([f"no more than {duration(rules.break_within)} without a break"] if rules.break_within is not None else []),
    ]
