"""What happens to customers at midnight: whoever is due is visited, lives through the day's events, and has needs."""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack, prefetch
from twin.people.acquisition import end_phase, life_draws, wish_to_leave
from twin.people.clocks import (
    adoption_hazard,
    cluster_row,
    exponential,
    fault_hazard,
    refresh_hazards,
    rescore_up_hazard,
    schedule_visit,
    settle_clocks,
    whole_days,
)
from twin.people.customer_table import AHEAD, NEVER
from twin.people.events import happen, need_contact
from twin.people.matters import (
    answer_complaint,
    ask_about_bill,
    break_line,
    close_ticket,
    complain,
    credit_date,
    miss_payment,
    order_change,
)
from twin.people.states import NOBODY, Flag, LifeEvent, Mark, Phase

_ONE_TIER = np.uint8(1)
PROMPTED = 1 << 15
"""Added to the number of a contact that something has caused: its draws are apart from those of needs."""
A_WORD = 4
"""Days of 16 bits that a word of 64 holds: they are looked at together."""
LANES = np.uint64(0x0001_0001_0001_0001)
SIGNS = np.uint64(0x8000_8000_8000_8000)
"""The highest bit of each day in a word: taking a day away clears it where the day is earlier, and touches no other."""


@compiled
def keep_dates(people, rules, seed, row, day):
    """Dates of the row that have come: a phase, an order, a repair, a complaint, a step of the credit chain ends."""
    who = people.rows[row]
    if who.credit_ends <= day:
        credit_date(people, rules, seed, row, day)
    if who.order_ends <= day:
        who.order_ends = NEVER
        who.flag_bits &= 255 - Flag.ORDER
        who.marks &= 255 - (Mark.TOLD_DATE | Mark.TOLD_WORKS)
        happen(people, rules, seed, row, day, LifeEvent.CHANGE_DONE, 0)
    if who.ticket_ends <= day:
        u, v = life_draws(seed, row, who)
        close_ticket(people, rules, seed, row, day, u, v)
    if who.complaint_ends <= day:
        u, v = uniforms(seed, Purpose.COMPLAINT, row, day)
        answer_complaint(people, rules, seed, row, day, u, v)
    if who.phase_ends <= day:
        end_phase(people, rules, seed, row, day)


@compiled
def live(people, rules, seed, row, day):
    """One event of life, chosen in proportion to its hazard."""
    who = people.rows[row]
    u, v = life_draws(seed, row, who)
    if who.phase == Phase.MARKET:
        who.phase = Phase.PROSPECT
        who.phase_ends = day + whole_days(rules.prospect_stay, v)
        happen(people, rules, seed, row, day, LifeEvent.LEAD, 0)
        return
    left = u * who.life_daily
    left -= rules.orders
    if left < 0.0:
        order_change(people, rules, seed, row, day, v)
        return
    left -= fault_hazard(who, rules, day)
    if left < 0.0:
        break_line(people, rules, seed, row, day, v)
        return
    left -= adoption_hazard(who, rules)
    if left < 0.0:
        who.marks |= Mark.DIGITAL
        happen(people, rules, seed, row, day, LifeEvent.BECAME_DIGITAL, 0)
        return
    left -= rules.traffic_alarms
    if left < 0.0:
        happen(people, rules, seed, row, day, LifeEvent.TRAFFIC_ALARM, 0)
        return
    left -= rules.brand + rules.advertising
    if left < 0.0:
        event = LifeEvent.BRAND if left < -rules.advertising else LifeEvent.ADVERTISING
        happen(people, rules, seed, row, day, event, 0)
        return
    if who.phase == Phase.ACTIVE:
        live_active(people, rules, seed, row, day, left, v)


@compiled
def live_active(people, rules, seed, row, day, left, v):
    """Events that only customers with a paid bill meet: bills and value."""
    who = people.rows[row]
    left -= rules.bill_calls
    if left < 0.0:
        ask_about_bill(people, rules, seed, row, day, v)
        return
    left -= rules.bill_complaints
    if left < 0.0:
        complain(people, rules, seed, row, day, v)
        return
    left -= rules.overdue
    if left < 0.0:
        miss_payment(people, rules, row, day)
        return
    left -= rescore_up_hazard(who, rules)
    if left < 0.0:
        who.tier += _ONE_TIER
        who.flag_bits &= 255 - Flag.OFFER
        happen(people, rules, seed, row, day, LifeEvent.SCORED_UP, 0)
    elif who.tier > 0:
        who.tier -= _ONE_TIER
        happen(people, rules, seed, row, day, LifeEvent.SCORED_DOWN, 0)


@compiled
def count_clocks(people, rules, seed, row, day):
    """Life and churn are counted down to this midnight; what has run out happens, and is wound up again."""
    who = people.rows[row]
    settle_clocks(who, day)
    if who.life_left <= 0.0 and who.life_daily > 0.0:
        live(people, rules, seed, row, day)
        who.life_left = exponential(seed, Purpose.LIFE, row, np.int64(who.n_lives))
    if who.churn_left <= 0.0 and who.churn_daily > 0.0:
        if who.phase == Phase.NURSERY or who.phase == Phase.ACTIVE:
            wish_to_leave(people, rules, seed, row, day)
        who.churn_left = exponential(seed, Purpose.CHURN, row, np.int64(who.n_churns))


@compiled
def change_cluster(people, row, before, after, day, month):
    """The next need keeps its distance in expected needs, counted by the new cluster's hazard."""
    who = people.rows[row]
    who.need_level += people.levels[after, day] - people.levels[before, day]
    people.stocks[before] -= 1
    people.stocks[after] += 1
    people.moves[month, before, after] += 1


@compiled
def meet_needs(people, seed, row, day):
    """The needs that arise today, and the contact that something has caused."""
    who = people.rows[row]
    cluster = cluster_row(who)
    if cluster == NOBODY:
        if who.prompt_on <= day:
            who.prompt_on = NEVER
        return
    while who.need_level <= people.levels[cluster, day + 1]:
        who.n_needs = (who.n_needs + 1) % PROMPTED
        need_contact(people, row, np.int64(who.n_needs), -1)
        who.need_level += exponential(seed, Purpose.NEED, row, np.int64(who.n_needs))
    if who.prompt_on <= day:
        who.prompt_on = NEVER
        who.n_prompts = (who.n_prompts + 1) % PROMPTED
        need_contact(people, row, PROMPTED + np.int64(who.n_prompts), np.int64(who.prompt))


@compiled
def visit(people, rules, seed, row, day, month):
    who = people.rows[row]
    before = cluster_row(who)
    count_clocks(people, rules, seed, row, day)
    keep_dates(people, rules, seed, row, day)
    after = cluster_row(who)
    if after != before:
        change_cluster(people, row, before, after, day, month)
    meet_needs(people, seed, row, day)
    refresh_hazards(who, rules, day)
    schedule_visit(people, rules, row, day, day + 1)


@entry
def reschedule(people, rules, day):
    """Write down everybody's next visit anew: of customers who come from a run that was to end earlier."""
    people = pack(people)
    rules = pack(rules)
    for row in range(len(people.rows)):
        schedule_visit(people, rules, row, day, day + 1)


@entry
def live_day(people, rules, seed, day, month):
    """One midnight: everybody who is due.

    Parameters
    ----------
    people : twin.people.customer_table.People
        `counts` is told the needs of today; happenings are added to. Those beyond the room are counted, not written.
    rules : twin.people.rules.Rules
    month : int
        Row of `people.moves`.
    """
    n = len(people.due)
    words = people.due[: n // A_WORD * A_WORD].view(np.uint64)
    coming = np.empty(AHEAD, np.int64)
    people = pack(people)
    rules = pack(rules)
    people.counts[0] = 0
    n_due, after_today = 0, np.uint64(day + 1) * LANES
    for number in range(len(words)):
        word = words[number]
        if (~((word | SIGNS) - after_today) | word) & SIGNS == 0:  # none of these days is before tomorrow
            continue
        for row in range(number * A_WORD, (number + 1) * A_WORD):
            if people.due[row] <= day:
                prefetch(people.rows, row)
                if n_due >= AHEAD:
                    visit(people, rules, seed, coming[n_due % AHEAD], day, month)
                coming[n_due % AHEAD] = row
                n_due += 1
    for place in range(max(n_due - AHEAD, 0), n_due):
        visit(people, rules, seed, coming[place % AHEAD], day, month)
    for row in range(len(words) * A_WORD, n):
        if people.due[row] <= day:
            visit(people, rules, seed, row, day, month)
