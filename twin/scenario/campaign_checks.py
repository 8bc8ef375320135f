"""What must hold of outbound campaigns and of the intents that they are about."""

from collections.abc import Iterator

from twin.scenario.channel_schema import Campaign
from twin.scenario.demand_schema import Rates
from twin.scenario.provenance import Path, Problem, show
from twin.scenario.routing_schema import Route
from twin.scenario.schema import Scenario
from twin.scenario.words import clock


def campaign_problems(s: Scenario) -> Iterator[Problem]:
    """All of them."""
    outbound = [name for name, intent in s.intents.items() if intent.channel == "outbound"]
    for name in outbound:
        intent, at = s.intents[name], ("intents", name)
        if intent.patience is not None:
            yield Problem((*at, "patience"), "is given, must be left out where channel is 'outbound'")
        if intent.containment > 0 or intent.fcr < 1:
            yield Problem(at, "has containment or fcr, must have neither where channel is 'outbound'")
        if isinstance(s.demand, Rates) and name in s.demand.rates:
            yield Problem(("demand", "rates", name), "is of channel 'outbound', must be called by a campaign instead")
    for name, campaign in s.campaigns.items():
        at = ("campaigns", name)
        if campaign.intent not in outbound:
            allowed = f"one of {', '.join(outbound)}" if outbound else "an intent with channel 'outbound'"
            yield Problem((*at, "intent"), f"is {show(campaign.intent)}, must be {allowed}")
        elif not (routes := _routes(s, campaign.intent)):
            yield Problem(
                ("intents", campaign.intent), "has no route for its campaign, must have one without condition"
            )
        elif routes[-1].sites is not None:
            yield Problem(
                ("intents", campaign.intent), "has a route with sites, must have one without for its campaign"
            )
        if campaign.closes <= campaign.opens:
            given = f"is {clock(campaign.closes)}, must be after opens, {clock(campaign.opens)}"
            yield Problem((*at, "closes"), given)
        if isinstance(campaign.reach, list) and len(campaign.reach) != 24:
            yield Problem((*at, "reach"), f"has {len(campaign.reach)} values, must have 24, one for each hour")
        yield from _needs(at, campaign)


def _routes(s: Scenario, intent: str) -> list[Route]:
    """Routes that the campaign's calls may take; the last one does."""
    cluster, segment = next(iter(s.clusters)), next(iter(s.segments.values()), None)
    return [
        route
        for route in s.routes
        if route.condition is None
        and (route.intents is None or intent in route.intents)
        and (route.clusters is None or cluster in route.clusters)
        and (route.segments is None or segment in route.segments)
    ]


def _needs(at: Path, campaign: Campaign) -> Iterator[Problem]:
    """Values that belong to one way of dialling, or to more than one attempt."""
    is_predictive = campaign.mode == "predictive"
    wanted = {
        "preview_time": (campaign.mode == "preview", "mode is 'preview'"),
        "retry_delay": (campaign.attempts > 1, "attempts is above 1"),
        "nuisance_cap": (is_predictive, "mode is 'predictive'"),
        "most_dials": (is_predictive, "mode is 'predictive'"),
    }
    for key, (is_wanted, when) in wanted.items():
        is_given = getattr(campaign, key) is not None
        if is_wanted and not is_given:
            yield Problem((*at, key), f"is missing, must be given where {when}")
        elif is_given and not is_wanted:
            yield Problem((*at, key), f"is given, must be left out unless {when}")
