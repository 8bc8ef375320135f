"""The proof by hand: formulas at their edges, what is asked of a forecast, what an origin is given; recovery."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hand_made import record

from calibration import recovery
from calibration.fit.ensemble import space_filling
from calibration.fit.record import Record
from calibration.proof import origins
from calibration.proof.baselines import erlang_a_forecast, erlang_c_forecast, gap_for
from calibration.proof.heldout import HeldOut
from calibration.proof.scores import crps, pit, score
from twin.erlang import ErlangA, erlang_c
from twin.trace import TraceTables

# ---- scores and formulas ----------------------------------------------------------------------------------------


def test_crps_and_pit_of_ties_by_hand():
    """Members 2, 2, 5 and y = 2: mean |x - y| 1, pairs 3 + 3 over 9; beside four equal members the PIT is even."""
    assert crps(np.array([[2.0], [5.0], [2.0]]), np.array([2.0])) == pytest.approx([1 - 6 / 9])
    ties = pit(np.zeros((4, 5000)), np.zeros(5000))
    assert (ties.min(), ties.max()) == pytest.approx((0, 1), abs=0.01)
    above = pit(np.zeros((4, 5000)), np.ones(5000))
    assert (above.min(), above.max()) == pytest.approx((0.8, 1.0), abs=0.01)


def test_a_value_that_one_member_does_not_tell_is_left_out():
    assert score(np.array([[1.0, np.nan], [1.0, 2.0]]), np.array([1.0, 2.0])).n == 1


def test_less_than_one_operator_counts_as_one():
    """A share of an operator who is there for minutes is no formula's business: the queue of one, weighed once."""
    one, less = (erlang_a_forecast(record([5.0], [n]), 200.0, 300.0) for n in (1.0, 0.3))
    assert less.abandoned[0, 0] == pytest.approx(one.abandoned[0, 0])
    assert one.abandoned[0, 0] == pytest.approx(5 * ErlangA(1, 5 / 1800, 1 / 200, 1 / 300).p_abandon)
    assert one.answered[0, 0] == pytest.approx(5 - one.abandoned[0, 0])
    one, less = (erlang_c_forecast(record([5.0], [n]), 200.0) for n in (1.0, 0.3))
    assert less.wait_s[0, 0] == pytest.approx(one.wait_s[0, 0])


def test_a_quarter_of_an_operator_more_weighs_a_quarter():
    five, more, six = (erlang_a_forecast(record([36.0], [n]), 200.0, 300.0).wait_s[0, 0] for n in (5.0, 5.25, 6.0))
    assert more == pytest.approx(0.75 * five + 0.25 * six)
    five, more, six = (erlang_c_forecast(record([36.0], [n]), 200.0).wait_s[0, 0] for n in (5.0, 5.25, 6.0))
    assert more == pytest.approx(0.75 * five + 0.25 * six)


def test_erlang_c_holds_up_to_its_last_half_of_an_operator():
    """41.4 calls of 200 s are 4.6 Erlang for 5."""
    found = erlang_c_forecast(record([41.4], [5.0]), 200.0).wait_s[0, 0] / 41.4
    assert found == pytest.approx(float(erlang_c(5, 4.6)) / (0.4 / 200))


def test_a_gap_of_more_than_a_minute_is_found():
    """Lost as Erlang A loses with cycles of 180 and 120 s."""
    given = erlang_a_forecast(record([36.0, 40.0], [5.0, 5.0]), 300.0, 250.0)
    assert gap_for(given, 180.0, 250.0) == pytest.approx(120, abs=0.01)


# ---- what is asked of a forecast --------------------------------------------------------------------------------


def test_a_day_s_share_is_one_of_all_its_calls():
    """Lost 10 of 10 and 0 of 90: 10 %, not one half."""
    found = HeldOut("x", [record([10, 90], abandoned=[10, 0])], record([10, 90], abandoned=[0, 0]))
    assert found.by_day("abandoned %")[0].tolist() == [[10]]
    assert found.overall()["abandoned %"] == 10
    half = HeldOut("x", [record([50, 50], abandoned=[10, 0])], record([100, 100]))
    assert half.overall()["abandoned %"] == 10, "of a member's own calls"


def test_days_are_close_by_the_mean_of_all_members_and_up_to_four_points():
    given = record([[100], [100], [100]], abandoned=[[10], [10], [10]])
    members = [replace(given, abandoned=np.array([[low], [8.0], [14.5]])) for low in (0.0, 28.0)]
    assert HeldOut("x", members, given).close_days() == pytest.approx(2 / 3), (
        "14 and 8 are within 4 points, 14.5 is not"
    )


def test_what_a_true_model_would_meet_by_hand():
    """Three members, each told by the mean of the other two. Lost 10, 12 and 14.5 %: off by 3.25, 0.25 and 3.5 points;
    waits 100, 112 and 124: 18 of 100, 0, 18 of 124 (15 % are 18.6); in time 50, 56 and 53: 4.5, 4.5 and 0."""
    lost, wait, quick = (10, 12, 14.5), (100, 112, 124), (50, 56, 53)
    members = [
        record([100], abandoned=[a], wait_s=[100 * w], in_time=[q]) for a, w, q in zip(lost, wait, quick, strict=True)
    ]
    found = HeldOut("x", members, members[0]).attainable()
    assert found["abandoned %"] == pytest.approx(1 / 3)
    assert found["mean wait s"] == pytest.approx(2 / 3)
    assert found["in 20 s %"] == pytest.approx(1 / 3)
    assert found["days within 4 points"] == 1.0
    lost_by_day = [[[0], [0], [0], [0], [10]], [[0]] * 5]
    five = [record([[100]] * 5, abandoned=of) for of in lost_by_day]
    assert HeldOut("x", five, five[0]).attainable()["enough days within 4 points"] == 1.0, "four of five are enough"


# ---- what an origin is given ------------------------------------------------------------------------------------

DATES = [f"1999-{month:02d}-{day:02d}" for month in (1, 2, 3, 4) for day in (4, 11, 18)]
UNTIL = "1999-02-18"


@pytest.fixture
def asked(monkeypatch):
    """Cases as they were asked for; levels 1.2 are told, 0.8 was recorded."""
    cases = []

    def case(folder, days, until):
        cases.append((list(days), until))
        levels = pd.DataFrame({"date": list(days), "talk": 1.2})
        tables = TraceTables(pd.DataFrame(), talk_levels=levels)
        return origins.Case({}, tables, record(np.full((len(days), 1), 10.0)), None)

    monkeypatch.setattr(origins, "CASES", {"log": case, "intervals": case})
    monkeypatch.setattr(origins, "normal_days", lambda folder: DATES)
    return cases


def test_a_fit_at_an_origin_is_given_days_up_to_it(asked, monkeypatch, tmp_path):
    monkeypatch.setattr(origins, "Problem", lambda *parts: parts)
    monkeypatch.setattr(origins, "fit", lambda problem, runs: runs)
    assert origins.fitted_at(None, "log", UNTIL, 70, tmp_path) == 70
    assert asked == [(DATES[:6], UNTIL)]
    assert origins.fitted_at(None, "log", UNTIL, 80, tmp_path) == 70, "kept from before"


def test_a_forecast_from_an_origin_by_each_rule(asked, monkeypatch):
    given = []

    def simulated(case, box, points, spread):
        given.append((case.tables.talk_levels["talk"].tolist(), spread))
        return SimpleNamespace(members=[replace(case.recorded, dates=tuple(DATES[6:]))])

    monkeypatch.setattr(origins, "simulated", simulated)
    monkeypatch.setattr(origins, "recorded_levels", lambda folder, mode, dates, until: np.full(len(dates), 0.8))
    monkeypatch.setattr(Record, "days", lambda self, chosen: list(chosen))
    fitted = SimpleNamespace(problem=SimpleNamespace(box=None), drawn=lambda n: np.zeros((n, 1)))
    found = origins.forecasts_from(None, "log", UNTIL, ["03", "04"], fitted, 2)
    assert asked == [(DATES[6:], UNTIL)]
    usual = (origins.DRIFT["log"], origins.DAY["log"])
    assert given == [([1.2] * 6, usual), ([1.0] * 6, usual), ([0.8] * 6, (0.0, 0.0))]
    assert set(found) == {(month, rule) for month in ("03", "04") for rule in origins.RULES}
    assert found["03", "told"].recorded == DATES[6:9]
    assert found["04", "told"].members == [DATES[9:]]


def test_levels_as_recorded_are_over_what_was_usual_at_the_origin(monkeypatch):
    """Talk 100 s up to the origin and 150 after it: 1.5, whatever later months did to the mean of all."""
    monkeypatch.setattr(origins, "normal_days", lambda folder: DATES)
    talk = pd.Series([100.0] * 6 + [150.0] * 6, DATES)
    monkeypatch.setattr(origins, "talk_of", lambda folder, days: talk[days])
    found = origins.recorded_levels(None, "intervals", DATES[6:8], UNTIL)
    assert found.tolist() == [1.5, 1.5]
    crews, compared = [], []

    def known_crew(folder, until=None):
        crews.append(until)
        return SimpleNamespace(until=until, recorded=lambda dates: pd.Series(1.0, list(dates)))

    def units(latest, earlier, days):
        compared.append((latest.until, earlier.until, days))
        return 1.25

    monkeypatch.setattr(origins, "known_crew", known_crew)
    monkeypatch.setattr(origins, "units", units)
    assert origins.recorded_levels(None, "log", DATES[6:8], UNTIL).tolist() == [0.8, 0.8]
    assert compared == [(None, UNTIL, DATES[:6])]


def test_the_pace_is_that_of_the_crew_known_at_the_origin(monkeypatch):
    crews = []
    paces = SimpleNamespace(expected=lambda present: pd.Series([1.1, 0.9], DATES[:2]))
    monkeypatch.setattr(origins, "known_crew", lambda folder, until=None: crews.append(until))
    monkeypatch.setattr(origins, "paces_of", lambda crew: paces)
    monkeypatch.setattr(origins, "presence", lambda calls: None)
    monkeypatch.setattr(origins.bank, "read_calls", lambda folder, dates: None)
    assert origins.pace_levels(None, DATES[1::-1], UNTIL).tolist() == [0.9, 1.1]
    assert crews == [UNTIL]


# ---- recovery ---------------------------------------------------------------------------------------------------


@pytest.fixture
def planted_fits(monkeypatch):
    """Fits that err by what they are told, with 100 runs each, of problems that hold their truth as the record."""
    problems = []

    def problem(resolved, box, recorded, seed, discrepancy):
        problems.append((seed, discrepancy))
        return box.values(recorded)

    def fit(truth, runs, workers, quick):
        factors = np.array([[0.95, 1.1, 1.2], [0.8, 0.9, 1.2], [0.8, 0.9, 0.95]][len(problems) - 1])
        low, value, high = (truth * factor for factor in factors)
        parts = [SimpleNamespace(low=a, high=b) for a, b in zip(low, high, strict=True)]
        return SimpleNamespace(estimates=parts, values=value, n_runs=100)

    monkeypatch.setattr(recovery, "Problem", problem)
    monkeypatch.setattr(recovery, "recorded_truth", lambda resolved, box, z, number: z)
    monkeypatch.setattr(recovery, "fit", fit)
    return problems


def test_a_study_counts_truths_inside_and_errors_over_the_truth(planted_fits):
    """Intervals from 95 to 120 % of the truth, from 80 to 120 %, and from 80 to 95 %: the last misses; errors +10, -10
    and -10 %, widths 25, 40 and 15 %. A share's are in points of its own."""
    found = recovery.study(3)
    assert found.covered.tolist() == [[True] * 4, [True] * 4, [False] * 4]
    talk, redial = found.names.index("talk"), found.names.index("redial")
    assert found.error[:, talk] == pytest.approx([0.1, -0.1, -0.1])
    assert found.width[:, talk] == pytest.approx([0.25, 0.4, 0.15])
    box = recovery.planted()
    truth = box.values(space_filling(3, box.centre, 0.8 * box.spread, seed=11))[:, redial]
    assert found.error[:, redial] == pytest.approx(truth * [0.1, -0.1, -0.1])
    assert found.runs == 100
    assert planted_fits == [(1, 0), (2, 0), (3, 0)]
    table = found.table()
    assert "of 90 % intervals, 67% to 100% may hold the truth" in table  # binomial: P(at most 1 of 3) = 0.028
    assert "| talk | 67% | -3.3 | 10.0 | 25 |" in table
