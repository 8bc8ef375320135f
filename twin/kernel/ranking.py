"""What a free operator takes where more than rank, points and longest wait decides.

Groups of operators may rank the lines for themselves (ContactCenters: AgentsPrefRouter), stages may have gates, and a
stage that closes again may leave an operator to somebody who stands behind the head of the line.
"""

import numpy as np

from twin.kernel.answering import answer, offer_again
from twin.kernel.bits import lowest_bit
from twin.kernel.contacts import drop_expired
from twin.kernel.jit import compiled, inlined
from twin.kernel.lists import leave_line
from twin.kernel.routing import goes_before, is_spared, rank_of, reaches, score_of

_ONE = np.uint64(1)


@inlined
def may_take(world, operator, line, waited):
    return reaches(world, operator, line, waited) and is_spared(world, operator, line, waited)


@compiled
def first_to_take(world, operator, line, now):
    """The head of the line, or where stages close the first contact, that the operator may take; -1 = none."""
    contact = world.lines[line].head
    while contact >= 0:
        if may_take(world, operator, line, now - world.contacts[contact].since):
            return contact
        contact = world.contacts[contact].next if world.lines[line].is_narrowing else -1
    return -1


@compiled
def _best_contact(world, operator, masks, now):
    """The contact that goes first among those of the lines in `masks`; -1 = none."""
    best, best_rank, best_score, best_since = -1, 0, 0.0, 0.0
    profile, group = world.operators[operator].profile, world.operators[operator].group
    is_lazy = not world.options[0].patience_events
    for word in range(len(world.waiting_mask)):
        left = world.waiting_mask[word] & masks[profile, word]
        while left != np.uint64(0):
            line = 64 * word + lowest_bit(left)
            left &= left - _ONE
            if is_lazy:
                drop_expired(world, now, line)
            contact = first_to_take(world, operator, line, now)
            if contact < 0:
                continue
            since = world.contacts[contact].since
            rank, score = rank_of(world, group, line), score_of(world, line, now - since)
            if best < 0 or goes_before(rank, score, since, best_rank, best_score, best_since):
                best, best_rank, best_score, best_since = contact, rank, score, since
    return best


@compiled
def select_by_rule(world, now, operator, masks):
    """The contact of the lines in `masks` that goes first; -1 = nobody is there for this operator."""
    contact = np.int64(-1)
    if world.options[0].primary_first:
        contact = np.int64(_best_contact(world, operator, world.primary_mask, now))
    if contact < 0:
        contact = np.int64(_best_contact(world, operator, masks, now))
    return contact


@compiled
def take_chosen(world, now, operator, contact):
    """The contact chosen leaves its line and is answered; False if there is none."""
    if contact < 0:
        return False
    leave_line(world, contact)
    answer(world, now, contact, operator)
    if world.options[0].has_gates:
        offer_again(world, now)  # the line has become shorter than others
    return True
