"""Call-backs, messages and e-mails beside each other: who goes first, who is interrupted; worked out by hand."""

from kernel_bench import Bench, seconds
from kernel_steps import run

MAIL = {"talk": seconds(480), "channel": "e-mail", "answer_by": "1 day", "interruptible": True}
INTENTS = {"calls": {"talk": seconds(100)}, "mail": MAIL}
ROUTES = [{"queue": "main", "skills": ["a"]}, {"intents": ["mail"], "queue": "mail", "skills": ["a"]}]
QUEUES = {"main": {}, "mail": {}}
CALL_BACK = {"expected_wait": "0 s", "accept": 1.0, "place": "kept", "ring": seconds(10), "reach": 1.0}
MESSAGE = {"handle": seconds(60), "deadline": "1 h"}


def bench_of(**changes):
    return Bench(**({"intents": INTENTS, "routes": ROUTES, "queues": QUEUES} | changes))


def test_who_is_promised_a_call_interrupts_a_mail_when_it_is_due():
    """Promised for 110. The mail, begun at 50, is put down for the dial and the talk, 110 to 220: done at 640."""
    promised = CALL_BACK | {"place": "promised", "promise": {"delay": "100 s"}}
    bench = bench_of(waiting={"call_back": promised})
    bench.call(0, talk=50)
    call, mail = bench.call(10), bench.call(20, "mail")
    run(bench)
    assert bench.last(call)["answered_at"] == 120.0
    assert bench.last(mail)["ended_at"] == 640.0
    assert (bench.total("called_back"), bench.total("deferred_handled")) == (1, 1)


def test_who_keeps_his_place_goes_before_an_older_mail():
    """Free at 100: the call-back is dialled until 110 and lasts until 210, then the mail of 480 s."""
    bench = bench_of(waiting={"call_back": CALL_BACK})
    bench.call(0)
    mail, call = bench.call(5, "mail"), bench.call(10)
    run(bench)
    assert bench.last(call)["answered_at"] == 110.0
    assert bench.last(mail)["ended_at"] == 690.0


def test_a_message_goes_before_mails():
    """Left at 60, of rank 1000; the mail of 5 goes after all. Free at 100: message to 160, mail to 640."""
    bench = bench_of(waiting={"message": MESSAGE}, routing={"leave_message_after": "50 s"})
    bench.call(0)
    mail, call = bench.call(5, "mail"), bench.call(10)
    run(bench)
    assert [bench.last(contact)["ended_at"] for contact in (call, mail)] == [160.0, 640.0]


def test_a_message_interrupts_no_mail():
    """The second operator, at a mail from 0 to 480, may answer after 80 s: the message left at 60 waits until 480."""
    stages = [{"level": 1}, {"level": 2, "after": "80 s"}]
    routes = [ROUTES[0], {"intents": ["mail"], "queue": "mail", "skills": ["b"]}]
    groups = {"x": {"count": 1, "skills": {"a": 1}}, "y": {"count": 1, "skills": {"a": 2, "b": 1}}}
    routing = {"stages": stages, "leave_message_after": "50 s"}
    waiting = {"message": MESSAGE}
    bench = bench_of(routes=routes, groups=groups, routing=routing, waiting=waiting, skills={"a": {}, "b": {}})
    bench.call(0, talk=1000)
    mail, call = bench.call(0, "mail"), bench.call(10)
    run(bench)
    assert [bench.last(contact)["ended_at"] for contact in (mail, call)] == [480.0, 540.0]


def test_a_message_in_hand_is_not_put_down():
    """The message is in hand from 100 to 160: the call of 120 waits for its end."""
    bench = bench_of(waiting={"message": MESSAGE}, routing={"leave_message_after": "50 s"})
    bench.calls(0, 10)
    call = bench.call(120)
    run(bench)
    assert bench.wait(call) == 40.0
