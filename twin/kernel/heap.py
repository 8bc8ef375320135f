"""The future events: a 4-ary heap in three arrays. Equal instants are told apart by kind, then by order of scheduling."""

import numpy as np

from twin.kernel.jit import compiled, inlined

_KIND_SHIFT = np.uint64(56)
_ROW_SHIFT = np.uint64(32)
_ROW_MASK = np.uint64(0xFFFFFFFF)


@compiled
def schedule(world, at, kind, row, generation):
    """An event of `kind` (Event) about `row` (operator or contact) at instant `at`. The caller has left room."""
    state = world.state[0]
    state.sequence += np.uint64(1)
    order = (np.uint64(kind) << _KIND_SHIFT) | state.sequence
    what = (np.uint64(generation) << _ROW_SHIFT) | np.uint64(row)
    hole = state.n_heap
    state.n_heap = hole + 1
    heap_at, heap_order, heap_what = world.heap_at, world.heap_order, world.heap_what
    while hole > 0:
        parent = (hole - 1) >> 2
        above = heap_at[parent]
        if above < at or (above == at and heap_order[parent] < order):
            break
        heap_at[hole] = above
        heap_order[hole] = heap_order[parent]
        heap_what[hole] = heap_what[parent]
        hole = parent
    heap_at[hole] = at
    heap_order[hole] = order
    heap_what[hole] = what


@compiled
def remove_first(heap_at, heap_order, heap_what, n):
    """Take the earliest event off a heap of `n`; it must have been read before."""
    n -= 1
    at, order, what = heap_at[n], heap_order[n], heap_what[n]
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= n:
            break
        best = child
        best_at = heap_at[child]
        for other in range(child + 1, min(child + 4, n)):
            other_at = heap_at[other]
            if other_at < best_at or (other_at == best_at and heap_order[other] < heap_order[best]):
                best = other
                best_at = other_at
        if best_at > at or (best_at == at and heap_order[best] > order):
            break
        heap_at[hole] = best_at
        heap_order[hole] = heap_order[best]
        heap_what[hole] = heap_what[best]
        hole = best
    heap_at[hole] = at
    heap_order[hole] = order
    heap_what[hole] = what


@inlined
def kind_of(order):
    return np.int64(order >> _KIND_SHIFT)


@inlined
def row_of(what):
    return np.int64(what & _ROW_MASK)


@inlined
def generation_of(what):
    return np.uint32(what >> _ROW_SHIFT)
