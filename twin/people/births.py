"""How customers stand when a run begins: phases, tiers and open matters in the shares that their hazards keep up."""

import math
from typing import NamedTuple

import numpy as np

from twin.calendar import YEAR
from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack
from twin.people.acquisition import give_tier
from twin.people.clocks import cluster_row, refresh_hazards, schedule_visit, whole_days
from twin.people.customer_table import BIRTH_VALUES, CHAIN, LONG_AGO, NEVER
from twin.people.matters import credit_date, miss_payment, next_bill
from twin.people.rules import MEAN_TENURE, Rules, lognormal_mean
from twin.people.states import TIERS, Flag, Mark, Phase, Tier
from twin.scenario.schema import Scenario

OLDEST = 31000  # days since activation that a column of 16 bits can hold
YOUNGEST = 150  # days since activation of who has paid a bill
NOT_YET = BIRTH_VALUES["handled_hour"]


N_CLOCKS, N_OF_BIRTH = 3, 7
N_FIRST_DRAWS = N_CLOCKS + N_OF_BIRTH
"""Draws of everybody: for the three clocks, and the numbers 0 to 6 for `Purpose.BIRTH`."""
AT_ONCE = 64
"""Customers whose draws are made together."""


class Births(NamedTuple):
    """`Beginning`, and the draws of those whose turn it is."""

    young: np.ndarray
    tiers: np.ndarray
    products: np.ndarray
    draws: np.ndarray  # (N_FIRST_DRAWS, 2, AT_ONCE)


class Beginning(NamedTuple):
    """Shares of customers at the start."""

    young: np.ndarray  # cumulated: nursery, delivery, order, prospect, leaving; the rest is active
    tiers: np.ndarray  # cumulated
    products: np.ndarray  # cumulated, of those in delivery: longer ones are met more often


def beginning(scenario: Scenario, rules: Rules) -> Beginning:
    """The steady state that the scenario's rates keep up."""
    customers = scenario.customers
    assert customers is not None
    lives = customers.lives
    sales = lives.leads * lives.sale_closed / YEAR  # a customer-day
    supply = np.array([lognormal_mean(median, rules.supply_sigma) for median in rules.supply_medians])
    weights = np.diff(rules.product_shares, prepend=0.0) * supply
    stay = (rules.first_bill_low + rules.first_bill_high) / 2 + rules.bill_due + rules.bill_paid
    nursery = sales * (1 - rules.supply_failed) * min(stay, rules.nursery_cap)
    delivery = sales * (weights.sum() + rules.late * rules.late_mean)
    order = sales * (rules.acceptance + rules.sent_back * rules.sent_back_time)
    prospect = lives.leads / YEAR * rules.prospect_stay
    tiers = np.array([getattr(customers.tiers, tier) for tier in TIERS])
    leaving = float(tiers @ rules.churn) * rules.wish_factor / YEAR * rules.leave_notice
    young = np.cumsum([nursery, delivery, order, prospect, leaving])
    return Beginning(young, np.cumsum(tiers), np.cumsum(weights / weights.sum()))


@entry
def be_born(people, rules, beginning, seed, n_customers):
    """The state at the start: the first `n_customers` rows have a line or are about to, the others are the market.

    `people.flows` and the like are scratch here: past events, back to `CHAIN` days ago, are counted there.
    """
    n = len(people.rows)
    first_draws = np.empty((N_FIRST_DRAWS, 2, AT_ONCE))
    births = Births(beginning.young, beginning.tiers, beginning.products, first_draws)
    people = pack(people)
    rules = pack(rules)
    start = pack(births)
    for first in range(0, n, AT_ONCE):
        draw_first(first_draws, seed, first)
        for row in range(first, min(first + AT_ONCE, n)):
            be_born_as(people, rules, start, seed, row, row - first, row < n_customers)


@entry
def draw_first(first_draws, seed, first):
    """Draws that all have, of many customers in a row: the processor makes several at once."""
    for i in range(AT_ONCE):
        first_draws[0, 0, i], first_draws[0, 1, i] = uniforms(seed, Purpose.NEED, first + i, 0)
    for i in range(AT_ONCE):
        first_draws[1, 0, i], first_draws[1, 1, i] = uniforms(seed, Purpose.LIFE, first + i, 0)
    for i in range(AT_ONCE):
        first_draws[2, 0, i], first_draws[2, 1, i] = uniforms(seed, Purpose.CHURN, first + i, 0)
    for which in range(N_OF_BIRTH):
        for i in range(AT_ONCE):
            draw = N_CLOCKS + which
            first_draws[draw, 0, i], first_draws[draw, 1, i] = uniforms(seed, Purpose.BIRTH, first + i, which)


@compiled
def be_born_as(people, rules, start, seed, row, place, is_customer):
    """One row, of which the first draws stand at a place of `start.draws`."""
    who = people.rows[row]
    write_birth_values(who)
    who.need_level = -math.log(1.0 - start.draws[0, 0, place])
    who.life_left = -math.log(1.0 - start.draws[1, 0, place])
    who.churn_left = -math.log(1.0 - start.draws[2, 0, place])
    who.experience, who.expectation = rules.experience_start, rules.expectation_market
    who.phase = Phase.MARKET
    if is_customer:
        begin_customer(people, rules, start, seed, row, place)
    refresh_hazards(who, rules, 0)
    schedule_visit(people, rules, row, -1, 0)
    people.stocks[cluster_row(who)] += 1


@compiled
def write_birth_values(who):
    """`BIRTH_VALUES`, in a row of zeros: here, as each pass over all columns would read the whole table anew."""
    who.unresolved_on = who.repeated_on = LONG_AGO
    who.handled_hour = NOT_YET
    who.phase_ends = who.order_ends = who.ticket_ends = who.complaint_ends = who.credit_ends = who.prompt_on = NEVER


@compiled
def birth_draw(start, place, which):
    """The draw of this number for `Purpose.BIRTH`."""
    return start.draws[N_CLOCKS + which, 0, place], start.draws[N_CLOCKS + which, 1, place]


@compiled
def begin_customer(people, rules, start, seed, row, place):
    who = people.rows[row]
    u, v = birth_draw(start, place, 0)
    age, digital = birth_draw(start, place, 1)
    tier = 0
    while tier < Tier.PORTAFOGLIO and v > start.tiers[tier]:
        tier += 1
    who.tier = tier
    who.phase = Phase.ACTIVE
    who.activated_on = -YOUNGEST - min(int(-MEAN_TENURE * math.log(1.0 - age)), OLDEST)
    who.bills_paid = 6
    if digital < rules.digital_start:
        who.marks = Mark.DIGITAL
    if u < start.young[3]:
        begin_young(people, rules, start, seed, row, place, u)
    elif u < start.young[4]:
        who.phase = Phase.LEAVING
        who.phase_ends = 1 + int(age * rules.leave_notice)
    else:
        begin_matters(people, rules, start, row, place)
        begin_credit(people, rules, start, seed, row, place)


@compiled
def begin_young(people, rules, start, seed, row, place, u):
    """In nursery, waiting for delivery or acceptance, or a prospect, with part of the stay behind."""
    who = people.rows[row]
    length, part = birth_draw(start, place, 2)
    why, late = birth_draw(start, place, 3)
    who.bills_paid = 0
    if u < start.young[0]:
        level, _ = uniforms(seed, Purpose.BIRTH, row, 7)
        give_tier(who, rules, level)
        who.phase = Phase.NURSERY
        bill = rules.first_bill_low + (rules.first_bill_high - rules.first_bill_low) * length
        stay = min(bill + rules.bill_due - rules.bill_paid * math.log(1.0 - late), rules.nursery_cap)
        behind = int(part * stay)
        who.activated_on = -behind
        if behind >= bill:
            who.marks |= Mark.BILLED
        who.phase_ends = max(int(stay if behind >= bill else bill) - behind, 1)
    elif u < start.young[1]:
        product = 0
        while product < len(start.products) - 1 and why > start.products[product]:
            product += 1
        who.phase, who.product, who.flag_bits = Phase.DELIVERY, product, Flag.ORDER
        who.phase_ends = 1 + int(part * rules.supply_medians[product])
    elif u < start.young[2]:
        who.phase, who.phase_ends = Phase.ORDER, 1
    else:
        who.phase = Phase.PROSPECT
        who.phase_ends = whole_days(rules.prospect_stay, length)


@compiled
def begin_matters(people, rules, start, row, place):
    """Orders, tickets, complaints and questions about bills that are open at the start."""
    who = people.rows[row]
    which, level = birth_draw(start, place, 4)
    order = rules.orders * rules.order_median * math.exp(rules.order_sigma**2 / 2)
    ticket = order + rules.faults * max(rules.repair_mean, 1.0) * (1.0 + rules.false_closure)
    complaint = ticket + rules.bill_complaints * rules.complaint_mean
    if which < order:
        who.flag_bits |= Flag.ORDER
        who.order_ends = whole_days(rules.order_median, level)
    elif which < ticket:
        who.flag_bits |= Flag.TICKET
        who.ticket_ends = whole_days(rules.repair_mean, level)
    elif which < complaint:
        who.flag_bits |= Flag.COMPLAINT
        who.complaint_ends = whole_days(rules.complaint_mean, level)
    asks, when = birth_draw(start, place, 5)
    longest = rules.bill_cycle + rules.call_within
    if asks < rules.bill_calls * longest:
        on = next_bill(rules, row, -int(when * longest)) + int(asks / rules.bill_calls / longest * rules.call_within)
        if on >= 0:
            who.prompt_on, who.prompt = on, 0


@compiled
def begin_credit(people, rules, start, seed, row, place):
    """An overdue bill of the last months is lived through again, up to now; who would be gone has paid instead."""
    who = people.rows[row]
    missed, when = birth_draw(start, place, 6)
    if missed >= rules.overdue * CHAIN:
        return
    asked_on = who.prompt_on
    miss_payment(people, rules, row, -int(when * CHAIN))
    while who.credit_ends < 0:
        credit_date(people, rules, seed, row, who.credit_ends)
    if who.phase != Phase.ACTIVE:
        who.phase, who.phase_ends = Phase.ACTIVE, NEVER
    who.prompt_on = asked_on
    who.experience, who.expectation = rules.experience_start, rules.expectation_market
