"""Routes of a scenario as the kernel's types, lines, steps and pools."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.kernel.codes import Deferral
from twin.kernel.tables import LINE, QUEUE, STEP, TYPE
from twin.scenario.routing_schema import Priority, Route
from twin.scenario.schema import Scenario
from twin.world.cases import add_cases
from twin.world.channels import DialRules, add_campaigns, channel_columns, deferral_of, steps_and_points
from twin.world.chat import pace
from twin.world.laws import LawTable, mean_time
from twin.world.legs import add_legs
from twin.world.menus import add_menus
from twin.world.names import Cell, Names
from twin.world.rules import FIRST_GATE, Rows, Step, line_points, route_steps, rows_of, with_twins
from twin.world.waiting import add_rules_of_waiting


@dataclass
class Routes:
    """What `build_routes` makes; `pools` lists (skill, level, site) by row, site -1 = all sites."""

    types: np.ndarray
    type_of: np.ndarray
    lines: np.ndarray
    queues: np.ndarray
    steps: np.ndarray
    pools: list[tuple[int, int, int]]
    rows: Rows
    legs: np.ndarray
    offers: np.ndarray
    dial_rules: np.ndarray
    campaigns: np.ndarray
    entry: dict[str, np.ndarray]
    """Tables of the world that only cases and menus need."""
    case_rows: frozenset[int]
    """Types of cases."""

    def tables(self) -> dict[str, np.ndarray]:
        """Those of the world, but for the pools, which the world holds as rows."""
        names = ("types", "type_of", "lines", "queues", "steps", "legs", "offers", "dial_rules", "campaigns")
        return {**{name: getattr(self, name) for name in names}, **self.rows._asdict(), **self.entry}


@dataclass
class _Collector:
    scenario: Scenario
    names: Names
    laws: LawTable
    staffed: set[tuple[int, int, int]]
    types: list[tuple] = field(default_factory=list)
    type_rows: dict[tuple, int] = field(default_factory=dict)
    cell_rows: dict[Cell, int] = field(default_factory=dict)
    lines: list[tuple] = field(default_factory=list)
    line_rows: dict[tuple, int] = field(default_factory=dict)
    line_times: list[list[float]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    pools: dict[tuple[int, int, int], int] = field(default_factory=dict)
    line_sites: list[int] = field(default_factory=list)
    line_rules: list[tuple[str, Priority]] = field(default_factory=list)
    allotted: dict[int, list[tuple[int, float]]] = field(default_factory=dict)
    case_rows: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cell_rows.update((cell, row) for row, cell in enumerate(self.names.cells))


def find_route(scenario: Scenario, intent: str, cluster: str, segment: str, condition: str) -> int | None:
    """Index of the last route that fits; None if there is none."""
    for index in range(len(scenario.routes) - 1, -1, -1):
        route = scenario.routes[index]
        if (
            (route.intents is None or intent in route.intents)
            and (route.clusters is None or cluster in route.clusters)
            and (route.segments is None or segment in route.segments)
            and (route.condition is None or route.condition == condition)
        ):
            return index
    return None


def _line_of(found: _Collector, route: Route, priority: Priority, site: int, intent: str) -> int:
    meaning = found.scenario.intents[intent]
    is_chat = meaning.channel == "chat"
    steps = route_steps(found.scenario, found.names, route, site, found.staffed, found.pools)
    operator_rule = route.operator_rule or found.scenario.routing.operator_rule
    skill = found.names.skills.index(route.skills[0].skill)
    queue = found.names.queues.index(route.queue)
    rule = priority.model_dump(exclude={"target"})
    points: tuple = line_points(found.scenario.routing.contact_rule, priority)
    steps, points = steps_and_points(found.scenario, meaning, steps, points)
    key = (steps, skill, queue, str(rule), operator_rule, site, deferral_of(meaning), is_chat)
    if key not in found.line_rows:
        found.line_rows[key] = len(found.lines)
        overflow_at = min((step[2] for step in steps), default=math.inf)
        found.lines.append((len(found.steps), len(steps), queue, skill, *points, overflow_at, is_chat))
        found.line_sites.append(site)
        found.line_rules.append((operator_rule, priority))
        found.line_times.append([])
        found.steps.extend(steps)
    return found.line_rows[key]


def _priority(scenario: Scenario, route: Route, cluster: str, segment: str) -> Priority:
    if route.priority is not None:
        return route.priority
    return scenario.priorities.get(cluster if scenario.routing.priority_by == "cluster" else segment) or Priority()


def _type_of(found: _Collector, intent: str, cluster: str, segment: str, condition: str) -> int:
    scenario, names = found.scenario, found.names
    index = find_route(scenario, intent, cluster, segment, condition)
    if index is None:
        return -1
    route = scenario.routes[index]
    priority = _priority(scenario, route, cluster, segment)
    if route.sites is None:
        return _type_at(found, (intent, cluster, condition), route, priority, -1, ())
    shares = tuple((names.sites.index(site), share) for site, share in route.sites.items())
    rows = [_type_at(found, (intent, cluster, condition), route, priority, site, shares) for site, _ in shares]
    found.allotted[rows[0]] = [(row, share) for row, (_, share) in zip(rows, shares, strict=True)]
    return rows[0]


def _type_at(
    found: _Collector, asked: tuple[str, str, str], route: Route, priority: Priority, site: int, shares: tuple
) -> int:
    """The type of contacts with this intent, cluster and condition whose line is that of `site` (-1 = of all)."""
    scenario, names = found.scenario, found.names
    intent, cluster, condition = asked
    meaning, kind = scenario.intents[intent], scenario.clusters[cluster]
    line = _line_of(found, route, priority, site, intent)
    menu_first = scenario.ivr is not None and intent in dict(scenario.ivr.menu_first).get(condition, [])  # type: ignore[call-overload]
    need = names.skills.index(route.need or route.skills[0].skill)
    target = next(t for t in (priority.target, kind.target, scenario.queues[route.queue].target) if t is not None)
    key = (intent, cluster, line, need, menu_first, target, shares)
    if key not in found.type_rows:
        found.type_rows[key] = len(found.types)
        cell = Cell(meaning.group or intent, cluster, route.queue)
        if cell not in found.cell_rows:
            found.cell_rows[cell] = len(names.cells)
            names.cells.append(cell)
        names.types.append((intent, cluster, route.queue))
        found.line_times[line].append(mean_time(meaning.talk) + (mean_time(meaning.wrap) if meaning.wrap else 0.0))
        containment = min(meaning.containment * kind.containment_factor, 1.0)
        found.types.append(
            (names.intents.index(intent), names.clusters.index(cluster), line, found.cell_rows[cell], need)
            + (found.laws.row(meaning.talk), found.laws.row(meaning.wrap))
            + (found.laws.row(meaning.patience or scenario.patience), -1, -1, kind.talk_factor, kind.patience_factor)
            + (containment, meaning.fcr, meaning.case_share, target, menu_first, 0, 0, 1, *channel_columns(meaning))
        )
    return found.type_rows[key]


def build_routes(scenario: Scenario, names: Names, laws: LawTable, staffed: set[tuple[int, int, int]]) -> Routes:
    """Types, lines, steps and pools.

    Parameters
    ----------
    staffed
        (skill, level, site) that some operator holds, site -1 for any; stages without any operator are left out.
    """
    found = _Collector(scenario, names, laws, staffed)
    shape = (len(names.intents), len(names.clusters), len(names.segments), len(names.conditions))
    type_of = np.full(shape, -1, np.int16)
    for i, intent in enumerate(names.intents):
        for c, cluster in enumerate(names.clusters):
            for s, segment in enumerate(names.segments):
                for k, condition in enumerate(names.conditions):
                    type_of[i, c, s, k] = _type_of(found, intent, cluster, segment, condition)
    legs = add_legs(found, _line_of)
    for place in sorted(staffed):
        if place[1] <= 2 and place[2] < 0:  # who is staff of a skill must not depend on the stages of other routes
            found.pools.setdefault(place, len(found.pools))
    legs, entry, origins = add_menus(found, type_of, legs, _line_of)
    entry |= add_cases(found, origins)
    types = np.array(found.types, TYPE).view(np.recarray)
    lines = _line_table(found)
    lines["is_work"][types.line[types.deferral == Deferral.WORK]] = True
    rows = rows_of(scenario.routing.contact_rule, lines, found.line_rules, found.steps, found.allotted, len(types))
    dial_rules = DialRules(laws)
    lines, offers = add_rules_of_waiting(scenario, names, laws, lines, dial_rules)
    rows = with_twins(scenario, names, lines, found.line_sites, rows, found.steps)
    lines, campaigns = add_campaigns(scenario, names, type_of, lines, dial_rules)
    queues, steps, dials = _queue_table(scenario), _step_table(found), dial_rules.table()
    lines.last_opening = _last_openings(lines, steps)
    pools, case_rows = list(found.pools), frozenset(found.case_rows)
    return Routes(types, type_of, lines, queues, steps, pools, rows, legs, offers, dials, campaigns, entry, case_rows)


def _line_table(found: _Collector) -> np.ndarray:
    lines = np.zeros(len(found.lines), LINE).view(np.recarray)
    columns = ("first_step", "n_steps", "queue", "skill", "rank", "points", "slope", "reserve", "guarantee")
    for row, values in enumerate(found.lines):
        for column, value in zip((*columns, "guarantee_points", "overflow_at", "is_chat"), values, strict=True):
            lines[column][row] = value
        lines.handle_time[row] = np.mean(found.line_times[row])
        if lines.is_chat[row]:
            lines.handle_time[row] *= pace(found.scenario)
    lines.head = lines.tail = -1
    return lines


def _last_openings(lines: Any, steps: Any) -> list[float]:
    """Of each line: the longest wait at which a stage opens or its reserve ends; 0 if all do so at once."""
    found = []
    for first, n, guarantee in zip(lines.first_step, lines.n_steps, lines.guarantee, strict=True):
        waits = [*steps.after[first : first + n].tolist(), float(guarantee)]
        found.append(max((wait for wait in waits if wait < math.inf), default=0.0))
    return found


def _queue_table(scenario: Scenario) -> np.ndarray:
    limits = [-1 if queue.max_waiting is None else queue.max_waiting for queue in scenario.queues.values()]
    return np.array([(0, limit) for limit in limits], QUEUE).view(np.recarray)


def _step_table(found: _Collector) -> np.ndarray:
    rows = [step[:FIRST_GATE] for step in found.steps]
    return np.array(rows or [(0, math.inf, math.inf)], STEP).view(np.recarray)
