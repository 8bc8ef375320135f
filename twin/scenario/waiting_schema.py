"""What a scenario may say about waiting differently: call-backs, messages that become work, announced waits."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from twin.scenario.laws import Law, Strict
from twin.scenario.units import Clock, PositiveTime, Share, Time


class _Curve(Strict):
    """Straight lines between points (expected wait, value), level before the first and after the last."""

    waits: list[Time] = Field(min_length=1)
    values: list[float]

    @model_validator(mode="after")
    def _rising(self) -> "_Curve":
        if len(self.values) != len(self.waits):
            raise ValueError(f"has {len(self.waits)} waits and {len(self.values)} values, needs as many of each")
        if sorted(set(self.waits)) != self.waits:
            raise ValueError("has waits that do not rise")
        return self


class ShareCurve(_Curve):
    values: list[Share]


class FactorCurve(_Curve):
    values: list[Annotated[float, Field(ge=0)]]


def _curve(value: Any) -> Any:
    """One number is a curve that is level everywhere."""
    return value if isinstance(value, dict | _Curve) else {"waits": ["0 s"], "values": [value]}


ShareByWait = Annotated[ShareCurve, BeforeValidator(_curve)]
"""A share, or a share by expected wait: 0.4, or { waits = ["2 min", "10 min"], values = [0.2, 0.8] }."""
FactorByWait = Annotated[FactorCurve, BeforeValidator(_curve)]


class Promise(Strict):
    """The instant at which a customer is promised to be called: after a delay, or when the peak is over by the clock.

    Outside opening hours it becomes the next opening.
    """

    delay: PositiveTime | None = None
    quiet_from: list[Clock] = []
    """Clock times at which quiet periods begin; the next one, on an open day, is promised."""
    spread: Time = 0.0
    """Calls are spread evenly over so long from that instant, each customer at his own."""
    rank: int = 0
    points: float = 0.0
    points_per_second: float = 1.0
    """Priority of call-backs that are due, as in `priorities`; they count as waiting since the promised instant."""


class CallBack(Strict):
    """Call-back offer (virtual hold): the caller hangs up and is called by an operator.

    Rules as in manuals of automatic call distributors (Puzzel: "About callback in queue"): the operator is chosen
    first and dials; who does not answer is called again after a delay, from the end of the line. Model of the offer:
    Armony & Maglaras 2004, "On customer contact centers with a call-back option". Waits count from the first joining
    to the pick-up; the time on the telephone is reported apart.
    """

    expected_wait: Time | None = None
    """Offered at joining when the expected wait is at least this."""
    after: list[PositiveTime] = Field([], max_length=200)
    """Offered at these waits so far, to those still on the telephone, while the doors are open."""
    accept: ShareByWait
    """Share of those offered who accept, by the expected wait at that instant."""
    place: Literal["kept", "promised"]
    """Called when an operator reaches the place in line, or at a promised time."""
    promise: Promise | None = None
    ring: Law
    """Time from dialling until the customer picks up, or the operator rings off."""
    reach: Share
    """Share of dials that the customer answers."""
    retries: int = Field(0, ge=0, le=250)
    """Further dials before the contact is lost as unreached."""
    retry_delay: Law | None = None

    @model_validator(mode="after")
    def _rising(self) -> "CallBack":
        if sorted(set(self.after)) != self.after:
            raise ValueError("has instants in after that do not rise")
        return self


class Announcement(Strict):
    """The expected wait is told at joining, and changes who stays and for how long.

    Balking by what is told: Guo & Zipkin 2007; patience by what is told: Armony, Shimkin & Whitt 2009.
    """

    balk: ShareByWait
    """Share who hang up at once on hearing it."""
    patience_factor: FactorByWait = FactorCurve.model_validate({"waits": ["0 s"], "values": [1.0]})
    """Multiplies the patience that is left."""
    patience: Law | None = None
    """The patience that is left is drawn anew from this law, then multiplied."""
    every: PositiveTime | None = None
    """Told again each time so much has passed; the rules above hold each time."""


class MessageWork(Strict):
    """Messages left (`routing.leave_message_after`) become work, done between calls by those who answer the queue.

    The contact stays lost to the service level; the work is counted apart. Nobody stays after closing for it.
    """

    handle: Law
    """Time that an operator spends on a message."""
    deadline: PositiveTime
    """From leaving the message to the end of the work; after it the work is done, but not in time."""
    rank: int = 1000
    """Goes after whoever has a lower rank (assumed: after all calls)."""


class Waiting(Strict):
    """What those who must wait are told and offered."""

    estimator: Literal["queue_length", "last_entry"] = "queue_length"
    """Expected wait: place in the queue x mean handle time / operators on duty (QL; Whitt 1999), or the wait of the
    last one of the line to reach an operator (LES; Ibrahim & Whitt 2009)."""
    call_back: CallBack | None = None
    announcement: Announcement | None = None
    message: MessageWork | None = None
