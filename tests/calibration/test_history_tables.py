"""Calls counted by interval, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from calibration.history.tables import CALL_COLUMNS, INTERVAL_COLUMNS, as_table, empty, intervals_of

MONDAY, TUESDAY = pd.Timestamp("2024-03-04"), pd.Timestamp("2024-03-05")


def calls(*rows):
    """Rows of (date, at_s, outcome, wait_s, service_s, wrap_s)."""
    names = ["date", "at_s", "outcome", "wait_s", "service_s", "wrap_s"]
    return as_table(pd.DataFrame(rows, columns=names), CALL_COLUMNS)


def row(table, date, start_s):
    found = table[(table["date"] == date) & (table["start_s"] == start_s)]
    assert len(found) == 1
    return found.iloc[0]


def test_calls_are_counted_by_the_interval_in_which_they_asked():
    table = intervals_of(
        calls(
            (MONDAY, 28800.0, "answered", 0.0, 100.0, 30.0),
            (MONDAY, 30599.9, "answered", 20.0, 200.0, 50.0),  # at once and after 20 s: both in time
            (MONDAY, 30599.9, "abandoned", 45.0, np.nan, np.nan),
            (MONDAY, 30600.0, "answered", 21.0, 60.0, 10.0),  # the next half hour, too late
            (MONDAY, 30700.0, "left", np.nan, np.nan, np.nan),  # never asked
            (MONDAY, 30800.0, "blocked", np.nan, np.nan, np.nan),
        ),
        within_s=20,
    )
    first, second = row(table, MONDAY, 28800), row(table, MONDAY, 30600)
    assert list(table) == list(INTERVAL_COLUMNS)
    assert (first.offered, first.answered, first.abandoned, first.answered_in_time) == (3, 2, 1, 2)
    assert (first.wait_answered_s, first.wait_abandoned_s) == (20, 45)
    assert (first.service_s, first.wrap_s, first.handle_s) == (300, 80, 380)
    assert (second.offered, second.answered_in_time, second.blocked) == (1, 0, 1)


def test_a_call_that_asks_after_midnight_counts_on_the_next_date():
    table = intervals_of(calls((MONDAY, 86400.0 + 60.0, "answered", 0.0, 10.0, 0.0)))
    assert row(table, TUESDAY, 0).offered == 1


def test_empty_intervals_of_a_recorded_date_are_zero():
    table = intervals_of(calls((MONDAY, 60.0, "answered", 0.0, 10.0, 0.0)), 900)
    assert len(table) == 96
    assert table["offered"].sum() == 1
    assert row(table, MONDAY, 900).wait_answered_s == 0


def test_sums_over_calls_partly_unknown_are_scaled_to_all():
    table = intervals_of(  # talks known of two of three: 100 + 200 = 300 s, times 3/2 = 450 s
        calls(
            (MONDAY, 0.0, "answered", 0.0, 100.0, np.nan),
            (MONDAY, 1.0, "answered", 0.0, 200.0, np.nan),
            (MONDAY, 2.0, "answered", 0.0, np.nan, np.nan),
        )
    )
    assert row(table, MONDAY, 0).service_s == 450
    assert table[["wrap_s", "handle_s"]].isna().all(axis=None)  # no wrap is recorded at all


def test_no_calls_make_no_intervals():
    assert intervals_of(empty(CALL_COLUMNS)).empty


def test_an_interval_must_divide_a_day():
    with pytest.raises(ValueError, match="length_s is 1000, must divide a day of 86400 s"):
        intervals_of(empty(CALL_COLUMNS), 1000)
