"""What a scenario says of proactive contact: messages that events of life set off, and surveys of quality."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from twin.scenario.laws import Strict
from twin.scenario.units import Clock, Money, PositiveTime, Share, Time

MARKS = ("told_date", "told_works", "welcomed", "checked")
MarkName = Literal["told_date", "told_works", "welcomed", "checked"]
TouchName = Literal["credit", "brand", "advertising", "assistance", "sale", "billing", "provisioning"]


class Reach(Strict):
    """Share of customers reached: by one attempt, and by three."""

    one: Share
    three: Share

    @model_validator(mode="after")
    def _fit(self) -> "Reach":
        most = 1.0 - (1.0 - self.one) ** 3
        if not self.one <= self.three <= most + 1e-9:
            raise ValueError(f"three is {self.three:g}, must be from one, {self.one:g}, to 1 - (1 - one)^3, {most:.4g}")
        return self

    @property
    def missed(self) -> float:
        """Share of attempts that miss who can be reached at all.

        Of the customers, `reachable` answer some attempt, each with the chance 1 - q: one = reachable (1 - q) and
        three = reachable (1 - q^3), so that three / one = 1 + q + q^2.
        """
        if self.one <= 0:
            return 1.0
        return (-1.0 + math.sqrt(max(4.0 * self.three / self.one - 3.0, 0.0))) / 2.0

    @property
    def reachable(self) -> float:
        """Share of the customers who can be reached at all."""
        return self.one / (1.0 - self.missed) if self.missed < 1.0 else 0.0

    def by(self, attempts: int) -> float:
        """Share reached by so many attempts."""
        return self.reachable * (1.0 - self.missed**attempts)


class Otherwise(Strict):
    """What the event brings about where the customer was not told in time."""

    share: Share
    """Share of the events that end so."""
    contact: Literal["bill", "credit", "order", "fault"]
    """What the customer then contacts the centre about."""
    after: Time | None = None
    """From the event; the date that belongs to the event (order, repair) unless given."""
    averted: Share = 1.0
    """Share of these that telling prevents."""
    complaint: bool = False
    """Whether a complaint is opened, too."""


class Message(Strict):
    """A kind of message: what sets it off, how it is sent, and what it does with who is reached.

    `message` and `phone` are calls, repeated until somebody answers: the first by the platform's lines, the second by
    people outside the centre. A `notice` is a letter: sent once, on no line.
    """

    title: str = ""
    chart: Literal["provisioning", "assurance", "credit", "traffic", "other"] = "other"
    """Chart of monthly volumes on which it is counted (K23-K25)."""
    events: list[str] = Field(min_length=1)
    """Events of life that set it off (`twin.people.states.LifeEvent`, in small letters)."""
    steps: list[Annotated[int, Field(ge=1, le=7)]] | None = None
    """Of the event `credit_step`: only these steps of the chain."""
    products: list[str] | None = None
    """Only for orders of these products."""
    share: Share = 1.0
    """Share of the events that it concerns."""
    when: Literal["at_once", "day_before"] = "at_once"
    """On the day of the event, or on the last day before the date that belongs to it."""
    way: Literal["message", "phone", "notice"] = "message"
    attempts: int = Field(1, ge=1, le=100)
    retry: PositiveTime = 3 * 3600.0
    """Time between two attempts, within the hours of the platform."""
    reach: Reach | None = None
    """In place of the platform's."""
    duration: PositiveTime | None = None
    """Time that an attempt takes on a line, in place of the platform's."""
    lines: int | None = Field(None, ge=0)
    """Lines of its own (national size), in place of the platform's."""
    cost: Money | None = None
    """Of an attempt, in place of the platform's."""
    marks: list[MarkName] = []
    """What the reached customer knows from then on."""
    points: float = Field(0.0, ge=-100, le=100)
    """Added to the experience of who is reached."""
    touch: TouchName = "assistance"
    """As which kind of touchpoint these points are counted."""
    own_calls: Share = 0.0
    """Share of the reached who contact the centre because of the message."""
    answered: Share = 1.0
    """Share of the reached who answer its question, or use its menu."""
    answers: dict[str, Share] = {}
    """Shares of the answers among them; must sum to 1."""
    reopens: str | None = None
    """Answer after which the repair goes on: the ticket is not closed, and no mark is set."""
    otherwise: Otherwise | None = None


class Area(Strict):
    """What a survey reports together. Contacts belong to the first area that takes them."""

    intents: list[str] = Field(min_length=1)
    """Intents, or groups of intents."""
    share: Share = 1.0
    """Share of the customers whose contacts it takes (those with broadband); the next area takes the others'."""


class Survey(Strict):
    """Interviews about handled contacts, sampled each day in equal numbers from each area."""

    interviews_a_year: int = Field(ge=1)
    """Answered interviews, of all areas together (national size)."""
    response: Share = Field(gt=0)
    """Share of the sampled who answer: automated or called back."""
    way: Literal["automated", "call_back"]
    period: Literal["week", "month"]
    """Time for which its results are put together."""
    spread: float = Field(ge=0)
    """Standard deviation of an answer about the item's score, 0-100."""
    cost: Money
    """Of an interview."""


class AdHoc(Strict):
    """A survey of bill delivery: where do bills not arrive?"""

    areas: int = Field(ge=1, le=10_000)
    critical: int = Field(ge=0)
    """Areas in which delivery fails more often."""
    failed: Share
    """Share of bills that do not arrive."""
    failed_critical: Share
    interviewed: int = Field(ge=1)
    """Customers asked in each area, at any size: the power of a sample does not scale."""
    response: Share = Field(gt=0)
    every: PositiveTime
    level: Share
    """Chance of an area without trouble to be found critical."""
    cost: Money


class Proactive(Strict):
    """An outbound platform that tells customers before they ask, and the surveys that listen to them."""

    active: bool = True
    """False: nothing is sent; what events bring about untold happens all the same."""
    lines: int = Field(ge=0)
    """Lines of the platform (national size)."""
    opens: Clock
    closes: Clock
    duration: PositiveTime
    """Time that an attempt takes on a line."""
    reach: Reach
    cost: Money
    """Of an attempt."""
    spares: dict[MarkName, dict[str, Share]] = {}
    """By mark and intent (or group of intents): share of contacts that who bears the mark need not make."""
    messages: dict[str, Message]
    areas: dict[str, Area] = {}
    """Areas of the surveys."""
    surveys: dict[str, Survey] = {}
    bill_delivery: AdHoc | None = None
