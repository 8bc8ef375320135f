"""Operators whose skills have changed over night, while they were on duty."""

from twin.kernel.answering import offer_again
from twin.kernel.codes import Activity
from twin.kernel.jit import compiled
from twin.kernel.lists import leave_idle
from twin.kernel.shifts import become_free


@compiled
def on_reskill(world, now, operator):
    """Somebody may be in line whom an idle operator can answer from now on, or whom others reach since counts moved."""
    if world.operators[operator].activity == Activity.IDLE and world.state[0].n_waiting + world.state[0].n_work > 0:
        leave_idle(world, operator)
        become_free(world, now, operator)
    offer_again(world, now)
