"""Deferred work (e-mails, letters, desk work) beside calls: a handful of contacts, answers worked out by hand."""

import pytest
from kernel_bench import DAY, HOUR, Bench, seconds
from kernel_steps import run as run_checked

from twin.kernel.codes import Event, Outcome

MAIL = {"talk": seconds(480), "channel": "e-mail", "answer_by": "1 day"}
CALLS = {"talk": seconds(100)}


def bench_of(calls=CALLS, mail=MAIL, **changes):
    routes = [{"queue": "main", "skills": ["a"]}, {"intents": ["mail"], "queue": "mail", "skills": ["a"]}]
    base = {"intents": {"calls": calls, "mail": mail}, "queues": {"main": {}, "mail": {}}, "routes": routes}
    return Bench(**(base | changes))


def test_a_mail_is_taken_up_only_when_no_call_waits():
    """The operator is free at 100. The mail came before the second call, but the call goes first: mail from 200."""
    bench = bench_of()
    bench.call(0)
    mail, call = bench.call(10, "mail"), bench.call(90)
    run_checked(bench)
    assert (bench.wait(call), bench.wait(mail)) == (10.0, 190.0)


def test_by_rank_the_mail_goes_first_if_it_came_first():
    bench = bench_of(blending={"deferred": "by_rank"})
    bench.call(0)
    mail, call = bench.call(10, "mail"), bench.call(90)
    run_checked(bench)
    assert (bench.wait(mail), bench.wait(call)) == (90.0, 490.0)


def test_a_mail_that_is_begun_is_finished_first():
    """Not interruptible: the call waits from 10 until the mail of 480 s is answered."""
    bench = bench_of()
    bench.call(0, "mail")
    call = bench.call(10)
    run_checked(bench)
    assert bench.wait(call) == 470.0


def test_a_mail_has_no_patience():
    """Patience of 30 s holds for the call alone."""
    bench = bench_of(patience=seconds(30))
    bench.call(0, talk=1000)
    mail, call = bench.call(10, "mail"), bench.call(10)
    run_checked(bench)
    assert (bench.outcome(mail), bench.wait(mail)) == (Outcome.HANDLED, 990.0)
    assert (bench.outcome(call), bench.wait(call)) == (Outcome.ABANDONED, 30.0)


def test_mails_take_no_trunk_and_no_place_in_the_queue():
    """One talks, one place to wait, two trunks: two mails that lie are in nobody's way."""
    bench = bench_of(limits={"trunks": 2, "waiting": 1})
    bench.calls(0, 1, 2, intent="mail")
    call, blocked = bench.calls(3, 4)
    bench.call(5)
    run_checked(bench)
    assert (bench.outcome(call), bench.wait(call)) == (Outcome.HANDLED, 477.0)
    assert bench.outcome(blocked) == Outcome.BLOCKED
    assert bench.total("blocked") == 2
    assert bench.total("deferred_handled") == 3


def test_mails_do_not_go_through_the_menu():
    bench = bench_of(ivr={"navigation": seconds(20)})
    mail, call = bench.call(0, "mail"), bench.call(1)
    run_checked(bench)
    assert bench.last(mail)["joined_at"] == 0.0
    assert bench.last(call)["joined_at"] == 21.0


@pytest.mark.parametrize("closing", ["serve_out", "cut"])
def test_mails_lie_over_night(closing):
    """Two mails at 17:59. The operator goes after the first; the second is answered next morning, 8:00 to 8:08."""
    opening = {"opens": "08:00", "closes": "18:00", "closing": closing}
    bench = bench_of(opening=opening, mail=MAIL | {"answer_by": "12 h"})
    first, second = bench.calls(18 * HOUR - 60, 18 * HOUR - 50, intent="mail")
    for day in (0.0, DAY):
        bench.at(day + 8 * HOUR, Event.OPEN).at(day + 8 * HOUR, Event.SHIFT_START, 0)
        bench.at(day + 18 * HOUR, Event.CLOSE).at(day + 18 * HOUR, Event.SHIFT_END, 0)
    run_checked(bench, 2 * DAY)
    assert bench.wait(first) == 0.0
    assert bench.wait(second) == 14 * HOUR + 50
    assert bench.last(second)["answered_at"] == DAY + 8 * HOUR
    assert (bench.total("cut"), bench.total("deferred_handled"), bench.total("in_deadline")) == (0, 2, 1)
    assert bench.world.operator_time[0].sum() == 2 * DAY


def test_calls_are_served_out_and_mails_are_not():
    """At closing a call and an older mail wait: the call is served, then the operator goes."""
    opening = {"opens": "08:00", "closes": "18:00"}
    bench = bench_of(opening=opening, blending={"deferred": "by_rank"})
    bench.at(8 * HOUR, Event.OPEN).start(8 * HOUR)
    bench.at(18 * HOUR, Event.CLOSE).at(18 * HOUR, Event.SHIFT_END, 0)
    bench.call(18 * HOUR - 50)
    mail, call = bench.call(18 * HOUR - 40, "mail"), bench.call(18 * HOUR - 30)
    run_checked(bench)
    assert (bench.outcome(call), bench.wait(call)) == (Outcome.HANDLED, 80.0)
    assert bench.of(mail) == []
    assert bench.total("offered") - bench.total("handled") == 1


def test_a_mail_that_comes_at_night_is_not_turned_away():
    opening = {"opens": "08:00", "closes": "18:00"}
    bench = bench_of(opening=opening).at(8 * HOUR, Event.OPEN).start(8 * HOUR)
    mail, call = bench.call(3 * HOUR, "mail"), bench.call(3 * HOUR)
    run_checked(bench)
    assert (bench.outcome(mail), bench.wait(mail)) == (Outcome.HANDLED, 5 * HOUR)
    assert bench.outcome(call) == Outcome.CUT


def test_some_stay_idle_for_calls_to_come():
    """Of three idle operators mails are given to one at a time while a share of 0.5 must be idle: 3, then 2 of 3.

    The first mail finds 3 of 3 idle, the second 2 of 3, the third 1 of 3 (below half) and lies until somebody is free.
    """
    reserve = {"share": 0.5, "guarantee": "7 days"}
    routes = [
        {"queue": "main", "skills": ["a"]},
        {"intents": ["mail"], "queue": "mail", "skills": ["a"], "priority": {"reserve": reserve}},
    ]
    bench = bench_of(routes=routes, groups={"desk": {"count": 3, "skills": {"a": 1}}})
    mails = bench.calls(0, 1, 2, intent="mail")
    call = bench.call(3, talk=10)
    run_checked(bench)
    assert [bench.wait(mail) for mail in mails] == [0.0, 0.0, 478.0]
    assert bench.wait(call) == 0.0


def test_a_backlog_of_mails_does_not_lengthen_the_expected_wait_of_calls():
    """The overflow operator helps when 150 s of waiting are expected: each waiting call makes 100 s, mails none."""
    routing = {"stages": [{"level": 1}, {"level": 4, "expected_wait": "150 s"}]}
    bench = bench_of(
        routing=routing, groups={"a": {"count": 1, "skills": {"a": 1}}, "b": {"count": 1, "skills": {"a": 4}}}
    )
    bench.call(0, talk=1000)
    bench.calls(*range(1, 10), intent="mail")
    call, second = bench.calls(20, 30)
    run_checked(bench)
    assert bench.operator(call) == 1
    assert bench.wait(call) == 10.0  # one waiting call makes 100 s, the second one 200 s
    assert bench.operator(second) in (0, 1)


def test_deadlines_are_counted_from_coming_in_to_the_answer():
    """One operator on mails of 30 h round the clock: answered after 30, 60 and 90 h; due in 40 h."""
    bench = bench_of(mail={"talk": seconds(30 * HOUR), "channel": "letter", "answer_by": "40 h"}, n_days=5)
    bench.calls(0, 0, 0, intent="mail")
    bench.run(5 * DAY)
    assert bench.total("deferred") == bench.total("deferred_handled") == 3
    assert (bench.total("in_1_day"), bench.total("in_deadline"), bench.total("in_3_days")) == (0, 1, 2)
    assert bench.total("response_time") == 180 * HOUR


def test_time_on_mails_is_handling_time():
    bench = bench_of(mail=MAIL | {"wrap": seconds(20)})
    bench.call(0, "mail")
    run_checked(bench)
    assert (bench.total("talk"), bench.total("wrap")) == (480.0, 20.0)
    assert bench.world.operator_time[0].tolist()[1:4] == [DAY - 500, 480.0, 20.0]


def test_whose_mail_does_not_settle_the_matter_writes_again():
    recall = {"share": 1.0, "delay": seconds(1000)}
    bench = bench_of(mail=MAIL | {"fcr": 0.0}, recall=recall)
    mail = bench.call(0, "mail")
    bench.run(3000)
    first, second = bench.of(mail)
    assert first["ended_at"] == 480.0
    assert (second["answered_at"], second["n_answered"]) == (1480.0, 1)
    assert bench.total("deferred") == 3


# ---- work that may be put down --------------------------------------------------------------------------------------

SOFT = MAIL | {"interruptible": True}


def two(skill_of_first="a", skill_of_second="a"):
    return {
        "x": {"count": 1, "skills": dict.fromkeys(skill_of_first, 1)},
        "y": {"count": 1, "skills": dict.fromkeys(skill_of_second, 1)},
    }


def test_a_mail_is_put_down_for_a_call_and_goes_on_from_where_it_stood():
    """480 s of work from 0; calls of 100 s at 100 and 300: done at 480 + 200."""
    bench = bench_of(mail=SOFT)
    mail = bench.call(0, "mail")
    calls = bench.calls(100, 300)
    run_checked(bench)
    assert [bench.wait(call) for call in calls] == [0.0, 0.0]
    assert (bench.wait(mail), bench.last(mail)["ended_at"]) == (0.0, 680.0)
    assert bench.total("talk") == 480.0 + 200.0
    assert bench.world.operator_time[0][2] == 680.0


def test_each_resumption_takes_time():
    """Put down twice, 30 s each to find one's place: done at 680 + 60, and this is handling time."""
    bench = bench_of(mail=SOFT | {"resume_time": "30 s"})
    mail = bench.call(0, "mail")
    bench.calls(100, 300)
    run_checked(bench)
    assert bench.last(mail)["ended_at"] == 740.0
    assert bench.total("talk") == 540.0 + 200.0


def test_a_call_waits_for_calls_all_the_same():
    bench = bench_of(mail=SOFT)
    mail = bench.call(0, "mail")
    first, second = bench.calls(100, 150)
    run_checked(bench)
    assert (bench.wait(first), bench.wait(second)) == (0.0, 50.0)
    assert bench.last(mail)["ended_at"] == 680.0


def test_an_idle_operator_answers_before_anybody_is_interrupted():
    bench = bench_of(mail=SOFT, groups=two())
    mail, call = bench.call(0, "mail"), bench.call(10)
    run_checked(bench)
    assert (bench.operator(mail), bench.operator(call)) == (0, 1)
    assert bench.last(mail)["ended_at"] == 480.0


def test_who_began_last_is_interrupted():
    bench = bench_of(mail=SOFT, groups=two())
    first, second = bench.calls(0, 5, intent="mail")
    call = bench.call(10)
    run_checked(bench)
    assert bench.operator(call) == 1
    assert bench.last(first)["ended_at"] == 480.0
    assert bench.last(second)["ended_at"] == 585.0


def test_only_work_that_is_interruptible_is_put_down():
    """The one who began last writes a letter that must be finished: the other one is interrupted."""
    intents = {"calls": CALLS, "mail": SOFT, "letter": MAIL | {"channel": "letter"}}
    bench = bench_of(intents=intents, groups=two())
    mail, letter = bench.call(0, "mail"), bench.call(5, "letter")
    call = bench.call(10)
    run_checked(bench)
    assert bench.operator(call) == 0
    assert bench.last(mail)["ended_at"] == 580.0
    assert bench.last(letter)["ended_at"] == 485.0


ROUTES = [{"queue": "main", "skills": ["a"]}, {"intents": ["mail"], "queue": "mail", "skills": ["b"]}]
TWO_SKILLS = {"skills": {"a": {}, "b": {}}, "routes": ROUTES}


def test_only_who_may_answer_the_call_is_interrupted():
    """Both write mails; the one who began last cannot take calls."""
    bench = bench_of(mail=SOFT, groups=two("ab", "b"), **TWO_SKILLS)
    first, _ = bench.calls(0, 5, intent="mail")
    call = bench.call(10)
    run_checked(bench)
    assert (bench.operator(call), bench.wait(call)) == (0, 0.0)
    assert bench.last(first)["ended_at"] == 580.0  # the other one is at his own mail until 485


def test_work_put_down_goes_at_once_to_somebody_who_is_idle():
    """The second operator, free since 60, can only do mails: he goes on with the first one's."""
    bench = bench_of(mail=SOFT, groups=two("ab", "b"), **TWO_SKILLS)
    first, second = bench.call(0, "mail"), bench.call(5, "mail", talk=55)
    call = bench.call(100)
    run_checked(bench)
    assert (bench.operator(call), bench.operator(first), bench.operator(second)) == (0, 1, 1)
    assert bench.last(first)["ended_at"] == 480.0


def test_or_it_waits_for_the_operator_who_began_it():
    bench = bench_of(mail=SOFT, groups=two("ab", "b"), blending={"resumed_by": "same"}, **TWO_SKILLS)
    first = bench.call(0, "mail")
    bench.call(5, "mail", talk=55)
    bench.call(100)
    run_checked(bench)
    assert (bench.operator(first), bench.last(first)["ended_at"]) == (0, 580.0)


def test_an_operator_finishes_what_he_put_down_before_other_mails():
    """Of two mails he put one down for the call: that one goes on first."""
    bench = bench_of(mail=SOFT, blending={"resumed_by": "same"})
    first, second = bench.calls(0, 1, intent="mail")
    call = bench.call(100)
    run_checked(bench)
    assert [bench.last(contact)["ended_at"] for contact in (call, first, second)] == [200.0, 580.0, 1060.0]


def test_work_that_ends_as_the_call_comes_is_finished():
    bench = bench_of(mail=SOFT)
    mail, call = bench.call(0, "mail"), bench.call(480)
    run_checked(bench)
    assert (bench.last(mail)["ended_at"], bench.wait(call)) == (480.0, 0.0)


def test_it_is_put_down_at_the_end_of_the_shift_and_at_a_break():
    """Works 0 to 100, break to 160, works to 300, home; the next morning the remaining 240 s."""
    bench = bench_of(mail=SOFT).start(0.0)
    bench.at(100, Event.BREAK, 0, 60).at(300, Event.SHIFT_END, 0).at(DAY, Event.SHIFT_START, 0)
    mail = bench.call(0, "mail")
    run_checked(bench, 2 * DAY)
    assert bench.last(mail)["ended_at"] == DAY + 240.0
    assert bench.world.operator_time[0].tolist()[2:5] == [480.0, 0.0, 60.0]


def test_it_is_put_down_when_fewer_are_wanted():
    groups = {"x": {"count": 2, "skills": {"a": 1}, "head_count": [2] * 24}}
    bench = bench_of(mail=SOFT, groups=groups).at(0, Event.HEAD_COUNT, 0, 2).at(100, Event.HEAD_COUNT, 0, 1)
    first, second = bench.calls(0, 0, intent="mail")
    run_checked(bench)
    assert sorted(bench.last(mail)["ended_at"] for mail in (first, second)) == [480.0, 860.0]


def test_a_call_for_which_the_circle_widens_interrupts_then():
    """The secondary operator is at a mail; at a wait of 20 s he may answer."""
    stages = [{"level": 1}, {"level": 2, "after": "20 s"}]
    groups = {"x": {"count": 1, "skills": {"a": 1}}, "y": {"count": 1, "skills": {"a": 2, "b": 1}}}
    bench = bench_of(mail=SOFT, groups=groups, routing={"stages": stages}, **TWO_SKILLS)
    bench.call(0, talk=1000)
    mail, call = bench.call(0, "mail"), bench.call(50)
    run_checked(bench)
    assert (bench.operator(call), bench.wait(call)) == (1, 20.0)
    assert bench.last(mail)["ended_at"] == 580.0


def test_the_owner_of_a_case_puts_his_mail_down():
    """The call opens a case that operator 0 holds. At 600, when the customer calls again, he is at a mail since 300.

    The other operator, at his own mail from 200 to 680, is not asked; then he does the remaining 180 s.
    """
    calls = CALLS | {"fcr": 0.0, "case_share": 1.0}
    recall = {"share": 1.0, "delay": seconds(500)}
    bench = bench_of(calls=calls, mail=SOFT, groups=two(), recall=recall, routing={"owner_wait": "60 s"})
    call = bench.call(0)  # ends at 100, comes back at 600
    mails = bench.calls(200, 300, intent="mail")  # operator 1 from 200, operator 0 from 300
    run_checked(bench, 2000)
    again = bench.of(call)[1]
    assert (again["answered_at"], again["operator"]) == (600.0, 0)
    assert [bench.last(mail)["ended_at"] for mail in mails] == [680.0, 860.0]
