"""Compiled doors to kernel functions that take the packed world."""

from twin.kernel.heap import close_top, schedule, take_first
from twin.kernel.jit import entry
from twin.kernel.pack import pack


@entry
def schedule_all(world, at, kinds, rows, generations):
    packed = pack(world)
    for i in range(len(at)):
        schedule(packed, at[i], kinds[i], rows[i], generations[i])


@entry
def take(world, n, at, order, what):
    """Take `n` events off the heap and write them down."""
    packed = pack(world)
    for i in range(n):
        at[i] = packed.heap_at[0]
        order[i] = packed.heap_order[0]
        what[i] = packed.heap_what[0]
        take_first(packed)
        close_top(packed)
