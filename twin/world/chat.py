"""Chats at once as the kernel's rows: who may have how many, and which lines hold them."""

from typing import Any

import numpy as np

from twin.kernel.rule_tables import CHATTER, ROOM, SLOT
from twin.scenario.schema import Scenario


def build_chats(
    scenario: Scenario, lines: Any, operators: Any, n_pools: int, line_mask: np.ndarray, primary_mask: np.ndarray
) -> dict[str, np.ndarray]:
    """Tables of the world that only chats need."""
    rule = scenario.chat
    chatters = np.zeros(1 if rule is None else len(operators), CHATTER).view(np.recarray)
    if rule is not None:
        mosts = [rule.at_once if group.chats is None else group.chats for group in scenario.groups.values()]
        chatters.most = np.array(mosts, np.int32)[operators.group]
        chatters.first_slot = np.cumsum(chatters.most) - chatters.most
    slots = np.zeros(max(int(chatters.most.sum()), 1), SLOT).view(np.recarray)
    slots.contact = -1
    rooms = np.full((n_pools, 2), -1, np.int32).view(ROOM).reshape(n_pools).view(np.recarray)
    return {"chatters": chatters, "slots": slots, "rooms": rooms, **chat_masks(lines, line_mask, primary_mask)}


def chat_masks(lines: Any, line_mask: np.ndarray, primary_mask: np.ndarray) -> dict[str, np.ndarray]:
    """Of the lines that each profile may answer, those of chats, as bit masks."""
    flags = np.zeros(64 * line_mask.shape[1], bool)
    flags[: len(lines)] = lines["is_chat"]
    is_chat = np.packbits(flags, bitorder="little").view(np.uint64)
    return {"chat_mask": line_mask & is_chat, "primary_chat_mask": primary_mask & is_chat}


def pace(scenario: Scenario) -> float:
    """Time between two chats that one operator ends, over the length of a chat alone, with as many as he may have."""
    if scenario.chat is None:
        return 1.0
    n = scenario.chat.at_once
    return (1.0 + scenario.chat.slowdown * (n - 1)) / n


def chat_options(scenario: Scenario, options: Any) -> None:
    """Which of these rules the scenario uses."""
    if scenario.chat is not None:
        options.has_chats = True
        options.prefers_busy = scenario.chat.prefer == "busy"
        options.chat_slowdown = scenario.chat.slowdown
