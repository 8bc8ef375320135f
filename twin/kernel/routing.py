"""Who answers whom: every routing rule, nothing else.

A contact arrives: `select_operator`. An operator is free: `select_contact`. The circle of operators who may answer a
line widens by stages (`steps`): each opens a pool (skill, level) at a wait, or at an expected wait, and stays open
unless a gate shuts it (`gates.py`). Rules that need more than the rows below are in `choice.py` and `ranking.py`.
"""

import math

import numpy as np

from twin.kernel.bits import lowest_bit
from twin.kernel.choice import choose_idle
from twin.kernel.codes import ContactRule, OperatorRule
from twin.kernel.contacts import drop_expired
from twin.kernel.gates import is_gate_open
from twin.kernel.jit import compiled, inlined
from twin.kernel.rooms import select_for_chat
from twin.kernel.tally import ability_of

_ONE = np.uint64(1)


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
    if waited >= row.guarantee:
        return True
    skill = world.skills[row.skill]
    return skill.n_idle > row.keep and skill.n_idle >= row.reserve * skill.n_staffed


@inlined
def is_open(world, line, step, waited, n_more):
    row = world.steps[step]
    if row.after <= waited:
        return True
    return row.expected_wait < math.inf and expected_wait(world, line, n_more) >= row.expected_wait


@inlined
def has_anybody_idle(world, line):
    """Whether somebody is idle in any of the line's pools, open or not: mostly nobody is, where somebody waits."""
    for word in range(len(world.idle_mask)):
        if world.idle_mask[word] & world.pool_mask[line, word] != np.uint64(0):
            return True
    return False


@compiled
def select_operator(world, line, waited, n_more, contact):
    """The operator who answers a contact of `line`: first open stage with somebody idle, by its rule there; -1 = none.

    `n_more` is 1 if the contact does not stand in its line yet.
    """
    row = world.lines[line]
    if world.options[0].has_chats and row.is_chat:
        return select_for_chat(world, np.int64(line), waited, np.int64(contact))
    if not has_anybody_idle(world, line):
        return np.int64(-1)
    for step in range(row.first_step, row.first_step + row.n_steps):
        node = world.pools[world.steps[step].pool].head
        if node >= 0 and is_open(world, line, step, waited, n_more) and is_released(world, line, waited):
            if row.is_gated and not is_gate_open(world, line, step, waited, 0):
                continue
            if row.operator_rule != OperatorRule.LONGEST_IDLE:
                return choose_idle(world, row.operator_rule, world.steps[step].pool, contact)
            return np.int64(world.nodes[node].operator)
    return np.int64(-1)


@inlined
def has_entered(world, profile, line, waited):
    """Whether the circle of operators has widened to this profile."""
    if waited < world.entry_wait[profile, line]:
        opens_at = world.entry_expected[profile, line]
        if opens_at == math.inf or expected_wait(world, line, 0) < opens_at:
            return False
    return True


@compiled
def finds_open_stage(world, operator, line, waited):
    """Whether a stage of the line is open whose pool the operator, just free, belongs to."""
    row = world.lines[line]
    first = world.operators[operator].first_node
    for step in range(row.first_step, row.first_step + row.n_steps):
        pool = world.steps[step].pool
        for node in range(first, first + world.operators[operator].n_nodes):
            if world.nodes[node].pool != pool:
                continue
            if is_open(world, line, step, waited, 0) and is_gate_open(world, line, step, waited, 1):
                return True
    return False


@compiled
def reaches(world, operator, line, waited):
    """Whether the circle of operators has widened to this one, who is free or can be."""
    if world.lines[line].is_gated:
        return finds_open_stage(world, operator, line, waited)
    return has_entered(world, world.operators[operator].profile, line, waited)


@inlined
def is_spared(world, operator, line, waited):
    """The same as `is_released` for an operator just free, who is not yet counted as idle."""
    row = world.lines[line]
    if waited < row.guarantee:
        skill = world.skills[row.skill]
        n_idle = skill.n_idle + 1 if ability_of(world, operator, row.skill).is_held else skill.n_idle
        return n_idle > row.keep and n_idle >= row.reserve * skill.n_staffed
    return True


@inlined
def may_answer(world, operator, profile, line, waited):
    """Whether an operator (of this profile), just free, may take the head of the line."""
    return has_entered(world, profile, line, waited) and is_spared(world, operator, line, waited)


@inlined
def points(world, line, waited):
    """Priority points of the head contact: at arrival, plus what waiting earns."""
    row = world.lines[line]
    score = row.points + row.slope * waited
    if waited >= row.guarantee:
        score += row.guarantee_points
    return score


@compiled
def credit(world, line, waited):
    """Points by wait: a straight line between knots, the first and the last ones' before and after them."""
    row = world.lines[line]
    first, last = row.first_credit, row.first_credit + row.n_credits - 1
    for knot in range(last, first - 1, -1):
        low = world.credits[knot]
        if low.wait > waited:
            continue
        if knot == last:
            return low.points
        high = world.credits[knot + 1]
        return low.points + (high.points - low.points) * (waited - low.wait) / (high.wait - low.wait)
    return world.credits[first].points


@compiled
def score_of(world, line, waited):
    """What the contact rule looks at after the rank: the contact with the most of it goes first."""
    row = world.lines[line]
    if world.options[0].contact_rule == ContactRule.LONGEST_QUEUE:
        return np.float64(world.queues[row.queue].n_waiting)
    score = points(world, line, waited)
    return score + credit(world, line, waited) if row.n_credits > 0 else score


@inlined
def rank_of(world, group, line):
    """The line's rank, for this group of operators if they have their own."""
    return world.group_ranks[group, line] if world.options[0].has_ranks else world.lines[line].rank


@compiled
def rank_for_answer(world, line, waited, arriving, contact):
    """The line's rank for the group of the operator who would answer the contact."""
    if world.options[0].has_ranks:
        operator = select_operator(world, line, waited, arriving, contact)
        if operator >= 0:
            return rank_of(world, world.operators[operator].group, line)
    return world.lines[line].rank


@inlined
def goes_before(rank, score, since, other_rank, other_score, other_since):
    """Lowest rank, then most points, then longest wait."""
    if rank != other_rank:
        return rank < other_rank
    return score > other_score or (score == other_score and since < other_since)


@compiled
def passes(world, line, newcomer, contact, now):
    """Whether a newcomer to `line` goes before a contact who stands in one."""
    since = world.contacts[newcomer].since
    other, other_since = np.int64(world.contacts[contact].line), world.contacts[contact].since
    score, other_score = score_of(world, line, now - since), score_of(world, other, now - other_since)
    rank = rank_for_answer(world, line, now - since, 1, newcomer)
    other_rank = rank_for_answer(world, other, now - other_since, 0, contact)
    return goes_before(rank, score, since, other_rank, other_score, other_since)


@inlined
def _best_line(world, operator, profile, masks, now):
    """The line whose head goes first among those in `masks`: lowest rank, most points, longest wait; -1 = none.

    Of heads that are alike in all three the line made first goes first: lines are made in the order of intents.
    """
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


@inlined
def _only_line(world, masks, profile):
    """The line, if somebody is in one of those in `masks` and in no other; -1 = in several, or there are many lines."""
    if len(world.waiting_mask) > 1:
        return -1
    left = world.waiting_mask[0] & masks[profile, 0]
    return lowest_bit(left) if left != np.uint64(0) and left & (left - _ONE) == np.uint64(0) else -1


@compiled
def _select_line(world, operator, now, primary_masks, masks):
    """The line whose head goes first among those in `masks`, with `primary_first` among `primary_masks` before."""
    profile = world.operators[operator].profile
    line = _only_line(world, masks, profile)
    if line >= 0:  # nobody to compare with
        if not world.options[0].patience_events and world.lines[line].head_gives_up_at <= now:
            drop_expired(world, now, line)
            if world.lines[line].head < 0:
                return -1
        return line if may_answer(world, operator, profile, line, now - world.lines[line].head_since) else -1
    if world.options[0].primary_first:
        best = _best_line(world, operator, profile, primary_masks, now)
        if best >= 0:
            return best
    return _best_line(world, operator, profile, masks, now)


@inlined
def select_contact(world, operator, now):
    """The line whose head contact a free operator takes; -1 = none."""
    if world.state[0].n_waiting + world.state[0].n_work == 0:
        return -1
    return _select_line(world, operator, now, world.primary_mask, world.line_mask)


@inlined
def select_live(world, operator, now):
    """The same among those with somebody on the telephone."""
    return _select_line(world, operator, now, world.primary_mask, world.live_mask)


@inlined
def select_chat(world, operator, now):
    """The same among lines of chats only, for an operator who is in some."""
    return _select_line(world, operator, now, world.primary_chat_mask, world.chat_mask)


@compiled
def first_to_offer(world, line, now):
    """The head of the line, or where stages close the first contact, whom somebody idle may answer; -1 = none."""
    contact = world.lines[line].head
    while contact >= 0:
        if select_operator(world, line, now - world.contacts[contact].since, 0, contact) >= 0:
            return contact
        contact = world.contacts[contact].next if world.lines[line].is_narrowing else -1
    return -1


@compiled
def select_opened(world, now, skill):
    """Of lines with a reserve, an expected wait or gates: the contact that goes first whom somebody idle may answer.

    Only lines of this skill are looked at, all if it is -1.
    """
    best, best_rank, best_score, best_since = -1, 0, 0.0, 0.0
    for word in range(len(world.waiting_mask)):
        left = world.waiting_mask[word]
        while left != np.uint64(0):
            line = 64 * word + lowest_bit(left)
            left &= left - _ONE
            row = world.lines[line]
            if skill >= 0 and row.skill != skill:
                continue
            if row.guarantee <= 0.0 and row.overflow_at == math.inf and not row.is_gated:
                continue
            drop_expired(world, now, line)
            contact = first_to_offer(world, line, now)
            if contact < 0:
                continue
            since = world.contacts[contact].since
            rank = rank_for_answer(world, line, now - since, 0, contact)
            score = score_of(world, line, now - since)
            if best < 0 or goes_before(rank, score, since, best_rank, best_score, best_since):
                best, best_rank, best_score, best_since = contact, rank, score, since
    return best
