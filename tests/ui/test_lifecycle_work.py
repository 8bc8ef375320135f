"""What the page Life cycle does without a browser: nobody gets lost between clusters, months are counted right."""

import datetime
import pickle

import pytest

from twin.errors import ScenarioError
from twin.people.states import CLUSTERS
from twin.scenario.load import load_scenario
from twin.simulation import simulate
from twin.ui.work.lifecycle import NONE, PROSPECTS, Month, Request, days_of, live_months, months_of, with_customers

TINY = ("scale.sizes.tiny=0.001", "customers.base=400000", "run.warm_up=3", "run.start=2013-03-04")


class Heard:
    """A reporter that remembers."""

    def __init__(self):
        self.shares = []

    def progress(self, share, key="", **values):
        self.shares.append(share)


@pytest.fixture(scope="module")
def lived():
    """Two months of 400 customers in two models, as they come from their process; what was told."""
    heard = Heard()
    request = Request(("187-as-is", "187-to-be"), "tiny", 2, 5, TINY)
    return pickle.loads(pickle.dumps(live_months(heard, request))), heard.shares


def test_stock_at_the_end_is_stock_at_the_start_with_moves_in_less_moves_out(lived):
    for side in lived[0]:
        assert [month.name for month in side.months] == ["2013-03", "2013-04"]
        for month in ("2013-03", "2013-04"):
            expected = side.at_start(month) + side.entered(month) - side.exited(month)
            assert (side.at_end(month) == expected).all()
        assert side.moves.customers.sum() > 20  # something has moved at all
        assert side.first.sum() == side.at_end("2013-04").sum()  # households are neither made nor lost
        assert (side.value.customers_at_end == side.at_end("2013-04").drop(NONE)).all()


def test_flows_of_a_month_and_of_all_of_them(lived):
    side = lived[0][0]
    months = [{(a, b): n for a, b, n in side.flows(month)} for month in ("2013-03", "2013-04")]
    everything = {(a, b): n for a, b, n in side.flows()}
    assert everything == {key: months[0].get(key, 0) + months[1].get(key, 0) for key in months[0] | months[1]}
    numbers = [n for _, _, n in side.flows("2013-03")]
    assert numbers == sorted(numbers, reverse=True)


def test_leavers_are_moves_to_nowhere_of_all_but_prospects(lived):
    side = lived[0][0]
    assert list(side.leavers.index) == [name for name in CLUSTERS if name != PROSPECTS]
    gone = sum(n for a, b, n in side.flows("2013-03") if b == NONE and a != PROSPECTS)
    assert side.leavers["2013-03"].sum() == gone
    basic = side.leavers.loc["Basic", "2013-04"] / side.at_end("2013-03")["Basic"]
    assert side.leaving_shares.loc["Basic", "2013-04"] == basic


def test_run_is_that_of_simulate_and_told_day_by_day(lived):
    sides, shares = lived
    scenario = load_scenario("187-to-be", ["scale.size=tiny", *TINY])
    run = simulate(scenario, days=58, seed=5)  # 4 March to 30 April
    assert (run.tables["stocks"] == sides[1].stocks.iloc[3:]).all(axis=None)
    assert run.tables["moves"].equals(sides[1].moves)
    assert sides[1].events.activated.sum() == run.tables["life_events"].activated.sum()
    assert sides[1].customers[1] == run.stocks.customers_at_end.drop(PROSPECTS).sum()
    assert shares[2:] == pytest.approx([k / 122 for k in range(1, 123)])  # 2 runs of 3 + 58 days


def test_days_to_the_end_of_a_month():
    assert days_of(datetime.date(2013, 3, 4), 1) == 28  # 4 to 31 March
    assert days_of(datetime.date(2013, 3, 4), 12) == 362  # to the end of February 2014: 365 - 3
    assert days_of(datetime.date(2012, 12, 1), 3) == 90  # 31 + 31 + 28


def test_months_tell_what_the_run_covers_of_them():
    dates = [f"2013-02-{day}" for day in (27, 28)] + [f"2013-03-{day:02d}" for day in range(1, 32)]
    february, march = months_of(dates, 3)
    assert february == Month("2013-02", 2, 0, 28)
    assert not february.is_whole
    assert march == Month("2013-03", 31, 30, 31)
    assert march.is_whole


def test_scenarios_with_customers_are_found():
    assert {"187-as-is", "187-to-be", "187-to-be-proactive"} <= set(with_customers())
    assert not {"erlang-a", "mmnk"} & set(with_customers())


def test_a_scenario_without_customers_is_refused():
    with pytest.raises(ScenarioError, match="has no customers"):
        Request(("erlang-a",)).scenarios()


def test_scenarios_that_start_on_other_days_are_refused(monkeypatch):
    def read(self, name):
        return load_scenario(name, ["run.warm_up=3"] if name == "187-to-be" else [])

    monkeypatch.setattr(Request, "_read", read)
    with pytest.raises(ScenarioError, match=r"must have the same run\.start and run\.warm_up"):
        Request(("187-as-is", "187-to-be")).scenarios()
