"""Random programs on both kinds of people: after every command the same people."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from column_people import N_PEOPLE, ColumnModel, ObjectModel, records
from hypothesis import given, settings
from hypothesis import strategies as st

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
