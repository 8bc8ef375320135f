"""Operators' time, and what the day's control did with it."""

import pandas as pd

from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


def on_duty(c: Counts) -> pd.Series:
    """Operator-seconds on duty, breaks and outages of the site included."""
    return c.staff_talk + c.staff_hold + c.staff_wrap + c.staff_idle + c.staff_break + c.get("staff_outage", 0.0)


@kpi("Occupancy", "share")
def occupancy(c: Counts) -> pd.Series:
    """Handling time (talk, hold, wrap-up) / (handling + idle time) of operators on duty."""
    busy = c.staff_talk + c.staff_hold + c.staff_wrap
    return ratio(busy, busy + c.staff_idle)


@kpi("Utilisation", "share")
def utilisation(c: Counts) -> pd.Series:
    """Handling time, holds with a customer included / time on duty, breaks and outages of the site included."""
    return ratio(c.staff_talk + c.staff_hold + c.staff_wrap, on_duty(c))


@kpi("Operators on duty", "count")
def operators_on_duty(c: Counts) -> pd.Series:
    """Mean number of operators on duty, breaks and outages included, while the interval lasts."""
    return ratio(on_duty(c), c.clock_time)


@kpi("Wrap-ups cut short", "count")
def n_wraps_cut(c: Counts) -> pd.Series:
    """Wrap-ups shortened or put off because too many waited, at the end of the talk or while under way."""
    return c.wraps_cut


@kpi("Breaks put off", "count")
def n_breaks_postponed(c: Counts) -> pd.Series:
    """Breaks that could not begin when due: the load was too high, or too many were away."""
    return c.breaks_postponed


@kpi("Breaks missed", "count", -1)
def n_breaks_missed(c: Counts) -> pd.Series:
    """Breaks put off and not taken by the end of the shift."""
    return c.breaks_missed


@kpi("Operators lent", "count")
def n_lent(c: Counts) -> pd.Series:
    """Times that an operator was lent to another queue."""
    return c.lent


@kpi("Left early", "count")
def n_left_early(c: Counts) -> pd.Series:
    """Volunteers sent home before the end of the shift because too many were idle."""
    return c.left_early


@kpi("Stayed on", "count")
def n_stayed_on(c: Counts) -> pd.Series:
    """Operators who stayed after the end of the shift because too many waited."""
    return c.stayed_on


@kpi("Time lost by outages", "s", -1)
def outage_time(c: Counts) -> pd.Series:
    """Operator-seconds on duty at a site that was down."""
    return c.staff_outage
