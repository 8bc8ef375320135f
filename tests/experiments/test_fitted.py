"""A fitted scenario against others: what was fitted holds in them, too, unless they set it themselves."""

import pandas as pd
import pytest

from experiments.compare.command import as_dict, run
from experiments.compare.comparison import Plan
from experiments.compare.draws import shared_keys
from experiments.compare.fitted import Named, _listed, fit_sentence, load_sides
from experiments.compare.posterior import spread_sentence, with_posterior
from experiments.compare.words import paragraphs
from experiments.sensitivity.study import Sensitivity

SHORT = ("run.days=1", "run.warm_up=0", "groups.operators.count=12")


def stated(value):
    return f'{{ value = {value}, mark = "D", source = "fitted to exports", note = "90 % 100 to 200" }}'


@pytest.fixture
def files(tmp_path):
    """As-Is fitted; To-Be, which extends As-Is as it was before the fit, and sets one of the keys itself."""
    (tmp_path / "as-is.toml").write_text('extends = "erlang-a"\n')
    (tmp_path / "fitted.toml").write_text(
        f'extends = "as-is.toml"\npatience.mean = {stated(chr(34) + "150 s" + chr(34))}\n'
        f"groups.operators.count = {stated(13)}\n"
    )
    (tmp_path / "to-be.toml").write_text('extends = "erlang-a"\ngroups.operators.count = 20\n')
    return {name: str(tmp_path / f"{name}.toml") for name in ("as-is", "fitted", "to-be")}


def test_what_was_fitted_holds_in_the_other_scenario(files):
    a, b = load_sides(Named(files["fitted"], ()), Named(files["to-be"], ()))
    assert (a.scenario.patience.mean, b.scenario.patience.mean) == (150.0, 150.0)
    assert b.resolved["patience"]["mean"] == "150 s"
    assert (a.scenario.groups["operators"].count, b.scenario.groups["operators"].count) == (13, 20)
    mean = next(number for number in b.numbers if number["key"] == "patience.mean")
    assert (mean["mark"], mean["source"], mean["file"]) == ("D", "fitted to exports", "fitted.toml")


def test_the_command_lines_own_value_stays(files):
    set_b = ("patience.mean=5 min",)  # as it was before the fit, but asked for
    a, b = load_sides(Named(files["fitted"], ()), Named(files["to-be"], set_b, set_b))
    assert (a.scenario.patience.mean, b.scenario.patience.mean) == (150.0, 300.0)
    both = ("patience.mean=2 min",)
    a, b = load_sides(Named(files["fitted"], both), Named(files["to-be"], both))
    assert (a.scenario.patience.mean, b.scenario.patience.mean) == (120.0, 120.0)


def test_a_scenario_that_was_not_fitted_changes_no_other(files):
    a, b = load_sides(Named(files["as-is"], ("patience.mean=2 min",)), Named(files["to-be"], ()))
    assert (a.scenario.patience.mean, b.scenario.patience.mean) == (120.0, 300.0)
    assert fit_sentence(a, b) == ""


def test_a_change_on_top_of_a_fit_is_the_change_alone(files, tmp_path):
    """The base extends the fit's file, the other is of before the fit: the fit holds in both."""
    (tmp_path / "base.toml").write_text('extends = "fitted.toml"\ngroups.operators.count = 15\n')
    a, b = load_sides(Named(str(tmp_path / "base.toml"), ()), Named(files["to-be"], ()))
    assert a.scenario.patience.mean == b.scenario.patience.mean == 150.0
    assert (a.scenario.groups["operators"].count, b.scenario.groups["operators"].count) == (15, 20)
    assert fit_sentence(a, b) == "to-be has the calibrated values of base, too: patience.mean."


def test_it_is_said_what_holds_and_what_stays(files):
    a, b = load_sides(Named(files["fitted"], SHORT[:2]), Named(files["to-be"], SHORT[:2]))
    said = fit_sentence(a, b)
    assert said == (
        "to-be has the calibrated values of fitted, too: patience.mean. "
        "to-be keeps its own value of groups.operators.count, which fitted has calibrated."
    )
    comparison = run(Plan.of(a, b, None, 1, 2), workers=1)
    assert said in paragraphs(comparison)
    assert as_dict(comparison)["calibrated"] == said


def test_many_keys_are_told_by_their_tables():
    rates = [f"demand.weekday_rates.{day}.calls" for day in ("mon", "tue", "wed", "thu", "fri", "sat")]
    keys = [*rates, "demand.rates.calls", "patience.law", "patience.mean", "groups.desk.presence"]
    assert _listed(keys) == "demand.weekday_rates.*, demand.rates.calls, patience.*, groups.desk.presence"
    assert _listed(keys[-3:]) == "patience.law, patience.mean, groups.desk.presence"


def test_draws_reach_the_scenario_that_was_not_fitted(files, tmp_path):
    """Each pair draws the patience for both; before, To-Be kept the one of before the fit in every pair."""
    table = tmp_path / "fitted.posterior.parquet"
    pd.DataFrame({"patience.mean": [100.0, 200.0], "groups.operators.count": ["12", "14"]}).to_parquet(table)
    plan = Plan.of(*load_sides(Named(files["fitted"], SHORT[:2]), Named(files["to-be"], SHORT[:2])), None, 1, 2)
    plan = with_posterior(plan, str(table))
    drawn = [[side.patience.mean for side in plan.scenarios(i)] for i in (0, 1)]
    assert drawn == [[100.0, 100.0], [200.0, 200.0]]
    assert shared_keys(plan.posterior.keys, plan.a, plan.b) == ["patience.mean"]
    said = spread_sentence(run(plan, workers=1))
    assert said.endswith("to-be keeps its own value of groups.operators.count.")


def test_keys_that_only_the_base_has_are_said_to_be_missing(files, tmp_path):
    table = tmp_path / "fitted.posterior.parquet"
    pd.DataFrame({"patience.mean": [100.0, 200.0], "redial.share": [0.3, 0.5]}).to_parquet(table)
    redial = ('redial={ share = 0.4, delay = { law = "exponential", mean = "30 min" } }',)
    a, b = load_sides(Named(files["fitted"], [*SHORT, *redial], redial), Named(files["to-be"], SHORT))
    plan = with_posterior(Plan.of(a, b, None, 1, 2), str(table))
    said = spread_sentence(run(plan, workers=1))
    assert said.endswith("to-be has no redial.share.")
    assert "keeps its own" not in said


def test_a_sensitivity_study_of_a_difference_holds_what_was_fitted(files, tmp_path):
    """The effect of the operators is that of the customers that were found, in both scenarios."""
    study = tmp_path / "study.toml"
    study.write_text(
        'scenario = "to-be.toml"\nbase = "fitted.toml"\ntrajectories = 2\n'
        '[factors."demand.rates.call"]\nrange = ["170 /h", "230 /h"]\n'
    )
    found = Sensitivity.read(study)
    assert [side.label for side in found.sides] == ["to-be", "fitted"]
    assert [side.scenario.patience.mean for side in found.sides] == [150.0, 150.0]
    assert [side.scenario.groups["operators"].count for side in found.sides] == [20, 13]
    assert found.fitted == (
        "to-be has the calibrated values of fitted, too: patience.mean. "
        "to-be keeps its own value of groups.operators.count, which fitted has calibrated."
    )
    study.write_text('scenario = "fitted.toml"\n[factors."demand.rates.call"]\nrange = ["170 /h", "230 /h"]\n')
    assert Sensitivity.read(study).fitted == ""
