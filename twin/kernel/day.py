"""What the day brings: outages and loans of operators by plan or rule, breaks put off, early leave, overtime.

Planned ones are rows of the roster, one for a whole group or site; looks at a rule are rows of the roster too, at even
distances, so that no result rests on how a run is cut. Looks at one operator's break or overtime are on the heap.
"""

from twin.kernel.answering import set_activity
from twin.kernel.breaking import break_off
from twin.kernel.codes import Activity, Breakdown, Event, StaffCount
from twin.kernel.control import count, cut_wrap, is_overloaded, may_take_break, wear
from twin.kernel.dialling import dial_soon
from twin.kernel.heap import schedule, stint_of
from twin.kernel.jit import compiled
from twin.kernel.lists import leave_idle, staff
from twin.kernel.ranking import select_by_rule
from twin.kernel.routing import expected_wait, select_live
from twin.kernel.shifts import (
    become_free,
    begin_break,
    is_due_to_leave,
    on_shift_end,
    sign_off,
    stops_at_once,
    take_more,
)
from twin.kernel.work_in_hand import may_put_down

BUSY, AWAY = 2, 3
"""Places in the turn in which operators are lent: 0 is idle, 1 at work that is put down."""


@compiled
def on_control(world, now, kind, which):
    """A planned event of the day's control: the row of a loan, an outage or a rule for leaving early."""
    if kind == Event.LOAN_END:
        end_loan(world, now, which)
    elif kind == Event.OUTAGE_END:
        on_outage_end(world, now, which)
    elif kind == Event.OUTAGE_BEGIN:
        on_outage_begin(world, now, which)
    elif kind == Event.LOAN_BEGIN:
        lend(world, now, which)
    elif kind == Event.LOAN_CHECK:
        on_loan_check(world, now, which)
    elif kind == Event.LEAVE_CHECK:
        on_leave_check(world, now, which)
    elif kind == Event.PAUSE_END:
        end_pause(world, now, which)
    elif kind == Event.PAUSE_CHECK:
        on_pause_check(world, now, which)


@compiled
def on_check(world, now, kind, operator, generation):
    """A look at one operator; nothing happens if the matter is settled."""
    if kind == Event.BREAK_CHECK:
        if world.crew[operator].n_due == generation:
            on_break_check(world, now, operator)
    elif world.crew[operator].duty == generation:
        on_shift_end(world, now, operator)


# ---- wrap-up and breaks ----------------------------------------------------------------------------------------------


@compiled
def cut_wraps(world, now):
    """Somebody more waits: wrap-ups under way end early where the load is now too high, and there is whom to answer."""
    rule = world.control[0]
    operator, last = rule.first_wrap, rule.last_wrap
    while operator >= 0:
        after = world.crew[operator].wrap_after if operator != last else -1  # what begins here and now is not cut
        is_over = is_overloaded(world, operator, rule.wrap_waiting, rule.wrap_expected)
        if is_over and not is_due_to_leave(world, operator) and finds_caller(world, now, operator):
            ends_at = cut_wrap(world, now, operator)
            if ends_at <= now:
                become_free(world, now, operator)
            else:
                schedule(world, ends_at, Event.WRAP_END, operator, stint_of(world, operator))
        operator = after


@compiled
def finds_caller(world, now, operator):
    """Whether somebody waits whom the operator would take if he were free."""
    if world.options[0].by_rule:
        return select_by_rule(world, now, operator, world.live_mask) >= 0
    return select_live(world, operator, now) >= 0


@compiled
def on_movable_break(world, now, operator, length):
    """A break is due: now if idle and the load allows it, else as soon as it does."""
    row, crew = world.operators[operator], world.crew[operator]
    if row.activity == Activity.OFF:
        return
    if row.break_time <= 0.0:
        crew.break_due_at = now
    row.break_time += length
    crew.n_due += 1
    crew.n_owed += 1
    if not may_take_break(world, now, operator):
        count(world, operator, StaffCount.BREAKS_POSTPONED)
    on_break_check(world, now, operator)


@compiled
def on_break_check(world, now, operator):
    """The desk looks at a break that is due: it begins, or there is another look later; who is busy looks himself."""
    rule, row, crew = world.control[0], world.operators[operator], world.crew[operator]
    if row.break_time <= 0.0 or row.activity == Activity.OFF:
        return
    if row.activity != Activity.BREAK and may_take_break(world, now, operator):
        if stops_at_once(world, now, operator):
            begin_break(world, now, operator)
            return
        if world.options[0].has_chats:
            world.chatters[operator].runs_down = True
    next_at, limit_at = now + rule.break_again, crew.break_due_at + rule.break_limit
    if now < limit_at < next_at:
        next_at = limit_at
    schedule(world, next_at, Event.BREAK_CHECK, operator, crew.n_due)


# ---- skills on loan --------------------------------------------------------------------------------------------------


@compiled
def reassign(world, now, operator, loan):
    """From now on, or from the end of the contact on, this operator's skills are those of the loan; -1 = the own."""
    crew = world.crew[operator]
    if crew.next_loan >= 0:
        world.loans[crew.next_loan].n_lent -= 1
    if loan >= 0:
        world.loans[loan].n_lent += 1
        count(world, operator, StaffCount.LENT)
    crew.next_loan = loan
    if crew.next_loan != crew.loan and stops_at_once(world, now, operator):
        become_free(world, now, operator)
    elif place_of(world, now, operator) > BUSY:
        wear(world, operator)
    elif world.options[0].has_chats and world.chatters[operator].n > 0:
        take_more(world, now, operator)


@compiled
def lend(world, now, loan):
    """Idle ones first, then who puts work down, then who is busy; of a whole group also who is away. Once each."""
    row = world.loans[loan]
    group = world.groups[row.group]
    left = group.n if row.n < 0 else min(row.n, row.most - row.n_lent)
    for wanted in range(AWAY + 1):
        for operator in range(group.first, group.first + group.n):
            if left <= 0:
                return
            if world.crew[operator].next_loan >= 0 or world.operators[operator].is_leaving:
                continue
            if place_of(world, now, operator) == wanted and (wanted < AWAY or row.n < 0):
                reassign(world, now, operator, loan)
                left -= 1


@compiled
def place_of(world, now, operator):
    """In which turn the operator is lent, by what he is at."""
    activity = world.operators[operator].activity
    if activity == Activity.IDLE:
        return 0
    if activity == Activity.TALK or activity == Activity.WRAP or activity == Activity.HOLD:
        return 1 if may_put_down(world, now, operator) else BUSY
    return AWAY


@compiled
def end_loan(world, now, loan):
    """All who were lent return."""
    group = world.groups[world.loans[loan].group]
    for operator in range(group.first, group.first + group.n):
        if world.crew[operator].next_loan == loan:
            reassign(world, now, operator, -1)


@compiled
def idle_share(world, now, group):
    """Idle operators of the group over those who are idle or busy; 0 if there are none."""
    n_idle, n_there = 0, 0
    first = world.groups[group].first
    for operator in range(first, first + world.groups[group].n):
        place = place_of(world, now, operator)
        n_idle += place == 0
        n_there += place < AWAY
    return n_idle / n_there if n_there > 0 else 0.0


@compiled
def queue_wait(world, queue):
    """The longest expected wait among the lines of the queue [s]."""
    longest = 0.0
    for line in range(len(world.lines)):
        if world.lines[line].queue == queue and not world.lines[line].is_work:
            longest = max(longest, expected_wait(world, line, 0))
    return longest


@compiled
def on_loan_check(world, now, loan):
    """Lend above one expected wait, return below another: between them, nothing changes."""
    row = world.loans[loan]
    wait = queue_wait(world, row.queue)
    if wait > row.expected_wait:
        if idle_share(world, now, row.group) > row.idle_share:
            lend(world, now, loan)
    elif wait < row.return_below:
        end_loan(world, now, loan)


# ---- campaigns paused ------------------------------------------------------------------------------------------------


@compiled
def on_pause_check(world, now, which):
    """Above one expected wait or number waiting the campaign dials nobody, until both have come down to others."""
    row = world.pauses[which]
    wait, n_waiting = queue_wait(world, row.queue), world.queues[row.queue].n_waiting
    if wait > row.wait_above or n_waiting > row.n_above:
        if not row.is_on:
            row.is_on = True
            world.campaigns[row.campaign].n_pauses += 1
    elif wait <= row.wait_down_to and n_waiting <= row.n_down_to:
        end_pause(world, now, which)


@compiled
def end_pause(world, now, which):
    """What is under way was not stopped; what may be dialled now is."""
    row = world.pauses[which]
    if row.is_on:
        row.is_on = False
        world.campaigns[row.campaign].n_pauses -= 1
        dial_soon(world, now)


# ---- early leave -----------------------------------------------------------------------------------------------------


@compiled
def on_leave_check(world, now, which):
    """While too large a share of the group is idle, idle volunteers go home, some at a time."""
    rule = world.leaves[which]
    group = world.groups[rule.group]
    left, share = rule.n, idle_share(world, now, rule.group)
    for operator in range(group.first + group.n - 1, group.first - 1, -1):
        if left <= 0 or share <= rule.idle_share:
            return
        if world.crew[operator].leaves_early and world.operators[operator].activity == Activity.IDLE:
            leave_idle(world, operator)
            count(world, operator, StaffCount.LEFT_EARLY)
            sign_off(world, now, operator)
            left, share = left - 1, idle_share(world, now, rule.group)


# ---- outages ---------------------------------------------------------------------------------------------------------


@compiled
def is_hit(world, which, site):
    return world.outages[which].site < 0 or world.outages[which].site == site


@compiled
def look_at_outages(world):
    """What is down, slow or fewer by all outages that last now."""
    control = world.control[0]
    control.ivr_is_down = False
    n_trunks = control.trunks
    for site in range(len(world.sites)):
        world.sites[site].is_down = False
        world.sites[site].slow = 1.0
    for which in range(len(world.outages)):
        outage = world.outages[which]
        if not outage.is_active:
            continue
        if outage.kind == Breakdown.IVR:
            control.ivr_is_down = True
        elif outage.kind == Breakdown.TRUNKS:
            n_trunks = min(n_trunks, outage.trunks)
        for site in range(len(world.sites)):
            if is_hit(world, which, site):
                if outage.kind == Breakdown.SITE:
                    world.sites[site].is_down = True
                elif outage.kind == Breakdown.SLOW:
                    world.sites[site].slow *= outage.factor
    world.options[0].trunks = n_trunks


@compiled
def on_outage_begin(world, now, which):
    """Of a site: who is idle or can put work down stops; who talks finishes the contact, or the connection breaks."""
    outage = world.outages[which]
    outage.is_active = True
    look_at_outages(world)
    if outage.kind != Breakdown.SITE:
        return
    for operator in range(len(world.operators)):
        if not is_hit(world, which, world.crew[operator].site):
            continue
        if stops_at_once(world, now, operator):
            become_free(world, now, operator)
        elif outage.loses and place_of(world, now, operator) == BUSY:
            break_off(world, now, operator)


@compiled
def on_outage_end(world, now, which):
    """Who stopped work begins again, in the order of the operators."""
    outage = world.outages[which]
    outage.is_active = False
    look_at_outages(world)
    if outage.kind != Breakdown.SITE:
        return
    for operator in range(len(world.operators)):
        site = world.crew[operator].site
        if world.sites[site].is_down or not is_hit(world, which, site):
            continue
        if world.operators[operator].activity != Activity.OUTAGE:
            if world.options[0].has_chats and world.chatters[operator].n > 0:
                take_more(world, now, operator)
            continue
        set_activity(world, now, operator, Activity.IDLE)
        staff(world, operator, 1)
        become_free(world, now, operator)
