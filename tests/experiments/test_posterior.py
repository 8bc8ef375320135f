"""A comparison whose parameters are drawn: both arms share each draw, what B sets itself stays, the spread is told."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.compare.command import as_dict, compare_command, repeat_command, run
from experiments.compare.comparison import FurtherRuns, Plan
from experiments.compare.draws import Draws, shared_keys
from experiments.compare.many import ManyPlan, run_many
from experiments.compare.many_words import spread_rows
from experiments.compare.posterior import (
    many_spread_sentence,
    many_with_posterior,
    spread_sentence,
    spreads,
    with_posterior,
)
from experiments.compare.side import Side
from twin import cli
from twin.errors import InputError

KEY = "patience.mean"
SHORT = ("run.days=1", "run.warm_up=0", "groups.operators.count=12")


@pytest.fixture
def table(tmp_path):
    """Twelve draws of the patience between 60 and 170 s."""
    path = tmp_path / "fitted.posterior.csv"
    pd.DataFrame({KEY: np.arange(60.0, 180.0, 10.0)}).to_csv(path, index=False)
    return str(path)


def plan_of(n, set_b=("groups.operators.count=16",), further=FurtherRuns()):
    a, b = Side.load("erlang-a", SHORT), Side.load("erlang-a", [*SHORT, *set_b], set_b)
    return Plan.of(a, b, None, 1, n, further)


def test_rows_are_taken_evenly_over_the_table(table):
    assert [row[KEY] for row in Draws.read(table, 4).rows] == [60.0, 90.0, 120.0, 150.0]


def test_both_arms_have_the_same_draw(table):
    plan = with_posterior(plan_of(12), table)
    for replication in (0, 11):
        a, b = plan.scenarios(replication)
        assert a.patience.mean == b.patience.mean == 60.0 + 10.0 * replication
    assert a.groups["operators"].count != b.groups["operators"].count


def test_values_as_the_scenario_writes_them_are_taken_as_they_are(tmp_path):
    """What `twin calibrate` writes: JSON under the keys, and columns for people."""
    path = tmp_path / "fitted.posterior.parquet"
    rows = {"draw": [0, 1], "parameter patience": [90.0, 120.0], KEY: ['"1.5 min"', '"2 min"']}
    pd.DataFrame(rows).to_parquet(path)
    plan = with_posterior(plan_of(2), str(path))
    assert [plan.scenarios(i)[1].patience.mean for i in (0, 1)] == [90.0, 120.0]


def test_what_b_sets_itself_is_not_drawn(table):
    plan = with_posterior(plan_of(12, (f"{KEY}=5.5 min",)), table)
    a, b = plan.scenarios(3)
    assert (a.patience.mean, b.patience.mean) == (90.0, 330.0)
    assert shared_keys([KEY], plan.a, plan.b) == []


def test_the_doubt_widens_the_interval_and_the_spread_is_told(table, tmp_path):
    """More patience, fewer give up: with patience between 60 and 170 s abandonment varies far beyond luck."""
    fixed, drawn = run(plan_of(12), workers=1), run(with_posterior(plan_of(12), table), workers=1)
    width = [one.row("abandonment_share").a_half_width for one in (fixed, drawn)]
    assert width[1] > 2 * width[0]
    spread = next(one for one in spreads(drawn) if one.kpi == "abandonment_share")
    assert spread.low <= drawn.row("abandonment_share").difference <= spread.high
    assert spread.better == 1.0, "two more operators help in every pair"
    assert "pp" in spread.text
    assert spreads(fixed) == []
    assert "1 calibrated keys (patience.mean)" in spread_sentence(drawn)
    assert {one["kpi"] for one in as_dict(drawn)["spread"]} >= {"abandonment_share"}


def test_draws_of_another_scenario_are_suspected(table):
    """Erlang A states a patience of 5 min; draws from 60 to 170 s have the key, but are hardly its own."""
    plan = with_posterior(plan_of(12), table)
    assert plan.posterior.strange(plan.a) == {KEY: ("5 min", 60.0, 170.0)}
    own = Side.load("erlang-a", [*SHORT, f"{KEY}=2 min"])
    assert plan.posterior.strange(own) == {}
    assert with_posterior(plan_of(2), table).posterior.strange(plan.a) == {}, "two draws have no range"
    said = spread_sentence(run(plan, workers=1))
    assert f"states {KEY} = 5 min, and all draws lie between 60 and 170: are these the draws of this scenario?" in said


def test_the_manifest_repeats_the_draws(table, tmp_path, capsys):
    from experiments.compare.command import Changes

    out = tmp_path / "out"
    compare_command("erlang-a", "erlang-a", None, 10, 1, Changes(SHORT, (), ("groups.operators.count=16",)),
                    str(out), 1, False, posterior=table)  # fmt: skip
    assert "Single pairs" in capsys.readouterr().out
    assert "what one future may bring" in (out / "report.html").read_text("utf-8")
    assert len(json.loads((out / "manifest.json").read_text())["posterior"]["rows"]) == 10
    repeat_command(str(out), workers=1)
    assert "identical to the last bit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patience.mean\n100\n", "holds 1 draws, must be as many as --replications (2) or more"),
        (
            "patience.mean\n100\nmuch\n",
            "column 'patience.mean' has 'much', must hold finite numbers, or values as JSON",
        ),
        ("patience.mean\n100\ninf\n", "column 'patience.mean' has inf, must hold finite numbers"),
        ("draw\n0\n1\n", "holds no draws"),
        ("patience.means\n1\n2\n", "column 'patience.means' is a key of neither"),
        ("patience.mean\n-5\n-5\n", "a draw makes no scenario of erlang-a"),
        ("", "is no table of draws"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path, text, said):
    path = tmp_path / "draws.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        with_posterior(plan_of(2), str(path))
    assert said in str(error.value)


def test_further_runs_start_from_one_set_of_values(table):
    with pytest.raises(InputError, match="cannot be combined with --assumptions"):
        with_posterior(plan_of(2, further=FurtherRuns(directions=True)), table)


# ---- several scenarios ------------------------------------------------------------------------------------------


def many_of(n, until=()):
    """12 operators against 16, and against 14 with a patience of their own."""
    more, own = ("groups.operators.count=16",), ("groups.operators.count=14", f"{KEY}=5.5 min")
    sides = [
        Side.load("erlang-a", SHORT), Side.load("erlang-a", [*SHORT, *more], more),
        Side.load("erlang-a", [*SHORT, *own], own),
    ]  # fmt: skip
    return ManyPlan.of(sides, None, 1, n, until)


def test_all_scenarios_of_a_replication_have_the_same_draw_but_for_what_they_set_themselves(table):
    plan = many_with_posterior(many_of(12), table)
    for replication in (0, 11):
        drawn = 60.0 + 10.0 * replication
        assert [one.patience.mean for one in plan.scenarios(replication)] == [drawn, drawn, 330.0]
    assert [one.groups["operators"].count for one in plan.scenarios(3)] == [12, 16, 14]
    assert [one.patience.mean for one in many_of(2).scenarios(0)] == [many_of(2).base.scenario.patience.mean] * 2 + [
        330.0
    ]


def test_pairs_of_several_scenarios_are_those_of_two(table, tmp_path):
    """Against the base 16 operators differ as in a comparison of the two alone, draw by draw."""
    two = run(with_posterior(plan_of(10), table), workers=1)
    many = run_many(many_with_posterior(many_of(10), table), workers=1)
    alone, first = two.row("abandonment_share"), many.rows("abandonment_share")[0]
    assert (first.a, first.b, first.difference) == (alone.a, alone.b, alone.difference)
    assert spreads(many.pairs[0]) == spreads(two)
    assert len(spread_rows(many)[0][1]) == 2
    said = many_spread_sentence(many)
    assert "1 calibrated keys (patience.mean)" in said
    assert f"{many.plan.labels[2]} keeps its own value of patience.mean." in said
    assert f"{many.plan.labels[1]} keeps" not in said


def test_the_command_takes_draws_for_three_scenarios_and_repeats_them(table, tmp_path, capsys):
    for name, n in (("some", 14), ("more", 16)):
        text = f'extends = "erlang-a"\nname = "{name}"\n[groups.operators]\ncount = {n}\n'
        (tmp_path / f"{name}.toml").write_text(text)
    out = str(tmp_path / "out")
    line = ["compare", "erlang-a", str(tmp_path / "some.toml"), str(tmp_path / "more.toml"), "--workers", "1"]
    line += ["--set", "run.warm_up=0", "--days", "1", "--replications", "2", "--posterior", table, "--out", out]
    assert cli.main(line) == 0
    said = capsys.readouterr().out
    assert "the same under all scenarios" in said
    assert "the same under all scenarios" in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert len(json.loads((tmp_path / "out" / "manifest.json").read_text())["posterior"]["rows"]) == 2
    repeat_command(out, workers=1, json_wanted=True)
    told = json.loads(capsys.readouterr().out)
    assert told["identical"]
    assert set(told["spread"]) == {"some", "more"}


def test_draws_that_fit_no_scenario_are_refused(table, tmp_path):
    path = tmp_path / "draws.csv"
    path.write_text("patience.means\n1\n2\n")
    with pytest.raises(InputError, match=r"column 'patience\.means' is a key of none of the scenarios"):
        many_with_posterior(many_of(2), str(path))
    with pytest.raises(InputError, match="--until-half-width: cannot be combined with --posterior"):
        many_with_posterior(many_of(2, ["mean_wait=1 s"]), table)
