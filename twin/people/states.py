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

TIERS = ("basic", "medium", "high_potential", "privilege", "portafoglio")


class Phase(IntEnum):
    """Where a customer stands; DELIVERY to ACTIVE have a line or are about to."""

    MARKET = 0
    """A household without a line."""
    PROSPECT = 1
    ORDER = 2
    DELIVERY = 3
    NURSERY = 4
    """New, until the first bill is paid."""
    ACTIVE = 5
    CHURNED = 6
    CHURNED_CREDIT = 7
    NEVER_ACTIVATED = 8


class Tier(IntEnum):
    """Value, re-scored slowly."""

    BASIC = 0
    MEDIUM = 1
    HIGH_POTENTIAL = 2
    PRIVILEGE = 3
    PORTAFOGLIO = 4


class Flag(IntEnum):
    """Bits of the column `flags`."""

    ORDER = 1
    TICKET = 2
    COMPLAINT = 4
    CASE = 8
    OVERDUE = 16
    SUSPENDED = 32
    OFFER = 64
