"""What the player tells beside frames: where things stand, how the day goes, and those whom the reader watches."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.kernel.codes import Phase
from twin.scenario.schema import Scenario
from twin.ui.floor.customers import CustomerView, customer_of, customer_view, n_customers, present_of
from twin.ui.floor.floor import DAY, Floor
from twin.ui.floor.frame import lines_of
from twin.ui.floor.operators import operator_view
from twin.ui.floor.plan import Block
from twin.ui.floor.states import State

MORNING = 2.5 * 3600.0
"""After opening, when the floor is first shown [s]."""


@dataclass(frozen=True)
class Stage:
    """What does not change while a floor is played."""

    blocks: tuple[Block, ...]
    order: bytes
    """Operator (row) by place, uint32."""
    queues: tuple[str, ...]
    dates: tuple[datetime.date, ...]
    """Of all days of the run."""
    warm_up: int
    """Days of the warm-up, the first ones."""
    n_operators: int
    n_customers: int
    begun_at: float
    """Before this instant [s] nothing is known: the start, or where a saved run was taken up."""
    titles: dict[str, tuple[str, str]]
    """English and Italian, of skills, intents and groups that have a title."""


@dataclass(frozen=True)
class Summary:
    """The floor in figures, at one instant."""

    day: int
    clock: float
    counts: dict[str, int]
    """Operators by state."""
    lines: tuple[tuple[str, int, int, float], ...]
    """Queue, waiting on the telephone, work, longest wait [s]."""
    today: dict[str, float]


def stage_of(floor: Floor) -> Stage:
    """Where things stand."""
    model = floor.model
    return Stage(
        blocks=floor.seating.blocks,
        order=floor.seating.order.astype("<u4").tobytes(),
        queues=tuple(model.names.queues),
        dates=tuple(model.calendar.date(day) for day in range(model.calendar.n_days)),
        warm_up=model.calendar.warm_up,
        n_operators=len(model.persons),
        n_customers=n_customers(floor),
        begun_at=floor.begun_at,
        titles=titles_of(model.scenario),
    )


def titles_of(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """What skills, intents, groups and sites are called, where the scenario says so."""
    named: list[dict[str, Any]] = [scenario.sites, scenario.groups, scenario.intents, scenario.skills]
    found = {}
    for part in named:
        for name, what in part.items():
            title = getattr(what, "title", "")
            if title:
                found[name] = (title, getattr(what, "italian", "") or title)
    return found


def summary_of(floor: Floor) -> Summary:
    """The floor now."""
    with floor.lock:
        counts = np.bincount(floor.states(), minlength=len(State))
        table = lines_of(floor.model.world, floor.now).table
        lines = [
            (name, int(row["n_waiting"]), int(row["n_work"]), float(row["longest"]))
            for name, row in zip(floor.model.names.queues, table, strict=True)
        ]
        found = {state.name.lower(): int(counts[state]) for state in State}
        return Summary(floor.day, floor.clock_time, found, tuple(lines), floor.today())


def start_of(floor: Floor) -> float:
    """A good instant to begin looking: some time after opening, on the first counted day still to come that is open."""
    model = floor.model
    calendar = model.calendar
    for day in range(max(calendar.warm_up, int(floor.now // DAY)), calendar.n_days):
        hours = model.roster.hours(calendar.weekday(day))
        if hours is not None:
            at = day * DAY + min(hours[0] + MORNING, (hours[0] + hours[1]) / 2)
            return max(at, floor.now)
    return floor.now


class Watch:
    """Whom the reader watches: one operator, one customer."""

    def __init__(self) -> None:
        self.operator: int | None = None
        self.customer: int | None = None
        self._contact: tuple[int, int] | None = None
        """Row and generation of a contact behind which nobody is known."""
        self._left: list[str] = []
        """Whom the reader has just turned away from."""

    def look_for(self, floor: Floor, what: str, whom: Any) -> None:
        """From now on watch this operator or customer, or who is behind this contact; None = nobody."""
        if what == "operator":
            is_one = whom is not None and 0 <= whom < len(floor.model.persons)
            self.operator = whom if is_one else None
        else:
            self._contact = (int(whom[0]), int(whom[1])) if what == "contact" else None
            self.customer = customer_of(floor, *self._contact) if self._contact is not None else whom
        self._left = [name for name in ("operator", "customer") if getattr(self, name) is None]

    def follow(self, floor: Floor, customer: int, is_followed: bool) -> None:
        """Write this customer's life down, or no longer."""
        if is_followed and 0 <= customer < n_customers(floor):
            floor.followed.follow(customer, floor.now)
        else:
            floor.followed.leave(customer)

    def views(self, floor: Floor) -> Iterator[tuple[str, Any]]:
        """What there is to see of them now."""
        if self.operator is not None:
            yield "operator", operator_view(floor, self.operator)
        if self.customer is not None:
            yield "customer", customer_view(floor, self.customer)
        elif self._contact is not None:
            yield "customer", nobody_known(floor, *self._contact)
        for what in self._left:
            if what != "customer" or self._contact is None:
                yield what, None
        self._left = []


def nobody_known(floor: Floor, contact: int, generation: int) -> CustomerView:
    """A contact of a scenario without customers, or one that has gone."""
    with floor.lock:
        contacts = floor.model.world.contacts
        is_there = 0 <= contact < len(contacts) and contacts["generation"][contact] == generation
        is_there = is_there and contacts["phase"][contact] != Phase.FREE
        present = present_of(floor, np.array([contact])) if is_there else []
        return CustomerView(-1, False, present=tuple(present))
