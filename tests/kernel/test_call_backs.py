"""Call-backs: the offer, the place in line, the dial, what is counted. One operator, talks of 100 s unless said."""

import numpy as np
import pytest
from kernel_bench import DAY, HOUR, Bench, seconds
from kernel_steps import run

from twin.kernel.codes import Activity, Event, Outcome

KEPT = {"expected_wait": "150 s", "accept": 1.0, "place": "kept", "ring": seconds(5), "reach": 1.0}


def bench_of(rule=None, **changes):
    return Bench(waiting={"call_back": KEPT | (rule or {})}, **changes)


def patient(value):
    return {"intents": {"calls": {"talk": seconds(100), "patience": seconds(value)}}}


def names(bench, contacts):
    return [bench.outcome(contact).name for contact in contacts]


# ---- the offer ------------------------------------------------------------------------------------------------------


def test_who_would_wait_too_long_hangs_up_and_is_called_in_turn():
    """Expected waits at joining: 1 x 100 s for the second, 2 x 100 s for the third, who is offered a call-back.

    The second talks from 100 to 200. The operator then dials the third, who picks up at 205.
    """
    bench = bench_of()
    contacts = bench.calls(0, 10, 20)
    run(bench)
    assert names(bench, contacts) == ["HANDLED"] * 3
    third = bench.last(contacts[2])
    assert (third["joined_at"], third["hung_up_at"], third["answered_at"], third["ended_at"]) == (20, 20, 205, 305)
    assert np.isnan(bench.last(contacts[1])["hung_up_at"])
    assert (bench.total("offers"), bench.total("call_backs"), bench.total("called_back")) == (1, 1, 1)
    assert (bench.total("dials"), bench.total("dial_time")) == (1, 5)
    assert bench.total("wait_handled") == 90 + 185
    assert (bench.total("called_wait"), bench.total("off_line")) == (185, 185)
    assert bench.world.operator_time[0, Activity.TALK] == 305


def test_a_call_back_has_no_patience_and_keeps_the_place():
    """All have 120 s of patience. The second is answered at 100; the third, called back, goes before the fourth."""
    bench = bench_of(**patient(120))
    contacts = bench.calls(0, 10, 20, 90)
    run(bench)
    assert names(bench, contacts) == ["HANDLED"] * 4  # the fourth hears of 300 s and is called back, too
    assert [bench.last(contact)["answered_at"] for contact in contacts] == [0, 100, 205, 310]
    bench = bench_of({"accept": 0.0}, **patient(120))
    contacts = bench.calls(0, 10, 20, 90)
    run(bench)
    assert names(bench, contacts) == ["HANDLED", "HANDLED", "ABANDONED", "HANDLED"]


def test_place_in_line_is_that_of_the_first_joining():
    """Who accepts at 60 s of waiting stands between those before and behind him."""
    bench = bench_of({"expected_wait": None, "after": ["60 s"], "accept": {"waits": ["150 s"], "values": [1.0]}})
    first, second, third, fourth = bench.calls(0, 10, 20, 130)
    run(bench)
    assert bench.order() == [first, second, third, fourth]
    assert bench.last(second)["hung_up_at"] == 70.0
    assert bench.last(second)["answered_at"] == 105.0
    assert bench.last(third)["hung_up_at"] == 80.0
    assert bench.last(fourth)["hung_up_at"] == 190.0
    assert bench.total("off_line") == 35 + (210 - 80) + (315 - 190)
    assert bench.total("called_wait") == 95 + 190 + 185


def test_acceptance_follows_the_expected_wait():
    """Nobody accepts at 200 s, everybody at 300 s: straight line between."""
    curve = {"waits": ["200 s", "300 s"], "values": [0.0, 1.0]}
    bench = bench_of({"accept": curve})
    contacts = bench.calls(0, 10, 20, 30)
    run(bench)
    assert [bool(np.isnan(bench.last(contact)["hung_up_at"])) for contact in contacts] == [True, True, True, False]
    assert (bench.total("offers"), bench.total("call_backs")) == (2, 1)


def test_offer_at_a_given_wait_comes_after_the_end_of_patience_at_the_same_instant():
    bench = bench_of({"expected_wait": None, "after": ["60 s", "80 s"]}, **patient(60))
    contacts = bench.calls(0, 10)
    run(bench)
    assert names(bench, contacts) == ["HANDLED", "ABANDONED"]
    assert bench.total("offers") == 0


def test_who_declines_is_asked_again():
    bench = bench_of({"expected_wait": None, "after": ["60 s", "80 s"], "accept": 0.0})
    bench.calls(0, 10)
    run(bench)
    assert (bench.total("offers"), bench.total("call_backs")) == (2, 0)


def test_a_call_back_frees_the_trunk_but_not_the_place_in_the_queue():
    """Three trunks: the third caller hangs up, so the fourth gets in. Two places to wait: the fourth does not."""
    for limits, last in (({"trunks": 3}, "HANDLED"), ({"waiting": 2}, "BLOCKED")):
        bench = bench_of(limits=limits)
        contacts = bench.calls(0, 10, 20, 30)
        run(bench)
        assert names(bench, contacts) == ["HANDLED"] * 3 + [last]


def test_a_queue_has_rules_of_its_own_or_none():
    intents = {name: {"talk": seconds(100)} for name in ("ann", "bob")}
    routes = [{"intents": [name], "queue": name, "skills": ["a"]} for name in intents]
    bench = bench_of(intents=intents, routes=routes, queues={"ann": {}, "bob": {"waiting": {}}},
                     demand={"kind": "rates", "rates": {"ann": "1 /h"}})  # fmt: skip
    bench.calls(0, 1, intent="ann")
    ann, bob = bench.call(10, "ann"), bench.call(20, "bob")
    run(bench)
    assert bench.last(ann)["hung_up_at"] == 10.0
    assert np.isnan(bench.last(bob)["hung_up_at"])


# ---- dialling -------------------------------------------------------------------------------------------------------


def test_who_does_not_answer_is_called_again_from_the_end_of_the_line_then_lost():
    """Dialled at 200 in vain until 205, due again at 225; the fourth is answered at 205, the next dial is at 305."""
    bench = bench_of({"reach": 0.0, "retries": 1, "retry_delay": seconds(20)})
    contacts = bench.calls(0, 10, 20)
    fourth = bench.call(201)
    run(bench)
    third = bench.last(contacts[2])
    assert bench.outcome(contacts[2]) == Outcome.UNREACHED
    assert (third["ended_at"], third["hung_up_at"]) == (310, 20)
    assert bench.last(fourth)["answered_at"] == 205
    assert (bench.total("dials"), bench.total("unreached"), bench.total("called_back")) == (2, 1, 0)
    assert (bench.total("wait_lost"), bench.total("off_line")) == (290, 290)


def test_the_operator_who_dialled_in_vain_is_free_at_once_when_nobody_waits():
    """The next try comes to an idle operator at its very instant: 205 + 20."""
    bench = bench_of({"reach": 0.0, "retries": 1, "retry_delay": seconds(20)})
    bench.calls(0, 10)
    third = bench.call(20)
    run(bench)
    assert bench.last(third)["ended_at"] == 230


def test_an_operator_whose_shift_ends_while_he_dials_goes_home_after_it():
    bench = bench_of({"reach": 0.0, "retries": 1, "retry_delay": seconds(20)})
    bench.start(0).at(202, Event.SHIFT_END, 0)
    third = bench.calls(0, 10, 20)[2]
    run(bench)
    assert bench.of(third) == []
    assert bench.world.operators.activity[0] == Activity.OFF
    assert bench.world.operator_time[0, Activity.TALK] == 205


# ---- promised instants ----------------------------------------------------------------------------------------------


def promised(**promise):
    return {"place": "promised", "promise": promise}


def test_promised_after_a_delay_with_a_priority_of_its_own():
    """The third is promised a call at 20 + 170 = 190, when the fourth waits since 120. At 200 the lower rank goes."""
    for rank, order in ((0, [0, 1, 3, 2]), (-1, [0, 1, 2, 3]), (1, [0, 1, 3, 2])):
        bench = bench_of(promised(delay="170 s", rank=rank))
        contacts = [*bench.calls(0, 10, 20), bench.call(120)]
        run(bench)
        assert [contacts.index(contact) for contact in bench.order()] == order
        assert bench.total("call_backs") == 1


def test_promised_call_backs_are_not_in_line_before_their_time():
    """The fourth finds one before him, not two: 100 s x 1 + himself is below 210 s."""
    for rule, n in (({}, 2), (promised(delay="1 h"), 1)):
        bench = bench_of({"expected_wait": "200 s"} | rule)
        bench.calls(0, 10, 20, 110)  # 110: one talks since 100, in the first rule one holds a place
        run(bench)
        assert bench.total("call_backs") == n


def test_a_promised_call_back_goes_to_the_stage_that_a_newcomer_opens():
    """The third hangs up at 20 and is due at 190; the newcomer of 191 makes two who wait, and help answers the first.

    Help is busy with its own call from 5 to 105. The caller of 191 waits for the desk, free at 200.
    """
    help_desk = {"desk": {"count": 1, "skills": {"a": 1}}, "help": {"count": 1, "skills": {"a": 3, "b": 1}}}
    routes = [{"queue": "main", "skills": ["b"], "intents": ["other"]}, {"queue": "main", "skills": ["a"]}]
    bench = bench_of(
        promised(delay="170 s"),
        skills={"a": {}, "b": {}},
        intents={"calls": {"talk": seconds(100)}, "other": {"talk": seconds(100)}},
        routes=routes,
        routing={"stages": [{"level": 1}, {"level": 3, "expected_wait": "140 s"}]},
        groups=help_desk,
        demand={"kind": "rates", "rates": {"calls": "1 /h", "other": "1 /h"}},
    )
    first, second, third = bench.calls(0, 10, 20)
    bench.call(5, intent="other")
    last = bench.call(191)
    run(bench)
    assert (bench.operator(third), bench.last(third)["answered_at"]) == (1, 196)
    assert (bench.operator(last), bench.last(last)["answered_at"]) == (0, 200)
    assert [bench.last(contact)["answered_at"] for contact in (first, second)] == [0, 100]


def test_promised_at_the_end_of_the_peak_by_the_clock():
    """At 09:00 and at 12:30 the next quiet period begins at 12:00 and at 16:00; at 17:00 it is the next open day."""
    opening = {"opens": "08:00", "closes": "18:00", "days": ["mon", "wed"]}
    quiet = promised(quiet_from=["12:00", "16:00"])
    bench = bench_of({"expected_wait": "0 s"} | quiet, opening=opening)
    for day in (0, 2):
        bench.at(day * DAY + 8 * HOUR, Event.OPEN).start(day * DAY + 8 * HOUR)
        bench.at(day * DAY + 18 * HOUR, Event.CLOSE).at(day * DAY + 18 * HOUR, Event.SHIFT_END, 0)
    called = []
    for clock in (9, 12.5, 17):
        bench.call(clock * HOUR)
        called.append(bench.call(clock * HOUR + 1))
    run(bench, 3 * DAY)
    answered = [float(bench.last(contact)["answered_at"]) for contact in called]
    assert answered == [12 * HOUR + 5, 16 * HOUR + 5, 2 * DAY + 12 * HOUR + 5]


def test_promised_instants_spread_and_lie_in_opening_hours():
    opening = {"opens": "08:00", "closes": "18:00"}
    bench = bench_of({"expected_wait": "0 s"} | promised(delay="10 min", spread="1 h"), opening=opening)
    bench.at(8 * HOUR, Event.OPEN).start(8 * HOUR).at(18 * HOUR, Event.CLOSE).at(18 * HOUR, Event.SHIFT_END, 0)
    bench.at(DAY + 8 * HOUR, Event.OPEN).start(DAY + 8 * HOUR)
    bench.call(9 * HOUR)
    early = bench.calls(9 * HOUR + 1, 9 * HOUR + 2)
    bench.call(17.95 * HOUR, talk=10)
    late = bench.call(17.95 * HOUR + 1)
    run(bench, 2 * DAY)
    waits = [float(bench.last(contact)["answered_at"] - bench.last(contact)["joined_at"]) for contact in early]
    assert waits[0] != waits[1]
    assert all(605 <= wait <= 4205 + 105 for wait in waits)
    assert bench.last(late)["answered_at"] == DAY + 8 * HOUR + 5


# ---- closing time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closing", ["serve_out", "cut"])
def test_at_closing_those_in_line_are_called_while_operators_serve_out_or_cut(closing):
    """Closing at 150: the third is dialled at 200 by the operator who stays, or is counted as cut at 150."""
    bench = bench_of(opening={"closing": closing})
    bench.start(0).at(150, Event.CLOSE).at(150, Event.SHIFT_END, 0)
    third = bench.calls(0, 10, 20)[2]
    run(bench)
    row = bench.last(third)
    if closing == "serve_out":
        assert (bench.outcome(third), row["answered_at"]) == (Outcome.HANDLED, 205)
    else:
        assert (bench.outcome(third), row["ended_at"], bench.total("off_line")) == (Outcome.CUT, 150, 130)


def test_nobody_is_offered_a_call_back_after_closing():
    rule = {"expected_wait": None, "after": ["60 s"]}
    bench = bench_of(rule)
    bench.start(0).at(150, Event.CLOSE).at(150, Event.SHIFT_END, 0)
    bench.calls(0, 10, 100)  # asked at 70, and would be at 160
    run(bench)
    assert bench.total("offers") == 1


def test_the_next_try_after_closing_waits_for_the_next_opening():
    opening = {"opens": "00:00", "closes": "10:00"}
    bench = bench_of({"reach": 0.0, "retries": 1, "retry_delay": seconds(60)}, opening=opening)
    bench.at(0, Event.OPEN).start(0).at(10 * HOUR, Event.CLOSE).at(10 * HOUR, Event.SHIFT_END, 0)
    bench.at(DAY, Event.OPEN).start(DAY)
    third = bench.calls(10 * HOUR - 220, 10 * HOUR - 210, 10 * HOUR - 200)[2]  # dialled at 20 s before closing
    run(bench, 2 * DAY)
    assert bench.last(third)["ended_at"] == DAY + 5


# ---- with other rules -----------------------------------------------------------------------------------------------


def test_who_was_called_back_and_not_helped_contacts_again_as_anybody():
    """The recall is on the telephone: no dial, no hanging up."""
    bench = bench_of(intents={"calls": {"talk": seconds(100), "fcr": 0.0}}, resolution={"floor": 0.0},
                     recall={"share": 1.0, "delay": seconds(2000)})  # fmt: skip
    third = bench.calls(0, 10, 20)[2]
    run(bench, 2500)
    rows = bench.of(third)
    assert [bool(np.isnan(row["hung_up_at"])) for row in rows] == [False, True]
    assert bench.total("dials") == 1


def test_operators_of_a_further_stage_dial_after_the_wait_that_opens_it():
    """Second-level operators may answer after 60 s in line: the third is dialled at 20 + 60."""
    groups = {f"g{level}": {"count": 1, "skills": {"a": level}} for level in (1, 2)}
    stages = [{"level": 1}, {"level": 2, "after": "60 s"}]
    bench = bench_of(groups=groups, routing={"stages": stages})
    bench.call(0, talk=1000)
    bench.start(0, 0).start(65, 1)
    second, third = bench.calls(10, 20)  # the second level takes the second at 70 until 170, then the third
    run(bench)
    assert bench.last(second)["answered_at"] == 70
    assert bench.last(third)["hung_up_at"] == 20
    assert bench.last(third)["answered_at"] == 175


def test_cumulated_waits_count_for_a_call_back_too():
    """Gives up after 30 s, redials after 50: at 90 he has waited 30 s, and hangs up; the operator dials at 500.

    So does the other: gives up at 119.5, hangs up at 169.5, is dialled at 605.
    """
    rule = {"expected_wait": "200 s"}
    bench = bench_of(rule, redial={"share": 1.0, "delay": seconds(50), "cumulate_wait": True}, **patient(30))
    bench.call(0, talk=500)
    contact = bench.call(10)
    bench.call(89.5)
    run(bench, 1500)
    assert bench.last(contact)["hung_up_at"] == 90
    assert bench.last(contact)["answered_at"] == 505
    assert bench.total("called_wait") == pytest.approx((505 - 90 + 30) + (610 - 169.5 + 30))


def test_a_promised_call_back_is_not_the_last_wait_that_is_told():
    """It was called when promised, an hour later: no wait. One who keeps his place has waited from 10 to 100."""
    for rule, last in ((promised(delay="1 h"), 0.0), ({}, 90.0)):
        bench = Bench(waiting={"estimator": "last_entry", "call_back": KEPT | {"expected_wait": "0 s"} | rule})
        bench.calls(0, 10)
        run(bench)
        assert bench.total("called_back") == 1
        assert bench.world.lines.last_wait[0] == last
