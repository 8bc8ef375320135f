"""Patience from censored waits: by hand, against SciPy, and planted laws found again."""

import numpy as np
import pandas as pd
import pytest
from planted_history import share_covered
from scipy import special, stats

from calibration.estimate.estimates import stated_tree
from calibration.estimate.patience import (
    censored_fit,
    fit_patience,
    fit_weibull,
    kaplan_meier,
    patience_by,
    patience_from_intervals,
    patience_settings,
    piecewise_hazard,
)
from twin.errors import InputError
from twin.scenario.laws import Hazard, Weibull


def planted_waits(seed, n=1500, shape=0.8, scale=300.0, offered=120.0):
    """Waits cut short by the answer (exponential offered wait), whole calls table."""
    rng = np.random.default_rng(seed)
    patience, answer = scale * rng.weibull(shape, n), rng.exponential(offered, n)
    outcome = np.where(patience < answer, "abandoned", "answered")
    return pd.DataFrame({"type": "a", "outcome": outcome, "wait_s": np.minimum(patience, answer)})


def test_kaplan_meier_by_hand():
    # Waits 1 (lost), 2 (answered), 3 (lost), 4 (answered): S = 3/4 after 1, then 3/4 x 1/2 after 3.
    # Greenwood after 3: S sqrt(1 / (4 x 3) + 1 / (2 x 1)).
    curve = kaplan_meier(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False]))
    assert list(curve["survival"]) == [0.75, 0.375]
    assert curve["se"].iloc[1] == pytest.approx(0.375 * (1 / 12 + 1 / 2) ** 0.5)


def test_kaplan_meier_is_that_of_scipy():
    calls = planted_waits(1)
    lost = (calls["outcome"] == "abandoned").to_numpy()
    curve = kaplan_meier(calls["wait_s"].to_numpy(), lost)
    censored = stats.CensoredData.right_censored(calls["wait_s"], ~lost)
    assert curve["survival"].to_numpy() == pytest.approx(stats.ecdf(censored).sf.evaluate(curve["time"].to_numpy()))


def test_piecewise_hazard_by_hand():
    # Pieces 0-10 and from 10: exposures 4 + 10 + 10 = 24 and 5 + 10 = 15; one lost in each.
    found = piecewise_hazard(np.array([4.0, 15.0, 20.0]), np.array([True, True, False]), (0, 10, np.inf))
    assert found.rates == pytest.approx([1 / 24, 1 / 15])
    assert found.se == pytest.approx([1 / 24, 1 / 15])


def test_weibull_is_that_of_scipy():
    calls = planted_waits(2, n=400)
    lost = (calls["outcome"] == "abandoned").to_numpy()
    shape, scale, _ = fit_weibull(calls["wait_s"].to_numpy(), lost)
    theirs = stats.weibull_min.fit(stats.CensoredData.right_censored(calls["wait_s"], ~lost), floc=0)
    assert (shape, scale) == (pytest.approx(theirs[0], rel=1e-3), pytest.approx(theirs[2], rel=1e-3))


def test_planted_laws_are_covered():
    mean = 300 * special.gamma(1 + 1 / 0.8)
    pairs = []
    for seed in range(40):
        found = fit_patience(planted_waits(seed))
        pairs += [(found.weibull_shape, 0.8), (found.weibull_mean, mean)]
        pairs += [
            (item, np.exp(-((mark / 300) ** 0.8))) for item, mark in zip(found.survival, (30, 60, 120), strict=False)
        ]
    assert 0.91 <= share_covered(pairs) <= 0.99


def test_the_right_law_fits_and_the_wrong_one_does_not():
    found = fit_patience(planted_waits(3, n=20000, shape=0.6))
    assert found.weibull_shape.fit.p_value > 0.01
    assert found.exponential.fit.p_value < 1e-6


def test_fit_of_a_censored_law_counts_expected_losses():
    # Hazard 0.1, six lost among waits that sum to 60: the law expects six, spread over the pieces.
    waits = np.array([2.0, 4.0, 6.0, 8.0, 10.0, 30.0])
    fit = censored_fit(waits, np.ones(6, bool), lambda t: 0.1 * t, 1, n_pieces=1)
    assert fit.value == pytest.approx(0.0, abs=1e-9)


def test_a_bump_at_an_announcement_is_measured():
    # Hazard 0.004 but 0.012 from 60 to 65 s: waits by inversion of the cumulated hazard, nobody answered.
    rng = np.random.default_rng(4)
    level = rng.exponential(size=20000)
    waits = np.where(
        level < 0.24, level / 0.004, np.where(level < 0.30, 60 + (level - 0.24) / 0.012, 65 + (level - 0.30) / 0.004)
    )
    calls = pd.DataFrame({"type": "a", "outcome": "abandoned", "wait_s": waits})
    found = fit_patience(calls, announcements=(60,))
    assert share_covered([(found.bumps[0], 3.0)]) == 1.0
    place = list(found.hazard.edges).index(60.0)
    assert found.hazard.edges[place + 1] == 65.0
    assert found.hazard.rates[place] == pytest.approx(0.012, rel=0.15)


def test_callers_served_at_once_say_nothing_of_patience():
    calls = planted_waits(5)
    served = pd.DataFrame({"type": "a", "outcome": "answered", "wait_s": np.zeros(500)})
    with_served = fit_patience(pd.concat([calls, served]))
    assert with_served.n == len(calls)
    assert with_served.exponential.value == fit_patience(calls).exponential.value


def test_groups_have_laws_of_their_own_and_small_ones_none():
    calls = pd.concat(
        [planted_waits(6), planted_waits(7, scale=900).assign(type="b"), planted_waits(8, n=10).assign(type="c")]
    )
    found = patience_by(calls)
    assert set(found) == {"all", "a", "b"}
    assert found["b"].weibull_mean.value > 2 * found["a"].weibull_mean.value


def test_settings_are_laws_of_a_scenario():
    found = patience_by(planted_waits(9))
    hazard = _law(stated_tree(patience_settings(found, {"a": "billing"}), "t")["intents"]["billing"]["patience"])
    assert len(Hazard.model_validate(hazard).rates) == len(found["a"].hazard.rates)
    weibull = _law(stated_tree(found["a"].settings(law="weibull"), "t")["patience"])
    assert Weibull.model_validate(weibull).shape == pytest.approx(found["a"].weibull_shape.value, rel=1e-5)
    with pytest.raises(InputError, match="law is 'gamma', must be"):
        found["a"].settings(law="gamma")


def _law(table):
    return {name: node["value"] for name, node in table.items()}


def test_patience_from_intervals_by_hand():
    # 2000 s waited, 5 lost: 400 s. Where the waits of the lost are not known, 1.15 x 1500 / 5 = 345 s.
    table = pd.DataFrame({"date": pd.to_datetime(["2013-03-04", "2013-03-05"]), "abandoned": [2, 3],
                          "wait_answered_s": [500.0, 1000.0], "wait_abandoned_s": [300.0, 200.0]})  # fmt: skip
    assert patience_from_intervals(table).value == pytest.approx(400)
    assert patience_from_intervals(table.drop(columns="wait_abandoned_s")).value == pytest.approx(345)
    with pytest.raises(InputError, match="nobody gave up"):
        patience_from_intervals(table.assign(abandoned=0))


def test_too_few_losses_are_refused():
    with pytest.raises(InputError, match="callers gave up, must be 20 or more"):
        fit_patience(planted_waits(1, n=15))
