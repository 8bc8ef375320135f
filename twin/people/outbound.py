"""The platform's day: events of life set messages off, lines carry them, and who is reached knows more."""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Purpose
from twin.kernel.jit import compiled, entry
from twin.kernel.pack import pack
from twin.people.clocks import settle_clocks, touch_clocks, whole_days
from twin.people.customer_table import NEVER
from twin.people.events import experience, happen, prompt
from twin.people.matters import complain
from twin.people.messages import Measure
from twin.people.states import Flag, LifeEvent, Phase, Prompt

DEACTIVATED = 7
AT_START = 65535
"""Stands for the day of messages sent before the run began."""
SECOND = 1 << 30
"""Added to the number of a draw: two more uniforms for the same purpose."""


@compiled
def draws(seed, purpose, item, more):
    """Two uniforms of this message: keyed by the customer, the kind, and the day on which it began."""
    return uniforms(seed, purpose, item.customer, more + (np.int64(item.kind) << 16 | np.int64(item.began_on)))


@compiled
def concerns(kind, who, event, detail):
    """Whether an event of this kind, happening to this customer, sets the message off."""
    if event == LifeEvent.CREDIT_STEP:
        return bool(kind.steps >> np.int64(detail) & 1)
    if event == LifeEvent.ORDER_ACCEPTED or event == LifeEvent.DATE_MISSED:
        return bool(kind.products >> np.int64(who.product) & 1)
    return True


@compiled
def date_of(who, event, day):
    """The date that belongs to the event: of the line, the change, the repair; the day itself where there is none."""
    date = np.int64(NEVER)
    if event == LifeEvent.ORDER_ACCEPTED or event == LifeEvent.DATE_MISSED:
        date = np.int64(who.phase_ends)
    elif event == LifeEvent.CHANGE_ORDERED:
        date = np.int64(who.order_ends)
    elif event == LifeEvent.FAULT or event == LifeEvent.REOPENED:
        date = np.int64(who.ticket_ends)
    return date if date != NEVER else np.int64(day)


@compiled
def still_holds(who, event, detail):
    """Whether the message still says something true: an order or ticket open, a bill unpaid, a customer who is here."""
    if event == LifeEvent.CREDIT_STEP:
        return detail == DEACTIVATED or who.credit_stage == detail
    if event == LifeEvent.FAULT or event == LifeEvent.REOPENED:
        return who.ticket_ends != NEVER
    if event == LifeEvent.CHANGE_ORDERED:
        return who.order_ends != NEVER
    if event == LifeEvent.ORDER_ACCEPTED or event == LifeEvent.DATE_MISSED:
        return who.phase == Phase.DELIVERY
    if event == LifeEvent.LEAD or event == LifeEvent.SALE or event == LifeEvent.WON_BACK:
        return who.phase == Phase.PROSPECT or who.phase == Phase.ORDER
    return who.phase >= Phase.DELIVERY and who.phase <= Phase.LEAVING


# ---- the day -------------------------------------------------------------------------------------------------------


@entry
def send_day(people, rules, platform, seed, day):
    """One day of the platform.

    Parameters
    ----------
    people : twin.people.customer_table.People
        `happenings` are read and taken away; what the messages bring about is left there for the next day.
    rules : twin.people.rules.Rules
    platform : twin.people.messages.Platform
        `pending` has room for all that the happenings can set off.
    """
    people = pack(people)
    rules = pack(rules)
    platform = pack(platform)
    for pool in range(len(platform.lines)):
        platform.left[pool] = platform.lines[pool]
    n_read = people.counts[1]
    for i in range(n_read):
        set_off(people, platform, seed, i, day)
    n, kept = platform.n_pending[0], 0
    for i in range(n):
        carry(people, rules, platform, seed, i, day)
        item = platform.pending[i]
        if item.next_on != NEVER or item.other_on != NEVER:
            keep(platform, i, kept)
            kept += 1
    platform.n_pending[0] = kept
    for i in range(n_read, people.counts[1]):
        row = people.happenings[i]
        to = people.happenings[i - n_read]
        to.customer, to.kind, to.detail = row.customer, row.kind, row.detail
    people.counts[1] -= n_read


@compiled
def keep(platform, place, kept):
    """Move a message up in the list."""
    item, to = platform.pending[place], platform.pending[kept]
    to.customer, to.kind, to.event, to.detail = item.customer, item.kind, item.event, item.detail
    to.began_on, to.next_on, to.other_on, to.attempts = item.began_on, item.next_on, item.other_on, item.attempts


@compiled
def set_off(people, platform, seed, place, day):
    """The messages that an event of life sets off, at the end of the list."""
    happened = people.happenings[place]
    who = people.rows[happened.customer]
    column = 0
    while platform.triggers[happened.kind, column] >= 0:
        number = platform.triggers[happened.kind, column]
        column += 1
        kind = platform.kinds[number]
        if not concerns(kind, who, happened.kind, happened.detail):
            continue
        n = platform.n_pending[0]
        item = platform.pending[n]
        item.customer, item.kind, item.event, item.detail = happened.customer, number, happened.kind, happened.detail
        item.began_on, item.attempts = day, 0
        chance, ends_badly = draws(seed, Purpose.UNTOLD, item, 0)
        if chance >= kind.share:
            continue
        platform.counts[day, number, Measure.DUE] += 1
        date = date_of(who, happened.kind, day)
        item.next_on = max(date - 1, day) if kind.is_before else day
        if not platform.is_active:
            item.next_on = NEVER
        item.other_on = NEVER
        if ends_badly < kind.otherwise:
            on = date if kind.after < 0 else day + kind.after
            item.other_on = min(max(on, day + 1), NEVER - 1)
        platform.n_pending[0] = n + 1


@compiled
def carry(people, rules, platform, seed, place, day):
    """One message today: tried as often as its hours and lines allow, given up, or left for another day."""
    item = platform.pending[place]
    kind = platform.kinds[item.kind]
    who = people.rows[item.customer]
    if item.next_on <= day:
        if not still_holds(who, item.event, item.detail):
            platform.counts[day, item.kind, Measure.LAPSED] += 1
            item.next_on = NEVER
        else:
            try_to_reach(people, rules, platform, seed, place, day)
    if item.other_on <= day:
        item.other_on = NEVER
        if who.phase >= Phase.DELIVERY and who.phase <= Phase.LEAVING:
            platform.counts[day, item.kind, Measure.UNTOLD] += 1
            settle_clocks(who, day + 1)
            prompt(who, kind.cause, day + 1)
            if kind.complains:
                length, _ = draws(seed, Purpose.UNTOLD, item, SECOND)
                complain(people, rules, seed, item.customer, day, length)
            touch_clocks(people, rules, np.int64(item.customer), day + 1)


@compiled
def try_to_reach(people, rules, platform, seed, place, day):
    """Attempts of one day. One draw, in common to all attempts, decides which of them reaches the customer, if any."""
    item = platform.pending[place]
    kind = platform.kinds[item.kind]
    level, _ = draws(seed, Purpose.MESSAGE, item, 0)
    for _ in range(kind.attempts_a_day):
        if kind.pool >= 0:
            if platform.left[kind.pool] < kind.duration:
                platform.counts[day, item.kind, Measure.WAITED] += 1
                item.next_on = day + 1
                return
            platform.left[kind.pool] -= kind.duration
        platform.counts[day, item.kind, Measure.SENT] += item.attempts == 0
        platform.counts[day, item.kind, Measure.ATTEMPTS] += 1
        item.attempts += 1
        if level < kind.reachable * (1.0 - kind.missed ** np.int64(item.attempts)):
            item.next_on = NEVER
            tell(people, rules, platform, seed, place, day)
            return
        if item.attempts >= kind.attempts:
            platform.counts[day, item.kind, Measure.GIVEN_UP] += 1
            item.next_on = NEVER
            return
    item.next_on = min(day + kind.retry_days, NEVER - 1)


@compiled
def tell(people, rules, platform, seed, place, day):
    """The customer is reached: answers, knows more, thinks better of the company, and perhaps calls about it."""
    item = platform.pending[place]
    kind = platform.kinds[item.kind]
    row = np.int64(item.customer)
    who = people.rows[row]
    platform.counts[day, item.kind, Measure.REACHED] += 1
    settle_clocks(who, day + 1)
    answer = take_answer(platform, seed, place, day)
    calls, averts = draws(seed, Purpose.MESSAGE_ANSWER, item, SECOND)
    if item.other_on != NEVER and averts < kind.averted:
        item.other_on = NEVER
        platform.counts[day, item.kind, Measure.AVERTED] += 1
    if kind.reopens >= 0 and answer == kind.reopens:
        go_on_repairing(people, rules, platform, seed, place, day)
    elif kind.n_answers == 0 or kind.reopens < 0 or answer >= 0:
        who.marks |= np.uint8(kind.marks)
    if kind.points != 0.0:
        score = min(max(who.experience + kind.points, 0.0), 100.0)
        experience(people, rules, who, kind.touch, score, 1.0)
    if calls < kind.own_calls and who.prompt_on == NEVER:
        prompt(who, Prompt.MESSAGE, day + 1)
        platform.counts[day, item.kind, Measure.OWN] += 1
    touch_clocks(people, rules, row, day + 1)


@compiled
def take_answer(platform, seed, place, day):
    """Which answer the reached customer gives; -1 for none."""
    item = platform.pending[place]
    kind = platform.kinds[item.kind]
    if kind.n_answers == 0:
        return -1
    answers, which = draws(seed, Purpose.MESSAGE_ANSWER, item, 0)
    if answers >= kind.answered:
        return -1
    answer = 0
    while answer < kind.n_answers - 1 and which > platform.answers[item.kind, answer]:
        answer += 1
    platform.counts[day, item.kind, Measure.ANSWERED] += 1
    platform.answer_counts[day, item.kind, answer] += 1
    return answer


@compiled
def go_on_repairing(people, rules, platform, seed, place, day):
    """The customer says that the line does not work: the ticket is not closed, and nobody has to call about it."""
    item = platform.pending[place]
    who = people.rows[item.customer]
    if not who.flag_bits & Flag.TICKET:
        return
    _, length = draws(seed, Purpose.MESSAGE, item, 0)
    who.ticket_ends = min(max(np.int64(who.ticket_ends), day + 1) + whole_days(rules.repair_mean, length), NEVER - 1)
    platform.counts[day, item.kind, Measure.REOPENED] += 1
    happen(people, rules, seed, np.int64(item.customer), day, LifeEvent.REOPENED, 0)


# ---- before the run ------------------------------------------------------------------------------------------------


@entry
def begin_told(people, platform, seed):
    """Marks of customers who were told before the run began: of open orders and changes, and of new lines."""
    people = pack(people)
    platform = pack(platform)
    for row in range(len(people.rows)):
        who = people.rows[row]
        if who.phase == Phase.DELIVERY:
            begin_marks(people, platform, seed, row, LifeEvent.ORDER_ACCEPTED)
        elif who.phase == Phase.NURSERY:
            begin_marks(people, platform, seed, row, LifeEvent.ACTIVATED)
        elif who.order_ends != NEVER:
            begin_marks(people, platform, seed, row, LifeEvent.CHANGE_ORDERED)


@compiled
def begin_marks(people, platform, seed, row, event):
    who = people.rows[row]
    column = 0
    while platform.triggers[event, column] >= 0:
        number = np.int64(platform.triggers[event, column])
        column += 1
        kind = platform.kinds[number]
        if not concerns(kind, who, event, 0) or kind.is_before:
            continue
        which = number << 16 | AT_START
        chance, _ = uniforms(seed, Purpose.UNTOLD, row, which)
        level, _ = uniforms(seed, Purpose.MESSAGE, row, which)
        if chance < kind.share and level < kind.reachable * (1.0 - kind.missed ** np.int64(kind.attempts)):
            who.marks |= np.uint8(kind.marks)
