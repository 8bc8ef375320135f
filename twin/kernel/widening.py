"""The circle of operators who may answer grows with the wait: when it does so next."""

import math

from twin.kernel.codes import Event
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled


@compiled
def next_widening(world, contact, line):
    """The next wait at which more operators may answer, or residual capacity is no longer asked for; inf = none."""
    widened = world.contacts[contact].widened
    queue = world.lines[line]
    following = math.inf
    for step in range(queue.first_step, queue.first_step + queue.n_steps):
        after = world.steps[step].after
        if after > widened:
            following = min(following, after)
    if queue.guarantee > widened:
        following = min(following, queue.guarantee)
    return following


@compiled
def widen_later(world, now, contact, line):
    row = world.contacts[contact]
    if row.widened >= world.lines[line].last_opening:
        return
    following = next_widening(world, contact, line)
    if following < math.inf:
        schedule(world, max(row.since + following, now), Event.WIDEN, contact, row.generation)
