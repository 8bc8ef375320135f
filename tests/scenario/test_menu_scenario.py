"""Menus and the choice of the channel in a scenario file: mistakes in one sentence, and what is right explained."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.channel_choice_schema import ChannelChoice
from twin.scenario.channel_choice_words import channel_choice_lines
from twin.scenario.checks import check
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

IVR = '[ivr.navigation]\nlaw = "constant"\nvalue = "9 s"'
ORDERS = "[control.overtime]\nover = { waiting = 1.0 }\nat_most = '1 h'"


def given(menu="", more=IVR):
    return [("[run]", f"{more}\n[menu]\n{menu}\n[run]")]


MISTAKES = {
    "no IVR": (given(more=""), "menu is given without ivr, must stand beside it"),
    "an unknown entry": (given('order = ["bil"]'), "menu.order is 'bil', must be one of bill, fault"),
    "an entry twice": (given('order = ["bill", "bill"]'), "menu.order names an entry twice"),
    "a share of none": (given("shares = { bil = 0.5 }"), "menu.shares.bil is not an entry, must be one of"),
    "shares above 1": (given("shares = { bill = 0.8, fault = 0.7 }"), "menu.shares has shares that sum to 1.5"),
    "false containment of none": (
        given("false_containment = { bil = 0.5 }"),
        "menu.false_containment.bil is not an entry, must be one of",
    ),
    "an unknown cluster": (
        given('unrecognised = { cluster = "gold" }'),
        "menu.unrecognised.cluster is 'gold', must be all",
    ),
    "an unknown segment": (
        given('unrecognised = { segment = "gold" }'),
        "menu.unrecognised.segment is 'gold', but there are none",
    ),
    "a tree of none": (given('trees = [{ clusters = ["gold"] }]'), "menu.trees[0].clusters is 'gold', must be all"),
    "an unknown entry of a tree": (
        given('trees = [{ order = ["bil"] }]'),
        "menu.trees[0].order is 'bil', must be one of bill, fault",
    ),
    "control": (given(more=f"{IVR}\n{ORDERS}"), "menu stands beside control, must be one or the other"),
    "interruptible work": (
        [*given(), ("[intents.fault]", '[intents.fault]\nchannel = "desk"\nanswer_by = "1 day"\ninterruptible = true')],
        "menu stands beside interruptible work, must be one or the other",
    ),
    "a single entry": (
        [*given("mis_selection = 0.1"), ("[intents.fault]", '[intents.fault]\nchannel = "desk"\nanswer_by = "1 day"')],
        "menu.mis_selection is above 0, must be 0 in a menu of one entry",
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_menu_that_cannot_be_is_told_in_one_sentence(write, changes, sentence):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(*changes))
    assert [problem for problem in caught.value.problems if sentence in problem], caught.value.problems
    assert len(caught.value.problems) == 1, caught.value.problems


def test_what_a_file_says_of_the_menu_is_explained(write):
    menu = 'mis_selection = 0.12\nrecognised = 0.8\nentry_time = "4 s"'
    menu += '\ntrees = [{ clusters = ["all"], order = ["fault"] }]'
    lines = [line.strip() for line in explain_lines(load(write(*given(menu))))]
    assert "80 % of the customers are recognised by their number." in lines
    assert "12 % choose a wrong entry and wait where it leads." in lines
    assert "Menu of all: first fault." in lines


WRITTEN = {"e-mail": {"work": {"law": "constant", "value": "8 min"}, "answer_by": "1 day"}}
CHANNELS = {"shares": {"phone": 0.9, "e-mail": 0.1}, "queue": "Caring", "written": WRITTEN}
CHOICES = {
    "shares": ({"shares": {"phone": 0.9, "e-mail": 0.2}}, "channels.shares has shares that sum to 1.1, must sum to 1"),
    "an unknown cluster": (
        {"by_cluster": {"Basics": {"phone": 1.0}}},
        "channels.by_cluster.Basics is not a cluster, must be one of",
    ),
    "an unknown queue": ({"queue": "Written"}, "channels.queue is 'Written', must be one of"),
    "an unknown matter": ({"only_phone": ["CANC"]}, "channels.only_phone is 'CANC', must be one of"),
    "no written work": ({"written": {}}, "channels.written.e-mail is missing, must be given"),
    "no deadline": (
        {"written": {"e-mail": {"work": {"law": "constant", "value": "8 min"}}}},
        "channels.written.e-mail.answer_by is missing, must be given",
    ),
    "no self care": ({"digital_shift": 0.5}, "channels.self_care is missing, must be given where some contacts"),
    "chat": (
        {
            "shares": {"phone": 0.9, "chat": 0.1},
            "written": {"chat": {"work": {"law": "constant", "value": "8 min"}}},
        },
        "channels.written.chat is given, must not be so without [chat]",
    ),
}


def problems_of(name, **changes):
    rule = ChannelChoice.model_validate(CHANNELS | changes)
    scenario = load_scenario(name).model_copy(update={"channels": rule})
    return [f"{'.'.join(map(str, problem.path))} {problem.text}" for problem in check(scenario)]


@pytest.mark.parametrize(("changes", "sentence"), CHOICES.values(), ids=CHOICES.keys())
def test_a_choice_of_channels_that_cannot_be_is_told_in_one_sentence(changes, sentence):
    (problem,) = problems_of("187-as-is", **changes)
    assert sentence in problem


def test_a_choice_of_channels_needs_customers():
    told = problems_of("blended", queue="calls")
    assert "channels stands beside demand.kind 'rates', must stand beside 'customers'" in told


def test_self_care_is_no_intent_of_its_own(write):
    with pytest.raises(ScenarioError, match=r"intents.fault.channel is 'web', must be left out"):
        load_scenario(write(("[intents.fault]", '[intents.fault]\nchannel = "web"')))


def test_the_choice_of_channels_is_explained():
    rule = ChannelChoice.model_validate(CHANNELS | {"only_phone": ["CAN"]})
    lines = channel_choice_lines(load_scenario("187-as-is").model_copy(update={"channels": rule}))
    assert lines[:2] == ["Needs come by phone 90 % and e-mail 10 %.", "CAN: by telephone only."]
