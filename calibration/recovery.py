"""Recovery of planted parameters: fits to data that the model itself made, at parameters drawn from the prior.

    python -m calibration.recovery [--truths 20] [--runs 440] [--workers 2] [--quick]

A small centre, interval data as an ACD prints them (offered, answered, abandoned, waits, handle time, within 20 s),
unknown volume, patience, handle time, share that redials. Reports errors and how often 90 % intervals hold the truth.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import binom

from calibration.fit.ensemble import space_filling
from calibration.fit.fit import RUNS, fit
from calibration.fit.parameters import Box, Parameter
from calibration.fit.record import COUNTS, Record, simulated_record
from calibration.fit.simulator import Problem
from twin.scenario.load import scenario_from_dict
from twin.simulation import simulate

DAYS = 10
TRUTH_SEED = 7_000_000  # of the runs that stand for the recorded ones: never the fit's own
PROFILE = (40, 60, 75, 80, 70, 62, 66, 72, 70, 60)  # [contacts an hour] from 8:00
STAFF = (4, 5, 7, 7, 5, 6, 6, 6, 5, 6)  # some hours well staffed, some short: this tells redials from volume


def small_centre(days: int = DAYS) -> dict[str, Any]:
    """A centre with one queue, ten hours a day, as resolved values."""
    return {
        "name": "recovery",
        "run": {"interval": "30 min", "days": days},
        "opening": {"opens": "08:00", "closes": "18:00", "closing": "serve_out"},
        "demand": {
            "kind": "rates",
            "rates": {"calls": [f"{n} /h" for n in PROFILE]},
            "noise": {"day_cv": 0.1},
            "weekday_factors": {"mon": 1.25, "fri": 0.85, "sat": 0.7, "sun": 0.6},
        },
        "intents": {
            "calls": {
                "talk": {"law": "lognormal", "mean": "240 s", "cv": 1.1},
                "wrap": {"law": "exponential", "mean": "30 s"},
                "patience": {"law": "exponential", "mean": "180 s"},
            }
        },
        "redial": {"share": 0.4, "delay": {"law": "exponential", "mean": "15 min"}},
        "skills": {"all": {}},
        "queues": {"calls": {}},
        "routes": [{"queue": "calls", "skills": ["all"]}],
        "groups": {"operators": {"count": max(STAFF), "skills": {"all": "primary"}, "head_count": list(STAFF)}},
    }


def planted() -> Box:
    """What is unknown."""
    return Box((
        Parameter("volume", ("demand.rates.calls",), 0.75, 1.35, how="multiply", is_log=True,
                  title="Arrivals, over the scenario's"),
        Parameter("patience", ("intents.calls.patience.mean",), 0.4, 2.5, how="multiply", is_log=True,
                  title="Mean patience, over the scenario's"),
        Parameter("talk", ("intents.calls.talk.mean",), 0.8, 1.25, how="multiply", is_log=True,
                  title="Mean talk time, over the scenario's"),
        Parameter("redial", ("redial.share",), 0.05, 0.75, title="Share of those who gave up who call again"),
    ))  # fmt: skip


@dataclass(frozen=True)
class Recovery:
    """What a study found, by parameter."""

    names: tuple[str, ...]
    covered: np.ndarray
    """bool (truths, parameters)."""
    error: np.ndarray
    """Estimate over truth less 1; of the redial share, estimate less truth."""
    width: np.ndarray
    runs: float
    seconds: float
    """A truth, in the mean."""

    def table(self) -> str:
        """Markdown, a row a parameter."""
        n = len(self.covered)
        low, high = binom.ppf([0.05, 0.95], n, 0.9) / n
        lines = [
            f"{n} truths, {self.runs:.0f} runs and {self.seconds:.0f} s each; of 90 % intervals, {low:.0%} to "
            f"{high:.0%} may hold the truth by chance alone.",
            "",
            "| parameter | 90 % intervals that hold the truth | bias | RMSE | median width |",
            "| --- | --- | --- | --- | --- |",
        ]
        for i, name in enumerate(self.names):
            error = self.error[:, i]
            lines.append(
                f"| {name} | {self.covered[:, i].mean():.0%} | {100 * error.mean():+.1f} | "
                f"{100 * np.sqrt((error**2).mean()):.1f} | {100 * np.median(self.width[:, i]):.0f} |"
            )
        return "\n".join([*lines, f"| all | {self.covered.mean():.0%} | | | |"])


def recorded_truth(resolved: dict[str, Any], box: Box, z: np.ndarray, number: int) -> Record:
    """Half hours of one run at the truth."""
    scenario = scenario_from_dict(box.applied(resolved, box.values(z).tolist()), "recovery")
    run = simulate(scenario, seed=TRUTH_SEED + number)
    days = run.calendar.days
    shape = np.zeros((days, 48))
    counts: dict[str, Any] = dict.fromkeys(COUNTS, shape)
    blank = Record(tuple(str(day) for day in range(days)), 1800.0, **counts)
    operators = np.zeros((days, 48))
    operators[:, 16:36] = np.repeat(STAFF, 2)
    return replace(simulated_record(run, blank), operators=operators)


def study(
    n_truths: int = 20,
    runs: int = RUNS,
    workers: int = 1,
    quick: bool = False,
    days: int = DAYS,
    on_done: Callable[[int, np.ndarray], None] | None = None,
) -> Recovery:
    """Fit `n_truths` planted truths, spread over the middle of the prior; `on_done` hears which intervals held."""
    resolved, box = small_centre(days), planted()
    truths = space_filling(n_truths, box.centre, 0.8 * box.spread, seed=11)
    started, made = time.perf_counter(), 0
    covered, error, width = [], [], []
    for number, z in enumerate(truths):
        problem = Problem(resolved, box, recorded_truth(resolved, box, z, number), seed=number + 1, discrepancy=0)
        found = fit(problem, runs, workers, quick)
        made += found.n_runs
        truth = box.values(z)
        is_share = np.array([name == "redial" for name in box.names])
        scale = np.where(is_share, 1.0, truth)
        low = np.array([estimate.low for estimate in found.estimates])
        high = np.array([estimate.high for estimate in found.estimates])
        covered.append((low <= truth) & (truth <= high))
        error.append((found.values - truth) / scale)
        width.append((high - low) / scale)
        if on_done is not None:
            on_done(number + 1, covered[-1])
    seconds = (time.perf_counter() - started) / n_truths
    return Recovery(box.names, np.array(covered), np.array(error), np.array(width), made / n_truths, seconds)


def _tell(number: int, held: np.ndarray) -> None:
    print(f"truth {number}: {held.sum()} of {len(held)} intervals hold it", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: print the table."""
    parser = argparse.ArgumentParser(prog="python -m calibration.recovery", description=study.__doc__)
    parser.add_argument("--truths", type=int, default=20)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="simulated moments in place of the ensemble")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = study(options.truths, options.runs, options.workers, options.quick, on_done=_tell)
    if options.json:
        print(json.dumps({"covered": found.covered.mean(axis=0).tolist(), "runs": found.runs}))
    else:
        print(found.table())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
