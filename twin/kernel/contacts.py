"""A contact's row, from the first ring to the last: taken, lost, sent home to come back, freed for the next one."""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Deferral, Outcome, Phase, Purpose, Stage
from twin.kernel.deferred import file_message, wait_until
from twin.kernel.diary import return_at
from twin.kernel.draws import draw_time, interpolate
from twin.kernel.jit import compiled, inlined
from twin.kernel.legs import forget_legs, hang_up
from twin.kernel.lists import leave_line
from twin.kernel.tally import record, tally_of

DAY = 86400.0
SHORT_WAIT = 5.0
"""Abandonments below this wait [s] are reported apart (domain reference, section 9: definitions)."""


@inlined
def take_row(world):
    """A free row of `contacts`. The main loop has made sure that there is one."""
    state = world.state[0]
    contact = state.first_free
    state.first_free = world.contacts[contact].next
    world.contacts[contact].has_levels = False
    state.n_free -= 1
    return contact


@inlined
def free_row(world, contact):
    state = world.state[0]
    row = world.contacts[contact]
    row.phase = Phase.FREE
    row.generation += np.uint32(1)
    row.next = state.first_free
    state.first_free = contact
    state.n_free += 1


@inlined
def leave_trunk(world, contact):
    if world.contacts[contact].is_on_trunk:
        world.contacts[contact].is_on_trunk = False
        world.state[0].n_inside -= 1


@inlined
def weekday_of(world, at):
    return (world.state[0].weekday + np.int64(math.floor(at / DAY))) % 7


@compiled
def when_open(world, at, u):
    """The instant itself if the centre is open then, else one of the next open day, at level `u` of its profile."""
    day = math.floor(at / DAY)
    weekday = weekday_of(world, at)
    if world.opening[weekday, 0] <= at - day * DAY < world.opening[weekday, 1]:
        return at
    if at - day * DAY >= world.opening[weekday, 1]:
        day += 1
    for _ in range(7):
        weekday = weekday_of(world, day * DAY)
        if world.opening[weekday, 1] > world.opening[weekday, 0]:
            break
        day += 1
    n = len(world.day_quantiles)
    clock = interpolate(world.day_quantiles, 0, n, u * (n - 1))
    return day * DAY + min(max(clock, world.opening[weekday, 0]), world.opening[weekday, 1] - 1e-3)


@compiled
def come_back(world, now, contact, law, u):
    """The customer will make contact again after a delay, in opening hours."""
    row = world.contacts[contact]
    at = now + draw_time(world.laws, world.knots, law, u)
    _, spread = uniforms(world.state[0].seed, Purpose.REOPEN, row.who, row.attempt)
    at = when_open(world, at, spread)
    row.phase = Phase.RETURNING
    row.generation += np.uint32(1)  # events of the attempt that ended mean nothing now
    row.attempt += np.uint16(1)
    return_at(world, at, contact)
    return at - now


@compiled
def will_redial(world, contact):
    """Whether a customer who was not answered tries again; whom the centre has called does not."""
    share = world.options[0].redial_share
    row = world.contacts[contact]
    if share <= 0.0 or row.redials == 255:
        return False
    if world.options[0].has_campaigns and world.types[row.type].deferral == Deferral.OUTBOUND:
        return False
    chance, _ = uniforms(world.state[0].seed, Purpose.REDIAL, row.who, row.attempt)
    return chance < share


@compiled
def go_home(world, now, contact, redials):
    """The attempt without an answer is over: the customer redials after a while, or the row is free."""
    row = world.contacts[contact]
    if not redials:
        free_row(world, contact)
        return
    _, delay = uniforms(world.state[0].seed, Purpose.REDIAL, row.who, row.attempt)
    row.redials += np.uint8(1)
    come_back(world, now, contact, world.options[0].redial_law, delay)


@compiled
def block(world, now, contact):
    """No trunk or no place in the queue."""
    tally_of(world, contact).blocked += 1
    leave_trunk(world, contact)
    returns = bool(world.options[0].redial_blocked) and will_redial(world, contact)
    if world.state[0].recording:
        record(world, contact, now, Outcome.BLOCKED, returns)
    go_home(world, now, contact, returns)


@compiled
def turn_away(world, now, contact):
    """Out of operators' hours, and not served by the menu: told when they are there; some call again then."""
    tally = tally_of(world, contact)
    tally.blocked += 1
    tally.out_of_hours += 1.0
    leave_trunk(world, contact)
    returns = will_redial(world, contact)
    if world.state[0].recording:
        record(world, contact, now, Outcome.BLOCKED, returns)
    go_home(world, now, contact, returns)


@compiled
def lose(world, contact, at, outcome):
    """Somebody who asked for an operator goes without an answer: gave up, left a message, was cut, not reached."""
    options = world.options[0]
    row = world.contacts[contact]
    tally = tally_of(world, contact)
    wait = wait_until(world, contact, at)
    waited = at - row.joined_at
    on_line_at = at  # until when one who was to be called back was off the telephone
    if options.has_legs and row.stage == Stage.SEEKING:
        on_line_at = row.answered_at
        waited = hang_up(world, contact, at)
        wait = waited + row.waited_before if options.redial_cumulates else waited
        tally.abandoned_answered += outcome == Outcome.ABANDONED
    if outcome == Outcome.ABANDONED:
        tally.abandoned += 1
        if wait < SHORT_WAIT:
            tally.short_abandoned += 1
    elif outcome == Outcome.MESSAGE:
        tally.messages += 1
    elif outcome == Outcome.UNREACHED:
        tally.unreached += 1.0
    elif outcome == Outcome.NUISANCE:
        tally.nuisance += 1.0
        world.campaigns[world.errands[contact].campaign].n_nuisance += 1
    else:
        tally.cut += 1
    if wait < 20.0:
        tally.lost_in_20s += 1
    if wait < world.types[row.type].target:
        tally.lost_in_target += 1
    if wait > 0.0:
        tally.waited += 1
    tally.wait_lost += wait
    tally.wait_squared += wait * wait
    leave_trunk(world, contact)
    row.waited_before += waited
    returns = outcome == Outcome.ABANDONED and will_redial(world, contact)
    if world.state[0].recording:
        record(world, contact, at, outcome, returns)
    if options.has_legs:
        forget_legs(world, contact)
    if row.deferral == Deferral.CALL_BACK:
        tally.off_line += on_line_at - world.errands[contact].hung_up_at
        row.deferral = Deferral.NONE
    if outcome == Outcome.MESSAGE and world.lines[world.types[row.type].line].message_line >= 0:
        file_message(world, at, contact)
    else:
        go_home(world, at, contact, returns)


@inlined
def outcome_of_leaving(world, contact):
    """At the end of patience, or at the wait at which one is asked to leave a message."""
    row = world.contacts[contact]
    if row.stage == Stage.SEEKING:
        return Outcome.ABANDONED
    if world.options[0].has_campaigns and world.types[row.type].deferral == Deferral.OUTBOUND:
        return Outcome.NUISANCE
    asked_at = row.joined_at + world.options[0].message_after  # the same sum as when it was planned: no rounding
    return Outcome.MESSAGE if row.gives_up_at >= asked_at else Outcome.ABANDONED


@compiled
def drop_expired(world, now, line):
    """Patience looked at lazily: those at the head whose patience ran out before now have left long ago."""
    while world.lines[line].head >= 0 and world.lines[line].head_gives_up_at <= now:
        contact = world.lines[line].head
        leave_line(world, contact)
        lose(world, contact, world.contacts[contact].gives_up_at, outcome_of_leaving(world, contact))


@compiled
def drop_all_expired(world, now):
    """The same for everybody in line, at the end of an interval."""
    for line in range(len(world.lines)):
        contact = world.lines[line].head
        while contact >= 0:
            after = world.contacts[contact].next
            if world.contacts[contact].gives_up_at <= now:
                leave_line(world, contact)
                lose(world, contact, world.contacts[contact].gives_up_at, outcome_of_leaving(world, contact))
            contact = after
