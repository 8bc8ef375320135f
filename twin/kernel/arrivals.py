"""Arrivals at given rates: a Poisson process of unit rate, its time stretched by the cumulated rate (time change)."""

import numpy as np

from twin.kernel.chance import pair_of
from twin.kernel.codes import Purpose
from twin.kernel.jit import entry, inlined
from twin.kernel.logarithm import log_of

GAP_BLOCKS = 32
"""Pairs of gaps between arrivals drawn together."""
SPAN_ROWS = 4096
"""Rows of ARRIVAL that are put in order together: 128 kB, what a processor's second cache holds."""


@entry
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
    n, block, level, period = 0, 0, 0.0, -1
    below = above = begin = length = 0.0  # of the period: cumulated at its ends, first instant, length
    gaps = np.empty((2, GAP_BLOCKS))
    while True:
        for i in range(GAP_BLOCKS):
            first, second = pair_of(seed, Purpose.ARRIVAL, who, block + i)
            gaps[0, i], gaps[1, i] = -log_of(1.0 - first), -log_of(1.0 - second)
        block += GAP_BLOCKS
        for which in range(2 * GAP_BLOCKS):
            level += gaps[which & 1, which >> 1]
            if level >= cumulated[-1]:
                return n
            if level >= above:
                while cumulated[period + 1] <= level:
                    period += 1
                below, above = cumulated[period], cumulated[period + 1]
                begin, length = edges[period], edges[period + 1] - edges[period]
            if n < len(instants):
                instants[n] = begin + (level - below) / (above - below) * length
            n += 1


@entry
def merge_streams(arrivals, instants, next_up, ends, intents, keys, slots):
    """Rows of ARRIVAL in order of time, from streams each in order of time; at equal instants the first stream leads.

    The day is cut into spans of some thousand rows, which stay in the processor's cache; in each, rows go to the bucket
    of their instant, one row in a bucket on average, and the few out of order there are put right.

    Parameters
    ----------
    arrivals : (n,) ARRIVAL
    instants : (>= n,) float64
        Those of the first stream, then those of the second ...
    next_up, ends : (streams,) int64
        Where in `instants` each stream begins and ends; `next_up` is used up.
    intents : (streams,) int64
    keys : (streams,) uint64
        `who` of the first contact of each stream, the next ones count up; used up.
    slots : (n + 1,) int32
        Work space.
    """
    if len(ends) == 1:
        for row in range(len(arrivals)):
            _write_row(arrivals, row, instants[next_up[0] + row], keys[0] + np.uint64(row), intents[0])
        return
    first_at, last_at = np.inf, -np.inf
    for stream in range(len(ends)):
        if ends[stream] > next_up[stream]:
            first_at = min(first_at, instants[next_up[stream]])
            last_at = max(last_at, instants[ends[stream] - 1])
    n_spans = len(arrivals) // SPAN_ROWS + 1
    begin, row = first_at, 0
    for span in range(1, n_spans + 1):
        end = first_at + span * (last_at - first_at) / n_spans if span < n_spans else last_at
        row = _merge_span(arrivals, row, instants, next_up, ends, intents, keys, slots, begin, end)
        begin = end


@entry
def _merge_span(arrivals, first_row, instants, next_up, ends, intents, keys, slots, begin, end):
    """Rows from `first_row` on for what the streams hold up to `end`; returns the row after the last one."""
    n = 0
    for stream in range(len(ends)):
        source = next_up[stream]
        while source < ends[stream] and instants[source] <= end:
            source += 1
        n += source - next_up[stream]
    scale = (n - 1) / (end - begin) if end > begin else 0.0  # buckets a second
    slots[: n + 1] = 0
    for stream in range(len(ends)):
        source = next_up[stream]
        while source < ends[stream] and instants[source] <= end:
            slots[int((instants[source] - begin) * scale) + 1] += 1
            source += 1
    slots[0] = first_row
    for bucket in range(n):
        slots[bucket + 1] += slots[bucket]
    for stream in range(len(ends)):
        source, who, intent = next_up[stream], keys[stream], intents[stream]
        while source < ends[stream] and instants[source] <= end:
            at = instants[source]
            bucket = int((at - begin) * scale)
            _write_row(arrivals, slots[bucket], at, who, intent)
            slots[bucket] += 1
            source += 1
            who += np.uint64(1)
        next_up[stream], keys[stream] = source, who
    _order_neighbours(arrivals, first_row, first_row + n)
    return first_row + n


@inlined
def _write_row(arrivals, row, at, who, intent):
    """An arrival of somebody we do not know."""
    arrivals[row].at = at
    arrivals[row].who = who
    arrivals[row].customer = -1
    arrivals[row].intent = intent
    arrivals[row].cluster = 0
    arrivals[row].segment = 0
    arrivals[row].condition = 0
    arrivals[row].talk_time = np.nan


@inlined
def _order_neighbours(arrivals, first, end):
    """Insertion sort of rows that differ in nothing but `at`, `who` and `intent`."""
    for row in range(first + 1, end):
        at = arrivals[row].at
        if arrivals[row - 1].at <= at:
            continue
        who, intent = arrivals[row].who, arrivals[row].intent
        place = row
        while place > first and arrivals[place - 1].at > at:
            arrivals[place].at = arrivals[place - 1].at
            arrivals[place].who = arrivals[place - 1].who
            arrivals[place].intent = arrivals[place - 1].intent
            place -= 1
        arrivals[place].at, arrivals[place].who, arrivals[place].intent = at, who, intent
