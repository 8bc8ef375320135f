"""The day's control: wrap-up under load, breaks put off, skills on loan, outages, early leave, overtime."""

import numpy as np
import pytest
from kernel_bench import DAY, HOUR, Bench, seconds
from kernel_invariants import check

from twin.kernel.codes import Activity, Event, Outcome, StaffCount

WRAP = {"calls": {"talk": seconds(100), "wrap": seconds(40)}}
TWO_KINDS = {
    "skills": {"a": {}, "b": {}},
    "queues": {"ann": {}, "bob": {}},
    "intents": {"ann": {"talk": seconds(100)}, "bob": {"talk": seconds(100)}},
    "routes": [
        {"intents": ["ann"], "queue": "ann", "skills": ["a"]},
        {"intents": ["bob"], "queue": "bob", "skills": ["b"]},
    ],
    "demand": {"kind": "rates", "rates": {"ann": "1 /h"}},
    "groups": {"anns": {"count": 2, "skills": {"a": 1}}, "bobs": {"count": 1, "skills": {"b": 1}}},
}


def desk(n, **more):
    return {"desk": {"count": n, "skills": {"a": 1}, **more}}


def steadily(bench, until=2 * HOUR, every=7.0):
    """Run in small steps and look at all tables after each."""
    for at in np.arange(every, until, every):
        bench.run(at)
        check(bench.world)
    return bench.run(until)


def counted(bench, kind):
    return float(bench.world.staff_counts[:, :, kind].sum())


def activity(bench, operator=0):
    return Activity(int(bench.world.operators.activity[operator]))


def starts(bench, *contacts):
    return [float(bench.last(contact)["answered_at"]) for contact in contacts]


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


# ---- skills on loan --------------------------------------------------------------------------------------------------


def lending(rules=False, group="anns", skills=None, **rule):
    key = "loan_rules" if rules else "loans"
    loan = {"group": group, "skills": skills or {"b": "secondary"}} | rule
    if not rules:
        loan = {"begins": "00:01", "ends": "00:05"} | loan
    return Bench(**TWO_KINDS, control={key: [loan]}).start()


def by_plan(bench, begins=60, ends=300):
    return bench.at(begins, Event.LOAN_BEGIN, 0).at(ends, Event.LOAN_END, 0)


def test_an_idle_operator_on_loan_answers_the_other_queue_at_once():
    # Three bobs at 0, 1, 2; operator 2 takes the first; from 60 on operator 0 is lent and takes the second,
    # at 100 operator 2 the third.
    bench = by_plan(lending(count=1))
    calls = [bench.call(at, "bob") for at in (0, 1, 2)]
    steadily(bench)
    assert [bench.operator(call) for call in calls] == [2, 0, 2]
    assert starts(bench, *calls) == [0.0, 60.0, 100.0]
    assert bench.total("secondary") == 1
    assert counted(bench, StaffCount.LENT) == 1


def test_who_is_lent_leaves_the_own_queue_and_returns_in_time():
    # Operators 0 and 1 lent 60-300: an ann at 100 waits to 300.
    bench = by_plan(lending())
    call = bench.call(100, "ann")
    steadily(bench)
    assert starts(bench, call) == [300.0]


def test_who_keeps_the_own_skills_answers_both():
    bench = by_plan(lending(keeps=True))
    ann, first, bob = bench.call(100, "ann"), bench.call(101, "bob"), bench.call(102, "bob")
    steadily(bench)
    assert starts(bench, ann, first, bob) == [100.0, 101.0, 102.0]
    assert {bench.operator(ann), bench.operator(bob)} == {0, 1}


def test_a_busy_operator_changes_at_the_end_of_the_contact():
    # Both anns talk 0-100 and 10-110; lent at 60, the bob of 61 has operator 2, the one of 62 waits to 100.
    bench = by_plan(lending())
    bench.calls(0, 10, intent="ann")
    calls = [bench.call(at, "bob") for at in (61, 62)]
    steadily(bench)
    assert starts(bench, *calls) == [61.0, 100.0]
    assert bench.operator(calls[1]) == 0


def test_a_busy_operator_on_loan_returns_at_the_end_of_the_contact():
    # Lent and busy with a bob 250-350 when the loan ends at 300; an ann at 310 has operator 1, one at 311 waits to 350.
    bench = by_plan(lending())
    bench.calls(250, 250, 250, intent="bob")
    anns = bench.calls(310, 311, 312, intent="ann")
    steadily(bench)
    assert starts(bench, *anns) == [350.0, 350.0, 450.0]


def test_who_is_off_is_lent_with_the_whole_group_only():
    for more, waits in (({}, 0.0), ({"count": 2}, 99.0)):
        bench = Bench(**TWO_KINDS, control={"loans": [{"group": "anns", "skills": {"b": "primary"}, **more,
                                                       "begins": "00:01", "ends": "00:05"}]})  # fmt: skip
        by_plan(bench).start(0, 2).at(100, Event.SHIFT_START, 0).at(150, Event.SHIFT_START, 1)
        bench.call(101, "bob")
        call = bench.call(102, "bob")
        steadily(bench)
        assert bench.wait(call) == waits


def test_a_loan_by_rule_has_a_threshold_to_go_and_another_to_return():
    # Looks at 0, 50, 100 ...: at 50 two bobs wait for one operator, 200 s > 150 s, so one is lent (idle share 1 > 0.4)
    # and takes the first of them; at 100 one waits for two, 50 s, not below 40 s; at 150 he is free and returns, for
    # nobody waits.
    bench = lending(True, count=1, queue="bob", above="150 s", below="40 s", idle_share=0.4)
    for at in range(0, 1000, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bobs = bench.calls(10, 20, 30, intent="bob")
    anns = bench.calls(140, 141, intent="ann")
    late = bench.call(160, "bob")
    steadily(bench, 1000)
    assert starts(bench, *bobs) == [10.0, 50.0, 110.0]
    assert starts(bench, *anns) == [140.0, 150.0]
    assert starts(bench, late) == [210.0]


def test_between_the_thresholds_nothing_changes():
    # The same with return below 0 s, that is never: whoever is lent stays.
    bench = lending(True, count=1, queue="bob", above="150 s", below="0 s")
    for at in range(0, 1000, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bench.calls(10, 20, 30, intent="bob")
    late = bench.calls(400, 401, intent="bob")
    steadily(bench, 1000)
    assert bench.world.loans[0].n_lent == 1
    assert [bench.operator(call) for call in late] == [2, 0]


def test_nobody_is_lent_while_too_few_are_idle():
    bench = lending(True, count=1, queue="bob", above="150 s", below="40 s", idle_share=0.5)
    for at in range(0, 100, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bench.call(5, "ann")  # one of two idle: 0.5 is not more than 0.5
    bench.calls(10, 20, 30, intent="bob")
    steadily(bench, 99)
    assert counted(bench, StaffCount.LENT) == 0


def test_a_loan_by_rule_has_a_largest_number():
    bench = lending(True, count=1, at_most=2, queue="bob", above="0 s", below="0 s")
    for at in range(50, 1000, 50):
        bench.at(at, Event.LOAN_CHECK, 0)
    bench.calls(*range(10, 30), intent="bob")
    steadily(bench, 1000)
    assert bench.world.loans[0].n_lent == 2


def test_who_goes_home_is_lent_no_longer():
    bench = by_plan(lending(count=1)).at(120, Event.SHIFT_END, 0).at(200, Event.SHIFT_START, 0)
    call = bench.call(210, "ann")
    steadily(bench)
    assert bench.world.loans[0].n_lent == 0
    assert starts(bench, call) == [210.0]


# ---- outages ---------------------------------------------------------------------------------------------------------


def failing(what, n=1, begins=50, ends=300, **more):
    extra = {key: more.pop(key) for key in list(more) if key in ("site", "calls", "factor", "lines")}
    event = {"what": what, "at": "00:00", "length": "1 min"} | extra
    bench = Bench(**({"groups": desk(n)} | more), control={"outages": [event]}).start()
    return bench.at(begins, Event.OUTAGE_BEGIN, 0).at(ends, Event.OUTAGE_END, 0)


def test_nobody_answers_at_a_site_that_is_down():
    bench = failing("site", site="in-house")
    calls = bench.calls(60, 400)
    bench.run(200)
    assert activity(bench) == Activity.OUTAGE
    steadily(bench, 1000)
    assert starts(bench, *calls) == [300.0, 400.0]
    assert bench.world.operator_time[0, Activity.OUTAGE] == 250.0


def test_talks_in_progress_are_finished():
    bench = failing("site", site="in-house", calls="survive")
    calls = bench.calls(0, 10)
    steadily(bench, 1000)
    assert starts(bench, *calls) == [0.0, 300.0]
    assert bench.world.operator_time[0, Activity.OUTAGE] == 200.0


def test_or_they_are_lost_with_the_site():
    bench = failing("site", site="in-house", calls="lost", intents=WRAP)
    calls = bench.calls(0, 10)
    steadily(bench, 1000)
    assert bench.outcome(calls[0]) == Outcome.DROPPED
    assert bench.last(calls[0])["ended_at"] == 50.0
    assert starts(bench, calls[1]) == [300.0]
    assert (bench.total("dropped"), bench.total("handled"), bench.total("offered")) == (1, 1, 2)
    assert bench.total("talk") == 100.0
    assert bench.world.operator_time[0, Activity.TALK] == 150.0


def test_a_lost_customer_redials_with_the_same_matter():
    redial = {"share": 1.0, "delay": seconds(20)}
    bench = failing("site", site="in-house", calls="lost", redial=redial)
    call = bench.call(0)
    steadily(bench, 1000)
    assert [Outcome(int(row["outcome"])).name for row in bench.of(call)] == ["DROPPED", "HANDLED"]
    assert [float(row["entered_at"]) for row in bench.of(call)] == [0.0, 70.0]
    assert bench.wait(call) == 230.0


def test_a_wrap_up_ends_with_the_site_and_is_not_made_good():
    bench = failing("site", begins=120, ends=130, site="in-house", calls="lost", intents=WRAP)
    calls = bench.calls(0, 10)
    steadily(bench, 1000)
    assert starts(bench, *calls) == [0.0, 130.0]
    assert bench.world.operator_time[0, Activity.WRAP] == 20 + 40


def test_only_the_site_that_is_down_stops():
    sites = {"rome": {}, "milan": {}}
    groups = {name: {"count": 1, "skills": {"a": 1}, "site": name} for name in sites}
    bench = failing("site", site="rome", sites=sites, groups=groups)
    calls = bench.calls(60, 70)
    steadily(bench, 1000)
    assert [bench.operator(call) for call in calls] == [1, 1]
    assert starts(bench, *calls) == [60.0, 160.0]


def test_who_comes_on_duty_at_a_site_that_is_down_waits_for_it_and_goes_home_in_time():
    bench = failing("site", site="in-house").at(60, Event.SHIFT_END, 0).at(100, Event.SHIFT_START, 0)
    bench.run(90)
    assert activity(bench) == Activity.OFF
    bench.run(110)
    assert activity(bench) == Activity.OUTAGE
    steadily(bench, 400)
    assert activity(bench) == Activity.IDLE


def test_a_slow_system_prolongs_contacts_answered_meanwhile():
    bench = failing("slow", factor=1.5, intents=WRAP, n=3)
    calls = bench.calls(40, 60, 310)
    steadily(bench, 1000)
    rows = [bench.last(call) for call in calls]
    assert [float(row["ended_at"] - row["answered_at"]) for row in rows] == [100.0, 150.0, 100.0]
    assert [float(row["wrap_time"]) for row in rows] == [40.0, 60.0, 40.0]


def test_a_slow_system_may_be_that_of_one_site():
    sites = {"rome": {}, "milan": {}}
    groups = {name: {"count": 1, "skills": {"a": 1}, "site": name} for name in sites}
    bench = failing("slow", factor=2.0, site="milan", sites=sites, groups=groups)
    rows = [bench.last(call) for call in bench.calls(60, 61) if steadily(bench, 1000)]
    assert [float(row["ended_at"] - row["answered_at"]) for row in rows] == [100.0, 200.0]


def test_without_the_ivr_everybody_asks_for_an_operator():
    ivr = {"navigation": seconds(20)}
    intents = {"calls": {"talk": seconds(100), "containment": 1.0}}
    bench = failing("ivr", ivr=ivr, intents=intents)
    calls = bench.calls(40, 60, 310)
    steadily(bench, 1000)
    assert [bench.outcome(call).name for call in calls] == ["SELF_SERVED", "HANDLED", "SELF_SERVED"]
    assert starts(bench, calls[1]) == [60.0]


def test_with_fewer_lines_the_next_contact_is_blocked_and_those_inside_stay():
    bench = failing("lines", lines=1, limits={"trunks": 3}, n=3)
    calls = bench.calls(40, 45, 60, 310)
    steadily(bench, 1000)
    assert [bench.outcome(call).name for call in calls] == ["HANDLED", "HANDLED", "BLOCKED", "HANDLED"]


def test_outages_of_the_same_site_that_overlap_end_with_the_last_one():
    event = {"what": "site", "site": "in-house", "at": "00:00", "length": "1 min"}
    bench = Bench(control={"outages": [event, event]}).start()
    bench.at(10, Event.OUTAGE_BEGIN, 0).at(20, Event.OUTAGE_BEGIN, 1)
    bench.at(30, Event.OUTAGE_END, 0).at(80, Event.OUTAGE_END, 1)
    call = bench.call(25)
    steadily(bench, 1000, 3.0)
    assert starts(bench, call) == [80.0]


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
