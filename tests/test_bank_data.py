"""The shipped tables of the anonymous bank: consistent in themselves; with the raw log at hand, the same again.

The shipped tables are always checked. The raw log (not in this repository) adds the tests of the second half.
"""

import json
import math
import os
import re

import numpy as np
import pandas as pd
import pytest

from calibration import bank, bank_derived
from calibration.operators import GROUPS

SHIPPED = bank.PROJECT / "twin/scenario/library/data/bank-1999"
RAW = bank.find_raw()
needs_raw = pytest.mark.skipif(RAW is None, reason="no raw bank log (TWIN_DATA, ../shared); shipped tables are checked")

# Offered, abandoned, seconds waited, answered within 20 s of the main group, counted once from the log.
DAY_TOTALS = {
    "1999-02-28": (1323, 82, 34749, 858),
    "1999-05-23": (2736, 1167, 179470, 596),
    "1999-05-31": (1284, 119, 49168, 760),
    "1999-06-22": (1358, 62, 37499, 913),
    "1999-07-04": (2325, 708, 261116, 415),
}
COLUMNS = {
    "arrivals.csv": ["date", "start_s", "type", "priority", "offered"],
    "staffing.csv": ["date", "start_s", "group", "operators"],
    "talk_levels.csv": ["date", "talk"],
    "recorded.csv": ["date", "start_s", "offered", "abandoned", "wait_sum_s", "answered_20s"],
}


@pytest.fixture(scope="module")
def tables():
    return {name: pd.read_csv(SHIPPED / name) for name in COLUMNS}


@pytest.fixture(scope="module")
def parameters():
    return json.loads((SHIPPED / "parameters.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def calls():
    return bank.read_calls(RAW)


# ---- shipped tables, always


def test_shipped_tables_hold_counts_of_five_days_and_nothing_else(tables):
    for name, columns in COLUMNS.items():
        assert list(tables[name]) == columns
        assert sorted(tables[name]["date"].unique()) == sorted(DAY_TOTALS) == list(bank.SHIPPED_DAYS)
        numbers = tables[name].select_dtypes("number")
        assert np.isfinite(numbers.to_numpy()).all()
        assert (numbers >= 0).all().all()
    assert set(tables["arrivals.csv"]["type"]) <= set(bank.TYPES) - {"IN"}
    assert set(tables["arrivals.csv"]["priority"]) == {"high", "regular", "unrecorded"}


def test_shipped_files_name_no_caller_and_no_operator(parameters):
    for file in SHIPPED.iterdir():
        text = file.read_text(encoding="utf-8")
        assert not re.search(r'\b[AI]\d{2}\b|\bAA\d{4}\b|call_id|"customer"|vru_line', text), file
    assert "Technion" in parameters["acknowledgement"]
    assert "Technion" in (SHIPPED / "README.md").read_text(encoding="utf-8")


def test_recorded_days_add_up_to_the_counts_of_the_log(tables):
    totals = tables["recorded.csv"].groupby("date")[COLUMNS["recorded.csv"][2:]].sum()
    assert {date: tuple(row) for date, row in zip(totals.index, totals.to_numpy().tolist(), strict=True)} == DAY_TOTALS


def test_arrivals_of_each_half_hour_are_the_recorded_offered(tables):
    arrivals, recorded = tables["arrivals.csv"], tables["recorded.csv"]
    half_hour = arrivals["start_s"] // bank.INTERVAL * bank.INTERVAL
    counted = arrivals.groupby([arrivals["date"], half_hour])["offered"].sum()
    offered = recorded.set_index(["date", "start_s"])["offered"]
    assert counted.reindex(offered.index, fill_value=0).equals(offered)
    assert (arrivals["start_s"] % bank.ARRIVAL_INTERVAL == 0).all()
    assert not arrivals.duplicated(["date", "start_s", "type", "priority"]).any()


def test_half_hours_are_complete_and_lose_no_more_than_was_offered(tables):
    recorded, staffing = tables["recorded.csv"], tables["staffing.csv"]
    for table, keys in ((recorded, ["date"]), (staffing, ["date", "group"])):
        assert (table.groupby(keys)["start_s"].apply(list).map(lambda t: t == list(range(0, 86400, 1800)))).all()
    assert (recorded["abandoned"] + recorded["answered_20s"] <= recorded["offered"]).all()
    assert set(staffing["group"]) == set(GROUPS)
    assert staffing.groupby(["date", "start_s"])["operators"].sum().max() < 13
    assert tables["talk_levels.csv"]["talk"].between(0.8, 1.25).all()


def test_calm_days_lose_less_than_the_average_and_crowded_days_more(tables):
    days = tables["recorded.csv"].groupby("date")[["offered", "abandoned"]].sum()
    share = days["abandoned"] / days["offered"]
    assert share[list(bank.CALM_DAYS)].max() < 0.10
    assert share[list(bank.CROWDED_DAYS)].min() > 0.30


def test_parameters_are_complete_and_lie_in_their_ranges(parameters):
    assert set(parameters["talk"]) == set(bank.TYPES)
    for law in [*parameters["talk"].values(), parameters["surge"]["talk"]]:
        assert 3 < law["mu"] < 6
        assert 0.5 < law["sigma"] < 1.5
        assert 0 <= law["short_share"] < 0.5
    edges = parameters["patience"]["edges_s"]
    assert edges == [*bank.PATIENCE_EDGES[:-1], None]
    assert set(parameters["patience"]["groups"]) == set(bank.PATIENCE_GROUPS)
    for law in [*parameters["patience"]["groups"].values(), parameters["surge"]["patience"]]:
        assert len(law["hazard_per_s"]) == len(edges) - 1
        assert min(law["hazard_per_s"]) > 0
        assert max(law["hazard_per_s"]) < 0.05
        np.testing.assert_allclose(law["hazard_per_s"], np.divide(law["abandoned"], law["exposure_s"]), rtol=1e-4)
    assert all(0 <= law["share"] <= 1 for law in parameters["high_share"].values())
    assert sum(parameters["wrap"]["shares"]) == pytest.approx(1)
    assert min(parameters["wrap"]["means_s"]) > 0
    assert 0 < parameters["talk_spread"]["day_cv"] < 0.2
    assert len(parameters["talk_hours"]["factors"]) == 18


# ---- estimators on made-up calls, always


def made_up_calls(n=40_000, seed=1):
    """Calls with planted laws: patience exponential (mean 100 s), talks lognormal (5.0, 0.8), a fifth of them short."""
    rng = np.random.default_rng(seed)
    patience, offered_wait = rng.exponential(100, n), rng.exponential(80, n)
    is_short = rng.random(n) < 0.2
    return pd.DataFrame({
        "type": "PS", "priority": rng.choice([1, 2], n, p=[0.4, 0.6]),
        "wait_s": np.minimum(patience, offered_wait),
        "outcome": np.where(patience < offered_wait, "HANG", "AGENT"),
        "service_s": np.where(is_short, 5.0, np.exp(5 + 0.8 * rng.standard_normal(n)).clip(11, 3600)),
    })  # fmt: skip


def test_estimators_recover_planted_laws():
    calls = made_up_calls()
    patience = bank.fit_patience(calls, edges=(0, 20, 100, np.inf))
    assert np.all(np.abs(patience["hazard_per_s"] - 0.01) < 4 * patience["hazard_se"])
    talk = bank.fit_talk(bank.talk_times(calls, "PS"))
    assert abs(talk["mu"] - 5.0) < 4 * talk["mu_se"] + 0.005
    assert abs(talk["sigma"] - 0.8) < 4 * talk["sigma_se"] + 0.005
    assert abs(talk["short_share"] - 0.2) < 4 * talk["short_share_se"]
    share = bank.high_share(calls)
    assert abs(share["share"] - 0.6) < 4 * share["se"]


def test_gap_counts_only_when_the_next_caller_had_waited():
    calls = pd.DataFrame({
        "date": "1999-01-03", "agent": ["A01"] * 4, "outcome": "AGENT",
        "service_start_s": [0.0, 110.0, 300.0, 340.0], "service_s": [100.0, 90.0, 30.0, 10.0],
        "wait_s": [np.nan, 61.0, np.nan, 60.0],
    })  # fmt: skip
    assert bank.gap_times(calls).tolist() == [10.0]


def test_a_folder_without_the_log_is_not_taken_for_it(tmp_path):
    assert bank.find_raw(tmp_path) is None
    assert bank.find_raw(tmp_path / "absent") is None
    with pytest.raises(SystemExit):
        bank_derived.main(["--raw", str(tmp_path), "--out", str(tmp_path / "out")])


def test_the_raw_log_is_found_where_it_was_promised():
    promised = "TWIN_DATA" in os.environ or (bank.PROJECT / bank.FOLDER).is_dir()
    assert (RAW is not None) or not promised


# ---- the raw log, where it is at hand


@needs_raw
def test_derived_files_regenerate_identically(tmp_path):
    assert bank_derived.main(["--raw", str(RAW), "--out", str(tmp_path)]) == 0
    for name in (*COLUMNS, "parameters.json"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes(), name


@needs_raw
def test_the_log_gives_the_figures_of_its_own_readme(calls):
    trace = bank.read_trace(RAW)
    assert len(trace) == 236_365
    assert round(100 * (trace["outcome"] == "HANG").mean(), 1) == 16.9
    assert round(trace["wait_s"].mean(), 1) == 64.6
    assert round(100 * ((trace["outcome"] == "AGENT") & (trace["wait_s"] <= 20)).mean(), 1) == 42.1
    assert dict(trace["type"].value_counts()[["PS", "NW", "NE", "IN"]]) == {
        "PS": 164_393, "NW": 37_946, "NE": 21_428, "IN": 3_168,
    }  # fmt: skip
    printed = {"PS": (4.910, 0.880), "NW": (4.336, 0.920), "NE": (5.243, 1.001), "IN": (5.160, 1.039)}
    for kind, law in printed.items():
        fitted = bank.fit_talk(bank.talk_times(calls, kind))
        assert (fitted["mu"], fitted["sigma"]) == pytest.approx(law, abs=6e-4)


@needs_raw
def test_the_log_gives_the_patience_and_redials_of_its_own_readme(calls):
    law = bank.fit_patience(calls[calls["is_offered"]])
    per_minute = dict(zip(bank.PATIENCE_EDGES[:-1], 60 * law["hazard_per_s"], strict=True))
    printed = {0: 0.13, 5: 0.27, 10: 0.34, 15: 0.23, 20: 0.16, 40: 0.19, 60: 0.20, 90: 0.12, 180: 0.10, 360: 0.07}
    assert per_minute == pytest.approx(per_minute | printed, abs=0.011)
    widths = np.diff(bank.PATIENCE_EDGES)[:9]
    assert math.exp(-float(widths @ law["hazard_per_s"][:9])) == pytest.approx(0.63, abs=0.01)  # still willing at 180 s
    again = bank.call_again_share(calls, "HANG")
    assert [round(100 * again[f"within_{w}_s"]) for w in (600, 3600, 86400)] == [21, 43, 68]


@needs_raw
def test_calls_counted_by_half_hour_are_the_published_half_hours():
    trace, recorded = bank.read_trace(RAW), bank.recorded_kpis(RAW)
    main = trace[trace["group"] == "main"].copy()
    main["start_s"] = main["at_s"] // bank.INTERVAL * bank.INTERVAL
    main["is_quick"] = (main["outcome"] == "AGENT") & (main["wait_s"] <= 20)
    main["is_abandoned"] = main["outcome"] == "HANG"
    counted = main.groupby(["date", "start_s"]).agg(
        offered=("wait_s", "size"), abandoned=("is_abandoned", "sum"),
        wait_sum_s=("wait_s", "sum"), answered_20s=("is_quick", "sum"),
    )  # fmt: skip
    table = recorded.set_index(["date", "start_s"])
    assert (counted.reindex(table.index, fill_value=0) == table).all().all()
    assert counted["offered"].sum() == table["offered"].sum() == 236_365 - 3_168


@needs_raw
def test_trace_is_sorted_and_marks_priorities_that_were_never_recorded():
    trace = bank.read_trace(RAW, bank.SHIPPED_DAYS)
    assert trace.groupby("date")["at_s"].apply(lambda at: at.is_monotonic_increasing).all()
    lost = trace[trace["priority"] == "unrecorded"]
    assert (lost["wait_s"] == 0).all()
    assert (lost["customer"] == -1).all()
    assert (trace.loc[trace["outcome"] == "HANG", "service_s"].isna()).all()


@needs_raw
def test_a_day_that_was_not_recorded_is_refused():
    with pytest.raises(ValueError, match="1999-01-11"):
        bank.read_trace(RAW, ["1999-01-11"])
    with pytest.raises(ValueError, match="1999-01-12"):
        bank.recorded_kpis(RAW, ["1999-01-12", "1999-01-13"])
    with pytest.raises(ValueError, match="1999-09-01"):
        bank.read_trace(RAW, ["1999-09-01"])
