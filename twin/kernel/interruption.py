"""Work that nobody waits for at the other end: it lies until somebody has time, and may be put down for who waits.

It has no patience, takes no trunk and no place among those who wait, and outlasts closing time and the night.
"""

import math

import numpy as np

from twin.kernel.answering import answer, offer_again, pick_up
from twin.kernel.bits import lowest_bit
from twin.kernel.codes import Deferral, Phase
from twin.kernel.deferred import line_of
from twin.kernel.jit import compiled
from twin.kernel.lists import join_line, join_line_again, leave_line
from twin.kernel.routing import goes_before, reaches, score_of, select_operator
from twin.kernel.tally import tally_of
from twin.kernel.widening import widen_later
from twin.kernel.work_in_hand import leave_workers, may_put_down

_ONE = np.uint64(1)


@compiled
def arrive_work(world, now, contact):
    """Something to be answered comes in, at whatever hour."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    tally = tally_of(world, contact)
    tally.offered += 1
    tally.deferred += 1.0
    row.deferral = Deferral.WORK
    errand.hung_up_at = now
    row.since = now
    row.gives_up_at = math.inf
    errand.work_left = 0.0
    lay_down(world, now, contact)


@compiled
def lay_down(world, now, contact):
    """Somebody idle takes the work, or it lies in its line."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    line = line_of(world, contact)
    row.widened = now - row.since
    operator = select_operator(world, line, row.widened, 0, contact)
    if operator >= 0:
        pick_up(world, now, contact, operator)
        return
    row.phase = Phase.DEFERRED
    if errand.work_left > 0.0:
        join_line_again(world, line, contact)
    else:
        join_line(world, line, contact)
    widen_later(world, now, contact, line)
    if world.lines[line].is_gated:
        offer_again(world, now)


@compiled
def put_down(world, now, operator):
    """The operator leaves the work; the rest waits for him or for anybody. The caller says what he does now."""
    contact = np.int64(world.operators[operator].contact)
    row = world.contacts[contact]
    errand = world.errands[contact]
    if world.operators[operator].is_interruptible:
        leave_workers(world, operator)
    world.crew[operator].stint += np.uint32(1)  # its end, as it was planned, means nothing now
    errand.work_left = errand.work_ends_at - now
    row.generation += np.uint32(1)
    row.operator = -1
    if world.options[0].resume_same:
        row.phase = Phase.HELD
        world.operators[operator].held = contact
    else:
        lay_down(world, now, contact)


@compiled
def worker_for(world, now, line, waited):
    """Of those at interruptible work who may answer this line by now, the one who began last; -1 = none."""
    row = world.lines[line]
    if row.is_work or waited < row.guarantee:
        return np.int64(-1)
    operator = np.int64(world.state[0].last_worker)
    while operator >= 0:
        if reaches(world, operator, line, waited) and may_put_down(world, now, operator):
            break
        operator = np.int64(world.operators[operator].next_worker)
    return operator


@compiled
def interrupt(world, now, contact, line, waited):
    """Somebody would wait: who began interruptible work last puts it down and answers. False if nobody can."""
    operator = worker_for(world, now, line, waited)
    if operator < 0:
        return False
    if world.contacts[contact].phase == Phase.WAITING or world.contacts[contact].phase == Phase.DEFERRED:
        leave_line(world, contact)
    put_down(world, now, operator)
    answer(world, now, contact, operator)
    return True


@compiled
def first_for_worker(world, now, line):
    """The head of the line, or where stages close the first contact, for whom work is put down; -1 = none."""
    contact = np.int64(world.lines[line].head)
    while contact >= 0:
        if worker_for(world, now, line, now - world.contacts[contact].since) >= 0:
            return contact
        contact = np.int64(world.contacts[contact].next) if world.lines[line].is_narrowing else np.int64(-1)
    return contact


@compiled
def select_for_workers(world, now):
    """Of the lines whose stages open by load, the contact that goes first for whom work is put down; -1 = none."""
    best, best_rank, best_score, best_since = np.int64(-1), 0, 0.0, 0.0
    for word in range(len(world.waiting_mask)):
        left = world.waiting_mask[word]
        while left != np.uint64(0):
            line = 64 * word + lowest_bit(left)
            left &= left - _ONE
            row = world.lines[line]
            if row.overflow_at == math.inf and not row.is_gated:
                continue
            contact = first_for_worker(world, now, line)
            if contact < 0:
                continue
            since = world.contacts[contact].since
            score = score_of(world, line, now - since)
            if best < 0 or goes_before(row.rank, score, since, best_rank, best_score, best_since):
                best, best_rank, best_score, best_since = contact, row.rank, score, since
    return best


@compiled
def on_interrupt(world, now):
    """Stages have opened by load: whoever is at work that may be put down answers those who now reach him."""
    world.state[0].is_interruption_due = False
    contact = select_for_workers(world, now)
    while contact >= 0:
        interrupt(world, now, contact, np.int64(world.contacts[contact].line), now - world.contacts[contact].since)
        contact = select_for_workers(world, now)


@compiled
def takes_up_held(world, now, operator, line):
    """Before other work an operator finishes what he put down; False if there is none, or somebody waits in `line`."""
    contact = np.int64(world.operators[operator].held)
    if contact < 0 or (line >= 0 and not world.lines[line].is_work):
        return False
    world.operators[operator].held = -1
    answer(world, now, contact, operator)
    return True
