"""`twin history` from outside: what it says, what it writes, how it fails."""

import json
import tomllib

import pandas as pd
import pytest

from twin import cli

EXPORT = "Data;Ora;Offerte;Risposte;Abbandonate;AHT\n" + "".join(
    f"{day:02d}/03/2024;{hour:02d}:00;{20 + hour};{18 + hour};2;3m12s\n"
    for day in range(1, 29)
    for hour in range(8, 18)
)


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    rows = "ieri;08:00;1;1;0;9\n29/03/2024;08:00;10;12;0;9\nTotale;;7980;7420;560;\n"
    path.write_text(EXPORT + rows, encoding="latin-1")
    return path


def test_it_shows_the_guess_the_problems_and_the_first_rows(export, capsys):
    assert cli.main(["history", str(export)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "each row is an interval: date = 'Data'" in shown
    assert "283 rows read: 281 kept, 1 rejected, 1 left out" in shown
    assert 'Data is "...", must be a date such as "31/12/2012" 282' in shown
    assert "answered > offered 283" in shown
    assert "Intervals: 281 rows, 2024-03-01 to 2024-03-29" in shown


def test_json_is_one_object(export, capsys):
    assert cli.main(["history", str(export), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["n_read"], said["n_kept"], said["n_rejected"], said["n_left_out"]) == (283, 281, 1, 1)
    assert said["rejected"][0]["line"] == 282
    assert said["mappings"]["export.csv"]["columns"]["answered"] == "Risposte"
    assert said["tables"]["intervals"]["first"] == "2024-03-01"


def test_a_folder_holds_tables_problems_and_a_page_that_needs_no_network(export, tmp_path):
    out = tmp_path / "out"
    assert cli.main(["history", str(export), "--out", str(out)]) == 0
    assert len(pd.read_parquet(out / "intervals.parquet")) == 281
    problems = pd.read_csv(out / "problems.csv")
    assert problems[["what", "line"]].values.tolist() == [["rejected", 282], ["left out", 284], ["impossible", 283]]
    page = (out / "quality.html").read_text("utf-8")
    assert "http" not in page
    assert "<script" not in page
    for section in ("How it was read", "Rejected rows", "Rows that cannot be", "What is missing", "First rows"):
        assert section in page
    assert page.count("<svg") == 2


def test_cells_of_a_file_do_not_become_html(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(EXPORT + "<script>alert(1)</script>;08:00;1;1;0;9\n")
    assert cli.main(["history", str(path), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "quality.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_guessed_mapping_is_written_corrected_and_used(export, tmp_path, capsys):
    target = tmp_path / "m.toml"
    assert cli.main(["history", str(export), "--write-mapping", str(target)]) == 0
    written = tomllib.loads(target.read_text("utf-8"))
    assert written["kind"] == "intervals"
    target.write_text(target.read_text("utf-8").replace('abandoned = "Abbandonate"\n', ""))
    capsys.readouterr()
    assert cli.main(["history", str(export), "--mapping", str(target), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert any(remark["topic"] == "abandoned" for remark in said["remarks"])  # now offered - answered


WRONG = [
    (["nowhere.csv"], "nowhere.csv: no such file or folder"),
    (["{export}", "--mapping", "none.toml"], "--mapping is 'none.toml', must be a TOML file or one of"),
    (["{export}", "--write-mapping", "{export}"], "which exists, must be a new file"),
    (["{export}", "--out", "{export}"], "which is a file, must be a new or an empty folder"),
    (["{export}", "--mapping", "nhs111-2015-16"], "none of the files (export.csv) is understood"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_wrong_input_is_one_sentence_and_exit_code_2(arguments, sentence, export, capsys):
    assert cli.main(["history", *(one.format(export=export) for one in arguments)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert sentence in said.err
    assert said.out == ""
