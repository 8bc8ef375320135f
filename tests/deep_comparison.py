"""Two models compared attribute by attribute, as far as one gets from them: where they differ, by path."""

import datetime
import enum
import random
import types
from collections import deque
from collections.abc import Mapping

import mesa
import numpy as np
import pandas as pd
from pydantic import BaseModel

from twin.kernel.tables import World
from twin.people.career_report import CareerLog
from twin.people.customer_table import People
from twin.people.messages import Platform
from twin.world.state import COUNTED

WITHOUT_MEANING = {
    ("Engine", "_buffer"): "addresses of the tables",
    ("Engine", "_main_loop"): "chosen by the options",
    ("RateDemand", "_instants"): "work space of a day",
    ("RateDemand", "_rows"): "work space of a day",
    ("CustomerBase", "_rows"): "work space of a day",
    ("People", "needy"): "work space of a day",
    ("ColumnStore", "version"): "counts changes, so that sets look again",
    ("ColumnStore", "_live_version"): "the same",
    ("ColumnStore", "_live_rows"): "worked out when somebody asks",
    ("SkillTables", "_rows"): "looked up when it is asked for again",
    ("SkillTables", "_known"): "the same",
    ("CareerLog", "_parts"): "how the events are cut: see `inside`",
}
ATOMS = (bool, int, float, str, bytes, complex, type(None), datetime.date, datetime.timedelta, np.generic, enum.Enum)
CODE = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)


def differences(a, b):
    """Paths at which two models differ."""
    found, seen, left = [], set(), [("model", a, b)]
    while left:
        path, x, y = left.pop()
        if (id(x), id(y)) in seen:
            continue
        seen.add((id(x), id(y)))
        if type(x) is not type(y):
            found.append(f"{path}: {type(x).__name__} and {type(y).__name__}")
        elif is_leaf(x):
            if not is_same(x, y):
                found.append(path)
        else:
            inner_x, inner_y = dict(inside(x)), dict(inside(y))
            found += [f"{path}{name}" for name in inner_x.keys() ^ inner_y.keys()]
            left += [(f"{path}{name}", inner_x[name], inner_y[name]) for name in inner_x.keys() & inner_y.keys()]
    return sorted(found)


def is_leaf(x):
    leaves = (*ATOMS, *CODE, np.ndarray, pd.DataFrame, BaseModel, random.Random, np.random.Generator)
    return isinstance(x, (*leaves, types.MethodType))


def is_same(x, y):
    if isinstance(x, np.ndarray):
        return is_same_array(x, y)
    if isinstance(x, pd.DataFrame):
        return x.equals(y)
    if isinstance(x, random.Random):
        return x.getstate() == y.getstate()
    if isinstance(x, np.random.Generator):
        return x.bit_generator.state == y.bit_generator.state
    if isinstance(x, types.MethodType):
        return x.__func__ is y.__func__
    return x is y or x == y or (x != x and y != y)


def is_same_array(x, y):
    if x.dtype != y.dtype or x.shape != y.shape:
        return False
    if x.dtype.names:  # by field: what lies between fields means nothing
        x, y = x.view(np.ndarray), y.view(np.ndarray)
        return all(is_same_array(x[name], y[name]) for name in x.dtype.names)
    return x.tobytes() == y.tobytes() if x.dtype != object else all(map(is_same, x.flat, y.flat))


def is_plain(key):
    return isinstance(key, ATOMS) or (isinstance(key, tuple) and all(map(is_plain, key)))


def inside(x):
    """What hangs on something, by a name for each."""
    if isinstance(x, World):
        counters = {name: int(x.state[0][counter]) for name, counter in COUNTED.items()}
        return [(f".{name}", table[: counters.get(name)]) for name, table in x._asdict().items()]
    if isinstance(x, People):
        tables = {**x._asdict(), "happenings": x.happenings[: x.counts[1]]}
        return [(f".{name}", table) for name, table in tables.items() if ("People", name) not in WITHOUT_MEANING]
    if isinstance(x, Platform):
        return [(f".{name}", table) for name, table in {**x._asdict(), "pending": x.pending[: x.n_pending[0]]}.items()]
    if isinstance(x, mesa.agent.AgentSet) and not hasattr(x, "store"):
        return enumerate(x)
    if isinstance(x, Mapping):
        return [(f"[{key!r}]" if is_plain(key) else f"[{i}]", (key, x[key])) for i, key in enumerate(x)]
    if isinstance(x, tuple | list | deque):
        return [(f"[{place}]", value) for place, value in enumerate(x)]
    if isinstance(x, set | frozenset):
        return [(f"[{value!r}]", value) for value in x]
    names = [
        *getattr(x, "__dict__", ()),
        *(slot for kind in type(x).__mro__ for slot in getattr(kind, "__slots__", ())),
    ]
    names = [name for name in names if (type(x).__name__, name) not in WITHOUT_MEANING]
    found = [(f".{name}", getattr(x, name)) for name in names if hasattr(x, name) and not name.startswith("__")]
    return found + [(".events", x._events())] if isinstance(x, CareerLog) else found
