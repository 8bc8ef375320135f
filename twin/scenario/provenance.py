"""Where each number of a scenario comes from: its mark (S, X, D, A of the domain reference), source, range and file.

In a file any value may be written ``{ value = 0.45, mark = "A", source = "...", range = [0.3, 0.7], note = "..." }``,
and any table may hold `mark`, `source` and `note`, which hold for everything below it in that file. Both are taken out
here, before the scenario is checked.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

Path = tuple[str | int, ...]

INHERITED = ("mark", "source", "note")
FITTED_TO = "fitted to "
"""The source of a value that `twin calibrate` has fitted begins so."""
_ANNOTATION = {"value", "range", *INHERITED}
_MARK = re.compile(r"^[SXDA]\d*(\s*\([^)]*\))?$")
_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_WANTED = {
    "mark": "S, X, D or A, with a key if wanted, as in 'X(R3)'",
    "source": "text",
    "note": "text",
    "range": "a list of two values",
}


class Problem(NamedTuple):
    """A mistake: the key where it is, and what is wrong with it ("is '-30 s', must be above 0 s")."""

    path: Path
    text: str


@dataclass(frozen=True)
class Origin:
    """Where one value was stated, and on what authority."""

    file: str
    mark: str | None = None
    source: str | None = None
    note: str | None = None
    range: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Leaf:
    """A value (not a table) together with its origin."""

    value: Any
    origin: Origin


Tree = dict[str, Any] | list[Any] | Leaf
"""Tables are dicts, lists that hold tables are lists, everything else is a Leaf."""


def dotted(path: Path) -> str:
    """A path as a person writes it: ``routes[0].skills``, ``shifts.day.starts."08:30"``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE.match(part) else f'"{part}"'
            text += f".{name}" if text else name
    return text or "scenario"


def by_table(paths: Iterable[Path], depth: int | None = None) -> list[str]:
    """Keys; several of one table as "intents.calls.talk.*". A table is at most `depth` names deep."""
    tables: dict[Path, list[Path]] = {}
    for path in paths:
        tables.setdefault(path[:-1][:depth], []).append(path)
    return [dotted(own[0]) if len(own) == 1 else f"{dotted(table)}.*" for table, own in tables.items()]


def show(value: Any) -> str:
    """A given value, short, as it stands in the file."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = repr(value)
    except ValueError:  # whole numbers beyond 4,300 digits cannot be printed
        return "a number too large"
    return text if len(text) <= 60 else f"{text[:57]}..."


def annotate(raw: Mapping[str, Any], file: str, problems: list[Problem]) -> dict[str, Any]:
    """Split what a file says into values with their origins; wrong annotations are added to `problems`."""
    return _table(raw, Origin(file), (), problems)


def _table(raw: Mapping[str, Any], above: Origin, path: Path, problems: list[Problem]) -> dict[str, Any]:
    origin = _origin(raw, INHERITED, above, path, problems)
    kept = {key: value for key, value in raw.items() if key not in INHERITED or isinstance(value, dict)}
    return {key: _node(value, origin, (*path, key), problems) for key, value in kept.items()}


def _node(raw: Any, above: Origin, path: Path, problems: list[Problem]) -> Tree:
    if isinstance(raw, Mapping):
        if "value" in raw and raw.keys() <= _ANNOTATION:
            origin = _origin(raw, ("range", *INHERITED), above, path, problems)
            return _node(raw["value"], origin, path, problems)
        return _table(raw, above, path, problems)
    if isinstance(raw, list | tuple):
        if any(isinstance(item, Mapping) for item in raw):
            return [_node(item, above, (*path, i), problems) for i, item in enumerate(raw)]
        return Leaf([_plain_value(item) for item in raw], above)
    return Leaf(_plain_value(raw), above)


def _origin(
    raw: Mapping[str, Any], keys: tuple[str, ...], above: Origin, path: Path, problems: list[Problem]
) -> Origin:
    changes: dict[str, Any] = {}
    for key in keys:
        value = raw.get(key)
        if value is None or isinstance(value, dict):
            continue
        if key == "range":
            is_good = isinstance(value, list) and len(value) == 2
        else:
            is_good = isinstance(value, str) and (key != "mark" or _MARK.match(value) is not None)
        if is_good:
            changes[key] = tuple(_plain_value(value)) if key == "range" else value
        else:
            problems.append(Problem((*path, key), f"is {show(value)}, must be {_WANTED[key]}"))
    return replace(above, **changes)


def _plain_value(value: Any) -> Any:
    """Dates and clock times as text, so that a resolved scenario can be written as JSON."""
    if isinstance(value, list | tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain_value(item) for key, item in value.items()}
    if isinstance(value, datetime.date | datetime.time | datetime.datetime):
        return value.isoformat()
    return value


def plain(tree: Any) -> Any:
    """The values alone, as dicts, lists, text and numbers."""
    if isinstance(tree, Leaf):
        return tree.value
    if isinstance(tree, dict):
        return {key: plain(node) for key, node in tree.items()}
    return [plain(node) for node in tree]


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """All values of a tree with their paths, in the order of the file."""
    if isinstance(tree, Leaf):
        yield path, tree
        return
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, node in items:
        yield from leaves(node, (*path, key))


class Provenance(Mapping[str, Origin]):
    """Dotted path of each stated value -> its origin. A value that is missing here is a default of the schema."""

    def __init__(self, origins: Mapping[Path, Origin]):
        self._by_path = dict(origins)
        self._by_name = {dotted(path): origin for path, origin in origins.items()}
        self._paths = {dotted(path): path for path in origins}

    @classmethod
    def of_tree(cls, tree: dict[str, Any]) -> "Provenance":
        return cls({path: leaf.origin for path, leaf in leaves(tree)})

    def __getitem__(self, name: str) -> Origin:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def entries(self) -> Iterator[tuple[str, Path, Origin]]:
        """Dotted path, path and origin of each stated value."""
        return ((name, self._paths[name], origin) for name, origin in self._by_name.items())

    def value_of(self, name: str, resolved: Mapping[str, Any]) -> Any:
        """The value that stands in the resolved scenario at a dotted path."""
        node: Any = resolved
        for part in self._paths[name]:
            node = node[part]
        return node

    def file_of(self, path: Path, otherwise: str) -> str:
        """File which states the value at a path, or, for a table or a missing key, most of what stands there."""
        for length in range(len(path), 0, -1):
            head = path[:length]
            files = [origin.file for at, origin in self._by_path.items() if at[:length] == head]
            if files:
                return files[0]
        return otherwise

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """JSON-able form for a run's manifest: only what was stated about each value."""
        return {
            name: {key: value for key, value in asdict(origin).items() if value is not None}
            for name, origin in self._by_name.items()
        }
