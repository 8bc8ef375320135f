"""Which channel each need takes: a pure function of the customer's cluster, whether he is digital, and chance."""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.jit import entry
from twin.scenario.channel_choice_schema import Way
from twin.scenario.schema import Scenario
from twin.world.channel_choice import matters_of, name_of
from twin.world.names import Names


@entry
def choose_channels(seed, who, clusters, is_digital, shares, channels):
    """Write the channel of each need, a column of `shares`.

    Parameters
    ----------
    who : (n,) uint64
        Keys of the needs' chance.
    clusters : (n,) integer
    is_digital : (n,) bool
    shares : (clusters, 2, channels) float64
        Cumulated; the second row of each cluster holds for digital customers.
    channels : (n,) int8
        Written.
    """
    n_channels = shares.shape[2]
    for i in range(len(who)):
        level, _ = uniforms(seed, Purpose.CHANNEL, who[i], 0)
        row = 1 if is_digital[i] else 0
        channel = 0
        while channel < n_channels - 1 and level >= shares[clusters[i], row, channel]:
            channel += 1
        channels[i] = channel


def channel_shares(scenario: Scenario, names: Names, ways: list[Way]) -> np.ndarray:
    """Cumulated shares (clusters, not digital and digital, channels)."""
    rule = scenario.channels
    assert rule is not None
    table = np.zeros((len(names.clusters), 2, len(ways)))
    for row, cluster in zip(table, names.clusters, strict=True):
        shares = rule.by_cluster.get(cluster, rule.shares)
        row[:] = [shares.get(way, 0.0) for way in ways]
        if rule.digital_shift > 0:
            moved = row[1, ways.index("phone")] * rule.digital_shift
            row[1, ways.index("phone")] -= moved
            row[1, ways.index("web")] += moved
    return np.cumsum(table, axis=2)


class ChannelRule:
    """The scenario's rule as tables, applied to the arrivals of a day (the scenario: `with_channels`)."""

    def __init__(self, scenario: Scenario, names: Names, seed: int):
        rule = scenario.channels
        assert rule is not None
        self.seed = np.uint64(seed)
        ways = rule.ways
        self.shares = channel_shares(scenario, names, ways)
        self.intents = np.tile(np.arange(len(names.intents), dtype=np.int16)[:, None], len(ways))
        for name in matters_of(scenario, rule):
            for column, way in enumerate(ways):
                if way != "phone":
                    self.intents[names.intents.index(name), column] = names.intents.index(name_of(name, way))

    def apply(self, arrivals: np.ndarray, is_digital: np.ndarray) -> None:
        """Give each arrival the intent of its matter by the channel that its customer chooses."""
        channels = np.zeros(len(arrivals), np.int8)
        who = np.ascontiguousarray(arrivals["who"])
        choose_channels(self.seed, who, np.ascontiguousarray(arrivals["cluster"]), is_digital, self.shares, channels)
        arrivals["intent"] = self.intents[arrivals["intent"], channels]
