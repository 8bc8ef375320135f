"""A doubly linked list of the kernel, followed from its head."""

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
