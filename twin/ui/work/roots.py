"""Folders whose results the screen may open, and the names of what lies there."""

import os
from pathlib import Path

ROOTS = "TWIN_RESULTS"
"""Environment: further folders that results may be opened from, divided as in PATH."""


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


def short_name(path: Path) -> str:
    """As a reader opens it: from the folder where the server was started, if it lies there."""
    here = Path.cwd().resolve()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def newest(found: dict[Path, float], most: int) -> list[str]:
    """The names of what was changed last, at most so many."""
    return [short_name(path) for path in sorted(found, key=lambda path: (-found[path], str(path)))[:most]]
