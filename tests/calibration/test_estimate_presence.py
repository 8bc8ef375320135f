"""Presence, gaps and shrinkage from talks: by hand, and planted gaps found again."""

import numpy as np
import pandas as pd
import pytest
from planted_history import share_covered

from calibration.estimate.estimates import stated_tree
from calibration.estimate.presence import (
    fit_presence,
    fit_shrinkage,
    gaps_before,
    seconds_by_interval,
    spells,
    talks_of,
    two_exponentials,
)
from twin.errors import InputError
from twin.scenario.laws import Hyperexponential

DAY = pd.Timestamp("2013-03-04")


def talk(operator, asked, waited, length, day=DAY):
    return {"date": day, "at_s": float(asked), "wait_s": float(waited), "service_s": float(length), "wrap_s": 0.0,
            "operator": operator, "outcome": "answered", "type": "a"}  # fmt: skip


@pytest.fixture
def calls():
    # o1 talks 9:00-9:10 and 9:20-9:30 (gap 600 s), then 10:30-10:40 (gap 3600 s: away); o2 9:25-9:35.
    rows = [talk("o1", 32400, 0, 600), talk("o1", 33540, 60, 600), talk("o1", 37800, 0, 600), talk("o2", 33900, 0, 600)]
    return pd.DataFrame(rows)


def test_spells_gaps_and_seconds_by_hand(calls):
    talks = talks_of(calls)
    assert list(gaps_before(talks).fillna(-1)) == [-1, 600, 3600, -1]
    found = spells(talks)
    assert list(zip(found["operator"], found["start_s"], found["end_s"], found["talks"], strict=True)) == [
        ("o1", 32400, 34200, 2), ("o1", 37800, 38400, 1), ("o2", 33900, 34500, 1),
    ]  # fmt: skip
    # 9:00-9:30: o1 1800 s, o2 from 9:25 300 s; 9:30-10:00: o2 300 s; 10:30-11:00: o1 600 s.
    assert seconds_by_interval(found, 1800).tolist() == [2100, 300, 600]


def test_presence_and_occupancy_by_hand(calls):
    # Present 1800 + 600 + 600 = 3000 s, talking 2400 s; o1 present 2400 s with 3 talks, o2 600 s with 1.
    found = fit_presence(calls)
    assert found.occupancy.value == pytest.approx(0.8)
    assert found.hours.value == pytest.approx(1500 / 3600)
    assert found.calls.value == pytest.approx(2)
    assert found.present["operators"].tolist() == pytest.approx([2100 / 1800, 300 / 1800, 600 / 1800])
    assert found.gap_mean is None


def test_a_talk_over_midnight_or_on_the_hour_is_shared_out_rightly():
    stretches = pd.DataFrame({"date": DAY, "start_s": [3600.0, 86000.0], "end_s": [5400.0, 86800.0]})
    assert seconds_by_interval(stretches, 1800).tolist() == [1800, 400, 400]


def test_shrinkage_by_hand():
    # Scheduled 4 and 6, present 3 and 4.5: 1 - 7.5 / 10.
    schedule = pd.DataFrame({"date": [DAY, DAY + pd.Timedelta(days=1)], "start_s": 32400, "length_s": 1800,
                             "operators": [4.0, 6.0]})  # fmt: skip
    present = schedule[["date", "start_s"]].assign(operators=[3.0, 4.5], busy=0.0)
    found = fit_shrinkage(present, schedule, 1800)
    assert found.value == pytest.approx(0.25)
    assert found.se == pytest.approx(0.0)
    with pytest.raises(InputError, match=r"intervals of \[1800\] s, must be 900 s"):
        fit_shrinkage(present, schedule, 900)


def planted_gaps(seed, n_operators=20, n=60):
    """Talks of 100 s with gaps: 80 % exponential with mean 10 s, else 200 s; every caller waited two minutes."""
    rng, rows = np.random.default_rng(seed), []
    for operator in range(n_operators):
        gaps = np.where(rng.random(n) < 0.8, rng.exponential(10, n), rng.exponential(200, n))
        start = 28800 + np.cumsum(gaps + 100)
        rows += [talk(f"o{operator}", at - 120, 120, 100) for at in start]
    return pd.DataFrame(rows)


def test_planted_gaps_under_load_are_covered():
    # Mean 0.8 x 10 + 0.2 x 200 = 48 s; median: 0.8 exp(-m / 10) + 0.2 exp(-m / 200) = 0.5, m = 9.996.
    pairs = []
    for seed in range(30):
        found = fit_presence(planted_gaps(seed))
        pairs += [(found.gap_mean, 48.0), (found.gap_median, 9.996)]
    assert share_covered(pairs) >= 0.88


def test_two_kinds_of_gaps_are_told_apart_and_make_a_wrap_up():
    found = fit_presence(planted_gaps(1, n=300))
    share, short, long = found.gap_law
    assert (share, short, long) == (
        pytest.approx(0.8, abs=0.03),
        pytest.approx(10, rel=0.1),
        pytest.approx(200, rel=0.1),
    )
    assert found.gap_mean.fit.p_value > 0.05
    wrap = stated_tree(found.settings(["billing"]), "t")["intents"]["billing"]["wrap"]
    law = Hyperexponential.model_validate({name: node["value"] for name, node in wrap.items()})
    assert law.means[1] == pytest.approx(long, rel=1e-5)


def test_one_kind_of_gap_needs_no_second_one():
    share, short, long = two_exponentials(np.random.default_rng(1).exponential(30, 5000))
    assert share * short + (1 - share) * long == pytest.approx(30, rel=0.05)


def test_heads_of_a_group_are_those_of_a_mean_day(calls):
    found = fit_presence(pd.concat([calls, calls.assign(date=DAY + pd.Timedelta(days=1))]))
    heads = found.settings(group="operators")[0]
    assert heads.path == ("groups", "operators", "head_count")
    assert heads.value == [1, 0, 0, 0]


def test_talks_without_operators_are_refused(calls):
    with pytest.raises(InputError, match="no answered call names its operator"):
        fit_presence(calls.assign(operator=""))
