"""Courses in a scenario: what is refused, what `twin show` says, the marks of their numbers."""

import pytest

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines, numbers
from twin.scenario.load import load, load_scenario

MISTAKES = {
    "unknown skill": ('skill = "SK9"', "training[0].skill is 'SK9', must be one of SK01, SK02"),
    "unknown group": ('skill = "SK02"\ngroup = "owls"', "training[0].group is 'owls', must be one of young, old"),
    "unknown team": ('skill = "SK02"\nteam = 4', "training[0].team is 4, must be below 4, the teams"),
    "unknown operator": (
        'skill = "SK02"\noperators = [40]',
        "training[0].operators[0] is 40, must be from 0 to 39, the operators",
    ),
    "twice": ('skill = "SK02"\noperators = [3, 3]', "training[0].operators names somebody twice"),
    "two wholes": (
        'skill = "SK02"\ngroup = "young"\nteam = 0',
        "training[0] has group and team, must have one of them",
    ),
    "count of named": (
        'skill = "SK02"\noperators = [1]\ncount = 1',
        "training[0].count is 1, must be left out where operators are named",
    ),
    "too many": (
        'skill = "SK02"\ngroup = "young"\ncount = 21',
        "training[0].count is 21, must be at most 20, the operators",
    ),
    "too many of a team": (
        'skill = "SK02"\nteam = 0\ncount = 19',
        "training[0].count is 19, must be at most 18, the size of a team",
    ),
    "known to all": (
        'skill = "SK01"\ngroup = "young"',
        "training[0].skill is SK01, which all of young hold, must be left to learn",
    ),
    "no shift": (
        'skill = "SK02"\ngroup = "extra"\n[groups.extra]\ncount = 2\nskills = { SK01 = 1 }',
        "training[0] is for operators of extra, which has no shift, must have one to take hours from",
    ),
    "longer than the shift": (
        'skill = "SK02"\ngroup = "young"\nhours_a_day = 7',
        "training[0].hours_a_day is 7, must be at most 6, the hours of a shift of young",
    ),
    "no hours": ('skill = "SK02"\nhours = 0', "training[0].hours is 0, must be above 0"),
    "unknown key": ('skill = "SK02"\nteacher = 1', "training[0].teacher is not a known key"),
    "loans": (
        'skill = "SK02"\ngroup = "young"\n[[control.loans]]\ngroup = "young"\nskills = { SK02 = "secondary" }\n'
        'begins = "10:00"\nends = "12:00"',
        "training stands beside control.loans or control.loan_rules, must be one or the other for now",
    ),
    "no such grade": (
        'skill = "SK02"\ngroup = "young"\n[abilities]\nhandle = { primary = 1.0, none = 1.3 }',
        "abilities.handle has no secondary, must have one: a course teaches such a skill",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told(write, valid_text, name):
    text, sentence = MISTAKES[name]
    with pytest.raises(ScenarioError) as error:
        load_scenario(write(text=f"{valid_text}\n[[training]]\n{text}\n"))
    assert any(sentence in problem for problem in error.value.problems), error.value.problems


def test_courses_in_words_and_with_marks(write, valid_text):
    """24 h at 2 a day are twelve shifts; 3 x 24 + 2 x 8 h in all."""
    courses = (
        '[[training]]\nmark = "A"\nsource = "a choice"\nskill = "SK02"\ngroup = "young"\ncount = 3\non = 7\n'
        '[[training]]\nskill = "SK02"\noperators = [4, 9]\nhours = { value = 8.0, mark = "S", source = "contract" }\n'
        'level = "primary"\nproficiency = 0.7\ncost_an_hour = "40 EUR"\n'
    )
    loaded = load(write(text=f"{valid_text}\n{courses}"))
    lines = [line.strip() for line in explain_lines(loaded)]
    start = lines.index("Training")
    assert lines[start + 1 : start + 4] == [
        "From day 7 on 3 operators of young (those of fewest skills first) learn SK02 as a secondary skill: 24 h each, "
        "2 h at the end of 12 shifts, 0 EUR an hour; proficiency is 0.6 afterwards.",
        "From day 0 on operators 4, 9 learn SK02 as a primary skill: 8 h each, 2 h at the end of 4 shifts, 40 EUR an "
        "hour; proficiency is 0.7 afterwards.",
        "88 h off the telephone in all.",
    ]
    marks = {row["key"]: (row["mark"], row["source"]) for row in numbers(loaded)}
    assert marks["training[0].count"] == ("A", "a choice")
    assert marks["training[1].hours"] == ("S", "contract")


def test_one_operator_learns(write, valid_text):
    lines = explain_lines(load(write(text=f'{valid_text}\n[[training]]\nskill = "SK02"\nteam = 0\ncount = 1\n')))
    assert any(
        "From day 0 on 1 operator of team 0 (those of fewest skills first) learns SK02" in line for line in lines
    )


def test_a_plan_lies_over_a_library_scenario(write):
    plan = 'extends = "187-as-is"\n[[training]]\nskill = "SK04"\ngroup = "retention"\ncount = 1\n'
    scenario = load_scenario(write(text=plan), {"size": "tiny"})
    assert scenario.training[0].hours == 24.0
    assert scenario.training[0].held_level == 2
