"""Service times and the spread of operators: by hand, and planted ones found again."""

import numpy as np
import pandas as pd
import pytest
from planted_history import share_covered
from scipy import stats

from calibration import bank
from calibration.estimate.cut_lognormal import clustered_se, fit_cut, whole_mean
from calibration.estimate.estimates import ratio_of_sums, stated_tree
from calibration.estimate.pooling import pool
from calibration.estimate.service import fit_service, interval_settings, lognormal, service_from_intervals
from twin.scenario.laws import Lognormal
from twin.scenario.units import parse_time


def planted_talks(seed, n_operators=30, n=40, spread=0.2, sigma=0.8):
    """Two types, mu 5 and 4.5; operators' log talks differ by `spread`; one in twenty talks lasts 5 s."""
    rng = np.random.default_rng(seed)
    operator = np.repeat(np.arange(n_operators), n)
    kind = rng.integers(0, 2, len(operator))
    logs = np.array([5.0, 4.5])[kind] + spread * rng.normal(size=n_operators)[operator]
    talks = np.exp(logs + sigma * rng.normal(size=len(operator)))
    talks = np.where(rng.random(len(operator)) < 0.05, 5.0, np.clip(talks, 11, 3600))
    return pd.DataFrame({"type": np.array(["a", "b"])[kind], "outcome": "answered", "service_s": talks, "wrap_s": 30.0,
                         "operator": [f"op{number}" for number in operator]})  # fmt: skip


def test_a_ratio_of_sums_and_its_error_by_hand():
    # Day 1: 3 of 4, day 2: 1 of 4. Ratio 0.5, rests 1 and -1, error sqrt(2 / 1 x 2) / 8 = 0.25.
    value, se = ratio_of_sums(np.array([1.0, 2.0, 1.0]), np.array([2.0, 2.0, 4.0]), ["d1", "d1", "d2"])
    assert (value, se) == (0.5, pytest.approx(0.25))
    assert np.isnan(ratio_of_sums(np.array([1.0]), np.array([2.0]), ["d1"])[1])


def test_lognormal_of_four_talks_by_hand():
    # Logs 1, 2, 3, 4: mean 2.5, variance 5/3.
    mu, sigma = lognormal(np.exp([1.0, 2.0, 3.0, 4.0]))
    assert (mu.value, sigma.value) == (pytest.approx(2.5), pytest.approx((5 / 3) ** 0.5))
    assert mu.se == pytest.approx((5 / 3) ** 0.5 / 2)
    assert sigma.se == pytest.approx((5 / 3) ** 0.5 / 8**0.5)


def test_short_calls_are_a_share_and_not_in_the_law():
    # 30 talks of e^4 and e^6 s, 9 of 4 s and one of two hours: share 9/40, mu 5, nothing of the two hours.
    calls = pd.DataFrame({"type": "a", "outcome": "answered", "operator": "",
                          "service_s": [np.exp(4.0)] * 15 + [np.exp(6.0)] * 15 + [4.0] * 9 + [7200.0]})  # fmt: skip
    found = fit_service(calls, is_cut=False).types["a"]
    assert found.short.value == pytest.approx(0.225)
    assert found.short.se == pytest.approx((0.225 * 0.775 / 39) ** 0.5)
    assert found.mu.value == pytest.approx(5.0)
    assert found.mu.n == 30


def test_pooling_of_equal_variances_by_hand():
    # Values 1, 2, 3 with variance 0.25 each: mean 2, sample variance 1 = spread^2 + 0.25, so spread^2 = 0.75;
    # each value keeps 0.75 of its distance.
    found = pool(np.array([1.0, 2.0, 3.0]), np.full(3, 0.25))
    assert found.mean == pytest.approx(2.0)
    assert found.spread**2 == pytest.approx(0.75, rel=1e-3)
    assert found.values == pytest.approx([1.25, 2.0, 2.75], rel=1e-3)
    # Error of spread^2: (spread^2 + 0.25) sqrt(2 / 2) = 1; of the spread 1 / (2 x 0.866).
    assert found.spread_se == pytest.approx(1 / (2 * 0.75**0.5), rel=1e-3)


def test_groups_that_differ_less_than_chance_are_all_alike():
    found = pool(np.array([1.0, 1.1, 0.9]), np.full(3, 1.0))
    assert found.spread == 0
    assert found.values == pytest.approx([1.0, 1.0, 1.0])


def test_planted_operator_spread_and_laws_are_covered():
    spread, laws = [], []
    for seed in range(30):
        found = fit_service(planted_talks(seed))
        spread += [(found.spread, 0.2), (found.within, 0.8)]
        laws += [(found.types["a"].mu, 5.0), (found.types["b"].mu, 4.5)]
        laws += [(item.short, 0.05) for item in found.types.values()]
    assert 0.85 <= share_covered(spread) <= 1.0
    assert 0.88 <= share_covered(laws) <= 0.99
    assert np.mean([item.value for item, _ in spread[::2]]) == pytest.approx(0.2, abs=0.02)


def wide_talks(seed, n_operators=30, n=80, spread=0.3, sigma=1.06):
    """The same, not held within limits: sigma 1.1 with the operators' part; mu 6 and 5.2."""
    rng = np.random.default_rng(seed)
    operator = np.repeat(np.arange(n_operators), n)
    kind = rng.integers(0, 2, len(operator))
    logs = np.array([6.0, 5.2])[kind] + spread * rng.normal(size=n_operators)[operator]
    talks = np.exp(logs + sigma * rng.normal(size=len(operator)))
    talks = np.where(rng.random(len(operator)) < 0.05, 5.0, talks)
    return pd.DataFrame({"type": np.array(["a", "b"])[kind], "outcome": "answered", "service_s": talks,
                         "operator": [f"op{number}" for number in operator]})  # fmt: skip


def test_a_wide_law_is_found_though_its_ends_were_cut():
    """As if nothing had been cut sigma came out 5 % small and the mean up to 12 %."""
    total = np.hypot(1.06, 0.3)
    laws, means, spreads, p_values = [], [], [], []
    for seed in range(30):
        found = fit_service(wide_talks(seed))
        for kind, mu in (("a", 6.0), ("b", 5.2)):
            item = found.types[kind]
            laws += [(item.mu, mu), (item.sigma, total), (item.broken, 0.05)]
            means.append((item.mean, np.exp(mu + total**2 / 2)))
            p_values.append(item.mu.fit.p_value)
        spreads += [(found.spread, 0.3), (found.within, 1.06)]
    assert share_covered(laws) >= 0.88
    assert share_covered(means) >= 0.85
    assert share_covered(spreads) >= 0.85
    assert np.mean([item.value / truth for item, truth in means]) == pytest.approx(1, abs=0.03)
    assert np.mean([item.value for item, truth in laws if truth == total]) == pytest.approx(total, rel=0.012)
    assert np.mean([item.value for item, _ in spreads[::2]]) == pytest.approx(0.3, rel=0.05)
    assert np.mean(np.array(p_values) < 0.05) <= 0.15


def test_a_law_cut_at_limits_that_do_not_matter_is_the_plain_one_and_one_that_is_even_is_not_guessed():
    talks = np.random.default_rng(1).lognormal(5, 0.4, 500)
    plain, cut = lognormal(talks), fit_cut(talks, 1.0, 1e6)
    assert (cut.mu, cut.sigma) == (pytest.approx(plain[0].value), pytest.approx(plain[1].value))
    assert np.sqrt(np.sum(cut.influence**2, axis=0)) == pytest.approx([plain[0].se, plain[1].se], rel=0.1)
    even = np.exp(np.linspace(np.log(10.5), np.log(3500), 400))
    assert fit_cut(even, 10.0, 3600.0) is None
    calls = pd.DataFrame({"type": "a", "outcome": "answered", "operator": "", "service_s": even})
    assert fit_service(calls).types["a"].mu.value == pytest.approx(np.log(even).mean())


def test_the_mean_of_a_cut_law_puts_back_what_lies_beyond():
    # Standard lognormal kept between e^-1 and e: E[X; X > e] = e^0.5 Phi(0) ..., all of it e^0.5 if kept as expected.
    rng = np.random.default_rng(4)
    numbers = np.exp(rng.normal(size=400_000))
    kept = numbers[(numbers > np.exp(-1)) & (numbers <= np.e)]
    law = fit_cut(kept, np.exp(-1), np.e)
    mean, adds = whole_mean(law, kept)
    assert mean == pytest.approx(np.exp(0.5), rel=0.02)
    assert abs(mean - np.exp(0.5)) < 3 * np.sum(adds**2) ** 0.5
    assert clustered_se(np.array([1.0, 2.0, -3.0]), pd.Series(["x", "x", "y"])) == pytest.approx(6.0)


def test_the_bank_keeps_the_law_of_the_talks_kept():
    """Its months were scored with it: another law would be another scoring."""
    talks = wide_talks(1)
    talks = talks[talks["service_s"].between(11, 3600)]
    found, plain = fit_service(talks, is_cut=False), bank.fit_talk(talks.loc[talks["type"] == "a", "service_s"])
    assert found.types["a"].mu.value == plain["mu"]
    assert found.types["a"].sigma.value == plain["sigma"]
    assert fit_service(talks).types["a"].sigma.value > 1.03 * plain["sigma"]


def test_operators_make_the_error_of_the_mean_larger_than_talks_would():
    calls = planted_talks(1, n_operators=12, n=200, spread=0.4)
    clustered = fit_service(calls).types["a"].mu.se
    alone = fit_service(calls.assign(operator="")).types["a"].mu.se
    assert clustered > 3 * alone


def test_a_slow_operator_is_drawn_towards_the_others():
    calls = planted_talks(2)
    calls.loc[calls["operator"] == "op3", "service_s"] *= 2
    factors = fit_service(calls).operators["factor"]
    assert factors.idxmax() == "op3"
    kept = calls[calls["service_s"] > 10]
    raw = np.log(kept["service_s"]).groupby(kept["operator"]).mean()
    assert 1.3 < factors["op3"] < np.exp(raw["op3"] - raw.median())


def test_settings_keep_the_mean_talk_and_give_the_operators_their_part():
    found = fit_service(planted_talks(3))
    tree = stated_tree(found.settings({"a": "billing"}), "test")
    law = {name: node["value"] for name, node in tree["intents"]["billing"]["talk"].items() if name != "mass"}
    made = Lognormal.model_validate(law)
    item = found.types["a"]
    assert made.mu + made.sigma**2 / 2 == pytest.approx(item.mu.value + item.sigma.value**2 / 2, rel=1e-4)
    assert made.sigma < item.sigma.value
    assert tree["abilities"]["spread_cv"]["value"] == pytest.approx(np.expm1(found.spread.value**2) ** 0.5, rel=1e-4)
    assert parse_time(tree["intents"]["billing"]["wrap"]["mean"]["value"]) == pytest.approx(30)


def test_mean_and_scatter_from_intervals_by_hand():
    # AHT 100 of 4 calls and 200 of 4: mean 150, sd sqrt((4 x 2500 + 4 x 2500) / 1) = 141.4.
    table = pd.DataFrame({"date": pd.to_datetime(["2013-03-04", "2013-03-05"]), "type": "a", "answered": [4, 4],
                          "handle_s": [400.0, 800.0]})  # fmt: skip
    mean, sd = service_from_intervals(table)["a"]
    assert mean.value == pytest.approx(150)
    assert sd.value == pytest.approx(20000**0.5)
    assert interval_settings({"a": (mean, sd)})[1].value == "150 s"


def test_planted_scatter_is_covered():
    pairs, law = [], stats.lognorm(0.8, scale=np.exp(5.0))
    for seed in range(30):
        rng = np.random.default_rng(seed)
        answered = rng.poisson(40, 200) + 1
        sums = [law.rvs(n, random_state=rng).sum() for n in answered]
        table = pd.DataFrame({"date": np.repeat(pd.date_range("2013-03-04", periods=20), 10), "type": "a",
                              "answered": answered, "handle_s": sums})  # fmt: skip
        mean, sd = service_from_intervals(table)["a"]
        pairs += [(mean, law.mean()), (sd, law.std())]
    assert share_covered(pairs) >= 0.85
