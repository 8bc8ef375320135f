"""More than one operator on a matter: transfer, conference, consultation and escalation, as a scenario states them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from twin.scenario.laws import Law, Strict
from twin.scenario.units import PositiveTime, Share

STAYS = ("warm_transfer", "conference", "consultation")
"""Kinds in which the first operator waits with the customer for the further one."""
HANDS_ON = ("transfer", "warm_transfer", "escalation")
TRANSFER_FCR = -0.14
"""Effect of a transfer on the FCR (domain reference 4.4, X(B1); -0.10 to -0.20)."""


class LegShares(Strict):
    """Share of talks that take the leg, by the match of the operator who answered and the matter."""

    primary: Share = 0.0
    secondary: Share = 0.0
    none: Share = 0.0


def _shares(value: Any) -> Any:
    return value if isinstance(value, dict) else {"primary": value, "secondary": value, "none": value}


class Leg(Strict):
    """How a talk leads to a further operator. He who may answer what the leg asks for takes no such leg.

    The first part of the talk ends at a share of it (`at`, its end unless given) or after a time (`after`; a shorter
    talk has no leg). After closing time nobody is fetched: the first operator finishes alone. Three tiers: domain
    reference, rows 4.13 to 4.15.
    """

    kind: Literal["transfer", "warm_transfer", "conference", "consultation", "escalation"]
    """Cold (blind) transfer; the first operator stays for a handover; both stay; he asks and goes on; next tier."""
    intents: list[str] | None = None
    tier: int = Field(1, ge=1, le=9)
    """Tier of the operator whose talk this is: 1 answers first, each escalation leads one tier up."""
    share: Annotated[LegShares, BeforeValidator(_shares)]
    unresolved: bool = False
    """Only matters that the operator did not resolve, at the end of his talk (escalations)."""
    skills: list[str]
    """Of the further operator, first choice first; the first one is what the matter takes from then on."""
    queue: str | None = None
    """Where the contact waits meanwhile; its own queue unless given. It is reported in its own one."""
    points: float = 0.0
    """Added to the contact's own priority points."""
    rank: int | None = None
    """Instead of the contact's own rank."""
    age: Literal["new", "keep"] = "new"
    """Priority and stages go by the wait from the transfer, or from when the customer first asked for an operator."""
    patience: Literal["redraw", "keep"] = "redraw"
    """A fresh patience for the further wait, or what the first wait left of it."""
    at: Share | None = None
    after: Law | None = None
    talk: Law | None = None
    """Talk of the further operator; unless given the rest of the talk that was cut, at his pace."""
    wrap: Law | None = None
    briefing: Law | None = None
    """Handover of a warm transfer, time of a consultation: both operators are busy with it."""
    limit: PositiveTime | None = None
    """How long the first operator waits for a further one; then he finishes alone."""
    fcr: Share | None = None
    """Instead of the intent's FCR."""
    fcr_change: float | None = Field(None, ge=-1, le=1)
    """Added to the FCR; unless given -0.14 for a transfer, cold or warm, and 0 for the other kinds."""

    @property
    def fcr_effect(self) -> float:
        """What is added to the FCR."""
        if self.fcr_change is not None:
            return self.fcr_change
        return TRANSFER_FCR if self.kind in ("transfer", "warm_transfer") else 0.0

    @property
    def part(self) -> float:
        """Share of the talk after which the leg begins, where no time is given."""
        return 1.0 if self.at is None else self.at

    @property
    def stays(self) -> bool:
        """Whether the first operator waits for the further one."""
        return self.kind in STAYS
