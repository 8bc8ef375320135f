"""The column-backed AgentSet against Mesa's own: the same people, the same questions, the same answers."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mesa.agent import AgentSet
from numba import njit

from twin.people.column_set import ColumnAgentSet, ColumnGroupBy, register_column_agents
from twin.people.columns import Column, ColumnAgent, ColumnStore, vectorised

N_PEOPLE = 60
WEALTH = np.random.default_rng(1).integers(-100, 100, N_PEOPLE).astype(np.int32)
STATE = np.random.default_rng(2).integers(0, 5, N_PEOPLE).astype(np.int8)
WAIT = np.random.default_rng(3).integers(0, 400, N_PEOPLE).astype(np.float32) / 4  # quarters: exact in float32


class PersonMethods:
    """What a user writes once and expects to work on both kinds of agent."""

    def earn(self, amount: int = 1) -> int:
        self.wealth += amount
        return self.wealth

    @property
    def score(self) -> float:
        return self.wealth + 2 * self.wait

    @property
    def label(self) -> tuple[str, int]:
        return ("poor" if self.wealth < 0 else "rich", self.state)


class ObjectPerson(PersonMethods, mesa.Agent):
    def __init__(self, model: mesa.Model, wealth: int, state: int, wait: float) -> None:
        super().__init__(model)
        self.wealth, self.state, self.wait = wealth, state, wait


class ColumnPerson(PersonMethods, ColumnAgent):
    wealth = Column(np.int32)
    state = Column(np.int8)
    wait = Column(np.float32)

    @vectorised
    def age(people: ColumnAgentSet, seconds: float) -> np.ndarray:
        people.store.columns["wait"][people.selector] += seconds
        return people.get("wait")


class ObjectModel(mesa.Model):
    def __init__(self, n: int = N_PEOPLE) -> None:
        super().__init__(rng=7)
        for row in range(n):
            ObjectPerson(self, int(WEALTH[row]), int(STATE[row]), float(WAIT[row]))
        self.people = self.agents_by_type[ObjectPerson]
        self.other = self.people.select(lambda a: a.state == 2)


class ColumnModel(mesa.Model):
    def __init__(self, n: int = N_PEOPLE) -> None:
        super().__init__(rng=7)
        columns = {"wealth": WEALTH[:n].copy(), "state": STATE[:n].copy(), "wait": WAIT[:n].copy()}
        self.store = ColumnStore(self, ColumnPerson, n, **columns)
        self.people = register_column_agents(self, ColumnAgentSet(self.store))
        self.other = self.people.select(lambda a: a.state == 2)


def ids(agents: Any) -> list[int]:
    return [agent.unique_id for agent in agents]


def plain(value: Any) -> Any:
    """Turn an answer into something that compares with ==: sets of agents into ids, arrays into lists."""
    if isinstance(value, AgentSet):
        return ids(value)
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, mesa.Agent):
        return value.unique_id
    if isinstance(value, dict):
        return [(plain(key), plain(item)) for key, item in value.items()]  # the order of groups counts too
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def records(people: Any) -> list[list[float]]:
    return [[a.unique_id, a.wealth, a.state, a.wait] for a in people]


def error_of(action: Callable[[], Any]) -> str:
    with pytest.raises(Exception) as caught:
        action()
    return caught.type.__name__


def kill_next_in_line(people: Any) -> list[list[float]]:
    """Each agent ends the life of the next one, which then must not act itself."""
    everyone = people[0].model.people

    def act(agent: Any) -> None:
        agent.wealth += 1000
        for prey in [a for a in everyone if a.unique_id == agent.unique_id + 1]:
            prey.remove()

    people.do(act)
    return records(people)


def kill_every(step: int, people: Any) -> None:
    for agent in [a for a in people if a.unique_id % step == 0]:
        agent.remove()


def kill_every_fifth(people: Any) -> Any:
    derived = people.select(lambda a: a.wealth > 0), people.sort("wait"), copy.copy(people)
    kill_every(5, people)
    return [*derived, people, len(people), derived[0][-1]]


def remove_from_copy(people: Any) -> Any:
    others = people.select()
    first = others[0]
    others.remove(first)
    return [others, first in others, first in people, len(people)]


def in_place_algebra(people: Any) -> Any:
    rich, busy = people.select(lambda a: a.wealth > 0), people.select(lambda a: a.state > 2)
    union, both, only, either = (copy.copy(rich) for _ in range(4))
    union |= busy
    both &= busy
    only -= busy
    either ^= busy
    return [union, both, only, either]


def other(people: Any) -> Any:
    return people[0].model.other


def rich(people: Any) -> Any:
    return people.select(lambda a: a.wealth > 0)


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "len": len,
    "iteration": lambda p: list(p),
    "iteration backwards": lambda p: list(reversed(p)),
    "contains": lambda p: [p[3] in p, p[3] in other(p), "nobody" in p],
    "index first and last": lambda p: [p[0], p[-1]],
    "index out of range": lambda p: error_of(lambda: p[N_PEOPLE]),
    "slice": lambda p: [p[2:9], p[-3:], p[::-7]],
    "position of an agent": lambda p: p.index(p[5]),
    "is a mesa Agent and AgentSet": lambda p: [isinstance(p[0], mesa.Agent), isinstance(p, AgentSet)],
    "select by one comparison": lambda p: p.select(lambda a: a.wealth > 50),
    "select with and, or, in (falls back)": lambda p: p.select(
        lambda a: (a.wealth > 0 and a.state in (1, 2)) or 10 < a.wait < 20
    ),
    "select with & and |": lambda p: p.select(lambda a: (a.wealth > 0) & (a.state == 1) | (a.wait < 5)),
    "select by truth of a number": lambda p: p.select(lambda a: a.state),
    "select with arithmetic beyond the column type": lambda p: p.select(lambda a: a.state * 1000 + a.wealth > 3000),
    "select at a float32 boundary": lambda p: p.set("wait", float(np.float32(0.1))).select(lambda a: a.wait > 0.1),
    "select by a property": lambda p: p.select(lambda a: a.score > 100),
    "select all but one agent": lambda p: p.select(lambda a, me=p[4]: (a != me) & (a.wealth > 0)),
    "select all but one agent, turned round": lambda p: p.select(lambda a, me=p[4]: (me != a) & (a.wealth > 0)),
    "select by isinstance": lambda p: p.select(lambda a, kind=type(p[0]): isinstance(a, kind) & (a.wealth > 0)),
    "select members of another set": lambda p: p.select(lambda a: a in other(p)),
    "select with the model's luck": lambda p: p.select(lambda a: a.model.random.random() * 5 < a.state),
    "select with the model's numpy luck": lambda p: p.select(lambda a: a.model.rng.random() * 5 < a.state),
    "select dividing by zero": lambda p: error_of(lambda: p.select(lambda a: 1 / a.state > 0.3)),
    "select on a missing attribute": lambda p: error_of(lambda: p.select(lambda a: a.nonsense > 0)),
    "select at most a count": lambda p: p.select(lambda a: a.wealth > 0, at_most=7),
    "select at most a share": lambda p: [p.select(at_most=0.25), p.select(at_most=1.0), p.select(at_most=1)],
    "select at most odd limits": lambda p: [p.select(at_most=-2), p.select(at_most=0), p.select(at_most=2.5)],
    "select in place": lambda p: [p.select(lambda a: a.state == 1, inplace=True) is p, p],
    "select by agent type": lambda p: [p.select(agent_type=mesa.Agent), p.select(agent_type=mesa.DataCollector)],
    "select nothing to choose": lambda p: [p.select(), p.select() is p, p.select(inplace=True) is p],
    "select of a selection": lambda p: rich(p).select(lambda a: a.state == 3).select(lambda a: a.wait > 9),
    "select leaving one, then by and": lambda p: p.select(at_most=1).select(lambda a: a.wealth > -999 and a.state >= 0),
    "select leaving none": lambda p: p.select(lambda a: a.wealth > 999).select(lambda a: a.nonsense),
    "get one": lambda p: p.get("wealth"),
    "get several": lambda p: p.get(["wealth", "wait", "state"]),
    "get a property": lambda p: [p.get("score"), p.get("label")],
    "get missing": lambda p: error_of(lambda: p.get("nonsense")),
    "get missing with default": lambda p: [
        p.get("nonsense", handle_missing="default", default_value=-1),
        p.get(["wealth", "nonsense"], handle_missing="default"),
    ],
    "get with a wrong option": lambda p: error_of(lambda: p.get("wealth", handle_missing="ignore")),
    "get is a snapshot": lambda p: [p.get("wealth"), p.do("earn", 5).get("wealth")],
    "set": lambda p: [p.set("wealth", 5) is p, records(p)],
    "set on a selection": lambda p: [rich(p).set("state", 9), records(p)],
    "aggregate sum, min, max, len": lambda p: [p.agg("wealth", one) for one in (sum, min, max, len)],
    "aggregate several": lambda p: p.agg("wait", [min, max, sum, np.mean, np.median]),
    "aggregate with own function": lambda p: p.agg("state", lambda values: sum(values) / len(values)),
    "aggregate beyond the column type": lambda p: [p.set("state", 127).agg("state", sum), p.agg("score", sum)],
    "aggregate nobody": lambda p: p.select(at_most=0).agg("wealth", sum),
    "aggregate the maximum of nobody": lambda p: error_of(lambda: p.select(at_most=0).agg("wealth", max)),
    "group by attribute, count": lambda p: p.groupby("state").count(),
    "group by attribute, groups": lambda p: p.groupby("state").groups,
    "group by function": lambda p: p.groupby(lambda a: a.wealth % 7).groups,
    "group by function with if": lambda p: p.groupby(lambda a: "rich" if a.wealth > 0 else "poor").groups,
    "group by pair": lambda p: p.groupby(lambda a: (a.state, a.wealth > 0)).count(),
    "group by property": lambda p: p.groupby("label").count(),
    "group and aggregate": lambda p: p.groupby("state").agg("wealth", sum),
    "group into lists": lambda p: [p.groupby("state", result_type="list").groups, p.groupby("state", "list").count()],
    "group into lists and aggregate": lambda p: p.groupby("state", result_type="list").agg("wait", max),
    "group and map": lambda p: [p.groupby("state").map(len), p.groupby("state").map("get", "wealth")],
    "group and do": lambda p: [p.groupby("state").do("do", "earn", 3) is not None, records(p)],
    "iterate over groups": lambda p: [list(p.groupby("state")), len(p.groupby("state"))],
    "group nobody": lambda p: p.select(at_most=0).groupby("state").count(),
    "do by name": lambda p: [p.do("earn") is p, records(p)],
    "do by name with arguments": lambda p: [p.do("earn", amount=4), records(p)],
    "do by function": lambda p: [p.do(lambda a, x: setattr(a, "wait", x), 2.5), records(p)],
    "do missing method": lambda p: error_of(lambda: p.do("nonsense")),
    "map by name": lambda p: p.map("earn", 2),
    "map by function": lambda p: p.map(lambda a: a.wealth - a.state),
    "shuffle_do visits everybody once": lambda p: [p.shuffle_do("earn") is p, records(p)],
    "shuffle keeps the members": lambda p: [sorted(ids(p.shuffle())), ids(p)],
    "shuffle in place": lambda p: [p.shuffle(inplace=True) is p, sorted(ids(p))],
    "sort by attribute": lambda p: p.sort("wait"),
    "sort by attribute, ascending, with ties": lambda p: p.sort("state", ascending=True),
    "sort descending keeps ties in order": lambda p: p.sort("state"),
    "sort by function": lambda p: p.sort(lambda a: -a.wealth),
    "sort by pair": lambda p: p.sort(lambda a: (a.state, a.wealth), ascending=True),
    "sort by property in place": lambda p: [p.sort("score", inplace=True) is p, p],
    "sort, then select some": lambda p: p.sort("wealth").select(lambda a: a.state > 1, at_most=0.3),
    "union": lambda p: other(p) | rich(p),
    "intersection": lambda p: other(p).sort("wait") & rich(p).sort("wealth"),
    "difference": lambda p: [rich(p) - other(p), p - rich(p)],
    "symmetric difference": lambda p: rich(p) ^ other(p),
    "algebra in place": in_place_algebra,
    "algebra with a list": lambda p: [rich(p) | p[:5], rich(p) & p[:9], rich(p) - p[:9]],
    "comparison of sets": lambda p: [rich(p) <= p, p <= rich(p), p >= rich(p), rich(p) == rich(p), rich(p) < p],
    "disjoint sets": lambda p: [rich(p).isdisjoint(p - rich(p)), rich(p).isdisjoint(p)],
    "copy": lambda p: [copy.copy(p), copy.copy(p) is p, copy.copy(rich(p))],
    "discard, add, pop, clear": lambda p: [
        (chosen := rich(p)).discard(p[0]),
        chosen.discard(p[0]),
        chosen.add(p[0]),
        chosen.pop(),
        list(chosen),
        chosen.clear(),
        len(chosen),
        len(p),
    ],
    "remove of a stranger": lambda p: error_of(lambda: other(p).remove(p.select(lambda a: a.state == 1)[0])),
    "remove from a copy leaves the agent alive": remove_from_copy,
    "dead agents leave every set": kill_every_fifth,
    "the dead do not act": kill_next_in_line,
    "agents by type": lambda p: p[0].model.agents_by_type[type(p[0])] is p,
    "agent knows model and luck": lambda p: [p[0].model is p[1].model, p[0].random is p[0].model.random, p[0].pos],
    "assign to one agent": lambda p: [setattr(p[3], "wealth", 77), p[3].wealth, p.get("wealth")],
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_columns_answer_like_mesa(name: str) -> None:
    operation = OPERATIONS[name]
    expected, found = plain(operation(ObjectModel().people)), plain(operation(ColumnModel().people))
    assert found == expected


@pytest.mark.parametrize("name", OPERATIONS)
def test_columns_answer_like_mesa_after_deaths_and_sorting(name: str) -> None:
    answers = []
    for model in (ObjectModel(N_PEOPLE), ColumnModel(N_PEOPLE)):
        kill_every(3, model.people)
        model.people.sort("wait", inplace=True)
        answers.append(plain(OPERATIONS[name](model.people)))
    assert answers[1] == answers[0]


def test_table_of_operations_is_the_contract() -> None:
    assert len(OPERATIONS) >= 53


# --- documented differences -------------------------------------------------------------------------------------------


def test_shuffle_has_another_order_but_repeats_with_the_seed() -> None:
    ordinary, first, second = ObjectModel().people, ColumnModel().people, ColumnModel().people
    assert ids(first.shuffle()) == ids(second.shuffle())
    assert ids(first.shuffle()) != ids(first)
    assert ids(ColumnModel().people.shuffle()) != ids(ordinary.shuffle())


def test_get_returns_an_array_of_the_column_type() -> None:
    people = ColumnModel().people
    assert people.get("wealth").dtype == np.int32
    assert people.get(["wealth", "wait"]).shape == (N_PEOPLE, 2)
    assert isinstance(ObjectModel().people.get("wealth"), list)


def test_views_of_one_row_are_equal_but_not_identical() -> None:
    people = ColumnModel().people
    assert people[0] == people[0]
    assert hash(people[0]) == hash(people[0])
    assert people[0] is not people[0]
    assert people[0] != ColumnModel().people[0]
    assert people[0] != people[1]


def test_plain_agent_set_of_views_is_empty() -> None:
    model = ColumnModel()
    ordinary = AgentSet(model.people, random=model.random)  # holds the temporary views weakly
    assert len(ordinary) == 0


def test_new_attribute_is_refused() -> None:
    people = ColumnModel().people
    with pytest.raises(AttributeError, match="no column 'mood'"):
        people[0].mood = 1
    with pytest.raises(AttributeError, match="no column 'mood'"):
        people.set("mood", 1)
    with pytest.raises(AttributeError, match="no column 'pos'"):
        people[0].pos = (1, 1)


@pytest.mark.parametrize("value", [300, -129, 1.5, float("nan")])
def test_value_that_does_not_fit_is_refused(value: float) -> None:
    people = ColumnModel().people
    with pytest.raises(ValueError, match="column state is int8 and cannot hold"):
        people[0].state = value
    with pytest.raises(ValueError, match="column state is int8 and cannot hold"):
        people.set("state", value)
    with pytest.raises(ValueError, match="column state is int8 and cannot hold"):
        ColumnStore(ColumnModel(), ColumnPerson, 3, state=value)
    assert people.get("state").tolist() == STATE.tolist()


def test_set_spreads_an_array_over_the_agents_in_their_order() -> None:
    people = ColumnModel().people
    poorest = people.sort("wealth", ascending=True).select(at_most=3)
    poorest.set("wait", [1, 2, 3])
    assert poorest.get("wait").tolist() == [1, 2, 3]
    assert [agent.wait for agent in poorest] == [1, 2, 3]


def test_algebra_with_other_agents_is_refused() -> None:
    people, strangers = ColumnModel().people, ColumnModel().people
    for combine in (people.__or__, people.__and__, people.__sub__, people.__xor__):
        with pytest.raises(TypeError, match="not a row of this store"):
            combine(strangers)
    with pytest.raises(TypeError, match="not a row of this store"):
        ObjectModel().people | people


def test_missing_attribute_of_nobody_is_an_error() -> None:
    nobody = {model: model().people.select(at_most=0) for model in (ObjectModel, ColumnModel)}
    assert nobody[ObjectModel].get("nonsense") == []
    with pytest.raises(AttributeError, match="nonsense"):
        nobody[ColumnModel].get("nonsense")


def test_agents_are_not_created_one_by_one() -> None:
    with pytest.raises(TypeError, match="ColumnStore"):
        ColumnPerson.create_agents(ColumnModel(), 3)


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


# --- random programs --------------------------------------------------------------------------------------------------

ATTRIBUTES = st.sampled_from(["wealth", "state", "wait"])
COMMANDS = st.one_of(
    st.tuples(st.just("select"), ATTRIBUTES, st.integers(-60, 60), st.sampled_from([float("inf"), 0.75, 1.0, 5, 20])),
    st.tuples(st.just("select in place"), ATTRIBUTES, st.integers(-90, 10)),
    st.tuples(st.just("sort"), ATTRIBUTES, st.booleans(), st.booleans()),
    st.tuples(st.just("set"), ATTRIBUTES, st.integers(-100, 100)),
    st.tuples(st.just("set some"), ATTRIBUTES, st.integers(-100, 100), st.integers(-100, 100)),
    st.tuples(st.just("remove from set"), st.integers(0, N_PEOPLE)),
    st.tuples(st.just("kill"), st.integers(0, N_PEOPLE)),
    st.tuples(st.just("unite"), ATTRIBUTES, st.integers(-60, 60)),
    st.tuples(st.just("subtract"), ATTRIBUTES, st.integers(-60, 60)),
    st.tuples(st.just("start again")),
)


def above(attribute: str, threshold: int) -> Callable[[Any], Any]:
    return lambda agent: getattr(agent, attribute) > threshold


def carry_out(command: tuple, chosen: Any, model: Any) -> Any:
    """Carry out one command on the set in hand and return the set that is then in hand."""
    match command:
        case ("select", attribute, threshold, at_most):
            return chosen.select(above(attribute, threshold), at_most=at_most)
        case ("select in place", attribute, threshold):
            return chosen.select(above(attribute, threshold), inplace=True)
        case ("sort", attribute, ascending, inplace):
            return chosen.sort(attribute, ascending=ascending, inplace=inplace)
        case ("set", attribute, value):
            return chosen.set(attribute, value)
        case ("set some", attribute, threshold, value):
            chosen.select(above(attribute, threshold)).set(attribute, value)
        case ("remove from set", place):
            if place < len(chosen):
                chosen.remove(chosen[place])
        case ("kill", place):
            if place < len(chosen):
                chosen[place].remove()
        case ("unite", attribute, threshold):
            return chosen | model.people.select(above(attribute, threshold))
        case ("subtract", attribute, threshold):
            return chosen - model.people.select(above(attribute, threshold))
        case ("start again",):
            return copy.copy(model.people)
    return chosen


@settings(max_examples=150, deadline=None)
@given(st.lists(COMMANDS, max_size=12))
@pytest.mark.filterwarnings("ignore:No Agents specified")
def test_random_programs_give_the_same_people(program: list[tuple]) -> None:
    models = ObjectModel(), ColumnModel()
    in_hand = [copy.copy(model.people) for model in models]
    for command in program:
        in_hand = [carry_out(command, chosen, model) for chosen, model in zip(in_hand, models, strict=True)]
        assert records(in_hand[1]) == records(in_hand[0])
        assert len(in_hand[1]) == len(in_hand[0])
    assert records(models[1].people) == records(models[0].people)


def test_groups_of_columns_are_mesa_groups() -> None:
    groups = ColumnModel().people.groupby("state")
    assert isinstance(groups, ColumnGroupBy)
    assert isinstance(groups, mesa.agent.GroupBy)
