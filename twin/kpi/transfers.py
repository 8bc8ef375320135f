"""Further operators: transfers, conferences, consultations and tiers."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Transferred", "share", -1)
def transfer_share(c: Counts) -> pd.Series:
    """Times a matter was handed on to another operator, cold, warm or by escalation / handled."""
    return ratio(c.transferred, c.handled)


@kpi("Conferences", "share")
def conference_share(c: Counts) -> pd.Series:
    """Talks that a second operator joined to their end / handled."""
    return ratio(c.conferences, c.handled)


@kpi("Consultations", "share")
def consultation_share(c: Counts) -> pd.Series:
    """Talks in which an expert was asked while the customer was on hold / handled."""
    return ratio(c.consultations, c.handled)


@kpi("No further operator came", "count", -1)
def n_unassisted(c: Counts) -> pd.Series:
    """Talks that the first operator finished alone, as nobody came within the limit or before closing time."""
    return c.unassisted


@kpi("Operators' hold time", "s", -1)
def hold_time(c: Counts) -> pd.Series:
    """Time for which operators held the line while a further one was sought or asked / handled."""
    return ratio(c.hold, c.handled)


@kpi("Wait for a further operator", "s", -1)
def further_wait(c: Counts) -> pd.Series:
    """Sum of the waits after the first answer, until a further operator, the limit or hanging up / handled."""
    return ratio(c.wait_again, c.handled)


@kpi("Abandoned after an answer", "count", -1)
def n_abandoned_answered(c: Counts) -> pd.Series:
    """Of the abandoned: those who had talked to an operator and hung up while they waited for a further one."""
    return c.abandoned_answered


@kpi("Closed at tier 1", "share", 1)
def closed_at_tier_1(c: Counts) -> pd.Series:
    """Handled with no escalation / handled."""
    return ratio(c.handled - c.closed_2 - c.closed_3, c.handled)


@kpi("Closed at tier 2", "share")
def closed_at_tier_2(c: Counts) -> pd.Series:
    """Handled by the second tier in the end / handled."""
    return ratio(c.closed_2, c.handled)


@kpi("Closed at tier 3", "share", -1)
def closed_at_tier_3(c: Counts) -> pd.Series:
    """Handled by the third or a higher tier in the end / handled."""
    return ratio(c.closed_3, c.handled)
