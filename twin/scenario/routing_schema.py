"""Where contacts go and who answers them: routes, their stages, priorities and reserves."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from twin.scenario.choice_schema import ContactRule, Gate, OperatorRule, Points
from twin.scenario.laws import Strict
from twin.scenario.units import PositiveTime, Share, Time

LEVELS = {"primary": 1, "secondary": 2, "overflow": 3, "outsourcer": 4}


def _level(value: object) -> object:
    level = LEVELS.get(value) if isinstance(value, str) else value
    if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= 4:
        raise ValueError(f"must be one of {', '.join(LEVELS)}, or a whole number from 1 to 4")
    return level


Level = Annotated[int, BeforeValidator(_level), Field(description="primary, secondary, overflow, outsourcer")]


class Reserve(Strict):
    """Residual capacity: a free operator is released only while enough of his kind are free (domain reference 5.2;
    thresholds of idle servers: Gurvich, Armony and Mandelbaum 2008)."""

    share: Share = 0.0
    """Free share of the operators on duty with the skill, below which no one is released."""
    operators: int = Field(0, ge=0)
    """Operators of the skill who must stay free: one is released only while more are."""
    guarantee: PositiveTime
    """Wait after which the contact counts as any other."""
    points: float = 0.0
    """Priority points added from then on."""


class Stage(Gate):
    """One widening of the circle of operators who may answer; with `until`, also the end of it.

    By wait: ContactCenters, AgentsPrefRouterWithDelays; scripts of stages that give and take access:
    OverflowAndPriorityRouter.
    """

    level: Level = 1
    after: Time = 0.0
    expected_wait: Time | None = None
    """Opens also when the line's expected wait reaches this (to an outsourcer above 90 s: domain reference 4.5)."""


class SkillChoice(Gate):
    skill: str
    after: Time = 0.0
    """Added to the `after` and `until` of each stage."""
    ratio_above: float | None = Field(None, ge=0)
    """Only while those who wait for the route's first skill, over its operators on duty, are more than this and more
    than the same of this one (ContactCenters: QueueRatioOverflowRouter)."""


class Priority(Points):
    """Who goes first among those waiting: lowest rank, then most points, then longest wait."""

    target: Time | None = None
    """Overrides the target wait of cluster and queue."""
    reserve: Reserve | None = None


class Routing(Strict):
    operator_rule: OperatorRule = "longest_idle"
    contact_rule: ContactRule = "points"
    primary_first: bool = False
    """A free operator looks for contacts of his primary skills before any other (Wallace and Whitt 2005, "A staffing
    algorithm for call centers with skill-based routing")."""
    stages: list[Stage] = [Stage(level=1), Stage(level=2)]
    """Applied to each skill of a route that does not bring its own."""
    leave_message_after: Time | None = None
    """At this wait the customer leaves a message and hangs up (the Telethon of the ContactCenters guide)."""
    owner_wait: Time | None = None
    """A contact about an open case waits so long for the operator who holds the case (30 s: domain reference 5.2)."""
    priority_by: Literal["cluster", "segment"] = "cluster"
    patience_events: bool | None = None
    """Force (true) or forbid (false) one event per waiting contact; chosen by need unless given. Same records."""


class Route(Strict):
    """Where contacts go. The last route that fits a contact wins, so general routes stand first."""

    intents: list[str] | None = None
    clusters: list[str] | None = None
    segments: list[str] | None = None
    condition: Literal["complaint", "suspended", "ticket", "order"] | None = None
    queue: str
    skills: list[SkillChoice]
    """First choice first; the next ones are overflow targets."""
    need: str | None = None
    """Skill which the matter takes; decides how well an operator's abilities match. First skill unless given."""
    stages: list[Stage] | None = None
    priority: Priority | None = None
    operator_rule: OperatorRule | None = None
    """Overrides that of the routing."""
    sites: dict[str, Share] | None = None
    """One line per site, which gets this share of the contacts (Servi and Humair 1999, "Optimizing Bernoulli routing
    policies for balancing loads on call centers and minimizing transmission costs"); one virtual queue for all sites
    unless given."""
    away_after: Time | None = None
    """Wait after which operators of other sites may answer too; never unless given."""

    @model_validator(mode="before")
    @classmethod
    def _plain_names(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("skills"), list):
            names = [{"skill": name} if isinstance(name, str) else name for name in data["skills"]]
            data = {**data, "skills": names}
        return data
