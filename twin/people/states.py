"""Codes of customers' lives, and the names of clusters and tiers (domain reference 6.1)."""

from enum import IntEnum

CLUSTERS = (
    "Portafoglio",
    "Privilege",
    "Nursery",
    "Acquisizioni",
    "Delivery",
    "High Potential",
    "Medium",
    "Basic",
)
"""To-Be clusters; a scenario with customers names exactly these, in any order."""

N_CLUSTERS = len(CLUSTERS)
NOBODY = N_CLUSTERS
"""Row of those who are no customers, in tables by cluster."""

TIERS = ("basic", "medium", "high_potential", "privilege", "portafoglio")


class Phase(IntEnum):
    """Where a customer stands; DELIVERY to LEAVING have a line or are about to."""

    MARKET = 0
    """A household without a line."""
    PROSPECT = 1
    ORDER = 2
    DELIVERY = 3
    NURSERY = 4
    """New, until the first bill is paid."""
    ACTIVE = 5
    LEAVING = 6
    """Has decided to leave, and can still be kept by the answer to a cancellation call."""
    CHURNED = 7
    CHURNED_CREDIT = 8
    NEVER_ACTIVATED = 9


class Tier(IntEnum):
    """Value, re-scored slowly."""

    BASIC = 0
    MEDIUM = 1
    HIGH_POTENTIAL = 2
    PRIVILEGE = 3
    PORTAFOGLIO = 4


class Flag(IntEnum):
    """Bits of the column `flag_bits`: what is open."""

    ORDER = 1
    TICKET = 2
    COMPLAINT = 4
    CASE = 8
    OVERDUE = 16
    SUSPENDED = 32
    OFFER = 64
    """An upgrade was accepted: the next re-scoring is likely to be upwards."""
    LATE = 128
    """The line came after the agreed date."""


class Mark(IntEnum):
    """Bits of the column `marks`: what the customer was told, and is used to."""

    DIGITAL = 1
    """Uses self care on the web or in the app."""
    TOLD_DATE = 2
    """A message gave the date of the order or repair that is open."""
    TOLD_WORKS = 4
    """A message announced works on the line."""
    WELCOMED = 8
    """Had the welcome message, with the PIN menu."""
    CHECKED = 16
    """Was asked whether the repair works before it counted as done, and said so."""
    BILLED = 32
    """The first bill has come."""
    RETURNS = 64
    """Left, and will be won back."""
    CURES = 128
    """Will pay before the next step of the credit chain."""


class Touch(IntEnum):
    """The seven kinds of event that make up the experience of a customer (S2)."""

    CREDIT = 0
    BRAND = 1
    ADVERTISING = 2
    ASSISTANCE = 3
    SALE = 4
    BILLING = 5
    PROVISIONING = 6


class Prompt(IntEnum):
    """What makes a customer contact the centre beside the needs of every day."""

    BILL = 0
    CREDIT = 1
    CANCEL = 2
    ORDER = 3
    FAULT = 4
    MESSAGE = 5


class LifeEvent(IntEnum):
    """What happens in customers' lives: counted by day, and told to who wants to act on it."""

    LEAD = 0
    SALE = 1
    """A prospect has ordered."""
    SALE_LOST = 2
    ORDER_ACCEPTED = 3
    """Detail: days until the agreed date."""
    ORDER_SENT_BACK = 4
    DATE_MISSED = 5
    ACTIVATED = 6
    NEVER_ACTIVATED = 7
    FIRST_BILL = 8
    FIRST_BILL_DISPUTED = 9
    FIRST_BILL_PAID = 10
    CHANGE_ORDERED = 11
    """Detail: days until it is done."""
    CHANGE_DONE = 12
    FAULT = 13
    """Detail: days until the repair."""
    REPAIRED = 14
    REOPENED = 15
    COMPLAINT = 16
    COMPLAINT_ANSWERED = 17
    COMPLAINT_REOPENED = 18
    TO_AUTHORITY = 19
    OVERDUE = 20
    CREDIT_STEP = 21
    """Detail: 1 to 7."""
    CURED = 22
    """Detail: the step after which it was paid."""
    RECONNECTED = 23
    DEACTIVATED = 24
    SCORED_UP = 25
    SCORED_DOWN = 26
    WANTS_TO_LEAVE = 27
    LEFT = 28
    SAVED = 29
    WON_BACK = 30
    UPSOLD = 31
    TRAFFIC_ALARM = 32
    BECAME_DIGITAL = 33
    BILL_QUESTION = 34
    BRAND = 35
    ADVERTISING = 36
    SUSPENDED = 37
    ABANDONED = 38
    """Gave up waiting, or was turned away."""


N_EVENTS = len(LifeEvent)
