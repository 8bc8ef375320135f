"""What happened to customers while the centre was at work: only for the whole, as events of life have no queue."""

import pandas as pd

from twin.calendar import YEAR
from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Experience", "points", 1)
def experience(c: Counts) -> pd.Series:
    """Mean over customers at the end of the weighted memory of all touchpoints, 0-100 (S2: sum over the relation)."""
    return ratio(c.experience, c.customers_at_end)


@kpi("Experience less expectation", "points", 1)
def experience_gap(c: Counts) -> pd.Series:
    """Mean over customers at the end of experience - expectation; churn follows it."""
    return ratio(c.experience - c.expectation, c.customers_at_end)


@kpi("Lines left", "share", -1)
def left_share(c: Counts) -> pd.Series:
    """Customers who left of their own will, a year / mean customers."""
    return ratio(c.life_left * YEAR, c.customer_days)


@kpi("Lines deactivated", "share", -1)
def deactivated_share(c: Counts) -> pd.Series:
    """Customers deactivated for credit, a year / mean customers."""
    return ratio(c.life_deactivated * YEAR, c.customer_days)


@kpi("Lines activated", "share", 1)
def activated_share(c: Counts) -> pd.Series:
    """Gross adds: lines activated, a year / mean customers."""
    return ratio(c.life_activated * YEAR, c.customer_days)


@kpi("Net lines", "share", 1)
def net_lines(c: Counts) -> pd.Series:
    """Lines activated - those whose customers left or were deactivated, a year / mean customers."""
    return ratio((c.life_activated - c.life_left - c.life_deactivated) * YEAR, c.customer_days)


@kpi("Customers kept", "share", 1)
def saved_share(c: Counts) -> pd.Series:
    """Kept by the answer to their cancellation / customers who wanted to leave."""
    return ratio(c.life_saved, c.life_wants_to_leave)


@kpi("Complaints", "share", -1)
def complaint_share(c: Counts) -> pd.Series:
    """Complaints opened, a year / mean customers."""
    return ratio(c.life_complaint * YEAR, c.customer_days)


@kpi("Upgrades sold", "share", 1)
def upsold_share(c: Counts) -> pd.Series:
    """Upgrades accepted in inbound contacts, a year / mean customers."""
    return ratio(c.life_upsold * YEAR, c.customer_days)
