"""Summaries of half hours by hand: classes of load, contrasts, what follows lost calls, what a model may miss."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hand_made import record

from calibration.fit.moments import Summaries
from calibration.fit.parameters import Box, Parameter
from calibration.fit.record import Measured, simulated_record
from calibration.fit.simulator import Problem
from calibration.fit.sources import Source, not_compared, record_of_intervals


def told(given, by=None, has_own_arrivals=False):
    """Summaries of a record by name, classes cut by the same or by another."""
    summaries = Summaries(given if by is None else by, has_own_arrivals)
    return dict(zip(summaries.names, summaries.of(given), strict=True))


def test_classes_are_of_equal_calls_by_load_an_operator():
    """Ten half hours of ten calls, loads 1 to 10, and as many lost: the first class holds load 1, the last 8 to 10."""
    loads = np.arange(1.0, 11.0)
    given = record([np.full(10, 10.0)], operators=[10 / loads], abandoned=[loads], wait_s=[np.full(10, 300.0)])
    found = told(given)
    shares = [found[f"abandoned, load {k}"] for k in range(1, 6)]
    assert shares == pytest.approx([0.1, 0.25, 0.45, 0.65, 0.9])
    slack = replace(given, operators=np.full((1, 10), 10.0))
    lowest = told(slack, by=given)
    assert [lowest[f"abandoned, load {k}"] for k in range(1, 6)] == pytest.approx([0.55, 0, 0, 0, 0]), "by its own load"
    without = replace(given, operators=None, offered=given.offered * loads, abandoned=given.abandoned * 0 + 1)
    assert told(without)["abandoned, load 5"] == pytest.approx(10 / 550), "each over its usual volume is alike"


def test_spread_and_after_effects_by_hand():
    """Shares lost 0, 0.2, 0.1, 0.1, mean 0.1: after each other -0.01 over 0.02; mean waits 10, 30, 10, 30: sd 10. Parts
    of the day are thirds of the calls; half hours of four calls tell nothing."""
    offered, lost = np.full(4, 10.0), np.array([0.0, 2, 1, 1])
    given = record([offered], abandoned=[lost], wait_s=[[100, 300, 100, 300]], handle_s=[(offered - lost) * 60])
    found = told(given)
    assert found["abandonment after abandonment"] == pytest.approx(-0.5)
    assert found["log spread of half-hour wait"] == pytest.approx(np.log(11))
    assert found["log handle time"] == pytest.approx(np.log(61))
    assert found["log wait, all"] == pytest.approx(np.log(21))
    more = record([[*offered, 4]], abandoned=[[*lost, 4]], wait_s=[[100, 300, 100, 300, 4000]])
    assert told(more)["abandonment after abandonment"] == pytest.approx(-0.5)
    assert told(more)["log spread of half-hour wait"] == pytest.approx(np.log(11))
    late = record([np.full(48, 10.0)], abandoned=[np.repeat([0.0, 3.0], [31, 17])])
    assert [told(late)[f"abandoned, part {k} of the day"] for k in (1, 2, 3)] == pytest.approx([0, 0, 0.3])


@pytest.mark.filterwarnings("error")
def test_offered_follows_lost_calls_as_planted():
    """20 usual calls; excess 0.1 + 0.3 lost now + 0.5 lost before, exactly; under five usual calls nothing is told."""
    rng = np.random.default_rng(1)
    usual = record(np.full((3, 48), 20.0))
    lost = rng.uniform(0, 0.5, (3, 48))
    offered = 20 * (1.1 + 0.3 * lost + 0.5 * np.roll(lost, 1, axis=1))
    found = told(record(offered, abandoned=20 * lost), usual, has_own_arrivals=True)
    assert found["offered by lost now"] == pytest.approx(0.3)
    assert found["offered by lost before"] == pytest.approx(0.5)
    assert found["log offered"] == pytest.approx(np.log(offered.sum() + 1))
    quiet = told(record(np.full((3, 48), 4.0)), has_own_arrivals=True)
    assert (quiet["offered by lost now"], quiet["offered by lost before"]) == (0, 0)


def test_what_the_model_may_miss_is_told_by_the_summary_s_name():
    given = record([np.full(10, 10.0)], operators=[np.arange(1.0, 11)], abandoned=[np.arange(10.0)],
                   wait_s=[np.full(10, 300.0)])  # fmt: skip
    box = Box((Parameter("p", ("redial.share",), 0.1, 0.9),))
    problem = Problem({"demand": {"kind": "rates"}}, box, given, discrepancy=2.0)
    found = dict(zip(problem.names, np.sqrt(np.diag(problem.model_error)) / 2, strict=True))
    expected = {"abandoned, all": 0.003, "log wait, all": 0.02, "in 20 s, all": 0.005, "log handle time": 0.005,
                "log wait, load 3": 0.06, "abandoned, load 3": 0.015, "in 20 s, load 3": 0.015,
                "abandoned, part 2 of the day": 0.015, "log spread of half-hour wait": 0.1,
                "abandonment after abandonment": 0.1, "log offered": 0.015, "offered by lost now": 0.015}  # fmt: skip
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert "log offered" not in Problem({"demand": {"kind": "trace"}}, box, given).names


def test_a_run_s_half_hours_are_sums_of_its_quarters():
    """Two days of four quarters, two queues; waits of handled and lost; the second day alone."""
    names = ("offered", "abandoned", "wait_handled", "wait_lost", "in_20s", "handled", "talk", "hold")
    tallies = {name: np.arange(16.0).reshape(8, 2) + 100 * i for i, name in enumerate(names)}
    calendar = SimpleNamespace(intervals_a_day=4, interval_time=900.0, days=2)
    run = SimpleNamespace(tallies=tallies, calendar=calendar, scenario=None)
    found = simulated_record(run, record([[1, 1]], operators=[[3, 4]]), [1])
    assert found.offered.tolist() == [[8 + 9 + 10 + 11, 12 + 13 + 14 + 15]]
    assert found.wait_s.tolist() == [[2 * 38 + 4 * 500, 2 * 54 + 4 * 500]]
    assert found.handle_s.tolist() == [[2 * 38 + 4 * 1300, 2 * 54 + 4 * 1300]], "talk and hold"
    assert found.operators.tolist() == [[3, 4]]


def test_a_run_is_measured_as_the_report_is():
    """Waits of the answered, in 30 s, AHT with wrap-up; and a threshold that no run counts."""
    names = [
        "offered",
        "abandoned",
        "wait_handled",
        "wait_lost",
        "in_20s",
        "in_target",
        "handled",
        "talk",
        "hold",
        "wrap",
    ]
    tallies = {name: np.full((2, 1), 10.0 + i) for i, name in enumerate(names)}
    calendar = SimpleNamespace(intervals_a_day=2, interval_time=1800.0, days=1)
    queues = {"calls": SimpleNamespace(target=30.0)}
    run = SimpleNamespace(tallies=tallies, calendar=calendar, scenario=SimpleNamespace(queues=queues, clusters={}))
    of = Measured(waits_of="answered", within_s=30.0, has_wrap=True)
    like = replace(record([[1, 1]]), measured=of)
    found = simulated_record(run, like)
    assert (found.wait_s[0, 0], found.in_time[0, 0], found.handle_s[0, 0]) == (12.0, 15.0, 17.0 + 18.0 + 19.0)
    assert found.measured == of
    assert found.per_base("wait_s") == 12.0 / 16.0, "of the answered"
    assert found.per_base("in_time") == 15.0 / 10.0, "of the offered"
    assert like.counted_by(run.scenario) is like
    queues["calls"].target = 20.0
    assert np.isnan(simulated_record(run, like).in_time).all()
    assert np.isnan(like.counted_by(run.scenario).in_time).all()
    assert of.sentence(run.scenario).startswith("Answered within 30 s is not compared: no run counts it")
    assert Measured().sentence(run.scenario) == ""


def test_summaries_of_waits_of_the_answered_are_over_the_answered():
    given = replace(
        record([[10, 20]], answered=[[8, 10]], wait_s=[[80, 300]], in_time=[[4, 5]]),
        measured=Measured(waits_of="answered", within_s=30.0),
    )
    summaries = Summaries(given, has_own_arrivals=False)
    found = dict(zip(summaries.names, summaries.of(given), strict=True))
    assert found["log wait, all"] == pytest.approx(np.log(380 / 18 + 1))
    assert found["in 30 s, all"] == pytest.approx(9 / 30)
    assert found["log spread of half-hour wait"] == pytest.approx(np.log(10 + 1)), "10 and 30 s"
    tolerances = dict(zip(summaries.names, summaries.tolerance, strict=True))
    assert (tolerances["in 30 s, all"], tolerances["in 30 s, load 2"]) == (0.005, 0.015)


def test_what_a_report_measures():
    table = pd.DataFrame({
        "date": ["2024-01-02"] * 2, "start_s": [0, 1800], "length_s": 1800, "offered": [10.0, 20.0],
        "answered": [8.0, 10.0], "abandoned": [2.0, 10.0], "wait_answered_s": [80.0, 300.0], "wait_abandoned_s": np.nan,
        "answered_in_time": [4.0, 5.0], "within_s": 30.0, "service_s": np.nan, "handle_s": [800.0, 1000.0],
    })  # fmt: skip
    found = record_of_intervals(table)
    assert found.measured == Measured(waits_of="answered", within_s=30.0, has_wrap=True)
    assert (found.wait_s[0, :2].tolist(), found.in_time[0, :2].tolist()) == ([80.0, 300.0], [4.0, 5.0])
    assert found.per_base("handle_s") == pytest.approx(1800 / 30)
    full = record_of_intervals(table.assign(wait_abandoned_s=20.0, service_s=700.0, within_s=20.0))
    assert full.measured == Measured()
    assert full.wait_s[0, 0] == 100.0
    assert full.handle_s[0, 0] == 700.0
    mixed = record_of_intervals(table.assign(within_s=[20.0, 30.0]))
    assert np.isnan(mixed.in_time).all(), "of two thresholds neither"
    one_queue = SimpleNamespace(queues={"calls": SimpleNamespace(target=20.0)}, clusters={})
    said = not_compared(Source("h", mixed, table.assign(within_s=[20.0, 30.0])), one_queue)
    assert said == "Answered in time is not compared: the history has thresholds of 20 and 30 s, must have one."
    assert not_compared(Source("h", found, table), one_queue).startswith("Answered within 30 s is not compared")
    assert not_compared(Source("h", full, table), one_queue) == ""
