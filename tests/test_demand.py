"""Arrivals at given rates: streams merged in order of time, keys that count up, room that grows."""

import numpy as np
import pytest

from twin.calendar import Calendar
from twin.demand import RateDemand
from twin.kernel.arrivals import merge_streams
from twin.kernel.tables import ARRIVAL
from twin.scenario.schema import Scenario
from twin.world.names import Names

TALK = {"law": "constant", "value": "100 s"}


def merged(streams):
    """What `merge_streams` makes of streams of instants; the key of stream i counts from 1,000,000 i."""
    ends = np.cumsum([len(stream) for stream in streams])
    n = int(ends[-1])
    rows = np.empty(n, ARRIVAL).view(np.recarray)
    begins = np.concatenate([[0], ends[:-1]])
    number = np.arange(len(streams))
    keys = 1_000_000 * number.astype(np.uint64)
    merge_streams(rows, np.concatenate(streams), begins, ends, number, keys, np.empty(n + 1, np.int32))
    return rows


def day_of(kind, n, rng):
    """A stream of about `n` instants."""
    if kind == "even":
        instants = rng.uniform(30_000, 70_000, n)
    elif kind == "many at one instant":
        instants = rng.integers(0, 50, n).astype(float)
    elif kind == "all at one instant":
        instants = np.full(n, 5.0)
    else:
        instants = np.concatenate([rng.uniform(0, 1e-3, n), [86400.0]])
    return np.sort(instants)


@pytest.mark.parametrize("kind", ["even", "many at one instant", "all at one instant", "nearly all in a millisecond"])
@pytest.mark.parametrize("sizes", [[0, 0], [1], [0, 7, 1], [5000, 0, 9000, 300], [50] * 40])
def test_streams_are_merged_as_by_a_stable_sort(kind, sizes):
    rng = np.random.default_rng(1)
    streams = [day_of(kind, n, rng) if n else np.zeros(0) for n in sizes]
    rows = merged(streams)
    instants = np.concatenate(streams)
    intents = np.repeat(np.arange(len(streams)), [len(stream) for stream in streams])
    keys = np.concatenate([1_000_000 * i + np.arange(len(stream)) for i, stream in enumerate(streams)])
    order = np.argsort(instants, kind="stable")
    assert (rows["at"] == instants[order]).all()
    assert (rows["intent"] == intents[order]).all()
    assert (rows["who"] == keys[order]).all()
    assert (rows["customer"] == -1).all()
    assert np.isnan(rows["talk_time"]).all()
    assert not any(rows[name].any() for name in ("cluster", "segment", "condition"))


@pytest.fixture(scope="module")
def demand():
    made = Scenario.model_validate(
        {
            "name": "demand",
            "skills": {"a": {}},
            "intents": {name: {"talk": TALK} for name in ("never", "steady", "noon")},
            "queues": {"one": {}},
            "routes": [{"queue": "one", "skills": ["a"]}],
            "groups": {"all": {"count": 1, "skills": {"a": 1}}},
            "opening": {"opens": "08:00", "closes": "20:00", "days": ["mon", "tue", "wed", "thu", "fri", "sat"]},
            "demand": {
                "kind": "rates",
                "period": "4 h",
                "rates": {"noon": ["0 /h", "900 /h", "0 /h"], "steady": "600 /h"},
                "noise": {"interval_cv": 0.2},
            },
        }
    )
    return RateDemand(made, Names.of(made), Calendar.of(made, 7), 1)


def test_a_day_of_arrivals_is_sorted_and_its_keys_are_its_own(demand):
    days = [demand.arrivals(day).copy() for day in range(7)]
    for rows in days:
        assert (np.diff(rows.at) >= 0).all()
        for intent in (1, 2):
            keys = rows.who[rows.intent == intent]
            assert (np.diff(keys.astype(np.int64)) == 1).all()
    who = np.concatenate([rows.who for rows in days])
    assert len(np.unique(who)) == len(who)
    closed = [day for day in range(7) if demand.calendar.weekday(day) == 6]
    assert [len(rows) == 0 for rows in days] == [day in closed for day in range(7)]


def test_arrivals_follow_the_rates_whatever_room_there_was(demand):
    first = demand.arrivals(1).copy()
    assert abs(np.count_nonzero(first.intent == 1) - 7200) < 4 * 7200**0.5 + 0.05 * 7200
    noon = first.at[first.intent == 2] - 86400
    assert (noon >= 12 * 3600).all()
    assert (noon < 16 * 3600).all()
    demand._instants = np.empty(1)
    again = demand.arrivals(1)
    assert (again.who == first.who).all()
    assert (again.at == first.at).all()
