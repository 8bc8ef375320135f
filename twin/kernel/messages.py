"""Messages left: work for between calls, with a deadline."""

from twin.kernel.codes import Deferral, Outcome
from twin.kernel.contacts import free_row, when_open
from twin.kernel.deferred import defer
from twin.kernel.jit import compiled
from twin.kernel.lists import leave_line
from twin.kernel.tally import record, tally_of


@compiled
def settle_message(world, now, contact, operator):
    """A message has been worked on: in time, if its deadline has not passed. The matter ends here."""
    row = world.contacts[contact]
    rule = world.offers[world.lines[world.types[row.type].line].offer]
    tally = tally_of(world, contact)
    tally.messages_done += 1.0
    tally.messages_in_time += now - row.hung_up_at <= rule.deadline
    tally.message_time += row.talk_time
    tally.labour_cost += world.operators[operator].wage * row.talk_time
    if world.state[0].recording:
        record(world, contact, now, Outcome.MESSAGE_DONE, False)
    row.deferral = Deferral.NONE
    free_row(world, contact)


@compiled
def shelve_messages(world, now):
    """At closing time: nobody stays for messages, they are in line again when the doors open."""
    opens_at = when_open(world, now, 0.0)
    for line in range(len(world.lines)):
        while world.lines[line].is_work and world.lines[line].head >= 0:
            contact = world.lines[line].head
            leave_line(world, contact)
            defer(world, contact, opens_at)
