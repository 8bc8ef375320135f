"""Announced waits: what is told, who balks, how patience changes. One operator, talks of 100 s unless said."""

import numpy as np
import pytest
from kernel_bench import Bench, exponential, seconds
from kernel_steps import run

from twin.kernel.codes import Outcome


def bench_of(rule, estimator="queue_length", patience=None, **changes):
    intents = {"calls": {"talk": seconds(100), "patience": patience}}
    waiting = {"estimator": estimator, "announcement": {"balk": 0.0} | rule}
    return Bench(**({"waiting": waiting, "intents": intents} | changes))


def outcomes(bench, contacts):
    return [bench.outcome(contact).name for contact in contacts]


def steps(*waits):
    """Nobody balks below each of the waits, all at it: a curve that rises within a second."""
    return {"waits": [f"{waits[0] - 1} s", f"{waits[0]} s"], "values": [0.0, 1.0]}


def test_who_hears_of_a_long_wait_balks_and_who_hears_of_a_short_one_stays():
    """Told at joining: 1 x 100 s, then 2 x 100 s."""
    bench = bench_of({"balk": steps(200)})
    contacts = bench.calls(0, 10, 20)
    run(bench)
    assert outcomes(bench, contacts) == ["HANDLED", "HANDLED", "ABANDONED"]
    assert (bench.wait(contacts[2]), bench.total("balked"), bench.total("announced")) == (0.0, 1, 2)
    assert (bench.total("offered"), bench.total("short_abandoned")) == (3, 1)


def test_two_operators_halve_the_wait_that_is_told():
    bench = bench_of({"balk": steps(100)}, groups={"desk": {"count": 2, "skills": {"a": 1}}})
    contacts = bench.calls(0, 1, 10, 20)  # told 1 x 100 / 2, then 2 x 100 / 2
    run(bench)
    assert outcomes(bench, contacts) == ["HANDLED"] * 3 + ["ABANDONED"]


def test_the_share_who_balk_follows_the_curve():
    """Of 2000 who are told 100 s, where the curve has 0.3: 600, give or take 3 x sqrt(2000 x .3 x .7) = 61."""
    bench = bench_of({"balk": {"waits": ["0 s", "200 s"], "values": [0.1, 0.5]}}, patience=seconds(5))
    bench.call(0, talk=50_000)
    bench.calls(*(10 + 20 * i for i in range(2000)))
    bench.run()
    assert bench.total("announced") == 2000
    assert abs(bench.total("balked") - 600) < 61


def test_the_wait_of_the_last_one_answered_is_told_if_the_estimator_says_so():
    """Balking from 90 s. The second waits 90 s and the third 180 s, at 10 and 20 they hear of 0: both stay.

    The fourth, at 150, hears of 90 s (of the second, answered at 100), though he would wait 250 s by the queue.
    """
    for estimator, expected in (("last_entry", "ABANDONED"), ("queue_length", "HANDLED")):
        balk = steps(90) if estimator == "last_entry" else steps(201)
        bench = bench_of({"balk": balk}, estimator)
        contacts = [*bench.calls(0, 10, 20), bench.call(150)]
        run(bench)
        assert outcomes(bench, contacts) == ["HANDLED"] * 3 + [expected]


def test_who_is_answered_at_once_leaves_a_wait_of_zero_behind():
    """The second waits 90 s. The third is answered at once at 300, so the fourth hears of 0 s and stays."""
    bench = bench_of({"balk": steps(90)}, "last_entry")
    contacts = bench.calls(0, 10, 300, 310)
    run(bench)
    assert outcomes(bench, contacts) == ["HANDLED"] * 4


def test_the_announced_wait_changes_patience_by_a_factor():
    """Told 100 s, where the factor is 0.5: a patience of 60 s ends after 30 s. Told 200 s: 0.25."""
    factor = {"waits": ["100 s", "200 s"], "values": [0.5, 0.25]}
    bench = bench_of({"patience_factor": factor}, patience=seconds(60))
    contacts = bench.calls(0, 10, 20)
    run(bench)
    assert outcomes(bench, contacts) == ["HANDLED", "ABANDONED", "ABANDONED"]
    assert [bench.wait(contact) for contact in contacts[1:]] == [30.0, 15.0]
    assert bench.total("balked") == 0


def test_a_longer_patience_outlives_the_one_that_was_drawn():
    bench = bench_of({"patience_factor": 2.0}, patience=seconds(60))
    contact = bench.calls(0, 10)[1]
    run(bench)
    assert bench.outcome(contact) == Outcome.HANDLED
    assert bench.wait(contact) == 90.0


def test_who_is_told_draws_patience_from_another_law_and_who_would_wait_for_ever_does_too():
    for drawn in (seconds(500), None):
        bench = bench_of({"patience": seconds(40), "patience_factor": 0.5}, patience=drawn)
        contact = bench.calls(0, 10)[1]
        run(bench)
        assert (bench.outcome(contact), bench.wait(contact)) == (Outcome.ABANDONED, 20.0)


def test_a_factor_without_patience_leaves_nobody_impatient():
    bench = bench_of({"patience_factor": 0.0})
    contact = bench.calls(0, 10)[1]
    run(bench)
    assert bench.outcome(contact) == Outcome.HANDLED


def test_told_again_while_waiting_each_time_for_the_patience_that_is_left():
    """Patience 80 s, halved at each hearing: at joining 40 s are left; at 20 s of waiting 20 s, of which 10 s stay."""
    bench = bench_of({"patience_factor": 0.5, "every": "20 s"}, patience=seconds(80))
    contact = bench.calls(0, 10)[1]
    run(bench)
    assert (bench.outcome(contact), bench.wait(contact)) == (Outcome.ABANDONED, 30.0)
    assert bench.total("announced") == 1


def test_who_moves_up_hears_of_a_shorter_wait():
    """The third, at 20, is told 200 s, 90 s later 100 s: of the 60 s that are left of his patience 0.8 x 60 s stay."""
    factor = {"waits": ["100 s", "200 s"], "values": [0.8, 1.0]}
    bench = bench_of({"patience_factor": factor, "every": "90 s"}, patience=seconds(150))
    second, third = bench.calls(0, 10, 20)[1:]
    run(bench)
    assert bench.outcome(second) == Outcome.HANDLED  # told 100 s: 120 s of patience, answered after 90 s
    assert (bench.outcome(third), bench.wait(third)) == (Outcome.ABANDONED, 90.0 + 48.0)


def test_the_last_wait_less_the_wait_so_far_is_told_again():
    """The second waits 90 s. The third, at 110, is told 90 s, then 60 s, then 30 s, at which everybody hangs up."""
    at_thirty = {"waits": ["20 s", "25 s", "35 s", "40 s"], "values": [0.0, 1.0, 1.0, 0.0]}
    bench = bench_of({"balk": at_thirty, "every": "30 s"}, "last_entry")
    bench.call(0)
    bench.call(10, talk=500)
    third = bench.call(110)
    run(bench)
    assert (bench.outcome(third), bench.wait(third)) == (Outcome.ABANDONED, 60.0)
    assert (bench.total("balked"), bench.total("announced")) == (1, 2)


def test_the_instant_of_leaving_a_message_is_not_moved_by_what_is_told():
    bench = bench_of({"patience_factor": 10.0}, patience=seconds(60), routing={"leave_message_after": "70 s"})
    contact = bench.calls(0, 10)[1]
    run(bench)
    assert (bench.outcome(contact), bench.wait(contact)) == (Outcome.MESSAGE, 70.0)


def test_the_call_back_is_offered_before_the_wait_is_told():
    """Who takes it does not balk; who declines it does."""
    for accept, expected in ((1.0, "HANDLED"), (0.0, "ABANDONED")):
        rules = {"call_back": {"expected_wait": "50 s", "accept": accept, "place": "kept", "ring": seconds(0),
                               "reach": 1.0}, "announcement": {"balk": 1.0}}  # fmt: skip
        bench = Bench(waiting=rules)
        contact = bench.calls(0, 10)[1]
        run(bench)
        assert bench.outcome(contact).name == expected
        assert bench.total("offers") == 1


def test_a_balker_redials_like_anybody_who_gave_up():
    bench = bench_of({"balk": steps(100)}, redial={"share": 1.0, "delay": seconds(200)})
    contact = bench.calls(0, 10)[1]
    run(bench)
    assert [Outcome(int(row["outcome"])).name for row in bench.of(contact)] == ["ABANDONED", "HANDLED"]


def test_patience_follows_its_key_whatever_is_told():
    """The same customer has the same patience, times the factor: common random numbers."""
    waits = []
    for factor in (1.0, 0.5):
        bench = bench_of({"patience_factor": factor}, patience=exponential(50))
        bench.call(0, talk=10_000)
        contacts = bench.calls(*np.arange(10, 200, 10.0))
        bench.run()
        waits.append([bench.wait(contact) for contact in contacts])
    assert waits[1] == pytest.approx(0.5 * np.array(waits[0]))


def test_whoever_stands_before_one_counts_when_it_is_told_again():
    """The fourth, at 30, is told 300 s; at 120 the third still stands before him: 200 s, so 155 s of 310 s stay."""
    factor = {"waits": ["100 s", "200 s", "300 s"], "values": [1.0, 0.5, 1.0]}
    bench = bench_of({"patience_factor": factor, "every": "90 s"}, patience=seconds(400))
    fourth = bench.calls(0, 10, 20, 30)[3]
    run(bench)
    assert (bench.outcome(fourth), bench.wait(fourth)) == (Outcome.ABANDONED, 90.0 + 155.0)
