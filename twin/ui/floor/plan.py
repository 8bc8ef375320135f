"""Where each operator sits on the floor, and what the day foresees for them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.kernel.codes import Event
from twin.model import CallCentre
from twin.people.career_states import Phase
from twin.people.persons import first_skill
from twin.scenario.days import WEEKDAYS
from twin.ui.floor.states import State


@dataclass(frozen=True)
class Block:
    """A team: operators who stand side by side."""

    site: str
    group: str
    team: int
    skill: str
    """For which most of the team stand in the roster."""
    first: int
    """Place of the first of them."""
    n: int


@dataclass(frozen=True)
class Seating:
    """The order of the operators on the floor, by site, group and team."""

    order: np.ndarray
    """Operator (row) by place."""
    place: np.ndarray
    """Place by operator."""
    blocks: tuple[Block, ...]


def seating_of(model: CallCentre) -> Seating:
    """Operators by site, group, team and number, as they stand now."""
    persons, names = model.persons, model.names
    careers = model.careers
    teams = [person.team for person in persons] if careers is None else careers.table.rows.team.tolist()
    keys = [
        (names.sites.index(person.site), names.groups.index(person.group), team, person.number)
        for person, team in zip(persons, teams, strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    blocks, first = [], 0
    while first < len(order):
        last = first
        while last < len(order) and keys[order[last]][:3] == keys[order[first]][:3]:
            last += 1
        members = [persons[row] for row in order[first:last]]
        skill = Counter(first_skill(person) for person in members).most_common(1)[0][0]
        blocks.append(Block(members[0].site, members[0].group, keys[order[first]][2], skill, first, last - first))
        first = last
    return Seating(np.array(order, np.int64), place, tuple(blocks))


@dataclass(frozen=True)
class DayPlan:
    """The hours of one day: what the roster foresees for each operator; times in seconds since the start of the run."""

    day: int
    begins: np.ndarray
    """Start of the shift; NaN = no shift today."""
    ends: np.ndarray
    leaves_phone: np.ndarray
    """End of the time on the telephone: before `ends` where there is training."""
    is_absent: np.ndarray
    """Would work today, and does not come."""
    breaks: tuple[np.ndarray, np.ndarray, np.ndarray]
    """Operator, instant at which it is due, length."""

    def refine(self, states: np.ndarray, now: float) -> None:
        """Tell those who are off the telephone apart: in training, absent, or off duty."""
        is_off = states == State.OFF
        states[is_off & self.is_absent] = State.ABSENT
        trains = (self.leaves_phone <= now) & (now < self.ends)  # never where there is no shift: NaN
        states[is_off & trains] = State.TRAINING


def day_plan(model: CallCentre) -> DayPlan:
    """Of the day that the model has begun."""
    day, n = max(model.day, 0), len(model.persons)
    begins, ends = np.full(n, np.nan), np.full(n, np.nan)
    weekday = model.calendar.weekday(min(day, model.calendar.n_days - 1))
    for person in model.persons:
        hours = planned_hours(model, person, weekday)
        if hours is not None:
            begins[person.number], ends[person.number] = day * DAY + hours[0], day * DAY + sum(hours)
    roster = model.world.roster
    starts, leaves = np.full(n, np.nan), np.full(n, np.nan)
    for kind, column in ((Event.SHIFT_START, starts), (Event.SHIFT_END, leaves)):
        rows = roster[(roster["kind"] == kind) & (roster["at"] >= day * DAY)]
        column[rows["who"]] = rows["at"]
    is_planned = np.isfinite(begins)
    is_absent = is_planned & model.roster.absent(day)
    begins[is_absent] = ends[is_absent] = np.nan
    leaves = np.where(np.isfinite(leaves), leaves, begins)  # a shift that is training from end to end
    begins = np.where(np.isfinite(starts), starts, begins)
    ends = np.where(is_planned, ends, leaves)
    due = roster[(roster["kind"] == Event.BREAK) & (roster["at"] >= day * DAY)]
    return DayPlan(day, begins, ends, leaves, is_absent, (due["who"].copy(), due["at"].copy(), due["value"].copy()))


def planned_hours(model: CallCentre, person: Any, weekday: int) -> tuple[float, float] | None:
    """Clock time of the start and length of the shift that the person works that weekday; None = a day off."""
    shift_name = model.scenario.groups[person.group].shift
    if person.start is None or shift_name is None or weekday in person.days_off:
        return None
    shift, pattern = model.scenario.shifts[shift_name], person.pattern
    start, length = person.start, shift.length
    if pattern is not None:
        start, length = pattern.week.get(WEEKDAYS[weekday], start), pattern.length or length
    return start, length


def vacancies(model: CallCentre) -> np.ndarray:
    """Bool by operator: nobody holds the position."""
    if model.careers is None:
        return np.zeros(len(model.persons), bool)
    found: np.ndarray = model.careers.table.rows.phase == Phase.VACANT
    return found
