"""What an operator is worth where there are too few: contacts in time, spread over hours or days of the week."""

import numpy as np

from experiments.roster.measure import SUMS, Measured
from experiments.roster.target import STEP_WEIGHTS, TARGET_STEP, Target

WEIGHTS = ("even", "calls", "days")
QUARTER = 900.0  # [s]
GAIN = 0.8  # of the logarithm of a weight, a round; more makes days swing about each other
STRONGEST = 8.0  # most that one day may count over another


def worth(
    weigh: str, target: Target, arrival_rates: np.ndarray, steps: np.ndarray, day_weights: np.ndarray
) -> np.ndarray:
    """What an operator is worth on each step (steps, queues, slots): contacts for each, times the step's weight.

    "even" counts contacts for each operator that they require, so that a shortage is spread over all hours;
    "calls" counts those that one operator more would bring in time. That is most where many work together, and
    leaves quiet hours (Sundays) short when there are too few people. "days" counts the same, times `day_weights`.
    """
    arrivals, weights = QUARTER * arrival_rates, np.array(STEP_WEIGHTS)[:, None, None]
    if weigh == "even":
        return weights * arrivals / np.maximum(steps[: TARGET_STEP + 1].sum(axis=0), 1.0)
    gains = np.abs(np.diff(target.levels(), prepend=0.0))
    found = weights * (gains / gains.sum())[:, None, None] * arrivals / np.maximum(steps, 0.1)
    return found * np.repeat(day_weights, steps.shape[2] // 7) if weigh == "days" else found


def beyond_by_day(measured: Measured, target: Target) -> np.ndarray:
    """How far beyond the target each weekday is, all queues together (7,); NaN where nobody calls."""
    sums = measured.sums.sum(axis=(0, 2))
    days = np.zeros((7, len(SUMS)))
    np.add.at(days, measured.weekdays, sums)
    return np.asarray(target.reached(measured.value(target, days)))


def next_day_weights(day_weights: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    """A day weighs the more, the farther it has been behind the days' mean: by the distance (`GAIN`)."""
    behind = np.nan_to_num(np.nanmean(beyond) - beyond)
    weights = day_weights * np.exp(GAIN * behind)
    return np.clip(weights / weights.min(), 1.0, STRONGEST)
