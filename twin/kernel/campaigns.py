"""Outbound campaigns: their hours and pace, and what becomes of numbers: answered, a nuisance call, or given up."""

import numpy as np

from twin.kernel.answering import answer, pick_up
from twin.kernel.codes import Deferral, Dialling, Event
from twin.kernel.contacts import free_row
from twin.kernel.dialling import adapt, dial_soon, on_dial
from twin.kernel.heap import schedule
from twin.kernel.interruption import interrupt, on_interrupt
from twin.kernel.jit import compiled
from twin.kernel.routing import select_operator
from twin.kernel.tally import tally_of
from twin.kernel.waiting import stand_in_line

SILENCE = 2.0
"""Time [s] within which an operator must answer whom it reached; then the call is dropped (47 CFR 64.1200(a)(7))."""


@compiled
def on_campaign(world, now, campaign, is_open):
    """The hours in which the campaign may dial begin or end."""
    row = world.campaigns[campaign]
    row.is_open = is_open
    if is_open and row.mode == Dialling.PREDICTIVE:
        row.adapts_at = now + row.span
        schedule(world, row.adapts_at, Event.ADAPT, campaign, 0)
    dial_soon(world, now)


@compiled
def on_pace(world, now, kind, campaign):
    """Campaigns dial, or one adapts its ratio: not out of hours, nor if the hours have begun anew meanwhile.

    Or work is put down for those whom stages opened by load have reached.
    """
    if kind == Event.DIAL:
        on_dial(world, now)
        return
    if kind == Event.INTERRUPT:
        on_interrupt(world, now)
        return
    row = world.campaigns[campaign]
    if row.is_open and row.adapts_at == now:
        adapt(world, campaign)
        row.adapts_at = now + row.span
        schedule(world, row.adapts_at, Event.ADAPT, campaign, 0)
        dial_soon(world, now)


@compiled
def reach(world, now, contact, operator):
    """A person answers: the operator who dialled, or one who is idle, speaks; else the person waits in silence."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    tally = tally_of(world, contact)
    tally.reached += 1.0
    tally.entered += 1
    tally.offered += 1
    world.campaigns[errand.campaign].n_reached += 1
    row.deferral = Deferral.NONE
    row.joined_at = now
    row.since = now
    row.widened = 0.0
    if operator >= 0:
        answer(world, now, contact, operator)
        return
    line = np.int64(world.types[row.type].line)
    idle = select_operator(world, line, 0.0, 1, contact)
    if idle >= 0:
        pick_up(world, now, contact, idle)
    elif not (world.options[0].has_interruption and interrupt(world, now, contact, line, 0.0)):
        row.gives_up_at = now + SILENCE
        schedule(world, row.gives_up_at, Event.GIVE_UP, contact, row.generation)
        stand_in_line(world, now, contact, line)


@compiled
def give_up(world, contact):
    """The number was tried often enough."""
    tally_of(world, contact).given_up += 1.0
    world.contacts[contact].deferral = Deferral.NONE
    free_row(world, contact)
