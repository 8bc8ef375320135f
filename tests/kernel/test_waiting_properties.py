"""Random small centres with random rules of waiting: tables agree, and no way of cutting or recording changes a run."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_scenarios import law, result, scenarios
from property_runs import (
    DAY,
    EVERY,
    HOUR,
    check_every_instant,
    check_now_and_then,
    check_records,
    cut_in_every_way,
    model_of,
    recorded_and_not,
)

from twin.kernel.codes import Outcome
from twin.scenario.waiting_schema import Waiting

OUTCOMES = tuple(outcome for outcome in Outcome if outcome != Outcome.MESSAGE)
"""A message that becomes work is recorded when the work is done."""
SHARES = [0.0, 0.5, 1.0, {"waits": ["20 s", "200 s"], "values": [0.2, 0.9]}]
FACTORS = [1.0, 0.0, {"waits": ["20 s", "200 s"], "values": [1.5, 0.4]}]


@st.composite
def call_back(draw):
    promises = [{"delay": "10 min", "spread": "5 min"}, {"quiet_from": ["08:50", "09:30"], "rank": 1}]
    promise = draw(st.sampled_from([None, *promises]))
    return {
        "expected_wait": draw(st.sampled_from(["0 s", "60 s"])),
        "after": draw(st.sampled_from([[], ["20 s", "50 s"]])),
        "accept": draw(st.sampled_from(SHARES)),
        "place": "kept" if promise is None else "promised",
        "promise": promise,
        "ring": draw(law(10)),
        "reach": draw(st.sampled_from([0.0, 0.6, 1.0])),
        "retries": draw(st.sampled_from([0, 2])),
        "retry_delay": draw(law(120)),
    }


@st.composite
def announcement(draw):
    return {
        "balk": draw(st.sampled_from(SHARES)),
        "patience_factor": draw(st.sampled_from(FACTORS)),
        "patience": draw(st.one_of(st.none(), law(60))),
        "every": draw(st.sampled_from([None, "25 s"])),
    }


@st.composite
def waiting(draw):
    work = {"handle": {"law": "constant", "value": "60 s"}, "deadline": "20 min"}
    rules = {
        "estimator": draw(st.sampled_from(["queue_length", "last_entry"])),
        "call_back": draw(st.one_of(st.none(), call_back())),
        "announcement": draw(st.one_of(st.none(), announcement())),
        "message": draw(st.sampled_from([None, work])),
    }
    return Waiting.model_validate(rules)


@st.composite
def centres(draw):
    """A random centre, with rules for all queues or for one."""
    return as_allowed(draw(with_waiting(draw(scenarios(is_basic=True)))))


@st.composite
def with_waiting(draw, scenario):
    rules = draw(waiting())
    if draw(st.booleans()):
        return scenario.model_copy(update={"waiting": rules})
    queue = scenario.queues["one"].model_copy(update={"waiting": rules})
    return scenario.model_copy(update={"queues": scenario.queues | {"one": queue}})


@given(centres(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    check_every_instant(model_of(scenario, seed), day * DAY + begin)


@given(centres(), st.integers(0, 5))
@EVERY
def test_all_tables_agree_now_and_then(scenario, seed):
    check_now_and_then(model_of(scenario, seed))


@given(centres(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    assert all(result(model) == result(whole) for model in others)


@given(centres())
@EVERY
def test_recording_changes_nothing_and_records_tell_what_the_tallies_tell(scenario):
    model, other = recorded_and_not(scenario)
    assert result(model)[:2] == result(other)[:2]
    records, tallies = check_records(model, OUTCOMES), model.world.tallies
    off_line = ~np.isnan(records["hung_up_at"]) & (records["outcome"] != Outcome.MESSAGE_DONE)
    assert tallies["called_back"].sum() == (off_line & (records["outcome"] == Outcome.HANDLED)).sum()
    ends = np.where(records["outcome"] == Outcome.HANDLED, records["answered_at"], records["ended_at"])
    spent = (ends - records["hung_up_at"])[off_line]
    np.testing.assert_allclose(spent.sum(), tallies["off_line"].sum(), rtol=1e-9, atol=1e-6)
