"""What a caller who must wait is told and offered: the expected wait, and a call-back.

Estimators of the wait: by the length of the queue, (n + 1) mean handle times over operators on duty (Whitt 1999,
"Predicting queueing delays"; QL of Ibrahim & Whitt 2009), or the wait of the last one who reached an operator (LES of
Ibrahim & Whitt 2009, "Real-time delay estimation based on delay history"). Who hears a long one balks more often and
waits with another patience: Guo & Zipkin 2007, "Analysis and comparison of queues with different levels of delay
information"; Armony, Shimkin & Whitt 2009, "The impact of delay announcements in many-server queues with abandonment".
"""

import math

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Deferral, Event, Phase, Purpose, Reply
from twin.kernel.contacts import DAY, leave_trunk, weekday_of, when_open
from twin.kernel.deferred import defer, key_of
from twin.kernel.draws import draw_time
from twin.kernel.heap import schedule
from twin.kernel.jit import compiled, inlined
from twin.kernel.lists import leave_line
from twin.kernel.tally import tally_of


@compiled
def curve(knots, first, n, x):
    """Straight lines between points, level outside. Knots: n places, then n values."""
    if x <= knots[first]:
        return knots[first + n]
    for i in range(1, n):
        left, right = knots[first + i - 1], knots[first + i]
        if x < right:
            weight = (x - left) / (right - left)
            return knots[first + n + i - 1] * (1.0 - weight) + knots[first + n + i] * weight
    return knots[first + 2 * n - 1]


@compiled
def told_wait(world, line, place, waited):
    """The wait that is still to come [s], as the scenario's estimator has it, for who is in this place of the queue."""
    row = world.lines[line]
    if world.offers[row.offer].by_last_entry:
        return max(row.last_wait - waited, 0.0)
    n_staffed = world.skills[row.skill].n_staffed
    return place * row.handle_time / n_staffed if n_staffed > 0 else math.inf


@compiled
def place_of(world, line, contact):
    """Place in the queue for the line's skill, 1 = next: those of other lines count as if they went first."""
    place = world.skills[world.lines[line].skill].n_waiting - world.lines[line].n_waiting + 1
    before = world.contacts[contact].previous
    while before >= 0:
        place += 1
        before = world.contacts[before].previous
    return place


@compiled
def accepts(world, contact, rule, wait):
    """Whether the caller takes the call-back that is offered now."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    tally_of(world, contact).offers += 1.0
    chance, _ = uniforms(world.state[0].seed, Purpose.ACCEPT, row.who, key_of(row, errand.n_offers))
    return chance < curve(world.knots, rule.accept, rule.n_accept, wait)


@compiled
def balks(world, contact, rule):
    """Whether the caller hangs up for good on hearing the expected wait."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    tally = tally_of(world, contact)
    tally.announced += errand.n_heard == 0
    chance, _ = uniforms(world.state[0].seed, Purpose.BALK, row.who, key_of(row, errand.n_heard))
    leaves = chance < curve(world.knots, rule.balk, rule.n_balk, errand.told)
    tally.balked += leaves
    return leaves


@compiled
def hear(world, contact, line):
    """At joining: the call-back is offered first, then the expected wait is told."""
    errand = world.errands[contact]
    rule = world.offers[world.lines[line].offer]
    errand.n_offers = 0
    errand.n_heard = 0
    errand.told = told_wait(world, line, world.skills[world.lines[line].skill].n_waiting + 1, 0.0)
    is_offered = rule.calls_back and rule.offer_from < math.inf and errand.told >= rule.offer_from
    if is_offered and accepts(world, contact, rule, errand.told):
        return np.int64(Reply.HANGS_UP)
    if rule.announces and balks(world, contact, rule):
        return np.int64(Reply.LEAVES)
    return np.int64(Reply.STAYS)


@compiled
def change_patience(world, now, contact, line):
    """The announced wait changes the patience that is left: by a factor, and drawn anew if the rule says so."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    rule = world.offers[world.lines[line].offer]
    if not rule.announces:
        return
    patience = math.inf
    if rule.redraw_law >= 0:
        level, _ = uniforms(world.state[0].seed, Purpose.TOLD_PATIENCE, row.who, key_of(row, errand.n_heard))
        patience = draw_time(world.laws, world.knots, rule.redraw_law, level)
    elif world.types[row.type].patience_law >= 0:
        patience = errand.patience_ends_at - now
    factor = curve(world.knots, rule.factor, rule.n_factor, errand.told)
    if patience == math.inf or (factor == 1.0 and rule.redraw_law < 0):
        return
    errand.patience_ends_at = now + patience * factor
    row.gives_up_at = min(row.joined_at + world.options[0].message_after, errand.patience_ends_at)
    if world.lines[line].head == contact:
        world.lines[line].head_gives_up_at = row.gives_up_at
    if now < row.gives_up_at < math.inf:
        schedule(world, row.gives_up_at, Event.GIVE_UP, contact, row.generation)


@inlined
def next_hearing(world, contact, rule):
    """The next wait at which something is told or offered; inf = none."""
    errand = world.errands[contact]
    following = (errand.n_heard + 1.0) * rule.every if rule.announces else math.inf
    if errand.n_offers < rule.n_after:
        following = min(following, world.knots[rule.first_after + errand.n_offers])
    return following


@compiled
def hear_later(world, contact, line):
    row = world.contacts[contact]
    following = next_hearing(world, contact, world.offers[world.lines[line].offer])
    if following < math.inf:
        schedule(world, row.joined_at + following, Event.HEAR, contact, row.generation)


@compiled
def hang_up(world, now, contact, line):
    """The caller leaves the telephone and his patience behind: he keeps his place, or is promised an instant."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    rule = world.offers[world.lines[line].offer]
    tally_of(world, contact).call_backs += 1.0
    leave_trunk(world, contact)
    row.deferral = Deferral.CALL_BACK
    errand.hung_up_at = now
    errand.n_dials = 0
    row.gives_up_at = math.inf
    is_in_line = row.phase == Phase.WAITING
    if rule.keeps_place:
        row.phase = Phase.DEFERRED
        row.generation += np.uint32(1)
        if is_in_line and world.lines[line].head == contact:
            world.lines[line].head_gives_up_at = math.inf
        return
    if is_in_line:
        leave_line(world, contact)
    _, spread = uniforms(world.state[0].seed, Purpose.ACCEPT, row.who, key_of(row, errand.n_offers))
    defer(world, contact, promised_at(world, now, rule, spread))


@compiled
def promised_at(world, now, rule, spread):
    """The instant promised: a delay from now, or the next quiet period by the clock; in opening hours."""
    at = now + rule.promise_delay if rule.n_quiet == 0 else next_quiet(world, now, rule)
    return when_open(world, at + rule.promise_spread * spread, 0.0)


@compiled
def next_quiet(world, now, rule):
    """The first start of a quiet period after `now`, on an open day."""
    day = math.floor(now / DAY)
    for _ in range(8):
        weekday = weekday_of(world, day * DAY)
        if world.opening[weekday, 1] > world.opening[weekday, 0]:
            for knot in range(rule.first_quiet, rule.first_quiet + rule.n_quiet):
                if day * DAY + world.knots[knot] > now:
                    return day * DAY + world.knots[knot]
        day += 1
    return now
