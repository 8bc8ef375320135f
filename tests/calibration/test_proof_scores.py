"""Scores of forecasts by hand, and the Erlang formulas as forecasts."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.fit.record import Measured, Record
from calibration.history.first_numbers import WAIT_LIFT
from calibration.proof.baselines import erlang_a_forecast, erlang_c_forecast, formulas, gap_for, patience_for
from calibration.proof.heldout import HeldOut, recorded_overall, table
from calibration.proof.scores import crps, inside, pit, score
from twin.erlang import ErlangA, erlang_c


def test_crps_of_three_numbers():
    # members 1, 2, 4 and y = 3: mean |x - y| = (2 + 1 + 1) / 3; pairs |1-2| + |1-4| + |2-4| = 6, over 9: 4/3 - 2/3
    assert crps(np.array([[1.0], [4.0], [2.0]]), np.array([3.0])) == pytest.approx([4 / 3 - 2 / 3])
    assert crps(np.array([[5.0]]), np.array([3.0])) == pytest.approx([2.0])  # of one member the absolute error


def test_pit_counts_the_members_below():
    # of 4 members two lie below 2.5 and none equals it: (2 + u) / 5 lies between 2/5 and 3/5
    (value,) = pit(np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([2.5]))
    assert 0.4 <= value <= 0.6
    assert inside(np.array([0.05, 0.26, 0.5, 0.74, 0.95]), 0.5) == 0.6
    assert inside(np.array([0.04, 0.26, 0.5, 0.74, 0.95]), 0.9) == 0.8


def test_a_true_model_covers_as_often_as_it_says_even_with_few_members():
    rng = np.random.default_rng(1)
    found = score(rng.standard_normal((9, 20_000)), rng.standard_normal(20_000))
    assert found.coverage[0.5] == pytest.approx(0.5, abs=0.015)
    assert found.coverage[0.9] == pytest.approx(0.9, abs=0.015)
    assert found.pit == pytest.approx([0.1] * 10, abs=0.01)
    tied = score(np.zeros((9, 20_000)), np.zeros(20_000))  # equal all over: the random part decides
    assert tied.coverage[0.5] == pytest.approx(0.5, abs=0.015)


def test_values_that_nobody_knows_are_left_out():
    assert score(np.ones((3, 2)), np.array([1.0, np.nan])).n == 1


@pytest.mark.filterwarnings("error")
def test_of_no_values_all_scores_are_nan():
    found = score(np.ones((3, 2)), np.full(2, np.nan))
    assert (found.n, found.pit) == (0, [])
    assert np.isnan([found.bias, found.rmse, found.crps, *found.coverage.values()]).all()
    assert list(found.coverage) == [0.5, 0.9]
    alone = score(np.ones(2), np.full(2, np.nan))  # of one member: no spread
    assert (alone.n, alone.coverage, alone.pit) == (0, {}, [])
    assert np.isnan([alone.bias, alone.rmse, alone.crps]).all()


def half_hours(offered, operators):
    shape = np.array([offered], float)
    return Record(("2024-01-02",), 1800.0, shape, 0.1 * shape, 30 * shape, 0.5 * shape, 0.9 * shape, 180 * shape,
                  np.array([operators], float))  # fmt: skip


def test_erlang_a_of_a_half_hour_is_the_formula():
    given = half_hours([36.0, 0.0], [5.0, 2.0])
    found = erlang_a_forecast(given, 200.0, 300.0)
    system = ErlangA(5, 36 / 1800, 1 / 200, 1 / 300)
    assert found.abandoned[0, 0] == pytest.approx(36 * system.p_abandon)
    assert found.wait_s[0, 0] == pytest.approx(36 * system.mean_wait)
    assert found.in_time[0, 0] == pytest.approx(36 * system.served_within(20.0))
    assert found.abandoned[0, 1] == 0
    half = erlang_a_forecast(half_hours([36.0], [5.5]), 200.0, 300.0).total("abandoned")
    more = erlang_a_forecast(half_hours([36.0], [6.0]), 200.0, 300.0).total("abandoned")
    assert half == pytest.approx((found.abandoned[0, 0] + more) / 2)  # half an operator: the mean of both


def test_erlang_c_of_a_half_hour_is_the_formula_or_a_growing_queue():
    # load 36 / 1800 x 200 = 4 Erlang: 5 operators keep up, 2 do not: the queue grows to (4/2 - 1) x 1800 s of work
    found = erlang_c_forecast(half_hours([36.0, 36.0], [5.0, 2.0]), 200.0)
    p_wait = erlang_c(5, 4.0)
    assert found.wait_s[0, 0] == pytest.approx(36 * p_wait / (1 / 200))
    assert found.in_time[0, 0] == pytest.approx(36 * (1 - p_wait * np.exp(-20 / 200)))
    assert found.wait_s[0, 1] == pytest.approx(36 * 900)
    assert found.in_time[0, 1] == 0
    assert found.total("abandoned") == 0


def test_the_gap_makes_erlang_a_lose_as_many_as_recorded():
    given = half_hours([36.0, 40.0], [5.0, 5.0])
    assert patience_for(given) == 300.0
    gap = gap_for(given, 180.0, 300.0)
    assert erlang_a_forecast(given, 180 + gap, 300.0).total("abandoned") == pytest.approx(7.6, abs=0.01)


def test_the_table_sets_forecasts_beside_the_recorded():
    given = half_hours([36.0, 40.0], [5.0, 5.0])
    assert recorded_overall(given) == pytest.approx({"abandoned %": 10.0, "mean wait s": 30.0, "in 20 s %": 50.0})
    forecast = HeldOut("itself", [given, given], given)
    assert forecast.close_days() == 1.0
    found = table(given, [forecast])
    assert found.loc["mean wait s", "itself"] == 30.0
    assert found.loc["CRPS mean wait s, days", "itself"] == 0.0


def test_bias_is_forecast_less_recorded_and_errors_are_squared():
    found = score(np.array([[3.0, 5.0]]), np.array([1.0, 6.0]))  # errors +2 and -1
    assert found.bias == pytest.approx(0.5)
    assert found.rmse == pytest.approx(2.5**0.5)


def test_formulas_take_talk_patience_and_gap_from_the_days_of_the_fit():
    """Talk 180 over the answered 0.9: 200 s; patience 30 over 0.1: 300 s; the gap that loses as many as there."""
    seen, unseen = half_hours([36.0, 40.0], [5.0, 5.0]), half_hours([50.0, 20.0], [6.0, 4.0])
    by_c, by_a = formulas(seen, unseen)
    gap = gap_for(seen, 200.0, 300.0)
    assert gap > 0
    expected = erlang_a_forecast(unseen, 200.0 + gap, 300.0)
    np.testing.assert_allclose(by_a.members[0].abandoned, expected.abandoned, rtol=1e-9)
    expected = erlang_c_forecast(unseen, 200.0 + gap)
    np.testing.assert_allclose(by_c.members[0].wait_s, expected.wait_s, rtol=1e-9)


def test_half_hours_of_few_calls_are_not_scored():
    given = half_hours([4.0, 5.0, 40.0], [5.0, 5.0, 5.0])
    forecast = HeldOut("itself", [given, given], given)
    assert [both["half hours"].n for both in forecast.scores().values()] == [2, 2, 2]


def test_what_chance_leaves_of_the_close_days():
    """Lost 15, 16 and 20 %: told by the other two (18, 17.5, 15.5) the last errs by 4.5 points: shares 1, 1, 0."""
    given = half_hours([40.0], [5.0])
    members = [replace(given, abandoned=share * given.offered) for share in (0.15, 0.16, 0.20)]
    found = HeldOut("ours", members, given).attainable()
    assert found["days within 4 points"] == pytest.approx(2 / 3)
    assert found["days within 4 points, 5 %"] == pytest.approx(0.1)
    assert found["days within 4 points, 95 %"] == 1.0


def test_a_report_of_the_answered_waits_is_set_beside_their_waits():
    given = replace(half_hours([36.0], [5.0]), measured=Measured(waits_of="answered", within_s=60.0))
    system = ErlangA(5, 36 / 1800, 1 / 200, 1 / 300)
    found = erlang_a_forecast(given, 200.0, 300.0)
    assert found.per_base("wait_s") == pytest.approx(system.asa)
    assert found.per_base("in_time") == pytest.approx(system.served_within(60.0))
    assert patience_for(given) == pytest.approx(WAIT_LIFT * 300.0), "the waits of the lost are not in the sum"
    forecast = HeldOut("itself", [given, given], given)
    names = ["abandoned %", "mean wait of answered s", "in 60 s %"]
    assert list(forecast.scores()) == names
    assert forecast.overall() == recorded_overall(given)
    assert recorded_overall(given) == pytest.approx(dict(zip(names, (10.0, 30 / 0.9, 50.0), strict=True)))
    assert set(names) < set(forecast.attainable())
    day, recorded = forecast.by_day(names[1])
    assert day[0] == recorded == pytest.approx(30 / 0.9)
