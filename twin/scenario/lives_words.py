"""Customers' lives in plain words, for `twin show`."""

from twin.scenario.schema import Scenario
from twin.scenario.words import duration, joined, percent


def lives_lines(s: Scenario) -> list[str]:
    """Sentences about what happens to customers besides their contacts."""
    if s.customers is None:
        return []
    lives, churn = s.customers.lives, s.customers.churn
    bills, credit, leaving = lives.bills, lives.credit, lives.leaving
    products = joined([f"{name} {duration(lives.orders.medians[name])}" for name in lives.orders.shares])
    cured = joined([percent(share) for share in credit.cured])
    tiers = joined([f"{name.replace('_', ' ')} {percent(value)}" for name, value in churn.by_tier])
    return [
        f"Leads are {percent(lives.leads)} of the base a year; {percent(lives.sale_closed)} order, half of the lines "
        f"are there after: {products}; {percent(lives.orders.failed)} never.",
        f"A new customer is in Nursery until the first bill is paid, at most {duration(lives.nursery_cap)}; "
        f"{percent(bills.first_calls)} make contact about it, {percent(bills.first_disputed)} dispute it.",
        f"{bills.a_year:g} bills a year, each with a contact in {percent(bills.calls)} of cases; "
        f"{percent(bills.overdue)} are not paid in time.",
        f"Seven steps follow an overdue bill, from {duration(credit.steps[0])} to {duration(credit.steps[-1])} after "
        f"the due date; after each but the last {cured} pay.",
        f"{lives.orders_a_year:g} orders and {lives.faults_a_year:g} faults a customer-year.",
        f"Of those who leave (a year: {tiers}, new ones {percent(churn.nursery)}), {percent(leaving.calls)} ask to "
        f"cancel first; an answer keeps {percent(leaving.saved_matched)}, or {percent(leaving.saved_other)} without "
        "the skill for it.",
        f"Unresolved contacts multiply the hazard of leaving by {churn.unresolved_factor:g} for "
        f"{duration(churn.contact_window)}, times {percent(churn.contact_effect)} of the effect.",
        f"{len(s.customers.experience.touchpoints)} kinds of event, and each contact, move a customer's experience.",
    ]
