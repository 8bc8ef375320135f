"""Channels and blending in plain words, for `twin show`."""

from twin.scenario.channel_schema import DEFERRED
from twin.scenario.schema import Scenario
from twin.scenario.words import clock, duration, joined, law, percent


def channel_lines(s: Scenario) -> list[str]:
    """Sentences about what does not come by telephone."""
    deferred = {name: intent for name, intent in s.intents.items() if intent.channel in DEFERRED}
    lines = []
    for name, intent in deferred.items():
        due = f", due within {duration(intent.answer_by)}" if intent.answer_by is not None else ""
        by = "is done at the desk" if intent.channel == "desk" else f"comes by {intent.channel}"
        again = f"; taking it up again costs {duration(intent.resume_time)}" if intent.resume_time else ""
        lines.append(f"{intent.title or name} {by}{due}{again}.")
    if deferred:
        names = joined([intent.title or name for name, intent in deferred.items()])
        when = (
            "when no live contact waits for an operator"
            if s.blending.deferred == "after_live"
            else "in order of priority, among the calls"
        )
        lines.append(f"Work on {names} is taken up {when}.")
    interruptible = [intent.title or name for name, intent in deferred.items() if intent.interruptible]
    if interruptible:
        by = "whoever has time first" if s.blending.resumed_by == "anyone" else "the same operator"
        lines.append(f"Work on {joined(interruptible)} is put down for a live contact and resumed by {by}.")
    for campaign in s.campaigns.values():
        title = s.intents[campaign.intent].title or campaign.intent
        hours = f"{clock(campaign.opens)} to {clock(campaign.closes)}"
        tries = f"each up to {campaign.attempts} times" if campaign.attempts > 1 else "each once"
        lines.append(f"{campaign.count} numbers are called about {title} ({campaign.mode}), {hours}, {tries}.")
        lines.append(f"It rings {law(campaign.ring_time)}; {_reach(campaign.reach)} of the dials are answered.")
        if campaign.nuisance_cap is not None:
            lines.append(f"The pace aims at no more than {percent(campaign.nuisance_cap)} nuisance calls.")
        if campaign.keep_idle:
            lines.append(f"Meanwhile {campaign.keep_idle} idle operators are kept for other contacts.")
    return lines


def _reach(of: float | list[float]) -> str:
    if isinstance(of, list):
        return f"{percent(min(of))} to {percent(max(of))}, by the hour,"
    return percent(of)
