"""Whatever a file says, the answer is a scenario or a ScenarioError, never another exception."""

import copy
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.errors import ScenarioError
from twin.scenario.explain import explain_lines, numbers
from twin.scenario.files import library_names, parse_toml
from twin.scenario.load import load, load_scenario, scenario_from_dict

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = [0, -1, 1, 2.5, 10**400, -(10**30), float("nan"), float("inf"), True, False, None]
TEXTS = [
    "", "x", "3 min", "-30 s", "1e999 s", "0 s", "nan s", "\u0663 s", "1_ s", "100 /h", "0 /h", "5 %", "500 %",
    "08:00", "25:00", "24:00", "primary", "SK01", "bill", "mon",
]  # fmt: skip
TABLES = [
    [], {}, [[]], [{}], [1, "x"], {"value": 3}, {"value": {}}, {"a": {"b": {"c": 1}}}, {"1": 0.5}, {"": 1.0},
    {"law": "gamma"}, {"law": 3}, {"law": ["x"]}, {"law": "exponential", "mean": "1 s"},
    {"law": "constant", "value": "0 s"}, {"kind": "trace"}, {"kind": "customers"}, {"kind": "trace", "file": "\0"},
    {"kind": "trace", "file": "."},
]  # fmt: skip
NASTY = st.sampled_from([*NUMBERS, *TEXTS, *TABLES]).map(copy.deepcopy)
NEW_KEYS = st.sampled_from(["x", "law", "kind", "value", "mass", "skills", "routes", "mean", "0"])
KEYS = st.text(max_size=20) | st.sampled_from(["run.days", "routes[0]", "demand.rates", "groups.young.skills"])
TEXT = st.text(alphabet=string.ascii_lowercase + "[]{}=\"'.,#\n 0123456789-_", max_size=6)


def places(node, path=()):
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield from places(child, (*path, key))


def mutated(data, draw):
    """One place of the data replaced, taken away, or given a new key."""
    path = draw(st.sampled_from([path for path in places(data) if path]))
    node = data
    for part in path[:-1]:
        node = node[part]
    what = draw(st.sampled_from(["replace", "delete", "add"]))
    if what == "delete":
        del node[path[-1]]
    elif what == "add" and isinstance(node, dict):
        node[draw(NEW_KEYS)] = draw(NASTY)
    else:
        node[path[-1]] = draw(NASTY)


def answer(function, *arguments):
    try:
        return function(*arguments)
    except ScenarioError as error:
        problems = error.problems
    assert problems
    assert all(problem and "\n" not in problem for problem in problems)
    return None


@FUZZ
@given(data=st.data())
@pytest.mark.parametrize("name", ["v1-ssj", "v7-multiskill", "valid"])
def test_mutated_values_give_a_scenario_or_sentences(name, valid_text, data):
    values = copy.deepcopy(parse_toml(valid_text, "valid") | {"name": "x"} if name == "valid" else load(name).resolved)
    for _ in range(data.draw(st.integers(1, 4))):
        if values:
            mutated(values, data.draw)
    answer(scenario_from_dict, values)


@FUZZ
@given(data=st.data())
def test_mutated_text_gives_a_scenario_or_sentences(write, valid_text, data):
    text = valid_text
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(start + data.draw(st.sampled_from([0, 1, 2, 5, 30])), len(text))
        text = text[:start] + data.draw(TEXT) + text[end:]
    loaded = answer(load, write(text=text))
    if loaded is not None:
        assert explain_lines(loaded)
        assert numbers(loaded) is not None


@FUZZ
@given(key=KEYS, value=NASTY)
def test_any_override_gives_a_scenario_or_sentences(write, key, value):
    answer(load_scenario, write(), {key: value})
    answer(load_scenario, write(), [f"{key}={value}"])


@pytest.mark.parametrize("name", library_names())
def test_each_library_scenario_is_told_in_words(name):
    lines = explain_lines(load(name))
    assert "Who answers" in lines
    assert all(row["value"] for row in numbers(load(name)))


def test_deep_nesting_is_told(write):
    assert answer(load, write(text="a = " + "[" * 5000)) is None
