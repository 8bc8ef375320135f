"""Channels of a scenario as columns of the kernel's tables: work that nobody waits for, and numbers to be called."""

import math
from typing import Any

import numpy as np

from twin.kernel.codes import Deferral, Dialling
from twin.kernel.rule_tables import CAMPAIGN, DIAL_RULE
from twin.scenario.channel_schema import DEFERRED
from twin.scenario.laws import Law
from twin.scenario.schema import Intent, Scenario
from twin.world.laws import LawTable
from twin.world.names import Names

OUTBOUND_KEYS = 1 << 63
"""From here on count the keys of the chance of numbers that are called."""
AFTER_ALL = 1_000_000
"""Added to the rank of work that is to go after every live contact."""
HOURS = 24


def deferral_of(intent: Intent) -> Deferral:
    """With which contacts of the intent come."""
    if intent.channel == "outbound":
        return Deferral.OUTBOUND
    return Deferral.WORK if intent.channel in DEFERRED else Deferral.NONE


def channel_columns(intent: Intent) -> tuple[int, bool, float, float]:
    """The last columns of TYPE."""
    answer_by = math.inf if intent.answer_by is None else intent.answer_by
    return int(deferral_of(intent)), intent.interruptible, answer_by, intent.resume_time


def steps_and_points(scenario: Scenario, intent: Intent, steps: tuple, points: tuple) -> tuple[tuple, tuple]:
    """Stages and priority of a line of the intent: the expected wait, that of live contacts, opens none to work."""
    if deferral_of(intent) != Deferral.WORK:
        return steps, points
    steps = tuple((pool, after, math.inf, *gate) for pool, after, _, *gate in steps)
    return steps, (points[0] + AFTER_ALL * (scenario.blending.deferred == "after_live"), *points[1:])


def interrupts(scenario: Scenario) -> bool:
    """Whether some work may be put down."""
    has_cases = scenario.cases is not None and scenario.cases.interruptible
    return has_cases or any(intent.interruptible for intent in scenario.intents.values())


def channel_options(scenario: Scenario, options: Any) -> None:
    """The options that speak of channels."""
    options.has_channels = any(deferral_of(intent) != Deferral.NONE for intent in scenario.intents.values())
    options.has_campaigns = bool(scenario.campaigns)
    options.resume_same = scenario.blending.resumed_by == "same"
    if interrupts(scenario):
        options.has_interruption = options.has_cuts = True


class DialRules:
    """DIAL_RULE rows as they are found."""

    def __init__(self, laws: LawTable):
        self.laws = laws
        self.rows: list[tuple[int, int, int, int]] = []

    def row(self, ring: Law, reach: float | list[float], retries: int, retry_delay: Law | None) -> int:
        by_hour = reach if isinstance(reach, list) else [reach] * HOURS
        law, place = self.laws.row, self.laws.place
        self.rows.append((law(ring), place(by_hour), retries, law(retry_delay)))
        return len(self.rows) - 1

    def table(self) -> np.ndarray:
        return np.array(self.rows or [(-1, 0, 0, -1)], DIAL_RULE).view(np.recarray)


def add_campaigns(
    scenario: Scenario, names: Names, type_of: np.ndarray, lines: Any, rules: DialRules
) -> tuple[Any, np.ndarray]:
    """The lines, with one behind them for the numbers of each campaign that are due; and the CAMPAIGN rows."""
    rows = np.zeros(len(scenario.campaigns), CAMPAIGN).view(np.recarray)
    due = np.zeros(len(rows), lines.dtype).view(np.recarray)
    due.is_work, due.overflow_at = True, math.inf
    due.head = due.tail = due.offer = due.call_back_line = due.message_line = -1
    for number, (row, campaign) in enumerate(zip(rows, scenario.campaigns.values(), strict=True)):
        row.type = type_of[names.intents.index(campaign.intent), 0, 0, 0]
        row.mode = Dialling[campaign.mode.upper()]
        row.dial_rule = rules.row(campaign.ring_time, campaign.reach, campaign.attempts - 1, campaign.retry_delay)
        row.preview_law = rules.laws.row(campaign.preview_time)
        row.due_line = len(lines) + number
        row.who = OUTBOUND_KEYS + (number << 32)
        row.keep_idle, row.n_left, row.ratio = campaign.keep_idle, campaign.count, 1.0
        row.most, row.cap = campaign.most_dials or 1.0, campaign.nuisance_cap or 0.0
        row.span = campaign.adapts_every
        row.redemption = -1.0 if campaign.redemption is None else campaign.redemption
        row.learnt, row.half_after = campaign.learnt, campaign.half_after
    return np.concatenate([np.asarray(lines), np.asarray(due)]).view(np.recarray), rows
