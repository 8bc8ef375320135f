"""Files of the page Control room: histories and scores below the results and the server's own folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from calibration.history.files import SUFFIXES, find_files
from calibration.history.mapping import Mapping, check_mapping, load_mapping
from calibration.history.reader import read_files
from calibration.track.command import SCORES
from calibration.track.follow import Print
from calibration.track.report import Report, report_of
from twin.errors import InputError
from twin.output import MANIFEST
from twin.ui.work.history import check_unpacked
from twin.ui.work.roots import folders, newest, roots

MOST_LISTED, MOST_FILES = 100, 60
LISTED = tuple(suffix for suffix in SUFFIXES if not suffix.startswith(".txt"))
"""Of files that are offered; a text file may be named, but most are something else."""
OURS = ("-forecast.parquet", SCORES)
"""Ends of names that tracking itself writes."""
MAPPING = ".mapping.toml"


# ---- what there is ---------------------------------------------------------------------------------------------------


def found_histories() -> list[str]:
    """Files that could be a report, and folders with several of them, newest first."""
    found: dict[Path, float] = {}
    left: set[Path] = set()
    """Folders that runs have left, and those in them; a folder comes before those in it."""
    for folder, files in folders():
        if folder.parent in left or (folder / MANIFEST).exists():
            left.add(folder)
            continue
        reports = {path: time for path, time in files if path.name.lower().endswith(LISTED) and not _is_ours(path)}
        found |= reports
        if len(reports) > 1 and folder not in (Path.cwd().resolve(), *roots()):
            found[folder] = max(reports.values())
    return newest(found, MOST_LISTED)


def found_scores() -> list[str]:
    """Scores of earlier days that `twin track --out` has kept."""
    return newest({path: time for _, files in folders() for path, time in files if path.name == SCORES}, MOST_LISTED)


def _is_ours(path: Path) -> bool:
    return path.name.endswith(OURS)


# ---- one of them -----------------------------------------------------------------------------------------------------


def read_day(path: Path, mapping: dict[str, Any] | None = None) -> Report:
    """The report in a file or folder, of rows for the same interval the last one.

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
    history = read_files([path], beside or None, later_counts=True).history
    if history.intervals is None and history.calls is None:
        raise InputError(f"{path.name}: holds months only, must hold intervals or calls of the day")
    return report_of(history, path.name)


# ---- one that grows --------------------------------------------------------------------------------------------------


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
