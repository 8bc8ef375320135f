"""`twin track`: today's intervals as they come, the forecast for the rest of the day, what actions would do."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from calibration.track.drift import read_scores, with_today
from calibration.track.follow import followed
from calibration.track.plan import DayPlan
from calibration.track.report import read_report
from calibration.track.screen import print_tracked
from calibration.track.today import Today, plan_and_today
from calibration.track.track import Settings, Tracked, track
from twin.console import counting, wide_console
from twin.errors import InputError
from twin.output import as_json, write_files
from twin.scenario.load import load
from twin.scenario.units import parse_clock

SCORES = "scores.csv"
WIDTH = 130  # [characters] of tables that go to a file


@dataclass(frozen=True)
class TrackRequest:
    """What the command line asks for."""

    history: Sequence[str]
    scenario: str
    overrides: Sequence[str] = ()
    mapping: Sequence[str] | None = None
    date: str | None = None
    until: str | None = None
    out: str | None = None
    as_json: bool = False
    follow: float | None = None
    """[s] between two looks at the files; once unless given."""
    settings: Settings = field(default_factory=Settings)


def track_command(request: TrackRequest) -> None:
    """Look once, or again whenever the files say something else of the day."""
    looks = _Looks(request)
    if request.follow is None:
        looks.look()
    else:
        followed(request.history, request.follow, looks.look)


class _Looks:
    """One look after the other at the same day."""

    def __init__(self, request: TrackRequest):
        self.request = request
        self.date, self.until = _date(request.date), _until(request.until)
        if request.out and Path(request.out).exists() and not Path(request.out).is_dir():
            raise InputError(f"--out is {request.out!r}, which is a file, must be a folder, or a new one")
        self.scenario = load(request.scenario, request.overrides).scenario
        self.known: Today | None = None

    def look(self) -> None:
        """Read the report; where it says something new, forecast, keep and print."""
        request = self.request
        report = read_report(request.history, request.mapping)
        if self.until is None:
            report = report.until(datetime.datetime.now())
        plan, today = plan_and_today(self.scenario, report.intervals, self.date, self.until, report.over)
        if self.known is not None and today.says_as(self.known):
            return
        notes = [*report.notes(today.date, self.scenario), *plan_notes(plan, today)]
        before = read_scores(Path(request.out) / SCORES) if request.out else None
        with counting("the day", unit="simulated days") as tell:
            found = track(plan, today, request.settings, before, tell)
        if request.out:
            write_tracked(found, Path(request.out), before, notes)
        _show(found, self.scenario.name, request, notes)
        self.known = today


def plan_notes(plan: DayPlan, today: Today) -> list[str]:
    """What the scenario, or what the report leaves out, keeps the day from telling."""
    found = []
    if plan.noise.day_cv <= 0:
        found.append("the scenario says that days do not differ (demand.noise.day_cv is 0): the level is not learned")
    away = {name: group.presence for name, group in plan.scenario.groups.items() if group.presence < 1}
    if away:
        listed = ", ".join(f"{share:.0%} of {name}" for name, share in away.items())
        found.append(f"operators forecast are those who take calls: of the planned {listed} (groups.*.presence)")
    if today.untold:
        listed = ", ".join(plan.intents[i] for i in today.untold)
        found.append(f"the report holds no contacts of {listed}: the level is that of the others")
    return found


def _date(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--date is {text!r}, must be like 2013-03-04") from None


def _until(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return parse_clock(text)
    except ValueError as error:
        raise InputError(f"--until is {text!r}, {error}") from None


def write_tracked(found: Tracked, folder: Path, before: pd.DataFrame | None, notes: Sequence[str] = ()) -> None:
    """The forecast by date and instant, and the scores of all days tracked so far unless `before` is None.

    The scores are read again: another tracker may have added its own while this one simulated.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{found.today.date}-{found.today.clock.replace(':', '')}"
    files: dict[Path, pd.DataFrame | str] = {
        folder / f"{stem}-forecast.parquet": found.bands,
        folder / f"{stem}.json": as_json(as_dict(found, notes)) + "\n",
    }
    if before is not None and found.scores:
        before = read_scores(folder / SCORES) if (folder / SCORES).exists() else before
        files[folder / SCORES] = with_today(before, found.today, found.scores).to_csv(index=False)
    write_files(files)


def as_dict(found: Tracked, notes: Sequence[str] = ()) -> dict[str, Any]:
    """What `--json` prints."""
    level = {"mean": found.level.mean, "low": found.level.quantile(0.05), "high": found.level.quantile(0.95)}
    return {
        "date": found.today.date.isoformat(),
        "until": found.today.clock,
        "level": level,
        "streams": [asdict(stream) for stream in found.streams],
        "presence": dict(zip(("low", "median", "high"), found.presence, strict=True)),
        "rest_of_day": found.rest.to_dict("index"),
        "forecast": found.bands.to_dict("records"),
        "actions": [asdict(effect) for effect in found.effects],
        "notes": list(notes),
        "not_possible": found.refused,
        "surprises": [{**asdict(one), "drift": one.is_drift, "says": one.sentence} for one in found.surprises],
    }


def _show(found: Tracked, name: str, request: TrackRequest, notes: Sequence[str]) -> None:
    if request.as_json:
        print(as_json(as_dict(found, notes)), flush=True)
        return
    console = wide_console(WIDTH)
    print_tracked(found, name, request.settings.members, console, notes)
