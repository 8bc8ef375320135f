"""Tables are checked after every step in which anything happens, and while anybody waits; not while nothing does."""

import kernel_steps
import pytest
from kernel_bench import Bench


@pytest.fixture
def looks(monkeypatch):
    """Instants at which the tables are checked."""
    found = []
    monkeypatch.setattr(kernel_steps, "check", lambda world: found.append(float(world.state[0].now)))
    return found


def test_each_step_with_an_event_is_checked_and_a_still_centre_once(looks):
    # Steps of 7 s: sign-on at 0, a call from 50 to 150.
    bench = Bench()
    bench.call(50)
    kernel_steps.steadily(bench)
    assert looks == [7, 56, 154]


def test_while_somebody_waits_every_step_is_checked(looks):
    # The second call waits from 60 to 150, seen at 63, 70, ..., 147; its talk ends at 250.
    bench = Bench()
    bench.calls(50, 60)
    kernel_steps.steadily(bench)
    assert looks == [7, 56, *range(63, 148, 7), 154, 252]


def test_an_event_that_was_missed_is_looked_at(looks):
    bench = Bench()
    bench.call(50)
    mark = kernel_steps.check_if_moved(bench.run(100).world)
    assert kernel_steps.check_if_moved(bench.world, mark) == mark
    bench.world.state[0].now = 151.0  # the talk should have ended at 150
    assert kernel_steps.check_if_moved(bench.world, mark) is None
    assert looks == [100, 151]
