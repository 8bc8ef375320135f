"""The tables of rules that a scenario may have: options, legs, offers, gates, the day's control; times in seconds."""

from twin.kernel.tables import row_type

OPTIONS = row_type(  # one row: rules that hold for the whole centre
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
    ("has_offers", "b1"),  # who must wait hears how long, may be called back or leave a message
    ("has_deferrals", "b1"),  # some contacts are off the telephone: to be called, or no calls
    ("has_last_wait", "b1"),  # somebody is told the wait of the last one answered
    ("has_channels", "b1"),  # some contacts are no calls
    ("has_interruption", "b1"),  # some work may be put down
    ("resume_same", "b1"),  # and is taken up again by the operator who began it
    ("has_campaigns", "b1"),
    ("has_chats", "b1"),  # some contacts are chats, of which an operator has several at once
    ("prefers_busy", "b1"),  # a chat goes to operators with others, before idle ones
    ("chat_slowdown", "f8"),  # of each chat, for each other one of the operator
    ("has_cases", "b1"),  # contacts open cases that are worked on
    ("has_menus", "b1"),  # the menu differs by customer, or the wrong entry may be chosen
    ("has_web", "b1"),  # some contacts are sessions of self care
    ("is_plain", "b1"),  # calls of one operator each, no gates and no control of the day: see `spares_looks`
    ("has_fatigue", "b1"),
    ("fatigue", "f8"),  # handle time added per second on duty, as a share of itself
    ("tired_after", "f8"),  # time on duty, breaks not counted, from which on
    ("has_night", "b1"),  # the menu serves out of operators' hours, too
    ("talk_scores", "i1"),  # LawKind of most laws of talk, EXPONENTIAL or LOGNORMAL: see `ahead.Level`
)

FREQUENT_RULES = frozenset({"has_ivr", "has_csi", "has_reserve", "has_overflow"})
RARE_RULES = {name for name in OPTIONS.names or () if name.startswith("has_")} - FREQUENT_RULES | {"by_rule"}
"""Flags of rules that few scenarios have. For those that have none of them there is a main loop without these rules."""
RARE_COLUMNS = {
    "options": dict.fromkeys(RARE_RULES, 0),
    "contacts": {"deferral": 0, "stage": 0},
    "types": {"deferral": 0},
    "lines": {"is_gated": 0, "is_work": 0, "is_chat": 0, "offer": -1, "message_line": -1},
}
"""By table: what the columns hold, 0 or -1, where no rare rule is used."""

LEG = row_type(  # how contacts of one type may come to a further operator
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

RELAY = row_type(  # one row per contact, where some come to a further operator: the present leg
    ("leg_at", "f8"),  # since when a further operator is sought
    ("rest", "f8"),  # of the first operator's talk, when the leg begins
    ("partner_wrap", "f8"),
    ("hold_time", "f8"),  # of the customer, waiting again or on hold, since the first answer
    ("leg", "i4"),  # row of `legs`
    ("partner", "i4"),  # the other operator, where one stays
    ("n_transfers", "u1"),  # handed on in this attempt
    ("n_legs", "u1"),  # legs begun in this attempt
)

ERRAND = row_type(  # one row per contact, where some are told how long they wait, or are off the telephone
    ("told", "f8"),  # expected wait last announced
    ("patience_ends_at", "f8"),  # kept only where announcements change it
    ("hung_up_at", "f8"),  # of who is to be called back or has left a message; work: came in
    ("work_ends_at", "f8"),  # of interruptible work in hand
    ("work_left", "f8"),  # of work put down; 0 = not begun
    ("campaign", "i4"),  # of a number that is called
    ("n_heard", "u2"),  # announcements after the first
    ("n_dials", "u1"),  # in vain
    ("n_offers", "u1"),  # instants passed at which a call-back is offered
)

OFFER = row_type(  # what is said and offered to who must wait; "knots" are rows of the laws' knots
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
    ("dial_rule", "i4"),
    ("balk", "i4"),  # knots: waits, then shares
    ("n_balk", "i4"),
    ("factor", "i4"),  # knots: waits, then factors on patience
    ("n_factor", "i4"),
    ("redraw_law", "i4"),  # -1 = patience is not drawn anew
    ("every", "f8"),  # time between announcements; inf = only the first
    ("message_law", "i4"),
    ("deadline", "f8"),
)

GATE = row_type(  # a row per step: when it is shut though its wait has come
    ("until", "f8"),  # wait at which the stage closes; inf = never
    ("ratio", "f8"),  # waiting over staffed operators that must be exceeded; below 0 = unused
    ("idle_above", "i4"),  # operators of the pool that must stay idle
    ("waiting_above", "i4"),  # contacts in line that must be exceeded; 0 = unused
    ("waiting_down_to", "i4"),  # once exceeded, until so few are left
    ("is_on", "b1"),  # exceeded, and not yet so few
)

CREDIT = row_type(("wait", "f8"), ("points", "f8"))  # knots of the lines' points by wait
ALLOTMENT = row_type(("type", "i4"), ("upto", "f8"))  # share of contacts up to and with this type

CONTROL = row_type(  # one row: the day's control; loads are contacts waiting per holder on duty, and expected waits
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

CREW = row_type(  # one row per operator: what the day's control must know
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

LOAN = row_type(  # operators of a group with other skills for a while
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

SUIT = row_type(("first_node", "i4"), ("n_nodes", "i4"), ("profile", "i4"), ("ability", "i4"))  # skills while lent
LEAVE = row_type(("group", "i4"), ("n", "i4"), ("idle_share", "f8"))  # early leave
PAUSE = row_type(  # a campaign that dials nobody while too many wait elsewhere
    ("campaign", "i4"),
    ("queue", "i4"),
    ("wait_above", "f8"),  # inf = unused
    ("wait_down_to", "f8"),
    ("n_above", "f8"),
    ("n_down_to", "f8"),
    ("is_on", "b1"),
)

UNIT = row_type(("n_away", "i4"))  # operators who share a limit of breaks at a time
SITE = row_type(("is_down", "b1"), ("slow", "f8"))

OUTAGE = row_type(
    ("factor", "f8"),
    ("kind", "i4"),  # Breakdown
    ("site", "i4"),  # -1 = everywhere
    ("trunks", "i4"),  # that are left
    ("loses", "b1"),  # talks in progress are cut off
    ("is_active", "b1"),
)

DIAL_RULE = row_type(  # how the centre calls somebody: who is to be called back, or the numbers of a campaign
    ("ring_law", "i4"),
    ("reach", "i4"),  # knots: share of dials that are answered, by hour of the day
    ("retries", "i4"),
    ("retry_law", "i4"),
)

CAMPAIGN = row_type(  # a list of numbers to be called
    ("type", "i4"),
    ("mode", "i4"),  # Dialling
    ("dial_rule", "i4"),
    ("preview_law", "i4"),
    ("due_line", "i4"),  # of numbers to be called again; no operator takes from it
    ("keep_idle", "i4"),  # idle operators kept for other contacts
    ("who", "u8"),  # key of the first number
    ("n_begun", "i8"),  # numbers dialled at least once
    ("n_left", "i8"),  # numbers never dialled
    ("n_ringing", "i8"),  # without an operator
    ("ratio", "f8"),  # dials an idle operator
    ("most", "f8"),
    ("cap", "f8"),  # share of nuisance among those reached
    ("span", "f8"),  # between adaptations of the ratio
    ("adapts_at", "f8"),
    ("n_reached", "i8"),  # since the last adaptation
    ("n_nuisance", "i8"),
    ("is_open", "b1"),
    ("n_pauses", "i4"),  # rules of the day's control that stop it now
    ("redemption", "f8"),  # share of those spoken with who agree, before the list has learnt; -1 = nobody counts them
    ("learnt", "f8"),  # what a list that has learnt all adds
    ("half_after", "f8"),  # outcomes after which half of it is learnt
    ("n_known", "i8"),  # outcomes so far
)

CHATTER = row_type(  # one row per operator: the chats that go on at once
    ("changed_at", "f8"),  # when their number changed last
    ("done", "f8"),  # work done on a chat that has been there since the first of them began, as if it were alone
    ("shared", "f8"),  # time since then, a part of it for each chat
    ("first_slot", "i4"),
    ("n", "i4"),
    ("most", "i4"),
    ("stint", "u4"),  # changes so far: tells an old event from the present one
    ("is_open", "b1"),  # in the lists of those with room for one more
    ("runs_down", "b1"),  # takes no more: the desk has sent him on a break
)

SLOT = row_type(  # one row per chat that an operator may have
    ("due", "f8"),  # what is done when the chat ends
    ("shared_before", "f8"),
    ("contact", "i4"),  # -1 = none
)

ROOM = row_type(("head", "i4"), ("tail", "i4"))  # by pool: operators in chats with room, longest unchanged first

CASE_RULE = row_type(  # one row: what holds for all cases
    ("one_call", "b1"),
    ("owner_first", "b1"),
    ("chase_share", "f8"),  # of open cases, a day
    ("chase_intent", "i4"),  # -1 = that of the case
    ("defect_share", "f8"),
    ("defect_law", "i4"),
    ("recontact_share", "f8"),
    ("reach", "f8"),
    ("ring_law", "i4"),
    ("talk_law", "i4"),
    ("charge_share", "f8"),  # one call: of matters not resolved, those whose operator knows it
)

CASE_LEVEL = row_type(("upto", "f8"), ("wait_law", "i4"))  # share of cases up to and with this level; -1 = no wait

FILE = row_type(  # one row per contact, where cases are worked on: the case opened for its matter last
    ("matter", "u8"),  # `who` of the contact whose entry this is: rows are reused
    ("ticket", "u8"),  # `who` of the case
    ("case", "i4"),  # row of the case in `contacts`
    ("is_first", "b1"),  # of a case: the matter's first contact opened it, and nobody has asked for it yet
)

MENU_RULE = row_type(  # one row: what holds for all menus
    ("mis_first", "f8"),  # share that chooses wrong though the fitting entry comes first
    ("recognised", "f8"),
    ("entry_time", "f8"),  # of each entry read out before the chosen one
)

TREE = row_type(("navigation", "f8"), ("mis_share", "f8"))  # factor on the navigation; share that chooses wrong
CHOICE = row_type(
    ("weight", "f8"), ("position", "i4"), ("entry", "i4")
)  # (trees x intents); entry -1 = not in the menu

ENTRY = row_type(  # one row per intent: what menu and self care leave unsettled
    ("false_share", "f8"),
    ("false_law", "i4"),
    ("session_law", "i4"),  # of self care
    ("fallback", "i4"),  # intent of the call after self care in vain; -1 = no self care
)
