"""What must hold where customers choose a channel: shares, and what each channel needs."""

from collections.abc import Iterator

from twin.scenario.choice_checks import rules_in_use
from twin.scenario.menu_checks import entries_of
from twin.scenario.problems import key_problems, name_problems, sum_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario


def channel_choice_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong."""
    for name, intent in s.intents.items():
        if intent.channel == "web":
            yield Problem(("intents", name, "channel"), "is 'web', must be left out: that is for channels")
    rule = s.channels
    if rule is None:
        return
    at: Path = ("channels",)
    if s.demand.kind != "customers":
        yield Problem(at, f"stands beside demand.kind {s.demand.kind!r}, must stand beside 'customers'")
    yield from sum_problems((*at, "shares"), rule.shares.values())
    yield from key_problems((*at, "by_cluster"), rule.by_cluster, "a cluster", s.clusters)
    for name, shares in rule.by_cluster.items():
        yield from sum_problems((*at, "by_cluster", name), shares.values())
    yield from name_problems((*at, "queue"), rule.queue, s.queues)
    for name in rule.only_phone:
        yield from name_problems((*at, "only_phone"), name, entries_of(s))
    for way in rule.ways:
        yield from _way(s, way)
    for other in _other_rules(s):
        yield Problem(at, f"stands beside {other}, must be one or the other for now")


def _way(s: Scenario, way: str) -> Iterator[Problem]:
    rule = s.channels
    assert rule is not None
    if way == "web":
        if rule.self_care is None:
            yield Problem(("channels", "self_care"), "is missing, must be given where some contacts come by web")
        else:
            yield from key_problems(
                ("channels", "self_care", "by_entry"), rule.self_care.by_entry, "an entry", entries_of(s)
            )
        return
    if way == "phone":
        return
    written = rule.written.get(way)  # type: ignore[call-overload]
    at: Path = ("channels", "written", way)
    if written is None:
        yield Problem(at, f"is missing, must be given where some contacts come by {way}")
    elif way == "chat":
        if s.chat is None:
            yield Problem(at, "is given, must not be so without [chat]")
        if written.answer_by is not None:
            yield Problem((*at, "answer_by"), "is given, must be left out of a chat")
    elif written.answer_by is None:
        yield Problem((*at, "answer_by"), "is missing, must be given")


def _other_rules(s: Scenario) -> Iterator[str]:
    """Rules that do not know yet of work and of numbers that are called."""
    if s.legs:
        yield "legs"
    if s.control is not None:
        yield "control"
    priorities = [*s.priorities.values(), *(route.priority for route in s.routes if route.priority is not None)]
    if any(priority.credit for priority in priorities):
        yield "priorities with a credit"
    yield from rules_in_use(s)
