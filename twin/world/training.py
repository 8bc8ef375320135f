"""What courses ask of the kernel's tables: pools for what they teach."""

from twin.scenario.schema import Scenario
from twin.scenario.training_places import taught


def course_places(scenario: Scenario, skills: list[str], sites: list[str], routed: set[str]) -> set:
    """(skill, level, site) that somebody may hold after a course, site -1 for any."""
    return {
        (skills.index(skill), level, where)
        for group, skill, level in taught(scenario)
        if skill in routed
        for where in (-1, sites.index(scenario.groups[group].site))
    }
