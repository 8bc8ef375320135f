"""Scenarios of the reader's own: named by a path or handed in, on every page by the same rules."""

import os

import pytest

from twin.ui.work import scenarios
from twin.ui.work.scenarios import chosen, found_scenarios, keep_upload, place_of

OWN = 'extends = "erlang-a"\n[groups.operators]\ncount = 12\n'


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder where the screen was started, with own.toml in it, deep/own.toml below, and secret.toml beside it."""
    folder = tmp_path / "here"
    (folder / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TWIN_RESULTS", raising=False)
    for place in ("own.toml", "deep/own.toml", "deep/er/own.toml", "../secret.toml"):
        (folder / place).write_text(OWN)
    return folder


def test_a_scenario_is_of_the_library_a_path_or_handed_in(here):
    assert chosen("erlang-a", {}).file == "erlang-a"
    assert chosen(" deep/er/own.toml ", {}).file == str(here / "deep" / "er" / "own.toml")
    handed_in = keep_upload("mine.toml", OWN.encode(), here / "deep" / "er")
    assert chosen("mine.toml", {"mine.toml": str(handed_in)}).file == str(handed_in)
    for name in ("erlang-a", "own.toml", "deep/er/own.toml"):
        assert (chosen(name, {}).mistake, chosen(name, {}).sizes) == ("", ())
    assert chosen("187-as-is", {}).sizes == ("tiny", "reference", "national")
    assert set(found_scenarios()) == {"own.toml", "deep/own.toml"}  # one folder deep are listed, deeper ones named


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../secret.toml", "must lie inside results or the folder of this server"),
        ("/etc/passwd.toml", "must lie inside results or the folder of this server"),
        (".hidden/own.toml", "must lie inside results or the folder of this server"),
        ("/etc/passwd", "is not in the library, must be one of it, or a TOML file"),
        ("187-to-bee", "did you mean 187-to-be"),
        ("no\0.toml", "must lie inside results or the folder of this server"),
        ("gone.toml", "if it was handed in, that session is over"),
        ("deep/gone.toml", "is not there"),
    ],
)
def test_other_names_are_one_sentence(here, name, said):
    found = chosen(name, {})
    assert said in found.problem
    assert found.mistake == found.problem
    assert (found.file, found.sizes) == ("", ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('extends = "../secret.toml"\n', "must lie inside results or the folder of this server"),
        ('extends = "link.toml"\n', "must lie inside results or the folder of this server"),
        ('extends = "deep/reaching.toml"\n', "demand.file is '/etc/passwd', must lie inside"),
        ('extends = "bank-1999"\n[demand]\nfile = "../calls.csv"\n', "demand.file is '../calls.csv', must lie inside"),
        ('extends = "bank-1999"\n[demand]\nrecorded = {value = "../x"}\n', "demand.recorded is '../x', must lie"),
        ("a = [", "is not TOML"),
        ("#" * (1 << 20) + "#", "is above 1 MB"),
    ],
)
def test_a_file_that_reaches_for_files_elsewhere_is_refused(here, text, said):
    (here / "link.toml").symlink_to(here.parent / "secret.toml")
    (here / "deep" / "reaching.toml").write_text('extends = "bank-1999"\n[demand]\nfile = "/etc/passwd"\n')
    (here / "wrong.toml").write_text(text)
    assert said in chosen("wrong.toml", {}).problem


def test_a_file_may_extend_others_that_lie_here(here):
    (here / "deep" / "base.toml").write_text('extends = ["_187", "../own.toml"]\n')
    (here / "loop.toml").write_text('extends = "loop.toml"\n')
    (here / "top.toml").write_text('extends = "deep/base.toml"\n')
    assert chosen("top.toml", {}).problem == ""
    loop = chosen("loop.toml", {})
    assert loop.problem == ""
    assert "must not be cyclic" in loop.mistake


def test_a_file_that_was_changed_is_read_anew(here):
    before = place_of("own.toml", {})
    (here / "own.toml").write_text("patience = 3\n")
    os.utime(here / "own.toml", ns=(1, 1))
    assert place_of("own.toml", {}) == (before[0], 1) != before
    assert "own.toml" in chosen("own.toml", {}).mistake
    assert place_of("erlang-a", {}) == place_of("../secret.toml", {}) == ("", 0)


def test_a_wrong_scenario_offers_no_size(here):
    (here / "wrong.toml").write_text('extends = "187-as-is"\nno_such_key = 1\n')
    found = chosen("wrong.toml", {})
    assert found.problem == ""
    assert "no_such_key" in found.mistake
    assert found.sizes == ()


def test_deep_chains_of_bases_end(here, monkeypatch):
    monkeypatch.setattr(scenarios, "MOST_BASES", 2)
    for k in range(5):
        (here / f"b{k}.toml").write_text(f'extends = "b{k + 1}.toml"\n')
    (here / "b5.toml").write_text('extends = "../secret.toml"\n')
    assert "are more than 2" in chosen("b0.toml", {}).problem
