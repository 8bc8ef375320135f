"""Other channels than the telephone, and how their work is blended with calls."""

from typing import Literal

from pydantic import Field

from twin.scenario.laws import Law, Strict
from twin.scenario.units import Clock, PositiveTime, Share

Channel = Literal["phone", "chat", "e-mail", "letter", "desk", "outbound", "web"]
"""How a contact is made. A chat takes no telephone line and does not go through the IVR."""
DEFERRED: tuple[Channel, ...] = ("e-mail", "letter", "desk")
"""Channels at whose other end nobody waits."""


class Blending(Strict):
    """When operators turn to deferred work (e-mails, letters, desk work).

    To keep some operators idle for calls to come, give its route a `priority.reserve`: deferred work is then taken up
    only while so many are idle, the threshold policy of Gans and Zhou (2003) and of Bhulai and Koole (2003).

    Who is at interruptible work counts as available to live contacts when nobody is idle: the one who began last puts
    it down; on a due break, on loan, at the end of the shift and when the site goes down everybody does (preemptive
    resume: Conway, Maxwell and Miller, Theory of Scheduling, 1967).
    """

    deferred: Literal["after_live", "by_rank"] = "after_live"
    """Only when no live contact waits that the operator may answer, or in order of rank and points like any other."""
    resumed_by: Literal["anyone", "same"] = "anyone"
    """Work put down waits for whoever has time first, or for the operator who began it."""


class Campaign(Strict):
    """A list of numbers that the centre calls, each until it is reached or was tried often enough.

    `preview`: an idle operator takes a record, looks at it, dials and listens to the ringing; `progressive`: the same
    without the look; `predictive`: the centre dials ahead, and whom it reaches while nobody is idle is dropped after
    2 s, a nuisance call (47 CFR 64.1200(a)(7)); its ratio of dials to idle operators follows the nuisance calls
    observed (Samuelson 1999, Interfaces 29(5)), by a plain step up or down.
    """

    intent: str
    """What the calls are about: an intent with channel "outbound"."""
    count: int = Field(ge=1, le=100_000_000)
    """Numbers on the list."""
    mode: Literal["preview", "progressive", "predictive"]
    reach: Share | list[Share]
    """Share of dials answered by a person, or one for each hour of the day from midnight."""
    ring_time: Law
    """From dialling until somebody answers, or it is given up."""
    preview_time: Law | None = None
    attempts: int = Field(1, ge=1, le=250)
    """Dials after which a number is given up."""
    retry_delay: Law | None = None
    """Until a number that was not reached is due again."""
    opens: Clock
    closes: Clock
    """Hours in which the campaign dials, on opening days."""
    keep_idle: int = Field(0, ge=0)
    """Idle operators (with the skill) kept for other contacts: only beyond these it dials."""
    nuisance_cap: Share | None = None
    """Predictive: share of nuisance calls among those reached that is allowed."""
    most_dials: float | None = Field(None, ge=1)
    """Predictive: dials an idle operator, at the most. The ratio begins at 1."""
    adapts_every: PositiveTime = 900.0
    """Predictive: the ratio is adapted after each such span (assumed)."""
    redemption: Share | None = None
    """Share of those spoken with who agree, with a list that has learnt nothing; not counted unless given."""
    learnt: Share = 0.0
    """Added to it when the list has learnt all that outcomes can teach about whom to call."""
    half_after: float = Field(1000.0, gt=0)
    """Outcomes after which half of that is learnt."""
    renewed_every: int | None = Field(None, ge=1, le=100_000)
    """Days after which a list as long as the first replaces the numbers not yet called; never if not given."""
