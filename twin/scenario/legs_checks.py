"""What must hold of legs: each kind has what it needs and no more, tiers are reached, shares do not pass 1."""

from collections.abc import Iterator

from twin.scenario.channel_schema import DEFERRED
from twin.scenario.legs_schema import Leg, LegShares
from twin.scenario.problems import TOLERANCE, name_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario


def legs_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong with the legs of a scenario."""
    for number, leg in enumerate(s.legs):
        at: Path = ("legs", number)
        yield from name_problems((*at, "queue"), leg.queue, s.queues)
        for place, skill in enumerate(leg.skills):
            yield from name_problems((*at, "skills", place), skill, s.skills)
        for intent in leg.intents or []:
            yield from name_problems((*at, "intents"), intent, s.intents)
        if not leg.skills:
            yield Problem((*at, "skills"), "is empty, must name at least one skill")
        yield from _parts(at, leg)
        yield from _channels(s, at, leg)
        yield from _instants(at, leg)
        if leg.tier > 1 and not any(_leads_to(other, leg) for other in s.legs):
            wanted = f"must be reached by an escalation of tier {leg.tier - 1} of the same intents"
            yield Problem((*at, "tier"), f"is {leg.tier}, {wanted}")
    yield from _shares(s)


def _parts(at: Path, leg: Leg) -> Iterator[Problem]:
    """Keys that some kinds must have and others must not."""
    has_briefing = leg.kind in ("warm_transfer", "consultation")
    for key, value, is_needed in (("limit", leg.limit, leg.stays), ("briefing", leg.briefing, has_briefing)):
        if is_needed and value is None:
            yield Problem((*at, key), f"is missing, must be given where kind is {leg.kind!r}")
        if not is_needed and value is not None:
            yield Problem((*at, key), f"has no meaning where kind is {leg.kind!r}, must be left out")
    for key, value in (("talk", leg.talk), ("wrap", leg.wrap)):
        if leg.kind == "consultation" and value is not None:
            yield Problem((*at, key), "has no meaning where kind is 'consultation', must be left out")
    if leg.unresolved and leg.kind != "escalation":
        yield Problem((*at, "unresolved"), f"is true, must be false where kind is {leg.kind!r}")


def _channels(s: Scenario, at: Path, leg: Leg) -> Iterator[Problem]:
    """Chats have one operator; where nobody is on the telephone, nobody can be kept on hold."""
    for name, intent in s.intents.items():
        if leg.intents is not None and name not in leg.intents:
            continue
        if intent.channel == "chat":
            yield Problem((*at, "intents"), f"covers {name}, a chat, must name others: chats stay with one operator")
        elif intent.channel in DEFERRED and leg.stays:
            told = f"covers {name}, whose channel is {intent.channel!r}, must name others where kind is {leg.kind!r}"
            yield Problem((*at, "intents"), f"{told}: nobody can be kept on hold")


def _instants(at: Path, leg: Leg) -> Iterator[Problem]:
    """When the leg begins, and that something is then left to talk about."""
    if leg.at is not None and leg.after is not None:
        yield Problem((*at, "after"), "is given beside at, must be left out, or at must be")
    if leg.unresolved and leg.kind == "escalation":
        for key in ("at", "after"):
            if getattr(leg, key) is not None:
                yield Problem((*at, key), "has no meaning where unresolved is true: that shows at the end of the talk")
    is_at_end = leg.after is None and leg.part >= 1
    if leg.kind == "consultation":
        if is_at_end:
            yield Problem((*at, "at"), "is 1 (the end of the talk), must be below 1 where kind is 'consultation'")
    elif is_at_end and leg.talk is None:
        yield Problem((*at, "talk"), "is missing, must be given where the leg begins at the end of the talk")


def _leads_to(other: Leg, leg: Leg) -> bool:
    is_shared = other.intents is None or leg.intents is None or bool(set(other.intents) & set(leg.intents))
    return other.kind == "escalation" and other.tier == leg.tier - 1 and is_shared


def _shares(s: Scenario) -> Iterator[Problem]:
    """Of the talks of one intent at one tier, no more than all can take a leg; each mistake is told once."""
    told = set()
    for intent in s.intents:
        for tier in sorted({leg.tier for leg in s.legs}):
            for unresolved in (False, True):
                rows = [
                    number
                    for number, leg in enumerate(s.legs)
                    if (leg.tier, leg.unresolved) == (tier, unresolved)
                    and (leg.intents is None or intent in leg.intents)
                ]
                for match in LegShares.model_fields:
                    total = sum(getattr(s.legs[number].share, match) for number in rows)
                    if total > 1 + TOLERANCE and tuple(rows) not in told:
                        told.add(tuple(rows))
                        text = f"is too much: with the legs before it {total:.4g} of the talks about {intent}"
                        yield Problem(("legs", rows[-1], "share"), f"{text} ({match}), must be at most 1")
