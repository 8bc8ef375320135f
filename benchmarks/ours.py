"""Our own engine on the workloads, as the scenarios that users write, timed like the peers.

The timed run keeps no records. A second run with the same seed does; its tallies are the same bit for bit, and the KPIs
are worked out of its records by the very functions that serve the peers (`benchmarks.workloads`).

How the rules of the workload files read in ours, with what differs:

- w1 is the scenario ``w1`` of the library. It runs for whole days, so not exactly `calls` calls arrive; those of the
  last hour are left out of the KPIs, because some of them are still talking.
- w2, w2b: a day of 12 hours begins at midnight, a class is an intent with a line of its own, the type's priority is its
  rank, waiting earns a point a second. Days follow each other: by the next midnight all have gone home, so they are
  independent all the same. Who waits at the end is ``cut``, which counts as abandoned. Calls "within" the threshold
  waited less than it, not as long: an event of probability zero.
- Each agent is a group of its own, cohort by cohort in the order of the file: so who starts together does so in agent
  order, and of those equally long idle the lowest number goes first.

    python -m benchmarks.ours w1 --days 7 --seed 1
    python -m benchmarks.ours w2b --days 20 --seed 1
"""

import argparse
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.workloads import (
    PeerResult,
    Workload,
    load_workload,
    peak_memory_mb,
    w1_kpis,
    w2_kpis,
    w2_tally,
    workload_id,
)
from twin.errors import RunError
from twin.kernel.codes import Outcome
from twin.model import CallCentre
from twin.scenario.load import load
from twin.scenario.schema import Scenario

DAY = 86400.0  # [s]
MINUTE = 60.0  # [s]
CALL_DAYS = {"w1": 28, "w2": 20, "w2b": 20}
"""Days of a full run; one of w1 has about 144,000 calls, one of w2 and w2b 100,000."""


@dataclass(frozen=True)
class OurResult(PeerResult):
    """A `PeerResult` with the CPU time of its parts [s]: building the world, drawing arrivals, the kernel, the rest."""

    parts: dict[str, float] = field(default_factory=dict)


def w1_scenario(spec: Workload) -> Scenario:
    """The library's ``w1``.

    Raises
    ------
    RunError
        If it is not the workload that the peers run.
    """
    scenario = load("w1").scenario
    demand: Any = scenario.demand
    ours = {
        "arrival_rate": demand.rates["call"] * MINUTE,
        "service_mean": scenario.intents["call"].talk.mean / MINUTE,  # type: ignore[union-attr]
        "patience_mean": scenario.patience.mean / MINUTE,  # type: ignore[union-attr]
        "agents": sum(group.count for group in scenario.groups.values()),
        "sl_threshold": scenario.queues[next(iter(scenario.queues))].target / MINUTE,
    }
    for key, value in ours.items():
        if not np.isclose(value, spec[key], rtol=1e-12):
            raise RunError(f"scenario w1: {key} is {value:g}, must be {spec[key]:g} as in benchmarks/workloads/w1.json")
    return scenario


def agent_order(spec: Workload) -> list[int]:
    """Numbers of the agents in the order of our operators: by cohort, then as in the file."""
    return sorted(range(len(spec["agents"])), key=lambda number: (spec["agents"][number]["cohort"], number))


def w2_scenario(spec: Workload) -> Scenario:
    """w2 or w2b as a scenario."""
    skills = [f"skill-{number}" for number in range(spec["skills"] + spec["skill_queues"])]
    intents, queues, routes, rates = {}, {}, [], {}
    for number, row in enumerate(spec["classes"]):
        kind, name = spec["types"][row["type"]], f"class-{number}"
        intents[name] = {
            "talk": {"law": "lognormal", "mean": f"{kind['service_mean']} min", "cv": kind["service_cv"]},
            "patience": {"law": "exponential", "mean": f"{kind['patience_mean']} min"},
        }
        queues[kind["name"]] = {"target": f"{spec['sl_threshold']} min"}
        chosen = [skills[row["primary"]], skills[row["secondary"]]]
        priority = {"rank": kind["priority"], "points_per_second": 1.0}
        routes.append({"intents": [name], "queue": kind["name"], "skills": chosen, "priority": priority})
        by_period = spec["arrival_rate_by_type_and_period"][row["type"]]
        rates[name] = [f"{rate * row['share_of_type']!r} /min" for rate in by_period]
    shifts, groups = {}, {}
    for number, (start, end) in enumerate(spec["cohorts"]):
        shifts[f"cohort-{number}"] = {"length": f"{end - start} min", "starts": {_clock(start): 1.0}}
    for number in agent_order(spec):
        agent = spec["agents"][number]
        held = {skills[skill]: "primary" for skill in agent["skills"]}
        groups[f"agent-{number}"] = {"count": 1, "shift": f"cohort-{agent['cohort']}", "skills": held}
    return Scenario.model_validate(
        {
            "name": workload_id(spec),
            "run": {"days": spec["days"], "interval": f"{spec['period']} min"},
            "opening": {"opens": "00:00", "closes": _clock(spec["day_length"]), "closing": "cut"},
            "skills": {name: {} for name in skills},
            "intents": intents,
            "queues": queues,
            "routing": {"stages": [{"level": "primary"}]},
            "routes": routes,
            "demand": {"kind": "rates", "period": f"{spec['period']} min", "rates": rates},
            "shifts": shifts,
            "groups": groups,
        }
    )


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


class _Stopwatch:
    """CPU time spent in one method of an object."""

    def __init__(self, owner: Any, name: str):
        self.seconds = 0.0
        self._call = getattr(owner, name)
        setattr(owner, name, self)

    def __call__(self, *arguments: Any) -> Any:
        began = time.process_time()
        try:
            return self._call(*arguments)
        finally:
            self.seconds += time.process_time() - began


def _simulate(scenario: Scenario, n_days: int, seed: int, recording: bool) -> tuple[CallCentre, dict[str, float]]:
    """Run `n_days` days, warm-up included; the model at its end and the CPU time of the parts."""
    began = time.process_time()
    model = CallCentre(scenario, seed, days=n_days - scenario.run.warm_up, recording=recording)
    world = time.process_time() - began
    arrivals, kernel = _Stopwatch(model.demand, "arrivals"), _Stopwatch(model.engine, "run_until")
    model.run()
    whole = time.process_time() - began
    rest = whole - world - arrivals.seconds - kernel.seconds
    model.close()
    return model, {"world": world, "arrivals": arrivals.seconds, "kernel": kernel.seconds, "rest": rest}


def run_ours(spec: Workload, n_days: int, seed: int) -> OurResult:
    """Simulate `n_days` days of w1, w2 or w2b, once for the time, once for the KPIs."""
    scenario = w1_scenario(spec) if workload_id(spec) == "w1" else w2_scenario(spec)
    _compile(scenario)
    model, parts = _simulate(scenario, n_days, seed, recording=False)
    peak_mb = peak_memory_mb()
    n_calls = int(model.world.tallies.entered.sum())

    recorded, _ = _simulate(scenario, n_days, seed, recording=True)
    if recorded.world.tallies.tobytes() != model.world.tallies.tobytes():
        raise RunError(f"{workload_id(spec)}: a run that keeps records counts differently from one that does not")
    kpis, errors = (_w1_kpis if workload_id(spec) == "w1" else _w2_kpis)(spec, recorded)
    return OurResult("ours", workload_id(spec), n_calls, sum(parts.values()), peak_mb, kpis, errors, parts)


def _compile(scenario: Scenario) -> None:
    """Load or compile all that a run needs, by running its first minutes."""
    model = CallCentre(scenario, days=1)
    model.run_until(5 * MINUTE)
    model.close()


def _times(records: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Arrival, wait and service [min] of the calls, and whether they were answered."""
    is_answered = records["outcome"] == Outcome.HANDLED
    waited_until = np.where(is_answered, records["answered_at"], records["ended_at"])
    service = np.where(is_answered, records["ended_at"] - records["answered_at"], 0.0)
    wait = waited_until - records["joined_at"]
    return records["entered_at"] / MINUTE, wait / MINUTE, service / MINUTE, is_answered


def _w1_kpis(spec: Workload, model: CallCentre) -> tuple[dict[str, float], dict[str, float]]:
    records = np.concatenate(model.records)
    records = records[records["entered_at"] < model.now - 60 * MINUTE]
    records = records[np.argsort(records["entered_at"], kind="stable")]
    return w1_kpis(spec, *_times(records))


def _w2_kpis(spec: Workload, model: CallCentre) -> tuple[dict[str, float], dict[str, float]]:
    class_of = np.array([int(intent.removeprefix("class-")) for intent, _, _ in model.names.types])
    agents = np.array(agent_order(spec))
    tallies = []
    for day, records in enumerate(model.records):
        if not ((records["entered_at"] // DAY) == day).all():
            raise RunError(f"{workload_id(spec)}: day {day} is not over at midnight")
        _, wait, service, is_answered = _times(records)
        answered_by = np.where(is_answered, agents[records["operator"]], -1)
        tallies.append(w2_tally(spec, class_of[records["type"]], wait, service, answered_by))
    return w2_kpis(spec, np.array(tallies))


def main(arguments: list[str] | None = None) -> None:
    """Run one workload and print its `OurResult` as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ours", description="Our engine on one workload.")
    parser.add_argument("workload", choices=tuple(CALL_DAYS))
    parser.add_argument("--days", type=int, help="default: 7 for w1, 20 for w2 and w2b")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    n_days = CALL_DAYS[args.workload] if args.days is None else args.days
    print(run_ours(load_workload(args.workload), n_days, args.seed).to_json())


if __name__ == "__main__":
    main()
