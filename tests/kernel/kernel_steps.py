"""A bench run instant by instant, or in small steps; after each that has moved anything, all tables must agree."""

import math

import numpy as np
from kernel_bench import DAY, HOUR
from kernel_invariants import check


def next_instant(world):
    """When something happens next: an event, an arrival or a duty row."""
    state = world.state[0]
    instants = [world.heap_at[0]] if state.n_heap else []
    instants += [world.arrivals.at[state.next_arrival]] if state.next_arrival < state.n_arrivals else []
    instants += [state.boundary_at] if (world.diary.first >= 0).any() else []
    instants += [world.roster.at[state.next_roster]] if state.next_roster < state.n_roster else []
    return min(instants, default=math.inf)


def check_if_moved(world, before=None):
    """`kernel_invariants.check`, unless nothing has happened since it was done; returns what tells so next time."""
    now = mark_of(world)
    if now is None or now != before:
        check(world)
    return now


def mark_of(world):
    """Changes with every event; None where the mere passing of time may break a rule, or an event has been missed."""
    state = world.state[0]
    if state.n_waiting or state.n_work or state.last_worker >= 0 or next_instant(world) < state.now:
        return None
    return tuple(int(state[name]) for name in ("n_events", "n_heap", "n_free", "n_arrivals", "n_roster"))


def run(bench, until=DAY):
    """Like `bench.run`, with `kernel_invariants.check` after every instant."""
    bench.run(0)
    while bench.world.state[0].now < until:
        bench.run(min(np.nextafter(next_instant(bench.world), math.inf), until))
        check(bench.world)
    return bench


def steadily(bench, until=2 * HOUR, every=7.0):
    """Like `bench.run`, with `kernel_invariants.check` after every small step in which anything happens."""
    mark = None
    for at in [*np.arange(every, until, every), until]:
        bench.run(at)
        mark = check_if_moved(bench.world, mark)
    return bench
