"""What columns can do beyond Mesa, their store, and how they stand in a model, a DataCollector and a pickle."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import mesa
import numpy as np
import pytest
from column_people import (
    N_PEOPLE,
    STATE,
    WAIT,
    WEALTH,
    ColumnModel,
    ColumnPerson,
    ObjectModel,
    ObjectPerson,
    ids,
    records,
)
from numba import njit

from twin.people.column_set import ColumnAgentSet, register_column_agents
from twin.people.columns import Column, ColumnAgent, ColumnStore

# --- beyond Mesa ------------------------------------------------------------------------------------------------------


def test_vectorised_method_is_called_once_with_the_set() -> None:
    people = ColumnModel().people
    busy = people.select(lambda a: a.state == 1)
    assert busy.map("age", 2).tolist() == (WAIT[STATE == 1] + 2).tolist()
    assert people.do("age", seconds=1).get("wait").tolist() == (WAIT + 1 + 2 * (STATE == 1)).tolist()
    assert people.shuffle_do(ColumnPerson.age, 1) is people


def test_simple_conditions_run_on_whole_columns() -> None:
    calls = []
    people = ColumnModel().people
    people.select(lambda a: calls.append(a) or (a.wealth > 50) & (a.state == 1))
    people.sort(lambda a: calls.append(a) or a.wealth)
    people.groupby(lambda a: calls.append(a) or a.wealth // 10)
    assert len(calls) == 3


def test_whole_columns_cannot_be_written_by_a_condition() -> None:
    people = ColumnModel().people

    def greedy(agent: Any) -> Any:
        wait = agent.wait
        wait += 1
        return wait > 10

    assert ids(people.select(greedy)) == ids(ObjectModel().people.select(greedy))
    assert people.get("wait").tolist() == WAIT.tolist()


def test_select_takes_a_mask() -> None:
    people = ColumnModel().people
    assert ids(people.select(WEALTH > 0)) == ids(people.select(lambda a: a.wealth > 0))
    with pytest.raises(ValueError, match="must be bool"):
        people.select(WEALTH)


def test_column_is_read_only_and_not_copied() -> None:
    model = ColumnModel()
    column = model.people.column("wealth")
    assert np.shares_memory(column, model.store.columns["wealth"])
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1


# --- the store --------------------------------------------------------------------------------------------------------


def test_array_of_the_right_type_is_adopted_and_others_are_cast() -> None:
    wealth = np.arange(4, dtype=np.int32)
    store = ColumnStore(ColumnModel(), ColumnPerson, 4, wealth=wealth, state=[1, 2, 3, 4], wait=2)
    assert store.columns["wealth"] is wealth
    assert store.columns["state"].dtype == np.int8
    assert store.columns["wait"].tolist() == [2.0] * 4
    assert store.columns["unique_id"].tolist() == [1, 2, 3, 4]


def test_fields_of_a_record_array_are_adopted() -> None:
    table = np.zeros(3, [("secret", "f8"), ("wealth", "i4"), ("state", "i1"), ("wait", "f4")]).view(np.recarray)
    store = ColumnStore(ColumnModel(), ColumnPerson, 3, wealth=table.wealth, state=table.state, wait=table.wait)
    ColumnAgentSet(store)[1].wealth = 8
    assert table.wealth.tolist() == [0, 8, 0]


def test_store_refuses_wrong_columns() -> None:
    with pytest.raises(TypeError, match="no column"):
        ColumnStore(ColumnModel(), ColumnPerson, 3, money=1)
    with pytest.raises(ValueError, match="column wealth has shape"):
        ColumnStore(ColumnModel(), ColumnPerson, 3, wealth=[1, 2])
    with pytest.raises(TypeError, match="column alive"):
        type("Zombie", (ColumnAgent,), {"alive": Column(bool)})


def test_subclass_inherits_and_overrides_columns() -> None:
    class Vip(ColumnPerson):
        wait = Column(np.float64, default=1.5)
        is_gold = Column(bool, default=True)

    store = ColumnStore(ColumnModel(), Vip, 2)
    assert list(store.columns) == ["unique_id", "wealth", "state", "wait", "is_gold"]
    assert [ColumnAgentSet(store)[1].wait, ColumnAgentSet(store)[1].is_gold] == [1.5, True]
    assert "is_gold" not in ColumnPerson.declared_columns


def test_a_row_takes_14_bytes() -> None:
    store = ColumnStore(ColumnModel(), ColumnPerson, 100_000)
    assert store.nbytes <= 14 * 100_000


@njit
def spend(table: Any, amount: int) -> int:
    n_poor = 0
    for row in range(len(table.wealth)):
        if table.alive[row]:
            table.wealth[row] -= amount
            n_poor += table.wealth[row] < 0
    return n_poor


def test_numba_kernel_works_on_the_same_memory() -> None:
    model = ColumnModel()
    model.store.kill([0, 1])
    n_poor = spend(model.store.table(), 10)
    assert n_poor == len(model.people.select(lambda a: a.wealth < 0))
    assert model.people.get("wealth").tolist() == (WEALTH[2:] - 10).tolist()


def test_table_type_is_importable_so_that_numba_can_cache() -> None:
    assert pickle.loads(pickle.dumps(ColumnPerson.Table)) is ColumnPerson.Table
    assert ColumnModel().store.table()._fields == ("unique_id", "wealth", "state", "wait", "alive")


@pytest.mark.parametrize("rows", [3, [3, 7], slice(2, 9), WEALTH > 0], ids=["int", "list", "slice", "mask"])
def test_kill_takes_rows_out_of_every_set(rows: Any) -> None:
    model = ColumnModel()
    by_wait, poor = model.people.sort("wait"), model.people.select(lambda a: a.wealth < 0)
    before = {number: ids(group) for number, group in enumerate((model.people, by_wait, poor))}
    dead = set(model.store.columns["unique_id"][rows].ravel().tolist())
    model.store.kill(rows)
    for number, group in enumerate((model.people, by_wait, poor)):
        assert ids(group) == [one for one in before[number] if one not in dead]
        assert len(group) == len(ids(group))


def test_kernel_may_write_alive_if_it_says_so() -> None:
    model = ColumnModel()
    assert len(model.people) == N_PEOPLE
    model.store.alive[10:] = False
    model.store.alive_changed()
    assert len(model.people) == 10


def test_removing_an_agent_from_a_set_leaves_it_alive() -> None:
    model = ColumnModel()
    others = copy.copy(model.people)
    others.remove(model.people[0])
    assert len(others) == N_PEOPLE - 1
    assert model.store.alive.all()


# --- Mesa's model and DataCollector -----------------------------------------------------------------------------------


def count_waiting(model: Any) -> int:
    return len(model.people.select(lambda a: a.state == 2))


def wealth_of(agent: Any) -> int:
    return agent.wealth


class CollectingModel(ColumnModel):
    """A hybrid: three ordinary agents beside people in columns."""

    def __init__(self) -> None:
        super().__init__()
        for _ in range(3):
            ObjectPerson(self, 1, 2, 3.0)
        self.datacollector = mesa.DataCollector(
            model_reporters={"n_waiting": count_waiting},
            agent_reporters={"wealth": wealth_of},
            agenttype_reporters={ColumnPerson: {"wealth": wealth_of}},
        )

    def step(self) -> None:
        self.people.do("earn", 10)
        self.datacollector.collect(self)


def test_data_collector_with_all_kinds_of_reporters() -> None:
    model = CollectingModel()
    model.step()
    model.people[0].remove()
    model.step()
    collector = model.datacollector
    assert collector.get_model_vars_dataframe()["n_waiting"].tolist() == [
        int((STATE == 2).sum()),
        int((STATE[1:] == 2).sum()),
    ]
    assert collector.get_agent_vars_dataframe()["wealth"].tolist() == [1] * 6
    people = collector.get_agenttype_vars_dataframe(ColumnPerson)["wealth"]
    assert people.loc[1].tolist() == (WEALTH + 10).tolist()
    assert people.loc[2].to_dict() == {row + 1: int(WEALTH[row]) + 20 for row in range(1, N_PEOPLE)}


def test_string_and_lambda_reporters_give_the_same_table() -> None:
    tables = []
    for kind, model in ((ObjectPerson, ObjectModel()), (ColumnPerson, ColumnModel())):
        reporters = {kind: {"wait": "wait", "score": lambda a: a.score, "missing": "nonsense"}}
        model.datacollector = mesa.DataCollector(agenttype_reporters=reporters)
        model.datacollector.collect(model)
        tables.append(model.datacollector.get_agenttype_vars_dataframe(kind))
    assert tables[0].equals(tables[1])


def test_registration_keeps_ordinary_agents_apart() -> None:
    model = CollectingModel()
    assert set(model.agent_types) == {ColumnPerson, ObjectPerson}
    assert len(model.agents) == 3
    assert register_column_agents(model, model.people) is model.people
    with pytest.raises(ValueError, match="already"):
        register_column_agents(model, ColumnAgentSet(ColumnStore(model, ColumnPerson, 1)))


def test_model_with_columns_leaves_no_trace_in_mesa() -> None:
    models_known = len(mesa.Agent._ids)
    model = ColumnModel()
    assert model.people.do("earn")
    assert len(mesa.Agent._ids) == models_known


# --- pickling ---------------------------------------------------------------------------------------------------------


def test_views_and_sets_can_be_pickled() -> None:
    model = ColumnModel()
    by_wait = model.people.sort("wait").select(at_most=9)
    view, whole, part = pickle.loads(pickle.dumps((model.people[4], model.people, by_wait)))
    assert view == whole[4]
    assert records(whole) == records(model.people)
    assert records(part) == records(by_wait)
    view.wealth = 12
    assert whole[4].wealth == 12
    assert model.people[4].wealth == WEALTH[4]


def test_model_can_be_pickled_and_goes_on_alike() -> None:
    model = CollectingModel()
    model.step()
    twin = pickle.loads(pickle.dumps(model))
    for one in (model, twin):
        one.people[3].remove()
        one.step()
        one.people.shuffle(inplace=True)
    assert twin.agents_by_type[ColumnPerson] is twin.people
    assert records(twin.people) == records(model.people)


def test_deep_copy_has_its_own_memory() -> None:
    model = ColumnModel()
    twin = copy.deepcopy(model.people)
    twin.set("wealth", 0)
    assert model.people.get("wealth").tolist() == WEALTH.tolist()
