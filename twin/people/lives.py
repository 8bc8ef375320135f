"""What happens to customers from one midnight to the next: needs, orders, faults, bills, tiers, leaving.

Two clocks run for each customer, each counting down a unit exponential as its hazard accrues (time change): one to the
next need, one to the next event of life. So the same customer has the same needs under every caring model, as long as
his life is the same, and a changed hazard moves an event instead of drawing it anew.
"""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack
from twin.people.states import Flag, Phase, Tier

YEAR = 365.25
NEVER = 32767
FIRST_MONTH = 30  # days
_ONE_TIER = np.uint8(1)


@entry
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


@entry
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
def exponential(seed, purpose, who, which):
    u, _ = uniforms(seed, purpose, who, which)
    return -math.log(1.0 - u)


@compiled
def whole_days(mean, u):
    """Whole days, at least 1, of an exponential delay with this mean [days]."""
    return max(round(-mean * math.log(1.0 - u)), 1)


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
    """Keep the daily hazard of any event of life beside the customer; only contacts, flags and months change it."""
    phase = customers.phase[row]
    if phase == Phase.MARKET:
        customers.life_daily[row] = rules.leads
    elif phase == Phase.NURSERY or phase == Phase.ACTIVE:
        tier = customers.tier[row]
        moves = rules.rescore_up[tier] + (rules.rescore_down if tier > 0 else 0.0)
        leaves = _yearly_churn(customers, row, rules, day) / YEAR
        faults = _fault_hazard(customers, row, rules, day)
        customers.life_daily[row] = rules.orders + faults + rules.overdue + moves + leaves
    else:
        customers.life_daily[row] = 0.0


@compiled
def set_timer(customers, row, day):
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
        customers.phase_ends[row] = day + max(round(days), 1)
    elif phase == Phase.DELIVERY:
        if u < rules.supply_failed:
            customers.phase[row] = Phase.NEVER_ACTIVATED
            customers.flags[row] = 0
        else:
            u = (u - rules.supply_failed) / (1.0 - rules.supply_failed)
            give_tier(customers, row, rules, seed)
            _activate(customers, row, rules, day, u, v)
    elif phase == Phase.NURSERY:
        customers.phase[row] = Phase.ACTIVE
        customers.bills_paid[row] = 1


@compiled
def give_tier(customers, row, rules, seed):
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
        customers.phase_ends[row] = day + whole_days(rules.prospect_stay, v)
        return
    refresh_life(customers, row, rules, day)
    left = u * customers.life_daily[row]
    tier = customers.tier[row]
    left -= rules.orders
    if left < 0.0:
        customers.flags[row] |= Flag.ORDER
        customers.order_ends[row] = day + max(round(rules.order_median * math.exp(0.6 * normal_quantile(v))), 1)
        return
    left -= _fault_hazard(customers, row, rules, day)
    if left < 0.0:
        customers.flags[row] |= Flag.TICKET
        customers.ticket_ends[row] = day + whole_days(rules.repair_mean, v)
        return
    left -= rules.overdue
    if left < 0.0:
        customers.flags[row] |= Flag.SUSPENDED | Flag.OVERDUE
        customers.overdue_stage[row] = 3
        customers.suspension_ends[row] = day + whole_days(rules.suspension_mean, v)
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
    set_timer(customers, row, day)
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
            customers.life_left[row] = exponential(seed, Purpose.LIFE, row, np.int64(customers.n_lives[row]))
            set_timer(customers, row, day)
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
            customers.need_left[row] += exponential(seed, Purpose.NEED, row, np.int64(customers.n_needs[row]))
    return n
