"""The same people twice: as Mesa's own agents and as rows of columns."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from twin.people.column_set import ColumnAgentSet, register_column_agents
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
