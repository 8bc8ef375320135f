"""Folders whose results the screen may open."""

import os
from pathlib import Path

ROOTS = "TWIN_RESULTS"
"""Environment: further folders that results may be opened from, divided as in PATH."""


def roots() -> tuple[Path, ...]:
    """`results` where the server was started, and those of the environment."""
    given = [part for part in os.environ.get(ROOTS, "").split(os.pathsep) if part]
    return tuple(Path(part).resolve() for part in ["results", *given])
