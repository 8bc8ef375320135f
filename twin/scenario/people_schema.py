"""The part of a scenario that speaks of customers' lives, operators' moves, satisfaction and money."""

from pydantic import Field

from twin.scenario.laws import Strict
from twin.scenario.units import Money as Amount
from twin.scenario.units import Share, Time


class Resolution(Strict):
    """When a matter counts as resolved, beyond the intent's FCR and the operator's match."""

    floor: Share = 0.02
    ceiling: Share = 0.98
    fcr_window: Time = 7 * 86400.0
    """No further contact on the matter within this makes a first-contact resolution."""
    recall_window: Time = 3 * 86400.0
    """A new contact within this is a recall."""


class Satisfaction(Strict):
    """CSI of a contact, 0-100: the weighted mean of four items, less what repeats cost."""

    waiting_weight: Share
    accuracy_weight: Share
    ability_weight: Share
    courtesy_weight: Share
    waiting_decay: Time
    """waiting = 100 exp(-wait / this)"""
    accuracy_resolved: float
    accuracy_unresolved: float
    ability_base: float
    ability_slope: float
    """ability = base + slope x proficiency"""
    courtesy_base: float
    courtesy_occupancy_limit: Share
    courtesy_slope: float
    """Points lost per point of the operator's occupancy above the limit."""
    repeat_points: float
    """Points lost at each further contact on the issue."""
    memory: Share = 0.3
    """Weight of the newest contact in the customer's remembered satisfaction."""


class Orders(Strict):
    """Supply of a new line, from accepted order to activation."""

    shares: dict[str, Share]
    """Share of each product among new orders."""
    medians: dict[str, Time]
    sigma: float = Field(gt=0)
    failed: Share


class ByTier(Strict):
    """One number for each value tier."""

    basic: float
    medium: float
    high_potential: float
    privilege: float
    portafoglio: float


class Lives(Strict):
    """Rates and delays of the events that change a customer's phase and flags (daily hazards, per day of 365.25)."""

    leads: Share
    """Leads a year over the base."""
    sale_closed: Share
    """Share of prospects who order."""
    prospect_stay: Time
    orders: Orders
    first_bill: tuple[Time, Time] = Field(strict=False)
    """Earliest and latest first bill after activation."""
    bill_due: Time
    bill_paid: Time
    """Mean time from due date to payment."""
    nursery_cap: Time
    orders_a_year: float
    """Changes, moves, upgrades of an active customer."""
    order_median: Time
    faults_a_year: float
    """Of a line in its first month: `early_faults` instead."""
    early_faults: Share
    """Share with a fault in the first 30 days."""
    repair_mean: Time
    complaint_after_unresolved: Share
    complaint_after_third: Share
    complaint_mean: Time
    overdue_a_year: float
    """Bills that end in suspension, a customer-year."""
    suspension_mean: Time
    suspended_lost: Share
    """Share of suspensions that end in deactivation."""
    rescore_up: ByTier
    """Share a month that move one tier up."""
    rescore_down: Share


class Churn(Strict):
    """Hazard of leaving: h0(tier) x tenure x contact factor x exp(-slope (CSI - centre) / 10)."""

    by_tier: ByTier
    nursery: float
    tenure_months: list[float]
    tenure_factors: list[float]
    contact_factor: float
    """After a contact that was not resolved at once, for `contact_window`."""
    unresolved_factor: float
    contact_window: Time
    complaint_factor: float
    suspended_factor: float
    csi_slope: float
    csi_centre: float


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
    satisfaction: float = 70.0
    """Remembered satisfaction at the start, 0-100."""
    lives: Lives
    churn: Churn


class Migration(Strict):
    """As-Is groups moved to To-Be skills at a date, the same people."""

    moves: dict[str, dict[str, Share]]
    """As-Is group -> To-Be skill -> share of the group's people; each must sum to 1."""
    training_hours: float = Field(ge=0)
    """Targeted training for each person whose first skill changes."""
    module_hours: float = Field(24.0, ge=0)
    """Training for each further skill that was not held."""
    retained_alike: Share
    retained_other: Share
    certified: Share
    """Proficiency from which a skill is held."""
    expert: Share
    months_since: float = Field(ge=0)
    """Time since the move: how far practice has come."""
    learning_time: Time
    on: int | None = Field(None, ge=0)
    """Counted day, the first one 0, on whose eve the move takes place, with all that follows; `months_since` then says
    nothing. Without it the run begins `months_since` the move."""


class Money(Strict):
    ivr_contact: Amount
    trained_hour: Amount
    """Cost of an hour in training."""
