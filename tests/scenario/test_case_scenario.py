"""Cases in a scenario file: each mistake is told in one sentence, and what is right is explained."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines
from twin.scenario.load import load, load_scenario

LEVEL = '{ share = 1.0, work = { law = "constant", value = "10 min" } }'
LEG = '[[legs]]\nkind = "transfer"\nshare = 0.1\nskills = ["SK02"]\nat = 0.5'
OPENS = ("[intents.bill]", "[intents.bill]\ncase_share = 0.1")


def given(more="", level=LEVEL):
    return [OPENS, ("[run]", f"[cases]\n{more}\n[cases.levels]\none = {level}\n[run]")]


MISTAKES = {
    "shares": (given(level=LEVEL.replace("1.0", "0.9")), "cases.levels has shares that sum to 0.9, must sum to 1"),
    "nothing opens one": (given()[1:], "cases is given, but nothing opens a case, must stand beside"),
    "an unknown intent": (
        given('chasing = { share_a_day = 0.04, intent = "bil" }'),
        "cases.chasing.intent is 'bil', must be one of bill, fault",
    ),
    "a chaser who writes": (
        [
            *given('chasing = { share_a_day = 0.04, intent = "fault" }'),
            ("[intents.fault]", '[intents.fault]\nchannel = "e-mail"\nanswer_by = "1 day"'),
        ],
        "cases.chasing.intent is 'fault', which comes by e-mail, must be one that comes by phone",
    ),
    "time to resume": (given('resume_time = "9 s"'), "cases.resume_time is 9 s, must be 0 s unless interruptible"),
    "no level": (
        [OPENS, ("[run]", "[cases]\nlevels = {}\n[run]")],
        "cases.levels has 0 values, must have at least 1",
    ),
    "a level of skill that is none": (given('upto = "best"'), "cases.upto is 'best', must be one of primary"),
    "an unknown back office": (
        given(level=LEVEL.replace("share = 1.0", 'share = 1.0, skills = ["office"]')),
        "cases.levels.one.skills[0] is 'office', must be one of SK01, SK02",
    ),
    "a back office of nobody": (
        [
            *given(level=LEVEL.replace("share = 1.0", 'share = 1.0, skills = ["office"]')),
            ("[skills]", "[skills]\noffice = {}"),
        ],
        "cases.levels.one.skills[0] is 'office', which no operator holds",
    ),
    "a credit": (
        [*given(), ("[run]", '[[priorities.all.credit]]\nwait = "9 s"\npoints = 1.0\n[run]')],
        "cases stands beside priorities with a credit, must be one or the other",
    ),
    "legs": (
        [*given("interruptible = true"), ("[run]", f"{LEG}\n[run]")],
        "cases stands beside legs (while they are interruptible), must be one or the other",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_rule_of_cases_that_cannot_be_is_told_in_one_sentence(write, changes, sentence):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(*changes))
    assert [problem for problem in caught.value.problems if sentence in problem], caught.value.problems
    assert len(caught.value.problems) == 1, caught.value.problems


def test_what_a_file_says_of_cases_is_explained():
    lines = [line.strip() for line in explain_lines(load("cases"))]
    assert "A handled contact opens a case: Bill 10 % and Fault 20 %." in lines
    assert "Operators with the skill take cases up when no call waits while their occupancy is at most 80 %." in lines
    assert "On each day 4 % of the open cases are chased by a call." in lines


def test_without_cases_nothing_is_said():
    assert "Cases" not in explain_lines(load("erlang-a"))
