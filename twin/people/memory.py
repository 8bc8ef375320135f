"""What contacts leave behind in customers, and what it puts at risk."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Grade, Outcome, Purpose
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack, prefetch
from twin.people.clocks import YEAR, churn_hazard, cluster_row, contact_factor, exponential, settle_clocks, touch_clocks
from twin.people.customer_table import AHEAD, NEVER
from twin.people.events import experience, happen
from twin.people.matters import complain
from twin.people.states import NOBODY, Flag, LifeEvent, Phase, Touch


@entry
def remember(people, rules, seed, day, records, tallies, cells, intents):
    """What the day's contacts leave behind, from the next midnight on: experience, complaints, recalls, who stays.

    Parameters
    ----------
    tallies : TALLY (intervals, cells)
        Recalls on any matter are counted there.
    cells, intents : (types,) int
        Of the contact types.
    """
    people = pack(people)
    rules = pack(rules)
    n = len(records)
    for i in range(min(AHEAD, n)):
        prefetch(people.rows, records[i].customer)
    for i in range(n):
        if i + AHEAD < n:
            prefetch(people.rows, records[i + AHEAD].customer)
            prefetch(people.due, records[i + AHEAD].customer)
        record = records[i]
        row = record.customer
        who = people.rows[row]
        hour = np.float32(record.entered_at / 3600.0)
        if record.attempt == 0 and hour - who.handled_hour <= rules.recall_hours:
            tallies[record.interval, cells[record.type]].recalls_any += 1.0
        if record.outcome == Outcome.ABANDONED or record.outcome == Outcome.BLOCKED:
            settle_clocks(who, day + 1)
            who.n_abandoned = min(who.n_abandoned + 1, 255)
            happen(people, rules, seed, row, day, LifeEvent.ABANDONED, 0)
            touch_clocks(people, rules, row, day + 1)
        elif record.outcome == Outcome.HANDLED:
            settle_clocks(who, day + 1)
            who.handled_hour = np.float32(record.ended_at / 3600.0)
            feel(people, rules, seed, row, day, record, intents[record.type])
            touch_clocks(people, rules, row, day + 1)


@compiled
def feel(people, rules, seed, row, day, record, intent):
    """A handled contact: what the customer makes of it, and does about it."""
    who = people.rows[row]
    if record.csi == record.csi:
        experience(people, rules, who, Touch.ASSISTANCE, np.float64(record.csi), rules.contact_weight)
    if record.is_resolved:
        who.is_unresolved = False
        who.flag_bits &= 255 - Flag.CASE
        if record.n_answered > 0:
            who.repeated_on = day
        accept_offer(people, rules, seed, row, day, record)
    else:
        who.is_unresolved = True
        who.unresolved_on = day
        share = rules.complaint_third if record.n_answered >= 2 else rules.complaint_unresolved
        u, v = uniforms(seed, Purpose.COMPLAINT, record.who, 65536 + np.int64(record.attempt))
        if u < share and has_account(who):
            complain(people, rules, seed, row, day, v)
    if record.opens_case:
        who.flag_bits |= Flag.CASE
    if who.phase == Phase.LEAVING and intent == rules.cancel_intent:
        try_to_keep(people, rules, seed, row, day, record)


@compiled
def has_account(who):
    return who.phase >= Phase.DELIVERY and who.phase <= Phase.LEAVING


@compiled
def accept_offer(people, rules, seed, row, day, record):
    """An upgrade is offered in a contact that went well."""
    who = people.rows[row]
    if who.phase != Phase.ACTIVE or who.flag_bits & (Flag.COMPLAINT | Flag.SUSPENDED):
        return
    u, _ = uniforms(seed, Purpose.UPSELL, record.who, np.int64(record.attempt))
    if u < rules.upsell_offered * rules.upsell_accepted:
        who.flag_bits |= Flag.OFFER
        happen(people, rules, seed, row, day, LifeEvent.UPSOLD, 0)


@compiled
def try_to_keep(people, rules, seed, row, day, record):
    """The answer to a cancellation: whoever has the skill for it keeps more."""
    who = people.rows[row]
    u, _ = uniforms(seed, Purpose.SAVE, record.who, np.int64(record.attempt))
    if u >= (rules.saved_other if record.grade == Grade.NONE else rules.saved_matched):
        return
    who.phase, who.phase_ends = Phase.ACTIVE, NEVER  # even who was new: the centre knows him now
    who.bills_paid = max(who.bills_paid, np.uint8(1))
    who.churn_left = exponential(seed, Purpose.CHURN, row, np.int64(who.n_churns))
    happen(people, rules, seed, row, day, LifeEvent.SAVED, 0)


@entry
def value_at_risk(people, rules, day, sums):
    """By cluster: customers, expected leavers of the coming year, the ARPU that goes with them [EUR a year], and the
    sums of experience and expectation.

    `sums` : (clusters, 5) float64, added to.
    """
    people = pack(people)
    rules = pack(rules)
    for row in range(len(people.rows)):
        who = people.rows[row]
        cluster = cluster_row(who)
        if cluster == NOBODY:
            continue
        sums[cluster, 0] += 1.0
        sums[cluster, 3] += who.experience
        sums[cluster, 4] += who.expectation
        if who.phase == Phase.NURSERY or who.phase == Phase.ACTIVE:
            factor, left = contact_factor(who, rules, day)
            hazard = churn_hazard(who, rules, day) * (1.0 + (factor - 1.0) * left / YEAR)
            leaving = 1.0 - math.exp(-hazard)
        elif who.phase == Phase.LEAVING:
            leaving = 1.0
        else:
            continue
        arpu = rules.arpu_nursery if who.phase == Phase.NURSERY else rules.arpu[who.tier]
        sums[cluster, 1] += leaving
        sums[cluster, 2] += leaving * arpu * 12.0
