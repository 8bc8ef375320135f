"""Calls blended with deferred work that may be put down meet theory: for them the work is not there."""

import math

import pytest

from twin.erlang import erlang_c
from twin.scenario.schema import Scenario
from twin.simulation import simulate

N, LOAD, TALK = 3, 2.0, 180.0
DAYS = 12


def blended(mails_an_hour=12, **mail):
    """M/M/3 calls at 2 Erlang, and 12 mails an hour of 6 min: together 3.2 Erlang, more than there are operators."""
    intents = {
        "calls": {"talk": {"law": "exponential", "mean": f"{TALK} s"}},
        "mail": {"talk": {"law": "exponential", "mean": "6 min"}, "channel": "e-mail", "answer_by": "1 day", **mail},
    }
    return Scenario.model_validate(
        {
            "name": "blended",
            "run": {"days": DAYS, "warm_up": 1},
            "skills": {"a": {}},
            "intents": intents,
            "queues": {"calls": {}, "mails": {}},
            "routes": [{"queue": "calls", "skills": ["a"]}, {"queue": "mails", "intents": ["mail"], "skills": ["a"]}],
            "demand": {"kind": "rates", "rates": {"calls": f"{3600 * LOAD / TALK} /h", "mail": f"{mails_an_hour} /h"}},
            "groups": {"desk": {"count": N, "skills": {"a": 1}}},
        }
    )


@pytest.fixture(scope="module")
def interruptible():
    """Counts by day, of the calls."""
    return simulate(blended(interruptible=True), seed=5).counts(["day", "queue"]).xs("calls", level="queue")


def near(sums, counts, exact):
    """Within 3 standard errors of a ratio of totals, its days taken as independent."""
    ratio = sums.sum() / counts.sum()
    error = math.sqrt(((sums - ratio * counts) ** 2).sum() / len(sums) / (len(sums) - 1)) / counts.mean()
    return abs(ratio - exact) < 3 * error


def test_calls_see_erlang_c_if_mails_are_put_down_for_them(interruptible):
    """Low-priority work with preemptive resume does not exist for those of high priority (Conway et al. 1967)."""
    calls, probability = interruptible, float(erlang_c(N, LOAD))
    assert near(calls.waited, calls.handled, probability)
    assert near(calls.wait_handled, calls.handled, probability * TALK / (N - LOAD))


def test_mails_take_all_the_time_that_calls_leave():
    """Mails are more than the operators can do: nobody is ever idle, though calls see three operators at 2 Erlang."""
    run = simulate(blended(interruptible=True), seed=5, days=2)
    assert run.kpis()["occupancy"][0] == pytest.approx(1.0, abs=0.01)


def test_mails_that_must_be_finished_keep_calls_waiting():
    """Then a call finds all three busy nearly always: it waits for the first of them."""
    run = simulate(blended(), seed=5, days=2)
    calls = run.kpis(["queue"]).loc["calls"]
    assert calls.waited_share > 0.9 > float(erlang_c(N, LOAD)) + 0.4


def test_mails_put_down_for_calls_take_as_long_as_in_theory():
    """One law for both: M/M/3 holds all, and calls see no mails, so L(mails) = L(2.2 Erlang) - L(2.0) and W = L / rate.

    Preemptive priorities (White and Christie 1958; for exponential work it does not matter where it is resumed). Mails
    that must be finished have no call put before them once begun: 546 s in place of 722 (Cobham 1954).
    """
    rate = 4 / 3600
    both = LOAD + rate * TALK

    def inside(load):
        return load + float(erlang_c(N, load)) * load / (N - load)

    exact = (inside(both) - inside(LOAD)) / rate
    finished_first = TALK + float(erlang_c(N, both)) * TALK / (N * (1 - LOAD / N) * (1 - both / N))
    for is_interruptible, theory, other in ((True, exact, finished_first), (False, finished_first, exact)):
        mail = {"talk": {"law": "exponential", "mean": f"{TALK} s"}, "interruptible": is_interruptible}
        run = simulate(blended(4, **mail), seed=1, days=100)
        mails = run.counts(["day", "queue"]).xs("mails", level="queue")
        assert near(mails.response_time, mails.deferred_handled, theory)
        assert not near(mails.response_time, mails.deferred_handled, other)
