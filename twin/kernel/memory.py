"""Tables placed where the processor reads them at once."""

from typing import Any

import numpy as np

CACHE_LINE = 64  # bytes


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
