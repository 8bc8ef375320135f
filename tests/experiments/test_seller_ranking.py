"""The regulator's ranking: the score by hand, the other sellers, the places between market entry and E-Care 360."""

import math

import pytest

from experiments.check.figure import FIGURES
from experiments.check.ranking import Seller, others_of, score, seller_of, sellers_behind
from experiments.check.run import value_of
from twin.errors import ScenarioError
from twin.scenario.load import load_scenario
from twin.simulation import simulate


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("ecare-360", {"size": "tiny", "run.warm_up": 0})


@pytest.fixture(scope="module")
def run(scenario):
    return simulate(scenario, days=1)


def seller(**changed):
    plain = {"free_lines": 1.0, "hours": 42.0, "free_from_mobiles": True, "wait": 50.0, "served": 0.95}
    return Seller(**{**plain, "call_back": True, "announced": False, "satisfaction": 80.0, **changed})


def test_score_by_hand(scenario):
    # Access 15 + 15 x 42 / 84 + 5 = 27.5; quality 14 x (1 - 50 / 200) + 14 x (0.95 - 0.80) / 0.20 + 4 = 25;
    # satisfaction 0.3 x 80 = 24.
    assert score(seller(), scenario.ranking) == pytest.approx(76.5)
    # At the limits of wait and level of service both give nothing; longer hours than 84 give no more than 15.
    worst = seller(wait=200.0, served=0.8, call_back=False, hours=168.0)
    assert score(worst, scenario.ranking) == pytest.approx(15 + 15 + 5 + 24)
    assert score(seller(wait=500.0, served=0.1), scenario.ranking) == pytest.approx(27.5 + 4 + 24)


def test_best_score_is_100(scenario):
    best = seller(hours=84.0, wait=0.0, served=1.0, announced=True, satisfaction=100.0)
    assert score(best, scenario.ranking) == pytest.approx(100)


def test_other_sellers_lie_within_their_bounds_and_stay_the_same(scenario):
    others = scenario.ranking.others
    sellers = others_of(others, 1)
    assert len(sellers) == 35
    assert all(others.wait[0] <= other.wait <= others.wait[1] for other in sellers)
    assert all(others.served[0] <= other.served <= others.served[1] for other in sellers)
    assert sellers == others_of(others, 1)
    assert sellers != others_of(others, 2)


def test_indicators_are_those_of_the_telephone(run):
    own = seller_of(run)
    assert own.hours == 72  # six days of twelve hours
    assert own.free_lines == 1  # no limit of lines
    assert own.call_back
    assert own.announced
    by_queue = run.kpis(["queue"], ["asa"])["asa"]
    phone = by_queue.loc[["Commercial", "Billing", "Supply"]]
    assert phone.min() <= own.wait <= phone.max()  # a mean of the three, without the written work's hours of waiting


def test_sellers_behind_are_those_with_a_lower_score(run, scenario):
    mine = score(seller_of(run), scenario.ranking)
    behind = [other for other in others_of(scenario.ranking.others, 1) if score(other, scenario.ranking) < mine]
    assert sellers_behind(run) == len(behind)
    figure = next(figure for figure in FIGURES if figure.id == "K19")
    assert value_of(figure, run) == len(behind)


def test_no_ranking_without_the_rule():
    assert math.isnan(sellers_behind(simulate(load_scenario("erlang-a"), days=1)))


def test_bounds_must_rise():
    with pytest.raises(ScenarioError, match=r"ranking\.others\.wait .*must be \[lowest, highest\]"):
        load_scenario("ecare-360", {"ranking.others.wait": ["160 s", "20 s"]})
