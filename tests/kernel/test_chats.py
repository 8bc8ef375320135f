"""Chats at once: what each rule does, on a few contacts that can be followed by hand.

A chat takes 100 s alone. With a slowdown of 0.5, two at once go on at 1 / 1.5 of their speed, three at 1 / 2.
"""

import numpy as np
import pytest
from kernel_bench import Bench, exponential, seconds
from kernel_invariants import check
from kernel_steps import next_instant

from twin.kernel.codes import Activity, Event, Outcome

CHAT = {"talk": seconds(100), "channel": "chat"}
BOTH = {"calls": {"talk": seconds(100)}, "chats": CHAT}


def bench_of(at_once=2, slowdown=0.5, prefer="idle", **changes):
    rule = {"at_once": at_once, "slowdown": slowdown, "prefer": prefer}
    return Bench(**{"intents": {"calls": CHAT}, "chat": rule} | changes)


def run(bench, until=2000.0):
    """Instant by instant; all tables must agree after each."""
    bench.run(0.0)
    while (at := next_instant(bench.world)) < until:
        bench.run(float(np.nextafter(at, np.inf)))
        check(bench.world)
    return bench.run(float(until))


def answers(bench, *contacts):
    return [float(bench.last(contact)["answered_at"]) for contact in contacts]


def ends(bench, *contacts):
    return [float(bench.last(contact)["ended_at"]) for contact in contacts]


def operators(bench, *contacts):
    return [bench.operator(contact) for contact in contacts]


# ---- how fast they go -----------------------------------------------------------------------------------------------


def test_two_chats_slow_each_other_down_while_both_go_on():
    # Alone to 20; the first has 80 s left, at 1 / 1.5: to 140. The second then has 20 s left, alone: to 160.
    bench = bench_of()
    contacts = bench.calls(0, 20)
    run(bench)
    assert answers(bench, *contacts) == [0, 20]
    assert ends(bench, *contacts) == [140, 160]


def test_a_third_chat_waits_while_two_are_all_that_an_operator_has():
    # The third begins at 140, when the second has 20 s left: 30 s for both. The third has 80 s left at 170, alone.
    bench = bench_of()
    contacts = bench.calls(0, 20, 30)
    run(bench)
    assert answers(bench, *contacts) == [0, 20, 140]
    assert ends(bench, *contacts) == [140, 170, 250]
    assert (bench.total("chats"), bench.total("wait_handled")) == (3, 110)


@pytest.mark.parametrize(
    ("slowdown", "at_end"),
    [
        (0.0, [100, 150]),
        (1.0, [150, 200]),  # 50 s alone, then 50 left at half the speed; the second has 50 left at 150
    ],
)
def test_without_slowdown_nobody_minds_and_with_1_the_operator_is_shared_out(slowdown, at_end):
    bench = bench_of(slowdown=slowdown)
    contacts = bench.calls(0, 50)
    run(bench)
    assert ends(bench, *contacts) == at_end


def test_three_at_once_go_at_half_the_speed_and_end_together():
    bench = bench_of(at_once=3)
    contacts = bench.calls(0, 0, 0)
    run(bench)
    assert ends(bench, *contacts) == [200, 200, 200]
    assert bench.world.operators["activity"][0] == Activity.IDLE


def test_the_shorter_one_ends_first_whoever_began_before():
    # 10 s alone; then 30 s of the second take 45 s, to 55; the first has 100 - 10 - 30 = 60 s left, alone: to 115.
    bench = bench_of()
    long, short = bench.call(0), bench.call(10, talk=30)
    run(bench)
    assert ends(bench, long, short) == [115, 55]


def test_one_at_once_is_as_calls_are():
    arrivals = np.random.default_rng(1).uniform(0, 20_000, 200)
    talk, patience = exponential(90), exponential(60)
    rows = []
    for channel, more in (("phone", {}), ("chat", {"chat": {"at_once": 1, "slowdown": 3.0}})):
        intents = {"calls": {"talk": talk, "patience": patience, "fcr": 0.5, "channel": channel}}
        recall = {"share": 0.8, "delay": exponential(500)}
        bench = Bench(intents=intents, recall=recall, groups={"desk": {"count": 2, "skills": {"a": 1}}}, **more)
        bench.calls(*arrivals)
        rows.append(bench.run(40_000.0).records)
    assert len(rows[0]) > 220
    for name in rows[0].dtype.names:
        np.testing.assert_array_equal(rows[0][name], rows[1][name])


# ---- who takes a chat -----------------------------------------------------------------------------------------------

TWO = {"groups": {"desk": {"count": 2, "skills": {"a": 1}}}}


@pytest.mark.parametrize(
    ("prefer", "who"),
    [("idle", [0, 1, 0, 1]), ("busy", [0, 0, 1, 1])],  # then both have one: 0 has been unchanged for longer
)
def test_idle_operators_first_or_kept_free(prefer, who):
    bench = bench_of(prefer=prefer, **TWO)
    contacts = bench.calls(0, 1, 2, 3)
    run(bench)
    assert operators(bench, *contacts) == who


def test_the_one_with_fewest_chats_takes_the_next():
    # 0 has chats from 0 and 2, 1 has one from 1 that ends at 31 and one from 3: the one at 40 goes to 1.
    bench = bench_of(at_once=3, slowdown=0.0, **TWO)
    first, short, *others = [bench.call(0), bench.call(1, talk=30), *bench.calls(2, 3, 40)]
    run(bench)
    assert operators(bench, first, short, *others) == [0, 1, 0, 1, 1]


def test_groups_may_have_fewer_or_more_at_once():
    groups = {"one": {"count": 1, "skills": {"a": 1}, "chats": 1}, "more": {"count": 1, "skills": {"a": 1}, "chats": 3}}
    bench = bench_of(slowdown=0.0, groups=groups)
    contacts = bench.calls(0, 1, 2, 3, 4)
    run(bench)
    assert operators(bench, *contacts) == [0, 1, 1, 1, 0]
    assert answers(bench, *contacts) == [0, 1, 2, 3, 100]


def test_who_comes_on_duty_takes_as_many_as_may_be():
    bench = bench_of(slowdown=0.0).start(50.0)
    contacts = bench.calls(0, 1, 2)
    run(bench)
    assert answers(bench, *contacts) == [50, 50, 150]


def test_others_come_in_when_their_stage_opens_also_those_in_chats():
    groups = {"own": {"count": 1, "skills": {"a": 1}}, "help": {"count": 1, "skills": {"a": 2, "b": 1}}}
    more = {
        "skills": {"a": {}, "b": {}},
        "intents": {"calls": CHAT, "other": CHAT},
        "routes": [{"queue": "main", "skills": ["a"]}, {"queue": "main", "intents": ["other"], "skills": ["b"]}],
        "routing": {"stages": [{"level": 1}, {"level": 2, "after": "30 s"}]},
    }
    bench = bench_of(slowdown=0.0, groups=groups, **more)
    bench.call(0, "other")
    bench.calls(0, 1)
    third = bench.call(5)
    run(bench)
    assert (bench.operator(third), answers(bench, third)) == (1, [35])


def test_who_waits_for_a_chat_loses_patience_as_callers_do():
    bench = bench_of(at_once=1, intents={"calls": CHAT | {"patience": seconds(30)}})
    first, second, third = bench.calls(0, 10, 90)
    run(bench)
    assert [bench.outcome(contact) for contact in (first, second, third)] == [
        Outcome.HANDLED,
        Outcome.ABANDONED,
        Outcome.HANDLED,
    ]
    assert ends(bench, second) == [40]


def test_of_several_lines_the_one_with_the_lowest_rank_goes_first():
    intents = {"calls": CHAT, "first": CHAT}
    routes = [
        {"queue": "main", "skills": ["a"], "priority": {"rank": 1}},
        {"queue": "main", "intents": ["first"], "skills": ["a"]},
    ]
    bench = bench_of(intents=intents, routes=routes, slowdown=0.0)
    bench.calls(0, 10)
    later, sooner = bench.call(20), bench.call(30, "first")
    run(bench)
    assert answers(bench, later, sooner) == [110, 100]


@pytest.mark.parametrize(("primary_first", "order"), [(False, [100, 110]), (True, [110, 100])])
def test_primary_skills_may_go_first(primary_first, order):
    more = {
        "skills": {"a": {}, "b": {}},
        "intents": {"calls": CHAT, "other": CHAT},
        "routes": [{"queue": "main", "skills": ["a"]}, {"queue": "main", "intents": ["other"], "skills": ["b"]}],
        "routing": {"primary_first": primary_first},
    }
    bench = bench_of(slowdown=0.0, groups={"desk": {"count": 1, "skills": {"a": 1, "b": 2}}}, **more)
    bench.calls(0, 10)
    other, own = bench.call(20, "other"), bench.call(30)
    run(bench)
    assert answers(bench, other, own) == order


# ---- chats and calls ------------------------------------------------------------------------------------------------


def test_who_is_in_a_chat_gets_no_call_and_who_is_on_the_telephone_no_chat():
    # The second chat begins at 90, the first ends at 100 + 5 = 105; the second has 90 s left, alone: to 195.
    bench = bench_of(intents=BOTH)
    chat, call, further = bench.call(0, "chats"), bench.call(10), bench.call(90, "chats")
    last = bench.call(200, "chats")
    run(bench)
    assert answers(bench, chat, further, call, last) == [0, 90, 195, 295]


def test_a_free_operator_takes_whoever_has_waited_longest_and_then_further_chats():
    bench = bench_of(intents=BOTH, slowdown=0.0).start(100.0)
    chat, call, other = bench.call(0, "chats"), bench.call(10), bench.call(20, "chats")
    run(bench)
    assert answers(bench, chat, other, call) == [100, 100, 200]


@pytest.mark.parametrize(("prefer", "waits"), [("idle", 80), ("busy", 0)])
def test_with_busy_ones_preferred_somebody_is_left_for_calls(prefer, waits):
    bench = bench_of(intents=BOTH, slowdown=0.0, prefer=prefer, **TWO)
    bench.calls(0, 5, intent="chats")
    call = bench.call(20)
    run(bench)
    assert bench.wait(call) == waits


def test_chats_take_no_telephone_line_and_meet_no_menu():
    intents = {"calls": BOTH["calls"] | {"containment": 1.0}, "chats": CHAT}
    bench = bench_of(intents=intents, limits={"trunks": 1}, ivr={"navigation": seconds(30)})
    chats, calls = bench.calls(0, 1, intent="chats"), bench.calls(2, 3)
    run(bench)
    assert answers(bench, *chats) == [0, 1]
    assert [bench.outcome(call) for call in calls] == [Outcome.SELF_SERVED, Outcome.BLOCKED]


def test_a_queue_has_no_room_for_more_chats_than_may_wait():
    bench = bench_of(at_once=1, queues={"main": {"max_waiting": 1}})
    contacts = bench.calls(0, 1, 2)
    run(bench)
    assert [bench.outcome(contact) for contact in contacts] == [Outcome.HANDLED, Outcome.HANDLED, Outcome.BLOCKED]


# ---- hours ----------------------------------------------------------------------------------------------------------


def test_a_break_waits_for_all_chats_and_no_new_ones_come():
    # Two chats end at 140 and 160; the break is due at 50 and lasts from 160 to 200.
    bench = bench_of(at_once=3).start()
    bench.at(50, Event.BREAK, 0, 40.0)
    contacts = bench.calls(0, 20, 60)
    run(bench)
    assert answers(bench, *contacts) == [0, 20, 200]
    assert ends(bench, *contacts[:2]) == [140, 160]
    assert bench.world.operator_time[0, Activity.BREAK] == 40


def test_so_does_the_end_of_the_shift():
    bench = bench_of(at_once=3).start()
    bench.at(50, Event.SHIFT_END, 0).start(500.0)
    contacts = bench.calls(0, 20, 60)
    run(bench)
    assert answers(bench, *contacts) == [0, 20, 500]
    assert bench.world.operator_time[0, Activity.OFF] == 340


def test_who_comes_on_duty_again_while_chats_go_on_takes_new_ones():
    # 50 s alone, then two at once from 70 on: the first had 30 s left, 45 s for both.
    bench = bench_of().start()
    bench.at(50, Event.SHIFT_END, 0).start(70.0)
    contacts = bench.calls(0, 60)
    run(bench)
    assert answers(bench, *contacts) == [0, 70]
    assert ends(bench, *contacts) == [115, 185]


@pytest.mark.parametrize("closing", ["serve_out", "cut"])
def test_at_closing_time_chats_end_and_those_in_line_are_served_out_or_cut_off(closing):
    opening = {"opens": "00:00", "closes": "01:00", "closing": closing}
    bench = bench_of(slowdown=0.0, opening=opening).start().at(0, Event.OPEN)
    bench.at(50, Event.CLOSE).at(50, Event.SHIFT_END, 0)
    contacts = bench.calls(0, 10, 20, 30, 60)
    run(bench)
    late = Outcome.HANDLED if closing == "serve_out" else Outcome.CUT
    assert [bench.outcome(contact) for contact in contacts] == [*[Outcome.HANDLED] * 2, late, late, Outcome.CUT]
    assert ends(bench, *contacts) == ([100, 110, 200, 210, 60] if closing == "serve_out" else [100, 110, 50, 50, 60])
    assert bench.world.operators["activity"][0] == Activity.OFF


# ---- what is counted ------------------------------------------------------------------------------------------------


def test_the_operators_time_counts_once_and_each_chat_bears_its_part():
    # 0 to 20 alone, 20 to 140 two, 140 to 160 alone: 80 s of the operator for each; 140 s of chat each.
    bench = bench_of(sites={"in-house": {"wage": "36 EUR/h"}})
    bench.calls(0, 20)
    run(bench)
    assert bench.world.operator_time[0, Activity.TALK] == 160
    assert (bench.total("talk"), bench.total("chat_time"), bench.total("chat_work")) == (280, 280, 160)
    assert bench.total("labour_cost") == pytest.approx(160 * 0.01)
    assert bench.world.operators["n_handled"][0] == 2


def test_a_matter_not_settled_comes_back_as_a_chat():
    intents = {"calls": CHAT | {"fcr": 0.0}}
    recall = {"share": 1.0, "delay": seconds(300), "talk_factor": 0.5}
    bench = bench_of(intents=intents, resolution={"floor": 0.0}, recall=recall)
    contact = bench.call(0)
    run(bench, 600)
    assert [float(row["ended_at"]) for row in bench.of(contact)] == [100, 450]
    assert (bench.total("recalls"), bench.total("chats")) == (1, 2)
