"""Pace of operators and of all of them by week: planted levels are found, a long rise is carried on, chance is not."""

import numpy as np
import pandas as pd
import pytest

from calibration.operators import Crew
from calibration.proof.pace import TALK, Pace, Paces, best_prediction, common_covariance, fit_pace, paces_of, prior

OWN = {f"A{i:02d}": level for i, level in enumerate((-0.3, -0.2, -0.1, 0.0, 0.0, 0.1, 0.2, 0.3))}


def talks(common, a_week=300, seed=1):
    """`a_week` talks of each operator of OWN in each week; their means have the planted logarithms."""
    rng = np.random.default_rng(seed)
    rows = [
        (name, 7.0 * week + i % 5, 200 * np.exp(own + level) * x)
        for name, own in OWN.items()
        for week, level in enumerate(common)
        for i, x in enumerate(rng.gamma(1 / 1.2**2, 1.2**2, a_week))
    ]
    return pd.DataFrame(rows, columns=["operator", "day", "done_s"]).assign(usual_s=200.0)


def ahead(pace, weeks):
    """Common part so many weeks after the last one known."""
    return pace.weeks[-11 + weeks]


def test_a_lasting_rise_is_carried_on_and_operators_are_told_apart():
    """All become slower week by week, from 0.15 below the usual to 0.15 above: weeks later they are still slow."""
    pace = fit_pace(talks(np.linspace(-0.15, 0.15, 14)), TALK)
    assert pace.kept >= 0.8
    assert pace.mean + ahead(pace, 0) == pytest.approx(0.13, abs=0.04)
    assert pace.mean + ahead(pace, 4) > 0.08
    spread = np.array([pace.operators[name] for name in OWN])
    np.testing.assert_allclose(spread - spread.mean(), list(OWN.values()), atol=0.05)


def test_weeks_that_differ_by_chance_are_not_carried_on():
    pace = fit_pace(talks([0.15, -0.15] * 7), TALK)
    assert pace.kept <= 0.3
    assert abs(ahead(pace, 3)) < 0.03


def test_the_prediction_is_that_of_the_normal_law():
    """Against K X' (X K X' + R)^-1 y for parts of covariance K, seen through X with noise R."""
    rng = np.random.default_rng(2)
    design, y, noise = rng.normal(size=(9, 6)), rng.normal(size=9), rng.uniform(0.5, 2, 9)
    covariance = prior(2, 3, 0.8, 0.3, TALK)
    weighed = design.T / noise
    likelihood, parts = best_prediction(weighed @ design, weighed @ y, covariance)
    whole = design @ covariance @ design.T + np.diag(noise)
    np.testing.assert_allclose(parts, covariance @ design.T @ np.linalg.solve(whole, y), rtol=1e-9)
    other = prior(2, 3, 0.0, 1.0, TALK)
    direct = [
        -(y @ np.linalg.solve(v, y) + np.linalg.slogdet(v)[1]) / 2
        for v in (whole, design @ other @ design.T + np.diag(noise))
    ]
    assert likelihood - best_prediction(weighed @ design, weighed @ y, other)[0] == pytest.approx(direct[0] - direct[1])


def test_a_common_part_fades_or_walks():
    assert common_covariance(3, 0.5, 2.0)[0].tolist() == [4, 2, 1]
    walk = common_covariance(3, 1.0, 2.0)
    assert np.diag(walk) == pytest.approx([4, 4.36, 4.72])
    assert walk[1, 2] == pytest.approx(4.36)  # what was there the week before


def test_a_day_s_level_is_told_by_who_is_there_and_the_week():
    """Talks of 200 s and pauses of 50 s; A01 twice as long in talk. All of them slower by 0.1 in the second week."""
    crew = Crew(pd.DataFrame(), pd.DataFrame(), "1999-01-10", 200.0, 50.0, {}, {}, {}, 1.0)
    talk = Pace(0.0, {"A01": np.log(2)}, np.array([0.0, 0.1, 0.1]), 0.9, 0.1)
    paces = Paces(crew, talk, Pace(0.0, {}, np.zeros(3), 0.9, 0.1), 50.0)
    there = pd.DataFrame({"date": ["1999-01-12", "1999-01-12"], "operator": ["A01", "A99"], "seconds": 3600.0})
    slow, usual = (400 * np.exp(0.1) + 50) / 250, (200 * np.exp(0.1) + 50) / 250
    assert paces.expected(there)["1999-01-12"] == pytest.approx(2 / (1 / slow + 1 / usual))


def test_paces_are_those_of_the_crew_s_talks_and_pauses():
    """All talk 1.2 of the usual and pause 40 s, where 50 s are usual: (240 + 40) / 250."""
    done = talks([0.0] * 6).assign(talk_s=240.0, expected_s=200.0)[["operator", "day", "talk_s", "expected_s"]]
    pauses = done[["operator", "day"]].assign(gap_s=40.0)
    crew = Crew(done, pauses, "1999-02-11", 200.0, 50.0, {}, {}, {}, 1.0)
    there = pd.DataFrame({"date": "1999-02-20", "operator": ["A00"], "seconds": 3600.0})
    assert paces_of(crew).expected(there)["1999-02-20"] == pytest.approx(1.12, abs=0.01)
