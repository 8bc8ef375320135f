"""What a scenario refers to must be there: names, free keys that the model knows, and parts that need each other."""

from collections.abc import Iterable, Iterator

from twin.scenario.demand_schema import CustomerDemand, Rates
from twin.scenario.lives_schema import ByTier
from twin.scenario.problems import allowed_names, key_problems, name_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario

TIERS = tuple(ByTier.model_fields)
MATCHES = ("primary", "secondary", "none")


def route_names(s: Scenario) -> Iterator[Problem]:
    for i, route in enumerate(s.routes):
        at: Path = ("routes", i)
        yield from name_problems((*at, "queue"), route.queue, s.queues)
        yield from name_problems((*at, "need"), route.need, s.skills)
        if not route.skills:
            yield Problem((*at, "skills"), "is empty, must name at least one skill")
        for j, choice in enumerate(route.skills):
            yield from name_problems((*at, "skills", j), choice.skill, s.skills)
        lists: tuple[tuple[str, list[str] | None, Iterable[str]], ...] = (
            ("intents", route.intents, s.intents),
            ("clusters", route.clusters, s.clusters),
            ("segments", route.segments, s.segments.values()),
        )
        for key, names, allowed in lists:
            for name in names or []:
                yield from name_problems((*at, key), name, allowed)


def group_names(s: Scenario) -> Iterator[Problem]:
    for name, group in s.groups.items():
        at: Path = ("groups", name)
        yield from name_problems((*at, "site"), group.site, s.sites)
        yield from name_problems((*at, "shift"), group.shift, s.shifts)
        for key in ("skills", "primary", "further"):
            yield from key_problems((*at, key), getattr(group, key), "a skill", s.skills)
    yield from key_problems(("abilities", "absence"), s.abilities.absence, "a site", s.sites)
    for name, skill in s.skills.items():
        if s.migration is not None:
            yield from name_problems(("skills", name, "queue"), skill.queue, s.queues)
        for alike in skill.alike:
            yield from name_problems(("skills", name, "alike"), alike, s.skills)


def demand_names(s: Scenario) -> Iterator[Problem]:
    if isinstance(s.demand, Rates):
        yield from key_problems(("demand", "rates"), s.demand.rates, "an intent", s.intents)
        for day, special in s.demand.weekday_rates.items():
            at = ("demand", "weekday_rates", day)
            yield from key_problems(at, special, "an intent of demand.rates", s.demand.rates)
        if not s.demand.rates:
            yield Problem(("demand", "rates"), "is empty, must give the arrival rate of at least one intent")
    groups = dict.fromkeys(intent.group or name for name, intent in s.intents.items())
    for name, cluster in s.clusters.items():
        yield from key_problems(("clusters", name, "mix"), cluster.mix, "an intent or a group of intents", groups)
    for number, shock in enumerate(getattr(s.demand, "shocks", [])):
        for intent in shock.intents:
            yield from name_problems(("demand", "shocks", str(number), "intents"), intent, [*groups, *s.intents])
    by_segment = s.routing.priority_by == "segment"
    allowed = list(s.segments.values()) if by_segment else list(s.clusters)
    yield from key_problems(("priorities",), s.priorities, f"a {s.routing.priority_by}", allowed)
    yield from key_problems(("segments",), s.segments, "a value tier", TIERS)
    for condition, intents in (s.ivr.menu_first if s.ivr else {}).items():
        for intent in intents:
            yield from name_problems(("ivr", "menu_first", condition), intent, s.intents)
    yield from name_problems(("scale", "size"), s.scale.size, s.scale.sizes)


def migration_names(s: Scenario) -> Iterator[Problem]:
    for name, moves in (s.migration.moves if s.migration else {}).items():
        at: Path = ("migration", "moves", name)
        if name not in s.groups:
            yield Problem(at, f"is not a group, {allowed_names(s.groups, name)}")
        yield from key_problems(at, moves, "a skill", s.skills)


def free_keys(s: Scenario) -> Iterator[Problem]:
    """Keys of tables whose names the schema leaves free, but the model does not."""
    for key in ("proficiency", "fcr", "handle"):
        yield from key_problems(("abilities", key), getattr(s.abilities, key), "a match", MATCHES)
    for key in s.abilities.n_held:
        if not key.isdecimal() or int(key[:9]) < 1:
            yield Problem(("abilities", "n_held", key), 'is not a number of skills, must be "1", "2", "3" ...')
    if isinstance(s.demand, CustomerDemand):
        for key in s.demand.hour_shares:
            if not key.isdecimal() or int(key[:9]) > 23:
                yield Problem(("demand", "hour_shares", key), 'is not an hour, must be from "00" to "23"')


def parts_go_together(s: Scenario) -> Iterator[Problem]:
    if s.ivr is None:
        for name, intent in s.intents.items():
            if intent.containment > 0:
                yield Problem(("intents", name, "containment"), f"is {intent.containment:g}, must be 0 without [ivr]")
    elif s.ivr.false_containment > 0 and s.ivr.false_delay is None:
        yield Problem(("ivr", "false_delay"), "is missing, must be given where false_containment is above 0")
