"""What must hold of channels other than the telephone."""

from collections.abc import Iterator

from twin.scenario.campaign_checks import campaign_problems
from twin.scenario.channel_schema import DEFERRED
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Intent, Scenario


def channel_problems(s: Scenario) -> Iterator[Problem]:
    """All of them, campaigns included."""
    yield from campaign_problems(s)
    for name, intent in s.intents.items():
        at: Path = ("intents", name)
        if intent.channel in DEFERRED:
            if intent.answer_by is None:
                yield Problem((*at, "answer_by"), f"is missing, must be given where channel is '{intent.channel}'")
            if intent.patience is not None:
                yield Problem((*at, "patience"), f"is given, must be left out where channel is '{intent.channel}'")
            if intent.containment > 0:
                given = f"is {intent.containment:g}, must be 0"
                yield Problem((*at, "containment"), f"{given} where channel is '{intent.channel}': there is no menu")
            yield from _interruption(s, at, intent)
        else:
            stated = {
                "answer_by": intent.answer_by,
                "interruptible": intent.interruptible,
                "resume_time": intent.resume_time,
            }
            for key, value in stated.items():
                if value:
                    allowed = ", ".join(DEFERRED)
                    yield Problem((*at, key), f"is given, must be left out unless channel is one of {allowed}")


def _interruption(s: Scenario, at: Path, intent: Intent) -> Iterator[Problem]:
    if intent.resume_time > 0 and not intent.interruptible:
        yield Problem((*at, "resume_time"), f"is {intent.resume_time:g} s, must be 0 s unless interruptible is true")
    if intent.interruptible and s.blending.deferred == "by_rank":
        given = "is true, must be false where blending.deferred is 'by_rank'"
        yield Problem((*at, "interruptible"), f"{given}: live contacts do not go first there")
