"""The part of a scenario that speaks of customers' lives: what happens to them, how often, and what they make of it."""

from typing import Literal

from pydantic import Field

from twin.scenario.laws import Strict
from twin.scenario.units import Money, Share, Time

EVENTS = (
    "lead",
    "sale",
    "sale_lost",
    "order_accepted",
    "order_sent_back",
    "date_missed",
    "activated",
    "never_activated",
    "first_bill",
    "first_bill_disputed",
    "first_bill_paid",
    "change_ordered",
    "change_done",
    "fault",
    "repaired",
    "reopened",
    "complaint",
    "complaint_answered",
    "complaint_reopened",
    "to_authority",
    "overdue",
    "credit_step",
    "cured",
    "reconnected",
    "deactivated",
    "scored_up",
    "scored_down",
    "wants_to_leave",
    "left",
    "saved",
    "won_back",
    "upsold",
    "traffic_alarm",
    "became_digital",
    "bill_question",
    "brand",
    "advertising",
    "suspended",
    "abandoned",
)
"""What happens in customers' lives, as it is called in scenarios and tables."""


class Orders(Strict):
    """Supply of a new line, from accepted order to activation."""

    shares: dict[str, Share]
    """Share of each product among new orders."""
    medians: dict[str, Time]
    sigma: float = Field(gt=0)
    failed: Share
    """Share that never comes to activation."""
    acceptance: Time
    """From order to acceptance by provisioning."""
    sent_back: Share
    """Share that provisioning sends back for data."""
    sent_back_time: Time
    late: Share
    """Share that misses the agreed date."""
    late_mean: Time
    """By how much, on average."""
    failed_late_factor: float = Field(ge=0)
    """Multiplies `failed` for late orders of customers whom nobody told."""


class ByTier(Strict):
    """One number for each value tier."""

    basic: float
    medium: float
    high_potential: float
    privilege: float
    portafoglio: float


class Bills(Strict):
    """What bills cause. Issue dates are spread evenly over the time between two bills."""

    a_year: float = Field(gt=0)
    issue_dates: int = Field(ge=1)
    """Groups of customers with the same dates."""
    calls: Share
    """Share of bills that cause a contact within `call_within`."""
    first_calls: Share
    """The same of a first bill."""
    call_within: Time
    first_disputed: Share
    """Share of first bills that end in a complaint."""
    complaints: Share
    """Share of later bills that do."""
    due: Time
    """From issue to due date."""
    overdue: Share
    """Share of bills that are not paid at the first step of the credit chain."""


class Credit(Strict):
    """The seven steps after an overdue bill: broadcast, notice, phone, suspension, notice, phone, deactivation."""

    steps: list[Time] = Field(min_length=7, max_length=7)
    """Days after the due date."""
    cured: list[Share] = Field(min_length=6, max_length=6)
    """Share that pays after each step, before the next one."""
    notice_calls: Share
    """Share of customers who make contact after a notice."""
    suspension_calls: Share
    reconnection: Time
    """At most, from payment."""
    amount: Money
    """Mean overdue amount."""


class Leaving(Strict):
    """From the wish to leave to the last day. The hazard of `churn` is that of leaving; some are kept."""

    calls: Share
    """Share that asks to cancel; the others switch without a word."""
    notice: Time
    """From the wish to the last day."""
    saved_matched: Share
    """Share kept when the cancellation is answered with the skill for it."""
    saved_other: Share
    """The same of other answers; nobody is kept whose call is not answered."""
    kept: Share
    """Expected share of those who want to leave and are kept in the end: raises the wish above `churn`."""


class WinBack(Strict):
    """Who left, and comes back or is a prospect again."""

    share: Share
    within: Time
    to_market: Share
    """Share of the others who count as households without a line again, after `market_after`."""
    market_after: Time


class Upsell(Strict):
    """An upgrade offered in a contact that went well."""

    offered: Share
    accepted: Share
    value: Money
    """A month."""
    months: float = Field(gt=0)
    rescore_factor: float = Field(ge=1)
    """Multiplies the hazard of the next re-scoring upwards."""


class SelfCare(Strict):
    """Who takes to self care on the web and in the app."""

    start: Share
    adoption: Share
    """A year."""
    adoption_basic: Share


class Lives(Strict):
    """Rates and delays of the events that change a customer's phase and flags (daily hazards, per day of 365.25)."""

    leads: Share
    """Leads a year over the base."""
    sale_closed: Share
    """Share of prospects who order."""
    prospect_stay: Time
    """From the first question to the decision, later questions included."""
    orders: Orders
    first_bill: tuple[Time, Time] = Field(strict=False)
    """Earliest and latest first bill after activation."""
    bill_paid: Time
    """Mean time from due date to payment of the first bill."""
    nursery_cap: Time
    bills: Bills
    orders_a_year: float
    """Changes, moves, upgrades of an active customer."""
    order_median: Time
    order_sigma: float = Field(gt=0)
    faults_a_year: float
    """Of a line in its first month: `early_faults` instead."""
    early_faults: Share
    """Share with a fault in the first 30 days."""
    repair_mean: Time
    false_closure: Share
    """Share of repairs closed although the fault is still there."""
    false_closure_checked: Share
    """The same where the customer is asked before."""
    complaint_after_unresolved: Share
    complaint_after_third: Share
    complaint_mean: Time
    complaint_reopened: Share
    complaint_to_authority: Share
    credit: Credit
    rescore_up: ByTier
    """Share a month that move one tier up."""
    rescore_down: Share
    leaving: Leaving
    win_back: WinBack
    upsell: Upsell
    self_care: SelfCare
    traffic_alarms_a_year: float = Field(0.0, ge=0)
    """Customers of flat tariffs whose traffic outside them passes the threshold, per customer-year."""
    traffic_threshold: Money | None = None
    """Unbilled amount that makes an alarm; `traffic_alarms_a_year` is the rate of alarms at this threshold."""


class Touchpoint(Strict):
    """What an event adds to the experience."""

    kind: Literal["credit", "brand", "advertising", "assistance", "sale", "billing", "provisioning"]
    score: float = Field(ge=0, le=100)
    spread: float = Field(0.0, ge=0)
    """Standard deviation of the score (normal, kept between 0 and 100)."""
    weight: Share
    """Share of the way that the experience moves towards the score."""


class Experience(Strict):
    """The experience as the sum over the relation: each touchpoint moves it towards its score (S2).

    A handled contact is a touchpoint, too: its score is the CSI, its weight `satisfaction.memory`.
    """

    start: float = Field(ge=0, le=100)
    market: float = Field(ge=0, le=100)
    """What competitors make customers expect."""
    follow: Share
    """Share of the way that the expectation moves, at each touchpoint, to the better of market and own experience."""
    dissatisfied_below: float = Field(ge=0, le=100)
    """A touchpoint with a lower score counts as dissatisfying."""
    brand_a_year: float = Field(ge=0)
    """Times a year that a customer hears of the brand from others."""
    advertising_a_year: float = Field(ge=0)
    touchpoints: dict[str, Touchpoint]
    """By event of life, one of `EVENTS`."""


class Churn(Strict):
    """Hazard of leaving: h0(tier) x tenure x contact x conditions x exp(-slope (experience - expectation) / 10)."""

    by_tier: ByTier
    nursery: float
    tenure_months: list[float]
    tenure_factors: list[float]
    contact_effect: Share = 1.0
    """0 switches the effect of contacts off (an ADSL study finds none, X(R9)), 1 leaves the factors as they are."""
    contact_factor: float
    """After a contact that was not resolved at once, for `contact_window`."""
    unresolved_factor: float
    contact_window: Time
    complaint_factor: float
    suspended_factor: float
    overdue_factor: float
    late_factor: float
    """For `contact_window` after a late activation."""
    csi_slope: float


class Customers(Strict):
    """The customer base, for the national size."""

    base: int = Field(ge=1)
    market: Share
    """Households without a line, over the base: where leads come from."""
    tiers: ByTier
    """Shares at the start; must sum to 1."""
    new_tiers: ByTier
    """Tier of new customers; must sum to 1."""
    arpu: ByTier
    """Euro a month."""
    nursery_arpu: float
    lives: Lives
    experience: Experience
    churn: Churn
