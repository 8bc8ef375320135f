"""One call: matters that an operator believes settled, calls that ask for a case, cases that an outage breaks off."""

from kernel_bench import DAY, HOUR, Bench, seconds
from kernel_invariants import check
from kernel_steps import steadily

from twin.kernel.codes import Event, Outcome

LEVEL = {"share": 1.0, "work": seconds(600)}


def one_call(taken_in_charge, **more):
    return Bench(
        intents={"calls": {"talk": seconds(100), "fcr": 0.0}},
        recall={"share": 1.0, "delay": seconds(5 * HOUR)},
        resolution={"floor": 0.0, "ceiling": 1.0},
        cases={"levels": {"I": LEVEL}, "one_call": True, "taken_in_charge": taken_in_charge} | more,
    )


def test_who_is_believed_to_be_helped_calls_again():
    """Not one is noticed: no case, and each answer brings the next call after five hours: at 0, 5:02, 10:03 ..."""
    one = one_call(0.0)
    one.call(0)
    one.run(12 * HOUR)
    assert (one.total("cases"), one.total("handled"), one.total("recalled")) == (0, 3, 1)


def test_who_is_noticed_waits_for_the_answer():
    one = one_call(1.0)
    one.call(0)
    one.run(12 * HOUR)
    assert (one.total("cases"), one.total("handled"), one.total("recalled")) == (1, 1, 0)


def test_asking_for_the_case_of_a_first_call_within_three_days_counts_once():
    """The case lies for two days; the customer asks on each of them: two calls, of which the first is a recall."""
    level = LEVEL | {"wait": seconds(2 * DAY)}
    one = one_call(1.0, levels={"I": level}, chasing={"share_a_day": 1.0})
    one.call(0)
    one.run(2.9 * DAY)
    assert (one.total("chases"), one.total("chased_early")) == (2, 1)


RECONTACT = {"share": 1.0, "ring": seconds(10), "talk": seconds(50)}


def broken(begins, ends):
    """A talk of 100 s, 600 s of work on its case, then 60 s for the call to the customer; the site fails between."""
    outage = {"what": "site", "site": "in-house", "calls": "lost", "at": "00:00", "length": "1 min"}
    one = Bench(
        intents={"calls": {"talk": seconds(100), "case_share": 1.0}},
        cases={"levels": {"I": LEVEL}, "recontact": RECONTACT},
        control={"outages": [outage]},
    ).start()
    one.at(begins, Event.OUTAGE_BEGIN, 0).at(ends, Event.OUTAGE_END, 0)
    one.call(0)
    steadily(one, HOUR)
    check(one.world)
    (case,) = [row for row in one.records if row["outcome"] == Outcome.CASE_DONE]
    return case["ended_at"], one.total("case_work"), one.total("recontacts")


def test_a_case_that_an_outage_breaks_off_is_finished_later():
    """Worked on from 100 to 200; the other 500 s from 800 on, then the call: closed at 1360."""
    assert broken(200, 800) == (1360, 660, 1)


def test_a_call_to_the_customer_that_an_outage_breaks_off_is_taken_up_again():
    """The call begins at 700 and breaks at 710; the other 50 s from 800 on: closed at 850, one call that counts."""
    assert broken(710, 800) == (850, 660, 1)
