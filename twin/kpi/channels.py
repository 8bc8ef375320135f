"""E-mails, letters, desk work, calls that the centre makes, and chats."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Answered by the deadline", "share", 1)
def in_deadline(c: Counts) -> pd.Series:
    """E-mails, letters and desk work answered by their deadline / those that came in, what still lies included."""
    return ratio(c.in_deadline, c.deferred)


@kpi("Answered within 1 day", "share", 1)
def in_1_day(c: Counts) -> pd.Series:
    """E-mails, letters and desk work answered within 24 h / those that came in, what still lies included."""
    return ratio(c.in_1_day, c.deferred)


@kpi("Answered within 3 days", "share", 1)
def in_3_days(c: Counts) -> pd.Series:
    """E-mails, letters and desk work answered within 72 h / those that came in, what still lies included."""
    return ratio(c.in_3_days, c.deferred)


@kpi("Response time", "s", -1)
def response_time(c: Counts) -> pd.Series:
    """From the coming in of e-mails, letters and desk work to the answer: sum of these times / those answered."""
    return ratio(c.response_time, c.deferred_handled)


@kpi("Reached", "share", 1)
def reach_share(c: Counts) -> pd.Series:
    """Outbound: dials of campaigns that a person answered / dials of campaigns."""
    return ratio(c.reached, c.numbers_dialled)


@kpi("Nuisance calls", "share", -1)
def nuisance_share(c: Counts) -> pd.Series:
    """Outbound: reached, but dropped after 2 s as no operator was free / reached."""
    return ratio(c.nuisance, c.reached)


@kpi("Redemption", "share", 1)
def redemption(c: Counts) -> pd.Series:
    """Outbound: customers who agreed / spoken with, of campaigns that count it (K17)."""
    return ratio(c.redeemed, c.spoken)


@kpi("Chats handled", "count")
def n_chats(c: Counts) -> pd.Series:
    """Chats that have ended; they are part of the handled contacts."""
    return c.chats


@kpi("Length of a chat", "s", -1)
def chat_duration(c: Counts) -> pd.Series:
    """Time from the answer to the end of chats, of which an operator has several at once / chats handled."""
    return ratio(c.chat_time, c.chats)


@kpi("Chats at once", "count")
def chats_at_once(c: Counts) -> pd.Series:
    """Time from the answer to the end of chats / operators' time that they took: mean number while there is any."""
    return ratio(c.chat_time, c.chat_work)


@kpi("Written contacts", "share")
def written_share(c: Counts) -> pd.Series:
    """E-mails, letters and desk work that came in / entered."""
    return ratio(c.deferred, c.entered)


@kpi("Self care", "share", 1)
def self_care_share(c: Counts) -> pd.Series:
    """Sessions of self care in the web or the app / entered."""
    return ratio(c.web_sessions, c.entered)


@kpi("Settled by self care", "share", 1)
def self_care_settled(c: Counts) -> pd.Series:
    """Sessions of self care after which the customer does not call / sessions of self care."""
    return ratio(c.web_served, c.web_sessions)
