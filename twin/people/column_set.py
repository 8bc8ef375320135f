"""Mesa's AgentSet over columns: the same verbs, applied to whole arrays where that is possible.

Differences from Mesa, all tested in ``tests/people/test_columns.py``:

- A function given to `select`, `groupby` or `sort` is first tried once on whole columns (`try_on_columns`); it must
  look at each agent by itself, have no side effects, and compare agents with ``==``, not ``is``. Numbers have 64 bits
  there, as in Python; a mask, ``people.select(people.column("age") > 50)``, computes in the column's own type, faster.
- `get` returns an array; a mixture of types becomes an array of objects.
- `set` takes one value or one per agent, refuses what does not fit the column, and cannot invent an attribute.
- `shuffle` draws one number from the random generator and permutes with numpy: same luck, another order.
- Removing an agent from a set leaves it alive, as in Mesa; ``agent.remove()`` and ``store.kill(rows)`` end it.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

import numpy as np

try:
    from mesa.agent import AgentSet, GroupBy  # Mesa 3
except ImportError:  # pragma: no cover
    from mesa.agentset import AgentSet, GroupBy  # Mesa 4

from twin.people.columns import ColumnAgent, ColumnStore, cast_exactly
from twin.people.whole_columns import (
    NUMBER_KINDS,
    aggregate,
    as_array,
    places_by_key,
    sorted_places,
    try_on_columns,
    widen,
)


def register_column_agents(model: Any, agent_set: ColumnAgentSet) -> ColumnAgentSet:
    """Make the set known to the model as ``model.agents_by_type[view_class]``, and return it.

    The only place that writes Mesa's private ``_agents_by_type`` (the same name in 3.3, 3.5 and 4.0).
    ``model.agents`` stays the home of ordinary agents, and ``model.remove_all_agents`` knows only those:
    override it to call ``store.kill(slice(None))``.

    Raises
    ------
    ValueError
        If the model has agents of this class in another place already.
    """
    view_class = agent_set.store.view_class
    known = model._agents_by_type.get(view_class)
    if known is not None and getattr(known, "store", None) is not agent_set.store:
        raise ValueError(f"the model has agents of class {view_class.__name__} already")
    model._agents_by_type[view_class] = agent_set
    return agent_set


class ColumnAgentSet(AgentSet):
    """An ordered set of rows of a store, with the verbs of Mesa's AgentSet.

    Parameters
    ----------
    store : ColumnStore
    rows : array of int or array of bool, optional
        Row numbers in the order of the set, none twice. Left out: every living row, at no cost.
    random : random.Random, optional
        Source of shuffles; by default ``model.random``.
    """

    def __init__(self, store: ColumnStore, rows: Any = None, random: Random | None = None) -> None:
        self.store = store
        self.random = random or store.model.random
        self._replace(rows)

    # --- which rows -------------------------------------------------------------------------------------------------

    def _replace(self, rows: Any) -> ColumnAgentSet:
        """Let this set hold other rows (None: all) and return it."""
        if rows is not None:
            rows = np.asarray(rows)
            rows = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(np.intp, copy=False)
        self._chosen_rows: np.ndarray | None = rows
        self._seen_version = -1
        return self

    def _subset(self, rows: Any) -> ColumnAgentSet:
        return type(self)(self.store, rows, self.random)

    def _result(self, rows: Any, inplace: bool) -> ColumnAgentSet:
        return self._replace(rows) if inplace else self._subset(rows)

    def _living_rows(self) -> np.ndarray | None:
        """Row numbers of the set without the dead, or None if it is every row of the store."""
        if self._chosen_rows is None:
            return self.store.live_rows()
        if self._seen_version != self.store.version:
            self._chosen_rows = self._chosen_rows[self.store.alive[self._chosen_rows]]
            self._seen_version = self.store.version
        return self._chosen_rows

    @property
    def rows(self) -> np.ndarray:
        """Row numbers in the order of the set."""
        rows = self._living_rows()
        return np.arange(self.store.n) if rows is None else rows

    @property
    def selector(self) -> slice | np.ndarray:
        """Index of this set into ``store.columns[name]``, for reading and writing; a slice if it is every row."""
        rows = self._living_rows()
        return slice(None) if rows is None else rows

    def _rows_at(self, places: np.ndarray) -> np.ndarray:
        """Row numbers at these places of the set."""
        rows = self._living_rows()
        return places if rows is None else rows[places]

    def _holds(self, rows: np.ndarray) -> np.ndarray:
        """Tell for each of these rows whether it belongs to the set."""
        is_member = np.zeros(self.store.n, bool)
        is_member[self.selector] = True
        return is_member[rows]

    @property
    def _agents(self) -> Any:
        raise RuntimeError("a column-backed set has no dictionary of agents")

    # --- one agent at a time ----------------------------------------------------------------------------------------

    def _views(self) -> Iterator[ColumnAgent]:
        view_class, store, rows = self.store.view_class, self.store, self._living_rows()
        return (view_class(store, row) for row in (range(store.n) if rows is None else rows.tolist()))

    def __len__(self) -> int:
        rows = self._living_rows()
        return self.store.n if rows is None else len(rows)

    def __iter__(self) -> Iterator[ColumnAgent]:
        """Go through the agents; those that die on the way before their turn are left out."""
        alive = self.store.alive
        return (view for view in self._views() if alive[view._row])

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, ColumnAgent) or agent._store is not self.store or not self.store.alive[agent._row]:
            return False
        return self._chosen_rows is None or bool((self._chosen_rows == agent._row).any())

    def __getitem__(self, item: int | slice) -> Any:
        view_class, store, rows = self.store.view_class, self.store, self._living_rows()
        chosen: Any = range(store.n)[item] if rows is None else rows[item]
        if isinstance(item, slice):
            return [view_class(store, int(row)) for row in chosen]
        return view_class(store, int(chosen))

    def to_list(self) -> list[ColumnAgent]:
        """Return a list of views."""
        return list(self)

    def add(self, agent: ColumnAgent) -> None:
        """Put a living agent of the same store into the set."""
        if agent not in self:
            self._replace((self | [agent]).rows)

    def discard(self, agent: ColumnAgent) -> None:
        """Take an agent out of this set if it is there; it stays alive."""
        if agent in self:
            self._replace(self.rows[self.rows != agent._row])

    def remove(self, agent: ColumnAgent) -> None:
        """Take an agent out of this set; it stays alive. KeyError if it is not there."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def clear(self) -> None:
        """Take every agent out of this set."""
        self._replace(np.empty(0, np.intp))

    def __copy__(self) -> ColumnAgentSet:
        return self._subset(self._chosen_rows)

    def __getstate__(self) -> dict[str, Any]:
        return {"store": self.store, "rows": self._chosen_rows, "random": self.random}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.store, self.random = state["store"], state["random"]
        self._replace(state["rows"])

    # --- choose and order -------------------------------------------------------------------------------------------

    def select(
        self,
        filter_func: Callable[[Any], Any] | np.ndarray | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> ColumnAgentSet:
        """Return the agents for which the function is true, or, beyond Mesa, a boolean array of this length.

        Parameters
        ----------
        filter_func : callable or ndarray of bool, optional
        at_most : int or float
            The first so many; a float up to 1.0 is a share of this set.
        inplace : bool
            Change this set instead of returning a new one.
        agent_type : type, optional
            All agents or none, since a store has one class.
        """
        if filter_func is None and agent_type is None and at_most == float("inf"):
            return self if inplace else copy.copy(self)
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        if agent_type is not None and not issubclass(self.store.view_class, agent_type):
            at_most = 0
        rows = self.rows if filter_func is None else self._rows_at(np.flatnonzero(self._mask(filter_func)))
        if at_most < len(rows):
            rows = rows[: max(0, math.ceil(at_most))]
        return self._result(rows, inplace)

    def _mask(self, condition: Callable[[Any], Any] | np.ndarray) -> np.ndarray:
        if isinstance(condition, np.ndarray):
            if condition.dtype != bool or condition.shape != (len(self),):
                raise ValueError(f"mask is {condition.dtype} {condition.shape}, must be bool ({len(self)},)")
            return condition
        values = try_on_columns(condition, self)
        if values is not None and values.dtype.kind in NUMBER_KINDS:
            return values.astype(bool, copy=False)
        return np.array([bool(condition(view)) for view in self._views()], bool)

    def _keys(self, key: Callable[[Any], Any] | str) -> np.ndarray:
        """Value of an attribute or function for each agent."""
        if isinstance(key, str):
            return self._attribute(key)
        values = try_on_columns(key, self)
        return as_array([key(view) for view in self._views()]) if values is None else values

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> ColumnAgentSet:
        """Order by an attribute or function, largest first unless `ascending`; ties stay in order, NaN is largest."""
        return self._result(self._rows_at(sorted_places(self._keys(key), ascending)), inplace)

    def shuffle(self, inplace: bool = False) -> ColumnAgentSet:
        """Put the agents into random order, with one draw from the set's random generator."""
        rows = self.rows.copy()
        np.random.default_rng(self.random.getrandbits(64)).shuffle(rows)
        return self._result(rows, inplace)

    def groupby(self, by: Callable[[Any], Any] | str, result_type: str = "agentset") -> ColumnGroupBy:
        """Group by an attribute or function; `result_type` is "agentset" or "list", groups come as first met."""
        sets = {key: self._subset(self._rows_at(places)) for key, places in places_by_key(self._keys(by)).items()}
        return ColumnGroupBy(sets if result_type == "agentset" else {key: list(group) for key, group in sets.items()})

    # --- act, read and write ----------------------------------------------------------------------------------------

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method or function for each agent and return the list of results.

        A `vectorised` one is called once with the whole set, and its result is returned as it is.
        """
        function = getattr(self.store.view_class, method) if isinstance(method, str) else method
        if getattr(function, "is_vectorised", False):
            return function(self, *args, **kwargs)
        if isinstance(method, str):
            return [getattr(view, method)(*args, **kwargs) for view in self]
        return [method(view, *args, **kwargs) for view in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> ColumnAgentSet:
        """Like `map`, but return the set."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> ColumnAgentSet:
        """Like `do`, in random order."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def column(self, name: str) -> np.ndarray:
        """Return one column for the agents of this set, read-only; without a copy if the set is every row."""
        if name not in self.store.columns:
            raise AttributeError(f"{self.store.view_class.__name__!r} object has no attribute {name!r}")
        values = self.store.columns[name][self.selector]
        values.flags.writeable = False
        return values

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> np.ndarray:
        """Return a copy of one attribute, shape (n,), or of several, shape (n, n_names) in their common type."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"Unknown handle_missing option: {handle_missing}, should be one of 'error' or 'default'")
        defaults = (default_value,) if handle_missing == "default" else ()
        if isinstance(attr_names, str):
            return self._attribute(attr_names, *defaults).copy()
        values = [self._attribute(name, *defaults) for name in attr_names]
        if not all(value.dtype.kind in NUMBER_KINDS for value in values):
            values = [value.astype(object) for value in values]
        return np.column_stack(values) if values else np.empty((len(self), 0))

    def _attribute(self, name: str, *default: Any) -> np.ndarray:
        """A column as it is; a property or method view by view; else the default, if there is one."""
        if name in self.store.columns:
            return self.column(name)
        if hasattr(self.store.view_class, name):
            return as_array([getattr(view, name, *default) for view in self._views()])
        return as_array(list(default) * len(self)) if default else self.column(name)

    def set(self, attr_name: str, value: Any) -> ColumnAgentSet:
        """Set an attribute to one value, or to one value per agent; ValueError if the column cannot hold it."""
        column = self.store.columns.get(attr_name)
        if column is not None:
            column[self.selector] = cast_exactly(value, column.dtype, attr_name)
        else:
            for view in self:
                setattr(view, attr_name, value)
        return self

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """Apply one function, or each of several, to the values of an attribute.

        ``sum``, ``min`` and ``max`` run in numpy; any function gets an array in which numbers have 64 bits.
        """
        values = widen(self._attribute(attribute))
        if not callable(func):
            return [aggregate(values, one) for one in func]
        return aggregate(values, func)

    # --- set algebra within one store, in the order of Python's abstract Set ----------------------------------------

    def _rows_of(self, others: Any) -> np.ndarray:
        """Row numbers of other agents, each once; TypeError if they are not all of this store."""
        if isinstance(others, ColumnAgentSet) and others.store is self.store:
            return others.rows
        rows: dict[int, None] = {}
        for agent in others:
            if not isinstance(agent, ColumnAgent) or agent._store is not self.store:
                raise TypeError(f"{agent!r} is not a row of this store of {self.store.view_class.__name__}")
            rows[agent._row] = None
        return np.fromiter(rows, np.intp, len(rows))

    def __and__(self, other: Any) -> ColumnAgentSet:
        theirs = self._rows_of(other)
        return self._subset(theirs[self._holds(theirs)])

    def __or__(self, other: Any) -> ColumnAgentSet:
        theirs = self._rows_of(other)
        return self._subset(np.concatenate([self.rows, theirs[~self._holds(theirs)]]))

    def __sub__(self, other: Any) -> ColumnAgentSet:
        return self._subset(self.rows[~self._subset(self._rows_of(other))._holds(self.rows)])

    def __rsub__(self, other: Any) -> ColumnAgentSet:
        return self._subset(self._rows_of(other)) - self

    def __xor__(self, other: Any) -> ColumnAgentSet:
        theirs = self._subset(self._rows_of(other))
        return (self - theirs) | (theirs - self)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __iand__(self, other: Any) -> ColumnAgentSet:
        return self._replace(self.rows[self._subset(self._rows_of(other))._holds(self.rows)])

    def __ior__(self, other: Any) -> ColumnAgentSet:
        return self._replace((self | other).rows)

    def __isub__(self, other: Any) -> ColumnAgentSet:
        return self._replace((self - other).rows)

    def __ixor__(self, other: Any) -> ColumnAgentSet:
        return self._replace((self ^ other).rows)

    def __le__(self, other: Any) -> bool:
        if isinstance(other, ColumnAgentSet) and other.store is self.store:
            return bool(other._holds(self.rows).all())
        return super().__le__(other)

    def __ge__(self, other: Any) -> bool:
        if isinstance(other, ColumnAgentSet) and other.store is self.store:
            return other <= self
        return super().__ge__(other)

    def isdisjoint(self, other: Any) -> bool:
        """Tell whether the two have no agent in common."""
        return len(self & other) == 0


class ColumnGroupBy(GroupBy):
    """Mesa's GroupBy whose groups are column-backed sets."""

    def agg(self, attr_name: str, func: Callable[..., Any]) -> dict[Any, Any]:
        """Apply a function to the values of an attribute in each group."""
        return {
            key: group.agg(attr_name, func)
            if isinstance(group, ColumnAgentSet)
            else func([getattr(agent, attr_name) for agent in group])
            for key, group in self.groups.items()
        }
