"""Random centres pushed to the edges of their rules: even times, doors over midnight, closed days, next to nobody."""

from hypothesis import strategies as st
from kernel_allowed import as_allowed
from pydantic import BaseModel

from twin.scenario.laws import Constant
from twin.scenario.schema import Limits
from twin.scenario.shift_schema import Shift

HALF_MINUTE = 30.0
HOURS = 15 * 3600.0
"""From the morning of the random centres to the hours about midnight."""
GRID = {"owner_wait", "leave_message_after", "limit", "wait"}
"""Times that are put on the half minute, where talks, patience and arrivals end."""
BESIDE = {"after", "until", "away_after", "guarantee"}
"""Waits that end 7 s behind it: a stage that opens just when a shift ends."""


@st.composite
def at_the_edges(draw, scenario, is_even=True):
    """Some of: all times in half minutes; short shifts; few people, lines and places; closed on Tuesday; at night."""
    if is_even and draw(st.booleans()):
        scenario = draw(even(scenario))
    if draw(st.booleans()):
        shift = {"length": "20 min", "starts": {"08:00": 0.5, "08:20": 0.25, "09:40": 0.25}}
        shift["breaks"] = {"every": draw(st.sampled_from(["5 min", "10 min", "19 min"])), "length": "5 min"}
        scenario = scenario.model_copy(update={"shifts": {"day": Shift.model_validate(shift)}})
    if draw(st.booleans()):
        scenario = draw(with_few(scenario))
    if draw(st.booleans()):
        opening = scenario.opening.model_copy(update={"days": ["mon", "wed"]})
        scenario = scenario.model_copy(update={"opening": opening})
    if draw(st.booleans()):
        scenario = at_night(scenario)
    return as_allowed(scenario)


def walked(value, change):
    """A copy of a scenario's part in which `change` (of a name and what it holds) has had its say."""
    if isinstance(value, BaseModel):
        found = {name: change(name, getattr(value, name), value) for name in type(value).model_fields}
        return value.model_copy(update={name: walked(one, change) for name, one in found.items()})
    if isinstance(value, dict):
        return {name: walked(change(name, one, value), change) for name, one in value.items()}
    if isinstance(value, list):
        return [walked(change("", one, value), change) for one in value]
    return value


@st.composite
def even(draw, scenario):
    """Every time is a number of half minutes, none included; arrivals fall on them too (`MixedClusters`)."""
    talks = st.sampled_from([0.0, 30.0, 30.0, 60.0, 120.0])
    spells = st.sampled_from([60.0, 300.0])

    def change(name, one, whole):
        if hasattr(one, "law"):
            return Constant(law="constant", value=f"{draw(spells if name in ('between', 'repair') else talks)} s")
        if name in GRID | BESIDE and isinstance(one, float) and one > 0:
            return max(round(one / HALF_MINUTE), 1) * HALF_MINUTE + 7.0 * (name in BESIDE)
        return one

    return walked(scenario, change).model_copy(update={"description": "even"})


@st.composite
def with_few(draw, scenario):
    """Groups of nobody or one, one line or two, no place to wait or one."""
    groups = {}
    for name, group in scenario.groups.items():
        n = draw(st.integers(0, 1))
        heads = group.head_count and [min(heads, n) for heads in group.head_count]
        groups[name] = group.model_copy(update={"count": n, "head_count": heads})
    places = st.sampled_from([None, 0, 1])
    limits = Limits(trunks=draw(st.sampled_from([None, 1, 2])), waiting=draw(places))
    queues = {name: queue.model_copy(update={"max_waiting": draw(places)}) for name, queue in scenario.queues.items()}
    return scenario.model_copy(update={"groups": groups, "limits": limits, "queues": queues})


def at_night(scenario):
    """Always open, with contacts between 23 and 1 o'clock and shifts over midnight; the day's control then too."""
    n = 48
    hours = (46, 47, 0, 1)

    def about_midnight(values, rest):
        found = [rest] * n
        for hour, value in zip(hours, values, strict=True):
            found[hour] = value
        return found

    rates = {name: about_midnight([rate] * 4, 0.0) for name, rate in scenario.demand.rates.items()}
    groups = {
        name: group.model_copy(update={"head_count": group.head_count and about_midnight(group.head_count, 0)})
        for name, group in scenario.groups.items()
    }
    shifts = {
        name: shift.model_copy(update={"starts": {_later(at): share for at, share in shift.starts.items()}})
        for name, shift in scenario.shifts.items()
    }
    changes = {
        "opening": scenario.opening.model_copy(update={"opens": 0.0, "closes": 86400.0}),
        "demand": scenario.demand.model_copy(update={"rates": rates}),
        "groups": groups,
        "shifts": shifts,
    }

    def later(name, one, whole):
        is_clock = name in ("begins", "ends", "at", "opens", "closes") and isinstance(one, float)
        return min(one + HOURS, 86340.0) if is_clock else one

    for part in ("control", "campaigns"):
        if getattr(scenario, part):
            changes[part] = walked(getattr(scenario, part), later)
    return scenario.model_copy(update=changes)


def _later(clock):
    return f"{int(clock[:2]) + 15}:{clock[3:]}"
