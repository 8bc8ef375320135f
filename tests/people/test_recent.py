"""Windows of recent contacts: what enters is added, what leaves the window is taken away."""

from typing import Any

import numpy as np

from twin.people.customer_table import CUSTOMER
from twin.people.recent import RecentContacts


class Rows:
    """Three customers, as `People` has them."""

    def __init__(self):
        from twin.people.customer_table import People

        fields: dict[str, Any] = dict.fromkeys(People._fields, np.zeros(0))
        self.people = People(**fields | {"rows": np.zeros(3, CUSTOMER).view(np.recarray)})

    def counts(self, window):
        return self.people.rows[f"contacts_{window}"].tolist()


def test_contacts_leave_each_window_after_its_days():
    rows, recent = Rows(), RecentContacts()
    recent.end_day(rows.people, np.array([0, 0, 2]))  # day 0: two contacts of customer 0, one of 2
    for _ in range(2):
        recent.end_day(rows.people, np.array([1]))
    assert rows.counts(3) == [2, 2, 1]  # days 0, 1, 2
    recent.end_day(rows.people, np.array([], int))
    assert rows.counts(3) == [0, 2, 0]  # day 0 is out of the window
    assert rows.counts(30) == [2, 2, 1]
    for _ in range(86):
        recent.end_day(rows.people, np.array([], int))
    assert rows.counts(30) == [0, 0, 0]
    assert rows.counts(90) == [2, 2, 1]  # 90 days: 0 to 89
    recent.end_day(rows.people, np.array([], int))
    assert rows.counts(90) == [0, 2, 0]
    assert len(recent.days) == 90


def test_a_count_stops_at_what_its_column_can_hold():
    rows, recent = Rows(), RecentContacts()
    recent.end_day(rows.people, np.zeros(300, int))
    assert rows.counts(3) == [255, 0, 0]


def test_restored_days_go_on():
    rows, recent, again = Rows(), RecentContacts(), RecentContacts()
    for customer in (0, 1, 2):
        recent.end_day(rows.people, np.array([customer]))
    again.restore(recent.days)
    again.end_day(rows.people, np.array([], int))
    assert rows.counts(3) == [0, 1, 1]
