"""What holds for the whole centre: the rules that a scenario uses, and their numbers."""

import math
from typing import Any

import numpy as np

from twin.kernel.rule_tables import OPTIONS
from twin.scenario.schema import Scenario
from twin.world.careers import career_options
from twin.world.cases import case_options
from twin.world.channels import channel_options
from twin.world.chat import chat_options
from twin.world.control import control_options
from twin.world.laws import LawTable
from twin.world.menus import menu_options
from twin.world.routes import Routes
from twin.world.rules import counts_waiting, set_rules
from twin.world.waiting import waits_differently


def needs_patience_events(scenario: Scenario) -> bool:
    """Whether the number waiting, or the instant of giving up, matters before one reaches the head of the line."""
    wanted = scenario.routing.patience_events
    stages = [stage for route in scenario.routes for stage in route.stages or scenario.routing.stages]
    needed = (
        scenario.redial is not None
        or scenario.limits.trunks is not None
        or scenario.limits.waiting is not None
        or scenario.routing.owner_wait is not None
        or any(queue.max_waiting is not None for queue in scenario.queues.values())
        or any(stage.expected_wait is not None for stage in stages)
        or counts_waiting(scenario)
        or bool(scenario.legs)
        or scenario.menu is not None
        or scenario.control is not None
        or waits_differently(scenario)
        or any(campaign.mode == "predictive" for campaign in scenario.campaigns.values())
    )
    return needed if wanted is None else wanted or needed


def build_options(scenario: Scenario, routes: Routes, laws: LawTable) -> np.ndarray:
    """The one row of OPTIONS: which rules there are, and the numbers that hold for all."""
    options = np.zeros(1, OPTIONS).view(np.recarray)
    limits, routing = scenario.limits, scenario.routing
    options.trunks = -1 if limits.trunks is None else limits.trunks
    options.max_waiting = -1 if limits.waiting is None else limits.waiting
    options.message_after = math.inf if routing.leave_message_after is None else routing.leave_message_after
    options.owner_wait = routing.owner_wait or 0.0
    options.serve_out = scenario.opening.closing == "serve_out"
    options.primary_first = routing.primary_first
    options.patience_events = needs_patience_events(scenario)
    set_rules(options, scenario, routes.lines, routes.rows)
    options.has_overflow = bool((routes.lines["overflow_at"] < math.inf).any())
    options.has_legs = bool((routes.types["n_legs"] > 0).any())
    options.has_offers = bool((routes.lines["offer"] >= 0).any() or (routes.lines["message_line"] >= 0).any())
    options.has_announcements = bool(routes.offers["announces"].any())
    options.has_last_wait = bool(routes.offers["by_last_entry"].any())
    options.period_time = getattr(scenario.demand, "period", 3600.0)
    if scenario.ivr is not None:
        options.has_ivr = True
        options.ivr_law = laws.row(scenario.ivr.navigation)
        options.menu_first_factor = scenario.ivr.menu_first_factor
    _options_of_returning(scenario, options, laws)
    _options_of_satisfaction(scenario, options)
    control_options(scenario, options)
    channel_options(scenario, options)
    chat_options(scenario, options)
    case_options(scenario, options)
    menu_options(scenario, options)
    rare = ("legs", "gates", "control", "channels", "interruption", "campaigns", "chats", "cases", "web")
    deferring = ("offers", "channels", "campaigns", "cases")
    options.has_deferrals = any(options[f"has_{name}"][0] for name in deferring)
    options.is_plain = options["patience_events"][0] and not any(options[f"has_{name}"][0] for name in rare)
    career_options(scenario, options)
    options.has_night = scenario.self_service is not None
    return options


def _options_of_returning(scenario: Scenario, options: Any, laws: LawTable) -> None:
    options.redial_floor = options.redial_factor = options.recall_talk = 1.0
    if (redial := scenario.redial) is not None:
        options.redial_share, options.redial_law = redial.share, laws.row(redial.delay)
        options.redial_keeps = redial.patience == "keep"
        options.redial_cumulates, options.redial_blocked = redial.cumulate_wait, redial.after_blocked
        options.redial_factor, options.redial_floor = redial.patience_factor, redial.patience_floor
    if (recall := scenario.recall) is not None:
        options.recall_share, options.recall_law = recall.share, laws.row(recall.delay)
        options.recall_talk = recall.talk_factor
    resolution = scenario.resolution
    options.fcr_floor, options.fcr_ceiling = resolution.floor, resolution.ceiling
    options.fcr_window, options.recall_window = resolution.fcr_window, resolution.recall_window


def _options_of_satisfaction(scenario: Scenario, options: Any) -> None:
    rule = scenario.satisfaction
    if rule is None:
        return
    options.has_csi = True
    options.csi_waiting, options.csi_accuracy = rule.waiting_weight, rule.accuracy_weight
    options.csi_ability, options.csi_courtesy = rule.ability_weight, rule.courtesy_weight
    options.waiting_decay = rule.waiting_decay
    options.accuracy_resolved, options.accuracy_unresolved = rule.accuracy_resolved, rule.accuracy_unresolved
    options.ability_base, options.ability_slope = rule.ability_base, rule.ability_slope
    options.courtesy_base, options.courtesy_slope = rule.courtesy_base, rule.courtesy_slope
    options.courtesy_limit = rule.courtesy_occupancy_limit
    options.repeat_points = rule.repeat_points
