"""Contacts of the last 3, 30 and 90 days by customer: what enters is added, what leaves the window taken away."""

import collections
from collections.abc import Iterable

import numpy as np

from twin.kernel.jit import entry
from twin.kernel.pack import pack, prefetch
from twin.people.customer_table import AHEAD, People

WINDOWS = (3, 30, 90)
"""Days; columns `contacts_3`, `contacts_30`, `contacts_90`."""
MOST = 255
"""What a column can hold: a customer with more contacts than that stays there, less what leaves."""
_NOBODY = np.zeros(0, np.int32)


class RecentContacts:
    """Who made contact on which of the last days, the newest first."""

    def __init__(self) -> None:
        self.days: collections.deque[np.ndarray] = collections.deque()

    def end_day(self, people: People, customers: np.ndarray) -> None:
        """Count the day's contacts, a row of `customers` each."""
        self.days.appendleft(np.array(customers, np.int32))
        left = [self.days[window] if len(self.days) > window else _NOBODY for window in WINDOWS]
        count_contacts(people, self.days[0], *left)
        while len(self.days) > max(WINDOWS):
            self.days.pop()

    def restore(self, days: Iterable[np.ndarray]) -> None:
        self.days = collections.deque(days)


@entry
def count_contacts(people, came, left_3, left_30, left_90):
    """Add those who `came`, then take away those who left each window."""
    people = pack(people)
    for i in range(len(came)):
        if i + AHEAD < len(came):
            prefetch(people.rows, came[i + AHEAD])
        who = people.rows[came[i]]
        who.contacts_3 = min(who.contacts_3 + 1, MOST)
        who.contacts_30 = min(who.contacts_30 + 1, MOST)
        who.contacts_90 = min(who.contacts_90 + 1, MOST)
    for i in range(len(left_3)):
        if i + AHEAD < len(left_3):
            prefetch(people.rows, left_3[i + AHEAD])
        who = people.rows[left_3[i]]
        who.contacts_3 = max(who.contacts_3, 1) - 1
    for i in range(len(left_30)):
        if i + AHEAD < len(left_30):
            prefetch(people.rows, left_30[i + AHEAD])
        who = people.rows[left_30[i]]
        who.contacts_30 = max(who.contacts_30, 1) - 1
    for i in range(len(left_90)):
        if i + AHEAD < len(left_90):
            prefetch(people.rows, left_90[i + AHEAD])
        who = people.rows[left_90[i]]
        who.contacts_90 = max(who.contacts_90, 1) - 1
