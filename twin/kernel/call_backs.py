"""What happens to contacts off the telephone, and to those who hear of their wait while they wait."""

import numpy as np

from twin.kernel.answering import answer, pick_up
from twin.kernel.campaigns import give_up, reach
from twin.kernel.cases import take_up
from twin.kernel.chance import uniforms
from twin.kernel.codes import Deferral, Outcome, Phase, Purpose, Reply
from twin.kernel.contacts import lose, outcome_of_leaving, when_open
from twin.kernel.deferred import defer, dial_rule_of, key_of, line_of, reach_of
from twin.kernel.dialling import dial_soon, list_again
from twin.kernel.draws import draw_time
from twin.kernel.handlers import serve_earlier
from twin.kernel.interruption import interrupt, lay_down
from twin.kernel.jit import compiled
from twin.kernel.lists import leave_line
from twin.kernel.offers import accepts, balks, change_patience, hang_up, hear_later, next_hearing, place_of, told_wait
from twin.kernel.routing import select_operator
from twin.kernel.shifts import become_free
from twin.kernel.waiting import stand_in_line
from twin.kernel.widening import widen_later


@compiled
def on_due(world, now, contact):
    """The promised instant, or the next try of a call; a message to be worked on."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    if row.deferral == Deferral.MESSAGE:
        row.since = errand.hung_up_at
        lay_down(world, now, contact)
    elif row.deferral == Deferral.CASE:
        take_up(world, now, contact)
    elif row.deferral == Deferral.OUTBOUND:
        list_again(world, now, contact)
    else:
        call_back(world, now, contact)


@compiled
def call_back(world, now, contact):
    """Somebody is to be called back now: by an operator if one is free or can be, else in line."""
    row = world.contacts[contact]
    opens_at = when_open(world, now, 0.0)
    if world.state[0].closed and opens_at > now:
        defer(world, contact, opens_at)
        return
    line = line_of(world, contact)
    row.since = now
    row.widened = 0.0
    operator = select_operator(world, line, 0.0, 1, contact)
    if operator >= 0 and world.options[0].has_overflow and world.state[0].n_waiting > 0:
        operator = serve_earlier(world, now, contact, line)
    if operator >= 0:
        pick_up(world, now, contact, operator)
    elif not (world.options[0].has_interruption and interrupt(world, now, contact, line, 0.0)):
        stand_in_line(world, now, contact, line)


@compiled
def on_dial_end(world, now, contact):
    """Somebody picks up, or the operator rings off and the next try comes later, behind those then in line."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    rule = dial_rule_of(world, contact)
    operator = np.int64(row.operator)
    is_outbound = row.deferral == Deferral.OUTBOUND
    if operator < 0:
        world.campaigns[errand.campaign].n_ringing -= 1
    _, chance = uniforms(world.state[0].seed, Purpose.DIAL, row.who, key_of(row, errand.n_dials))
    if chance < reach_of(world, rule, now):
        if is_outbound:
            reach(world, now, contact, operator)
            dial_soon(world, now)
        else:
            answer(world, now, contact, operator)
        return
    if errand.n_dials < rule.retries:
        level, _ = uniforms(world.state[0].seed, Purpose.RETRY, row.who, key_of(row, errand.n_dials))
        errand.n_dials += np.uint8(1)
        delay = draw_time(world.laws, world.knots, rule.retry_law, level)
        defer(world, contact, when_open(world, now + delay, 0.0))
    elif is_outbound:
        give_up(world, contact)
    else:
        lose(world, contact, now, Outcome.UNREACHED)
    if operator >= 0:
        become_free(world, now, operator)
    else:
        dial_soon(world, now)


@compiled
def on_hear(world, now, contact):
    """While waiting: a call-back is offered while the doors are open, or the expected wait is told again."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    if row.phase != Phase.WAITING or row.gives_up_at <= now:
        return
    line = line_of(world, contact)
    rule = world.offers[world.lines[line].offer]
    waited = next_hearing(world, contact, rule)
    errand.told = told_wait(world, line, place_of(world, line, contact), now - row.joined_at)
    reply = np.int64(Reply.STAYS)
    if errand.n_offers < rule.n_after and world.knots[rule.first_after + errand.n_offers] == waited:
        errand.n_offers += np.uint8(1)
        if not world.state[0].closed and accepts(world, contact, rule, errand.told):
            reply = np.int64(Reply.HANGS_UP)
    if reply == Reply.STAYS and rule.announces and (errand.n_heard + 1.0) * rule.every == waited:
        errand.n_heard += np.uint16(1)
        if balks(world, contact, rule):
            reply = np.int64(Reply.LEAVES)
        else:
            change_patience(world, now, contact, line)
    if reply == Reply.HANGS_UP:
        hang_up(world, now, contact, line)
        if rule.keeps_place:
            widen_later(world, now, contact, line)
    elif reply == Reply.LEAVES:
        leave_line(world, contact)
        lose(world, contact, now, Outcome.ABANDONED)
    elif row.gives_up_at <= now:
        leave_line(world, contact)
        lose(world, contact, now, outcome_of_leaving(world, contact))
    else:
        hear_later(world, contact, line)
