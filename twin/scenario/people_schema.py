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
    leader_hour: Amount = 0.0
    """Cost of an hour of a team's leader (`team_leaders`)."""
