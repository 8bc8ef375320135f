"""`twin roster` from outside: cuts until the target holds, JSON, files that load and run, and what it refuses."""

import json

import pandas as pd
import pytest

from experiments.roster.fit import Plan, Search
from experiments.roster.target import Target
from twin import cli, load_scenario, simulate

FAST = ["--days", "14", "--replications", "1", "--workers", "1"]


def test_a_roster_that_misses_the_target_ends_holding_it(desk_file):
    """At eight come 90 % of 28 people; after 14:00 there are 3 for 6 Erlang. Fitted starts hold 80 % in 20 s.

    Mean requirement of the day: 8 operators at the peak of 8 Erlang + 2 or 3, about 100 operator hours of 12; 28 people
    bring 28 x 5.5 = 154.
    """
    scenario = load_scenario(desk_file())
    before = simulate(scenario, days=14).kpis(["hour"])
    assert before.sl20[15] < 0.5
    plan = Plan(scenario, Target("sl", 0.8), ("day",), days=14, replications=1)
    fit = Search(plan).run()
    assert fit.holds
    assert fit.sentence.startswith("The target, 80% answered within 20 s, holds in every hour")
    assert sum(line.heads for line in fit.best.lines) == 28
    starts = {line.tour.start / 3600 for line in fit.best.lines}
    assert min(starts) == 8.0
    assert max(starts) == 14.0
    assert len(starts) >= 4
    after = simulate(fit.best.scenario, days=14, seed=7).kpis(["hour"])
    assert after.sl20[after.n_offered > 0].min() > 0.7  # new luck


def test_heads_run_out_and_it_says_so(desk_file):
    scenario = load_scenario(desk_file(("count = 28", "count = 12")))
    plan = Plan(scenario, Target("sl", 0.8), ("day",), days=7, replications=1, rounds=2)
    fit = Search(plan).run()
    assert not fit.holds
    assert fit.sentence.startswith("The heads run out: with 12 people fitted")
    assert fit.cuts.max() > 0


def test_free_heads_are_as_few_as_reach_the_target(desk_file, capsys):
    """Fewer than the 40 there are; the JSON says how many of the group."""
    path = desk_file(("count = 28", "count = 40"))
    assert cli.main(["roster", str(path), *FAST, "--heads", "free", "--rounds", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    fitted = sum(pattern["heads"] for pattern in found["patterns"]["day"])
    assert found["groups"] == {"desk": fitted}
    assert 15 < fitted < 32
    assert found["all"]["sl_after"] > 0.75


def test_fitted_file_loads_and_runs_and_nothing_is_overwritten(desk_file, tmp_path, capsys):
    path, out = desk_file(), tmp_path / "out"
    arguments = ["roster", str(path), *FAST, "--rounds", "1", "--set", "groups.desk.count=26", "--out", str(out)]
    assert cli.main(arguments) == 0
    shown = capsys.readouterr().out
    assert "26 people of day" in shown
    assert "By queue and part of the day" in shown
    scenario = load_scenario(out / "roster.toml")
    assert scenario.groups["desk"].count == 26
    patterns = scenario.shifts["day"].patterns
    assert sum(pattern.heads for pattern in patterns) == 26
    assert all(len(pattern.breaks) == 2 for pattern in patterns)
    assert simulate(scenario, days=7).kpis().sl20[0] > simulate(load_scenario(path), days=7).kpis().sl20[0]
    curves = pd.read_parquet(out / "curves.parquet")
    assert len(curves) == 5 * 48  # a queue, five days, 12 hours
    assert {"required", "on_duty_before", "on_duty_after", "sl_after"} <= set(curves)
    assert json.loads((out / "manifest.json").read_text())["command"] == "roster"
    assert cli.main(["run", str(out / "roster.toml"), "--days", "1", "--json"]) == 0
    capsys.readouterr()
    assert cli.main(arguments) == 2
    assert "is not empty, must be a new or an empty folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "sl=80"], "--target is 'sl=80', the share must be above 0 and below 1"),
        (["--rounds", "0"], "--rounds is 0, must be 1 or more"),
        (["--seed", "-1"], "--seed is -1, must be 0 or more"),
        (["--heads", "many"], "--heads is 'many', must be scenario or free"),
        (["--weigh", "all"], "--weigh is 'all', must be one of even, calls, days"),
        (["--shift", "night"], "--shift is 'night', must be one of day"),
        (["--out", "/nowhere/at/all/x.toml"], "the folder /nowhere/at/all is not there"),
    ],
)
def test_wrong_input_is_one_sentence(arguments, sentence, desk_file, capsys):
    assert cli.main(["roster", str(desk_file()), *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_a_scenario_without_shifts_has_no_roster(capsys):
    assert cli.main(["roster", "erlang-a"]) == 2
    assert "nobody works by shifts, there is no roster to fit" in capsys.readouterr().err


def test_free_heads_and_a_migration_exclude_each_other(capsys):
    assert cli.main(["roster", "187-to-be", "--set", "size=tiny", "--heads", "free"]) == 2
    assert "migration says how many work for which queue" in capsys.readouterr().err
