"""Writing results: no folder is overwritten, a file is there whole or not at all, a manifest tells how to repeat it."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import os
import platform
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from twin import __version__
from twin.errors import InputError
from twin.interrupts import held
from twin.kernel import CODE
from twin.later import pd

MANIFEST = "manifest.json"


def open_output(path: str | os.PathLike[str]) -> Path:
    """The folder for results, made if it is not there.

    Raises
    ------
    InputError
        If it is a file, or a folder with something in it but hidden files: results are never overwritten.
    OSError
        If it cannot be made.
    """
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out is {str(path)!r}, which is a file, must be a new or an empty folder")
    if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
        raise InputError(f"--out is {str(path)!r}, which is not empty, must be a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_parquet(df: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """A table as Parquet; its index, if named, becomes columns."""
    return write_files({Path(path): df})[0]


def write_text(text: str, path: str | os.PathLike[str]) -> Path:
    """A text file in UTF-8."""
    return write_files({Path(path): text})[0]


def write_json(value: Any, path: str | os.PathLike[str]) -> Path:
    """A JSON file, see `as_json`."""
    return write_text(as_json(value) + "\n", path)


def write_files(contents: Mapping[Path, pd.DataFrame | str]) -> list[Path]:
    """Tables and texts, all of them or none: written under other names first, then renamed.

    Raises
    ------
    OSError
        With the file's name, if one of them cannot be written (disk full, no permission).
    """
    tag = uuid.uuid4().hex[:8]
    there = {path: path.with_name(f".{path.name}.{tag}.part") for path in contents}
    with held():
        try:
            for path, content in contents.items():
                _write(content, there[path], path)
            for path, part in there.items():
                os.replace(part, path)
        finally:
            for part in there.values():
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
    return list(contents)


def _write(content: pd.DataFrame | str, part: Path, path: Path) -> None:
    try:
        if isinstance(content, pd.DataFrame):
            is_named = any(name is not None for name in content.index.names)
            (content.reset_index() if is_named else content).to_parquet(part, index=False)
        else:
            part.write_text(content, encoding="utf-8", newline="")  # the same bytes on Windows
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), str(path)) from error


def manifest(scenario_resolved: dict[str, Any] | list[Any], **facts: Any) -> dict[str, Any]:
    """What it takes to make a result again.

    Parameters
    ----------
    scenario_resolved : dict or list of dict
        `twin.scenario.load.Loaded.resolved`; `scenario_from_dict` gives the scenario back.
    **facts
        Seed, replications, days and other things that the command was told.
    """
    return {
        "scenario": scenario_resolved,
        **facts,
        "version": __version__,
        "kernel": CODE,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
    }


def machine() -> dict[str, Any]:
    """Where a result was made."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": platform.processor() or platform.machine(),
        "n_cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
    }


def as_json(value: Any) -> str:
    """JSON text; numbers that are not there (NaN, infinite) become null, which every reader understands."""
    return json.dumps(_plain(value), indent=1, allow_nan=False, default=str, ensure_ascii=False)


_PLAIN: dict[type, Callable[[Any], Any]] = {
    np.bool_: bool,
    np.integer: int,
    np.floating: lambda number: _plain(float(number)),
    np.ndarray: lambda array: _plain(array.tolist()),
}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    for kind, convert in _PLAIN.items():
        if isinstance(value, kind):
            return convert(value)
    return value
