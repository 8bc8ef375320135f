"""Centres of one operator and of a hundred thousand, days on which nobody calls, doors that stay shut."""

import json
import math

import pytest

from twin import CallCentre, load_scenario, simulate
from twin.cli import main
from twin.erlang import ErlangA

HOUR, MINUTE = 3600.0, 60.0


def small(**keys):
    return load_scenario("erlang-a", {name.replace("__", "."): value for name, value in keys.items()})


def test_one_operator_meets_erlang_a():
    scenario = small(groups__operators__count=1, demand__rates__call="30 /h", run__days=200)
    exact = ErlangA(1, arrival_rate=30 / HOUR, service_rate=1 / (3 * MINUTE), patience_rate=1 / (5 * MINUTE))
    kpis = simulate(scenario, seed=3).kpis().iloc[0]
    n = kpis["n_offered"]
    assert n == pytest.approx(200 * 24 * 30, abs=4 * math.sqrt(200 * 24 * 30))
    error = 4 * math.sqrt(5 * 0.25 / n)  # waits of neighbours are alike: a fifth of the calls count as independent
    assert kpis["abandonment_share"] == pytest.approx(exact.p_abandon, abs=error)
    assert kpis["occupancy"] == pytest.approx(exact.occupancy, abs=error)


def test_a_hundred_thousand_operators():
    """Nobody waits, so those who talk after a time t are Poisson with mean rate x talk x (1 - exp(-t / talk))."""
    rate, talk, t = 400.0, 3 * MINUTE, 10 * MINUTE
    hours = {"opening.opens": "00:00", "opening.closes": "00:15"}
    keys = {"groups.operators.count": 100_000, "demand.rates.call": f"{rate:g} /s", **hours}
    model = CallCentre(load_scenario("erlang-a", keys), seed=1, days=1)
    model.run_until(t)
    mean = rate * talk * (1 - math.exp(-t / talk))
    assert model.count_operators("talk") == pytest.approx(mean, abs=4 * math.sqrt(mean))
    assert model.n_waiting == 0
    tallies = model.world.tallies
    assert tallies.entered.sum() == tallies.handled.sum() + model.count_operators("talk")
    model.close()


def test_days_on_which_nobody_calls():
    run = simulate(small(demand__rates__call="0 /h", run__days=2), seed=1)
    kpis = run.kpis().iloc[0]
    assert kpis["n_offered"] == 0
    assert kpis["occupancy"] == 0.0
    assert kpis[["abandonment_share", "mean_wait", "sl20", "aht"]].isna().all()  # no call, no share of calls


def test_a_week_with_one_open_day():
    run = simulate(small(opening__days=["wed"], run__days=7, run__warm_up=0), seed=1)  # from Monday 4 March 2013
    by_day = run.kpis(by=["day"])
    offered = [0 if math.isnan(n) else n for n in by_day["n_offered"].reindex(range(7))]
    assert offered[2] == pytest.approx(4800, abs=4 * math.sqrt(4800))
    assert sum(offered) == offered[2]


def test_an_empty_run_is_printed_as_json(capsys):
    assert main(["run", "erlang-a", "--set", "demand.rates.call=0 /h", "--days", "1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["kpis"]["n_offered"]["mean"] == 0
    assert answer["kpis"]["sl20"]["mean"] is None
