"""What contacts leave behind in customers, and what it puts at risk."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Outcome, Purpose
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack
from twin.people.lives import YEAR, churn_hazard, cluster_of, contact_factor, refresh_life, set_timer, whole_days
from twin.people.states import Flag, Phase


@entry
def remember(customers, rules, seed, day, records, tallies, cells):
    """What the day's contacts leave behind: satisfaction, unresolved matters, complaints, and recalls counted."""
    customers = pack(customers)
    rules = pack(rules)
    for i in range(len(records)):
        record = records[i]
        row = record.customer
        hour = np.float32(record.entered_at / 3600.0)
        if record.attempt == 0 and hour - customers.handled_hour[row] <= rules.recall_hours:
            tallies[record.interval, cells[record.type]].recalls_any += 1.0
        if record.outcome == Outcome.ABANDONED:
            customers.n_abandoned[row] = min(customers.n_abandoned[row] + 1, 255)
        if record.outcome != Outcome.HANDLED:
            continue
        customers.handled_hour[row] = np.float32(record.ended_at / 3600.0)
        if record.csi == record.csi:
            customers.satisfaction[row] += rules.memory * (record.csi - customers.satisfaction[row])
        if record.is_resolved:
            customers.is_unresolved[row] = False
            customers.flags[row] &= 255 - Flag.CASE
            if record.n_answered > 0:
                customers.repeated_on[row] = day
        else:
            customers.is_unresolved[row] = True
            customers.unresolved_on[row] = day
            _complain(customers, row, rules, seed, day, record)
        if record.opens_case:
            customers.flags[row] |= Flag.CASE
        refresh_life(customers, row, rules, day)


@compiled
def _complain(customers, row, rules, seed, day, record):
    share = rules.complaint_third if record.n_answered >= 2 else rules.complaint_unresolved
    u, v = uniforms(seed, Purpose.LIFE_KIND, record.who, 196608 + np.int64(record.attempt))
    if u < share and not customers.flags[row] & Flag.COMPLAINT:
        customers.flags[row] |= Flag.COMPLAINT
        customers.complaint_ends[row] = day + whole_days(rules.complaint_mean, v)
        set_timer(customers, row, day)


@entry
def value_at_risk(customers, rules, day, sums):
    """By cluster: customers, expected leavers of the coming year, and the ARPU that goes with them [EUR a year].

    `sums` : (clusters, 3) float64, added to.
    """
    customers = pack(customers)
    rules = pack(rules)
    for row in range(len(customers.phase)):
        phase = customers.phase[row]
        cluster = cluster_of(phase, customers.tier[row], customers.flags[row])
        if cluster < 0:
            continue
        sums[cluster, 0] += 1.0
        if phase != Phase.NURSERY and phase != Phase.ACTIVE:
            continue
        factor, left = contact_factor(customers, row, rules, day)
        hazard = churn_hazard(customers, row, rules, day) * (1.0 + (factor - 1.0) * left / YEAR)
        leaving = 1.0 - math.exp(-hazard)
        arpu = rules.arpu_nursery if phase == Phase.NURSERY else rules.arpu[customers.tier[row]]
        sums[cluster, 1] += leaving
        sums[cluster, 2] += leaving * arpu * 12.0
