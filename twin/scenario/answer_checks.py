"""Who can answer: skills that operators hold, and routes that every contact finds."""

from collections.abc import Iterator

from twin.scenario.demand_schema import CustomerDemand, Rates, Volume
from twin.scenario.provenance import Problem
from twin.scenario.schema import Group, Scenario


def held_skills(s: Scenario, name: str) -> set[str]:
    """Skills that at least some operators of a group can hold."""
    group = s.groups[name]
    drawn = [skill for table in (group.primary, group.further) for skill, share in table.items() if share > 0]
    moved = s.migration.moves.get(name, {}) if s.migration else {}
    return {*group.skills, *drawn, *(skill for skill, share in moved.items() if share > 0)}


def heads_of(s: Scenario, group: Group) -> int:
    """Operators of a group at the size asked for, or at full size where that size is not known."""
    return group.heads(s.scale.sizes.get(s.scale.size, 1.0))


def routed_skills(s: Scenario) -> dict[str, None]:
    """Skills that routes ask for, in their order."""
    return dict.fromkeys(choice.skill for route in s.routes for choice in route.skills)


def skills_are_held(s: Scenario) -> Iterator[Problem]:
    held = {skill for name, group in s.groups.items() if heads_of(s, group) > 0 for skill in held_skills(s, name)}
    routed = routed_skills(s) | dict.fromkeys(skill for leg in s.legs for skill in leg.skills)
    for skill in routed:
        if skill in s.skills and skill not in held:
            yield Problem(("skills", skill), "is held by no operator, must be held by a group with a count above 0")


def groups_have_skills(s: Scenario) -> Iterator[Problem]:
    if not s.groups:
        yield Problem(("groups",), "is empty, must hold at least one group of operators")
    for name in s.groups:
        if not held_skills(s, name):
            yield Problem(("groups", name), "has operators with no skill, must hold at least one in skills or primary")


def intents_reach_a_route(s: Scenario) -> Iterator[Problem]:
    """A contact that no unconditional route takes would be lost."""
    for intent, cluster in _wanted(s):
        for segment in dict.fromkeys(s.segments.values()) or [None]:
            is_routed = any(
                route.condition is None
                and (route.intents is None or intent in route.intents)
                and (route.clusters is None or cluster is None or cluster in route.clusters)
                and (route.segments is None or segment in route.segments)
                for route in s.routes
            )
            if not is_routed:
                of = f" of cluster {cluster}" if cluster else ""
                of += f" of segment {segment}" if segment else ""
                yield Problem(("intents", intent), f"has no route for contacts{of}, must have one without condition")


def _wanted(s: Scenario) -> Iterator[tuple[str, str | None]]:
    if isinstance(s.demand, CustomerDemand):
        for name, cluster in s.clusters.items():
            asked = {group for group, share in cluster.mix.items() if share > 0}
            yield from ((intent, name) for intent, kind in s.intents.items() if (kind.group or intent) in asked)
    else:
        named = s.demand.rates if isinstance(s.demand, Rates) else s.intents
        drawn = s.demand.clusters if isinstance(s.demand, Rates | Volume) else {}
        yield from ((intent, cluster) for intent in named if intent in s.intents for cluster in drawn or [None])
