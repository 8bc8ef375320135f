"""From household to customer and out again: lead, sale, order, delivery, nursery, leaving, coming back."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.kernel.jit import compiled
from twin.people.clocks import whole_days
from twin.people.customer_table import LONG_AGO, NEVER
from twin.people.events import happen, prompt
from twin.people.states import Flag, LifeEvent, Mark, Phase, Prompt


@compiled
def life_draws(seed, row, who):
    """Two uniforms for the customer's next event of life or end of a phase."""
    number = np.int64(who.n_lives)
    who.n_lives += np.uint16(1)
    return uniforms(seed, Purpose.LIFE_KIND, row, number)


@compiled
def give_tier(who, rules, level):
    tier = 0
    while tier < 4 and level > rules.new_tiers[tier]:
        tier += 1
    who.tier = tier


@compiled
def end_phase(people, rules, seed, row, day):
    """A timed phase is over: the prospect decides, the line is delivered, the bill is paid, the customer is gone."""
    who = people.rows[row]
    u, v = life_draws(seed, row, who)
    who.phase_ends = NEVER
    phase = who.phase
    if phase == Phase.PROSPECT:
        decide(people, rules, seed, row, day, u)
    elif phase == Phase.ORDER:
        accept(people, rules, seed, row, day, u, v)
    elif phase == Phase.DELIVERY:
        deliver(people, rules, seed, row, day, u, v)
    elif phase == Phase.NURSERY:
        pay_first_bill(people, rules, seed, row, day, u, v)
    elif phase == Phase.LEAVING:
        leave(people, rules, seed, row, day, Phase.CHURNED, LifeEvent.LEFT, u, v)
    else:
        come_back(people, rules, seed, row, day)


@compiled
def decide(people, rules, seed, row, day, u):
    """The prospect orders or is lost; who turns the offer down and asks once more is still a prospect meanwhile."""
    who = people.rows[row]
    if u < rules.sale_closed:
        who.phase = Phase.ORDER
        who.phase_ends = day + max(round(rules.acceptance), 1)
        happen(people, rules, seed, row, day, LifeEvent.SALE, 0)
        return
    who.phase = Phase.MARKET
    happen(people, rules, seed, row, day, LifeEvent.SALE_LOST, 0)


@compiled
def accept(people, rules, seed, row, day, u, v):
    """Provisioning takes the order, or sends it back for data; from then on a date is agreed."""
    who = people.rows[row]
    if u < rules.sent_back:
        who.phase_ends = day + max(round(rules.sent_back_time), 1)
        happen(people, rules, seed, row, day, LifeEvent.ORDER_SENT_BACK, 0)
        return
    u = (u - rules.sent_back) / (1.0 - rules.sent_back)
    product = 0
    while product < len(rules.product_shares) - 1 and u > rules.product_shares[product]:
        product += 1
    agreed = max(round(rules.supply_medians[product] * math.exp(rules.supply_sigma * normal_quantile(v))), 1)
    who.phase, who.product = Phase.DELIVERY, product
    who.flag_bits |= Flag.ORDER
    who.phase_ends = min(day + agreed, NEVER - 1)
    happen(people, rules, seed, row, day, LifeEvent.ORDER_ACCEPTED, agreed)


@compiled
def deliver(people, rules, seed, row, day, u, v):
    """The agreed date: the line works, or it is late, or the order has failed."""
    who = people.rows[row]
    is_late = bool(who.flag_bits & Flag.LATE)
    if not is_late and u < rules.late:
        who.flag_bits |= Flag.LATE
        who.phase_ends = day + whole_days(rules.late_mean, v)
        happen(people, rules, seed, row, day, LifeEvent.DATE_MISSED, 0)
        return
    failed = rules.supply_failed
    if is_late and not who.marks & Mark.TOLD_DATE:
        failed *= rules.failed_late_factor
    if not is_late:
        u = (u - rules.late) / (1.0 - rules.late)
    who.flag_bits &= 255 - Flag.ORDER
    who.marks &= 255 - (Mark.TOLD_DATE | Mark.TOLD_WORKS)
    if u < failed:
        who.phase, who.flag_bits = Phase.NEVER_ACTIVATED, 0
        who.phase_ends = _back_in_market(rules, day, v)
        happen(people, rules, seed, row, day, LifeEvent.NEVER_ACTIVATED, 0)
        return
    level, digital = uniforms(seed, Purpose.BIRTH, row, 7)
    give_tier(who, rules, level)
    who.phase = Phase.NURSERY
    who.activated_on, who.bills_paid = day, 0
    who.marks &= 255 - Mark.BILLED
    if digital < rules.digital_start:
        who.marks |= Mark.DIGITAL
    who.phase_ends = day + np.int64(rules.first_bill_low + (rules.first_bill_high - rules.first_bill_low) * v)
    happen(people, rules, seed, row, day, LifeEvent.ACTIVATED, 0)


@compiled
def pay_first_bill(people, rules, seed, row, day, u, v):
    """Nursery: the first bill comes and is perhaps disputed; when it is paid, nursery is over."""
    who = people.rows[row]
    if who.marks & Mark.BILLED:
        who.phase, who.bills_paid = Phase.ACTIVE, 1
        who.marks &= 255 - (Mark.BILLED | Mark.WELCOMED)
        happen(people, rules, seed, row, day, LifeEvent.FIRST_BILL_PAID, 0)
        return
    who.marks |= Mark.BILLED
    stay = rules.bill_due - rules.bill_paid * math.log(1.0 - v)
    last = who.activated_on + np.int64(rules.nursery_cap)
    who.phase_ends = max(min(day + np.int64(stay), last), day + 1)
    happen(people, rules, seed, row, day, LifeEvent.FIRST_BILL, 0)
    if u < rules.first_disputed:
        if not who.flag_bits & Flag.COMPLAINT:
            who.flag_bits |= Flag.COMPLAINT
            who.complaint_ends = day + whole_days(rules.complaint_mean, v)
        happen(people, rules, seed, row, day, LifeEvent.FIRST_BILL_DISPUTED, 0)
    chance, when = uniforms(seed, Purpose.PROMPT, row, np.int64(who.n_lives))
    if chance < rules.first_bill_calls:
        prompt(who, Prompt.BILL, day + np.int64(when * rules.call_within))


@compiled
def wish_to_leave(people, rules, seed, row, day):
    """The customer has decided to go: some ask to cancel, and may be kept; the others switch without a word."""
    who = people.rows[row]
    u, _ = uniforms(seed, Purpose.LEAVING, row, who.n_churns)
    who.n_churns += np.uint8(1)
    who.phase = Phase.LEAVING
    who.phase_ends = day + max(round(rules.leave_notice), 1)
    happen(people, rules, seed, row, day, LifeEvent.WANTS_TO_LEAVE, 0)
    if u < rules.leave_calls:
        prompt(who, Prompt.CANCEL, day)


@compiled
def leave(people, rules, seed, row, day, phase, event, u, v):
    """The line is switched off. A few come back, others become households without a line, the rest is gone."""
    who = people.rows[row]
    happen(people, rules, seed, row, day, event, 0)
    who.phase, who.flag_bits, who.credit_stage = phase, 0, 0
    who.marks &= Mark.DIGITAL
    who.order_ends = who.ticket_ends = who.complaint_ends = who.credit_ends = who.prompt_on = NEVER
    if phase == Phase.CHURNED and u < rules.win_back:
        who.marks |= Mark.RETURNS
        who.phase_ends = min(day + 1 + np.int64(v * rules.win_back_within), NEVER)
    elif (u - rules.win_back) / (1.0 - rules.win_back) < rules.to_market:
        who.phase_ends = _back_in_market(rules, day, v)
    else:
        who.phase_ends = NEVER


@compiled
def _back_in_market(rules, day, v):
    return min(day + 1 + np.int64(2.0 * v * rules.market_after), NEVER)


@compiled
def come_back(people, rules, seed, row, day):
    """Who left orders again, or is a household without a line like any other."""
    who = people.rows[row]
    who.experience, who.expectation = rules.experience_start, rules.expectation_market
    who.is_unresolved = False
    who.unresolved_on = who.repeated_on = LONG_AGO
    who.n_abandoned = 0
    if who.phase == Phase.CHURNED and who.marks & Mark.RETURNS:
        who.phase = Phase.ORDER
        who.phase_ends = day + max(round(rules.acceptance), 1)
        happen(people, rules, seed, row, day, LifeEvent.WON_BACK, 0)
    else:
        who.phase = Phase.MARKET
    who.marks = 0
