"""Random small centres where some contacts are no calls: what must hold after every instant, however a run is cut."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from kernel_invariants import check
from kernel_scenarios import scenarios
from test_properties import DAY, EVERY, HOUR, model_of, next_instant, result

from twin.scenario.load import load_scenario
from twin.scenario.schema import Scenario


@st.composite
def with_mails(draw) -> Scenario:
    """A random centre, one of whose intents (or both) comes by e-mail."""
    scenario = draw(scenarios())
    names = draw(st.lists(st.sampled_from(sorted(scenario.intents)), min_size=1, unique=True))
    mail = {"channel": "e-mail", "answer_by": 3600.0, "patience": None, "containment": 0.0}
    mail |= {"interruptible": draw(st.booleans()), "resume_time": draw(st.sampled_from([0.0, 15.0]))}
    changed = {name: scenario.intents[name].model_copy(update=mail) for name in names}
    order = "after_live" if mail["interruptible"] else draw(st.sampled_from(["after_live", "by_rank"]))
    blending = {"deferred": order, "resumed_by": draw(st.sampled_from(["anyone", "same"]))}
    update = {
        "intents": scenario.intents | changed,
        "blending": scenario.blending.model_copy(update=blending),
    }
    return scenario.model_copy(update=update)


@given(with_mails(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    model = model_of(scenario, seed)
    model.run_until(day * DAY + begin)
    for _ in range(300):
        at = next_instant(model.world)
        model.run_until(min(np.nextafter(at, math.inf), (model.now // DAY + 1) * DAY))
        check(model.world)
        if model.is_over:
            break


@given(with_mails(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, steps, odd = (model_of(scenario) for _ in range(3))
    whole.run_until(2 * DAY)
    while not steps.is_over:
        steps.step()
    for at in [*sorted(instants), 2 * DAY]:
        odd.run_until(at)
    assert result(whole) == result(steps) == result(odd)


@given(with_mails())
@EVERY
def test_recording_changes_nothing(scenario):
    one, other = model_of(scenario, recording=True), model_of(scenario, recording=False)
    one.run()
    other.run()
    assert result(one)[:2] == result(other)[:2]


def test_all_tables_agree_in_a_centre_with_every_channel():
    """The library's centre: calls, interruptible and other deferred work, and a list dialled ahead."""
    scenario = load_scenario("blended", {"run.warm_up": 0, "run.days": 1})
    model = model_of(scenario)
    while not model.is_over:
        model.run_until(model.now + 301.3)
        check(model.world)
    counts = model.world.tallies
    assert min(counts[name].sum() for name in ("deferred_handled", "reached", "handled", "abandoned")) > 0
