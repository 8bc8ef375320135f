"""The plan of the page Skills in the address, and what each team can send."""

import pandas as pd
import pytest

from experiments.training.effect import Trial
from twin.scenario.files import read_toml
from twin.scenario.training_schema import Course
from twin.ui.work import training
from twin.ui.work.skills import Staff
from twin.ui.work.training import courses_in, courses_text, most_to_send, new_course

STAFF = Staff(
    "hand", "", {"a": "First", "post-sales": "Second"},
    pd.DataFrame({"group": ["x", "x", "x", "y", "z"], "team": [0, 0, 1, 2, 3]}),
    pd.DataFrame(
        [(0, "a", 1, 0.9), (1, "a", 2, 0.6), (2, "post-sales", 3, 0.3), (3, "a", 1, 0.7)],
        columns=["operator", "skill", "level", "proficiency"],
    ),
    30.0, frozenset({"z"}),
)  # fmt: skip


def test_plan_goes_to_the_address_and_back():
    courses = [
        Course(skill="post-sales", team=0, count=2, on=0, hours=24.0, hours_a_day=2.0),
        Course(skill="a", team=1, count=1, on=21, hours=7.5, hours_a_day=2.0),
    ]
    text = courses_text(courses)
    assert text == "0|post-sales|2|0|24~1|a|1|21|7.5"
    assert courses_in(text, 2.0, STAFF) == courses


@pytest.mark.parametrize(
    "text",
    ["", "0|a", "x|a|1|0|24", "9|a|1|0|24", "3|a|1|0|24", "0|q|1|0|24", "0|a|0|0|24", "0|a|1|-1|24", "0|a|1|0|0",
     "0|a|1|0|nan", "0|a|1|0|1e9", "0|a|1|0|y", "~~", "0|a|9999999|0|24"],
)  # fmt: skip
def test_nonsense_in_the_address_is_left_out(text):
    """Team 3 is of a group without shifts."""
    assert courses_in(f"{text}~1|a|1|0|24", 2.0, STAFF) == courses_in("1|a|1|0|24", 2.0, STAFF)
    assert len(courses_in(f"{text}~1|a|1|0|24", 2.0, STAFF)) == 1


def test_who_holds_a_skill_need_not_learn_it():
    """Team 0 holds a twice; overflow, level 3, is not holding it."""
    found = [most_to_send(STAFF, team, skill) for team, skill in ((0, "a"), (0, "post-sales"), (1, "post-sales"))]
    assert found == [0, 2, 1]


def test_a_new_row_is_like_the_last_or_the_first_that_is_possible():
    first = new_course(STAFF, [], 2.0)
    assert (first.team, first.skill, first.count) == (0, "post-sales", 1)
    assert new_course(STAFF, [first], 2.0) == first
    assert list(STAFF.teams.items()) == [(0, "x"), (1, "x"), (2, "y")]


@pytest.mark.parametrize(("name", "copied"), [("mine.toml", "mine.toml"), ("plan.toml", "base.toml")])
def test_a_trial_of_a_scenario_handed_in_holds_it_beside_the_plan(tmp_path, monkeypatch, name, copied):
    """What is taken along can be run elsewhere: it names no folder of the session."""
    base = tmp_path / "scenario-1" / name
    base.parent.mkdir()
    base.write_text('extends = "187-as-is"\n')
    planned = []

    def plan_only(trial, folder, on_run):
        planned.append(trial.plan(folder))
        raise InterruptedError

    class Silent:
        def progress(self, share, key="", **values):
            pass

    monkeypatch.setattr(training, "try_plan", plan_only)
    trial = Trial(str(base), "tiny", (Course(skill="SK04", team=0, count=1, hours=2.0, hours_a_day=2.0),), 1, 1)
    with pytest.raises(InterruptedError):
        training.try_training(Silent(), trial, tmp_path / "training-1")
    assert read_toml(tmp_path / "training-1" / "plan.toml")["extends"] == copied
    assert (tmp_path / "training-1" / copied).read_text() == base.read_text()
    assert len(planned[0].b.scenario.training) == 1
