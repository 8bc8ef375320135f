"""Sequential stopping: targets as people write them, the next number of pairs by hand, a comparison that stops."""

import json
from types import SimpleNamespace

import pytest

from experiments.compare.command import Changes, compare_command, repeat_command
from experiments.compare.stopping import MOST, next_pairs, parse_targets
from twin.errors import InputError


def row(width):
    return SimpleNamespace(half_width=width)


def test_targets_are_read_in_their_units():
    assert parse_targets(["sl=0.5pp", "mean_wait=1.5 s", "cost_per_year=1e4 EUR", "csi=.5", "n_offered=7"]) == (
        pytest.approx({"sl20": 0.005, "mean_wait": 1.5, "cost_per_year": 1e4, "csi": 0.5, "n_offered": 7})
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sl", "must be a KPI of `twin kpis` and a width"),
        ("nothing=1", "must be a KPI of `twin kpis` and a width"),
        ("sl=0.5", "must be in percentage points, as in 0.5pp"),
        ("mean_wait=1pp", "must be in s"),
        ("sl=0pp", "must be above 0"),
        ("sl=1e400pp", "must be above 0, and finite"),
        ("sl=1.2.3pp", "must be a KPI of `twin kpis` and a width"),
        ("sl=.pp", "must be a KPI of `twin kpis` and a width"),
        ("mean_wait=1EUR", "must be in s, as in 1s"),
        ("csi=2s", "must be in points, as in 2points"),
        ("cost_per_year=5 s", "as in 5EUR"),
        ("n_offered=5s", "as in 5"),
    ],
)
def test_bad_targets(text, said):
    with pytest.raises(InputError) as error:
        parse_targets([text])
    assert said in str(error.value)


def test_the_next_number_of_pairs():
    """A half-width twice too wide wants four times the pairs, at most twice as many at a time, in fives."""
    assert next_pairs(10, {"sl20": 1.0}, {"sl20": row(0.9)}) == 10
    assert next_pairs(10, {"sl20": 1.0}, {"sl20": row(1.05)}) == 15
    assert next_pairs(10, {"sl20": 1.0}, {"sl20": row(1.3)}) == 20
    assert next_pairs(20, {"sl20": 1.0}, {"sl20": row(3.0)}) == 40
    assert next_pairs(MOST, {"sl20": 1.0}, {"sl20": row(3.0)}) == MOST
    assert next_pairs(990, {"sl20": 1.0}, {"sl20": row(3.0)}) == MOST
    with pytest.raises(InputError, match="csi is not measured"):
        next_pairs(10, {"csi": 1.0}, {})


def test_a_comparison_runs_until_it_is_sure_enough(tmp_path, capsys):
    """Two operators more or less, one short day: it takes more than the first ten pairs, and a repeat takes as many."""
    changes = Changes(("run.days=1", "run.warm_up=0"), (), ("groups.operators.count=13",))
    out = tmp_path / "out"
    compare_command("erlang-a", "erlang-a", changes=changes, out=str(out), workers=1, json_wanted=True,
                    until=["mean_wait=0.35s"])  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["kpis"]["mean_wait"]["half_width"] <= 0.35
    assert 10 < told["replications"] < MOST
    assert json.loads((out / "manifest.json").read_text())["replications"] == told["replications"]
    assert len(list((out / "counts").iterdir())) == 2 * told["replications"]
    repeat_command(str(out), workers=1)
    assert "identical to the last bit" in capsys.readouterr().out


def test_draws_are_one_for_each_pair(tmp_path):
    with pytest.raises(InputError, match="cannot be combined with --posterior"):
        compare_command("erlang-a", "bank-1999", posterior="x.csv", until=["sl=1pp"])
