"""Scenarios that a reader hands in: their own text, but no way to other files of this machine."""

from pathlib import Path
from typing import Any

from twin.errors import InputError, ScenarioError
from twin.scenario.files import DATA, library_names, parse_toml
from twin.scenario.load import load
from twin.scenario.merge import as_pairs
from twin.scenario.provenance import Problem

DATA_KEYS = ("file", "recorded", "staffing", "talk_levels")
MOST_BYTES = 1 << 20


def keep_upload(name: str, content: bytes, folder: Path) -> Path:
    """Check a scenario that was handed in, and keep it in the session's folder.

    Raises
    ------
    ScenarioError
        If it is no scenario, or names a file that is not in the library.
    """
    if len(content) > MOST_BYTES:
        raise ScenarioError(f"{name}: is {len(content) / 1e6:.1f} MB, must be at most {MOST_BYTES // (1 << 20)} MB")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{name}: byte {error.start} is not UTF-8, must be a text file in UTF-8") from None
    _check_tree(name, parse_toml(text, name))
    stem = Path(name).stem or "scenario"
    path = folder / f"{stem}.toml"
    if stem in library_names():
        path = folder / f"{stem}-uploaded.toml"
    path.write_text(text, encoding="utf-8")
    try:
        load(path)
    except ScenarioError:
        path.unlink()
        raise
    return path


def _check_tree(name: str, tree: dict[str, Any]) -> None:
    """Only the library may be extended, only the library's data read."""
    bases = tree.get("extends", [])
    for base in bases if isinstance(bases, list) else [bases]:
        if base not in library_names():
            raise ScenarioError(f"{name}: extends is {base!r}, must be a scenario of the library")
    check_demand(f"{name}: demand", tree.get("demand"))


def check_changes(changes: list[str]) -> None:
    """The same for values set over a scenario.

    Raises
    ------
    InputError
    """
    problems: list[Problem] = []
    for key, value in as_pairs(changes, problems):
        parts = [part.strip("\"' ") for part in key.split(".")]
        if parts == ["demand"]:
            check_demand("demand", value)
        elif parts[0] == "demand" and parts[1] in DATA_KEYS:
            _check_data(key, value)


def check_demand(what: str, demand: Any) -> None:
    """Of recorded contacts only the library's may be replayed.

    Raises
    ------
    ScenarioError
    """
    for key, value in (demand if isinstance(demand, dict) else {}).items():
        if key in DATA_KEYS:
            _check_data(f"{what}.{key}", value.get("value") if isinstance(value, dict) else value)


def _check_data(what: str, value: Any) -> None:
    plain = isinstance(value, str) and not Path(value).is_absolute() and ".." not in Path(value).parts
    if not plain or not (DATA / str(value)).is_file():
        raise ScenarioError(f"{what} is {value!r}, must be a data file of the library")


def sizes(name: str) -> list[str]:
    """The sizes that a scenario offers, small ones first; empty where there is one only."""
    found: dict[str, Any] = load(name).scenario.scale.sizes
    return sorted(found, key=lambda size: found[size]) if len(found) > 1 else []


def common_sizes(a: str, b: str) -> list[str]:
    """Sizes that both offer; nothing where one of them cannot be read."""
    try:
        of_b = sizes(b)
        return [size for size in sizes(a) if size in of_b]
    except InputError:
        return []
