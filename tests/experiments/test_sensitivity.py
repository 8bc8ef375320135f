"""`twin sensitivity`: studies by hand, the same path with a synthetic simulator, tiny real runs, pages."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.compare.ranges import Assumption
from experiments.compare.replicate import Summary
from experiments.sensitivity.command import index_texts
from experiments.sensitivity.indices import Design, analyse
from experiments.sensitivity.run import DIFFERENCE, run_study
from experiments.sensitivity.study import Sensitivity
from experiments.sweep import work
from experiments.sweep.engine import Serial
from experiments.sweep.results import read_results
from twin import cli
from twin.errors import InputError, RunError

HEAD = 'scenario = "erlang-a"\nset = { "run.warm_up" = 0 }\ndays = 1\nkpis = ["n_offered", "mean_wait"]\n'
THREE = """
[factors."patience.mean"]
range = ["1 min", "9 min"]
[factors."demand.rates.call"]
range = ["170 /h", "230 /h"]
[factors."groups.operators.count"]
range = [5, 25]
"""


@pytest.fixture
def study(tmp_path):
    def write(text, head=HEAD):
        path = tmp_path / "study.toml"
        path.write_text(head + text)
        return path

    return write


def ishigami(task):
    """In place of a run: `offered` is Ishigami's function of where the three factors lie in their ranges, plus luck."""
    scenario = task.scenario
    shares = [
        (scenario.patience.mean - 60) / 480,
        (scenario.demand.rates["call"] * 3600 - 170) / 60,
        (scenario.groups["operators"].count - 5) / 20,
    ]
    x = np.pi * (2 * np.array(shares) - 1)
    value = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0]) + task.replication
    counts = pd.DataFrame({"offered": [value], "handled": [1.0]})
    return Summary("erlang-a", task.seed, task.replication, 1, {(): counts})


# ---- studies ----------------------------------------------------------------------------------------------------


def test_all_assumptions_with_a_range_unless_told_otherwise(study):
    found = Sensitivity.read(study("", 'scenario = "187-to-be"\nset = { size = "tiny" }\ntrajectories = 2\n'))
    assert all(factor.mark.startswith("A") for factor in found.factors)
    names = [factor.name for factor in found.factors]
    assert "patience.mean" in names
    assert "intents.*.fcr" in names
    assert len(found.design.shares) == 2 * (len(names) + 1)


def test_points_hold_the_values_as_the_scenario_writes_them(study):
    found = Sensitivity.read(study("trajectories = 3\n" + THREE))
    plan, rows = found.plan(found.sides[0])
    assert len(rows) == 12
    assert set(plan.points[0]) == {"patience.mean", "demand.rates.call", "groups.operators.count"}
    row = found.design.shares[5]
    point = plan.points[rows[5]]
    assert point["patience.mean"] == f"{1 + 8 * float(row[0])!r} min"
    assert point["groups.operators.count"] == round(5 + 20 * row[2])


def test_points_of_a_scenario_that_differ_in_nothing_are_run_once(study):
    text = 'factors."migration.months_since" = {}\nfactors."patience.mean" = {}\ntrajectories = 4\nbase = "187-as-is"\n'
    found = Sensitivity.read(study(text, 'scenario = "187-to-be"\nset = { size = "tiny" }\ndays = 1\n'))
    moved, (unmoved, rows) = (found.plan(side) for side in found.sides)
    assert set(moved[0].points[0]) == {"migration.months_since", "patience.mean"}
    assert set(unmoved.points[0]) == {"patience.mean"}  # As-Is moves nobody
    assert len(unmoved.points) == len({point["patience.mean"] for point in unmoved.points}) < len(rows)


def test_shares_that_must_sum_to_one_still_do(study):
    text = 'factors."abilities.n_held.1" = {}\nfactors."satisfaction.waiting_weight" = {}\n'
    text += 'factors."satisfaction.accuracy_weight" = {}\ntrajectories = 4\n'
    found = Sensitivity.read(study(text, 'scenario = "187-to-be"\nset = { size = "tiny" }\ndays = 1\n'))
    plan, _ = found.plan(found.sides[0])
    for point in plan.points:
        held = [value for key, value in point.items() if key.startswith("abilities.n_held")]
        weights = [value for key, value in point.items() if key.endswith("_weight")]
        assert (len(held), len(weights)) == (4, 4)
        assert (sum(held), sum(weights)) == (pytest.approx(1), pytest.approx(1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('method = "guess"', "method is 'guess', must be one of morris, sobol"),
        ("points = 12", "points is 12, must be a power of two"),
        ("levels = 3", "levels is 3, must be even"),
        ('kpis = ["luck"]', "kpis has 'luck', must be names that `twin kpis` lists"),
        ('kpis = ["abandonment"]', "lists, did you mean abandonment_share"),
        ('factors."patience.mean" = {}', "factors.patience.mean has no range in the scenario, must be given one"),
        ('factors."patience.means".range = [1, 2]', "a key without a value in erlang-a, did you mean patience.mean"),
        ('factors."patience.mean".range = ["9 s", "1 s"]', "must be two rising numbers"),
        ('base = "erlang-a"\nfactors."patience.mean".range = ["1 s", "9 s"]', "base is 'erlang-a', must be another"),
        ("", "factors is empty, and no assumption of the scenario has a range"),
        ("factor = 1", "factor is not a known key, did you mean factors?"),
        ("= 1", "is not TOML: invalid statement"),
    ],
)
def test_a_bad_study_is_told_in_one_sentence(study, text, said):
    with pytest.raises(InputError) as error:
        Sensitivity.read(study(text, HEAD.rpartition("kpis")[0]))
    assert said in str(error.value)


def test_a_study_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="is not there, must be the TOML file of a study"):
        Sensitivity.read(tmp_path / "no.toml")


# ---- runs -------------------------------------------------------------------------------------------------------


def test_a_known_function_through_store_and_engine(study, tmp_path, monkeypatch):
    """Sobol on 32 base points: 160 points through the real store; x2 leads alone, x1 and x3 work together."""
    monkeypatch.setattr(work, "summarise", ishigami)
    text = 'method = "sobol"\npoints = 32\nreplications = 2\n' + THREE
    read = Sensitivity.read(study(text, HEAD.replace(', "mean_wait"', "")))
    found = run_study(read, tmp_path / "out", Serial())
    ranked = found.ranked("erlang-a", "n_offered").set_index("factor")
    assert ranked["first"].idxmax() == "demand.rates.call"
    assert ranked["first"]["demand.rates.call"] == pytest.approx(0.44, abs=0.2)
    assert ranked["total"]["groups.operators.count"] > ranked["first"]["groups.operators.count"] + 0.05
    assert (ranked.total_low <= ranked.total).all()
    assert ranked.luck_se.to_numpy() == pytest.approx(0, abs=1e-12)  # luck only shifts the function
    results = read_results(tmp_path / "out" / "s-erlang-a")
    assert results.n_done == results.n_all == 2 * len(results.points)


def test_what_moves_nothing_has_no_index_and_no_effect():
    # y = 3 x0 + 1: the first factor explains all of it, and its effect over the whole range is 3 without error.
    design = Design.of("sobol", 2, 8)
    found = analyse(design, (3 * design.shares[:, 0] + 1)[None], ["x0", "x1"]).set_index("factor")
    assert found.loc["x0", ["effect", "effect_se"]].to_list() == pytest.approx([3, 0])
    assert found.loc["x0", "total"] > 0.5
    assert (found.loc["x1"].drop("luck_se") == 0).all()


def test_the_size_of_an_effect_on_a_share_is_told_in_points():
    row = SimpleNamespace(mu_star=0.21, mu_star_half_width=0.1, sigma=0.02)
    found = SimpleNamespace(study=SimpleNamespace(study=SimpleNamespace(method="morris")))
    texts = [text.replace("\u00a0", " ") for text in index_texts(found, "sl20", row)]
    assert texts == ["21.0 pp ± 10.0 pp", "2.00 pp"]


def test_a_range_is_told_key_by_key():
    factor = Assumption("groups.*.count", ("a", "b"), (6, 5), ((5, 15), (4, 15)), "A", "")
    assert factor.span == "5 to 15 … 4 to 15"


def test_more_operators_shorten_the_wait(study, tmp_path, capsys):
    text = "trajectories = 4\nreplications = 2\n" + THREE.replace("[5, 25]", "[12, 18]")
    folder = tmp_path / "out"
    line = ["sensitivity", str(study(text)), "--out", str(folder), "--workers", "1"]
    assert cli.main([*line, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    waits = {row["factor"]: row for row in told["indices"]["erlang-a"]["mean_wait"]}
    assert waits["groups.operators.count"]["effect"] < 0 < waits["demand.rates.call"]["effect"]
    assert told["runs"] == 4 * 4 * 2
    assert len(pd.read_parquet(folder / "sensitivity.parquet")) == 2 * 3
    assert len(pd.read_parquet(folder / "runs.parquet")) == 16
    page = (folder / "sensitivity.html").read_text()
    assert 'id="chart-tornado-0"' in page
    assert "<script src" not in page
    assert cli.main(line) == 2
    assert "go on with --resume" in capsys.readouterr().err
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("packed/*")}
    assert cli.main([*line, "--resume"]) == 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("packed/*")} == before  # nothing was run again
    assert "Mean wait: erlang-a" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["manifest.json", "thesis.txt"])
def test_a_folder_of_something_else_is_left_alone(study, tmp_path, capsys, name):
    """A comparison's folder has a manifest, too: without it its numbers cannot be made again."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / name).write_text("{}")
    line = ["sensitivity", str(study("trajectories = 2\n" + THREE)), "--out", str(folder), "--workers", "1"]
    assert cli.main(line) == 2
    assert "which holds other things, must be a new or an empty folder" in capsys.readouterr().err
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(name, "{}")]


def test_the_difference_of_two_scenarios_is_looked_at_point_by_point(study, tmp_path):
    other = tmp_path / "more.toml"
    other.write_text('extends = "erlang-a"\n[groups.operators]\ncount = 20\n')
    text = 'base = "more.toml"\ntrajectories = 2\nfactors."patience.mean".range = ["1 min", "5 min"]\n'
    text += 'factors."demand.rates.call".range = ["170 /h", "230 /h"]\n'
    found = run_study(Sensitivity.read(study(text)), tmp_path / "out", Serial())
    assert found.subjects == ("erlang-a", "more", DIFFERENCE)
    runs = found.runs
    by_hand = runs["mean_wait of erlang-a"] - runs["mean_wait of more"]
    assert runs[f"mean_wait of {DIFFERENCE}"].to_numpy() == pytest.approx(by_hand.to_numpy())
    assert runs[f"n_offered of {DIFFERENCE}"].notna().all()


def test_a_run_that_cannot_be_made_ends_the_study_with_a_sentence(study, tmp_path):
    text = 'trajectories = 4\nfactors."groups.operators.count".range = [1, 9]\n'
    text += 'factors."demand.rates.call".range = ["170 /h", "230 /h"]\n'
    read = Sensitivity.read(study(text))
    plan, _ = read.plan(read.sides[0])
    worst = next(point for point in plan.points[1:-1] if point not in (plan.points[0], plan.points[-1]))
    worst["groups.operators.count"] = -1
    object.__setattr__(read, "plan", lambda side: (plan, np.arange(len(plan.points))))
    with pytest.raises(RunError, match="runs cannot be made, the first: point"):
        run_study(read, tmp_path / "out", Serial())
