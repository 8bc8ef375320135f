"""Contact and operator come together: how long the talk takes, and who is fetched from a line."""

import math

import numpy as np

from twin.kernel.ahead import draw_work
from twin.kernel.chats import begin_chat
from twin.kernel.codes import Activity, Deferral, Event, Phase, Stage
from twin.kernel.contacts import weekday_of
from twin.kernel.deferred import begins_off_line, note_wait
from twin.kernel.heap import is_last_now, schedule, schedule_here, stint_of
from twin.kernel.jit import compiled, inlined
from twin.kernel.legs import meet, plan_leg
from twin.kernel.lists import leave_idle, leave_line
from twin.kernel.rooms import step_out
from twin.kernel.routing import select_opened, select_operator
from twin.kernel.tally import ability_of, accrue
from twin.kernel.work_in_hand import take_in_hand

DAY = 86400.0


@compiled
def period_factor(world, now, table_row):
    """The factor of the period (counted from opening) in which `now` falls."""
    day = math.floor(now / DAY)
    weekday = weekday_of(world, now)
    period = np.int64((now - day * DAY - world.opening[weekday, 0]) / world.options[0].period_time)
    return world.period_factors[table_row, min(max(period, 0), world.period_factors.shape[1] - 1)]


@inlined
def set_activity(world, now, operator, activity):
    accrue(world, operator, now)
    world.operators[operator].activity = activity


@inlined
def leave_list(world, operator):
    """Out of the idle lists, or of those with room for a further chat."""
    if world.options[0].has_chats:
        step_out(world, operator)
    else:
        leave_idle(world, operator)


@compiled
def tiredness(world, now, operator):
    """Factor on handle times late in the shift."""
    options = world.options[0]
    accrue(world, operator, now)
    return 1.0 + options.fatigue * max(world.operators[operator].available_time - options.tired_after, 0.0)


@compiled
def answer(world, now, contact, operator):
    """Talk begins. Its length is the customer's matter times what this operator makes of it."""
    options = world.options[0]
    row = world.contacts[contact]
    if options.has_legs and row.stage == Stage.SEEKING:
        meet(world, now, contact, operator)
        return
    kind = world.types[row.type]
    if options.has_last_wait:
        note_wait(world, now, contact)
    if row.deferral != Deferral.NONE and row.phase != Phase.DIALLING and begins_off_line(world, now, contact, operator):
        return
    talk_law = np.int64(kind.talk_law) if math.isnan(row.given_talk) else np.int64(-1)
    talk_time, wrap_time = draw_work(world, contact, talk_law, np.int64(kind.wrap_law))
    row.phase = Phase.TALKING
    row.answered_at = now
    row.operator = operator
    ability = ability_of(world, operator, kind.need)
    row.grade = ability.grade
    if talk_law >= 0:
        factor = kind.talk_factor * ability.handle
        if row.n_answered > 0:
            factor *= options.recall_talk
        if kind.talk_row >= 0:
            factor *= period_factor(world, row.joined_at, kind.talk_row)
        if options.has_fatigue:
            factor *= tiredness(world, now, operator)
        row.talk_time = talk_time * factor
        row.wrap_time = wrap_time * factor
    else:
        row.talk_time = row.given_talk
        row.wrap_time = wrap_time
    if options.has_outages:
        slow = world.sites[world.crew[operator].site].slow
        row.talk_time *= slow
        row.wrap_time *= slow
    if options.has_legs:
        plan_leg(world, contact, operator)
    is_work = options.has_channels and kind.deferral == Deferral.WORK
    if is_work or (options.has_cases and row.deferral == Deferral.CASE):
        take_in_hand(world, contact, operator, now + row.talk_time)
    if options.has_chats and world.lines[kind.line].is_chat:
        begin_chat(world, now, np.int64(contact), operator)
        return
    world.operators[operator].contact = contact
    set_activity(world, now, operator, Activity.TALK)
    ticket = stint_of(world, operator) if options.has_cuts else np.int64(contact)  # the heap looks ahead by the latter
    schedule_here(world, now + row.talk_time, Event.TALK_END, operator, ticket)


@compiled
def take_from_line(world, now, contact, waited):
    """Answer a waiting contact if somebody who may is idle."""
    operator = select_operator(world, np.int64(world.contacts[contact].line), waited, 0, contact)
    if operator < 0:
        return False
    leave_list(world, operator)
    leave_line(world, contact)
    answer(world, now, contact, operator)
    return True


@inlined
def spares_looks(world, now):
    """Whether nobody in line has gained a stage by wait alone since all lines were last looked at.

    Stages open by wait at an event on the heap, so it is only asked whether one is still to come at this very instant.
    """
    return world.options[0].is_plain and is_last_now(world, now)


@compiled
def pick_up(world, now, contact, operator):
    """An idle operator answers; with him gone others may have to wait long enough for further stages.

    While somebody else is idle in each of his skills their expected waits are what they were before.
    """
    state = world.state[0]
    state.has_emptied = False
    leave_list(world, operator)
    answer(world, now, contact, operator)
    if world.options[0].has_overflow and (state.has_emptied or not spares_looks(world, now)):
        offer_again(world, now)


@compiled
def offer_reserve(world, now):
    """Somebody more is idle: this opens lines that are served from residual capacity, and only those."""
    waits = np.uint64(0)
    for word in range(len(world.waiting_mask)):
        waits |= world.waiting_mask[word] & world.reserve_mask[word]
    if waits != np.uint64(0) or not spares_looks(world, now):
        offer_again(world, now)


@compiled
def interrupt_soon(world, now):
    """The same for those at work that may be put down, by an event of its own, when this one is over."""
    state, options = world.state[0], world.options[0]
    is_by_load = options.has_overflow or options.has_gates
    if is_by_load and state.last_worker >= 0 and state.n_waiting > 0 and not state.is_interruption_due:
        state.is_interruption_due = True
        schedule(world, now, Event.INTERRUPT, 0, 0)


@compiled
def offer_again(world, now):
    """Expected waits, the idle share or gates have changed: idle operators take the heads of lines that this opens."""
    options = world.options[0]
    if not (options.has_reserve or options.has_overflow):
        return
    contact = select_opened(world, now, -1)
    while contact >= 0:
        take_from_line(world, now, contact, now - world.contacts[contact].since)
        contact = select_opened(world, now, -1)
    if options.has_interruption:
        interrupt_soon(world, now)


@compiled
def offer_skill(world, now, line):
    """One more waits in this line: this adds to expected waits of its skill, and opens no other lines."""
    skill = world.lines[line].skill if spares_looks(world, now) else -1
    contact = select_opened(world, now, np.int64(skill))
    if contact >= 0:
        take_from_line(world, now, contact, now - world.contacts[contact].since)
        offer_again(world, now)
    elif world.options[0].has_interruption:
        interrupt_soon(world, now)
