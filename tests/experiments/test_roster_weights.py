"""How a shortage is spread: over hours, where most calls are, or so that each day of the week is served alike."""

import numpy as np
import pytest

from experiments.roster.measure import SUMS, Measured
from experiments.roster.target import STEPS, Target
from experiments.roster.weights import GAIN, STRONGEST, beyond_by_day, next_day_weights, worth

TARGET = Target.parse("sl=0.80/20")


def measured(in_time):
    """One queue, a week of 100 calls a day, this many of them in time."""
    sums = np.zeros((1, 7, 96, len(SUMS)))
    sums[0, :, 40, SUMS.index("offered")] = 100.0
    sums[0, :, 40, SUMS.index("in_time")] = in_time
    return Measured(("main",), sums, np.arange(7), 1)


def test_a_day_that_was_served_worse_weighs_more():
    beyond = beyond_by_day(measured([60, 60, 60, 60, 60, 60, 20]), TARGET)
    assert beyond == pytest.approx([-0.2] * 6 + [-0.6])  # 60 and 20 % in time where 80 % is the target
    weights = next_day_weights(np.ones(7), beyond)
    assert weights[:6] == pytest.approx(1.0)
    assert weights[6] == pytest.approx(np.exp(GAIN * 0.4))  # 40 points behind the others


def test_weights_grow_from_round_to_round_up_to_a_limit():
    beyond, weights = np.array([0.0] * 6 + [-0.5]), np.ones(7)
    for _ in range(6):
        weights = next_day_weights(weights, beyond)
    assert weights[6] == STRONGEST


def test_a_day_without_calls_keeps_its_weight():
    assert next_day_weights(np.ones(7), np.array([-0.2] * 6 + [np.nan])).tolist() == [1.0] * 7


def test_days_counts_calls_by_the_weight_of_their_day():
    rates, steps = np.full((1, 7 * 96), 0.1), np.ones((len(STEPS), 1, 7 * 96))
    day_weights = np.array([1.0, 1, 1, 1, 1, 1, 3])
    calls = worth("calls", TARGET, rates, steps, day_weights)
    days = worth("days", TARGET, rates, steps, day_weights)
    assert days[:, :, : 6 * 96] == pytest.approx(calls[:, :, : 6 * 96])
    assert days[:, :, 6 * 96 :] == pytest.approx(3 * calls[:, :, 6 * 96 :])
