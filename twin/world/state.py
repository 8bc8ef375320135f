"""The kernel's tables as state to be saved: as much of each as is in use, and put back into tables just built.

Tables that never change are kept as well, a few hundred kilobytes: so nothing that a new rule writes can be forgotten.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from twin.errors import InputError
from twin.kernel.engine import Engine
from twin.kernel.tables import World

DAY = 86400.0
COUNTED = {"heap_at": "n_heap", "heap_events": "n_heap", "records": "n_records"}
"""Tables that are in use up to a counter of `World.state`; what lies beyond means nothing."""


def rows_by_time(world: World) -> dict[str, int]:
    """Rows so far of the tables with a row for each interval or day of the run."""
    state = world.state[0]
    n_intervals = int(state.interval) + 1
    n_days = int(state.interval * state.interval_time // DAY) + 1
    names = ("common_tallies", "rare_tallies", "activity_time", "staff_counts")
    by_interval = dict.fromkeys(names, n_intervals)
    return by_interval | {"group_time": n_days, "diary": len(world.diary)}  # a diary has pages for what is to come


class Tables:
    """The kernel's tables as a part of the model with state (see `twin.saving.Stateful`)."""

    def __init__(self, engine: Engine):
        self.engine = engine

    def state(self) -> dict[str, Any]:
        """Each as far as it is in use, and how many rows there is room for in those with a counter."""
        world = self.engine.world
        counters = {table: int(world.state[0][counter]) for table, counter in COUNTED.items()}
        used = rows_by_time(world) | counters
        tables: dict[str, Any] = {name: getattr(world, name)[: used.get(name)] for name in World._fields}
        return tables | {"has_room_for": {name: len(getattr(world, name)) for name in COUNTED}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Put saved tables into those of a model that has just been built, which may have room for more days."""
        world, rooms = self.engine.world, state["has_room_for"]
        by_time = rows_by_time(world)
        replaced = {}
        for name in World._fields:
            built, saved = getattr(world, name), state[name]
            if saved.dtype != built.dtype or saved.shape[1:] != built.shape[1:]:
                raise InputError(f"the table {name} is {_form(saved)}, must be {_form(built)}")
            n = rooms[name] if name in COUNTED else len(built) if name in by_time else len(saved)
            if name == "diary":  # a run may end earlier: who would have come back later is still written down
                n = max(n, len(saved))
            if n < len(saved):
                raise InputError(f"the table {name} has {len(saved)} rows, must have at most {n}")
            table = built  # the same memory where that is possible: others may look at it
            if n != len(built):
                table = replaced[name] = np.zeros((n, *built.shape[1:]), built.dtype).view(type(built))
            table[: len(saved)] = saved
        self.engine.world = world._replace(**replaced)


def _form(table: np.ndarray) -> str:
    kind = f"records of {table.dtype.itemsize} bytes" if table.dtype.names else str(table.dtype)
    return f"{kind} by {' x '.join(map(str, table.shape[1:]))}" if table.ndim > 1 else kind
