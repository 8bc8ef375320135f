"""Tables placed where the processor reads them at once."""

from collections.abc import Container
from typing import Any

import numpy as np

CACHE_LINE = 64  # bytes
SMALL = 1 << 18
"""Tables of up to so many bytes are gathered; larger ones are left where they are, untouched memory and all."""


def placed_zeros(n: int, kind: Any, place: int) -> np.ndarray:
    """`n` zeros, of which the first stands so many bytes behind the start of a cache line."""
    size = n * np.dtype(kind).itemsize
    memory = np.zeros(size + CACHE_LINE, np.uint8)
    begin = (place - memory.ctypes.data) % CACHE_LINE
    return memory[begin : begin + size].view(kind)


def place_of(table: np.ndarray) -> int:
    """How many bytes behind the start of a cache line the table begins."""
    return table.ctypes.data % CACHE_LINE


def in_place(table: np.ndarray) -> np.recarray:
    """A copy of records, as attributes, that begins with a cache line."""
    copy = placed_zeros(len(table), table.dtype, 0)
    copy[:] = table
    return copy.view(np.recarray)


def gathered(tables: Any, placed: Container[str]) -> Any:
    """A named tuple of arrays with the small ones in one block of memory, each from the start of a cache line on.

    No two worlds share a line then: replications in threads of one process would wait for each other's writes.
    Those that are `placed` stay as far from the start of a line as they stand.
    """
    small = {name: table for name, table in tables._asdict().items() if table.nbytes <= SMALL}
    places = {name: place_of(table) if name in placed else 0 for name, table in small.items()}
    lines = {name: -(-(places[name] + table.nbytes) // CACHE_LINE) for name, table in small.items()}
    block = placed_zeros(CACHE_LINE * sum(lines.values()), np.uint8, 0)
    begin, moved = 0, {}
    for name, table in small.items():
        first = begin + places[name]
        copy = block[first : first + table.nbytes].view(table.dtype).reshape(table.shape)
        copy[...] = table
        moved[name] = copy.view(type(table))
        begin += CACHE_LINE * lines[name]
    return tables._replace(**moved)
