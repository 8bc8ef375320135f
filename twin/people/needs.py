"""From needs to contacts: when, why and under which condition each customer makes contact today."""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Phase as ContactPhase
from twin.kernel.codes import Purpose
from twin.kernel.jit import entry
from twin.kernel.pack import pack
from twin.people.lives import cluster_of, condition_of
from twin.people.states import Flag

RETURNING = int(ContactPhase.RETURNING)


@entry
def fill_needs(customers, seed, day, needy, quantiles, mixes, segments, arrivals):
    """ARRIVAL rows, unsorted, of today's needs: when, why, and under which condition each customer makes contact.

    Parameters
    ----------
    quantiles : (n,) float64
        Clock seconds at evenly spread levels of today's arrivals.
    mixes : (clusters, intents) float64
        Cumulated shares of intents.
    segments : (tiers,) int8
    """
    customers = pack(customers)
    n_knots = len(quantiles)
    for i in range(len(needy)):
        row = needy[i]
        place = 1  # which of today's needs of this customer this is
        while i - place >= 0 and needy[i - place] == row:
            place += 1
        number = np.int64(customers.n_needs[row])
        last = i
        while last + 1 < len(needy) and needy[last + 1] == row:
            last += 1
        number -= last - i
        level, why = uniforms(seed, Purpose.NEED_TIME, row, number)
        position = level * (n_knots - 1)
        knot = min(int(position), n_knots - 2)
        clock = quantiles[knot] + (quantiles[knot + 1] - quantiles[knot]) * (position - knot)
        cluster = cluster_of(customers.phase[row], customers.tier[row], customers.flags[row])
        intent = 0
        while intent < mixes.shape[1] - 1 and why > mixes[cluster, intent]:
            intent += 1
        arrival = arrivals[i]
        arrival.at = day * 86400.0 + clock
        arrival.who = np.uint64(row) << np.uint64(16) | np.uint64(number)
        arrival.customer = row
        arrival.intent = intent
        arrival.cluster = cluster
        arrival.segment = segments[customers.tier[row]]
        arrival.condition = condition_of(customers.flags[row] & (255 - Flag.COMPLAINT))  # a new matter
        arrival.talk_time = np.nan


@entry
def refresh_returning(customers, contacts, order, segments):
    """Who comes back with an old matter does so as who he is by then; an open complaint goes with its matter.

    `order` : row of each of CLUSTERS among the scenario's clusters.
    """
    customers = pack(customers)
    for i in range(len(contacts)):
        contact = contacts[i]
        if contact.phase != RETURNING or contact.customer < 0:
            continue
        row = contact.customer
        cluster = cluster_of(customers.phase[row], customers.tier[row], customers.flags[row])
        if cluster >= 0:
            contact.cluster = order[cluster]
        contact.segment = segments[customers.tier[row]]
        contact.condition = condition_of(customers.flags[row])
