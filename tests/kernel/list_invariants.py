"""A doubly linked list of the kernel, followed from its head; and which rows bear one of several codes."""

import functools

import numpy as np

NEAR = 1e-6
"""Waits this near to a threshold may lie on either side of it."""


def members(rows, head):
    """Rows of a doubly linked list, in order; its two directions must agree."""
    found, before, head = [], -1, int(head)
    while head >= 0:
        assert rows["previous"][head] == before
        found.append(head)
        before, head = head, int(rows["next"][head])
        assert len(found) <= len(rows)
    return found


def among(values, codes):
    """Whether each value is one of these codes: `np.isin`, which is slow for small tables, by a look-up."""
    return _table(tuple(codes))[values]


@functools.cache
def _table(codes):
    table = np.zeros(256, bool)  # codes are kept in a byte
    table[list(codes)] = True
    return table
