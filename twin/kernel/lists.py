"""Waiting lines and idle lists: intrusive doubly linked lists, O(1) in and out, no stale entries."""

import numpy as np

from twin.kernel.gates import switch_gates
from twin.kernel.jit import compiled, inlined

_ONE = np.uint64(1)
_63 = 63


@inlined
def _note_head(world, line):
    """Keep what a free operator must know of the head contact in the line's own row."""
    lines = world.lines
    head = lines[line].head
    if head < 0:
        world.waiting_mask[line >> 6] &= ~(_ONE << np.uint64(line & _63))
        return
    lines[line].head_since = world.contacts[head].since
    lines[line].head_gives_up_at = world.contacts[head].gives_up_at
    world.waiting_mask[line >> 6] |= _ONE << np.uint64(line & _63)


@compiled
def join_line(world, line, contact):
    """Behind all who have waited as long or longer: nearly always at the tail."""
    contacts, lines = world.contacts, world.lines
    contacts[contact].line = line
    since = contacts[contact].since
    before = lines[line].tail
    while before >= 0 and contacts[before].since > since:
        before = contacts[before].previous
    after = lines[line].head if before < 0 else contacts[before].next
    contacts[contact].previous = before
    contacts[contact].next = after
    if before >= 0:
        contacts[before].next = contact
    else:
        lines[line].head = contact
    if after >= 0:
        contacts[after].previous = contact
    else:
        lines[line].tail = contact
    if before < 0:
        _note_head(world, line)
    _count(world, line, 1)


@compiled
def join_line_again(world, line, contact):
    """Back where one came from: nearly always at the head."""
    contacts, lines = world.contacts, world.lines
    head = lines[line].head
    if head < 0 or contacts[head].since <= contacts[contact].since:
        join_line(world, line, contact)
        return
    contacts[contact].line = line
    contacts[contact].previous = -1
    contacts[contact].next = head
    contacts[head].previous = contact
    lines[line].head = contact
    _note_head(world, line)
    _count(world, line, 1)


@inlined
def leave_line(world, contact):
    """Out of the line in which the contact stands."""
    contacts, lines = world.contacts, world.lines
    line = np.int64(contacts[contact].line)
    before, after = contacts[contact].previous, contacts[contact].next
    if after >= 0:
        contacts[after].previous = before
    else:
        lines[line].tail = before
    if before >= 0:
        contacts[before].next = after
    else:
        lines[line].head = after
        _note_head(world, line)
    _count(world, line, -1)


@inlined
def _count(world, line, change):
    row = world.lines[line]
    row.n_waiting += change
    if row.is_work:  # takes no caller's place, and lengthens nobody's wait
        world.state[0].n_work += change
        if row.is_gated:
            switch_gates(world, line)
        return
    world.queues[row.queue].n_waiting += change
    world.skills[row.skill].n_waiting += change
    world.state[0].n_waiting += change
    if row.is_gated:
        switch_gates(world, line)


@inlined
def append_node(nodes, lists, node):
    """To the end of its pool's list, one of `lists`; the pool."""
    pool = nodes[node].pool
    tail = lists[pool].tail
    nodes[node].previous = tail
    nodes[node].next = -1
    if tail >= 0:
        nodes[tail].next = node
    else:
        lists[pool].head = node
    lists[pool].tail = node
    return pool


@inlined
def remove_node(nodes, lists, node):
    """Out of its pool's list, one of `lists`; the pool."""
    pool = nodes[node].pool
    before, after = nodes[node].previous, nodes[node].next
    if before >= 0:
        nodes[before].next = after
    else:
        lists[pool].head = after
    if after >= 0:
        nodes[after].previous = before
    else:
        lists[pool].tail = before
    return pool


@compiled
def join_idle(world, operator):
    """To the end of the idle list of each pool: the head has been idle longest."""
    nodes, pools = world.nodes, world.pools
    first = world.operators[operator].first_node
    for node in range(first, first + world.operators[operator].n_nodes):
        pool = np.int64(append_node(nodes, pools, node))
        if nodes[node].previous < 0:
            world.idle_mask[pool >> 6] |= _ONE << np.uint64(pool & _63)
        if pools[pool].is_counted:
            world.skills[pools[pool].skill].n_idle += 1


@compiled
def leave_idle(world, operator):
    nodes, pools = world.nodes, world.pools
    first = world.operators[operator].first_node
    for node in range(first, first + world.operators[operator].n_nodes):
        pool = np.int64(remove_node(nodes, pools, node))
        if pools[pool].head < 0:
            world.idle_mask[pool >> 6] &= ~(_ONE << np.uint64(pool & _63))
        if pools[pool].is_counted:
            skill = world.skills[pools[pool].skill]
            skill.n_idle -= 1
            if skill.n_idle == 0:
                world.state[0].has_emptied = True


@compiled
def staff(world, operator, change):
    """Count the operator in or out among the holders of his skills on duty."""
    first = world.operators[operator].first_node
    for node in range(first, first + world.operators[operator].n_nodes):
        pool = world.pools[world.nodes[node].pool]
        if pool.is_counted:
            world.skills[pool.skill].n_staffed += change
