"""Paired differences worked by hand, verdicts, and intervals that cover as often as they say."""

import math

import numpy as np
import pandas as pd
import pytest

from experiments.compare.measures import NO_INTERVAL, shown
from experiments.compare.paired import (
    BETTER,
    HIGHER,
    IDENTICAL,
    LOWER,
    NO_DIFFERENCE,
    NOTHING,
    ONLY_A,
    ONLY_B,
    TOO_FEW,
    WORSE,
    compare_summaries,
    differences,
    verdict,
)
from experiments.compare.replicate import Summary

T_2 = 4.302652729911275  # 97.5 % quantile of Student's t, 2 degrees of freedom


def summaries(in_20s, offered=100.0, groups=None, not_modelled=()):
    """One summary per replication; `in_20s` holds a number, or one for each group."""
    tables = []
    for values in in_20s:
        index = pd.Index(groups, name="queue") if groups else None
        tables.append(pd.DataFrame({"in_20s": np.atleast_1d(values), "offered": offered}, index=index))
    by = ("queue",) if groups else ()
    return [Summary("x", 1, r, 1, {by: table}, not_modelled) for r, table in enumerate(tables)]


def only_row(table, kpi="sl20", **where):
    rows = table[(table.kpi == kpi) & np.logical_and.reduce([table[key] == value for key, value in where.items()])]
    assert len(rows) == 1
    return rows.iloc[0]


def test_difference_interval_and_variance_ratio_worked_by_hand():
    table = compare_summaries(summaries([50, 60, 70]), summaries([60, 72, 84]), bys=[()])
    row = only_row(table, by="all")
    # a: .5 .6 .7 (variance .01), b: .60 .72 .84 (.0144), differences .10 .12 .14 (.0004)
    assert row.a == pytest.approx(0.6)
    assert row.b == pytest.approx(0.72)
    assert row.difference == pytest.approx(0.12)
    assert row.half_width == pytest.approx(T_2 * math.sqrt(0.0004 / 3))
    assert row.variance_ratio == pytest.approx((0.01 + 0.0144) / 0.0004)
    assert row.a_half_width == pytest.approx(T_2 * math.sqrt(0.01 / 3))
    assert row.n == 3
    assert row.verdict == BETTER


def test_interval_covers_the_true_difference_in_95_of_100():
    draw = np.random.default_rng(1)
    common = draw.normal(0, 3, (8, 20_000))
    a, b = common + draw.normal(10, 1, common.shape), common + draw.normal(10.5, 1, common.shape)
    result = differences(a, b)
    covered = np.abs(result["difference"] - 0.5) <= result["half_width"]
    assert covered.mean() == pytest.approx(0.95, abs=0.006)
    assert np.median(result["variance_ratio"]) == pytest.approx(10, rel=0.15)


def test_same_against_same_is_zero_exactly():
    a = summaries([50.1, 60.3, 70.7])
    row = only_row(compare_summaries(a, a, bys=[()]), by="all")
    assert (row.difference, row.half_width, row.verdict) == (0.0, 0.0, IDENTICAL)


def test_constant_difference_has_no_spread():
    row = only_row(compare_summaries(summaries([10, 10]), summaries([30, 30]), bys=[()]), by="all")
    assert row.half_width == 0
    assert row.difference == pytest.approx(0.2)
    assert row.verdict == BETTER
    assert math.isnan(row.variance_ratio)


def test_one_replication_has_no_difference_to_tell():
    table = compare_summaries(summaries([50]), summaries([70]), bys=[()])
    row = only_row(table, by="all")
    assert (row.a, row.b, row.verdict) == (0.5, 0.7, TOO_FEW)
    assert math.isnan(row.difference)
    assert math.isnan(row.half_width)
    assert shown(row).difference == NO_INTERVAL


def test_queues_of_one_side_only_stand_alone():
    a = summaries([[50, 40], [60, 40]], groups=["Sales", "Both"])
    b = summaries([[30, 90], [40, 90]], groups=["Both", "Premium"])
    table = compare_summaries(a, b, bys=[("queue",)])
    sales, both, premium = (only_row(table, group=group) for group in ("Sales", "Both", "Premium"))
    assert (sales.verdict, premium.verdict) == (ONLY_A, ONLY_B)
    assert sales.a == pytest.approx(0.55)
    assert math.isnan(sales.b)
    assert math.isnan(sales.difference)
    assert both.difference == pytest.approx(-0.05)
    assert list(dict.fromkeys(table.group)) == ["Sales", "Both", "Premium"]


def test_replications_without_a_value_are_left_out_pair_by_pair():
    a, b = np.array([[1.0], [np.nan], [3.0], [5.0]]), np.array([[2.0], [9.0], [np.nan], [7.0]])
    result = differences(a, b)
    assert (result["n"][0], result["a"][0], result["b"][0], result["difference"][0]) == (2, 3.0, 4.5, 1.5)


def test_kpi_that_a_scenario_does_not_model_is_not_compared():
    a, b = summaries([50, 60], not_modelled=("sl20",)), summaries([50, 60])
    assert only_row(compare_summaries(a, b, bys=[()])).verdict == ONLY_B
    table = compare_summaries(a, a, bys=[()])
    assert "sl20" not in set(table.kpi)


def test_pairs_must_be_of_the_same_luck():
    with pytest.raises(ValueError, match="pairs"):
        compare_summaries(summaries([1, 2]), summaries([1, 2])[::-1], bys=[()])


@pytest.mark.parametrize(
    ("difference", "width", "better", "expected"),
    [
        (2.0, 1.0, 1, BETTER),
        (-2.0, 1.0, 1, WORSE),
        (2.0, 1.0, -1, WORSE),
        (-2.0, 1.0, -1, BETTER),
        (2.0, 1.0, 0, HIGHER),
        (-2.0, 1.0, 0, LOWER),
        (1.0, 1.0, 1, NO_DIFFERENCE),
        (0.0, 1.0, 1, NO_DIFFERENCE),
        (0.0, 0.0, 1, IDENTICAL),
        (1.0, math.nan, 1, TOO_FEW),
    ],
)
def test_verdict(difference, width, better, expected):
    assert verdict(difference, width, better) == expected


def test_verdict_without_values():
    assert verdict(math.nan, math.nan, 1, True, False) == ONLY_A
    assert verdict(math.nan, math.nan, 1, False, False) == NOTHING


@pytest.mark.parametrize(
    ("kpi", "a", "b", "difference", "width", "expected"),
    [
        ("sl20", 0.406, 0.232, -0.1741, 0.0142, ("40.6 %", "23.2 %", "−17.4 ± 1.4 pp")),
        ("mean_wait", 115.31, 125.64, 10.33, 7.61, ("115.3 s", "125.6 s", "+10.3 ± 7.6 s")),
        ("arpu_at_risk", 3.208e6, 3.207e6, -1071.0, 444.0, ("3.208 M€", "3.207 M€", "−1,071 ± 444 €")),
        ("csi", 80.0, 80.0, 0.0, 0.0, ("80.0", "80.0", "0 ± 0")),
    ],
)
def test_numbers_have_the_digits_that_the_interval_is_worth(kpi, a, b, difference, width, expected):
    row = pd.Series({"kpi": kpi, "a": a, "b": b, "difference": difference, "half_width": width,
                     "a_half_width": width, "b_half_width": width})  # fmt: skip
    text = shown(row)
    assert [part.replace("\u00a0", " ") for part in (text.a, text.b, text.difference)] == list(expected)
