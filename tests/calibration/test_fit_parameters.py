"""Parameters as keys of a scenario: bounds, factors on quantities and lists, shares that fill up, bad input."""

import numpy as np
import pytest

from calibration.fit.fit import fit
from calibration.fit.parameters import Box, Parameter, read_parameters, usual_parameters
from calibration.fit.simulator import Problem, check_ends, within_scenario
from calibration.recovery import planted, recorded_truth, small_centre
from twin.errors import InputError
from twin.scenario.load import load


def test_the_box_keeps_bounds_and_turns_back():
    box = Box((Parameter("a", ("x",), 2.0, 6.0), Parameter("b", ("y",), 1.0, 4.0, is_log=True)))
    # Phi(0) = 1/2: the middle of 2 ... 6, and of 1 ... 4 on a scale of factors
    np.testing.assert_allclose(box.values(np.zeros(2)), [4.0, 2.0])
    np.testing.assert_allclose(box.points([4.0, 2.0]), [0.0, 0.0], atol=1e-12)
    ends = box.values(np.array([[-9.0, -9.0], [9.0, 9.0]]))
    np.testing.assert_allclose(ends, [[2.0, 1.0], [6.0, 4.0]])
    np.testing.assert_allclose(box.values(box.points([5.0, 1.3])), [5.0, 1.3])


def test_values_go_into_a_copy_of_the_scenario():
    tree = {"intents": {n: {"wrap": {"means": ["6 s", "60 s"], "shares": [0.7, 0.3]}} for n in "ab"}, "n": 2}
    box = Box((
        Parameter("share", ("intents.*.wrap.shares[1]",), 0.0, 1.0, rest=("intents.*.wrap.shares[0]",)),
        Parameter("longer", ("intents.*.wrap.means",), 0.5, 4.0, how="multiply"),
        Parameter("n", ("n",), 1.0, 9.0, how="multiply"),
        Parameter("set", ("intents.a.wrap.means[0]",), 1.0, 9.0, unit="s"),
    ))  # fmt: skip
    new = box.applied(tree, [0.25, 2.0, 1.5, 3.0])
    assert new["intents"]["b"]["wrap"] == {"means": ["12.0 s", "120.0 s"], "shares": [0.75, 0.25]}
    assert new["intents"]["a"]["wrap"]["means"][0] == "3.0 s"
    assert new["n"] == 3.0
    assert tree["intents"]["a"]["wrap"]["shares"] == [0.7, 0.3]


def test_what_is_usual_is_only_what_the_scenario_has():
    assert usual_parameters(small_centre()).names == ("patience", "talk", "wrap", "redial", "volume", "presence")
    tree = small_centre()
    tree["demand"] = {"kind": "trace", "staffing": "s.csv"}
    del tree["redial"]
    assert usual_parameters(tree).names == ("patience", "talk", "wrap", "presence")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[parameter]]\nname = "a"\nkey = "x"\nlow = 2\nhigh = 1', "low is 2, must be below high"),
        ('[[parameter]]\nname = "a"\nlow = 1\nhigh = 2', "lacks keys"),
        ('[[parameter]]\nname = "a"\nkey = "x"\nlow = 1\nhigh = 2\nlo = 3', "has 'lo'"),
        ('[[parameter]]\nname = "a"\nkey = "x"\nlow = 1\nhigh = 2\nhow = "add"', "must be set or multiply"),
        ('[[parameter]]\nname = "a"\nkey = "x"\nlow = 1\nhigh = 2\nstart = 3', "start is 3"),
        ('[[parameter]]\nname = "a"\nkey = "x"\nkeys = ["y"]\nlow = 1\nhigh = 2', "key and keys, must have one"),
        ('[[parameter]]\nname = "a"\nkey = "x"\nlow = 1\nhigh = "2"', "high of parameter a is '2', must be a number"),
        ('[[parameter]]\nname = "a"\nkey = "x"\nlow = 1\nhigh = nan', "high of parameter a is nan, must be a number"),
        ('[[parameter]]\nname = "a"\nkey = "x"\nlow = 1\nhigh = 2\nis_log = "no"', "is 'no', must be true or false"),
        ('[[parameter]]\nname = "a"\nkeys = "x"\nlow = 1\nhigh = 2', "is 'x', must be a list of keys"),
        ("", "at least one"),
        ("parameter = [", "must be a TOML file"),
    ],
)
def test_a_wrong_file_of_parameters_is_refused_in_one_sentence(tmp_path, text, said):
    file = tmp_path / "p.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        read_parameters(file)


def test_a_key_that_is_not_there_is_named():
    box = Box((Parameter("p", ("nobody.*.there",), 0.0, 1.0),))
    with pytest.raises(InputError, match="nobody"):
        box.applied(small_centre(), [0.5])


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        (
            Parameter("p", ("redial.shore",), 0.0, 1.0),
            r"^parameter p at 0\.5: redial\.shore is not a known key, must be [^\n]*$",
        ),
        (
            Parameter("p", ("redial.share",), 0.1, 1.9),
            r"^parameter p at 1\.8\d+: redial\.share is 1\.8\d+, must be between 0 and 1$",
        ),
    ],
)
def test_a_range_that_the_scenario_does_not_allow_is_refused_in_one_sentence(parameter, said):
    with pytest.raises(InputError, match=said):
        check_ends(small_centre(), Box((planted().parameters[2], parameter)))


def test_usual_ranges_stay_within_what_the_scenario_allows():
    resolved = load("187-as-is").resolved
    given = usual_parameters(resolved)
    fcr = given.names.index("fcr")
    assert given.parameters[fcr].high == 1.3  # a factor on shares up to 0.88
    box = within_scenario(resolved, given)
    check_ends(resolved, box)
    assert [p for p in box.parameters if p.name != "fcr"] == [p for p in given.parameters if p.name != "fcr"]
    assert box.parameters[fcr].high == pytest.approx(1 / 0.88, rel=1e-4)
    assert box.values(box.centre)[fcr] == pytest.approx(1.0)


def rostered(site="in-house"):
    """The small centre with 8 operators in a shift of their own."""
    tree = small_centre(days=5)
    tree["groups"] = {"operators": {"count": 8, "skills": {"all": "primary"}, "shift": "day", "site": site}}
    tree["shifts"] = {"day": {"length": "10 h", "starts": {"08:00": 1.0}, "days_a_week": 7}}
    return tree


def test_who_is_there_is_fitted_whatever_the_hours_are_planned_by():
    for tree in (rostered(), small_centre()):
        (presence,) = (p for p in usual_parameters(tree).parameters if p.name == "presence")
        assert presence.keys == ("groups.operators.presence",)
        assert Box((presence,)).applied(tree, [0.8])["groups"]["operators"]["presence"] == 0.8
        check_ends(tree, Box((presence,)))


def test_a_planted_presence_is_found_again():
    """A quarter of the operators is elsewhere, which the waits tell; the scenario knows nothing of it."""
    box = Box(tuple(p for p in usual_parameters(rostered()).parameters if p.name in ("patience", "presence")))
    truth = box.points([1.0, 0.75])
    problem = Problem(rostered(), box, recorded_truth(rostered(), box, truth, 1), seed=3, discrepancy=0)
    found = fit(problem, 200, workers=1)
    (presence,) = (one for one in found.estimates if one.name == "presence")
    assert presence.low < 0.75 < presence.high < 0.9, "further than the prior, at 0.93"
    assert presence.high - presence.low < 0.15
