"""Hours: shifts within the opening, lists with a value for each period, intervals that divide a day."""

import math
from collections.abc import Iterator

from twin.scenario.demand_schema import Rates
from twin.scenario.problems import TOLERANCE
from twin.scenario.provenance import Path, Problem, show
from twin.scenario.schema import Scenario
from twin.scenario.units import parse_clock
from twin.scenario.words import clock

DAY, HOUR = 86400.0, 3600.0  # [s]


def opening_lasts(s: Scenario) -> Iterator[Problem]:
    opens, closes = s.opening.opens, s.opening.closes
    if closes <= opens:
        yield Problem(("opening", "closes"), f"is {clock(closes)}, must be after opens, {clock(opens)}")
    if not s.opening.days:
        yield Problem(("opening", "days"), "is empty, must name at least one weekday")


def shifts_lie_within_opening(s: Scenario) -> Iterator[Problem]:
    """A centre that never closes may have shifts over midnight."""
    opens, closes = s.opening.opens, s.opening.closes
    if closes <= opens:
        return
    is_always_open = opens == 0 and closes == DAY
    hours = f"must lie within the opening hours, {clock(opens)} to {clock(closes)}"
    for name, shift in s.shifts.items():
        if not shift.starts:
            continue
        for text in shift.starts:
            at: Path = ("shifts", name, "starts", text)
            try:
                start = parse_clock(text)
            except ValueError as error:
                yield Problem(at, f"is not a time of day, {error}")
                continue
            end = start + shift.length
            if not is_always_open and (start < opens or end > closes):
                yield Problem(at, f"is a shift from {clock(start)} to {clock(end)}, {hours}")


def lists_cover_the_opening(s: Scenario) -> Iterator[Problem]:
    """Lists by period hold a value for each from opening to closing; periods are hours where demand has none."""
    length = s.opening.closes - s.opening.opens
    if length <= 0:
        return
    period = getattr(s.demand, "period", HOUR)
    n_periods = max(math.ceil(length / period - 1e-9), 1)
    hours = f"{clock(s.opening.opens)} to {clock(s.opening.closes)} in periods of {period / 60:g} min"
    for path, values in _period_lists(s):
        if len(values) != n_periods:
            yield Problem(path, f"has {len(values)} values, must have {n_periods} ({hours})")


def _period_lists(s: Scenario) -> Iterator[tuple[Path, list[float] | list[int]]]:
    if isinstance(s.demand, Rates):
        for name, rate in s.demand.rates.items():
            if isinstance(rate, list):
                yield ("demand", "rates", name), rate
        for day, special in s.demand.weekday_rates.items():
            for name, rate in special.items():
                if isinstance(rate, list):
                    yield ("demand", "weekday_rates", day, name), rate
    for name, intent in s.intents.items():
        for key in ("talk_factors", "patience_factors"):
            factors = getattr(intent, key)
            if factors is not None:
                yield ("intents", name, key), factors
    for name, group in s.groups.items():
        if group.head_count is not None:
            yield ("groups", name, "head_count"), group.head_count


def interval_divides_the_day(s: Scenario) -> Iterator[Problem]:
    steps = DAY / s.run.interval
    if steps < 1 or abs(steps - round(steps)) > TOLERANCE * steps:
        yield Problem(("run", "interval"), f"is {s.run.interval:g} s, must divide a day into equal intervals")


def group_hours(s: Scenario) -> Iterator[Problem]:
    for name, group in s.groups.items():
        at: Path = ("groups", name)
        if group.shift is not None and group.head_count is not None:
            yield Problem(at, "has both shift and head_count, must have one of them, or none (always on duty)")
        if any(heads < 0 for heads in group.head_count or []):
            yield Problem((*at, "head_count"), f"is {show(group.head_count)}, must have no number below 0")
        most = max(group.head_count or [0])
        if most > group.count:
            yield Problem((*at, "count"), f"is {group.count}, must be at least {most}, the largest head_count")
