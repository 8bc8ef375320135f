"""Laws and tables as a file writes them."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from twin.scenario import laws
from twin.scenario.explain import schema_json
from twin.scenario.routing_schema import Route, Stage
from twin.scenario.schema import Group, Scenario
from twin.scenario.words import law as in_words

LAW = TypeAdapter(laws.Law)
GOOD = [
    {"law": "exponential", "mean": "3 min"},
    {"law": "lognormal", "mean": "470 s", "cv": 0.9},
    {"law": "lognormal", "mu": 5.0, "sigma": 0.8},
    {"law": "gamma", "mean": "1 min", "shape": 2},
    {"law": "erlang", "mean": "1 min", "k": 3},
    {"law": "weibull", "mean": "385 s", "shape": 0.85},
    {"law": "hyperexponential", "means": ["1 min", "5 min"], "shares": [0.7, "30 %"]},
    {"law": "uniform", "low": "5 s", "high": "10 s"},
    {"law": "triangular", "low": "0 s", "mode": "0 s", "high": "1 min"},
    {"law": "constant", "value": "30 s"},
    {"law": "empirical", "values": ["1 s", "2 s", "9 s"], "levels": [0, 0.5, 1]},
    {"law": "hazard", "edges": ["0 s", "1 min"], "rates": ["0.2 /min", "0.1 /min"]},
    {"law": "exponential", "mean": "1000 s", "mass": {"share": 0.1}},
]
WRONG = [
    ({"law": "exponential", "mean": "0 s"}, "above 0 s"),
    ({"law": "lognormal", "mean": "1 s"}, "needs mean and cv"),
    ({"law": "lognormal", "mean": "1 s", "cv": 1.0, "mu": 3.0}, "needs mean and cv"),
    ({"law": "hyperexponential", "means": ["1 s"], "shares": [0.9]}, "sum to 0.9"),
    ({"law": "hyperexponential", "means": ["1 s"], "shares": [0.5, 0.5]}, "1 means and 2 shares"),
    ({"law": "uniform", "low": "2 s", "high": "1 s"}, "below low"),
    ({"law": "triangular", "low": "2 s", "mode": "1 s", "high": "3 s"}, "low <= mode <= high"),
    ({"law": "empirical", "values": ["2 s", "1 s"]}, "do not rise"),
    ({"law": "empirical", "values": ["1 s", "2 s"], "levels": [0.1, 1]}, "from 0 to 1"),
    ({"law": "hazard", "edges": ["1 s"], "rates": ["1 /h"]}, "from '0 s'"),
    ({"law": "hazard", "edges": ["0 s"], "rates": ["0 /h"]}, "above 0"),
    ({"law": "hazard", "edges": ["0 s", "1 s"], "rates": ["1 /h"]}, "2 edges and 1 rates"),
    ({"law": "gamma", "mean": "1 s", "shape": float("inf")}, "finite"),
    ({"law": "erlang", "mean": "1 s", "k": True}, "integer"),
]


@pytest.mark.parametrize("given", GOOD, ids=lambda given: given["law"])
def test_law_is_read_and_told_in_words(given):
    law = LAW.validate_python(given)
    assert law.law == given["law"]
    assert in_words(law)


@pytest.mark.parametrize(("given", "sentence"), WRONG, ids=lambda x: x if isinstance(x, str) else "")
def test_wrong_law_says_why(given, sentence):
    with pytest.raises(ValidationError, match=sentence):
        LAW.validate_python(given)


def test_unknown_keys_are_refused():
    with pytest.raises(ValidationError, match="extra_forbidden"):
        LAW.validate_python({"law": "constant", "value": "1 s", "mean": "1 s"})


def test_level_is_a_name_or_a_number():
    assert [Stage(level=level).level for level in ("primary", "secondary", "overflow", "outsourcer", 2)] == [
        1,
        2,
        3,
        4,
        2,
    ]
    for wrong in ("tertiary", 0, 5, True, 1.0, None):
        with pytest.raises(ValidationError, match="must be one of primary"):
            Stage(level=wrong)


def test_skill_of_a_group_may_be_given_by_its_level_alone():
    group = Group(count=1, skills={"a": "primary", "b": 2, "c": {"level": "overflow", "proficiency": 0.5}})
    assert [hold.level for hold in group.skills.values()] == [1, 2, 3]


def test_route_may_name_skills_plainly():
    assert Route(queue="q", skills=["a", {"skill": "b", "after": "20 s"}]).skills[1].after == 20.0


def test_group_size_follows_the_scenario_only_if_scaled():
    assert Group(count=100).heads(0.1) == 100
    assert Group(count=100, scaled=True).heads(0.1) == 10


def test_models_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Group(count=1).count = 2


def test_json_schema_knows_extends_and_units():
    schema = json.loads(schema_json())
    assert {"extends", "extra_routes", *Scenario.model_fields} <= set(schema["properties"])
    assert schema["$defs"]["Exponential"]["properties"]["mean"]["examples"] == ["180 s"]
