"""A fit to the history that a reader has handed in, as `twin calibrate` makes it."""

import contextlib
import io
import json
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from calibration.command import CalibrationRequest, calibrate_command
from calibration.fit.files import page_path, posterior_path
from calibration.fit.journal import runs_path
from calibration.proof.stored import stored_path
from twin.ui.parts.work import Reporter

RUNS = (200, 440)
"""The fewest that a fit takes; the usual."""
WORKERS = 2
MOST_MEMORY = 8 << 30
"""Of the fit's process."""
WATCH = 0.5
"""[s] between two looks at how many runs there are."""


@dataclass(frozen=True)
class FitRequest:
    """What a reader asks for."""

    paths: tuple[Path, ...]
    mappings: tuple[str, ...]
    """TOML, one a file, each for its file."""
    scenario: str
    """Name in the library, or path; "" for the first scenario of the history."""
    first: str
    """That scenario's text."""
    first_name: str
    """The name of its file."""
    until: str
    """Last day to fit; "" for all."""
    runs: int
    folder: Path
    """Of the session."""


def fit_here(report: Reporter, asked: FitRequest) -> dict[str, bytes]:
    """Fit; the files that `twin calibrate` leaves, by name.

    Raises
    ------
    InputError
        What `twin calibrate` would say.
    """
    folder = Path(tempfile.mkdtemp(prefix="fit-", dir=asked.folder))
    out, scenario = folder / "fitted.toml", asked.scenario
    mappings = [folder / f"{place}.mapping.toml" for place in range(len(asked.mappings))]
    for path, text in zip(mappings, asked.mappings, strict=True):
        path.write_text(text, encoding="utf-8")
    if not scenario:
        scenario = str(folder / asked.first_name)
        Path(scenario).write_text(asked.first, encoding="utf-8")
    request = CalibrationRequest(
        [str(path) for path in asked.paths], scenario, (), None, asked.until or None, None, asked.runs, 1, str(out),
        WORKERS, False, True, [str(path) for path in mappings],
    )  # fmt: skip
    is_done = threading.Event()
    watch = threading.Thread(target=_watch, args=(report, runs_path(out), asked.runs, is_done), daemon=True)
    watch.start()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            calibrate_command(request)
    finally:
        is_done.set()
        watch.join()
    files = {path.name: path.read_bytes() for path in (posterior_path(out), page_path(out), stored_path(out))}
    return {out.name: _beside(out.read_text("utf-8"), scenario).encode(), **files}


def _watch(report: Reporter, kept: Path, runs: int, is_done: threading.Event) -> None:
    """Tell how many runs there are, until it is done."""
    report.progress(None, "fit_reads")
    while not is_done.wait(WATCH):
        if kept.exists():
            with kept.open("rb") as file:
                n = sum(1 for _ in file) - 1  # the first line names the problem
            report.progress(min(n / runs, 1.0), "fit_runs", n=n, total=runs)


def _beside(text: str, scenario: str) -> str:
    """The fitted scenario as it is taken along: it extends a file of this machine by its name alone."""
    if not Path(scenario).is_file():
        return text
    return text.replace(json.dumps(str(Path(scenario).resolve())), json.dumps(Path(scenario).name))
