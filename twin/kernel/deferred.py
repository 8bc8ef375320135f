"""Contacts off the telephone: who is to be called back or called first, and messages and work that are to be done."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Activity, Deferral, Event, Phase, Purpose, Stage
from twin.kernel.draws import draw_time
from twin.kernel.heap import schedule, stint_of
from twin.kernel.jit import compiled, inlined
from twin.kernel.tally import ability_of, accrue, tally_of
from twin.kernel.work_in_hand import resume

DAY, HOUR = 86400.0, 3600.0
MANY = 65536
"""Draws for one attempt at contact: keys of later attempts begin above."""


@inlined
def key_of(row, which):
    """Which time, for a draw that an attempt at contact may need more than once."""
    return np.int64(row.attempt) * MANY + which


@compiled
def line_of(world, contact):
    """Where the contact waits: in the line of its type, with the promised call-backs, messages or numbers to call."""
    row = world.contacts[contact]
    line = world.types[row.type].line
    if row.deferral == Deferral.OUTBOUND:
        return np.int64(world.campaigns[world.errands[contact].campaign].due_line)
    is_own = row.deferral == Deferral.NONE or row.deferral == Deferral.WORK or row.deferral == Deferral.CASE
    if is_own or row.stage == Stage.SEEKING:
        return np.int64(line)
    if row.deferral == Deferral.MESSAGE:
        return np.int64(world.lines[line].message_line)
    keeps_place = world.offers[world.lines[line].offer].keeps_place
    return np.int64(line) if keeps_place else np.int64(world.lines[line].call_back_line)


@inlined
def wait_until(world, contact, at):
    """The wait that is reported: from the first joining, off the telephone or on it."""
    row = world.contacts[contact]
    if not world.options[0].redial_cumulates:
        return at - row.joined_at
    if row.deferral == Deferral.NONE:
        return at - row.since
    return at - (row.joined_at - row.waited_before)  # a call-back may stand in line since a later instant


@compiled
def defer(world, contact, until):
    """Out of all lines until an instant."""
    row = world.contacts[contact]
    row.phase = Phase.DUE_LATER
    row.generation += np.uint32(1)  # events of the time in line mean nothing now
    schedule(world, until, Event.DUE, contact, row.generation)


@compiled
def file_message(world, at, contact):
    """The caller has hung up; what he said becomes work, the matter's next attempt."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    row.deferral = Deferral.MESSAGE
    row.attempt += np.uint16(1)
    errand.hung_up_at = at
    row.gives_up_at = np.inf
    tally_of(world, contact).messages_filed += 1.0
    defer(world, contact, at)


@compiled
def note_wait(world, now, contact):
    """Keep the wait of the last one to reach an operator (Ibrahim & Whitt 2009: last to enter service)."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    line = world.types[row.type].line
    is_first_dial = row.deferral == Deferral.CALL_BACK and errand.n_dials == 0 and row.phase != Phase.DIALLING
    keeps_place = is_first_dial and world.offers[world.lines[line].offer].keeps_place
    if row.deferral == Deferral.NONE or keeps_place:
        world.lines[line].last_wait = now - row.joined_at


@compiled
def begins_off_line(world, now, contact, operator):
    """An operator dials, works on a message, or resumes work; False for new work: it begins as a talk does."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    is_work = row.deferral == Deferral.WORK or row.deferral == Deferral.CASE
    if is_work and errand.work_left <= 0.0:
        return False
    accrue(world, operator, now)
    world.operators[operator].activity = Activity.TALK
    world.operators[operator].contact = contact
    row.operator = operator
    if is_work:
        resume(world, now, contact, operator)
    elif row.deferral == Deferral.MESSAGE:
        work_on(world, now, contact, operator)
    else:
        dial(world, now, contact, operator)
    return True


@inlined
def dial_rule_of(world, contact):
    row = world.contacts[contact]
    if row.deferral == Deferral.OUTBOUND:
        return world.dial_rules[world.campaigns[world.errands[contact].campaign].dial_rule]
    return world.dial_rules[world.offers[world.lines[world.types[row.type].line].offer].dial_rule]


@inlined
def reach_of(world, rule, now):
    """Share of dials that are answered at this hour of the day."""
    hour = np.int64((now - math.floor(now / DAY) * DAY) / HOUR)
    return world.knots[rule.reach + min(hour, 23)]


@compiled
def dial(world, now, contact, operator):
    """It rings; for the operator, if there is one (-1), this is handling time. Such calls go out on lines that limit
    nothing."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    level, _ = uniforms(world.state[0].seed, Purpose.DIAL, row.who, key_of(row, errand.n_dials))
    time = draw_time(world.laws, world.knots, dial_rule_of(world, contact).ring_law, level)
    tally = tally_of(world, contact)
    if row.deferral == Deferral.OUTBOUND:
        time += time_of_look(world, contact)
        tally.numbers_dialled += 1.0
    else:
        tally.dials += 1.0
    if operator >= 0:
        tally.dial_time += time
        tally.labour_cost += world.operators[operator].wage * time
    row.phase = Phase.DIALLING
    schedule(world, now + time, Event.DIAL_END, contact, row.generation)


@compiled
def time_of_look(world, contact):
    """Time [s] for which the operator looks at the record before dialling."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    law = world.campaigns[errand.campaign].preview_law
    if law < 0:
        return 0.0
    level, _ = uniforms(world.state[0].seed, Purpose.PREVIEW, row.who, key_of(row, errand.n_dials))
    return draw_time(world.laws, world.knots, law, level)


@compiled
def work_on(world, now, contact, operator):
    """A message is heard and answered: its length is the message's law times what this operator makes of the matter."""
    row = world.contacts[contact]
    kind = world.types[row.type]
    rule = world.offers[world.lines[kind.line].offer]
    level, _ = uniforms(world.state[0].seed, Purpose.MESSAGE_WORK, row.who, row.attempt)
    row.phase = Phase.TALKING
    row.has_levels = False
    row.answered_at = now
    row.grade = ability_of(world, operator, kind.need).grade
    row.wrap_time = 0.0
    row.talk_time = draw_time(world.laws, world.knots, rule.message_law, level)
    row.talk_time *= ability_of(world, operator, kind.need).handle
    schedule(world, now + row.talk_time, Event.TALK_END, operator, stint_of(world, operator))


@compiled
def count_off_line(world, now, contact, wait):
    """Beside what every answer counts: of a call-back, or of work, whose answer is sent now."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    tally = tally_of(world, contact)
    if row.deferral == Deferral.CALL_BACK:
        tally.called_back += 1.0
        tally.called_wait += wait
        tally.called_in_target += wait < world.types[row.type].target
        tally.off_line += row.answered_at - errand.hung_up_at
        return
    time = now - row.joined_at
    tally.deferred_handled += 1.0
    tally.response_time += time
    tally.in_deadline += time <= world.types[row.type].answer_by
    tally.in_1_day += time <= DAY
    tally.in_3_days += time <= 3.0 * DAY
