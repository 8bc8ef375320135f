"""The future events come out by instant, then kind, then order of scheduling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_bench import Bench
from kernel_drivers import schedule_all
from kernel_drivers import take as take_events

EVENTS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from([0.0, 1.0, 60.0]), st.floats(0, 1e9)),
        st.integers(0, 13),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
    ),
    max_size=300,
)


@pytest.fixture(scope="module")
def world():
    return Bench().world


def put(world, events):
    columns = zip(*events, strict=True) if events else ((), (), (), ())
    at, kinds, rows, generations = (np.array(column) for column in columns)
    schedule_all(world, at.astype(float), kinds.astype(np.int64), rows.astype(np.int64), generations.astype(np.uint32))


def take(world, n):
    at, kinds, rows, generations = np.empty(n), *(np.empty(n, np.int64) for _ in range(3))
    take_events(world, n, at, kinds, rows, generations)
    return list(zip(*(column.tolist() for column in (at, kinds, rows, generations)), strict=True))


def is_heap(world):
    n = int(world.state[0].n_heap)
    keys = list(zip(world.heap_at[:n].tolist(), world.heap_events["order"][:n].tolist(), strict=True))
    return all(keys[(i - 1) // 4] < keys[i] for i in range(1, n))


@given(EVENTS)
@settings(max_examples=200, deadline=None)
def test_events_come_out_by_instant_then_kind_then_order_of_scheduling(world, events):
    world.state[0].n_heap = 0
    put(world, events)
    assert is_heap(world)
    assert take(world, len(events)) == sorted(events, key=lambda event: event[:2])


@given(st.lists(st.tuples(EVENTS, st.integers(0, 300)), max_size=5))
@settings(max_examples=100, deadline=None)
def test_puts_and_takes_in_any_order_agree_with_a_sorted_list(world, rounds):
    world.state[0].n_heap = 0
    inside: list[tuple] = []
    for events, n in rounds:
        events = events[: len(world.heap_at) - len(inside)]
        put(world, events)
        inside = sorted(inside + events, key=lambda event: event[:2])
        n = min(n, len(inside))
        assert take(world, n) == inside[:n]
        inside = inside[n:]
        assert is_heap(world)
