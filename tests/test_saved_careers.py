"""Operators' careers in a saved run: tables, the pipeline, the month's sums and the agents go on as they were."""

import math

import numpy as np
import pytest
from saved_scenarios import with_careers
from test_saving import DAY, assert_same, customers, run_to, saved_and_loaded

from twin.errors import InputError
from twin.people.career_states import CareerEvent, Stage
from twin.saving import parts_of
from twin.simulation import run_of, simulate

SHOWN = ("group", "team", "phase", "generation", "tenure", "is_leader", "history", "skills", "activity", "n_handled")
TINY = {"scale.sizes.tiny": 0.004, "customers.base": 400_000, "run.interval": "1 h"}


def shown(model):
    """What the operators tell of themselves; NaN as a word, as it equals nothing."""
    rows = [[getattr(operator, name) for name in SHOWN] for operator in model.operators]
    return [["nobody" if isinstance(value, float) and math.isnan(value) else value for value in row] for row in rows]


def test_each_part_of_the_careers_has_a_state():
    names = ("log", "table", "pipeline", "training", "control", "payment")
    assert {"careers", *(f"careers.{name}" for name in names)} <= parts_of(run_to(with_careers(), 0.0)).keys()


@pytest.mark.parametrize("at", [34.63 * DAY, 35 * DAY, 35.2 * DAY + 0.5])
def test_careers_go_on_over_a_month_end(at):
    """The run begins on a Monday: the first Monday of the second month is day 35. All were moved on day 1."""
    model = run_to(with_careers(days=43), at)
    assert sum(model.careers.pipeline.n(stage) for stage in Stage) > 0
    loaded = saved_and_loaded(model)
    assert_same(model, loaded)
    assert shown(loaded) == shown(model)
    for one in (model, loaded):
        one.run()
    assert_same(model, loaded)
    assert shown(loaded) == shown(model)
    a, b = (run_of(one) for one in (model, loaded))
    log = a.careers.log
    events = {event.name.lower() for event in (CareerEvent.LEFT, CareerEvent.CLEARED, CareerEvent.MOVED)}
    assert all((log.day[log.event == event] < at / DAY).any() for event in events)
    assert (log.day > at / DAY).any()
    assert a.careers.months.day.tolist() == [35]
    for name, table in a.careers.tables().items():
        assert table.equals(b.careers.tables()[name]), name
    assert a.facts == b.facts


def test_operators_of_187_go_on_over_a_month_end():
    """The run begins on a Friday: day 31 is a Monday of the second month. A third of the operators leave in a month."""
    rules = {"careers.turnover.a_year.in-house": 4.0, "run.start": "2013-03-01", "run.warm_up": 0, "run.days": 33}
    model = run_to(customers("187-as-is-careers", **TINY, **rules), 30.6 * DAY)
    assert not model.careers.log.months
    loaded = saved_and_loaded(model)
    for one in (model, loaded):
        one.run_until(31.4 * DAY)
    assert [row["day"] for row in loaded.careers.log.months] == [31]
    assert_same(model, loaded)
    again = saved_and_loaded(loaded)
    for one in (model, again):
        one.run()
    assert_same(model, again)
    assert shown(again) == shown(model)
    assert {"left", "joined"} <= {event["event"] for operator in again.operators for event in operator.history}


def test_customers_whose_run_ends_earlier_live_as_in_the_shorter_run():
    loaded = saved_and_loaded(run_to(customers(), 0.5 * DAY), days=1)
    loaded.run()
    whole = simulate(customers(), days=1, seed=11)
    assert loaded.world.tallies[96:192].tobytes() == whole.tallies.tobytes()
    assert run_of(loaded).stocks.equals(whole.stocks)


def test_a_table_of_careers_that_does_not_fit_is_told():
    model = run_to(with_careers(), 0.0)
    model.careers.table.level = np.zeros((3, 3), np.int16)
    with pytest.raises(InputError, match=r"run.twin: is damaged \(ValueError.*level is int16 \(3, 3\), must be int16"):
        saved_and_loaded(model)
