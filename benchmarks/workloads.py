"""The benchmark workloads, their KPIs by the rules written in the workload files, and the result every peer returns.

The rules are the ``rules`` key of each file in `WORKLOADS`. All times here are minutes, the files' unit.
"""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

WORKLOADS = Path(__file__).parent / "workloads"

Workload = dict[str, Any]  # one workload file, as it stands

W1_KPIS = ("abandonment", "mean_wait", "mean_wait_answered", "sl", "utilisation")
W2_KPIS = ("abandonment", "mean_wait_answered", "sl", "occupancy", "overflow")


@dataclass(frozen=True)
class PeerResult:
    """What one engine did on one workload.

    Attributes
    ----------
    name : str
        The engine, and how it is used: ``simpy-callback``, ``simpy-process``, ``simpy-resource``, ``ciw``.
    workload : str
        ``w1``, ``w2`` or ``w2b``.
    n_calls : int
        Calls that arrived in the simulation, warm-up included.
    cpu_seconds : float
        CPU time of drawing and simulating; without imports, loading and KPIs.
    peak_mb : float or None
        Peak resident memory of the whole process [MB]; None where the platform does not tell.
    kpis : dict
        KPI by the rules; on w2 a KPI of one type is named ``sl:basic``.
    standard_errors : dict
        Of the overall KPIs, from the batches (w1) or the days (w2); empty for a single day.
    """

    name: str
    workload: str
    n_calls: int
    cpu_seconds: float
    peak_mb: float | None
    kpis: dict[str, float]
    standard_errors: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """One JSON object on one line."""
        return json.dumps(asdict(self), allow_nan=False)


def load_workload(name: str, folder: Path = WORKLOADS) -> Workload:
    """Read the workload ``name`` (``w1``, ``w2``, ``w2b``) from its JSON file."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def workload_id(spec: Workload) -> str:
    """The short name of a workload: the first word of its title, in lower case."""
    return spec["name"].split()[0].lower()


def peak_memory_mb() -> float | None:
    """Peak resident memory of this process so far [MB], None where the platform does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where ru_maxrss also knows the parent before exec
        found = [
            line.split()[1] for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:")
        ]
        if found:
            return int(found[0]) * 1024 / 1e6  # KiB
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6  # bytes on macOS, KiB elsewhere


def w1_kpis(
    spec: Workload, arrived_at: np.ndarray, wait_time: np.ndarray, service_time: np.ndarray, is_answered: np.ndarray
) -> tuple[dict[str, float], dict[str, float]]:
    """KPIs of w1 and their standard errors, from the calls in arrival order.

    Parameters
    ----------
    spec : Workload
    arrived_at, wait_time, service_time : ndarray of float, shape (n_calls,)
        [min]; an abandoned call waited its patience, its service time is not looked at.
    is_answered : ndarray of bool, shape (n_calls,)

    Returns
    -------
    kpis, standard_errors : dict
        With the keys `W1_KPIS`; the errors are those of the mean of ``spec["batches"]`` batches.

    Raises
    ------
    ValueError
        If a batch would hold fewer than two calls.
    """
    n_calls = len(arrived_at)
    measured = np.arange(np.ceil(spec["warmup_fraction"] * n_calls), n_calls, dtype=int)
    if len(measured) < 2 * spec["batches"]:
        raise ValueError(f"{n_calls} calls are too few for {spec['batches']} batches of two or more after the warm-up")

    def kpis(calls: np.ndarray) -> np.ndarray:
        answered, wait = is_answered[calls], wait_time[calls]
        busy = service_time[calls][answered].sum()
        return np.array(
            [
                1.0 - answered.mean(),
                wait.mean(),
                wait[answered].mean(),
                (answered & (wait <= spec["sl_threshold"])).mean(),
                busy / (spec["agents"] * (arrived_at[calls[-1]] - arrived_at[calls[0]])),
            ]
        )

    by_batch = np.array([kpis(calls) for calls in np.array_split(measured, spec["batches"])])
    return _named(W1_KPIS, kpis(measured)), _named(W1_KPIS, _standard_error(by_batch))


def w2_tally(
    spec: Workload, call_class: np.ndarray, wait_time: np.ndarray, service_time: np.ndarray, answered_by: np.ndarray
) -> np.ndarray:
    """Counts and sums of one day of w2 or w2b, by type of call.

    Parameters
    ----------
    spec : Workload
    call_class : ndarray of int, shape (n_calls,)
    wait_time, service_time : ndarray of float, shape (n_calls,)
        [min]; looked at for answered calls only.
    answered_by : ndarray of int, shape (n_calls,)
        Number of the agent, -1 for an abandoned call.

    Returns
    -------
    ndarray of float, shape (n_types, 6)
        Offered, answered, answered in time, overflowed [calls]; wait and service of the answered [min].
    """
    class_type = np.array([c["type"] for c in spec["classes"]])
    primary = np.array([c["primary"] for c in spec["classes"]])
    holds = np.zeros((len(spec["agents"]), spec["skills"] + spec["skill_queues"]), dtype=bool)
    for number, agent in enumerate(spec["agents"]):
        holds[number, agent["skills"]] = True

    answered = answered_by >= 0
    in_time = answered & (wait_time <= spec["sl_threshold"])
    overflow = answered & ~holds[answered_by, primary[call_class]]
    columns = [np.ones_like(answered), answered, in_time, overflow, answered * wait_time, answered * service_time]
    call_type = class_type[call_class]
    return np.array([np.bincount(call_type, weights=c, minlength=len(spec["types"])) for c in columns]).T


def w2_kpis(spec: Workload, tallies: np.ndarray) -> tuple[dict[str, float], dict[str, float]]:
    """KPIs of w2 or w2b over all days, overall and by type, and standard errors of the overall ones from the days.

    Parameters
    ----------
    spec : Workload
    tallies : ndarray, shape (n_days, n_types, 6)
        One `w2_tally` per day. Sums are taken over the days first, ratios last.

    Returns
    -------
    kpis : dict
        `W2_KPIS` and ``offered`` (calls a day), then ``offered``, ``abandonment``, ``mean_wait_answered`` and ``sl``
        of each type, as ``sl:basic``.
    standard_errors : dict
        With the keys `W2_KPIS`; empty for a single day.
    """
    shift = [end - start for start, end in spec["cohorts"]]
    scheduled = sum(shift[agent["cohort"]] for agent in spec["agents"])

    def overall(sums: np.ndarray, n_days: int) -> np.ndarray:
        offered, answered, in_time, overflow, wait, service = sums
        return np.array(
            [
                1.0 - answered / offered,
                wait / answered,
                in_time / offered,
                service / (scheduled * n_days),
                overflow / answered,
            ]
        )

    n_days = len(tallies)
    kpis = _named(W2_KPIS, overall(tallies.sum(axis=(0, 1)), n_days))
    kpis["offered"] = float(tallies[:, :, 0].sum() / n_days)
    for call_type, sums in zip(spec["types"], tallies.sum(axis=0), strict=True):
        offered, answered, in_time, _, wait, _ = sums.tolist()
        kpis[f"offered:{call_type['name']}"] = offered / n_days
        kpis[f"abandonment:{call_type['name']}"] = 1.0 - answered / offered
        kpis[f"mean_wait_answered:{call_type['name']}"] = wait / answered
        kpis[f"sl:{call_type['name']}"] = in_time / offered
    if n_days == 1:
        return kpis, {}
    by_day = np.array([overall(day.sum(axis=0), 1) for day in tallies])
    return kpis, _named(W2_KPIS, _standard_error(by_day))


def _named(names: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def _standard_error(samples: np.ndarray) -> np.ndarray:
    """Of the mean over the first axis, the samples taken as independent."""
    return samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
