"""Where tables stand: two runs in threads of one process must not write to the same cache lines."""

from typing import NamedTuple

import numpy as np
import pytest

import twin
from twin.kernel.heap import FIRST_AT, FIRST_EVENT
from twin.kernel.memory import CACHE_LINE, SMALL, gathered, place_of, placed_zeros
from twin.model import CallCentre


class Tables(NamedTuple):
    rows: np.ndarray
    numbers: np.ndarray
    empty: np.ndarray
    placed: np.ndarray
    large: np.ndarray


@pytest.fixture
def tables():
    kind = np.dtype([("n", "i4"), ("at", "f8")])
    rows = np.array([(1, 2.0), (3, 4.0)], kind).view(np.recarray)
    placed = placed_zeros(5, np.float64, 24)
    placed[:] = range(5)
    return Tables(rows, np.arange(6.0).reshape(2, 3), np.zeros((0, 4)), placed, np.zeros(SMALL + 1, np.uint8))


def lines_of(table):
    """Numbers of the cache lines that a table touches."""
    first = table.ctypes.data
    return set(range(first // CACHE_LINE, -(-(first + table.nbytes) // CACHE_LINE))) if table.nbytes else set()


def test_gathered_tables_hold_what_they_held_and_stand_on_lines_of_their_own(tables):
    moved = gathered(tables, placed=("placed",))
    for before, after in zip(tables, moved, strict=True):
        assert type(after) is type(before)
        assert (after.dtype, after.shape) == (before.dtype, before.shape)
        assert after.tobytes() == before.tobytes()
    assert moved.rows.at.tolist() == [2.0, 4.0]
    assert [place_of(table) for table in moved[:4]] == [0, 0, place_of(moved.empty), 24]
    assert sum(len(lines_of(table)) for table in moved[:4]) == len(set().union(*map(lines_of, moved[:4])))


def test_large_tables_are_left_untouched_where_they_are(tables):
    assert gathered(tables, ()).large is tables.large


def test_two_runs_share_no_cache_line():
    scenario = twin.load_scenario("erlang-a")
    models = [CallCentre(scenario, replication=number, days=1) for number in range(2)]
    first, second = (
        set().union(*(lines_of(table) for table in model.world if table.nbytes <= SMALL)) for model in models
    )
    assert len(first) > 100
    assert not first & second
    for model in models:
        small = {name: table for name, table in model.world._asdict().items() if 0 < table.nbytes <= SMALL}
        places = {name: place_of(table) for name, table in small.items()}
        assert (places.pop("heap_at"), places.pop("heap_events")) == (FIRST_AT, FIRST_EVENT)
        assert set(places.values()) == {0}
        model.close()
