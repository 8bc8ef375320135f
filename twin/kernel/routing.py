"""Who answers whom: every routing rule, nothing else.

A contact arrives: `select_operator`. An operator is free: `select_contact`. The circle of operators who may answer a
line widens by stages (`steps`): each opens a pool (skill, level) at a wait, or at an expected wait, and stays open.
"""

import math

import numpy as np

from twin.kernel.codes import Grade
from twin.kernel.contacts import drop_expired
from twin.kernel.jit import compiled, inlined
from twin.kernel.tally import ability_of

_ONE = np.uint64(1)
_DEBRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT = np.zeros(64, np.int64)
for _i in range(64):
    _BIT[(((1 << _i) * 0x03F79D71B4CB0A89) & 0xFFFFFFFFFFFFFFFF) >> 58] = _i


@inlined
def lowest_bit(mask):
    """Position of the lowest set bit (Leiserson, Prokop, Randall 1998: de Bruijn sequence)."""
    return _BIT[((mask & (~mask + _ONE)) * _DEBRUIJN) >> np.uint64(58)]


@inlined
def expected_wait(world, line, n_more):
    """Queue length over the rate at which the skill's operators on duty finish [s]; zero while one is idle."""
    skill = world.skills[world.lines[line].skill]
    if skill.n_staffed <= 0:
        return math.inf
    if skill.n_idle > 0:
        return 0.0
    return (skill.n_waiting + n_more) * world.lines[line].handle_time / skill.n_staffed


@inlined
def is_released(world, line, waited):
    """Residual capacity: the line is served only while enough of its operators are idle, until its guaranteed wait."""
    row = world.lines[line]
    if row.reserve <= 0.0 or waited >= row.guarantee:
        return True
    skill = world.skills[row.skill]
    return skill.n_idle > 0 and skill.n_idle >= row.reserve * skill.n_staffed


@inlined
def is_open(world, line, step, waited, n_more):
    row = world.steps[step]
    if row.after <= waited:
        return True
    return row.expected_wait < math.inf and expected_wait(world, line, n_more) >= row.expected_wait


@compiled
def select_operator(world, line, waited, n_more):
    """The operator who answers a contact of `line`: first open stage with somebody idle, longest idle there; -1 = none.

    `n_more` is 1 if the contact does not stand in its line yet.
    """
    row = world.lines[line]
    for step in range(row.first_step, row.first_step + row.n_steps):
        node = world.pools[world.steps[step].pool].head
        if node >= 0 and is_open(world, line, step, waited, n_more) and is_released(world, line, waited):
            return np.int64(world.nodes[node].operator)
    return np.int64(-1)


@inlined
def may_answer(world, operator, profile, line, waited):
    """Whether an operator (of this profile), just free, may take the head of the line."""
    if waited < world.entry_wait[profile, line]:
        opens_at = world.entry_expected[profile, line]
        if opens_at == math.inf or expected_wait(world, line, 0) < opens_at:
            return False
    row = world.lines[line]
    if row.reserve > 0.0 and waited < row.guarantee:
        skill = world.skills[row.skill]
        is_kin = ability_of(world, operator, row.skill).grade != Grade.NONE
        n_idle = skill.n_idle + 1 if is_kin else skill.n_idle  # who is just free is not yet counted as idle
        return n_idle > 0 and n_idle >= row.reserve * skill.n_staffed
    return True


@inlined
def points(world, line, waited):
    """Priority points of the head contact: at arrival, plus what waiting earns."""
    row = world.lines[line]
    score = row.points + row.slope * waited
    if row.reserve > 0.0 and waited >= row.guarantee:
        score += row.guarantee_points
    return score


@inlined
def goes_before(rank, score, since, other_rank, other_score, other_since):
    """Lowest rank, then most points, then longest wait."""
    if rank != other_rank:
        return rank < other_rank
    return score > other_score or (score == other_score and since < other_since)


@compiled
def passes(world, line, other, now, since):
    """Whether a newcomer to `line`, who counts as there since `since`, goes before the head of the `other` line."""
    row, head = world.lines[line], world.lines[other]
    score, head_score = points(world, line, now - since), points(world, other, now - head.head_since)
    return goes_before(row.rank, score, since, head.rank, head_score, head.head_since)


@compiled
def _best_line(world, operator, profile, masks, now):
    """The line whose head goes first among those in `masks`: lowest rank, most points, longest wait; -1 = none."""
    best, best_rank, best_score, best_since = -1, 0, 0.0, 0.0
    is_lazy = not world.options[0].patience_events
    for word in range(len(world.waiting_mask)):
        left = world.waiting_mask[word] & masks[profile, word]
        while left != np.uint64(0):
            line = 64 * word + lowest_bit(left)
            left &= left - _ONE
            if is_lazy and world.lines[line].head_gives_up_at <= now:
                drop_expired(world, now, line)
                if world.lines[line].head < 0:
                    continue
            since = world.lines[line].head_since
            if not may_answer(world, operator, profile, line, now - since):
                continue
            rank = world.lines[line].rank
            score = points(world, line, now - since)
            if best < 0 or goes_before(rank, score, since, best_rank, best_score, best_since):
                best, best_rank, best_score, best_since = line, rank, score, since
    return best


@compiled
def select_contact(world, operator, now):
    """The line whose head contact a free operator takes; -1 = none."""
    profile = world.operators[operator].profile
    if world.options[0].primary_first:
        best = _best_line(world, operator, profile, world.primary_mask, now)
        if best >= 0:
            return best
    return _best_line(world, operator, profile, world.line_mask, now)


@compiled
def select_opened(world, now):
    """Of the lines with a reserve or an expected wait: the one that goes first whose head somebody idle may answer."""
    best, best_rank, best_score, best_since = -1, 0, 0.0, 0.0
    for word in range(len(world.waiting_mask)):
        left = world.waiting_mask[word]
        while left != np.uint64(0):
            line = 64 * word + lowest_bit(left)
            left &= left - _ONE
            row = world.lines[line]
            if row.reserve <= 0.0 and row.overflow_at == math.inf:
                continue
            drop_expired(world, now, line)
            if row.head < 0 or select_operator(world, line, now - row.head_since, 0) < 0:
                continue
            score = points(world, line, now - row.head_since)
            if best < 0 or goes_before(row.rank, score, row.head_since, best_rank, best_score, best_since):
                best, best_rank, best_score, best_since = line, row.rank, score, row.head_since
    return best
