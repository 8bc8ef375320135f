"""Operators: shifts, breaks, head counts, wrap-up, and what is booked of their time."""

import numpy as np
import pytest
from kernel_bench import DAY, Bench, seconds
from small_run import CSI

from twin.kernel.codes import Activity, Event, Outcome

WRAP = {"calls": {"talk": seconds(100), "wrap": seconds(40)}}


def activity(bench, operator=0):
    return Activity(int(bench.world.operators.activity[operator]))


def booked(bench, operator=0):
    return {
        a.name: float(bench.world.operator_time[operator, a])
        for a in Activity
        if bench.world.operator_time[operator, a]
    }


def test_wrap_up_delays_the_next_contact():
    bench = Bench(intents=WRAP)
    first, second = bench.calls(0, 10)
    bench.run()
    assert bench.last(first)["ended_at"] == 100.0
    assert bench.last(second)["answered_at"] == 140.0
    assert (bench.total("talk"), bench.total("wrap")) == (200.0, 80.0)


def test_handle_times_follow_the_factors_of_cluster_and_ability():
    abilities = {"handle": {"primary": 1.0, "secondary": 1.5, "none": 2.0}}
    bench = Bench(
        intents=WRAP,
        abilities=abilities,
        clusters={"slow": {"talk_factor": 2.0}},
        groups={"desk": {"count": 1, "skills": {"a": 2}}},
    )
    contact = bench.call(0, cluster="slow")
    bench.run()
    assert bench.last(contact)["ended_at"] == 300.0
    assert bench.last(contact)["wrap_time"] == 120.0
    assert (bench.total("secondary"), bench.total("primary"), bench.total("mismatched")) == (1, 0, 0)


def test_talk_factors_go_by_the_period_of_asking():
    intents = {"calls": {"talk": seconds(100), "talk_factors": [1.0, 2.0] + [3.0] * 22}}
    bench = Bench(intents=intents, groups={"desk": {"count": 3, "skills": {"a": 1}}})
    contacts = bench.calls(3599, 3600, 10_000)
    bench.run()
    assert [float(bench.last(c)["ended_at"] - bench.last(c)["answered_at"]) for c in contacts] == [100.0, 200.0, 300.0]


def test_a_busy_operator_finishes_talk_and_wrap_up_after_the_shift():
    bench = Bench(intents=WRAP)
    bench.start().at(50, Event.SHIFT_END, 0)
    first, second = bench.calls(0, 10)
    bench.run(1000)
    assert bench.last(first)["wrap_time"] == 40.0
    assert bench.of(second) == []
    assert activity(bench) == Activity.OFF
    bench.run()
    assert booked(bench)["TALK"] == 100.0
    assert booked(bench)["WRAP"] == 40.0


def test_an_idle_operator_leaves_at_the_end_of_the_shift():
    bench = Bench()
    bench.start().at(50, Event.SHIFT_END, 0)
    contact = bench.call(50)
    bench.run()
    assert bench.of(contact) == []
    assert booked(bench)["IDLE"] == 50.0


def test_an_operator_who_comes_on_duty_takes_who_waits():
    bench = Bench()
    bench.start(60)
    contact = bench.call(10)
    bench.run()
    assert bench.wait(contact) == 50.0


def test_a_break_begins_at_once_if_idle_and_ends():
    bench = Bench()
    bench.start().at(10, Event.BREAK, 0, 60.0)
    contact = bench.call(20)
    bench.run()
    assert bench.wait(contact) == 50.0
    assert booked(bench)["BREAK"] == 60.0


def test_a_break_due_while_busy_begins_after_the_contact_and_lasts_its_full_length():
    bench = Bench(intents=WRAP)
    bench.start().at(50, Event.BREAK, 0, 60.0)
    contact = bench.calls(0, 10)[1]
    bench.run()
    assert bench.last(contact)["answered_at"] == 200.0
    assert booked(bench)["BREAK"] == 60.0


def test_a_shift_that_ends_during_a_break_ends_the_break():
    bench = Bench()
    bench.start().at(10, Event.BREAK, 0, 60.0).at(30, Event.SHIFT_END, 0).start(50, 0)
    contact = bench.call(55)
    bench.run()
    assert bench.wait(contact) == 0.0
    assert booked(bench)["BREAK"] == 20.0


def test_a_break_that_was_due_is_not_taken_in_the_next_shift():
    bench = Bench()
    bench.start().at(50, Event.BREAK, 0, 60.0).at(60, Event.SHIFT_END, 0).start(200, 0)
    bench.call(0)
    contact = bench.call(210)
    bench.run()
    assert bench.wait(contact) == 0.0
    assert "BREAK" not in booked(bench)


def counter(*rows, n=3, **more):
    bench = Bench(groups={"desk": {"count": n, "skills": {"a": 1}, "head_count": [0] * 24}}, **more)
    for at, heads in rows:
        bench.at(at, Event.HEAD_COUNT, 0, heads)
    return bench


def on_duty(bench):
    return int(bench.world.groups.n_on[0])


def test_a_head_count_that_rises_brings_the_first_who_are_off():
    bench = counter((0, 1), (100, 3), n=5)
    bench.run(50)
    assert on_duty(bench) == 1
    bench.run(150)
    assert [activity(bench, i) for i in range(5)] == [Activity.IDLE] * 3 + [Activity.OFF] * 2


def test_a_head_count_that_falls_sends_the_idle_home_at_once():
    bench = counter((0, 3), (50, 1))
    bench.call(0, talk=500)
    bench.run(60)
    assert on_duty(bench) == 1
    assert activity(bench, 0) == Activity.TALK


def test_when_the_head_count_falls_and_all_are_busy_who_is_free_first_leaves():
    bench = counter((0, 3), (50, 2))
    for talk in (300, 100, 200):
        bench.call(0, talk=talk)
    waiting = bench.call(60)
    bench.run(150)
    assert on_duty(bench) == 2
    assert activity(bench, 1) == Activity.OFF
    bench.run()
    assert (bench.operator(waiting), bench.last(waiting)["answered_at"]) == (2, 200.0)


def test_a_head_count_that_rises_again_keeps_those_who_have_not_left():
    bench = counter((0, 2), (50, 1), (70, 2), n=2)
    bench.call(0, talk=100)
    bench.call(0, talk=200)
    bench.run(300)
    assert on_duty(bench) == 2


def test_staff_on_duty_is_counted_right_when_one_goes_home_from_a_break():
    bench = counter((0, 2), (40, 1), n=2)
    bench.at(10, Event.BREAK, 0, 60.0)
    bench.call(0, talk=1)
    bench.call(20, talk=500)
    bench.run(200)
    assert on_duty(bench) == 1
    assert bench.world.skills.n_staffed[0] == 1


def test_everybodys_time_adds_up_and_the_groups_tell_the_same():
    bench = Bench(intents=WRAP, groups={"desk": {"count": 3, "skills": {"a": 1}}})
    bench.start(100).at(5000, Event.BREAK, 1, 600.0).at(20_000, Event.SHIFT_END, 2)
    bench.calls(*range(0, 40_000, 60))
    bench.run(DAY)
    assert bench.world.operator_time.sum(axis=1) == pytest.approx([DAY] * 3, rel=1e-12)
    assert bench.world.group_time.sum(axis=(0, 1)) == pytest.approx(bench.world.operator_time.sum(axis=0)[:7], rel=1e-9)
    per_interval = bench.world.activity_time[:96].sum(axis=1)
    assert per_interval == pytest.approx([2700.0] * 96, rel=1e-9)
    assert bench.world.activity_time[:, Activity.TALK].sum() == pytest.approx(bench.total("talk"), rel=1e-9)


def test_labour_is_paid_for_talk_and_wrap_up():
    bench = Bench(intents=WRAP, sites={"in-house": {"wage": "36 EUR/h"}})
    bench.call(0)
    bench.run()
    assert bench.total("labour_cost") == pytest.approx(1.40)


def test_satisfaction_is_the_weighted_mean_of_its_items():
    group = {"desk": {"count": 1, "skills": {"a": {"level": 1, "proficiency": 0.8}}}}
    bench = Bench(satisfaction=CSI, groups=group)
    first, second = bench.call(100), bench.call(150)
    bench.run()
    assert bench.last(first)["csi"] == pytest.approx((100 + 90 + 80 + 90) / 4)  # busy 100 of 200 s
    waiting, occupancy = 100 * np.exp(-0.5), 200 / 300
    courtesy = 90 - 100 * (occupancy - 0.6)
    assert bench.last(second)["csi"] == pytest.approx((waiting + 90 + 80 + courtesy) / 4)
    assert bench.total("csi") == pytest.approx(float(bench.last(first)["csi"]) + float(bench.last(second)["csi"]))


def test_the_interval_of_reporting_changes_no_record():
    tables = []
    for interval in ("5 min", "60 min"):
        bench = Bench(satisfaction=CSI, intents=WRAP, run={"interval": interval})
        bench.calls(*range(0, 8000, 170))
        bench.run()
        tables.append(bench.records)
    for name in tables[0].dtype.names:
        if name != "interval":
            np.testing.assert_allclose(tables[0][name], tables[1][name], rtol=1e-6)


def test_handled_contacts_show_who_did_what():
    bench = Bench(intents=WRAP)
    contact = bench.call(5, customer=77)
    bench.run()
    row = bench.last(contact)
    assert (row["customer"], row["operator"], row["interval"], row["outcome"]) == (77, 0, 0, Outcome.HANDLED)
    assert (row["entered_at"], row["joined_at"], row["answered_at"], row["ended_at"]) == (5.0, 5.0, 5.0, 105.0)
