"""Routes of a scenario as the kernel's types, lines, steps and pools."""

import math
from dataclasses import dataclass, field

import numpy as np

from twin.kernel.tables import LINE, QUEUE, STEP, TYPE
from twin.scenario.schema import Priority, Route, Scenario
from twin.world.laws import LawTable, mean_time
from twin.world.names import Cell, Names
from twin.world.waiting import add_rules_of_waiting


@dataclass
class Routes:
    """What `build_routes` makes; `pools` lists (skill, level) by row."""

    types: np.ndarray
    type_of: np.ndarray
    lines: np.ndarray
    queues: np.ndarray
    steps: np.ndarray
    pools: list[tuple[int, int]]
    offers: np.ndarray


@dataclass
class _Collector:
    scenario: Scenario
    names: Names
    laws: LawTable
    staffed: set[tuple[int, int]]
    types: list[tuple] = field(default_factory=list)
    type_rows: dict[tuple, int] = field(default_factory=dict)
    lines: list[tuple] = field(default_factory=list)
    line_rows: dict[tuple, int] = field(default_factory=dict)
    line_times: list[list[float]] = field(default_factory=list)
    steps: list[tuple[int, float, float]] = field(default_factory=list)
    pools: dict[tuple[int, int], int] = field(default_factory=dict)


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


def _route_steps(found: _Collector, route: Route) -> tuple[tuple[int, float, float], ...]:
    """(pool, after, expected wait) of each stage of each skill of the route, soonest first."""
    steps = []
    for choice in route.skills:
        skill = found.names.skills.index(choice.skill)
        for stage in route.stages or found.scenario.routing.stages:
            if (skill, stage.level) not in found.staffed:
                continue
            pool = found.pools.setdefault((skill, stage.level), len(found.pools))
            expected = math.inf if stage.expected_wait is None else stage.expected_wait
            by_wait = stage.expected_wait is None or stage.after > 0
            steps.append((pool, choice.after + stage.after if by_wait else math.inf, expected))
    return tuple(sorted(steps, key=lambda step: step[1]))


def _line_of(found: _Collector, route: Route, priority: Priority) -> int:
    steps = _route_steps(found, route)
    skill = found.names.skills.index(route.skills[0].skill)
    queue = found.names.queues.index(route.queue)
    rule = priority.model_dump(exclude={"target"})
    key = (steps, skill, queue, str(rule))
    if key not in found.line_rows:
        found.line_rows[key] = len(found.lines)
        reserve = priority.reserve
        overflow_at = min((expected for _, _, expected in steps), default=math.inf)
        found.lines.append(
            (len(found.steps), len(steps), queue, skill, priority.rank, priority.points, priority.points_per_second)
            + ((reserve.share, reserve.guarantee, reserve.points) if reserve else (0.0, 0.0, 0.0))
            + (overflow_at,)
        )
        found.line_times.append([])
        found.steps.extend(steps)
    return found.line_rows[key]


def _priority(scenario: Scenario, route: Route, cluster: str, segment: str) -> Priority:
    if route.priority is not None:
        return route.priority
    return scenario.priorities.get(cluster if scenario.routing.priority_by == "cluster" else segment, Priority())


def _type_of(found: _Collector, intent: str, cluster: str, segment: str, condition: str) -> int:
    scenario, names = found.scenario, found.names
    index = find_route(scenario, intent, cluster, segment, condition)
    if index is None:
        return -1
    route, meaning, kind = scenario.routes[index], scenario.intents[intent], scenario.clusters[cluster]
    priority = _priority(scenario, route, cluster, segment)
    line = _line_of(found, route, priority)
    menu_first = scenario.ivr is not None and intent in dict(scenario.ivr.menu_first).get(condition, [])  # type: ignore[call-overload]
    need = names.skills.index(route.need or route.skills[0].skill)
    target = next(t for t in (priority.target, kind.target, scenario.queues[route.queue].target) if t is not None)
    key = (intent, cluster, line, need, menu_first, target)
    if key not in found.type_rows:
        found.type_rows[key] = len(found.types)
        cell = Cell(meaning.group or intent, cluster, route.queue)
        if cell not in names.cells:
            names.cells.append(cell)
        names.types.append((intent, cluster, route.queue))
        found.line_times[line].append(mean_time(meaning.talk) + (mean_time(meaning.wrap) if meaning.wrap else 0.0))
        containment = min(meaning.containment * kind.containment_factor, 1.0)
        found.types.append(
            (names.intents.index(intent), names.clusters.index(cluster), line, names.cells.index(cell), need)
            + (found.laws.row(meaning.talk), found.laws.row(meaning.wrap))
            + (found.laws.row(meaning.patience or scenario.patience), -1, -1, kind.talk_factor, kind.patience_factor)
            + (containment, meaning.fcr, meaning.case_share, target, menu_first)
        )
    return found.type_rows[key]


def build_routes(scenario: Scenario, names: Names, laws: LawTable, staffed: set[tuple[int, int]]) -> Routes:
    """Types, lines, steps and pools.

    Parameters
    ----------
    staffed
        (skill, level) that some operator holds; stages without any operator are left out.
    """
    found = _Collector(scenario, names, laws, staffed)
    shape = (len(names.intents), len(names.clusters), len(names.segments), len(names.conditions))
    type_of = np.full(shape, -1, np.int16)
    for i, intent in enumerate(names.intents):
        for c, cluster in enumerate(names.clusters):
            for s, segment in enumerate(names.segments):
                for k, condition in enumerate(names.conditions):
                    type_of[i, c, s, k] = _type_of(found, intent, cluster, segment, condition)
    types = np.array(found.types, TYPE).view(np.recarray)
    lines, offers = add_rules_of_waiting(scenario, names, laws, _line_table(found))
    return Routes(types, type_of, lines, _queue_table(scenario), _step_table(found), list(found.pools), offers)


def _line_table(found: _Collector) -> np.ndarray:
    lines = np.zeros(len(found.lines), LINE).view(np.recarray)
    columns = ("first_step", "n_steps", "queue", "skill", "rank", "points", "slope", "reserve", "guarantee")
    for row, values in enumerate(found.lines):
        for column, value in zip((*columns, "guarantee_points", "overflow_at"), values, strict=True):
            lines[column][row] = value
        lines.handle_time[row] = np.mean(found.line_times[row])
    lines.head = lines.tail = -1
    return lines


def _queue_table(scenario: Scenario) -> np.ndarray:
    limits = [-1 if queue.max_waiting is None else queue.max_waiting for queue in scenario.queues.values()]
    return np.array([(0, limit) for limit in limits], QUEUE).view(np.recarray)


def _step_table(found: _Collector) -> np.ndarray:
    return np.array(found.steps or [(0, math.inf, math.inf)], STEP).view(np.recarray)
