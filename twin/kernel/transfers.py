"""A talk leads to a further operator: transfer, conference, consultation, escalation begin here and come to an end."""

import math

import numpy as np

from twin.kernel.answering import offer_again
from twin.kernel.chance import uniforms
from twin.kernel.codes import Activity, Deferral, Event, LegKind, Phase, Purpose, Stage
from twin.kernel.contacts import lose, outcome_of_leaving
from twin.kernel.heap import schedule
from twin.kernel.interruption import interrupt
from twin.kernel.jit import compiled
from twin.kernel.legs import (
    change_activity,
    count_transfer,
    count_work,
    meet,
    pick_leg,
    plan_leg,
    release,
    stop_seeking,
    talk_on,
    turn_of,
)
from twin.kernel.lists import join_line, leave_idle, leave_line
from twin.kernel.resolution import draw_resolution
from twin.kernel.routing import select_operator
from twin.kernel.tally import tally_of
from twin.kernel.waiting import draw_patience, stand_in_line
from twin.kernel.widening import widen_later


@compiled
def goes_on(world, now, contact, operator):
    """A part of the talk has ended: what follows, if the matter does not end here with this operator."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    if row.stage == Stage.PLANNED:
        if world.state[0].closed and row.deferral != Deferral.WORK:  # nobody is fetched after closing time
            count_work(world, contact, operator, row.talk_time, 0.0, 0.0)
            go_on_alone(world, now, contact, operator, row.type)
        else:
            begin_leg(world, now, contact, operator)
        return True
    if row.stage == Stage.BRIEFING:
        if world.legs[relay.leg].kind == LegKind.CONSULTATION:
            end_consultation(world, now, contact, operator)
        else:
            end_handover(world, now, contact, operator)
        return True
    if row.stage == Stage.JOINED:
        count_work(world, contact, relay.partner, row.talk_time, 0.0, 0.0)
        release(world, now, contact, relay.partner, relay.partner_wrap)
        return False
    if row.deferral == Deferral.MESSAGE:
        return False
    return world.types[row.type].n_legs > 0 and escalates(world, now, contact, operator)


@compiled
def escalates(world, now, contact, operator):
    """At the end of a talk that did not resolve the matter: whether it goes to the next tier."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    if world.state[0].closed and row.deferral != Deferral.WORK:
        return False
    _, chance = uniforms(world.state[0].seed, Purpose.LEG_TIME, row.who, turn_of(world, contact))
    number = pick_leg(world, contact, operator, chance, True)
    if number < 0:
        return False
    is_resolved, _ = draw_resolution(world, contact, operator)
    if is_resolved:
        return False
    relay.leg = number
    relay.rest = 0.0
    begin_leg(world, now, contact, operator)
    return True


@compiled
def begin_leg(world, now, contact, operator):
    """The contact asks for a further operator, who answers at once or is waited for; the first one stays or leaves."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    leg = world.legs[relay.leg]
    count_work(world, contact, operator, row.talk_time, 0.0, 0.0)
    row.stage = Stage.SEEKING
    relay.n_legs += np.uint8(1)
    relay.leg_at = now
    row.generation += np.uint32(1)  # events of the first wait mean nothing now
    if not leg.stays:
        count_transfer(world, contact)
        release(world, now, contact, operator, row.wrap_time)
    row.type = leg.seek_type
    if not leg.keeps_age:
        row.since = now
    row.widened = now - row.since
    line = world.types[row.type].line
    if leg.stays:
        relay.partner = operator
        relay.partner_wrap = row.wrap_time
        change_activity(world, now, operator, Activity.HOLD)
    further = select_operator(world, line, row.widened, 0 if row.deferral == Deferral.WORK else 1, contact)
    if further >= 0:
        leave_idle(world, further)
        meet(world, now, contact, further)
        if world.options[0].has_overflow:
            offer_again(world, now)
    elif row.deferral == Deferral.WORK:
        lie_again(world, now, contact, line)
    elif not (world.options[0].has_interruption and interrupt(world, now, contact, line, row.widened)):
        wait_again(world, now, contact, line)


@compiled
def lie_again(world, now, contact, line):
    """Work that is handed on lies in its line until somebody has time."""
    world.contacts[contact].phase = Phase.DEFERRED
    join_line(world, line, contact)
    widen_later(world, now, contact, line)
    if world.lines[line].is_gated:
        offer_again(world, now)


@compiled
def wait_again(world, now, contact, line):
    """Nobody is free: the customer waits with a fresh patience or the rest of the first, the operator to a limit."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    leg = world.legs[relay.leg]
    row.gives_up_at = math.inf
    if world.types[row.type].patience_law >= 0:
        if leg.keeps_patience:
            waited = row.answered_at - row.joined_at + relay.hold_time
            left = draw_patience(world, row.joined_at, contact, 0) - waited
        else:
            left = draw_patience(world, now, contact, relay.n_legs)
        row.gives_up_at = now + max(left, 0.0)
    if row.gives_up_at <= now:
        lose(world, contact, now, outcome_of_leaving(world, contact))
        return
    if row.gives_up_at < math.inf:
        schedule(world, row.gives_up_at, Event.GIVE_UP, contact, row.generation)
    if leg.stays:
        schedule(world, now + leg.limit, Event.LEG_LIMIT, contact, row.generation)
    stand_in_line(world, now, contact, line)


@compiled
def on_leg_limit(world, now, contact):
    """No further operator has come in time: the first one goes on alone. Nothing happens if one has come."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    if row.stage != Stage.SEEKING:
        return
    leave_line(world, contact)
    stop_seeking(world, now, contact)
    go_on_alone(world, now, contact, relay.partner, world.legs[relay.leg].from_type)


@compiled
def go_on_alone(world, now, contact, operator, kind):
    """The first operator finishes the talk without a further one."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    row.stage = Stage.NONE
    row.type = kind
    row.talk_time = relay.rest
    tally_of(world, contact).unassisted += 1.0
    talk_on(world, now, contact, operator)


@compiled
def end_consultation(world, now, contact, expert):
    """The expert goes back to work, the first operator finishes the talk with what he was told."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    relay.hold_time += row.talk_time
    count_work(world, contact, expert, row.talk_time, 0.0, 0.0)
    count_work(world, contact, relay.partner, 0.0, 0.0, row.talk_time)
    release(world, now, contact, expert, 0.0)
    row.stage = Stage.NONE
    row.type = world.legs[relay.leg].back_type
    row.talk_time = relay.rest
    talk_on(world, now, contact, relay.partner)


@compiled
def end_handover(world, now, contact, operator):
    """The matter is explained: the first operator leaves, the further one is alone with the customer."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    count_work(world, contact, operator, row.talk_time, 0.0, 0.0)
    count_work(world, contact, relay.partner, row.talk_time, 0.0, 0.0)
    release(world, now, contact, relay.partner, relay.partner_wrap)
    row.stage = Stage.NONE
    row.talk_time = relay.rest
    plan_leg(world, contact, operator)
    talk_on(world, now, contact, operator)
