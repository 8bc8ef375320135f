"""The end of a talk: was the matter resolved, how content is the customer, will there be another contact?"""

import math

import numpy as np

from twin.kernel.cases import is_in_charge, settle_case, take_charge
from twin.kernel.chance import uniforms
from twin.kernel.codes import Deferral, Grade, Outcome, Purpose
from twin.kernel.contacts import come_back, free_row
from twin.kernel.deferred import count_off_line, wait_until
from twin.kernel.jit import compiled, inlined
from twin.kernel.legs import count_tier
from twin.kernel.messages import settle_message
from twin.kernel.redemption import redeem
from twin.kernel.tally import ability_of, accrue, occupancy_so_far, record, record_answer, tally_of


@inlined
def draw_resolution(world, contact, operator):
    """Whether this operator resolves the matter, and whether a case is opened for it."""
    options = world.options[0]
    row = world.contacts[contact]
    kind = world.types[row.type]
    if kind.fcr >= 1.0 and kind.case_share <= 0.0:
        return True, False
    which = np.int64(row.n_answered)
    if options.has_legs:
        which += 256 * np.int64(world.relays[contact].n_transfers)
    chance, case_chance = uniforms(world.state[0].seed, Purpose.RESOLVE, row.who, which)
    share = kind.fcr + ability_of(world, operator, kind.need).fcr
    is_resolved = chance < min(max(share, options.fcr_floor), options.fcr_ceiling) or kind.fcr >= 1.0
    return is_resolved, case_chance < kind.case_share


@inlined
def settle(world, now, contact, operator):
    """Count the answer, decide resolution and satisfaction, send the customer home for good or to contact again."""
    options = world.options[0]
    row = world.contacts[contact]
    if row.deferral == Deferral.MESSAGE:
        settle_message(world, now, contact, operator)
        return
    if row.deferral == Deferral.CASE:
        settle_case(world, now, contact, operator)
        return
    wait = wait_until(world, contact, row.answered_at)
    tally = tally_of(world, contact)
    count_answer(world, contact, operator, wait, tally)
    if row.deferral != Deferral.NONE:
        count_off_line(world, now, contact, wait)
    if options.has_campaigns and world.types[row.type].deferral == Deferral.OUTBOUND:
        redeem(world, contact)
    if options.has_legs:
        count_tier(world, contact)
    is_resolved, opens_case = draw_resolution(world, contact, operator)
    if options.has_cases:
        opens_case = take_charge(world, now, contact, operator, opens_case, is_resolved)
    csi = math.nan
    if options.has_csi:
        accrue(world, operator, now)  # this talk is part of the occupancy so far
        if options.has_legs:
            wait += world.relays[contact].hold_time
        csi = satisfaction(world, contact, operator, wait, is_resolved)
    finish(world, now, contact, operator, csi, is_resolved, opens_case, tally)
    if row.deferral != Deferral.NONE:
        row.deferral = Deferral.NONE


@inlined
def count_answer(world, contact, operator, wait, tally):
    row = world.contacts[contact]
    kind = world.types[row.type]
    tally.handled += 1
    tally.wait_handled += wait
    tally.talk += row.talk_time
    tally.wrap += row.wrap_time
    tally.waited += wait > 0.0  # sums of truths, not branches: half of the contacts wait, at random
    tally.wait_squared += wait * wait
    tally.in_20s += wait < 20.0
    tally.in_target += wait < kind.target
    tally.labour_cost += world.operators[operator].wage * (row.talk_time + row.wrap_time)
    tally.primary += row.grade == Grade.PRIMARY
    tally.secondary += row.grade == Grade.SECONDARY
    tally.mismatched += row.grade == Grade.NONE


@compiled
def satisfaction(world, contact, operator, wait, is_resolved):
    """CSI of the contact, 0-100: four weighted items less the points that each further contact costs."""
    options = world.options[0]
    row = world.contacts[contact]
    tally = tally_of(world, contact)
    ability_row = ability_of(world, operator, world.types[row.type].need)
    waiting = 100.0 * math.exp(-wait / options.waiting_decay)
    accuracy = options.accuracy_resolved if is_resolved else options.accuracy_unresolved
    ability = options.ability_base + options.ability_slope * ability_row.proficiency
    above = max(occupancy_so_far(world, operator) - options.courtesy_limit, 0.0)
    courtesy = options.courtesy_base - options.courtesy_slope * 100.0 * above
    csi = options.csi_waiting * waiting + options.csi_accuracy * accuracy
    csi += options.csi_ability * ability + options.csi_courtesy * courtesy
    csi = min(max(csi - options.repeat_points * row.n_answered, 0.0), 100.0)
    tally.csi += csi
    tally.csi_waiting += waiting
    tally.csi_accuracy += accuracy
    tally.csi_ability += ability
    tally.csi_courtesy += courtesy
    return csi


@inlined
def finish(world, now, contact, operator, csi, is_resolved, opens_case, tally):
    """The matter ends here, or the customer will contact again; the operator who opened a case for it holds it."""
    options = world.options[0]
    row = world.contacts[contact]
    is_first = row.n_answered == 0
    tally.resolved += is_resolved
    tally.cases += opens_case
    returns, delay = False, 0.0
    may_recall = not is_resolved and options.recall_share > 0.0 and row.n_answered < 255
    if options.has_cases:
        may_recall = may_recall and not is_in_charge(world, contact)
    if may_recall:
        chance, level = uniforms(world.state[0].seed, Purpose.RECALL, row.who, row.n_answered)
        returns = chance < options.recall_share
        if world.state[0].recording:
            record(world, contact, now, Outcome.HANDLED, returns)
        if returns:
            row.last_handled_at = now
            row.owner = operator if opens_case else row.owner
            delay = come_back(world, now, contact, options.recall_law, level)
    elif world.state[0].recording:
        record(world, contact, now, Outcome.HANDLED, False)
    if world.state[0].recording:
        record_answer(world, row.wrap_time, csi, row.grade, is_resolved, opens_case)
    if is_first:
        tally.first_handled += 1
        tally.first_resolved += is_resolved
        tally.first_settled += not returns or delay > options.fcr_window
        if returns and delay <= options.recall_window:
            tally.recalled += 1
    if returns:
        row.redials = 0
        row.n_answered += 1
        row.waited_before = 0.0
    else:
        free_row(world, contact)
