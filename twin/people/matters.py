"""What is open with a customer who has a line: orders, faults, complaints, and an overdue bill on its way through
the credit chain (domain reference 4.6: seven steps, after each of which some pay)."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.draws import normal_quantile
from twin.kernel.jit import compiled
from twin.people.acquisition import leave
from twin.people.clocks import whole_days
from twin.people.customer_table import NEVER
from twin.people.events import happen, prompt
from twin.people.states import Flag, LifeEvent, Mark, Phase, Prompt

NOTICES = (2, 5)
"""Steps of the credit chain that announce suspension and deactivation."""
SUSPENSION = 4
DEACTIVATION = 7
PAID = 8
"""Stands for a step: suspended, has paid, not yet reconnected."""


# ---- orders, faults, complaints --------------------------------------------------------------------------------------


@compiled
def order_change(people, rules, seed, row, day, v):
    """A change, a move, an upgrade."""
    who = people.rows[row]
    days = max(round(rules.order_median * math.exp(rules.order_sigma * normal_quantile(v))), 1)
    who.flag_bits |= Flag.ORDER
    who.order_ends = min(day + days, NEVER - 1)
    happen(people, rules, seed, row, day, LifeEvent.CHANGE_ORDERED, days)


@compiled
def break_line(people, rules, seed, row, day, v):
    who = people.rows[row]
    days = whole_days(rules.repair_mean, v)
    who.flag_bits |= Flag.TICKET
    who.ticket_ends = min(day + days, NEVER - 1)
    happen(people, rules, seed, row, day, LifeEvent.FAULT, days)


@compiled
def close_ticket(people, rules, seed, row, day, u, v):
    """The repair is reported; some reports are false, fewer where the customer was asked."""
    who = people.rows[row]
    is_checked = who.marks & Mark.CHECKED
    who.marks &= 255 - (Mark.CHECKED | Mark.TOLD_WORKS)
    if u < (rules.false_closure_checked if is_checked else rules.false_closure):
        who.ticket_ends = day + whole_days(rules.repair_mean, v)
        happen(people, rules, seed, row, day, LifeEvent.REOPENED, 0)
        prompt(who, Prompt.FAULT, day)
        return
    who.ticket_ends = NEVER
    who.flag_bits &= 255 - Flag.TICKET
    happen(people, rules, seed, row, day, LifeEvent.REPAIRED, 0)


@compiled
def complain(people, rules, seed, row, day, v):
    """A complaint is opened; while one is open, another is part of it."""
    who = people.rows[row]
    if who.flag_bits & Flag.COMPLAINT:
        return
    who.flag_bits |= Flag.COMPLAINT
    who.complaint_ends = min(day + whole_days(rules.complaint_mean, v), NEVER - 1)
    happen(people, rules, seed, row, day, LifeEvent.COMPLAINT, 0)


@compiled
def answer_complaint(people, rules, seed, row, day, u, v):
    """Answered: for good, or reopened, or taken to the authority."""
    who = people.rows[row]
    if u < rules.complaint_reopened + rules.complaint_to_authority:
        event = LifeEvent.COMPLAINT_REOPENED if u < rules.complaint_reopened else LifeEvent.TO_AUTHORITY
        who.complaint_ends = day + whole_days(rules.complaint_mean, v)
        happen(people, rules, seed, row, day, event, 0)
        return
    who.complaint_ends = NEVER
    who.flag_bits &= 255 - Flag.COMPLAINT
    happen(people, rules, seed, row, day, LifeEvent.COMPLAINT_ANSWERED, 0)


# ---- bills and credit ------------------------------------------------------------------------------------------------


@compiled
def next_bill(rules, row, day):
    """Day of the customer's next bill, today at the earliest: groups of customers have their dates evenly spread."""
    offset = (row % rules.issue_dates) * rules.bill_cycle / rules.issue_dates
    number = math.ceil((day - offset - 0.5) / rules.bill_cycle)
    return max(np.int64(round(offset + number * rules.bill_cycle)), day)


@compiled
def ask_about_bill(people, rules, seed, row, day, v):
    """The next bill will cause a contact."""
    on = next_bill(rules, row, day) + np.int64(v * rules.call_within)
    prompt(people.rows[row], Prompt.BILL, on)
    happen(people, rules, seed, row, day, LifeEvent.BILL_QUESTION, 0)


@compiled
def miss_payment(people, rules, row, day):
    """The next bill will not be paid in time; while one is overdue, later ones are part of the same chain."""
    who = people.rows[row]
    if who.credit_ends != NEVER:
        return
    who.credit_from = np.int64(next_bill(rules, row, day) + rules.bill_due)
    who.credit_ends = max(np.int64(who.credit_from + rules.credit_steps[0]), day + 1)
    who.credit_stage = 0
    who.n_credits += np.uint8(1)


@compiled
def credit_draws(seed, row, who):
    return uniforms(seed, Purpose.CREDIT, row, np.int64(who.n_credits) * 16 + np.int64(who.credit_stage))


@compiled
def credit_date(people, rules, seed, row, day):
    """The overdue bill is paid, or the next step of the chain is taken."""
    who = people.rows[row]
    if who.credit_stage == PAID:
        reconnect(people, rules, seed, row, day)
    elif who.marks & Mark.CURES:
        pay(people, rules, seed, row, day)
    else:
        take_step(people, rules, seed, row, day)


@compiled
def pay(people, rules, seed, row, day):
    who = people.rows[row]
    stage = np.int64(who.credit_stage)
    who.marks &= 255 - Mark.CURES
    people.credit_flows[day, stage, 1] += 1
    happen(people, rules, seed, row, day, LifeEvent.CURED, stage)
    if who.flag_bits & Flag.SUSPENDED:
        u, _ = uniforms(seed, Purpose.CREDIT, row, np.int64(who.n_credits) * 16 + 15)
        who.credit_stage = PAID
        who.credit_ends = day + 1 + np.int64(u * (rules.reconnection - 1.0))
        return
    who.flag_bits &= 255 - Flag.OVERDUE
    who.credit_stage, who.credit_ends = 0, NEVER


@compiled
def reconnect(people, rules, seed, row, day):
    who = people.rows[row]
    who.flag_bits &= 255 - (Flag.SUSPENDED | Flag.OVERDUE)
    who.credit_stage, who.credit_ends = 0, NEVER
    happen(people, rules, seed, row, day, LifeEvent.RECONNECTED, 0)


@compiled
def take_step(people, rules, seed, row, day):
    """The next of the seven steps, and what it will bring about before the one after it."""
    who = people.rows[row]
    who.credit_stage += np.uint8(1)
    stage = np.int64(who.credit_stage)
    people.credit_flows[day, stage, 0] += 1
    happen(people, rules, seed, row, day, LifeEvent.CREDIT_STEP, stage)
    u, v = credit_draws(seed, row, who)
    if stage == DEACTIVATION:
        leave(people, rules, seed, row, day, Phase.CHURNED_CREDIT, LifeEvent.DEACTIVATED, u, v)
        return
    if stage == 1:
        who.flag_bits |= Flag.OVERDUE
        happen(people, rules, seed, row, day, LifeEvent.OVERDUE, 0)
    elif stage == SUSPENSION:
        who.flag_bits |= Flag.SUSPENDED
        happen(people, rules, seed, row, day, LifeEvent.SUSPENDED, 0)
    chance, _ = uniforms(seed, Purpose.PROMPT, row, 65536 + np.int64(who.n_credits) * 16 + stage)
    calls = rules.suspension_calls if stage == SUSPENSION else 0.0
    if stage == NOTICES[0] or stage == NOTICES[1]:
        calls = rules.notice_calls
    if chance < calls:
        prompt(who, Prompt.CREDIT, day)
    plan_credit(who, rules, day, u, v)


@compiled
def plan_credit(who, rules, day, u, v):
    """Whether the bill is paid after this step, and when; else the day of the next one."""
    stage = np.int64(who.credit_stage)
    next_step = max(np.int64(who.credit_from + rules.credit_steps[stage]), day + 1)
    if u < rules.credit_cured[stage - 1]:
        who.marks |= Mark.CURES
        who.credit_ends = day + 1 + np.int64(v * (next_step - day - 1))
    else:
        who.credit_ends = next_step
