"""Random small centres whose contacts leave cases behind: what must hold after every instant, however a run is cut."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_scenarios import law, result, scenarios
from property_runs import (
    DAY,
    EVERY,
    HOUR,
    check_every_instant,
    check_records,
    cut_in_every_way,
    model_of,
    recorded_and_not,
)

from twin.scenario.case_schema import Cases
from twin.scenario.schema import Scenario


@st.composite
def cases(draw) -> Cases:
    """One or two levels, chased, found wrong, told to the customer, put down for calls, or not."""
    levels: dict[str, Any] = {"I": {"share": 0.6, "work": draw(law(60))}, "II": {"share": 0.4, "work": draw(law(150))}}
    levels["II"] |= {"wait": draw(law(900)), "rank": draw(st.sampled_from([0, 1]))}
    rule: dict[str, Any] = {"levels": levels, "occupancy_below": draw(st.sampled_from([1.0, 0.6]))}
    rule |= {"guarantee": draw(st.sampled_from(["2 min", "1 day"])), "upto": draw(st.integers(1, 4))}
    rule |= {"owner_first": draw(st.booleans()), "one_call": draw(st.booleans())}
    rule |= {"taken_in_charge": draw(st.sampled_from([1.0, 0.5]))}
    if draw(st.booleans()):
        rule |= {"interruptible": True, "resume_time": draw(st.sampled_from(["0 s", "15 s"]))}
    if draw(st.booleans()):
        rule["chasing"] = {"share_a_day": 0.9, "intent": draw(st.sampled_from([None, "x"]))}
    if draw(st.booleans()):
        rule["defects"] = {"share": 0.5, "delay": draw(law(200))}
    if draw(st.booleans()):
        rule["recontact"] = {"share": 0.7, "reach": 0.5, "ring": draw(law(10)), "talk": draw(law(40))}
    return Cases.model_validate(rule)


@st.composite
def with_cases(draw) -> Scenario:
    scenario = draw(scenarios(is_basic=True))
    changed = {name: intent.model_copy(update={"case_share": 0.5}) for name, intent in scenario.intents.items()}
    return as_allowed(scenario.model_copy(update={"intents": changed, "cases": draw(cases())}))


@given(with_cases(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant_with_cases(scenario, seed, begin, day):
    check_every_instant(model_of(scenario, seed), day * DAY + begin)


@given(with_cases(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_with_cases_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    assert all(result(other) == result(whole) for other in others)


@given(with_cases())
@EVERY
def test_recording_cases_changes_nothing_and_records_tell_what_the_tallies_tell(scenario):
    one, other = recorded_and_not(scenario)
    assert result(one)[:2] == result(other)[:2]
    check_records(one)
