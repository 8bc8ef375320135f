"""What happens to contacts: they arrive, go through the IVR, wait, lose patience, are answered or turned away."""

import math

import numpy as np

from twin.kernel.ahead import keep_levels
from twin.kernel.answering import offer_again, pick_up, spares_looks, take_from_line
from twin.kernel.chance import uniforms
from twin.kernel.chats import is_chat
from twin.kernel.codes import Deferral, Event, Outcome, Phase, Purpose
from twin.kernel.contacts import (
    block,
    come_back,
    drop_all_expired,
    free_row,
    leave_trunk,
    lose,
    outcome_of_leaving,
    take_row,
    turn_away,
)
from twin.kernel.control import ivr_is_down
from twin.kernel.deferred import line_of
from twin.kernel.draws import draw_time
from twin.kernel.heap import schedule
from twin.kernel.interruption import arrive_work, interrupt
from twin.kernel.jit import compiled, inlined
from twin.kernel.lists import leave_line
from twin.kernel.menus import enter_web, fall_back, navigate
from twin.kernel.owners import ask_owner
from twin.kernel.routing import has_anybody_idle, passes, select_opened, select_operator
from twin.kernel.tally import record, tally_of
from twin.kernel.waiting import wait_in_line
from twin.kernel.widening import next_widening, widen_later


@inlined
def on_arrival(world, now):
    """A new matter: the next row of the stream of arrivals."""
    state = world.state[0]
    contact = take_row(world)
    keep_levels(world, contact, state.next_arrival)
    arrival = world.arrivals[state.next_arrival]
    state.next_arrival += 1
    row = world.contacts[contact]
    row.who = arrival.who
    row.customer = arrival.customer
    row.intent = arrival.intent
    row.cluster = arrival.cluster
    row.segment = arrival.segment
    row.condition = arrival.condition
    row.given_talk = arrival.talk_time
    row.owner = -1
    row.attempt = 0
    row.redials = 0
    row.n_answered = 0
    row.waited_before = 0.0
    row.last_handled_at = math.nan
    enter(world, now, contact)
    state.contact_ahead = -1


@compiled
def on_return(world, now, contact):
    """A customer who was not answered redials, or one whose matter is not settled contacts again."""
    row = world.contacts[contact]
    row.interval = world.state[0].interval
    row.type = world.type_of[row.intent, row.cluster, row.segment, row.condition]
    tally = tally_of(world, contact)
    if row.redials > 0:
        tally.redials += 1
    elif row.n_answered > 0:
        tally.repeats += 1
        if now - row.last_handled_at <= world.options[0].recall_window:
            tally.recalls += 1
    enter(world, now, contact)


@compiled
def allotted_type(world, contact):
    """The site that the contact is sent to, drawn by the sites' shares for each attempt (percent allocation)."""
    row = world.contacts[contact]
    first, n = world.allotted[row.type, 0], world.allotted[row.type, 1]
    level, _ = uniforms(world.state[0].seed, Purpose.ALLOTMENT, row.who, row.attempt)
    for number in range(first, first + n):
        if level < world.allotments[number].upto:
            return np.int64(world.allotments[number].type)
    return np.int64(row.type)


@inlined
def enter(world, now, contact):
    """The contact reaches the centre: a trunk, then the IVR if there is one."""
    state = world.state[0]
    options = world.options[0]
    row = world.contacts[contact]
    row.entered_at = now
    row.joined_at = now
    row.interval = state.interval
    row.operator = -1
    row.is_contained = False
    if options.has_allotments:
        row.type = allotted_type(world, contact)
    tally = tally_of(world, contact)
    tally.entered += 1
    if options.has_channels and world.types[row.type].deferral == Deferral.WORK:
        arrive_work(world, now, contact)
        return
    if options.has_web and world.entries[row.intent].fallback >= 0:
        enter_web(world, now, contact)
        return
    is_call = not (options.has_chats and is_chat(world, contact))  # a chat takes no telephone line and meets no menu
    if options.trunks >= 0 and is_call:
        if state.n_inside >= options.trunks:
            block(world, now, contact)
            return
        row.is_on_trunk = True
        state.n_inside += 1
    if options.has_ivr and is_call and not ivr_is_down(world):
        enter_ivr(world, now, contact)
    else:
        ask_operator(world, now, contact, tally)


@compiled
def enter_ivr(world, now, contact):
    """The customer goes through the menus; some need nobody afterwards. Whoever comes back asks for an operator."""
    options = world.options[0]
    row = world.contacts[contact]
    kind = world.types[row.type]
    level, chance = uniforms(world.state[0].seed, Purpose.IVR, row.who, row.attempt)
    time = draw_time(world.laws, world.knots, options.ivr_law, level)
    row.is_contained = chance < kind.containment and row.attempt == 0
    if options.has_menus:
        time = navigate(world, contact, time)
    elif kind.menu_first:
        time *= options.menu_first_factor
    row.phase = Phase.IVR
    tally = tally_of(world, contact)
    tally.menus += 1.0
    tally.ivr_time += time
    schedule(world, now + time, Event.IVR_END, contact, row.generation)


@compiled
def on_ivr_end(world, now, contact):
    row = world.contacts[contact]
    if row.is_contained:
        serve_itself(world, now, contact)
    else:
        ask_operator(world, now, contact, tally_of(world, contact))


@compiled
def serve_itself(world, now, contact):
    """Served to the end by the IVR; if the matter was not settled, the customer contacts again."""
    row = world.contacts[contact]
    tally_of(world, contact).self_served += 1
    if world.options[0].has_night:
        tally_of(world, contact).night_served += world.state[0].closed
    leave_trunk(world, contact)
    chance, delay = uniforms(world.state[0].seed, Purpose.FALSE_CONTAINMENT, row.who, row.attempt)
    entry = world.entries[row.intent]
    returns = chance < entry.false_share
    if world.state[0].recording:
        record(world, contact, now, Outcome.SELF_SERVED, returns)
    fall_back(world, contact, returns)
    if returns:
        come_back(world, now, contact, entry.false_law, delay)
    else:
        free_row(world, contact)


@inlined
def ask_operator(world, now, contact, tally):
    """The contact asks for an operator: answered at once, or in line, or turned away. Its `tally_of` counts it."""
    row = world.contacts[contact]
    row.joined_at = now
    row.since = now - row.waited_before if world.options[0].redial_cumulates else now
    row.widened = 0.0
    line = world.types[row.type].line
    if world.state[0].closed:
        if world.options[0].has_night:
            turn_away(world, now, contact)
            return
        tally.offered += 1
        lose(world, contact, now, Outcome.CUT)
        return
    if row.owner >= 0 and world.options[0].owner_wait > 0.0 and ask_owner(world, now, contact):
        return
    operator = np.int64(-1)
    if world.options[0].has_chats or has_anybody_idle(world, line):
        operator = select_operator(world, line, now - row.since, 1, contact)
    if operator >= 0 and world.options[0].has_overflow and world.state[0].n_waiting > 0:
        is_idle = world.skills[world.lines[line].skill].n_idle > 0  # then the wait that the newcomer adds is none
        if not (is_idle and spares_looks(world, now)):
            operator = serve_earlier(world, now, contact, line)
    if operator >= 0:
        tally.offered += 1
        pick_up(world, now, contact, operator)
    elif world.options[0].has_interruption and interrupt(world, now, contact, line, now - row.since):
        tally.offered += 1
    else:
        wait_in_line(world, now, contact, line, tally)


@compiled
def serve_earlier(world, now, contact, line):
    """A newcomer may open a stage by the wait it adds: who goes before it goes first. Its operator; -1 = none."""
    since = world.contacts[contact].since
    skill = world.skills[world.lines[line].skill]
    skill.n_waiting += 1
    first = select_opened(world, now, np.int64(world.lines[line].skill) if spares_looks(world, now) else -1)
    while first >= 0 and not passes(world, line, contact, first, now):
        take_from_line(world, now, first, now - world.contacts[first].since)
        first = select_opened(world, now, -1)
    skill.n_waiting -= 1
    return select_operator(world, line, now - since, 1, contact)


@compiled
def on_give_up(world, now, contact):
    """The contact's patience ran out; nothing happens if an operator answered first."""
    row = world.contacts[contact]
    if row.gives_up_at != now:
        return
    if row.phase == Phase.WAITING:
        leave_line(world, contact)
        lose(world, contact, now, outcome_of_leaving(world, contact))
        if world.options[0].has_gates:
            offer_again(world, now)
    elif row.phase == Phase.OWNER:
        world.operators[row.owner].reserved = -1
        lose(world, contact, now, outcome_of_leaving(world, contact))


@compiled
def on_widen(world, now, contact):
    """The circle of operators who may answer grows; nothing happens if one has answered, or patience has run out."""
    row = world.contacts[contact]
    if (row.phase != Phase.WAITING and row.phase != Phase.DEFERRED) or row.gives_up_at <= now:
        return
    line = line_of(world, contact)
    row.widened = next_widening(world, contact, line)
    world.state[0].has_emptied = False
    is_taken = take_from_line(world, now, contact, row.widened)
    if not is_taken and world.options[0].has_interruption:
        is_taken = interrupt(world, now, contact, line, row.widened)
    if not is_taken:
        widen_later(world, now, contact, line)
    elif (world.options[0].has_overflow or world.options[0].has_gates) and (
        world.state[0].has_emptied or not spares_looks(world, now)
    ):
        offer_again(world, now)


@compiled
def on_close(world, now):
    """The doors close. Those in line are cut off, or served by operators who stay until the line is empty."""
    world.state[0].closed = True
    drop_all_expired(world, now)
    if world.options[0].serve_out:
        return
    for line in range(len(world.lines)):
        while world.lines[line].head >= 0 and not world.lines[line].is_work:
            contact = world.lines[line].head
            leave_line(world, contact)
            lose(world, contact, now, Outcome.CUT)
    for operator in range(len(world.operators)):
        contact = world.operators[operator].reserved
        if contact >= 0:
            world.operators[operator].reserved = -1
            lose(world, contact, now, Outcome.CUT)
