"""Chats at once in plain words, for `twin show`."""

from typing import TYPE_CHECKING

from twin.scenario.chat_checks import chat_intents
from twin.scenario.words import joined, percent

if TYPE_CHECKING:
    from twin.scenario.schema import Scenario

_PREFERRED = {
    "idle": "A chat goes to an idle operator first, then to the one with fewest chats",
    "busy": "A chat goes to the operator in chats who has fewest, and to an idle one only if nobody else has room",
}


def chat_lines(s: "Scenario") -> list[str]:
    """What the rules of chats say; nothing without chats."""
    if s.chat is None:
        return []
    titles = [s.intents[name].title or name for name in chat_intents(s)]
    own = [f"{group.title or name} {group.chats}" for name, group in s.groups.items() if group.chats is not None]
    others = f" ({joined(own)})" if own else ""
    cost = f"each further one makes all of them {percent(s.chat.slowdown)} longer" if s.chat.slowdown else ""
    return [
        f"{joined(titles)}: an operator has up to {s.chat.at_once} chats at once{others}; "
        f"{cost or 'they do not slow each other down'}.",
        f"{_PREFERRED[s.chat.prefer]}; who is in a chat gets no calls.",
    ]
