"""What happens to operators: they come, become free, take the next contact, take a break, go home."""

from twin.kernel.answering import answer, offer_again, set_activity
from twin.kernel.codes import Activity, Event
from twin.kernel.contacts import leave_trunk
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled, inlined
from twin.kernel.legs import forget_legs
from twin.kernel.lists import join_idle, leave_idle, leave_line
from twin.kernel.ranking import take_by_rule
from twin.kernel.resolution import settle
from twin.kernel.routing import select_contact
from twin.kernel.tally import accrue, tally_of
from twin.kernel.transfers import goes_on


@compiled
def on_talk_end(world, now, operator):
    """The customer hangs up; the operator writes up what was said, then is free."""
    contact = world.operators[operator].contact
    if world.options[0].has_legs and goes_on(world, now, contact, operator):
        return
    wrap_time = world.contacts[contact].wrap_time
    world.operators[operator].n_handled += 1
    leave_trunk(world, contact)
    settle(world, now, contact, operator)
    if world.options[0].has_legs:
        forget_legs(world, contact)
    if wrap_time > 0.0:
        set_activity(world, now, operator, Activity.WRAP)
        schedule(world, now + wrap_time, Event.WRAP_END, operator, 0)
    else:
        become_free(world, now, operator)


@compiled
def become_free(world, now, operator):
    """The operator serves who waits for him, leaves, takes a break, takes the next contact, or is idle."""
    row = world.operators[operator]
    if row.reserved >= 0:
        contact = row.reserved
        row.reserved = -1
        tally_of(world, contact).to_owner += 1.0
        answer(world, now, contact, operator)
        return
    if is_due_to_leave(world, operator):
        if not (world.state[0].closed and world.options[0].serve_out and take_next(world, now, operator)):
            sign_off(world, now, operator)
        return
    if row.break_time > 0.0:
        begin_break(world, now, operator)
        return
    if not take_next(world, now, operator):
        set_activity(world, now, operator, Activity.IDLE)
        join_idle(world, operator)
        if world.options[0].has_reserve:
            offer_again(world, now)


@inlined
def is_due_to_leave(world, operator):
    row = world.operators[operator]
    if not row.is_counted:
        return row.is_leaving
    group = world.groups[row.group]
    return row.is_leaving or group.n_on > group.head_count


@compiled
def take_next(world, now, operator):
    """Take the head of the line that goes first; False if nobody is there for this operator."""
    if world.options[0].by_rule:
        return take_by_rule(world, now, operator)
    line = select_contact(world, operator, now)
    if line < 0:
        return False
    contact = world.lines[line].head
    leave_line(world, line, contact)
    answer(world, now, contact, operator)
    return True


@compiled
def staff(world, operator, change):
    """Count the operator in or out among the holders of his skills on duty."""
    first = world.operators[operator].first_node
    for node in range(first, first + world.operators[operator].n_nodes):
        pool = world.pools[world.nodes[node].pool]
        if pool.is_counted:
            world.skills[pool.skill].n_staffed += change


@compiled
def sign_on(world, now, operator):
    row = world.operators[operator]
    row.is_leaving = False
    if row.activity != Activity.OFF:
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
    if row.activity != Activity.BREAK:
        staff(world, operator, -1)
    set_activity(world, now, operator, Activity.OFF)
    row.is_leaving = False
    world.groups[row.group].n_on -= 1
    offer_again(world, now)


@compiled
def on_shift_end(world, now, operator):
    """Who is idle or on a break leaves at once; who is busy finishes the contact."""
    row = world.operators[operator]
    if row.activity == Activity.IDLE:
        leave_idle(world, operator)
        sign_off(world, now, operator)
    elif row.activity == Activity.BREAK:
        sign_off(world, now, operator)
    elif row.activity != Activity.OFF:
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
    for operator in range(row.first, row.first + row.n):
        if row.n_on >= head_count:
            break
        if world.operators[operator].activity == Activity.OFF:
            sign_on(world, now, operator)


@compiled
def on_break(world, now, operator, length):
    """A break is due: now if idle, after the contact if busy."""
    row = world.operators[operator]
    if row.activity == Activity.IDLE:
        leave_idle(world, operator)
        row.break_time = length
        begin_break(world, now, operator)
    elif row.activity == Activity.TALK or row.activity == Activity.WRAP or row.activity == Activity.HOLD:
        row.break_time = length


@compiled
def begin_break(world, now, operator):
    row = world.operators[operator]
    row.back_at = now + row.break_time
    row.break_time = 0.0
    staff(world, operator, -1)
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
        become_free(world, now, operator)
