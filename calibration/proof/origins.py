"""Whole forecasts tried inside January to May: fitted up to an origin, the months after it forecast and scored.

    python -m calibration.proof.origins [--raw DIR] [--mode log|intervals] [--runs 240] [--members 40] [--out FILE]

At an origin nothing later is known: not the laws of talk and patience (`calibration.laws`), not who takes which calls,
not the level of work. Beside the level that is told stands the one that was then recorded: what is missed with it is no
matter of the level. Nothing of June and July goes in.
"""

import argparse
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration import bank
from calibration.fit.fit import Fit, fit
from calibration.fit.simulator import Problem
from calibration.operators import known_crew, presence
from calibration.proof.bank import CASES, DAY, DRIFT, MODES, Case, simulated
from calibration.proof.heldout import HeldOut, recorded_overall
from calibration.proof.kpis import KPIS
from calibration.proof.pace import paces_of
from calibration.proof.rolling import ORIGINS, normal_days, talk_of, units
from twin.errors import InputError

FITTED_DAYS = 23  # about as many, evenly chosen, are fitted
RULES = ("told", "usual", "recorded")
"""Level of the days to come: as told by who is there (from half hours it is 1), that of all days before, and as it was
then recorded, without error."""
PACE = "pace"
"""From the log, when asked for: told by who is there and how all have lately worked (`calibration.proof.pace`)."""


def usual_rules(mode: str) -> tuple[str, ...]:
    """Those that are tried unless asked for; from half hours the usual level is the one told."""
    return RULES if mode == "log" else tuple(rule for rule in RULES if rule != "usual")


def levels_by(rule: str, told: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """Levels of days by a rule of RULES."""
    return {"told": told, "usual": np.ones_like(told), "recorded": recorded}[rule]


def pace_levels(folder: Path, dates: Sequence[str], until: str) -> np.ndarray:
    """Levels of days after an origin by who is there and how all operators have lately worked."""
    present = presence(bank.read_calls(folder, dates))
    return paces_of(known_crew(folder, until)).expected(present).reindex(list(dates)).to_numpy(float)


def recorded_levels(folder: Path, mode: str, dates: Sequence[str], until: str) -> np.ndarray:
    """Level of work of the days as it then was, over what was usual up to `until`."""
    if mode == "intervals":
        days = [*[date for date in normal_days(folder) if date <= until], *dates]
        talk = talk_of(folder, days)
        return np.array(talk[list(dates)] / talk[[date for date in days if date <= until]].mean())
    latest = known_crew(folder)
    before = [date for date in normal_days(folder) if date <= until]
    return np.array(latest.recorded(dates) / units(latest, known_crew(folder, until), before))


def fitted_at(folder: Path, mode: str, until: str, runs: int, kept: Path | None = None) -> Fit:
    """Fit of days up to an origin; `kept`: folder of fits, read or written."""
    file = None if kept is None else kept / f"{mode}-{until}.pickle"
    if file is not None and file.exists():
        found: Fit = pickle.loads(file.read_bytes())
        return found
    days = [date for date in normal_days(folder) if date <= until]
    case = CASES[mode](folder, days[:: max(round(len(days) / FITTED_DAYS), 1)], until)
    found = fit(Problem(case.resolved, case.box, case.recorded, case.tables), runs)
    if file is not None:
        file.write_bytes(pickle.dumps(found))
    return found


def forecasts_from(
    folder: Path, mode: str, until: str, months: Sequence[str], fitted: Fit, members: int, rules: Sequence[str] = RULES
) -> dict[tuple[str, str], HeldOut]:
    """By (month, rule)."""
    days = [date for date in normal_days(folder) if date[5:7] in months]
    case = CASES[mode](folder, days, until)
    assert case.tables.talk_levels is not None
    told = case.tables.talk_levels["talk"].to_numpy(float)
    then = recorded_levels(folder, mode, days, until)
    found = {}
    for rule in rules:
        by_rule = pace_levels(folder, days, until) if rule == PACE else levels_by(rule, told, then)
        levels = case.tables.talk_levels.assign(talk=by_rule)
        asked = Case(case.resolved, replace(case.tables, talk_levels=levels), case.recorded, case.box)
        spread = (0.0, 0.0) if rule == "recorded" else (DRIFT[mode], DAY[mode])
        whole = simulated(asked, fitted.problem.box, fitted.drawn(members), spread)
        for month in months:
            own = [date for date in days if date[5:7] == month]
            parts = [member.days(own) for member in whole.members]
            found[month, rule] = HeldOut(rule, parts, case.recorded.days(own))
    return found


def row_of(forecast: HeldOut) -> dict[str, float]:
    """Errors of all days together, CRPS of days and half hours, bands of half hours."""
    ours, truth, row = forecast.overall(), recorded_overall(forecast.recorded), {}
    scores = forecast.scores()
    for kpi in KPIS:
        row[f"{kpi}: recorded"], row[f"{kpi}: error"] = truth[kpi], ours[kpi] - truth[kpi]
        for by in ("days", "half hours"):
            row[f"{kpi}: CRPS, {by}"] = scores[kpi][by].crps
        for level, share in scores[kpi]["half hours"].coverage.items():
            row[f"{kpi}: in {level:.0%} band"] = share
    return row | {"days within 4 points": forecast.close_days()}


def tried(
    folder: Path, mode: str, runs: int, members: int, rules: Sequence[str] = RULES, kept: Path | None = None
) -> pd.DataFrame:
    """A row an origin, a month after it and a rule."""
    months: dict[str, list[str]] = {}
    for until, month in ORIGINS:
        months.setdefault(until, []).append(month)
    rows: list[Mapping[str, Any]] = []
    for until, asked in months.items():
        fitted = fitted_at(folder, mode, until, runs, kept)
        for (month, rule), found in forecasts_from(folder, mode, until, asked, fitted, members, rules).items():
            rows.append({"mode": mode, "until": until, "month": month, "rule": rule} | row_of(found))
    return pd.DataFrame(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: print the scores, their means by rule below."""
    parser = argparse.ArgumentParser(prog="python -m calibration.proof.origins", description=tried.__doc__)
    parser.add_argument("--raw", help="folder with calls-1999-MM.csv.gz (default: TWIN_DATA, ../shared)")
    parser.add_argument("--mode", choices=MODES, default="log")
    parser.add_argument("--runs", type=int, default=240)
    parser.add_argument("--members", type=int, default=40)
    parser.add_argument(
        "--rules", nargs="+", choices=(*RULES, PACE), help="all but pace; of half hours usual is the one told"
    )
    parser.add_argument("--kept", type=Path, help="folder of fits, read or written")
    parser.add_argument("--out", type=Path, help="JSON file of the scores")
    options = parser.parse_args(arguments)
    folder = bank.find_raw(options.raw)
    if folder is None:
        raise InputError("no calls-1999-MM.csv.gz in --raw, TWIN_DATA or ../shared")
    rules = options.rules or usual_rules(options.mode)
    if PACE in rules and options.mode != "log":
        raise InputError(f"--rules {PACE} needs single calls: --mode log, not {options.mode}")
    found = tried(folder, options.mode, options.runs, options.members, rules, options.kept)
    print(found.drop(columns="mode").set_index(["until", "month", "rule"]).T.round(3).to_string())
    print(found.drop(columns=["mode", "until", "month"]).groupby("rule").mean().T.round(3).to_string())
    if options.out is not None:
        options.out.write_text(json.dumps(found.round(4).to_dict("records"), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
