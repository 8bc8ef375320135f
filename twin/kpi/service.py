"""Waiting, service levels, handle time and the IVR."""

import pandas as pd

from twin.kpi.contacts import lost
from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Mean speed of answer", "s", -1)
def asa(c: Counts) -> pd.Series:
    """Sum of the waits of handled contacts, zeros included / handled."""
    return ratio(c.wait_handled, c.handled)


@kpi("Mean wait", "s", -1)
def mean_wait(c: Counts) -> pd.Series:
    """Sum of the waits of all contacts, lost ones included / (handled + lost)."""
    return ratio(c.wait_handled + c.wait_lost, c.handled + lost(c))


@kpi("Answered within 20 s / offered", "share", 1)
def sl20(c: Counts) -> pd.Series:
    """Answered within 20 s of asking for an operator / offered."""
    return ratio(c.in_20s, c.offered)


@kpi("Answered within target / offered", "share", 1)
def in_target(c: Counts) -> pd.Series:
    """Answered within the target wait of queue or cluster / offered."""
    return ratio(c.in_target, c.offered)


@kpi("Service level (20 s), / offered less early losses", "share", 1)
def service_level(c: Counts) -> pd.Series:
    """Answered within 20 s / (offered - lost within 20 s)."""
    return ratio(c.in_20s, c.offered - c.lost_in_20s)


@kpi("Answered within 20 s / answered", "share", 1)
def sl20_of_answered(c: Counts) -> pd.Series:
    """Answered within 20 s / handled."""
    return ratio(c.in_20s, c.handled)


@kpi("Had to wait", "share", -1)
def waited_share(c: Counts) -> pd.Series:
    """Contacts with a wait above 0 / offered."""
    return ratio(c.waited, c.offered)


@kpi("Handle time", "s", -1)
def aht(c: Counts) -> pd.Series:
    """(talk + hold + wrap-up), of all operators involved / handled."""
    return ratio(c.talk + c.hold + c.wrap, c.handled)


@kpi("Time in the IVR", "s")
def ivr_time(c: Counts) -> pd.Series:
    """Navigation time / contacts that entered."""
    return ratio(c.ivr_time, c.entered)


@kpi("Self-served", "share", 1)
def containment(c: Counts) -> pd.Series:
    """Served to the end by the IVR / entered."""
    return ratio(c.self_served, c.entered)
