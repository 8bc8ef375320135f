"""Call-backs, announced waits and messages."""

import pandas as pd

from twin.kpi.contacts import lost
from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Not reached", "count", -1)
def n_unreached(c: Counts) -> pd.Series:
    """Contacts to be called back that did not answer the last try."""
    return c.unreached


@kpi("Call-back accepted", "share")
def call_back_share(c: Counts) -> pd.Series:
    """Hung up to be called back / offered. Waits and service levels count them from their first joining."""
    return ratio(c.call_backs, c.offered)


@kpi("Called back after", "s", -1)
def call_back_wait(c: Counts) -> pd.Series:
    """Waits of those called back, from the first joining to the pick-up / called back and handled."""
    return ratio(c.called_wait, c.called_back)


@kpi("Dials per call-back", "count", -1)
def dials_per_call_back(c: Counts) -> pd.Series:
    """Dials of operators / hung up to be called back. Dialling is handling time of operators, not of the contact."""
    return ratio(c.dials, c.call_backs)


@kpi("Wait on the telephone", "s", -1)
def wait_on_line(c: Counts) -> pd.Series:
    """(Waits of all contacts - what they spent of them off the telephone, to be called back) / (handled + lost)."""
    return ratio(c.wait_handled + c.wait_lost - c.off_line, c.handled + lost(c))


@kpi("Answered within target of those who stayed", "share", 1)
def in_target_on_line(c: Counts) -> pd.Series:
    """Answered within target, not called back / (offered - hung up to be called back)."""
    return ratio(c.in_target - c.called_in_target, c.offered - c.call_backs)


@kpi("Balked", "share", -1)
def balk_share(c: Counts) -> pd.Series:
    """Hung up on hearing the expected wait / offered; they are part of the abandoned."""
    return ratio(c.balked, c.offered)


@kpi("Messages worked on in time", "share", 1)
def messages_in_time(c: Counts) -> pd.Series:
    """Messages whose work ended before their deadline / messages that became work, those still open included."""
    return ratio(c.messages_in_time, c.messages_filed)
