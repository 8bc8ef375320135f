"""Patience by the length of the queue: places by hand, planted factors found again."""

import numpy as np
import pandas as pd
import pytest

from calibration.told import CLASSES, fit_told, places, queue_a_head


def test_places_count_who_waits_in_the_same_line():
    """The second joins behind the first; the third is another line's; the fourth comes when only the second waits."""
    calls = pd.DataFrame({
        "date": "1999-01-03", "type": ["PS", "TT", "NE", "PE"], "at_s": [0.0, 10.0, 20.0, 50.0],
        "wait_s": [40.0, 90.0, 5.0, np.nan],
    })  # fmt: skip
    assert places(calls).tolist() == [1, 2, 1, 2]


def test_a_place_is_shared_among_operators_who_may_answer():
    """Stock exchange: 2 of 5 operators take it; one at least half present is assumed where nobody is told."""
    calls = pd.DataFrame({"date": "1999-01-03", "type": ["NE", "PS", "NW"], "at_s": 10.0, "wait_s": 5.0})
    staffing = pd.DataFrame({
        "date": "1999-01-03", "start_s": 0, "group": ["regular", "exchange_and_regular"], "operators": [3.0, 2.0],
    })  # fmt: skip
    assert queue_a_head(calls, staffing) == pytest.approx([1 / 2, 1 / 5, 1 / 0.5])


def test_planted_factors_are_found_again():
    """Exponential patience of 100 s, times 2 down to 0.5 by class; answered at 60 s, so that few wait past 200 s."""
    rng = np.random.default_rng(3)
    n = 80_000
    heads = rng.random(n)
    planted = np.geomspace(2.0, 0.5, CLASSES)
    patience = rng.exponential(100.0, n) * planted[np.minimum((heads * CLASSES).astype(int), CLASSES - 1)]
    offered = rng.exponential(60.0, n)
    edges = np.array([0.0, 20.0, 60.0, 200.0, np.inf])
    found = fit_told(np.minimum(patience, offered), patience < offered, np.full(n, "PS"), heads, edges)
    np.testing.assert_allclose(found["factors"], planted, rtol=0.06)
    np.testing.assert_allclose(found["groups"]["PS"]["hazard_per_s"][:3], 0.01, rtol=0.06)
