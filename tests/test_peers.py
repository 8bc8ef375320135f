"""The SimPy and Ciw models of the benchmark give the known KPIs, so their speed may be compared with ours."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import ciw_peer
from benchmarks.simpy_peer import DayOfCalls, Floor, draw_day, run_w1, run_w2
from benchmarks.workloads import W1_KPIS, W2_KPIS, load_workload, w1_kpis, w2_kpis, w2_tally

ROOT = Path(__file__).parents[1]

# Exact, Erlang A: Mandelbaum & Zeltyn (2007); numbers in design.md, section 7.
W1_EXACT = {"abandonment": 0.04570, "mean_wait": 0.09140, "sl": 0.92493, "utilisation": 0.98720}

# 400 days, two independent engines; to half a unit of the last digit.
W2B_REFERENCE = {"abandonment": 0.0229, "mean_wait_answered": 0.0449, "sl": 0.938, "occupancy": 0.944}
W2B_ROUNDING = {"abandonment": 5e-5, "mean_wait_answered": 5e-5, "sl": 5e-4, "occupancy": 5e-4}


def assert_w1_is_erlang_a(result):
    for kpi, exact in W1_EXACT.items():
        assert result.kpis[kpi] == pytest.approx(exact, abs=4 * result.standard_errors[kpi]), kpi


def test_simpy_w1_meets_erlang_a():
    result = run_w1(load_workload("w1"), n_calls=400_000, seed=2)
    assert_w1_is_erlang_a(result)
    assert result.standard_errors["abandonment"] < 0.002  # else the comparison says nothing
    assert (result.name, result.workload, result.n_calls) == ("simpy-callback", "w1", 400_000)
    assert result.cpu_seconds > 0


def test_simpy_w2b_meets_the_400_day_reference():
    result = run_w2(load_workload("w2b"), n_days=6, seed=2)
    for kpi, reference in W2B_REFERENCE.items():
        tolerance = 4 * result.standard_errors[kpi] + W2B_ROUNDING[kpi]
        assert result.kpis[kpi] == pytest.approx(reference, abs=tolerance), kpi
    assert result.standard_errors["abandonment"] < 0.002
    assert result.kpis["offered"] == pytest.approx(100_000, abs=4 * math.sqrt(100_000 / 6))
    assert (result.name, result.workload) == ("simpy-callback", "w2b")


def test_ciw_w1_meets_erlang_a():
    result = ciw_peer.run_w1(load_workload("w1"), n_calls=20_000, seed=2)
    assert_w1_is_erlang_a(result)
    assert result.n_calls == pytest.approx(20_000, abs=4 * math.sqrt(20_000))


@pytest.mark.parametrize("style", ["process", "resource"])
def test_all_simpy_styles_tell_the_same_story_of_w1(style):
    spec = load_workload("w1")
    callback, other = (run_w1(spec, 30_000, seed=5, style=one) for one in ("callback", style))
    assert other.kpis == pytest.approx(callback.kpis, rel=1e-9)


@pytest.mark.parametrize("workload", ["w2", "w2b"])
def test_both_simpy_styles_tell_the_same_story_of_a_day(workload):
    spec = load_workload(workload)
    callback, process = (run_w2(spec, 1, seed=5, style=style) for style in ("callback", "process"))
    assert process.kpis == pytest.approx(callback.kpis, rel=1e-9)


def test_w1_kpis_of_calls_worked_by_hand():
    spec = {"warmup_fraction": 0.2, "batches": 2, "agents": 1, "sl_threshold": 0.5}
    kpis, _ = w1_kpis(
        spec,
        arrived_at=np.array([0.0, 1.0, 2.0, 3.0, 5.0]),  # the first is warm-up
        wait_time=np.array([9.0, 0.0, 0.5, 0.3, 2.0]),
        service_time=np.array([9.0, 1.0, 2.0, np.nan, 0.4]),
        is_answered=np.array([True, True, True, False, True]),
    )
    expected = {
        "abandonment": 1 / 4,
        "mean_wait": 2.8 / 4,
        "mean_wait_answered": 2.5 / 3,
        "sl": 2 / 4,  # the abandoned call does not count, though its wait was short
        "utilisation": 3.4 / (5.0 - 1.0),
    }
    assert kpis == pytest.approx(expected)


def test_too_few_calls_for_the_batches_are_refused():
    with pytest.raises(ValueError, match="too few"):
        run_w1(load_workload("w1"), n_calls=20, seed=1)


@pytest.fixture
def small_floor():
    """Two types, the first more urgent; skills 0 and 1, generic skill 2. Shifts of 10 min, agent 2 comes at 5."""
    return {
        "skills": 2,
        "skill_queues": 1,
        "sl_threshold": 1.0,
        "day_length": 15.0,
        "cohorts": [[0.0, 10.0], [5.0, 15.0]],
        "types": [{"name": "urgent", "priority": 1}, {"name": "basic", "priority": 2}],
        "classes": [
            {"type": 0, "primary": 0, "secondary": 2},
            {"type": 1, "primary": 1, "secondary": 2},
            {"type": 0, "primary": 1, "secondary": 2},
        ],
        "agents": [
            {"cohort": 0, "skills": [0]},
            {"cohort": 0, "skills": [0, 2]},
            {"cohort": 1, "skills": [1, 2]},
        ],
    }


def calls_of(call_class, arrived_at, patience_time=100.0, service_time=1.0):
    arrived_at = np.array(arrived_at)
    return DayOfCalls(
        arrived_at,
        np.array(call_class),
        np.full_like(arrived_at, service_time),
        np.full_like(arrived_at, patience_time),
    )


def test_longest_idle_agent_with_the_primary_skill_is_selected_first(small_floor):
    floor = Floor(small_floor, calls_of([0, 0, 0], [3.0, 3.1, 3.2]))
    floor.become_idle(1, 0.0)
    floor.become_idle(0, 1.0)
    assert [floor.select_agent(call, 3.0) for call in range(3)] == [1, 0, -1]


def test_agent_with_the_secondary_skill_is_selected_when_no_primary_is_idle(small_floor):
    floor = Floor(small_floor, calls_of([1, 1], [6.0, 6.1]))
    floor.become_idle(1, 0.0)
    floor.become_idle(2, 5.0)
    assert [floor.select_agent(call, 6.0) for call in range(2)] == [2, 1]


def test_idle_agent_is_gone_at_the_end_of_the_shift(small_floor):
    floor = Floor(small_floor, calls_of([0], [10.0]))
    floor.become_idle(0, 0.0)
    assert floor.select_agent(0, 10.0) == -1


def test_free_agent_takes_the_most_urgent_call_then_the_longest_waiting(small_floor):
    floor = Floor(small_floor, calls_of([1, 2, 0, 2], [1.0, 2.0, 3.0, 3.5]))  # by class: basic, then three urgent
    for call in range(4):
        floor.join_queue(call)
    assert [floor.select_call(1, 4.0) for _ in range(5)] == [1, 2, 3, 0, -1]


def test_free_agent_leaves_calls_it_has_no_skill_for(small_floor):
    floor = Floor(small_floor, calls_of([1], [1.0]))
    floor.join_queue(0)
    assert floor.select_call(0, 2.0) == -1


def test_call_that_lost_patience_is_not_selected(small_floor):
    floor = Floor(small_floor, calls_of([0, 0], [1.0, 2.0], patience_time=2.0))
    for call in range(2):
        floor.join_queue(call)
    assert floor.select_call(0, 3.5) == 1
    assert floor.select_call(0, 3.6) == -1


def test_w2_kpis_of_calls_worked_by_hand(small_floor):
    tally = w2_tally(
        small_floor,
        call_class=np.array([0, 0, 1, 1]),
        wait_time=np.array([0.0, 2.0, 0.5, 0.0]),
        service_time=np.array([3.0, 4.0, 2.0, 9.0]),
        answered_by=np.array([0, 1, 1, -1]),  # agent 1 lacks skill 1, the primary one of the third call
    )
    kpis, errors = w2_kpis(small_floor, np.array([tally]))
    expected = {
        "abandonment": 1 / 4,
        "mean_wait_answered": 2.5 / 3,
        "sl": 2 / 4,
        "occupancy": 9 / 30,
        "overflow": 1 / 3,
        "offered": 4,
        "offered:urgent": 2,
        "abandonment:urgent": 0,
        "mean_wait_answered:urgent": 1,
        "sl:urgent": 1 / 2,
        "offered:basic": 2,
        "abandonment:basic": 1 / 2,
        "mean_wait_answered:basic": 0.5,
        "sl:basic": 1 / 2,
    }
    assert kpis == pytest.approx(expected)
    assert errors == {}


def test_drawn_day_follows_the_rates_and_the_means():
    spec = load_workload("w2b")
    calls = draw_day(spec, np.random.default_rng(3))
    assert (np.diff(calls.arrived_at) >= 0).all()
    assert calls.arrived_at[-1] < spec["day_length"]
    class_type = np.array([c["type"] for c in spec["classes"]])
    for number, call_type in enumerate(spec["types"]):
        of_type = class_type[calls.call_class] == number
        offered = sum(spec["arrival_rate_by_type_and_period"][number]) * spec["period"]
        assert of_type.sum() == pytest.approx(offered, abs=4 * math.sqrt(offered))
        share_of_mean = 4 / math.sqrt(of_type.sum())  # both laws have CV 1
        assert calls.service_time[of_type].mean() == pytest.approx(call_type["service_mean"], rel=share_of_mean)
        assert calls.patience_time[of_type].mean() == pytest.approx(call_type["patience_mean"], rel=share_of_mean)


@pytest.mark.parametrize(
    ("peer", "arguments", "kpis"),
    [
        ("simpy_peer", ["w1", "--calls", "2000", "--seed", "1"], W1_KPIS),
        ("simpy_peer", ["w2", "--days", "1", "--seed", "1"], W2_KPIS),
        ("ciw_peer", ["w1", "--calls", "2000", "--seed", "1"], W1_KPIS),
    ],
)
def test_peer_prints_one_json_object(peer, arguments, kpis):
    command = [sys.executable, "-m", f"benchmarks.{peer}", *arguments]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    result = json.loads(printed)
    assert result["workload"] == arguments[0]
    assert set(kpis) <= result["kpis"].keys()
    assert result["peak_mb"] is None or result["peak_mb"] > 1
