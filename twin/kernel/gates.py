"""Gates of stages: when a stage is shut though its wait has come. Rows of `gates` stand beside those of `steps`.

A class of contacts uses a pool only while enough of its operators stay idle for others (Gurvich, Armony and Mandelbaum
2008, "Service-level differentiation in call centers with fully flexible servers": thresholds of idle servers); the
pool takes them only while many wait, on and off at two thresholds (Perry and Whitt 2009, "Responding to unexpected
overloads in large-scale service systems"); or only while their queue is the longer one by the number of its operators
(ContactCenters: QueueRatioOverflowRouter). A stage that closes at a wait narrows the circle again.
"""

import math

from twin.kernel.jit import compiled, inlined


@compiled
def switch_gates(world, line):
    """The number in line has changed: stages that need many waiting open above one threshold, close at the other."""
    row = world.lines[line]
    for step in range(row.first_step, row.first_step + row.n_steps):
        gate = world.gates[step]
        if row.n_waiting > gate.waiting_above:
            gate.is_on = True
        elif row.n_waiting <= gate.waiting_down_to:
            gate.is_on = False


@inlined
def queue_ratio(world, skill):
    """Contacts that wait for a skill over its operators on duty."""
    row = world.skills[skill]
    if row.n_waiting <= 0:
        return 0.0
    return row.n_waiting / row.n_staffed if row.n_staffed > 0 else math.inf


@compiled
def has_idle(world, pool, n):
    """Whether at least `n` operators of the pool are idle."""
    node = world.pools[pool].head
    while n > 0 and node >= 0:
        n -= 1
        node = world.nodes[node].next
    return n <= 0


@compiled
def is_gate_open(world, line, step, waited, n_freed):
    """Whether nothing shuts the stage; `n_freed` is 1 if the pool's operator who asks does not count as idle yet."""
    gate = world.gates[step]
    if waited >= gate.until:
        return False
    if gate.waiting_above > 0 and not gate.is_on:
        return False
    pool = world.steps[step].pool
    if gate.ratio >= 0.0:
        ratio = queue_ratio(world, world.lines[line].skill)
        if ratio <= gate.ratio or ratio <= queue_ratio(world, world.pools[pool].skill):
            return False
    return gate.idle_above <= 0 or has_idle(world, pool, gate.idle_above + 1 - n_freed)
