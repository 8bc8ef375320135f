"""`CallCentre` is a Mesa model: steps are intervals, agents are operators, and cutting the run changes nothing."""

import datetime
import gc

import mesa
import numpy as np
import pytest

from twin.errors import InputError
from twin.model import CallCentre, Operator
from twin.scenario.schema import Scenario
from twin.simulation import simulate

DAY = 86400.0


def scenario(**changes):
    base = {
        "name": "model",
        "run": {"days": 2, "interval": "30 min", "start": "2013-03-04"},
        "opening": {"opens": "08:00", "closes": "18:00"},
        "skills": {"a": {}, "b": {}},
        "intents": {
            "ann": {"talk": {"law": "exponential", "mean": "3 min"}, "wrap": {"law": "constant", "value": "20 s"}},
            "bob": {"talk": {"law": "exponential", "mean": "3 min"}},
        },
        "patience": {"law": "exponential", "mean": "2 min"},
        "queues": {"main": {}},
        "routes": [{"queue": "main", "skills": ["a", "b"]}],
        "demand": {"kind": "rates", "rates": {"ann": "60 /h", "bob": "30 /h"}},
        "shifts": {
            "day": {"length": "8 h", "starts": {"08:00": 1.0}, "breaks": {"every": "2 h", "length": "15 min"}},
        },
        "groups": {
            "desk": {"count": 3, "skills": {"a": 1}, "shift": "day"},
            "helpers": {"count": 2, "skills": {"b": 2, "a": 2}},
        },
    }
    return Scenario.model_validate(base | changes)


@pytest.fixture
def model():
    made = CallCentre(scenario(), seed=5)
    yield made
    made.close()


def state_of(model):
    world = model.world
    return [table.tobytes() for table in (world.tallies, world.activity_time, world.group_time, world.operator_time)]


def test_a_call_centre_is_a_mesa_model_of_operators(model):
    assert isinstance(model, mesa.Model)
    assert len(model.agents) == len(model.operators) == 5
    assert set(model.agents) == set(model.operators)
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents_by_type[Operator])
    assert model.agents.select(lambda operator: operator.group == "desk").get("team") == [0, 0, 0]


def test_a_step_is_an_interval(model):
    for steps in (1, 2, 3):
        model.step()
        assert model.now == steps * 1800.0
        assert model.steps == steps
    assert model.running


def test_the_last_step_ends_the_run(model):
    for _ in range(2 * 48):
        assert model.running
        model.step()
    assert model.is_over
    assert not model.running
    before = state_of(model)
    model.step()
    assert state_of(model) == before


def test_run_until_takes_seconds_or_the_next_time_of_day(model):
    model.run_until("14:30")
    assert model.now == 14.5 * 3600
    assert model.clock == datetime.datetime(2013, 3, 4, 14, 30)
    model.run_until("14:30")
    assert model.now == 14.5 * 3600
    model.run_until("09:00")
    assert model.now == DAY + 9 * 3600
    assert model.clock == datetime.datetime(2013, 3, 5, 9, 0)
    model.run_until(DAY + 10 * 3600 + 0.5)
    assert model.now == DAY + 10 * 3600 + 0.5
    model.run_until(0.0)
    assert model.now == DAY + 10 * 3600 + 0.5
    model.run_until(9 * DAY)
    assert model.is_over
    assert model.now == 2 * DAY


def test_a_step_after_an_odd_instant_ends_at_the_end_of_its_interval(model):
    model.run_until(10_000.0)
    model.step()
    assert model.now == 10_800.0


@pytest.mark.parametrize("text", ["2 pm", "14.30", "", "14:3"])
def test_a_wrong_time_of_day_is_refused(model, text):
    with pytest.raises(InputError, match="must be like '14:30'"):
        model.run_until(text)


def test_steps_days_and_one_go_give_the_same_to_the_last_bit():
    one, days, steps = (CallCentre(scenario(), seed=5) for _ in range(3))
    one.run_until(2 * DAY)
    days.run()
    while not steps.is_over:
        steps.step()
    assert state_of(one) == state_of(days) == state_of(steps)


def test_the_seed_and_the_replication_decide():
    def tallies(**luck):
        model = CallCentre(scenario(), **luck)
        model.run()
        return state_of(model)

    assert tallies(seed=5) == tallies(seed=5, replication=0)
    assert tallies(seed=5) != tallies(seed=6)
    assert tallies(seed=5) != tallies(seed=5, replication=1)
    assert tallies(seed=5, replication=1) == tallies(seed=5, replication=1)


def test_mesa_collects_from_the_model_and_from_its_operators(model):
    model.datacollector = mesa.DataCollector(
        model_reporters={"waiting": "n_waiting", "talking": lambda m: m.count_operators("talk")},
        agenttype_reporters={Operator: {"activity": "activity", "handled": "n_handled"}},
    )
    for _ in range(30):
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == ["waiting", "talking"]
    assert len(frame) == 30
    assert frame.talking.max() > 0
    people = model.datacollector.get_agenttype_vars_dataframe(Operator)
    assert len(people) == 30 * 5
    last = people.xs(30, level="Step")
    assert last.handled.sum() == sum(operator.n_handled for operator in model.operators)
    talking = (people.activity == "talk").groupby("Step").sum()
    assert talking.tolist() == frame.talking.tolist()


def test_operators_tell_what_they_do(model):
    model.run_until("07:59")
    assert {operator.activity for operator in model.operators} == {"off"}
    model.run_until(10 * 3600 + 60.0)
    activities = [operator.activity for operator in model.operators]
    assert set(activities) <= {"idle", "talk", "wrap", "break"}
    assert "break" in activities[:3]
    for name in ("off", "idle", "talk", "wrap", "break"):
        assert model.count_operators(name) == activities.count(name)
    model.run_until("23:00")
    assert {operator.activity for operator in model.operators} == {"off"}
    assert all(0 < operator.occupancy < 1 for operator in model.operators)
    assert sum(operator.n_handled for operator in model.operators) == model.world.tallies["handled"].sum()
    assert model.operators[0].skills == {"a": 1.0}


def test_nobody_is_inside_once_the_line_is_served(model):
    model.run_until("12:00")
    assert len(model.inside()) == model.n_waiting + model.count_operators("talk")
    model.run_until("23:00")
    assert len(model.inside()) == 0
    assert (
        model.world.tallies["entered"].sum()
        == model.world.tallies["handled"].sum() + model.world.tallies["abandoned"].sum()
    )


def test_a_closed_model_is_let_go():
    import weakref

    model = CallCentre(scenario(), seed=5)
    model.step()
    model.close()
    seen = weakref.ref(model)
    del model
    gc.collect()
    assert seen() is None


def test_warm_up_days_are_not_counted():
    warm = scenario(run={"days": 1, "warm_up": 1, "interval": "30 min"})
    run = simulate(warm, seed=5)
    assert run.tallies.shape[0] == 48
    model = CallCentre(warm, seed=5)
    model.run()
    assert run.tallies["entered"].sum() == model.world.tallies["entered"][48:96].sum()
    assert run.calendar.date(0) == datetime.date(2013, 3, 3)


def test_doors_that_close_at_midnight_send_everybody_home():
    late = scenario(
        opening={"opens": "08:00", "closes": "24:00"},
        groups={"desk": {"count": 3, "skills": {"a": 1, "b": 1}}},
        shifts={},
    )
    model = CallCentre(late, seed=5)
    model.run_until(DAY + 7 * 3600)
    assert model.count_operators("off") == 3
    assert model.world.state[0].closed
    on_duty = model.world.operator_time[:, 1:].sum()
    assert 3 * 16 * 3600 <= on_duty < 3 * 16 * 3600 + 3600


def test_a_shift_over_midnight_ends_the_next_day():
    night = {"day": {"length": "8 h", "starts": {"20:00": 1.0}, "breaks": {"every": "5 h", "length": "30 min"}}}
    model = CallCentre(
        scenario(opening={}, shifts=night, groups={"desk": {"count": 2, "skills": {"a": 1, "b": 1}, "shift": "day"}}),
        seed=5,
    )
    model.run_until(DAY + 2 * 3600)
    assert model.count_operators("off") == 0
    model.run_until(DAY + 12 * 3600)
    assert model.count_operators("off") == 2
    breaks = model.world.operator_time[:, 4]
    assert breaks == pytest.approx([1800.0, 1800.0])


def test_intervals_that_no_binary_number_holds_still_pass():
    """A tenth of a second cannot be written exactly; steps must go on all the same."""
    model = CallCentre(scenario(run={"days": 1, "interval": "0.1 s"}), seed=5)
    model.run_until(0.25)
    for _ in range(20):
        before = model.now
        model.step()
        assert model.now > before


def test_a_record_table_has_names(model):
    run = simulate(scenario(), seed=5, recording=True)
    table = run.records
    assert set(table.outcome) <= {"handled", "abandoned"}
    assert set(table.intent) == {"ann", "bob"}
    assert len(table) == run.tallies["handled"].sum() + run.tallies["abandoned"].sum()
    assert table.ended_at.is_monotonic_increasing
    assert np.isfinite(table.ended_at).all()


BESIDE = {"groups": {"desk": {"count": 1, "skills": {"a": 1, "b": 1}}}, "shifts": {}}


@pytest.mark.parametrize(("days", "on_duty"), [(["tue"], 1), (["mon"], 0)])
def test_round_the_clock_on_some_days_only(days, on_duty):
    model = CallCentre(scenario(opening={"days": days}, **BESIDE), seed=5)
    model.run_until(DAY + 12 * 3600)
    assert len(model.operators) - model.count_operators("off") == on_duty


def test_the_number_waiting_is_the_same_however_patience_is_looked_at():
    seen = []
    for events in (None, True):
        model = CallCentre(scenario(routing={"patience_events": events}, **BESIDE), seed=5)
        model.run_until(8 * 3600 + 1790.0)
        seen.append(model.n_waiting)
    assert seen[0] == seen[1]
