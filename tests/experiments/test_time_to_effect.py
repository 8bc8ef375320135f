"""Time to effect: months by hand, coverage of the bootstrapped interval, words."""

import math

import numpy as np
import pytest

from experiments.compare.time_to_effect import effects, reached, sentence

MONTHS = np.array([0.0, 1.0, 2.0, 4.0])


@pytest.mark.parametrize(
    ("curve", "month"),
    [
        ([0, 8, 10, 10], 1.5),  # 9 lies half way from 8 to 10
        ([10, 10, 10, 10], 0.0),
        ([-5, 0, 5, 10], 3.6),  # a dip first; 9 lies four fifths of the way from month 2 to month 4
        ([0, -8, -10, -10], 1.5),  # a fall counts like a rise
        ([9.5, 2, 9, 10], 2.0),  # for good: the early touch does not count
        ([0, 20, 8, 10], 3.0),
    ],
)
def test_ninety_percent_is_reached_for_good(curve, month):
    assert reached(MONTHS, np.array(curve, float)) == pytest.approx(month)


def test_shown_from_is_the_first_month_after_which_zero_stays_out():
    # differences of 3 pairs at 4 months: -1 +- small, 0.1 +- large, 2, 2
    curve = np.array([[-1.0, 0.0, 2.0, 2.0], [-1.1, 1.2, 2.1, 2.1], [-0.9, -0.9, 1.9, 2.0]])
    row = effects(MONTHS, {"csi": curve}).iloc[0]
    assert row.shown_from == 2.0
    assert row.is_final_shown
    # mean .1 at month 1, 2 at month 2, 2.033 at the end: 1.83 is reached at 1 + 1.73 / 1.9
    assert row.reached == pytest.approx(1 + (0.9 * 6.1 / 3 - 0.1) / 1.9)
    assert row.low <= row.reached <= row.high


def test_no_lasting_difference_has_no_time():
    curve = np.array([[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, -3.0], [0.0, 0.0, 0.0, 0.1]])
    row = effects(MONTHS, {"csi": curve}).iloc[0]
    assert not row.is_final_shown
    assert math.isnan(row.reached)
    assert "no time to effect" in sentence(row, "a", 3)


def test_one_pair_tells_nothing():
    assert not effects(MONTHS, {"csi": np.ones((1, 4))}).iloc[0].is_final_shown


def test_the_interval_covers_the_month():
    """True curve 10 (1 - exp(-t)): 90 % of its value at month 8 lies on the line from month 2 to 3."""
    months = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 8.0])
    truth = 10 * (1 - np.exp(-months))
    expected = reached(months, truth)
    assert 2 < expected < 3
    rng = np.random.default_rng(1)
    trials, hits = 60, 0
    for _ in range(trials):
        curve = truth + rng.normal(0, 1, (20, 1)) + rng.normal(0, 0.5, (20, 6))
        row = effects(months, {"csi": curve}).iloc[0]
        hits += row.low <= expected <= row.high
    assert hits / trials >= 0.85  # of .95; 60 trials have a standard error of .03


def test_words_say_when_with_the_interval():
    curve = np.array([[0.0, 8.0, 10.0, 10.0]] * 12) + np.linspace(-0.1, 0.1, 12)[:, None]
    row = effects(MONTHS, {"csi": curve}).iloc[0]
    said = sentence(row, "as-is", 12)
    assert said.startswith("Satisfaction (CSI): better than as-is for good from month 1 on; 90 % of the lasting")
    assert "after 1.5 months (95 %: 1.5 to 1.5)." in said
    assert "few for these ends" in sentence(row, "as-is", 3)
