"""The shape that the schema gives to a scenario: which keys a place in the file may have, and what kind of value."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError, create_model

from twin.scenario.files import nearest
from twin.scenario.laws import Strict
from twin.scenario.provenance import Path
from twin.scenario.schema import Scenario

_MANY = 12  # [names] above this, only the nearest ones are told
_SAMPLES: tuple[Any, ...] = (
    1, 1.0, "1 s", "1 /h", "1 EUR", "1 EUR/h", "08:00", "primary", "mon", "2013-03-04", "x", True, {}, [],
    ["1 s", "1 s"], ["x"], [1.0] * 12, {"law": "exponential", "mean": "1 s"}, {"queue": "x", "skills": []},
    {"kind": "rates", "rates": {}}, {"talk": {"law": "exponential", "mean": "1 s"}},
)  # fmt: skip


def _members(annotation: Any) -> list[Any]:
    """The alternatives of an annotation, with Annotated and Optional taken away."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [member for part in get_args(annotation) for member in _members(part) if member is not type(None)]
    return [annotation]


def _tags(model: type[BaseModel]) -> dict[str, str]:
    """Discriminating fields of a model: {"law": "exponential"}."""
    tags = {}
    for name in ("law", "kind"):
        field = model.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is Literal:
            tags[name] = get_args(field.annotation)[0]
    return tags


def _model(annotation: Any, value: Any) -> type[BaseModel] | None:
    models = [part for part in _members(annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
    if len(models) > 1:
        given = value if isinstance(value, dict) else {}
        models = [model for model in models if all(given.get(key) == tag for key, tag in _tags(model).items())]
    return models[0] if len(models) == 1 else None


def _item(annotation: Any) -> Any:
    """Annotation of the items of a list, or of the values of a table with free names."""
    for part in _members(annotation):
        if get_origin(part) in (list, dict, tuple):
            return get_args(part)[-1]
    return None


def annotation_at(path: Path, data: Any) -> Any:
    """Annotation of the schema at a place of a scenario, None where the schema knows no such place."""
    annotation: Any = Scenario
    node = data
    for part in path:
        model = _model(annotation, node)
        if model is not None:
            field = model.model_fields.get(str(part))
            annotation = field.rebuild_annotation() if field is not None else None
        else:
            annotation = _item(annotation)
        if annotation is None:
            return None
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            node = None
    return annotation


def model_at(path: Path, data: Any) -> type[BaseModel] | None:
    """The model of the table at a place of a scenario, None where names are free or several kinds of table fit."""
    node = data
    for part in path:
        is_there = isinstance(node, dict) or (isinstance(node, list) and isinstance(part, int) and part < len(node))
        node = (node.get(part) if isinstance(node, dict) else node[part]) if is_there else None
    return _model(annotation_at(path, data), node)


def allowed_keys(path: Path, data: Any) -> list[str] | None:
    """Keys that the table at `path` may have; None where names are free or several kinds of table fit."""
    model = model_at(path, data)
    return None if model is None else list(model.model_fields)


def unknown_key(key: str, allowed: list[str]) -> str:
    """What is wrong with a key that is not known, and which are."""
    hint = nearest(key, allowed)
    if len(allowed) == 1:
        return f"is not a known key, must be {allowed[0]}"
    if len(allowed) > _MANY and hint:
        return f"is not a known key{hint}"
    return f"is not a known key, must be one of {', '.join(sorted(allowed)) or 'none'}{hint}"


def sample(path: Path, data: Any) -> Any:
    """Some value that the schema takes at this place, so that the rest of a wrong scenario can be checked too."""
    annotation = annotation_at(path, data)
    if annotation is None:
        return None
    probe = create_model("Probe", __base__=Strict, value=(annotation, ...))
    literals = [value for part in _members(annotation) if get_origin(part) is Literal for value in get_args(part)]
    for value in (*literals, *_SAMPLES):
        try:
            probe.model_validate({"value": value})
        except ValidationError:
            continue
        return value
    return None
