"""Patience of the bank's callers by the length of the queue they join: time runs faster for who finds many before him.

Accelerated failure time: who joins a queue of class j gives up at time k_j T, T of the laws of ordinary queues. The
hazard of T is constant in pieces (events over scaled seconds), k_j makes as many give up as did; in turns, until both
stand. Patience by what is told: Armony, Shimkin & Whitt (2009), Operations Research 57, 66-81. That callers were told
is not recorded; that they knew shows in the log: the hazard at the same wait is three times as high in long queues.
"""

import numpy as np
import pandas as pd

from calibration import bank
from calibration.operators import GROUPS, LINES

CLASSES = 8  # as many callers in each
ROUNDS = 60
CLOSE = 1e-4
LEAST_STAFF = 0.5
COMMON_LINE = {"PS": "calls", "NE": "exchange", "NW": "prospects"}


def places(calls: pd.DataFrame) -> np.ndarray:
    """Place in the line of the own skill at joining, 1 = next, whatever the priority: callers did not know of it."""
    joined = calls["at_s"].to_numpy(float)
    left = joined + calls["wait_s"].fillna(0.0).to_numpy(float)
    waited = left > joined
    found = np.ones(len(calls))
    for rows in calls.groupby(["date", calls["type"].map(LINES)]).indices.values():
        own = rows[waited[rows]]
        came = np.searchsorted(np.sort(joined[own]), joined[rows], side="left")
        went = np.searchsorted(np.sort(left[own]), joined[rows], side="right")
        found[rows] += came - went
    return found


def queue_a_head(calls: pd.DataFrame, staffing: pd.DataFrame) -> np.ndarray:
    """Place over operators on duty who may answer; `staffing`: date, start_s, group, operators."""
    found = places(calls)
    starts = (calls["at_s"] // bank.INTERVAL * bank.INTERVAL).astype(float)
    keys = pd.MultiIndex.from_arrays([calls["date"], starts])
    lines = calls["type"].map(LINES).to_numpy()
    for skill in COMMON_LINE.values():
        groups = [name for name, skills in GROUPS.items() if skill in skills]
        rows = staffing[staffing["group"].isin(groups)].astype({"start_s": float})
        able = rows.groupby(["date", "start_s"])["operators"].sum()
        own = lines == skill
        found[own] /= np.maximum(able.reindex(keys[own]).fillna(0.0).to_numpy(), LEAST_STAFF)
    return found


def fit_told(waits: np.ndarray, gave_up: np.ndarray, groups: np.ndarray, heads: np.ndarray, edges: np.ndarray) -> dict:
    """Factors of patience by class of the queue (geometric mean 1), and the hazard of each group.

    Returns
    -------
    dict
        at (median queue a head of the classes), factors, groups: name -> hazard_per_s, abandoned, exposure_s.
    """
    cuts = np.quantile(heads, np.linspace(0, 1, CLASSES + 1)[1:-1])
    group_of = np.searchsorted(cuts, heads, side="right")
    seen = np.bincount(group_of[gave_up], minlength=CLASSES).astype(float)
    logs, widths = np.zeros(CLASSES), np.diff(edges)
    for _ in range(ROUNDS):
        scaled = waits / np.exp(logs)[group_of]
        spent = np.clip(scaled[:, None] - edges[:-1], 0, widths)
        laws, expected = {}, np.zeros(CLASSES)
        for name in np.unique(groups):
            own = groups == name
            events, exposure = np.histogram(scaled[own & gave_up], edges)[0], spent[own].sum(axis=0)
            hazard = events / np.maximum(exposure, 1e-9)
            laws[str(name)] = {"hazard_per_s": hazard, "abandoned": events, "exposure_s": exposure}
            expected += np.bincount(group_of[own], weights=spent[own] @ hazard, minlength=CLASSES)
        step = np.log(expected / np.maximum(seen, 1.0))
        logs = logs + step - np.mean(logs + step)
        if np.abs(step - step.mean()).max() < CLOSE:
            break
    at = [float(np.median(heads[group_of == j])) for j in range(CLASSES)]
    return {"at": at, "factors": np.exp(logs), "groups": laws}


def told_patience(calls: pd.DataFrame, staffing: pd.DataFrame) -> dict:
    """By type of the line (PS with PE and TT, NE, NW), from calls offered to the main group."""
    heads = queue_a_head(calls, staffing)
    waited = (calls["wait_s"] > 0).to_numpy()
    names, edges = bank.patience_group(calls), np.array(bank.PATIENCE_EDGES)
    lines = calls["type"].map(LINES).to_numpy()
    found = {}
    for kind, skill in COMMON_LINE.items():
        own = waited & (lines == skill)
        gave_up = (calls["outcome"] == "HANG").to_numpy()[own]
        found[kind] = fit_told(calls["wait_s"].to_numpy(float)[own], gave_up, names[own], heads[own], edges)
    return found
