"""A resolved scenario with some of its values changed: for ends of ranges, points of a design, draws of parameters."""

import copy
from collections.abc import Mapping
from typing import Any

from twin.scenario.load import scenario_from_dict
from twin.scenario.merge import parse_key
from twin.scenario.schema import Scenario


def table_of(resolved: dict[str, Any], key: str) -> tuple[Any, Any]:
    """The table that holds a key, and the key's last part.

    Raises
    ------
    KeyError, IndexError, TypeError
        If there is no such table.
    """
    *path, last = parse_key(key) or (key,)
    node: Any = resolved
    for part in path:
        node = node[part]
    return node, last


def value_at(resolved: dict[str, Any], key: str) -> Any:
    """The value of a key of a resolved scenario, None if there is none."""
    try:
        table, last = table_of(resolved, key)
        return table[last]
    except (KeyError, IndexError, TypeError):
        return None


def place(resolved: dict[str, Any], key: str, value: Any) -> None:
    """Set the value of a key that a resolved scenario has."""
    table, last = table_of(resolved, key)
    table[last] = value


def changed(resolved: dict[str, Any], values: Mapping[str, Any], name: str) -> Scenario:
    """The scenario with these values, written as its file would.

    Raises
    ------
    ScenarioError
        If a value is not allowed.
    """
    own = copy.deepcopy(resolved)
    for key, value in values.items():
        place(own, key, value)
    return scenario_from_dict(own, name)
