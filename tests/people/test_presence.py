"""`groups.*.presence`: who of the planned operators is there, evenly over hours and days."""

import numpy as np
import pytest

from twin.kpi.staff import on_duty
from twin.people.roster import _even
from twin.scenario.load import load_scenario
from twin.simulation import simulate

BASE = {"run.warm_up": 0, "run.days": 5, "groups.operators.count": 40}
SHIFT = {
    "groups.operators.shift": "day",
    "shifts.day": {"length": "8 h", "starts": {"08:00": 0.5, "12:00": 0.5}, "days_a_week": 7},
    "opening.opens": "08:00",
    "opening.closes": "20:00",
}


def hours(presence, **more):
    """Operator-hours by day of a run, breaks on duty."""
    run = simulate(load_scenario("erlang-a", BASE | {"groups.operators.presence": presence} | more), seed=3)
    return (on_duty(run.counts(["day"])) / 3600).to_numpy()


def test_of_a_shift_the_share_comes_every_day():
    whole, part = hours(1.0, **SHIFT), hours(0.8, **SHIFT)
    assert whole == pytest.approx(np.full(5, 320.0), rel=0.02)
    assert part / whole == pytest.approx(np.full(5, 0.8), abs=0.03), "each day 32 of 40, at most one more or less"


def test_of_a_head_count_the_share_is_there_on_the_mean():
    heads = {"groups.operators.head_count": [7] * 24}
    whole, part = hours(1.0, **heads), hours(0.8, **heads)
    assert whole == pytest.approx(np.full(5, 168.0), rel=0.01)
    assert part / whole == pytest.approx(np.full(5, 0.8), abs=0.03), "5.6 of 7: five or six from hour to hour"


def test_of_those_always_there_the_share_is_there():
    assert hours(0.5) / hours(1.0) == pytest.approx(np.full(5, 0.5), abs=0.03)


def test_any_stretch_of_a_row_is_thinned_alike_and_the_same_people_stay_away_longer():
    for n, presence in ((10, 0.8), (25, 0.62), (40, 0.9)):
        rows = [_even(np.arange(float(start), start + n), day) for start in range(30) for day in range(9)]
        away = [(row >= presence).sum() for row in rows]
        assert np.abs(np.array(away) - n * (1 - presence)).max() < 2
    at = _even(np.arange(50.0), 4)
    assert set(np.flatnonzero(at >= 0.9)) < set(np.flatnonzero(at >= 0.7)), "common random numbers"


@pytest.mark.parametrize("presence", [0, 1.2])
def test_a_share_that_is_none_is_refused(presence):
    with pytest.raises(Exception, match=r"groups\.operators\.presence is"):
        load_scenario("erlang-a", {"groups.operators.presence": presence})
