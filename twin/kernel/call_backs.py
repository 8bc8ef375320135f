"""What happens to contacts off the telephone, and to those who hear of their wait while they wait."""

import numpy as np

from twin.kernel.answering import answer, pick_up
from twin.kernel.chance import uniforms
from twin.kernel.codes import Deferral, Outcome, Phase, Purpose, Reply
from twin.kernel.contacts import lose, outcome_of_leaving, when_open
from twin.kernel.deferred import defer, key_of, line_of
from twin.kernel.draws import draw_time
from twin.kernel.handlers import serve_earlier, stand_in_line, widen_later
from twin.kernel.jit import compiled
from twin.kernel.lists import leave_line
from twin.kernel.offers import accepts, balks, change_patience, hang_up, hear_later, next_hearing, place_of, told_wait
from twin.kernel.routing import select_operator
from twin.kernel.shifts import become_free


@compiled
def on_due(world, now, contact):
    """The promised instant, the next try, or a message: to an operator if one is free, else in line."""
    state = world.state[0]
    row = world.contacts[contact]
    opens_at = when_open(world, now, 0.0)
    if state.closed and opens_at > now:
        defer(world, contact, opens_at)
        return
    line = line_of(world, contact)
    is_message = row.deferral == Deferral.MESSAGE
    row.since = row.hung_up_at if is_message else now
    row.widened = now - row.since
    operator = select_operator(world, line, row.widened, 0 if is_message else 1, contact)
    if operator >= 0 and not is_message and world.options[0].has_overflow and state.n_waiting > 0:
        operator = serve_earlier(world, now, contact, line)
    if operator < 0:
        stand_in_line(world, now, contact, line)
        return
    pick_up(world, now, contact, operator)


@compiled
def on_dial_end(world, now, contact):
    """The customer picks up, or the operator rings off and the next try comes later, behind those then in line."""
    row = world.contacts[contact]
    rule = world.offers[world.lines[world.types[row.type].line].offer]
    operator = row.operator
    _, chance = uniforms(world.state[0].seed, Purpose.DIAL, row.who, key_of(row, row.n_dials))
    if chance < rule.reach:
        answer(world, now, contact, operator)
        return
    if row.n_dials >= rule.retries:
        lose(world, contact, now, Outcome.UNREACHED)
    else:
        level, _ = uniforms(world.state[0].seed, Purpose.RETRY, row.who, key_of(row, row.n_dials))
        row.n_dials += np.uint8(1)
        delay = draw_time(world.laws, world.knots, rule.retry_law, level)
        defer(world, contact, when_open(world, now + delay, 0.0))
    become_free(world, now, operator)


@compiled
def on_hear(world, now, contact):
    """While waiting: a call-back is offered while the doors are open, or the expected wait is told again."""
    row = world.contacts[contact]
    if row.phase != Phase.WAITING or row.gives_up_at <= now:
        return
    line = line_of(world, contact)
    rule = world.offers[world.lines[line].offer]
    waited = next_hearing(world, contact, rule)
    row.told = told_wait(world, line, place_of(world, line, contact), now - row.joined_at)
    reply = np.int64(Reply.STAYS)
    if row.n_offers < rule.n_after and world.knots[rule.first_after + row.n_offers] == waited:
        row.n_offers += np.uint8(1)
        if not world.state[0].closed and accepts(world, contact, rule, row.told):
            reply = np.int64(Reply.HANGS_UP)
    if reply == Reply.STAYS and rule.announces and (row.n_heard + 1.0) * rule.every == waited:
        row.n_heard += np.uint16(1)
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
