"""A fit to history that was handed in: what it leaves, that it tells how far it is, what it refuses."""

import pytest
from test_calibration_work import both

from calibration.proof.stored import read_stored
from twin.errors import InputError
from twin.ui.work import fitting
from twin.ui.work.fitting import FitRequest, fit_here
from twin.ui.work.history import keep_history, understand


class Heard:
    """What the work has told."""

    def __init__(self):
        self.said = []

    def progress(self, share, key="", **values):
        self.said.append((share, key, values))


def asked(tmp_path, paths, **changes):
    found = understand(Heard(), paths)
    given = {"scenario": "", "first": found.scenario, "first_name": "hours.first.toml", "until": "", "runs": 60}
    mappings = tuple(one.mapping_toml for one in found.files)
    return FitRequest(tuple(paths), mappings, folder=tmp_path, **(given | changes))


def test_half_hours_and_months_are_fitted_to_their_first_scenario(tmp_path, monkeypatch):
    monkeypatch.setattr("calibration.command.FEWEST_RUNS", 60)
    monkeypatch.setattr("calibration.command.MEMBERS", 6)
    monkeypatch.setattr(fitting, "WATCH", 0.05)
    monkeypatch.setattr(fitting, "WORKERS", 1)
    heard = Heard()
    left = fit_here(heard, asked(tmp_path, both(tmp_path), until="2026-03-11"))
    assert set(left) == {"fitted.toml", "fitted.posterior.parquet", "fitted.html", "fitted.calibration.json"}
    kept = read_stored(left["fitted.calibration.json"].decode(), "x")
    assert kept.title == "hours.csv and kpi.csv"
    assert kept.days == 4
    assert kept.months.fitted == ["offered", "abandonment"], "of January, which no half hour tells"
    assert kept.months.mute == ["recall", "csi"], "the first scenario has no rule for them"
    assert b'extends = "hours.first.toml"' in left["fitted.toml"]
    assert str(tmp_path).encode() not in left["fitted.toml"] + left["fitted.calibration.json"] + left["fitted.html"]
    runs = [(share, values["n"]) for share, key, values in heard.said if key == "fit_runs"]
    assert runs == sorted(runs)
    assert 0 < runs[-1][1] <= 80


def test_what_the_command_would_refuse_is_refused_in_its_words(tmp_path):
    with pytest.raises(InputError, match=r"--runs is 60, must be 200 or more"):
        fit_here(Heard(), asked(tmp_path, both(tmp_path)))
    folder = tmp_path / "again"
    folder.mkdir()
    with pytest.raises(InputError, match="--until"):
        fit_here(Heard(), asked(tmp_path, both(folder), runs=200, until="soon"))


def test_months_that_tell_nothing_of_a_scenario_are_said(tmp_path):
    path = keep_history("kpi.csv", b"month,offered,churn\n2026-01,40000,0.01\n2026-02,41000,0.02\n", tmp_path)
    with pytest.raises(InputError, match="tell no parameter of this scenario"):
        fit_here(Heard(), asked(tmp_path, [path], scenario="erlang-a", runs=200))
