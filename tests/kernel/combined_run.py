"""The small run of all channels with legs and the day's control, or chats, beside them: run in other modes."""

import sys

import numpy as np
from channels_run import centre
from small_run import digest

from twin.model import CallCentre
from twin.scenario.chat_schema import Chat
from twin.scenario.control_schema import Control
from twin.scenario.legs_schema import Leg
from twin.scenario.routing_schema import Route
from twin.scenario.schema import Intent, Queue

CONTROL = {
    "wrap": {"over": {"waiting": 0.3}, "factor": 0.3, "interrupt": True},
    "breaks": {"over": {"expected_wait": "1 min"}, "limit": "10 min"},
    "loan_rules": [
        {"group": "desk", "skills": {"a": "secondary"}, "count": 1, "queue": "calls", "above": "20 s", "below": "5 s"}
    ],
    "outages": [{"what": "site", "site": "in-house", "calls": "lost", "at": "09:10", "length": "4 min"}],
    "overtime": {"over": {"waiting": 0.5}, "at_most": "10 min"},
    "campaign_pauses": [{"queue": "calls", "waiting_above": 3, "waiting_down_to": 1}],
}
LEGS = [
    {"kind": "transfer", "intents": ["call", "sales"], "share": 0.3, "skills": ["b"], "at": 0.5},
    {"kind": "transfer", "intents": ["letter", "mail"], "share": 0.3, "skills": ["a"], "at": 0.5},
]


def combined(has_chats):
    """With chats: they have a queue of their own, and nobody is kept back for calls."""
    base = centre("same")
    legs = [Leg.model_validate(leg) for leg in LEGS]
    base = base.model_copy(update={"control": Control.model_validate(CONTROL), "legs": legs})
    if not has_chats:
        return base
    talk = {"law": "exponential", "mean": "90 s"}
    chat = {"talk": talk, "channel": "chat", "patience": talk}
    changes = {
        "chat": Chat.model_validate({"at_once": 3, "slowdown": 0.4}),
        "intents": base.intents | {"chat": Intent.model_validate(chat)},
        "queues": base.queues | {"talks": Queue()},
        "routes": [*base.routes, Route.model_validate({"queue": "talks", "intents": ["chat"], "skills": ["b"]})],
        "priorities": {},
        "demand": base.demand.model_copy(update={"rates": base.demand.rates | {"chat": 60 / 3600}}),
    }
    return base.model_copy(update=changes)


def run(has_chats=False):
    model = CallCentre(combined(has_chats), seed=11, recording=True)
    model.run()
    model.close()
    return np.concatenate(model.records), model.world.tallies


def line(has_chats):
    records, tallies = run(has_chats)
    return f"{len(records)} {digest(records, tallies)}\n"


if __name__ == "__main__":
    sys.stdout.write("".join(line(has_chats) for has_chats in (False, True)))
