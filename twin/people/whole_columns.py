"""What a function of one agent becomes on whole columns: try it once on arrays, then sort, group or sum the values."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from twin.people.column_set import ColumnAgentSet

NUMBER_KINDS = "biuf"
SORTABLE_KINDS = "biufUS"
PLAIN_TYPES = {bool, int, float, str}
FAST_AGGREGATES: dict[Callable[..., Any], Callable[..., Any]] = {sum: np.sum, min: np.min, max: np.max}


class WholeColumns:
    """Stands in for one agent of a set; its attributes are whole columns, with 64 bits per number as in Python."""

    _agent_set: ColumnAgentSet

    def __init__(self, agent_set: ColumnAgentSet) -> None:
        object.__setattr__(self, "_agent_set", agent_set)

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # isinstance(agent, Customer) holds, as it would for each agent
        return self._agent_set.store.view_class

    @property
    def model(self) -> Any:
        return self._agent_set.store.model

    def __getattr__(self, name: str) -> np.ndarray:
        return widen(self._agent_set.column(name))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("whole columns are read-only")

    def __eq__(self, other: object) -> Any:
        if type(other) is not self._agent_set.store.view_class:
            raise TypeError("whole columns compare with an agent only")
        return (self._agent_set.rows == other._row) & (other._store is self._agent_set.store)

    def __ne__(self, other: object) -> Any:
        return ~(self == other)

    __hash__ = None  # type: ignore[assignment]


def try_on_columns(function: Callable[[Any], Any], agents: ColumnAgentSet) -> np.ndarray | None:
    """Return the function's value for each agent, computed on whole columns, or None if that cannot be done.

    It cannot if the function fails on arrays (``and``, ``or``, ``if``, ``in``, a method of the agent), does not return
    one value per agent, or drew from the model's random generators; these are then put back to where they were.
    """
    if len(agents) < 2:  # for one element, `and` and `if` would work on arrays too
        return None
    luck = _RandomStates(agents)
    try:
        with np.errstate(divide="raise", invalid="raise"):
            values = function(WholeColumns(agents))
    except Exception:  # whatever it is: called agent by agent, the function will raise it again, or work
        values = None
    if luck.put_back() or not isinstance(values, np.ndarray) or values.shape != (len(agents),):
        return None
    return values


class _RandomStates:
    """Where the random generators of a set and its model stand."""

    def __init__(self, agents: ColumnAgentSet) -> None:
        self.randoms = agents.random, agents.store.model.random
        self.bit_generator = agents.store.model.rng.bit_generator
        self.states = self._read()

    def _read(self) -> list[Any]:
        return [*(random.getstate() for random in self.randoms), pickle.dumps(self.bit_generator.state)]

    def put_back(self) -> bool:
        """Restore the states; tell whether any had moved."""
        if self._read() == self.states:
            return False
        for random, state in zip(self.randoms, self.states, strict=False):
            random.setstate(state)
        self.bit_generator.state = pickle.loads(self.states[-1])
        return True


def widen(values: np.ndarray) -> np.ndarray:
    """Return integers as int64 and floats as float64, so that results equal those of Python numbers."""
    if values.dtype.kind == "f":
        return values.astype(np.float64, copy=False)
    if values.dtype.kind in "iu" and values.dtype.itemsize < 8:
        return values.astype(np.int64)
    return values


def as_array(values: list[Any]) -> np.ndarray:
    """Return a list as a one-dimensional array; of objects unless all are plain and of one type."""
    types = set(map(type, values))
    if len(types) < 2 and all(kind in PLAIN_TYPES or issubclass(kind, np.generic) for kind in types):
        return np.array(values)
    return np.fromiter(values, object, len(values))


def aggregate(values: np.ndarray, function: Callable[..., Any]) -> Any:
    """Apply a function to values, in numpy if it is ``sum``, ``min`` or ``max`` of numbers."""
    fast = FAST_AGGREGATES.get(function)
    if fast is None:
        return function(values)
    return fast(values).item() if values.dtype.kind in NUMBER_KINDS else function(values.tolist())


def sorted_places(keys: np.ndarray, ascending: bool) -> np.ndarray:
    """Return places in the order of their keys; ties keep their order either way, and NaN counts as largest."""
    if keys.dtype.kind not in SORTABLE_KINDS:
        return np.array(sorted(range(len(keys)), key=keys.__getitem__, reverse=not ascending), np.intp)
    if ascending:
        return np.argsort(keys, kind="stable")
    return len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]


def places_by_key(keys: np.ndarray) -> dict[Hashable, np.ndarray]:
    """Return the places of each distinct key, keys in the order in which they first occur."""
    if keys.dtype.kind not in SORTABLE_KINDS:
        places = defaultdict(list)
        for place, key in enumerate(keys):
            places[key].append(place)
        return {key: np.array(group, np.intp) for key, group in places.items()}
    if len(keys) == 0:
        return {}
    order = np.argsort(keys, kind="stable")
    in_order = keys[order]
    groups = np.split(order, np.flatnonzero(in_order[1:] != in_order[:-1]) + 1)
    groups.sort(key=lambda group: group[0])
    return {keys[group[0]].item(): group for group in groups}
