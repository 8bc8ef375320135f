"""Models that nobody holds are freed before the next is built, however few objects they are."""

import gc
import weakref

import numpy as np
import pytest

from twin import leftovers, load_scenario
from twin.model import CallCentre


@pytest.fixture
def no_garbage_looked_for():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def size(tables):
    return sum(table.nbytes for table in tables if hasattr(table, "nbytes"))


def build():
    return CallCentre(load_scenario("erlang-a"), days=1)


@pytest.mark.usefixtures("no_garbage_looked_for")
@pytest.mark.parametrize(("worth", "is_freed"), [(0.0, True), (1e15, False)])
def test_what_nobody_holds_is_freed_when_it_is_worth_it(worth, is_freed, monkeypatch):
    monkeypatch.setattr(leftovers, "WORTH", worth)
    model = build()
    model.close()  # or Mesa keeps it
    first = weakref.ref(model)
    del model
    assert first() is not None, "Python itself would free it later"
    held = build()
    assert (first() is None) == is_freed
    assert len(held.agents) > 0


@pytest.mark.usefixtures("no_garbage_looked_for")
def test_only_bytes_built_since_the_last_look_count(monkeypatch):
    monkeypatch.setattr(leftovers, "_built", 0.0)
    monkeypatch.setattr(leftovers, "WORTH", 800.0)
    looked = []
    monkeypatch.setattr(leftovers.gc, "collect", lambda: looked.append(1))
    for _ in range(3):  # 400 bytes each: more than 800 after the third
        leftovers.make_room()
        leftovers.built(np.zeros(50), "no table")
    assert looked == []
    leftovers.make_room()
    leftovers.make_room()
    assert looked == [1]


def test_a_model_counts_its_tables_and_its_customers(monkeypatch):
    found = []
    monkeypatch.setattr(leftovers, "built", lambda *tables: found.append(size(tables)))
    model = build()
    assert found == [size(model.world)]
    assert found[0] > 10_000
    small = CallCentre(load_scenario("187-as-is", {"size": "tiny"}), days=1)
    assert found[1] == size(small.world) + small.customers.store.nbytes
