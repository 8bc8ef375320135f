"""More than one operator on a matter: transfer, conference, consultation, escalation, on a clock worked out by hand."""

import numpy as np
import pytest
from kernel_bench import Bench, seconds
from kernel_steps import run
from small_run import CSI

from twin.kernel.codes import Activity, Event, Outcome

SKILLS = {"a": {}, "b": {}, "c": {}}
DESKS = {"desk": {"count": 1, "skills": {"a": 1}}, "expert": {"count": 1, "skills": {"b": 1}}}
CALLS = {"calls": {"talk": seconds(100), "wrap": seconds(10)}}
TRANSFER = {"kind": "transfer", "share": 1.0, "skills": ["b"], "at": 0.4}
WARM = TRANSFER | {"kind": "warm_transfer", "briefing": seconds(15), "limit": "60 s"}
CONFERENCE = TRANSFER | {"kind": "conference", "limit": "60 s"}
CONSULTATION = WARM | {"kind": "consultation"}
ESCALATION = {"kind": "escalation", "share": 1.0, "skills": ["b"], "talk": seconds(50)}


def bench_of(*legs, **changes):
    """Operator 0 at the desk answers calls (talk 100 s, wrap-up 10 s), operator 1 is the expert of skill b."""
    tables = {"skills": SKILLS, "groups": DESKS, "intents": CALLS, "legs": list(legs)}
    return Bench(**(tables | changes))


def busy(bench, operator):
    """Seconds of talk, wrap-up and hold of an operator who is free by now."""
    return tuple(bench.world.operator_time[operator, [Activity.TALK, Activity.WRAP, Activity.HOLD]])


def answered_and_ended(bench, contact):
    record = bench.last(contact)
    return record["answered_at"], record["ended_at"]


# ---- cold transfer --------------------------------------------------------------------------------------------------


def test_a_cold_transfer_hands_the_rest_of_the_talk_to_the_second_operator():
    # The desk talks 40 of 100 s and writes up 10 s: free at 50. The expert talks the other 60 s.
    bench = bench_of(TRANSFER)
    first = bench.call(0)
    second = bench.call(45)  # answered by the desk at 50, transferred at 90, when the expert wraps up: 100
    run(bench)
    assert answered_and_ended(bench, first) == (0, 100)
    assert answered_and_ended(bench, second) == (50, 170)  # the expert is free at 110
    assert (bench.operator(first), bench.operator(second)) == (1, 1)
    assert (bench.last(second)["transfers"], bench.last(second)["hold_time"]) == (1, 20)
    assert busy(bench, 0) == (80, 20, 0)
    assert busy(bench, 1) == (120, 20, 0)
    assert bench.total("talk") == 200
    assert bench.total("wrap") == 40
    assert (bench.total("offered"), bench.total("handled"), bench.total("transferred")) == (2, 2, 2)
    assert (bench.total("wait_handled"), bench.total("wait_again")) == (5, 20)  # the wait is that to the first answer


def test_the_second_talk_may_have_a_law_of_its_own_and_the_leg_may_begin_after_a_time():
    bench = bench_of(TRANSFER | {"at": None, "after": seconds(30), "talk": seconds(200)})
    long, short = bench.call(0), bench.call(500, talk=20)  # the other is over before
    run(bench)
    assert answered_and_ended(bench, long) == (0, 230)
    assert answered_and_ended(bench, short) == (500, 520)
    assert bench.total("transferred") == 1


def test_labour_of_a_transferred_contact_is_that_of_both_operators():
    groups = {"desk": DESKS["desk"], "expert": DESKS["expert"] | {"site": "dear"}}
    sites = {"in-house": {"wage": "36 EUR/h"}, "dear": {"wage": "72 EUR/h"}}
    bench = bench_of(TRANSFER, groups=groups, sites=sites)
    bench.call(0)
    run(bench)
    assert bench.total("labour_cost") == pytest.approx(50 * 0.01 + 70 * 0.02)  # 40 + 10 s, 60 + 10 s


def test_who_lacks_the_skill_of_the_matter_transfers_more_often():
    share = {"none": 1.0}
    groups = {"able": {"count": 1, "skills": {"a": 1}}, "other": {"count": 1, "skills": {"c": 1}}} | {
        "expert": DESKS["expert"]
    }
    routes = [{"queue": "main", "skills": ["a", "c"], "need": "a"}]
    bench = bench_of(TRANSFER | {"share": share}, groups=groups, routes=routes)
    able, other = bench.calls(0, 1)
    run(bench)
    assert (bench.operator(able), bench.last(able)["transfers"]) == (0, 0)
    assert (bench.operator(other), bench.last(other)["transfers"]) == (2, 1)


def test_nobody_transfers_what_he_may_answer_himself():
    bench = bench_of(TRANSFER, groups={"both": {"count": 2, "skills": {"a": 1, "b": 2}}})
    contact = bench.call(0)
    run(bench)
    assert (bench.operator(contact), bench.total("transferred")) == (0, 0)


def test_a_share_of_the_talks_is_transferred():
    bench = bench_of(TRANSFER | {"share": 0.25})
    bench.calls(*np.arange(0, 80_000, 200.0))
    bench.run(81_000)
    assert bench.total("handled") == 400
    assert bench.total("transferred") == pytest.approx(100, abs=3 * np.sqrt(400 * 0.25 * 0.75))


AT_B = {
    "intents": CALLS | {"b": {"talk": seconds(100)}},
    "routes": [{"queue": "main", "skills": ["a"]}, {"queue": "main", "intents": ["b"], "skills": ["b"]}],
}


@pytest.mark.parametrize(
    ("more", "order"),
    [({}, [1, 2, 0]), ({"points": 30.0}, [1, 0, 2]), ({"age": "keep"}, [1, 0, 2]), ({"rank": -1}, [1, 0, 2])],
)
def test_a_transferred_contact_goes_before_others_by_points_age_or_rank(more, order):
    # The expert talks from 5 to 105. A contact of his own waits from 20; the transferred one from 40, or from 0 by age.
    bench = bench_of(TRANSFER | more, **AT_B)
    moved = bench.call(0)
    talking, own = bench.call(5, "b"), bench.call(20, "b")
    run(bench)
    ends = {contact: bench.last(contact)["ended_at"] for contact in (talking, own, moved)}
    assert sorted(ends, key=ends.get) == order


@pytest.mark.parametrize(("patience", "ends"), [("redraw", 40 + 90), ("keep", 40 + 90 - 25)])
def test_the_further_wait_has_a_fresh_patience_or_what_the_first_left(patience, ends):
    # Patience is 90 s. The desk is busy to 35, so the contact waits 25 s, talks from 35 to 75, and waits again.
    bench = bench_of(TRANSFER | {"patience": patience}, intents={"calls": CALLS["calls"] | {"patience": seconds(90)}})
    bench.at(0, Event.SHIFT_START, 0).at(35, Event.BREAK, 0, 0.0)
    bench.at(10, Event.SHIFT_END, 0).at(35, Event.SHIFT_START, 0)
    contact = bench.call(10)  # answered at 35 by the desk, who has just come; nobody has skill b
    run(bench)
    record = bench.last(contact)
    assert bench.outcome(contact) == Outcome.ABANDONED
    assert (record["answered_at"], record["ended_at"], record["operator"]) == (35, 35 + ends, 0)
    assert (bench.total("abandoned"), bench.total("abandoned_answered"), bench.total("handled")) == (1, 1, 0)
    assert bench.total("wait_lost") == 25 + ends - 40  # all that the customer waited
    assert (bench.total("talk"), bench.total("wrap")) == (40, 10)  # the work was done all the same


# ---- warm transfer --------------------------------------------------------------------------------------------------


def test_in_a_warm_transfer_both_wait_then_hand_over_then_the_first_is_free():
    # The expert has a contact to 70. The desk talks to 40, holds to 70, hands over to 85, writes up to 95.
    bench = bench_of(WARM, **AT_B)
    contact = bench.call(0)
    bench.call(0, "b", talk=70)
    run(bench)
    assert answered_and_ended(bench, contact) == (0, 70 + 15 + 60)
    assert busy(bench, 0) == (40 + 15, 10, 30)
    assert busy(bench, 1) == (70 + 15 + 60, 10, 0)
    assert (bench.last(contact)["hold_time"], bench.last(contact)["transfers"]) == (30, 1)
    assert (bench.total("hold"), bench.total("wait_again")) == (30, 30)
    assert bench.total("talk") == 70 + 40 + 15 + 15 + 60


def test_a_customer_who_hangs_up_on_hold_releases_the_first_operator():
    # Nobody is there for skill b: hold from 40 to 60, when the fresh patience ends; wrap-up to 70.
    intents = {"calls": CALLS["calls"] | {"patience": seconds(20)}}
    bench = bench_of(WARM, intents=intents).start(0.0, 0)
    contact, following = bench.call(0), bench.call(55)
    run(bench)
    assert (bench.outcome(contact), bench.last(contact)["ended_at"]) == (Outcome.ABANDONED, 60)
    assert bench.last(following)["answered_at"] == 70
    assert bench.total("hold") == 40  # both give up on hold
    assert busy(bench, 0) == (80, 20, 40)


def test_who_finds_nobody_within_the_limit_goes_on_alone():
    bench = bench_of(WARM).start(0.0, 0)
    contact = bench.call(0)
    run(bench)
    assert answered_and_ended(bench, contact) == (0, 40 + 60 + 60)
    assert (bench.operator(contact), bench.total("unassisted"), bench.total("transferred")) == (0, 1, 0)
    assert busy(bench, 0) == (100, 10, 60)


def test_who_becomes_free_at_the_limit_still_comes():
    bench = bench_of(WARM, **AT_B)
    contact = bench.call(0)
    bench.call(0, "b", talk=100)
    run(bench)
    assert (bench.operator(contact), bench.total("unassisted")) == (1, 0)


# ---- conference -----------------------------------------------------------------------------------------------------


def test_in_a_conference_both_stay_to_the_end():
    bench = bench_of(CONFERENCE)
    contact = bench.call(0)
    run(bench)
    assert answered_and_ended(bench, contact) == (0, 100)
    assert busy(bench, 0) == (100, 10, 0)
    assert busy(bench, 1) == (60, 10, 0)
    assert (bench.total("conferences"), bench.total("transferred"), bench.total("handled")) == (1, 0, 1)
    assert bench.operator(contact) == 1


# ---- consultation ---------------------------------------------------------------------------------------------------


def test_an_expert_is_asked_while_the_customer_is_on_hold_and_the_first_finishes():
    # 40 s of talk, 15 s with the expert, 60 s of talk.
    bench = bench_of(CONSULTATION)
    contact = bench.call(0)
    run(bench)
    assert answered_and_ended(bench, contact) == (0, 115)
    assert (bench.operator(contact), bench.last(contact)["hold_time"], bench.last(contact)["transfers"]) == (0, 15, 0)
    assert busy(bench, 0) == (100, 10, 15)
    assert busy(bench, 1) == (15, 0, 0)
    assert (bench.total("consultations"), bench.total("hold"), bench.total("talk")) == (1, 15, 115)


def test_without_a_free_expert_within_the_limit_the_operator_goes_on():
    bench = bench_of(CONSULTATION, **AT_B)
    contact = bench.call(0)
    bench.call(0, "b", talk=300)
    run(bench)
    assert answered_and_ended(bench, contact) == (0, 40 + 60 + 60)
    assert (bench.total("consultations"), bench.total("unassisted")) == (0, 1)


def test_what_the_expert_says_may_raise_the_fcr():
    bench = bench_of(
        CONSULTATION | {"fcr": 1.0}, intents={"calls": CALLS["calls"] | {"fcr": 0.0}}, resolution={"floor": 0.0}
    )
    asked = bench.call(0)
    run(bench)
    assert bench.last(asked)["is_resolved"]


# ---- escalation -----------------------------------------------------------------------------------------------------


def test_an_unresolved_matter_goes_up_tier_by_tier():
    # Nothing is resolved below tier 3: talks of 100, 50 and 70 s.
    legs = [
        ESCALATION | {"unresolved": True, "fcr": 0.0},
        ESCALATION | {"unresolved": True, "tier": 2, "skills": ["c"], "talk": seconds(70), "fcr": 1.0},
    ]
    groups = DESKS | {"top": {"count": 1, "skills": {"c": 1}}}
    intents = {"calls": CALLS["calls"] | {"fcr": 0.0}}
    bench = bench_of(*legs, groups=groups, intents=intents, resolution={"floor": 0.0})
    contact = bench.call(0)
    run(bench)
    record = bench.last(contact)
    assert (record["ended_at"], record["operator"], record["transfers"]) == (220, 2, 2)
    assert record["is_resolved"]
    assert (bench.total("escalated_2"), bench.total("escalated_3")) == (1, 1)
    assert (bench.total("closed_2"), bench.total("closed_3"), bench.total("handled")) == (0, 1, 1)
    assert bench.total("talk") == 220


def test_three_tiers_close_80_15_and_5_percent():
    # 20 % leave tier 1, a quarter of these leaves tier 2 (domain reference 6.4, rows 4.13 to 4.15).
    legs = [ESCALATION | {"share": 0.2}, ESCALATION | {"share": 0.25, "tier": 2, "skills": ["c"]}]
    bench = bench_of(*legs, groups=DESKS | {"top": {"count": 1, "skills": {"c": 1}}})
    n = 1000
    bench.calls(*np.arange(0, n * 250.0, 250.0))
    bench.run(n * 250.0 + 500)
    closed_2, closed_3 = bench.total("closed_2"), bench.total("closed_3")
    assert bench.total("handled") == n
    assert closed_2 + closed_3 == pytest.approx(0.2 * n, abs=3 * np.sqrt(0.2 * 0.8 * n))
    assert closed_3 == pytest.approx(0.05 * n, abs=3 * np.sqrt(0.05 * 0.95 * n))
    assert bench.total("escalated_2") == closed_2 + closed_3


def test_what_the_first_tier_resolves_stays_there():
    bench = bench_of(ESCALATION | {"unresolved": True}, intents={"calls": CALLS["calls"] | {"fcr": 0.6}})
    bench.calls(*np.arange(0, 80_000, 200.0))
    bench.run(81_000)
    share = bench.total("closed_2") / bench.total("handled")
    assert share == pytest.approx(0.4, abs=3 * np.sqrt(0.4 * 0.6 / 400))
    assert bench.total("resolved") / bench.total("handled") == pytest.approx(0.6 + 0.4 * 0.6, abs=0.06)


# ---- what they have in common ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "share"), [(None, 0.8 - 0.14), (-0.3, 0.5), (0.0, 0.8)])
def test_resolution_is_decided_once_by_the_last_operator_and_lowered_by_the_transfer(change, share):
    bench = bench_of(TRANSFER | {"fcr_change": change}, intents={"calls": CALLS["calls"] | {"fcr": 0.8}})
    bench.calls(*np.arange(0, 80_000, 200.0))
    bench.run(81_000)
    assert bench.total("first_handled") == 400
    assert bench.total("resolved") / 400 == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 400))


def test_the_customer_minds_the_further_wait_but_the_speed_of_answer_does_not_count_it():
    # Answered at once, then 30 s in line for the expert: 100 exp(-30 / 100).
    bench = bench_of(TRANSFER, satisfaction=CSI, **AT_B)
    bench.call(0)
    bench.call(0, "b", talk=70)
    run(bench)
    assert bench.total("csi_waiting") == pytest.approx(100 + 100 * np.exp(-0.3))
    assert bench.total("wait_handled") == 0


def test_a_matter_that_comes_back_begins_with_the_first_operator_again():
    intents = {"calls": CALLS["calls"] | {"fcr": 0.0}}
    bench = bench_of(TRANSFER, intents=intents, recall={"share": 1.0, "delay": seconds(600)}, resolution={"floor": 0.0})
    contact = bench.call(0)
    run(bench, 1000)
    assert [(row["attempt"], row["transfers"], row["operator"]) for row in bench.of(contact)] == [(0, 1, 1), (1, 1, 1)]
    assert bench.of(contact)[1]["joined_at"] == 700
    assert (bench.total("recalls"), bench.total("transferred")) == (1, 2)


def test_who_hangs_up_after_an_answer_may_redial():
    intents = {"calls": CALLS["calls"] | {"patience": seconds(20)}}
    redial = {"share": 1.0, "delay": seconds(100), "cumulate_wait": True}
    bench = bench_of(TRANSFER, intents=intents, redial=redial).start(0.0, 0)
    bench.start(100.0, 1)
    contact = bench.call(0)  # talks to 40, hangs up at 60, redials at 160, talks to 200, then 60 s with the expert
    run(bench)
    assert [(row["outcome"], row["ended_at"]) for row in bench.of(contact)] == [
        (Outcome.ABANDONED, 60),
        (Outcome.HANDLED, 260),
    ]
    assert bench.total("wait_handled") == 20  # the wait of the first attempt counts


def test_after_closing_time_nobody_is_fetched():
    bench = bench_of(TRANSFER, opening={"opens": "00:00", "closes": "01:00"})
    bench.start().at(0, Event.OPEN).at(30, Event.CLOSE)
    contact = bench.call(0)
    run(bench)
    assert (bench.operator(contact), bench.last(contact)["ended_at"]) == (0, 100)
    assert (bench.total("unassisted"), bench.total("talk")) == (1, 100)


def test_at_closing_time_those_who_wait_again_are_cut_off():
    opening = {"opens": "00:00", "closes": "01:00", "closing": "cut"}
    bench = bench_of(WARM, opening=opening).start(0.0, 0).at(0, Event.OPEN).at(50, Event.CLOSE)
    contact = bench.call(0)
    run(bench)
    assert (bench.outcome(contact), bench.last(contact)["ended_at"]) == (Outcome.CUT, 50)
    assert (bench.total("cut"), bench.total("abandoned_answered"), busy(bench, 0)) == (1, 0, (40, 10, 10))


def test_a_break_and_the_end_of_the_shift_wait_for_the_hold_to_end():
    bench = bench_of(WARM).start(0.0, 0)
    bench.at(50, Event.BREAK, 0, 300.0).at(60, Event.SHIFT_END, 0)
    contact = bench.call(0)  # hold from 40 to 100, talk to 160, wrap-up to 170
    run(bench)
    assert bench.last(contact)["ended_at"] == 160
    assert bench.world.operators["activity"][0] == Activity.OFF
    assert bench.world.operator_time[0, Activity.BREAK] == 0


def test_events_of_the_first_wait_mean_nothing_in_the_second():
    # Secondary operators may answer after 100 s. The first wait begins at 0, the second one at 90: to 190, not to 100.
    stages = [{"level": 1}, {"level": 2, "after": "100 s"}]
    groups = {"desk": DESKS["desk"], "help": {"count": 1, "skills": {"b": 2}}}
    bench = bench_of(TRANSFER, groups=groups, routing={"stages": stages}).start(0.0, 1).start(50.0, 0)
    contact = bench.call(0)
    run(bench)
    assert answered_and_ended(bench, contact) == (50, 190 + 60)
