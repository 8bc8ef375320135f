"""Looking at a report again and again while it grows, is put right, or is being replaced."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from calibration.history.files import find_files
from twin.errors import InputError

SETTLED = 0.5
"""[s] that files keep still before they are read."""
MOST_UNSETTLED = 20
"""Times that this is waited for: a file that is written to all the time is read as it is."""
Print = tuple[tuple[str, int, int], ...]


def fingerprint(paths: str | Path | Sequence[str | Path]) -> Print:
    """Names, sizes and times of the files; nothing where there are none."""
    try:
        stats = [(file.name, file.stat()) for file in find_files(paths)[0]]
    except (OSError, InputError):
        return ()
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def followed(paths: Sequence[str | Path], every: float, look: Callable[[], None]) -> None:
    """Look, and look again whenever the files have changed, until Ctrl-C.

    The first look may fail. Later ones say what is wrong and are tried again: a file may be gone, or half written, at
    the instant when it is replaced.

    Parameters
    ----------
    every : float
        [s] between two looks at the files.
    look : callable
        Reads them and tells.
    """
    known = fingerprint(paths)
    look()
    said = ""
    while True:
        time.sleep(every)
        now = fingerprint(paths)
        if now == known:
            continue
        known = _settled(paths, now)
        try:
            look()
            said = ""
        except InputError as error:
            if str(error) != said:
                said = str(error)
                print(f"warning: {said}; looking again", file=sys.stderr, flush=True)


def _settled(paths: Sequence[str | Path], now: Print) -> Print:
    """The files' state when they have kept still for a moment."""
    for _ in range(MOST_UNSETTLED):
        time.sleep(SETTLED)
        before, now = now, fingerprint(paths)
        if now == before:
            break
    return now
