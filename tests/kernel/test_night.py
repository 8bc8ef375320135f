"""The menu out of operators' hours: served there, or told when the operators are there."""

import numpy as np
from kernel_bench import HOUR, Bench, seconds

from twin.kernel.codes import Event, Outcome

IVR = {"navigation": seconds(30), "false_containment": 0.0, "false_delay": seconds(60)}


def at_night(containment, **more):
    """The doors open at 8; a call comes at 2."""
    bench = Bench(
        intents={"calls": {"talk": seconds(100), "containment": containment}},
        opening={"opens": "08:00", "closes": "20:00"},
        ivr=IVR,
        self_service={"share_an_hour": 0.01},
        **more,
    )
    bench.at(8 * HOUR, Event.OPEN).at(8 * HOUR, Event.SHIFT_START, 0)
    call = bench.call(2 * HOUR)
    bench.run(24 * HOUR)
    return bench, call


def test_the_menu_serves_at_night():
    bench, call = at_night(1.0)
    assert bench.outcome(call) == Outcome.SELF_SERVED
    assert bench.last(call)["ended_at"] == 2 * HOUR + 30
    assert (bench.total("night_served"), bench.total("out_of_hours"), bench.total("offered")) == (1, 0, 0)


def test_who_is_not_served_is_told_the_hours():
    bench, call = at_night(0.0)
    assert bench.outcome(call) == Outcome.BLOCKED
    assert (bench.total("night_served"), bench.total("out_of_hours"), bench.total("blocked")) == (0, 1, 1)
    assert bench.total("offered") == bench.total("cut") == 0


def test_and_may_call_again_when_they_are_there():
    bench, call = at_night(0.0, redial={"share": 1.0, "delay": seconds(60)})
    told, answered = bench.of(call)
    assert (Outcome(int(told["outcome"])), Outcome(int(answered["outcome"]))) == (Outcome.BLOCKED, Outcome.HANDLED)
    assert answered["entered_at"] >= 8 * HOUR
    assert np.isnan(told["answered_at"])
