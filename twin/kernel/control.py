"""The day's control, as the desk of a call centre does it: load, wrap-up under load, skills on loan, outages.

What these rules do is in the manuals of workforce management as intraday or real-time management: breaks moved,
after-call work cut short, skill sets changed, voluntary time off and overtime. Loads are those of an operator's lines.
"""

import math

import numpy as np

from twin.kernel.bits import lowest_bit
from twin.kernel.codes import Event, StaffCount
from twin.kernel.heap import schedule, stint_of
from twin.kernel.jit import compiled, inlined
from twin.kernel.lists import staff
from twin.kernel.routing import expected_wait
from twin.kernel.tally_row import tallies_at

_ONE = np.uint64(1)


@compiled
def count(world, operator, kind):
    """One more of a StaffCount in this interval, for the operator's group."""
    world.staff_counts[world.state[0].interval, world.operators[operator].group, kind] += 1.0


@compiled
def is_overloaded(world, operator, most_waiting, longest):
    """Whether in one of the operator's live lines more wait per holder on duty than this, or the wait is longer."""
    profile = world.operators[operator].profile
    for word in range(len(world.waiting_mask)):
        left = world.waiting_mask[word] & world.live_mask[profile, word]
        while left != np.uint64(0):
            line = 64 * word + lowest_bit(left)
            left &= left - _ONE
            skill = world.skills[world.lines[line].skill]
            if most_waiting < math.inf and skill.n_waiting > most_waiting * skill.n_staffed:
                return True
            if expected_wait(world, line, 0) > longest:
                return True
    return False


# ---- wrap-up under load ----------------------------------------------------------------------------------------------


@compiled
def wrap_under_load(world, contact, operator):
    """Wrap-up time at the end of the talk [s]: shorter while too many wait; the rest is left out, or put off."""
    rule, crew, row = world.control[0], world.crew[operator], world.contacts[contact]
    wrap_time = row.wrap_time
    crew.wrap_interval, crew.wrap_cell = row.interval, world.types[row.type].cell
    crew.wrap_least = min(wrap_time * rule.wrap_factor, rule.wrap_most)
    if crew.wrap_least >= wrap_time or not is_overloaded(world, operator, rule.wrap_waiting, rule.wrap_expected):
        return wrap_time
    count(world, operator, StaffCount.WRAPS_CUT)
    if rule.wrap_postpones:
        crew.owed_wrap += wrap_time - crew.wrap_least
    else:
        row.wrap_time = crew.wrap_least
    return crew.wrap_least


@compiled
def join_wraps(world, now, operator, wrap_time):
    """A wrap-up of this length begins: if the load may cut it short, it stands in the list of those."""
    rule, crew = world.control[0], world.crew[operator]
    if not rule.wrap_interrupts or crew.wrap_least >= wrap_time:
        return
    crew.wrap_began, crew.wrap_ends_at = now, now + wrap_time
    crew.may_be_cut = True
    crew.wrap_before, crew.wrap_after = rule.last_wrap, -1
    if rule.last_wrap >= 0:
        world.crew[rule.last_wrap].wrap_after = operator
    else:
        rule.first_wrap = operator
    rule.last_wrap = operator


@compiled
def leave_wraps(world, operator):
    """The wrap-up is over, or has been cut: nothing happens if it is not in the list."""
    rule, crew = world.control[0], world.crew[operator]
    if not crew.may_be_cut:
        return
    crew.may_be_cut = False
    if crew.wrap_before >= 0:
        world.crew[crew.wrap_before].wrap_after = crew.wrap_after
    else:
        rule.first_wrap = crew.wrap_after
    if crew.wrap_after >= 0:
        world.crew[crew.wrap_after].wrap_before = crew.wrap_before
    else:
        rule.last_wrap = crew.wrap_before


@compiled
def cut_wrap(world, now, operator):
    """A wrap-up under way is to end as soon as what is left of it under load has passed: at this instant."""
    rule, crew = world.control[0], world.crew[operator]
    ends_at = max(now, crew.wrap_began + crew.wrap_least)
    rest = max(crew.wrap_ends_at - ends_at, 0.0)
    leave_wraps(world, operator)
    crew.stint += 1
    count(world, operator, StaffCount.WRAPS_CUT)
    if rule.wrap_postpones:
        crew.owed_wrap += rest
    elif crew.wrap_interval >= 0:
        tally = tallies_at(world, crew.wrap_interval, crew.wrap_cell)
        tally.wrap -= rest
        tally.labour_cost -= world.operators[operator].wage * rest
    return ends_at


@compiled
def take_owed_wrap(world, now, operator):
    """Length of the wrap-up put off that is now made good [s]; 0 = none."""
    crew = world.crew[operator]
    wrap_time = crew.owed_wrap
    if wrap_time > 0.0:
        crew.owed_wrap = 0.0
        crew.wrap_least, crew.wrap_interval = 0.0, -1
        schedule(world, now + wrap_time, Event.WRAP_END, operator, stint_of(world, operator))
        join_wraps(world, now, operator, wrap_time)
    return wrap_time


# ---- breaks ----------------------------------------------------------------------------------------------------------


@compiled
def may_take_break(world, now, operator):
    """Whether a break that is due may begin: room among those away, and no overload, or put off long enough."""
    rule, crew = world.control[0], world.crew[operator]
    if rule.most_away >= 0 and world.units[crew.unit].n_away >= rule.most_away:
        return False
    if now >= crew.break_due_at + rule.break_limit:
        return True
    return not is_overloaded(world, operator, rule.break_waiting, rule.break_expected)


@compiled
def leave_for_break(world, operator):
    crew = world.crew[operator]
    crew.n_owed = 0
    world.units[crew.unit].n_away += 1


@compiled
def return_from_break(world, operator):
    world.units[world.crew[operator].unit].n_away -= 1


# ---- shifts ----------------------------------------------------------------------------------------------------------


@compiled
def open_shift(world, operator):
    crew = world.crew[operator]
    crew.duty += 1
    crew.overtime_until = 0.0


@compiled
def close_shift(world, operator, is_away):
    """At the end of the shift: breaks not taken are counted, and who was lent one by one wears the own skills again."""
    crew = world.crew[operator]
    if is_away:
        world.units[crew.unit].n_away -= 1
    if world.options[0].has_break_rule:
        world.staff_counts[world.state[0].interval, world.operators[operator].group, StaffCount.BREAKS_MISSED] += (
            crew.n_owed
        )
        crew.n_owed = 0
        world.operators[operator].break_time = 0.0
    if crew.next_loan >= 0 and world.loans[crew.next_loan].n >= 0:
        world.loans[crew.next_loan].n_lent -= 1
        crew.next_loan = -1
    wear(world, operator)


@compiled
def stays_on(world, now, operator):
    """Whether an operator whose shift ends stays because too many wait; the desk looks again after a while."""
    rule, crew = world.control[0], world.crew[operator]
    until = crew.overtime_until if crew.overtime_until > 0.0 else now + rule.overtime_most
    if not crew.stays_on or now >= until:
        return False
    if not is_overloaded(world, operator, rule.overtime_waiting, rule.overtime_expected):
        return False
    if crew.overtime_until == 0.0:
        crew.overtime_until = until
        count(world, operator, StaffCount.STAYED_ON)
    schedule(world, min(now + rule.overtime_again, until), Event.OVERTIME_CHECK, operator, crew.duty)
    return True


# ---- skills on loan --------------------------------------------------------------------------------------------------


@compiled
def wear(world, operator):
    """Put on the skills that are due, of an operator whom no idle list and no count of those on duty holds."""
    row, crew = world.operators[operator], world.crew[operator]
    crew.loan = crew.next_loan
    if crew.loan < 0:
        row.first_node, row.n_nodes = crew.first_node, crew.n_nodes
        row.profile, row.ability = crew.profile, crew.ability
        return
    loan = world.loans[crew.loan]
    suit = world.suits[loan.first_suit + operator - world.groups[loan.group].first]
    row.first_node, row.n_nodes = suit.first_node, suit.n_nodes
    row.profile, row.ability = suit.profile, suit.ability


@compiled
def change_skills(world, operator):
    """The same for one on duty who stands in no idle list. Who may answer what has changed: offer contacts again."""
    staff(world, operator, -1)
    wear(world, operator)
    staff(world, operator, 1)


# ---- outages ---------------------------------------------------------------------------------------------------------


@inlined
def is_down(world, operator):
    """Whether the operator's site is down."""
    return world.options[0].has_outages and world.sites[world.crew[operator].site].is_down


@inlined
def ivr_is_down(world):
    return world.options[0].has_outages and world.control[0].ivr_is_down
