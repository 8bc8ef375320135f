"""What the names in a report mean in a scenario: the intents whose contacts a row counts, the groups it tells of."""

from collections.abc import Iterable

from calibration.names import queues_of
from twin.scenario.schema import Scenario


def intents_of(scenario: Scenario, intents: Iterable[str], name: str) -> frozenset[str]:
    """Intents that a row of this name counts: the intent itself, or those that may go to the queue; else all."""
    known = frozenset(intents)
    if name in known:
        return frozenset({name})
    if name in scenario.queues:
        return frozenset(intent for intent in known if name in queues_of(scenario, intent)) or known
    return known


def groups_of(scenario: Scenario, name: str) -> frozenset[str]:
    """Groups that a row of this name tells of: the group, those of the site, those who answer the queue; else all."""
    every = frozenset(scenario.groups)
    if name in every:
        return frozenset({name})
    if name in scenario.sites and len(scenario.sites) > 1:
        return frozenset(one for one, group in scenario.groups.items() if group.site == name) or every
    queues = {name} if name in scenario.queues else queues_of(scenario, name) if name in scenario.intents else set()
    skills = {choice.skill for route in scenario.routes if route.queue in queues for choice in route.skills}
    return frozenset(one for one, group in scenario.groups.items() if skills & set(group.skills)) or every


def joined(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The sets, those that overlap made one."""
    found: list[frozenset[str]] = []
    for one in sets:
        apart = [other for other in found if not other & one]
        found = [*apart, one.union(*(other for other in found if other & one))]
    return sorted(found, key=sorted)
