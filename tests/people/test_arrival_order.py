"""A day's arrivals come out by instant, then by key, whatever order they were written in."""

import numpy as np

from twin.people.arrival_order import DayOfArrivals


def in_order(ats, whos):
    day = DayOfArrivals()
    rows = day.for_rows(len(ats))
    rows["at"], rows["who"] = ats, whos
    found = day.in_order(len(ats))
    return list(zip(found["at"].tolist(), found["who"].tolist(), strict=True))


def test_arrivals_come_by_instant_and_at_one_instant_by_key():
    assert in_order([30.0, 10.0, 30.0, 20.0], [2, 9, 1, 5]) == [(10.0, 9), (20.0, 5), (30.0, 1), (30.0, 2)]


def test_a_day_without_arrivals_is_empty():
    assert in_order([], []) == []


def test_all_at_one_instant_come_by_key():
    assert [who for _, who in in_order([5.0] * 4, [3, 1, 2, 0])] == [0, 1, 2, 3]


def test_many_arrivals_are_sorted_as_numpy_sorts_them():
    rng = np.random.default_rng(1)
    ats = np.concatenate([rng.uniform(0, 86400, 2000), rng.integers(0, 50, 1000)])  # spread, and many at once
    whos = rng.permutation(3000)
    order = np.lexsort((whos, ats))
    assert in_order(ats, whos) == list(zip(ats[order].tolist(), whos[order].tolist(), strict=True))


def test_room_that_was_used_before_leaves_nothing_behind():
    day = DayOfArrivals()
    for n in (5, 2, 5000):
        rows = day.for_rows(n)
        rows["at"], rows["who"] = np.arange(n, 0, -1), 0
        assert day.in_order(n)["at"].tolist() == list(range(1, n + 1))
