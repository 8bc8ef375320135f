"""Rules of who answers whom as numbers: stages with their gates, points of lines, ranks by group, shares of sites."""

import math
from typing import Any, NamedTuple

import numpy as np

from twin.kernel.codes import ContactRule, OperatorRule
from twin.kernel.rule_tables import ALLOTMENT, CREDIT, GATE
from twin.scenario.routing_schema import Priority, Route, SkillChoice, Stage
from twin.scenario.schema import Scenario
from twin.world.names import Names

Step = tuple[int, float, float, float, float, int, int, int]
"""Pool, after, expected wait; then the gate: until, ratio, idle above, waiting above, waiting down to."""
FIRST_GATE = 3
_ALWAYS = (math.inf, -1.0, 0, 0, 0)


class Rows(NamedTuple):
    """Tables of the world that only these rules need."""

    gates: np.ndarray
    credits: np.ndarray
    group_ranks: np.ndarray
    allotted: np.ndarray
    allotments: np.ndarray


def route_steps(
    scenario: Scenario,
    names: Names,
    route: Route,
    site: int,
    staffed: set[tuple[int, int, int]],
    pools: dict[tuple[int, int, int], int],
) -> tuple[Step, ...]:
    """Each stage of each skill of the route, soonest first; a site's own operators before those of all sites."""
    places = [(site, 0.0)]
    if site >= 0 and route.away_after is not None:
        places.append((-1, route.away_after))
    steps = []
    for where, later in places:
        for choice in route.skills:
            skill = names.skills.index(choice.skill)
            for stage in route.stages or scenario.routing.stages:
                if (skill, stage.level, where) not in staffed:
                    continue
                pool = pools.setdefault((skill, stage.level, where), len(pools))
                expected = math.inf if stage.expected_wait is None else stage.expected_wait
                by_wait = stage.expected_wait is None or stage.after > 0
                after = choice.after + stage.after + later if by_wait else math.inf
                steps.append((pool, after, expected, *_gate(choice, stage)))
    return tuple(sorted(steps, key=lambda step: step[1]))


def _gate(choice: SkillChoice, stage: Stage) -> tuple[float, float, int, int, int]:
    """What must hold by the skill of the route and by the stage, together."""
    until = min(
        math.inf if choice.until is None else choice.until,
        math.inf if stage.until is None else choice.after + stage.until,
    )
    stricter = max(choice, stage, key=lambda gate: gate.waiting_above)
    down_to = stricter.waiting_above if stricter.waiting_down_to is None else stricter.waiting_down_to
    ratio = -1.0 if choice.ratio_above is None else choice.ratio_above
    return until, ratio, max(choice.idle_above, stage.idle_above), stricter.waiting_above, down_to


def line_points(rule: str, priority: Priority) -> tuple[int, float, float, float, float, float]:
    """Rank, points, points a second, reserved share, guaranteed wait and its points of a line, by the contact rule."""
    slopes = {
        "points": priority.points_per_second,
        "weighted_longest_wait": priority.weight,
        "local_first": priority.weight,
    }
    rank = 0 if rule == "longest_waiting" else priority.rank
    points = priority.points if rule == "points" else 0.0
    reserve = priority.reserve
    if reserve is None or (reserve.share == 0.0 and reserve.operators == 0):
        return rank, points, slopes.get(rule, 1.0), 0.0, 0.0, 0.0
    guarantee_points = reserve.points if rule == "points" else 0.0
    return rank, points, slopes.get(rule, 1.0), reserve.share, reserve.guarantee, guarantee_points


def rows_of(
    contact_rule: str,
    lines: Any,
    line_rules: list[tuple[str, Priority]],
    steps: list[Step],
    allotted: dict[int, list[tuple[int, float]]],
    n_types: int,
) -> Rows:
    """The tables of these rules but for ranks, which wait for all lines; the lines are told theirs."""
    credits: list[tuple[float, float]] = []
    for row, (operator_rule, priority) in enumerate(line_rules):
        lines.operator_rule[row] = OperatorRule[operator_rule.upper()]
        lines.keep[row] = priority.reserve.operators if priority.reserve else 0
        knots = priority.credit if contact_rule == "points" else []
        lines.first_credit[row], lines.n_credits[row] = len(credits), len(knots)
        credits += [(knot.wait, knot.points) for knot in knots]
        gates = [step[FIRST_GATE:] for step in steps[lines.first_step[row] :][: lines.n_steps[row]]]
        lines.is_gated[row] = any(gate != _ALWAYS for gate in gates)
        lines.is_narrowing[row] = any(gate[0] < math.inf for gate in gates)
    table = np.array([(*step[FIRST_GATE:], False) for step in steps] or [(*_ALWAYS, False)], GATE)
    return Rows(
        gates=table.view(np.recarray),
        credits=np.array(credits or [(0.0, 0.0)], CREDIT).view(np.recarray),
        group_ranks=np.zeros((1, 1), np.int32),
        **_allotments(allotted, n_types),
    )


def with_twins(
    scenario: Scenario, names: Names, lines: Any, line_sites: list[int], rows: Rows, steps: list[Step]
) -> Rows:
    """The tables with the lines for call-backs and messages, behind the others: each counts for itself who waits."""
    parents = {int(twin): row for name in ("call_back_line", "message_line") for row, twin in enumerate(lines[name])}
    gates = rows.gates
    for line in range(len(line_sites), len(lines)):
        first, n = int(lines.first_step[line]), int(lines.n_steps[line])
        if lines.is_gated[line]:
            lines.first_step[line] = len(steps)
            steps.extend(steps[first : first + n])
            gates = np.concatenate([gates, gates[first : first + n]])
    sites = [*line_sites, *(line_sites[parents[line]] for line in range(len(line_sites), len(lines)))]
    ranks = _group_ranks(scenario, names, lines, sites)
    return rows._replace(gates=gates.view(np.recarray), group_ranks=ranks)


def _has_ranks(scenario: Scenario) -> bool:
    return scenario.routing.contact_rule == "local_first" or any(group.prefers for group in scenario.groups.values())


def _group_ranks(scenario: Scenario, names: Names, lines: Any, line_sites: list[int]) -> np.ndarray:
    """(groups, lines): work after all calls, away after local, then the group's preference, then the line's rank."""
    if not _has_ranks(scenario):
        return np.zeros((1, 1), np.int32)
    is_local_first = scenario.routing.contact_rule == "local_first"
    order = []
    calls = int(lines.rank[~lines.is_work].max(initial=0))
    for group in scenario.groups.values():
        site = names.sites.index(group.site)
        last = max(group.prefers.values(), default=0) + 1
        for line, line_site in enumerate(line_sites):
            rank = int(lines.rank[line])
            is_after_calls = bool(lines.is_work[line]) and rank > calls
            is_away = is_local_first and line_site >= 0 and line_site != site
            preference = group.prefers.get(names.queues[lines.queue[line]], last)
            order.append((is_after_calls, is_away, preference, rank))
    _, ranks = np.unique(np.array(order), axis=0, return_inverse=True)
    return ranks.reshape(len(names.groups), len(line_sites)).astype(np.int32)


def _allotments(allotted: dict[int, list[tuple[int, float]]], n_types: int) -> dict[str, np.ndarray]:
    spans = np.zeros((max(n_types, 1), 2), np.int32)
    rows: list[tuple[int, float]] = []
    for kind, shares in allotted.items():
        spans[kind] = len(rows), len(shares)
        uptos = np.cumsum([share for _, share in shares])
        uptos[-1] = 1.0  # rounding must not lose anybody
        rows += [(row, upto) for (row, _), upto in zip(shares, uptos.tolist(), strict=True)]
    table = np.array(rows or [(0, 1.0)], ALLOTMENT).view(np.recarray)
    return {"allotted": spans, "allotments": table}


def set_rules(options: Any, scenario: Scenario, lines: Any, rows: Rows) -> None:
    """Which of these rules the scenario uses."""
    is_by_length = scenario.routing.contact_rule == "longest_queue"
    options.contact_rule = ContactRule.LONGEST_QUEUE if is_by_length else ContactRule.POINTS
    options.has_gates = lines.is_gated.any()
    options.has_ranks = _has_ranks(scenario)
    options.has_reserve = (lines.guarantee > 0).any() or lines.is_gated.any()
    options.has_allotments = (rows.allotted[:, 1] > 1).any()
    options.by_rule = is_by_length or options.has_gates[0] or options.has_ranks[0] or (lines.n_credits > 0).any()


def counts_waiting(scenario: Scenario) -> bool:
    """Whether a rule looks at how many wait, or at somebody behind the head of a line."""
    gates = [gate for route in scenario.routes for gate in (*route.skills, *(route.stages or scenario.routing.stages))]
    return scenario.routing.contact_rule == "longest_queue" or any(
        gate.until is not None
        or gate.waiting_above > 0
        or gate.idle_above > 0
        or getattr(gate, "ratio_above", None) is not None
        for gate in gates
    )
