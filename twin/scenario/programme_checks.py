"""What must hold of self service at night, improvement, knowledge, profiles and interviews."""

from collections.abc import Iterator

from twin.scenario.demand_schema import Volume
from twin.scenario.problems import name_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario
from twin.scenario.words import clock

BY_VOLUME = ("self_service", "improvement", "knowledge", "profiles", "interviews")


def programme_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong."""
    for name in BY_VOLUME:
        if getattr(s, name) is not None and not isinstance(s.demand, Volume):
            yield Problem((name,), f"stands beside demand.kind {s.demand.kind!r}, must stand beside 'volume'")
    if s.self_service is not None:
        yield from _self_service(s)
    if s.improvement is not None:
        yield from _improvement(s)
    if s.interviews is not None and s.satisfaction is None:
        yield Problem(("interviews",), "asks for satisfaction, must stand beside [satisfaction]")
    yield from _campaigns(s)


def _self_service(s: Scenario) -> Iterator[Problem]:
    rule, at = s.self_service, ("self_service",)
    assert rule is not None
    if s.ivr is None:
        yield Problem(at, "is given, must stand beside [ivr]: the menu is what serves")
    elif all(intent.containment == 0 for intent in s.intents.values()):
        yield Problem(at, "serves nobody, must stand beside an intent with containment above 0")
    if rule.closes <= rule.opens:
        text = f"is {clock(rule.closes)}, must be after opens, {clock(rule.opens)}"
        yield Problem((*at, "closes"), text)
    if s.opening.closing == "cut" or s.limits.trunks is not None:
        what = "limits.trunks" if s.limits.trunks is not None else "opening.closing 'cut'"
        yield Problem(at, f"stands beside {what}, must be one or the other")


def _improvement(s: Scenario) -> Iterator[Problem]:
    assert s.improvement is not None
    if isinstance(s.demand, Volume):
        for place, name in enumerate(s.improvement.first):
            yield from name_problems(("improvement", "first", place), name, s.demand.mix)


def _campaigns(s: Scenario) -> Iterator[Problem]:
    for name, campaign in s.campaigns.items():
        at: Path = ("campaigns", name)
        if campaign.redemption is None and campaign.learnt > 0:
            yield Problem((*at, "learnt"), f"is {campaign.learnt:g}, must be 0 without redemption")
        if campaign.redemption is not None and campaign.redemption + campaign.learnt > 1:
            text = f"is {campaign.learnt:g}, must be at most {1 - campaign.redemption:g}, what redemption leaves"
            yield Problem((*at, "learnt"), text)
