"""The day's control: outages of sites, systems, the IVR and lines."""

from control_bench import WRAP, activity, desk, starts
from kernel_bench import Bench, seconds
from kernel_steps import steadily

from twin.kernel.codes import Activity, Event, Outcome


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
