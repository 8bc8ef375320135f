"""The proof on real data: fit January to May 1999 of the anonymous bank, forecast June and July, show all errors.

    python -m calibration.proof.bank [--mode log|intervals] [--raw DIR] [--runs 440] [--members 60] [--score]

What the forecast is given of the unseen months: arrivals and presence, by name where there is a log (presence tells the
level of work, see `calibration.operators`). Without `--score` the unseen months are not looked at: the same scores are
given of the months of the fit. `--until` ends what is known earlier, to try a choice on months of the fit alone.
"""

import argparse
import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from calibration import bank
from calibration.bank_days import log_tables
from calibration.fit.fit import RUNS, Fit, fit
from calibration.fit.parameters import Box, read_parameters
from calibration.fit.record import Record, record_of
from calibration.fit.simulator import Problem
from calibration.laws import known_laws, with_laws
from calibration.operators import KNOWN_UNTIL
from calibration.proof.baselines import formulas
from calibration.proof.heldout import HeldOut, table
from twin.errors import InputError
from twin.scenario.demand_schema import Trace
from twin.scenario.load import load
from twin.trace import TraceTables

HERE = Path(__file__).parent
MODES = ("log", "intervals")
MEMBERS = 60
FULL_DAY = 1000  # [calls] offered, and a day from Sunday to Thursday: the days of README and of the fit
FIT, UNSEEN = ("1999-01-01", "1999-05-31"), ("1999-06-01", "1999-07-31")
ODD_CALLS, ODD_TALK = 25, 70.0  # [calls], [s] of mean talk
FORECAST_FROM = 500_000  # [replication]
DRIFT = {"log": 0.106, "intervals": 0.079}
"""Error of the expected level of work (SD of its logarithm) that a month's days share, as of the second scoring.

`calibration.proof.rolling`: who is there (now 0.091 of it); of half hours it agrees with the log's talks by type and
hour. Half hours alone, whose mix of types moves, too, give 0.109; another spread would be another scoring."""
DAY = {"log": 0.039, "intervals": 0.052}
"""The same of single days, the chance of few talks taken out; from half hours alone 0.065."""


@dataclass(frozen=True)
class Case:
    """A mode's scenario with what it replays, for given days."""

    resolved: dict[str, Any]
    tables: TraceTables
    recorded: Record
    box: Box


def full_days(folder: Path, first: str, last: str) -> list[str]:
    """Normal weekdays: Sunday to Thursday with a full day's calls; not the day of the surge."""
    offered = bank.read_intervals(folder).groupby("date")["offered"].sum()
    weekday = pd.to_datetime(offered.index).dayofweek
    chosen = offered[(offered > FULL_DAY) & weekday.isin([6, 0, 1, 2, 3])]
    return [str(date) for date in chosen.index if first <= date <= last and date != bank.SURGE_DAY]


def odd_days(record: Record) -> list[str]:
    """Days with a half hour of many but very short calls, as on the day of the surge: callers of another kind."""
    with np.errstate(invalid="ignore", divide="ignore"):
        talk = record.handle_s / record.answered
    is_odd = ((record.answered >= ODD_CALLS) & (talk < ODD_TALK)).any(axis=1)
    return [date for date, odd in zip(record.dates, is_odd, strict=True) if odd]


def recorded_of(folder: Path, dates: Sequence[str]) -> Record:
    """Half hours of the main group as reported."""
    given = bank.read_intervals(folder, dates)
    known = given["served_n"].where(given["served_n"] > 0)
    talk = (given["service_sum_s"] / known * given["answered"]).fillna(0.0)
    columns = {
        "wait_s": given["wait_sum_answered_s"] + given["wait_sum_abandoned_s"],
        "in_time": given["answered_20s"],
        "handle_s": talk,
        "operators": given["agents_on_s"] / bank.INTERVAL,
    }
    return record_of(given.assign(**columns))


def log_case(folder: Path, dates: Sequence[str], until: str = KNOWN_UNTIL) -> Case:
    """From the call log: the library's scenario, laws estimated call by call, operators one by one."""
    listed = ", ".join(f'"{date}"' for date in dates)
    loaded = load("bank-1999", [f"run.days={len(dates)}", f"demand.dates=[{listed}]"])
    trace = loaded.scenario.demand
    assert isinstance(trace, Trace)
    tables = log_tables(trace, folder, until)
    resolved = loaded.resolved if until == KNOWN_UNTIL else with_laws(loaded.resolved, known_laws(folder, until))
    return Case(resolved, tables, recorded_of(folder, dates), read_parameters(HERE / "bank-log.toml"))


def interval_case(folder: Path, dates: Sequence[str], until: str = KNOWN_UNTIL) -> Case:
    """From half hours alone, as if there were no call log: one kind of call, the mean talk of each hour."""
    recorded = recorded_of(folder, dates)
    told = recorded_of(folder, full_days(folder, FIT[0], until))
    talked, answered = (values.sum(axis=0).reshape(24, 2).sum(axis=1) for values in (told.handle_s, told.answered))
    talk = np.divide(talked, answered, out=np.full(24, np.nan), where=answered > 0)  # nobody is there at night
    mean = told.total("handle_s") / told.total("answered")
    factors = [round(float(talk[hour] / mean), 3) for hour in range(6, 24)]
    listed = ", ".join(f'"{date}"' for date in dates)
    loaded = load(
        HERE / "bank-intervals.toml",
        [
            f"run.days={len(dates)}",
            f"demand.dates=[{listed}]",
            f'intents.calls.talk.mean="{mean:.1f} s"',
            f"intents.calls.talk_factors={factors}",
        ],
    )
    rows = bank.read_intervals(folder, dates)
    arrivals = rows.loc[rows["offered"] > 0, ["date", "start_s", "offered"]].reset_index(drop=True)
    levels = pd.DataFrame({"date": list(dates), "talk": talk_levels(recorded, talk, until)})
    tables = TraceTables(arrivals, bank.read_staffing(folder, dates), bank.recorded_kpis(folder, dates), levels)
    return Case(loaded.resolved, tables, recorded, read_parameters(HERE / "bank-intervals-parameters.toml"))


def talk_levels(recorded: Record, talk: np.ndarray, until: str) -> np.ndarray:
    """Talk of each day over the usual `talk` of the same hours (24); 1 after `until`, where it is not known."""
    usual = (recorded.answered * np.nan_to_num(np.repeat(talk, 2))).sum(axis=1)
    found = recorded.handle_s.sum(axis=1) / usual
    return np.where(np.array(recorded.dates) <= until, found, 1.0)


CASES = {"log": log_case, "intervals": interval_case}


def forecast(case: Case, fitted: Fit, mode: str, members: int) -> HeldOut:
    """Runs with draws from the posterior; in each, the level of work is off by what months and days may bring."""
    return simulated(case, fitted.problem.box, fitted.drawn(members), (DRIFT[mode], DAY[mode]))


def simulated(case: Case, box: Box, points: np.ndarray, spread: tuple[float, float]) -> HeldOut:
    """The same for draws (members, parameters) in the box's coordinate; `spread`: of months, of days."""
    members = len(points)
    rng = np.random.default_rng(5)
    months = norm.ppf(rng.permutation((np.arange(members) + 0.5) / members))
    days = rng.standard_normal((members, len(case.recorded.dates)))
    assert case.tables.talk_levels is not None
    expected = case.tables.talk_levels["talk"].to_numpy(float)
    records = []
    for i, z in enumerate(points):
        levels = expected * np.exp(spread[0] * months[i] + spread[1] * days[i])
        tables = replace(case.tables, talk_levels=case.tables.talk_levels.assign(talk=levels))
        problem = Problem(case.resolved, box, case.recorded, tables)
        records.append(problem.record(z, FORECAST_FROM + i))
    return HeldOut("ours", records, case.recorded)


def prove(
    folder: Path,
    mode: str,
    runs: int = RUNS,
    members: int = MEMBERS,
    workers: int = 1,
    unseen: bool = False,
    kept: Path | None = None,
    every: int = 1,
    until: str = KNOWN_UNTIL,
) -> tuple[Fit, list[HeldOut]]:
    """Fit the seen months; forecast the unseen ones, or the seen ones again. `kept`: file of a fit, read or written.

    `every`: the fit takes every n-th of the seen days. With `until` before May's end the months after it, up to May,
    stand for the unseen ones.
    """
    days = full_days(folder, FIT[0], FIT[1])
    odd = odd_days(recorded_of(folder, days))
    kept_days = [date for date in days if date not in odd]
    seen = CASES[mode](folder, [date for date in kept_days if date <= until][::every], until)
    if kept is not None and kept.exists():
        fitted = pickle.loads(kept.read_bytes())
    else:
        fitted = fit(Problem(seen.resolved, seen.box, seen.recorded, seen.tables), runs, workers)
        if kept is not None:
            kept.write_bytes(pickle.dumps(fitted))
    later = full_days(folder, *UNSEEN) if unseen else [date for date in kept_days if date > until]
    asked = CASES[mode](folder, later, until) if later else seen
    found = forecast(asked, fitted, mode, members)
    return fitted, [replace(found, name=f"ours, {mode}"), *formulas(seen.recorded, asked.recorded)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: fit, forecast, print and write the scores."""
    parser = argparse.ArgumentParser(prog="python -m calibration.proof.bank", description=prove.__doc__)
    parser.add_argument("--mode", choices=MODES, default="log")
    parser.add_argument("--raw", help="folder with calls-1999-MM.csv.gz (default: TWIN_DATA, ../shared)")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--score", action="store_true", help="the unseen months, June and July")
    parser.add_argument("--kept", type=Path, help="file of a fit, to forecast again without fitting; written if absent")
    parser.add_argument("--every", type=int, default=1, help="the fit takes every n-th of the seen days")
    parser.add_argument(
        "--until", default=KNOWN_UNTIL, help="what is known ends here; later days of the fit are forecast"
    )
    parser.add_argument("--out", type=Path, help="JSON file of the scores")
    options = parser.parse_args(arguments)
    folder = bank.find_raw(options.raw)
    if folder is None:
        raise InputError(f"no calls-1999-MM.csv.gz in {options.raw or 'TWIN_DATA or ' + str(bank.FOLDER)}")
    fitted, forecasts = prove(
        folder, options.mode, options.runs, options.members, options.workers, options.score, options.kept,
        options.every, options.until,
    )  # fmt: skip
    for estimate in fitted.estimates:
        print(f"{estimate.name:16} {estimate.value:9.3f}  {estimate.low:9.3f} to {estimate.high:9.3f}  "
              f"contraction {estimate.contraction:.2f}  {estimate.remark}")  # fmt: skip
    print(f"{fitted.n_runs} runs, {fitted.seconds:.0f} s, chi2 {fitted.chi2:.0f} of {fitted.n_free}; "
          f"{fitted.correlations} {fitted.directions} {fitted.worst}")  # fmt: skip
    print(table(forecasts[0].recorded, forecasts).round(2).to_string())
    if options.out is not None:
        found = {forecast.name: forecast.as_dict() for forecast in forecasts}
        told = {"mode": options.mode, "unseen": options.score, "forecasts": found,
                "parameters": {e.name: [e.value, e.low, e.high, e.contraction] for e in fitted.estimates}}  # fmt: skip
        options.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
