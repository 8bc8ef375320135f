"""Cases: work for the back office that a contact leaves behind, until it is closed, chased or found wrong.

A case has a row of `contacts` of its own and a type of its own, whose line is one of work. It is counted apart: opened
= closed + open, in the interval and cell of the contact that opened it.
"""

import numpy as np

from twin.kernel.answering import pick_up
from twin.kernel.chance import uniforms
from twin.kernel.codes import Activity, Deferral, Event, Outcome, Phase, Purpose, Stage
from twin.kernel.contacts import come_back, free_row, take_row, when_open
from twin.kernel.deferred import MANY, defer
from twin.kernel.draws import draw_time
from twin.kernel.heap import schedule, stint_of
from twin.kernel.interruption import lay_down
from twin.kernel.jit import compiled, inlined
from twin.kernel.routing import is_released
from twin.kernel.tally import record, tally_of
from twin.kernel.work_in_hand import leave_workers

DAY = 86400.0
_ONE = np.uint64(1)
_TICKET = np.uint64(0xFFFFFFFF)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


@inlined
def descendant(who, number):
    """Key of the chance of what a matter leads to (SplitMix64: Steele, Lea, Flood 2014), one-to-one for each number."""
    mixed = who + _STEP * np.uint64(number)
    mixed = (mixed ^ (mixed >> _30)) * _MIX_1
    mixed = (mixed ^ (mixed >> _27)) * _MIX_2
    return mixed ^ (mixed >> _31)


@compiled
def has_open_case(world, contact):
    """Whether the case opened for the contact's matter is open still."""
    file = world.files[contact]
    if file.matter != world.contacts[contact].who:
        return False
    case = world.contacts[file.case]
    return case.who == file.ticket and case.deferral == Deferral.CASE


@compiled
def take_charge(world, now, contact, operator, opens_case, is_resolved):
    """Whether a case is opened at the end of this talk; if so it is."""
    opens = opens_case or (world.case_rule[0].one_call and not is_resolved and is_noticed(world, contact))
    if not opens or has_open_case(world, contact):
        return False
    open_case(world, now, contact, operator)
    return True


@compiled
def is_noticed(world, contact):
    """Whether the operator knows that the matter is not settled; who does not tells the customer that it is."""
    share = world.case_rule[0].charge_share
    if share >= 1.0:
        return True
    row = world.contacts[contact]
    chance, _ = uniforms(world.state[0].seed, Purpose.CHARGE, row.who, np.int64(row.n_answered))
    return chance < share


@compiled
def is_in_charge(world, contact):
    """Whether the customer need not call again, for the matter is being worked on."""
    return world.case_rule[0].one_call and has_open_case(world, contact)


@compiled
def open_case(world, now, contact, operator):
    """The matter becomes work: of which level, and after which wait for others."""
    seed = world.state[0].seed
    case = take_row(world)
    parent, row = world.contacts[contact], world.contacts[case]
    copy_customer(world, contact, case, descendant(parent.who, np.int64(parent.n_answered) + 1))
    chance, level = uniforms(seed, Purpose.CASE, row.who, 0)
    kind = 0
    while kind < len(world.case_levels) - 1 and chance >= world.case_levels[kind].upto:
        kind += 1
    row.type = world.case_types[parent.type, kind]
    row.interval = parent.interval
    row.owner = operator
    row.attempt = 1  # of its matter: the first one was the contact
    row.n_answered = 0
    row.last_handled_at = now
    row.entered_at = now
    row.joined_at = now
    row.since = now
    row.deferral = Deferral.CASE
    errand = world.errands[case]
    errand.hung_up_at = now
    errand.work_left = 0.0
    errand.n_dials = 0
    errand.n_heard = 0
    keep_file(world, contact, case)
    world.files[case].is_first = parent.n_answered == 0
    law = world.case_levels[kind].wait_law
    wait = draw_time(world.laws, world.knots, law, level) if law >= 0 else 0.0
    defer(world, case, now + max(wait, parent.wrap_time))  # written up first: its owner is free then
    if world.case_rule[0].chase_share > 0.0:
        plan_chase(world, case)


@compiled
def copy_customer(world, contact, further, who):
    """A further row for the same customer's matter, blank but for who it is and what it is about."""
    old, row = world.contacts[contact], world.contacts[further]
    row.who = who
    row.customer = old.customer
    row.intent = old.intent
    row.cluster = old.cluster
    row.segment = old.segment
    row.condition = old.condition
    row.given_talk = np.nan
    row.operator = -1
    row.redials = 0
    row.waited_before = 0.0
    row.widened = 0.0
    row.gives_up_at = np.inf
    row.is_on_trunk = False
    row.is_contained = False
    row.stage = Stage.NONE
    row.deferral = Deferral.NONE


@inlined
def keep_file(world, contact, case):
    """The contact's matter has this case."""
    file = world.files[contact]
    file.matter = world.contacts[contact].who
    file.ticket = world.contacts[case].who
    file.case = case


# ---- work on a case --------------------------------------------------------------------------------------------------


@compiled
def take_up(world, now, case):
    """The case can be worked on: by its owner if idle, else by anybody of the skill who may, else it lies."""
    row = world.contacts[case]
    line = np.int64(world.types[row.type].line)
    row.since = now
    owner = world.operators[row.owner]
    may_answer = (world.line_mask[owner.profile, line >> 6] >> np.uint64(line & 63)) & _ONE
    is_ready = world.case_rule[0].owner_first and owner.activity == Activity.IDLE and may_answer != np.uint64(0)
    if is_ready and is_released(world, line, 0.0):
        row.widened = 0.0
        pick_up(world, now, case, np.int64(row.owner))
    else:
        lay_down(world, now, case)


@compiled
def calls_customer(world, now, contact, operator):
    """The work is done, and the operator calls the customer to say so; False if not, or if he has."""
    row = world.contacts[contact]
    errand = world.errands[contact]
    rule = world.case_rule[0]
    if row.deferral != Deferral.CASE or errand.n_dials > 0:
        return False
    seed = world.state[0].seed
    chance, is_there = uniforms(seed, Purpose.RECONTACT, row.who, 0)
    if chance >= rule.recontact_share:
        return False
    errand.n_dials = 1
    if world.operators[operator].is_interruptible:
        leave_workers(world, operator)
    ring, talk = uniforms(seed, Purpose.RECONTACT, row.who, 1)
    time = draw_time(world.laws, world.knots, rule.ring_law, ring)
    if is_there < rule.reach:
        time += draw_time(world.laws, world.knots, rule.talk_law, talk)
        tally_of(world, contact).recontacts += 1.0
    row.talk_time += time
    errand.work_ends_at = now + time  # for an outage that breaks off the call
    schedule(world, now + time, Event.TALK_END, operator, stint_of(world, operator))
    return True


@compiled
def settle_case(world, now, contact, operator):
    """The case is closed; if wrongly, the customer will contact again about the matter."""
    row = world.contacts[contact]
    rule = world.case_rule[0]
    tally = tally_of(world, contact)
    time = now - world.errands[contact].hung_up_at
    tally.cases_done += 1.0
    tally.case_time += time
    tally.cases_in_1_day += time <= DAY
    tally.cases_in_time += time <= world.types[row.type].answer_by
    tally.cases_by_owner += operator == row.owner
    tally.case_work += row.talk_time
    tally.labour_cost += world.operators[operator].wage * row.talk_time
    chance, level = uniforms(world.state[0].seed, Purpose.CASE_END, row.who, 0)
    is_defective = chance < rule.defect_share
    if world.state[0].recording:
        record(world, contact, now, Outcome.CASE_DONE, is_defective)
    row.deferral = Deferral.NONE
    if is_defective:
        tally.case_defects += 1.0
        row.n_answered = 1
        come_back(world, now, contact, rule.defect_law, level)
    else:
        free_row(world, contact)


# ---- chasing ---------------------------------------------------------------------------------------------------------


@compiled
def plan_chase(world, case):
    """At some instant of the case's next day open it shows whether the customer asks for it."""
    row = world.contacts[case]
    errand = world.errands[case]
    _, place = uniforms(world.state[0].seed, Purpose.CHASE, row.who, np.int64(errand.n_heard))
    at = errand.hung_up_at + (errand.n_heard + place) * DAY
    schedule(world, at, Event.CHASE, case, np.int64(row.who & _TICKET))


@compiled
def on_chase(world, now, case, ticket):
    """The customer asks for the case, if it is open still, or waits on."""
    row = world.contacts[case]
    errand = world.errands[case]
    if row.deferral != Deferral.CASE or (row.who & _TICKET) != np.uint64(ticket):
        return
    chance, spread = uniforms(world.state[0].seed, Purpose.CHASE, row.who, np.int64(errand.n_heard))
    errand.n_heard += np.uint16(1)
    if chance < world.case_rule[0].chase_share:
        tally_of(world, case).chases += 1.0
        chase(world, now, case, spread)
    plan_chase(world, case)


@compiled
def chase(world, now, case, spread):
    """A call of its own about the case, in opening hours, for the operator who has it."""
    further = take_row(world)
    row, old = world.contacts[further], world.contacts[case]
    copy_customer(world, case, further, descendant(old.who, MANY + np.int64(world.errands[case].n_heard)))
    intent = world.case_rule[0].chase_intent
    if intent >= 0 and world.type_of[intent, row.cluster, row.segment, row.condition] >= 0:
        row.intent = intent
    row.type = world.type_of[row.intent, row.cluster, row.segment, row.condition]
    row.interval = old.interval
    row.owner = old.owner
    row.last_handled_at = old.last_handled_at
    row.n_answered = 1
    row.attempt = 1
    row.phase = Phase.RETURNING
    row.generation += np.uint32(1)
    keep_file(world, further, case)
    at = when_open(world, now, spread)
    if world.files[case].is_first:
        world.files[case].is_first = False
        tally_of(world, case).chased_early += at - old.last_handled_at <= world.options[0].recall_window
    schedule(world, at, Event.RETURN, further, row.generation)
