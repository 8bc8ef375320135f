"""The main loop without the rare rules tells the same story as the one with all, and serves who has none of them."""

import numpy as np
import pytest

from twin.kernel import one_compiles
from twin.kernel.rule_tables import OPTIONS, RARE_COLUMNS, RARE_RULES
from twin.kernel.run import run, run_lean
from twin.kernel.tables import RECORD
from twin.model import CallCentre
from twin.scenario.load import load_scenario


def a_day(name, overrides, main_loop=None):
    model = CallCentre(load_scenario(name, {"run.warm_up": 0, **overrides}), days=1, recording=True)
    if main_loop is not None:
        model.engine._choose_main_loop = lambda: main_loop
    model.run()
    return model


@pytest.mark.parametrize(
    ("name", "overrides"),
    [("v20-pooling", {}), ("187-to-be", {"size": "tiny"})],
)
def test_both_main_loops_give_the_same_records(name, overrides):
    lean, whole = a_day(name, overrides), a_day(name, overrides, run)
    assert lean.engine._main_loop is run_lean
    assert whole.engine._main_loop is run
    assert lean.world.tallies.tobytes() == whole.world.tallies.tobytes()
    assert lean.world.tallies.handled.sum() > 100
    for column in RECORD.names:
        np.testing.assert_array_equal(*(np.concatenate(model.records)[column] for model in (lean, whole)))


@pytest.mark.parametrize("name", ["chat", "cases", "menu", "blended"])  # each by a rule of its own
def test_a_rare_rule_needs_the_whole_main_loop(name):
    assert CallCentre(load_scenario(name), days=1).engine._main_loop is run


def test_rare_rules_are_flags_of_the_options():
    assert set(OPTIONS.names) >= RARE_RULES
    assert all(OPTIONS[name] == np.bool_ for name in RARE_RULES)


@pytest.mark.parametrize("name", ["erlang-a", "v20-pooling", "187-as-is", "187-to-be"])
def test_where_the_lean_main_loop_serves_nothing_is_set_that_it_does_not_see(name):
    model = a_day(name, {"size": "tiny"} if name.startswith("187") else {})
    assert model.engine._main_loop is run_lean
    for table, columns in RARE_COLUMNS.items():
        rows = getattr(model.world, table)
        for column, unset in columns.items():
            assert (rows[column] == unset).all(), (table, column)


@pytest.mark.parametrize("name", ["chat", "cases", "menu", "blended", "call-back"])
def test_what_it_does_not_see_belongs_to_rules_that_it_does_not_serve(name):
    model = a_day(name, {})
    assert model.engine._main_loop is run
    columns = [(table, *column) for table, of in RARE_COLUMNS.items() for column in of.items()]
    assert any((getattr(model.world, table)[column] != unset).any() for table, column, unset in columns)


def test_an_instant_in_whole_seconds_needs_no_other_machine_code():
    """Compiled anew for an int, the main loop would take a minute, untold."""
    model = CallCentre(load_scenario("erlang-a"), days=1)
    model.run_until(600)
    assert len(model.engine._main_loop.overloads) == 1


def test_one_process_compiles_at_a_time(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr("twin.kernel.CACHE", tmp_path)
    with (tmp_path / "lock").open("w") as other:
        with one_compiles(), pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)  # free again
