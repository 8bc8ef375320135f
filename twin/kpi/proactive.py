"""Proactive contact: what was sent, what it spared, and what it cost. Only for the whole."""

import pandas as pd

from twin.calendar import YEAR
from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Messages sent", "count")
def outbound_messages(c: Counts) -> pd.Series:
    """Messages of all kinds, each counted once however often it was tried."""
    return c.proactive_sent


@kpi("Message reach", "share", 1)
def message_reach(c: Counts) -> pd.Series:
    """Customers reached / (reached + given up after the last attempt)."""
    return ratio(c.proactive_reached, c.proactive_reached + c.proactive_given_up)


@kpi("Contacts spared by messages", "count", 1)
def spared_contacts(c: Counts) -> pd.Series:
    """Not made because the customer was told: needs of every day, what events would have brought about, and calls
    about repairs closed too early (expected: false closures avoided by asking)."""
    return c.proactive_spared + c.proactive_averted + c.proactive_fault_calls_spared


@kpi("Contacts caused by messages", "count", -1)
def own_contacts(c: Counts) -> pd.Series:
    """Made because of a message."""
    return c.proactive_own


@kpi("Net effect of messages", "count", 1)
def net_spared_contacts(c: Counts) -> pd.Series:
    """Contacts spared - contacts caused."""
    return spared_contacts(c) - c.proactive_own


@kpi("Cost of messages", "EUR", -1)
def message_cost(c: Counts) -> pd.Series:
    """Attempts x cost of an attempt, by kind."""
    return c.proactive_cost


@kpi("Cost of a contact spared", "EUR", -1)
def cost_per_spared_contact(c: Counts) -> pd.Series:
    """Cost of messages / net effect, without those of the credit chain, which are sent for the money they bring in."""
    return ratio(c.proactive_inform_cost, net_spared_contacts(c))


@kpi("Cost of contacts and messages", "EUR", -1)
def cost_with_messages(c: Counts) -> pd.Series:
    """Cost of operators and IVR + cost of messages that inform (those of the credit chain left out)."""
    return c.staff_cost + c.ivr_cost + c.proactive_inform_cost


@kpi("Contacts brought about untold", "count", -1)
def untold_contacts(c: Counts) -> pd.Series:
    """Contacts and disputes that an event brought about as the customer was not told in time."""
    return c.proactive_untold


@kpi("Interviews a year", "per year")
def interviews_a_year(c: Counts) -> pd.Series:
    """Answered interviews about handled contacts, a year, at the size of the run (K21 at the national size)."""
    return ratio(c.proactive_interviews * YEAR, c.proactive_days)


@kpi("Provisioning messages a month", "count")
def provisioning_messages(c: Counts) -> pd.Series:
    """Messages of the provisioning chart, a month of a twelfth of a year, at the size of the run (K24)."""
    return ratio(c.proactive_provisioning_messages * YEAR / 12, c.proactive_days)


@kpi("Assurance messages a month", "count")
def assurance_messages(c: Counts) -> pd.Series:
    """Messages of the assurance chart, a month of a twelfth of a year, at the size of the run (K25)."""
    return ratio(c.proactive_assurance_messages * YEAR / 12, c.proactive_days)


@kpi("Traffic alarms a year", "per year")
def traffic_alarms(c: Counts) -> pd.Series:
    """Customers whose traffic passed the threshold, a year, at the size of the run (K22)."""
    return ratio(c.life_traffic_alarm * YEAR, c.proactive_days)


@kpi("Customers contacted for credit a year", "per year")
def credit_contacts(c: Counts) -> pd.Series:
    """Overdue bills that reached the first step of the credit chain, a year, at the size of the run (K23)."""
    return ratio(c.life_overdue * YEAR, c.proactive_days)


@kpi("Amount overdue a year", "EUR per year")
def overdue_amount(c: Counts) -> pd.Series:
    """Overdue bills that reached the credit chain x their mean amount, a year, at the size of the run (K23)."""
    return credit_contacts(c) * c.credit_amount
