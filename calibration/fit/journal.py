"""Runs of a fit as they are made, in a file beside its results: the same command goes on where it was ended."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from calibration.fit.fittable import Fittable
from twin import __version__
from twin.errors import InputError
from twin.kernel import CODE


def runs_path(out: Path) -> Path:
    """Beside ``fitted.toml`` while the fit goes on: ``fitted.runs.jsonl``."""
    return out.with_suffix(".runs.jsonl")


class Journal:
    """Summaries by point and replication, each in the file as soon as it is known. The first line names the problem.

    Raises
    ------
    InputError
        If the file holds runs of another problem.
    """

    def __init__(self, path: Path, problem: Fittable):
        self.path = path
        self._known: dict[tuple[int, bytes], np.ndarray] = {}
        head = json.dumps({"problem": fingerprint(problem)})
        whole = self._read(head) if path.exists() else 0
        self._file = path.open("a", encoding="utf-8")
        if whole:
            os.truncate(path, whole)  # the line that was being written when the fit was ended
        else:
            self._write(head)

    def __len__(self) -> int:
        return len(self._known)

    def get(self, z: np.ndarray, replication: int) -> np.ndarray | None:
        """The summary of a run made before."""
        return self._known.get((replication, z.tobytes()))

    def add(self, z: np.ndarray, replication: int, summary: np.ndarray) -> None:
        """Keep the summary of a run."""
        self._known[replication, z.tobytes()] = summary
        self._write(json.dumps([replication, z.tolist(), summary.tolist()]))

    def close(self) -> None:
        self._file.close()

    def _write(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()

    def _read(self, head: str) -> int:
        """Take over what was known; the length of the whole lines [bytes]."""
        length = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file):
                if number == 0 and line.decode("utf-8", "replace").rstrip("\n") != head:
                    raise InputError(f"{self.path} holds runs of another fit: must be deleted, or --out be another one")
                if not line.endswith(b"\n"):
                    break
                length += len(line)
                if number:
                    replication, z, summary = json.loads(line)
                    self._known[replication, np.array(z, float).tobytes()] = np.array(summary, float)
        return length


def fingerprint(problem: Fittable) -> str:
    """Hash of all that a run's summary follows from: scenario, parameters, seed, what is recorded, the program."""
    said: list[Any] = [__version__, CODE, problem.resolved, repr(problem.box), problem.seed, problem.names]
    numbers = problem.observed.tobytes() + problem.model_error.tobytes()
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode() + numbers).hexdigest()
