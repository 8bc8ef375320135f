"""A frame: what the floor looks like at one instant, as bytes that a canvas reads.

Little endian, in this order: HEADER; LINE for each queue; WAITER for each contact shown in a line, line by line; a
uint32 for each `State`, how many operators are in it; a byte for each operator, in the order of the seating.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.kernel.codes import Deferral, Phase
from twin.ui.floor.states import State

SHOWN = 120
"""Contacts of a line of which a frame tells one by one; of the others it tells the number."""

HEADER = np.dtype(
    [
        ("sequence", "<u4"),
        ("n_operators", "<u4"),
        ("n_lines", "<u2"),
        ("n_states", "<u2"),
        ("date", "<u4"),  # 20130225
        ("now", "<f8"),  # [s] since the start of the run
        ("clock", "<f8"),  # [s] since midnight
        ("speed", "<f4"),  # simulated seconds a second, as they were reached
        ("n_ivr", "<u4"),
    ]
)
LINE = np.dtype(
    [
        ("n_waiting", "<u4"),
        ("n_work", "<u4"),  # in line with nobody on the telephone
        ("longest", "<f4"),  # wait of the contact that has waited longest [s]
        ("n_shown", "<u4"),
    ]
)
WAITER = np.dtype([("contact", "<i4"), ("generation", "<u4"), ("wait", "<f4")])


@dataclass(frozen=True)
class Lines:
    """Who waits, by queue."""

    table: np.ndarray
    """LINE, a row for each queue."""
    waiters: np.ndarray
    """WAITER, those shown, queue by queue, longest wait first."""
    n_ivr: int
    """Contacts in the menus."""


def lines_of(world: Any, now: float) -> Lines:
    """Who waits now. Who has lost patience is gone, even if the kernel will look at it only later."""
    contacts = world.contacts
    phase = contacts["phase"]
    table = np.zeros(len(world.queues), LINE)
    waits = (phase == Phase.WAITING) | (phase == Phase.OWNER)
    waiting = np.flatnonzero(waits)
    waiting = waiting[contacts["gives_up_at"][waiting] > now]
    queue = queue_of(world, waiting)
    since = contacts["joined_at"][waiting]
    order = np.lexsort((since, queue))
    waiting, queue, since = waiting[order], queue[order], since[order]
    table["n_waiting"] = np.bincount(queue, minlength=len(table))
    ends = np.cumsum(table["n_waiting"])
    starts = ends - table["n_waiting"]
    has = table["n_waiting"] > 0
    table["longest"][has] = now - since[starts[has]]
    table["n_shown"] = np.minimum(table["n_waiting"], SHOWN)
    shown = np.arange(len(waiting)) - starts[queue] < SHOWN
    waiters = np.zeros(int(shown.sum()), WAITER)
    waiters["contact"] = waiting[shown]
    waiters["generation"] = contacts["generation"][waiting[shown]]
    waiters["wait"] = now - since[shown]
    lying = np.flatnonzero((phase == Phase.DEFERRED) | (phase == Phase.HELD))
    lying = lying[contacts["deferral"][lying] != Deferral.OUTBOUND]
    table["n_work"] = np.bincount(queue_of(world, lying), minlength=len(table))
    return Lines(table, waiters, int(np.count_nonzero(phase == Phase.IVR)))


def queue_of(world: Any, contacts: np.ndarray) -> np.ndarray:
    """The queue in which each of these contacts is counted."""
    return world.lines["queue"][world.types["line"][world.contacts["type"][contacts]]]


def pack(header: np.ndarray, lines: Lines, states: np.ndarray) -> bytes:
    """One frame; `states` in the order of the seating."""
    counts = np.bincount(states, minlength=len(State)).astype("<u4")
    return b"".join(
        (header.tobytes(), lines.table.tobytes(), lines.waiters.tobytes(), counts.tobytes(), states.tobytes())
    )


@dataclass(frozen=True)
class Frame:
    """A frame as Python reads it."""

    header: Any
    lines: np.ndarray
    waiters: np.ndarray
    counts: np.ndarray
    states: np.ndarray


def unpack(data: bytes) -> Frame:
    """The parts of a frame."""
    header = np.frombuffer(data, HEADER, 1)[0]
    at = HEADER.itemsize
    lines = np.frombuffer(data, LINE, int(header["n_lines"]), at)
    at += lines.nbytes
    waiters = np.frombuffer(data, WAITER, int(lines["n_shown"].sum()), at)
    at += waiters.nbytes
    counts = np.frombuffer(data, "<u4", int(header["n_states"]), at)
    at += counts.nbytes
    return Frame(header, lines, waiters, counts, np.frombuffer(data, np.uint8, int(header["n_operators"]), at))
