"""Random small centres: what must hold after every instant, and that no way of cutting a run changes it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_invariants import check_abilities
from kernel_scenarios import result, run_one, scenarios
from property_runs import (
    DAY,
    EVERY,
    HOUR,
    N,
    check_every_instant,
    check_now_and_then,
    check_records,
    cut_in_every_way,
    model_of,
    recorded_and_not,
)

from twin.processes import run_tasks


@given(scenarios(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    model = model_of(scenario, seed)
    check_abilities(model.world)
    check_every_instant(model, day * DAY + begin)


@given(scenarios(), st.integers(0, 5))
@EVERY
def test_all_tables_agree_now_and_then(scenario, seed):
    check_now_and_then(model_of(scenario, seed))


@given(scenarios(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    assert all(result(model) == result(whole) for model in others)


@given(scenarios())
@EVERY
def test_recording_changes_nothing(scenario):
    one, other = recorded_and_not(scenario)
    assert result(one)[:2] == result(other)[:2]


@given(st.lists(scenarios(), min_size=4, max_size=4), st.integers(0, 5))
@settings(EVERY, max_examples=max(1, N // 20))
def test_the_number_of_processes_changes_nothing(several, seed):
    tasks = [(scenario, seed, recording) for scenario in several for recording in (True, False)]
    found = run_tasks(run_one, tasks, 2)
    assert found == [run_one(task) for task in tasks]
    for recorded, counted in zip(found[::2], found[1::2], strict=True):
        assert recorded[:2] == counted[:2]


@given(scenarios(is_lazy=True), st.integers(0, 5))
@EVERY
def test_patience_looked_at_lazily_or_by_event_gives_the_same_records(scenario, seed):
    lazy, eager = model_of(scenario, seed), model_of(scenario, seed, patience_events=True)
    if lazy.world.options[0].patience_events:
        return
    lazy.run()
    eager.run()
    assert result(lazy)[2] == result(eager)[2]
    for name in lazy.world.tallies.names:
        np.testing.assert_allclose(lazy.world.tallies[name], eager.world.tallies[name], rtol=1e-9, atol=1e-9)


@given(scenarios())
@EVERY
def test_records_tell_what_the_tallies_tell(scenario):
    model = model_of(scenario)
    model.run()
    records = check_records(model)
    handled = records[records["outcome"] == 0]
    talk = handled["ended_at"] - handled["answered_at"]
    talk -= handled["hold_time"]
    if not scenario.legs:  # of a matter with several operators, each one's talk counts
        assert talk.sum() == pytest.approx(model.world.tallies["talk"].sum(), rel=1e-6)
    assert talk.sum() <= model.world.tallies["talk"].sum() * (1 + 1e-6)
    assert handled["transfers"].sum() <= model.world.tallies["transferred"].sum()
    assert (records["joined_at"] >= records["entered_at"])[records["outcome"] != 3].all()
    assert (records["ended_at"] >= records["entered_at"]).all()
    assert model.world.tallies["redials"].sum() + model.world.tallies["repeats"].sum() <= records["returns"].sum()
