"""Money of a comparison by the year: contact cost, risk, upgrades and messages, by hand."""

import pandas as pd
import pytest

from experiments.compare.measures import MEASURES, MONEY, work_out_all
from twin.scenario.load import load_scenario
from twin.simulation import simulate

# A tenth of a year (36.525 days): 10 EUR of staff, 1 EUR of IVR, 2 upgrades of 6 EUR for 18 months, 5 EUR of messages.
COUNTS = {
    "staff_cost": 10.0, "ivr_cost": 1.0, "arpu_at_risk": 30.0, "clock_time": 36.525 * 86400, "life_upsold": 2.0,
    "upsell_worth": 6.0 * 18,
}  # fmt: skip


def test_upgrades_and_messages_are_priced_by_the_year():
    table = work_out_all(pd.DataFrame([COUNTS | {"proactive_cost": 5.0}])).iloc[0]
    assert table["cost_per_year"] == pytest.approx(110)
    assert table["money_per_year"] == pytest.approx(140)
    assert table["upgrades_per_year"] == pytest.approx(2160)
    assert table["messages_per_year"] == pytest.approx(50)
    assert table["net_money_per_year"] == pytest.approx(140 + 50 - 2160)


def test_who_sends_no_messages_pays_none():
    table = work_out_all(pd.DataFrame([COUNTS])).iloc[0]
    assert "messages_per_year" not in table
    assert table["net_money_per_year"] == pytest.approx(140 - 2160)
    assert set(MONEY) <= set(MEASURES)


def test_price_and_months_of_an_upgrade_count():
    """Both of `customers.lives.upsell`: twice the price is twice the value of the same upgrades."""
    small = {"size": "tiny", "scale.sizes.tiny": 0.002, "run.warm_up": 0}
    values = []
    for value, months in (("6 EUR", 18), ("12 EUR", 18), ("6 EUR", 9)):
        changes = {"customers.lives.upsell.value": value, "customers.lives.upsell.months": months}
        changes |= {"customers.lives.upsell.offered": 1.0, "customers.lives.upsell.accepted": 1.0}
        values.append(
            simulate(load_scenario("187-as-is", small | changes), days=2).kpis([], ["upgrade_value"]).iloc[0, 0]
        )
    assert values[0] > 0
    assert values[1] == pytest.approx(2 * values[0])
    assert values[2] == pytest.approx(values[0] / 2)


def test_leaders_cost_their_hours():
    """One leader for nine operators, at 25.50 EUR an hour."""
    run = simulate(load_scenario("one-call", {"size": "tiny", "run.warm_up": 0, "team_size": 9}), days=1)
    hours = run.staff()[["idle", "talk", "wrap", "break", "outage", "hold"]].to_numpy().sum()
    assert run.kpis([], ["leader_cost"]).iloc[0, 0] == pytest.approx(hours / 9 * 25.5)
    assert "leader_cost" not in simulate(load_scenario("erlang-a"), days=1).kpis()
