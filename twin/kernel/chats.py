"""Chats: an operator has several at once, and each goes on the slower the more there are.

With m of them, each goes on at 1 / (1 + f (m - 1)) of the speed that it has alone: the rate of service depends on the
number that the operator serves (Tezcan and Zhang 2014, "Routing and staffing in customer service chat systems with
impatient customers"); f = 0 costs nothing, f = 1 shares the operator out evenly (processor sharing). All chats of an
operator go at one speed, so the work done on one that has been there all the time tells when each of them ends.

The time of an operator in chats counts once; each chat's part of it is the sum of time over the number there was.
"""

import numpy as np

from twin.kernel.codes import Activity, Event
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled, inlined
from twin.kernel.rooms import close_room, open_room
from twin.kernel.tally import accrue, tally_of


@inlined
def is_chat(world, contact):
    return world.lines[world.types[world.contacts[contact].type].line].is_chat


@inlined
def slowness(world, n):
    """How many times as long a chat takes as it would alone, with `n` of them at once."""
    return 1.0 + world.options[0].chat_slowdown * (n - 1.0)


@compiled
def come_on(world, now, operator):
    """Book what has been done since the number of the operator's chats changed."""
    chatter = world.chatters[operator]
    time = now - chatter.changed_at
    chatter.changed_at = now
    chatter.done += time / slowness(world, chatter.n)
    chatter.shared += time / chatter.n


@compiled
def first_to_end(world, operator):
    """The slot of the chat that ends first; ties by slot."""
    chatter = world.chatters[operator]
    best = np.int64(-1)
    for slot in range(chatter.first_slot, chatter.first_slot + chatter.most):
        row = world.slots[slot]
        if row.contact >= 0 and (best < 0 or row.due < world.slots[best].due):
            best = np.int64(slot)
    return best


@compiled
def plan_end(world, now, operator):
    """The number of chats has changed: when the first of them now ends. The event planned before means nothing."""
    chatter = world.chatters[operator]
    left = max(world.slots[first_to_end(world, operator)].due - chatter.done, 0.0)
    chatter.stint += np.uint32(1)
    schedule(world, now + left * slowness(world, chatter.n), Event.CHAT_END, operator, chatter.stint)


@inlined
def takes_more(world, operator):
    """Whether an operator in chats has room for one more, and is not wanted elsewhere when they are over."""
    row, chatter, options = world.operators[operator], world.chatters[operator], world.options[0]
    if chatter.n >= chatter.most or row.is_leaving or chatter.runs_down:
        return False
    if options.has_control:
        crew = world.crew[operator]
        if crew.next_loan != crew.loan or world.sites[crew.site].is_down:
            return False
    return row.break_time <= 0.0 or options.has_break_rule  # then the desk says when


@compiled
def begin_chat(world, now, contact, operator):
    """One more chat, with an operator who is idle or in others. `talk_time` is what it would take alone."""
    chatter = world.chatters[operator]
    accrue(world, operator, now)
    if chatter.n == 0:
        world.operators[operator].activity = Activity.TALK
        chatter.changed_at, chatter.done, chatter.shared = now, 0.0, 0.0
        chatter.runs_down = False
    else:
        come_on(world, now, operator)
    slot = np.int64(chatter.first_slot)
    while world.slots[slot].contact >= 0:
        slot += 1
    row = world.slots[slot]
    row.contact = contact
    row.due = chatter.done + world.contacts[contact].talk_time
    row.shared_before = chatter.shared
    chatter.n += 1
    plan_end(world, now, operator)
    if takes_more(world, operator):
        open_room(world, operator)


@compiled
def ends_chat(world, now, operator, stint):
    """The first of the operator's chats ends, as his talk; False if their number has changed since that was planned."""
    chatter = world.chatters[operator]
    if chatter.stint != stint:
        return False
    come_on(world, now, operator)
    slot = first_to_end(world, operator)
    row = world.slots[slot]
    chatter.done = row.due  # no rounding: those that end together do so at one instant
    contact = np.int64(row.contact)
    row.contact = -1
    chatter.n -= 1
    close_room(world, operator)
    world.operators[operator].contact = contact
    count_chat(world, now, contact, operator, chatter.shared - row.shared_before)
    return True


@compiled
def count_chat(world, now, contact, operator, work):
    """Beside what every answer counts: labour is the operator's time that the chat has taken, not its length."""
    row = world.contacts[contact]
    row.talk_time = now - row.answered_at
    tally = tally_of(world, contact)
    tally.chats += 1.0
    tally.chat_time += row.talk_time
    tally.chat_work += work
    tally.labour_cost -= world.operators[operator].wage * (row.talk_time - work)
