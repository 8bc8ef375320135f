"""The twin's own records as history: what the scenario says is what the estimators find."""

import numpy as np
import pandas as pd
import pytest
from planted_history import share_covered

from calibration.estimate.everything import Tables, estimate_all
from calibration.estimate.returns import fit_returns
from twin import load_scenario, simulate
from twin.scenario.units import parse_rate

START = pd.Timestamp("2013-03-04")
PLANTED = {
    "run.days": 40,
    "run.warm_up": 0,
    "run.interval": "30 min",
    "run.start": "2013-03-04",
    "opening.opens": "08:00",
    "opening.closes": "20:00",
    "groups.operators.count": 13,
    "demand.rates.call": "200 /h",
    "demand.noise": {"day_cv": 0.1, "interval_cv": 0.08, "interval_correlation": 0.6},
    "intents.call.talk": {
        "law": "lognormal",
        "mu": 5.0,
        "sigma": 0.7,
        "mass": {"share": 0.04, "low": "0 s", "high": "10 s"},
    },
    "patience": {"law": "weibull", "mean": "5 min", "shape": 0.8},
    "redial": {"share": 0.45, "delay": {"law": "lognormal", "mu": 6.0, "sigma": 1.0}},
}


def as_calls(records):
    """Records of a run in the contract's columns; the matter stands for the customer."""
    is_handled = records["outcome"] == "handled"
    wait = np.where(is_handled, records["answered_at"], records["ended_at"]) - records["joined_at"]
    return pd.DataFrame({
        "date": START + pd.to_timedelta(records["joined_at"] // 86400, unit="D"), "at_s": records["joined_at"] % 86400,
        "type": "call", "queue": "calls", "priority": "", "customer": records["who"].astype(str), "wait_s": wait,
        "outcome": np.where(is_handled, "answered", "abandoned"), "wrap_s": np.nan,
        "service_s": (records["ended_at"] - records["answered_at"]).where(is_handled),
        "operator": np.where(is_handled, records["operator"].astype(str), ""),
    })  # fmt: skip


@pytest.fixture(scope="module")
def records():
    return simulate(load_scenario("erlang-a", PLANTED), seed=3, recording=True).records


@pytest.fixture(scope="module")
def found(records):
    return estimate_all(Tables(calls=as_calls(records)))


def test_the_laws_of_the_scenario_are_found(found):
    talk, patience = found.service.types["call"], found.patience["all"]
    pairs = [
        (talk.mu, 5.0), (talk.sigma, 0.7), (talk.short, 0.04),
        (patience.weibull_mean, 300.0), (patience.weibull_shape, 0.8),
    ]  # fmt: skip
    assert share_covered(pairs) >= 0.75
    assert all(abs(item.value - truth) < 4 * item.se for item, truth in pairs)


def test_redials_of_the_scenario_are_found(records):
    # Who gave up late in the day finds the centre closed and calls the next morning: those before 15:00 show the law.
    began = records.groupby("who")["entered_at"].transform("min") % 86400
    redial = fit_returns(as_calls(records[began < 15 * 3600]))
    pairs = [(redial.share, 0.45), (redial.mu, 6.0), (redial.sigma, 1.0)]
    assert all(abs(item.value - truth) < 2.6 * item.se for item, truth in pairs)


def test_fresh_calls_show_the_rates_and_the_noise(records):
    fresh = estimate_all(Tables(calls=as_calls(records[records["attempt"] == 0]))).arrivals
    assert share_covered([(fresh.days.level, 2400.0)]) == 1.0  # 200 an hour for 12 hours
    noise = fresh.noise
    pairs = [(noise.day_cv, 0.1), (noise.interval_cv, 0.08), (noise.interval_correlation, 0.6)]
    assert share_covered(pairs) >= 0.6
    assert all(abs(item.value - truth) < 4 * item.se for item, truth in pairs)


def test_redials_are_taken_out_of_the_rates_that_a_scenario_gets(found, records):
    # Attempts of 1 and more are redials: their share of the record is 1 - the share of fresh calls.
    fresh = found.fresh_share()
    assert fresh.value == pytest.approx((records["attempt"] == 0).mean(), abs=3 * fresh.se)
    rates = next(setting for setting in found.settings() if setting.path == ("demand", "rates", "call"))
    total = sum(parse_rate(rate) for rate in rates.value) * 1800
    assert total == pytest.approx(fresh.value * found.arrivals.days.level.value, rel=1e-4)


def test_operators_who_are_alike_show_no_spread(found):
    assert found.service.spread.value < 0.03
    assert found.service.within.value == pytest.approx(0.7, abs=0.02)


def test_presence_is_the_head_count(found):
    present = found.presence.present
    day = present[present["start_s"].between(9 * 3600, 19 * 3600)]
    assert day["operators"].mean() == pytest.approx(13, abs=0.3)
