"""Random small centres in which several kinds of rules meet: tables agree after every instant, however a run is cut."""

import os

from hypothesis import given
from hypothesis import strategies as st
from kernel_allowed import as_allowed
from kernel_edges import at_the_edges
from kernel_scenarios import leg, result, scenarios
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
from test_channel_properties import with_channels
from test_chat_properties import with_chats
from test_control_properties import with_control
from test_waiting_properties import with_waiting

from twin.kernel.codes import Outcome
from twin.scenario.legs_schema import Leg
from twin.scenario.schema import Queue, Scenario
from twin.scenario.waiting_schema import Waiting

OUTCOMES = tuple(outcome for outcome in Outcome if outcome != Outcome.MESSAGE)
"""A message that becomes work is recorded when the work is done."""
MIXTURES = [
    "channels control",
    "waiting control",
    "waiting channels control",
    "legs control",
    "legs channels",
    "legs waiting",
    "legs waiting channels control",
    "rules channels",
    "rules waiting channels control",
    "rules legs waiting channels control",
    "chats control",
    "chats channels",
    "chats legs waiting channels control",
    "cases control",
    "cases waiting channels control",
]


@st.composite
def mixed(draw) -> Scenario:
    """A random centre with rules of several kinds."""
    kinds = draw(st.sampled_from(os.environ.get("MIXTURES", ",".join(MIXTURES)).split(","))).split()
    scenario = draw(scenarios(is_basic="rules" not in kinds, has_legs=False))
    if "legs" in kinds:
        scenario = draw(with_legs(scenario))
    if "waiting" in kinds:
        scenario = draw(with_waiting(scenario))
    if "channels" in kinds:
        scenario = draw(with_channels(scenario))
    if "chats" in kinds:
        scenario = talks_apart(draw(with_chats(scenario)))
    if "legs" in kinds:
        scenario = handing_on(scenario)
    if "cases" in kinds:
        scenario = draw(leaving_cases(scenario))
    if "control" in kinds:
        scenario = draw(with_control(scenario))
    return draw(at_the_edges(scenario)) if draw(st.booleans()) else as_allowed(scenario)


@st.composite
def leaving_cases(draw, scenario: Scenario) -> Scenario:
    """Half of the contacts that customers make leave a case behind."""
    own = {
        name: kind if kind.channel == "outbound" else kind.model_copy(update={"case_share": 0.5})
        for name, kind in scenario.intents.items()
    }
    return scenario.model_copy(update={"intents": own, "cases": draw(cases())})


def talks_apart(scenario: Scenario) -> Scenario:
    """Chats have a queue of their own, without rules of waiting."""
    chats = [name for name, kind in scenario.intents.items() if kind.channel == "chat"]
    if not chats:
        return scenario
    route = scenario.routes[0].model_copy(update={"queue": "talks", "intents": chats})
    queues = scenario.queues | {"talks": Queue(waiting=Waiting())}
    return scenario.model_copy(update={"queues": queues, "routes": [*scenario.routes, route]})


@st.composite
def with_legs(draw, scenario: Scenario) -> Scenario:
    legs = draw(st.lists(leg(list(scenario.skills)), min_size=1, max_size=3))
    return scenario.model_copy(update={"legs": [Leg.model_validate(one) for one in legs]})


def handing_on(scenario: Scenario) -> Scenario:
    """Nobody is kept on hold for what nobody is on the telephone for; and chats are not handed on."""
    live = [name for name, kind in scenario.intents.items() if kind.channel in ("phone", "outbound")]
    written = [name for name, kind in scenario.intents.items() if kind.channel in ("e-mail", "letter", "desk")]
    legs = []
    for one in scenario.legs:
        names = live if one.stays else live + written
        if names:
            legs.append(one.model_copy(update={"intents": names}))
    return scenario.model_copy(update={"legs": legs})


@given(mixed(), st.integers(0, 5), st.floats(8 * HOUR, 10.1 * HOUR), st.integers(0, 1))
@EVERY
def test_all_tables_agree_after_every_instant(scenario, seed, begin, day):
    check_every_instant(model_of(scenario, seed), day * DAY + begin, 150)


@given(mixed(), st.lists(st.floats(0, 2 * DAY), max_size=30))
@EVERY
def test_no_way_of_cutting_a_run_changes_it(scenario, instants):
    whole, *others = cut_in_every_way(scenario, instants)
    assert all(result(other) == result(whole) for other in others)


@given(mixed())
@EVERY
def test_recording_changes_nothing_and_records_tell_what_the_tallies_tell(scenario):
    one, other = recorded_and_not(scenario)
    assert result(one)[:2] == result(other)[:2]
    check_records(one, OUTCOMES)
