"""Random small centres: what must hold after every instant, and that no way of cutting a run changes it."""

import math
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kernel_invariants import check, check_abilities
from kernel_scenarios import result, run_one, scenarios, with_mixed_clusters

from experiments.compare.replicate import run_in_processes
from twin.model import CallCentre

DAY = 86400.0
HOUR = 3600.0
N = int(os.environ.get("KERNEL_EXAMPLES", "20"))
"""Random centres per property; more are tried by hand."""
EVERY = settings(deadline=None, max_examples=N, derandomize=N <= 20, suppress_health_check=list(HealthCheck))


def model_of(scenario, seed=3, recording=True, **routing):
    if routing:
        scenario = scenario.model_copy(update={"routing": scenario.routing.model_copy(update=routing)})
    model = with_mixed_clusters(CallCentre(scenario, seed=seed, recording=recording))
    model.close()
    return model


def next_instant(world):
    state = world.state[0]
    instants = [world.heap_at[0]] if state.n_heap else []
    if state.next_arrival < state.n_arrivals:
        instants.append(world.arrivals.at[state.next_arrival])
    if state.next_roster < state.n_roster:
        instants.append(world.roster.at[state.next_roster])
    return min(instants, default=math.inf)


@given(scenarios(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    model = model_of(scenario, seed)
    check_abilities(model.world)
    model.run_until(day * DAY + begin)
    for _ in range(300):
        at = next_instant(model.world)
        model.run_until(min(np.nextafter(at, math.inf), (model.now // DAY + 1) * DAY))
        check(model.world)
        if model.is_over:
            break


@given(scenarios(), st.integers(0, 5))
@EVERY
def test_all_tables_agree_now_and_then(scenario, seed):
    model = model_of(scenario, seed)
    while not model.is_over:
        model.run_until(model.now + 333.3)
        check(model.world)


@given(scenarios(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, days, steps, odd = (model_of(scenario) for _ in range(4))
    whole.run_until(2 * DAY)
    days.run()
    while not steps.is_over:
        steps.step()
    for at in [*sorted(instants), 2 * DAY]:
        odd.run_until(at)
    assert result(whole) == result(days) == result(steps) == result(odd)


@given(scenarios())
@EVERY
def test_recording_changes_nothing(scenario):
    one, other = model_of(scenario, recording=True), model_of(scenario, recording=False)
    one.run()
    other.run()
    assert result(one)[:2] == result(other)[:2]


@given(st.lists(scenarios(), min_size=4, max_size=4), st.integers(0, 5))
@settings(EVERY, max_examples=max(1, N // 20))
def test_the_number_of_processes_changes_nothing(several, seed):
    tasks = [(scenario, seed, recording) for scenario in several for recording in (True, False)]
    found = run_in_processes(run_one, tasks, 2)
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
    for name in lazy.world.tallies.dtype.names:
        np.testing.assert_allclose(lazy.world.tallies[name], eager.world.tallies[name], rtol=1e-9, atol=1e-9)


@given(scenarios())
@EVERY
def test_records_tell_what_the_tallies_tell(scenario):
    model = model_of(scenario)
    model.run()
    records = np.concatenate(model.records)
    for outcome, measure in enumerate(["handled", "abandoned", "blocked", "self_served", "messages", "cut"]):
        assert (records["outcome"] == outcome).sum() == model.world.tallies[measure].sum()
    assert len(np.unique(records[["who", "attempt"]])) == len(records)
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
