"""The menu of the IVR: who is recognised, which menu he hears, whether he chooses the right entry."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from twin.scenario.laws import Strict
from twin.scenario.legs_schema import LegShares
from twin.scenario.units import Share, Time


def _shares(value: object) -> object:
    return value if isinstance(value, dict) else {"primary": value, "secondary": value, "none": value}


class Tree(Strict):
    """A menu of its own for some clusters (To-Be) or segments (As-Is). The last one that fits a customer is heard."""

    clusters: list[str] | None = None
    segments: list[str] | None = None
    order: list[str] = []
    """Entries (groups of intents) in the order in which they are read out; those not named follow."""
    navigation_factor: float = Field(1.0, gt=0)
    """On the navigation time of the IVR."""
    shares: dict[str, Share] = {}
    """Share of callers who choose each entry; those of the menu unless given."""
    mis_selection: Share | None = None
    """In place of that of the menu."""


class Unrecognised(Strict):
    """How the centre treats a customer whom it does not recognise by the number: as somebody with nothing open."""

    cluster: str | None = None
    """As one of which he is routed; as one of his own unless given."""
    segment: str | None = None
    transfer: Annotated[LegShares, BeforeValidator(_shares)] = LegShares()
    """Share of talks, by the operator's match, after which he is handed on to where he belongs."""


class Menu(Strict):
    """What the IVR makes of a contact before it is in line.

    Who chooses the wrong entry waits where that entry leads; another one is drawn by the entries' shares. The operator
    finds out after a part of the talk, and hands the customer on (a cold transfer) to where the matter belongs, unless
    he may answer that himself: then he does, as well as he can (a mismatch, if he does not hold the skill). The contact
    is reported in the cell of its matter.
    """

    mis_selection: Share = 0.0
    """Share of contacts, not served by the IVR, that choose a wrong entry (domain reference 4.3)."""
    mis_selection_first: Share = 0.0
    """The same of recognised customers to whom the fitting entry is offered first (`ivr.menu_first`)."""
    found_after: Share = 0.25
    """Part of the talk after which the operator finds out."""
    transfer: Annotated[LegShares, BeforeValidator(_shares)] = LegShares(primary=1.0, secondary=1.0, none=1.0)
    """Share of those who chose wrong that is handed on, by the match of operator and matter; the others stay."""
    fcr_change: float = Field(-0.14, ge=-1, le=1)
    """Added to the FCR of those handed on (domain reference 4.4, X(B1): -0.10 to -0.20)."""
    recognised: Share = 1.0
    """Share of customers recognised by their number (domain reference 4.3); each matter comes from one number."""
    unrecognised: Unrecognised = Unrecognised()
    order: list[str] = []
    """Entries in the order in which they are read out to all without a tree of their own; else as the intents stand."""
    entry_time: Time = 0.0
    """Time for each entry that is read out before the chosen one, added to the navigation."""
    shares: dict[str, Share] = {}
    """Share of callers who choose each entry; even unless given. A wrong one is drawn by them."""
    trees: list[Tree] = []
    false_containment: dict[str, Share] = {}
    """By entry, in place of `ivr.false_containment`: share of the contained whose matter was not settled."""
