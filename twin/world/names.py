"""The one place where names become row numbers, and row numbers names again."""

from dataclasses import dataclass, field

from twin.scenario.schema import Scenario

CONDITIONS = ("none", "complaint", "suspended", "ticket", "order")
"""What sets a customer apart at the moment of contact, strongest first after none (domain reference 5.2, overrides)."""


@dataclass(frozen=True)
class Cell:
    """One row of the tallies: contacts that are reported together."""

    intent: str
    cluster: str
    queue: str


@dataclass
class Names:
    """Row numbers of everything that has a name."""

    intents: list[str]
    clusters: list[str]
    segments: list[str]
    skills: list[str]
    queues: list[str]
    groups: list[str]
    sites: list[str]
    cells: list[Cell] = field(default_factory=list)
    types: list[tuple[str, str, str]] = field(default_factory=list)
    """Intent, cluster, queue of each row of `types`."""
    conditions: tuple[str, ...] = CONDITIONS

    @classmethod
    def of(cls, scenario: Scenario) -> "Names":
        return cls(
            intents=list(scenario.intents),
            clusters=list(scenario.clusters),
            segments=list(dict.fromkeys(scenario.segments.values())) or ["all"],
            skills=list(scenario.skills),
            queues=list(scenario.queues),
            groups=list(scenario.groups),
            sites=list(scenario.sites),
        )
