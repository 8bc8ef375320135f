"""One row per customer: the table that customers' lives are written in.

A visit reads most of a row, so a row is a record of 80 bytes, not a cell in each of thirty columns: two cache lines
instead of thirty. What the daily look reads of everybody, the day of the next visit, is a column of its own.
"""

from typing import NamedTuple

import numpy as np

from twin.kernel.tables import row_type

NEVER = 32767
LONG_AGO = -32000
CHAIN = 160
"""Days back from which an overdue bill may still be on its way: a cycle of bills, the due date, seven steps."""
AHEAD = 16
"""Customers whose rows are asked for before their turn: a row comes from memory while these are dealt with."""

CUSTOMER = row_type(
    ("experience", "f4"),  # 0-100, weighted memory of touchpoints
    ("expectation", "f4"),  # 0-100, what the customer measures it against
    ("need_level", "f4"),  # of the cluster's cumulated hazard, at which the next need arises
    ("life_left", "f4"),  # unit exponential left until the next event of life
    ("life_daily", "f4"),  # hazard a day
    ("churn_left", "f4"),  # the same until the customer wants to leave
    ("churn_daily", "f4"),
    ("handled_hour", "f4"),  # of the last handled contact, since the start of the run
    ("clocks_from", "i2"),  # day up to which life and churn have been counted down
    ("activated_on", "i2"),
    ("unresolved_on", "i2"),
    ("repeated_on", "i2"),
    ("phase_ends", "i2"),
    ("order_ends", "i2"),
    ("ticket_ends", "i2"),
    ("complaint_ends", "i2"),
    ("credit_ends", "i2"),  # day of the next step, or of payment
    ("credit_from", "i2"),  # day on which the overdue bill was due
    ("prompt_on", "i2"),  # day of a contact that something has caused
    ("n_needs", "u2"),
    ("n_lives", "u2"),
    ("n_prompts", "u2"),
    ("phase", "u1"),
    ("tier", "u1"),
    ("flag_bits", "u1"),
    ("marks", "u1"),
    ("credit_stage", "u1"),  # 0 = nothing overdue; steps 1 to 7
    ("bills_paid", "u1"),
    ("prompt", "u1"),
    ("product", "u1"),
    ("n_churns", "u1"),
    ("n_credits", "u1"),
    ("n_abandoned", "u1"),
    ("contacts_3", "u1"),
    ("contacts_30", "u1"),
    ("contacts_90", "u1"),
    ("is_unresolved", "b1"),
)

BIRTH_VALUES = {  # the others are zero
    "unresolved_on": LONG_AGO,
    "repeated_on": LONG_AGO,
    "handled_hour": -1e9,
    **dict.fromkeys(("phase_ends", "order_ends", "ticket_ends", "complaint_ends", "credit_ends", "prompt_on"), NEVER),
}

NEEDY = row_type(  # who makes contact today
    ("customer", "i4"),
    ("number", "u2"),  # of the customer's needs, or with the highest bit of the prompts
    ("reason", "i2"),  # Prompt, or -1 = a need of every day
)

HAPPENING = row_type(  # an event of life of one customer today
    ("customer", "i4"),
    ("kind", "u1"),
    ("detail", "i2"),
)


class People(NamedTuple):
    """What the midnight pass works on."""

    rows: np.ndarray  # CUSTOMER
    due: np.ndarray  # i2: day of the next visit
    levels: np.ndarray  # f8 (clusters and nobody, days + 1): needs expected of a customer until each midnight
    stocks: np.ndarray  # i8 (clusters and nobody)
    moves: np.ndarray  # i8 (months, clusters and nobody, the same): from, to
    flows: np.ndarray  # i8 (days, LifeEvent)
    credit_flows: np.ndarray  # i8 (days, 8, 2): reached and paid after each step
    touches: np.ndarray  # f8 (Touch, 3): number, sum of scores, number below the limit of dissatisfaction
    needy: np.ndarray  # NEEDY, of today
    happenings: np.ndarray  # HAPPENING, of today; empty if nobody wants to know
    counts: np.ndarray  # i8 (2): filled rows of `needy` and of `happenings`
