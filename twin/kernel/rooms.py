"""Who takes a chat: operators with room for one more stand in lists by pool, as idle ones do.

Operators serve several customers at once, up to a limit (Luo and Zhang 2013, "Staffing and control of instant messaging
contact centers": limited processor sharing). An operator who is idle, and only he, gets telephone calls.
"""

import numpy as np

from twin.kernel.choice import choose_idle
from twin.kernel.codes import OperatorRule
from twin.kernel.jit import compiled
from twin.kernel.lists import append_node, leave_idle, remove_node


@compiled
def open_room(world, operator):
    """An operator in chats has room for one more: to the end of the list of each pool."""
    world.chatters[operator].is_open = True
    first = world.operators[operator].first_node
    for node in range(first, first + world.operators[operator].n_nodes):
        append_node(world.nodes, world.rooms, node)


@compiled
def close_room(world, operator):
    """Out of these lists: nothing happens if he is not in them."""
    if not world.chatters[operator].is_open:
        return
    world.chatters[operator].is_open = False
    first = world.operators[operator].first_node
    for node in range(first, first + world.operators[operator].n_nodes):
        remove_node(world.nodes, world.rooms, node)


@compiled
def step_out(world, operator):
    """Out of the lists in which the operator, idle or in chats, was found."""
    if world.chatters[operator].is_open:
        close_room(world, operator)
    else:
        leave_idle(world, operator)


@compiled
def least_loaded(world, pool):
    """Of operators in chats with room for more, the one with fewest; ties by longest unchanged; -1 = none."""
    best, fewest = np.int64(-1), np.int64(0)
    node = world.rooms[pool].head
    while node >= 0:
        operator = np.int64(world.nodes[node].operator)
        n = np.int64(world.chatters[operator].n)
        if best < 0 or n < fewest:
            best, fewest = operator, n
        node = world.nodes[node].next
    return best


@compiled
def one_idle(world, line, pool, contact):
    """The idle operator of the pool who answers, by the line's rule; -1 = none."""
    node = world.pools[pool].head
    if node < 0:
        return np.int64(-1)
    if world.lines[line].operator_rule != OperatorRule.LONGEST_IDLE:
        return choose_idle(world, world.lines[line].operator_rule, pool, contact)
    return np.int64(world.nodes[node].operator)


@compiled
def select_for_chat(world, line, waited, contact):
    """The operator who takes a chat: of the first open stage with somebody idle or with room; -1 = none."""
    row = world.lines[line]
    for step in range(row.first_step, row.first_step + row.n_steps):
        if world.steps[step].after > waited:
            continue
        pool = world.steps[step].pool
        operator = one_idle(world, line, pool, contact)
        if operator < 0 or world.options[0].prefers_busy:
            busy = least_loaded(world, pool)
            operator = busy if busy >= 0 else operator
        if operator >= 0:
            return operator
    return np.int64(-1)
