"""`twin run --save` and `--from`: a run in two parts tells what the run in one tells."""

import json
import os

import pandas as pd
import pytest

from twin import cli

FAST = ["run", "blended", "--set", "run.warm_up=0", "--seed", "4"]


def json_of(capsys, *arguments):
    assert cli.main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_run_in_two_parts_tells_what_a_run_in_one_tells(capsys, tmp_path):
    file = str(tmp_path / "friday.twin")
    first = json_of(capsys, *FAST, "--days", "1", "--save", file)
    assert first == json_of(capsys, *FAST, "--days", "1")
    assert json_of(capsys, *FAST, "--days", "3", "--from", file) == json_of(capsys, *FAST, "--days", "3")
    assert json_of(capsys, *FAST[:-2], "--from", file)["seed"] == 4
    assert cli.main([*FAST, "--days", "2", "--from", file, "--save", str(tmp_path / "monday.twin")]) == 0
    assert "monday.twin" in capsys.readouterr().out
    assert sorted(os.listdir(tmp_path)) == ["friday.twin", "monday.twin"]


def test_a_run_that_goes_on_writes_its_tables_and_records(capsys, tmp_path):
    parts = [*FAST, "--trace", "--out"]
    assert cli.main([*parts, str(tmp_path / "a"), "--days", "1", "--save", str(tmp_path / "a.twin")]) == 0
    assert cli.main([*parts, str(tmp_path / "b"), "--days", "2", "--from", str(tmp_path / "a.twin")]) == 0
    assert cli.main([*parts, str(tmp_path / "c"), "--days", "2"]) == 0
    b, c = (pd.read_parquet(tmp_path / name / "records.parquet") for name in "bc")
    assert b.equals(c)
    b, c = (json.loads((tmp_path / name / "manifest.json").read_text()) for name in "bc")
    assert b["run_ids"] == c["run_ids"]


def test_careers_go_on_from_a_saved_run(capsys, tmp_path):
    changes = ("size=tiny", "scale.sizes.tiny=0.004", "customers.base=400000", "run.warm_up=0", "run.interval=1 h")
    much = ("careers.turnover.a_year.in-house=30", "careers.hiring.nesting_failed=0.5")
    run = ["run", "187-as-is-careers", *(word for change in (*changes, *much) for word in ("--set", change))]
    file = str(tmp_path / "sunday.twin")
    assert cli.main([*run, "--days", "6", "--save", file]) == 0
    assert cli.main([*run, "--days", "9", "--from", file, "--out", str(tmp_path / "b")]) == 0
    assert cli.main([*run, "--days", "9", "--out", str(tmp_path / "c")]) == 0
    b, c = (pd.read_parquet(tmp_path / name / "career_log.parquet") for name in "bc")
    assert b.equals(c)
    assert (b.day < 6).any()
    assert (b.day >= 7).any()  # a Monday
    capsys.readouterr()


WRONG = {
    "more replications": (["--save", "new.twin", "--replications", "2"], "--replications is 2, must be 1 with --save"),
    "there already": (["--save", "old.twin"], "--save is 'old.twin', which is there already"),
    "no folder": (["--save", "none/new.twin"], "--save is 'none/new.twin', must be in a folder that is there"),
    "not there": (["--from", "none.twin"], "none.twin: is not there, must be a saved run"),
    "other seed": (["--from", "old.twin", "--seed", "5"], "--seed is 5, must be 4, with which old.twin was made"),
    "other scenario": (
        ["--from", "old.twin", "--set", "run.warm_up=1"],
        "old.twin: is of another scenario, run.warm_up",
    ),
    "too few days": (["--from", "old.twin", "--days", "1"], "old.twin: days is 1, must be 2 or more"),
    "no records": (["--from", "old.twin", "--trace", "--out", "new"], "old.twin: keeps no records, --trace must be"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_told(capsys, tmp_path, monkeypatch, name):
    arguments, sentence = WRONG[name]
    monkeypatch.chdir(tmp_path)
    assert cli.main([*FAST, "--days", "2", "--save", "old.twin"]) == 0
    capsys.readouterr()
    assert cli.main([*FAST, *arguments]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
    assert os.listdir(tmp_path) == ["old.twin"]
