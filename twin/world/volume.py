"""A daily volume as rates by intent and hour, and the clusters of contacts that come at rates."""

import numpy as np

from twin.scenario.demand_schema import Rates, Volume
from twin.scenario.schema import Scenario
from twin.world.names import Names

HOUR = 3600.0
PERIOD = 900.0


def with_rates(scenario: Scenario) -> Scenario:
    """The same scenario with its daily volume written as rates; unchanged where it states no volume."""
    if not isinstance(scenario.demand, Volume):
        return scenario
    return scenario.model_copy(update={"demand": rates_of(scenario, scenario.demand)})


def rates_of(scenario: Scenario, demand: Volume) -> Rates:
    """Rates a second, for each intent and quarter hour."""
    hours = {name: (area.opens, area.closes) for area in demand.areas.values() for name in area.intents}
    usual = (scenario.opening.opens, scenario.opening.closes)
    a_day = demand.a_day * scenario.factor
    return Rates.model_construct(
        kind="rates",
        period=PERIOD,
        rates={
            name: (a_day * share * _densities(scenario, demand, *hours.get(name, usual))).tolist()
            for name, share in demand.mix.items()
            if share > 0
        },
        noise=demand.noise,
        weekday_factors=demand.weekday_factors,
        shared_day_factor=True,
        clusters=demand.clusters,
    )


def _densities(scenario: Scenario, demand: Volume, opens: float, closes: float) -> np.ndarray:
    """Share of the day's contacts a second, by quarter hour of the opening; all of them come within these hours."""
    edges = np.append(np.arange(scenario.opening.opens, scenario.opening.closes, PERIOD), scenario.opening.closes)
    shares = np.zeros(len(edges) - 1)
    for key, share in demand.hour_shares.items():
        begins, ends = max(int(key) * HOUR, opens), min((int(key) + 1) * HOUR, closes)
        if share > 0 and ends > begins:
            within = np.minimum(edges[1:], ends) - np.maximum(edges[:-1], begins)
            shares += share * np.maximum(within, 0.0) / (ends - begins)
    return shares / shares.sum() / np.diff(edges)


def cluster_shares(demand: Rates, names: Names) -> tuple[np.ndarray, np.ndarray]:
    """Clusters of the contacts, and the share of contacts up to each but the last one; none if all are of the first."""
    clusters = np.array([names.clusters.index(name) for name in demand.clusters], np.int8)
    return clusters, np.cumsum(list(demand.clusters.values()))[:-1]
