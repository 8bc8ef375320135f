"""What happens to customers from one midnight to the next: needs, orders, faults, bills, tiers, leaving.

Two clocks run for each customer, each counting down a unit exponential as its hazard accrues (time change): one to the
next need, one to the next event of life. So the same customer has the same needs under every caring model, as long as
his life is the same, and a changed hazard moves an event instead of drawing it anew.
"""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Phase as ContactPhase
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack
from twin.people.states import Flag, Phase, Tier

YEAR = 365.25
RETURNING = int(ContactPhase.RETURNING)
NEVER = 32767
FIRST_MONTH = 30  # days
OLDEST = 31000  # days since activation that a column of 16 bits can hold
_ONE_TIER = np.uint8(1)


@compiled
def cluster_of(phase, tier, flags):
    """The To-Be cluster, by the first rule that fits (domain reference 6.1); -1 for who is no customer.

    Clusters are numbered as in `twin.people.states.CLUSTERS`.
    """
    if phase == Phase.ORDER or phase == Phase.PROSPECT:
        return 3
    if phase < Phase.DELIVERY or phase > Phase.ACTIVE:
        return -1
    if tier == Tier.PORTAFOGLIO:
        return 0
    if phase == Phase.NURSERY:
        return 2
    if tier == Tier.PRIVILEGE:
        return 1
    if flags & (Flag.ORDER | Flag.TICKET):
        return 4
    return 5 + (Tier.HIGH_POTENTIAL - tier)


@compiled
def condition_of(flags):
    """What sets the customer apart when he contacts, strongest first (`twin.world.names.CONDITIONS`)."""
    if flags & Flag.COMPLAINT:
        return 1
    if flags & Flag.SUSPENDED:
        return 2
    if flags & Flag.TICKET:
        return 3
    if flags & Flag.ORDER:
        return 4
    return 0


@compiled
def _exponential(seed, purpose, who, which):
    u, _ = uniforms(seed, purpose, who, which)
    return -math.log(1.0 - u)


@compiled
def _days(mean, u):
    """Whole days, at least 1, of an exponential delay with this mean [days]."""
    return max(int(round(-mean * math.log(1.0 - u))), 1)


@compiled
def churn_hazard(customers, row, rules, day):
    """Expected yearly hazard of leaving (domain reference 4.7), without the factor of recent contacts."""
    is_new = customers.phase[row] == Phase.NURSERY
    hazard = rules.churn_nursery if is_new else rules.churn[customers.tier[row]]
    months = (day - customers.activated_on[row]) / (YEAR / 12)
    for i in range(len(rules.tenure_months)):
        if months < rules.tenure_months[i] or i == len(rules.tenure_months) - 1:
            hazard *= rules.tenure_factors[i]
            break
    if customers.flags[row] & Flag.COMPLAINT:
        hazard *= rules.complaint_factor
    if customers.flags[row] & Flag.SUSPENDED:
        hazard *= rules.suspended_factor
    return hazard * math.exp(-rules.csi_slope * (customers.satisfaction[row] - rules.csi_centre) / 10.0)


@compiled
def contact_factor(customers, row, rules, day):
    """Factor on the hazard of leaving after contacts, and for how many days it still holds."""
    unresolved = customers.unresolved_on[row] + rules.contact_window - day
    if unresolved > 0:
        return rules.unresolved_factor, unresolved
    later = customers.repeated_on[row] + rules.contact_window - day
    if later > 0:
        return rules.later_factor, later
    return 1.0, 0.0


@compiled
def _yearly_churn(customers, row, rules, day):
    factor, _ = contact_factor(customers, row, rules, day)
    return churn_hazard(customers, row, rules, day) * factor


@compiled
def refresh_life(customers, row, rules, day):
    """Keep the daily hazard of any event of life beside the customer: it changes only with contacts, flags and months."""
    phase = customers.phase[row]
    if phase == Phase.MARKET:
        customers.life_daily[row] = rules.leads
    elif phase == Phase.NURSERY or phase == Phase.ACTIVE:
        tier = customers.tier[row]
        moves = rules.rescore_up[tier] + (rules.rescore_down if tier > 0 else 0.0)
        leaves = _yearly_churn(customers, row, rules, day) / YEAR
        customers.life_daily[row] = rules.orders + _fault_hazard(customers, row, rules, day) + rules.overdue + moves + leaves
    else:
        customers.life_daily[row] = 0.0


@compiled
def _set_timer(customers, row, day):
    """The nearest of the row's dates, the only one that the daily pass looks at."""
    settled = NEVER  # the end of the first month, when early faults become rare
    if customers.phase[row] == Phase.NURSERY and day < customers.activated_on[row] + FIRST_MONTH:
        settled = customers.activated_on[row] + FIRST_MONTH
    customers.timer[row] = min(
        min(min(settled, customers.phase_ends[row]), customers.order_ends[row]),
        min(customers.ticket_ends[row], min(customers.complaint_ends[row], customers.suspension_ends[row])),
    )


@compiled
def _activate(customers, row, rules, day, u, v):
    """The line works: the nursery begins, until the first bill is paid."""
    customers.phase[row] = Phase.NURSERY
    customers.flags[row] &= 255 - Flag.ORDER
    customers.activated_on[row] = day
    bill = rules.first_bill_low + (rules.first_bill_high - rules.first_bill_low) * u
    stay = bill + rules.bill_due - rules.bill_paid * math.log(1.0 - v)
    customers.phase_ends[row] = day + int(min(stay, rules.nursery_cap))


@compiled
def _end_phase(customers, row, rules, seed, day):
    """A timed phase is over: the prospect decides, the order is accepted, the line is delivered, the bill is paid."""
    u, v = uniforms(seed, Purpose.LIFE_KIND, row, 65536 + np.int64(customers.n_lives[row]))
    customers.n_lives[row] += np.uint16(1)
    customers.phase_ends[row] = NEVER
    phase = customers.phase[row]
    if phase == Phase.PROSPECT:
        customers.phase[row] = Phase.ORDER if u < rules.sale_closed else Phase.MARKET
        if u < rules.sale_closed:
            customers.phase_ends[row] = day + 1
    elif phase == Phase.ORDER:
        customers.phase[row] = Phase.DELIVERY
        customers.flags[row] |= Flag.ORDER
        product = 0
        while product < len(rules.product_shares) - 1 and u > rules.product_shares[product]:
            product += 1
        days = rules.supply_medians[product] * math.exp(rules.supply_sigma * normal_quantile(v))
        customers.phase_ends[row] = day + max(int(round(days)), 1)
    elif phase == Phase.DELIVERY:
        if u < rules.supply_failed:
            customers.phase[row] = Phase.NEVER_ACTIVATED
            customers.flags[row] = 0
        else:
            u = (u - rules.supply_failed) / (1.0 - rules.supply_failed)
            _give_tier(customers, row, rules, seed)
            _activate(customers, row, rules, day, u, v)
    elif phase == Phase.NURSERY:
        customers.phase[row] = Phase.ACTIVE
        customers.bills_paid[row] = 1


@compiled
def _give_tier(customers, row, rules, seed):
    u, _ = uniforms(seed, Purpose.BIRTH, row, 7)
    tier = 0
    while tier < 4 and u > rules.new_tiers[tier]:
        tier += 1
    customers.tier[row] = tier


@compiled
def _end_flags(customers, row, rules, seed, day):
    if customers.order_ends[row] <= day:
        customers.order_ends[row] = NEVER
        customers.flags[row] &= 255 - Flag.ORDER
    if customers.ticket_ends[row] <= day:
        customers.ticket_ends[row] = NEVER
        customers.flags[row] &= 255 - Flag.TICKET
    if customers.complaint_ends[row] <= day:
        customers.complaint_ends[row] = NEVER
        customers.flags[row] &= 255 - Flag.COMPLAINT
    if customers.suspension_ends[row] <= day:
        customers.suspension_ends[row] = NEVER
        customers.flags[row] &= 255 - (Flag.SUSPENDED | Flag.OVERDUE)
        customers.overdue_stage[row] = 0
        u, _ = uniforms(seed, Purpose.LIFE_KIND, row, 131072 + np.int64(customers.n_lives[row]))
        if u < rules.suspended_lost:
            _leave(customers, row, Phase.CHURNED_CREDIT)


@compiled
def _leave(customers, row, phase):
    customers.phase[row] = phase
    customers.flags[row] = 0
    customers.phase_ends[row] = customers.order_ends[row] = customers.ticket_ends[row] = NEVER
    customers.complaint_ends[row] = customers.suspension_ends[row] = NEVER


@compiled
def _fault_hazard(customers, row, rules, day):
    return rules.early_faults if day - customers.activated_on[row] < FIRST_MONTH else rules.faults


@compiled
def _live(customers, row, rules, seed, day):
    """One event of life, chosen in proportion to its hazard."""
    number = np.int64(customers.n_lives[row])
    customers.n_lives[row] += np.uint16(1)
    u, v = uniforms(seed, Purpose.LIFE_KIND, row, number)
    if customers.phase[row] == Phase.MARKET:
        customers.phase[row] = Phase.PROSPECT
        customers.phase_ends[row] = day + _days(rules.prospect_stay, v)
        return
    refresh_life(customers, row, rules, day)
    left = u * customers.life_daily[row]
    tier = customers.tier[row]
    left -= rules.orders
    if left < 0.0:
        customers.flags[row] |= Flag.ORDER
        customers.order_ends[row] = day + max(int(round(rules.order_median * math.exp(0.6 * normal_quantile(v)))), 1)
        return
    left -= _fault_hazard(customers, row, rules, day)
    if left < 0.0:
        customers.flags[row] |= Flag.TICKET
        customers.ticket_ends[row] = day + _days(rules.repair_mean, v)
        return
    left -= rules.overdue
    if left < 0.0:
        customers.flags[row] |= Flag.SUSPENDED | Flag.OVERDUE
        customers.overdue_stage[row] = 3
        customers.suspension_ends[row] = day + _days(rules.suspension_mean, v)
        return
    left -= rules.rescore_up[tier]
    if left < 0.0:
        customers.tier[row] = tier + _ONE_TIER
        return
    left -= rules.rescore_down if tier > 0 else 0.0
    if left < 0.0:
        customers.tier[row] = tier - _ONE_TIER
        return
    _leave(customers, row, Phase.CHURNED)


@compiled
def _keep_dates(customers, row, rules, seed, day):
    """A date of the row has come: a phase or a flag ends."""
    if customers.phase_ends[row] <= day:
        _end_phase(customers, row, rules, seed, day)
    _end_flags(customers, row, rules, seed, day)
    _set_timer(customers, row, day)
    refresh_life(customers, row, rules, day)


@entry
def live_day(customers, rules, seed, day, need_hazard, stocks, needy):
    """One midnight of everybody.

    Parameters
    ----------
    customers : tuple of arrays
        Columns of the customers.
    rules : twin.people.rules.Rules
    need_hazard : (clusters,) float64
        Expected needs of a customer today.
    stocks : (clusters,) int64
        Filled with customers by cluster.
    needy : (n,) int32
        Filled with the rows that have a need today, once for each need.

    Returns
    -------
    int
        Needs today; those beyond the length of `needy` are not written (and nothing is lost: see `CustomerBase`).
    """
    customers = pack(customers)
    rules = pack(rules)
    for row in range((-day) % FIRST_MONTH, len(customers.phase), FIRST_MONTH):  # tenure grows: a thirtieth each day
        refresh_life(customers, row, rules, day)
    n = 0
    for row in range(len(customers.phase)):
        if customers.timer[row] <= day:
            _keep_dates(customers, row, rules, seed, day)
        customers.life_left[row] -= customers.life_daily[row]
        if customers.life_left[row] <= 0.0:
            _live(customers, row, rules, seed, day)
            customers.life_left[row] = _exponential(seed, Purpose.LIFE, row, np.int64(customers.n_lives[row]))
            _set_timer(customers, row, day)
            refresh_life(customers, row, rules, day)
        cluster = cluster_of(customers.phase[row], customers.tier[row], customers.flags[row])
        if cluster < 0:
            continue
        stocks[cluster] += 1
        customers.need_left[row] -= need_hazard[cluster]
        while customers.need_left[row] <= 0.0:
            if n < len(needy):
                needy[n] = row
            n += 1
            customers.n_needs[row] += np.uint16(1)
            customers.need_left[row] += _exponential(seed, Purpose.NEED, row, np.int64(customers.n_needs[row]))
    return n


@entry
def be_born(customers, rules, seed, n_customers, shares):
    """The state at the start: the first `n_customers` rows have a line or are about to, the others are the market.

    `shares`: cumulated shares of phases nursery, delivery, prospect (the rest is active), then of the tiers.
    """
    customers = pack(customers)
    rules = pack(rules)
    for row in range(len(customers.phase)):
        customers.need_left[row] = _exponential(seed, Purpose.NEED, row, 0)
        customers.life_left[row] = _exponential(seed, Purpose.LIFE, row, 0)
        u, v = uniforms(seed, Purpose.BIRTH, row, 0)
        age, flag = uniforms(seed, Purpose.BIRTH, row, 1)
        level, rest = uniforms(seed, Purpose.BIRTH, row, 2)
        if row >= n_customers:
            customers.phase[row] = Phase.MARKET
            refresh_life(customers, row, rules, 0)
            continue
        tier = 0
        while tier < 4 and v > shares[3 + tier]:
            tier += 1
        customers.tier[row] = tier
        customers.phase[row] = Phase.ACTIVE
        customers.activated_on[row] = -150 - min(int(-2900.0 * math.log(1.0 - age)), OLDEST)
        customers.bills_paid[row] = 6
        if u < shares[2]:
            _begin_young(customers, row, rules, seed, u, shares, rest)
        else:
            _begin_flags(customers, row, rules, flag, level)
        _set_timer(customers, row, 0)
        refresh_life(customers, row, rules, 0)


@compiled
def _begin_young(customers, row, rules, seed, u, shares, rest):
    """In nursery, waiting for delivery, or a prospect, with part of the stay behind."""
    customers.bills_paid[row] = 0
    if u < shares[0]:
        _give_tier(customers, row, rules, seed)
        customers.phase[row] = Phase.NURSERY
        customers.phase_ends[row] = 1 + int(rest * 95.0)
        customers.activated_on[row] = customers.phase_ends[row] - 95
    elif u < shares[1]:
        customers.phase[row] = Phase.DELIVERY
        customers.flags[row] = Flag.ORDER
        customers.phase_ends[row] = 1 + int(rest * 8.0)
    else:
        customers.phase[row] = Phase.PROSPECT
        customers.phase_ends[row] = _days(rules.prospect_stay, rest)


@compiled
def _begin_flags(customers, row, rules, flag, level):
    """Orders, tickets and suspensions that are open at the start, in the shares that the hazards keep up."""
    flag -= rules.orders * rules.order_median * 1.2
    if flag < 0.0:
        customers.flags[row] = Flag.ORDER
        customers.order_ends[row] = _days(rules.order_median, level)
        return
    flag -= rules.faults * max(rules.repair_mean, 1.0)
    if flag < 0.0:
        customers.flags[row] = Flag.TICKET
        customers.ticket_ends[row] = _days(rules.repair_mean, level)
        return
    flag -= rules.overdue * rules.suspension_mean
    if flag < 0.0:
        customers.flags[row] = Flag.SUSPENDED | Flag.OVERDUE
        customers.overdue_stage[row] = 3
        customers.suspension_ends[row] = _days(rules.suspension_mean, level)


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
        if record.outcome == 1:
            customers.n_abandoned[row] = min(customers.n_abandoned[row] + 1, 255)
        if record.outcome != 0:
            continue
        customers.handled_hour[row] = np.float32(record.ended_at / 3600.0)
        if record.csi == record.csi:
            customers.satisfaction[row] += rules.memory * (record.csi - customers.satisfaction[row])
        if record.is_resolved:
            customers.is_unresolved[row] = False
            customers.flags[row] &= 255 - Flag.CASE
            if record.repeat > 0:
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
    share = rules.complaint_third if record.repeat >= 2 else rules.complaint_unresolved
    u, v = uniforms(seed, Purpose.LIFE_KIND, record.who, 196608 + np.int64(record.attempt))
    if u < share and not customers.flags[row] & Flag.COMPLAINT:
        customers.flags[row] |= Flag.COMPLAINT
        customers.complaint_ends[row] = day + _days(rules.complaint_mean, v)
        _set_timer(customers, row, day)


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
