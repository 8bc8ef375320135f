"""Sweeps: resumed after kills without losing or doubling a run, the same numbers on any number of workers."""

import json
import signal
import subprocess
import sys
import threading
import time

import pandas as pd
import psutil
import pytest

from experiments.sweep import engine as module
from experiments.sweep.engine import Serial, engine
from experiments.sweep.results import read_results
from experiments.sweep.store import Store
from experiments.sweep.study import Plan
from experiments.sweep.sweep import BATCH_TIME, MOST_IN_BATCH, batch_size, open_study, sweep
from experiments.sweep.work import Done
from twin.cli import main
from twin.errors import InputError
from twin.scenario.load import load_scenario
from twin.simulation import simulate

STUDY = """
scenario = "erlang-a"
set = { "run.warm_up" = 0 }
days = 1
replications = 3
by = ["queue"]
[factors."groups.operators.count"]
values = [12, 14]
[factors."patience.mean"]
values = ["1 min", "5 min"]
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def rows(folder):
    return Store(folder).read().sort_values(["point", "replication", "by"], ignore_index=True)


def run_here(study, folder):
    plan = Plan.read(study)
    return sweep(plan, open_study(plan, folder, resume=folder.exists()), Serial())


def test_every_run_is_the_run_that_simulate_makes(study, tmp_path):
    outcome = run_here(study, tmp_path / "out")
    assert (outcome.n_all, outcome.n_done, outcome.failed) == (12, 12, {})
    found = rows(tmp_path / "out")
    row = found[(found.point == 1) & (found.replication == 2) & (found.by == "all")].iloc[0]
    assert (row["groups.operators.count"], row["patience.mean"]) == (12, "5 min")
    scenario = load_scenario("erlang-a", {"run.warm_up": 0, "groups.operators.count": 12, "patience.mean": "5 min"})
    counts = simulate(scenario, 1, 1, 2).counts().iloc[0]
    assert row.offered == counts.offered
    assert row.wait_handled == counts.wait_handled
    assert set(found.by) == {"all", "queue"}


def test_results_of_points_alike_and_of_tables_are_whole(study, tmp_path, capsys):
    """Two values alike are one point with both replications; a law is a value like another."""
    study.write_text(
        STUDY.partition("[factors")[0].replace("replications = 3", "replications = 2")
        + 'factors."groups.operators.count".values = [12, 12]\n'
        + 'factors."patience".values = [{ law = "exponential", mean = "1 min" }, { law = "constant", value = "1 min" }]'
    )
    run_here(study, tmp_path / "out")
    results = read_results(tmp_path / "out")
    assert (results.n_done, results.n_all) == (4, 4)
    table = results.table(["mean_wait"])
    assert table["mean_wait_half_width"].notna().tolist() == [True, True]
    assert ["constant" in law for law in table["patience"]] == [False, True]
    assert len(results.table(["mean_wait"], ["patience"])) == 2
    assert main(["results", str(tmp_path / "out"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 2


def test_counted_days_may_be_a_factor(study, tmp_path):
    study.write_text(STUDY.partition("days")[0] + 'factors."run.days".values = [1, 3]\n')
    run_here(study, tmp_path / "out")
    found = rows(tmp_path / "out").set_index("point")
    scenario = load_scenario("erlang-a", {"run.warm_up": 0})
    assert found.offered.to_list() == [simulate(scenario, days).counts().offered.iloc[0] for days in (1, 3)]


def test_resuming_does_what_is_missing_only(study, tmp_path):
    folder = tmp_path / "out"
    run_here(study, folder)
    whole = rows(folder)
    store = Store(folder)
    table = store.read()
    dropped = set(table["run_key"].unique()[:5])
    for path in store.files():
        path.unlink()
    kept = table[~table["run_key"].isin(dropped)]
    store.write(kept, sorted(set(kept["run_key"])))
    outcome = run_here(study, folder)
    assert (outcome.n_before, outcome.n_done) == (7, 5)
    pd.testing.assert_frame_equal(rows(folder), whole)


def test_a_study_may_go_on_with_more_replications(study, tmp_path):
    run_here(study, tmp_path / "out")
    study.write_text(STUDY.replace("replications = 3", "replications = 5"))
    assert run_here(study, tmp_path / "out").n_done == 8
    results = read_results(tmp_path / "out")
    assert (results.n_done, results.n_all) == (20, 20)


def test_a_folder_without_a_run_is_begun_anew(study, tmp_path, capsys):
    """The first try had a wrong address, or was killed while it wrote its manifest: nothing is there to go on with."""
    line = ["sweep", str(study), "--out", str(tmp_path / "out")]
    assert main([*line, "--scheduler", str(tmp_path / "none.json")]) == 2
    assert (tmp_path / "out" / "manifest.json").exists()
    assert main([*line, "--workers", "1"]) == 0
    assert main([*line, "--workers", "1"]) == 2
    assert "which holds runs of this study, go on with --resume" in capsys.readouterr().err
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / ".manifest.json.1a2b3c4d.part").write_text("{")
    assert main(["sweep", str(study), "--out", str(tmp_path / "half"), "--workers", "1"]) == 0


def test_any_number_of_workers_gives_the_same_numbers(study, tmp_path):
    run_here(study, tmp_path / "one")
    plan = Plan.read(study)
    with engine(2) as two:
        assert two.n_workers == 2
        us = psutil.Process()
        heard = [
            c.laddr.ip for p in (us, *us.children(recursive=True)) for c in p.net_connections() if c.status == "LISTEN"
        ]
        assert set(heard) == {"127.0.0.1"}  # nobody else on the network
        sweep(plan, open_study(plan, tmp_path / "two", False), two)
    pd.testing.assert_frame_equal(rows(tmp_path / "one"), rows(tmp_path / "two"))


def test_a_killed_study_goes_on(study, tmp_path):
    """The process is killed as soon as some runs are kept; the second one does the others, none twice."""
    study.write_text(STUDY.replace("replications = 3", "replications = 100"))
    folder = tmp_path / "out"
    line = [sys.executable, "-m", "twin", "sweep", str(study), "--out", str(folder), "--workers", "1"]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list(folder.glob("parts/*/*.parquet")):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    n_kept = len(Store(folder).keys())
    assert 0 < n_kept < 400
    assert subprocess.run([*line, "--resume"], capture_output=True, check=True).returncode == 0
    found = rows(folder)
    assert found["run_key"].nunique() == 400
    assert not found.duplicated(["point", "replication", "by", "queue"]).any()


def test_a_cluster_that_loses_a_worker_loses_no_run(study, tmp_path):
    """A real scheduler, two workers in processes of their own, one of them killed while it works."""
    study.write_text(STUDY.replace("replications = 3", "replications = 60"))
    file, folder = tmp_path / "scheduler.json", tmp_path / "out"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    started = [subprocess.Popen([*dask, "--scheduler-file", str(file), "--no-dashboard", "--port", "0",
                                 "--host", "127.0.0.1"], **quiet)]  # fmt: skip
    try:
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1",
                  "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / "scratch")]  # fmt: skip
        started += [subprocess.Popen(worker, **quiet) for _ in range(2)]
        line = [sys.executable, "-m", "twin", "sweep", str(study), "--out", str(folder), "--scheduler", str(file)]
        deadline = time.monotonic() + 120
        while not file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        driver = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while not list(folder.glob("parts/*/*.parquet")):
            assert driver.poll() is None, driver.stderr.read().decode()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        started[1].kill()
        out, error = driver.communicate(timeout=120)
        assert driver.returncode == 0, (out, error)
    finally:
        for process in started:
            process.kill()
            process.wait()
    found = rows(folder)
    assert found["run_key"].nunique() == 240
    assert not found.duplicated(["point", "replication", "by", "queue"]).any()


def test_a_cluster_whose_workers_come_late_is_waited_for(monkeypatch, capsys):
    """A Slurm queue may be long: the leading command says that it waits, and begins with the first worker."""
    from distributed import Client, LocalCluster

    monkeypatch.setattr(module, "FIRST_WORKER", 0.2)
    small = LocalCluster(
        n_workers=0, threads_per_worker=1, processes=False, dashboard_address=None, silence_logs="ERROR"
    )
    with small as cluster, Client(cluster) as client:
        later = threading.Timer(1.0, cluster.scale, [1])
        later.start()
        assert module.Cluster(client).n_workers == 1
        later.join()
    assert "no worker has come to " in capsys.readouterr().err


def test_a_run_that_cannot_be_made_does_not_end_the_study(study, tmp_path, capsys):
    """Of the three points the middle one has no operators."""
    study.write_text(STUDY.replace("[12, 14]", "[12, -1, 14]").replace("replications = 3", "replications = 1"))
    folder = tmp_path / "out"
    assert main(["sweep", str(study), "--out", str(folder), "--workers", "1", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["done"], len(told["failed"])) == (4, 2)
    assert "must be at least" in next(iter(told["failed"].values())) or "greater than" in str(told["failed"])
    assert json.loads((folder / "failures.json").read_text()) == told["failed"]


def test_results_answer_by_point_and_over_factors(study, tmp_path, capsys):
    run_here(study, tmp_path / "out")
    results = read_results(tmp_path / "out")
    assert (results.n_done, results.n_all, results.factors) == (12, 12, ("groups.operators.count", "patience.mean"))
    table = results.table(["abandonment_share"])
    assert len(table) == 4
    assert table["abandonment_share_half_width"].gt(0).all()
    over = results.table(["abandonment_share"], ["groups.operators.count"]).set_index("groups.operators.count")
    by_hand = table.groupby("groups.operators.count")["abandonment_share"].mean()
    assert over["abandonment_share"].to_dict() == pytest.approx(by_hand.to_dict())
    assert over["abandonment_share"][12] > over["abandonment_share"][14]
    assert len(results.table(["mean_wait"], by="queue")) == 4
    assert main(["results", str(tmp_path / "out"), "--kpi", "mean_wait", "--csv"]) == 0
    assert capsys.readouterr().out.startswith(
        "point,groups.operators.count,patience.mean,mean_wait,mean_wait_half_width"
    )
    assert main(["results", str(tmp_path / "out")]) == 0
    assert "Abandonment" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "said"),
    [({}, "go on with --resume"), ({"seed": "2"}, "holds a study of another scenario, design, seed or version")],
)
def test_a_folder_with_results_is_not_overwritten(study, tmp_path, changed, said):
    run_here(study, tmp_path / "out")
    if changed:
        study.write_text(f"seed = {changed['seed']}\n" + STUDY)
    with pytest.raises(InputError, match=said):
        open_study(Plan.read(study), tmp_path / "out", resume=bool(changed))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="which is not empty"):
        open_study(Plan.read(study), tmp_path / "other", resume=bool(changed))


def test_bad_questions_are_told_in_one_sentence(study, tmp_path, capsys):
    assert main(["results", str(tmp_path)]) == 2
    assert "holds no study" in capsys.readouterr().err
    assert main(["sweep", str(study), "--out", str(tmp_path / "o"), "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "must be the address of a running Dask scheduler" in capsys.readouterr().err
    run_here(study, tmp_path / "out")
    assert main(["results", str(tmp_path / "out"), "--kpi", "nothing"]) == 2
    assert main(["results", str(tmp_path / "out"), "--over", "nothing"]) == 2
    assert main(["results", str(tmp_path / "out"), "--by", "hour"]) == 2
    said = capsys.readouterr().err
    assert "must be a factor: groups.operators.count, patience.mean" in said
    assert "must be among the tables that the study keeps: all, queue" in said


def test_batches_last_about_two_seconds_and_leave_nobody_idle():
    assert batch_size(0.1, 10_000, 2) == BATCH_TIME / 0.1
    assert batch_size(0.001, 10_000, 2) == MOST_IN_BATCH
    assert batch_size(3.0, 10_000, 2) == 1
    assert batch_size(0.1, 40, 2) == 5
    assert batch_size(0.1, 8, 2) == 5  # half a second, not a run each
    assert batch_size(None, 10_000, 2) == 1


class Watched(Serial):
    """One after the other, as if each run took as long as told; the batches it was given."""

    def __init__(self, seconds):
        self.seconds, self.sizes = iter(seconds), []

    def run(self, batches, work):
        for batch in batches:
            self.sizes.append(len(batch.runs))
            seconds = next(self.seconds) * len(batch.runs)
            yield batch, Done(tuple(run[0] for run in batch.runs), (), seconds)


def test_batches_follow_the_pace(study, tmp_path):
    # The first run takes 4 s for what is read and compiled, all others .1 s: 4, 2.05, 1.08, .59, .34 ... are the means.
    study.write_text(STUDY.replace("replications = 3", "replications = 250"))
    plan, watched = Plan.read(study), Watched([4.0, *[0.1] * 1000])
    outcome = sweep(plan, open_study(plan, tmp_path / "out", False), watched)
    assert outcome.n_done == sum(watched.sizes) == 1000
    assert watched.sizes[:6] == [1, 1, 1, 1, 3, 5]
    assert max(watched.sizes) in (19, 20)  # 2 s at .1 s, and for long a trace of the first
    assert sum(size >= 15 for size in watched.sizes) > len(watched.sizes) / 2
