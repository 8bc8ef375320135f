"""Forecasts from origins inside the fit: the laws known there, the rules for levels, the scores by month."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from calibration import bank
from calibration.fit.record import Record
from calibration.laws import LAW_OF, known_laws, with_laws
from calibration.operators import Crew
from calibration.proof.bank import HERE, MODES
from calibration.proof.heldout import HeldOut
from calibration.proof.kpis import KPIS
from calibration.proof.origins import levels_by, main, row_of, usual_rules
from calibration.proof.rolling import (
    EDGE,
    ORIGINS,
    RECENT,
    foreseen,
    latest_levels,
    root_mean_square,
    rules,
    talk_by_type,
    units,
)
from twin.errors import InputError
from twin.scenario.load import load
from twin.scenario.schema import Scenario

RAW = bank.find_raw()
needs_raw = pytest.mark.skipif(RAW is None, reason="no raw bank log (TWIN_DATA, ../shared)")
SHIPPED = bank.PROJECT / "twin/scenario/library/data/bank-1999/parameters.json"


def seconds(quantities):
    return [float(quantity.split()[0]) for quantity in quantities]


def test_the_library_s_scenario_says_what_its_parameters_say():
    resolved = load("bank-1999").resolved
    parameters = json.loads(SHIPPED.read_text("utf-8"))
    tree = with_laws(resolved, parameters)
    for name, intent in resolved["intents"].items():
        told = tree["intents"][name]
        for key in ("mu", "sigma"):
            assert intent["talk"][key] == pytest.approx(told["talk"][key], rel=1e-5)
        assert intent["talk"]["mass"]["share"] == pytest.approx(told["talk"]["mass"]["share"], rel=1e-5)
        assert intent["talk_factors"] == told["talk_factors"]
        assert seconds(intent["patience"]["rates"]) == pytest.approx(seconds(told["patience"]["rates"]), rel=1e-5)
        assert intent["wrap"]["shares"] == parameters["wrap"]["shares"]
        assert seconds(intent["wrap"]["means"]) == parameters["wrap"]["means_s"]
    for kind in LAW_OF:
        old, new = (one["queues"][kind]["waiting"]["announcement"]["patience_factor"] for one in (resolved, tree))
        assert seconds(old["waits"]) == pytest.approx(seconds(new["waits"]), abs=0.051)
        assert old["values"] == pytest.approx(new["values"], abs=0.00051)
        split = f"{kind}/unrecorded"
        assert resolved["demand"]["split"][split] == pytest.approx(tree["demand"]["split"][split], rel=1e-5)


def test_levels_follow_the_rule():
    told, recorded = np.array([1.21, 1.0]), np.array([0.9, 1.1])
    assert levels_by("told", told, recorded).tolist() == [1.21, 1.0]
    assert levels_by("usual", told, recorded).tolist() == [1.0, 1.0]
    assert levels_by("recorded", told, recorded).tolist() == [0.9, 1.1]


@needs_raw
def test_the_pace_of_all_needs_single_calls():
    with pytest.raises(InputError, match="--rules pace needs single calls: --mode log, not intervals"):
        main(["--raw", str(RAW), "--mode", "intervals", "--rules", "pace"])


def test_levels_to_come_are_told_by_several_rules():
    """As many days at 0 as recent ones at 0.1: recent 0.1, all 0.05; half of 0.2, means with it 0.15 and 0.125."""
    found = rules(0.2, np.array([0.0] * RECENT + [0.1] * RECENT))
    assert list(found.values()) == pytest.approx([0.2, 0.1, 0.05, 0.0, 0.1, 0.15, 0.125])


class Known:
    """A crew that knows the levels of its days."""

    def __init__(self, levels):
        self.levels = levels

    def recorded(self, days):
        return pd.Series(self.levels, [f"{i:02d}" for i in range(len(self.levels))])[days]


def test_levels_of_two_crews_are_compared_on_days_known_to_both():
    """Two days count, at 1.2 over 1.0 and 0.9 over 0.8: the root of 1.2 * 1.125; not the last ten."""
    days = [f"{i:02d}" for i in range(2 + EDGE)]
    latest, earlier = Known([1.2, 0.9] + [9.0] * EDGE), Known([1.0, 0.8] + [1.0] * EDGE)
    assert units(latest, earlier, days) == pytest.approx((1.2 * 1.125) ** 0.5)


def learning_crew():
    """A01 is tenured and stays at 240 for 200 s, A02 begins on day 60 at 300 s and comes to 220; pauses of 50 s."""
    rows = [("1999-01-02", 1, "A01", 240), ("1999-03-02", 60, "A02", 300), ("1999-05-02", 121, "A01", 240)]
    talks = pd.DataFrame([*rows, ("1999-05-02", 121, "A02", 220)], columns=["date", "day", "operator", "talk_s"])
    pauses = pd.DataFrame({"date": "1999-05-02", "day": 121, "operator": ["A01"] * 100, "gap_s": 50.0})
    return Crew(talks.assign(expected_s=200.0), pauses, "1999-05-31", 200.0, 50.0, {}, {}, {}, 1.0)


def test_what_newcomers_learn_is_foreseen_and_the_others_stay_as_they_were():
    """Of cycles 1.0 and 1.4 at the origin, (240 + 50) / 250 and (220 + 50) / 250 come; units there are 8 % higher."""
    latest = learning_crew()
    assert latest_levels(latest, ["1999-05-02"]).to_dict() == pytest.approx({"A01": 1.16, "A02": 1.08})
    there = pd.DataFrame({"date": "1999-05-02", "operator": ["A01", "A02"], "seconds": 3600.0})
    known = replace(latest, until="1999-03-31", cycle={"A01": 1.0, "A02": 1.4})
    found = foreseen(known, latest, there, unit=1.08)
    assert np.exp(list(found.values())) == pytest.approx([2 / (1 / 1.0 + 1 / 1.0), 2 / (1.08 / 1.16 + 1 / 1.4)])


def test_few_pauses_are_filled_up_by_usual_ones():
    """50 pauses of 50 s and 50 of 90 s, 70 in the mean: A01 has none, A02 those of 90 s and 100 of 70 s beside them."""
    latest = learning_crew()
    slow = latest.pauses.assign(operator="A02", gap_s=90.0)
    both = replace(latest, pauses=pd.concat([latest.pauses.head(50).assign(operator="A03"), slow.head(50)]))
    levels = latest_levels(both, ["1999-05-02"])
    assert levels.to_dict() == pytest.approx({"A01": (240 + 70) / 250, "A02": (220 + (4500 + 7000) / 150) / 250})


def test_errors_are_told_apart_by_how_far_ahead():
    """Errors of 3 and 4 % a month ahead: root mean square 3.54 %; of 5 % two months ahead."""
    names = ["1 to 30 days", "1 to 30 days", "31 to 61 days"]
    index = pd.MultiIndex.from_arrays([["a", "b", "a"], names], names=["until", "ahead"])
    found = root_mean_square(pd.DataFrame({"x": [0.03, -0.04, 0.05]}, index=index)).loc["x"]
    assert found.to_dict() == pytest.approx({"1 to 30 days": 0.0354, "31 to 61 days": 0.05}, abs=1e-4)


def record(lost, wait, quick):
    """A day of one half hour with 100 offered."""
    day = [np.array([[float(x)]]) for x in (100, lost, wait, quick, 100 - lost, 0)]
    return Record(("1999-04-01",), 1800.0, *day)


def test_a_month_s_row_holds_errors_and_scores():
    """Members lose 10 and 14 %, 13 % was recorded: error -1; CRPS = mean |x - y| - mean |x - x'| / 2 = 2 - 1."""
    found = row_of(HeldOut("x", [record(10, 0, 50), record(14, 0, 50)], record(13, 0, 40)))
    assert found["abandoned %: error"] == pytest.approx(-1)
    assert found["abandoned %: CRPS, days"] == pytest.approx(1)
    assert found["in 20 s %: error"] == pytest.approx(10)
    assert found["days within 4 points"] == 1.0


def stored(mode):
    rows = json.loads((HERE / f"origins-{mode}.json").read_text("utf-8"))
    return {(row["until"], row["month"], row["rule"]): row for row in rows}


def test_stored_scores_say_what_the_readme_says_of_them():
    """Five forecasts: the log is better than half hours alone in each; with the level known it meets every target."""
    log, half_hours = map(stored, MODES)
    told_better = 0
    for until, month in ORIGINS:
        for kpi in KPIS:
            name = f"{kpi}: CRPS, days"
            assert log[until, month, "told"][name] < half_hours[until, month, "told"][name]
            told_better += log[until, month, "told"][name] < log[until, month, "usual"][name]
        known = log[until, month, "recorded"]
        assert abs(known["abandoned %: error"]) < 2
        assert abs(known["in 20 s %: error"]) < 4
        assert abs(known["mean wait s: error"]) < 0.15 * known["mean wait s: recorded"]
        assert known["days within 4 points"] > 0.8
    assert told_better == 14, "of 15; the wait of May from the end of April"


@needs_raw
def test_an_origin_knows_nothing_later():
    """Calls of the main group with an operator up to 28 February, not those of five months."""
    laws = known_laws(RAW, "1999-02-28")
    assert laws["period"]["n_offered"] < 0.45 * json.loads(SHIPPED.read_text("utf-8"))["period"]["n_offered"]
    Scenario.model_validate(with_laws(load("bank-1999").resolved, laws))


def test_talks_by_type_and_hour_do_not_see_the_mix():
    """Short calls of 100, 100 and 175 s, 125 in the mean, long ones of 300, 300 and 525 s, 375: 0.8, 0.8 and 1.4 of it.
    A talk above an hour, a lost call and one of another group do not count; a day of long calls alone is not slower."""
    rows = [("1", "PS", 100), ("1", "NE", 300), ("2", "NE", 300), ("2", "PS", 100), ("3", "PS", 175), ("3", "NE", 525)]
    calls = pd.DataFrame(rows, columns=["date", "type", "service_s"]).assign(outcome="AGENT", group="main", at_s=36_000)
    odd = pd.DataFrame({
        "date": "1", "type": "PS", "service_s": [3601.0, 50.0, 50.0], "outcome": ["AGENT", "HANG", "AGENT"],
        "group": ["main", "main", "other"], "at_s": 36_000,
    })  # fmt: skip
    assert talk_by_type(pd.concat([calls, odd], ignore_index=True)).tolist() == pytest.approx([0.8, 0.8, 1.4])
    only_long = calls[(calls["date"] != "2") | (calls["type"] == "NE")]
    assert talk_by_type(only_long)["2"] == pytest.approx(0.8)


def test_the_stored_trials_are_of_the_rules_that_the_command_tries():
    for mode in MODES:
        stored = json.loads((HERE / f"origins-{mode}.json").read_text("utf-8"))
        tried = {(row["until"], row["month"]): set() for row in stored}
        for row in stored:
            tried[row["until"], row["month"]].add(row["rule"])
        assert set(tried) == set(ORIGINS)
        assert all(rules == set(usual_rules(mode)) for rules in tried.values())
