"""Scenarios that a reader may choose: of the library, of a file below the folders of the server, or handed in.

What is handed in has no way to other files of this machine; a file that lies here may name others that lie here, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from twin.errors import InputError, ScenarioError, TwinError
from twin.scenario.files import DATA, LIBRARY, find_scenario, library_names, nearest, parse_toml
from twin.scenario.load import load
from twin.scenario.merge import as_pairs
from twin.scenario.provenance import Problem
from twin.ui.work.roots import folders, followed, is_inside, named, newest

SUFFIX = ".toml"
MAPPING = ".mapping.toml"
"""End of the names of mapping files, which are no scenarios."""
DATA_KEYS = ("file", "recorded", "staffing", "talk_levels")
MOST_BYTES = 1 << 20
MOST_LISTED, MOST_BASES = 100, 20


# ---- chosen ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """A scenario that a reader has chosen."""

    name: str
    """As it stands in lists and in the address."""
    file: str = ""
    """Name in the library, or path; "" if it may not be read."""
    problem: str = ""
    """Why it may not be read."""
    serial: int = 0
    """Of a file: when it was changed [ns since 1970]."""

    @cached_property
    def _read(self) -> tuple[tuple[str, ...], str]:
        if self.problem:
            return (), self.problem
        try:
            return tuple(sizes(self.file)), ""
        except TwinError as error:
            return (), str(error)

    @property
    def sizes(self) -> tuple[str, ...]:
        """Sizes that it offers, small ones first; empty where there is one only, or the scenario is wrong."""
        return self._read[0]

    @property
    def mistake(self) -> str:
        """Why it cannot be run; "" if it can."""
        return self._read[1]

    @property
    def is_own(self) -> bool:
        """Whether it is a file, not of the library."""
        return self.name.endswith(SUFFIX)


def found_scenarios() -> list[str]:
    """TOML files that extend a scenario or say what the demand is, newest first: fitted.toml among them."""
    return newest({path: time for _, files in folders() for path, time in files if _is_scenario(path)}, MOST_LISTED)


def _is_scenario(path: Path) -> bool:
    if path.suffix != SUFFIX or path.name.endswith(MAPPING):
        return False
    try:
        tree = _tree(path)
    except (OSError, ValueError, InputError):
        return False
    return "extends" in tree or isinstance(tree.get("demand"), dict)


def place_of(name: str, handed_in: Mapping[str, str]) -> tuple[str, int]:
    """The file that a name stands for, and when it was changed: then it is to be read anew. ("", 0) if none is."""
    path = Path(handed_in[name]) if name in handed_in else followed(name)
    if name not in handed_in and (name in library_names() or not name.endswith(SUFFIX) or not is_inside(path)):
        return "", 0
    try:
        return str(path), path.stat().st_mtime_ns
    except (OSError, ValueError):
        return str(path), 0


def chosen(name: str, handed_in: Mapping[str, str]) -> Chosen:
    """What a name of a list or of the address stands for: handed in (name, path), of the library, or a file's path."""
    name = name.strip()
    place, serial = place_of(name, handed_in)
    if name in handed_in:
        return Chosen(name, place, serial=serial)
    if name in library_names():
        return Chosen(name, name)
    try:
        if not name.endswith(SUFFIX):
            shown = name[:200]
            raise ScenarioError(
                f"{shown!r} is not in the library, must be one of it, or a TOML file{nearest(name, library_names())}"
            )
        path = named(name, (SUFFIX,))
        if not path.is_file():
            again = (
                "; if it was handed in, that session is over: hand it in again"
                if path.parent == Path.cwd().resolve()
                else ""
            )
            raise ScenarioError(f"{name[:200]} is not there, must be a TOML file{again}")
        check_places(path)
    except TwinError as error:
        return Chosen(name, problem=str(error))
    except OSError as error:
        return Chosen(name, problem=f"{name[:200]}: cannot be read ({error.strerror})")
    return Chosen(name, str(path), serial=serial)


def check_places(path: Path, above: tuple[Path, ...] = ()) -> None:
    """A scenario file, and what it extends and replays, lies where the screen may read.

    Raises
    ------
    ScenarioError
    """
    if path in above:
        return  # whoever loads it will say so
    if len(above) > MOST_BASES:
        raise ScenarioError(f"{path.name}: the files that extend each other are more than {MOST_BASES}, must be fewer")
    tree = _tree(path)
    for base in filter(lambda base: isinstance(base, str), _bases(tree)):
        below = find_scenario(base, path.parent).resolve()
        if not below.is_relative_to(LIBRARY.resolve()):
            _check_inside(f"{path.name}: extends", base, below)
            check_places(below, (*above, path))
    demand = tree.get("demand")
    for key, value in (demand if isinstance(demand, dict) else {}).items():
        given = value.get("value") if isinstance(value, dict) else value
        if key in DATA_KEYS and isinstance(given, str) and not _is_library_data(given):
            _check_inside(f"{path.name}: demand.{key}", given, followed(str(path.parent / given)))


def _check_inside(what: str, given: str, path: Path) -> None:
    if not is_inside(path):
        raise ScenarioError(f"{what} is {given[:200]!r}, must lie inside results or the folder of this server")


def _bases(tree: dict[str, Any]) -> list[Any]:
    bases = tree.get("extends", [])
    return bases if isinstance(bases, list) else [bases]


def _tree(path: Path) -> dict[str, Any]:
    """What a file says, if it is no larger than one may be."""
    if path.stat().st_size > MOST_BYTES:
        raise ScenarioError(f"{path.name}: is above {MOST_BYTES >> 20} MB, must be at most that")
    try:
        return parse_toml(path.read_text("utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path.name}: byte {error.start} is not UTF-8, must be a text file in UTF-8") from None


# ---- handed in -------------------------------------------------------------------------------------------------------


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
    for base in _bases(tree):
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
    if not isinstance(value, str) or not _is_library_data(value):
        raise ScenarioError(f"{what} is {value!r}, must be a data file of the library")


def _is_library_data(value: str) -> bool:
    is_plain = not Path(value).is_absolute() and ".." not in Path(value).parts
    return is_plain and "\0" not in value and (DATA / value).is_file()


# ---- sizes -----------------------------------------------------------------------------------------------------------


def sizes(name: str) -> list[str]:
    """The sizes that a scenario offers, small ones first; empty where there is one only."""
    found: dict[str, Any] = load(name).scenario.scale.sizes
    return sorted(found, key=lambda size: found[size]) if len(found) > 1 else []


def common_sizes(a: Chosen, b: Chosen) -> list[str]:
    """Sizes that both offer; nothing where one of them cannot be read."""
    return [size for size in a.sizes if size in b.sizes]
