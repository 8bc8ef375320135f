"""What the screen opens that is there already: saved runs, and folders that finished runs and comparisons have left.

Only what lies in the folders for results, or itself where the screen was started. Nothing of it is executed: manifests
are JSON, saved runs plain arrays, tables Parquet.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import InputError
from twin.output import MANIFEST
from twin.ui.work.roots import folders, followed, newest, roots

if TYPE_CHECKING:
    from twin.scenario.schema import Scenario

SAVED, RUN, COMPARISON = "saved", "run", "comparison"
SUFFIX = ".twin"
"""Of saved runs that are listed; one of another name is opened by its path."""
MOST_BYTES, MOST_UNPACKED = 1 << 30, 4 << 30
"""Of a saved run."""
MOST_MANIFEST = 16 << 20
MOST_DAYS, MOST_REPLICATIONS = 36_600, 100_000
MOST_LISTED = 200
LEFT = ("kpis.parquet", "compare.parquet", "counts")
"""One of these stands in every folder of a run or of a comparison."""
DAY = 86400.0  # [s]
NO_FOLDER = "holds no run, must be a saved run, or the folder that twin run --out or twin compare --out wrote"


@dataclass(frozen=True)
class Kept:
    """What a saved run, or a folder of results, says of itself."""

    place: str
    """As the reader named it."""
    kind: str
    scenarios: tuple[str, ...]
    """Names: one of a run, all of a comparison, the base first."""
    seed: int
    days: int
    """Counted ones."""
    replications: int = 1
    replication: int = 0
    """Of a saved run."""
    clock: str = ""
    """Date and time at which a run was saved."""
    is_over: bool = True
    """Whether it has come to the end of its days; a saved run may be stopped before."""
    is_recorded: bool = False
    """Whether a saved run replays recorded days, and so cannot go beyond them."""
    is_same_code: bool = True
    """Whether the code that made it is this one: then the same run gives the same numbers."""


# ---- where -----------------------------------------------------------------------------------------------------------


def allowed(text: str) -> Path:
    """A file or folder that a reader names, links followed.

    Raises
    ------
    InputError
        If it lies elsewhere; whether it exists is not told then.
    """
    path = followed(text)
    if not _may_be_opened(path):
        raise InputError(
            f"{_shown(text)!r} may not be opened, must lie inside results or in the folder where the screen was started"
        )
    return path


def found_runs() -> list[str]:
    """Saved runs and folders of runs and comparisons, as they are opened; newest first."""
    found: dict[Path, float] = {}
    for folder, files in folders():
        for path, time in files:
            if path.suffix == SUFFIX:
                found[path] = time
            if path.name == MANIFEST and any((folder / name).exists() for name in LEFT):
                found[folder] = time
    return newest({path: time for path, time in found.items() if _may_be_opened(path)}, MOST_LISTED)


def _may_be_opened(path: Path) -> bool:
    return any(path.is_relative_to(root) for root in roots()) or path.parent == Path.cwd().resolve()


# ---- what ------------------------------------------------------------------------------------------------------------


def look_at(text: str) -> Kept:
    """What lies there, from its manifest alone.

    Raises
    ------
    InputError
        One sentence: not allowed, not there, too large, damaged, or something else.
    """
    path = allowed(text)
    try:
        if path.is_dir():
            return _folder(text, path)
        return _saved(text, path)
    except OSError as error:
        raise InputError(f"{_shown(text)}: cannot be read ({error.strerror})") from None


def scenarios_of(text: str, replication: int = 0) -> tuple[Kept, list[Scenario]]:
    """What a folder of results says of itself, and its scenarios as they were run, checked.

    Raises
    ------
    InputError
        Also if there is no such replication, or the runs replay a file that is not the library's.
    """
    from twin.scenario.load import scenario_from_dict
    from twin.ui.work.scenarios import check_demand

    kept = look_at(text)
    told = _manifest(text, allowed(text))
    if not 0 <= replication < kept.replications:
        most = f"from 1 to {kept.replications}" if kept.replications > 1 else "1"
        raise InputError(f"replication is {replication + 1}, must be {most}")
    if told.get("data") is not None:
        raise InputError(f"{_shown(text)}: replays an original log (--data), cannot be run again here")
    resolved = told["scenario"] if kept.kind == COMPARISON else [told["scenario"]]
    for values in resolved:
        check_demand(f"{_shown(text)}: demand", values.get("demand"))
    if "posterior" in told:
        from experiments.compare.many import ManyPlan

        return kept, list(ManyPlan.from_manifest(told).scenarios(replication))
    return kept, [scenario_from_dict(values, f"{_shown(text)}: {MANIFEST}") for values in resolved]


def saved_file(text: str) -> tuple[Kept, Path]:
    """A saved run, checked as far as its manifest goes, and its file."""
    from twin.archive import Archive
    from twin.ui.work.scenarios import check_demand

    kept, path = look_at(text), allowed(text)
    with Archive(path) as archive:
        scenario = archive.manifest["scenario"]
    check_demand(f"{_shown(text)}: demand", scenario.get("demand"))
    return kept, path


def _shown(text: str) -> str:
    return text.strip()[:200]


def _saved(text: str, path: Path) -> Kept:
    from twin.archive import Archive
    from twin.saving import KIND, code_hash
    from twin.scenario.schema import Run

    name = _shown(text)
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise InputError(f"{name}: is above {MOST_BYTES >> 30} GB, must be a saved run below that")
    if path.exists() and not path.is_file():
        raise InputError(f"{name}: {NO_FOLDER}")
    with Archive(path) as archive:
        told = archive.manifest
    if told.get("kind") != KIND:
        raise InputError(f"{name}: is no saved run, must be a file that twin run --save wrote")
    with zipfile.ZipFile(path) as members:
        size = sum(member.file_size for member in members.infolist())
    if size > MOST_UNPACKED:
        raise InputError(f"{name}: unpacks to {size / 1e9:.1f} GB, must be below {MOST_UNPACKED >> 30} GB")

    def read() -> Kept:
        scenario: Any = told["scenario"]
        days, warm_up = told["days"], scenario.get("run", {}).get("warm_up", Run().warm_up)
        days = _whole(scenario.get("run", {}).get("days", Run().days) if days is None else days, 1, MOST_DAYS)
        return Kept(
            text, SAVED, (str(scenario.get("name", ""))[:200],), _whole(told["seed"], 0), days,
            replication=_whole(told["replication"], 0, MOST_REPLICATIONS), clock=str(told["clock"])[:40],
            is_over=float(told["now"]) >= (_whole(warm_up, 0, MOST_DAYS) + days) * DAY,
            is_recorded=scenario.get("demand", {}).get("kind") == "trace", is_same_code=told["code"] == code_hash(),
        )  # fmt: skip

    return _read(name, read)


def _folder(text: str, path: Path) -> Kept:
    from twin.kernel import CODE

    name, told = _shown(text), _manifest(text, path)
    if told.get("command") not in ("run", "compare"):
        raise InputError(f"{name}: {NO_FOLDER}")

    def read() -> Kept:
        is_run = told["command"] == "run"
        resolved = [told["scenario"]] if is_run else list(told["scenario"])
        if not resolved or not all(isinstance(values, Mapping) for values in resolved):
            raise ValueError("it holds no scenario")
        names = [values["name"] for values in resolved] if is_run else told["labels"]
        if len(names) != len(resolved):
            raise ValueError("its names are not those of its scenarios")
        return Kept(
            text, RUN if is_run else COMPARISON, tuple(str(one)[:200] for one in names), _whole(told["seed"], 0),
            _whole(told["days"], 1, MOST_DAYS), _whole(told["replications"], 1, MOST_REPLICATIONS),
            is_same_code=told["kernel"] == CODE,
        )  # fmt: skip

    return _read(name, read)


def _manifest(text: str, path: Path) -> dict[str, Any]:
    name, file = _shown(text), path / MANIFEST
    if not file.is_file():
        raise InputError(f"{name}: {NO_FOLDER}")
    if file.stat().st_size > MOST_MANIFEST:
        raise InputError(f"{name}: its {MANIFEST} is above {MOST_MANIFEST >> 20} MB, must be below that")
    try:
        told = json.loads(file.read_bytes().decode("utf-8"))
    except (ValueError, RecursionError):
        raise InputError(
            f"{name}: its {MANIFEST} is damaged, must be the one that twin run or twin compare wrote"
        ) from None
    if not isinstance(told, dict):
        raise InputError(f"{name}: {NO_FOLDER}")
    return told


def _read(name: str, read: Callable[[], Kept]) -> Kept:
    """What a manifest says, or that it says nothing of use."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise InputError(f"{name}: is damaged, its manifest says nothing of use ({error!r:.80})") from None


def _whole(value: Any, least: int, most: int = 10**18) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{value!r:.40} is no number from {least} to {most}")
    return value
