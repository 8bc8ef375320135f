"""A day's arrivals in the order in which they come: sorted in one pass, as their instants are spread over the day."""

import numpy as np

from twin.kernel.jit import entry
from twin.kernel.tables import ARRIVAL


class DayOfArrivals:
    """Work space for the arrivals of a day; every day overwrites it, as fresh memory costs more than to sort them."""

    def __init__(self) -> None:
        self._make_room(1024)

    def _make_room(self, n: int) -> None:
        self.unsorted = np.zeros(n, ARRIVAL).view(np.recarray)
        self._sorted = np.zeros(n, ARRIVAL).view(np.recarray)
        self._slots = np.zeros(2 * n, np.int32)
        self._order = np.zeros(n, np.int32)

    def for_rows(self, n: int) -> np.ndarray:
        """Room for `n` rows, to be filled."""
        if n > len(self.unsorted):
            self._make_room(int(1.2 * n))
        return self.unsorted[:n]

    def in_order(self, n: int) -> np.ndarray:
        """The first `n` of the rows filled, by instant, then by key."""
        sort_arrivals(self.unsorted[:n], self._slots[: 2 * n], self._order, self._sorted[:n])
        return self._sorted[:n]


@entry
def sort_arrivals(arrivals, slots, order, ordered):
    """Write `arrivals` to `ordered`, by instant and then by key: into two buckets a row, then among neighbours.

    Parameters
    ----------
    slots : (2 x rows,) int32
        Work space.
    order : (at least rows,) int32
        Work space.
    """
    n, n_slots = len(arrivals), len(slots)
    if n == 0:
        return
    first_at, last_at = arrivals[0].at, arrivals[0].at
    for i in range(n):
        first_at, last_at = min(first_at, arrivals[i].at), max(last_at, arrivals[i].at)
    scale = (n_slots - 1) / (last_at - first_at) if last_at > first_at else 0.0
    slots[:] = 0
    for i in range(n):
        slots[int((arrivals[i].at - first_at) * scale)] += 1
    total = 0
    for slot in range(n_slots):
        n_here, slots[slot] = slots[slot], total
        total += n_here
    for i in range(n):
        slot = int((arrivals[i].at - first_at) * scale)
        order[slots[slot]] = i
        slots[slot] += 1
    for place in range(n):
        row, hole = order[place], place
        while hole > 0 and _is_before(arrivals, row, order[hole - 1]):
            order[hole] = order[hole - 1]
            hole -= 1
        order[hole] = row
    for place in range(n):
        ordered[place] = arrivals[order[place]]


@entry
def _is_before(arrivals, row, other):
    a, b = arrivals[row], arrivals[other]
    return a.at < b.at or (a.at == b.at and a.who < b.who)
