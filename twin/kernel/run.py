"""The main loop: whatever comes next, until an instant. It knows no model, only which handler an event has."""

import math

import numpy as np

from twin.kernel.call_backs import on_dial_end, on_due, on_hear
from twin.kernel.campaigns import on_campaign, on_pace
from twin.kernel.cases import on_chase
from twin.kernel.chats import ends_chat
from twin.kernel.codes import Event, Status
from twin.kernel.contacts import drop_all_expired
from twin.kernel.day import cut_wraps, on_check, on_control, on_movable_break
from twin.kernel.diary import open_page
from twin.kernel.handlers import (
    on_arrival,
    on_close,
    on_give_up,
    on_ivr_end,
    on_return,
    on_widen,
)
from twin.kernel.heap import close_top, generation_of, holds, kind_of, look_ahead, row_of, take_first
from twin.kernel.jit import compiled, entry, inlined, lean_entry
from twin.kernel.owners import on_owner_timeout
from twin.kernel.pack import packed
from twin.kernel.reskill import on_reskill
from twin.kernel.shifts import (
    on_break,
    on_break_end,
    on_head_count,
    on_shift_end,
    on_talk_end,
    on_wrap_end,
    sign_on,
)
from twin.kernel.tally import accrue_all
from twin.kernel.transfers import on_leg_limit

ROOM = 16
"""Rows that one event can take at the most; `room` adds one for all who wait, in line or for an operator."""


@compiled
def on_roster(world, now, entry):
    """A planned event: doors, shifts, head counts, breaks."""
    options = world.options[0]
    if entry.kind == Event.CLOSE:
        on_close(world, now)
    elif entry.kind == Event.OPEN:
        world.state[0].closed = False
    elif entry.kind == Event.SHIFT_END:
        on_shift_end(world, now, entry.who)
    elif entry.kind == Event.HEAD_COUNT:
        on_head_count(world, now, entry.who, np.int64(entry.value))
    elif entry.kind == Event.SHIFT_START:
        sign_on(world, now, entry.who)
    elif entry.kind == Event.BREAK:
        if options.has_break_rule:
            on_movable_break(world, now, entry.who, entry.value)
        else:
            on_break(world, now, entry.who, entry.value)
    elif options.has_campaigns and (entry.kind == Event.CAMPAIGN_OPEN or entry.kind == Event.CAMPAIGN_CLOSE):
        on_campaign(world, now, entry.who, entry.kind == Event.CAMPAIGN_OPEN)
    elif entry.kind == Event.RESKILL:
        on_reskill(world, now, entry.who)
    elif (options.has_control or options.has_campaigns) and entry.kind >= Event.PAUSE_END:
        on_control(world, now, entry.kind, entry.who)


@compiled
def on_contact_event(world, now, kind, contact, generation):
    """An event about a contact; nothing happens if its row has been freed since."""
    options = world.options[0]
    if options.has_cases and kind == Event.CHASE:
        on_chase(world, now, contact, generation)
        return
    if world.contacts[contact].generation != generation:
        return
    if kind == Event.GIVE_UP:
        on_give_up(world, now, contact)
    elif kind == Event.IVR_END:
        on_ivr_end(world, now, contact)
    elif kind == Event.RETURN:
        on_return(world, now, contact)
    elif kind == Event.WIDEN:
        on_widen(world, now, contact)
    elif kind == Event.OWNER_TIMEOUT:
        on_owner_timeout(world, now, contact)
    elif options.has_legs and kind == Event.LEG_LIMIT:
        on_leg_limit(world, now, contact)
    elif options.has_deferrals:
        on_deferred(world, now, kind, contact)


@compiled
def on_deferred(world, now, kind, contact):
    if kind == Event.DIAL_END:
        on_dial_end(world, now, contact)
    elif kind == Event.DUE:
        on_due(world, now, contact)
    elif kind == Event.HEAR:
        on_hear(world, now, contact)


@inlined
def most_events(world):
    """How many events, present and due, leave room on the heap for what one event may add."""
    return len(world.heap_at) - (ROOM + 2 * len(world.operators) + len(world.slots))


@inlined
def room(world, n_due, most):
    """Whether the tables have room for what one event may add, and as many that are due; if not, which must grow.

    `most` is `most_events`.
    """
    state = world.state[0]
    if n_due + state.n_heap + state.n_waiting + state.n_work > most:
        return Status.HEAP_FULL
    if state.n_free < ROOM:
        return Status.CONTACTS_FULL
    if state.recording:
        most_records = len(world.records) - (ROOM + len(world.operators) + len(world.slots))
        if state.n_records + state.n_waiting > most_records:  # those in line may be cut off by an outage
            return Status.RECORDS_FULL
    return Status.REACHED


@compiled
def end_interval(world, at):
    """Book everybody's time and those who have lost patience, then turn the page of the tallies."""
    state = world.state[0]
    drop_all_expired(world, at)
    accrue_all(world, at)
    state.interval += 1
    state.boundary_at = (state.interval + 1) * state.interval_time
    open_page(world, state.interval)


@entry
def run(world, buffer, until):
    """Let everything before `until` happen. A Status but REACHED asks for larger tables, and to be called again."""
    return _run(packed(world, buffer), until)


@lean_entry
def run_lean(world, buffer, until):
    """The same where no rare rule is used: half the code, and faster."""
    return _run(packed(world, buffer), until)


@inlined
def next_arrival_at(world):
    state = world.state[0]
    return world.arrivals[state.next_arrival].at if state.next_arrival < state.n_arrivals else math.inf


@inlined
def next_roster_at(world):
    state = world.state[0]
    return world.roster[state.next_roster].at if state.next_roster < state.n_roster else math.inf


@inlined
def planned_next(world, until):
    """The first instant at which something else may come than arrivals and what is on the heap."""
    return min(next_roster_at(world), world.state[0].boundary_at, until)


@inlined
def is_roster_first(world, roster_at, heap_at, arrival_at):
    """Whether the next entry of the roster goes before the first event on the heap and the next arrival."""
    if heap_at <= arrival_at and roster_at == heap_at:
        return world.roster[world.state[0].next_roster].kind <= kind_of(world.heap_events[0].order)
    return roster_at <= min(heap_at, arrival_at)


@compiled
def take_from_roster(world, at):
    state = world.state[0]
    state.now = at
    state.n_events += 1
    entry = world.roster[state.next_roster]
    state.next_roster += 1
    on_roster(world, at, entry)


@inlined
def take_from_heap(world, now):
    """The first event on the heap happens."""
    options = world.options[0]
    order, what = world.heap_events[0].order, world.heap_events[0].what
    take_first(world)
    look_ahead(world)
    kind = kind_of(order)
    if kind == Event.TALK_END:
        if holds(world, row_of(what), generation_of(what)):
            on_talk_end(world, now, row_of(what))
    elif kind == Event.WRAP_END:
        if holds(world, row_of(what), generation_of(what)):
            on_wrap_end(world, now, row_of(what))
    elif kind == Event.BREAK_END:
        on_break_end(world, now, row_of(what))
    elif (options.has_campaigns or options.has_interruption) and kind >= Event.ADAPT:
        on_pace(world, now, kind, row_of(what))
    elif options.has_chats and kind == Event.CHAT_END:
        if ends_chat(world, now, row_of(what), generation_of(what)):
            on_talk_end(world, now, row_of(what))
    elif options.has_control and kind >= Event.BREAK_CHECK:
        on_check(world, now, kind, row_of(what), generation_of(what))
    else:
        on_contact_event(world, now, kind, row_of(what), generation_of(what))
    close_top(world)


@inlined
def end_event(world, now):
    if world.options[0].has_cuts and world.state[0].has_joined:
        world.state[0].has_joined = False
        cut_wraps(world, now)


@compiled
def _run(world, until):
    """Arrivals and what is on the heap come by the million; all else is planned, and looked at when it is due."""
    state = world.state[0]
    most = most_events(world)
    arrival_at, planned_at = next_arrival_at(world), planned_next(world, until)
    while True:
        heap_at = world.heap_at[0] if state.n_heap > 0 else math.inf
        at = min(heap_at, arrival_at)
        if at >= planned_at:
            roster_at = next_roster_at(world)
            if state.boundary_at <= min(at, roster_at, until):
                status = room(world, world.diary[state.interval + 1].n, most)
                if status != Status.REACHED:
                    return status
                state.now = state.boundary_at
                end_interval(world, state.boundary_at)
                planned_at = planned_next(world, until)
                continue
            if min(at, roster_at) >= until:
                state.now = until
                state.next_slot = np.uint64(0)  # means nothing between events
                return Status.REACHED
        status = room(world, 0, most)
        if status != Status.REACHED:
            return status
        if at >= planned_at and is_roster_first(world, next_roster_at(world), heap_at, arrival_at):
            take_from_roster(world, next_roster_at(world))
            planned_at = planned_next(world, until)
        else:
            state.now = at
            state.n_events += 1
            if heap_at <= arrival_at:
                take_from_heap(world, at)
            else:
                on_arrival(world, at)
                arrival_at = next_arrival_at(world)
        end_event(world, state.now)
