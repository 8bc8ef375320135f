"""The tracked day on real days: the anonymous bank's June and July 1999, at 10:00, 12:00 and 15:00.

    python -m calibration.track.proof [--raw DIR] [--members 30] [--every 3] [--score]

Rates, planned operators and the settings of the tracking come from weekdays of January to May; `--settings` shows how
they were chosen, on April and May. Each forecast of the rest of the day stands beside the same twin without what the
day has shown, and beside the usual rest of such a weekday times how the day so far compares (seasonal naive). Without
`--score` days of April and May are scored.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration import bank
from calibration.estimate.arrivals import fit_arrivals
from calibration.history.reader import read_history
from calibration.proof.scores import crps, inside, pit
from calibration.track.actions import actions_for
from calibration.track.forecast import kpis_of
from calibration.track.level import Level
from calibration.track.members import Trial, first_members, run_trials
from calibration.track.today import MEASURES, OPERATORS, Today, plan_and_today
from calibration.track.track import Settings, track
from twin.output import write_files
from twin.scenario.days import WEEKDAYS
from twin.scenario.files import data_file
from twin.scenario.load import load_scenario
from twin.scenario.schema import Scenario

HERE = Path(__file__).parent
CLOCKS = (10, 12, 15)  # [h]
TRAINED, TUNED, SCORED = ("1999-01-01", "1999-05-31"), ("1999-04-01", "1999-05-31"), ("1999-06-01", "1999-07-31")
FULL_DAY = 1000  # [calls] offered
LENGTH = 1800
MIX_DAYS = ("1999-02-28", "1999-05-31")  # shipped days of the months of the fit: their mix of calls
KPIS = {"offered": 1.0, "abandonment_share": 100.0, "mean_wait": 1.0, "sl20": 100.0}
FLAT = HERE / "bank-flat.toml"  # half hours do not say who takes which calls: all operators take all
METHODS = ("tracked", "not updated", "naive by ratio")


@dataclass(frozen=True)
class Centre:
    """What is known of the bank before a day begins."""

    intervals: pd.DataFrame
    """All half hours of the main group, as `calibration.history` reads them."""
    days: list[pd.Timestamp]
    """Full days from Sunday to Thursday, the day of the surge left out."""

    @classmethod
    def read(cls, folder: Path) -> "Centre":
        history = read_history([str(folder / "intervals-30min.csv.gz")], "anonymous-bank-1999-intervals")
        assert history.intervals is not None
        table = history.intervals[history.intervals["queue"] == "main"].assign(type="")
        offered = table.groupby("date")["offered"].sum()
        dates = pd.DatetimeIndex(offered.index)
        full = dates[(offered > FULL_DAY) & dates.weekday.isin([6, 0, 1, 2, 3])]
        return cls(table, [day for day in full if f"{day:%Y-%m-%d}" != bank.SURGE_DAY])

    def between(self, first: str, last: str) -> list[pd.Timestamp]:
        return [day for day in self.days if first <= f"{day:%Y-%m-%d}" <= last]

    def grid(self, days: Sequence[pd.Timestamp]) -> np.ndarray:
        """float64 (days, half hours, MEASURES)."""
        rows = self.intervals[self.intervals["date"].isin(list(days))]
        place = pd.MultiIndex.from_product([list(days), range(0, 86400, LENGTH)], names=["date", "start_s"])
        rows = rows.set_index(["date", "start_s"]).reindex(place).fillna(0.0)
        waits = rows["wait_answered_s"] + rows["wait_abandoned_s"]
        columns = [rows["offered"], rows["answered"], rows["abandoned"], waits, rows["answered_in_time"],
                   rows["operators"], rows["wait_answered_s"], rows["answered_in_time"]]  # fmt: skip
        return np.stack([column.to_numpy(float) for column in columns], axis=-1).reshape(len(days), -1, len(MEASURES))


def planned(centre: Centre, weekday: int, days: Sequence[pd.Timestamp]) -> np.ndarray:
    """Mean operators by half hour of such weekdays."""
    return centre.grid([day for day in days if day.weekday() == weekday])[:, :, OPERATORS].mean(axis=0)


def day_scenario(centre: Centre, weekday: int, trained: Sequence[pd.Timestamp]) -> Scenario:
    """The bank as one pool, at rates: arrivals and planned operators of such weekdays of the months trained."""
    found = fit_arrivals(
        centre.intervals[centre.intervals["date"].isin(list(trained))], unusual=[], hours=(21600, 86400)
    )
    shares = found.profiles[weekday].shares * found.days.level.value * found.days.weekdays[WEEKDAYS[weekday]].value
    noise = found.noise
    heads = planned(centre, weekday, trained)[12:].reshape(-1, 2).mean(axis=1)
    hours = shares.reshape(-1, 2).sum(axis=1)  # the scenario's talk factors count by the hour
    return load_scenario(
        FLAT,
        {
            "demand": {
                "kind": "rates",
                "period": "1 h",
                "rates": {
                    intent: [f"{mix * one / 3600:.6g} /s" for one in hours] for intent, mix in mix_of_calls().items()
                },
                "noise": {
                    "day_cv": noise.day_cv.value,
                    "interval_cv": noise.interval_cv.value,
                    "interval_correlation": min(noise.interval_correlation.value, 0.99),
                },
            },
            "groups.operators.head_count": [round(one) for one in heads],
            "groups.operators.count": max(round(one) for one in heads),
        },
    )


def mix_of_calls() -> dict[str, float]:
    """Share of each intent, from the shipped days of the months trained."""
    trace = load_scenario(FLAT).demand
    table = pd.read_csv(data_file(trace.file))  # type: ignore[union-attr]
    table = table[table["date"].isin(MIX_DAYS)]
    found: dict[str, float] = {}
    for name, n in table.groupby(table["type"] + "/" + table["priority"])["offered"].sum().items():
        parts = trace.split.get(str(name)) or {trace.intents[str(name)]: 1.0}  # type: ignore[union-attr]
        for intent, share in parts.items():
            found[intent] = found.get(intent, 0.0) + share * float(n)
    total = sum(found.values())
    return {intent: n / total for intent, n in found.items()}


def measured_settings(centre: Centre, trained: Sequence[pd.Timestamp], tuned: Sequence[pd.Timestamp]) -> dict[str, Any]:
    """How far operators missing at noon are missing on, and what is left: a regression over the days, by the plan.

    The plan of each day is the mean of the other months' days, so that a day does not plan itself.
    """
    x, y = [], []
    for day in tuned:
        others = [one for one in trained if one.month != day.month]
        plan, there = planned(centre, day.weekday(), others), centre.grid([day])[0, :, OPERATORS]
        x.append(np.log(there[14:24].sum() / plan[14:24].sum()))
        y.append(np.log(there[24:].sum() / plan[24:].sum()))
    slope = float(np.dot(x, y) / np.dot(x, x))
    return {
        "carried": round(slope, 2),
        "ahead_sd": round(float(np.std(np.array(y) - slope * np.array(x))), 3),
        "days": len(x),
    }


# ---- one day ----------------------------------------------------------------------------------------------------


def rest(counts: np.ndarray, now: int) -> dict[str, np.ndarray]:
    """KPIs of the rest of the day from counts (..., half hours, MEASURES), in the units shown."""
    found = kpis_of(counts[..., now:, :].sum(axis=-2))
    return {kpi: scale * found[kpi] for kpi, scale in KPIS.items()}


def naive_rest(usual: np.ndarray, seen: np.ndarray, now: int) -> dict[str, float]:
    """The usual rest times the day so far over the usual so far; shares within 0 and 100 %.

    Parameters
    ----------
    usual : ndarray (half hours, MEASURES)
        Means of such weekdays.
    seen : ndarray (half hours, MEASURES)
    """
    before, today = kpis_of(usual[:now].sum(axis=0)), kpis_of(seen[:now].sum(axis=0))
    ahead = rest(usual, now)
    found = {}
    for kpi, scale in KPIS.items():
        ratio = float(today[kpi] / before[kpi]) if before[kpi] > 0 else 1.0
        value = float(ahead[kpi]) * ratio
        found[kpi] = min(value, 100.0) if scale == 100.0 else value
    return found


def without_updating(scenario: Scenario, today: Today, settings: Settings, plan: Any) -> np.ndarray:
    """The members' days before anything of the day is known, (members, half hours, MEASURES)."""
    blank = replace(today, now=0, is_seen=np.zeros_like(today.is_seen))
    members = first_members(
        plan, blank, Level.before(plan.noise), settings.presence_sd, settings.members, settings.seed
    )
    none = actions_for(scenario, 0.0, 1)[0][0]
    members = [
        replace(
            one, ahead=dict.fromkeys(plan.heads, float(np.exp(settings.ahead_sd * _normal(settings.seed, one.number))))
        )
        for one in members
    ]
    return run_trials([Trial(plan, one, none, blank, settings.seed) for one in members], 1)


def _normal(seed: int, number: int) -> float:
    return float(np.random.default_rng([seed, number, 2]).standard_normal())


def forecast_day(
    centre: Centre, day: pd.Timestamp, scenario: Scenario, usual: np.ndarray, settings: Settings
) -> list[dict[str, Any]]:
    """A row an instant, a KPI and a method: ensemble, and what was recorded."""
    recorded, rows = centre.grid([day])[0], []
    before: np.ndarray | None = None
    for hour in CLOCKS:
        plan, today = plan_and_today(scenario, centre.intervals, day.date(), hour * 3600.0)
        if before is None:
            before = without_updating(plan.scenario, today, settings, plan)
        found = track(plan, today, settings)
        truth = rest(recorded, today.now)
        ensembles = {
            "tracked": rest(found.days, today.now),
            "not updated": rest(before, today.now),
            "naive by ratio": {kpi: np.array([value]) for kpi, value in naive_rest(usual, recorded, today.now).items()},
        }
        for method, values in ensembles.items():
            for kpi in KPIS:
                rows.append({"date": f"{day:%Y-%m-%d}", "clock": hour, "method": method, "kpi": kpi,
                             "members": values[kpi], "recorded": float(truth[kpi])})  # fmt: skip
    return rows


# ---- all days ---------------------------------------------------------------------------------------------------


def scores(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """By method, KPI and instant: CRPS, mean absolute error of the median, share of days inside the 90 % band."""
    found = []
    for method in METHODS:
        for kpi in KPIS:
            for hour in CLOCKS:
                own = [r for r in rows if (r["method"], r["kpi"], r["clock"]) == (method, kpi, hour)]
                x, y = np.array([r["members"] for r in own]).T, np.array([r["recorded"] for r in own])
                known = np.isfinite(x).all(axis=0) & np.isfinite(y)
                x, y = x[:, known], y[known]
                one = {"method": method, "kpi": kpi, "clock": hour, "days": int(known.sum()),
                       "crps": float(crps(x, y).mean()),
                       "mae": float(np.abs(np.median(x, axis=0) - y).mean())}  # fmt: skip
                if len(x) > 1:
                    one["in_90"] = inside(pit(x, y), 0.9)
                found.append(one)
    return found


def run(
    centre: Centre, days: Sequence[pd.Timestamp], trained: Sequence[pd.Timestamp], settings: Settings
) -> list[dict[str, Any]]:
    """Scores over the days."""
    scenarios = {weekday: day_scenario(centre, weekday, trained) for weekday in sorted({day.weekday() for day in days})}
    usual = {
        weekday: centre.grid([day for day in trained if day.weekday() == weekday]).mean(axis=0) for weekday in scenarios
    }
    rows = []
    for day in days:
        rows += forecast_day(centre, day, scenarios[day.weekday()], usual[day.weekday()], settings)
        print(f"{day:%Y-%m-%d}", flush=True)
    return scores(rows)


def as_table(found: Sequence[dict[str, Any]]) -> str:
    """Markdown: a row a KPI and instant."""
    lines = ["| rest of the day from | " + " | ".join(f"{method}: CRPS, MAE, in 90 %" for method in METHODS) + " |"]
    lines.append("| --- |" + " --- |" * len(METHODS))
    for kpi in KPIS:
        for hour in CLOCKS:
            cells = []
            for method in METHODS:
                one = next(r for r in found if (r["method"], r["kpi"], r["clock"]) == (method, kpi, hour))
                band = f", {one['in_90']:.0%}" if "in_90" in one else ""
                cells.append(f"{one['crps']:.3g}, {one['mae']:.3g}{band}")
            lines.append(f"| {kpi}, {hour}:00 | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m calibration.track.proof", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--raw", help="folder of the bank (default: TWIN_DATA, ../shared)")
    parser.add_argument("--members", type=int, default=30)
    parser.add_argument("--every", type=int, default=3, help="every so many days")
    parser.add_argument("--score", action="store_true", help="June and July, which nothing was chosen on")
    parser.add_argument("--settings", action="store_true", help="only show how the settings come out of April and May")
    parser.add_argument("--presence-sd", type=float, default=Settings().presence_sd)
    parser.add_argument("--out", type=Path, help="JSON file of the scores")
    options = parser.parse_args(arguments)
    folder = bank.find_raw(options.raw)
    if folder is None:
        parser.error("the bank's half hours are not there")
    centre = Centre.read(folder)
    trained = centre.between(*TRAINED)
    if options.settings:
        print(json.dumps(measured_settings(centre, trained, centre.between(*TUNED))))
        return 0
    days = centre.between(*(SCORED if options.score else TUNED))[:: options.every]
    settings = Settings(members=options.members, presence_sd=options.presence_sd, with_actions=False)
    found = run(centre, days, trained, settings)
    print(as_table(found))
    if options.out is not None:
        told = {"days": [f"{day:%Y-%m-%d}" for day in days], "members": options.members, "scores": found}
        write_files({options.out: json.dumps(told, indent=1) + "\n"})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
