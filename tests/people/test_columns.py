"""The column-backed AgentSet against Mesa's own: the same people, the same questions, the same answers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pytest
from column_people import N_PEOPLE, STATE, ColumnModel, ColumnPerson, ObjectModel, ids, plain, records
from mesa.agent import AgentSet

from twin.people.column_set import ColumnGroupBy
from twin.people.columns import ColumnStore


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


def test_groups_of_columns_are_mesa_groups() -> None:
    groups = ColumnModel().people.groupby("state")
    assert isinstance(groups, ColumnGroupBy)
    assert isinstance(groups, mesa.agent.GroupBy)


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
