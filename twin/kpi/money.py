"""Costs, and what customers are worth."""

import pandas as pd

from twin.calendar import YEAR
from twin.kpi.definition import Counts, Topic, ratio

kpi = Topic()


@kpi("Contact cost", "EUR", -1)
def contact_cost(c: Counts) -> pd.Series:
    """Cost of operators' hours on duty, shared out by handling cost, + IVR entries [EUR]."""
    return c.staff_cost + c.ivr_cost


@kpi("Cost of team leaders", "EUR", -1)
def leader_cost(c: Counts) -> pd.Series:
    """Hours on duty / operators of a team x its leaders x cost of an hour of theirs [EUR], beside contact cost."""
    return c.leader_cost


@kpi("Value of upgrades sold", "EUR", 1)
def upgrade_value(c: Counts) -> pd.Series:
    """Upgrades accepted in inbound contacts x their price a month x the months for which they are kept [EUR]."""
    return c.life_upsold * c.upsell_worth


@kpi("Cost per handled contact", "EUR", -1)
def cost_per_contact(c: Counts) -> pd.Series:
    """Contact cost / handled [EUR]."""
    return ratio(contact_cost(c), c.handled)


@kpi("Cost per customer managed", "EUR per year", -1)
def cost_per_customer(c: Counts) -> pd.Series:
    """Contact cost a year / mean customers [EUR a customer-year]."""
    return ratio(contact_cost(c) * YEAR, c.customer_days)


@kpi("Contacts per customer (FOC)", "per year", -1)
def foc(c: Counts) -> pd.Series:
    """Contacts that entered, redials and repeats included, a year / mean customers."""
    return ratio(c.entered * YEAR, c.customer_days)


@kpi("ARPU at risk", "EUR per year", -1)
def arpu_at_risk(c: Counts) -> pd.Series:
    """Sum over customers of ARPU a year x expected yearly churn, given what each remembers at the end [EUR a year]."""
    return c.arpu_at_risk


@kpi("Expected churn", "share", -1)
def churn(c: Counts) -> pd.Series:
    """Mean expected yearly churn, given what each customer remembers at the end."""
    return ratio(c.expected_leavers, c.customers_at_end)
