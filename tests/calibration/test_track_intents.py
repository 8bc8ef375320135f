"""Following a day whose report tells intents and groups apart: levels of their own, operators of their own."""

import json

import numpy as np
import pandas as pd
import pytest
from test_track import MONDAY

from calibration.history.tables import INTERVAL_COLUMNS, as_table
from calibration.names import queues_of
from calibration.track.command import SCORES, plan_notes, write_tracked
from calibration.track.drift import read_scores
from calibration.track.labels import groups_of, intents_of, joined
from calibration.track.level import Level, whole_day
from calibration.track.members import Member, first_members, reported_over_planned
from calibration.track.mix import Mix
from calibration.track.plan import DayPlan
from calibration.track.proof_mix import concentration_of
from calibration.track.today import plan_and_today
from calibration.track.track import Settings, track
from twin.cli import main
from twin.scenario.load import load_scenario

HALF_HOUR = 1800.0
TWO = """
title = "Calls and orders, each with its own operators"
[run]
days = 1
warm_up = 0
[opening]
opens = "08:00"
closes = "18:00"
[demand]
kind = "rates"
period = "1 h"
rates.call = "200 /h"
rates.order = "100 /h"
noise = { day_cv = 0.15 }
[intents.call]
talk = { law = "exponential", mean = "4 min" }
[intents.order]
talk = { law = "exponential", mean = "4 min" }
[patience]
law = "exponential"
mean = "3 min"
[sites.north]
[sites.south]
[skills.calls]
[skills.orders]
[queues.calls]
target = "20 s"
[queues.orders]
target = "20 s"
[[routes]]
intents = ["call"]
queue = "calls"
skills = ["calls"]
[[routes]]
intents = ["order"]
queue = "orders"
skills = ["orders"]
[groups.desk]
count = 18
site = "north"
head_count = [18, 18, 18, 18, 18, 18, 18, 18, 18, 18]
skills = { calls = "primary" }
[groups.shop]
count = 9
site = "south"
head_count = [9, 9, 9, 9, 9, 9, 9, 9, 9, 9]
skills = { orders = "primary" }
"""
SEEN = np.arange(16, 26)
"""Half hours from 8:00 to 13:00."""


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "two.toml").write_text(TWO)
    return load_scenario(str(tmp_path / "two.toml"))


def report(**offered):
    """INTERVAL_COLUMNS of half hours from 8:00 to 13:00: contacts of each queue, as arrays or numbers."""
    rows = [
        {"date": pd.Timestamp(MONDAY), "start_s": int(i * HALF_HOUR), "length_s": int(HALF_HOUR), "queue": queue,
         "type": "", "offered": float(n), "answered": float(n), "abandoned": 0.0, "fold": 0}
        for queue, of in offered.items() for i, n in zip(SEEN, np.broadcast_to(of, len(SEEN)), strict=True)
    ]  # fmt: skip
    return as_table(pd.DataFrame(rows), INTERVAL_COLUMNS)


def with_operators(table, **operators):
    """The report with operators: of a queue one number, or one an interval."""
    for queue, of in operators.items():
        table.loc[table["queue"] == queue, "operators"] = of
    return table


# ---- what names mean --------------------------------------------------------------------------------------------


def test_a_row_counts_its_intent_or_those_of_its_queue_else_all(scenario):
    both = frozenset({"call", "order"})
    assert intents_of(scenario, both, "order") == {"order"}
    assert intents_of(scenario, both, "orders") == {"order"}
    assert intents_of(scenario, both, "somewhere") == both


def test_the_last_route_that_fits_everybody_wins(scenario):
    first, second = scenario.routes
    every = second.model_copy(update={"intents": None})
    assert queues_of(scenario.model_copy(update={"routes": [first, every]}), "call") == {"orders"}
    assert queues_of(scenario.model_copy(update={"routes": [every, first]}), "call") == {"calls"}
    some = every.model_copy(update={"segments": ["gold"]})
    assert queues_of(scenario.model_copy(update={"routes": [first, some]}), "call") == {"calls", "orders"}


def test_a_row_tells_of_its_group_its_site_or_who_answers_its_queue(scenario):
    every = frozenset({"desk", "shop"})
    names = {"desk": {"desk"}, "south": {"shop"}, "orders": {"shop"}, "call": {"desk"}, "": every, "nowhere": every}
    assert {name: groups_of(scenario, name) for name in names} == names


def test_sets_that_overlap_are_one():
    a, b, c, d = frozenset("ab"), frozenset("bc"), frozenset("d"), frozenset("ce")
    assert joined([a, c, d, b]) == [frozenset("abce"), frozenset("d")]


# ---- the levels -------------------------------------------------------------------------------------------------


def test_the_factors_are_the_gamma_law_by_hand(scenario):
    """Shares 2/3 and 1/3 of concentration 90; 1000 and 500 were due, 1000 and 700 came, all count: the second has
    Gamma(30 + 700, 30 + 500), the first Gamma(60 + 1000, 60 + 1000); what comes in all stays."""
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    seen = np.zeros_like(plan.expected)
    seen[SEEN] = [100, 70]
    is_seen = np.isin(np.arange(plan.n), SEEN)
    mix = Mix.of(plan, seen, is_seen, [(0,), (1,)], 90.0, 1.0)
    assert mix.shares == pytest.approx([2 / 3, 1 / 3])
    assert (mix.seen.tolist(), mix.expected.tolist()) == ([1000.0, 700.0], [1000.0, 500.0])
    drawn = np.array([mix.draw(1.0, np.random.default_rng(i)) for i in range(4000)])
    assert drawn @ mix.expected == pytest.approx(np.full(4000, 1500.0)), "how many come in all is the level's to say"
    first, second = 1.0, 730 / 530
    mean = 1500 / (1000 * first + 500 * second)
    assert drawn.mean(axis=0) == pytest.approx([mean * first, mean * second], rel=0.003)
    ratio = np.log(drawn[:, 1] / drawn[:, 0])
    assert ratio.std() == pytest.approx((1 / 730 + 1 / 1060) ** 0.5, rel=0.04)


def test_a_share_of_the_contacts_counts_and_the_level_is_not_told_twice(scenario):
    """Of 700 where 500 were due 30 % count; at level 1.2 600 were due: (40 + 210) / (40 + 180) for the second,
    (80 + 300) / (80 + 360) for the first."""
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    seen = np.zeros_like(plan.expected)
    seen[SEEN] = [100, 70]
    mix = Mix.of(plan, seen, np.isin(np.arange(plan.n), SEEN), [(0,), (1,)])
    drawn = np.array([mix.draw(1.2, np.random.default_rng(i)) for i in range(4000)])
    assert (drawn[:, 1] / drawn[:, 0]).mean() == pytest.approx(250 / 220 / (380 / 440), rel=0.01)


def test_before_anything_came_the_mean_over_the_day_stays(scenario):
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    nothing = np.zeros_like(plan.expected)
    mix = Mix.of(plan, nothing, np.zeros(plan.n, bool), [(0,), (1,)])
    drawn = np.array([mix.draw(1.0, np.random.default_rng(i)) for i in range(50)])
    assert drawn @ mix.shares == pytest.approx(np.ones(50))
    assert drawn[:, 1].std() > 2 * drawn[:, 0].std() * 0.9, "the smaller one moves more"


def test_one_stream_or_days_that_do_not_differ_have_no_mix(scenario):
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    nothing, is_seen = np.zeros_like(plan.expected), np.zeros(plan.n, bool)
    assert Mix.of(plan, nothing, is_seen, [(0, 1)]) is None
    steady = scenario.model_copy(
        update={"demand": scenario.demand.model_copy(update={"noise": scenario.demand.noise.model_copy(
            update={"day_cv": 0.0})})}
    )  # fmt: skip
    assert Mix.of(DayPlan.of(steady, MONDAY, HALF_HOUR), nothing, is_seen, [(0,), (1,)]) is None


def test_a_planted_intent_is_told_apart_and_forecast_nearer(scenario):
    """Orders at 1.4 of the usual, calls as always: 70 a half hour beside 100."""
    rng = np.random.default_rng(5)
    table = report(calls=rng.poisson(100.0, 10), orders=rng.poisson(70.0, 10))
    plan, today = plan_and_today(scenario, table)
    assert today.streams == ((0,), (1,))
    assert plan.intents == ("call", "order")
    found = track(plan, today, Settings(members=40, with_actions=False))
    calls, orders = found.streams
    assert (calls.intents, orders.intents) == (("call",), ("order",))
    assert orders.low < 1.4 < orders.high
    assert calls.low < 1.0 < calls.high
    assert calls.high < orders.low, "told apart"
    level = found.level
    apart = rest_by_intent(plan, today, level, Mix.of(plan, today.seen, today.is_seen, today.streams))
    alone = rest_by_intent(plan, today, level, None)
    truth = np.array([1000.0, 700.0])
    assert (np.abs(apart - truth) < np.abs(alone - truth) / 2).all()
    assert apart.sum() == pytest.approx(alone.sum(), rel=0.01)


def rest_by_intent(plan, today, level, mix):
    """Contacts of each intent from now on, mean over the members."""
    members = first_members(plan, today, level, 0.0, 200, 1, mix=mix)
    return np.mean([member.contacts[today.now :].sum(axis=0) for member in members], axis=0)


def test_without_intents_nothing_is_drawn_otherwise(scenario):
    """A report of one line for all: the same days to the last digit, whether intents may be told apart or not."""
    plan, today = plan_and_today(scenario, report(all=160))
    assert len(today.streams) == 1
    one, other = (
        track(plan, today, Settings(members=10, with_actions=False, by_intent=told)) for told in (True, False)
    )
    assert one.streams == []
    assert np.array_equal(one.days, other.days, equal_nan=True)


def test_by_intent_can_be_left(scenario):
    plan, today = plan_and_today(scenario, report(calls=100, orders=70))
    assert track(plan, today, Settings(members=10, with_actions=False, by_intent=False)).streams == []


def test_queues_of_no_known_name_are_shared_out_together(scenario):
    """Ten lines of one contact each: seven for calls, three for orders, not ten calls."""
    _, today = plan_and_today(scenario, report(**{f"line {i}": 1 for i in range(10)}))
    assert today.seen[16].tolist() == [7.0, 3.0]
    assert today.streams == ((0, 1),)


# ---- what the report does not hold ------------------------------------------------------------------------------


def test_intents_that_the_report_does_not_hold_do_not_press_the_level(scenario):
    """Calls at 1.1 of the usual, and no row of orders, of which 500 were due."""
    plan, today = plan_and_today(scenario, report(calls=110))
    assert today.untold == (1,)
    found = track(plan, today, Settings(members=10, with_actions=False))
    assert found.level.mean == pytest.approx(1.1, abs=0.02)
    assert found.streams == []
    assert plan_notes(plan, today) == ["the report holds no contacts of order: the level is that of the others"]
    last = whole_day(plan, today.seen, today.is_seen, 1.1, np.random.default_rng(1), untold=today.untold)
    assert last[26:36].sum(axis=0) == pytest.approx([1100, 550], rel=0.1)


def test_the_last_interval_is_judged_by_what_the_report_holds(scenario):
    """110 calls where 110 were due: nothing is passed on to the next half hour, though no order was told."""
    demand = scenario.demand.model_copy(
        update={"noise": scenario.demand.noise.model_copy(update={"interval_cv": 0.3, "interval_correlation": 0.9})}
    )
    plan, today = plan_and_today(scenario.model_copy(update={"demand": demand}), report(calls=110))
    ahead = [
        whole_day(plan, today.seen, today.is_seen, 1.1, np.random.default_rng(i), untold=today.untold)[26, 0]
        for i in range(400)
    ]
    assert np.mean(ahead) == pytest.approx(110, rel=0.04)


def test_rows_of_nought_are_told_and_few_expected_are_no_gap(scenario):
    """That none came is told where rows say so; of an intent of which ten or fewer were due, no row need."""
    _, today = plan_and_today(scenario, report(calls=110, orders=0))
    assert (today.untold, today.streams) == ((), ((0,), (1,)))
    rare = scenario.demand.model_copy(update={"rates": {"call": [200 / 3600], "order": [2 / 3600]}})
    _, today = plan_and_today(scenario.model_copy(update={"demand": rare}), report(calls=110))
    assert (today.untold, today.streams) == ((), ((0,), (1,)))


# ---- operators --------------------------------------------------------------------------------------------------


def test_reported_operators_of_two_groups_one_of_which_lacks_a_third(scenario):
    plan, today = plan_and_today(scenario, with_operators(report(calls=100, orders=50), calls=18.0, orders=6.0))
    assert reported_over_planned(plan, today) == {"desk": pytest.approx(1.0), "shop": pytest.approx(2 / 3)}
    members = first_members(plan, today, Level.before(plan.noise), 0.0, 2, 1, carried=0.5)
    assert members[0].ahead == {"desk": pytest.approx(1.0), "shop": pytest.approx((2 / 3) ** 0.5)}
    found = track(plan, today, Settings(members=10, presence_sd=0.0, carried=1.0, ahead_sd=0.0, with_actions=False))
    on_duty = found.days[:, :, 5].mean(axis=0)
    assert on_duty[20] == pytest.approx(24.0, abs=0.2), "18 and 6 in the morning"
    assert on_duty[30] == pytest.approx(24.0, abs=0.7), "and on"


def test_a_total_of_groups_is_split_as_planned(scenario):
    table = with_operators(report(all=150), all=24.0)
    _, today = plan_and_today(scenario, table)
    assert today.operators["desk"][SEEN] == pytest.approx(np.full(10, 16.0))
    assert today.operators["shop"][SEEN] == pytest.approx(np.full(10, 8.0))
    assert np.isnan(today.operators["desk"][[15, 26]]).all()


def test_where_none_are_planned_a_total_is_split_as_over_the_day(scenario):
    desk = scenario.groups["desk"].model_copy(update={"head_count": [0, *[18] * 9]})
    shop = scenario.groups["shop"].model_copy(update={"head_count": [0, *[9] * 9]})
    changed = scenario.model_copy(update={"groups": {"desk": desk, "shop": shop}})
    _, today = plan_and_today(changed, with_operators(report(all=150), all=24.0))
    assert today.operators["desk"][16] == pytest.approx(16.0)


def test_what_one_row_does_not_say_of_operators_the_sum_does_not_know(scenario):
    """Two lines answered by both groups: one leaves its operators of 8:30 blank, another time nobody called there."""
    table = with_operators(report(one=80, two=70), one=12.0, two=12.0)
    table.loc[(table["queue"] == "two") & (table["start_s"] == 30600), "operators"] = np.nan
    table.loc[(table["queue"] == "two") & (table["start_s"] == 32400), ["operators", "offered"]] = np.nan, 0.0
    _, today = plan_and_today(scenario, table)
    assert today.operators["desk"][[16, 17, 18]] == pytest.approx([16.0, np.nan, 8.0], nan_ok=True)


def test_rows_that_hold_rostered_operators_tell_of_none(scenario):
    shop = scenario.groups["shop"].model_copy(update={"head_count": None})
    changed = scenario.model_copy(update={"groups": scenario.groups | {"shop": shop}})
    _, today = plan_and_today(changed, with_operators(report(all=150), all=24.0))
    assert today.operators == {}
    _, today = plan_and_today(changed, with_operators(report(calls=100, orders=50), calls=18.0, orders=6.0))
    assert set(today.operators) == {"desk"}


def test_operators_that_change_are_something_new(scenario):
    """The sum is the same, the groups differ."""
    table = report(calls=100, orders=50)
    _, today = plan_and_today(scenario, with_operators(table.copy(), calls=18.0, orders=6.0))
    _, other = plan_and_today(scenario, with_operators(table.copy(), calls=17.0, orders=7.0))
    assert not other.says_as(today)
    assert today.says_as(plan_and_today(scenario, with_operators(table.copy(), calls=18.0, orders=6.0))[1])


# ---- the clocks -------------------------------------------------------------------------------------------------


def test_of_the_hour_that_is_passed_twice_the_second_pass_counts(scenario):
    """Queue by queue: one whose second pass is not there yet keeps its first."""
    table = report(calls=100, orders=50)
    again = table[(table["start_s"] == 30600) & (table["queue"] == "calls")].assign(fold=1, offered=80.0)
    _, today = plan_and_today(scenario, as_table(pd.concat([table, again]), INTERVAL_COLUMNS))
    assert today.seen[[16, 17, 18]].tolist() == [[100.0, 50.0], [80.0, 50.0], [100.0, 50.0]]
    assert today.counts[17, 0] == 130.0


# ---- the constants, the command ---------------------------------------------------------------------------------


def test_the_concentration_of_planted_days_is_found_again():
    rng = np.random.default_rng(3)
    due = np.array([700.0, 200.0, 100.0])
    days = [(rng.multinomial(1000, rng.dirichlet(150 * due / 1000)).astype(float), due) for _ in range(800)]
    assert concentration_of(days) == pytest.approx(150, rel=0.1)
    assert concentration_of([(due, due)] * 3) == np.inf


def test_the_command_tells_levels_by_intent(tmp_path, scenario, capsys):
    lines = [f"2013-03-04,{h:02d}:00,{queue},{n},{n},0\n" for h in (8, 9, 10, 11)
             for queue, n in (("calls", 200), ("orders", 160))]  # fmt: skip
    (tmp_path / "today.csv").write_text("date,start,queue,offered,answered,abandoned\n" + "".join(lines))
    command = ["track", str(tmp_path / "today.csv"), "--scenario", str(tmp_path / "two.toml"), "--members", "10"]
    command += ["--workers", "1"]
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "Contacts by intent" in said
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["streams"]
    assert [one["intents"] for one in told] == [["call"], ["order"]]
    assert told[1]["low"] > told[0]["high"]
    assert f"{told[1]['median']:.0%}" in said
    assert json.loads((tmp_path / "out" / "2013-03-04-1200.json").read_text())["streams"] == told


def test_members_bear_the_factors_they_were_drawn_with(scenario):
    plan, today = plan_and_today(scenario, report(calls=100, orders=70))
    mix = Mix.of(plan, today.seen, today.is_seen, today.streams)
    one, again = (first_members(plan, today, Level.before(plan.noise), 0.05, 3, 1, mix=mix) for _ in range(2))
    assert all(np.array_equal(a.mix, b.mix) for a, b in zip(one, again, strict=True))
    assert isinstance(one[0], Member)
    assert not np.array_equal(one[0].mix, one[1].mix)
    assert mix.by_intent(np.array([0.9, 1.3]), 2).tolist() == [0.9, 1.3]


def test_scores_that_another_tracker_added_meanwhile_are_kept(tmp_path, scenario):
    """Both read an empty folder; the second one writes last."""
    nothing = read_scores(tmp_path / SCORES)
    for queue in ("calls", "all"):
        plan, today = plan_and_today(scenario, report(**{queue: 100}), until=(11 if queue == "all" else 12) * 3600.0)
        write_tracked(track(plan, today, Settings(members=10, with_actions=False)), tmp_path, nothing)
    assert set(read_scores(tmp_path / SCORES)["until"]) == {"11:00", "12:00"}
