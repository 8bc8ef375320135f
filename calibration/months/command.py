"""`twin calibrate` where history holds months alone, or where published figures stand in its place."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich import box as boxes
from rich.table import Table

from calibration.fit.direct import read_directly, write_start
from calibration.fit.files import page_path, posterior_path, write_posterior, write_scenario
from calibration.fit.fit import Fit, fit
from calibration.fit.journal import Journal, runs_path
from calibration.fit.parameters import Box, read_parameters
from calibration.fit.screen import fit_as_dict, print_fit
from calibration.fit.simulator import Simulator, check_ends, within_scenario
from calibration.history.tables import History
from calibration.months.forecast import FORECAST_FROM, MonthForecast, all_months, forecasts
from calibration.months.page import MonthValidation, months_page
from calibration.months.parameters import usual_monthly
from calibration.months.problem import Target, TargetProblem, month_problem
from calibration.months.record import MONTH_KPIS, MonthRecord, days_of, recorded_months
from calibration.months.shown import MonthsShown
from calibration.months.targets import read_targets
from calibration.proof.stored import stored_months, stored_path
from twin.console import wide_console
from twin.errors import InputError
from twin.kpi import KPIS
from twin.output import as_json
from twin.scenario.load import Loaded, load
from twin.scenario.provenance import dotted
from twin.trace import parse_dates

MEMBERS = 40


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    history: str
    scenario: str
    overrides: Sequence[str]
    parameters: str | None
    until: str | None
    hold_out: str | None
    runs: int
    seed: int
    out: Path
    workers: int
    quick: bool
    as_json: bool

    @property
    def base(self) -> str:
        """The scenario as a file elsewhere extends it."""
        return self.scenario if not Path(self.scenario).is_file() else str(Path(self.scenario).resolve())


def calibrate_months(asked: Asked, loaded: Loaded, history: History, width: int) -> dict[str, Any]:
    """Fit the first months, forecast the others, write, tell."""
    if asked.hold_out is not None:
        raise InputError("--hold-out names days, a history of months is split by --until")
    assert history.months is not None
    name, everything = Path(asked.history).name, recorded_months(history.months)
    seen = months_until(everything.months, asked.until)
    told = history.months[history.months["month"].dt.strftime("%Y-%m").isin(seen)]
    direct = read_directly(History(months=told, quality=history.quality), asked.base, asked.overrides, loaded)
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / asked.out.name
        write_start(direct, asked.base, name, start)
        resolved = load(start, asked.overrides).resolved
    recorded = everything.of(seen)
    box = _box(asked, resolved, recorded)
    problem, mute = month_problem(resolved, box, recorded, asked.seed)
    found = fit(problem, asked.runs, asked.workers, asked.quick, runs_path(asked.out))
    everything = MonthRecord(
        everything.months, {kpi: everything.values[kpi] for kpi in problem.recorded.values}, everything.within_s
    )
    ahead = forecasts(found, everything, seen, MEMBERS) if len(seen) < len(everything.months) else []
    shown = all_months(found, problem, everything, MEMBERS, asked.workers)
    write_scenario(found, asked.base, name, asked.out, direct, asked.overrides)
    write_posterior(found, posterior_path(asked.out))
    months = MonthsShown(shown, ahead, list(problem.recorded.values), mute).told()
    page = MonthValidation(name, found, months, direct, history.quality)
    page_path(asked.out).write_text(months_page(page), encoding="utf-8")
    stored_path(asked.out).write_text(stored_months(page).model_dump_json() + "\n", encoding="utf-8")
    runs_path(asked.out).unlink(missing_ok=True)
    result = fit_as_dict(found) | {
        "history": name, "months": list(seen), "not_told_by_the_scenario": mute,
        "held_out": {forecast.name: forecast.as_dict() for forecast in ahead},
        "written_directly": {
            topic: [dotted(setting.path) for setting in settings] for topic, settings in direct.topics.items()
        },
    }  # fmt: skip
    if asked.as_json:
        print(as_json(result))
        return result
    console = wide_console(width)
    for table in direct.estimates.rich_tables():
        console.print(table)
    console.print("\n".join(direct.sentences()), markup=False)
    print_fit(found, console)
    if mute:
        console.print(f"The scenario does not tell: {', '.join(MONTH_KPIS[kpi].title for kpi in mute)}")
    if ahead:
        console.print(forecast_table(ahead))
    written = (asked.out, posterior_path(asked.out), page_path(asked.out), stored_path(asked.out))
    console.print(f"Written: {', '.join(map(str, written))}")
    return result


def months_until(months: Sequence[str], until: str | None) -> list[str]:
    """Months that are over on the day."""
    if until is None:
        return list(months)
    last = parse_dates(until, "--until")[0].isoformat()
    seen = [month for month in months if f"{month}-{days_of(month):02d}" <= last]
    if not seen:
        raise InputError(f"--until is {until}, must be the end of {months[0]} or later")
    return seen


def forecast_table(ahead: Sequence[MonthForecast]) -> Table:
    """Months held out, each KPI's forecast beside the recorded."""
    months = ahead[0].recorded.months
    table = Table(box=boxes.SIMPLE_HEAD, pad_edge=False, title="Months held out: forecast (recorded)",
                  title_justify="left")  # fmt: skip
    for header in ("", *months, "mean error", "CRPS", "in 90 % band"):
        table.add_column(header, justify="left" if not header else "right")
    for kpi in ahead[0].recorded.values:
        for forecast in ahead:
            members, recorded = forecast.values(kpi)
            one = forecast.scores()[kpi]
            cells = [f"{middle:.4g} ({seen:.4g})" for middle, seen in zip(members.mean(axis=0), recorded, strict=True)]
            inside = f"{one.coverage[0.9]:.0%}" if one.coverage else ""
            error = forecast.mean_errors()[kpi]
            table.add_row(f"{kpi}, {forecast.name}", *cells, f"{error:.3g}", f"{one.crps:.3g}", inside)
    return table


def _box(asked: Asked, resolved: Mapping[str, Any], recorded: MonthRecord) -> Box:
    """The parameters named, or the usual ones, as far as the scenario allows."""
    if asked.parameters is None:
        return within_scenario(resolved, usual_monthly(resolved, list(recorded.values)))
    box = read_parameters(asked.parameters)
    check_ends(resolved, box)
    return box


# ---- published figures ------------------------------------------------------------------------------------------


def calibrate_targets(asked: Asked, loaded: Loaded, width: int) -> dict[str, Any]:
    """Fit a scenario to published figures; there is nothing to hold out."""
    if asked.until is not None or asked.hold_out is not None:
        raise InputError("--until and --hold-out split a history, published figures have no days")
    if asked.parameters is None:
        raise InputError(f"{asked.history} holds published figures: --parameters must say what is to be fitted to them")
    targets, box = read_targets(asked.history), read_parameters(asked.parameters)
    check_ends(loaded.resolved, box)
    problem = TargetProblem(loaded.resolved, box, targets, asked.seed)
    found = fit(problem, asked.runs, asked.workers, asked.quick, runs_path(asked.out))
    met = check_targets(found, targets, asked.workers, runs_path(asked.out))
    write_scenario(found, asked.base, Path(asked.history).name, asked.out, None, asked.overrides)
    write_posterior(found, posterior_path(asked.out))
    runs_path(asked.out).unlink(missing_ok=True)
    result = fit_as_dict(found) | {"targets": met}
    if asked.as_json:
        print(as_json(result))
        return result
    console = wide_console(width)
    print_fit(found, console)
    console.print(_target_table(met))
    console.print(f"Written: {asked.out}, {posterior_path(asked.out)}")
    return result


def check_targets(found: Fit, targets: Sequence[Target], workers: int, kept: Path) -> list[dict[str, Any]]:
    """What the scenario shows with new luck: at the medians, and over draws of the posterior."""
    problem = found.problem
    box: Box = problem.box
    middle = box.points(found.values.tolist())
    journal = Journal(kept, problem)
    with closing(journal), Simulator(problem, workers, journal) as simulator:
        at_medians = simulator(np.tile(middle, (4, 1)), range(FORECAST_FROM, FORECAST_FROM + 4)).mean(axis=0)
        drawn = simulator(found.drawn(MEMBERS), range(FORECAST_FROM, FORECAST_FROM + MEMBERS))
    return [
        {
            "kpi": target.kpi, "target": target.value, "sd": target.sd, "at_medians": float(at_medians[i]),
            "low": float(np.quantile(drawn[:, i], 0.05)), "high": float(np.quantile(drawn[:, i], 0.95)),
        }
        for i, target in enumerate(targets)
    ]  # fmt: skip


def _target_table(met: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=boxes.SIMPLE_HEAD, pad_edge=False, title="Published figures", title_justify="left")
    for header in ("", "published", "within", "simulated", "90 % of the draws"):
        table.add_column(header, justify="left" if not header else "right")
    for row in met:
        low, high = f"{row['low']:.4g}", f"{row['high']:.4g}"
        title = KPIS[row["kpi"]].title if hasattr(KPIS[row["kpi"]], "title") else row["kpi"]
        table.add_row(
            title, f"{row['target']:.4g}", f"± {row['sd']:.2g}", f"{row['at_medians']:.4g}", f"{low} to {high}"
        )
    return table
