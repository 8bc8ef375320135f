"""Files of the page Control room: histories, scenarios and scores below the results and the server's own folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from calibration.history.files import SUFFIXES, find_files
from calibration.history.mapping import Mapping, check_mapping, load_mapping
from calibration.history.reader import read_files
from calibration.history.tables import intervals_of
from calibration.track.command import SCORES
from twin.errors import InputError
from twin.output import MANIFEST
from twin.scenario.files import parse_toml
from twin.ui.work.history import check_unpacked
from twin.ui.work.roots import followed, newest, roots

MOST_LISTED, MOST_FILES, MOST_SCENARIO = 100, 60, 1 << 20
DEEPEST, DEEPEST_HERE = 3, 1
"""Folders within folders that are looked into: below the results, below the server's own folder."""
LISTED = tuple(suffix for suffix in SUFFIXES if not suffix.startswith(".txt"))
"""Of files that are offered; a text file may be named, but most are something else."""
OURS = ("-forecast.parquet", SCORES)
"""Ends of names that tracking itself writes."""
MAPPING = ".mapping.toml"
Print = tuple[tuple[str, int, int], ...]


# ---- what there is ---------------------------------------------------------------------------------------------------


def allowed(text: str, ends: tuple[str, ...] = SUFFIXES) -> Path:
    """A file or folder that a reader names, links followed.

    Raises
    ------
    InputError
        If it lies outside the results and the server's folder, or is hidden; whether it exists is not told then. Or if
        its name ends otherwise: no other files are opened, so that no error can tell what is in them.
    """
    path = followed(text)
    inside = [path.relative_to(root).parts for root in (*roots(), Path.cwd().resolve()) if path.is_relative_to(root)]
    if not any(all(not part.startswith(".") for part in parts) for parts in inside):
        raise InputError(f"{text.strip()!r} may not be read, must lie inside results or the folder of this server")
    if not path.is_dir() and not path.name.lower().endswith(ends):
        raise InputError(f"{path.name}: must end in {', '.join(ends)}")
    return path


def found_histories() -> list[str]:
    """Files that could be a report, and folders with several of them, newest first."""
    found: dict[Path, float] = {}
    for folder, files in _folders():
        if (folder / MANIFEST).exists():
            continue
        reports = {path: time for path, time in files if path.name.lower().endswith(LISTED) and not _is_ours(path)}
        found |= reports
        if len(reports) > 1 and folder not in (Path.cwd().resolve(), *roots()):
            found[folder] = max(reports.values())
    return newest(found, MOST_LISTED)


def found_scenarios() -> list[str]:
    """TOML files that extend a scenario or say what the demand is, newest first: fitted.toml among them."""
    return newest({path: time for _, files in _folders() for path, time in files if _is_scenario(path)}, MOST_LISTED)


def found_scores() -> list[str]:
    """Scores of earlier days that `twin track --out` has kept."""
    return newest({path: time for _, files in _folders() for path, time in files if path.name == SCORES}, MOST_LISTED)


def _is_ours(path: Path) -> bool:
    return path.name.endswith(OURS)


def _is_scenario(path: Path) -> bool:
    if path.suffix != ".toml" or path.name.endswith(MAPPING):
        return False
    try:
        if path.stat().st_size > MOST_SCENARIO:
            return False
        tree = parse_toml(path.read_text("utf-8"), path.name)
    except (OSError, ValueError, InputError):
        return False
    return "extends" in tree or isinstance(tree.get("demand"), dict)


def _folders() -> Iterator[tuple[Path, list[tuple[Path, float]]]]:
    """Each folder that is looked into, with its files and when they were changed; none twice."""
    seen: set[Path] = set()
    for root, depth in [*((root, DEEPEST) for root in roots()), (Path.cwd().resolve(), DEEPEST_HERE)]:
        yield from _inside(root, depth, seen)


def _inside(folder: Path, depth: int, seen: set[Path]) -> Iterator[tuple[Path, list[tuple[Path, float]]]]:
    if folder in seen:
        return
    seen.add(folder)
    files, below = [], []
    try:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.startswith((".", "_")):
                continue
            if entry.is_file(follow_symlinks=False):
                files.append((Path(entry.path), entry.stat().st_mtime))
            elif entry.is_dir(follow_symlinks=False):
                below.append(Path(entry.path))
    except OSError:
        return
    yield folder, files
    for inner in below if depth else []:
        yield from _inside(inner, depth - 1, seen)


# ---- one of them -----------------------------------------------------------------------------------------------------


def read_intervals(path: Path, mapping: dict[str, Any] | None = None) -> tuple[Any, int]:
    """The intervals of a file or folder (calls are counted by half hour), and how many rows were refused.

    Read with the mapping given, else with the mapping files that lie beside it, else by a guess.

    Raises
    ------
    InputError
    """
    files, is_folder = find_files(path)
    if len(files) > MOST_FILES:
        raise InputError(f"{path.name}: holds {len(files)} files, must be at most {MOST_FILES}")
    for file in files:
        check_unpacked(file)
    beside: list[Mapping] = [check_mapping(mapping, "mapping")] if mapping is not None else []
    if not beside:
        near = path if is_folder else path.parent
        kept = sorted(near.glob(f"*{MAPPING}")) if is_folder else [near / f"{path.name.split('.')[0]}{MAPPING}"]
        beside = [load_mapping(file) for file in kept if file.is_file()]
    reading = read_files([path], beside or None)
    history = reading.history
    n_refused = len(history.quality.rejected)
    if history.intervals is not None:
        return history.intervals, n_refused
    if history.calls is None:
        raise InputError(f"{path.name}: holds months only, must hold intervals or calls of the day")
    return intervals_of(history.calls), n_refused


# ---- one that grows --------------------------------------------------------------------------------------------------


def fingerprint(path: Path) -> Print:
    """Names, sizes and times of the files; nothing where there are none."""
    try:
        stats = [(file.name, file.stat()) for file in find_files(path)[0]]
    except (OSError, InputError):
        return ()
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


class Watch:
    """Looks at a file or folder again and again: tells when it has grown and then kept still from one look to the next.

    Parameters
    ----------
    look : function
        Gives the fingerprint now.
    """

    def __init__(self, look: Callable[[], Print]):
        self._look = look
        self._before: Print = ()

    def changed(self, known: Print) -> bool:
        """One look; `known` is what was read last."""
        now, self._before = self._look(), self._before
        is_still = bool(now) and now == self._before
        self._before = now
        return is_still and now != known
