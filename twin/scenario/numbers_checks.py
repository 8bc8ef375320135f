"""Shares that must sum to 1, and factors that must be positive."""

from collections.abc import Iterator, Mapping

from twin.scenario.demand_schema import CustomerDemand, Rates, Volume
from twin.scenario.problems import sum_problems
from twin.scenario.provenance import Path, Problem, show
from twin.scenario.schema import Scenario


def shares_sum_to_one(s: Scenario) -> Iterator[Problem]:
    for path, shares in _share_tables(s):
        yield from sum_problems(path, shares.values())


def _share_tables(s: Scenario) -> Iterator[tuple[Path, Mapping[str, float]]]:
    if isinstance(s.demand, CustomerDemand):
        yield ("demand", "hour_shares"), s.demand.hour_shares
        yield from ((("clusters", name, "mix"), cluster.mix) for name, cluster in s.clusters.items())
        for group in dict.fromkeys(intent.group for intent in s.intents.values() if intent.group):
            yield ("intents", group), {name: kind.share for name, kind in s.intents.items() if kind.group == group}
    yield from ((("shifts", name, "starts"), shift.starts) for name, shift in s.shifts.items() if shift.starts)
    yield from ((("groups", name, "primary"), group.primary) for name, group in s.groups.items() if group.primary)
    yield ("abilities", "n_held"), s.abilities.n_held
    if s.migration:
        yield from ((("migration", "moves", name), moves) for name, moves in s.migration.moves.items())
    if s.customers:
        yield ("customers", "tiers"), s.customers.tiers.model_dump()
        yield ("customers", "new_tiers"), s.customers.new_tiers.model_dump()
        yield ("customers", "lives", "orders", "shares"), s.customers.lives.orders.shares
    if s.satisfaction:
        keys = ("waiting_weight", "accuracy_weight", "ability_weight", "courtesy_weight")
        yield ("satisfaction",), {key: getattr(s.satisfaction, key) for key in keys}


def factors_are_positive(s: Scenario) -> Iterator[Problem]:
    """Factors on times must be above 0, factors on rates must not be negative."""
    for name, intent in s.intents.items():
        for key in ("talk_factors", "patience_factors"):
            factors = getattr(intent, key) or []
            if any(not factor > 0 for factor in factors):
                yield Problem(("intents", name, key), f"is {show(factors)}, must have only factors above 0")
    for group_name, group in s.groups.items():
        for skill, weight in group.further.items():
            if weight < 0:
                yield Problem(("groups", group_name, "further", skill), f"is {weight:g}, must be at least 0")
    if not isinstance(s.demand, Rates | Volume | CustomerDemand):
        return
    for day, factor in s.demand.weekday_factors.items():
        if factor < 0:
            yield Problem(("demand", "weekday_factors", day), f"is {factor:g}, must be at least 0")
