"""A daily volume in words, for `twin show`."""

from typing import TYPE_CHECKING

from twin.scenario.demand_schema import Volume
from twin.scenario.words import clock, duration, joined, percent

if TYPE_CHECKING:
    from twin.scenario.schema import Scenario


def volume_lines(s: "Scenario", demand: Volume) -> list[str]:
    """How many make contact, about what, and when."""
    n = demand.a_day * s.factor
    lines = [f"{n:,.0f} contacts on an ordinary day, before redials and recalls."]
    if demand.customers is not None:
        lines.append(f"They come from {demand.customers * s.factor:,.0f} customers.")
    if demand.entry is not None:
        at_first, within = percent(demand.entry.share), duration(demand.entry.full_after)
        lines.append(f"On the first day {at_first} of them are there; the others come within {within}.")
    titles = [f"{s.intents[name].title or name} {percent(share)}" for name, share in demand.mix.items()]
    lines.append(f"They are about {joined(titles)}.")
    if demand.clusters:
        lines.append(f"They come from {joined([f'{name} {percent(of)}' for name, of in demand.clusters.items()])}.")
    hour, share = max(demand.hour_shares.items(), key=lambda item: item[1])
    lines.append(f"The busiest hour begins at {hour}:00, with {percent(share)} of the day, {n * share:,.0f} contacts.")
    for name, area in demand.areas.items():
        hours = f"{clock(area.opens)} to {clock(area.closes)}"
        lines.append(f"{area.title or name}: {joined(area.intents)} only from {hours}.")
    return lines
