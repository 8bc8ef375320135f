"""The rules of waiting as the kernel's offers, and the lines for call-backs that are due and for messages."""

import math
from typing import Any

import numpy as np

from twin.kernel.rule_tables import OFFER
from twin.scenario.schema import Scenario
from twin.scenario.waiting_schema import Waiting
from twin.world.channels import DialRules
from twin.world.laws import LawTable
from twin.world.names import Names


def rules_of(scenario: Scenario, queue: str) -> Waiting | None:
    """The queue's own rules, or those for all queues."""
    own = scenario.queues[queue].waiting
    return scenario.waiting if own is None else own


def waits_differently(scenario: Scenario) -> bool:
    return any(rules_of(scenario, queue) not in (None, Waiting()) for queue in scenario.queues)


def add_rules_of_waiting(
    scenario: Scenario, names: Names, laws: LawTable, lines: Any, dial_rules: DialRules
) -> tuple[np.ndarray, np.ndarray]:
    """Lines told their offers, with lines for call-backs and messages behind them; and the OFFER rows."""
    lines.offer = lines.call_back_line = lines.message_line = -1
    offers: list[np.void] = []
    known: dict[str, int] = {}
    further: list[np.void] = []
    for row in range(len(lines)):
        rules = rules_of(scenario, names.queues[lines.queue[row]])
        if rules in (None, Waiting()) or lines.is_work[row]:
            continue
        key = rules.model_dump_json()
        if key not in known:
            known[key] = len(offers)
            offers.append(_offer(rules, laws, dial_rules))
        lines.offer[row] = known[key]
        if rules.call_back is not None and (promise := rules.call_back.promise) is not None:
            lines.call_back_line[row] = len(lines) + len(further)
            further.append(_twin(lines[row], promise.rank, promise.points, promise.points_per_second, False))
        if rules.message is not None:
            lines.message_line[row] = len(lines) + len(further)
            further.append(_twin(lines[row], rules.message.rank, 0.0, 1.0, True))
    table = np.concatenate([np.asarray(lines), np.array(further, lines.dtype)]).view(np.recarray)
    return table, np.array(offers or [np.zeros(1, OFFER)[0]], OFFER).view(np.recarray)


def _twin(line: Any, rank: int, points: float, slope: float, is_work: bool) -> np.void:
    """A line for the same operators with another priority."""
    row = np.array([tuple(line)], line.dtype)
    row["rank"], row["points"], row["slope"], row["is_work"] = rank, points, slope, is_work
    row["reserve"] = row["guarantee"] = row["guarantee_points"] = 0.0
    row["offer"] = row["call_back_line"] = row["message_line"] = -1
    return row[0]


def _offer(rules: Waiting, laws: LawTable, dial_rules: DialRules) -> np.void:
    row = np.zeros(1, OFFER)[0]
    row["by_last_entry"] = rules.estimator == "last_entry"
    row["offer_from"] = row["promise_delay"] = row["every"] = math.inf
    row["redraw_law"] = -1
    if (rule := rules.call_back) is not None:
        row["calls_back"], row["keeps_place"] = True, rule.place == "kept"
        row["offer_from"] = math.inf if rule.expected_wait is None else rule.expected_wait
        row["first_after"], row["n_after"] = laws.place(rule.after), len(rule.after)
        row["accept"], row["n_accept"] = laws.place([*rule.accept.waits, *rule.accept.values]), len(rule.accept.waits)
        row["dial_rule"] = dial_rules.row(rule.ring, rule.reach, rule.retries, rule.retry_delay)
        if (promise := rule.promise) is not None:
            row["promise_delay"] = math.inf if promise.delay is None else promise.delay
            row["first_quiet"], row["n_quiet"] = laws.place(sorted(promise.quiet_from)), len(promise.quiet_from)
            row["promise_spread"] = promise.spread
    if (told := rules.announcement) is not None:
        row["announces"] = True
        row["balk"], row["n_balk"] = laws.place([*told.balk.waits, *told.balk.values]), len(told.balk.waits)
        factor = told.patience_factor
        row["factor"], row["n_factor"] = laws.place([*factor.waits, *factor.values]), len(factor.waits)
        row["redraw_law"] = laws.row(told.patience)
        row["every"] = math.inf if told.every is None else told.every
    if rules.message is not None:
        row["message_law"], row["deadline"] = laws.row(rules.message.handle), rules.message.deadline
    return row
