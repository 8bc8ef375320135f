"""Folders whose files the screen may open, and the names of what lies there."""

import os
from collections.abc import Iterator
from pathlib import Path

from twin.errors import InputError
from twin.output import MANIFEST

ROOTS = "TWIN_RESULTS"
"""Environment: further folders that results may be opened from, divided as in PATH."""
DEEPEST, DEEPEST_HERE = 3, 1
"""Folders within folders that are looked into: below the results, below the server's own folder."""
RUNS = ("counts", "parts", "packed")
"""Folders of results that hold a table for each run, and nothing else: not looked into."""


def roots() -> tuple[Path, ...]:
    """`results` where the server was started, and those of the environment."""
    given = [part for part in os.environ.get(ROOTS, "").split(os.pathsep) if part]
    return tuple(Path(part).resolve() for part in ["results", *given])


def followed(text: str) -> Path:
    """The place that a reader names, links followed; the root of all files, which nobody may open, if there is none."""
    try:
        return Path(text.strip()).resolve()
    except (OSError, ValueError, RuntimeError):
        return Path("/")


def named(text: str, ends: tuple[str, ...]) -> Path:
    """A file with one of these ends, or a folder, that a reader names, links followed.

    Raises
    ------
    InputError
        If it lies outside the results and the server's folder, or is hidden; whether it exists is not told then. Or if
        its name ends otherwise: no other files are opened, so that no error can tell what is in them.
    """
    path = followed(text)
    if not is_inside(path):
        shown = text.strip()[:200]
        raise InputError(f"{shown!r} may not be read, must lie inside results or the folder of this server")
    if not path.is_dir() and not path.name.lower().endswith(ends):
        raise InputError(f"{path.name}: must end in {', '.join(ends)}")
    return path


def is_inside(path: Path) -> bool:
    """Whether a place, links followed, lies below the results or the server's folder, hidden nowhere on its way."""
    inside = [path.relative_to(root).parts for root in (*roots(), Path.cwd().resolve()) if path.is_relative_to(root)]
    return any(all(not part.startswith(".") for part in parts) for parts in inside)


def folders() -> Iterator[tuple[Path, list[tuple[Path, float]]]]:
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
    is_result = any(path.name == MANIFEST for path, _ in files)
    for inner in below if depth else []:
        if not (is_result and inner.name in RUNS):
            yield from _inside(inner, depth - 1, seen)


def short_name(path: Path) -> str:
    """As a reader opens it: from the folder where the server was started, if it lies there."""
    here = Path.cwd().resolve()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def newest(found: dict[Path, float], most: int) -> list[str]:
    """The names of what was changed last, at most so many."""
    return [short_name(path) for path in sorted(found, key=lambda path: (-found[path], str(path)))[:most]]
