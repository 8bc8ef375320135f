"""An outage breaks off what the operators of a site are at: calls and chats are cut, all else is done later.

A call that two operators share is cut when the site of either goes down. Work in hand is put down with what is left of
it; a dial is made again, a message begun again.
"""

import numpy as np

from twin.kernel.codes import Activity, Deferral, Outcome, Phase, Stage
from twin.kernel.contacts import go_home, leave_trunk, will_redial
from twin.kernel.control import leave_wraps
from twin.kernel.deferred import defer, wait_until
from twin.kernel.interruption import put_down
from twin.kernel.jit import compiled
from twin.kernel.legs import forget_legs, stop_seeking
from twin.kernel.lists import leave_line
from twin.kernel.rooms import close_room
from twin.kernel.shifts import become_free
from twin.kernel.tally import record, tally_of


@compiled
def break_off(world, now, operator):
    """Whatever the operator is at ends here and now, and the end that was planned means nothing."""
    row = world.operators[operator]
    other = np.int64(-1)
    world.crew[operator].stint += 1
    if world.options[0].has_chats and world.chatters[operator].n > 0:
        drop_chats(world, now, operator)
    elif row.activity != Activity.WRAP:
        other = break_contact(world, now, operator, np.int64(row.contact))
    leave_wraps(world, operator)
    become_free(world, now, operator)
    if other >= 0:
        world.crew[other].stint += 1
        become_free(world, now, other)


@compiled
def break_contact(world, now, operator, contact):
    """What becomes of who or what the operator was with; the other operator there, -1 = none."""
    row = world.contacts[contact]
    if row.deferral == Deferral.WORK or row.deferral == Deferral.CASE:
        put_down(world, now, operator)
        return np.int64(-1)
    if row.deferral == Deferral.MESSAGE or row.phase == Phase.DIALLING:
        row.operator = -1
        defer(world, contact, now)
        return np.int64(-1)
    other = np.int64(-1)
    if world.options[0].has_legs:
        other = leave_leg(world, now, contact, operator)
    drop_call(world, now, contact)
    return other


@compiled
def leave_leg(world, now, contact, operator):
    """The further operator, or the first one, of a matter that is cut off in the middle of a leg; -1 = none."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    if row.stage == Stage.SEEKING:
        leave_line(world, contact)
        stop_seeking(world, now, contact)
    elif row.stage > Stage.PLANNED:
        return np.int64(row.operator if relay.partner == operator else relay.partner)
    return np.int64(-1)


@compiled
def drop_chats(world, now, operator):
    """All chats of the operator break."""
    chatter = world.chatters[operator]
    close_room(world, operator)
    chatter.stint += np.uint32(1)
    chatter.n = 0
    for slot in range(chatter.first_slot, chatter.first_slot + chatter.most):
        contact = np.int64(world.slots[slot].contact)
        if contact >= 0:
            world.slots[slot].contact = -1
            drop_call(world, now, contact)


@compiled
def drop_call(world, now, contact):
    """The connection breaks in the middle of a talk. The customer may redial, as who gave up does."""
    row = world.contacts[contact]
    tally = tally_of(world, contact)
    wait = wait_until(world, contact, row.answered_at)
    tally.dropped += 1.0
    if wait > 0.0:
        tally.waited += 1.0
    tally.wait_lost += wait
    tally.wait_squared += wait * wait
    leave_trunk(world, contact)
    row.waited_before += row.answered_at - row.joined_at
    returns = will_redial(world, contact)
    if world.state[0].recording:
        record(world, contact, now, Outcome.DROPPED, returns)
    if world.options[0].has_legs:
        forget_legs(world, contact)
    if row.deferral == Deferral.CALL_BACK:
        tally.off_line += row.answered_at - world.errands[contact].hung_up_at
        row.deferral = Deferral.NONE
    go_home(world, now, contact, returns)
