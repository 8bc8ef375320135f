"""What must hold where there are chats: parts that need each other, and rules that do not know chats yet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from twin.scenario.answer_checks import held_skills
from twin.scenario.choice_checks import rules_in_use
from twin.scenario.provenance import Path, Problem

if TYPE_CHECKING:
    from twin.scenario.routing_schema import Priority
    from twin.scenario.schema import Scenario


def chat_intents(s: "Scenario") -> list[str]:
    """Intents whose contacts are chats."""
    return [name for name, intent in s.intents.items() if intent.channel == "chat"]


def chat_problems(s: "Scenario") -> Iterator[Problem]:
    """All that is wrong."""
    names = chat_intents(s)
    if s.chat is None:
        for name in names:
            yield Problem(("intents", name, "channel"), "is 'chat', must not be so without [chat]")
        for name, group in s.groups.items():
            if group.chats is not None:
                yield Problem(("groups", name, "chats"), f"is {group.chats}, must not be given without [chat]")
        return
    if not names:
        yield Problem(("chat",), "is given, but no intent is a chat, must stand beside one with channel 'chat'")
        return
    for name in names:
        yield from _intent(s, name)
    for other in _other_rules(s):
        yield Problem(("chat",), f"stands beside {other}, must be one or the other for now")
    yield from _queues(s, names)
    yield from _groups(s, names)


def _intent(s: "Scenario", name: str) -> Iterator[Problem]:
    at: Path = ("intents", name)
    if s.intents[name].wrap is not None:
        yield Problem((*at, "wrap"), "is given for a chat, must be left out: what is written up is part of its talk")
    if s.intents[name].containment > 0:
        given = f"is {s.intents[name].containment:g}"
        yield Problem((*at, "containment"), f"{given}, must be 0 for a chat, which does not go through the IVR")


def _other_rules(s: "Scenario") -> Iterator[str]:
    """Rules that take each operator to have one contact, or count operators by what they do."""
    if s.demand.kind == "trace":
        yield "a trace, whose lengths were not those of chats alone"
    if s.routing.owner_wait is not None:
        yield "routing.owner_wait"
    stages = [stage for route in s.routes for stage in route.stages or s.routing.stages]
    if any(stage.expected_wait is not None for stage in stages):
        yield "stages with expected_wait"
    priorities = list(_priorities(s))
    if any(priority.reserve is not None for priority in priorities):
        yield "priorities with a reserve"
    if any(priority.credit for priority in priorities):
        yield "priorities with a credit"
    yield from rules_in_use(s)


def _priorities(s: "Scenario") -> "Iterator[Priority]":
    yield from s.priorities.values()
    yield from (route.priority for route in s.routes if route.priority is not None)


def _queues(s: "Scenario", names: list[str]) -> Iterator[Problem]:
    """Nobody tells who chats of a wait, or calls him back."""
    for name in dict.fromkeys(queue for intent in names for queue in _queues_of(s, intent)):
        rules = s.queues[name].waiting or s.waiting if name in s.queues else None
        if rules is not None and any(getattr(rules, key) for key in ("call_back", "announcement", "message")):
            told = (
                "has rules of waiting and a route for chats, must have a queue of its own for them, with waiting = {}"
            )
            yield Problem(("queues", name), told)


def _queues_of(s: "Scenario", intent: str) -> Iterator[str]:
    """Queues in which contacts of the intent may stand: of the last route that takes all of them, and those behind."""
    for route in reversed(s.routes):
        if route.intents is None or intent in route.intents:
            yield route.queue
            if route.clusters is None and route.segments is None and route.condition is None:
                return


def _groups(s: "Scenario", names: list[str]) -> Iterator[Problem]:
    """Who may have chats does not leave by a head count: one with room might never be free. Others have no chats."""
    taken = {
        choice.skill
        for route in s.routes
        if route.intents is None or set(route.intents) & set(names)
        for choice in route.skills
    }
    for name, group in s.groups.items():
        may_chat = bool(held_skills(s, name) & taken)
        if may_chat and group.head_count is not None:
            told = "is given for operators who may answer chats, must be left out, with a shift or none in its place"
            yield Problem(("groups", name, "head_count"), told)
        if not may_chat and group.chats is not None:
            told = f"is {group.chats}, must be left out, for the group has no skill of a route for chats"
            yield Problem(("groups", name, "chats"), told)
