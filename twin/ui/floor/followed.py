"""The lives of the customers whom somebody follows: the model keeps where each stands, here is how they got there.

Written down at each midnight (events of life, out of the model's own list of them) and each evening (what the day's
contacts brought about). Nothing of the model is changed but the room for that list, which it fills when asked to.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.calendar import DAY
from twin.model import CallCentre
from twin.people.customer_table import HAPPENING
from twin.people.customers import CustomerBase
from twin.people.proactive import MOST_A_VISIT
from twin.people.states import Flag, LifeEvent, Phase

MOST_FOLLOWED = 50


@dataclass(frozen=True)
class Happening:
    """One event of life."""

    at: float
    kind: LifeEvent
    detail: int = 0


@dataclass
class Life:
    """What is known of one customer since somebody follows him."""

    customer: int
    since: float
    events: list[Happening] = field(default_factory=list)
    contacts: list[np.ndarray] = field(default_factory=list)
    """Records of past days, a table each."""
    satisfaction: list[tuple[float, float, float]] = field(default_factory=list)
    """Instant, experience, expectation."""
    clusters: list[tuple[float, str]] = field(default_factory=list)
    """Since when in which cluster."""


class Followed:
    """Those who are followed, by row of the customers' table."""

    def __init__(self) -> None:
        self.lives: dict[int, Life] = {}
        self._base: CustomerBase | None = None
        self._before: dict[int, tuple[int, int]] = {}

    def join(self, model: CallCentre) -> None:
        """From now on the lives are those of this model's customers."""
        self._base = model.demand if isinstance(model.demand, CustomerBase) else None
        for life in self.lives.values():
            self._begin(life, model.now)

    def forget_lives(self) -> None:
        """The run begins anew: the same customers, nothing written down yet."""
        self.lives = {row: Life(row, 0.0) for row in self.lives}

    def follow(self, row: int, now: float) -> Life:
        """Write this customer's life down from now on; whoever was followed longest is let go when there are many."""
        if row not in self.lives:
            while len(self.lives) >= MOST_FOLLOWED:
                del self.lives[next(iter(self.lives))]
            self.lives[row] = Life(row, now)
            self._begin(self.lives[row], now)
        return self.lives[row]

    def leave(self, row: int) -> None:
        """Follow this customer no longer."""
        self.lives.pop(row, None)

    def _begin(self, life: Life, now: float) -> None:
        life.since = now
        if self._base is not None:
            self._look(life, now)

    def _look(self, life: Life, at: float) -> None:
        """Where the customer stands now, if it has changed."""
        customer = view_of(self._base, life.customer)
        if not life.clusters or life.clusters[-1][1] != customer.cluster:
            life.clusters.append((at, customer.cluster))
        felt = (float(customer.experience), float(customer.expectation))
        if not life.satisfaction or life.satisfaction[-1][1:] != felt:
            life.satisfaction.append((at, *felt))

    # ---- midnight -----------------------------------------------------------------------------------------------

    def before_midnight(self, model: CallCentre) -> None:
        """Room for the events of this midnight, if one of those who are followed is looked at."""
        base = self._base
        if base is None or base.proactive is not None:
            return  # with proactive contact there is room at any time
        base.people.counts[1] = 0
        if any(base.people.due[row] <= model.day + 1 for row in self.lives):
            n = MOST_A_VISIT * int(np.count_nonzero(base.people.due <= model.day + 1))
            base.people = base.people._replace(happenings=np.zeros(n, HAPPENING).view(np.recarray))

    def after_midnight(self, model: CallCentre) -> None:
        """Write down what this midnight brought."""
        base = self._base
        if base is None:
            return
        happenings = base.people.happenings[: int(base.people.counts[1])]
        at = model.day * DAY
        if len(happenings) and self.lives:
            mine = happenings[np.isin(happenings["customer"], list(self.lives))]
            for row in mine:
                event = Happening(at, LifeEvent(int(row["kind"])), int(row["detail"]))
                self.lives[int(row["customer"])].events.append(event)
        if base.proactive is None and len(base.people.happenings):
            base.people = base.people._replace(happenings=np.zeros(0, HAPPENING).view(np.recarray))
        for life in self.lives.values():
            self._look(life, at)

    # ---- evening ------------------------------------------------------------------------------------------------

    def before_evening(self, model: CallCentre) -> None:
        """What the day's contacts will be told by."""
        if self._base is not None:
            rows: Any = self._base.people.rows
            self._before = {row: (int(rows.flag_bits[row]), int(rows.phase[row])) for row in self.lives}

    def after_evening(self, model: CallCentre) -> None:
        """Keep the day's contacts, and what they brought about: a complaint, an upgrade, a customer kept."""
        at = model.now
        for rows in model.records if self.lives else ():
            mine = rows[np.isin(rows["customer"], list(self.lives))]
            for row in np.unique(mine["customer"]).tolist():
                self.lives[row].contacts.append(mine[mine["customer"] == row].copy())
        if self._base is None:
            return
        people: Any = self._base.people.rows
        for number, life in self.lives.items():
            before = self._before.get(number)
            if before is not None:
                flags, phase = int(people.flag_bits[number]), int(people.phase[number])
                life.events += [Happening(at, kind) for kind in brought_about(*before, flags, phase)]
            self._look(life, at)


def brought_about(flags: int, phase: int, flags_after: int, phase_after: int) -> list[LifeEvent]:
    """Events that the flags and the phase tell of, between the day's contacts and the evening."""
    gained = flags_after & ~flags
    events = [LifeEvent.COMPLAINT] if gained & Flag.COMPLAINT else []
    events += [LifeEvent.UPSOLD] if gained & Flag.OFFER else []
    events += [LifeEvent.SAVED] if phase == Phase.LEAVING and phase_after == Phase.ACTIVE else []
    return events


def view_of(base: Any, row: int) -> Any:
    """The customer in this row, as the model's users see him."""
    return base.store.view_class(base.store, row)
