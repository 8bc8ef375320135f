"""`twin compare` from end to end, on two scenarios of a few hundred calls."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from experiments.compare import command
from experiments.compare.command import Changes, compare_command, repeat_command, run
from experiments.compare.comparison import Plan, digest
from experiments.compare.paired import compare_summaries
from experiments.compare.replicate import BYS, Task, replicate
from experiments.compare.side import Side
from experiments.compare.words import paragraphs
from twin import cli
from twin.errors import InputError, RunError
from twin.processes import run_tasks
from twin.scenario.load import load_scenario


@pytest.fixture
def tasks(scenarios):
    return [Task(load_scenario(path), 1, 5, r) for r in range(2) for path in scenarios]


@pytest.fixture
def done(scenarios, tmp_path):
    """A finished comparison's folder."""
    folder = tmp_path / "out"
    compare_command(*scenarios, days=1, replications=3, seed=5, out=str(folder), workers=1)
    return folder


def test_parallel_gives_what_serial_gives_bit_for_bit(tasks):
    finished = []
    serial = replicate(tasks, workers=1)
    parallel = replicate(tasks, workers=2, on_done=lambda summary, position: finished.append(position))
    assert sorted(finished) == [0, 1, 2, 3]
    assert [(s.label, s.replication) for s in parallel] == [(t.label or t.scenario.name, t.replication) for t in tasks]
    for one, other in zip(serial, parallel, strict=True):
        for by in BYS:
            pd.testing.assert_frame_equal(one.counts[by], other.counts[by], check_exact=True)


def test_scenario_against_itself_differs_by_exactly_nothing(tasks):
    same = replicate(tasks[::2], workers=1)
    table = compare_summaries(same, same)
    paired = table[table.verdict != "needs 2+ replications"]
    assert len(paired) > 100
    assert (paired.difference == 0).all()
    assert (paired.half_width == 0).all()


def test_both_meet_the_same_customers(tasks):
    a, b = replicate(tasks[:2], workers=1)
    first_contacts = [s.counts[()].entered - s.counts[()].repeats - s.counts[()].redials for s in (a, b)]
    assert first_contacts[0].item() == first_contacts[1].item() > 300


def leave(task):
    os._exit(3)


def fail(task):
    raise InputError(f"task is {task}, must be another")


def test_worker_that_dies_is_told_in_a_sentence():
    with pytest.raises(RunError, match=r"a worker process died \(exit code 3\) in task one"):
        run_tasks(leave, ["task one", "task one"], 2)


def test_error_in_a_worker_comes_through():
    with pytest.raises(InputError, match="task is 7, must be another"):
        run_tasks(fail, [7, 7], 2)


def test_folder_holds_tables_counts_manifest_and_report(done):
    assert {path.name for path in done.iterdir()} == {
        "compare.parquet", "replications.parquet", "manifest.json", "report.html", "counts",
    }  # fmt: skip
    assert len(list((done / "counts").iterdir())) == 6
    table = pd.read_parquet(done / "compare.parquet")
    assert {"all", "cluster", "queue", "intent", "hour", "cluster,hour", "day"} == set(table.by)
    runs = pd.read_parquet(done / "replications.parquet")
    assert len(runs) == 6
    mean = runs.groupby("scenario").sl20.mean()
    row = table[(table.by == "all") & (table.kpi == "sl20")].iloc[0]
    assert mean["to-be"] - mean["as-is"] == pytest.approx(row.difference)
    counts = pd.read_parquet(done / "counts" / "a-000.parquet")
    assert counts[counts.by == "hour"].offered.sum() == counts[counts.by == "all"].offered.sum()
    manifest = json.loads((done / "manifest.json").read_text())
    assert {"scenario", "seed", "replications", "days", "version", "kernel", "date", "machine", "digest"} <= set(
        manifest
    )


def test_repeat_from_the_manifest_confirms_the_same_numbers(done, capsys):
    capsys.readouterr()
    repeat_command(str(done / "manifest.json"), workers=2)
    assert capsys.readouterr().out.startswith("identical to the last bit: ")


def test_repeat_that_differs_fails(done):
    path = done / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "seed": 6}))
    with pytest.raises(RunError, match=r"not the same as recorded: \d+ of \d+ rows differ"):
        repeat_command(str(path), workers=1)


def test_unfinished_comparison_cannot_be_confirmed(done):
    path = done / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["digest"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="was not finished"):
        repeat_command(str(path))


def test_json_has_the_agreed_shape(scenarios, tmp_path, capsys):
    arguments = ["compare", *scenarios, "--days", "1", "--replications", "2", "--json", "--out", str(tmp_path / "o")]
    assert cli.main([*arguments, "--workers", "1"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["a"], result["b"], result["days"], result["replications"]) == ("as-is", "to-be", 1, 2)
    for rows in (result["kpis"], result["by_cluster"]["all"], result["by_queue"]["caring"]):
        assert {"a", "b", "difference", "half_width", "variance_ratio"} <= set(rows["sl20"])
    assert "sl20" in result["by_queue"]["post-sales"]


def test_screen_shows_differences_with_intervals_within_110_columns(scenarios, tmp_path, capsys):
    compare_command(*scenarios, days=1, replications=3, out=str(tmp_path / "o"), workers=1)
    out = capsys.readouterr().out
    assert "Answered within 20 s / offered" in out
    assert "±" in out
    text = out.split("Report:")[0]
    assert max(map(len, text.splitlines())) <= 110
    assert "…" not in text


def test_one_replication_states_no_difference(scenarios, tmp_path, capsys):
    compare_command(*scenarios, days=1, replications=1, out=str(tmp_path / "o"), workers=1)
    out = capsys.readouterr().out
    assert "n/a, needs 2+ replications" in out
    assert "no difference is stated" in " ".join(out.split())
    assert "±" not in out.replace("± 95", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["erlang-a", "erlang-a"], "A and B are both 'erlang-a', must differ"),
        (["erlang-a", "erlang-b"], "is not in the library"),
        (["erlang-a"], "A and B are needed"),
        (["erlang-a", "w1", "--set", "groups.nobody.count=1"], "nobody"),
        (["erlang-a", "v3-mmc"], "give --days"),
        (["--repeat", "nowhere.json"], "which is not there"),
        (["erlang-a", "w1", "--replications", "0"], "replications"),
    ],
)
def test_wrong_input_exits_with_2(arguments, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["compare", *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_one_scenario_with_a_value_changed_on_one_side(scenarios):
    a = Side.load(scenarios[0], [])
    b = Side.load(scenarios[0], ["groups.bills.count=9"], ["groups.bills.count=9"])
    plan = Plan.of(a, b, 1, 5, 3)
    assert b.label == "as-is with groups.bills.count=9"
    row = run(plan, workers=1).row("sl20")
    assert row.verdict == "better"


def test_out_is_never_written_over(done, scenarios):
    with pytest.raises(InputError, match="not empty"):
        compare_command(*scenarios, days=1, replications=2, out=str(done))


def test_words_say_what_the_numbers_say(scenarios):
    plan = Plan.of(Side.load(scenarios[0], []), Side.load(scenarios[1], []), 2, 5, 6)
    comparison = run(plan, workers=1)
    text = " ".join(paragraphs(comparison)).replace("\u00a0", " ")
    row = comparison.row("mean_wait")
    assert row.verdict == "better"
    assert "the mean wait falls from" in text
    assert "6 pairs of runs of 2 counted days" in text
    assert digest(comparison.table) == digest(run(plan, workers=1).table)


def test_changes_of_one_side_reach_that_side_only(scenarios, tmp_path):
    changes = Changes(both=["patience.mean=4 min"], b=["groups.bills.count=9"])
    compare_command(*scenarios, days=1, replications=2, changes=changes, out=str(tmp_path / "o"), workers=1)
    a, b = json.loads((tmp_path / "o" / "manifest.json").read_text())["scenario"]
    assert a["patience"]["mean"] == b["patience"]["mean"] == "4 min"
    assert (a["groups"]["bills"]["count"], b["groups"]["bills"]["count"]) == (7, 9)


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Ctrl-C of POSIX")
def test_interrupt_ends_the_program_and_leaves_finished_runs(scenarios, tmp_path):
    folder = tmp_path / "out"
    line = [sys.executable, "-m", "twin.cli", "compare", *scenarios, "--days", "1", "--replications", "20000"]
    process = subprocess.Popen(
        [*line, "--out", str(folder), "--workers", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 120
        while len(list((folder / command.COUNTS).glob("*.parquet") if folder.exists() else [])) < 2:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=10)  # of minutes that the rest would take
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert "Traceback" not in err
    files = list((folder / command.COUNTS).glob("[ab]-*.parquet"))
    assert all(len(pd.read_parquet(path)) > 10 for path in files)
