"""A small made-up log in the form of the bank's: what the proof reads, of days on which most callers wait."""

import heapq
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

FIT_DAYS = ["1999-01-03", "1999-01-04", "1999-02-02", "1999-03-03", "1999-04-05", "1999-05-05", "1999-05-06"]
UNSEEN_DAYS = ["1999-06-06", "1999-06-07", "1999-07-04"]
OPENS, CLOSES, HALF_HOUR = 6 * 3600, 86400, 1800  # [s]
OPERATORS, CALLS_A_DAY, TALK, PATIENCE = 3, 520, 300.0, 400.0
KINDS, OFTEN = ("PS", "NE", "NW", "PE", "TT"), (0.7, 0.1, 0.1, 0.05, 0.05)


def bank_log(dates: Sequence[str] = (*FIT_DAYS, *UNSEEN_DAYS), seed: int = 1) -> pd.DataFrame:
    """All calls as the log names their columns; `write_log` puts them into files."""
    rows = [row for number, date in enumerate(dates) for row in _day(date, np.random.default_rng([seed, number]))]
    return pd.DataFrame(rows)


def write_log(folder: Path, calls: pd.DataFrame) -> Path:
    """Files of calls by month, and the half hours that they make."""
    folder.mkdir(parents=True, exist_ok=True)
    for month, own in calls.groupby(calls["date"].str[:7]):
        own.to_csv(folder / f"calls-{month}.csv.gz", index=False)
    half_hours(calls).to_csv(folder / "intervals-30min.csv.gz", index=False)
    return folder


def half_hours(calls: pd.DataFrame) -> pd.DataFrame:
    """As `intervals-30min.csv.gz`: counts and sums by the half hour of asking, presence by talks."""
    at = calls["arrival_s"] + calls["vru_s"]
    served, wait = calls["outcome"] == "AGENT", calls["wait_s"].fillna(0.0)
    table = pd.DataFrame({
        "date": calls["date"], "start_s": at // HALF_HOUR * HALF_HOUR, "group": "main", "offered": 1,
        "answered": served.astype(int), "abandoned": (~served).astype(int), "wait_sum_answered_s": wait * served,
        "wait_sum_abandoned_s": wait * ~served, "answered_20s": (served & (wait <= 20)).astype(int),
        "served_n": served.astype(int), "service_sum_s": calls["service_s"].fillna(0.0),
        "busy_s": calls["service_s"].fillna(0.0),
    })  # fmt: skip
    sums = table.groupby(["date", "start_s", "group"]).sum().reset_index()
    sums["agents_on_s"] = OPERATORS * HALF_HOUR * sums["start_s"].between(OPENS, CLOSES - 1)
    clock = sums.pop("start_s").astype(int)
    return sums.assign(start=[f"{at // 3600:02d}:{at % 3600 // 60:02d}" for at in clock])


def _day(date: str, rng: np.random.Generator) -> list[dict]:
    """First come, first served by three operators; who waits longer than he is willing to gives up."""
    asked = np.sort(np.floor(rng.uniform(OPENS, CLOSES - 600, CALLS_A_DAY)))
    free = [(float(OPENS), number) for number in range(OPERATORS)]
    rows = []
    for place, at in enumerate(asked.tolist()):
        begins, number = free[0]
        wait, patience = max(begins - at, 0.0), float(np.ceil(rng.exponential(PATIENCE)))
        talk, pause = float(np.ceil(rng.lognormal(np.log(TALK) - 0.5, 1.0))), float(np.ceil(rng.exponential(15.0)))
        is_served, has_waited = wait <= patience, wait > 0
        if is_served:
            heapq.heapreplace(free, (at + wait + talk + pause, number))
        rows.append({
            "date": date, "vru_line": "AA", "call_id": place, "customer": place if has_waited else np.nan,
            "priority": int(rng.integers(1, 3)) if has_waited else 0, "type": rng.choice(KINDS, p=OFTEN),
            "arrival_s": int(at) - 5, "vru_s": 5, "queue_start_s": at if has_waited else np.nan,
            "wait_s": min(wait, patience) if has_waited else np.nan, "outcome": "AGENT" if is_served else "HANG",
            "service_start_s": at + wait if is_served else np.nan, "service_s": talk if is_served else np.nan,
            "agent": f"A{number:02d}" if is_served else np.nan, "flag": np.nan,
        })  # fmt: skip
    return rows
