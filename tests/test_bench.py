"""Our engine gives the known KPIs of the benchmark workloads, and `twin bench` tells speed and KPIs."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.bench import Task, plan, run_bench, summarise
from benchmarks.ours import OurResult, agent_order, run_ours, w1_scenario, w2_scenario
from benchmarks.show import bench, render
from benchmarks.workloads import W1_KPIS, W2_KPIS, PeerResult, load_workload
from twin import cli
from twin.commands import proof
from twin.errors import InputError, RunError

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def small_round():
    """One round of everything, small."""
    return run_bench(plan(with_peers=True, n_calls=288_000, n_days=6, peer_share=0.2), rounds=1)


@pytest.mark.parametrize(("workload", "source"), [("w1", "exact"), ("w2b", "400 days")])
def test_our_kpis_meet_the_published_ones(small_round, workload, source):
    published = [one for one in small_round.differences if (one.workload, one.against) == (workload, source)]
    assert len(published) == 4
    assert [one for one in published if not one.is_equal] == []
    assert all(one.allowed < 0.05 for one in published)  # else the comparison says nothing


def test_a_round_has_a_row_per_engine_and_its_kpis_agree(small_round):
    names = [(row.workload, row.engine) for row in small_round.rows]
    w1 = [("w1", name) for name in ("ours", "simpy-callback", "simpy-process", "simpy-resource", "ciw")]
    assert names == w1 + [("w2b", name) for name in ("ours", "simpy-callback", "simpy-process")]
    assert all(row.are_kpis_equal for row in small_round.rows)
    with_target = {row.engine for row in small_round.rows if row.target is not None}
    assert with_target == {"simpy-process", "simpy-resource", "ciw"}
    for row in small_round.rows:
        assert (row.ratio is None) == (row.engine == "ours")
        assert row.speed_min == row.speed == row.speed_max > 0


def test_peak_memory_is_that_of_the_process_itself(small_round):
    peaks = {row.engine: row.peak_mb for row in small_round.rows}
    assert peaks["simpy-process"] is None or peaks["simpy-process"] < peaks["ours"]


def test_the_report_prints_and_is_json(small_round):
    console = Console(width=140, record=True, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115
    console.print(render(small_round))
    text = console.export_text()
    for part in ("simpy-callback", "Our CPU time on w2b: world", "The KPIs agree."):
        assert part in text
    values = json.loads(json.dumps(small_round.to_dict(), allow_nan=False))
    assert values["are_kpis_equal"] is True
    assert len(values["rows"]) == 8


def make_report(abandonment, cpu_seconds):
    kpis = {"abandonment": 0.04570, "mean_wait": 0.09140, "sl": 0.92493, "utilisation": 0.98720}
    errors = dict.fromkeys(kpis, 0.0001)
    ours = OurResult("ours", "w1", 1000, 1.0, 90.0, kpis, errors, {"kernel": 1.0})
    peer = PeerResult("ciw", "w1", 1000, cpu_seconds, 80.0, {**kpis, "abandonment": abandonment}, errors)
    slow = replace(ours, cpu_seconds=2.0)
    return summarise({Task("ours", "w1", ()): [ours, slow, slow], Task("ciw", "w1", ()): [peer, peer, peer]})


def test_the_ratio_is_the_median_of_those_within_the_rounds():
    row = make_report(0.04570, 400.0).rows[1]
    assert (row.ratio, row.target, row.is_target_met) == (200.0, 400.0, False)
    assert make_report(0.04570, 1000.0).rows[1].is_target_met


def test_a_kpi_five_errors_away_differs():
    assert make_report(0.04570, 400.0).are_kpis_equal
    report = make_report(0.04570 + 5 * 0.0001 * (2 / 3) ** 0.5, 400.0)
    assert not report.are_kpis_equal
    assert [row.are_kpis_equal for row in report.rows] == [True, False]


def test_the_library_scenario_w1_is_the_workload():
    spec = load_workload("w1")
    assert w1_scenario(spec).name == "w1"
    with pytest.raises(RunError, match="agents is 290, must be 291"):
        w1_scenario({**spec, "agents": 291})


def test_w2b_keeps_the_agents_their_order_and_their_skills():
    spec = load_workload("w2b")
    scenario = w2_scenario(spec)
    names = list(scenario.groups)
    assert len(names) == len(spec["agents"]) == 1440
    assert names[:3] == ["agent-0", "agent-3", "agent-6"]
    for number, name in zip(agent_order(spec), names, strict=True):
        held = {int(skill.removeprefix("skill-")) for skill in scenario.groups[name].skills}
        assert held == set(spec["agents"][number]["skills"])


def test_w2_can_be_run_too():
    result = run_ours(load_workload("w2"), n_days=2, seed=1)
    assert result.workload == "w2"
    assert set(W2_KPIS) == set(result.standard_errors)
    assert set(result.parts) == {"world", "arrivals", "kernel", "rest"}


def test_the_module_prints_one_json_object():
    command = [sys.executable, "-m", "benchmarks.ours", "w1", "--days", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    values = json.loads(done.stdout)
    assert set(values["standard_errors"]) == set(W1_KPIS)


def test_too_few_calls_or_days_are_refused():
    with pytest.raises(InputError, match="--calls is 10, must be"):
        bench(False, 1, 10, None, True, 140)
    with pytest.raises(InputError, match="--days is 2, must be"):
        bench(False, 1, None, 2, True, 140)


def test_twin_bench_prints_json_and_nothing_else(capfd):
    assert cli.main(["bench", "--rounds", "1", "--calls", "144000", "--days", "5", "--json"]) == 0
    values = json.loads(capfd.readouterr().out)
    assert [row["engine"] for row in values["rows"]] == ["ours", "ours"]


def test_without_the_source_checkout_bench_says_so(monkeypatch, capfd):
    monkeypatch.setattr(proof, "__file__", "/nowhere/twin/commands/proof.py")
    assert cli.main(["bench"]) == 2
    assert "has no folder benchmarks" in capfd.readouterr().err
