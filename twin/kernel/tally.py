"""What is counted: tallies by interval and cell, operators' time by activity, a record per attempt."""

import numpy as np

from twin.kernel.codes import Activity, Deferral, Outcome, Stage
from twin.kernel.jit import compiled, inlined
from twin.kernel.tables import N_ACTIVITIES
from twin.kernel.tally_row import tallies_at

DAY = 86400.0


@inlined
def tally_of(world, contact):
    """The measures of the contact's cell in the interval in which it arrived."""
    row = world.contacts[contact]
    return tallies_at(world, row.interval, world.types[row.type].cell)


@inlined
def ability_of(world, operator, skill):
    """What the operator makes of matters that take this skill: a row of ABILITY."""
    return world.abilities[world.operators[operator].ability, skill]


@inlined
def accrue(world, operator, now):
    """Book the operator's time since the last change of activity."""
    row = world.operators[operator]
    time = now - row.since
    row.since = now
    activity = row.activity
    world.operator_time[operator, activity] += time
    if activity == Activity.TALK or activity == Activity.WRAP or activity == Activity.HOLD:
        row.busy_time += time
        row.available_time += time
    elif activity == Activity.IDLE:
        row.available_time += time


@compiled
def accrue_all(world, now):
    """At the end of an interval: book everybody's time, and what it grew by to the interval, and to the group's day."""
    interval = world.state[0].interval
    total, booked, in_interval, in_day = world.operator_time, world.booked_time, world.activity_time, world.group_time
    began = interval * world.state[0].interval_time
    day = np.int64(began / DAY)
    for operator in range(len(world.operators)):
        row = world.operators[operator]
        group = row.group
        if row.activity == Activity.OFF and row.since == began:  # all the time: nothing else has grown
            row.since = now
            in_interval[interval, Activity.OFF] += now - began
            in_day[day, group, Activity.OFF] += now - began
            total[operator, Activity.OFF] += now - began
            booked[operator, Activity.OFF] = total[operator, Activity.OFF]
            continue
        accrue(world, operator, now)
        for activity in range(N_ACTIVITIES):
            time = total[operator, activity] - booked[operator, activity]
            in_interval[interval, activity] += time
            in_day[day, group, activity] += time
            booked[operator, activity] = total[operator, activity]


@inlined
def occupancy_so_far(world, operator):
    """Share of the shift so far that the operator was busy."""
    row = world.operators[operator]
    return row.busy_time / row.available_time if row.available_time > 0.0 else 0.0


@compiled
def record(world, contact, ended_at, outcome, returns):
    """Write one row about an attempt that ended; handled ones are completed by `record_answer`."""
    state = world.state[0]
    row = world.contacts[contact]
    line = world.records[state.n_records]
    state.n_records += 1
    line.entered_at = row.entered_at
    line.joined_at = np.nan if outcome == Outcome.SELF_SERVED else row.joined_at
    is_done = outcome == Outcome.HANDLED or outcome == Outcome.CASE_DONE
    was_answered = is_done or row.stage == Stage.SEEKING
    line.answered_at = row.answered_at if was_answered else np.nan
    line.ended_at = ended_at
    line.who = row.who
    line.wrap_time = 0.0
    line.csi = np.nan
    line.customer = row.customer
    line.operator = row.operator if was_answered else -1
    line.interval = row.interval
    line.type = row.type
    line.attempt = row.attempt
    line.n_answered = row.n_answered
    line.outcome = outcome
    line.grade = 0
    line.is_resolved = False
    line.opens_case = False
    line.returns = returns
    has_legs = world.options[0].has_legs
    line.transfers = world.relays[contact].n_transfers if has_legs else np.uint8(0)
    line.hold_time = world.relays[contact].hold_time if has_legs else 0.0
    line.hung_up_at = world.errands[contact].hung_up_at if row.deferral != Deferral.NONE else np.nan


@inlined
def record_answer(world, wrap_time, csi, grade, is_resolved, opens_case):
    """Complete the newest record with what the operator did."""
    line = world.records[world.state[0].n_records - 1]
    line.wrap_time = wrap_time
    line.csi = csi
    line.grade = grade
    line.is_resolved = is_resolved
    line.opens_case = opens_case
