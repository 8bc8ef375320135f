"""The day's control: what the desk of a call centre does while the day runs, and what breaks down.

Workforce management calls it intraday or real-time management: after-call work cut short in peaks, breaks moved,
operators lent to other queues, voluntary time off, overtime.

No threshold of load has a default: the scenario states it. The times between two looks are assumed.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from twin.scenario.days import Date, Weekday
from twin.scenario.laws import Law, Strict
from twin.scenario.units import Clock, PositiveTime, Share, Time


class Load(Strict):
    """Too many wait: looked at in each live line that an operator may answer; one line above either number is enough.

    Chats count by the pace of an operator who has as many at once as `chat.at_once` says.
    """

    waiting: float | None = Field(None, ge=0)
    """Contacts that wait for the line's skill, per operator on duty who holds it [-]."""
    expected_wait: Time | None = None
    """Expected wait of the line: queue length x mean handle time / operators on duty."""

    @model_validator(mode="after")
    def _some(self) -> "Load":
        if self.waiting is None and self.expected_wait is None:
            raise ValueError("needs waiting (per operator on duty), expected_wait, or both")
        return self


class WrapRule(Strict):
    """Wrap-up (after-call work) cut short while the load is above a threshold at the end of the talk."""

    over: Load
    factor: Share = 1.0
    """Share of the wrap-up time that is done at once."""
    at_most: Time | None = None
    """Longest wrap-up done at once."""
    postpone: bool = False
    """The rest is done as soon as nobody waits, at the latest at the end of the shift; otherwise it is left out."""
    interrupt: bool = False
    """A wrap-up under way is cut, too, when a contact joins a line and the load is then above the threshold."""


class BreakRule(Strict):
    """Breaks put off while the load is above a threshold, or too many are away, and caught up later."""

    over: Load | None = None
    limit: Time | None = None
    """Longest time by which load may put a break off; without it, as long as the load lasts."""
    at_once: int | None = Field(None, ge=1)
    """Operators on a break at a time in each team, group or skill, or in the whole centre (`per`)."""
    per: Literal["team", "group", "skill", "centre"] = "team"
    """Skill: the first one of each operator."""
    again: PositiveTime = 60.0
    """Time between two looks at a break that is due; who ends a contact looks at once."""


class Lent(Strict):
    """A skill that operators have while they are lent."""

    level: Literal["primary", "secondary", "overflow", "outsourcer"] = "secondary"
    proficiency: Share | None = None
    """That of `abilities.proficiency` for the level (overflow and outsourcer: secondary) unless given."""


def _lent(value: object) -> object:
    return {"level": value} if isinstance(value, str) else value


class _Lending(Strict):
    group: str
    """Who is lent: idle operators first, then who puts work down, then busy ones, who change at the end of the contact
    (chats: of the last one; they take no more)."""
    skills: dict[str, Annotated[Lent, BeforeValidator(_lent)]] = Field(min_length=1)
    """What they answer while lent."""
    keeps: bool = False
    """They go on answering with their own skills, too."""


class Loan(_Lending):
    """Operators lent by plan, from one clock time to another."""

    count: int | None = Field(None, ge=1)
    """How many of those on duty; the whole group, those who come later included, unless given."""
    begins: Clock
    ends: Clock
    days: list[Weekday] | None = None
    """Every day unless given."""


class LoanRule(_Lending):
    """Operators lent by rule: above one expected wait some go, below another one all return."""

    count: int = Field(ge=1)
    """How many at each look."""
    at_most: int | None = Field(None, ge=1)
    """How many in all; `count` unless given."""
    queue: str
    """Whose expected wait is looked at (of its lines, the longest one)."""
    above: Time
    """Expected wait above which operators are lent."""
    below: Time
    """Expected wait below which all of them return."""
    idle_share: Share = 0.0
    """Only while more than this share of the lending group is idle."""
    every: PositiveTime = 300.0
    """Time between two looks, counted from opening."""


class Outage(Strict):
    """Something is down or slow: at a clock time, every day or on one day; or by chance.

    Sites and systems that may fail: domain reference, rows 4.17 to 4.20; a CRM that is down makes handling 1.3 times as
    long: domain reference 4.3.
    """

    what: Literal["site", "slow", "ivr", "lines"]
    """A site (nobody there can answer), the operators' system (talk and wrap-up take longer), the IVR (all ask for an
    operator), telephone lines (fewer trunks)."""
    site: str | None = None
    """Which one; for a slow system all sites unless given."""
    calls: Literal["survive", "lost"] = "survive"
    """Talks in progress when a site goes down: finished, or cut off, and so a talk that two operators share if either's
    site does. Work that can be put down is; if calls are lost, all work is, and a dial is made again."""
    factor: float | None = Field(None, gt=0)
    """Talk and wrap-up time of contacts answered meanwhile, over the usual (slow)."""
    lines: int | None = Field(None, ge=0)
    """Trunks that are left (lines); talks in progress go on."""
    date: Date | None = None
    day: int | None = Field(None, ge=0)
    """Number of the counted day, the first one 0; neither date nor day means every day."""
    at: Clock | None = None
    length: PositiveTime | None = None
    between: Law | None = None
    """Time from the last repair (at first: from the start of the run) to the next failure."""
    repair: Law | None = None
    """Time to repair."""

    @property
    def is_by_chance(self) -> bool:
        return self.between is not None or self.repair is not None


class EarlyLeave(Strict):
    """Voluntary time off: while too large a share of the group is idle, idle volunteers go home for the day."""

    group: str
    idle_share: Share
    """Idle over idle and busy operators, above which volunteers leave."""
    at_once: int = Field(1, ge=1)
    """How many at each look, at most."""
    volunteers: Share = 1.0
    """Share of the operators who would go; the same ones every day."""
    every: PositiveTime = 900.0
    """Time between two looks, counted from opening."""


class Overtime(Strict):
    """Shifts prolonged: who would go home stays while the load of the own lines is above a threshold."""

    over: Load
    at_most: PositiveTime
    """Longest time after the end of the shift."""
    again: PositiveTime = 300.0
    """Time between two looks at one who stays on."""
    volunteers: Share = 1.0
    """Share of the operators who would stay; the same ones every day."""


class CampaignPause(Strict):
    """Outbound calls stopped: while too many wait in a queue, campaigns dial nobody; what rings already goes on.

    The control room of a blended centre does so (domain reference, Poste 5.15-5.16: reassign skills, move breaks,
    overflow, stop outbound).
    """

    campaigns: list[str] | None = Field(None, min_length=1)
    """All of them unless given."""
    queue: str
    """Whose load is looked at."""
    above: Time | None = None
    """Expected wait of the queue (of its lines, the longest one) above which they stop."""
    down_to: Time | None = None
    """They go on when it is no longer above this; `above` unless given."""
    waiting_above: int | None = Field(None, ge=0)
    """Contacts that wait in the queue, above which they stop."""
    waiting_down_to: int | None = Field(None, ge=0)
    """They go on when no more wait than this; `waiting_above` unless given. With both measures, both must be met."""
    every: PositiveTime = 60.0
    """Time between two looks, counted from opening (assumed)."""


class Control(Strict):
    """Rules and events of the day's control. What is not given does not happen."""

    wrap: WrapRule | None = None
    breaks: BreakRule | None = None
    loans: list[Loan] = []
    loan_rules: list[LoanRule] = []
    outages: list[Outage] = []
    early_leave: list[EarlyLeave] = []
    overtime: Overtime | None = None
    campaign_pauses: list[CampaignPause] = []
