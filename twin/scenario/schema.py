"""What a scenario file may say. Cross-references between its parts are checked in ``checks.py``."""

import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from twin.scenario.career_schema import Careers
from twin.scenario.case_schema import Cases
from twin.scenario.channel_choice_schema import ChannelChoice
from twin.scenario.channel_schema import Blending, Campaign, Channel
from twin.scenario.chat_schema import Chat
from twin.scenario.control_schema import Control
from twin.scenario.days import WEEKDAYS, Date, Weekday
from twin.scenario.demand_schema import Demand
from twin.scenario.laws import Law, Strict
from twin.scenario.legs_schema import Leg
from twin.scenario.lives_schema import Customers
from twin.scenario.menu_schema import Menu
from twin.scenario.people_schema import Migration, Money, Resolution, Satisfaction
from twin.scenario.proactive_schema import Proactive
from twin.scenario.programme_schema import Improvement, Interviews, Knowledge, Profiles, SelfService
from twin.scenario.ranking_schema import Ranking
from twin.scenario.routing_schema import Level, Priority, Route, Routing
from twin.scenario.shift_schema import Shift
from twin.scenario.stage_schema import LifeStage
from twin.scenario.training_schema import Course
from twin.scenario.units import Clock, PositiveTime, Share, Time, Wage
from twin.scenario.waiting_schema import Waiting


class Run(Strict):
    """Horizon and clock of a run."""

    interval: PositiveTime = 900.0
    """Reporting interval, one Mesa step [s]; a whole number of them must make a day."""
    days: int = Field(1, ge=1, le=100_000)
    warm_up: int = Field(0, ge=0, le=100_000)
    """Days simulated before the first counted one, so that redials, recalls and flags are in their normal state."""
    start: Date = datetime.date(2013, 3, 4)
    """Date of the first counted day; gives weekday and month."""


class Opening(Strict):
    """Hours in which contacts can ask for an operator."""

    opens: Clock = 0.0
    closes: Clock = 86400.0
    days: list[Weekday] = list(WEEKDAYS)
    closing: Literal["serve_out", "cut"] = "serve_out"
    """What happens to those still waiting at closing time: the line is served to its end, or all are cut off."""


class Limits(Strict):
    """Room in the centre (M/M/n/K of the textbooks). Without a limit the line is unbounded."""

    trunks: int | None = Field(None, ge=1)
    """Telephone lines: contacts in the IVR, waiting or talking. The next one is blocked."""
    waiting: int | None = Field(None, ge=0)
    """Contacts waiting in all queues together. The next one is blocked."""


class Skill(Strict):
    title: str = ""
    italian: str = ""
    queue: str | None = None
    """Home queue: where its further skills are chained."""
    code: str | None = None
    """As-Is group from which its operators come."""
    share: float = Field(1.0, ge=0)
    """Workload share, by which operators are given further skills."""
    alike: list[str] = []
    """Skills from which one moves here with the larger part of one's proficiency."""


class Intent(Strict):
    """Why somebody makes contact, and what handling it takes."""

    title: str = ""
    group: str | None = None
    """Intent under which the KPIs are reported; its own name unless given."""
    share: Share = 1.0
    """Share within its group: a mix of groups is split among their intents."""
    talk: Law
    wrap: Law | None = None
    patience: Law | None = None
    """Overrides the scenario's patience."""
    fcr: Share = 1.0
    """Share resolved at the first contact, before the effect of the operator's skill."""
    containment: Share = 0.0
    """Share served to the end by the IVR."""
    case_share: Share = 0.0
    """Share of handled contacts that open a back-office case."""
    talk_factors: list[float] | None = None
    """Multiplies the talk time by the period (of `demand.period`, counted from opening) of arrival."""
    patience_factors: list[float] | None = None
    channel: Channel = "phone"
    """How the contact is made; e-mails, letters and desk work are deferred: they wait until somebody has time."""
    answer_by: PositiveTime | None = None
    """Time within which the answer to deferred work is due."""
    interruptible: bool = False
    """Deferred work is put down when a live contact would otherwise wait, and goes on later from where it stood."""
    resume_time: Time = 0.0
    """Time it takes to find one's place again, added each time such work is taken up again."""


class Cluster(Strict):
    """Customers treated alike (To-Be). What they need and are worth; where they are routed stands in the routes."""

    title: str = ""
    foc: float = Field(0.0, ge=0)
    """Needs a customer-year (contacts entering the IVR before redials and recalls)."""
    mix: dict[str, Share] = {}
    """Share of each intent; must sum to 1."""
    target: Time | None = None
    """Wait within which an answer counts as in time, whoever gives it; the queue's unless given."""
    patience_factor: float = Field(1.0, gt=0)
    containment_factor: float = Field(1.0, ge=0)
    talk_factor: float = Field(1.0, gt=0)


class Queue(Strict):
    """What is reported as one queue: Premium, New, Standard; or Sales, Caring, Retention, Post Sales."""

    title: str = ""
    target: Time = 20.0
    """Wait within which an answer counts as in time."""
    max_waiting: int | None = Field(None, ge=0)
    waiting: Waiting | None = None
    """What those who must wait are told and offered, in place of the scenario's `waiting`; empty for nothing."""


class Redial(Strict):
    """Calling again after giving up."""

    share: Share
    delay: Law
    patience: Literal["keep", "redraw"] = "redraw"
    patience_factor: float = Field(1.0, gt=0)
    """Multiplies the patience at each further attempt."""
    patience_floor: float = Field(0.0, ge=0)
    """The product of these factors does not fall below this."""
    cumulate_wait: bool = False
    """The waits of earlier attempts count in the reported wait and in the priority."""
    after_blocked: bool = False
    """Blocked contacts redial too."""


class Recall(Strict):
    """A new contact on the same matter when it was not resolved."""

    share: Share
    delay: Law
    talk_factor: float = Field(1.0, gt=0)
    """Handle time of a repeat contact over that of a first one."""


class Ivr(Strict):
    navigation: Law
    false_containment: Share = 0.0
    """Share of the contained whose matter was not settled and who contact again."""
    false_delay: Law | None = None
    menu_first: dict[Literal["complaint", "suspended", "ticket", "order"], list[str]] = {}
    """Intents that the menu offers first to a customer in this condition."""
    menu_first_factor: float = Field(1.0, gt=0)
    """Navigation time of a customer whose condition puts the fitting menu first, over the usual."""


class Hold(Strict):
    level: Level = 1
    proficiency: Share = 1.0


def _hold(value: object) -> object:
    return {"level": value} if isinstance(value, int | str) else value


class Group(Strict):
    """Operators alike: same hours, same site, same skills (or skills drawn for each person)."""

    title: str = ""
    count: int = Field(ge=0, le=10_000_000)
    site: str = "in-house"
    scaled: bool = False
    """The count is for the national size and is multiplied by the scenario's size."""
    skills: dict[str, Annotated[Hold, BeforeValidator(_hold)]] = {}
    primary: dict[str, Share] = {}
    """Share of the group whose own first skill is this one (drawn once for each person)."""
    further: dict[str, float] = {}
    """Weights by which further skills are drawn."""
    prefers: dict[str, int] = {}
    """Queue -> rank for these operators, the lowest first; queues not named come last, each by its priority's rank."""
    chats: int | None = Field(None, ge=1, le=100)
    """Most chats at once of these operators, in place of `chat.at_once`."""
    shift: str | None = None
    head_count: list[int] | None = None
    """Operators on duty in each period of `demand.period` from opening, not by shift: who is free first leaves."""
    presence: float = Field(1.0, gt=0, le=1)
    """Share of those planned who are there and take contacts; the others are away evenly over the hours, unpaid, as
    the absent are. What `twin calibrate` finds where plans and reports count people who are elsewhere."""
    follows: Share = 0.0
    """How far the heads are planned after the contacts of a month that `twin calibrate` gives: heads times the month's
    level to this power. 0: the same heads in every month; 1: in proportion to its contacts."""

    def heads(self, factor: float) -> int:
        """Operators of the group at the scenario's size."""
        return round(self.count * factor) if self.scaled else self.count


class Abilities(Strict):
    """How persons differ, and what a match of person and matter does."""

    spread_cv: float = Field(0.0, ge=0)
    """Spread of the operators' mean talk times."""
    n_held: dict[str, Share] = {"1": 1.0}
    """Share of operators with 1, 2, 3 ... skills."""
    proficiency: dict[str, Share] = {"primary": 0.9, "secondary": 0.6, "none": 0.3}
    alike_share: Share = 0.6
    """Who holds a skill that is alike answers as with a secondary one, with this share of the proficiency."""
    fcr: dict[str, float] = {"primary": 0.0, "secondary": 0.0, "none": 0.0}
    """Added to the intent's FCR when the operator's skill for the matter is primary, secondary or missing."""
    handle: dict[str, float] = {"primary": 1.0, "secondary": 1.0, "none": 1.0}
    """Multiplies the handle time likewise."""
    novice_fcr: float = 0.0
    """Added to the FCR of someone with no experience in the skill; fades like exp(-t / learning_time)."""
    novice_handle: float = Field(0.0, ge=0)
    """Handle time of the same, 1 + this at the start, fading likewise."""
    learning_time: PositiveTime = 8640000.0
    absence: dict[str, Share] = {}
    """Share of planned days missed, by site."""


class Site(Strict):
    title: str = ""
    wage: Wage = 0.0
    """Cost of an hour on duty."""


class Size(Strict):
    """Factor on customers and operators, chosen by name."""

    size: str = "full"
    sizes: dict[str, Annotated[float, Field(gt=0, le=1e6)]] = {"full": 1.0}


class Scenario(Strict):
    """A whole scenario, as loaded and checked."""

    name: str = Field(min_length=1)
    title: str = ""
    description: str = ""
    sources: list[str] = []
    acknowledgement: str = ""
    run: Run = Run()
    scale: Size = Size()
    opening: Opening = Opening()
    limits: Limits = Limits()
    team_size: int = Field(18, ge=1)
    team_leaders: int = Field(0, ge=0, le=10)
    """Leaders of each team, beside its operators: they are on duty as long as these, and answer nobody."""
    skills: dict[str, Skill]
    intents: dict[str, Intent]
    clusters: dict[str, Cluster] = {"all": Cluster(title="All contacts")}
    segments: dict[str, str] = {}
    """Value tier -> segment of the As-Is model."""
    queues: dict[str, Queue]
    routing: Routing = Routing()
    priorities: dict[str, Priority] = {}
    """By cluster or segment (`routing.priority_by`)."""
    routes: list[Route] = Field(min_length=1)
    patience: Law | None = None
    redial: Redial | None = None
    recall: Recall | None = None
    ivr: Ivr | None = None
    demand: Demand
    shifts: dict[str, Shift] = {}
    sites: dict[str, Site] = {"in-house": Site()}
    groups: dict[str, Group]
    abilities: Abilities = Abilities()
    resolution: Resolution = Resolution()
    satisfaction: Satisfaction | None = None
    customers: Customers | None = None
    migration: Migration | None = None
    money: Money | None = None
    legs: list[Leg] = []
    """How talks lead to a further operator: transfers, conferences, consultations, escalations."""
    control: Control | None = None
    waiting: Waiting | None = None
    """What those who must wait are told and offered, in all queues that have no such rules of their own."""
    blending: Blending = Blending()
    campaigns: dict[str, Campaign] = {}
    chat: Chat | None = None
    cases: Cases | None = None
    channels: ChannelChoice | None = None
    """By which channel customers make contact; without it all call."""
    menu: Menu | None = None
    """Who is recognised, which menu he hears, whether he chooses right; without it everybody does."""
    ranking: Ranking | None = None
    """The energy regulator's ranking, worked out after a run (K19)."""
    careers: Careers | None = None
    """Operators' careers: hiring, learning, certification, turnover. Without them the operators stay as they are."""
    training: list[Course] = []
    """Courses at a date: who learns what from when on. With or without careers."""
    proactive: Proactive | None = None
    life_stage: LifeStage | None = None
    self_service: SelfService | None = None
    improvement: Improvement | None = None
    knowledge: Knowledge | None = None
    profiles: Profiles | None = None
    interviews: Interviews | None = None

    @property
    def factor(self) -> float:
        """Factor on customers and scaled groups."""
        return self.scale.sizes[self.scale.size]
