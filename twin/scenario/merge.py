"""Putting a scenario together: what a child says over its base, and `--set key=value` over both."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from twin.scenario.provenance import Path, Problem, annotate, dotted, plain, show
from twin.scenario.shape import allowed_keys, unknown_key

OVERRIDES = "--set"
SHORTCUTS = {"size": "scale.size"}
_TOKEN = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|\[(\d+)\]|([^.\[\]"'\s]+))\s*""")


def merge(base: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    """Tables merge key by key; lists and values are replaced; `extra_routes` are added to the base's routes.

    A law is one thing: a child that states `law` replaces the whole of it. So is demand of another `kind`.
    """
    merged = dict(base)
    for key, node in child.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(node, dict) and not _is_other_thing(below, node):
            merged[key] = merge(below, node)
        else:
            merged[key] = node
    return merged


def add_extra_routes(tree: dict[str, Any]) -> dict[str, Any]:
    """Append `extra_routes` to `routes` (where the last route that fits wins, so they come first)."""
    extra = tree.get("extra_routes")
    if not isinstance(extra, list):
        return tree
    routes = tree.get("routes", [])
    kept = {key: node for key, node in tree.items() if key != "extra_routes"}
    return {**kept, "routes": [*routes, *extra] if isinstance(routes, list) else routes}


def _is_other_thing(below: dict[str, Any], node: dict[str, Any]) -> bool:
    return "law" in node or ("kind" in node and plain(node["kind"]) != plain(below.get("kind", {})))


def as_pairs(overrides: Mapping[str, Any] | Sequence[str], problems: list[Problem]) -> list[tuple[str, Any]]:
    """Overrides as (key, value); text like "run.days=3" holds a TOML value, or else plain text."""
    if isinstance(overrides, Mapping):
        return list(overrides.items())
    pairs: list[tuple[str, Any]] = []
    for text in [overrides] if isinstance(overrides, str) else overrides:
        key, equals, value = text.partition("=")
        if equals and key.strip():
            pairs.append((key.strip(), parse_value(value.strip())))
        else:
            problems.append(Problem(("override",), f"is {show(text)}, must be key=value, as in run.days=3"))
    return pairs


def parse_value(text: str) -> Any:
    """A TOML value (3, 0.5, true, "3 min", [1, 2], { law = ... }), or the text itself."""
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return table["value"] if set(table) == {"value"} else text


def parse_key(text: str) -> Path | None:
    """`groups.day.head_count`, `routes[0].queue`, `shifts.day.starts."08:30"` as a path; None if it is not one."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        if parts and text[at] == ".":
            at += 1
        elif parts and text[at] != "[":
            return None
        match = _TOKEN.match(text, at)
        if not match:
            return None
        double, single, index, bare = match.groups()
        parts.append(int(index) if index is not None else next(x for x in (double, single, bare) if x is not None))
        at = match.end()
    return tuple(parts) or None


def override(tree: dict[str, Any], key: str, value: Any, problems: list[Problem]) -> dict[str, Any]:
    """The tree with one value set; a key that the scenario cannot have is added to `problems`."""
    path = parse_key(SHORTCUTS.get(key, key))
    if path is None:
        problems.append(Problem(("override",), f"has the key {show(key)}, must be names with dots, as in run.days"))
        return tree
    path = _indices_as_numbers(tree, path)
    problem = _why_not(plain(tree), path)
    if problem:
        problems.append(problem)
        return tree
    if value is None:
        return _without(tree, path)
    nested: Any = annotate({"value_": value}, OVERRIDES, problems)["value_"]
    return _placed(tree, path, nested)


def _indices_as_numbers(tree: Any, path: Path) -> Path:
    parts: list[str | int] = []
    node = plain(tree)
    for part in path:
        if isinstance(node, list) and isinstance(part, str) and part.isdecimal():
            part = int(part)
        parts.append(part)
        node = _child(node, part)
    return tuple(parts)


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def _why_not(data: Any, path: Path) -> Problem | None:
    """Why a key cannot be set: no such key in the schema, or a name (of a group, an intent ...) that is not there."""
    node = data
    for i, part in enumerate(path):
        at = path[: i + 1]
        if isinstance(node, list):
            if not isinstance(part, int) or part >= len(node):
                return Problem(at, f"is not there, {dotted(path[:i])} must be followed by [0] to [{len(node) - 1}]")
        elif isinstance(part, int):
            return Problem(at, f"is not there, {dotted(path[:i])} is not a list of tables")
        else:
            fields = allowed_keys(path[:i], data)
            if fields is not None and part not in fields:
                return Problem(at, unknown_key(part, fields))
            is_new_name = fields is None and isinstance(node, dict) and part not in node and i < len(path) - 1
            if is_new_name:
                return Problem(at, unknown_key(part, list(node)))
        node = _child(node, part)
    return None


def _placed(tree: Any, path: Path, value: Any) -> Any:
    head, rest = path[0], path[1:]
    if isinstance(tree, list) and isinstance(head, int):
        return [_placed(node, rest, value) if i == head and rest else value if i == head else node
                for i, node in enumerate(tree)]  # fmt: skip
    table = tree if isinstance(tree, dict) else {}
    assert isinstance(head, str)
    if rest:
        return {**table, head: _placed(table.get(head, {}), rest, value)}
    return merge(table, {head: value})


def _without(tree: Any, path: Path) -> Any:
    head, rest = path[0], path[1:]
    if isinstance(tree, dict) and head in tree:
        if rest:
            return {**tree, head: _without(tree[head], rest)}
        return {key: node for key, node in tree.items() if key != head}
    return tree
