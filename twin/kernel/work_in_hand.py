"""Work in hand that may be put down (e-mails, letters, desk work): begun, taken up again.

Who is at such work stands in one list, the one who began last at its head.
"""

from twin.kernel.codes import Event, Phase
from twin.kernel.heap import schedule, stint_of
from twin.kernel.jit import compiled
from twin.kernel.tally import ability_of


@compiled
def take_in_hand(world, contact, operator, ends_at):
    """The operator is at work until then, unless it may be put down and somebody comes between."""
    state, operators = world.state[0], world.operators
    world.errands[contact].work_ends_at = ends_at
    world.errands[contact].work_left = 0.0
    if not world.types[world.contacts[contact].type].is_interruptible:
        return
    before = state.last_worker
    operators[operator].next_worker = before
    operators[operator].previous_worker = -1
    operators[operator].is_interruptible = True
    if before >= 0:
        operators[before].previous_worker = operator
    state.last_worker = operator


@compiled
def resume(world, now, contact, operator):
    """The rest of the work, and the time to find one's place in it again."""
    row = world.contacts[contact]
    kind = world.types[row.type]
    row.phase = Phase.TALKING
    row.grade = ability_of(world, operator, kind.need).grade
    row.talk_time += kind.resume_time
    ends_at = now + world.errands[contact].work_left + kind.resume_time
    take_in_hand(world, contact, operator, ends_at)
    schedule(world, ends_at, Event.TALK_END, operator, stint_of(world, operator))


@compiled
def leave_workers(world, operator):
    operators = world.operators
    row = operators[operator]
    row.is_interruptible = False
    if row.next_worker >= 0:
        operators[row.next_worker].previous_worker = row.previous_worker
    if row.previous_worker >= 0:
        operators[row.previous_worker].next_worker = row.next_worker
    else:
        world.state[0].last_worker = row.next_worker


@compiled
def may_put_down(world, now, operator):
    """Whether the operator is at work that may be put down. What ends at this very instant is finished."""
    row = world.operators[operator]
    return row.is_interruptible and world.errands[row.contact].work_ends_at > now
