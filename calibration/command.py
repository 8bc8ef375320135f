"""`twin calibrate`: history in, a fitted scenario out, with what the data tell and what they cannot."""

import datetime
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich import box as boxes
from rich.console import Console
from rich.table import Table

from calibration.fit.direct import Direct, read_directly, write_start
from calibration.fit.files import check_out, page_path, posterior_path, write_posterior, write_scenario
from calibration.fit.fit import RUNS, Fit, fit
from calibration.fit.journal import runs_path
from calibration.fit.known import known
from calibration.fit.parameters import Box, read_parameters, usual_parameters
from calibration.fit.screen import fit_as_dict, print_fit
from calibration.fit.simulator import Simulator, check_ends, within_scenario
from calibration.fit.sources import MonthsOnly, Source, not_compared, problem_of, read_source
from calibration.months.beside import Months
from calibration.months.command import Asked, calibrate_months, calibrate_targets, forecast_table
from calibration.months.shown import MonthsShown
from calibration.proof.baselines import formulas
from calibration.proof.heldout import HeldOut, recorded_overall
from calibration.proof.page import Validation, page_html
from calibration.proof.stored import stored, stored_path
from twin.console import wide_console
from twin.errors import InputError
from twin.output import as_json
from twin.scenario.load import Loaded, load
from twin.scenario.provenance import dotted
from twin.trace import parse_dates

MEMBERS = 40
"""Draws of the posterior with which held-out days are forecast."""
FORECAST_FROM = 500_000  # [replication]
FEWEST_RUNS = 200


@dataclass(frozen=True)
class CalibrationRequest:
    """What the command line asks for."""

    history: str | Sequence[str]
    """A file or a folder, or several."""
    scenario: str
    overrides: Sequence[str]
    parameters: str | None
    until: str | None
    hold_out: str | None
    runs: int
    seed: int
    out: str
    workers: int | None
    quick: bool
    as_json: bool
    mapping: Sequence[str] | None = None
    holidays: str | None = None
    announcements: str | None = None
    schedule: str | None = None
    """The last three: what is known beside history (`calibration.fit.known`)."""

    @property
    def name(self) -> str:
        """The history as one word of the command line, or several."""
        return self.history if isinstance(self.history, str) else " and ".join(self.history)

    def check(self) -> None:
        if self.until is not None and self.hold_out is not None:
            raise InputError("calibrate: --until and --hold-out both choose the days to fit, must not both be given")
        if self.runs < FEWEST_RUNS:
            raise InputError(f"--runs is {self.runs}, must be {FEWEST_RUNS} or more ({RUNS} is usual)")
        check_out(Path(self.out), stored_path(Path(self.out)))


@dataclass(frozen=True)
class _Done:
    """A fit with all that was worked out for it."""

    source: Source
    base: str
    """The scenario fitted: a name of the library, or a whole path."""
    seen: list[str]
    unseen: list[str]
    direct: Direct | None
    months: Months | None
    is_joint: bool
    """Whether months were fitted beside the half hours."""
    of_months: str
    of_record: str
    found: Fit
    forecast: HeldOut
    by_month: MonthsShown | None

    @property
    def to_tell(self) -> HeldOut | None:
        """A forecast of days that the fit has not seen."""
        return self.forecast if self.unseen else None


def calibrate_command(request: CalibrationRequest, piped_width: int = 140) -> dict[str, Any]:
    """Fit, write, tell."""
    request.check()
    loaded = load(request.scenario, request.overrides)
    if Path(request.name).suffix == ".toml":
        return calibrate_targets(_asked(request), loaded, piped_width)
    try:
        source = read_source(request.history, loaded, request.mapping)
    except MonthsOnly as found_months:
        return calibrate_months(_asked(request), loaded, found_months.history, piped_width)
    done = _fitted(request, loaded, source)
    _write(done, request)
    told = _told(done)
    if request.as_json:
        print(as_json(told))
    else:
        _show(done, Path(request.out), wide_console(piped_width))
    return told


def _fitted(request: CalibrationRequest, loaded: Loaded, source: Source) -> _Done:
    """What is read directly first, then the rest by simulation; forecasts of what was held out."""
    seen, unseen = split_days(source, request.until, request.hold_out)
    base = request.scenario if not Path(request.scenario).is_file() else str(Path(request.scenario).resolve())
    workers = request.workers or os.cpu_count() or 1
    months = None if source.months is None else Months.of(source.months, unseen, request.until)
    told_directly = source.seen(seen, None if months is None else months.seen)
    direct = None
    if told_directly is not None:
        beside = known(request.holidays, request.announcements, request.schedule, list(source.recorded.dates))
        direct = read_directly(told_directly, base, request.overrides, loaded, beside)
    elif request.holidays or request.announcements or request.schedule:
        raise InputError(f"--holidays, --announcements and --schedule: nothing is read directly off {source.name}")
    out = Path(request.out)
    with tempfile.TemporaryDirectory() as folder:
        if direct is not None:
            start = Path(folder) / out.name
            write_start(direct, base, source.name, start)
            request, loaded = replace(request, scenario=str(start)), load(start, request.overrides)
        box = read_parameters(request.parameters) if request.parameters else usual_parameters(loaded.resolved)
        if months is not None and not request.parameters:
            box = months.with_usual(box, loaded.resolved, source.recorded.days(seen))
        if direct is not None and not request.parameters:
            box = direct.without_known(box)
        if request.parameters:
            check_ends(loaded.resolved, box)
        else:
            box = within_scenario(loaded.resolved, box)
        until = known_until(unseen)
        days = problem_of(source, request.scenario, request.overrides, seen, box, request.seed, until)
        joint, of_months = (None, "") if months is None else months.beside(days)
        found = fit(days if joint is None else joint, request.runs, workers, request.quick, runs_path(out))
        forecast = held_out(found, source, request, unseen or seen, box, until)
        of_record = not_compared(source, loaded.scenario)
        by_month = None if months is None or joint is None else months.shown(found, MEMBERS, workers)
    return _Done(
        source, base, seen, unseen, direct, months, joint is not None, of_months, of_record, found, forecast, by_month
    )


def _write(done: _Done, request: CalibrationRequest) -> None:
    """Scenario, posterior, page and what the screen shows; then the runs are no longer needed."""
    out = Path(request.out)
    write_scenario(done.found, done.base, done.source.name, out, done.direct, request.overrides)
    write_posterior(done.found, posterior_path(out))
    shown = replace(
        validation(done.found, done.forecast, done.source, done.seen, bool(done.unseen), done.direct),
        months=None if done.by_month is None else done.by_month.told(), of_months=done.of_months,
        of_record=done.of_record,
    )  # fmt: skip
    page_path(out).write_text(page_html(shown), encoding="utf-8")
    stored_path(out).write_text(stored(shown).model_dump_json() + "\n", encoding="utf-8")
    runs_path(out).unlink(missing_ok=True)


def _told(done: _Done) -> dict[str, Any]:
    """The result as JSON."""
    told = fit_as_json(done.found, done.to_tell)
    told |= {"history": done.source.name, "days": len(done.seen), "held_out_days": len(done.unseen)}
    if done.of_record:
        told["of_record"] = done.of_record
    if done.direct is not None:
        told["direct"] = done.direct.estimates.table().to_dict("records")
        told["written_directly"] = {
            topic: [dotted(setting.path) for setting in settings] for topic, settings in done.direct.topics.items()
        }
        told["not_written"] = done.direct.left
    if done.months is not None:
        ahead = [] if done.by_month is None else done.by_month.forecasts
        told |= {"months": done.months.seen if done.is_joint else [], "of_months": done.of_months}
        told["months_held_out"] = {one.name: one.as_dict() for one in ahead}
    return told


def _show(done: _Done, out: Path, console: Console) -> None:
    """The result as tables and sentences."""
    if done.direct is not None:
        for table in done.direct.estimates.rich_tables():
            console.print(table)
        console.print("\n".join(done.direct.sentences()), markup=False)
    for said in (done.of_record, done.of_months):
        if said:
            console.print(said, markup=False)
    show(done.found, done.to_tell, console)
    if done.by_month is not None and done.by_month.forecasts:
        console.print(forecast_table(done.by_month.forecasts))
    console.print(f"Written: {out}, {posterior_path(out)}, {page_path(out)}, {stored_path(out)}")


def _asked(request: CalibrationRequest) -> Asked:
    return Asked(
        request.name, request.scenario, request.overrides, request.parameters, request.until, request.hold_out,
        request.runs, request.seed, Path(request.out), request.workers or os.cpu_count() or 1, request.quick,
        request.as_json,
    )  # fmt: skip


def split_days(source: Source, until: str | None, hold_out: str | None) -> tuple[list[str], list[str]]:
    """Days to fit, and days to forecast."""
    dates = list(source.recorded.dates)
    if until is not None:
        last = parse_dates(until, "--until")[0].isoformat()
        if dates and last < dates[0]:
            raise InputError(f"--until is {last}, must be {dates[0]} or later: the history begins then")
        return [date for date in dates if date <= last], [date for date in dates if date > last]
    held = set() if hold_out is None else {date.isoformat() for date in parse_dates(hold_out, "--hold-out")}
    if hold_out is not None and not held & set(dates):
        raise InputError(f"--hold-out is {hold_out!r}, must name days from {dates[0]} to {dates[-1]}")
    if dates and held >= set(dates):
        raise InputError(f"--hold-out is {hold_out!r}, must leave days to fit: the history has none but these")
    return [date for date in dates if date not in held], [date for date in dates if date in held]


def known_until(unseen: Sequence[str]) -> str | None:
    """The eve of the first day held out; None where none is."""
    if not unseen:
        return None
    return (datetime.date.fromisoformat(min(unseen)) - datetime.timedelta(days=1)).isoformat()


def held_out(
    found: Fit, source: Source, request: CalibrationRequest, unseen: Sequence[str], box: Box, until: str | None = None
) -> HeldOut:
    """Days that the fit has not seen, forecast with draws of the posterior; what became of the days after `until` is
    not known."""
    problem = problem_of(source, request.scenario, request.overrides, unseen, box, request.seed, until)
    with Simulator(problem, request.workers or os.cpu_count() or 1) as simulator:
        points = found.drawn(MEMBERS)
        records = simulator.records(points, range(FORECAST_FROM, FORECAST_FROM + MEMBERS))
    return HeldOut("simulated", records, problem.recorded)


def validation(
    found: Fit,
    forecast: HeldOut,
    source: Source,
    seen: Sequence[str],
    is_held_out: bool,
    direct: Direct | None = None,
) -> Validation:
    """What the page shows: the forecast beside the formulas, the fit, the state of the files."""
    beside = formulas(source.recorded.days(seen), forecast.recorded)
    quality = None if source.history is None else source.history.quality
    estimates, said = (None, []) if direct is None else (direct.estimates, direct.sentences())
    is_replayed = found.problem.resolved.get("demand", {}).get("kind") == "trace"
    return Validation(
        source.name, [forecast, *beside], found, quality, is_held_out, estimates, said, is_replayed=is_replayed
    )


def fit_as_json(found: Fit, forecast: HeldOut | None = None) -> dict[str, Any]:
    """The whole report as plain values."""
    told = fit_as_dict(found)
    if forecast is not None:
        told["held_out"] = forecast.as_dict() | {"recorded": recorded_overall(forecast.recorded)}
    return told


def show(found: Fit, forecast: HeldOut | None, console: Console) -> None:
    """Tables for a reader."""
    print_fit(found, console)
    if forecast is not None:
        console.print(_held_out_table(forecast))


def _held_out_table(forecast: HeldOut) -> Table:
    n = len(forecast.recorded.dates)
    table = Table(box=boxes.SIMPLE_HEAD, pad_edge=False, title=f"{n} days held out", title_justify="left")
    for header in ("", "recorded", "simulated", "intervals in 50 % band", "in 90 % band", "days in 90 % band", "CRPS"):
        table.add_column(header, justify="left" if not header else "right")
    recorded, simulated, scores = recorded_overall(forecast.recorded), forecast.overall(), forecast.scores()
    for kpi in forecast.kpis:
        halves, days = scores[kpi]["half hours"], scores[kpi]["days"]
        if not halves.n:
            table.add_row(kpi, "–", f"{simulated[kpi]:.1f}", "–", "–", "–", "–")
            continue
        table.add_row(
            kpi, f"{recorded[kpi]:.1f}", f"{simulated[kpi]:.1f}", f"{halves.coverage[0.5]:.0%}",
            f"{halves.coverage[0.9]:.0%}", f"{days.coverage[0.9]:.0%}", f"{halves.crps:.2f}",
        )  # fmt: skip
    return table
