"""What must hold between the numbers of customers' lives."""

import itertools
from collections.abc import Iterator

from twin.scenario.demand_schema import CustomerDemand
from twin.scenario.lives_schema import EVENTS
from twin.scenario.problems import key_problems, sum_problems
from twin.scenario.provenance import Problem
from twin.scenario.schema import Scenario


def lives_problems(s: Scenario) -> Iterator[Problem]:
    if s.customers is None:
        if isinstance(s.demand, CustomerDemand):
            yield Problem(("customers",), "is missing, must be given where demand.kind is 'customers'")
        return
    lives, at = s.customers.lives, ("customers", "lives")
    touchpoints = s.customers.experience.touchpoints
    yield from key_problems(("customers", "experience", "touchpoints"), touchpoints, "an event of life", EVENTS)
    yield from sum_problems((*at, "orders", "shares"), lives.orders.shares.values())
    for name in lives.orders.shares:
        if name not in lives.orders.medians:
            yield Problem((*at, "orders", "medians"), f"lacks {name}, must have each product of orders.shares")
    steps = lives.credit.steps
    if any(later <= earlier for earlier, later in itertools.pairwise(steps)):
        yield Problem((*at, "credit", "steps"), "are not in order, must be later from step to step")
    if lives.first_bill[1] < lives.first_bill[0]:
        yield Problem((*at, "first_bill"), "ends before it begins, must be [earliest, latest]")
    if lives.leaving.kept >= 1:
        yield Problem((*at, "leaving", "kept"), "is 1, must be below 1: else nobody would ever leave")
    churn = s.customers.churn
    if len(churn.tenure_factors) != len(churn.tenure_months):
        given = f"has {len(churn.tenure_factors)} values, must have {len(churn.tenure_months)}"
        yield Problem(("customers", "churn", "tenure_factors"), f"{given}, as many as tenure_months")
