"""What happens to operators: they come, become free, take the next contact, take a break, go home."""

import numpy as np

from twin.kernel.answering import answer, offer_again, offer_reserve, set_activity
from twin.kernel.cases import calls_customer
from twin.kernel.chats import plan_end, takes_more
from twin.kernel.codes import Activity, Event
from twin.kernel.contacts import leave_trunk
from twin.kernel.control import (
    change_skills,
    close_shift,
    is_down,
    join_wraps,
    leave_for_break,
    leave_wraps,
    may_take_break,
    open_shift,
    return_from_break,
    stays_on,
    take_owed_wrap,
    wrap_under_load,
)
from twin.kernel.dialling import dial_soon
from twin.kernel.heap import schedule, stint_of
from twin.kernel.interruption import put_down, takes_up_held
from twin.kernel.jit import compiled, inlined
from twin.kernel.legs import forget_legs
from twin.kernel.lists import join_idle, leave_idle, leave_line, staff
from twin.kernel.ranking import select_by_rule, take_chosen
from twin.kernel.resolution import settle
from twin.kernel.rooms import close_room, open_room
from twin.kernel.routing import select_chat, select_contact, select_live
from twin.kernel.tally import accrue, tally_of
from twin.kernel.transfers import goes_on
from twin.kernel.work_in_hand import leave_workers, may_put_down


@compiled
def on_talk_end(world, now, operator):
    """The customer hangs up; the operator writes up what was said, then is free."""
    contact = world.operators[operator].contact
    if world.options[0].has_interruption and world.operators[operator].is_interruptible:
        leave_workers(world, operator)
    if world.options[0].has_legs and goes_on(world, now, contact, operator):
        return
    if world.options[0].has_cases and calls_customer(world, now, contact, operator):
        return
    wrap_time = world.contacts[contact].wrap_time
    if world.options[0].has_wrap_rule and wrap_time > 0.0:
        wrap_time = wrap_under_load(world, contact, operator)
    world.operators[operator].n_handled += 1
    leave_trunk(world, contact)
    settle(world, now, contact, operator)
    if world.options[0].has_legs:
        forget_legs(world, contact)
    if wrap_time > 0.0:
        set_activity(world, now, operator, Activity.WRAP)
        schedule(world, now + wrap_time, Event.WRAP_END, operator, stint_of(world, operator))
        if world.options[0].has_wrap_rule:
            join_wraps(world, now, operator, wrap_time)
    else:
        become_free(world, now, operator)


@inlined
def on_wrap_end(world, now, operator):
    if world.options[0].has_wrap_rule:
        leave_wraps(world, operator)
    become_free(world, now, operator)


@compiled
def become_free(world, now, operator):
    """The operator serves who waits for him, leaves, takes a break, takes the next contact, or is idle."""
    row = world.operators[operator]
    if world.options[0].has_chats and world.chatters[operator].n > 0:
        plan_end(world, now, operator)
        take_more(world, now, operator)
        return
    if world.options[0].has_control and is_held_up(world, now, operator):
        return
    if row.reserved >= 0:
        contact = row.reserved
        row.reserved = -1
        tally_of(world, contact).to_owner += 1
        answer(world, now, contact, operator)
        return
    if is_due_to_leave(world, operator):
        if world.state[0].closed and world.options[0].serve_out and take_live(world, now, operator):
            return
        if not (world.options[0].has_wrap_rule and catch_up(world, now, operator)):
            sign_off(world, now, operator)
        return
    if row.break_time > 0.0 and (not world.options[0].has_break_rule or may_take_break(world, now, operator)):
        begin_break(world, now, operator)
        return
    if not take_next(world, now, operator):
        if world.options[0].has_wrap_rule and catch_up(world, now, operator):
            return
        set_activity(world, now, operator, Activity.IDLE)
        join_idle(world, operator)
        if world.options[0].has_reserve:
            offer_reserve(world, now)
        if world.options[0].has_campaigns:
            dial_soon(world, now)


@compiled
def is_held_up(world, now, operator):
    """The day's control with one who is free: other skills from now on; if the site is down, nothing to do."""
    crew = world.crew[operator]
    if crew.next_loan != crew.loan:
        change_skills(world, operator)
        offer_again(world, now)
    if not is_down(world, operator):
        return False
    if is_due_to_leave(world, operator):
        sign_off(world, now, operator)
    else:
        stop_work(world, now, operator)
    return True


@compiled
def stop_work(world, now, operator):
    """The operator, neither talking nor in an idle list, cannot answer until the site is back."""
    staff(world, operator, -1)
    set_activity(world, now, operator, Activity.OUTAGE)
    offer_again(world, now)


@compiled
def catch_up(world, now, operator):
    """Nobody waits: the wrap-up that was put off is made good; False if there is none."""
    if take_owed_wrap(world, now, operator) <= 0.0:
        return False
    set_activity(world, now, operator, Activity.WRAP)
    return True


@inlined
def is_due_to_leave(world, operator):
    row = world.operators[operator]
    if not row.is_counted:
        return row.is_leaving
    group = world.groups[row.group]
    return row.is_leaving or group.n_on > group.head_count


@inlined
def take_next(world, now, operator):
    """Take the head of the line that goes first; False if nobody is there for this operator."""
    if world.options[0].by_rule:
        contact = select_by_rule(world, now, operator, world.line_mask)
        line = np.int64(-1 if contact < 0 else world.contacts[contact].line)
        if world.options[0].has_interruption and takes_up_held(world, now, operator, line):
            return True
        return take_chosen(world, now, operator, contact)
    line = select_contact(world, operator, now)
    if world.options[0].has_interruption and takes_up_held(world, now, operator, line):
        return True
    return take_head(world, now, operator, line)


@compiled
def take_live(world, now, operator):
    """The same after hours: nobody stays for work."""
    if world.options[0].by_rule:
        return take_chosen(world, now, operator, select_by_rule(world, now, operator, world.live_mask))
    return take_head(world, now, operator, select_live(world, operator, now))


@inlined
def take_head(world, now, operator, line):
    if line < 0:
        return False
    contact = world.lines[line].head
    leave_line(world, contact)
    answer(world, now, contact, operator)
    if world.options[0].has_chats and world.chatters[operator].n > 0:
        fill_up(world, now, operator)
    return True


@compiled
def fill_up(world, now, operator):
    """One who is in chats takes further ones, while there is room for them and somebody waits."""
    chatter = world.chatters[operator]
    while chatter.n < chatter.most:
        line = select_chat(world, operator, now)
        if line < 0:
            return
        contact = world.lines[line].head
        leave_line(world, contact)
        close_room(world, operator)
        answer(world, now, contact, operator)


@compiled
def take_more(world, now, operator):
    """One who is in chats looks for further ones, unless a break or the end of the shift is due."""
    close_room(world, operator)
    if takes_more(world, operator):
        open_room(world, operator)
        fill_up(world, now, operator)
    elif world.operators[operator].is_leaving and world.state[0].closed and world.options[0].serve_out:
        fill_up(world, now, operator)


@compiled
def sign_on(world, now, operator):
    row = world.operators[operator]
    row.is_leaving = False
    if world.options[0].has_control:
        open_shift(world, operator)
    if row.activity != Activity.OFF:
        if world.options[0].has_chats and world.chatters[operator].n > 0:
            take_more(world, now, operator)
        return
    accrue(world, operator, now)
    row.available_time = 0.0
    row.busy_time = 0.0
    row.break_time = 0.0
    world.groups[row.group].n_on += 1
    staff(world, operator, 1)
    become_free(world, now, operator)


@compiled
def sign_off(world, now, operator):
    """The operator, neither talking nor in an idle list, goes home."""
    row = world.operators[operator]
    if row.activity != Activity.BREAK and row.activity != Activity.OUTAGE:
        staff(world, operator, -1)
    if world.options[0].has_control:
        close_shift(world, operator, row.activity == Activity.BREAK)
    set_activity(world, now, operator, Activity.OFF)
    row.is_leaving = False
    world.groups[row.group].n_on -= 1
    offer_again(world, now)


@compiled
def stops_at_once(world, now, operator):
    """Whether the operator can be called off: idle, or at work that he puts down. Who is in chats takes no more."""
    if world.operators[operator].activity == Activity.IDLE:
        leave_idle(world, operator)
        return True
    if may_put_down(world, now, operator):
        put_down(world, now, operator)
        return True
    if world.options[0].has_chats:
        close_room(world, operator)
    return False


@compiled
def on_shift_end(world, now, operator):
    """Who is idle, on a break or at work that he puts down leaves at once; who is busy finishes the contact."""
    row = world.operators[operator]
    if row.activity == Activity.OFF:
        return
    is_away = row.activity == Activity.BREAK or row.activity == Activity.OUTAGE
    if world.options[0].has_overtime and not is_away and stays_on(world, now, operator):
        return
    if is_away or stops_at_once(world, now, operator):
        sign_off(world, now, operator)
    else:
        row.is_leaving = True


@compiled
def on_head_count(world, now, group, head_count):
    """A group is to be so many: whoever is free first leaves, the first who are off come."""
    row = world.groups[group]
    row.head_count = head_count
    for operator in range(row.first + row.n - 1, row.first - 1, -1):
        if row.n_on <= head_count:
            break
        if world.operators[operator].activity == Activity.IDLE:
            leave_idle(world, operator)
            sign_off(world, now, operator)
    if world.options[0].has_interruption:
        send_workers_home(world, now, group)
    for operator in range(row.first, row.first + row.n):
        if row.n_on >= head_count:
            break
        if world.operators[operator].activity == Activity.OFF:
            sign_on(world, now, operator)


@compiled
def send_workers_home(world, now, group):
    """If idle ones were not enough, those at interruptible work put it down and leave."""
    row = world.groups[group]
    for operator in range(row.first + row.n - 1, row.first - 1, -1):
        if row.n_on <= row.head_count:
            break
        if may_put_down(world, now, operator):
            put_down(world, now, operator)
            sign_off(world, now, operator)


@compiled
def on_break(world, now, operator, length):
    """A break is due: now if idle, after the contact if busy."""
    row = world.operators[operator]
    if row.activity == Activity.OFF or row.activity == Activity.BREAK:
        return
    row.break_time = length
    if stops_at_once(world, now, operator):
        begin_break(world, now, operator)


@compiled
def begin_break(world, now, operator):
    row = world.operators[operator]
    row.back_at = now + row.break_time
    row.break_time = 0.0
    staff(world, operator, -1)
    if world.options[0].has_control:
        leave_for_break(world, operator)
    set_activity(world, now, operator, Activity.BREAK)
    schedule(world, row.back_at, Event.BREAK_END, operator, 0)
    offer_again(world, now)


@compiled
def on_break_end(world, now, operator):
    """Back to work; nothing happens if the shift has ended meanwhile."""
    row = world.operators[operator]
    if row.activity == Activity.BREAK and row.back_at == now:
        set_activity(world, now, operator, Activity.IDLE)
        staff(world, operator, 1)
        if world.options[0].has_control:
            return_from_break(world, operator)
        become_free(world, now, operator)
