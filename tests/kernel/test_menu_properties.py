"""Random small centres with menus: what must hold after every instant, however a run is cut."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_scenarios import result, scenarios
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
from test_case_properties import cases

from twin.scenario.menu_schema import Menu
from twin.scenario.schema import Ivr, Scenario

SHARES = [0.0, 0.5, 1.0]
IVR = {"navigation": {"law": "exponential", "mean": "15 s"}, "false_containment": 0.3,
       "false_delay": {"law": "exponential", "mean": "3 min"}}  # fmt: skip


@st.composite
def menus(draw, n_entries: int) -> Menu:
    share = st.sampled_from(SHARES)
    menu: dict[str, Any] = {"mis_selection": draw(share) if n_entries > 1 else 0.0, "recognised": draw(share)}
    menu |= {"transfer": draw(share), "found_after": draw(st.sampled_from([0.2, 0.9])), "entry_time": "2 s"}
    menu["unrecognised"] = {"cluster": draw(st.sampled_from([None, "basic"])), "transfer": draw(share)}
    menu["trees"] = draw(st.sampled_from([[], [{"clusters": ["gold"], "navigation_factor": 0.5, "order": ["x"]}]]))
    menu["false_containment"] = draw(st.sampled_from([{}, {"x": 0.9}]))
    return Menu.model_validate(menu)


@st.composite
def with_menus(draw) -> Scenario:
    """A random centre with a menu; some with cases, the others with every rule of who answers whom, and legs."""
    has_cases = draw(st.booleans())
    scenario = draw(scenarios(is_basic=has_cases))
    changes: dict[str, Any] = {"menu": draw(menus(len(scenario.intents))), "ivr": Ivr.model_validate(IVR)}
    changes["routes"] = [route.model_copy(update={"sites": None}) for route in scenario.routes]
    if has_cases:
        changed = {name: intent.model_copy(update={"case_share": 0.5}) for name, intent in scenario.intents.items()}
        changes |= {"intents": changed, "cases": draw(cases()).model_copy(update={"interruptible": False})}
    return as_allowed(scenario.model_copy(update=changes))


@given(with_menus(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR))
@EVERY
def test_all_tables_agree_after_every_instant_with_menus(scenario, seed, begin):
    check_every_instant(model_of(scenario, seed), begin)


@given(with_menus(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_with_menus_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    assert all(result(other) == result(whole) for other in others)


@given(with_menus())
@EVERY
def test_recording_with_menus_changes_nothing(scenario):
    one, other = recorded_and_not(scenario)
    assert result(one)[:2] == result(other)[:2]
    check_records(one)
