"""The plan of courses: the proposal by hand, the file that it makes, the command, and what trying it shows."""

import json

import numpy as np
import pandas as pd
import pytest
from training_bench import TOML, one_gap

from experiments.compare.replicate import Summary
from experiments.training.effect import Trial, by_week, try_plan
from experiments.training.gaps import Gaps, Operators, gaps_of, measure_gaps, needed_hours
from experiments.training.plan_file import plan_text
from experiments.training.propose import Rules, cost_of, gaps_with, hours_of, last_day, propose
from twin import cli
from twin.errors import InputError
from twin.scenario.load import load, load_scenario
from twin.scenario.training_schema import Course


def gaps(needed, own, hours, team, may=None):
    """Gaps of skills a, b, ... at an occupancy of 1, from hours needed, who holds what, and hours on the telephone."""
    skills = list("abcd"[: len(needed)])
    own, hours = np.array(own, bool), np.array(hours, float)
    work = pd.DataFrame({"hours": needed, "handled": [100] * len(needed), "lost": [0] * len(needed)})
    people = Operators(own, hours, np.array(["desk"] * len(own)), np.array(team), ~own if may is None else may)
    table = gaps_of(skills, work, own, hours, 1.0)
    return Gaps("hand", "", 7, 1.0, table, skills, needed_hours(work, 1.0), people, 30.0)


FIVE = gaps([50.0, 20.0], [[1, 0]] * 4 + [[0, 1]], [20.0] * 4 + [10.0], [0, 0, 0, 0, 1])
"""a: 50 h needed, 80 held by team 0. b: 20 needed, 10 held by team 1: a gap of 10."""


def plan_of(proposal):
    return [(course.team, course.skill, course.count, course.on) for course in proposal.courses]


def test_a_gap_is_closed_from_the_team_with_hours_to_spare():
    """Who learns b gives it 20 x 20/70 = 5.71 of the 20 h: two are needed. A quarter of four at a time: the second
    begins when the first is over, 12 working days later, in whole weeks on day 21."""
    found = propose(FIVE, Rules(200.0))
    assert found.ended == "closed"
    assert plan_of(found) == [(0, "b", 1, 0), (0, "b", 1, 21)]
    assert hours_of(found.courses) == 48.0
    assert cost_of(found.courses, 30.0) == 48 * 30.0
    assert last_day(found.courses) == 21 + 17
    after = gaps_with(FIVE, found.courses).set_index("skill")
    assert after.held_after.tolist() == pytest.approx([10 + 2 * 20 * 20 / 70, 80 - 2 * 20 * 20 / 70])
    assert after.gap_after["b"] == pytest.approx(-10 / 7)
    assert after.gap["b"] == 10.0


def test_the_budget_ends_the_plan():
    found = propose(FIVE, Rules(47.0))
    assert (found.ended, hours_of(found.courses)) == ("budget", 24.0)
    assert propose(FIVE, Rules(48.0)).ended == "closed"


def test_half_a_team_at_a_time_learns_at_once():
    assert plan_of(propose(FIVE, Rules(200.0, together=0.5, start=7))) == [(0, "b", 2, 7)]


def test_nobody_is_taken_from_where_they_are_needed():
    """a: 80 h needed and held. Whatever b gains a loses: no course closes anything."""
    scarce = gaps([80.0, 20.0], [[1, 0]] * 4 + [[0, 1]], [20.0] * 4 + [10.0], [0, 0, 0, 0, 1])
    found = propose(scarce, Rules(200.0))
    assert (found.ended, found.courses) == ("nobody", ())


def test_most_gap_an_hour_goes_first_and_what_a_group_does_not_learn_is_left_out():
    """Hours of one of a's team go 30/(10 + 30) to b, 12/(10 + 12) to c: 15 and 10.9 of 20: b first."""
    own, hours, team = [[1, 0, 0]] * 5, [20.0] * 5, [0] * 5
    found = propose(gaps([10.0, 30.0, 12.0], own, hours, team), Rules(24.0))
    assert plan_of(found) == [(0, "b", 1, 0)]
    may = np.tile([False, False, True], (5, 1))
    found = propose(gaps([10.0, 30.0, 12.0], own, hours, team, may), Rules(200.0))
    assert {course.skill for course in found.courses} == {"c"}


def test_nobody_learns_more_skills_than_the_most():
    found = propose(gaps([10.0, 30.0, 12.0], [[1, 0, 0]], [20.0], [0]), Rules(200.0, most_skills=2))
    assert [course.skill for course in found.courses] == ["b"]


def test_without_a_gap_nothing_is_proposed():
    found = propose(gaps([10.0, 5.0], [[1, 1]], [20.0], [0]), Rules(100.0))
    assert (found.courses, found.ended) == ((), "closed")


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (Rules(20.0), "the budget is 20 h, must be at least 24 h, one course"),
        (Rules(20.0, hours=0.0), "hours is 0, must be above 0"),
        (Rules(24.0, hours_a_day=0.0), "hours a day is 0, must be above 0"),
        (Rules(24.0, start=-1), "start is day -1, must be 0 or later"),
        (Rules(24.0, together=0.0), "together is 0, must be above 0 and at most 1"),
    ],
)
def test_rules_are_checked(rules, sentence):
    with pytest.raises(InputError, match=sentence):
        propose(FIVE, rules)


def test_the_plan_is_a_scenario_that_extends_its_base(tmp_path):
    base = tmp_path / "one-gap.toml"
    base.write_text(TOML)
    courses = (Course(skill="b", team=0, count=2, on=7, hours=8.0, hours_a_day=2.0),)
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(str(base), "", courses))
    loaded = load(path)
    assert loaded.scenario.name == "one-gap-trained"
    assert loaded.scenario.training == list(courses)
    assert loaded.provenance["training[0].count"].mark == "A"
    assert load_scenario(base).training == []
    path.write_text(plan_text("187-as-is", "tiny", ()))
    assert load_scenario(path).scale.size == "tiny"


def test_the_command_finds_the_gap_and_its_plan_closes_it(tmp_path, capsys):
    """One of one for 20 calls of y an hour at 4 min: 10.67 h a day needed at 100 %, 8 held."""
    base, out = tmp_path / "one-gap.toml", tmp_path / "plan.toml"
    base.write_text(TOML)
    arguments = ["skills", str(base), "--plan", "60h", "--hours", "4", "--hours-a-day", "4", "--together", "1"]
    assert cli.main([*arguments, "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["gaps"][0]["skill"], found["ended"]) == ("b", "closed")
    assert found["gaps"][0]["gap"] > 0 > found["gaps_after"][0]["gap_after"]
    assert {(course["team"], course["skill"]) for course in found["plan"]} == {(0, "b")}
    after = measure_gaps(load_scenario(out), "plan", "", 7).table.set_index("skill")
    assert after.gap["b"] < 0.1 * found["gaps"][0]["gap"]
    assert after.gap["a"] < 0
    assert cli.main(arguments) == 0
    text = capsys.readouterr().out
    assert "All gaps are closed." in text
    assert cli.main([*arguments, "--out", str(out)]) == 2  # it is there already
    assert "must be a new file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--plan", "much"], "--plan is 'much', must be hours, like 200h"),
        (["--plan", "10"], "the budget is 10 h, must be at least 24 h"),
        (["--out", "x.toml"], "--out is for a plan, must stand beside --plan"),
        (["--days", "0"], "days is 0, must be 1 or more"),
    ],
)
def test_wrong_options_are_one_sentence(more, sentence, capsys):
    assert cli.main(["skills", "erlang-a", *more]) == 2
    assert sentence in capsys.readouterr().err


def test_weeks_are_sums_of_their_days():
    """Nine days with 1, 2, ... handled and a wait of 10 s each: weeks of 28 and 17."""

    def summary(wait):
        n = np.arange(1.0, 10.0)
        counts = pd.DataFrame({"handled": n, "answered": n, "wait_handled": n * wait}, index=range(9))
        return Summary("x", 1, 0, 9, {("day",): counts})

    table = by_week([summary(10.0)] * 2, [summary(12.0)] * 2)
    waits = table[table.kpi == "n_handled"]
    assert waits.group.tolist() == ["0", "1"]
    assert waits.a.tolist() == [28.0, 17.0]


def test_trying_a_plan_shows_the_price_and_the_gain(tmp_path):
    """Two of six learn b in the first week, 4 h each; from the second week on y waits less."""
    base = tmp_path / "one-gap.toml"
    base.write_text(TOML)
    courses = (Course(skill="b", team=0, count=2, hours=4.0, hours_a_day=2.0),)
    told = []
    trial = Trial(str(base), "", courses, weeks=2, pairs=2)
    comparison, weeks = try_plan(trial, tmp_path / "out", 1, lambda _, side, goal: told.append((side, goal)))
    hours = weeks[weeks.kpi == "course_hours"]
    assert (hours.a.tolist(), hours.b.tolist()) == ([0.0, 0.0], [8.0, 0.0])
    assert comparison.row("course_cost").difference == 240.0
    cost, contacts = comparison.row("cost_with_courses"), comparison.row("contact_cost")
    assert cost.difference == pytest.approx(contacts.difference + 240.0)
    second = comparison.row("mean_wait", "queue", "second")
    assert second.difference < -10
    assert second.verdict == "better"
    lost = weeks[(weeks.kpi == "abandonment_share") & (weeks.group == "1")].iloc[0]
    assert lost.b < 0.6 * lost.a
    assert len(told) == 4
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"plan.toml", "weeks.parquet", "report.html"}


def test_a_trial_needs_a_course_and_a_week(tmp_path):
    for trial, sentence in ((Trial("erlang-a", "", (), 2, 2), "no course"), (Trial("erlang-a", "", (Course(
        skill="calls", team=0, count=1),), 0, 2), "weeks is 0")):  # fmt: skip
        with pytest.raises(InputError, match=sentence):
            trial.plan(tmp_path)


def test_gaps_tell_who_can_be_taught():
    """Groups that say nothing of further skills may learn any; few hold b already; nobody without a shift learns."""
    found = measure_gaps(one_gap(run={"days": 1}), "one-gap", "", 1)
    assert found.operators.may.tolist() == [[False, True]] * 6 + [[True, False]]
    assert found.operators.team.tolist() == [0] * 6 + [1]
    assert found.trained_hour == 30.0
    always = one_gap(run={"days": 1}, groups={"few": {"shift": None}})
    assert measure_gaps(always, "one-gap", "", 1).operators.may.tolist() == [[False, True]] * 6 + [[False, False]]
