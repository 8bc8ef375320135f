"""Outbound campaigns: a handful of numbers, answers worked out by hand."""

import numpy as np
import pytest
from kernel_bench import DAY, Bench, seconds
from kernel_scenarios import result
from kernel_steps import check_if_moved
from kernel_steps import run as run_checked
from property_runs import model_of

from twin.kernel.codes import Event, Outcome
from twin.kernel.dialling import adapt
from twin.scenario.schema import Scenario

CALLS = {"talk": seconds(100)}
SALES = {"talk": seconds(100), "channel": "outbound"}
ROUTES = [{"queue": "main", "skills": ["a"]}, {"intents": ["sales"], "queue": "out", "skills": ["a"]}]
PREVIEW = {"mode": "preview", "preview_time": seconds(20)}
PREDICTIVE = {"mode": "predictive", "nuisance_cap": 0.03, "most_dials": 4.0}


def campaign(count=1, **changes):
    base = {"intent": "sales", "count": count, "mode": "progressive", "reach": 1.0, "ring_time": seconds(10)}
    return base | {"opens": "00:00", "closes": "24:00"} | changes


def bench_of(list_, n=1, opens=0.0, **changes):
    intents = {"calls": CALLS, "sales": SALES}
    base = {"intents": intents, "queues": {"main": {}, "out": {}}, "routes": ROUTES, "campaigns": {"list": list_}}
    groups = {"desk": {"count": n, "skills": {"a": 1}}}
    bench = Bench(**(base | {"groups": groups} | changes))
    return bench.start().at(opens, Event.CAMPAIGN_OPEN, 0)


def talks(bench):
    """Instants at which outbound talks began."""
    return sorted(float(row["answered_at"]) for row in bench.records if row["who"] >= np.uint64(1) << np.uint64(63))


def test_preview_takes_a_look_dials_and_rings():
    """20 s of looking, 10 s of ringing, 100 s of talk, then the next number."""
    bench = run_checked(bench_of(campaign(2, **PREVIEW)))
    assert talks(bench) == [30.0, 160.0]
    assert bench.world.operator_time[0].tolist()[1:3] == [DAY - 260, 260.0]
    assert (bench.total("numbers_dialled"), bench.total("reached"), bench.total("handled")) == (2, 2, 2)
    assert (bench.total("dial_time"), bench.total("wait_handled")) == (60.0, 0.0)


def test_dialling_costs_the_wage():
    """30 s of looking and ringing, 100 s of talk, at 0.01 EUR a second."""
    bench = bench_of(campaign(1, **PREVIEW), sites={"in-house": {"wage": "36 EUR/h"}})
    run_checked(bench)
    assert bench.total("labour_cost") == pytest.approx(1.3)


def test_progressive_dials_once_an_idle_operator():
    bench = run_checked(bench_of(campaign(3), n=2))
    assert talks(bench) == [10.0, 10.0, 120.0]


def test_an_operator_at_a_dial_takes_no_call():
    bench = bench_of(campaign(1))
    call = bench.call(5)
    run_checked(bench)
    assert bench.wait(call) == 105.0


def test_who_is_not_reached_is_called_again_until_given_up():
    """Dials at 0, 610 and 1220: ten seconds of ringing, 600 s until the next."""
    bench = bench_of(campaign(1, reach=0.0, attempts=3, retry_delay=seconds(600)))
    run_checked(bench, 1225)
    assert (bench.total("numbers_dialled"), bench.total("given_up")) == (3, 0)
    run_checked(bench, 1231)
    assert (bench.total("given_up"), bench.total("entered"), bench.total("offered")) == (1, 0, 0)
    assert bench.world.operator_time[0][2] == 30.0
    assert len(bench.records) == 0


def test_a_number_that_is_due_again_goes_before_a_new_one():
    """A at 0, B at 10; at 20 A is due again since 15; only then, at 30, would C or B come."""
    bench = bench_of(campaign(3, reach=0.0, attempts=2, retry_delay=seconds(5)))
    run_checked(bench, 29)
    assert (bench.total("numbers_dialled"), int(bench.world.campaigns[0].n_left)) == (3, 1)


def test_reach_depends_on_the_hour():
    """Dials at 0, 1010, 2020, 3030 are in the first hour, in which nobody is at home; that of 4040 reaches."""
    reach = [0.0] + [1.0] * 23
    bench = run_checked(bench_of(campaign(1, reach=reach, attempts=9, retry_delay=seconds(1000))))
    assert (bench.total("numbers_dialled"), talks(bench)) == (5, [4050.0])


def test_out_of_hours_nobody_is_dialled():
    bench = bench_of(campaign(5)).at(105, Event.CAMPAIGN_CLOSE, 0).at(1000, Event.CAMPAIGN_OPEN, 0)
    run_checked(bench, 1300)
    assert talks(bench) == [10.0, 1010.0, 1120.0]


def test_only_beyond_the_reserve_operators_dial():
    """Two of three are kept: one dials at a time, and a call finds somebody idle."""
    bench = bench_of(campaign(3, keep_idle=2), n=3)
    call = bench.call(5)
    run_checked(bench)
    assert bench.wait(call) == 0.0
    assert talks(bench) == [10.0, 120.0, 230.0]


def test_calls_that_wait_go_before_dials():
    bench = bench_of(campaign(2))
    calls = bench.calls(1, 2)
    run_checked(bench)
    assert [bench.wait(call) for call in calls] == [109.0, 208.0]
    assert talks(bench) == [10.0, 320.0]


def test_many_dial_at_one_instant():
    bench = bench_of(campaign(30), n=25)
    run_checked(bench, 5)
    assert bench.total("numbers_dialled") == 25


def test_who_goes_home_while_it_rings_goes_after_it():
    bench = bench_of(campaign(2, reach=0.0)).at(5, Event.SHIFT_END, 0)
    run_checked(bench)
    assert bench.total("numbers_dialled") == 1
    assert bench.world.operator_time[0].tolist()[:3] == [DAY - 10, 0.0, 10.0]


@pytest.mark.parametrize(("talk", "outcome", "wait"), [(6.0, Outcome.HANDLED, 1.0), (7.5, Outcome.NUISANCE, 2.0)])
def test_predictive_drops_whom_nobody_answers_within_2_s(talk, outcome, wait):
    """The number dialled at 0 is reached at 10, but a call has taken the operator at 5."""
    bench = bench_of(campaign(1, **PREDICTIVE))
    bench.call(5, talk=talk)
    run_checked(bench)
    row = next(row for row in bench.records if row["who"] >= np.uint64(1) << np.uint64(63))
    assert row["outcome"] == outcome
    assert (row["answered_at"] if outcome == Outcome.HANDLED else row["ended_at"]) == 10.0 + wait
    assert bench.total("nuisance") == (outcome == Outcome.NUISANCE)
    assert bench.world.operator_time[0][1] > DAY - 200  # nobody is bound while it rings


def test_predictive_dials_ahead_by_its_ratio():
    """Three dials for one idle operator, all reached at 10: one is answered, two are nuisance calls."""
    bench = bench_of(campaign(3, **PREDICTIVE), opens=1.0).run(0.5)
    bench.world.campaigns.ratio[:] = 3.0
    run_checked(bench, 50)
    assert (bench.total("numbers_dialled"), bench.total("nuisance"), bench.total("offered")) == (3, 2, 3)
    assert int(bench.world.campaigns[0].n_nuisance) == 2


@pytest.mark.parametrize(
    ("ratio", "reached", "nuisance", "then"),
    [(2.0, 100, 4, 1.6), (2.0, 100, 3, 2.2), (2.0, 0, 0, 2.0), (1.0, 100, 4, 1.0), (3.9, 100, 0, 4.0)],
)
def test_the_ratio_follows_the_nuisance_calls(ratio, reached, nuisance, then):
    bench = bench_of(campaign(3, **PREDICTIVE), opens=50.0).run(1.0)
    row = bench.world.campaigns[0]
    row.ratio, row.n_reached, row.n_nuisance = ratio, reached, nuisance
    getattr(adapt, "py_func", adapt)(bench.world, 0)
    assert row.ratio == pytest.approx(then)
    assert (row.n_reached, row.n_nuisance) == (0, 0)


def mixed(**changes):
    """Calls, a list dialled ahead, eight operators, from eight to ten."""
    intents = {
        "calls": {"talk": {"law": "exponential", "mean": "2 min"}},
        "sales": {"talk": {"law": "exponential", "mean": "3 min"}, "channel": "outbound"},
    }
    ring = {"law": "exponential", "mean": "15 s"}
    retry = {"law": "exponential", "mean": "20 min"}
    list_ = campaign(4000, reach=0.4, ring_time=ring, attempts=3, retry_delay=retry, opens="08:00", closes="09:50")
    data = {
        "name": "mixed",
        "run": {"days": 2},
        "opening": {"opens": "08:00", "closes": "10:00"},
        "skills": {"a": {}},
        "intents": intents,
        "queues": {"main": {}, "out": {}},
        "routes": ROUTES,
        "demand": {"kind": "rates", "rates": {"calls": "60 /h"}},
        "groups": {"desk": {"count": 8, "skills": {"a": 1}}},
        "campaigns": {"list": list_ | PREDICTIVE | changes},
    }
    return Scenario.model_validate(data)


def test_all_tables_agree_through_a_day_of_dialling():
    model, mark = model_of(mixed()), None
    while model.now < DAY:
        model.run_until(model.now + 61.7)
        mark = check_if_moved(model.world, mark)
    assert model.world.tallies["nuisance"].sum() > 0


def test_no_way_of_cutting_a_run_changes_it():
    whole, odd, silent = model_of(mixed()), model_of(mixed()), model_of(mixed(), recording=False)
    whole.run_until(2 * DAY)
    silent.run_until(2 * DAY)
    while not odd.is_over:
        odd.run_until(odd.now + 1234.5)
    assert result(whole) == result(odd)
    assert result(whole)[:2] == result(silent)[:2]


def test_a_higher_cap_dials_more():
    """A cap of 1 % against one of 30 %: more dials, more reached, more nuisance calls."""
    low, high = (model_of(mixed(nuisance_cap=cap, adapts_every="5 min")) for cap in (0.01, 0.3))
    for model in (low, high):
        model.run()
    low, high = low.world.tallies, high.world.tallies
    assert high["numbers_dialled"].sum() > low["numbers_dialled"].sum()
    assert high["nuisance"].sum() / high["reached"].sum() > low["nuisance"].sum() / low["reached"].sum()


def test_many_who_come_at_once_dial_ahead_without_leaving_their_tables():
    """Forty operators come by one head count; at four dials each, 160 numbers ring."""
    groups = {"desk": {"count": 40, "skills": {"a": 1}, "head_count": [40] * 24}}
    bench = bench_of(campaign(500, **PREDICTIVE), groups=groups, opens=1.0)
    bench.duty = [row for row in bench.duty if row[1] != Event.SHIFT_START]
    bench.at(10, Event.HEAD_COUNT, 0, 40).run(5)
    bench.world.campaigns.ratio[:] = 4.0
    run_checked(bench, 15)
    assert bench.total("numbers_dialled") == 160
