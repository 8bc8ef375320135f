"""What must hold of the rules of who answers whom: names, gates that do not lock contacts in, numbers that are used."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from twin.scenario.answer_checks import heads_of, held_skills
from twin.scenario.files import nearest
from twin.scenario.problems import sum_problems
from twin.scenario.provenance import Path, Problem

if TYPE_CHECKING:
    from twin.scenario.choice_schema import Gate
    from twin.scenario.routing_schema import Priority, Route, Stage
    from twin.scenario.schema import Scenario

USED_BY = {
    "rank": ("points", "priority", "weighted_longest_wait", "longest_queue", "local_first"),
    "points": ("points",),
    "points_per_second": ("points",),
    "credit": ("points",),
    "weight": ("weighted_longest_wait", "local_first"),
}
"""Contact rules that look at a number of a priority."""


def choice_problems(s: "Scenario") -> Iterator[Problem]:
    """All that is wrong with the rules of who answers whom."""
    held = {name: held_skills(s, name) for name in s.groups}
    for path, priority in _priorities(s):
        yield from _numbers_are_used(s, path, priority)
        yield from _credit(path, priority)
    for i, route in enumerate(s.routes):
        yield from _gates(s, ("routes", i), route)
        yield from _sites(s, ("routes", i), route, held)
        yield from _kept(s, ("routes", i), route, held)
    for i, stage in enumerate(s.routing.stages):
        yield from _gate(("routing", "stages", i), stage, stage.after)
    yield from _preferences(s)


def _priorities(s: "Scenario") -> "Iterator[tuple[Path, Priority]]":
    yield from ((("priorities", name), priority) for name, priority in s.priorities.items())
    yield from ((("routes", i, "priority"), r.priority) for i, r in enumerate(s.routes) if r.priority is not None)


def _numbers_are_used(s: "Scenario", path: Path, priority: "Priority") -> Iterator[Problem]:
    """A number that the contact rule does not look at would be believed to do something."""
    rule = s.routing.contact_rule
    for name, rules in USED_BY.items():
        default = type(priority).model_fields[name].default
        if rule not in rules and getattr(priority, name) != default:
            allowed = f"must be left out or routing.contact_rule be {' or '.join(rules)}"
            yield Problem((*path, name), f"is not looked at by the contact rule {rule}, {allowed}")
    if priority.reserve is not None:
        if priority.reserve.points and rule != "points":
            allowed = "must be left out or routing.contact_rule be points"
            yield Problem((*path, "reserve", "points"), f"is not looked at by the contact rule {rule}, {allowed}")
        if priority.reserve.share == 0 and priority.reserve.operators == 0:
            yield Problem((*path, "reserve"), "keeps nobody, must have a share or operators above 0")


def _credit(path: Path, priority: "Priority") -> Iterator[Problem]:
    waits = [knot.wait for knot in priority.credit]
    if waits != sorted(waits):
        yield Problem((*path, "credit"), "has waits that fall, must have knots in order of their wait")


def _gate(path: Path, gate: "Gate", after: float) -> Iterator[Problem]:
    if gate.until is not None and gate.until <= after:
        yield Problem((*path, "until"), f"is {gate.until:g} s, must be above after, {after:g} s")
    down_to = gate.waiting_down_to
    if down_to is not None and down_to > gate.waiting_above:
        yield Problem((*path, "waiting_down_to"), f"is {down_to}, must be at most waiting_above, {gate.waiting_above}")


def _gates(s: "Scenario", path: Path, route: "Route") -> Iterator[Problem]:
    for j, choice in enumerate(route.skills):
        yield from _gate((*path, "skills", j), choice, choice.after)
    for j, stage in enumerate(route.stages or []):
        yield from _gate((*path, "stages", j), stage, stage.after)
    stages: list[Stage] = route.stages or s.routing.stages
    pairs = [(choice, stage) for choice in route.skills for stage in stages]
    if pairs and all(_may_stay_shut(c) or c.ratio_above is not None or _may_stay_shut(stage) for c, stage in pairs):
        told = "has no stage that stays open, must have one without until, waiting_above and ratio_above"
        yield Problem((*path, "skills"), told)
    if route.skills and route.skills[0].ratio_above is not None:
        told = "is looked at for the route's first skill, must be given for a further one only"
        yield Problem((*path, "skills", 0, "ratio_above"), told)


def _may_stay_shut(gate: "Gate") -> bool:
    """Whether a contact could wait for ever though operators are free; who is kept free for others is meant so."""
    return gate.until is not None or gate.waiting_above > 0


def _kept(s: "Scenario", path: Path, route: "Route", held: Mapping[str, set[str]]) -> Iterator[Problem]:
    """Of operators who are all kept for others, none would ever answer."""
    for j, choice in enumerate(route.skills):
        n = sum(heads_of(s, group) for name, group in s.groups.items() if choice.skill in held[name])
        if 0 < n <= choice.idle_above:
            told = f"is {choice.idle_above}, must be below {n}, the operators who may hold the skill"
            yield Problem((*path, "skills", j, "idle_above"), told)


def _sites(s: "Scenario", path: Path, route: "Route", held: Mapping[str, set[str]]) -> Iterator[Problem]:
    if route.sites is None:
        if route.away_after is not None:
            yield Problem((*path, "away_after"), "is given without sites, must be left out")
        return
    unknown = [name for name in route.sites if name not in s.sites]
    for name in unknown:
        hint = nearest(name, list(s.sites))
        yield Problem((*path, "sites", name), f"is not a site, must be one of {', '.join(s.sites)}{hint}")
    yield from sum_problems((*path, "sites"), route.sites.values())
    if any(stage.expected_wait is not None for stage in route.stages or s.routing.stages):
        yield Problem((*path, "sites"), "stands beside a stage by expected_wait, must have only stages by wait")
    wanted = {choice.skill for choice in route.skills}
    for name, share in route.sites.items():
        is_answered = any(group.site == name and wanted & held[key] for key, group in s.groups.items())
        if share > 0 and not is_answered and name not in unknown and route.away_after is None:
            told = "has no operator for the route, must have one or the route an away_after"
            yield Problem((*path, "sites", name), told)


def _preferences(s: "Scenario") -> Iterator[Problem]:
    for name, group in s.groups.items():
        for queue in group.prefers:
            if queue not in s.queues:
                hint = nearest(queue, list(s.queues))
                told = f"is not a queue, must be one of {', '.join(s.queues)}{hint}"
                yield Problem(("groups", name, "prefers", queue), told)


def rules_in_use(s: "Scenario") -> Iterator[str]:
    """Rules of who answers whom, beyond the usual ones, that some other rules do not know yet."""
    if s.routing.contact_rule != "points":
        yield f"routing.contact_rule {s.routing.contact_rule}"
    if any(group.prefers for group in s.groups.values()):
        yield "groups.prefers"
    if any(route.sites for route in s.routes):
        yield "routes.sites"
    stages = [stage for route in s.routes for stage in route.stages or s.routing.stages]
    gates = [*stages, *(choice for route in s.routes for choice in route.skills)]
    if any(gate.until is not None or gate.idle_above or gate.waiting_above for gate in gates):
        yield "stages with thresholds"
    if any(choice.ratio_above is not None for route in s.routes for choice in route.skills):
        yield "skills with ratio_above"
