"""The day's control: wrap-up under load, breaks put off, early leave, overtime."""

import pytest
from control_bench import WRAP, activity, counted, desk, starts
from kernel_bench import DAY, Bench
from kernel_steps import steadily

from twin.kernel.codes import Activity, Event, StaffCount

# ---- wrap-up under load ----------------------------------------------------------------------------------------------


def wrapping(*, over=None, n=1, **rule):
    return Bench(intents=WRAP, groups=desk(n), control={"wrap": {"over": over or {"waiting": 1}} | rule})


def test_wrap_up_is_cut_while_more_than_so_many_wait_for_each_operator():
    # Two wait when the first talk ends: 2 > 1 x 1 operator, wrap-up 40 x 0.25 = 10 s; one at 210: not > 1.
    bench = wrapping(factor=0.25)
    calls = bench.calls(0, 10, 20)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 110.0, 250.0]
    assert [bench.last(call)["wrap_time"] for call in calls] == [10.0, 40.0, 40.0]
    assert bench.total("wrap") == 90.0
    assert counted(bench, StaffCount.WRAPS_CUT) == 1


def test_wrap_up_has_a_longest_length_under_load_of_the_expected_wait():
    # Expected wait of two with 140 s each and one operator: 280 s, above 150 s; of one: 140 s, not above.
    bench = wrapping(over={"expected_wait": "150 s"}, at_most="15 s")
    calls = bench.calls(0, 10, 20)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 115.0, 255.0]


def test_wrap_up_put_off_is_made_good_as_soon_as_nobody_waits():
    # Ends at 100 with 2 waiting: all 40 s put off, next at 100; ends at 200 with 1 waiting: 40 s; third 240-340,
    # then its own 40 s to 380 and the 40 s owed to 420; who comes at 400 waits until then.
    bench = wrapping(factor=0.0, postpone=True)
    calls = bench.calls(0, 10, 20, 400)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 100.0, 240.0, 420.0]
    assert bench.total("wrap") == 160.0
    assert bench.world.operator_time[0, Activity.WRAP] == 160.0


def test_wrap_up_put_off_is_made_good_at_the_end_of_the_shift():
    bench = wrapping(factor=0.0, postpone=True, over={"waiting": 0})
    bench.start().at(150, Event.SHIFT_END, 0)
    bench.calls(0, 10, 20)
    bench.run(219)  # two talks to 200, of which the first and the second left 40 s each
    assert activity(bench) == Activity.WRAP
    bench.run(279)
    assert activity(bench) == Activity.WRAP
    bench.run(281)
    assert activity(bench) == Activity.OFF


def test_a_wrap_up_under_way_ends_when_the_load_rises_above_the_threshold():
    # Wrap-up 100-140; one more waits from 105 (1 is not > 1), two from 110: 2 > 1, so it ends there.
    bench = wrapping(factor=0.0, interrupt=True)
    calls = bench.calls(0, 105, 110)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 110.0, 250.0]
    assert bench.total("wrap") == 10 + 40 + 40
    assert bench.world.operator_time[0, Activity.WRAP] == 90.0


def test_without_that_option_it_runs_to_its_end():
    bench = wrapping(factor=0.0)
    calls = bench.calls(0, 105, 110)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 140.0, 280.0]


def test_what_is_left_of_a_wrap_up_under_load_is_still_done():
    # 40 x 0.5 = 20 s: cut at 110, over at 120.
    bench = wrapping(factor=0.5, interrupt=True)
    calls = bench.calls(0, 105, 110)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 120.0, 260.0]


def test_a_cut_wrap_up_that_is_put_off_is_made_good():
    # Cut at 110 with 30 s left; talks 110-210 (one waits, 40 s), 250-350, wrap-up to 390, then the 30 s to 420.
    bench = wrapping(factor=0.0, interrupt=True, postpone=True)
    calls = bench.calls(0, 105, 110, 400)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 110.0, 250.0, 420.0]
    assert bench.total("wrap") == 160.0


# ---- breaks ----------------------------------------------------------------------------------------------------------


def resting(n=1, **rule):
    return Bench(groups=desk(n), control={"breaks": rule}).start()


def test_a_break_is_put_off_while_too_many_wait():
    # Due at 50; at 100 one waits (1 > 0), at 200 nobody: the break is 200-260.
    bench = resting(over={"waiting": 0}).at(50, Event.BREAK, 0, 60.0)
    calls = bench.calls(0, 10, 210)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 100.0, 260.0]
    assert counted(bench, StaffCount.BREAKS_POSTPONED) == 1
    assert counted(bench, StaffCount.BREAKS_MISSED) == 0


def test_load_puts_a_break_off_no_longer_than_the_limit():
    # Due at 50, limit 100 s: at 100 still put off, at 200 taken although one waits.
    bench = resting(over={"waiting": 0}, limit="100 s").at(50, Event.BREAK, 0, 60.0)
    calls = bench.calls(0, 10, 20)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 100.0, 260.0]


def test_only_so_many_are_away_at_a_time():
    # All three due at 10; looks every 30 s: the second goes at 70, when the first comes back, the third at 130.
    bench = resting(3, at_once=1, again="30 s", per="group")
    for operator in range(3):
        bench.at(10, Event.BREAK, operator, 60.0)
    steadily(bench, every=5.0)
    time = bench.world.operator_time[:, Activity.BREAK]
    assert time.tolist() == [60.0, 60.0, 60.0]
    assert counted(bench, StaffCount.BREAKS_POSTPONED) == 2


def test_each_group_has_its_own_places():
    groups = {"one": {"count": 1, "skills": {"a": 1}}, "two": {"count": 1, "skills": {"a": 1}}}
    both = Bench(groups=groups, control={"breaks": {"at_once": 1, "per": "group"}}).start()
    all_in_one = Bench(groups=groups, control={"breaks": {"at_once": 1, "per": "centre"}}).start()
    for bench in (both, all_in_one):
        bench.at(10, Event.BREAK, 0, 60.0).at(10, Event.BREAK, 1, 60.0).run(20)
    assert [activity(both, i).name for i in (0, 1)] == ["BREAK", "BREAK"]
    assert [activity(all_in_one, i).name for i in (0, 1)] == ["BREAK", "IDLE"]


def test_breaks_not_taken_by_the_end_of_the_shift_are_counted():
    bench = resting(over={"waiting": 0}).at(50, Event.BREAK, 0, 60.0).at(60, Event.BREAK, 0, 60.0)
    bench.at(150, Event.SHIFT_END, 0)
    bench.calls(0, 10, 20)
    steadily(bench, 500)
    assert counted(bench, StaffCount.BREAKS_MISSED) == 2
    assert activity(bench) == Activity.OFF


def test_two_breaks_put_off_are_taken_together():
    bench = resting(over={"waiting": 0}).at(50, Event.BREAK, 0, 60.0).at(120, Event.BREAK, 0, 30.0)
    calls = bench.calls(0, 10, 210)
    steadily(bench)
    assert starts(bench, *calls) == [0.0, 100.0, 290.0]


# ---- early leave and overtime ----------------------------------------------------------------------------------------


def test_volunteers_leave_while_too_many_are_idle_some_at_a_time():
    # Four, one busy: 3/4 idle > 0.5, one leaves (the last): 2/3 > 0.5, the next at the next look: 1/2 is not.
    rule = {"group": "desk", "idle_share": 0.5, "at_once": 1}
    bench = Bench(groups=desk(4), control={"early_leave": [rule]}).start()
    bench.call(0, talk=900)
    for at in (100, 200, 300, 400):
        bench.at(at, Event.LEAVE_CHECK, 0)
    bench.run(150)
    assert [activity(bench, i).name for i in range(4)] == ["TALK", "IDLE", "IDLE", "OFF"]
    steadily(bench, 800)
    assert [activity(bench, i).name for i in range(4)] == ["TALK", "IDLE", "OFF", "OFF"]
    assert counted(bench, StaffCount.LEFT_EARLY) == 2


def test_who_is_no_volunteer_stays():
    rule = {"group": "desk", "idle_share": 0.0, "at_once": 100, "volunteers": 0.5}
    bench = Bench(groups=desk(40), control={"early_leave": [rule]}).start().at(100, Event.LEAVE_CHECK, 0)
    steadily(bench, 200)
    assert counted(bench, StaffCount.LEFT_EARLY) == bench.world.crew.leaves_early.sum()
    assert 10 <= bench.world.crew.leaves_early.sum() <= 30


def overtime(**rule):
    rule = {"over": {"waiting": 0}, "at_most": "300 s", "again": "50 s"} | rule
    return Bench(control={"overtime": rule}).start().at(50, Event.SHIFT_END, 0)


def test_who_is_needed_stays_after_the_end_of_the_shift():
    # One waits at 50: stays; looks at 100 (the first talk has ended there and the second begun: nobody waits): goes
    # at the end of this contact, 200.
    bench = overtime()
    calls = bench.calls(0, 10, 120)
    steadily(bench, 1000)
    assert starts(bench, calls[1]) == [100.0]
    assert bench.of(calls[2]) == []
    assert bench.world.operator_time[0, Activity.TALK] == 200.0
    assert counted(bench, StaffCount.STAYED_ON) == 1


def test_nobody_stays_longer_than_the_limit():
    # Always somebody waits; end of the shift 50 + 120 s: at 170 due to leave, at 200 the contact ends.
    bench = overtime(at_most="120 s")
    bench.calls(*range(0, 200, 10))
    steadily(bench, 1000)
    assert bench.total("handled") == 2
    assert bench.world.operator_time[0, Activity.TALK] == 200.0


def test_who_does_not_volunteer_goes_home():
    bench = overtime(volunteers=0.0)
    bench.calls(0, 10)
    steadily(bench, 1000)
    assert bench.total("handled") == 1


def test_a_look_at_overtime_does_not_end_the_next_shift():
    bench = overtime().at(60, Event.SHIFT_START, 0)
    calls = bench.calls(0, 10, 300)
    steadily(bench, DAY / 100)
    assert starts(bench, *calls) == pytest.approx([0.0, 100.0, 300.0])


def test_who_is_due_to_leave_finishes_the_wrap_up_that_was_put_off():
    # Both put 40 s off at 100, talk again to 200, write up to 240 and make the 40 s good to 280; a call at 250 would
    # cut them short in vain: they take no more contacts.
    bench = wrapping(n=2, over={"waiting": 0}, factor=0.0, postpone=True, interrupt=True)
    bench.start().at(150, Event.SHIFT_END, 0).at(150, Event.SHIFT_END, 1)
    bench.calls(0, 1, 10, 11)
    bench.call(250)
    bench.run(279)
    assert [activity(bench, i) for i in (0, 1)] == [Activity.WRAP, Activity.WRAP]
    steadily(bench, 500)
    assert [activity(bench, i) for i in (0, 1)] == [Activity.OFF, Activity.OFF]
    assert bench.world.operator_time[:, Activity.WRAP].tolist() == [80.0, 80.0]
