"""The choice of the channel in plain words, for `twin show`."""

from collections.abc import Mapping

from twin.scenario.channel_choice_schema import Way
from twin.scenario.schema import Scenario
from twin.scenario.words import duration, joined, law, percent


def channel_choice_lines(s: Scenario) -> list[str]:
    """Sentences about the channels that customers choose; nothing if all call."""
    rule = s.channels
    if rule is None:
        return []
    lines = [f"Needs come by {_shares(rule.shares)}."]
    lines += [f"Those of {s.clusters[name].title or name}: {_shares(of)}." for name, of in rule.by_cluster.items()]
    if rule.digital_shift:
        lines.append(f"A digital customer takes {percent(rule.digital_shift)} of the calls to the web.")
    if rule.only_phone:
        lines.append(f"{joined(rule.only_phone)}: by telephone only.")
    for way, written in rule.written.items():
        due = f", due within {duration(written.answer_by)}" if written.answer_by is not None else ""
        lines.append(f"By {way}: work {law(written.work)}{due}.")
    if rule.self_care is not None:
        success = percent(rule.self_care.success)
        later = law(rule.self_care.fallback_delay)
        lines.append(f"Self care settles {success} of what is tried there; the others call after a time, {later}.")
    return lines


def _shares(of: Mapping[Way, float]) -> str:
    return joined([f"{way} {percent(share)}" for way, share in of.items() if share > 0])
