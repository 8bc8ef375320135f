"""Who comes back in a later interval: not on the heap before that interval begins, or it would be far deeper.

Customers come back after days, by the ten thousand; all else happens within minutes. Each interval has a list of them,
in the order in which they were written down: so is the order among equal instants the same as on the heap.
"""

import numpy as np

from twin.kernel.codes import Event
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled


@compiled
def return_at(world, at, contact):
    """The contact comes back at this instant."""
    state, diary = world.state[0], world.diary
    contacts = world.contacts
    contacts[contact].entered_at = at
    interval = np.int64(min(at / state.interval_time, np.float64(len(diary) - 1)))
    if interval * state.interval_time > at:  # rounding must not write it down too late
        interval -= 1
    if interval <= state.interval:
        schedule(world, at, Event.RETURN, contact, contacts[contact].generation)
        return
    page = diary[interval]
    contacts[contact].next = -1
    if page.first < 0:
        page.first = contact
    else:
        contacts[page.last].next = contact
    page.last = contact
    page.n += 1


@compiled
def open_page(world, interval):
    """The interval begins: those who come back in it go on the heap, which must have room for them."""
    page = world.diary[interval]
    contact = np.int64(page.first)
    while contact >= 0:
        row = world.contacts[contact]
        after = np.int64(row.next)
        schedule(world, row.entered_at, Event.RETURN, contact, row.generation)
        contact = after
    page.first = -1
    page.n = 0
