"""The tables that hold all state: a row per contact, operator, line ...; times in seconds from the start of the run."""

from typing import NamedTuple

import numpy as np

from twin.kernel.codes import Activity, Measure, StaffCount


def _table(*fields: tuple[str, str]) -> np.dtype:
    return np.dtype(list(fields), align=True)


STATE = _table(  # one row: the clock and the counters
    ("now", "f8"),
    ("boundary_at", "f8"),  # end of the current interval
    ("interval_time", "f8"),  # length of an interval
    ("interval", "i8"),  # row of the tallies
    ("seed", "u8"),
    ("sequence", "u8"),  # events scheduled so far: order at equal instants
    ("n_heap", "i8"),
    ("next_arrival", "i8"),
    ("n_arrivals", "i8"),
    ("next_roster", "i8"),
    ("n_roster", "i8"),
    ("first_free", "i8"),  # head of the list of free contact rows; -1 = none
    ("n_free", "i8"),
    ("n_records", "i8"),
    ("n_events", "i8"),
    ("n_inside", "i8"),  # contacts on a trunk: IVR, waiting, talking
    ("n_waiting", "i8"),
    ("weekday", "i8"),  # of the first simulated day, Monday = 0
    ("is_top_open", "b1"),  # of the heap
    ("has_joined", "b1"),  # somebody has joined a line in the present event
    ("closed", "b1"),
    ("recording", "b1"),
    ("n_work", "i8"),  # messages in line
)

OPTIONS = _table(  # one row: rules that hold for the whole centre
    ("trunks", "i8"),  # -1 = no limit
    ("max_waiting", "i8"),  # -1 = no limit
    ("message_after", "f8"),  # inf = never
    ("owner_wait", "f8"),  # 0 = owners are not asked
    ("serve_out", "b1"),
    ("primary_first", "b1"),
    ("patience_events", "b1"),
    ("has_ivr", "b1"),
    ("has_reserve", "b1"),
    ("has_overflow", "b1"),  # some stage opens by expected wait
    ("ivr_law", "i4"),
    ("menu_first_factor", "f8"),
    ("false_share", "f8"),
    ("false_law", "i4"),
    ("redial_share", "f8"),
    ("redial_law", "i4"),
    ("redial_keeps", "b1"),
    ("redial_cumulates", "b1"),
    ("redial_blocked", "b1"),
    ("redial_factor", "f8"),
    ("redial_floor", "f8"),
    ("recall_share", "f8"),
    ("recall_law", "i4"),
    ("recall_talk", "f8"),
    ("fcr_floor", "f8"),
    ("fcr_ceiling", "f8"),
    ("fcr_window", "f8"),
    ("recall_window", "f8"),
    ("has_csi", "b1"),
    ("csi_waiting", "f8"),
    ("csi_accuracy", "f8"),
    ("csi_ability", "f8"),
    ("csi_courtesy", "f8"),
    ("waiting_decay", "f8"),
    ("accuracy_resolved", "f8"),
    ("accuracy_unresolved", "f8"),
    ("ability_base", "f8"),
    ("ability_slope", "f8"),
    ("courtesy_base", "f8"),
    ("courtesy_limit", "f8"),
    ("courtesy_slope", "f8"),
    ("repeat_points", "f8"),
    ("period_time", "f8"),  # length of the periods of the factors
    ("contact_rule", "i4"),  # ContactRule
    ("by_rule", "b1"),  # a free operator looks by more than rank, points and wait
    ("has_gates", "b1"),
    ("has_ranks", "b1"),  # groups of operators have ranks of their own
    ("has_allotments", "b1"),
    ("has_legs", "b1"),  # some matters take more than one operator
    ("has_control", "b1"),  # some rule of the day's control below, or another
    ("has_wrap_rule", "b1"),
    ("has_break_rule", "b1"),
    ("has_outages", "b1"),
    ("has_overtime", "b1"),
    ("has_cuts", "b1"),  # talks or wrap-ups may end before the event that was planned
    ("has_announcements", "b1"),
    ("has_last_wait", "b1"),  # somebody is told the wait of the last one answered
)

ARRIVAL = _table(  # sorted by `at`
    ("at", "f8"),
    ("who", "u8"),  # key of the contact's chance
    ("customer", "i4"),  # -1 = nobody we know
    ("intent", "i2"),
    ("cluster", "i1"),
    ("segment", "i1"),
    ("condition", "i1"),
    ("talk_time", "f4"),  # NaN = drawn
)

ROSTER = _table(  # sorted by `at`, then kind
    ("at", "f8"),
    ("kind", "i4"),  # Event
    ("who", "i4"),  # operator, or group for HEAD_COUNT
    ("value", "f8"),  # head count, or length of the break
)

CONTACT = _table(  # one row per contact inside, or due to come back; what the end of a talk reads stands together
    ("entered_at", "f8"),
    ("gives_up_at", "f8"),
    ("waited_before", "f8"),  # in earlier attempts since the last answer
    ("widened", "f8"),  # wait up to which stages have been opened
    ("last_handled_at", "f8"),  # NaN = never
    ("given_talk", "f4"),  # of the record; NaN = drawn
    ("customer", "i4"),
    ("owner", "i4"),  # operator who holds the case; -1 = none
    ("previous", "i4"),
    ("who", "u8"),
    ("since", "f8"),  # joined_at, less the waits of earlier attempts if they are cumulated
    ("joined_at", "f8"),  # asked for an operator
    ("answered_at", "f8"),
    ("talk_time", "f8"),
    ("wrap_time", "f8"),
    ("interval", "i4"),  # of arrival
    ("operator", "i4"),
    ("next", "i4"),
    ("line", "i4"),  # in which the contact stands, or stood last
    ("generation", "u4"),  # of the row: tells an old event from one of the present contact
    ("type", "i2"),
    ("intent", "i2"),
    ("attempt", "u2"),  # times this matter was dialled before
    ("redials", "u1"),  # since the last answer
    ("n_answered", "u1"),  # answers before, in this matter
    ("grade", "i1"),  # how well the operator fits the matter
    ("phase", "i1"),
    ("is_on_trunk", "b1"),
    ("is_contained", "b1"),
    ("cluster", "i1"),
    ("segment", "i1"),
    ("condition", "i1"),
    ("stage", "i1"),  # Stage of the leg; this and what follows is blank but in contacts that have one
    ("n_transfers", "u1"),  # handed on in this attempt
    ("n_legs", "u1"),  # legs begun in this attempt
    ("leg", "i4"),  # row of `legs`
    ("partner", "i4"),  # the other operator, where one stays
    ("leg_at", "f8"),  # since when a further operator is sought
    ("rest", "f8"),  # of the first operator's talk, when the leg begins
    ("partner_wrap", "f8"),
    ("hold_time", "f8"),  # of the customer, waiting again or on hold, since the first answer
    ("deferral", "i1"),
    ("n_dials", "u1"),  # in vain
    ("n_offers", "u1"),  # instants passed at which a call-back is offered
    ("n_heard", "u2"),  # announcements after the first
    ("told", "f8"),  # expected wait last announced
    ("patience_ends_at", "f8"),  # kept only where announcements change it
    ("hung_up_at", "f8"),  # of who is to be called back or has left a message
)

TYPE = _table(  # contacts alike in all that the kernel must know
    ("intent", "i2"),
    ("cluster", "i2"),
    ("line", "i4"),
    ("cell", "i4"),  # row of the tallies
    ("need", "i4"),  # skill that the matter takes
    ("talk_law", "i4"),
    ("wrap_law", "i4"),  # -1 = none
    ("patience_law", "i4"),  # -1 = waits for ever
    ("talk_row", "i4"),  # row of period_factors; -1 = none
    ("patience_row", "i4"),
    ("talk_factor", "f8"),
    ("patience_factor", "f8"),
    ("containment", "f8"),
    ("fcr", "f8"),
    ("case_share", "f8"),
    ("target", "f8"),
    ("menu_first", "b1"),
    ("first_leg", "i4"),
    ("n_legs", "i4"),
    ("tier", "i4"),  # 1 = of the operator who answers first
)

LEG = _table(  # how contacts of one type may come to a further operator
    ("kind", "i4"),  # LegKind
    ("from_type", "i4"),
    ("seek_type", "i4"),  # in line for the further operator, and with him
    ("back_type", "i4"),  # with the first operator again, after a consultation
    ("share_primary", "f8"),  # of talks, by the first operator's grade
    ("share_secondary", "f8"),
    ("share_none", "f8"),
    ("at", "f8"),  # share of the first talk
    ("after_law", "i4"),  # -1 = by share
    ("talk_law", "i4"),  # of the further operator; -1 = the rest of the first talk
    ("briefing_law", "i4"),  # handover or consultation
    ("limit", "f8"),  # for which the first operator waits
    ("stays", "b1"),  # the first operator
    ("if_unresolved", "b1"),
    ("keeps_patience", "b1"),
    ("keeps_age", "b1"),
)

LINE = _table(  # contacts that wait for the same operators with the same priority, first come first served
    ("head", "i4"),
    ("tail", "i4"),
    ("n_waiting", "i4"),
    ("first_step", "i4"),
    ("n_steps", "i4"),
    ("queue", "i4"),
    ("skill", "i4"),  # first choice
    ("rank", "i4"),
    ("points", "f8"),
    ("slope", "f8"),  # points a second
    ("reserve", "f8"),  # idle share of the skill's operators
    ("guarantee", "f8"),  # wait until which it holds; 0 = no reserve
    ("guarantee_points", "f8"),
    ("handle_time", "f8"),  # mean, for the expected wait
    ("overflow_at", "f8"),  # least expected wait that opens a stage; inf = none
    ("head_since", "f8"),  # of the head contact: kept here for speed
    ("head_gives_up_at", "f8"),
    ("keep", "i4"),  # operators of the skill that must stay idle; part of the reserve
    ("first_credit", "i4"),
    ("n_credits", "i4"),
    ("operator_rule", "i1"),  # OperatorRule
    ("is_gated", "b1"),  # stages have gates
    ("is_narrowing", "b1"),  # stages close again
    ("offer", "i4"),  # row of the offers; -1 = none
    ("call_back_line", "i4"),  # where promised call-backs wait when they are due; -1 = none
    ("message_line", "i4"),  # where messages wait; -1 = they are not worked on
    ("last_wait", "f8"),  # of the last one who went from here to an operator
    ("is_work", "b1"),  # messages: nobody is on the telephone
)

QUEUE = _table(("n_waiting", "i4"), ("max_waiting", "i4"))
STEP = _table(("pool", "i4"), ("after", "f8"), ("expected_wait", "f8"))  # expected_wait inf = unused
POOL = _table(  # idle operators, longest idle first
    ("head", "i4"),
    ("tail", "i4"),
    ("skill", "i4"),
    ("level", "i4"),
    ("is_counted", "b1"),  # among the holders of the skill: levels 1 and 2, each operator once
)
SKILL = _table(("n_staffed", "i4"), ("n_idle", "i4"), ("n_waiting", "i4"))  # holders on duty; contacts for them

OPERATOR = _table(
    ("since", "f8"),  # of the present activity
    ("available_time", "f8"),  # since the start of the shift: idle, talk and wrap
    ("busy_time", "f8"),  # of it talk and wrap
    ("break_time", "f8"),  # length of a break that is due; 0 = none
    ("back_at", "f8"),  # end of the present break
    ("wage", "f8"),  # EUR/s
    ("contact", "i4"),
    ("reserved", "i4"),  # contact that waits for this operator alone
    ("group", "i4"),
    ("profile", "i4"),
    ("ability", "i4"),  # row of the abilities
    ("first_node", "i4"),
    ("n_nodes", "i4"),
    ("n_handled", "i4"),
    ("activity", "i1"),
    ("is_leaving", "b1"),
    ("is_counted", "b1"),  # of a group with a head count
    ("n_skills", "i4"),
)

NODE = _table(("next", "i4"), ("previous", "i4"), ("pool", "i4"), ("operator", "i4"))
GROUP = _table(("head_count", "i4"), ("n_on", "i4"), ("first", "i4"), ("n", "i4"))  # head_count -1 = by shifts
ABILITY = _table(("handle", "f4"), ("fcr", "f4"), ("proficiency", "f4"), ("grade", "i2"), ("is_held", "b1"))

OFFER = _table(  # what is said and offered to who must wait; "knots" are rows of the laws' knots
    ("by_last_entry", "b1"),  # estimator: the wait of the last one answered, not the length of the queue
    ("calls_back", "b1"),
    ("keeps_place", "b1"),  # else there is a promised instant
    ("announces", "b1"),
    ("offer_from", "f8"),  # expected wait at joining from which a call-back is offered; inf = never
    ("first_after", "i4"),  # knots: waits at which it is offered
    ("n_after", "i4"),
    ("accept", "i4"),  # knots: waits, then shares
    ("n_accept", "i4"),
    ("promise_delay", "f8"),  # inf = by the clock
    ("first_quiet", "i4"),  # knots: clock seconds at which call-backs begin
    ("n_quiet", "i4"),
    ("promise_spread", "f8"),
    ("ring_law", "i4"),
    ("reach", "f8"),
    ("retries", "i4"),
    ("retry_law", "i4"),
    ("balk", "i4"),  # knots: waits, then shares
    ("n_balk", "i4"),
    ("factor", "i4"),  # knots: waits, then factors on patience
    ("n_factor", "i4"),
    ("redraw_law", "i4"),  # -1 = patience is not drawn anew
    ("every", "f8"),  # time between announcements; inf = only the first
    ("message_law", "i4"),
    ("deadline", "f8"),
)

LAW = _table(
    ("kind", "i4"),
    ("first_knot", "i4"),
    ("n_knots", "i4"),
    ("mass", "f8"),
    ("mass_low", "f8"),
    ("mass_high", "f8"),
    ("a", "f8"),
    ("b", "f8"),
    ("c", "f8"),
    ("mean", "f8"),
)

RECORD = _table(  # one row per attempt that ended, if recording
    ("entered_at", "f8"),
    ("joined_at", "f8"),  # NaN = never asked for an operator
    ("answered_at", "f8"),  # NaN = never
    ("ended_at", "f8"),
    ("who", "u8"),
    ("wrap_time", "f4"),
    ("csi", "f4"),
    ("customer", "i4"),
    ("operator", "i4"),
    ("interval", "i4"),
    ("type", "i2"),
    ("attempt", "u2"),
    ("repeat", "u1"),
    ("outcome", "i1"),
    ("grade", "i1"),
    ("is_resolved", "b1"),
    ("opens_case", "b1"),
    ("returns", "b1"),
    ("transfers", "u1"),
    ("hold_time", "f4"),  # of the customer, waiting again or on hold, after the first answer
    ("hung_up_at", "f8"),  # NaN = was on the telephone all the time
)

GATE = _table(  # a row per step: when it is shut though its wait has come
    ("until", "f8"),  # wait at which the stage closes; inf = never
    ("ratio", "f8"),  # waiting over staffed operators that must be exceeded; below 0 = unused
    ("idle_above", "i4"),  # operators of the pool that must stay idle
    ("waiting_above", "i4"),  # contacts in line that must be exceeded; 0 = unused
    ("waiting_down_to", "i4"),  # once exceeded, until so few are left
    ("is_on", "b1"),  # exceeded, and not yet so few
)
CREDIT = _table(("wait", "f8"), ("points", "f8"))  # knots of the lines' points by wait
ALLOTMENT = _table(("type", "i4"), ("upto", "f8"))  # share of contacts up to and with this type

TALLY = _table(*[(measure.name.lower(), "f8") for measure in Measure])
N_ACTIVITIES = len(Activity)
N_STAFF_COUNTS = len(StaffCount)

CONTROL = _table(  # one row: the day's control; loads are contacts waiting per holder on duty, and expected waits
    ("wrap_waiting", "f8"),  # inf = unused, here and below
    ("wrap_expected", "f8"),
    ("wrap_factor", "f8"),
    ("wrap_most", "f8"),
    ("break_waiting", "f8"),
    ("break_expected", "f8"),
    ("break_limit", "f8"),
    ("break_again", "f8"),  # time between two looks at a break that is due
    ("overtime_waiting", "f8"),
    ("overtime_expected", "f8"),
    ("overtime_most", "f8"),
    ("overtime_again", "f8"),
    ("trunks", "i8"),  # with all lines up; -1 = no limit
    ("most_away", "i4"),  # -1 = no limit
    ("first_wrap", "i4"),  # of the list of wrap-ups that may be cut short
    ("last_wrap", "i4"),
    ("wrap_postpones", "b1"),
    ("wrap_interrupts", "b1"),
    ("ivr_is_down", "b1"),
)

CREW = _table(  # one row per operator: what the day's control must know
    ("owed_wrap", "f8"),  # wrap-up put off
    ("wrap_began", "f8"),
    ("wrap_ends_at", "f8"),
    ("wrap_least", "f8"),  # what is left of it under load
    ("break_due_at", "f8"),
    ("overtime_until", "f8"),  # 0 = the shift has not ended yet
    ("stint", "u4"),  # talks and wrap-ups cut short so far: tells an old event from the present one
    ("duty", "u4"),  # times signed on
    ("n_due", "u4"),  # breaks that became due
    ("n_owed", "i4"),  # of them not taken yet
    ("site", "i4"),
    ("unit", "i4"),
    ("loan", "i4"),  # whose skills are worn; -1 = the own ones
    ("next_loan", "i4"),  # to be worn from the end of the contact on
    ("first_node", "i4"),  # own skills
    ("n_nodes", "i4"),
    ("profile", "i4"),
    ("ability", "i4"),
    ("wrap_interval", "i4"),  # of the contact that is written up; -1 = of several
    ("wrap_cell", "i4"),
    ("wrap_before", "i4"),
    ("wrap_after", "i4"),
    ("may_be_cut", "b1"),  # in the list of wrap-ups
    ("leaves_early", "b1"),  # volunteer
    ("stays_on", "b1"),  # volunteer
)

LOAN = _table(  # operators of a group with other skills for a while
    ("group", "i4"),
    ("n", "i4"),  # at a time; -1 = the whole group
    ("most", "i4"),
    ("n_lent", "i4"),
    ("first_suit", "i4"),  # of the group's first operator
    ("queue", "i4"),  # that borrows by rule
    ("expected_wait", "f8"),
    ("idle_share", "f8"),
    ("return_below", "f8"),
)

SUIT = _table(("first_node", "i4"), ("n_nodes", "i4"), ("profile", "i4"), ("ability", "i4"))  # skills while lent
LEAVE = _table(("group", "i4"), ("n", "i4"), ("idle_share", "f8"))  # early leave
UNIT = _table(("n_away", "i4"))  # operators who share a limit of breaks at a time
SITE = _table(("is_down", "b1"), ("slow", "f8"))
OUTAGE = _table(
    ("factor", "f8"),
    ("kind", "i4"),  # Breakdown
    ("site", "i4"),  # -1 = everywhere
    ("trunks", "i4"),  # that are left
    ("loses", "b1"),  # talks in progress are cut off
    ("is_active", "b1"),
)


class World(NamedTuple):
    """All state of a run. `n_...` below are lengths of axes."""

    state: np.ndarray  # STATE, 1
    options: np.ndarray  # OPTIONS, 1
    heap_at: np.ndarray  # f8, n_heap: instants of future events, a 4-ary heap
    heap_order: np.ndarray  # u8: kind and sequence, decides at equal instants
    heap_what: np.ndarray  # u8: row of the operator or contact, and the contact's generation
    arrivals: np.ndarray  # ARRIVAL, of the present day
    roster: np.ndarray  # ROSTER, of the present day
    contacts: np.ndarray  # CONTACT
    types: np.ndarray  # TYPE
    type_of: np.ndarray  # i2 (intents, clusters, segments, conditions)
    lines: np.ndarray  # LINE
    queues: np.ndarray  # QUEUE
    steps: np.ndarray  # STEP
    pools: np.ndarray  # POOL
    skills: np.ndarray  # SKILL
    operators: np.ndarray  # OPERATOR
    nodes: np.ndarray  # NODE: an operator's place in the idle list of each of his pools
    groups: np.ndarray  # GROUP
    abilities: np.ndarray  # ABILITY (distinct ones among the operators, skills)
    entry_wait: np.ndarray  # f8 (profiles, lines): wait from which these operators may answer; inf = never
    entry_expected: np.ndarray  # f8 (profiles, lines): the same by expected wait
    line_mask: np.ndarray  # u8 (profiles, words): lines they may ever answer
    primary_mask: np.ndarray  # u8 (profiles, words): lines of their primary skills
    waiting_mask: np.ndarray  # u8 (words): lines with somebody in them
    laws: np.ndarray  # LAW
    knots: np.ndarray  # f8: tables of the laws
    period_factors: np.ndarray  # f8 (rows, periods)
    opening: np.ndarray  # f8 (7, 2): clock seconds of opening and closing by weekday; equal = closed
    day_quantiles: np.ndarray  # f8: clock seconds at evenly spread levels of the day's arrivals
    tallies: np.ndarray  # TALLY (intervals, cells)
    activity_time: np.ndarray  # f8 (intervals, groups, activities) [operator-seconds]
    operator_time: np.ndarray  # f8 (operators, activities) [s]
    booked_time: np.ndarray  # the same at the end of the last interval
    records: np.ndarray  # RECORD
    gates: np.ndarray  # GATE: a row for each of the steps
    credits: np.ndarray  # CREDIT
    group_ranks: np.ndarray  # i4 (groups, lines), if `has_ranks`
    allotted: np.ndarray  # i4 (types, 2): first row and number of allotments; 0 of them = the type itself
    allotments: np.ndarray  # ALLOTMENT
    legs: np.ndarray  # LEG
    control: np.ndarray  # CONTROL, 1
    crew: np.ndarray  # CREW (operators); one blank row without control
    loans: np.ndarray  # LOAN
    suits: np.ndarray  # SUIT: of each operator of each loan's group
    leaves: np.ndarray  # LEAVE
    units: np.ndarray  # UNIT
    sites: np.ndarray  # SITE
    outages: np.ndarray  # OUTAGE
    staff_counts: np.ndarray  # f8 (intervals, groups, kinds of StaffCount)
    offers: np.ndarray  # OFFER
