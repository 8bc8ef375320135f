"""From needs to contacts: when, why and under which condition each customer makes contact today."""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Phase as ContactPhase
from twin.kernel.codes import Purpose
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack, prefetch
from twin.people.clocks import cluster_of, condition_of
from twin.people.customer_table import AHEAD
from twin.people.states import Flag

RETURNING = int(ContactPhase.RETURNING)
N_MARKS = 8


@entry
def fill_needs(people, prompt_intents, seed, day, quantiles, mixes, segments, spared, n_spared, arrivals):
    """ARRIVAL rows, unsorted, of today's needs: when, why, and under which condition each customer makes contact.

    Parameters
    ----------
    people : twin.people.customer_table.People
        `needy` up to `counts[0]`.
    prompt_intents : (causes,) int
        Intent of contacts that something has caused.
    quantiles : (n,) float64
        Clock seconds at evenly spread levels of today's arrivals.
    mixes : (clusters, intents) float64
        Cumulated shares of intents among the needs of every day.
    segments : (tiers,) int8
    spared : (intents, marks) float64
        Share of contacts that customers with a mark need not make any more.
    n_spared : (intents,) int64
        Added to.

    Returns
    -------
    int
        Rows filled.
    """
    people = pack(people)
    n_knots = len(quantiles)
    n, n_needs = 0, people.counts[0]
    for i in range(n_needs):
        if i + AHEAD < n_needs:
            prefetch(people.rows, people.needy[i + AHEAD].customer)
        need = people.needy[i]
        row = need.customer
        who = people.rows[row]
        level, why = uniforms(seed, Purpose.NEED_TIME, row, need.number)
        cluster = cluster_of(who.phase, who.tier, who.flag_bits)
        intent = 0
        if need.reason >= 0:
            intent = int(prompt_intents[need.reason])
        else:
            while intent < mixes.shape[1] - 1 and why > mixes[cluster, intent]:
                intent += 1
        if intent < 0:
            continue
        if who.marks and is_spared(who, spared, seed, row, need.number, intent):
            n_spared[intent] += 1
            continue
        position = level * (n_knots - 1)
        knot = min(int(position), n_knots - 2)
        clock = quantiles[knot] + (quantiles[knot + 1] - quantiles[knot]) * (position - knot)
        arrival = arrivals[n]
        n += 1
        arrival.at = day * 86400.0 + clock
        arrival.who = np.uint64(row) << np.uint64(16) | np.uint64(need.number)
        arrival.customer = row
        arrival.intent = intent
        arrival.cluster = cluster
        arrival.segment = segments[who.tier]
        arrival.condition = condition_of(who.flag_bits & (255 - Flag.COMPLAINT))  # a new matter
        arrival.talk_time = np.nan
    return n


@compiled
def is_spared(who, spared, seed, row, number, intent):
    """Whether a message has made this contact unnecessary."""
    stays = 1.0
    for mark in range(N_MARKS):
        if who.marks >> mark & 1:
            stays *= 1.0 - spared[intent, mark]
    if stays >= 1.0:
        return False
    u, _ = uniforms(seed, Purpose.AVOID, row, number)
    return u >= stays


@entry
def refresh_returning(people, contacts, order, segments, type_of):
    """Who comes back with an old matter does so as who he is by then; an open complaint goes with its matter.

    Where the matter has no route for who he is by then (a fault of a line that he has given up), he stays who he was.

    Parameters
    ----------
    order : (clusters,) int8
        Row of each of CLUSTERS among the scenario's clusters.
    segments : (tiers,) int8
    type_of : (intents, clusters, segments, conditions) int16
        Type of contact; -1 = no route.
    """
    people = pack(people)
    for i in range(len(contacts)):
        if i + AHEAD < len(contacts) and contacts[i + AHEAD].phase == RETURNING:
            prefetch(people.rows, contacts[i + AHEAD].customer)
        contact = contacts[i]
        if contact.phase != RETURNING or contact.customer < 0:
            continue
        who = people.rows[contact.customer]
        now = cluster_of(who.phase, who.tier, who.flag_bits)
        cluster = order[now] if now >= 0 else contact.cluster
        segment, condition = segments[who.tier], condition_of(who.flag_bits)
        if type_of[contact.intent, cluster, segment, condition] >= 0:
            contact.cluster, contact.segment, contact.condition = cluster, segment, condition
