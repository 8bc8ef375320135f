"""What became of the contacts."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


def lost(c: Counts) -> pd.Series:
    """Contacts that got in and left with no talk to its end."""
    return c.abandoned + c.messages + c.cut + n_dropped(c) + c.unreached + c.nuisance


@kpi("Entered", "count")
def n_entered(c: Counts) -> pd.Series:
    """Contacts that reached the centre: IVR entries, redials and repeats included."""
    return c.entered


@kpi("Served by the IVR", "count")
def n_self_served(c: Counts) -> pd.Series:
    """Contacts served to the end by the IVR."""
    return c.self_served


@kpi("Blocked", "count", -1)
def n_blocked(c: Counts) -> pd.Series:
    """Contacts that never got in: no trunk, or no place in the queue."""
    return c.blocked


@kpi("Offered", "count")
def n_offered(c: Counts) -> pd.Series:
    """Contacts that got in: handled + abandoned + messages + cut + dropped + unreached + nuisance + inside."""
    return c.offered


@kpi("Handled", "count")
def n_handled(c: Counts) -> pd.Series:
    """Contacts whose talk with an operator has ended."""
    return c.handled


@kpi("Abandoned", "count", -1)
def n_abandoned(c: Counts) -> pd.Series:
    """Contacts that gave up while waiting, balking included."""
    return c.abandoned


@kpi("Messages left", "count", -1)
def n_messages(c: Counts) -> pd.Series:
    """Contacts that left a message instead of waiting on."""
    return c.messages


@kpi("Cut off", "count", -1)
def n_cut(c: Counts) -> pd.Series:
    """Contacts disconnected at closing time."""
    return c.cut


@kpi("Broken off", "count", -1)
def n_dropped(c: Counts) -> pd.Series:
    """Contacts whose talk with an operator was broken off by an outage."""
    return c.get("dropped", 0.0 * c.offered)


@kpi("Abandonment", "share", -1)
def abandonment_share(c: Counts) -> pd.Series:
    """abandoned / offered."""
    return ratio(c.abandoned, c.offered)


@kpi("Short abandonment", "share")
def short_abandonment_share(c: Counts) -> pd.Series:
    """abandoned within 5 s / offered: reported apart, they may have dialled wrong."""
    return ratio(c.short_abandoned, c.offered)


@kpi("Blocked share", "share", -1)
def blocked_share(c: Counts) -> pd.Series:
    """blocked / (blocked + offered)."""
    return ratio(c.blocked, c.blocked + c.offered)
