"""The bank's operators one by one, on made-up calls: who takes what, how long each talks and pauses, a day's level."""

import numpy as np
import pandas as pd
import pytest

from calibration import bank
from calibration.operators import (
    Crew,
    crew_of,
    group_by_talks,
    known_crew,
    levels_by_date,
    named_talks,
    pauses_of,
    presence,
    staffing_by_group,
    waiting_at,
)

RAW = bank.find_raw()
needs_raw = pytest.mark.skipif(RAW is None, reason="no raw bank log (TWIN_DATA, ../shared)")


def calls(rows):
    """Calls of type PS unless said; rows (at_s, wait_s, agent or None, service_start_s, service_s)."""
    table = pd.DataFrame(rows, columns=["at_s", "wait_s", "agent", "service_start_s", "service_s"])
    answered = table["agent"].notna()
    return table.assign(
        date="1999-01-03", type="PS", group="main", is_offered=True, outcome=np.where(answered, "AGENT", "HANG")
    )


QUEUE = calls([
    (0, np.nan, "A01", 0, 100),     # ends at 100, when three wait: the next two and the one who gives up at 150
    (50, 60, "A01", 110, 90),       # a pause of 10 s; ends at 200, when one waits
    (60, 170, "A01", 230, 20),      # a pause of 30 s that does not count
    (70, 80, None, np.nan, np.nan),
])  # fmt: skip


def test_who_waits_as_a_talk_ends_is_counted():
    assert waiting_at(QUEUE, named_talks(QUEUE)).tolist() == [3, 1, 0]


def test_a_pause_counts_only_while_callers_wait():
    assert pauses_of(QUEUE)["gap_s"].tolist() == [10]


def test_presence_is_told_by_operator():
    """One stretch of 250 s, gaps and all."""
    assert presence(QUEUE)[["operator", "start_s", "seconds"]].to_numpy().tolist() == [["A01", 0, 250]]


@pytest.mark.parametrize(
    ("talks", "group"),
    [
        ({"PS": 80, "NE": 10, "NW": 10}, "all_calls"),
        ({"PS": 90, "NE": 10, "NW": 0}, "exchange_and_regular"),
        ({"PS": 85, "NE": 1, "NW": 14}, "prospects_and_regular"),
        ({"PS": 97, "NE": 1, "NW": 2}, "regular"),
        ({"PS": 20, "NE": 75, "NW": 5}, "exchange"),
    ],
)
def test_groups_are_told_by_what_an_operator_talks_about(talks, group):
    table = pd.DataFrame({"operator": "A01", "type": [kind for kind, n in talks.items() for _ in range(n)]})
    assert group_by_talks(table, np.ones(len(table)), ["operator"]) == {"A01": group}


def crew(cycle, until="1999-05-31"):
    talks = pd.DataFrame({"date": ["1999-05-30"], "day": [149.0], "operator": "A01", "type": "PS",
                          "talk_s": [240.0], "expected_s": [200.0]})  # fmt: skip
    pauses = pd.DataFrame({"date": ["1999-05-30"], "day": [149.0], "operator": "A01", "gap_s": [60.0]})
    return Crew(talks, pauses, until, 200.0, 50.0, {"A01": "regular"}, {("A01", "1999-05"): "exchange"}, cycle, 1.0)


def test_a_day_is_as_slow_as_its_operators_let_it():
    """A quick one (0.8) and a slow one (1.2), an hour each: 1 / 0.8 + 1 / 1.2 = 2.083 usual cycles in two hours."""
    there = pd.DataFrame({"date": "1999-06-01", "operator": ["A01", "A02"], "seconds": [3600.0, 3600.0]})
    assert crew({"A01": 0.8, "A02": 1.2}).expected(there)["1999-06-01"] == pytest.approx(2 / 2.0833, abs=1e-4)
    assert crew({"A01": 0.8}).expected(there)["1999-06-01"] == pytest.approx(2 / (1 / 0.8 + 1))  # A02 is new: pooled, 1


def test_a_known_day_has_the_level_that_was_recorded():
    """Talk 240 for 200 s, pauses 60 s for 50: (240 + 60) / 250; after `until` who is there tells."""
    there = pd.DataFrame({"date": ["1999-06-01"], "operator": "A01", "seconds": [3600.0]})
    levels = crew({"A01": 0.9}).levels(there, ["1999-05-30", "1999-06-01"])
    assert levels.tolist() == pytest.approx([1.2, 0.9])


def test_groups_are_those_of_the_month_while_it_is_known():
    known = crew({})
    assert [known.group_of("A01", date) for date in ("1999-05-02", "1999-06-02")] == ["exchange", "regular"]
    assert known.group_of("A99", "1999-06-02") == "prospects_and_regular"


def test_slow_operators_are_found():
    """Always three or more wait. The first begins a talk every 200 s, the second every 300 s: cycles are as 2 to 3."""
    rng = np.random.default_rng(1)
    days = []
    for day in range(4, 9):
        rows = []
        for agent, every in (("A01", 200.0), ("A02", 300.0)):
            at = 25_000 + np.arange(0, 54_000, every)
            rows += [(t, 2000.0, agent, t + 2000.0, s) for t, s in zip(at, rng.uniform(20, 180, len(at)), strict=True)]
        days.append(calls(rows).assign(date=f"1999-01-{day:02d}"))
    table = pd.concat(days, ignore_index=True)
    kinds = np.array(["PS", "PE", "TT", "NE", "NW"])[np.arange(len(table)) % 5]
    found = crew_of(table.assign(type=kinds), "1999-01-08")
    assert found.cycle["A02"] / found.cycle["A01"] == pytest.approx(1.5, rel=0.08)
    assert found.groups == {"A01": "all_calls", "A02": "all_calls"}


@needs_raw
def test_the_groups_of_the_log_add_up_to_its_presence():
    dates = ["1999-03-01", "1999-06-22"]
    known = known_crew(RAW)
    told = bank.read_staffing(RAW, dates).set_index(["date", "start_s"])["operators"]
    parts = staffing_by_group(RAW, dates, known).groupby(["date", "start_s"])["operators"].sum()
    np.testing.assert_allclose(parts, told, atol=0.003)
    levels = levels_by_date(RAW, dates, known)["talk"]
    assert levels.between(0.85, 1.2).all()
