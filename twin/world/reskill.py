"""Operators' skills at midnight: the kernel's tables that rest on who holds what, made anew between two days.

Lines, steps and pools stay as they are: where operators live, a pool is there for whatever they may ever be taught.
"""

import heapq
from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.kernel.codes import Activity
from twin.kernel.tables import NODE, World
from twin.scenario.schema import Scenario
from twin.world.abilities import holdings
from twin.world.build import Worker, profile_tables, staffed_places
from twin.world.chat import chat_masks
from twin.world.control import WORN
from twin.world.laws import LawTable
from twin.world.names import Names
from twin.world.routes import Routes, build_routes

OFF_THE_FLOOR = (Activity.OFF, Activity.BREAK, Activity.OUTAGE)
LEVELS = 5  # levels 1 to 4, and what is not held


class SkillTables:
    """Nodes, profiles and masks from the skills that each operator holds."""

    def __init__(self, routes: Routes, n_skills: int, sites: np.ndarray):
        """`sites` : row of the site of each operator."""
        self.routes, self.sites = routes, sites
        self.lookup = np.full((n_skills, LEVELS, int(sites.max(initial=0)) + 2), -1)
        for pool, (skill, level, site) in enumerate(routes.pools):
            if site + 1 < self.lookup.shape[2]:
                self.lookup[skill, level, site + 1] = pool
        self._rows: dict[bytes, int] = {}
        """Of the tables below, by set of pools."""
        self._known: dict[str, np.ndarray] = {}

    @classmethod
    def of(cls, scenario: Scenario, persons: Sequence[Worker]) -> "SkillTables":
        """For the routes that `build_world` makes of the same persons."""
        names = Names.of(scenario)
        sites = np.array([names.sites.index(person.site) for person in persons], np.intp)
        staffed = staffed_places(scenario, names, holdings(names, persons), sites)
        return cls(build_routes(scenario, names, LawTable(), staffed), len(names.skills), sites)

    def rebuilt(self, world: World, level: np.ndarray) -> tuple[World, np.ndarray]:
        """The world with operators who hold skills at these levels (operators, skills), and who may answer more lines.

        Who is idle, or has room for a chat, keeps the place in the lists.
        """
        idle = _in_order(world, world.pools)
        are_idle = set(np.flatnonzero(world.operators["activity"] == Activity.IDLE).tolist())
        idle += sorted(are_idle - set(idle))  # those of no pool
        rooms = _in_order(world, world.rooms) if world.options[0].has_chats else []
        before = world.line_mask[world.operators["profile"]]
        nodes, sets = self._nodes(world, level)
        masks: dict[str, Any] = self._profiles(sets)
        masks |= chat_masks(world.lines, masks["line_mask"], masks["primary_mask"])
        if len(world.crew) == len(world.operators):
            for name in WORN:
                world.crew[name] = world.operators[name]
        world = world._replace(nodes=nodes, **masks)
        _stand_again(world, world.pools, idle)
        _mark_idle(world)
        if rooms:
            _stand_again(world, world.rooms, rooms)
        _count_staff(world)
        gained = (masks["line_mask"][world.operators["profile"]] & ~before).any(axis=1)
        return world, np.flatnonzero(gained)

    def _nodes(self, world: World, level: np.ndarray) -> tuple[np.recarray, np.ndarray]:
        """NODE rows by operator, then by pool, and the distinct sets of pools; the operators are told theirs."""
        operators: Any = world.operators
        operator, skill = np.nonzero(level < LEVELS)
        at = level[operator, skill]
        pools = np.stack([self.lookup[skill, at, 0], self.lookup[skill, at, self.sites[operator] + 1]])
        is_pool = pools >= 0
        who = np.broadcast_to(operator, pools.shape)[is_pool]
        pool = pools[is_pool]
        order = np.lexsort((pool, who))
        nodes: Any = np.empty(max(len(order), 1), NODE).view(np.recarray)
        nodes.next = nodes.previous = -1
        nodes.pool, nodes.operator = 0, 0
        nodes.pool[: len(order)], nodes.operator[: len(order)] = pool[order], who[order]
        operators.n_skills = (level < LEVELS).sum(axis=1)
        operators.n_nodes = np.bincount(who, minlength=len(operators))
        operators.first_node = np.cumsum(operators.n_nodes) - operators.n_nodes
        holds = np.zeros((len(operators), max(len(self.routes.pools), 1)), bool)
        holds[who, pool] = True
        packed = np.packbits(holds, axis=1)
        keys = packed.view(f"V{packed.shape[1]}").ravel()
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        operators.profile = which
        return nodes, packed[first]

    def _profiles(self, sets: np.ndarray) -> dict[str, np.ndarray]:
        """What each set of pools (bits, a row each) may answer; those met before are looked up."""
        keys = [row.tobytes() for row in sets]
        new = [i for i, key in enumerate(keys) if key not in self._rows]
        if new:
            held = np.unpackbits(sets[new], axis=1, count=max(len(self.routes.pools), 1))
            tables = profile_tables(self.routes, [tuple(np.flatnonzero(row).tolist()) for row in held])
            for i in new:
                self._rows[keys[i]] = len(self._rows)
            self._known = {name: np.concatenate([self._known.get(name, t[:0]), t]) for name, t in tables.items()}
        rows = [self._rows[key] for key in keys]
        return {name: table[rows] for name, table in self._known.items()}


def _in_order(world: World, lists: np.ndarray) -> list[int]:
    """Operators who stand in lists by pool, in an order that agrees with each of them; ties by row.

    All lists were joined at once, so they do not contradict each other.
    """
    after: dict[int, set[int]] = {}
    n_before: dict[int, int] = {}
    heads, follows, who = lists["head"].tolist(), world.nodes["next"], world.nodes["operator"]
    for head in heads:
        node, last = head, -1
        while node >= 0:
            operator = int(who[node])
            after.setdefault(operator, set())
            n_before.setdefault(operator, 0)
            if last >= 0 and operator not in after[last]:
                after[last].add(operator)
                n_before[operator] += 1
            node, last = int(follows[node]), operator
    ready = [operator for operator, n in n_before.items() if n == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        operator = heapq.heappop(ready)
        order.append(operator)
        for later in after[operator]:
            n_before[later] -= 1
            if n_before[later] == 0:
                heapq.heappush(ready, later)
    return order


def _stand_again(world: World, lists: np.ndarray, order: list[int]) -> None:
    """Everybody at the end of the lists of his pools, one after the other."""
    lists["head"] = lists["tail"] = -1
    nodes = world.nodes
    for operator in order:
        first = int(world.operators["first_node"][operator])
        for node in range(first, first + int(world.operators["n_nodes"][operator])):
            pool = nodes["pool"][node]
            tail = lists["tail"][pool]
            nodes["previous"][node], nodes["next"][node] = tail, -1
            if tail >= 0:
                nodes["next"][tail] = node
            else:
                lists["head"][pool] = node
            lists["tail"][pool] = node


def _mark_idle(world: World) -> None:
    """The pools with somebody idle, as bits."""
    flags = np.zeros(64 * len(world.idle_mask), np.uint8)
    flags[: len(world.pools)] = world.pools["head"] >= 0
    world.idle_mask[:] = np.packbits(flags, bitorder="little").view(np.uint64)


def _count_staff(world: World) -> None:
    """Holders of each skill on duty, and those of them who are idle."""
    operators, nodes, pools, skills = world.operators, world.nodes, world.pools, world.skills
    n = int(operators["n_nodes"].sum())
    who, pool = nodes["operator"][:n], nodes["pool"][:n]
    counts = pools["is_counted"][pool]
    activity = operators["activity"][who]
    is_there = counts & ~np.isin(activity, OFF_THE_FLOOR)
    is_idle = counts & (activity == Activity.IDLE)
    skills["n_staffed"] = np.bincount(pools["skill"][pool[is_there]], minlength=len(skills))
    skills["n_idle"] = np.bincount(pools["skill"][pool[is_idle]], minlength=len(skills))


def show_abilities(world: World, abilities: np.ndarray, rows: np.ndarray | None = None) -> World:
    """Each operator a row of abilities of his own; with `rows`, only these operators' rows are new."""
    if rows is not None and len(world.abilities) == len(world.operators):
        world.abilities[rows] = abilities
        return world
    world.operators["ability"] = np.arange(len(world.operators))
    if len(world.crew) == len(world.operators):
        world.crew["ability"] = world.operators["ability"]
    return world._replace(abilities=abilities.view(np.recarray))
