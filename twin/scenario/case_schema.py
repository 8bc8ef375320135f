"""Cases as work: what the back office does after a contact, and how the customer hears of it."""

from pydantic import Field

from twin.scenario.laws import Law, Strict
from twin.scenario.routing_schema import Level
from twin.scenario.units import PositiveTime, Share, Time


class CaseLevel(Strict):
    """A kind of case: back office I, II, washing machine (authority cases, collectors, named priority)."""

    title: str = ""
    share: Share
    """Of the cases opened; the shares must sum to 1."""
    work: Law
    """Handling time of somebody who holds the skill."""
    wait: Law | None = None
    """Time for which the case waits for others before it can be worked on; it can at once unless given."""
    rank: int = Field(0, ge=0, le=1000)
    """Which cases go first: of the lowest rank, then those that have waited longest. All go after live contacts."""
    skills: list[str] = []
    """Skills of a back office of its own, first choice first: its operators take these cases, at any occupancy. Unless
    given, those who hold the skill of the matter do."""
    due: PositiveTime = 86400.0
    """Time within which the case is to be closed (K11: a day, on the mean)."""


class Chasing(Strict):
    """Sollecito: the customer calls to ask for the case."""

    share_a_day: Share
    """Share of open cases that are chased, on each day (domain reference 4.7: 4 %, A)."""
    intent: str | None = None
    """What the chasing call is about (its talk, its skill); the matter of the case unless given."""


class Defects(Strict):
    """Cases closed wrongly: the customer contacts again about the matter."""

    share: Share
    """Of the cases closed (K12: below 1 %)."""
    delay: Law
    """From the closing to the customer's contact."""


class Recontact(Strict):
    """The operator who closes a case calls the customer."""

    share: Share
    """Of the cases closed."""
    reach: Share = 1.0
    """Share of these calls that are answered; the others are told in writing, at no further cost."""
    ring: Law
    talk: Law


class Cases(Strict):
    """Back-office cases as work of the operators who hold the skill of the matter.

    `case_share` of an intent says how many of its handled contacts open one; without this table it is only counted.
    While a matter has an open case it opens no second one. Nobody waits on the telephone: a case lies until an operator
    of the skill has time. To keep operators idle for calls, it is taken up only while enough of them are (the threshold
    policy of Gans and Zhou 2003 and of Bhulai and Koole 2003), or when it has waited for the `guarantee`.
    """

    levels: dict[str, CaseLevel] = Field(min_length=1, max_length=20)
    occupancy_below: Share = 1.0
    """Cases enter idle time: only while the occupancy of the skill's operators on duty is at most this."""
    guarantee: PositiveTime = 86400.0
    """Wait after which a case is taken up by whoever is idle, however few are."""
    upto: Level = 2
    """Level of skill up to which operators take cases: primary, secondary, overflow, outsourcer."""
    owner_first: bool = True
    """Who opened the case takes it up if idle at the time, whoever else is."""
    interruptible: bool = False
    """The work is put down when a live contact would otherwise wait, and goes on later from where it stood."""
    resume_time: Time = 0.0
    """Time it takes to find one's place again, added each time such work is taken up again."""
    one_call: bool = False
    """Whoever could not be helped at once need not call again: a case is opened, worked on, and answered (S5)."""
    taken_in_charge: Share = 1.0
    """One call: share of the matters not settled whose operator knows it; the others are left to the customer."""
    chasing: Chasing | None = None
    defects: Defects | None = None
    recontact: Recontact | None = None
