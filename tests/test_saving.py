"""A saved model goes on bit for bit, whatever the scenario and the instant; nothing that it keeps is forgotten."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import mesa
import numpy as np
import pytest
from deep_comparison import differences, is_same_array
from hypothesis import given, settings
from hypothesis import strategies as st
from saved_scenarios import CHANNELS, combined, with_careers

from twin import saving
from twin.errors import InputError
from twin.model import CallCentre
from twin.saving import parts_of
from twin.scenario.channel_choice_schema import ChannelChoice
from twin.scenario.files import library_names
from twin.scenario.load import load_scenario
from twin.scenario.schema import Scenario
from twin.scenario.units import IN_BASE_UNITS
from twin.simulation import run_of, simulate
from twin.trace import TraceTables

DAY = 86400.0
CONTROL = {
    "breaks": {"over": {"waiting": 1.0}, "at_once": 1},
    "overtime": {"over": {"waiting": 0.5}, "at_most": "30 min"},
    "early_leave": [{"group": "desk", "idle_share": 0.5}],
    "outages": [
        {
            "what": "slow",
            "factor": 1.3,
            "between": {"law": "exponential", "mean": "3 h"},
            "repair": {"law": "exponential", "mean": "1 h"},
        }
    ],
    "loans": [
        {"group": "helpers", "count": 1, "skills": {"a": "primary"}, "begins": "10:00", "ends": "12:00"},
    ],
}


LEGS = [
    {"kind": "transfer", "skills": ["b"], "share": 0.2, "at": 0.5},
    {"kind": "conference", "skills": ["a"], "share": 0.1, "at": 0.4, "limit": "1 min"},
]


def controlled():
    """Failures, loans, breaks put off, overtime and early leave."""
    return centre(control=CONTROL)


def centre(**rules):
    """Redials, recalls and noise in a small centre, and what is given."""
    return Scenario.model_validate(
        {
            "name": "controlled",
            "run": {"days": 2, "interval": "30 min", "start": "2013-03-04"},
            "opening": {"opens": "08:00", "closes": "18:00"},
            "skills": {"a": {}, "b": {}},
            "intents": {"ann": {"talk": {"law": "exponential", "mean": "3 min"}, "fcr": 0.7}},
            "patience": {"law": "exponential", "mean": "2 min"},
            "redial": {"share": 0.5, "delay": {"law": "exponential", "mean": "1 h"}},
            "recall": {"share": 0.5, "delay": {"law": "exponential", "mean": "8 h"}},
            "queues": {"main": {}},
            "routes": [{"queue": "main", "skills": ["a", "b"]}],
            "demand": {
                "kind": "rates",
                "rates": {"ann": "90 /h"},
                "noise": {"day_cv": 0.1, "interval_cv": 0.1, "interval_correlation": 0.5},
            },
            "shifts": {
                "day": {"length": "8 h", "starts": {"08:00": 1.0}, "breaks": {"every": "2 h", "length": "15 min"}},
            },
            "groups": {
                "desk": {"count": 3, "skills": {"a": 1}, "shift": "day"},
                "helpers": {"count": 2, "skills": {"b": 1}, "shift": "day"},
            },
            **rules,
        }
    )


def customers(name="187-as-is", **changes):
    """Ten thousand customers and their centre."""
    small = {"size": "tiny", "scale.sizes.tiny": 0.01, "customers.base": 1_000_000, "run.warm_up": 1, "run.days": 2}
    return load_scenario(name, small | changes)


def choosing(name="187-as-is"):
    """The same, who also write, and look in the web."""
    return customers(name).model_copy(update={"channels": ChannelChoice.model_validate(CHANNELS)})


SMALL = {
    "rates": lambda: load_scenario("erlang-a", {"run.days": 2, "run.warm_up": 0}),
    "control": controlled,
    "legs": lambda: centre(legs=LEGS),
    "chat": lambda: load_scenario("chat", {"run.days": 2}),
    "blended": lambda: load_scenario("blended", {"run.days": 1}),
    "call-back": lambda: load_scenario("call-back", {"run.days": 1}),
    "told waits": lambda: load_scenario("told-waits", {"run.days": 1}),
    "finite line": lambda: load_scenario("v9-telethon", {"run.days": 2}),
    "trace": lambda: load_scenario("bank-1999", {"run.days": 2}),
    "cases": lambda: load_scenario("cases", {"run.days": 1, "run.warm_up": 1}),
    "menu": lambda: load_scenario("menu", {"run.days": 2}),
    "combined": combined,
    "careers": with_careers,
}


def messages():
    """Customers who are told before they call, and asked afterwards."""
    return load_scenario("wind-multichannel", {"size": "tiny", "run.warm_up": 1, "run.days": 2})


LATER = {"diary", "contacts", "heap_at", "heap_events"}
"""Who comes back after the end of the saved run is in other places than in the longer run: on the heap, not on a later
page of the diary. That changes nothing: at equal instants the kind decides, then who was written down first."""


def run_to(scenario, at, kind=CallCentre, **arguments):
    model = kind(scenario, seed=11, recording=True, **arguments)
    model.run_until(at)
    return model


def saved_and_loaded(model, **arguments):
    with tempfile.TemporaryDirectory() as folder:
        return type(model).load(model.save(Path(folder) / "run.twin"), **arguments)


def assert_same(a, b):
    assert differences(a, b) == []


def is_same_tallies(a, b):
    return a.tallies.tobytes() == b.tallies.tobytes()


@pytest.mark.parametrize("name", SMALL)
@given(share=st.floats(0.0, 1.0), later=st.floats(0.0, 1.0))
@settings(max_examples=4, deadline=None)
def test_a_saved_run_goes_on_bit_for_bit_from_any_instant(name, share, later):
    scenario = SMALL[name]()
    model = run_to(scenario, 0.0)
    length = model.calendar.n_days * DAY
    model.run_until(share * length)
    loaded = saved_and_loaded(model)
    assert_same(model, loaded)
    for one in (model, loaded):
        one.run_until((share + (1 - share) * later) * length)
    assert_same(model, loaded)
    for one in (model, loaded):
        one.run()
    assert_same(model, loaded)
    whole = simulate(scenario, seed=11, recording=True)
    assert is_same_tallies(run_of(loaded), whole)
    assert run_of(loaded).records.equals(whole.records)
    model.close()
    loaded.close()


@pytest.mark.parametrize("made", [customers, lambda: customers("187-to-be"), choosing, messages])
@pytest.mark.parametrize("at", [1.5 * DAY + 0.25, 2 * DAY])
def test_customers_go_on_with_their_lives_and_memories(made, at):
    model = run_to(made(), at)
    assert any(len(rows) for rows in model.demand._recent.days)
    loaded = saved_and_loaded(model)
    assert_same(model, loaded)
    for one in (model, loaded):
        one.run()
    assert_same(model, loaded)
    a, b = run_of(model), run_of(loaded)
    assert a.records.equals(b.records)
    assert a.stocks.equals(b.stocks)
    assert all(table.equals(b.tables[name]) for name, table in a.tables.items())
    assert a.kpis(["cluster"]).equals(b.kpis(["cluster"]))


def test_a_day_whose_records_are_not_kept_is_remembered_all_the_same():
    """Customers learn at midnight from the records of the whole day, those before the saving included."""
    model = CallCentre(customers(), seed=11)
    model.run_until(1.6 * DAY)
    assert model.world.state[0].n_records > 0
    loaded = saved_and_loaded(model)
    for one in (model, loaded):
        one.run()
    assert_same(model, loaded)


def test_a_chain_of_savings_is_no_longer_a_difference():
    model = run_to(controlled(), 0.0)
    loaded = model
    for hour in range(1, 48, 5):
        loaded.run_until(hour * 3600.0)
        loaded = saved_and_loaded(loaded)
    loaded.run()
    whole = simulate(controlled(), seed=11, recording=True)
    assert is_same_tallies(run_of(loaded), whole)
    assert run_of(loaded).records.equals(whole.records)


def test_a_saved_run_goes_on_in_another_process(tmp_path):
    model = run_to(customers(), 1.5 * DAY)
    file = model.save(tmp_path / "run.twin")
    model.run()
    code = (
        "import sys, hashlib; from twin import CallCentre; from twin.simulation import run_of\n"
        "model = CallCentre.load(sys.argv[1]); model.run()\n"
        "print(hashlib.sha256(run_of(model).tallies.tobytes()).hexdigest(), run_of(model).kpis().to_json())"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(saving.__file__).parents[1])}
    said = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, env=environment, check=True
    ).stdout
    run = run_of(model)
    assert said == f"{hashlib.sha256(run.tallies.tobytes()).hexdigest()} {run.kpis().to_json()}\n"


@pytest.mark.parametrize("at", [1.2 * DAY, 2 * DAY])
@pytest.mark.parametrize("name", ["control", "cases", "menu", "combined", "careers"])
def test_a_run_that_goes_on_longer_is_the_longer_run(name, at):
    scenario = SMALL[name]()
    loaded = saved_and_loaded(run_to(scenario, at), days=4)
    assert loaded.running
    loaded.run()
    whole = CallCentre(scenario, seed=11, recording=True, days=4)
    whole.run()
    assert {path.rpartition(".")[2] for path in differences(whole, loaded)} <= LATER
    assert is_same_tallies(whole.world, loaded.world)
    assert all(is_same_array(a, b) for a, b in zip(whole.records, loaded.records, strict=True))


def test_customers_whose_run_goes_on_longer_live_as_in_the_longer_run():
    """The next visit to a customer may lie beyond the end of the run that was saved."""
    whole = CallCentre(customers(), seed=11, recording=True, days=4)
    loaded = saved_and_loaded(run_to(customers(), 2 * DAY + 30_000.0), days=4)
    for model in (whole, loaded):
        model.run()
    assert is_same_tallies(loaded.world, whole.world)
    assert is_same_array(loaded.customers.store.columns["due"], whole.customers.store.columns["due"])
    assert is_same_array(loaded.demand.people.flows, whole.demand.people.flows)


def test_a_run_may_end_earlier_but_not_before_the_day_it_has_got_to():
    model = run_to(controlled(), 0.5 * DAY)
    loaded = saved_and_loaded(model, days=1)
    loaded.run()
    assert is_same_tallies(run_of(loaded), simulate(controlled(), days=1, seed=11))
    longer = saved_and_loaded(loaded, days=2)
    longer.run()
    assert is_same_tallies(run_of(longer), simulate(controlled(), seed=11))
    model.run_until(1.5 * DAY)
    with pytest.raises(InputError, match="days is 1, must be 2 or more, as so many have begun"):
        saved_and_loaded(model, days=1)


def test_the_trace_that_was_given_must_be_given_again():
    scenario = load_scenario("bank-1999", {"run.days": 2})
    tables = TraceTables.read(scenario.demand)
    later = tables.arrivals.iloc[1:].reset_index(drop=True)
    other = dataclasses.replace(tables, arrivals=later)
    model = run_to(scenario, 0.4 * DAY, trace=other)
    assert_same(model, saved_and_loaded(model, trace=other))
    with pytest.raises(InputError, match="replays recorded contacts that have changed since"):
        saved_and_loaded(model)


def test_a_collector_goes_on_collecting():
    def collector():
        return mesa.DataCollector(
            {"waiting": "n_waiting", "now": lambda model: model.now}, agent_reporters={"handled": "n_handled"}
        )

    def steps(model, n):
        for _ in range(n):
            model.step()

    model = CallCentre(controlled(), seed=3)
    model.datacollector = collector()
    steps(model, 20)
    loaded = saved_and_loaded(model, datacollector=collector())
    for one in (model, loaded):
        steps(one, 3)
        assert one.steps == 23
    assert len(loaded.datacollector.get_model_vars_dataframe()) == 23
    assert loaded.datacollector.get_model_vars_dataframe().equals(model.datacollector.get_model_vars_dataframe())
    assert loaded.datacollector.get_agent_vars_dataframe().equals(model.datacollector.get_agent_vars_dataframe())
    assert saved_and_loaded(model).datacollector is None
    with pytest.raises(InputError, match="has now, must have what was collected: waiting, now"):
        saved_and_loaded(model, datacollector=mesa.DataCollector({"now": "now"}))


def test_a_scenario_that_could_not_be_loaded_is_not_saved():
    scenario = controlled()
    unchecked = scenario.model_copy(
        update={"groups": {"desk": scenario.groups["desk"].model_copy(update={"shift": "x"})}}
    )
    model = CallCentre(controlled(), seed=3)
    model.given = unchecked
    with pytest.raises(InputError, match=r"save: its scenario is wrong, groups.desk.shift is 'x'"):
        saved_and_loaded(model)


def test_a_scenario_is_saved_as_it_was_given():
    """The intents of the channels are made anew, and the scenario asked for is that of the file."""
    model = run_to(choosing(), 0.3 * DAY)
    assert any(intent.channel == "web" for intent in model.scenario.intents.values())
    loaded = saved_and_loaded(model, scenario=choosing())
    assert loaded.given == choosing()
    assert loaded.scenario == model.scenario


def test_random_generators_go_on_where_they_stood():
    model = CallCentre(controlled(), seed=3)
    model.random.random()
    model.rng.random(5)
    loaded = saved_and_loaded(model)
    assert [loaded.random.random(), *loaded.rng.random(3)] == [model.random.random(), *model.rng.random(3)]


# ---- parts that others add ------------------------------------------------------------------------------------------


class Diary:
    """A part that forgets to say what its state is."""

    def __init__(self):
        self.days = np.zeros(3)


class SavedDiary(Diary):
    def state(self):
        return {"days": self.days, "pages": [self.days[:1], self.days[1:]], "title": "mine", "none": []}

    def restore(self, state):
        assert state["title"] == "mine"
        assert state["none"] == []
        assert np.concatenate(state["pages"]).tolist() == state["days"].tolist()
        self.days[:] = state["days"]


class Writing(CallCentre):
    kind = Diary

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.diary = self.kind()

    def _end_day(self):
        super()._end_day()
        self.diary.days[self.day] = self.now


class WritingAndSaving(Writing):
    kind = SavedDiary


def test_a_part_whose_state_is_not_saved_is_noticed():
    forgets, saves = (run_to(controlled(), 1.5 * DAY, kind) for kind in (Writing, WritingAndSaving))
    assert differences(forgets, saved_and_loaded(forgets)) == ["model.diary.days"]
    assert "diary" in parts_of(saves)
    assert_same(saves, saved_and_loaded(saves))


@pytest.mark.parametrize("name", ["control", "trace"])
def test_a_change_anywhere_is_a_difference(name):
    """The comparison itself: one changed cell of any table, or one plain value, is found."""
    model, other = (run_to(SMALL[name](), 0.5 * DAY) for _ in range(2))
    assert_same(model, other)
    other.world.operators.wage[1] += 1e-12
    other.persons[0].speed += 1e-12
    other.steps += 1
    found = differences(model, other)
    assert len(found) == 3
    for place in ("engine.world.operators", ".speed", "steps"):
        assert any(path.endswith(place) for path in found)


def test_the_parts_are_found_where_they_hang():
    assert {"model", "tables", "roster._control"} <= parts_of(CallCentre(controlled())).keys()
    assert {"model", "tables", "demand", "customers.store"} <= parts_of(CallCentre(customers())).keys()


@pytest.mark.parametrize("name", library_names())
def test_a_scenario_survives_as_plain_values(name):
    scenario = load_scenario(name)
    told = json.loads(json.dumps(scenario.model_dump(mode="json", exclude_unset=True)))
    assert Scenario.model_validate(told, context=IN_BASE_UNITS) == scenario
