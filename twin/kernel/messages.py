"""Messages left: work for between calls, with a deadline."""

from twin.kernel.codes import Deferral, Outcome
from twin.kernel.contacts import free_row
from twin.kernel.jit import compiled
from twin.kernel.tally import record, tally_of


@compiled
def settle_message(world, now, contact, operator):
    """A message has been worked on: in time, if its deadline has not passed. The matter ends here."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    rule = world.offers[world.lines[world.types[row.type].line].offer]
    tally = tally_of(world, contact)
    tally.messages_done += 1.0
    tally.messages_in_time += now - errand.hung_up_at <= rule.deadline
    tally.message_time += row.talk_time
    tally.labour_cost += world.operators[operator].wage * row.talk_time
    if world.state[0].recording:
        record(world, contact, now, Outcome.MESSAGE_DONE, False)
    row.deferral = Deferral.NONE
    free_row(world, contact)
