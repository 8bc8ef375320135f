"""What must hold of a daily volume, and of the clusters of contacts that come at given rates."""

from collections.abc import Iterator

from twin.scenario.demand_schema import Area, Rates, Volume
from twin.scenario.problems import key_problems, name_problems, sum_problems
from twin.scenario.provenance import Path, Problem
from twin.scenario.schema import Scenario
from twin.scenario.words import clock

HOUR = 3600.0


def volume_problems(s: Scenario) -> Iterator[Problem]:
    """All that is wrong."""
    demand = s.demand
    if not isinstance(demand, Rates | Volume):
        return
    if demand.clusters:
        yield from key_problems(("demand", "clusters"), demand.clusters, "a cluster", s.clusters)
        yield from sum_problems(("demand", "clusters"), demand.clusters.values())
    if not isinstance(demand, Volume):
        return
    yield from key_problems(("demand", "mix"), demand.mix, "an intent", s.intents)
    yield from sum_problems(("demand", "mix"), demand.mix.values())
    yield from sum_problems(("demand", "hour_shares"), demand.hour_shares.values())
    for name in demand.mix:
        if name in s.intents and s.intents[name].channel == "outbound":
            yield Problem(("demand", "mix", name), "is called by the centre, must be left out")
    for key, share in demand.hour_shares.items():
        yield from _hour(s, ("demand", "hour_shares", key), key, share)
    known: set[str] = set()
    for name, area in demand.areas.items():
        yield from _area(s, demand, ("demand", "areas", name), area)
        for intent in known & set(area.intents):
            yield Problem(("demand", "areas", name, "intents"), f"has {intent!r}, must not stand in two areas")
        known |= set(area.intents)


def _area(s: Scenario, demand: Volume, at: Path, area: Area) -> Iterator[Problem]:
    for intent in area.intents:
        yield from name_problems((*at, "intents"), intent, demand.mix)
    hours = f"{clock(area.opens)} to {clock(area.closes)}"
    if not s.opening.opens <= area.opens < area.closes <= s.opening.closes:
        whole = f"{clock(s.opening.opens)} to {clock(s.opening.closes)}"
        yield Problem(at, f"is open from {hours}, must be so within the opening hours, {whole}")
    elif not any(
        share > 0 and area.opens < (int(key) + 1) * HOUR and int(key) * HOUR < area.closes
        for key, share in demand.hour_shares.items()
        if key.isdecimal()
    ):
        yield Problem(at, f"is open from {hours}, must be so in an hour with a share above 0")


def _hour(s: Scenario, at: Path, key: str, share: float) -> Iterator[Problem]:
    if not key.isdecimal() or int(key[:9]) > 23:
        yield Problem(at, 'is not an hour, must be from "00" to "23"')
        return
    begins = int(key) * HOUR
    if share < 0:
        yield Problem(at, f"is {share:g}, must be at least 0")
    if share > 0 and (begins + HOUR <= s.opening.opens or begins >= s.opening.closes):
        hours = f"{clock(s.opening.opens)} to {clock(s.opening.closes)}"
        yield Problem(at, f"is {share:g}, must be 0 outside the opening hours, {hours}")
