"""What operators' careers ask of the kernel's tables: pools for all that anybody may be taught, and fatigue."""

from typing import Any

from twin.scenario.career_schema import careers_of
from twin.scenario.schema import Scenario


def teachable(scenario: Scenario) -> dict[str, set[str]]:
    """Skills that the operators of each group may hold of their own in the course of a run."""
    found: dict[str, set[str]] = {}
    for name, group in scenario.groups.items():
        own = {*group.primary, *group.further}
        if scenario.migration is not None and name in scenario.migration.moves:
            moves = scenario.migration.moves[name]
            homes = {scenario.skills[skill].queue for skill in moves} - {None}
            own |= {*moves, *(skill for skill, kind in scenario.skills.items() if kind.queue in homes)}
        found[name] = own or {skill for skill, hold in group.skills.items() if hold.level <= 2}
    return found


def places_to_come(scenario: Scenario, skills: list[str], sites: list[str], routed: set[str]) -> set:
    """(skill, level, site) that somebody may hold in the course of a run, site -1 for any; none without careers."""
    if careers_of(scenario) is None:
        return set()
    return {
        (skills.index(skill), level, where)
        for name, own in teachable(scenario).items()
        for skill in own & routed
        for level in (1, 2)
        for where in (-1, sites.index(scenario.groups[name].site))
    }


def career_options(scenario: Scenario, options: Any) -> None:
    """Handle times late in the shift."""
    careers = careers_of(scenario)
    if careers is not None and careers.fatigue is not None:
        options.has_fatigue = True
        options.fatigue, options.tired_after = careers.fatigue.per_hour / 3600.0, careers.fatigue.after
