"""Which of the idle operators of a pool answers, where it is not simply the one at the head of the idle list."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import OperatorRule, Purpose
from twin.kernel.jit import compiled
from twin.kernel.tally import ability_of


@compiled
def merit(world, rule, operator, need, now):
    """What a rule looks at: the operator with the most of it answers.

    Most idle: idle time accumulated since the start of the shift (Atar, Shaki and Shwartz 2011, "A blind policy for
    equalizing cumulative idleness"). Least occupied: least share of the time on duty busy (Avaya: least occupied
    agent). Best proficiency: for the skill that the matter takes (Avaya: expert agent distribution). Fewest skills:
    specialists before generalists (ContactCenters: LocalSpecRouter). Fixed order: by number, as a hunt group.
    """
    row = world.operators[operator]
    idle_time = now - row.since
    if rule == OperatorRule.MOST_IDLE:
        return row.available_time - row.busy_time + idle_time
    if rule == OperatorRule.LEAST_OCCUPIED:
        available_time = row.available_time + idle_time
        return -row.busy_time / available_time if available_time > 0.0 else 0.0
    if rule == OperatorRule.BEST_PROFICIENCY:
        return np.float64(ability_of(world, operator, need).proficiency)
    if rule == OperatorRule.FEWEST_SKILLS:
        return -np.float64(row.n_skills)
    return -np.float64(operator)


@compiled
def any_idle(world, pool, contact):
    """One of the idle operators, each with the same chance: drawn for this attempt of the contact."""
    row = world.contacts[contact]
    level, _ = uniforms(world.state[0].seed, Purpose.CHOICE, row.who, row.attempt)
    n_idle = 0
    node = world.pools[pool].head
    while node >= 0:
        n_idle += 1
        node = world.nodes[node].next
    node = world.pools[pool].head
    for _ in range(min(int(level * n_idle), n_idle - 1)):
        node = world.nodes[node].next
    return np.int64(world.nodes[node].operator)


@compiled
def choose_idle(world, rule, pool, contact):
    """The operator, of a pool with somebody idle, who answers the contact; ties by longest idle."""
    if rule == OperatorRule.RANDOM:
        return any_idle(world, pool, contact)
    now = world.state[0].now
    need = world.types[world.contacts[contact].type].need
    best, most = np.int64(-1), -math.inf
    node = world.pools[pool].head
    while node >= 0:
        operator = np.int64(world.nodes[node].operator)
        value = merit(world, rule, operator, need, now)
        if value > most:
            best, most = operator, value
        node = world.nodes[node].next
    return best
