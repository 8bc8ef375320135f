"""A bench run instant by instant; after each, all tables must agree."""

import math

import numpy as np
from kernel_bench import DAY
from kernel_invariants import check


def run(bench, until=DAY):
    """Like `bench.run`, with `kernel_invariants.check` after every instant."""
    bench.run(0)
    world = bench.world
    while world.state[0].now < until:
        state, heads = world.state[0], [until]
        heads += [world.heap_at[0]] if state.n_heap else []
        heads += [world.arrivals.at[state.next_arrival]] if state.next_arrival < state.n_arrivals else []
        heads += [world.roster.at[state.next_roster]] if state.next_roster < state.n_roster else []
        bench.run(min(np.nextafter(min(heads), math.inf), until))
        world = bench.world
        check(world)
    return bench
