"""Channels that customers choose, as intents of their own: the same matter by e-mail, letter or chat, or in the web."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from twin.scenario.channel_choice_schema import KERNEL_CHANNEL, ChannelChoice, Way
from twin.scenario.routing_schema import Priority, Reserve, Route
from twin.scenario.schema import Intent, Scenario


def name_of(intent: str, way: Way) -> str:
    """Name of an intent that comes by another channel than the telephone."""
    return f"{intent} by {way}"


def with_channels(scenario: Scenario) -> Scenario:
    """The scenario with an intent, and its routes, for each matter and each channel; itself if all call.

    The new intents belong to the group of the old ones, with a share of 0: needs are drawn among the old ones.
    """
    rule = scenario.channels
    if rule is None or any(intent.channel == "web" for intent in scenario.intents.values()):
        return scenario
    further = [way for way in rule.ways if way != "phone"]
    matters = matters_of(scenario, rule)
    made = {name_of(name, way): _intent(scenario, rule, name, way) for name in matters for way in further}
    routes = [*scenario.routes, *(copy for route in scenario.routes for copy in _routes(rule, route, matters, further))]
    return scenario.model_copy(update={"intents": scenario.intents | made, "routes": routes})


def matters_of(scenario: Scenario, rule: ChannelChoice) -> list[str]:
    """Intents that may come by other channels than the telephone."""
    return [
        name
        for name, intent in scenario.intents.items()
        if intent.channel == "phone" and (intent.group or name) not in rule.only_phone
    ]


def _intent(scenario: Scenario, rule: ChannelChoice, name: str, way: Way) -> Intent:
    matter = scenario.intents[name]
    common: dict[str, Any] = {
        "title": f"{matter.title or name} by {way}",
        "group": matter.group or name,
        "share": 0.0,
        "wrap": None,
        "patience": None,
        "containment": 0.0,
        "talk_factors": None,
        "patience_factors": None,
        "channel": KERNEL_CHANNEL[way],
    }
    if way != "web":
        written = rule.written[way]
        common |= {"talk": written.work, "answer_by": written.answer_by}
    if way == "chat":
        common["patience"] = matter.patience
    return matter.model_copy(update=common)


def _routes(rule: ChannelChoice, route: Route, matters: list[str], further: Sequence[Way]) -> list[Route]:
    """The route once more for written work and self care, and for chats."""
    names = [name for name in matters if route.intents is None or name in route.intents]
    if not names:
        return []
    reserve = Reserve(share=1.0 - rule.occupancy_below, guarantee=f"{rule.guarantee!r} s")  # type: ignore[arg-type]
    written = [name_of(name, way) for name in names for way in further if way != "chat"]
    chats = [name_of(name, "chat") for name in names if "chat" in further]
    changes: list[dict[str, Any]] = [
        {"intents": written, "queue": rule.queue, "priority": Priority(reserve=reserve)},
        {"intents": chats, "queue": rule.queue},
    ]
    return [route.model_copy(update=change) for change in changes if change["intents"]]


def self_care_entries(scenario: Scenario, names: list[str], laws: Any, entries: np.ndarray) -> None:
    """Tell the ENTRY rows of sessions of self care how long they last, how often in vain, and what follows."""
    rule = scenario.channels
    if rule is None or rule.self_care is None:
        return
    care = rule.self_care
    for name in matters_of(scenario, rule):
        session = name_of(name, "web")
        if session not in names:
            continue
        row = entries[names.index(session)]
        success = care.by_entry.get(scenario.intents[name].group or name, care.success)
        row["false_share"], row["false_law"] = 1.0 - success, laws.row(care.fallback_delay)
        row["session_law"], row["fallback"] = laws.row(care.session), names.index(name)
