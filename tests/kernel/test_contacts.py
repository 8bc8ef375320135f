"""Contacts that give up, are turned away, come back, are cut off or served by the IVR."""

import numpy as np
import pytest
from kernel_bench import DAY, Bench, exponential, seconds

from twin.kernel.chance import uniforms
from twin.kernel.codes import Event, Outcome, Purpose
from twin.kernel.draws import draw_times
from twin.world.laws import LawTable


def kind(**more):
    return {"intents": {"calls": {"talk": seconds(100)} | more}}


def patient(bench, who, which):
    """Patience of one attempt, from its key."""
    table = LawTable()
    row = table.row(bench.scenario.intents["calls"].patience)
    level = uniforms(np.uint64(1), np.uint64(Purpose.PATIENCE), np.uint64(who), np.uint64(which))[0]
    return float(draw_times(*table.tables(), row, np.array([level]))[0])


# ---- patience -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [None, True])
def test_a_contact_gives_up_when_its_patience_ends(events):
    bench = Bench(routing={"patience_events": events}, **kind(patience=seconds(30)))
    first, second, third = bench.calls(0, 10, 95)
    bench.run()
    assert [bench.outcome(contact).name for contact in (first, second, third)] == ["HANDLED", "ABANDONED", "HANDLED"]
    assert bench.last(second)["ended_at"] == 40.0
    assert np.isnan(bench.last(second)["answered_at"])
    assert bench.last(second)["operator"] == -1


def test_answered_contact_does_not_abandon():
    bench = Bench(routing={"patience_events": True}, **kind(patience=seconds(30)))
    contact = bench.call(0)
    bench.run()
    assert bench.outcome(contact) == Outcome.HANDLED
    assert bench.last(contact)["ended_at"] == 100.0


def test_who_has_no_patience_at_all_balks_but_is_answered_if_somebody_is_idle():
    law = {"law": "exponential", "mean": "100 s", "mass": {"share": 1.0}}
    bench = Bench(**kind(patience=law))
    first, second = bench.calls(0, 10)
    bench.run()
    assert bench.outcome(first) == Outcome.HANDLED
    assert bench.outcome(second) == Outcome.ABANDONED
    assert (bench.wait(second), bench.total("short_abandoned"), bench.total("offered")) == (0.0, 1, 2)


def test_patience_follows_its_key_and_the_factor_of_the_cluster():
    bench = Bench(**kind(patience=exponential(20)), clusters={"calm": {"patience_factor": 3.0}, "all": {}})
    bench.call(0, talk=10_000)
    one, other = bench.call(1, cluster="all"), bench.call(2, cluster="calm")
    bench.run()
    assert bench.wait(one) == pytest.approx(patient(bench, one, 0))
    assert bench.wait(other) == pytest.approx(3 * patient(bench, other, 0))


def test_at_a_given_wait_the_customer_leaves_a_message():
    instants = [12_345.678 + 7.77 * i for i in range(200)]  # sums that rounding would miss
    bench = Bench(routing={"leave_message_after": "180 s"})
    bench.call(0, talk=80_000)
    contacts = bench.calls(*instants)
    bench.run()
    assert {bench.outcome(contact) for contact in contacts} == {Outcome.MESSAGE}
    assert bench.total("messages") == 200
    assert bench.wait(contacts[3]) == pytest.approx(180.0)


def test_whoever_has_less_patience_than_that_leaves_no_message():
    bench = Bench(routing={"leave_message_after": "180 s"}, **kind(patience=seconds(60)))
    bench.call(0)
    bench.call(1, talk=1000)
    contact = bench.call(5)
    bench.run()
    assert bench.outcome(contact) == Outcome.ABANDONED


def test_a_message_at_once_is_a_message():
    bench = Bench(routing={"leave_message_after": "0 s"})
    bench.call(0)
    contact = bench.call(1)
    bench.run()
    assert bench.outcome(contact) == Outcome.MESSAGE


# ---- redials --------------------------------------------------------------------------------------------------------


def redialling(law, talk=500.0, **rule):
    rule = {"share": 1.0, "delay": seconds(50)} | rule
    bench = Bench(redial=rule, **kind(patience=law))
    bench.call(0, talk=talk)
    return bench


def test_who_gave_up_redials_after_the_delay():
    bench = redialling(seconds(30))
    contact = bench.call(10)
    bench.run()
    rows = bench.of(contact)
    assert [float(row["entered_at"]) for row in rows[:3]] == [10.0, 90.0, 170.0]
    assert [int(row["attempt"]) for row in rows] == list(range(len(rows)))
    assert [bool(row["returns"]) for row in rows] == [True] * (len(rows) - 1) + [False]
    assert rows[-1]["outcome"] == Outcome.HANDLED
    assert bench.total("redials") == len(rows) - 1
    assert bench.total("entered") == len(rows) + 1


def test_a_redial_counts_in_the_interval_in_which_it_arrives():
    bench = redialling(seconds(30), delay=seconds(1000))
    bench.call(10)  # gives up at 40, redials at 1040
    bench.run()
    by_interval = bench.world.tallies["redials"].sum(axis=1)
    assert (by_interval[0], by_interval[1]) == (0, 1)
    assert bench.world.tallies["entered"].sum(axis=1)[:2].tolist() == [2, 1]


def test_patience_is_kept_or_drawn_again():
    for rule, which in (("keep", 0), ("redraw", 1)):
        bench = redialling(exponential(40), talk=5000.0, patience=rule)
        contact = bench.call(10)
        bench.run()
        second = bench.of(contact)[1]
        assert float(second["ended_at"] - second["joined_at"]) == pytest.approx(patient(bench, contact, which))


def test_patience_shrinks_at_each_redial_down_to_a_floor():
    bench = redialling(seconds(80), talk=5000.0, patience_factor=0.5, patience_floor=0.3)
    contact = bench.call(10)
    bench.run(1000)
    waits = [float(row["ended_at"] - row["joined_at"]) for row in bench.of(contact)]
    assert waits[:4] == [80.0, 40.0, 24.0, 24.0]


def test_cumulated_waits_count_in_priority_and_in_the_reported_wait():
    for cumulate in (True, False):
        bench = redialling(seconds(30), talk=115.0, cumulate_wait=cumulate)
        contact = bench.call(10)  # gives up at 40, again at 90 with 30 s on the clock
        other = bench.call(86)
        bench.run()
        assert bench.order()[1] == (contact if cumulate else other)
        if cumulate:  # the other gives up at 116 and at 196, and is answered at once at 246
            assert bench.total("wait_handled") == 55.0 + 60.0
            assert bench.total("wait_lost") == 30.0 + 30.0 + 60.0


def test_cumulated_waits_open_the_stages_that_they_have_earned():
    stages = [{"level": 1}, {"level": 2, "after": "40 s"}]
    bench = Bench(redial={"share": 1.0, "delay": seconds(50), "cumulate_wait": True}, limits={"waiting": 1},
                  routing={"stages": stages}, **kind(patience=seconds(30)),
                  groups={f"g{level}": {"count": 1, "skills": {"a": level}} for level in (1, 2)})  # fmt: skip
    bench.call(0, talk=5000)
    contact = bench.call(10)  # gives up at 40, at 120; the third time it has waited 60 s
    bench.run(300)
    rows = bench.of(contact)
    assert float(rows[1]["answered_at"] - rows[1]["joined_at"]) == 10.0


def test_who_left_a_message_does_not_redial():
    bench = Bench(redial={"share": 1.0, "delay": seconds(50)}, routing={"leave_message_after": "20 s"})
    bench.call(0, talk=1000)
    contact = bench.call(1)
    bench.run()
    assert len(bench.of(contact)) == 1


def test_blocked_contacts_redial_only_if_the_rule_says_so():
    for after_blocked in (True, False):
        bench = Bench(
            limits={"waiting": 0}, redial={"share": 1.0, "delay": seconds(60), "after_blocked": after_blocked}
        )
        bench.call(0)
        contact = bench.call(50)
        bench.run()
        rows = bench.of(contact)
        assert [Outcome(row["outcome"]).name for row in rows] == (
            ["BLOCKED", "HANDLED"] if after_blocked else ["BLOCKED"]
        )
        assert [int(row["attempt"]) for row in rows] == ([0, 1] if after_blocked else [0])


# ---- recalls --------------------------------------------------------------------------------------------------------


def test_an_unresolved_matter_comes_back_with_a_shorter_talk():
    bench = Bench(
        **kind(fcr=0.0, wrap=seconds(20)),
        resolution={"floor": 0.0},
        recall={"share": 1.0, "delay": seconds(300), "talk_factor": 0.5},
    )
    contact = bench.call(0)
    bench.run(900)
    rows = bench.of(contact)
    assert [float(row["ended_at"] - row["answered_at"]) for row in rows] == [100.0, 50.0, 50.0]
    assert [int(row["n_answered"]) for row in rows] == [0, 1, 2]
    assert [float(row["entered_at"]) for row in rows] == [0.0, 400.0, 750.0]
    assert [float(row["wrap_time"]) for row in rows] == [20.0, 10.0, 10.0]
    assert not any(row["is_resolved"] for row in rows)
    assert all(row["returns"] for row in rows)
    assert (bench.total("repeats"), bench.total("recalls"), bench.total("recalled")) == (2, 2, 1)
    assert (bench.total("first_handled"), bench.total("first_resolved"), bench.total("first_settled")) == (1, 0, 0)


def test_a_recall_after_the_window_spoils_neither_fcr_nor_recall_share():
    windows = {"floor": 0.0, "fcr_window": "200 s", "recall_window": "100 s"}
    bench = Bench(**kind(fcr=0.0), resolution=windows, recall={"share": 1.0, "delay": seconds(300)})
    bench.call(0)
    bench.run(450)
    assert (bench.total("repeats"), bench.total("recalls"), bench.total("recalled"), bench.total("first_settled")) == (
        1,
        0,
        0,
        1,
    )


def test_a_resolved_matter_never_comes_back():
    bench = Bench(recall={"share": 1.0, "delay": seconds(300)})
    contact = bench.call(0)
    bench.run()
    assert len(bench.of(contact)) == 1
    assert bench.last(contact)["is_resolved"]


def test_a_recall_outside_opening_hours_waits_for_the_next_open_day():
    opening = {"opens": "08:00", "closes": "18:00", "days": ["mon", "wed"]}
    bench = Bench(
        **kind(fcr=0.0), resolution={"floor": 0.0}, recall={"share": 1.0, "delay": seconds(3 * 3600)}, opening=opening
    )
    bench.at(8 * 3600, Event.OPEN).start(8 * 3600).at(18 * 3600, Event.CLOSE).at(18 * 3600, Event.SHIFT_END, 0)
    bench.at(2 * DAY + 8 * 3600, Event.OPEN).start(2 * DAY + 8 * 3600)
    contact = bench.call(17 * 3600)
    bench.run(3 * DAY)
    second = float(bench.of(contact)[1]["entered_at"])
    assert 2 * DAY + 8 * 3600 <= second < 2 * DAY + 18 * 3600


def test_the_work_in_a_matter_does_not_depend_on_how_often_it_was_dialled():
    """Two policies meet the same customers with the same work: the routing changes waits, not talks."""
    talks = []
    for first_talk in (10.0, 400.0):
        bench = Bench(
            redial={"share": 1.0, "delay": seconds(50)},
            intents={"calls": {"talk": exponential(100), "patience": seconds(30)}},
        )
        bench.call(0, talk=first_talk)
        contact = bench.call(5)
        bench.run()
        talks.append(float(bench.last(contact)["ended_at"] - bench.last(contact)["answered_at"]))
    assert len(bench.of(contact)) > 1
    assert talks[0] == pytest.approx(talks[1], rel=1e-12)


# ---- room -----------------------------------------------------------------------------------------------------------


def test_the_next_contact_is_blocked_when_all_trunks_are_taken():
    bench = Bench(limits={"trunks": 2})
    contacts = bench.calls(0, 1, 2, 101)  # talking, waiting, blocked; at 100 the first leaves
    bench.run()
    assert [bench.outcome(contact).name for contact in contacts] == ["HANDLED", "HANDLED", "BLOCKED", "HANDLED"]
    assert (bench.total("blocked"), bench.total("offered"), bench.total("entered")) == (1, 3, 4)


def test_who_gives_up_leaves_a_trunk_for_the_next():
    bench = Bench(limits={"trunks": 2}, **kind(patience=seconds(30)))
    contacts = bench.calls(0, 1, 32)
    bench.run()
    assert [bench.outcome(contact).name for contact in contacts] == ["HANDLED", "ABANDONED", "ABANDONED"]


def test_the_ivr_takes_a_trunk():
    bench = Bench(limits={"trunks": 1}, ivr={"navigation": seconds(30)})
    contacts = bench.calls(0, 20)
    bench.run()
    assert [bench.outcome(contact).name for contact in contacts] == ["HANDLED", "BLOCKED"]


def test_a_full_queue_blocks_its_own_contacts_only():
    bench = Bench(skills={"a": {}}, intents={"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}},
                  queues={"one": {"max_waiting": 1}, "two": {}}, demand={"kind": "rates", "rates": {"ann": "1 /h"}},
                  routes=[{"intents": ["ann"], "queue": "one", "skills": ["a"]},
                          {"intents": ["bob"], "queue": "two", "skills": ["a"]}])  # fmt: skip
    bench.call(0, "ann")
    ann, blocked, bob = bench.call(1, "ann"), bench.call(2, "ann"), bench.call(3, "bob")
    bench.run()
    assert [bench.outcome(contact).name for contact in (ann, blocked, bob)] == ["HANDLED", "BLOCKED", "HANDLED"]


def test_the_limit_for_all_queues_together_blocks():
    bench = Bench(limits={"waiting": 2})
    contacts = bench.calls(0, 1, 2, 3)
    bench.run()
    assert [bench.outcome(contact).name for contact in contacts] == ["HANDLED"] * 3 + ["BLOCKED"]


# ---- closing --------------------------------------------------------------------------------------------------------


def closing(rule, **more):
    bench = Bench(opening={"opens": "00:00", "closes": "01:00", "closing": rule}, **more)
    bench.at(0, Event.OPEN).start().at(3600, Event.CLOSE).at(3600, Event.SHIFT_END, 0)
    return bench


def test_at_closing_time_the_line_is_served_to_its_end():
    bench = closing("serve_out")
    contacts = bench.calls(3550, 3560, 3570)
    late = bench.call(3601)
    bench.run()
    assert [bench.outcome(contact).name for contact in contacts] == ["HANDLED"] * 3
    assert bench.last(contacts[2])["ended_at"] == 3850.0
    assert bench.outcome(late) == Outcome.CUT
    assert bench.world.operators.activity[0] == 0


def test_at_closing_time_the_line_is_cut_off_but_not_the_talk():
    bench = closing("cut")
    contacts = bench.calls(3550, 3560, 3570)
    bench.run()
    assert [bench.outcome(contact).name for contact in contacts] == ["HANDLED", "CUT", "CUT"]
    assert [float(bench.last(contact)["ended_at"]) for contact in contacts] == [3650.0, 3600.0, 3600.0]
    assert bench.total("cut") == 2


def test_whoever_lost_patience_before_closing_is_not_cut_off():
    bench = closing("cut", **kind(patience=seconds(20)))
    bench.call(3500)
    contact = bench.call(3550)
    bench.run()
    assert bench.outcome(contact) == Outcome.ABANDONED


def test_a_contact_in_the_ivr_at_closing_time_is_cut_when_it_asks_for_an_operator():
    bench = closing("serve_out", ivr={"navigation": seconds(30)})
    contact = bench.call(3590)
    bench.run()
    assert (bench.outcome(contact), float(bench.last(contact)["ended_at"])) == (Outcome.CUT, 3620.0)


# ---- the IVR --------------------------------------------------------------------------------------------------------


def test_the_ivr_serves_its_share_to_the_end():
    bench = Bench(
        ivr={"navigation": seconds(30)}, **kind(containment=0.4), groups={"desk": {"count": 50, "skills": {"a": 1}}}
    )
    bench.calls(*range(0, 20_000, 10))
    bench.run()
    assert bench.total("entered") == 2000
    assert bench.total("self_served") + bench.total("offered") == 2000
    assert bench.total("self_served") == pytest.approx(800, abs=90)
    assert bench.total("ivr_time") == 60_000.0
    served = [row for row in bench.records if row["outcome"] == Outcome.SELF_SERVED]
    assert all(np.isnan(row["joined_at"]) and row["ended_at"] - row["entered_at"] == 30.0 for row in served)


def test_the_wait_counts_from_the_end_of_the_ivr():
    bench = Bench(ivr={"navigation": seconds(30)})
    first, second = bench.calls(0, 10)
    bench.run()
    assert (bench.wait(first), bench.wait(second)) == (0.0, 90.0)


def test_a_matter_not_settled_by_the_ivr_comes_back_and_asks_for_an_operator():
    bench = Bench(
        ivr={"navigation": seconds(30), "false_containment": 1.0, "false_delay": seconds(100)}, **kind(containment=1.0)
    )
    contact = bench.call(0)
    bench.run()
    rows = bench.of(contact)
    assert [Outcome(row["outcome"]).name for row in rows] == ["SELF_SERVED", "HANDLED"]
    assert float(rows[1]["entered_at"]) == 130.0
    assert (bench.total("first_handled"), bench.total("repeats"), bench.total("redials")) == (1, 0, 0)


def test_the_menu_that_fits_the_customers_condition_is_quicker():
    ivr = {"navigation": seconds(60), "menu_first": {"order": ["calls"]}, "menu_first_factor": 0.5}
    bench = Bench(ivr=ivr)
    bench.call(0, condition="order")
    bench.call(1000)
    bench.run()
    assert bench.total("ivr_time") == 90.0
