"""Sticky operators: a contact about an open case goes to who holds the case, or waits a while for that operator."""

from twin.kernel.answering import answer, offer_again, pick_up
from twin.kernel.codes import Activity, Event, Phase
from twin.kernel.contacts import lose, outcome_of_leaving
from twin.kernel.heap import schedule
from twin.kernel.interruption import interrupt, put_down
from twin.kernel.jit import compiled
from twin.kernel.lists import leave_idle
from twin.kernel.routing import select_operator
from twin.kernel.tally import tally_of
from twin.kernel.waiting import lose_patience_at, stand_in_line
from twin.kernel.work_in_hand import may_put_down


@compiled
def ask_owner(world, now, contact):
    """The matter has an open case: the operator who holds it answers if idle, or is waited for if on duty."""
    row = world.contacts[contact]
    tally = tally_of(world, contact)
    owner = world.operators[row.owner]
    if owner.activity == Activity.IDLE:
        tally.offered += 1
        tally.to_owner += 1
        leave_idle(world, row.owner)
        answer(world, now, contact, row.owner)
        offer_again(world, now)
        return True
    if may_put_down(world, now, row.owner):
        tally.offered += 1
        tally.to_owner += 1
        put_down(world, now, row.owner)
        answer(world, now, contact, row.owner)
        return True
    is_busy = owner.activity == Activity.TALK or owner.activity == Activity.WRAP or owner.activity == Activity.HOLD
    if not is_busy or owner.reserved >= 0 or owner.is_leaving:
        return False
    tally.offered += 1
    lose_patience_at(world, now, contact)
    if row.gives_up_at <= now:
        lose(world, contact, now, outcome_of_leaving(world, contact))
        return True
    owner.reserved = contact
    row.phase = Phase.OWNER
    schedule(world, now + world.options[0].owner_wait, Event.OWNER_TIMEOUT, contact, row.generation)
    return True


@compiled
def on_owner_timeout(world, now, contact):
    """The owner did not become free in time: the contact goes where the others go."""
    row = world.contacts[contact]
    if row.phase != Phase.OWNER:
        return
    world.operators[row.owner].reserved = -1
    line = world.types[row.type].line
    row.widened = now - row.since
    operator = select_operator(world, line, row.widened, 1, contact)
    if operator >= 0:
        pick_up(world, now, contact, operator)
    elif not (world.options[0].has_interruption and interrupt(world, now, contact, line, row.widened)):
        stand_in_line(world, now, contact, line)
