"""One look of the page Control room: the day so far, what the twin believes, the rest of it, what actions would do."""

import datetime
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration.track.actions import actions_for
from calibration.track.command import SCORES, plan_notes, write_tracked
from calibration.track.drift import read_scores
from calibration.track.forecast import Effect, kpis_of
from calibration.track.invented import Invented, invented_day, open_day
from calibration.track.needed import Lines, needed
from calibration.track.report import Report
from calibration.track.today import plan_and_today
from calibration.track.track import Settings, Tracked, track
from twin.errors import InputError
from twin.kernel import is_compiled
from twin.scenario.load import load
from twin.scenario.units import parse_clock
from twin.ui.parts.work import Reporter
from twin.ui.work.days import read_day
from twin.ui.work.scenarios import sizes

HALF_HOUR = 1800.0
KINDS = ("lend", "breaks", "overflow", "outbound")
"""Actions that the page offers; "lend" is also to add some where heads are counted."""
LOWER, HIGHER = ("abandonment_share", "mean_wait"), ("sl20",)
"""KPIs that should fall, and rise."""
FEW_DAYS = 120
"""Simulated days for which further processes are not worth their start."""
_PHRASES = tuple((key, re.compile(text)) for key, text in (
    ("do_lend", r"lend (?P<n>\d+) operators of (?P<group>.+) to (?P<queue>.+)"),
    ("do_add", r"(?P<n>\d+) more operators in (?P<group>.+)"),
    ("do_breaks", r"put breaks off while calls wait"),
    ("do_overflow", r"open the overflow of (?P<queue>.+) to (?P<groups>.+)"),
    ("do_outbound", r"stop outbound calls"),
    ("not_counted", r"everybody answers (?P<queue>.+) already, and nobody's hours are counted by head"),
    ("not_others", r"everybody answers (?P<queue>.+) already"),
    ("not_breaks_rule", r"breaks give way to load all day already"),
    ("not_breaks", r"no shift has breaks"),
    ("not_outbound", r"there are no campaigns"),
    ("not_closed", r"the centre has closed by then"),
    ("not_outbound_rule", r"campaigns give way to load all day already"),
))  # fmt: skip


def phrase(text: str) -> tuple[str, dict[str, str]]:
    """Key of the page's words and their values for what `calibration.track.actions` says in English; "" if unknown."""
    for key, pattern in _PHRASES:
        found = pattern.fullmatch(text)
        if found:
            return key, found.groupdict()
    return "", {}


def kind_of(text: str) -> str:
    """One of KINDS for what an action is called: its kind, or its title."""
    kind = text if text in (*KINDS, "add") else phrase(text)[0].removeprefix("do_")
    return "lend" if kind == "add" else kind


def half_hours(opens: float, closes: float) -> list[str]:
    """Of the opening [s after midnight], as times until which a day to try may be known."""
    n = int((closes - opens) // HALF_HOUR)
    instants = [opens + k * HALF_HOUR for k in range(1, n)] or [opens]
    return [f"{int(at // 3600):02d}:{int(at % 3600 // 60):02d}" for at in instants]


# ---- the centre ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Centre:
    """What a scenario says before a day of it is followed."""

    scenario: str
    size: str
    """As asked for."""
    sizes: tuple[str, ...] = ()
    own_size: str = ""
    is_proactive: bool = False
    """Whom it writes to follows from the days before: no day of it can be followed."""
    opens: float = 0.0
    closes: float = 0.0
    possible: tuple[str, ...] = ()
    """Of KINDS."""
    refused: dict[str, str] = field(default_factory=dict)
    """Action that this centre cannot take: the reason in English, see `phrase`."""
    is_in_between: bool = False
    """A menu, redials or dialled calls lie between contacts and what a run calls offered."""
    problem: str = ""
    """Why no day of it can be followed."""


def read_centre(name: str, size: str) -> Centre:
    """Load it, plan a day, and see what the control room could do.

    Raises
    ------
    InputError
    """
    offered = tuple(sizes(name))
    scenario = load(name, [f"scale.size={size}"] if size in offered else []).scenario
    told = Centre(
        name,
        size,
        offered,
        scenario.scale.size,
        scenario.proactive is not None,
        scenario.opening.opens,
        scenario.opening.closes,
    )
    try:
        _, plan = open_day(scenario, datetime.date.today())
    except InputError as error:
        return Centre(name, size, offered, told.own_size, told.is_proactive, problem=str(error))
    actions, refused = actions_for(plan.scenario, (told.opens + told.closes) / 2, 1)
    kinds = tuple(kind_of(action.kind) for action in actions[1:])
    why = {kind_of(action): reason for action, reason in refused.items()}
    return Centre(
        name, size, offered, told.own_size, told.is_proactive, told.opens, told.closes, kinds, why,
        scenario.ivr is not None or scenario.redial is not None or bool(scenario.campaigns),
    )  # fmt: skip


# ---- one look --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """What the reader has chosen."""

    scenario: str
    """Name in the library, or a file."""
    folder: Path
    """Of this session's forecasts."""
    size: str = ""
    history: str = ""
    """File or folder; "" for a day to try."""
    mapping: dict[str, Any] | None = None
    date: str = ""
    until: str = ""
    kinds: tuple[str, ...] = KINDS
    lend: int = 5
    members: int = 60
    seed: int = 1
    day: int = 1
    """Number of the day to try."""
    earlier: str = ""
    """Scores of days tracked before."""


@dataclass(frozen=True)
class Truth:
    """What really came, of a day to try."""

    level: float
    presence: float
    values: pd.DataFrame
    """By interval: start_s and the KPIs of the bands."""


@dataclass(frozen=True, eq=False)
class Look:
    """All that one look has found."""

    request: Request
    name: str
    title: str
    source: str
    """Of the history; "" for a day to try."""
    found: Tracked
    needed: pd.DataFrame
    """See `calibration.track.needed`."""
    truth: Truth | None
    report: Report | None
    """What was read; None for a day to try."""
    at: float
    """Instant of the look [s since 1970]."""
    stem: str
    """Of the stored files in the request's folder."""
    untold: tuple[str, ...] = ()
    """Intents of which contacts are expected, and which the report does not hold."""


def look(report: Reporter, request: Request) -> Look:
    """Read the day so far, follow it, keep the forecast."""
    report.progress(None, "reading" if is_compiled() else "compiling")
    loaded = load(request.scenario, [f"scale.size={request.size}"] if request.size else [])
    scenario, until = loaded.scenario, _clock(request.until)
    invented, told, before, date = None, None, None, None
    if request.history:
        told = read_day(Path(request.history), request.mapping)
        told = told.until(datetime.datetime.now()) if until is None else told
        table = told.intervals
        date = _date(request.date, table)
        before = _scores(request)
    else:
        day, plan = open_day(scenario, datetime.date.today())
        invented = invented_day(plan, day, request.day)
        table = invented.table
        clocks = half_hours(scenario.opening.opens, scenario.opening.closes)
        until = _clock(clocks[len(clocks) // 2]) if until is None else until
    plan, today = plan_and_today(scenario, table, date, until, told.over if told else None)
    found = track(plan, today, _settings(request), before, _Told(report))
    report.progress(None, "needed")
    lines = Lines.of(plan, request.seed)
    notes = [*(told.notes(today.date, scenario) if told else []), *plan_notes(plan, today)]
    write_tracked(found, request.folder, before, notes)
    return Look(
        request, scenario.name, scenario.title, Path(request.history).name if request.history else "", found,
        needed(found.days, today, lines), _truth(invented, plan.length), told, time.time(),
        f"{today.date}-{today.clock.replace(':', '')}", tuple(plan.intents[i] for i in today.untold),
    )  # fmt: skip


def _settings(request: Request) -> Settings:
    n_days = request.members * (len(request.kinds) + 2)
    kinds = (*request.kinds, "add") if "lend" in request.kinds else request.kinds
    return Settings(
        members=request.members, lend=request.lend, seed=request.seed,
        workers=1 if n_days <= FEW_DAYS else os.cpu_count() or 1, kinds=kinds,
    )  # fmt: skip


def _clock(text: str) -> float | None:
    if not text:
        return None
    try:
        return parse_clock(text)
    except ValueError as error:
        raise InputError(f"the time is {text!r}, {error}") from None


def _date(text: str, table: pd.DataFrame) -> datetime.date | None:
    if not text:
        return None
    dates = set(table["date"].dt.strftime("%Y-%m-%d"))
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = datetime.date.min
    if dates and text not in dates and day.isoformat() < max(dates):
        raise InputError(f"the day is {text!r}, must be one of the history, {min(dates)} to {max(dates)}, or later")
    return day


def _scores(request: Request) -> pd.DataFrame:
    """Of the days that this session has followed, else those of the file chosen."""
    own = request.folder / SCORES
    return read_scores(own if own.exists() or not request.earlier else Path(request.earlier))


def _truth(invented: Invented | None, length: float) -> Truth | None:
    if invented is None:
        return None
    values = kpis_of(invented.counts)
    table = pd.DataFrame({"start_s": np.arange(len(invented.counts)) * length, **values})
    return Truth(invented.level, invented.presence, table[invented.counts[:, 0] > 0])


class _Told:
    """Hears of each simulated day."""

    def __init__(self, report: Reporter):
        self.report = report

    def __call__(self, done: int, total: int) -> None:
        self.report.progress(done / total, "days_done", n=done, total=total)


# ---- what it says ----------------------------------------------------------------------------------------------------


def gain(effect: Effect) -> float:
    """How much better the KPI gets; negative if worse."""
    return -effect.difference if effect.kpi in LOWER else effect.difference


def is_shown(effect: Effect) -> bool:
    """Whether the 95 % interval of the mean leaves out zero."""
    return abs(effect.difference) > effect.half_width


def tone_of(effect: Effect) -> str:
    """Shown to be better, shown to be worse, or open."""
    return "" if not is_shown(effect) else "good" if gain(effect) > 0 else "bad"


def best(effects: Sequence[Effect], kpi: str) -> Effect | None:
    """The action that improves the KPI most, among those shown to."""
    better = [one for one in effects if one.kpi == kpi and tone_of(one) == "good"]
    return max(better, key=gain, default=None)


def in_band(bands: pd.DataFrame, kpi: str) -> tuple[int, int]:
    """Recorded intervals within the 90 % band, and recorded intervals."""
    rows = bands[(bands["kpi"] == kpi) & bands["recorded"].notna()]
    inside = (rows["recorded"] >= rows["q05"]) & (rows["recorded"] <= rows["q95"])
    return int(inside.sum()), len(rows)
