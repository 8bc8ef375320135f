"""The values of a scenario as a reader looks for them: key, value, what it means, on what authority it stands."""

import ast
import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from twin.scenario.load import Loaded, load
from twin.scenario.provenance import Origin
from twin.scenario.provenance import Path as KeyPath
from twin.scenario.shape import model_at

MOST = 8
"""Found keys that are shown at once."""


@dataclass(frozen=True)
class KeyRow:
    """One stated value."""

    key: str
    value: str
    meaning: str
    """What the schema says of the field."""
    origin: Origin

    @property
    def words(self) -> str:
        return f"{self.key} {self.meaning}".lower()


@cache
def keys_of(name: str, serial: int = 0) -> tuple[KeyRow, ...]:
    """All stated values of a scenario of the library or a file (read anew with another `serial`), without changes."""
    return tuple(_rows(load(name)))


def _rows(loaded: Loaded) -> Iterable[KeyRow]:
    for key, path, origin in loaded.provenance.entries():
        value = loaded.provenance.value_of(key, loaded.resolved)
        yield KeyRow(key, value_text(value), meaning_of(path, loaded.resolved), origin)


def value_text(value: Any) -> str:
    """A value as one writes it over the scenario."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_item(item) for item in value)}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _item(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else value_text(value)


def meaning_of(path: KeyPath, resolved: Any) -> str:
    """Docstring of the field at a path, or of the table that it stands in."""
    for length in range(len(path) - 1, -1, -1):
        model = model_at(path[:length], resolved)
        if model is not None:
            own = field_docstrings(model).get(str(path[length]), "")
            return own or " ".join((model.__doc__ or "").split("\n\n")[0].split())
    return ""


@cache
def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The texts that stand below the fields of a model, its bases' too."""
    found: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if issubclass(part, BaseModel) and part is not BaseModel:
            found |= _docstrings_in(part.__module__).get(part.__name__, {})
    return found


@cache
def _docstrings_in(module: str) -> dict[str, dict[str, str]]:
    """By class and field, read off the source; nothing where there is no source."""
    file = importlib.import_module(module).__file__
    if file is None or not file.endswith(".py"):
        return {}
    tree = ast.parse(Path(file).read_text("utf-8"))
    return {node.name: _fields(node.body) for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(body: Sequence[ast.stmt]) -> dict[str, str]:
    found = {}
    for field, text in pairwise(body):
        is_text = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            found[field.target.id] = " ".join(str(text.value.value).split())  # type: ignore[attr-defined]
    return found


def search(rows: Sequence[KeyRow], text: str, most: int = MOST) -> list[KeyRow]:
    """Keys in which all words occur; those whose key has them all go first, short keys before long ones."""
    words = text.lower().split()
    if not words:
        return []
    found = [row for row in rows if all(word in row.words for word in words)]
    return sorted(found, key=lambda row: (not all(w in row.key.lower() for w in words), len(row.key)))[:most]
