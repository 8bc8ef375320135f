"""How many operators are there, by the waits so far: the regression of presence on summaries, and its doubt."""

import datetime
import math

import numpy as np
import pytest

from calibration.track.members import Member
from calibration.track.today import ABANDONED, ANSWERED, IN_20S, MEASURES, OFFERED, WAIT, WAIT_ANSWERED, Today
from calibration.track.update import updated_presence, widened

PRESENCES = np.exp(np.linspace(-0.2, 0.2, 21))


def updated(column, waiting, counts, unknown=()):
    """Of members whose log mean wait falls by 4 with log presence; the record lies where presence is 0.9."""

    def waits(presence):
        return waiting * (np.exp(5.0 - 4.0 * np.log(presence)) - 1)

    counts[:, :, column] = waits(PRESENCES)[:, np.newaxis]
    seen = counts[0].copy()
    seen[:, list(unknown)] = np.nan
    seen[:, column] = waiting * (math.exp(5.0 - 4.0 * math.log(0.9)) - 1)
    day = Today(datetime.date(2013, 3, 4), 1800.0, 4, np.ones(4, bool), np.zeros((4, 1)), seen)
    members = [Member(i, 1.0, float(p), np.zeros((4, 1), int)) for i, p in enumerate(PRESENCES)]
    return updated_presence(members, counts, day)


def test_presence_moves_by_the_regression_on_the_waits():
    counts = np.zeros((21, 4, len(MEASURES)))
    counts[:, :, OFFERED] = counts[:, :, ANSWERED] = 40.0
    counts[:, :, IN_20S] = 20.0
    assert updated(WAIT, 40.0, counts) == pytest.approx(0.9, rel=1e-3)


def test_the_waits_of_the_answered_move_presence_where_no_others_are_told():
    counts = np.zeros((21, 4, len(MEASURES)))
    counts[:, :, OFFERED], counts[:, :, ANSWERED], counts[:, :, ABANDONED] = 40.0, 30.0, 10.0
    counts[:, :, WAIT] = 999.0
    assert updated(WAIT_ANSWERED, 30.0, counts, unknown=[WAIT]) == pytest.approx(0.9, rel=1e-3)


def test_few_members_know_less_than_their_residuals_say():
    """Ten members, six summaries, the record three standard deviations off in one of them:
    9 / 3 x (1 + 1/10 + 9/9) of the variance."""
    away = np.array([3.0, 0, 0, 0, 0, 0])
    assert widened(away, np.eye(6), 10) == pytest.approx((3.0 * 2.1) ** 0.5)
    assert widened(np.zeros(1), np.eye(1), 1000) == pytest.approx(1.0, abs=0.002)
