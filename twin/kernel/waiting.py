"""A contact begins to wait: is there room, what is it told, how patient is it, and where does it stand."""

import math

import numpy as np

from twin.kernel.ahead import draw_patience_of
from twin.kernel.answering import offer_skill, period_factor
from twin.kernel.codes import Deferral, Event, Outcome, Phase, Reply, Stage
from twin.kernel.contacts import block, lose, outcome_of_leaving
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled, inlined
from twin.kernel.lists import join_line
from twin.kernel.offers import change_patience, hang_up, hear, hear_later
from twin.kernel.widening import widen_later


@inlined
def has_room(world, line):
    options = world.options[0]
    queue = world.queues[world.lines[line].queue]
    if options.max_waiting >= 0 and world.state[0].n_waiting >= options.max_waiting:
        return False
    return queue.max_waiting < 0 or queue.n_waiting < queue.max_waiting


@compiled
def wait_in_line(world, now, contact, line, tally):
    """Nobody is free: the contact joins the line, unless it is full or the customer will not wait at all."""
    row = world.contacts[contact]
    if not has_room(world, line):
        block(world, now, contact)
        return
    tally.offered += 1
    if world.lines[line].offer >= 0 and not hear_and_stay(world, now, contact, line):
        return
    lose_patience_at(world, now, contact)
    if world.lines[line].offer >= 0:
        change_patience(world, now, contact, line)
    if row.gives_up_at <= now:
        lose(world, contact, now, outcome_of_leaving(world, contact))
        return
    stand_in_line(world, now, contact, line)
    if world.lines[line].offer >= 0:
        hear_later(world, contact, line)


@compiled
def hear_and_stay(world, now, contact, line):
    """Who must wait hears what is said and offered; False if he leaves, or hangs up to be called back."""
    reply = hear(world, contact, line)
    if reply == Reply.LEAVES:
        lose(world, contact, now, Outcome.ABANDONED)
    elif reply == Reply.HANGS_UP:
        hang_up(world, now, contact, line)
        if world.contacts[contact].phase == Phase.DEFERRED:
            stand_in_line(world, now, contact, line)
    return reply == Reply.STAYS


@compiled
def stand_in_line(world, now, contact, line):
    row = world.contacts[contact]
    is_off_line = row.deferral != Deferral.NONE and row.stage != Stage.SEEKING  # who is handed on was called back
    row.phase = Phase.DEFERRED if is_off_line else Phase.WAITING
    join_line(world, line, contact)
    widen_later(world, now, contact, line)
    if world.options[0].has_overflow or world.options[0].has_gates:
        offer_skill(world, now, line)
    world.state[0].has_joined = True


@compiled
def lose_patience_at(world, now, contact):
    """Draw the patience of this attempt: the instant at which the customer gives up or leaves a message."""
    options = world.options[0]
    row = world.contacts[contact]
    row.gives_up_at = now + options.message_after
    if world.types[row.type].patience_law >= 0:
        patience = draw_patience(world, now, contact, 0)
        if options.has_announcements:
            world.errands[contact].patience_ends_at = now + patience
        row.gives_up_at = min(row.gives_up_at, now + patience)
    if options.patience_events and now < row.gives_up_at < math.inf:
        schedule(world, row.gives_up_at, Event.GIVE_UP, contact, row.generation)


@inlined
def draw_patience(world, now, contact, leg):
    """How long the customer waits [s]: the patience of this attempt, or that of its `leg`-th wait after an answer."""
    options = world.options[0]
    row = world.contacts[contact]
    kind = world.types[row.type]
    which = np.int64(0 if options.redial_keeps else row.attempt) + 65536 * np.int64(leg)
    patience = draw_patience_of(world, np.int64(contact), kind.patience_law, which) * kind.patience_factor
    if kind.patience_row >= 0:
        patience *= period_factor(world, now, kind.patience_row)
    if row.redials > 0:
        patience *= max(math.pow(options.redial_factor, float(row.redials)), options.redial_floor)
    return patience
