"""Scenario files on disk: the library, names and paths, TOML text."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from twin.errors import ScenarioError

LIBRARY = Path(__file__).parent / "library"
DATA = LIBRARY / "data"
_SUFFIX = ".toml"
DEEPEST = 60
"""Tables and lists within each other; a scenario needs ten."""
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}[ \t]*+\.[ \t]*+){{{DEEPEST}}}")
"""A key of so many parts."""
_POSITION = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)


class Entry(NamedTuple):
    """A scenario of the library as `twin list` shows it."""

    name: str
    title: str


def library_names() -> list[str]:
    """Names of the library's scenarios; files that start with "_" are bases for others and not listed."""
    return sorted(path.stem for path in LIBRARY.glob(f"*{_SUFFIX}") if not path.name.startswith("_"))


def library_entries() -> Iterator[Entry]:
    """Names and titles, read from the files without checking them."""
    for name in library_names():
        yield Entry(name, _title(LIBRARY / f"{name}{_SUFFIX}"))


def _title(path: Path) -> str:
    raw = read_toml(path)
    if "title" in raw or "extends" not in raw:
        return str(raw.get("title", ""))
    bases = raw["extends"] if isinstance(raw["extends"], list) else [raw["extends"]]
    base = find_scenario(str(bases[0]), path.parent)
    return "" if base == path else _title(base)


def nearest(name: str, allowed: list[str]) -> str:
    """ ", did you mean X?" when something allowed looks alike, else nothing."""
    close = difflib.get_close_matches(name, allowed, n=3, cutoff=0.65)
    return f", did you mean {' or '.join(close)}?" if close else ""


def find_scenario(name: str | os.PathLike[str], folder: Path | None = None) -> Path:
    """File of a library scenario's name, or of a path (relative to `folder`, the working folder unless given)."""
    text = os.fspath(name)
    looks_like_path = isinstance(name, os.PathLike) or text.endswith(_SUFFIX) or "/" in text or os.sep in text
    in_folder = Path(folder or ".")
    if not looks_like_path:
        for candidate in (LIBRARY / f"{text}{_SUFFIX}", in_folder / f"{text}{_SUFFIX}"):
            if _is_file(candidate):
                return candidate
        names = library_names()
        if text and _exists(in_folder / text):
            what = "is a folder" if (in_folder / text).is_dir() else f"does not end in {_SUFFIX}"
            raise ScenarioError(f"{text}: {what}, must be a TOML file, or a name of twin list")
        hint = nearest(text, names)
        raise ScenarioError(
            f"{text or repr(text)}: is not in the library, must be one of {', '.join(names)}, or a TOML file{hint}"
        )
    path = in_folder / text
    if not _is_file(path):
        what = "is a folder, must be a TOML file" if path.is_dir() else "is not there, must be a TOML file"
        raise ScenarioError(f"{text}: {what}")
    return path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a null character
        return False


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says; a syntax error names file and line."""
    try:
        return parse_toml(path.read_bytes().decode("utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path.name}: byte {error.start} is not UTF-8, must be a text file in UTF-8") from None
    except OSError as error:
        raise ScenarioError(f"{path.name}: cannot be read ({error.strerror})") from None


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """What TOML text says; `file` is its name in messages."""
    try:
        if _DEEP.search(text):  # before it is parsed: that takes the square of a key's parts
            raise RecursionError
        tree = tomllib.loads(text)
        _check_depth(tree)
        return tree
    except tomllib.TOMLDecodeError as error:
        match = _POSITION.match(str(error))
        what = match[1] if match else str(error)
        line = match[2] if match and match[2] else str(text.count("\n") + 1)
        column = f", column {match[3]}" if match and match[3] else ""
        raise ScenarioError(f"{file}: line {line}{column} is not TOML: {what[:1].lower()}{what[1:]}") from None
    except RecursionError:
        raise ScenarioError(f"{file}: is nested too deeply") from None
    except ValueError as error:  # impossible dates and numbers too long, which tomllib does not catch
        raise ScenarioError(f"{file}: is not TOML: {error}") from None


def _check_depth(tree: dict[str, Any]) -> None:
    left: list[tuple[Any, int]] = [(tree, 0)]
    while left:
        value, depth = left.pop()
        if depth > DEEPEST:
            raise RecursionError
        if isinstance(value, dict | list):
            left += [(inner, depth + 1) for inner in (value.values() if isinstance(value, dict) else value)]


def data_file(name: str) -> Path:
    """A file that a scenario names, as held in a resolved scenario: absolute, or in the library's data folder."""
    return DATA / name
