"""What must hold between the parts of a scenario: names that exist, skills that are held, shares that sum to 1, hours.

Each check is a small function that yields problems. Where a part of the scenario is already known to be wrong, the
checks that rest on it (`rests_on`) are left out, so that one mistake is told once.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from twin.scenario.chat_checks import chat_problems
from twin.scenario.choice_checks import choice_problems
from twin.scenario.control_checks import control_problems
from twin.scenario.demand_schema import CustomerDemand, Rates
from twin.scenario.files import nearest
from twin.scenario.legs_checks import legs_problems
from twin.scenario.people_schema import ByTier
from twin.scenario.provenance import Path, Problem, show
from twin.scenario.schema import Group, Scenario
from twin.scenario.trace_checks import trace_problems
from twin.scenario.units import parse_clock
from twin.scenario.waiting_checks import waiting_problems
from twin.scenario.words import clock

TOLERANCE = 1e-6  # [-] by which shares may miss 1
DAY, HOUR = 86400.0, 3600.0  # [s]
TIERS = tuple(ByTier.model_fields)
MATCHES = ("primary", "secondary", "none")
_NONE = "but there are none"
_MANY = 12  # [names] above this, only the nearest are told


Function = Callable[[Scenario], Iterator[Problem]]


class _Check(NamedTuple):
    function: Function
    rests_on: tuple[Path, ...]


_CHECKS: list[_Check] = []


def _rests_on(*parts: str) -> Callable[[Function], Function]:
    """Register a check; "shifts.*.length" names the values that must be right for it to make sense."""

    def register(function: Function) -> Function:
        _CHECKS.append(_Check(function, tuple(tuple(part.split(".")) for part in parts)))
        return function

    return register


def check(scenario: Scenario, wrong: Iterable[Path] = ()) -> Iterator[Problem]:
    """All that is wrong between the parts; `wrong` are places already told, whose consequences are left out."""
    known = set(wrong)
    is_table_missing = any(len(path) == 1 for path in known)
    for item in _CHECKS:
        if any(_touches(path, pattern) for path in known for pattern in item.rests_on):
            continue
        for problem in item.function(scenario):
            is_told = any(problem.path[: len(path)] == path for path in known if path)
            if not is_told and not (is_table_missing and problem.text.endswith(_NONE)):
                yield problem


def _touches(path: Path, pattern: Path) -> bool:
    return all(wanted in ("*", part) for part, wanted in zip(path, pattern, strict=False))


def _choice(allowed: Iterable[str], given: str) -> str:
    names = list(dict.fromkeys(allowed))
    if not names:
        return _NONE
    if len(names) == 1:
        return f"must be {names[0]}"
    hint = nearest(given, names)
    return f"must be one of {', '.join(names)}{hint}" if len(names) <= _MANY or not hint else f"is not known{hint}"


def _name(path: Path, given: str | None, allowed: Iterable[str]) -> Iterator[Problem]:
    names = list(allowed)
    if given is not None and given not in names:
        yield Problem(path, f"is {show(given)}, {_choice(names, given)}")


def _keys(path: Path, given: Iterable[str], what: str, allowed: Iterable[str]) -> Iterator[Problem]:
    names = list(allowed)
    for key in given:
        if key not in names:
            yield Problem((*path, key), f"is not {what}, {_choice(names, key)}")


def _sum(path: Path, shares: Iterable[float]) -> Iterator[Problem]:
    total = math.fsum(shares)
    if not abs(total - 1) <= TOLERANCE:
        yield Problem(path, f"has shares that sum to {total:.6g}, must sum to 1")


# -- names -----------------------------------------------------------------------------------------------------------


@_rests_on()
def _route_names(s: Scenario) -> Iterator[Problem]:
    for i, route in enumerate(s.routes):
        at: Path = ("routes", i)
        yield from _name((*at, "queue"), route.queue, s.queues)
        yield from _name((*at, "need"), route.need, s.skills)
        if not route.skills:
            yield Problem((*at, "skills"), "is empty, must name at least one skill")
        for j, choice in enumerate(route.skills):
            yield from _name((*at, "skills", j), choice.skill, s.skills)
        lists: tuple[tuple[str, list[str] | None, Iterable[str]], ...] = (
            ("intents", route.intents, s.intents),
            ("clusters", route.clusters, s.clusters),
            ("segments", route.segments, s.segments.values()),
        )
        for key, names, allowed in lists:
            for name in names or []:
                yield from _name((*at, key), name, allowed)


@_rests_on()
def _group_names(s: Scenario) -> Iterator[Problem]:
    for name, group in s.groups.items():
        at: Path = ("groups", name)
        yield from _name((*at, "site"), group.site, s.sites)
        yield from _name((*at, "shift"), group.shift, s.shifts)
        for key in ("skills", "primary", "further"):
            yield from _keys((*at, key), getattr(group, key), "a skill", s.skills)
    yield from _keys(("abilities", "absence"), s.abilities.absence, "a site", s.sites)
    for name, skill in s.skills.items():
        if s.migration is not None:
            yield from _name(("skills", name, "queue"), skill.queue, s.queues)
        for alike in skill.alike:
            yield from _name(("skills", name, "alike"), alike, s.skills)


@_rests_on()
def _demand_names(s: Scenario) -> Iterator[Problem]:
    if isinstance(s.demand, Rates):
        yield from _keys(("demand", "rates"), s.demand.rates, "an intent", s.intents)
        if not s.demand.rates:
            yield Problem(("demand", "rates"), "is empty, must give the arrival rate of at least one intent")
    groups = {intent.group or name for name, intent in s.intents.items()}
    for name, cluster in s.clusters.items():
        yield from _keys(("clusters", name, "mix"), cluster.mix, "an intent or a group of intents", groups)
    by_segment = s.routing.priority_by == "segment"
    allowed = list(s.segments.values()) if by_segment else list(s.clusters)
    yield from _keys(("priorities",), s.priorities, f"a {s.routing.priority_by}", allowed)
    yield from _keys(("segments",), s.segments, "a value tier", TIERS)
    for condition, intents in (s.ivr.menu_first if s.ivr else {}).items():
        for intent in intents:
            yield from _name(("ivr", "menu_first", condition), intent, s.intents)
    yield from _name(("scale", "size"), s.scale.size, s.scale.sizes)


@_rests_on()
def _migration_names(s: Scenario) -> Iterator[Problem]:
    for name, moves in (s.migration.moves if s.migration else {}).items():
        at: Path = ("migration", "moves", name)
        if name not in s.groups:
            yield Problem(at, f"is not a group, {_choice(s.groups, name)}")
        yield from _keys(at, moves, "a skill", s.skills)


@_rests_on()
def _free_keys(s: Scenario) -> Iterator[Problem]:
    """Keys of tables whose names the schema leaves free, but the model does not."""
    for key in ("proficiency", "fcr", "handle"):
        yield from _keys(("abilities", key), getattr(s.abilities, key), "a match", MATCHES)
    for key in s.abilities.n_held:
        if not key.isdecimal() or int(key[:9]) < 1:
            yield Problem(("abilities", "n_held", key), 'is not a number of skills, must be "1", "2", "3" ...')
    if isinstance(s.demand, CustomerDemand):
        for key in s.demand.hour_shares:
            if not key.isdecimal() or int(key[:9]) > 23:
                yield Problem(("demand", "hour_shares", key), 'is not an hour, must be from "00" to "23"')


# -- who can answer --------------------------------------------------------------------------------------------------


def held_skills(s: Scenario, name: str) -> set[str]:
    """Skills that at least some operators of a group can hold."""
    group = s.groups[name]
    drawn = [skill for table in (group.primary, group.further) for skill, share in table.items() if share > 0]
    moved = s.migration.moves.get(name, {}) if s.migration else {}
    return {*group.skills, *drawn, *(skill for skill, share in moved.items() if share > 0)}


def _heads(s: Scenario, group: Group) -> int:
    return group.heads(s.scale.sizes.get(s.scale.size, 1.0))


@_rests_on(
    "groups.*.count", "groups.*.skills", "groups.*.primary", "groups.*.further", "scale", "routes", "migration", "legs"
)
def _skills_are_held(s: Scenario) -> Iterator[Problem]:
    held = {skill for name, group in s.groups.items() if _heads(s, group) > 0 for skill in held_skills(s, name)}
    routed = dict.fromkeys(choice.skill for route in s.routes for choice in route.skills)
    routed |= dict.fromkeys(skill for leg in s.legs for skill in leg.skills)
    for skill in routed:
        if skill in s.skills and skill not in held:
            yield Problem(("skills", skill), "is held by no operator, must be held by a group with a count above 0")


@_rests_on("groups.*.skills", "groups.*.primary", "groups.*.further", "migration")
def _groups_have_skills(s: Scenario) -> Iterator[Problem]:
    if not s.groups:
        yield Problem(("groups",), "is empty, must hold at least one group of operators")
    for name in s.groups:
        if not held_skills(s, name):
            yield Problem(("groups", name), "has operators with no skill, must hold at least one in skills or primary")


@_rests_on("routes", "segments", "clusters", "demand.kind")
def _intents_reach_a_route(s: Scenario) -> Iterator[Problem]:
    """A contact that no unconditional route takes would be lost."""
    for intent, cluster in _wanted(s):
        for segment in dict.fromkeys(s.segments.values()) or [None]:
            is_routed = any(
                route.condition is None
                and (route.intents is None or intent in route.intents)
                and (route.clusters is None or cluster is None or cluster in route.clusters)
                and (route.segments is None or segment in route.segments)
                for route in s.routes
            )
            if not is_routed:
                of = f" of cluster {cluster}" if cluster else ""
                of += f" of segment {segment}" if segment else ""
                yield Problem(("intents", intent), f"has no route for contacts{of}, must have one without condition")


def _wanted(s: Scenario) -> Iterator[tuple[str, str | None]]:
    if isinstance(s.demand, CustomerDemand):
        for name, cluster in s.clusters.items():
            asked = {group for group, share in cluster.mix.items() if share > 0}
            yield from ((intent, name) for intent, kind in s.intents.items() if (kind.group or intent) in asked)
    else:
        named = s.demand.rates if isinstance(s.demand, Rates) else s.intents
        yield from ((intent, None) for intent in named if intent in s.intents)


# -- shares ----------------------------------------------------------------------------------------------------------


@_rests_on()
def _shares_sum_to_one(s: Scenario) -> Iterator[Problem]:
    for path, shares in _share_tables(s):
        yield from _sum(path, shares.values())


def _share_tables(s: Scenario) -> Iterator[tuple[Path, Mapping[str, float]]]:
    if isinstance(s.demand, CustomerDemand):
        yield ("demand", "hour_shares"), s.demand.hour_shares
        yield from ((("clusters", name, "mix"), cluster.mix) for name, cluster in s.clusters.items())
        for group in dict.fromkeys(intent.group for intent in s.intents.values() if intent.group):
            yield ("intents", group), {name: kind.share for name, kind in s.intents.items() if kind.group == group}
    yield from ((("shifts", name, "starts"), shift.starts) for name, shift in s.shifts.items())
    yield from ((("groups", name, "primary"), group.primary) for name, group in s.groups.items() if group.primary)
    yield ("abilities", "n_held"), s.abilities.n_held
    if s.migration:
        yield from ((("migration", "moves", name), moves) for name, moves in s.migration.moves.items())
    if s.customers:
        yield ("customers", "tiers"), s.customers.tiers.model_dump()
        yield ("customers", "new_tiers"), s.customers.new_tiers.model_dump()
        yield ("customers", "lives", "orders", "shares"), s.customers.lives.orders.shares
    if s.satisfaction:
        keys = ("waiting_weight", "accuracy_weight", "ability_weight", "courtesy_weight")
        yield ("satisfaction",), {key: getattr(s.satisfaction, key) for key in keys}


# -- hours -----------------------------------------------------------------------------------------------------------


@_rests_on("opening.opens", "opening.closes")
def _opening_lasts(s: Scenario) -> Iterator[Problem]:
    opens, closes = s.opening.opens, s.opening.closes
    if closes <= opens:
        yield Problem(("opening", "closes"), f"is {clock(closes)}, must be after opens, {clock(opens)}")
    if not s.opening.days:
        yield Problem(("opening", "days"), "is empty, must name at least one weekday")


@_rests_on("opening.opens", "opening.closes", "shifts.*.length")
def _shifts_lie_within_opening(s: Scenario) -> Iterator[Problem]:
    """A centre that never closes may have shifts over midnight."""
    opens, closes = s.opening.opens, s.opening.closes
    if closes <= opens:
        return
    is_always_open = opens == 0 and closes == DAY
    hours = f"must lie within the opening hours, {clock(opens)} to {clock(closes)}"
    for name, shift in s.shifts.items():
        if not shift.starts:
            continue
        for text in shift.starts:
            at: Path = ("shifts", name, "starts", text)
            try:
                start = parse_clock(text)
            except ValueError as error:
                yield Problem(at, f"is not a time of day, {error}")
                continue
            end = start + shift.length
            if not is_always_open and (start < opens or end > closes):
                yield Problem(at, f"is a shift from {clock(start)} to {clock(end)}, {hours}")


@_rests_on("demand", "opening.opens", "opening.closes")
def _lists_cover_the_opening(s: Scenario) -> Iterator[Problem]:
    """Lists by period hold a value for each from opening to closing; periods are hours where demand has none."""
    length = s.opening.closes - s.opening.opens
    if length <= 0:
        return
    period = getattr(s.demand, "period", HOUR)
    n_periods = max(math.ceil(length / period - 1e-9), 1)
    hours = f"{clock(s.opening.opens)} to {clock(s.opening.closes)} in periods of {period / 60:g} min"
    for path, values in _period_lists(s):
        if len(values) != n_periods:
            yield Problem(path, f"has {len(values)} values, must have {n_periods} ({hours})")


def _period_lists(s: Scenario) -> Iterator[tuple[Path, list[float] | list[int]]]:
    if isinstance(s.demand, Rates):
        for name, rate in s.demand.rates.items():
            if isinstance(rate, list):
                yield ("demand", "rates", name), rate
    for name, intent in s.intents.items():
        for key in ("talk_factors", "patience_factors"):
            factors = getattr(intent, key)
            if factors is not None:
                yield ("intents", name, key), factors
    for name, group in s.groups.items():
        if group.head_count is not None:
            yield ("groups", name, "head_count"), group.head_count


@_rests_on("run.interval")
def _interval_divides_the_day(s: Scenario) -> Iterator[Problem]:
    steps = DAY / s.run.interval
    if steps < 1 or abs(steps - round(steps)) > TOLERANCE * steps:
        yield Problem(("run", "interval"), f"is {s.run.interval:g} s, must divide a day into equal intervals")


@_rests_on("groups.*.count", "groups.*.head_count")
def _group_hours(s: Scenario) -> Iterator[Problem]:
    for name, group in s.groups.items():
        at: Path = ("groups", name)
        if group.shift is not None and group.head_count is not None:
            yield Problem(at, "has both shift and head_count, must have one of them, or none (always on duty)")
        if any(heads < 0 for heads in group.head_count or []):
            yield Problem((*at, "head_count"), f"is {show(group.head_count)}, must have no number below 0")
        most = max(group.head_count or [0])
        if most > group.count:
            yield Problem((*at, "count"), f"is {group.count}, must be at least {most}, the largest head_count")


# -- parts that need each other --------------------------------------------------------------------------------------


@_rests_on("customers", "demand", "ivr", "churn")
def _parts_go_together(s: Scenario) -> Iterator[Problem]:
    if isinstance(s.demand, CustomerDemand) and s.customers is None:
        yield Problem(("customers",), "is missing, must be given where demand.kind is 'customers'")
    if s.customers is not None:
        churn = s.customers.churn
        if len(churn.tenure_factors) != len(churn.tenure_months):
            given = f"has {len(churn.tenure_factors)} values, must have {len(churn.tenure_months)}"
            yield Problem(("customers", "churn", "tenure_factors"), f"{given}, as many as tenure_months")
    if s.ivr is None:
        for name, intent in s.intents.items():
            if intent.containment > 0:
                yield Problem(("intents", name, "containment"), f"is {intent.containment:g}, must be 0 without [ivr]")
    elif s.ivr.false_containment > 0 and s.ivr.false_delay is None:
        yield Problem(("ivr", "false_delay"), "is missing, must be given where false_containment is above 0")


@_rests_on()
def _factors_are_positive(s: Scenario) -> Iterator[Problem]:
    """Factors on times must be above 0, factors on rates must not be negative."""
    for name, intent in s.intents.items():
        for key in ("talk_factors", "patience_factors"):
            factors = getattr(intent, key) or []
            if any(not factor > 0 for factor in factors):
                yield Problem(("intents", name, key), f"is {show(factors)}, must have only factors above 0")
    for group_name, group in s.groups.items():
        for skill, weight in group.further.items():
            if weight < 0:
                yield Problem(("groups", group_name, "further", skill), f"is {weight:g}, must be at least 0")
    if not isinstance(s.demand, Rates | CustomerDemand):
        return
    for day, factor in s.demand.weekday_factors.items():
        if factor < 0:
            yield Problem(("demand", "weekday_factors", day), f"is {factor:g}, must be at least 0")


@_rests_on("demand", "intents")
def _trace(s: Scenario) -> Iterator[Problem]:
    yield from trace_problems(s)


@_rests_on("routes", "routing", "priorities", "groups", "scale")
def _who_answers_whom(s: Scenario) -> Iterator[Problem]:
    yield from choice_problems(s, {name: held_skills(s, name) for name in s.groups})


@_rests_on("legs", "intents")
def _legs(s: Scenario) -> Iterator[Problem]:
    yield from legs_problems(s, _name)


@_rests_on("control", "groups", "sites", "queues", "routes", "scale")
def _control(s: Scenario) -> Iterator[Problem]:
    yield from control_problems(s)


@_rests_on("waiting", "queues.*.waiting", "opening.opens", "opening.closes", "priorities", "routes", "routing")
def _waiting(s: Scenario) -> Iterator[Problem]:
    yield from waiting_problems(s)


@_rests_on("chat", "intents", "groups", "routes", "routing", "priorities", "demand.kind", "waiting", "control", "legs")
def _chats(s: Scenario) -> Iterator[Problem]:
    yield from chat_problems(s, {name: held_skills(s, name) for name in s.groups})
