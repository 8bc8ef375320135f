"""Who answers whom: rules by name, points of those who wait, gates of stages."""

from typing import Literal

from pydantic import Field

from twin.scenario.laws import Strict
from twin.scenario.units import Time

OperatorRule = Literal[
    "longest_idle",
    "most_idle",
    "least_occupied",
    "best_proficiency",
    "fewest_skills",
    "fixed_order",
    "random",
]
"""Which of the free operators of a stage answers; ties by longest idle.

Longest idle: ContactCenters' default, "longest idle server first" of the literature. Most idle: most idle time since
the start of the shift (Atar, Shaki and Shwartz 2011). Least occupied: lowest share of the shift busy (Avaya's least
occupied agent). Best proficiency: for the skill that the matter takes (Avaya's expert agent distribution). Fewest
skills: specialists before generalists (ContactCenters: LocalSpecRouter). Fixed order: in the order of the groups and
numbers (a hunt group). Random: each with the same chance.
"""

ContactRule = Literal[
    "points",
    "priority",
    "longest_waiting",
    "weighted_longest_wait",
    "longest_queue",
    "local_first",
]
"""Whom a free operator takes; ties by longest wait.

Points: lowest rank, then most points (at arrival, for each second waited, by a credit curve): Kleinrock 1964, "A delay
dependent queue discipline". Priority: lowest rank (ContactCenters: QueuePriorityRouter). Longest waiting: whoever has
waited longest, of any rank (ContactCenters: SingleFIFOQueueRouter). Weighted longest wait: lowest rank, then most
`weight` times wait (ContactCenters: LongestWeightedWaitingTimeRouter). Longest queue: lowest rank, then the queue with
most contacts (ContactCenters: LongestQueueFirstRouter). Local first: lines of the operator's site, then the others,
each by rank and weighted wait (ContactCenters: LocalSpecRouter).
"""


class Gate(Strict):
    """What shuts a stage, or a skill of a route, though its wait has come. All that is given must hold."""

    until: Time | None = None
    """Wait at which it closes again: the circle narrows."""
    idle_above: int = Field(0, ge=0)
    """Only while more of its operators than these are free, who are kept for others (a threshold of idle servers:
    Gurvich, Armony and Mandelbaum 2008, "Service-level differentiation in call centers with fully flexible
    servers")."""
    waiting_above: int = Field(0, ge=0)
    """Only while more contacts than these wait in the line (Perry and Whitt 2009, "Responding to unexpected overloads
    in large-scale service systems")."""
    waiting_down_to: int | None = Field(None, ge=0)
    """Once open by that, it closes when so few are left; `waiting_above` unless given."""


class Knot(Strict):
    """Points at a wait."""

    wait: Time
    points: float


class Points(Strict):
    """What the contact rules look at."""

    rank: int = 0
    points: float = 0.0
    points_per_second: float = Field(1.0, ge=0)
    credit: list[Knot] = []
    """Points added by wait, on a straight line from knot to knot, and as at the first or the last one outside them.
    One knot of 90 points is the head start of 90 s that a bank gave to priority customers (Brown et al. 2005)."""
    weight: float = Field(1.0, ge=0)
    """Multiplies the wait under the rules weighted_longest_wait and local_first."""
