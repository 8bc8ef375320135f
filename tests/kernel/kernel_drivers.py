"""Compiled doors to kernel functions that take the packed world."""

from twin.kernel.ahead import score_as_normal
from twin.kernel.chance import philox
from twin.kernel.heap import close_top, generation_of, kind_of, row_of, schedule, take_first
from twin.kernel.jit import entry
from twin.kernel.pack import pack


@entry
def schedule_all(world, at, kinds, rows, generations):
    packed = pack(world)
    for i in range(len(at)):
        schedule(packed, at[i], kinds[i], rows[i], generations[i])


@entry
def take(world, n, at, kinds, rows, generations):
    """Take `n` events off the heap and write them down."""
    packed = pack(world)
    for i in range(n):
        at[i] = packed.heap_at[0]
        kinds[i] = kind_of(packed.heap_events[0].order)
        rows[i] = row_of(packed.heap_events[0].what)
        generations[i] = generation_of(packed.heap_events[0].what)
        take_first(packed)
        close_top(packed)


@entry
def philox_words(c0, c1, c2, c3, k0, k1):
    return philox(c0, c1, c2, c3, k0, k1)


@entry
def score_talks(levels, n):
    score_as_normal(levels, n)
