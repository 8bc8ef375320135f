"""How customers stand when a run begins: phases, tiers and open flags in the shares that their hazards keep up."""

import math

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack
from twin.people.lives import exponential, give_tier, refresh_life, set_timer, whole_days
from twin.people.states import Flag, Phase

OLDEST = 31000  # days since activation that a column of 16 bits can hold


@entry
def be_born(customers, rules, seed, n_customers, shares):
    """The state at the start: the first `n_customers` rows have a line or are about to, the others are the market.

    `shares`: cumulated shares of phases nursery, delivery, prospect (the rest is active), then of the tiers.
    """
    customers = pack(customers)
    rules = pack(rules)
    for row in range(len(customers.phase)):
        customers.need_left[row] = exponential(seed, Purpose.NEED, row, 0)
        customers.life_left[row] = exponential(seed, Purpose.LIFE, row, 0)
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
        set_timer(customers, row, 0)
        refresh_life(customers, row, rules, 0)


@compiled
def _begin_young(customers, row, rules, seed, u, shares, rest):
    """In nursery, waiting for delivery, or a prospect, with part of the stay behind."""
    customers.bills_paid[row] = 0
    if u < shares[0]:
        give_tier(customers, row, rules, seed)
        customers.phase[row] = Phase.NURSERY
        customers.phase_ends[row] = 1 + int(rest * 95.0)
        customers.activated_on[row] = customers.phase_ends[row] - 95
    elif u < shares[1]:
        customers.phase[row] = Phase.DELIVERY
        customers.flags[row] = Flag.ORDER
        customers.phase_ends[row] = 1 + int(rest * 8.0)
    else:
        customers.phase[row] = Phase.PROSPECT
        customers.phase_ends[row] = whole_days(rules.prospect_stay, rest)


@compiled
def _begin_flags(customers, row, rules, flag, level):
    """Orders, tickets and suspensions that are open at the start, in the shares that the hazards keep up."""
    flag -= rules.orders * rules.order_median * 1.2
    if flag < 0.0:
        customers.flags[row] = Flag.ORDER
        customers.order_ends[row] = whole_days(rules.order_median, level)
        return
    flag -= rules.faults * max(rules.repair_mean, 1.0)
    if flag < 0.0:
        customers.flags[row] = Flag.TICKET
        customers.ticket_ends[row] = whole_days(rules.repair_mean, level)
        return
    flag -= rules.overdue * rules.suspension_mean
    if flag < 0.0:
        customers.flags[row] = Flag.SUSPENDED | Flag.OVERDUE
        customers.overdue_stage[row] = 3
        customers.suspension_ends[row] = whole_days(rules.suspension_mean, level)
