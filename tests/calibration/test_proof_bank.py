"""The proof on the bank: its cases load and run; with the raw log at hand, on real days."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from calibration import bank
from calibration.fit.parameters import read_parameters
from calibration.fit.record import Record
from calibration.fit.simulator import Problem, Simulator
from calibration.proof.bank import (
    CASES,
    DAY,
    DRIFT,
    FIT,
    HERE,
    UNSEEN,
    Case,
    forecast,
    full_days,
    odd_days,
    recorded_of,
    talk_levels,
)
from calibration.proof.rolling import errors_of, spread
from calibration.replay import load_replay
from twin.scenario.load import load
from twin.simulation import simulate
from twin.trace import TraceTables

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
    assert case.tables.talk_levels["talk"].between(0.8, 1.25).all()


@needs_raw
def test_members_of_a_forecast_differ_in_their_level_of_work():
    case = CASES["intervals"](RAW, ["1999-06-01"])
    assert case.tables.talk_levels["talk"].tolist() == [1.0]  # not known after 31 May

    class Fitted:
        problem = Problem(case.resolved, case.box, case.recorded, case.tables)

        def drawn(self, n):
            return np.tile(case.box.centre, (n, 1))

    found = forecast(case, Fitted(), "intervals", 4)
    talks = [member.total("handle_s") / member.total("answered") for member in found.members]
    assert len(set(talks)) == 4


def test_a_day_s_talk_is_over_that_of_the_same_hours():
    """Two calls at 8, usually 100 s, one at 9, usually 200 s: 400 s, and 500 s were talked. Unknown after `until`."""
    counts, talked = np.zeros((2, 48)), np.zeros((2, 48))
    counts[:, [16, 18]], talked[:, [16, 18]] = [2, 1], [300, 200]
    blank = np.zeros((2, 48))
    record = Record(("1999-05-31", "1999-06-01"), 1800.0, counts, blank, blank, blank, counts, talked)
    usual = np.zeros(24)
    usual[[8, 9]] = [100, 200]
    assert talk_levels(record, usual, "1999-05-31").tolist() == [1.25, 1.0]


def test_errors_of_levels_are_told_apart_by_month_and_by_day():
    """Months err by +3 and -4 % of 10,000: root mean square 3.54 %; days by 5 % each, of which 1.2 / sqrt(900) = 4 % is
    chance and 3 % is left."""
    table = pd.DataFrame({"told by": "x", "bias": [0.03, -0.04], "sd": [0.05, 0.05]})
    found = spread(table, 900.0).loc["x"]
    assert found.tolist() == pytest.approx([0.0354, 0.05, 0.03, 0.0612], abs=1e-4)
    days = pd.Series([1.1, 1.21], ["a", "b"])
    assert errors_of(pd.Series([1.0, 1.1], ["a", "b"]), days) == pytest.approx((np.log(1.1), 0.0))


def test_full_days_are_sunday_to_thursday_and_busy(monkeypatch):
    """3 January 1999 was a Sunday; Monday had too few calls, 23 May its surge."""
    days = [f"1999-01-{day:02d}" for day in range(3, 10)]
    offered = [1001, 1000, 1200, 1200, 1200, 1200, 1200]
    table = pd.DataFrame({"date": [*days, bank.SURGE_DAY], "offered": [*offered, 1500]})
    monkeypatch.setattr(bank, "read_intervals", lambda folder: table)
    assert full_days(None, *FIT) == ["1999-01-03", "1999-01-05", "1999-01-06", "1999-01-07"]


@pytest.mark.parametrize("mode", CASES)
def test_members_have_the_expected_level_times_what_months_and_days_may_bring(mode, monkeypatch):
    """Logarithms over the expected levels 0.9 and 1.2: a part common to a member's days, and one of each day."""
    seen = []

    class Told:
        def __init__(self, resolved, box, recorded, tables):
            seen.append(tables.talk_levels["talk"].to_numpy())

        def record(self, z, replication):
            return replication

    monkeypatch.setattr("calibration.proof.bank.Problem", Told)
    dates, members = tuple(f"d{day}" for day in range(60)), 80
    expected = np.resize([0.9, 1.2], len(dates))
    levels = pd.DataFrame({"date": dates, "talk": expected})
    tables = TraceTables(pd.DataFrame(), talk_levels=levels)
    case = Case({}, tables, SimpleNamespace(dates=dates), None)
    fitted = SimpleNamespace(problem=SimpleNamespace(box=None), drawn=lambda n: np.zeros((n, 1)))
    found = forecast(case, fitted, mode, members)
    assert len(set(found.members)) == members, "each with luck of its own"
    left = np.log(np.array(seen) / expected)
    assert left.mean() == pytest.approx(0, abs=0.005)
    assert left.mean(axis=1).std() == pytest.approx(DRIFT[mode], rel=0.05)
    assert (left - left.mean(axis=1, keepdims=True)).std() == pytest.approx(DAY[mode], rel=0.05)
