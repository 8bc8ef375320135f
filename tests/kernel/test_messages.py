"""Messages that become work: when it is done, by whom, and whether in time. One operator, talks of 100 s."""

import pytest
from kernel_bench import DAY, HOUR, Bench, seconds
from kernel_steps import run

from twin.kernel.codes import Activity, Event, Outcome


def bench_of(handle=60, deadline="1 h", after="50 s", **changes):
    work = {"handle": seconds(handle), "deadline": deadline}
    return Bench(**({"waiting": {"message": work}, "routing": {"leave_message_after": after}} | changes))


def test_a_message_is_worked_on_between_calls():
    """Left at 60; the operator is free at 100, but the third call waits: he talks to it until 200, then works 60 s."""
    bench = bench_of()
    first, second = bench.calls(0, 10)
    third = bench.call(90)
    run(bench)
    assert [Outcome(int(row["outcome"])).name for row in bench.of(second)] == ["MESSAGE", "MESSAGE_DONE"]
    assert [float(row["ended_at"]) for row in bench.of(second)] == [60, 260]
    assert [int(row["attempt"]) for row in bench.of(second)] == [0, 1]
    assert bench.last(third)["answered_at"] == 100
    assert bench.outcome(first) == Outcome.HANDLED
    assert (bench.total("handled"), bench.total("messages"), bench.total("talk")) == (2, 1, 200)
    assert (bench.total("messages_done"), bench.total("messages_in_time"), bench.total("message_time")) == (1, 1, 60)
    assert bench.world.operator_time[0, Activity.TALK] == 260


def test_a_message_waits_while_callers_do():
    """Four callers come before it, each answered when the one before hangs up."""
    bench = bench_of(after="250 s")
    bench.call(0, talk=260)
    second = bench.call(5)  # leaves a message at 255
    later = bench.calls(200, 300, 400, 500)
    run(bench)
    answered = [float(bench.last(contact)["answered_at"]) for contact in later]
    assert answered == [260, 360, 460, 560]
    assert bench.last(second)["ended_at"] == 720


def test_the_deadline_is_met_up_to_its_very_instant():
    """Left at 60, done at 100 + 60 = 160: 100 s later."""
    for deadline, met in (("100 s", 1), ("99 s", 0)):
        bench = bench_of(deadline=deadline)
        bench.calls(0, 10)
        run(bench)
        assert (bench.total("messages_done"), bench.total("messages_in_time")) == (1, met)


def test_messages_are_done_in_the_order_in_which_they_were_left():
    bench = bench_of()
    second, third = bench.calls(0, 10, 20)[1:]
    run(bench)
    assert bench.last(second)["ended_at"] == 160
    assert bench.last(third)["ended_at"] == 220


def test_messages_take_no_place_and_lengthen_no_expected_wait():
    """Room for one: the message left at 60 does not keep the next caller out, nor count in the wait he is told."""
    rules = {"message": {"handle": seconds(60), "deadline": "1 h"},
             "announcement": {"balk": {"waits": ["100 s", "101 s"], "values": [0.0, 1.0]}}}  # fmt: skip
    bench = bench_of(waiting=rules, limits={"waiting": 1})
    bench.calls(0, 10)
    third = bench.call(70)
    run(bench)
    assert bench.outcome(third) == Outcome.HANDLED


def test_who_is_free_already_takes_the_message_at_once():
    """The second-level operator may answer after 80 s of waiting, the message is left after 50 s: he takes it at 90."""
    groups = {f"g{level}": {"count": 1, "skills": {"a": level}} for level in (1, 2)}
    stages = [{"level": 1}, {"level": 2, "after": "80 s"}]
    bench = bench_of(groups=groups, routing={"stages": stages, "leave_message_after": "50 s"})
    bench.call(0, talk=1000)
    second = bench.call(10)
    run(bench)
    assert bench.last(second)["ended_at"] == 60 + 80 + 60


def test_nobody_stays_after_closing_for_messages():
    """The third call is served out, the message done after the next opening: too late."""
    bench = bench_of(opening={"opens": "00:00", "closes": "10:00"})
    closing = 10 * HOUR
    bench.at(0, Event.OPEN).start(0).at(closing, Event.CLOSE).at(closing, Event.SHIFT_END, 0)
    bench.at(DAY, Event.OPEN).start(DAY + 30)
    second = bench.calls(closing - 90, closing - 80)[1]  # message at 30 s before closing
    third = bench.call(closing - 5)
    run(bench, 2 * DAY)
    assert bench.last(third)["answered_at"] == closing + 10
    assert bench.last(second)["ended_at"] == DAY + 90
    assert (bench.total("messages_done"), bench.total("messages_in_time")) == (1, 0)


def test_a_message_left_after_closing_waits_for_the_next_opening():
    bench = bench_of(opening={"opens": "00:00", "closes": "10:00"})
    closing = 10 * HOUR
    bench.at(0, Event.OPEN).start(0).at(closing, Event.CLOSE).at(closing, Event.SHIFT_END, 0)
    bench.at(DAY, Event.OPEN).start(DAY)
    second = bench.calls(closing - 90, closing - 10)[1]  # answered at 10 s after closing
    third = bench.call(closing - 5)  # message at 45 s after closing
    run(bench, 2 * DAY)
    assert bench.last(second)["answered_at"] == closing + 10
    assert bench.last(third)["ended_at"] == DAY + 60


def test_the_work_depends_on_the_operator_and_costs_his_wage():
    bench = bench_of(abilities={"handle": {"primary": 2.0}}, sites={"in-house": {"wage": "36 EUR/h"}})
    bench.calls(0, 10)
    run(bench)
    assert bench.total("message_time") == 120
    assert bench.total("labour_cost") == pytest.approx(0.01 * (200 + 120))


def test_without_the_rule_a_message_is_the_end():
    bench = Bench(routing={"leave_message_after": "50 s"})
    second = bench.calls(0, 10)[1]
    run(bench)
    assert len(bench.of(second)) == 1
    assert (bench.total("messages"), bench.total("messages_filed")) == (1, 0)
