"""Records and summaries: half hours by hand."""

import numpy as np
import pandas as pd
import pytest

from calibration.fit.moments import Summaries
from calibration.fit.record import Record, record_of
from calibration.fit.sources import record_of_intervals
from twin.errors import InputError


def record(days=4, seed=1):
    rng = np.random.default_rng(seed)
    offered = rng.integers(10, 60, (days, 48)).astype(float)
    abandoned = np.floor(offered * rng.uniform(0, 0.3, offered.shape))
    answered = offered - abandoned
    return Record(
        tuple(f"2024-01-0{day + 1}" for day in range(days)), 1800.0, offered, abandoned, wait_s=offered * 30,
        in_time=answered / 2, answered=answered, handle_s=answered * 200, operators=np.full(offered.shape, 6.0),
    )  # fmt: skip


def test_levels_are_ratios_of_sums_by_load():
    given = record()
    summaries = Summaries(given, has_own_arrivals=False)
    found = dict(zip(summaries.names, summaries.of(given), strict=True))
    assert all(np.isclose(found[f"log wait, load {k}"], np.log(31)) for k in range(1, 6))  # 30 s everywhere
    assert np.isclose(found["log handle time"], np.log(201))
    parts = [found[f"abandoned, part {k} of the day"] for k in (1, 2, 3)]
    assert min(parts) < given.total("abandoned") / given.total("offered") < max(parts)
    assert "log offered" not in found


def test_more_abandonment_shows_in_every_class():
    given = record()
    summaries = Summaries(given, has_own_arrivals=True)
    more = Record(given.dates, 1800.0, given.offered, given.abandoned + 2, given.wait_s, given.in_time,
                  given.answered - 2, given.handle_s, given.operators)  # fmt: skip
    raised = [name.startswith("abandoned,") for name in summaries.names]
    assert (summaries.of(more)[raised] > summaries.of(given)[raised]).all()
    assert "offered by lost before" in summaries.names


def test_what_history_does_not_tell_is_not_summarised():
    given = record()
    unknown = np.full(given.offered.shape, np.nan)
    partial = Record(given.dates, 1800.0, given.offered, given.abandoned, unknown, unknown, given.answered, unknown)
    names = Summaries(partial, has_own_arrivals=False).names
    assert not any("wait" in name or "in 20 s" in name or "handle" in name for name in names)


def test_rows_of_queues_add_up_and_absent_half_hours_are_empty():
    rows = pd.DataFrame({
        "date": ["2024-01-02", "2024-01-02", "2024-01-03"], "start_s": [28800, 28800, 30600], "queue": ["a", "b", "a"],
        "offered": [10, 5, 7], "abandoned": [1, 2, 0], "wait_answered_s": [90.0, 30, 70],
        "wait_abandoned_s": [10.0, 20, 0], "answered_in_time": [8, 2, 7], "within_s": 20.0, "length_s": 1800,
    })  # fmt: skip
    found = record_of_intervals(rows)
    assert found.dates == ("2024-01-02", "2024-01-03")
    assert found.offered[0, 16] == 15  # 8:00, both queues
    assert found.offered[1, 17] == 7
    assert found.offered.sum() == 22
    assert found.wait_s[0, 16] == 150
    assert found.in_time[0, 16] == 10
    assert found.answered[0, 16] == 12
    assert np.isnan(found.handle_s).all()
    assert found.days(["2024-01-03"]).total("offered") == 7


def test_bad_history_is_refused():
    with pytest.raises(InputError, match="no column 'abandoned'"):
        record_of(pd.DataFrame({"date": ["2024-01-02"], "start_s": [0], "offered": [1]}))
    with pytest.raises(InputError, match="2025-01-01 is not in the history"):
        record().days(["2025-01-01"])
