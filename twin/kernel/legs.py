"""More than one operator on a matter: a talk is cut into legs, which are planned, joined by a further operator, booked.

One mechanism with a kind (LegKind). `answer` plans a leg; the end of its first part begins it (``transfers.py``): the
contact is in line again, as a row of `types` of its own, and whoever answers there meets it here. An attempt is
offered once and handled once, by the operator who ends it; talk, wrap-up, hold and labour count of all of them.
"""

import numpy as np

from twin.kernel.chance import uniforms
from twin.kernel.codes import Activity, Deferral, Event, Grade, LegKind, Phase, Purpose, Stage
from twin.kernel.draws import draw_time
from twin.kernel.heap import schedule, stint_of
from twin.kernel.jit import compiled, inlined
from twin.kernel.tally import ability_of, accrue, tally_of
from twin.kernel.work_in_hand import take_in_hand

_ONE = np.uint64(1)


@inlined
def turn_of(world, contact):
    """Key of what is drawn for the present operator: answers before in this matter, and legs in this attempt."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    return np.int64(row.n_answered) + 256 * np.int64(relay.n_legs)


@compiled
def share_of(leg, grade):
    """Share of talks with an operator of this grade that take the leg."""
    if grade == Grade.PRIMARY:
        return leg.share_primary
    return leg.share_secondary if grade == Grade.SECONDARY else leg.share_none


@compiled
def pick_leg(world, contact, operator, chance, if_unresolved):
    """The leg that the talk takes, one of its type's; -1 = none. Nobody asks for what he may answer himself."""
    row = world.contacts[contact]
    kind = world.types[row.type]
    profile = world.operators[operator].profile
    below = 0.0
    for number in range(kind.first_leg, kind.first_leg + kind.n_legs):
        leg = world.legs[number]
        if leg.if_unresolved != if_unresolved:
            continue
        below += share_of(leg, row.grade)
        if chance < below:
            line = world.types[leg.seek_type].line
            may_answer = (world.line_mask[profile, line >> 6] >> np.uint64(line & 63)) & _ONE
            return number if may_answer == np.uint64(0) else -1
    return -1


@compiled
def plan_leg(world, contact, operator):
    """At the answer: whether the talk leads to a further operator, and when. The talk is cut there."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    if world.types[row.type].n_legs == 0:
        return
    chance, level = uniforms(world.state[0].seed, Purpose.LEG, row.who, turn_of(world, contact))
    number = pick_leg(world, contact, operator, chance, False)
    if number < 0:
        return
    leg = world.legs[number]
    part = row.talk_time * leg.at
    if leg.after_law >= 0:
        part = draw_time(world.laws, world.knots, leg.after_law, level)
        if part >= row.talk_time:  # the talk is over before
            return
    relay.leg = number
    row.stage = Stage.PLANNED
    relay.rest = row.talk_time - part
    row.talk_time = part


@compiled
def count_work(world, contact, operator, talk_time, wrap_time, hold_time):
    """Book what an operator did for the contact besides what its last operator did."""
    tally = tally_of(world, contact)
    tally.talk += talk_time
    tally.wrap += wrap_time
    tally.hold += hold_time
    tally.labour_cost += world.operators[operator].wage * (talk_time + wrap_time + hold_time)


@compiled
def change_activity(world, now, operator, activity):
    accrue(world, operator, now)
    world.operators[operator].activity = activity


@compiled
def release(world, now, contact, operator, wrap_time):
    """The operator leaves the contact to others and writes up what was said; free by an event, if at once."""
    count_work(world, contact, operator, 0.0, wrap_time, 0.0)
    change_activity(world, now, operator, Activity.WRAP)
    schedule(world, now + wrap_time, Event.WRAP_END, operator, stint_of(world, operator))


@compiled
def count_transfer(world, contact):
    """A contact is handed on, and by an escalation reaches a further tier."""
    relay = world.relays[contact]
    leg = world.legs[relay.leg]
    tally = tally_of(world, contact)
    relay.n_transfers += np.uint8(1)
    tally.transferred += 1.0
    if leg.kind == LegKind.ESCALATION:
        if world.types[leg.seek_type].tier == 2:
            tally.escalated_2 += 1.0
        else:
            tally.escalated_3 += 1.0


@compiled
def talk_on(world, now, contact, operator):
    """The contact's present part of talk begins, or goes on, with this operator in the lead."""
    row = world.contacts[contact]
    row.phase = Phase.TALKING
    row.operator = operator
    world.operators[operator].contact = contact
    change_activity(world, now, operator, Activity.TALK)
    schedule(world, now + row.talk_time, Event.TALK_END, operator, stint_of(world, operator))
    if world.types[row.type].deferral == Deferral.WORK:
        take_in_hand(world, contact, operator, now + row.talk_time)


@compiled
def stop_seeking(world, now, contact):
    """The wait for a further operator is over: book it, and the time for which the first one held the line."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    waited = now - relay.leg_at
    if row.deferral != Deferral.WORK:  # nobody waits for that at the other end
        relay.hold_time += waited
        tally_of(world, contact).wait_again += waited
    if world.legs[relay.leg].stays:
        count_work(world, contact, relay.partner, 0.0, 0.0, waited)
    before = row.waited_before if world.options[0].redial_cumulates else 0.0
    row.since = row.joined_at - before  # what the wait to the first answer is counted from


@compiled
def meet(world, now, contact, operator):
    """A further operator answers: takes over, is briefed first, joins, or is consulted."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    leg = world.legs[relay.leg]
    tally = tally_of(world, contact)
    stop_seeking(world, now, contact)
    if leg.kind == LegKind.WARM_TRANSFER or leg.kind == LegKind.CONSULTATION:
        level, _ = uniforms(world.state[0].seed, Purpose.LEG_TIME, row.who, turn_of(world, contact))
        row.stage = Stage.BRIEFING
        if leg.kind == LegKind.CONSULTATION:
            tally.consultations += 1.0
        else:
            count_transfer(world, contact)
            draw_talk(world, contact, operator)
            relay.rest = row.talk_time  # of the further operator, when the handover is over
            change_activity(world, now, relay.partner, Activity.TALK)
        row.talk_time = draw_time(world.laws, world.knots, leg.briefing_law, level)
    else:
        draw_talk(world, contact, operator)
        row.stage = Stage.NONE
        if leg.kind == LegKind.CONFERENCE:
            tally.conferences += 1.0
            row.stage = Stage.JOINED
            change_activity(world, now, relay.partner, Activity.TALK)
        else:
            plan_leg(world, contact, operator)
    talk_on(world, now, contact, operator)


@compiled
def draw_talk(world, contact, operator):
    """Talk and wrap-up of a further operator: by the leg's law, or the rest of the first talk at his own pace."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    leg = world.legs[relay.leg]
    kind = world.types[row.type]
    ability = ability_of(world, operator, kind.need)
    first = ability_of(world, row.operator, world.types[leg.from_type].need)
    row.grade = ability.grade
    talk_level, wrap_level = uniforms(world.state[0].seed, Purpose.WORK, row.who, turn_of(world, contact))
    factor = kind.talk_factor * ability.handle
    if row.n_answered > 0:
        factor *= world.options[0].recall_talk
    if leg.talk_law >= 0:
        row.talk_time = draw_time(world.laws, world.knots, leg.talk_law, talk_level) * factor
    else:
        row.talk_time = relay.rest * ability.handle / first.handle
    row.wrap_time = 0.0
    if kind.wrap_law >= 0:
        row.wrap_time = draw_time(world.laws, world.knots, kind.wrap_law, wrap_level) * factor
    if world.options[0].has_outages:
        slow = world.sites[world.crew[operator].site].slow
        row.wrap_time *= slow
        if leg.talk_law >= 0:  # the rest of the first talk is as slow as that
            row.talk_time *= slow


@compiled
def hang_up(world, contact, at):
    """The customer goes while a further operator is sought: all waiting of the attempt [s]. Who holds is released."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    stop_seeking(world, at, contact)
    if world.legs[relay.leg].stays:
        release(world, at, contact, relay.partner, relay.partner_wrap)
    return row.answered_at - row.joined_at + relay.hold_time


@compiled
def count_tier(world, contact):
    """Count the attempt that ended by the tier that closed it."""
    tier = world.types[world.contacts[contact].type].tier
    if tier == 2:
        tally_of(world, contact).closed_2 += 1.0
    elif tier > 2:
        tally_of(world, contact).closed_3 += 1.0


@inlined
def forget_legs(world, contact):
    """The attempt is over: its row is as blank as those that never had a leg."""
    row = world.contacts[contact]
    relay = world.relays[contact]
    row.stage = Stage.NONE
    relay.n_transfers = 0
    relay.n_legs = 0
    relay.hold_time = 0.0
