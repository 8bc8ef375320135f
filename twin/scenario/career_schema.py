"""Careers of operators: hired, trained, certified, coached, moved, gone (domain reference 4.4, 4.5, 7).

Without `[careers]` operators are drawn once and stay as they are. Days are calendar days: 20 days in class are four
weeks.
"""

from typing import Any

from pydantic import Field

from twin.scenario.laws import Strict
from twin.scenario.units import PositiveTime, Share, Time

DAY = 86400.0


class Hiring(Strict):
    """From the candidate to the confirmed operator."""

    selection_time: Time = 28 * DAY
    """From opening a post to the choice among its candidates (S5; A)."""
    accepted: float = Field(1 / 6, gt=0, le=1)
    """Share of candidates who pass the selection (A)."""
    class_time: Time = 28 * DAY
    """Twenty days of class (A, X: B13)."""
    class_failed: Share = 0.08
    """Share who fail the learning test or leave (A)."""
    nesting_time: Time = 14 * DAY
    """Ten days side by side with somebody, with one skill (A, X: B13)."""
    nesting_failed: Share = 0.05
    """Share who do not get the leader's clearance (A)."""
    nesting_handle: float = Field(1.8, ge=1)
    """Factor on handle times meanwhile (A)."""
    probation: Time = 90 * DAY
    """After clearance (A)."""


class Turnover(Strict):
    """Hazard of leaving: a year's rate of the site, with what occupancy adds, times the factors of the person."""

    a_year: dict[str, float] = {}
    """Leavers over mean heads a year, by site; nobody leaves a site that is not named (A on X: L3, L4)."""
    probation: float = Field(3.0, ge=0)
    """Factor during probation and nesting (A)."""
    occupancy_limit: Share = 0.85
    occupancy_slope: float = Field(0.5, ge=0)
    """Added to the year's rate per unit of occupancy above the limit: 0.5 points a point (A)."""


class Absence(Strict):
    """Illness and leave, in spells."""

    share: dict[str, Share] = {}
    """Share of days by site; that of `abilities.absence` unless given."""
    mean: PositiveTime = 5 * DAY
    """Mean length of a spell in calendar days (A)."""


class Practice(Strict):
    """How proficiency (0 to 1) and handle times follow use. The goal of practice is `abilities.proficiency`."""

    new: Share = 0.45
    """Proficiency after class (A)."""
    certified: Share = 0.60
    """After clearance, or after a module that was passed (A)."""
    half_life: PositiveTime = 180 * DAY
    """Of proficiency that is not used (A)."""
    unused_after: Time = 14 * DAY
    """Time without a contact that takes the skill, after which it counts as unused (A)."""
    team_gain: float = Field(0.36, ge=0, lt=1)
    """Part of the ramp that is saved in a team where all others are experienced (X: R1)."""
    experienced_after: Time = 365 * DAY
    """Time since clearance from which on one is experienced (A)."""
    senior: Share = 0.80
    """Proficiency in the own first skill from which on one is senior (A)."""
    senior_after: Time = 365 * DAY
    senior_skills: list[str] = []
    """Skills taught to seniors only (A)."""


class Certification(Strict):
    """Objective assessment each month: weights of the test, of audited quality and of the FCR on matters of the skill.

    What was not measured does not count. Below `held_from` the skill is lost until it is taught again.
    """

    test: Share = 0.5
    quality: Share = 0.3
    fcr: Share = 0.2
    held_from: Share = 0.60
    test_spread: float = Field(0.05, ge=0)
    """Standard deviation of a test's score about proficiency (A)."""
    tests_a_year: float = Field(2.0, gt=0)
    """(A)"""


class Training(Strict):
    """Hours off the telephone, taken at the end of shifts."""

    plans: bool = True
    """Whether modules are planned each month where the skill map has fewer hours than are needed (S1)."""
    module_hours: float = Field(24.0, gt=0)
    """Of teaching a further skill (A)."""
    passed: Share = 0.85
    """Share who pass the test; who fails is taught again another time (A)."""
    refresh_hours: float = Field(40.0, ge=0)
    """A year, for everybody (A, X: B13)."""
    block: PositiveTime = 7200.0
    """Length of one piece (A)."""
    capacity: float = Field(0.06, gt=0, le=1)
    """Largest share of a shift's planned hours that may go into training on a day (A)."""
    occupancy: float = Field(0.85, gt=0, le=1)
    """For which hours are planned (A)."""
    modules_a_month: Share = 0.02
    """Share of all operators who begin a module, at most (A)."""
    most_skills: int = Field(4, ge=1)
    """Taught to one person (A)."""
    retained_alike: Share = 0.60
    """Experience that helps from the start if a skill alike is held (A)."""
    retained_other: Share = 0.30


class Coaching(Strict):
    """For those whose audits or satisfaction lag behind, the worst first."""

    a_month: Share = 0.10
    """Share of operators, at most (A)."""
    hours: float = Field(2.0, ge=0)
    fcr: float = 0.02
    """Added to the FCR at first (A)."""
    fades: PositiveTime = 60 * DAY
    """Linearly, to nothing (A)."""
    error_cut: Share = 0.5
    """Share of the distance to `quality.floor` by which the operator's audit error falls (A)."""


class Quality(Strict):
    """Certified control of contacts: listening, side by side, mystery calls (kinds S3; X: B12, A)."""

    listens_a_week: int = Field(2, ge=0, le=20)
    side_by_side_a_year: float = Field(6.0, ge=0, le=365)
    mystery: Share = 0.002
    """Share of the contacts handled."""
    error: Share = 0.05
    """Of audited contacts, at the start and for new operators (A)."""
    goal: Share = 0.03
    """Who is above it is coached (S3: K18)."""
    floor: Share = 0.02
    """No coaching brings the error below (A)."""


class Fatigue(Strict):
    """Handle times late in the shift."""

    per_hour: float = Field(0.003, ge=0)
    """Added per hour (X: R2)."""
    after: Time = 5 * 3600.0
    """Time on duty, breaks not counted."""


class Indicators(Strict):
    """Weights of three indicators, each scored -1 to 1 by its distance from the goal over `span`."""

    csi: Share = 0.4
    recall: Share = 0.3
    service_level: Share = 0.3


class Contract(Strict):
    """Bonus and malus of an outsourcer: a share of the month's fee (S2; A)."""

    malus: Share = 0.05
    """Largest, where all three indicators miss their goals by their spans."""
    bonus: Share = 0.03
    weights: Indicators = Indicators()


class TeamBonus(Strict):
    """Paid to the members of a team whose month meets the goal of satisfaction (S3; A)."""

    share: Share = 0.02
    """Of the wage of the hours on duty."""
    turnover_lost: float = Field(1.3, ge=1)
    """Factor on the turnover of who lost it in the last month (A)."""


class Objectives(Strict):
    """The in-house bonus: weights of the company's, satisfaction's and the area's indicators (X: T8; A)."""

    company: Share = 0.6
    """Cost of a handled contact, against that of the first counted month."""
    satisfaction: Share = 0.2
    area: Share = 0.2
    """Recall and service level."""


class Incentives(Strict):
    """What is paid for quality. Goals are those of S5 (K07, K09, K13)."""

    csi_goal: float = 80.0
    csi_span: float = Field(10.0, gt=0)
    """Distance from the goal that earns the whole bonus or malus [points] (A)."""
    recall_goal: Share = 0.20
    recall_span: float = Field(0.10, gt=0)
    service_level_goal: Share = 0.80
    service_level_span: float = Field(0.20, gt=0)
    contracts: dict[str, Contract] = {}
    """By site."""
    team: TeamBonus | None = None
    objectives: Objectives | None = None


class Careers(Strict):
    """Operators live at midnight: who comes, learns, forgets, is assessed, coached, moved, and who leaves."""

    active: bool = True
    hiring: Hiring = Hiring()
    turnover: Turnover = Turnover()
    absence: Absence = Absence()
    practice: Practice = Practice()
    certification: Certification = Certification()
    training: Training = Training()
    coaching: Coaching = Coaching()
    quality: Quality = Quality()
    fatigue: Fatigue | None = None
    incentives: Incentives = Incentives()


def careers_of(scenario: Any) -> Careers | None:
    """The careers of a scenario, if they are lived."""
    return scenario.careers if scenario.careers is not None and scenario.careers.active else None
