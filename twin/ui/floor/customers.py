"""The life line of a customer: where he stands, what happened to him, and every contact that is written down."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.kernel.codes import Deferral, Outcome, Phase
from twin.people.customer_table import LONG_AGO, NEVER
from twin.people.customers import CustomerBase
from twin.people.states import TIERS, Flag
from twin.people.states import Phase as LifePhase
from twin.ui.floor.floor import Floor
from twin.ui.floor.followed import Happening, view_of

MOST_CONTACTS = 60
"""Shown, the newest."""


@dataclass(frozen=True)
class Contact:
    """One attempt at contact that ended."""

    entered_at: float
    """[s] since the start of the run."""
    intent: str
    queue: str
    outcome: Outcome
    wait: float
    """NaN = never asked for an operator."""
    handle: float
    """Talk and wrap-up [s]."""
    operator: int
    csi: float
    is_resolved: bool
    attempt: int
    n_answered: int
    transfers: int
    returns: bool
    """The customer will make contact again about it."""


@dataclass(frozen=True)
class Present:
    """A matter that is under way."""

    contact: int
    intent: str
    queue: str
    phase: Phase
    deferral: Deferral
    since: float
    """[s] since the start of the run, as `gives_up_at`."""
    gives_up_at: float
    """When patience ends of one who waits; NaN = never, or does not wait."""
    operator: int
    n_ahead: int
    """Contacts of the same queue that have waited longer; -1 = does not wait."""


@dataclass(frozen=True)
class CustomerView:
    """A customer as the floor shows him."""

    row: int
    is_known: bool
    """False = the scenario has no customers, only contacts."""
    cluster: str = ""
    segment: str = ""
    tier: str = ""
    phase: str = ""
    tenure_months: float = math.nan
    is_digital: bool = False
    experience: float = math.nan
    expectation: float = math.nan
    open: tuple[tuple[str, int], ...] = ()
    """What is open, and the day of its end (-1 = not known)."""
    credit_stage: int = 0
    recent: tuple[int, int, int] = (0, 0, 0)
    """Contacts of the last 3, 30 and 90 days."""
    present: tuple[Present, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """The newest last."""
    contacts_from: float = 0.0
    """Instant from which on contacts are written down."""
    is_followed: bool = False
    followed_from: float = math.nan
    events: tuple[Happening, ...] = ()
    clusters: tuple[tuple[float, str], ...] = ()
    satisfaction: tuple[tuple[float, float, float], ...] = ()


def n_customers(floor: Floor) -> int:
    """Rows of the customers' table; 0 = the scenario knows contacts only."""
    base = floor.model.demand
    return len(base.people.rows) if isinstance(base, CustomerBase) else 0


def customer_of(floor: Floor, contact: int, generation: int) -> int | None:
    """Who stands behind a contact that was drawn; None = it has gone, or nobody is known."""
    with floor.lock:
        contacts = floor.model.world.contacts
        if not 0 <= contact < len(contacts) or contacts["generation"][contact] != generation:
            return None
        row = int(contacts["customer"][contact])
        return row if row >= 0 and contacts["phase"][contact] != Phase.FREE else None


def customer_view(floor: Floor, row: int) -> CustomerView:
    """The customer in this row; with the life as far as it was followed."""
    with floor.lock:
        model, base = floor.model, floor.model.demand
        if not isinstance(base, CustomerBase) or not 0 <= row < len(base.people.rows):
            return CustomerView(row, False)
        who, me = view_of(base, row), base.people.rows[row]
        life = floor.followed.lives.get(row)
        parts = [*life.contacts, floor.records_today()] if life is not None else list(floor.records())
        rows = np.concatenate([part[part["customer"] == row] for part in parts])
        if life is not None and len(floor.past):
            rows = with_earlier(floor, row, rows)
        return CustomerView(
            row=row,
            is_known=True,
            cluster=who.cluster,
            segment=who.segment,
            tier=TIERS[int(me.tier)],
            phase=LifePhase(int(me.phase)).name.lower(),
            tenure_months=float(who.tenure_months) if me.activated_on > LONG_AGO else math.nan,
            is_digital=who.is_digital,
            experience=float(me.experience),
            expectation=float(me.expectation),
            open=tuple(open_matters(me)),
            credit_stage=int(me.credit_stage),
            recent=(int(me.contacts_3), int(me.contacts_30), int(me.contacts_90)),
            present=tuple(present_of(floor, matters_of(floor, row))),
            contacts=tuple(contact_of(model.names, record) for record in rows[-MOST_CONTACTS:]),
            contacts_from=min(floor.kept_from, life.since if life is not None else math.inf),
            is_followed=life is not None,
            followed_from=life.since if life is not None else math.nan,
            events=tuple(life.events) if life is not None else (),
            clusters=tuple(life.clusters) if life is not None else (),
            satisfaction=tuple(life.satisfaction) if life is not None else (),
        )


def with_earlier(floor: Floor, row: int, rows: np.ndarray) -> np.ndarray:
    """The same, and the contacts of past days before he was followed that are still kept."""
    first = float(rows["ended_at"].min()) if len(rows) else math.inf
    parts = [part[(part["customer"] == row) & (part["ended_at"] < first)] for _, part in floor.past]
    return np.concatenate([*parts, rows])


def open_matters(me: Any) -> list[tuple[str, int]]:
    """Flags of the customer, with the day on which each ends."""
    ends = {
        Flag.ORDER: int(me.order_ends) if me.order_ends != NEVER else int(me.phase_ends),
        Flag.TICKET: int(me.ticket_ends),
        Flag.COMPLAINT: int(me.complaint_ends),
        Flag.OVERDUE: int(me.credit_ends),
    }
    found = []
    for flag in Flag:
        if me.flag_bits & flag:
            day = ends.get(flag, NEVER)
            found.append((flag.name.lower(), day if day != NEVER else -1))
    return found


def matters_of(floor: Floor, row: int) -> np.ndarray:
    """Contacts of this customer that are not over: rows of the kernel's table."""
    contacts = floor.model.world.contacts
    mine = np.flatnonzero((contacts["customer"] == row) & (contacts["phase"] != Phase.FREE))
    return mine[(contacts["phase"][mine] != Phase.WAITING) | (contacts["gives_up_at"][mine] > floor.now)]


def present_of(floor: Floor, matters: np.ndarray) -> list[Present]:
    """How these contacts stand."""
    world, names, now = floor.model.world, floor.model.names, floor.now
    contacts = world.contacts
    found = []
    for contact in matters.tolist():
        me = contacts[contact]
        phase = Phase(int(me.phase))
        queue = names.types[int(me.type)][2]
        waits, patience, ahead = phase in (Phase.WAITING, Phase.OWNER), math.nan, -1
        if waits:
            same = (contacts["phase"] == Phase.WAITING) & (contacts["gives_up_at"] > now)
            others = np.flatnonzero(same & (contacts["joined_at"] < me.joined_at))
            ahead = sum(names.types[int(kind)][2] == queue for kind in contacts["type"][others])
            patience = float(me.gives_up_at) if math.isfinite(me.gives_up_at) else math.nan
        since = float(me.answered_at if phase == Phase.TALKING else me.joined_at)
        operator = int(me.operator) if phase in (Phase.TALKING, Phase.DIALLING) else -1
        intent, deferral = names.intents[int(me.intent)], Deferral(int(me.deferral))
        found.append(Present(contact, intent, queue, phase, deferral, since, patience, operator, ahead))
    return found


def contact_of(names: Any, record: Any) -> Contact:
    """A record with its names."""
    intent, _, queue = names.types[int(record["type"])]
    joined, answered, ended = (float(record[name]) for name in ("joined_at", "answered_at", "ended_at"))
    is_answered = math.isfinite(answered)
    return Contact(
        entered_at=float(record["entered_at"]),
        intent=intent,
        queue=queue,
        outcome=Outcome(int(record["outcome"])),
        wait=(answered if is_answered else ended) - joined if math.isfinite(joined) else math.nan,
        handle=ended - answered + float(record["wrap_time"]) if is_answered else math.nan,
        operator=int(record["operator"]),
        csi=float(record["csi"]),
        is_resolved=bool(record["is_resolved"]),
        attempt=int(record["attempt"]),
        n_answered=int(record["n_answered"]),
        transfers=int(record["transfers"]),
        returns=bool(record["returns"]),
    )
