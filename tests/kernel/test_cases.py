"""Cases as work, by hand: opened by a talk, worked on in idle time, chased, found wrong, told to the customer."""

import math

import numpy as np
from kernel_bench import DAY, HOUR, Bench, seconds
from kernel_invariants import check

from twin.kernel.codes import Event, Outcome


def bench(n=1, kind=None, levels=None, **cases):
    """Talks of 100 s; each opens a case of 600 s of work."""
    rule = {"levels": levels or {"I": {"share": 1.0, "work": seconds(600)}}} | cases
    call = {"talk": seconds(100), "case_share": 1.0} | (kind or {})
    return Bench(intents={"calls": call}, cases=rule, groups={"desk": {"count": n, "skills": {"a": 1}}})


def cases_of(one):
    return [row for row in one.records if row["outcome"] == Outcome.CASE_DONE]


def test_a_case_is_worked_on_when_nobody_waits():
    one = bench()
    one.calls(0, 150)  # 0-100, 150 finds the operator at the case of the first from 100 on
    one.run(HOUR)
    first, second = cases_of(one)
    assert (first["answered_at"], first["ended_at"]) == (100, 700)
    assert one.last(1)["answered_at"] == 700  # calls go first: the second call before the second case
    assert (second["answered_at"], second["ended_at"]) == (800, 1400)
    assert (one.total("cases"), one.total("cases_done")) == (2, 2)
    assert one.total("case_time") == 600 + 600
    assert one.total("case_work") == 1200
    assert one.total("offered") == one.total("handled") == 2
    check(one.world)


def test_a_matter_with_an_open_case_opens_no_second_one():
    one = Bench(
        intents={"calls": {"talk": seconds(100), "case_share": 1.0, "fcr": 0.0}},
        recall={"share": 1.0, "delay": seconds(50)},
        resolution={"floor": 0.0},
        cases={"levels": {"II": {"share": 1.0, "work": seconds(10), "wait": seconds(400)}}},
    )
    one.call(0)  # talks 0-100, 150-250, 300-400, 450-550: the case of the first can be worked on from 500 on
    one.run(590)
    assert one.total("handled") == 4
    assert (one.total("cases"), one.total("cases_done")) == (1, 1)  # closed at 560, open still when the talks ended
    one.run(710)
    assert one.total("cases") == 2  # the talk of 600-700 opens another


def test_level_two_waits_for_others_first():
    one = bench(levels={"II": {"share": 1.0, "work": seconds(60), "wait": seconds(1000)}})
    one.call(0)
    one.run(HOUR)
    (case,) = cases_of(one)
    assert (case["answered_at"], case["ended_at"]) == (1100, 1160)


def test_the_lowest_rank_goes_first():
    one = bench(
        levels={"I": {"share": 0.5, "work": seconds(600), "rank": 1}, "top": {"share": 0.5, "work": seconds(60)}}
    )
    for at in range(0, 1000, 100):
        one.call(at)
    one.run(5 * HOUR)
    work = [
        float(row["ended_at"] - row["answered_at"]) for row in sorted(cases_of(one), key=lambda r: r["answered_at"])
    ]
    assert work == sorted(work)
    assert {60.0, 600.0} == set(work)


def test_a_case_is_written_up_first_so_that_its_owner_may_take_it():
    one = bench(n=2, kind={"wrap": seconds(30)})
    one.call(0)  # operator 0 until 130; operator 1 has been idle all the time
    one.run(HOUR)
    (case,) = cases_of(one)
    assert (int(case["operator"]), case["answered_at"]) == (0, 130)


def test_a_back_office_of_its_own_takes_the_cases_that_are_for_it():
    levels = {"I": {"share": 1.0, "work": seconds(600), "skills": ["office"]}}
    one = Bench(
        intents={"calls": {"talk": seconds(100), "case_share": 1.0}},
        skills={"a": {}, "office": {}},
        cases={"levels": levels, "occupancy_below": 0.4},
        groups={"desk": {"count": 1, "skills": {"a": 1}}, "back": {"count": 1, "skills": {"office": 1}}},
    )
    one.calls(0, 100)
    one.run(HOUR)
    first, second = cases_of(one)
    assert [int(first["operator"]), int(second["operator"])] == [1, 1]  # though alone: there are no calls to wait for
    assert (first["answered_at"], second["answered_at"]) == (100, 700)
    check(one.world)


def test_levels_of_one_rank_have_each_their_work():
    one = bench(levels={"I": {"share": 0.5, "work": seconds(600)}, "II": {"share": 0.5, "work": seconds(60)}})
    one.calls(*range(0, 20_000, 1000))
    one.run(DAY)
    work = [float(row["ended_at"] - row["answered_at"]) for row in cases_of(one)]
    assert {60.0, 600.0} == set(work)
    assert sum(work) == one.total("case_work")


def test_cases_enter_only_idle_time():
    """Three operators, cases only while at least 60 % are idle, or after 20 min."""
    one = Bench(
        intents={"calls": {"talk": seconds(100), "case_share": 1.0}, "long": {"talk": seconds(3000)}},
        cases={"levels": {"I": {"share": 1.0, "work": seconds(600)}}, "occupancy_below": 0.4, "guarantee": "20 min"},
        groups={"desk": {"count": 3, "skills": {"a": 1}}},
    )
    one.call(0)
    one.call(10, intent="long")
    one.call(20, intent="long")
    one.run(2 * HOUR)
    (case,) = cases_of(one)  # from 100 on one of three is idle: too few; at 1300 the case has waited long enough
    assert case["answered_at"] == 1300


def test_the_owner_takes_up_the_case_if_idle():
    levels = {"II": {"share": 1.0, "work": seconds(60), "wait": seconds(500)}}
    owned, others = (bench(n=2, levels=levels, owner_first=first) for first in (True, False))
    for one in (owned, others):
        one.start(0, 0).start(20, 1)
        one.call(10)  # operator 0 until 110; 1 has been idle since 20
        one.run(HOUR)
    assert int(cases_of(owned)[0]["operator"]) == 0
    assert int(cases_of(others)[0]["operator"]) == 1
    assert (owned.total("cases_by_owner"), others.total("cases_by_owner")) == (1, 0)


def test_the_customer_is_called_when_the_case_is_closed():
    recontact = {"share": 1.0, "ring": seconds(15), "talk": seconds(45)}
    one = bench(recontact=recontact)
    one.call(0)
    one.run(HOUR)
    (case,) = cases_of(one)
    assert (case["answered_at"], case["ended_at"]) == (100, 760)
    assert (one.total("recontacts"), one.total("case_work")) == (1, 660)
    in_vain = bench(recontact=recontact | {"reach": 0.0})
    in_vain.call(0)
    in_vain.run(HOUR)
    assert cases_of(in_vain)[0]["ended_at"] == 715  # it rings, nobody answers
    assert in_vain.total("recontacts") == 0


def test_a_case_closed_wrongly_brings_the_customer_back():
    one = bench(defects={"share": 1.0, "delay": seconds(300)})
    one.call(0)
    one.run(1050)
    assert one.total("case_defects") == 1
    assert one.total("repeats") == one.total("recalls") == 1  # entered again at 1000, the case was closed at 700
    one.run(1200)
    assert (one.total("handled"), one.total("first_handled")) == (2, 1)
    assert one.total("cases") == 2  # the second talk opens another
    check(one.world)


def test_an_open_case_is_chased_each_day_by_a_call_that_opens_none():
    one = bench(
        chasing={"share_a_day": 1.0}, levels={"II": {"share": 1.0, "work": seconds(60), "wait": seconds(2 * DAY)}}
    )
    one.call(0)
    one.run(3 * DAY)
    assert one.total("chases") == 2  # on the first day and on the second; then it is closed
    assert (one.total("entered"), one.total("repeats"), one.total("first_handled")) == (3, 2, 1)
    assert one.total("cases") == one.total("cases_done") == 1
    check(one.world)


def test_the_one_call_policy_takes_charge_of_what_is_not_resolved():
    rule = {"levels": {"I": {"share": 1.0, "work": seconds(600)}}}
    kind = {"talk": seconds(100), "fcr": 0.0}
    common = {"recall": {"share": 1.0, "delay": seconds(50)}, "resolution": {"floor": 0.0}, "intents": {"calls": kind}}
    one = Bench(cases=rule | {"one_call": True}, **common)
    one.call(0)
    one.run(HOUR)
    assert (one.total("handled"), one.total("cases_done"), one.total("recalled")) == (1, 1, 0)
    other = Bench(cases=rule, **common)
    other.call(0)
    other.run(400)
    assert (other.total("handled"), other.total("cases")) == (2, 0)  # calls again at 150 and at 300


def test_interruptible_work_on_a_case_is_put_down_for_a_call():
    one = bench(interruptible=True, resume_time="10 s")
    one.calls(0, 300)  # the case from 100 on, 200 s of it done at 300
    one.run(HOUR)
    assert one.last(1)["answered_at"] == 300
    first = min(cases_of(one), key=lambda row: row["ended_at"])
    assert first["ended_at"] == 400 + 10 + 400  # before the second case: it came first
    assert one.total("case_work") == 610 + 600


def test_work_left_over_goes_on_the_next_morning():
    one = bench()
    one.start(0, 0).at(50, Event.SHIFT_END, 0).at(HOUR, Event.SHIFT_START, 0)
    one.call(0)  # until 100, after the end of the shift
    one.run(2 * HOUR)
    assert cases_of(one)[0]["answered_at"] == HOUR
    assert one.total("cases_in_1_day") == one.total("cases_in_time") == 1


def test_without_cases_nothing_is_opened():
    one = Bench(intents={"calls": {"talk": seconds(100), "case_share": 1.0}})
    one.call(0)
    one.run(HOUR)
    assert one.total("cases") == 1
    assert one.total("cases_done") == 0
    assert len(one.world.files) == 1
    assert math.isfinite(float(one.world.state[0].now))
    assert not np.any(one.world.contacts.deferral)
