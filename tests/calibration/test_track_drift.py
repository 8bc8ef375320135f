"""Drift over tracked days: odd days, days in a row, how rare false alarms are."""

import datetime

import numpy as np
import pandas as pd
import pytest

from calibration.track.drift import COLUMNS, LIMIT, cusum, scores, surprises
from calibration.track.level import Level
from calibration.track.today import MEASURES, Today
from twin.scenario.demand_schema import Noise

MONDAY = datetime.date(2013, 3, 4)
HALF_HOUR = 1800.0


def test_odd_days_in_a_row_are_a_drift():
    """Twelve days one standard deviation high: the sum grows by 1 - 0.5 a day and passes 5.5 on the twelfth."""
    dates = [datetime.date(2013, 3, 4) + datetime.timedelta(days=i) for i in range(12)]
    before = pd.DataFrame([(date.isoformat(), "18:00", "mean_wait", 1.0) for date in dates], columns=list(COLUMNS))
    (eleventh,) = surprises({"mean_wait": 1.0}, before[:10], dates[10])
    (twelfth,) = surprises({"mean_wait": 1.05}, before[:11], dates[11])
    assert (eleventh.cusum, eleventh.is_drift) == (pytest.approx(LIMIT), False)
    assert twelfth.is_drift
    assert twelfth.sentence.startswith("drift: the mean wait has been above")
    (below,) = surprises({"mean_wait": -1.05}, before[:11].assign(score=-1.0), dates[11])
    assert below.sentence.startswith("drift: the mean wait has been below")
    (calm,) = surprises({"mean_wait": 0.2}, before[:0], dates[0])
    assert calm.sentence == ""


def test_one_strange_day_is_odd_but_no_drift():
    """A strike: nine standard deviations; the next ordinary day says nothing, and two such days are still no drift."""
    monday, tuesday, wednesday = (MONDAY + datetime.timedelta(days=i) for i in range(3))
    nothing = pd.DataFrame(columns=list(COLUMNS))
    (first,) = surprises({"mean_wait": 9.0}, nothing, monday)
    assert (first.is_odd, first.is_drift) == (True, False)
    assert first.sentence == "today the mean wait is far above what the calibration says (+9.0 standard deviations)"
    before = pd.DataFrame([(monday.isoformat(), "18:00", "mean_wait", 9.0)], columns=list(COLUMNS))
    (second,) = surprises({"mean_wait": -0.2}, before, tuesday)
    assert second.sentence == ""
    assert second.cusum == pytest.approx(2.58 - 0.5 - 0.2 - 0.5)
    before = pd.concat([before, before.assign(date=tuesday.isoformat())])
    (third,) = surprises({"mean_wait": 9.0}, before, wednesday)
    assert third.is_drift, "three are"


def test_a_day_counts_once_by_its_last_look_and_later_days_not_at_all():
    rows = [("2013-03-01", "12:00", 2.5), ("2013-03-01", "18:00", 1.0), ("2013-03-03", "09:00", np.nan),
            ("2013-03-04", "09:00", 2.0), ("2013-03-05", "18:00", 2.0)]  # fmt: skip
    before = pd.DataFrame([(date, until, "sl20", score) for date, until, score in rows], columns=list(COLUMNS))
    (found,) = surprises({"sl20": 1.5}, before, MONDAY)
    assert found.cusum == pytest.approx((1.0 - 0.5) + (1.5 - 0.5))


def test_false_alarms_are_rare():
    """Of 200 pairs of quarters without drift (60 days, four measures, three of which go together) fewer than a third
    give any alarm; with limit 4 it was nearly two thirds."""
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(200):
        common = rng.standard_normal((60, 1))
        days = np.hstack([rng.standard_normal((60, 1)), 0.8**0.5 * common + 0.2**0.5 * rng.standard_normal((60, 3))])
        alarms += any(abs(cusum(days[:n, k])) > LIMIT for k in range(4) for n in range(1, 61))
    assert alarms < 60


def test_the_score_of_contacts_knows_that_intervals_vary_together():
    """100 contacts in each of four half hours with CV 0.3 and correlation 0.9: the variance of the sum is
    400 + 100² x 0.09 x (4 + 2 x (3 x 0.9 + 2 x 0.81 + 0.729)), not 400 + 100² x 0.09 x 4."""
    noise = Noise(interval_cv=0.3, interval_correlation=0.9)
    day = Today(MONDAY, HALF_HOUR, 4, np.ones(4, bool), np.full((4, 1), 150.0), np.full((4, len(MEASURES)), np.nan))
    found = scores(Level.before(noise), np.full(4, 100.0), noise, np.zeros((20, 4, len(MEASURES))), day)
    by_hand = 200.0 / (400 + 1e4 * 0.09 * (4 + 2 * (3 * 0.9 + 2 * 0.81 + 0.729))) ** 0.5
    assert found["offered"] == pytest.approx(by_hand, rel=0.01)
    assert np.isnan(found["mean_wait"])
