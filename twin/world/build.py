"""The kernel's world from a scenario and its persons."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from twin.kernel.ahead import AHEAD, Level
from twin.kernel.codes import LawKind
from twin.kernel.heap import FIRST_AT, FIRST_EVENT
from twin.kernel.memory import gathered, in_place, placed_zeros
from twin.kernel.rule_tables import ERRAND, RELAY
from twin.kernel.tables import (
    ARRIVAL,
    CONTACT,
    GROUP,
    HEAP_EVENT,
    N_ACTIVITIES,
    NODE,
    OPERATOR,
    POOL,
    RECORD,
    ROSTER,
    SKILL,
    STATE,
    TIME_COLUMNS,
    World,
)
from twin.kernel.tallies import COMMON_TALLY, RARE_TALLY
from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario
from twin.world.abilities import build_abilities, distinct, holdings
from twin.world.careers import places_to_come
from twin.world.cases import case_files, case_skills
from twin.world.chat import build_chats
from twin.world.control import build_control, part_suits, stands
from twin.world.laws import LawTable
from twin.world.lookups import build_lookups
from twin.world.names import Names
from twin.world.options import build_options
from twin.world.routes import Routes, build_routes
from twin.world.training import course_places

DAY = 86400.0
N_CONTACTS = 1024
"""Rows for contacts at the start."""


class Worker(Protocol):
    """What the kernel must know of an operator."""

    number: int
    group: str
    site: str
    speed: float
    skills: dict[str, Any]


def build_world(
    scenario: Scenario,
    names: Names,
    persons: Sequence[Worker],
    seed: int,
    n_intervals: int,
    weekday: int,
    recording: bool = False,
) -> World:
    """All tables of a run at its start, with nobody inside.

    Parameters
    ----------
    persons
        Operators, numbered from 0, those of a group side by side.
    seed : int
        64-bit key of the replication.
    n_intervals : int
        Reporting intervals of the run, warm-up included.
    weekday : int
        Of the first simulated day, Monday = 0.
    """
    laws = LawTable()
    everyone = [*persons, *stands(scenario, persons)]  # the same people once more for each loan, with other skills
    held = holdings(names, everyone)
    sites = np.array([names.sites.index(person.site) for person in everyone], np.intp)
    routes = build_routes(scenario, names, laws, staffed_places(scenario, names, held, sites))
    options = build_options(scenario, routes, laws)
    period_factors = _period_factors(scenario, names, routes)
    operators, nodes, profiles = _operators(scenario, names, everyone, routes, held, sites)
    masks = profile_tables(routes, profiles)
    abilities, operators.ability = distinct(build_abilities(scenario, names, everyone, held))
    suits = part_suits(operators, nodes, len(persons), everyone, scenario)
    operators = in_place(operators[: len(persons)])
    law_rows, knots = laws.tables()
    options["talk_scores"] = scored_talks(routes.types, law_rows)
    pools = _pools(routes)
    n_words = masks["line_mask"].shape[1]
    n_rows = n_intervals + 1  # one more for what happens at the very end
    world = World(
        state=_state(scenario, seed, weekday, recording),
        options=options,
        pools=pools,
        skills=np.zeros(len(names.skills), SKILL).view(np.recarray),
        operators=operators,
        nodes=nodes,
        groups=_groups(scenario, names, operators),
        abilities=abilities,
        **masks,
        waiting_mask=np.zeros(n_words, np.uint64),
        laws=law_rows,
        knots=knots,
        period_factors=period_factors,
        opening=_opening(scenario),
        day_quantiles=np.linspace(scenario.opening.opens, scenario.opening.closes, 97),
        **_matters_in_hand(scenario, options, len(persons)),
        **_reports(scenario, names, n_intervals, len(persons), recording),
        **routes.tables(),
        suits=suits,
        **build_control(scenario, names, persons, operators, n_rows, seed),
        **build_chats(scenario, routes.lines, operators, len(pools), masks["line_mask"], masks["primary_mask"]),
        **build_lookups(routes, len(pools), n_words, n_rows),
    )
    return gathered(world, placed=("heap_at", "heap_events"))


def scored_talks(types: np.ndarray, laws: np.ndarray) -> LawKind:
    """Whose scores of talks are drawn ahead: those of the law that more types have."""
    kinds = laws["kind"][types["talk_law"][types["talk_law"] >= 0]]
    is_normal = np.sum(kinds == LawKind.LOGNORMAL) > np.sum(kinds == LawKind.EXPONENTIAL)
    return LawKind.LOGNORMAL if is_normal else LawKind.EXPONENTIAL


def staffed_places(scenario: Scenario, names: Names, held: np.recarray, sites: np.ndarray) -> set[tuple[int, int, int]]:
    """(skill, level, site) of routed skills that some operator holds, or may come to hold; site -1 for any."""
    routed = {choice.skill for route in scenario.routes for choice in route.skills}
    routed |= {skill for leg in scenario.legs for skill in leg.skills} | case_skills(scenario)
    places = set(zip(held.skill.tolist(), held.level.tolist(), sites[held.operator].tolist(), strict=True))
    staffed = {
        (skill, level, where) for skill, level, site in places for where in (-1, site) if names.skills[skill] in routed
    }
    staffed |= course_places(scenario, names.skills, names.sites, routed)
    return staffed | places_to_come(scenario, names.skills, names.sites, routed)


def _matters_in_hand(scenario: Scenario, options: np.ndarray, n_operators: int) -> dict[str, np.ndarray]:
    """Tables of what is to come and who is inside, all empty; those with a row for each contact grow together."""
    n_events = N_CONTACTS + 4 * n_operators
    contacts = np.zeros(N_CONTACTS, CONTACT).view(np.recarray)
    contacts.next = np.arange(1, N_CONTACTS + 1)
    contacts.next[-1] = -1
    return {
        "heap_at": placed_zeros(n_events, np.float64, FIRST_AT),
        "heap_events": placed_zeros(n_events, HEAP_EVENT, FIRST_EVENT).view(np.recarray),
        "arrivals": np.zeros(0, ARRIVAL).view(np.recarray),
        "roster": np.zeros(0, ROSTER).view(np.recarray),
        "coming_keys": np.zeros(AHEAD, np.uint64),
        "coming_types": np.zeros(AHEAD, np.int64),
        "levels": np.zeros((len(Level), AHEAD)),
        "contacts": contacts,
        "relays": np.zeros(N_CONTACTS if scenario.legs or scenario.menu else 1, RELAY).view(np.recarray),
        "errands": np.zeros(N_CONTACTS if options["has_deferrals"][0] else 1, ERRAND).view(np.recarray),
        "files": case_files(scenario, N_CONTACTS),
    }


def _reports(
    scenario: Scenario, names: Names, n_intervals: int, n_operators: int, recording: bool
) -> dict[str, np.ndarray]:
    """Tables of what has happened: tallies, times, records."""
    n_rows = n_intervals + 1  # one more for what happens at the very end
    n_days = math.ceil(n_intervals * scenario.run.interval / DAY)
    return {
        "common_tallies": np.zeros((n_rows, len(names.cells)), COMMON_TALLY).view(np.recarray),
        "rare_tallies": np.zeros((n_rows, len(names.cells)), RARE_TALLY).view(np.recarray),
        "activity_time": np.zeros((n_rows, N_ACTIVITIES)),
        "group_time": np.zeros((n_days, len(names.groups), N_ACTIVITIES)),
        "operator_time": placed_zeros(TIME_COLUMNS * n_operators, np.float64, 0).reshape(-1, TIME_COLUMNS),
        "booked_time": np.zeros((n_operators, N_ACTIVITIES)),
        "records": np.zeros(1024 if recording else 0, RECORD).view(np.recarray),
    }


def _state(scenario: Scenario, seed: int, weekday: int, recording: bool) -> np.ndarray:
    state = np.zeros(1, STATE).view(np.recarray)
    state.seed = seed
    state.interval_time = state.boundary_at = scenario.run.interval
    state.n_free = N_CONTACTS
    state.weekday = weekday
    opening = scenario.opening
    state.closed = opening.closes - opening.opens < DAY or WEEKDAYS[weekday] not in opening.days
    state.recording = recording
    state.last_worker = -1
    state.contact_ahead = -1
    return state


def _period_factors(scenario: Scenario, names: Names, routes: Routes) -> np.ndarray:
    """Rows of factors by period; the types are told theirs."""
    rows: list[list[float]] = []
    for number, kind in enumerate(routes.types["intent"]):
        if number in routes.case_rows:
            continue
        intent = scenario.intents[names.intents[kind]]
        for column, factors in (("talk_row", intent.talk_factors), ("patience_row", intent.patience_factors)):
            if factors is not None:
                if factors not in rows:
                    rows.append(factors)
                routes.types[column][number] = rows.index(factors)
    width = max((len(row) for row in rows), default=1)
    return np.array([row + [row[-1]] * (width - len(row)) for row in rows] or [[1.0]])


def _pools(routes: Routes) -> np.ndarray:
    pools = np.zeros(max(len(routes.pools), 1), POOL).view(np.recarray)
    pools.head = pools.tail = -1
    for row, (skill, level, site) in enumerate(routes.pools):
        pools.skill[row], pools.level[row] = skill, level
        is_part = site >= 0 and (skill, level, -1) in routes.pools  # of a pool of all sites: counted there
        pools.is_counted[row] = level <= 2 and not is_part
    return pools


def _operators(
    scenario: Scenario,
    names: Names,
    persons: Sequence[Worker],
    routes: Routes,
    held: np.recarray,
    sites: np.ndarray,
) -> tuple[np.recarray, np.recarray, list[tuple[int, ...]]]:
    """OPERATOR and NODE rows, and the distinct sets of pools (profiles)."""
    operators = np.zeros(len(persons), OPERATOR).view(np.recarray)
    operators.contact = operators.reserved = -1
    operators.held = operators.next_worker = operators.previous_worker = -1
    group_rows = {name: row for row, name in enumerate(names.groups)}
    counted = _counted_groups(scenario)
    wages = {name: site.wage for name, site in scenario.sites.items()}
    operators.group = [group_rows[person.group] for person in persons]
    operators.is_counted = [person.group in counted for person in persons]
    operators.wage = [wages[person.site] for person in persons]
    operators.n_skills = [len(person.skills) for person in persons]
    nodes = _nodes(routes, held, sites)
    operators.n_nodes = np.bincount(nodes.operator, minlength=len(persons))
    operators.first_node = np.cumsum(operators.n_nodes) - operators.n_nodes
    profiles: dict[tuple[int, ...], int] = {}
    pools = nodes.pool.tolist()
    spans = zip(operators.first_node.tolist(), operators.n_nodes.tolist(), strict=True)
    operators.profile = [profiles.setdefault(tuple(pools[a : a + n]), len(profiles)) for a, n in spans]
    nobody = np.array([(-1, -1, 0, 0)], NODE).view(np.recarray)
    return operators, nodes if len(nodes) else nobody, list(profiles) or [()]


def _nodes(routes: Routes, held: np.recarray, sites: np.ndarray) -> np.recarray:
    """A NODE for each pool of each operator: by operator, then by pool."""
    members = [
        held.operator[(held.skill == skill) & (held.level == level) & ((site < 0) | (sites[held.operator] == site))]
        for skill, level, site in routes.pools
    ]
    operators = np.concatenate([*members, np.zeros(0, np.int32)])
    pools = np.repeat(np.arange(len(members)), [len(rows) for rows in members])
    order = np.lexsort((pools, operators))
    nodes = np.empty(len(order), NODE).view(np.recarray)
    nodes.next = nodes.previous = -1
    nodes.pool, nodes.operator = pools[order], operators[order]
    return nodes


def profile_tables(routes: Routes, profiles: list[tuple[int, ...]]) -> dict[str, np.ndarray]:
    """From which wait, and from which expected wait, each profile may answer each line; and the same as bit masks.

    The last two masks, of lines of primary skills and of all, are without lines of work.
    """
    n_lines, n_pools = len(routes.lines), max(len(routes.pools), 1)
    after = np.full((n_pools, n_lines), math.inf)  # by pool first: an operator's profile is a handful of pools
    expected = np.full((n_pools, n_lines), math.inf)
    opens = np.zeros((n_pools, n_lines), bool)
    is_first = np.zeros((n_pools, n_lines), bool)
    firsts, counts, skills = (routes.lines[name].tolist() for name in ("first_step", "n_steps", "skill"))
    step_rows = list(zip(*(routes.steps[name].tolist() for name in ("pool", "after", "expected_wait")), strict=True))
    for line in range(n_lines):
        for pool, wait, by_expected in step_rows[firsts[line] : firsts[line] + counts[line]]:
            after[pool, line] = min(after[pool, line], wait)
            expected[pool, line] = min(expected[pool, line], by_expected)
            opens[pool, line] = True
            is_first[pool, line] = routes.pools[pool][:2] == (skills[line], 1)
    is_live = ~routes.lines["is_work"]
    holds = np.zeros((len(profiles), n_pools), bool)
    for row, pools in enumerate(profiles):
        holds[row, list(pools)] = True
    return {
        "entry_wait": _over_pools(np.minimum, holds, after, math.inf),
        "entry_expected": _over_pools(np.minimum, holds, expected, math.inf),
        "line_mask": _bit_masks(_over_pools(np.logical_or, holds, opens, False)),
        "primary_mask": _bit_masks(_over_pools(np.logical_or, holds, is_first & is_live, False)),
        "live_mask": _bit_masks(_over_pools(np.logical_or, holds, opens & is_live, False)),
    }


def _over_pools(combine: np.ufunc, holds: np.ndarray, by_pool: np.ndarray, start: float) -> np.ndarray:
    """(profiles, lines): what `combine` makes of the rows (pools, lines) of the pools that each profile holds."""
    table = np.full((len(holds), by_pool.shape[1]), start, by_pool.dtype)
    for pool, values in enumerate(by_pool):
        table[holds[:, pool]] = combine(table[holds[:, pool]], values)
    return table


def _bit_masks(flags: np.ndarray) -> np.ndarray:
    """Bool (rows, n) as uint64 words (rows, words): bit i of word w is flag 64 w + i."""
    n_words = max((flags.shape[1] + 63) // 64, 1)
    padded = np.zeros((flags.shape[0], 64 * n_words), bool)
    padded[:, : flags.shape[1]] = flags
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


def _counted_groups(scenario: Scenario) -> set[str]:
    """Groups whose number on duty is given, not their shifts."""
    demand = scenario.demand
    counted = {name for name, group in scenario.groups.items() if group.head_count is not None}
    return counted | set(demand.staffing_groups) if demand.kind == "trace" else counted


def _groups(scenario: Scenario, names: Names, operators: np.recarray) -> np.ndarray:
    groups = np.zeros(len(names.groups), GROUP).view(np.recarray)
    counted = _counted_groups(scenario)
    groups.head_count = [0 if name in counted else -1 for name in names.groups]
    rows, firsts, sizes = np.unique(operators.group, return_index=True, return_counts=True)
    groups.first[rows], groups.n[rows] = firsts, sizes
    return groups


def _opening(scenario: Scenario) -> np.ndarray:
    hours = np.zeros((7, 2))
    for row, day in enumerate(WEEKDAYS):
        if day in scenario.opening.days:
            hours[row] = scenario.opening.opens, scenario.opening.closes
    return hours
