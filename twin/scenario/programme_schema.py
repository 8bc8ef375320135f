"""What goes on for months where customers' lives are not modelled: the menu at night, processes, knowledge, grades."""

from typing import Annotated

from pydantic import Field

from twin.scenario.days import WEEKDAYS, Weekday
from twin.scenario.laws import Strict
from twin.scenario.units import Clock, PositiveTime, Share

Rate = Annotated[float, Field(ge=0, le=1e6)]


class SelfService(Strict):
    """The menu answers out of operators' hours, too: who is not served to the end hears when they are there."""

    opens: Clock = 0.0
    closes: Clock = 86400.0
    days: list[Weekday] = list(WEEKDAYS)
    share_an_hour: Share
    """Contacts in an hour out of operators' hours, over those of an ordinary day within them (`demand.a_day`)."""


class Improvement(Strict):
    """Processes are mapped from time to time: the matter with most repeats is put right, and fewer contacts come (S3).

    Which one that is follows from what the run has counted since the last time.
    """

    every_days: int = Field(ge=1, le=3650)
    first: list[str] = []
    """Matters put right first, whatever has been counted: billing above all (S3)."""
    cut: Share
    """Share of a matter's contacts that no longer come once it has been put right."""
    settles: PositiveTime
    """Time in which the cut takes hold, evenly."""


class Knowledge(Strict):
    """The knowledge base: where it covers a matter talks are shorter and more matters are settled at once (S3).

    Articles go stale; editors write where most contacts of the day were not settled and least is covered.
    """

    coverage: Share
    """Of each matter, at the start."""
    articles: int = Field(ge=1, le=100_000)
    """That cover a matter wholly."""
    written_a_day: Rate
    """Articles that the editors write, or bring up to date, a day."""
    stale_after: PositiveTime
    """Mean life of an article."""
    talk_cut: Share
    """Cut from talk and wrap-up times where a matter is covered wholly."""
    fcr_gain: Share
    """Added to the FCR likewise."""


class Feed(Strict):
    """One of the sources of the customers' database."""

    title: str = ""
    a_day: Share = 0.0
    """Share of the profiles not yet complete that it completes on a day, whoever makes contact."""
    a_contact: Share = 0.0
    """Share of the incomplete profiles of those handled that the operator completes."""


class Profiles(Strict):
    """The customers' database and how complete it is: who has a whole profile needs a shorter talk (S4)."""

    customers: int = Field(ge=1, le=1_000_000_000)
    """Profiles, at a size of 1."""
    complete: Share
    """Share of them that is complete at the start."""
    talk_factor: float = Field(gt=0, le=1)
    """Talk and wrap-up time with a complete profile over that without one."""
    feeds: dict[str, Feed] = Field(min_length=1)


class Interviews(Strict):
    """Who was handled by telephone is called back the same day and gives one grade (S3: 7.9 of 9 from 75 %)."""

    attempts: int = Field(1, ge=1, le=20)
    reach: Share
    """Share of the attempts that reach the customer."""
    consent: Share
    """Share of those reached who answer."""
    scale: int = Field(9, ge=1, le=100)
    """Best grade; the worst is 0."""
    lift: float = Field(0.0, ge=-100, le=100)
    """Points that one grade for all lies above the satisfaction index, which is worked out of four items."""
    spread: float = Field(0.0, ge=0, le=100)
    """How opinions of the same contact differ: standard deviation in points."""
