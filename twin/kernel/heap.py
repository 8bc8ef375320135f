"""The future events: a 4-ary heap in two tables. At equal instants the kind decides, then the order of scheduling.

Taking the first event leaves the top of the heap open: most events schedule another one, which then sinks from there,
one way instead of two. Before the next event is looked at, `close_top` fills what is still open.

Slots are numbered by unsigned integers: for others Numba looks whether they count from the end.
"""

import numpy as np

from twin.kernel.codes import Event
from twin.kernel.jit import compiled, inlined
from twin.kernel.pack import prefetch

FIRST_AT, FIRST_EVENT = 24, 48
"""Bytes behind the start of a cache line at which the first slots stand: no four siblings span two lines then."""

_0, _1, _2, _3, _4, _8 = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4), np.uint64(8)
_KIND_SHIFT = np.uint64(56)
_ROW_SHIFT = np.uint64(32)
_ROW_MASK = np.uint64(0xFFFFFFFF)


@compiled
def _first_of_ties(heap_at, events, child, n):
    """The earliest of the up to four slots from `child` on, before slot `n`; equal instants by order."""
    best = child
    for other in range(child + _1, min(child + _4, n)):
        if heap_at[other] < heap_at[best] or (
            heap_at[other] == heap_at[best] and events[other].order < events[best].order
        ):
            best = np.uint64(other)
    return best


@inlined
def _first_child(heap_at, events, child, n):
    """The earliest of those slots, without branches where it can be: nobody can predict which event comes first."""
    if child + _4 > n:
        return _first_of_ties(heap_at, events, child, n)
    at_0, at_1, at_2, at_3 = heap_at[child], heap_at[child + _1], heap_at[child + _2], heap_at[child + _3]
    left, left_at = (child + _1, at_1) if at_1 < at_0 else (child, at_0)
    right, right_at = (child + _3, at_3) if at_3 < at_2 else (child + _2, at_2)
    if at_0 == at_1 or at_2 == at_3 or left_at == right_at:
        return _first_of_ties(heap_at, events, child, n)
    return right if right_at < left_at else left


@inlined
def _sink(world, at, order, what, n):
    """Put an event where it belongs between the open top and slot `n`."""
    heap_at, events = world.heap_at, world.heap_events
    hole, child = _0, _1
    best = world.state[0].next_slot if n > _4 else _first_of_ties(heap_at, events, _1, n)
    while child < n:
        below = min((child << _2) + _1, n)  # the four children of each of the four
        prefetch(heap_at, np.int64(below))
        prefetch(heap_at, np.int64(below + _8))
        best_at = heap_at[best]
        if best_at > at or (best_at == at and events[best].order > order):
            break
        heap_at[hole] = best_at
        events[hole].order = events[best].order
        events[hole].what = events[best].what
        hole = best
        child = (hole << _2) + _1
        if child < n:
            best = _first_child(heap_at, events, child, n)
    heap_at[hole] = at
    events[hole].order = order
    events[hole].what = what


@inlined
def take_first(world):
    """Take the earliest event, read before, off the heap. Its slot stays open."""
    world.state[0].is_top_open = True


@inlined
def look_ahead(world):
    """Ask for the rows that the event after the present one needs: by the time it happens they have come.

    Its slot is kept for whatever sinks from the top, which is open.
    """
    n = np.uint64(world.state[0].n_heap)
    if n > _4:
        best = _first_child(world.heap_at, world.heap_events, _1, n)
        world.state[0].next_slot = best
        kind, what = kind_of(world.heap_events[best].order), world.heap_events[best].what
        if kind == Event.TALK_END:
            prefetch(world.operators, row_of(what))
            prefetch(world.operator_time, row_of(what))
            if not world.options[0].has_cuts:
                prefetch(world.contacts, np.int64(generation_of(what)))
        elif kind == Event.WRAP_END:
            prefetch(world.operators, row_of(what))
            prefetch(world.operator_time, row_of(what))
        else:
            prefetch(world.contacts, row_of(what))


@compiled
def is_last_now(world, now):
    """Whether nothing else is on the heap for this instant."""
    state, heap_at = world.state[0], world.heap_at
    slot, end = (_1, _1 + _4) if state.is_top_open else (_0, _1)
    end = min(end, np.uint64(state.n_heap))
    while slot < end and heap_at[slot] > now:
        slot += _1
    return slot >= end


@inlined
def close_top(world):
    """If the handlers have scheduled nothing into the open slot, the last event takes it."""
    state = world.state[0]
    if not state.is_top_open:
        return
    state.is_top_open = False
    state.n_heap -= 1
    n = np.uint64(state.n_heap)
    if n > _0:
        _sink(world, world.heap_at[n], world.heap_events[n].order, world.heap_events[n].what, n)


@compiled
def schedule(world, at, kind, row, generation):
    """An event of `kind` (Event) about `row` (operator or contact) at instant `at`. The caller has left room."""
    schedule_here(world, at, kind, row, generation)


@inlined
def schedule_here(world, at, kind, row, generation):
    """The same, merged into its caller: for the end of a talk, the event that is scheduled most."""
    state = world.state[0]
    state.sequence += np.uint64(1)
    order = (np.uint64(kind) << _KIND_SHIFT) | state.sequence
    what = (np.uint64(generation) << _ROW_SHIFT) | np.uint64(row)
    if state.is_top_open:
        state.is_top_open = False
        _sink(world, at, order, what, np.uint64(state.n_heap))
    else:
        state.n_heap += 1
        _rise(world, at, order, what, np.uint64(state.n_heap - 1))


@inlined
def _rise(world, at, order, what, hole):
    """Put an event where it belongs between the last slot, `hole`, and the top."""
    heap_at, events = world.heap_at, world.heap_events
    while hole > _0:
        parent = (hole - _1) >> _2
        above = heap_at[parent]
        if above < at or (above == at and events[parent].order < order):
            break
        heap_at[hole] = above
        events[hole].order = events[parent].order
        events[hole].what = events[parent].what
        hole = parent
    heap_at[hole] = at
    events[hole].order = order
    events[hole].what = what


@inlined
def kind_of(order):
    return np.int64(order >> _KIND_SHIFT)


@inlined
def row_of(what):
    return np.int64(what & _ROW_MASK)


@inlined
def generation_of(what):
    return np.uint32(what >> _ROW_SHIFT)


# ---- ends of talks that mean nothing any more ------------------------------------------------------------------------


@inlined
def stint_of(world, operator):
    """What an event about the end of a talk or wrap-up carries, to be known as the present one."""
    return world.crew[operator].stint if world.options[0].has_cuts else 0


@inlined
def holds(world, operator, stint):
    """Whether the talk or wrap-up whose end was planned has not been cut short since."""
    return not world.options[0].has_cuts or world.crew[operator].stint == stint
