"""The identity of the code: what makes a run is part of every key, what only shows it is not."""

from pathlib import Path

import pytest

from experiments.sweep import study, work
from experiments.sweep.engine import Serial
from experiments.sweep.sources import hash_of_sources
from experiments.sweep.study import Plan
from experiments.sweep.sweep import open_study, sweep
from twin.errors import InputError

STUDY = 'scenario = "erlang-a"\nset = { "run.warm_up" = 0 }\ndays = 1\nfactors."groups.operators.count".values = [12]\n'


@pytest.mark.parametrize(
    ("place", "is_part"),
    [("world/laws.py", True), ("people/needs.py", True), ("night.py", True), ("ui/app.py", False), ("kpi/x.py", False)],
)
def test_a_change_of_what_makes_a_run_is_another_code(tmp_path: Path, place: str, is_part: bool):
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("x = 1\n")
    before = hash_of_sources(tmp_path)
    path.write_bytes(b"x = 1\r\n")
    assert hash_of_sources(tmp_path) == before  # Windows' ends of lines
    path.write_text("x = 2\n")
    assert (hash_of_sources(tmp_path) != before) == is_part


def test_runs_of_other_code_are_not_gone_on_with(tmp_path, monkeypatch):
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    plan = Plan.read(path)
    sweep(plan, open_study(plan, tmp_path / "out", False), Serial())
    monkeypatch.setattr(study, "RUN_CODE", "0.1.0-another")
    later = Plan.read(path)
    assert later.key(0, 0) != plan.key(0, 0)
    with pytest.raises(InputError, match="another scenario, design, seed or version"):
        open_study(later, tmp_path / "out", True)


def test_a_worker_with_other_code_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    plan = Plan.read(path)
    monkeypatch.setattr(work, "RUN_CODE", "0.1.0-another")
    outcome = sweep(plan, open_study(plan, tmp_path / "out", False), Serial())
    (said,) = outcome.failed.values()
    assert "this worker has code 0.1.0-another, the study needs 0.1.0-" in said
