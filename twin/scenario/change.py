"""A resolved scenario with some of its values changed: for ends of ranges, points of a design, draws of parameters."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from twin.scenario.load import scenario_from_dict
from twin.scenario.merge import parse_key
from twin.scenario.schema import Scenario

Part = str | int


def table_of(resolved: dict[str, Any], key: str) -> tuple[Any, Any]:
    """The table that holds a key, and the key's last part.

    Raises
    ------
    KeyError, IndexError, TypeError
        If there is no such table.
    """
    *path, last = parse_key(key) or (key,)
    return at_path(resolved, path), last


def expanded(tree: Any, path: Sequence[Part]) -> list[tuple[Part, ...]]:
    """A path of names and places with each `*` filled in; nothing where a table on the way is not there."""
    if not path:
        return [()]
    head, rest = path[0], path[1:]
    if head == "*":
        names: list[Any] = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        return [(name, *more) for name in names for more in expanded(tree[name], rest)]
    if isinstance(tree, dict) and (head in tree or not rest):
        return [(head, *more) for more in (expanded(tree[head], rest) if rest else [()])]
    if isinstance(tree, list) and isinstance(head, int) and head < len(tree):
        return [(head, *more) for more in expanded(tree[head], rest)]
    return []


def at_path(tree: Any, path: Sequence[Part]) -> Any:
    """What stands there.

    Raises
    ------
    KeyError, IndexError, TypeError
        If nothing does.
    """
    for part in path:
        tree = tree[part]
    return tree


def stands(tree: Any, path: Sequence[Part]) -> bool:
    """Whether something is there."""
    try:
        at_path(tree, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


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
