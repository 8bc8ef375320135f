"""What a user may get wrong: one sentence that names option or file, what is given, what is allowed; exit code 2."""

import io
import json
import re
import sys

import pytest
from rich.console import Console

from calibration.history.mapping import check_mapping
from experiments.check.figure import FIGURES
from twin import cli
from twin.console import as_argument
from twin.errors import InputError
from twin.output import write_text
from twin.scenario.explain import explain
from twin.scenario.load import load

REPORT = "Data;Fascia oraria;Chiamate offerte;Risposte;Abbandonate\n08/04/2024;09:00;30;28;2\n"
PAIR = ("erlang-a", "v4-abandon")


def said(capsys, *arguments):
    """The sentences of a command that must refuse its input."""
    assert cli.main([str(argument) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


@pytest.mark.parametrize(
    ("command", "option", "least"),
    [
        (("run", "erlang-a"), "--days", 1),
        (("run", "erlang-a"), "--replications", 1),
        (("run", "erlang-a"), "--seed", 0),
        (("run", "erlang-a"), "--workers", 1),
        (("compare", *PAIR), "--days", 1),
        (("compare", *PAIR), "--replications", 1),
        (("compare", *PAIR), "--seed", 0),
        (("compare", *PAIR), "--workers", 1),
        (("break-even", *PAIR), "--replications", 1),
        (("break-even", *PAIR), "--seed", 0),
        (("break-even", *PAIR), "--steps", 0),
        (("roster", "187-as-is"), "--rounds", 1),
        (("roster", "187-as-is"), "--seed", 0),
        (("skills", "187-as-is"), "--days", 1),
        (("skills", "187-as-is"), "--seed", 0),
        (("skills", "187-as-is"), "--start", 0),
        (("check", "187-as-is"), "--seed", 0),
        (("sweep", "study.toml"), "--workers", 1),
        (("calibrate", "x.csv", "--scenario", "erlang-a", "--out", "f.toml"), "--runs", 1),
        (("track", "x.csv", "--scenario", "erlang-a"), "--members", 10),
        (("bench",), "--rounds", 1),
    ],
)
def test_the_same_option_is_refused_in_the_same_words_everywhere(capsys, command, option, least):
    lines = said(capsys, *command, option, least - 1)
    assert lines == [f"error: {option} is {least - 1}, must be {least} or more"]


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("skills", "187-as-is"), "--hours"),
        (("skills", "187-as-is"), "--hours-a-day"),
        (("break-even", *PAIR), "--years"),
    ],
)
def test_amounts_are_above_0(capsys, command, option):
    assert said(capsys, *command, option, "0") == [f"error: {option} is 0, must be above 0"]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("run", "folder"), "folder: is a folder, must be a TOML file, or a name of twin list"),
        (("show", "report.csv"), "report.csv: does not end in .toml, must be a TOML file, or a name of twin list"),
        (("run", ""), "'': is not in the library, must be one of 187-as-is, "),
        (("sweep", "folder"), "folder: is a folder, must be the TOML file of a study"),
        (("sensitivity", "folder"), "folder: is a folder, must be the TOML file of a study"),
        (("optimise", "folder"), "folder: is a folder, must be the TOML file of a study"),
        (("break-even", *PAIR, "--days", "1", "--key", "waeg"), ", did you mean wage?"),
        (
            ("break-even", *PAIR, "--days", "1", "--key", "patience.maen=1..2"),
            "--key is 'patience.maen', which has no value in A or B, did you mean patience.mean",
        ),
        (
            ("compare", *PAIR, "--days", "1", "--vary", "groups.operators.cuont"),
            "(twin show lists them), did you mean groups.operators.count?",
        ),
        (
            ("calibrate", "report.csv", "--scenario", "erlang-a", "--out", "f.toml", "--until", "May"),
            "--until is 'May', must be dates like 1999-03-01",
        ),
        (
            ("calibrate", "report.csv", "--scenario", "erlang-a", "--out", "f.toml", "--hold-out", "May"),
            "--hold-out is 'May', must be dates like 1999-03-01",
        ),
        (
            ("calibrate", "report.csv", "--scenario", "erlang-a", "--out", "f.toml", "--parameters", "empty.toml"),
            "empty.toml: has no [[parameter]], must have at least one",
        ),
    ],
)
def test_wrong_names_and_files(capsys, tmp_path, monkeypatch, command, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    (tmp_path / "report.csv").write_text(REPORT, encoding="utf-8")
    lines = said(capsys, *command)
    assert len(lines) == 1
    assert sentence in lines[0]


def test_every_mistake_of_a_study_is_told(capsys, tmp_path):
    """A key of the study, one of a factor, and a method: three lines, in the words used for scenarios."""
    study = tmp_path / "study.toml"
    study.write_text(
        'scenario = "erlang-a"\ndayz = 1\nmethod = "grit"\n[factors."patience.mean"]\nvalues = ["1 min"]\nlevel = 3\n',
        encoding="utf-8",
    )
    lines = {line.removeprefix(f"error: {study}: ") for line in said(capsys, "sweep", study)}
    assert lines == {
        "dayz is not a known key, must be one of by, days, factors, method, points, replications, scenario, seed, set, "
        "title, did you mean days?",
        "method is 'grit', must be one of grid, latin_hypercube, sobol, list",
        'factors."patience.mean".level is not a known key, must be one of levels, range, scale, values, whole, '
        "did you mean levels?",
    }


def test_an_error_of_the_system_that_says_numbers_is_told():
    """As distributed's, when no worker comes."""
    assert cli._os_sentence(TimeoutError(0, 1)) == "1"
    assert cli._os_sentence(PermissionError(13, "Permission denied", "a.csv")) == "a.csv: permission denied"


def test_a_mapping_without_its_kind():
    with pytest.raises(InputError, match=r"^m\.toml: kind is missing"):
        check_mapping({}, "m.toml")


def test_figures_of_the_documents_as_json(capsys):
    assert cli.main(["check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["figures"]
    assert [figure["id"] for figure in told] == [figure.id for figure in FIGURES]
    assert all(figure["wanted"] for figure in told)


def test_a_stream_that_cannot_spell_a_sign_ends_no_command(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert cli.main(["kpis"]) == 0
    stream.flush()
    assert b"n_offered" in stream.buffer.getvalue()


def test_texts_have_the_same_bytes_everywhere(tmp_path):
    """Windows would make CR LF of LF, and CR CR LF of a table that has CR LF already."""
    path = write_text("a,b\r\n1,2\n", tmp_path / "x.csv")
    assert path.read_bytes() == b"a,b\r\n1,2\n"


def test_the_numbers_of_a_scenario_can_be_read_in_60_columns():
    """Six columns do not fit in: sources and files are left out, and that is said."""
    loaded = load("erlang-a")
    told = {}
    for width in (60, 140):
        console = Console(width=width, file=io.StringIO())
        console.print(explain(loaded))
        told[width] = console.file.getvalue()
        assert max(len(line) for line in told[width].splitlines()) <= width
    assert re.search(r"^ *demand.rates.call +200 /h +X", told[60], re.MULTILINE)
    assert "Sources and files are shown from 100 columns on" in told[60]
    assert "Sources and files" not in told[140]
    assert "erlang-a.toml" in told[140].partition("Numbers stated")[2]


@pytest.mark.parametrize(
    ("path", "argument"),
    [("results/mine", "results/mine"), ("più/è.toml", "più/è.toml"), ("my results/a.toml", '"my results/a.toml"')],
)
def test_paths_in_commands_to_be_copied(path, argument):
    assert as_argument(path) == argument
