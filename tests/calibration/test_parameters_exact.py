"""Parameters by hand: the box's scale, what a value becomes in the scenario, what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.fit.parameters import MOST_Z, Box, Parameter, usual_parameters
from calibration.recovery import small_centre
from twin.errors import InputError


def test_no_value_lies_farther_out_than_the_fit_goes():
    """Phi(2.8) = 0.99744: a value at 0.9999 of the range has the coordinate 2.8."""
    one = Parameter("a", ("x",), 0.0, 1.0)
    assert (one.z(0.9999), one.z(0.0001)) == (MOST_Z, -MOST_Z)
    assert one.value(MOST_Z) == pytest.approx(0.99744, abs=1e-5)
    assert Box((Parameter("a", ("x",), 0.0, 4.0, 1.0, 0.25), replace(one, name="b"))).spread.tolist() == [0.25, 1.0]
    assert Box((Parameter("a", ("x",), 0.0, 4.0, 1.0),)).centre == pytest.approx([-0.6745], abs=1e-4)  # a quarter


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spread": 1.5}, "spread is 1.5, must be above 0 and at most 1"),
        ({"spread": 0.0}, "spread is 0, must be above 0"),
        ({"low": 0.0, "is_log": True}, "low is 0, must be above 0 for a scale of factors"),
        ({"low": 2.0, "high": 2.0}, "low is 2, must be below high"),
        ({"start": 1.0}, "start is 1, must be between 1 and 3"),
        ({"start": 3.0}, "start is 3, must be between 1 and 3"),
    ],
)
def test_a_parameter_without_a_place_for_its_prior_is_refused(changes, said):
    with pytest.raises(InputError, match=said):
        Parameter(**{"name": "a", "keys": ("x",), "low": 1.0, "high": 3.0} | changes)


def test_the_rest_of_shares_that_are_too_large_is_nothing():
    tree = {"shares": [0.5, 0.4, 0.1]}
    box = Box((Parameter("p", ("shares[0]",), 0.0, 1.0, rest=("shares[2]",)),))
    assert box.applied(tree, [0.45])["shares"] == [0.45, 0.4, pytest.approx(0.15)]
    assert box.applied(tree, [0.7])["shares"] == [0.7, 0.4, 0.0]


def test_values_keep_all_their_digits_and_whole_numbers_are_rounded():
    tree = {"a": {"mean": "5 s"}, "n": 7, "ns": [7, 3]}
    box = Box((
        Parameter("a", ("a.mean",), 0.0, 9.0, unit="s"),
        Parameter("n", ("n", "ns"), 0.0, 9.0, how="multiply", is_whole=True),
        Parameter("new", ("a.other",), 0.0, 9.0),
    ))  # fmt: skip
    found = box.applied(tree, [1.23456789, 1.1, 2.0])
    assert found == {
        "a": {"mean": "1.23456789 s", "other": 2.0},
        "n": 8,
        "ns": [8, 3],
    }  # 7.7 and 3.3; a key not there yet


@pytest.mark.parametrize("given", [True, "yes"])
def test_what_is_no_number_has_no_multiple(given):
    with pytest.raises(InputError, match="cannot be multiplied"):
        Box((Parameter("p", ("x",), 0.5, 2.0, how="multiply"),)).applied({"x": given}, [1.5])


def test_volume_is_looked_for_only_where_calls_come_again():
    tree = small_centre()
    assert "volume" in usual_parameters(tree).names
    del tree["redial"]
    assert "volume" not in usual_parameters(tree).names
    assert np.isclose(usual_parameters(tree).parameters[0].start, 1.0)
