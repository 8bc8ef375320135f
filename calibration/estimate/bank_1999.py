"""The general estimators on the anonymous-bank-1999 log, beside the figures that ship with the scenario `bank-1999`.

python -m calibration.estimate.bank_1999 [--raw FOLDER]
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calibration import bank
from calibration.estimate.arrivals import fit_arrivals, interval_counts
from calibration.estimate.patience import fit_patience
from calibration.estimate.presence import fit_presence
from calibration.estimate.returns import fit_returns
from calibration.estimate.service import fit_service

SHIPPED = bank.PROJECT / "twin/scenario/library/data/bank-1999/parameters.json"
ROW = ("topic", "quantity", "shipped", "shipped_se", "ours", "our_se", "why")


def as_calls(log: pd.DataFrame) -> pd.DataFrame:
    """The bank's log (`calibration.bank.read_calls`) in the contract's columns of calls."""
    is_answered = log["outcome"] == "AGENT"
    return pd.DataFrame(
        {
            "date": pd.to_datetime(log["date"]),
            "at_s": log["at_s"].astype(float),
            "type": log["type"],
            "queue": log["group"],
            "priority": np.where(log["priority"] == 2, "high", "regular"),
            "customer": log["customer"].map(lambda number: "" if np.isnan(number) else f"{number:.0f}"),
            "vru_s": log["vru_s"].astype(float),
            "wait_s": log["wait_s"].where(log["wait_s"].notna() | ~is_answered, 0.0),
            "outcome": np.select([is_answered, log["wait_s"].notna()], ["answered", "abandoned"], "left"),
            "service_s": log["service_s"].where(is_answered),
            "wrap_s": np.nan,
            "operator": log["agent"].fillna(""),
        }
    ).reset_index(drop=True)


def read_fit_months(folder: Path) -> pd.DataFrame:
    """Contract calls of the main group from January to May 1999, without the day of the surge."""
    log = bank.read_calls(folder)
    chosen = log["date"].str[:7].isin(bank.FIT_MONTHS) & (log["date"] != bank.SURGE_DAY) & (log["group"] == "main")
    return as_calls(log[chosen])


def compare(folder: Path) -> pd.DataFrame:
    """Shipped figures (`parameters.json`, `intervals-30min.csv.gz`) beside ours, and why they differ where they do.

    Returns
    -------
    DataFrame
        topic, quantity, shipped, shipped_se (NaN if none), ours, our_se, why.
    """
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    calls = read_fit_months(folder)
    rows = [*_talks(shipped, calls), *_patience(shipped, calls), *_returns(shipped, calls)]
    rows += [*_operators(shipped, calls), *_arrivals(folder, calls)]
    return pd.DataFrame(rows, columns=list(ROW))


def _talks(shipped: dict, calls: pd.DataFrame) -> list[tuple]:
    found, rows = fit_service(calls, is_cut=False), []  # as the shipped laws, with which June and July were scored
    clustered = "same value; error clustered on operators, who differ"
    for kind, item in found.types.items():
        theirs = shipped["talk"][kind]
        rows += [
            ("talk", f"{kind} mu", theirs["mu"], theirs["mu_se"], item.mu.value, item.mu.se, clustered),
            ("talk", f"{kind} sigma", theirs["sigma"], theirs["sigma_se"], item.sigma.value, item.sigma.se, clustered),
            ("talk", f"{kind} share of short", theirs["short_share"], theirs["short_share_se"], item.short.value,
             item.short.se, clustered),
        ]  # fmt: skip
    spread = found.spread
    if spread is not None:
        why = "all types, operators with 5 talks, chance taken out; shipped: PS, 500 talks or more"
        theirs = shipped["operators"]["sd_log_mean"]
        rows.append(("talk", "spread of operators' log talk", theirs, np.nan, spread.value, spread.se, why))
    return rows


def _patience(shipped: dict, calls: pd.DataFrame) -> list[tuple]:
    """Largest distance of the piecewise hazards, and total waiting over customers lost, by group."""
    groups, rows = bank.patience_group(calls), []
    edges = bank.PATIENCE_EDGES
    for name in bank.PATIENCE_GROUPS:
        found, theirs = fit_patience(calls[groups == name], name, edges), shipped["patience"]["groups"][name]
        n = len(found.hazard.rates)
        distance = np.abs(found.hazard.rates - np.array(theirs["hazard_per_s"][:n]))
        place = int(np.argmax(distance))
        rows.append((
            "patience", f"{name} hazard from {found.hazard.edges[place]:g} s [1/s], furthest apart",
            theirs["hazard_per_s"][place], theirs["hazard_se"][place], found.hazard.rates[place],
            found.hazard.se[place], "one formula; waits of 0 s of the lost count as half a second",
        ))  # fmt: skip
        mean = sum(theirs["exposure_s"]) / sum(theirs["abandoned"])
        item = found.exponential
        rows.append(("patience", f"{name} waiting over lost [s]", mean, np.nan, item.value, item.se, "same"))
    return rows


def _returns(shipped: dict, calls: pd.DataFrame) -> list[tuple]:
    why = "from the end of the contact; shipped: from entry to entry"
    caused = "only those who return because of it: contacts made anyway taken out"
    rows = []
    for name, after in (("abandoned", "abandoned"), ("served", "answered")):
        found = fit_returns(calls, after, bank.DAY)
        theirs = shipped["call_again"][name][f"within_{bank.DAY}_s"]
        seen, share = found.within_window, found.share
        rows += [
            ("returns", f"after {after}, seen in a day", theirs, np.nan, seen.value, seen.se, why),
            ("returns", f"after {after}, because of it", theirs, np.nan, share.value, share.se, caused),
        ]
    return rows


def _operators(shipped: dict, calls: pd.DataFrame) -> list[tuple]:
    rows = []
    for theirs in shipped["gap_next_waited_60s"]:
        item = fit_presence(calls, longest_gap_s=theirs["limit_s"]).gap_mean
        if item is not None:
            why = "starts from the wait, not from the log's clock; error clustered on operators"
            quantity = f"gap under load up to {theirs['limit_s']} s, mean [s]"
            rows.append(("presence", quantity, theirs["mean"], theirs["mean_se"], item.value, item.se, why))
    return rows


def _arrivals(folder: Path, calls: pd.DataFrame) -> list[tuple]:
    """Mean presence against the log's own table, and the noise of the full weekdays (figures of the data's README)."""
    staffing = bank.read_staffing(folder)
    staffing = staffing.assign(date=pd.to_datetime(staffing["date"]))
    named = calls[calls["operator"].str.startswith("A")]
    present = fit_presence(named).present[["date", "start_s", "operators"]]
    joined = staffing.merge(present, on=["date", "start_s"], suffixes=("", "_ours"))
    inside = joined[joined["date"].isin(calls["date"].unique())]
    offered = calls[calls["outcome"] != "left"]
    # Sunday to Thursday with more than 1,000 offered: Fridays, Saturdays and holidays are other days.
    totals = offered.groupby("date").size()
    full = totals.index[(totals > 1000) & ~pd.DatetimeIndex(totals.index).weekday.isin([4, 5])]
    found = fit_arrivals(interval_counts(offered[offered["date"].isin(full)]))
    total, correlation = found.days.total_cv, found.days.day_correlation
    why = "January to May, full weekdays, main group; README: January to July, all groups"
    return [
        ("presence", "operators present, mean of half hours", inside["operators"].mean(), np.nan,
         inside["operators_ours"].mean(), np.nan, "starts from the wait, not from the log's clock"),
        ("arrivals", "cv of a day's total", 0.16, np.nan, total.value, total.se, why),
        ("arrivals", "lag-1 correlation of days", 0.37, np.nan, correlation.value, correlation.se, why),
        *(("arrivals", item.name, np.nan, np.nan, item.value, item.se, "not shipped")
          for item in found.noise.estimates()),
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: print the comparison."""
    parser = argparse.ArgumentParser(prog="python -m calibration.estimate.bank_1999", description=compare.__doc__)
    parser.add_argument("--raw", help="folder with calls-1999-MM.csv.gz (default: TWIN_DATA, ../shared)")
    options = parser.parse_args(arguments)
    folder = bank.find_raw(options.raw)
    if folder is None:
        parser.error(f"no calls-1999-MM.csv.gz in {options.raw or 'TWIN_DATA or ' + str(bank.FOLDER)}")
    shown = Table(*ROW, title="bank-1999, January to May: shipped figures and general estimators", title_justify="left")
    for row in compare(folder).itertuples(index=False):
        shown.add_row(*(escape(item) if isinstance(item, str) else f"{item:.5g}" for item in row))
    Console(width=200).print(shown)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
