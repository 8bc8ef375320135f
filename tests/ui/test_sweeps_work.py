"""What the page Sweeps does without a browser: paths, reading, surfaces and effects worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from experiments.compare.paired import half_width
from experiments.sweep.engine import Serial
from experiments.sweep.study import Plan
from experiments.sweep.sweep import open_study, sweep
from twin.errors import InputError
from twin.ui.work.responses import by_point, cut, effects, fitted, sampled, surface
from twin.ui.work.studies import Factor, StudyData, allowed, found_studies, read_study

STUDY = """
title = "Two factors"
scenario = "erlang-a"
set = { "run.warm_up" = 0 }
days = 1
replications = 2
[factors."groups.operators.count"]
values = [12, 14]
[factors."patience.mean"]
values = ["1 min", "300 s"]
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to be in, with results/two in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.toml").write_text(STUDY)
    plan = Plan.read(tmp_path / "two.toml")
    sweep(plan, open_study(plan, tmp_path / "results" / "two", resume=False), Serial())
    return tmp_path


def made(x, z, runs, z_factor=None):
    """A study by hand: runs (replications, points) of sl20 at x and z."""
    runs = np.asarray(runs, float)
    rows = [(p, r, runs[r, p]) for r in range(runs.shape[0]) for p in range(runs.shape[1])]
    return StudyData(
        "f", "", "s", "grid", 1, (Factor("x"), z_factor or Factor("z", "min")),
        pd.DataFrame({"x": np.asarray(x, float), "z": np.asarray(z, float)}),
        pd.DataFrame(rows, columns=["point", "replication", "sl20"]), ("sl20",), len(rows),
    )  # fmt: skip


GRID_X, GRID_Z = [0, 0, 1, 1], [1, 3, 1, 3]


def test_study_is_found_and_read_with_the_units_that_it_writes(here):
    assert found_studies() == ["results/two"]
    data = read_study("results/two")
    assert (data.title, data.scenario, data.days, data.n_all, data.replications) == ("Two factors", "erlang-a", 1, 8, 2)
    assert data.factors == (Factor("groups.operators.count"), Factor("patience.mean", "min"))
    assert data.points["patience.mean"].tolist() == [1, 5, 1, 5]  # 300 s are 5 min
    assert data.kpis[0] == "sl20"
    assert "n_offered" in data.kpis


def test_only_folders_inside_the_roots_are_opened(here, monkeypatch):
    outside = here / "elsewhere"
    (here / "results" / "two").rename(outside)
    (here / "results" / "link").symlink_to(outside)
    for text in ("elsewhere", "results/../elsewhere", str(outside), "/etc", "results/link", "results\0", "~"):
        with pytest.raises(InputError, match="must lie inside results"):
            read_study(text)
    assert found_studies() == []
    monkeypatch.setenv("TWIN_RESULTS", str(outside))
    assert allowed(str(outside)) == outside.resolve()
    assert read_study(str(outside)).n_all == 8


def test_folder_without_a_study_is_one_sentence(here):
    (here / "results" / "empty").mkdir()
    with pytest.raises(InputError, match="holds no study"):
        read_study("results/empty")


def test_surface_is_the_mean_of_each_replication_first():
    # two points lie at (x 0, z 1): replication means .5 and .7, so .6; s = .1414, n = 2, t = 12.71
    data = made([0, 0, 1], [1, 1, 1], [[0.4, 0.6, 0.8], [0.6, 0.8, 0.8]])
    found = surface(data, "sl20", "x", "z")
    assert found.mean.tolist() == [pytest.approx([0.6, 0.8])]
    assert found.half_width[0] == pytest.approx([12.706 * 0.1, 0.0], abs=1e-3)
    assert found.points.tolist() == [[2, 1]]


def test_place_without_a_point_is_empty():
    found = surface(made([0, 1], [1, 3], [[0.1, 0.2]]), "sl20", "x", "z")
    assert np.isnan(found.mean).tolist() == [[False, True], [True, False]]
    assert np.isnan(found.half_width).all()  # one replication


def test_many_values_are_put_into_classes():
    data = made(np.arange(100), np.zeros(100), [np.zeros(100)])
    found = cut(data, "x")
    assert len(found.ends) == 3  # sqrt(100) / 3
    assert found.ends[0] == pytest.approx((0, 33))
    assert np.bincount(found.places).tolist() == [33, 33, 34]


def test_effects_of_a_plane_are_its_slopes_over_the_ranges():
    # sl20 = 0.2 + 0.3 x - 0.1 (z - 1), second replication 0.02 x above: effects .31 and -.2, explained all
    first = [0.2, 0.0, 0.5, 0.3]
    second = [0.2, 0.0, 0.52, 0.32]
    found = fitted(made(GRID_X, GRID_Z, [first, second]), "sl20")
    assert [(row.factor, row.low, row.high) for row in found.rows] == [("x", 0.0, 1.0), ("z", 1.0, 3.0)]
    assert [row.effect for row in found.rows] == pytest.approx([0.31, -0.2])
    assert found.rows[0].half_width == pytest.approx(float(half_width(np.array([0.0002]), np.array([2]))[0]))
    assert found.explained == pytest.approx(1.0)


def test_factor_of_names_is_each_name_against_the_first():
    names = Factor("z", names=("longest_idle", "random", "least_busy"))
    data = made([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [[0.5, 0.6, 0.4, 0.5, 0.6, 0.4]], names)
    found = {(row.factor, row.high): row.effect for row in fitted(data, "sl20").rows}
    assert found == {("z", "random"): pytest.approx(0.1), ("z", "least_busy"): pytest.approx(-0.1),
                     ("x", 1.0): pytest.approx(0.0)}  # fmt: skip


def test_factors_that_move_together_are_not_told_apart():
    found = fitted(made([0, 1, 2], [1, 2, 3], [[0.1, 0.2, 0.3]]), "sl20")
    assert (found.rows, found.is_told_apart) == ((), False)


def test_effects_of_a_finished_sensitivity_study_are_its_own(here):
    table = pd.DataFrame(
        {"of": "two", "kpi": "sl20", "factor": ["a", "b"], "effect": [0.1, -0.4], "effect_se": [0.01, 0.1]}
    )
    (here / "results" / "sens").mkdir()
    (here / "results" / "two").rename(here / "results" / "sens" / "s-two")
    table.to_parquet(here / "results" / "sens" / "sensitivity.parquet")
    data = read_study("results/sens")
    found = effects(data, "sl20", "two")
    assert [(row.factor, row.effect) for row in found.rows] == [("b", -0.4), ("a", 0.1)]
    assert found.rows[0].half_width == pytest.approx(0.196)


def test_sample_holds_the_ends():
    data = made(np.arange(1000), np.zeros(1000), [np.random.default_rng(1).random(1000)])
    means, _ = by_point(data, ["sl20"])
    some = sampled(means, "sl20", 50)
    assert len(some) == 50
    assert some["sl20"].iloc[[0, -1]].tolist() == [means["sl20"].min(), means["sl20"].max()]
    assert len(sampled(means, "sl20", 2000)) == 1000
