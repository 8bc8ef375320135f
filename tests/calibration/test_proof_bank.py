"""The proof on the bank: its cases load and run; with the raw log at hand, on real days."""

import numpy as np
import pytest

from calibration import bank
from calibration.fit.parameters import read_parameters
from calibration.fit.simulator import Problem, Simulator
from calibration.proof.bank import CASES, FIT, HERE, UNSEEN, full_days, odd_days, recorded_of, talk_day_cv
from calibration.replay import load_replay
from twin.scenario.load import load
from twin.simulation import simulate

RAW = bank.find_raw()
needs_raw = pytest.mark.skipif(RAW is None, reason="no raw bank log (TWIN_DATA, ../shared)")


def test_the_parameters_stand_in_the_scenarios():
    for scenario, file in (
        ("bank-1999", "bank-log.toml"),
        (HERE / "bank-intervals.toml", "bank-intervals-parameters.toml"),
    ):
        box = read_parameters(HERE / file)
        new = box.applied(load(scenario).resolved, box.values(box.centre).tolist())
        wraps = [intent["wrap"]["shares"] for intent in new["intents"].values()]
        assert all(np.isclose(sum(shares), 1.0) and min(shares) >= 0 for shares in wraps)


def test_shipped_days_run_twice_on_the_same_tables_and_give_the_same():
    replay = load_replay("bank-1999", ["run.days=1"])
    first, again = (simulate(replay.loaded.scenario, 1, seed=3) for _ in range(2))
    assert first.tallies.tobytes() == again.tallies.tobytes()


@needs_raw
def test_full_days_are_those_of_the_readme():
    assert len(full_days(RAW, *FIT)) == 93
    assert len(full_days(RAW, *UNSEEN)) == 42


@needs_raw
def test_evenings_of_short_calls_are_told_by_their_talk():
    days = full_days(RAW, "1999-02-07", "1999-02-18")
    assert odd_days(recorded_of(RAW, days)) == ["1999-02-14"]  # 146 offered from 21:30, 49 s of talk in the mean


@needs_raw
@pytest.mark.parametrize("mode", CASES)
def test_a_replayed_day_has_the_recorded_calls(mode):
    case = CASES[mode](RAW, ["1999-02-28", "1999-03-01"])
    problem = Problem(case.resolved, case.box, case.recorded, case.tables)
    with Simulator(problem) as simulator:
        one, again = simulator.records(np.tile(case.box.centre, (2, 1)), [1, 1])
    assert (one.wait_s == again.wait_s).all()
    opened = slice(12, 48)  # from 6:00
    np.testing.assert_array_equal(one.offered[:, opened], case.recorded.offered[:, opened])
    assert 0.02 < one.total("abandoned") / one.total("offered") < 0.4
    assert talk_day_cv(case.recorded) >= 0
