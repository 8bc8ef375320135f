"""`docs/rules.md` cannot rot: its keys can be written, its tests exist and assert, the code names its sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from twin.scenario.channel_schema import Campaign
from twin.scenario.choice_schema import ContactRule, OperatorRule
from twin.scenario.control_schema import Outage
from twin.scenario.legs_schema import Leg
from twin.scenario.schema import Scenario

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs" / "rules.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| rule ", "| --- "))
]
KEY = re.compile(r'^([a-zA-Z_.]+)(?: = "([^"]+)")?$')
CODE = re.compile(r"`([^`]+)`")


def plain(text: str) -> str:
    """On one line, as in a sentence, whether it stands in a docstring or a comment."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def told() -> str:
    """All that the schema and the kernel say."""
    files = [*(ROOT / "twin" / "scenario").glob("*.py"), *(ROOT / "twin" / "kernel").glob("*.py")]
    return plain(" ".join(path.read_text("utf-8") for path in files)).casefold()


def meanings(kind: Any) -> Iterator[Any]:
    """What a value of this type may be, below options, lists and marks."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from meanings(get_args(kind)[0])
    elif origin is dict or origin is Literal or not get_args(kind):
        yield kind
    elif origin is list:
        yield from meanings(get_args(kind)[0])
    else:
        for one in get_args(kind):
            yield from meanings(one)


def walk(kind: Any, names: list[str]) -> Iterator[Any]:
    """The types to which a key leads; none if there is no such key."""
    for one in meanings(kind):
        if not names:
            yield one
        elif get_origin(one) is dict:
            if names[0].isupper():
                yield from walk(get_args(one)[1], names[1:])
        elif isinstance(one, type) and issubclass(one, BaseModel) and names[0] in one.model_fields:
            field = one.model_fields[names[0]]
            yield from walk(field.rebuild_annotation(), names[1:])


def values_of(key: str) -> tuple[bool, set[Any]]:
    """Whether there is such a key, and the words that may stand there."""
    found = list(walk(Scenario, key.split(".")))
    return bool(found), {value for kind in found if get_origin(kind) is Literal for value in get_args(kind)}


def keys_of(row: list[str]) -> list[tuple[str, str | None]]:
    found = [KEY.match(code) for code in CODE.findall(row[1])]
    assert found, row
    assert all(found), row
    return [(match[1], match[2]) for match in found if match]


def test_the_page_has_the_vocabulary_of_a_contact_centre():
    assert len(ROWS) > 60
    assert all(len(row) == 4 and all(row) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_key_can_be_written(row):
    for key, value in keys_of(row):
        exists, allowed = values_of(key)
        assert exists, key
        assert value is None or value in allowed, (key, value, allowed)


def test_a_key_or_value_that_is_not_there_is_found_out():
    assert values_of("routing.operator_role") == (False, set())
    assert values_of("priorities.NAME.reserve.share")[0]
    assert values_of("priorities.reserve.share") == (False, set())
    assert "shortest_idle" not in values_of("routing.operator_rule")[1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_test_exists_and_asserts(row):
    (place,) = CODE.findall(row[2])
    name, _, function = place.partition("::")
    tree = ast.parse((ROOT / "tests" / "kernel" / name).read_text("utf-8"))
    (found,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
    assert any(isinstance(node, ast.Assert) for node in ast.walk(found)), place


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_source_is_named_where_the_rule_is_defined(row, told):
    """Of `author: what it is called there` both parts are looked for."""
    if row[3] != "trade practice":
        assert all(part.casefold() in told for part in row[3].split(": ")), row[3]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("routing.operator_rule", get_args(OperatorRule)),
        ("routing.contact_rule", get_args(ContactRule)),
        ("legs.kind", get_args(Leg.model_fields["kind"].annotation)),
        ("campaigns.NAME.mode", get_args(Campaign.model_fields["mode"].annotation)),
        ("control.outages.what", get_args(Outage.model_fields["what"].annotation)),
    ],
)
def test_no_rule_is_left_out(key, words):
    assert {value for row in ROWS for where, value in keys_of(row) if where == key} == set(words)
