"""Rules of several kinds at once: what becomes of work, dials, chats, shared calls, on a clock worked out by hand."""

from kernel_bench import Bench, seconds
from kernel_steps import run
from test_legs import CALLS, CONFERENCE, DESKS, ESCALATION, SKILLS, TRANSFER, answered_and_ended, busy

from twin.kernel.codes import Activity, Event, Outcome

MAIL = {"talk": seconds(100), "channel": "e-mail", "answer_by": "1 h", "interruptible": True, "resume_time": "10 s"}
LETTER = {"talk": seconds(100), "channel": "letter", "answer_by": "1 h"}
SALES = {"talk": seconds(100), "channel": "outbound"}
CALL = {"talk": seconds(100)}
SITES = {"one": {}, "two": {}}
BOTH = {
    "first": {"count": 1, "site": "one", "skills": {"a": 1}},
    "other": {"count": 1, "site": "two", "skills": {"a": 1}},
}
LIST = {"intent": "sales", "count": 3, "mode": "progressive", "reach": 1.0, "ring_time": seconds(10)}
LIST |= {"opens": "00:00", "closes": "24:00"}


def failing(at, calls="survive", site="one", until=1000, **tables):
    """Two operators at two sites with one skill, unless told otherwise; a site is down from `at` on."""
    outage = {"what": "site", "site": site, "calls": calls, "at": "00:00", "length": "1 min"}
    base = {"sites": SITES, "groups": BOTH, "control": {"outages": [outage]}} | tables
    return Bench(**base).at(at, Event.OUTAGE_BEGIN, 0).at(until, Event.OUTAGE_END, 0)


# ---- control and written work ----------------------------------------------------------------------------------------


def test_who_is_lent_puts_work_down_at_once():
    """At 50 the writer leaves 50 s of the mail and answers who waits since 10; back at 200, he needs 50 + 10 s."""
    intents = {"calls": CALL, "mail": MAIL}
    routes = [{"queue": "main", "skills": ["a"]}, {"intents": ["mail"], "queue": "main", "skills": ["b"]}]
    loan = {"group": "desk", "skills": {"a": "primary"}, "begins": "00:00", "ends": "00:01"}
    groups = {"phone": {"count": 1, "skills": {"a": 1}}, "desk": {"count": 1, "skills": {"b": 1}}}
    bench = Bench(intents=intents, routes=routes, skills=SKILLS, groups=groups, control={"loans": [loan]}).start()
    bench.at(50, Event.LOAN_BEGIN, 0).at(200, Event.LOAN_END, 0)
    mail, _, second = bench.call(0, "mail"), bench.call(0), bench.call(10)
    run(bench, 1000)
    assert answered_and_ended(bench, second) == (50, 150)
    assert answered_and_ended(bench, mail) == (0, 260)


def test_work_at_a_site_that_goes_down_is_put_down_and_done_elsewhere():
    """60 s are left at 40, and 10 s to find one's place in it."""
    bench = failing(40, intents={"mail": MAIL}, demand={"kind": "rates", "rates": {"mail": "1 /h"}}).start()
    mail = bench.call(0, "mail")
    run(bench, 2000)
    assert answered_and_ended(bench, mail) == (0, 110)
    assert bench.operator(mail) == 1
    assert bench.world.operator_time[0, [Activity.TALK, Activity.OUTAGE]].tolist() == [40, 960]


def test_other_work_is_finished_or_if_calls_are_lost_put_down_with_what_is_left():
    for calls, who in (("survive", 0), ("lost", 1)):
        bench = failing(40, calls, intents={"letter": LETTER}, demand={"kind": "rates", "rates": {"letter": "1 /h"}})
        letter = bench.start().call(0, "letter")
        run(bench, 2000)
        assert answered_and_ended(bench, letter) == (0, 100)
        assert bench.operator(letter) == who


def test_a_break_that_the_desk_allows_ends_work_that_can_be_put_down():
    """The break is due at 30, for 60 s; the rest of 70 s and 10 s more follow at 90."""
    shift = {"length": "6 h", "starts": {"08:00": 1.0}, "breaks": {"every": "2 h", "length": "1 min"}}
    bench = Bench(
        intents={"mail": MAIL}, demand={"kind": "rates", "rates": {"mail": "1 /h"}}, shifts={"day": shift},
        groups={"desk": {"count": 1, "skills": {"a": 1}, "shift": "day"}}, control={"breaks": {"at_once": 1}},
    )  # fmt: skip
    bench.start().at(30, Event.BREAK, 0, 60.0)
    mail = bench.call(0, "mail")
    run(bench, 1000)
    assert answered_and_ended(bench, mail) == (0, 170)


# ---- control and campaigns -------------------------------------------------------------------------------------------


def test_a_campaign_stops_above_one_number_waiting_and_goes_on_at_another():
    """Two wait at 100, one at 200, nobody at 300: dials at 0, 300 and 410; each rings 10 s before the talk of 100."""
    pause = {"queue": "main", "waiting_above": 1, "waiting_down_to": 0}
    bench = Bench(
        intents={"calls": CALL, "sales": SALES}, skills=SKILLS, queues={"main": {}, "out": {}},
        routes=[{"queue": "main", "skills": ["a"]}, {"intents": ["sales"], "queue": "out", "skills": ["b"]}],
        groups={"phone": {"count": 1, "skills": {"a": 1}}, "sellers": {"count": 1, "skills": {"b": 1}}},
        control={"campaign_pauses": [pause]}, campaigns={"list": LIST},
    )  # fmt: skip
    bench.start().at(0, Event.CAMPAIGN_OPEN, 0)
    for look in (100, 200, 300):
        bench.at(look, Event.PAUSE_CHECK, 0)
    bench.calls(50, 60, 70)
    run(bench, 1000)
    sold = bench.world.types.deferral[bench.records["type"]] > 0
    assert sorted(bench.records["answered_at"][sold].tolist()) == [10, 310, 420]


def test_a_dial_that_breaks_off_is_made_again_by_somebody_else():
    """It rings at the first operator's until his site is lost at 5, then 10 s at the other's."""
    bench = failing(5, "lost", intents={"sales": SALES}, campaigns={"list": LIST | {"count": 1}})
    bench.start().at(0, Event.CAMPAIGN_OPEN, 0)
    run(bench, 1000)
    assert (bench.total("numbers_dialled"), bench.total("reached"), bench.total("handled")) == (2, 1, 1)
    assert bench.records["answered_at"].tolist() == [15]


# ---- control and legs ------------------------------------------------------------------------------------------------


def sited(**legs):
    desks = {name: group | {"site": site} for (name, group), site in zip(DESKS.items(), SITES, strict=True)}
    return {"skills": SKILLS, "groups": desks, "intents": CALLS} | legs


def test_a_customer_on_hold_is_cut_off_with_the_site_of_who_holds():
    """The expert is not there; from 40 on the desk holds, until 60."""
    bench = failing(60, "lost", **sited(legs=[CONFERENCE])).start(0.0, 0)
    call = bench.call(0)
    run(bench, 500)
    assert bench.outcome(call) == Outcome.DROPPED
    assert bench.last(call)["ended_at"] == 60
    assert busy(bench, 0) == (40, 0, 20)
    assert (bench.total("dropped"), bench.total("wait_again")) == (1, 20)


def test_a_conference_is_cut_off_with_either_site_and_the_other_operator_is_free():
    bench = failing(70, "lost", site="two", **sited(legs=[CONFERENCE])).start()
    first, second = bench.call(0), bench.call(50)
    run(bench, 100)
    assert bench.outcome(first) == Outcome.DROPPED
    assert bench.world.contacts.answered_at[bench.world.operators.contact[0]] == 70
    assert bench.world.operators.activity[1] == Activity.OUTAGE
    run(bench, 500)
    assert bench.outcome(second) == Outcome.HANDLED


# ---- legs and contacts off the telephone -----------------------------------------------------------------------------


def test_a_letter_is_handed_to_the_next_tier_and_lies_there():
    """The desk works 100 s and writes up 10; the expert is at the first letter from 100 to 150, the second from 210."""
    letter = LETTER | {"wrap": seconds(10)}
    rates = {"kind": "rates", "rates": {"letter": "1 /h"}}
    bench = Bench(skills=SKILLS, groups=DESKS, intents={"letter": letter}, demand=rates, legs=[ESCALATION])
    first, second = bench.call(0, "letter"), bench.call(1, "letter")
    run(bench, 1000)
    assert answered_and_ended(bench, first) == (0, 150)
    assert answered_and_ended(bench, second) == (110, 260)
    assert (bench.total("deferred_handled"), bench.total("escalated_2"), bench.total("closed_2")) == (2, 2, 2)
    assert (bench.total("response_time"), bench.total("wait_again")) == (150 + 259, 0)


def test_who_is_called_back_may_be_transferred():
    """Called at 50, reached at 55, handed on at 95; the expert, busy with the first call, is free at 110."""
    rule = {"expected_wait": "0 s", "accept": 1.0, "place": "kept", "ring": seconds(5), "reach": 1.0}
    bench = Bench(skills=SKILLS, groups=DESKS, intents=CALLS, legs=[TRANSFER], waiting={"call_back": rule})
    bench.call(0)
    second = bench.call(10)
    run(bench, 1000)
    assert answered_and_ended(bench, second) == (55, 170)
    assert (bench.total("called_back"), bench.total("off_line"), bench.total("wait_again")) == (1, 45, 15)


# ---- chats and control -----------------------------------------------------------------------------------------------

CHAT = {"talk": seconds(100), "channel": "chat"}


def test_all_chats_of_an_operator_break_with_the_site():
    rates = {"kind": "rates", "rates": {"chat": "1 /h"}}
    groups = {"first": BOTH["first"]}
    bench = failing(50, "lost", intents={"chat": CHAT}, demand=rates, groups=groups, chat={"slowdown": 0.0}).start()
    chats = [bench.call(at, "chat") for at in (0, 10)]
    run(bench, 2000)
    assert [bench.outcome(chat) for chat in chats] == [Outcome.DROPPED] * 2
    assert bench.world.operator_time[0, [Activity.TALK, Activity.OUTAGE]].tolist() == [50, 950]


def test_who_is_lent_runs_the_chats_down_first():
    """The loan begins at 30: the chat of 40 is not taken, the call of 50 at 100; back at 200, the chat is."""
    intents = {"calls": CALL, "chat": CHAT}
    routes = [{"queue": "main", "skills": ["a"]}, {"intents": ["chat"], "queue": "main", "skills": ["b"]}]
    loan = {"group": "desk", "skills": {"a": "primary"}, "begins": "00:00", "ends": "00:01"}
    groups = {"phone": {"count": 1, "skills": {"a": 1}}, "desk": {"count": 1, "skills": {"b": 1}}}
    bench = Bench(
        intents=intents, routes=routes, skills=SKILLS, groups=groups, chat={"slowdown": 0.0}, control={"loans": [loan]}
    )
    bench.start(0.0, 1).at(30, Event.LOAN_BEGIN, 0).at(150, Event.LOAN_END, 0)
    first, second, call = bench.call(0, "chat"), bench.call(40, "chat"), bench.call(50)
    run(bench, 1000)
    assert [answered_and_ended(bench, one) for one in (first, call, second)] == [(0, 100), (100, 200), (200, 300)]


# ---- stages by expected wait and interruption ------------------------------------------------------------------------


def test_work_is_put_down_when_the_expected_wait_opens_a_stage():
    """With one waiting 50 s are expected, with two 100: from 20 on the writer may answer, the first who came first."""
    stages = [{"level": 1}, {"level": 2, "expected_wait": "60 s"}]
    routes = [
        {"queue": "main", "skills": ["a"], "stages": stages},
        {"intents": ["mail"], "queue": "main", "skills": ["b"]},
    ]
    groups = {"phone": {"count": 1, "skills": {"a": 1}}, "desk": {"count": 1, "skills": {"b": 1, "a": 2}}}
    bench = Bench(intents={"calls": CALL, "mail": MAIL}, routes=routes, skills=SKILLS, groups=groups)
    bench.call(0, "mail")
    calls = bench.calls(0, 10, 20)
    run(bench, 1000)
    assert [bench.wait(call) for call in calls] == [0, 10, 80]
    assert [bench.operator(call) for call in calls] == [0, 1, 0]
