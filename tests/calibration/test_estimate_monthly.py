"""Monthly figures: by hand, and planted hazards found again."""

import numpy as np
import pandas as pd
import pytest
from planted_history import share_covered

from calibration.estimate.estimates import stated_tree
from calibration.estimate.monthly import fit_hazard, fit_months, hazard_regression, mean_of_months, yearly_rate
from twin.errors import InputError


def test_a_hazard_and_its_yearly_rate_by_hand():
    # 2 of 100 and 2 of 100: 0.02, se sqrt(0.02 x 0.98 / 200); -12 log 0.98 a year.
    found = fit_hazard("churn", [2, 2], [100, 100])
    assert found.value == pytest.approx(0.02)
    assert found.se == pytest.approx((0.02 * 0.98 / 200) ** 0.5)
    assert yearly_rate(found).value == pytest.approx(-12 * np.log(0.98))


def test_months_that_differ_more_than_chance_raise_the_error():
    # 0 and 40 of 1000: h = 0.02; chi2 = 2 x 400 / 19.6 = 40.8 on one degree.
    found = fit_hazard("churn", [0, 40], [1000, 1000])
    assert found.fit.value == pytest.approx(800 / 19.6)
    assert found.se == pytest.approx((0.02 * 0.98 / 2000 * 800 / 19.6) ** 0.5)


def test_a_regression_on_one_covariate_of_two_values_is_exact():
    # Hazards 0.01 and 0.03 in turn: the effect of the covariate is log(log 0.97 / log 0.99).
    covariate = pd.DataFrame({"repricing": [0, 1] * 6})
    found = hazard_regression(np.where(covariate["repricing"] == 1, 300, 100), np.full(12, 10000), covariate)
    assert found["repricing"].value == pytest.approx(np.log(np.log(0.97) / np.log(0.99)))


def test_planted_effects_are_covered():
    pairs = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        covariate = pd.DataFrame({"csi": rng.normal(size=24)})
        hazard = -np.expm1(-np.exp(-4.0 - 0.3 * covariate["csi"].to_numpy()))
        found = hazard_regression(rng.binomial(5000, hazard), np.full(24, 5000), covariate)
        pairs.append((found["csi"], -0.3))
    assert share_covered(pairs) >= 0.87


def test_too_few_months_for_the_coefficients_are_refused():
    with pytest.raises(InputError, match="9 months for 2 coefficients, must be 5 or more for each"):
        hazard_regression(np.ones(9), np.full(9, 100), pd.DataFrame({"x": np.arange(9)}))


def test_mean_of_months_by_hand():
    # 1, 2, 3, 2: mean 2, sd sqrt(2/3); rests -1 0 1 0 have no lag-1 sum, so n = 4 counts in full.
    found = mean_of_months("csi", [1.0, 2.0, 3.0, 2.0], "index")
    assert (found.value, found.se) == (2.0, pytest.approx((2 / 3) ** 0.5 / 2))
    # 1, 1, 3, 3: rests -1 -1 1 1, lag-1 sum 1 over 4: r = 0.25, n x 0.75 / 1.25 = 2.4.
    slow = mean_of_months("csi", [1.0, 1.0, 3.0, 3.0], "index")
    assert slow.se == pytest.approx((4 / 3) ** 0.5 / 2.4**0.5)


@pytest.fixture
def months():
    month = pd.date_range("2013-01-01", periods=6, freq="MS")
    parts = [
        pd.DataFrame({"month": month, "unit": unit, "offered": 1000.0, "abandoned": lost, "churn": 0.01,
                      "customers": 5000.0, "turnover": 0.02, "operators": 50.0, "absence": 0.08, "csi": 84.0})
        for unit, lost in (("north", [40, 60, 50, 40, 60, 50]), ("south", [90, 110, 100, 90, 110, 100]),
                           ("isles", [150, 250, 100, 300, 150, 250]))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_figures_of_the_whole_and_of_each_unit(months):
    # Lost: (50 + 100 + 200) / 3000 on average.
    found = fit_months(months)
    assert found.figures["abandonment share"].value == pytest.approx(350 / 3000)
    assert found.figures["churn"].value == pytest.approx(0.01)
    assert found.figures["csi"].value == pytest.approx(84)
    units = found.units.set_index("unit")
    assert units.loc["north", "value"] == pytest.approx(0.05)
    # The isles are the least sure, so they are drawn the furthest to the others.
    pull = (units["drawn"] - units["value"]).abs()
    assert pull["isles"] > pull["south"] > 0
    assert units.loc["isles", "drawn"] < units.loc["isles", "value"]


def test_settings_are_turnover_a_year_and_absence_of_a_site(months):
    tree = stated_tree(fit_months(months).settings("in-house"), "t")
    assert tree["careers"]["turnover"]["a_year"]["in-house"]["value"] == pytest.approx(-12 * np.log(0.98), rel=1e-4)
    assert tree["abilities"]["absence"]["in-house"]["value"] == pytest.approx(0.08)
