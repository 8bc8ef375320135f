"""Outbound campaigns dial: who is called, when, and with which operator.

Preview: an idle operator takes a record, looks at it, dials and listens to the ringing. Progressive: the same without
the look. Predictive: the centre dials ahead of idle operators, by a ratio that `adapt` keeps as high as the share of
nuisance calls allows (Samuelson 1999, Interfaces 29(5): pace by what was observed; here a plain step up or down).
"""

import math

import numpy as np

from twin.kernel.answering import offer_again
from twin.kernel.codes import Deferral, Dialling, Event, Phase
from twin.kernel.contacts import take_row
from twin.kernel.deferred import begins_off_line, dial
from twin.kernel.gates import is_gate_open
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled
from twin.kernel.lists import join_line, leave_idle, leave_line
from twin.kernel.routing import is_open, is_released, select_operator

AT_ONCE = 8
"""Dials that one event may start; more follow at the same instant, so that tables have room."""
STEP_DOWN, STEP_UP = 0.8, 1.1
"""Factors on the dialling ratio after a span with more, or no more, nuisance calls than allowed (assumed)."""


@compiled
def dial_soon(world, now):
    """Something has changed: what may be dialled now is dialled by an event of its own, when this one is over."""
    state = world.state[0]
    campaign = 0
    while not state.is_dial_due and campaign < len(world.campaigns):
        if may_dial(world, campaign):
            state.is_dial_due = True
            schedule(world, now, Event.DIAL, 0, 0)
        campaign += 1


@compiled
def on_dial(world, now):
    """Every open campaign dials as far as numbers, idle operators and ratio allow."""
    world.state[0].is_dial_due = False
    n_started = 0
    for campaign in range(len(world.campaigns)):
        while n_started < AT_ONCE and may_dial(world, campaign):
            dial_number(world, now, campaign)
            n_started += 1
    if n_started > 0:
        offer_again(world, now)
    dial_soon(world, now)


@compiled
def may_dial(world, campaign):
    """Whether a number is due and enough operators are idle beyond those kept for other contacts."""
    row = world.campaigns[campaign]
    if not row.is_open or row.n_pauses > 0 or (row.n_left == 0 and world.lines[row.due_line].head < 0):
        return False
    line = np.int64(world.types[row.type].line)
    n_idle = world.skills[world.lines[line].skill].n_idle - row.keep_idle
    if row.mode == Dialling.PREDICTIVE:
        return row.n_ringing < np.int64(row.ratio * max(n_idle, 0))
    return n_idle > 0 and has_operator(world, line)


@compiled
def has_operator(world, line):
    """Whether `select_operator` would find somebody for a contact that comes to the line now."""
    row = world.lines[line]
    for step in range(row.first_step, row.first_step + row.n_steps):
        if row.is_gated and not is_gate_open(world, line, step, 0.0, 0):
            continue
        if world.pools[world.steps[step].pool].head >= 0 and is_open(world, line, step, 0.0, 0):
            return is_released(world, line, 0.0)
    return False


@compiled
def take_number(world, campaign):
    """The next number: one that is due again, else the next of the list."""
    row = world.campaigns[campaign]
    due = np.int64(world.lines[row.due_line].head)
    if due >= 0:
        leave_line(world, due)
        return due
    contact = np.int64(take_row(world))
    new = world.contacts[contact]
    errand = world.errands[contact]
    new.who = row.who + np.uint64(row.n_begun)
    row.n_begun += 1
    row.n_left -= 1
    new.type = row.type
    new.intent, new.cluster = world.types[row.type].intent, world.types[row.type].cluster
    new.segment = new.condition = 0
    new.customer = new.owner = -1
    new.given_talk = new.last_handled_at = math.nan
    new.gives_up_at = math.inf
    new.attempt = 0
    new.redials = new.n_answered = errand.n_dials = 0
    new.waited_before = errand.work_left = 0.0
    new.is_contained = False
    new.deferral = Deferral.OUTBOUND
    errand.campaign = campaign
    return contact


@compiled
def dial_number(world, now, campaign):
    contact = take_number(world, campaign)
    row = world.contacts[contact]
    errand = world.errands[contact]
    row.interval = world.state[0].interval
    row.entered_at = now
    row.joined_at = now
    row.since = now
    errand.hung_up_at = now
    row.operator = -1
    if world.campaigns[campaign].mode == Dialling.PREDICTIVE:
        world.campaigns[campaign].n_ringing += 1
        dial(world, now, contact, -1)
        return
    operator = select_operator(world, np.int64(world.types[row.type].line), 0.0, 0, contact)
    leave_idle(world, operator)
    begins_off_line(world, now, contact, operator)


@compiled
def list_again(world, now, contact):
    """A number is to be called again: before those that were never called."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    row.since = now
    row.phase = Phase.DEFERRED
    join_line(world, np.int64(world.campaigns[errand.campaign].due_line), contact)
    dial_soon(world, now)


@compiled
def adapt(world, campaign):
    """After each span: fewer dials an idle operator if too many of those reached found nobody, more if not."""
    row = world.campaigns[campaign]
    if row.n_reached > 0:
        factor = STEP_DOWN if row.n_nuisance > row.cap * row.n_reached else STEP_UP
        row.ratio = min(max(row.ratio * factor, 1.0), row.most)
    row.n_reached = 0
    row.n_nuisance = 0
