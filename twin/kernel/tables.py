"""The tables that hold all state: a row per contact, operator, line ...; times in seconds from the start of the run."""

from typing import NamedTuple

import numpy as np

from twin.kernel.codes import Activity, Measure


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
    ("reserve", "f8"),  # 0 = none
    ("guarantee", "f8"),
    ("guarantee_points", "f8"),
    ("handle_time", "f8"),  # mean, for the expected wait
    ("overflow_at", "f8"),  # least expected wait that opens a stage; inf = none
    ("head_since", "f8"),  # of the head contact: kept here for speed
    ("head_gives_up_at", "f8"),
    ("offer", "i4"),  # row of the offers; -1 = none
    ("call_back_line", "i4"),  # where promised call-backs wait when they are due; -1 = none
    ("message_line", "i4"),  # where messages wait; -1 = they are not worked on
    ("last_wait", "f8"),  # of the last one who went from here to an operator
    ("is_work", "b1"),  # messages: nobody is on the telephone
)

QUEUE = _table(("n_waiting", "i4"), ("max_waiting", "i4"))
STEP = _table(("pool", "i4"), ("after", "f8"), ("expected_wait", "f8"))  # expected_wait inf = unused
POOL = _table(("head", "i4"), ("tail", "i4"), ("skill", "i4"), ("level", "i4"))  # idle operators, longest idle first
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
)

NODE = _table(("next", "i4"), ("previous", "i4"), ("pool", "i4"), ("operator", "i4"))
GROUP = _table(("head_count", "i4"), ("n_on", "i4"), ("first", "i4"), ("n", "i4"))  # head_count -1 = by shifts
ABILITY = _table(("handle", "f4"), ("fcr", "f4"), ("proficiency", "f4"), ("grade", "i4"))

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
    ("hung_up_at", "f8"),  # NaN = was on the telephone all the time
)

TALLY = _table(*[(measure.name.lower(), "f8") for measure in Measure])
N_ACTIVITIES = len(Activity)


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
    offers: np.ndarray  # OFFER
