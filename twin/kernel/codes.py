"""Codes that stand in the kernel's tables."""

from enum import IntEnum


class Status(IntEnum):
    """Why the kernel came back."""

    REACHED = 0
    """The asked instant."""
    HEAP_FULL = 1
    CONTACTS_FULL = 2
    RECORDS_FULL = 3


class Event(IntEnum):
    """Kinds of event on the heap and in the roster. At equal instants the lower one comes first; arrivals come last.

    Whoever's patience ends is gone before anybody could answer: so it is, too, where patience is looked at lazily.
    """

    CLOSE = 0
    OPEN = 1
    GIVE_UP = 2
    SHIFT_END = 3
    HEAD_COUNT = 4
    TALK_END = 5
    WRAP_END = 6
    IVR_END = 7
    SHIFT_START = 8
    BREAK = 9
    BREAK_END = 10
    WIDEN = 11
    OWNER_TIMEOUT = 12
    RETURN = 13
    LEG_LIMIT = 14
    """No further operator came in time. Whoever becomes free at this instant still comes: those events are lower."""
    DIAL_END = 15
    DUE = 16
    HEAR = 17
    CAMPAIGN_CLOSE = 18
    CAMPAIGN_OPEN = 19
    CHAT_END = 20
    CHASE = 35
    """Whether the customer asks for an open case today."""
    PAUSE_END = 38
    PAUSE_CHECK = 39
    RESKILL = 36
    """Skills have changed over night."""
    LOAN_END = 40
    OUTAGE_END = 41
    OUTAGE_BEGIN = 42
    LOAN_BEGIN = 43
    LOAN_CHECK = 44
    LEAVE_CHECK = 45
    BREAK_CHECK = 46
    OVERTIME_CHECK = 47
    ADAPT = 48
    DIAL = 49
    """Campaigns dial when all else that the instant brings has happened."""
    INTERRUPT = 50


class Activity(IntEnum):
    """What an operator does."""

    OFF = 0
    IDLE = 1
    TALK = 2
    WRAP = 3
    BREAK = 4
    HOLD = 5
    """With a customer who is on hold, until a further operator comes or has been asked."""
    OUTAGE = 6


class Phase(IntEnum):
    """Where a contact is; FREE rows hold nobody."""

    FREE = 0
    IVR = 1
    WAITING = 2
    OWNER = 3
    TALKING = 4
    RETURNING = 5
    DEFERRED = 6
    """In line, off the telephone."""
    DUE_LATER = 7
    """Off the telephone, not in line before a given instant."""
    DIALLING = 8
    """The centre calls: it rings, or the operator still looks at the record."""
    HELD = 9
    """Work put down, which waits for the operator who began it."""


class Deferral(IntEnum):
    """Why a contact is off the telephone and still inside."""

    NONE = 0
    CALL_BACK = 1
    MESSAGE = 2
    WORK = 3
    """E-mail, letter, desk: nobody is at the other end, from the coming in to the answer."""
    OUTBOUND = 4
    """A number of a campaign, until somebody answers there."""
    CASE = 5
    """Back-office work on the matter of a contact that has ended."""


class Dialling(IntEnum):
    """How a campaign dials."""

    PREVIEW = 0
    PROGRESSIVE = 1
    PREDICTIVE = 2


class Reply(IntEnum):
    """What a caller does who has heard how long it may take."""

    STAYS = 0
    LEAVES = 1
    HANGS_UP = 2
    """To be called back."""


class Outcome(IntEnum):
    """How one attempt at contact ended."""

    HANDLED = 0
    ABANDONED = 1
    BLOCKED = 2
    SELF_SERVED = 3
    MESSAGE = 4
    CUT = 5
    DROPPED = 6
    UNREACHED = 7
    MESSAGE_DONE = 8
    NUISANCE = 9
    """Called by a campaign and, having answered, met by nobody."""
    CASE_DONE = 10


class Purpose(IntEnum):
    """What a draw is for: part of its key."""

    ARRIVAL = 1
    WORK = 2
    PATIENCE = 3
    IVR = 4
    REDIAL = 5
    RESOLVE = 6
    RECALL = 7
    FALSE_CONTAINMENT = 8
    DAY_FACTOR = 9
    INTERVAL_FACTOR = 10
    NEED = 11
    NEED_TIME = 12
    LIFE = 14
    LIFE_KIND = 15
    BIRTH = 16
    OPERATOR = 17
    ABSENCE = 18
    REOPEN = 19
    SPREAD = 20
    LEG = 21
    LEG_TIME = 22
    ACCEPT = 23
    DIAL = 24
    RETRY = 25
    BALK = 26
    TOLD_PATIENCE = 27
    MESSAGE_WORK = 28
    CHOICE = 31
    ALLOTMENT = 32
    OUTAGE = 40
    VOLUNTEER = 41
    PREVIEW = 42
    TOUCH = 100
    PROMPT = 101
    LEAVING = 102
    CREDIT = 103
    CHURN = 104
    SAVE = 105
    UPSELL = 106
    AVOID = 107
    COMPLAINT = 108
    MENU = 80
    RECOGNITION = 81
    CASE = 82
    CASE_END = 83
    CHASE = 84
    RECONTACT = 85
    CHANNEL = 86
    SELF_CARE = 87
    PERSON = 60
    TENURE = 61
    SPELL = 62
    SELECTION = 63
    LEARNING_TEST = 64
    CLEARANCE = 65
    MODULE_TEST = 66
    LISTEN = 67
    SIDE_BY_SIDE = 68
    MYSTERY_CALL = 69
    SKILL_TEST = 70
    MESSAGE = 110
    MESSAGE_ANSWER = 111
    UNTOLD = 112
    SURVEY = 113
    SURVEY_ANSWER = 114
    AD_HOC = 115
    RATE_CLUSTER = 130
    SELLER = 131
    CHARGE = 150
    REDEEM = 151
    INTERVIEW = 152
    GRADE = 153


class OperatorRule(IntEnum):
    """Which of the idle operators of a pool answers; ties by longest idle. Sources stand in `choice.py`."""

    LONGEST_IDLE = 0
    MOST_IDLE = 1
    LEAST_OCCUPIED = 2
    BEST_PROFICIENCY = 3
    FEWEST_SKILLS = 4
    FIXED_ORDER = 5
    RANDOM = 6


class ContactRule(IntEnum):
    """What orders lines of equal rank before a free operator."""

    POINTS = 0
    """Points at arrival and for each second; with other numbers in the rows also rank only, or weights."""
    LONGEST_QUEUE = 1


class LegKind(IntEnum):
    """How a further operator comes to a matter."""

    TRANSFER = 0
    WARM_TRANSFER = 1
    CONFERENCE = 2
    CONSULTATION = 3
    ESCALATION = 4


class Stage(IntEnum):
    """How far the leg of a contact is: who is with the customer, and what the end of the talk means."""

    NONE = 0
    PLANNED = 1
    """The first operator talks until the leg begins."""
    SEEKING = 2
    """In line for a further operator; the first one stays on hold, or has left."""
    BRIEFING = 3
    """Handover or consultation: both operators are busy with it."""
    JOINED = 4
    """Conference: both stay to the end."""


class LawKind(IntEnum):
    CONSTANT = 0
    EXPONENTIAL = 1
    LOGNORMAL = 2
    WEIBULL = 3
    HYPEREXPONENTIAL = 4
    UNIFORM = 5
    TRIANGULAR = 6
    EMPIRICAL = 7
    HAZARD = 8
    TABLE = 9


class Grade(IntEnum):
    """How well the operator's skill fits the matter."""

    NONE = 0
    PRIMARY = 1
    SECONDARY = 2


class Breakdown(IntEnum):
    """What an outage takes away."""

    SITE = 0
    SLOW = 1
    IVR = 2
    TRUNKS = 3


class StaffCount(IntEnum):
    """What the day's control did to operators: counted by interval and group."""

    WRAPS_CUT = 0
    BREAKS_POSTPONED = 1
    BREAKS_MISSED = 2
    LENT = 3
    LEFT_EARLY = 4
    STAYED_ON = 5
