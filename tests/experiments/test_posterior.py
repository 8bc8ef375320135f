"""A comparison whose parameters are drawn: both arms share each draw, what B sets itself stays, the spread is told."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.compare.command import as_dict, compare_command, repeat_command, run
from experiments.compare.comparison import FurtherRuns, Plan, Side
from experiments.compare.posterior import Draws, shared_keys, spread_sentence, spreads, with_posterior
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
