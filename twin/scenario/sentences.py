"""Pydantic's errors as sentences: "patience.mean is '-30 s', must be above 0 s"."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from twin.scenario.provenance import Path, Problem, show
from twin.scenario.shape import allowed_keys, unknown_key

_OWN_FIELD = re.compile(r"^(\w+) (is|are) ")


def _names(listed: Any) -> str:
    return str(listed).replace(" or ", ", ").replace("'", "")


_MUST: dict[str, Callable[[dict[str, Any]], str]] = {
    "greater_than": lambda ctx: f"above {ctx['gt']:g}",
    "greater_than_equal": lambda ctx: f"at least {ctx['ge']:g}",
    "less_than": lambda ctx: f"below {ctx['lt']:g}",
    "less_than_equal": lambda ctx: f"at most {ctx['le']:g}",
    "finite_number": lambda ctx: "finite",
    "int_type": lambda ctx: "a whole number",
    "int_from_float": lambda ctx: "a whole number",
    "int_parsing": lambda ctx: "a whole number",
    "int_parsing_size": lambda ctx: "a smaller number",
    "float_type": lambda ctx: "a number",
    "float_parsing": lambda ctx: "a number",
    "string_type": lambda ctx: "text",
    "string_too_short": lambda ctx: "text that is not empty",
    "bool_type": lambda ctx: "true or false",
    "bool_parsing": lambda ctx: "true or false",
    "list_type": lambda ctx: "a list",
    "tuple_type": lambda ctx: "a list",
    "dict_type": lambda ctx: "a table",
    "model_type": lambda ctx: "a table",
    "model_attributes_type": lambda ctx: "a table",
    "literal_error": lambda ctx: f"one of {_names(ctx['expected'])}",
    "union_tag_invalid": lambda ctx: f"one of {_names(ctx['expected_tags'])}",
}


MOST_TOLD = 200
"""Mistakes that are told one by one: nobody reads more, and each costs time."""


Allowed = Callable[[Path, Any], Sequence[str] | None]


def problems_of(error: ValidationError, data: Mapping[str, Any], allowed: Allowed = allowed_keys) -> list[Problem]:
    """One problem for each mistake that pydantic found in `data`, for the first MOST_TOLD of them.

    `allowed` tells the keys of the table at a path, of a scenario unless given.
    """
    found: list[Problem] = []
    for detail in error.errors(include_url=False)[:MOST_TOLD]:
        path, node, labels = _place(detail["loc"], detail["type"], data)
        if not _is_other_branch(labels):
            found.append(_problem(detail, path, node, data, allowed))
    return list(dict.fromkeys(found))


def _place(loc: Sequence[str | int], kind: str, data: Any) -> tuple[Path, Any, list[tuple[str, bool]]]:
    """Where an error stands in the file: pydantic's location without the tags of its unions, and the value there."""
    node = data
    path: list[str | int] = []
    labels: list[tuple[str, bool]] = []
    is_tag_seen = False
    for i, part in enumerate(loc):
        is_last = i == len(loc) - 1
        is_tag = isinstance(node, dict) and not is_tag_seen and part in _tags(node)
        if is_tag:
            is_tag_seen = True
        elif _holds(node, part):
            node, is_tag_seen = node[part], False
            path.append(part)
        elif is_last and kind == "missing":
            path.append(part)
        else:
            labels.append((str(part), isinstance(node, list)))
    return tuple(path), node, labels


def _holds(node: Any, part: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, dict) and part in node


def _tags(node: dict[str, Any]) -> list[Any]:
    return [tag for tag in (node.get("law"), node.get("kind")) if isinstance(tag, str)]


def _is_other_branch(labels: list[tuple[str, bool]]) -> bool:
    """Whether the error comes from the alternative that the user did not write (a list where he gave one number)."""
    return any(label.startswith("function-" if is_list else "list[") for label, is_list in labels)


def _problem(detail: ErrorDetails, path: Path, node: Any, data: Mapping[str, Any], allowed: Allowed) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return Problem(path, "is missing")
    if kind == "extra_forbidden":
        return Problem(path, unknown_key(str(path[-1]), list(allowed(path[:-1], data) or [])))
    if detail["loc"] and detail["loc"][-1] == "[key]":
        names = _MUST[kind](context) if kind in _MUST else "another"
        return Problem(path, f"is not a known name, must be {names}")
    if kind == "union_tag_not_found":
        key = str(context.get("discriminator", "")).strip("'")
        return Problem((*path, key), "is missing")
    if kind == "union_tag_invalid":
        key = str(context["discriminator"]).strip("'")
        return Problem((*path, key), f"is {show(node.get(key))}, must be {_MUST[kind](context)}")
    if kind in ("value_error", "assertion_error"):
        return _own_message(str(context.get("error", detail["msg"])), path, node)
    if kind in ("too_short", "too_long"):
        return Problem(path, f"has {context['actual_length']} values, must have {_length(context)}")
    if kind.startswith(("date_", "datetime_")):
        return Problem(path, f"is {show(node)}, must be a date, as in 2013-03-04")
    if kind in _MUST:
        return Problem(path, f"is {show(node)}, must be {_MUST[kind](context)}")
    return Problem(path, f"is {show(node)}, which is not allowed: {detail['msg'][:1].lower()}{detail['msg'][1:]}")


def _length(context: dict[str, Any]) -> str:
    if "min_length" in context:
        return f"at least {context['min_length']}"
    return f"at most {context['max_length']}"


def _own_message(message: str, path: Path, node: Any) -> Problem:
    """A message of our own validators: "must be ...", "has ...", "needs ...", or one that opens with a field's name."""
    if message.startswith("must "):
        return Problem(path, f"is {show(node)}, {message}")
    own = _OWN_FIELD.match(message)
    if own and isinstance(node, dict) and own[1] in node:
        return Problem((*path, own[1]), message[len(own[1]) + 1 :])
    return Problem(path, message)
