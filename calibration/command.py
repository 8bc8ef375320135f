"""`twin calibrate`: history in, a fitted scenario out, with what the data tell and what they cannot."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box as boxes
from rich.console import Console
from rich.table import Table

from calibration.estimate.everything import Estimates, estimate_all
from calibration.fit.files import check_out, page_path, posterior_path, write_posterior, write_scenario
from calibration.fit.fit import RUNS, Fit, fit
from calibration.fit.parameters import Box, read_parameters, usual_parameters
from calibration.fit.simulator import Simulator
from calibration.fit.sources import Source, problem_of, read_source
from calibration.proof.baselines import formulas
from calibration.proof.heldout import KPIS, HeldOut, recorded_overall
from calibration.proof.page import Validation, page_html
from calibration.proof.stored import stored, stored_path
from twin.console import wide_console
from twin.errors import InputError
from twin.output import as_json
from twin.scenario.load import load
from twin.trace import parse_dates

MEMBERS = 40
"""Draws of the posterior with which held-out days are forecast."""
FORECAST_FROM = 500_000  # [replication]
FEWEST_RUNS = 200


@dataclass(frozen=True)
class CalibrationRequest:
    """What the command line asks for."""

    history: str
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

    def check(self) -> None:
        if self.until is not None and self.hold_out is not None:
            raise InputError("calibrate: --until and --hold-out both choose the days to fit, must not both be given")
        if self.runs < FEWEST_RUNS:
            raise InputError(f"--runs is {self.runs}, must be {FEWEST_RUNS} or more ({RUNS} is usual)")
        check_out(Path(self.out))


def calibrate_command(request: CalibrationRequest, piped_width: int = 140) -> dict[str, Any]:
    """Fit, write, tell."""
    request.check()
    loaded = load(request.scenario, request.overrides)
    source = read_source(request.history, loaded, request.mapping)
    seen, unseen = split_days(source, request.until, request.hold_out)
    told_directly = source.seen(seen)
    direct = None if told_directly is None else estimate_all(told_directly)
    box = read_parameters(request.parameters) if request.parameters else usual_parameters(loaded.resolved)
    found = fit(
        problem_of(source, request.scenario, request.overrides, seen, box, request.seed),
        request.runs,
        request.workers or os.cpu_count() or 1,
        request.quick,
    )
    out = Path(request.out)
    base = request.scenario if not Path(request.scenario).is_file() else str(Path(request.scenario).resolve())
    write_scenario(found, base, source.name, out)
    write_posterior(found, posterior_path(out))
    forecast = held_out(found, source, request, unseen or seen, box)
    page = page_path(out)
    shown = validation(found, forecast, source, seen, bool(unseen), direct)
    page.write_text(page_html(shown), encoding="utf-8")
    stored_path(out).write_text(stored(shown).model_dump_json() + "\n", encoding="utf-8")
    to_tell = forecast if unseen else None
    told = fit_as_json(found, to_tell) | {"history": source.name, "days": len(seen), "held_out_days": len(unseen)}
    if direct is not None:
        told["direct"] = direct.table().to_dict("records")
    if request.as_json:
        print(as_json(told))
    else:
        console = wide_console(piped_width)
        for table in direct.rich_tables() if direct is not None else ():
            console.print(table)
        show(found, to_tell, console)
        console.print(f"Written: {out}, {posterior_path(out)}, {page}, {stored_path(out)}")
    return told


def split_days(source: Source, until: str | None, hold_out: str | None) -> tuple[list[str], list[str]]:
    """Days to fit, and days to forecast."""
    dates = list(source.recorded.dates)
    if until is not None:
        last = parse_dates(until)[0].isoformat()
        return [date for date in dates if date <= last], [date for date in dates if date > last]
    held = set() if hold_out is None else {date.isoformat() for date in parse_dates(hold_out)}
    if hold_out is not None and not held & set(dates):
        raise InputError(f"--hold-out is {hold_out!r}, must name days from {dates[0]} to {dates[-1]}")
    return [date for date in dates if date not in held], [date for date in dates if date in held]


def held_out(found: Fit, source: Source, request: CalibrationRequest, unseen: Sequence[str], box: Box) -> HeldOut:
    """Days that the fit has not seen, forecast with draws of the posterior."""
    problem = problem_of(source, request.scenario, request.overrides, unseen, box, request.seed)
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
    direct: Estimates | None = None,
) -> Validation:
    """What the page shows: the forecast beside the formulas, the fit, the state of the files."""
    beside = formulas(source.recorded.days(seen), forecast.recorded)
    quality = None if source.history is None else source.history.quality
    return Validation(source.name, [forecast, *beside], found, quality, is_held_out, direct)


def fit_as_json(found: Fit, forecast: HeldOut | None = None) -> dict[str, Any]:
    """The whole report as plain values."""
    told: dict[str, Any] = {
        "method": found.method,
        "runs": found.n_runs,
        "seconds": round(found.seconds, 1),
        "parameters": [
            {"name": e.name, "title": e.title, "estimate": e.value, "low": e.low, "high": e.high, "se": e.se,
             "contraction": e.contraction, "identified": e.is_identified}
            for e in found.estimates
        ],
        "correlations": [{"pair": [a, b], "correlation": r} for a, b, r in found.correlations],
        "directions": [{"size": size, "parameter": name} for size, name in found.directions],
        "profiles": {name: [list(point) for point in curve] for name, curve in found.profiles.items()},
        "chi2": found.chi2,
        "degrees_of_freedom": found.n_free,
        "widening": found.widening,
        "worst_summaries": [{"summary": name, "deviations": left} for name, left in found.worst],
    }  # fmt: skip
    if forecast is not None:
        told["held_out"] = forecast.as_dict() | {"recorded": recorded_overall(forecast.recorded)}
    return told


def show(found: Fit, forecast: HeldOut | None, console: Console) -> None:
    """Tables for a reader."""
    table = Table(box=boxes.SIMPLE_HEAD, pad_edge=False, title="Fitted parameters", title_justify="left")
    for header in ("parameter", "estimate", "90 % interval", "contraction", ""):
        table.add_column(header, justify="left" if header in ("parameter", "") else "right")
    for e in found.estimates:
        interval = f"{e.low:.4g} to {e.high:.4g}"
        table.add_row(e.name, f"{e.value:.4g}", interval, f"{e.contraction:.2f}", e.remark)
    console.print(table)
    for parameter in found.problem.box.parameters:
        if parameter.title:
            console.print(f"  {parameter.name}: {parameter.title}")
    console.print(f"\n{found.n_runs} runs, {found.seconds:.0f} s ({found.method})")
    for a, b, r in found.correlations:
        console.print(f"{a} and {b} trade off (correlation {r:+.2f}): another datum on either would separate them")
    if found.widening > 1:
        console.print(
            f"The model misses the data by more than the noise of one run (chi2 {found.chi2:.0f} of {found.n_free} "
            f"degrees of freedom): intervals are {found.widening**0.5:.1f} times as wide for it."
        )
    worst = ", ".join(f"{name} ({left:+.1f} sd)" for name, left in found.worst)
    console.print(f"Worst met: {worst}")
    if forecast is not None:
        console.print(_held_out_table(forecast))


def _held_out_table(forecast: HeldOut) -> Table:
    n = len(forecast.recorded.dates)
    table = Table(box=boxes.SIMPLE_HEAD, pad_edge=False, title=f"{n} days held out", title_justify="left")
    for header in ("", "recorded", "simulated", "half hours in 50 % band", "in 90 % band", "days in 90 % band", "CRPS"):
        table.add_column(header, justify="left" if not header else "right")
    recorded, simulated, scores = recorded_overall(forecast.recorded), forecast.overall(), forecast.scores()
    for kpi in KPIS:
        halves, days = scores[kpi]["half hours"], scores[kpi]["days"]
        table.add_row(
            kpi, f"{recorded[kpi]:.1f}", f"{simulated[kpi]:.1f}", f"{halves.coverage[0.5]:.0%}",
            f"{halves.coverage[0.9]:.0%}", f"{days.coverage[0.9]:.0%}", f"{halves.crps:.2f}",
        )  # fmt: skip
    return table
