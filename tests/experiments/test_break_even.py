"""Break-even from end to end on two tiny caring models, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.compare.break_even import Answer, Question, _between, questions
from experiments.compare.break_even_words import answer_sentence, interval
from experiments.compare.comparison import Plan
from experiments.compare.net_value import net_values
from experiments.compare.ranges import Assumption
from experiments.compare.replicate import Task, replicate
from experiments.compare.root import find_root
from experiments.compare.side import Side
from twin import cli
from twin.errors import InputError
from twin.scenario.load import load_scenario

SMALL = {"size": "tiny", "scale.sizes.tiny": 0.002, "customers.base": 400000, "run.warm_up": 0}
SET = [f"{key}={value}" for key, value in SMALL.items()]


@pytest.fixture(scope="module")
def sides():
    return Side.load("187-as-is", SET), Side.load("187-to-be", SET)


def test_skills_wage_and_patterns_have_the_ranges_of_their_marks(sides):
    skills, wage, fcr = questions(*sides, ["skills", "wage", "intents.*.fcr"])
    assert wage.values(0.5) == {"sites.in-house.wage": "34.0 EUR/h"}  # half way from 28 to 40
    assert wage.share_of(sides[0]) == pytest.approx(0.5)
    # .3 hold one skill; at .6 the others shrink to 4 / 7: 2 x .257 + 3 x .114 + 4 x .0286 + .6 = 1.57
    assert skills.text(1.0, sides[1]).startswith("1.57 skills per operator")
    assert skills.text(0.0, sides[1]).startswith("2.36 skills per operator")
    assert len(fcr.values(0.0)) > 5
    assert fcr.scenario(sides[0], 1.0, "a").intents["TEC"].fcr == 0.76


def test_only_the_side_that_is_asked_for_is_changed(sides):
    (wage,) = questions(*sides, ["wage"], "b")
    assert wage.scenario(sides[0], 0.0, "a") is None
    assert wage.scenario(sides[1], 0.0, "b") is not None


def test_a_range_may_be_given(sides):
    (given,) = questions(*sides, ["patience.mean=100 s..300 s"])
    assert given.values(0.5) == {"patience.mean": "200.0 s"}
    (number,) = questions(*sides, ["recall.share=0.5..0.9"])
    assert number.values(1.0) == {"recall.share": 0.9}
    assert _between((2, 5), 0.5) == 4  # whole ends, whole values


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nothing", "must be a key with a range in A or B"),
        ("run.days", "must be a key with a range"),
        ("nothing=1..2", "has no value in A or B"),
        ("recall.share=0.9..0.5", "must go up"),
        ("recall.share=0.5", "must give a range"),
        ("recall.share=low..high", "must be a number"),
    ],
)
def test_bad_keys_are_told_in_one_sentence(sides, key, said):
    with pytest.raises(InputError, match=said):
        questions(*sides, [key])


def test_sides_and_replications_are_checked(sides, capsys):
    with pytest.raises(InputError, match="--in is 'c', must be one of both, a, b"):
        questions(*sides, ["wage"], "c")
    assert cli.main(["break-even", "187-as-is", "187-to-be", "--replications", "1"]) == 2
    assert "--replications is 1, must be 2 or more" in capsys.readouterr().err
    assert cli.main(["break-even", "187-as-is", "187-to-be", "--years", "0"]) == 2
    assert "--years is 0, must be above 0" in capsys.readouterr().err


def answer(found, points, **more):
    root = find_root(lambda x: found, points, steps=0)
    assumption = Assumption("x", ("x",), (2.0,), ((1.0, 3.0),), "A", "–")
    return Answer(Question("x", assumption), root, None, **more)


def test_words_say_from_where_on_it_pays(sides):
    plan = Plan.of(*sides, 1, 1, 3)
    e = np.array([-1.0, 0.0, 1.0]) * 1e3
    rising = answer(e, {0.0: -50e3 + e, 1.0: 50e3 + e})
    assert answer_sentence(plan, rising).startswith("x: 187-to-be pays from 2 on; 95 %: 1.951 to 2.049.")
    falling = answer(e, {0.0: 50e3 + e, 1.0: -50e3 + e})
    assert "pays up to 2;" in answer_sentence(plan, falling)
    never = answer(e, {0.0: -50e3 + e, 1.0: -20e3 + e})
    said = answer_sentence(plan, never).replace("\u00a0", " ")
    assert said.startswith("x: no break-even inside the range: 187-to-be does not pay from 1 (−50.0 ± 2.5 k€ a year)")
    wide = answer(e, {0.0: -1e3 + e, 1.0: 1e3 + e})
    assert interval(wide, plan) == "95 %: below 1 to above 3"


def test_training_is_spread_over_the_years(sides):
    runs = replicate([Task(side.scenario, 1, 1, 0) for side in sides], workers=1)
    pairs = ([runs[0]], [runs[1]])
    three, ten = (float(net_values(pairs, years)[0]) for years in (3.0, 10.0))
    cost = runs[1].facts["training_cost"] - runs[0].facts["training_cost"]
    assert cost > 0
    assert ten - three == pytest.approx(cost * (1 / 3 - 1 / 10))


def test_the_command_leaves_table_page_and_manifest(tmp_path, capsys):
    line = ["break-even", "187-as-is", "187-to-be", "--key", "wage", "--days", "1", "--replications", "2", "--steps",
            "1", "--workers", "1", "--out", str(tmp_path / "o"), "--json"]  # fmt: skip
    for text in SET:
        line += ["--set", text]
    assert cli.main(line) == 0
    told = json.loads(capsys.readouterr().out)
    (key,) = told["keys"]
    assert key["keys"] == ["sites.in-house.wage"]
    assert (key["low"], key["high"]) == ({"sites.in-house.wage": "28.0 EUR/h"}, {"sites.in-house.wage": "40.0 EUR/h"})
    points = pd.read_parquet(tmp_path / "o" / "break_even.parquet")
    assert {0.0, 0.5, 1.0} <= set(points.share_of_range)
    now = points[points.share_of_range == 0.5].iloc[0]
    assert now.net_value == told["net_value"]["mean"]  # the middle is the scenario as it stands
    scenario = [load_scenario(name, [*SET, "sites.in-house.wage=40 EUR/h"]) for name in ("187-as-is", "187-to-be")]
    runs = replicate([Task(one, 1, 1, r) for r in range(2) for one in scenario], workers=1)
    by_hand = net_values((runs[::2], runs[1::2])).mean()
    assert points[points.share_of_range == 1.0].iloc[0].net_value == pytest.approx(by_hand)
    page = (tmp_path / "o" / "break_even.html").read_text()
    assert 'id="chart-break-even-0"' in page
    assert "<script src" not in page
    assert json.loads((tmp_path / "o" / "manifest.json").read_text())["command"] == "break-even"


def test_reach_of_proactive_messages_is_moved_as_one(sides):
    proactive = Side.load("187-to-be-proactive", SET)
    (reach,) = questions(sides[0], proactive, ["reach"])
    assert reach.values(0.5) == {
        "proactive.reach.one": pytest.approx(0.45),
        "proactive.reach.three": pytest.approx(0.69),
    }
    assert reach.share_of(proactive) is None  # .70 is not half way from .60 to .78, where .45 is
    assert reach.scenario(sides[0], 1.0, "a") is None  # As-Is tells nobody
    assert reach.scenario(proactive, 1.0, "b").proactive.reach.three == 0.78
