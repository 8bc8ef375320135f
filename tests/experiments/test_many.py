"""Several scenarios against one base: intervals that hold together, the best of all, the command."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.compare.command import compare_command, repeat_command
from experiments.compare.many import ManyPlan, run_many
from experiments.compare.paired import differences
from experiments.compare.simultaneous import find_best, widened
from twin import cli
from twin.errors import InputError, RunError

OTHER = """
extends = "to-be"
name = "slow"
[intents.bill]
talk = { law = "lognormal", mean = "8 min", cv = 0.9 }
"""


@pytest.fixture
def three(scenarios):
    a, b = scenarios
    slow = b.replace("to-be.toml", "slow.toml")
    with open(slow, "w") as file:
        file.write(OTHER)
    return a, b, slow


# ---- intervals and the best, on made-up numbers -----------------------------------------------------------------


def test_one_alternative_keeps_its_interval():
    width = np.array([1.0, np.nan])
    assert widened(width, np.array([20, 1]), 1) is width


def test_widths_are_bonferroni_s():
    # 7 alternatives, 20 pairs: t(19) at 1 - .05 / 14 is 3.01, at 1 - .05 / 2 it is 2.093
    factor = widened(np.array([2.093024]), np.array([20]), 7)[0]
    assert factor == pytest.approx(stats.t.ppf(1 - 0.05 / 14, 19), abs=1e-5)
    assert factor == pytest.approx(3.01, abs=0.005)


@pytest.mark.parametrize("shared", [0.0, 3.0])
def test_all_intervals_together_cover_ninety_five_percent(shared):
    """A base and 5 alternatives, 10 common runs; `shared` is noise that all have, which pairing takes out."""
    rng = np.random.default_rng(1)
    trials, n, k = 3000, 10, 5
    truth = np.array([0.0, 1.0, 2.0, -1.0, 0.5])
    base = rng.normal(size=(n, trials, 1))
    own = rng.normal(size=(n, trials, k)) * np.array([1.0, 2.0, 0.5, 1.0, 1.0])
    luck = shared * rng.normal(size=(n, trials, 1))
    found = differences(base + luck, truth + own + luck)
    width = widened(found["half_width"], found["n"], k)
    together = (np.abs(found["difference"] - truth) <= width).all(axis=1).mean()
    single = (np.abs(found["difference"] - truth) <= found["half_width"]).all(axis=1).mean()
    assert 0.945 <= together <= 0.985  # Bonferroni is a little careful; 3 s.e. are .012
    assert single < 0.90  # one at a time they do not hold together


@pytest.mark.parametrize("truth", [[0, 0, 0, 0], [0, 0.2, 0.4, 0.6], [0, 0, 0, 3]])
def test_intervals_to_the_best_of_the_others_cover(truth):
    rng = np.random.default_rng(2)
    truth, trials = np.array(truth, float), 1000
    target = np.array([truth[i] - np.delete(truth, i).max() for i in range(4)])
    is_covered, n_excluded = 0, 0
    for _ in range(trials):
        best = find_best(truth + rng.normal(size=(12, 4)) + rng.normal(size=(12, 1)))
        is_covered += bool(np.all((best.low <= target + 1e-12) & (target - 1e-12 <= best.high)))
        n_excluded += int(truth.argmax()) not in best.may_be_best and truth.max() > np.sort(truth)[-2]
    assert is_covered / trials >= 0.93
    assert n_excluded / trials <= 0.05 + 0.02


def test_a_clear_best_is_named_with_its_confidence():
    rng = np.random.default_rng(3)
    runs = np.array([1.0, 5.0, 2.0]) + 0.5 * rng.normal(size=(10, 3))
    best = find_best(runs)
    assert (best.place, best.may_be_best, best.is_shown) == (1, (1,), True)
    assert best.confidence > 0.999
    assert best.low[1] == 0  # it is at least as good as the best of the others
    assert best.high[0] == best.high[2] == 0
    assert find_best(-runs, better=-1).place == 1  # less is better
    doubtful = find_best(np.array([[1.0, 0.9], [0.0, 0.2], [0.5, 0.3]]))
    # gaps .1, -.2, .2: mean .0333, s.e. .1202; one-sided p of t(2) = .277 is .404
    assert doubtful.confidence == pytest.approx(
        1 - stats.t.sf(0.1 / 3 / (np.std([0.1, -0.2, 0.2], ddof=1) / 3**0.5), 2)
    )
    assert doubtful.may_be_best == (0, 1)


def test_twins_may_both_be_the_best():
    runs = np.array([[1.0, 3.0, 3.0], [2.0, 5.0, 5.0], [1.5, 4.0, 4.0]])
    best = find_best(runs)
    assert best.may_be_best == (1, 2)
    assert best.confidence == 0


def test_too_little_to_tell_the_best():
    assert find_best(np.array([[1.0, 2.0]])) is None
    assert find_best(np.array([[1.0], [2.0]])) is None
    assert find_best(np.array([[1.0, np.nan], [2.0, 3.0], [np.nan, 1.0]])) is None


# ---- runs -------------------------------------------------------------------------------------------------------


def test_each_scenario_is_compared_as_if_alone_but_for_the_width(three, tmp_path, capsys):
    a, b, slow = three
    compare_command(a, b, days=1, replications=3, seed=5, out=str(tmp_path / "pair"), workers=1)
    line = ["compare", a, b, slow, "--days", "1", "--replications", "3", "--seed", "5", "--workers", "1"]
    capsys.readouterr()
    assert cli.main([*line, "--out", str(tmp_path / "many"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    alone = pd.read_parquet(tmp_path / "pair" / "compare.parquet")
    many = pd.read_parquet(tmp_path / "many" / "compare.parquet")
    first = many[many.scenario == "to-be"].reset_index(drop=True)
    same = ["by", "group", "kpi", "a", "b", "difference", "variance_ratio", "n"]
    pd.testing.assert_frame_equal(first[same], alone[same], check_exact=True)
    ratio = (first.half_width / alone.half_width)[alone.half_width > 0].unique()
    expected = stats.t.ppf(1 - 0.05 / 4, 2) / stats.t.ppf(0.975, 2)
    assert ratio == pytest.approx(expected)
    assert (told["base"], told["scenarios"]) == ("as-is", ["to-be", "slow"])
    wait = told["kpis"]["mean_wait"]
    assert wait["scenarios"]["slow"]["difference"] > wait["scenarios"]["to-be"]["difference"]
    assert wait["best"]["scenario"] == "to-be"
    assert set(told["who"]) == {"to-be", "slow"}
    page = (tmp_path / "many" / "report.html").read_text()
    assert 'id="best"' in page
    assert "chart-many" in page
    assert "<script src" not in page
    assert len(list((tmp_path / "many" / "counts").iterdir())) == 9


def test_screen_names_the_best_and_the_run_can_be_repeated(three, tmp_path, capsys):
    folder = str(tmp_path / "many")
    line = ["compare", *three, "--days", "1", "--replications", "3", "--workers", "1", "--out", folder]
    assert cli.main(line) == 0
    said = capsys.readouterr().out
    assert "is the best, with" in said
    assert "all 2 scenarios" in said
    repeat_command(folder, workers=1)
    assert capsys.readouterr().out.startswith("identical to the last bit: ")
    path = tmp_path / "many" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "seed": 9}))
    with pytest.raises(RunError, match="not the same as recorded"):
        repeat_command(folder, workers=1)


def test_runs_go_on_until_all_scenarios_are_narrow_enough(three):
    from experiments.compare.side import Side

    sides = [Side.load(path, []) for path in three]
    wide = run_many(ManyPlan.of(sides, 1, 1, 20, ["mean_wait=1000 s"]), workers=1)
    assert wide.replications == 10  # the first look is enough
    widths = [pair.row("mean_wait").half_width for pair in wide.pairs]
    goal = 0.97 * max(widths)
    narrow = run_many(ManyPlan.of(sides, 1, 1, 20, [f"mean_wait={goal:.3f} s"]), workers=1)
    assert narrow.replications > 10
    assert all(pair.row("mean_wait").half_width <= goal for pair in narrow.pairs)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--transition"], "--transition: is for two scenarios"),
        (["--set-b", "run.days=1"], "--set-b: is for two scenarios"),
        (["--assumptions", "2"], "--assumptions: is for two scenarios"),
    ],
)
def test_what_is_for_two_is_refused(three, more, said, capsys):
    assert cli.main(["compare", *three, *more]) == 2
    assert said in capsys.readouterr().err


def test_the_same_scenario_twice_is_refused(three, capsys):
    assert cli.main(["compare", *three, three[1]]) == 2
    assert "'to-be' is given twice" in capsys.readouterr().err
    with pytest.raises(InputError, match="not the manifest of a comparison"):
        ManyPlan.from_manifest({"labels": ["a", "b", "c"]})
