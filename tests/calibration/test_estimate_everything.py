"""All topics of one history at once; what it fills in a scenario; the real bank log."""

import io

import numpy as np
import pandas as pd
import pytest
from planted_history import as_intervals, counts, share_covered
from rich.console import Console

from calibration import bank
from calibration.estimate.bank_1999 import as_calls, compare
from calibration.estimate.estimates import Estimate, Fit, as_frame, stated_tree
from calibration.estimate.everything import Tables, estimate_all
from twin.scenario.load import load

RAW = bank.find_raw()
needs_raw = pytest.mark.skipif(RAW is None, reason="no raw bank log; the estimators are tested on planted histories")


@pytest.fixture(scope="module")
def calls():
    """Two types with planted laws: talk exp(5 + 0.7 z), patience exponential of 200 s."""
    rng, rows, team = np.random.default_rng(1), [], [f"op{number}" for number in range(12)]
    table, _ = counts(1, weeks=10, level=300)
    for date, day in table.iterrows():
        for start, n in day.items():
            patience, offered_wait = rng.exponential(200, n), rng.exponential(60, n) * (rng.random(n) < 0.7)
            lost = patience < offered_wait
            rows.append(pd.DataFrame({
                "date": date, "at_s": start + rng.uniform(0, 1800, n), "type": rng.choice(["bill", "fault"], n),
                "priority": "", "customer": "", "wait_s": np.where(lost, patience, offered_wait),
                "outcome": np.where(lost, "abandoned", "answered"),
                "service_s": np.where(lost, np.nan, np.exp(5 + 0.7 * rng.normal(size=n))),
                "wrap_s": np.where(lost, np.nan, 40.0), "operator": np.where(lost, "", rng.choice(team, n)),
            }))  # fmt: skip
    return pd.concat(rows).sort_values(["date", "at_s"], ignore_index=True)


@pytest.fixture(scope="module")
def found(calls):
    return estimate_all(Tables(calls=calls))


def test_planted_laws_come_back_from_one_history(found):
    laws = found.service.types["bill"]
    pairs = [(laws.mu, 5.0), (laws.sigma, 0.7), (found.patience["all"].exponential, 200.0)]
    assert share_covered(pairs) == 1.0
    assert found.patience["all"].weibull_shape.value == pytest.approx(1.0, abs=0.05)
    assert found.arrivals.days.level.value == pytest.approx(300, rel=0.05)


def test_what_history_does_not_hold_is_named(found):
    assert found.skipped["redial"].startswith("0 known customers came back after abandoned")
    assert found.redial is None


def test_every_number_has_an_error_a_method_and_a_row(found):
    table = found.table()
    assert list(table.columns[:5]) == ["topic", "name", "value", "se", "low"]
    assert set(table["topic"]) == {"arrivals", "service", "patience", "presence"}
    assert (table["low"] <= table["value"]).all()
    assert (table["method"] != "").all()
    console = Console(file=io.StringIO(), width=160)
    for shown in found.rich_tables():
        console.print(shown)
    assert "left out" in console.file.getvalue()


def test_the_settings_load_over_a_scenario_of_rates(found):
    names = {"bill": "call", "fault": "call"}
    tree = stated_tree(found.settings(names), "planted")
    values = {f"demand.{name}": _plain(node) for name, node in tree["demand"].items()}
    values |= {f"opening.{name}": _plain(node) for name, node in tree["opening"].items()}
    values |= {"patience": _plain(tree["patience"]), "intents.call.talk": _plain(tree["intents"]["call"]["talk"])}
    scenario = load("erlang-a", values).scenario
    assert scenario.patience.law == "hazard"
    assert scenario.intents["call"].talk.sigma == pytest.approx(0.7, abs=0.03)
    assert sum(scenario.demand.rates["call"]) * 1800 == pytest.approx(300, rel=0.05)


def _plain(node):
    if isinstance(node, dict):
        return node["value"] if "mark" in node else {name: _plain(below) for name, below in node.items()}
    return node


def test_intervals_alone_give_their_own_estimates():
    table = as_intervals(counts(2)[0]).assign(queue="q")
    table = table.assign(answered=table["offered"] * 0.9, abandoned=table["offered"] * 0.1,
                         wait_answered_s=table["offered"] * 18.0, wait_abandoned_s=table["offered"] * 2.0,
                         handle_s=table["offered"] * 0.9 * 240.0)  # fmt: skip
    found = estimate_all(Tables(intervals=table))
    assert found.patience_intervals.value == pytest.approx(200)
    assert found.service_intervals["calls"][0].value == pytest.approx(240)
    assert found.skipped["presence"] == "needs a table of calls"
    assert [setting.value for setting in found.settings() if setting.path == ("patience", "mean")] == ["200 s"]


def test_a_type_that_was_not_recorded_is_called_as_its_queue():
    table = as_intervals(counts(2)[0], kind="").assign(queue="sales")
    assert list(estimate_all(Tables(intervals=table)).arrivals.types) == ["sales"]
    assert list(estimate_all(Tables(intervals=table.assign(queue=""))).arrivals.types) == ["all"]


def test_an_empty_history_has_an_empty_table():
    assert estimate_all(Tables()).table().empty


def test_intervals_of_estimates_stay_where_the_number_can_lie():
    share = Estimate("s", 0.01, 0.02, "share", 10, "m", is_share=True)
    assert share.interval() == (0.0, pytest.approx(0.01 + 1.96 * 0.02, abs=1e-4))
    assert Estimate("t", 5.0, 4.0, "s", 10, "m").interval()[0] == 0.0
    assert Estimate("mu", 0.5, 1.0, "log s", 10, "m", Fit("KS", 0.1)).interval()[0] < 0
    assert as_frame([share])["test"].tolist() == [""]


def test_the_bank_log_in_columns_of_the_contract():
    log = pd.DataFrame({"date": "1999-01-03", "at_s": [100, 200, 300], "type": "PS", "group": "main",
                        "priority": [2, 0, 1],
                        "customer": [7.0, np.nan, 8.0], "vru_s": [5, 5, 5], "wait_s": [30.0, np.nan, np.nan],
                        "outcome": ["HANG", "AGENT", "HANG"], "service_s": [np.nan, 60.0, np.nan],
                        "agent": [None, "A01", None]})  # fmt: skip
    calls = as_calls(log)
    assert list(calls["outcome"]) == ["abandoned", "answered", "left"]
    assert list(calls["customer"]) == ["7", "", "8"]
    assert calls["wait_s"].fillna(-1).tolist() == [30.0, 0.0, -1.0]


@needs_raw
def test_general_estimators_agree_with_the_figures_shipped_for_the_bank():
    table = compare(RAW)
    same = table[table["topic"].isin(["talk", "patience"]) & ~table["quantity"].str.startswith("spread")]
    assert (same["ours"] / same["shipped"]).to_numpy() == pytest.approx(np.ones(len(same)), rel=1e-3)
    gaps = table[table["topic"] == "presence"]
    assert (gaps["ours"] / gaps["shipped"]).to_numpy() == pytest.approx(np.ones(len(gaps)), rel=0.03)
    # Errors that take talks of one operator for independent are far too small.
    mu = table[table["quantity"] == "PS mu"].iloc[0]
    assert mu["our_se"] > 5 * mu["shipped_se"]
