"""The tracked day's proof on real days: its parts by hand, and the figures that ship with it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.track import proof
from calibration.track.level import Level
from calibration.track.members import first_members, reported_over_planned
from calibration.track.plan import DayPlan
from calibration.track.proof import Centre, as_table, day_scenario, measured_settings, naive_rest, rest, scores
from calibration.track.today import MEASURES, Today
from twin.scenario.load import load_scenario


def test_the_naive_rest_of_the_day_by_hand():
    # Two halves of a usual day: 100 offered, 10 lost; 200 offered, 40 lost. Today 120 offered and 24 lost so far:
    # volume x 1.2 = 240; share 0.2 over 0.1 is twice the usual 20 % of the rest, 40 %.
    usual, seen = np.zeros((2, len(MEASURES))), np.zeros((2, len(MEASURES)))
    usual[:, 0], usual[:, 2], usual[:, 1] = [100, 200], [10, 40], [90, 160]
    seen[0, 0], seen[0, 2], seen[0, 1] = 120, 24, 96
    found = naive_rest(usual, seen, 1)
    assert found["offered"] == pytest.approx(240)
    assert found["abandonment_share"] == pytest.approx(40)
    assert rest(usual, 1)["abandonment_share"] == pytest.approx(20)


def test_a_share_is_never_above_a_hundred():
    usual, seen = np.zeros((2, len(MEASURES))), np.zeros((2, len(MEASURES)))
    usual[:, 0], usual[:, 2], usual[:, 1] = [100, 100], [10, 50], [90, 50]
    seen[0, 0], seen[0, 2], seen[0, 1] = 100, 40, 60
    assert naive_rest(usual, seen, 1)["abandonment_share"] == 100.0


def test_scores_by_hand():
    # one day: members 1 and 3, recorded 2: CRPS = mean |x - y| - mean |x - x'| / 2 = 1 - 0.5; the median is right
    rows = [
        {"date": "d", "clock": hour, "method": method, "kpi": kpi, "members": np.array([1.0, 3.0]), "recorded": 2.0}
        for hour in proof.CLOCKS for method in proof.METHODS for kpi in proof.KPIS
    ]  # fmt: skip
    found = scores(rows)
    assert {one["crps"] for one in found} == {0.5}
    assert {one["mae"] for one in found} == {0.0}
    assert as_table(found).count("\n") == 1 + len(proof.KPIS) * len(proof.CLOCKS)


def test_who_is_missing_so_far_is_missing_on_in_part():
    """Plan 10 all day; on half of the days 8 come before noon and 9 after it, on the others 12.5 and 11.1."""
    days = list(pd.date_range("1999-03-07", periods=10, freq="7D"))  # Sundays of March to May
    rows = []
    for number, day in enumerate(days):
        early, late = (8.0, 9.0) if number % 2 else (12.5, 100 / 9)
        for start in range(0, 86400, 1800):
            rows.append({"date": day, "start_s": start, "operators": early if start < 43200 else late})
    table = pd.DataFrame(rows)
    for name in ("offered", "answered", "abandoned", "wait_answered_s", "wait_abandoned_s", "answered_in_time"):
        table[name] = 1.0
    found = measured_settings(Centre(table, days), days, days)
    # log 0.9 / log 0.8 = 0.47 of it goes on, but for the mean of the other months
    assert found["carried"] == pytest.approx(0.47, abs=0.06)
    assert found["ahead_sd"] < 0.05


def test_the_bank_of_a_weekday_is_planned_by_half_hours_alone():
    """20 calls a half hour from 7:00 to 12:00, 8 operators then: the plan of a Sunday expects them."""
    days = list(pd.date_range("1999-01-03", periods=150))
    table = pd.DataFrame([(day, start) for day in days for start in range(0, 86400, 1800)], columns=["date", "start_s"])
    is_open = table["start_s"].between(25200, 43199)
    table = table.assign(length_s=1800, queue="main", type="", offered=np.where(is_open, 20.0, 0.0),
                         operators=np.where(is_open, 8.0, 0.0))  # fmt: skip
    for name in ("answered", "abandoned", "wait_answered_s", "wait_abandoned_s", "answered_in_time"):
        table[name] = 0.0
    scenario = day_scenario(Centre(table, days), 6, days)
    (group,) = scenario.groups.values()
    assert list(group.head_count) == [0] + [8] * 5 + [0] * 12  # by hour from 6:00
    plan = DayPlan.of(scenario, pd.Timestamp("1999-06-06").date(), 1800.0)
    assert plan.expected.sum(axis=-1)[14:24] == pytest.approx([20.0] * 10, rel=0.02)


@pytest.fixture
def day():
    changes = {"groups.operators.head_count": [10] * 24, "groups.operators.count": 10}
    scenario = load_scenario("erlang-a")
    name = next(iter(scenario.groups))
    scenario = load_scenario("erlang-a", {key.replace("operators", name): value for key, value in changes.items()})
    plan = DayPlan.of(scenario, pd.Timestamp("2013-03-04").date(), 3600.0)
    counts = np.full((plan.n, len(MEASURES)), np.nan)
    return plan, Today(pd.Timestamp("2013-03-04").date(), 3600.0, 12, np.arange(plan.n) < 12,
                       np.round(plan.expected), counts)  # fmt: skip


def test_reported_operators_say_what_the_rest_of_the_day_will_lack(day):
    plan, today = day
    assert reported_over_planned(plan, today) == {}
    (name,) = plan.heads
    told = replace(today, operators={name: np.where(today.is_seen, 8.0, np.nan)})
    assert reported_over_planned(plan, told) == {name: pytest.approx(0.8)}
    members = first_members(plan, told, Level.before(plan.noise), 0.0, 4, 1, carried=0.5)
    assert [member.ahead for member in members] == [{name: pytest.approx(0.8**0.5)}] * 4
    assert [member.ahead for member in first_members(plan, today, Level.before(plan.noise), 0.0, 2, 1, 0.5)] == [{}, {}]


def test_a_weekday_with_rates_of_its_own_expects_these():
    scenario = load_scenario("erlang-a")
    intent = next(iter(scenario.demand.rates))
    own = load_scenario("erlang-a", {"demand.weekday_rates": {"tue": {intent: "7 /h"}}})
    monday, tuesday = (DayPlan.of(own, pd.Timestamp(f"2013-03-0{day}").date(), 3600.0).expected for day in (4, 5))
    assert tuesday[12].sum() == pytest.approx(7.0)
    assert monday[12].sum() == pytest.approx(
        DayPlan.of(scenario, pd.Timestamp("2013-03-04").date(), 3600.0).expected[12].sum()
    )


def test_the_shipped_scores_are_of_days_that_nothing_was_chosen_on():
    told = json.loads((Path(proof.__file__).parent / "heldout-days.json").read_text("utf-8"))
    assert all("1999-06-01" <= date <= "1999-07-31" for date in told["days"])
    by = {(one["method"], one["kpi"], one["clock"]): one for one in told["scores"]}
    assert len(by) == len(proof.METHODS) * len(proof.KPIS) * len(proof.CLOCKS)
    for kpi in ("abandonment_share", "mean_wait"):
        for clock in proof.CLOCKS:
            others = [by[method, kpi, clock]["crps"] for method in proof.METHODS[1:]]
            assert by["tracked", kpi, clock]["crps"] < min(others)
