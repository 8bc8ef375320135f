"""Arrivals at given rates: a Poisson process of unit rate, its time stretched by the cumulated rate (time change)."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.jit import compiled


@compiled
def poisson_instants(seed, who, edges, cumulated, instants):
    """Write the instants of one day's arrivals into `instants`; returns how many there are, also beyond its length.

    Parameters
    ----------
    who : uint64
        Key of the stream (day and intent).
    edges : (n + 1,) float64
        Ends of the periods [s].
    cumulated : (n + 1,) float64
        Expected arrivals up to each edge, from 0.
    """
    level, period, n = 0.0, 0, 0
    total = cumulated[-1]
    while True:
        pair = uniforms(seed, Purpose.ARRIVAL, who, n >> 1)
        level -= math.log(1.0 - (pair[1] if n & 1 else pair[0]))
        if level >= total:
            return n
        while cumulated[period + 1] <= level:
            period += 1
        if n < len(instants):
            share = (level - cumulated[period]) / (cumulated[period + 1] - cumulated[period])
            instants[n] = edges[period] + share * (edges[period + 1] - edges[period])
        n += 1


@compiled
def fill_arrivals(arrivals, order, instants, intents, who):
    """Rows of ARRIVAL in order of time; `who` is the key of each instant's contact."""
    for row in range(len(order)):
        source = order[row]
        arrivals[row].at = instants[source]
        arrivals[row].who = who[source]
        arrivals[row].customer = -1
        arrivals[row].intent = intents[source]
        arrivals[row].cluster = 0
        arrivals[row].segment = 0
        arrivals[row].condition = 0
        arrivals[row].talk_time = np.nan
