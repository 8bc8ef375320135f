"""Announced waits and call-backs against chains that are solved exactly; the chains against known closed forms."""

import dataclasses

import numpy as np
import pytest

from experiments.verify.case import estimate
from experiments.verify.run import verify
from experiments.verify.sample import columns_of
from experiments.verify.waiting import ANNOUNCED, CALLED, TOLD, Line
from twin.erlang import ErlangA
from twin.scenario.load import load_scenario
from twin.simulation import simulate

LIMIT = 3.5
"""[standard errors]"""


@pytest.mark.parametrize("name", ["told-waits", "call-back"])
def test_simulation_meets_the_chain(name):
    rows = verify([name]).rows
    assert len(rows) >= 4
    assert [(row.measure, row.published, row.ours, row.z) for row in rows if not abs(row.z) <= LIMIT] == []


def test_another_estimator_does_not_meet_the_chain_of_the_queue_length():
    """So the test above can tell one rule from another."""
    scenario = load_scenario("told-waits", {"waiting.estimator": "last_entry"})
    sample = columns_of(simulate(scenario, 100, 1))
    ours, se = estimate(next(m.formula for m in ANNOUNCED.measures if m.name == "P(balk)"), sample)
    assert abs(ours - TOLD.p_share) > LIMIT * se


def test_without_balking_the_chain_is_erlang_a():
    line = dataclasses.replace(TOLD, shares=(0.0, 0.0))
    known = ErlangA(line.n, line.rate, 1 / line.mean_talk, 1 / line.patience)
    assert line.p_abandon == pytest.approx(known.p_abandon, rel=1e-9)
    assert line.mean_wait == pytest.approx(known.mean_wait, rel=1e-9)
    assert line.p_told == pytest.approx(known.p_wait, rel=1e-9)
    assert line.occupancy == pytest.approx(known.occupancy, rel=1e-9)


def test_call_backs_that_keep_their_place_wait_like_erlang_c():
    known = ErlangA(CALLED.n, CALLED.rate, 1 / CALLED.mean_talk, 0)
    assert CALLED.mean_wait == pytest.approx(known.mean_wait, rel=1e-9)
    nobody = dataclasses.replace(CALLED, shares=(0.0, 0.0))
    assert nobody.wait_of_others == pytest.approx(known.mean_wait, rel=1e-9)


def test_everybody_who_must_wait_balks_in_erlang_b():
    """Told 30 s or more, all leave: M/M/4/4, whose blocking by hand is (a^4 / 24) / (1 + a + ... + a^4 / 24)."""
    line = Line(4, 1 / 60, 120.0, (30.0, 31.0), (1.0, 1.0), 180.0)
    a = 2.0
    states = np.array([1, a, a**2 / 2, a**3 / 6, a**4 / 24])
    assert line.p_share == pytest.approx(states[-1] / states.sum(), rel=1e-9)
    assert line.n_waiting == pytest.approx(0.0, abs=1e-12)
