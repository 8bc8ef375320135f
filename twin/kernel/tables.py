"""The tables that hold all state: a row per contact, operator, line ...; times in seconds from the start of the run.

Those of single rules are in `rule_tables.py`.
"""

from typing import Any, NamedTuple

import numpy as np

from twin.kernel.codes import Activity, StaffCount
from twin.kernel.memory import CACHE_LINE
from twin.kernel.tallies import Tallies


def row_type(*fields: tuple[str, str]) -> np.dtype:
    """A row with these columns (name, NumPy type), each where the processor reads it at once."""
    return np.dtype(list(fields), align=True)


def in_cache_lines(row: np.dtype) -> np.dtype:
    """The same row, made longer until it fills whole cache lines."""
    fields: Any = row.fields
    columns: Any = {
        "names": list(fields),
        "formats": [kind for kind, _ in fields.values()],
        "offsets": [place for _, place in fields.values()],
        "itemsize": -(-row.itemsize // CACHE_LINE) * CACHE_LINE,
    }
    return np.dtype(columns, align=True)


STATE = row_type(  # one row: the clock and the counters
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
    ("n_work", "i8"),  # in line without anybody on the telephone
    ("last_worker", "i8"),  # who began interruptible work last; -1 = nobody is at it
    ("is_dial_due", "b1"),  # campaigns dial at the end of this instant
    ("has_emptied", "b1"),  # nobody is idle any more in some skill, since this was set to false
    ("is_interruption_due", "b1"),  # stages have opened by load: work may have to be put down
    ("next_slot", "u8"),  # of the heap: of the event after the present one, while the top is open
    ("first_ahead", "i8"),  # arrivals for which `levels` holds draws: this one up to,
    ("end_ahead", "i8"),  # but without, this one
    ("slot_ahead", "i8"),  # column of `levels` of
    ("contact_ahead", "i8"),  # the contact that arrives in the present event; -1 = none
)

HEAP_EVENT = row_type(
    ("order", "u8"),  # kind and sequence, decides at equal instants
    ("what", "u8"),  # row of the operator or contact, and the contact's generation
)

ARRIVAL = row_type(  # sorted by `at`
    ("at", "f8"),
    ("who", "u8"),  # key of the contact's chance
    ("customer", "i4"),  # -1 = nobody we know
    ("intent", "i2"),
    ("cluster", "i1"),
    ("segment", "i1"),
    ("condition", "i1"),
    ("talk_time", "f4"),  # NaN = drawn
)

ROSTER = row_type(  # sorted by `at`, then kind
    ("at", "f8"),
    ("kind", "i4"),  # Event
    ("who", "i4"),  # operator, or group for HEAD_COUNT
    ("value", "f8"),  # head count, or length of the break
)

CONTACT = row_type(  # one row per contact inside, or due to come back; what the end of a talk reads stands together
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
    ("stage", "i1"),  # Stage of the leg
    ("deferral", "i1"),
    ("has_levels", "b1"),  # talk_time, wrap_time and answered_at hold levels of the first answer's work, and a score
)

TYPE = row_type(  # contacts alike in all that the kernel must know
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
    ("deferral", "i1"),  # with which these contacts come: WORK, OUTBOUND or NONE
    ("is_interruptible", "b1"),
    ("answer_by", "f8"),  # work: time within which the answer is due
    ("resume_time", "f8"),  # work: added each time it is taken up again
)

LINE = row_type(  # contacts that wait for the same operators with the same priority, first come first served
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
    ("last_opening", "f8"),  # wait from which on no further wait opens a stage or ends the reserve
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
    ("is_work", "b1"),  # nobody is on the telephone: messages, work, numbers that are due
    ("is_chat", "b1"),
)

QUEUE = row_type(("n_waiting", "i4"), ("max_waiting", "i4"))
STEP = row_type(("pool", "i4"), ("after", "f8"), ("expected_wait", "f8"))  # expected_wait inf = unused
POOL = row_type(  # idle operators, longest idle first
    ("head", "i4"),
    ("tail", "i4"),
    ("skill", "i4"),
    ("level", "i4"),
    ("is_counted", "b1"),  # among the holders of the skill: levels 1 and 2, each operator once
)
SKILL = row_type(("n_staffed", "i4"), ("n_idle", "i4"), ("n_waiting", "i4"))  # holders on duty; contacts for them

OPERATOR = in_cache_lines(
    row_type(
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
        ("held", "i4"),  # work put down that only this operator resumes; -1 = none
        ("next_worker", "i4"),  # who began interruptible work before
        ("previous_worker", "i4"),
        ("is_interruptible", "b1"),  # at such work now
    )
)

NODE = row_type(("next", "i4"), ("previous", "i4"), ("pool", "i4"), ("operator", "i4"))
GROUP = row_type(("head_count", "i4"), ("n_on", "i4"), ("first", "i4"), ("n", "i4"))  # head_count -1 = by shifts
ABILITY = row_type(("handle", "f4"), ("fcr", "f4"), ("proficiency", "f4"), ("grade", "i2"), ("is_held", "b1"))

LAW = row_type(
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

RECORD = row_type(  # one row per attempt that ended, if recording
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
    ("n_answered", "u1"),
    ("outcome", "i1"),
    ("grade", "i1"),
    ("is_resolved", "b1"),
    ("opens_case", "b1"),
    ("returns", "b1"),
    ("transfers", "u1"),
    ("hold_time", "f4"),  # of the customer, waiting again or on hold, after the first answer
    ("hung_up_at", "f8"),  # NaN = was on the telephone all the time
)

DIARY = row_type(("first", "i4"), ("last", "i4"), ("n", "i4"))  # contacts due to come back in an interval; -1 = nobody
N_ACTIVITIES = len(Activity)
TIME_COLUMNS = 8
"""Of an operator's row of times: one for each activity, and so many more that the row fills a cache line."""
N_STAFF_COUNTS = len(StaffCount)


class World(NamedTuple):
    """All state of a run. `n_...` below are lengths of axes."""

    state: np.ndarray  # STATE, 1
    options: np.ndarray  # OPTIONS, 1
    heap_at: np.ndarray  # f8, n_heap: instants of future events, a 4-ary heap
    heap_events: np.ndarray  # HEAP_EVENT
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
    live_mask: np.ndarray  # u8 (profiles, words): lines they may ever answer with somebody on the telephone
    laws: np.ndarray  # LAW
    knots: np.ndarray  # f8: tables of the laws
    period_factors: np.ndarray  # f8 (rows, periods)
    opening: np.ndarray  # f8 (7, 2): clock seconds of opening and closing by weekday; equal = closed
    day_quantiles: np.ndarray  # f8: clock seconds at evenly spread levels of the day's arrivals
    common_tallies: np.ndarray  # COMMON_TALLY (intervals, cells)
    rare_tallies: np.ndarray  # RARE_TALLY (intervals, cells)
    activity_time: np.ndarray  # f8 (intervals, activities) [operator-seconds]
    group_time: np.ndarray  # f8 (days, groups, activities) [operator-seconds]
    operator_time: np.ndarray  # f8 (operators, TIME_COLUMNS): by activity [s]
    booked_time: np.ndarray  # f8 (operators, activities): the same at the end of the last interval
    records: np.ndarray  # RECORD
    gates: np.ndarray  # GATE: a row for each of the steps
    credits: np.ndarray  # CREDIT
    group_ranks: np.ndarray  # i4 (groups, lines), if `has_ranks`
    allotted: np.ndarray  # i4 (types, 2): first row and number of allotments; 0 of them = the type itself
    allotments: np.ndarray  # ALLOTMENT
    legs: np.ndarray  # LEG
    relays: np.ndarray  # RELAY (contacts); one blank row without legs
    errands: np.ndarray  # ERRAND (contacts); one blank row where none of its rules is used
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
    dial_rules: np.ndarray  # DIAL_RULE
    campaigns: np.ndarray  # CAMPAIGN
    chatters: np.ndarray  # CHATTER (operators); one blank row without chats, as in the tables that follow
    slots: np.ndarray  # SLOT
    rooms: np.ndarray  # ROOM (pools)
    chat_mask: np.ndarray  # u8 (profiles, words): of line_mask, those of chats
    primary_chat_mask: np.ndarray  # the same of primary_mask
    case_rule: np.ndarray  # CASE_RULE, 1
    case_levels: np.ndarray  # CASE_LEVEL
    case_types: np.ndarray  # i4 (types, levels): type of a case opened for a contact of a type
    files: np.ndarray  # FILE (contacts); one blank row without cases
    menu_rule: np.ndarray  # MENU_RULE, 1
    trees: np.ndarray  # TREE: of all, then of some clusters or segments
    tree_of: np.ndarray  # i4 (clusters, segments)
    choices: np.ndarray  # CHOICE (trees x intents)
    reroutes: np.ndarray  # i4 (places in type_of, 2 x intents): type by chosen intent, recognised or not; -1 = as it is
    entries: np.ndarray  # ENTRY (intents)
    diary: np.ndarray  # DIARY (intervals)
    pool_mask: np.ndarray  # u8 (lines, words of pools): pools of the line's steps
    idle_mask: np.ndarray  # u8 (words of pools): pools with somebody idle
    reserve_mask: np.ndarray  # u8 (words): lines served from residual capacity
    pauses: np.ndarray  # PAUSE
    coming_keys: np.ndarray  # u8 (AHEAD): `who` of the arrivals that come next
    coming_types: np.ndarray  # i8 (AHEAD): types of their contacts
    levels: np.ndarray  # f8 (Level, AHEAD): draws for them

    @property
    def tallies(self) -> Tallies:
        """What was counted, as Python reads it."""
        return Tallies(self.common_tallies, self.rare_tallies)
