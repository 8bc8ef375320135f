"""People in columns: one numpy array per attribute instead of one object per person.

A `ColumnStore` owns the arrays, a `Column` on a class names one of them, and a `ColumnAgent` is a view of one row
that exists only while somebody looks at it. The verbs over many rows are in `column_set.py`.
Ten million rows of int32, int8 and float32 take 140 MB here and about 4.6 GB as `mesa.Agent` objects.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np
from mesa.agent import Agent

Method = TypeVar("Method", bound=Callable[..., Any])


def vectorised(method: Method) -> Method:
    """Mark a method that takes a whole set instead of one agent.

    `ColumnAgentSet.do`, `map` and `shuffle_do` call it once, with the set in place of ``self``.

    Examples
    --------
    >>> class Customer(ColumnAgent):
    ...     tenure = Column(np.int32)
    ...
    ...     @vectorised
    ...     def grow_older(customers, n_days):
    ...         customers.store.columns["tenure"][customers.selector] += n_days
    """
    method.is_vectorised = True  # type: ignore[attr-defined]
    return method


def cast_exactly(values: Any, dtype: np.dtype, name: str) -> np.ndarray:
    """Return the values as an array of this type; the same memory if the type is right already.

    Raises
    ------
    ValueError
        If a value does not fit: 1.7 or NaN into an integer, 300 into int8. Rounding to float32 is allowed.
    """
    array = np.asarray(values)
    if array.dtype == dtype:
        return array
    with np.errstate(invalid="ignore"):
        cast = array.astype(dtype)
    if dtype.kind in "biuUS":
        misfits = np.atleast_1d(array)[np.atleast_1d(cast != array)]
        if len(misfits):
            raise ValueError(f"column {name} is {dtype} and cannot hold {misfits[0]!r}")
    return cast


class Column:
    """Declares one column of a `ColumnAgent`; on a view it reads and writes one cell.

    Parameters
    ----------
    dtype : data type
        Any numpy type. Sums over the column are exact (64 bit), arithmetic inside it wraps like any numpy array.
    default : scalar
        Value of every row, unless the store is given other values.
    """

    def __init__(self, dtype: Any, default: Any = 0) -> None:
        self.dtype = np.dtype(dtype)
        self.default = default
        self.name = ""
        self.limits: tuple[int, int] | None = None  # lowest and highest value of a whole-number column
        if self.dtype.kind == "b":
            self.limits = 0, 1
        elif self.dtype.kind in "iu":
            self.limits = int(np.iinfo(self.dtype).min), int(np.iinfo(self.dtype).max)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, view: ColumnAgent | None, owner: type | None = None) -> Any:
        """Return the cell as a plain Python value; on the class, the declaration itself."""
        if view is None:
            return self
        return view._store.columns[self.name].item(view._row)

    def __set__(self, view: ColumnAgent, value: Any) -> None:
        if self.limits and not (self.limits[0] <= value <= self.limits[1] and value % 1 == 0):
            raise ValueError(f"column {self.name} is {self.dtype} and cannot hold {value!r}")
        view._store.columns[self.name][view._row] = value


class ColumnAgent(Agent):
    """A view of one row that looks like a `mesa.Agent`; subclasses declare `Column` attributes.

    A view owns no state and is never registered with the model; two views of a row are equal but not identical,
    so compare with ``==``, not ``is``. Only columns and properties with a setter can be assigned.
    Pickling a view takes its whole store and model along.

    Attributes
    ----------
    Table : type
        Named tuple with one field per column and ``alive``; made by `ColumnStore.table` for Numba functions.
        It belongs to the class, so that compiled code is found again in Numba's disk cache.
    unique_id : int
        From 1, unique within the store; an ordinary agent of the model may have the same number.
    """

    __slots__ = ("_row", "_store")

    declared_columns: ClassVar[dict[str, Column]] = {}
    Table: ClassVar[type]
    pos = None  # a temporary object cannot stand on a grid

    unique_id = Column(np.uint32)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        names = dict.fromkeys(name for base in reversed(cls.__mro__) for name in vars(base))
        columns = {name: getattr(cls, name) for name in names if isinstance(getattr(cls, name, None), Column)}
        if "alive" in columns:
            raise TypeError(f"{cls.__name__}: every store has a column alive; choose another name")
        cls.declared_columns = columns
        cls.Table = type("Table", (namedtuple("Table", [*columns, "alive"]),), {"__slots__": ()})
        cls.Table.__module__, cls.Table.__qualname__ = cls.__module__, f"{cls.__qualname__}.Table"

    def __init__(self, store: ColumnStore, row: int) -> None:
        self._store = store
        self._row = row

    @property
    def model(self) -> Any:
        """The model the store belongs to."""
        return self._store.model

    @property
    def row(self) -> int:
        """Row number in the store."""
        return self._row

    def remove(self) -> None:
        """Kill the row: it drops out of every set of its store."""
        self._store.kill(self._row)

    @classmethod
    def create_agents(cls, *args: Any, **kwargs: Any) -> Any:
        """Refuse: rows are made by a store, all at once."""
        raise TypeError(f"make ColumnStore(model, {cls.__name__}, n, ...) and ColumnAgentSet(store) instead")

    def __setattr__(self, name: str, value: Any) -> None:
        if not hasattr(getattr(type(self), name, None), "__set__"):
            raise AttributeError(f"{type(self).__name__} has no column {name!r}; a view keeps nothing of its own")
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ColumnAgent) or type(other) is not type(self):
            return NotImplemented
        return other._row == self._row and other._store is self._store

    def __hash__(self) -> int:
        return hash((id(self._store), self._row))

    def __reduce__(self) -> tuple[type, tuple[ColumnStore, int]]:
        return type(self), (self._store, self._row)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(unique_id={self.unique_id})"


class ColumnStore:
    """The arrays behind all agents of one class.

    An array of exactly the declared type and length is adopted, not copied, so a Numba kernel and the Mesa agents
    work on the same memory. This holds for a field of a record array too:
    ``ColumnStore(model, Customer, len(table), **{name: table[name] for name in table.dtype.names})``.
    (Pickling keeps the sharing of whole arrays, but makes separate copies of the fields of a record array.)

    Parameters
    ----------
    model : mesa.Model
    view_class : type
        Subclass of `ColumnAgent`.
    n : int
        Number of rows, fixed for the life of the store.
    **columns : scalar or array_like, shape (n,)
        Values of the declared columns; ``alive`` may be given as well.

    Attributes
    ----------
    columns : dict of str to ndarray, shape (n,)
        Write into these arrays, do not replace them.
    alive : ndarray of bool, shape (n,)
        Dead rows belong to no set. Code that writes it must call `alive_changed`.

    Raises
    ------
    TypeError
        If a column is not declared.
    ValueError
        If values do not fit the type or the number of rows.
    """

    def __init__(self, model: Any, view_class: type[ColumnAgent], n: int, /, **columns: Any) -> None:
        self.model = model
        self.view_class = view_class
        self.n = n
        self.version = 0  # grows whenever a row dies, so that sets know when to look again
        unknown = columns.keys() - view_class.declared_columns.keys() - {"alive"}
        if unknown:
            raise TypeError(
                f"{view_class.__name__} has no column {sorted(unknown)}; it has {list(view_class.declared_columns)}"
            )
        columns.setdefault("unique_id", np.arange(1, n + 1, dtype=view_class.unique_id.dtype))
        self.alive = self._make_column("alive", np.dtype(bool), columns.pop("alive", True))
        self.columns: dict[str, np.ndarray] = {
            name: self._make_column(name, column.dtype, columns.get(name, column.default))
            for name, column in view_class.declared_columns.items()
        }
        self._live_rows: np.ndarray | None = None
        self._live_version = -1

    def _make_column(self, name: str, dtype: np.dtype, value: Any) -> np.ndarray:
        array = cast_exactly(value, dtype, name)
        if array.ndim == 0:
            return np.full(self.n, array, dtype)
        if array.shape != (self.n,):
            raise ValueError(f"column {name} has shape {array.shape}, must be a scalar or have shape ({self.n},)")
        return array

    @property
    def nbytes(self) -> int:
        """Memory of all columns and of ``alive`` [bytes]."""
        return self.alive.nbytes + sum(column.nbytes for column in self.columns.values())

    def table(self) -> Any:
        """Return the arrays as a named tuple, ``view_class.Table``, for Numba functions; nothing is copied."""
        return self.view_class.Table(**self.columns, alive=self.alive)

    def state(self) -> dict[str, Any]:
        """All columns (see `twin.saving.Stateful`)."""
        return {**self.columns, "alive": self.alive}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Write saved columns into the arrays, which stay where they are."""
        for name, column in {**self.columns, "alive": self.alive}.items():
            saved = state[name]
            if saved.dtype != column.dtype or saved.shape != column.shape:
                raise ValueError(f"column {name} is {saved.dtype} {saved.shape}, must be {column.dtype} {column.shape}")
            column[:] = saved
        self.alive_changed()

    def kill(self, rows: Any) -> None:
        """Take rows out of every set, for good.

        Parameters
        ----------
        rows : int, slice, array of int or array of bool
            Kill many rows with one call: after each call every set looks through its rows once.
        """
        self.alive[rows] = False
        self.alive_changed()

    def alive_changed(self) -> None:
        """Tell all sets that other code, such as a kernel, wrote into ``alive``."""
        self.version += 1

    def live_rows(self) -> np.ndarray | None:
        """Return the numbers of the living rows, or None if all rows live."""
        if self._live_version != self.version:
            self._live_rows = None if self.alive.all() else np.flatnonzero(self.alive)
            self._live_version = self.version
        return self._live_rows
