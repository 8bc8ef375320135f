"""`twin run`, `twin kpis`, `twin warm` from outside: exit codes, JSON, tables, what is left when the disk is full."""

import errno
import json
from pathlib import Path

import pandas as pd
import pytest

from calibration.bank import find_raw
from experiments.replications import replicate
from twin import cli, load_scenario, output, simulate
from twin.kpi import KPIS
from twin.scenario.load import scenario_from_dict

FAST = ["run", "erlang-a", "--set", "run.warm_up=0", "--days", "1"]
needs_log = pytest.mark.skipif(find_raw() is None, reason="the original log is not here")


def json_of(capsys, *arguments):
    assert cli.main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_has_each_kpi_with_its_interval(capsys):
    found = json_of(capsys, *FAST, "--replications", "3", "--seed", "5")
    assert list(found) == ["scenario", "days", "seed", "replications", "kpis", "by_queue"]
    assert (found["scenario"], found["days"], found["seed"], found["replications"]) == ("erlang-a", 1, 5, 3)
    assert list(found["by_queue"]) == ["calls"]
    for kpis in (found["kpis"], found["by_queue"]["calls"]):
        assert set(kpis) <= set(KPIS)
        assert all(list(numbers) == ["mean", "half_width"] for numbers in kpis.values())
    scenario = load_scenario("erlang-a", {"run.warm_up": 0})
    runs = [simulate(scenario, days=1, seed=5, replication=number).kpis().asa[0] for number in range(3)]
    asa = found["kpis"]["asa"]
    assert asa["mean"] == pytest.approx(sum(runs) / 3)
    assert asa["half_width"] == pytest.approx(4.302653 * pd.Series(runs).std() / 3**0.5)  # t quantile, 2 degrees
    assert found["kpis"]["csi"] == {"mean": None, "half_width": None}  # erlang-a says nothing about satisfaction


def test_one_replication_has_no_interval_and_says_so(capsys):
    assert json_of(capsys, *FAST)["kpis"]["sl20"]["half_width"] is None
    assert cli.main(FAST) == 0
    out = capsys.readouterr().out
    assert "One replication has no interval" in out
    assert "±" not in out
    assert cli.main([*FAST, "--replications", "2"]) == 0
    assert "± 95 %" in capsys.readouterr().out


def test_processes_change_no_number(capsys):
    arguments = [*FAST, "--replications", "4"]
    assert json_of(capsys, *arguments, "--workers", "1") == json_of(capsys, *arguments, "--workers", "2")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--days", "0"], "--days is 0, must be 1 or more"),
        (["--replications", "0"], "--replications is 0, must be 1 or more"),
        (["--seed", "-1"], "--seed is -1, must be 0 or more"),
        (["--trace"], "--trace writes a record of every attempt, it needs --out DIR"),
        (["--dates", "1999-03-01"], "--dates is given, but erlang-a does not replay recorded days"),
        (["--data", "."], "--data is given, but erlang-a has no original log"),
        (["--set", "run.dayz=3"], "run.dayz"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_2(arguments, sentence, capsys):
    assert cli.main(["run", "erlang-a", *arguments]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--days", "6"], "days is 6, must be at most 5"),
        (["--data", "/nowhere"], "--data is '/nowhere', must be a folder that holds calls-1999-MM.csv.gz"),
        (["--dates", "March"], "--dates is 'March', must be dates like 1999-03-01"),
    ],
)
def test_wrong_replay_is_one_sentence_and_exit_2(arguments, sentence, capsys):
    assert cli.main(["run", "bank-1999", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_days_beyond_the_files_need_the_log(monkeypatch, capsys):
    monkeypatch.setattr("calibration.bank.find_raw", lambda path=None: None)
    assert cli.main(["run", "bank-1999", "--dates", "1999-03-01"]) == 2
    assert "the others need --data FOLDER" in capsys.readouterr().err
    assert cli.main(["run", "bank-1999", "--dates", "1999-06-22"]) == 0


# ---- folders -----------------------------------------------------------------------------------------------------


def test_a_folder_holds_tables_and_a_manifest_from_which_the_run_can_be_made_again(tmp_path, capsys):
    folder = tmp_path / "new" / "results"
    assert cli.main([*FAST, "--replications", "2", "--out", str(folder), "--trace"]) == 0
    names = {"kpis.parquet", "counts.parquet", "records.parquet", "manifest.json"}
    assert {path.name for path in folder.iterdir()} == names
    told = json.loads((folder / "manifest.json").read_text())
    assert {"scenario", "seed", "days", "replications", "version", "kernel", "date", "machine"} <= set(told)
    kpis = pd.read_parquet(folder / "kpis.parquet")
    assert kpis["replication"].unique().tolist() == [0, 1]
    assert kpis["run_id"].unique().tolist() == told["run_ids"]
    again = simulate(scenario_from_dict(told["scenario"]), told["days"], told["seed"], 1).kpis()
    row = kpis[(kpis["queue"] == "all") & (kpis["replication"] == 1)]
    assert row["asa"].item() == again["asa"].item()
    counts, records = (pd.read_parquet(folder / name) for name in ("counts.parquet", "records.parquet"))
    assert counts.groupby("replication").offered.sum().tolist() == kpis[kpis["queue"] == "all"].n_offered.tolist()
    assert records["outcome"].isin(["handled", "abandoned"]).all()
    assert (records.groupby("replication").size() > 4000).all()


def test_a_folder_is_never_overwritten(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")
    assert cli.main([*FAST, "--out", str(tmp_path)]) == 2
    assert "which is not empty, must be a new or an empty folder" in capsys.readouterr().err
    assert cli.main([*FAST, "--out", str(tmp_path / "thesis.txt")]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(tmp_path, monkeypatch, capsys):
    write = output._write

    def full(content, part, path):
        write(content, part, path)
        if path.name == "counts.parquet":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(output, "_write", full)
    assert cli.main([*FAST, "--out", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [f"error: {tmp_path}/counts.parquet: no space left on device"]
    assert "Mean wait" in captured.out  # the numbers are not lost
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_what_a_full_device_says_is_told(tmp_path):
    with pytest.raises(OSError, match="No space left on device") as error:  # text only: pyarrow removes what it spoils
        output._write("text" * 10_000, Path("/dev/full"), tmp_path / "a.json")
    assert error.value.filename == str(tmp_path / "a.json")


def test_finished_replications_are_kept_when_interrupted(tmp_path, monkeypatch, capsys):
    def interrupted(order):
        if order.replication == 2:
            raise KeyboardInterrupt
        return replicate(order)

    monkeypatch.setattr("experiments.replications.replicate", interrupted)
    monkeypatch.setattr(cli.os, "_exit", lambda code: None)
    assert cli.main([*FAST, "--replications", "5", "--out", str(tmp_path)]) == 130
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert (told["replications"], told["replications_wanted"]) == (2, 5)
    assert len(pd.read_parquet(tmp_path / "kpis.parquet")["run_id"].unique()) == 2


# ---- simulated beside recorded -----------------------------------------------------------------------------------


def test_a_replay_is_shown_beside_the_record(capsys):
    found = json_of(capsys, "run", "bank-1999", "--replications", "3")["recorded"]
    assert list(found) == ["overall", "by_day", "by_half_hour", "mean_absolute_error"]
    assert found["overall"]["n_offered"] == {"simulated": 9026, "recorded": 9026, "error": 0}
    assert list(found["by_day"]) == ["1999-02-28", "1999-05-23", "1999-05-31", "1999-06-22", "1999-07-04"]
    assert all(row["n_offered"]["error"] == 0 for row in found["by_half_hour"].values())
    assert len(found["by_half_hour"]) == 48
    calm = found["by_day"]["1999-02-28"]
    recorded = pd.read_csv(Path(cli.__file__).parent / "scenario/library/data/bank-1999/recorded.csv")
    day = recorded[recorded.date == "1999-02-28"].sum(numeric_only=True)
    assert calm["abandonment_share"]["recorded"] == pytest.approx(day.abandoned / day.offered)
    assert calm["mean_wait"]["recorded"] == pytest.approx(day.wait_sum_s / day.offered)
    assert calm["sl20"]["recorded"] == pytest.approx(day.answered_20s / day.offered)
    for row in found["by_day"].values():
        for numbers in row.values():
            assert numbers["error"] == pytest.approx(numbers["simulated"] - numbers["recorded"])
    weights = [row["n_offered"]["recorded"] for row in found["by_day"].values()]
    errors = [abs(row["sl20"]["error"]) for row in found["by_day"].values()]
    mean = sum(w * e for w, e in zip(weights, errors, strict=True)) / sum(weights)
    assert found["mean_absolute_error"]["by_day"]["sl20"] == pytest.approx(mean)


def test_other_intervals_are_compared_by_the_longer_one(capsys):
    for interval in ("15 min", "1 h"):
        found = json_of(capsys, "run", "bank-1999", "--days", "1", "--set", f"run.interval={interval}")["recorded"]
        assert all(row["n_offered"]["error"] == 0 for row in found["by_half_hour"].values())
        assert len(found["by_half_hour"]) == (48 if interval == "15 min" else 24)


@needs_log
def test_the_log_replays_other_days(capsys, tmp_path):
    folder = tmp_path / "march"
    dates = ["--dates", "1999-03-01..1999-03-03"]
    found = json_of(capsys, "run", "bank-1999", *dates, "--out", str(folder))
    assert list(found["recorded"]["by_day"]) == ["1999-03-01", "1999-03-02", "1999-03-03"]
    assert found["recorded"]["overall"]["n_offered"]["error"] == 0
    assert json.loads((folder / "manifest.json").read_text())["data"] == str(find_raw())
    assert cli.main(["run", "bank-1999", "--dates", "1999-01-10..1999-01-12"]) == 2
    assert "no calls on 1999-01-11, 1999-01-12" in capsys.readouterr().err


@needs_log
def test_the_log_and_the_shipped_files_tell_the_same_day(capsys):
    day = ["run", "bank-1999", "--dates", "1999-06-22", "--replications", "5"]
    files, log = json_of(capsys, *day), json_of(capsys, *day, "--data", str(find_raw()))
    for found in (files, log):
        assert found["recorded"]["overall"]["n_offered"]["error"] == 0
    for name in ("n_offered", "abandonment_share", "mean_wait", "sl20"):
        numbers = [found["recorded"]["overall"][name]["recorded"] for found in (files, log)]
        assert numbers[0] == pytest.approx(numbers[1])
    queues = [{name: row["n_offered"]["mean"] for name, row in found["by_queue"].items()} for found in (files, log)]
    assert queues[0] == queues[1]


# ---- kpis, warm --------------------------------------------------------------------------------------------------


def test_kpis_are_listed_with_their_formulas(capsys):
    assert cli.main(["kpis"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in KPIS)
    assert "abandoned / offered." in out


def test_warm_says_where_the_compiled_kernel_is(capsys):
    assert cli.main(["warm"]) == 0
    assert "All is compiled" in capsys.readouterr().out
