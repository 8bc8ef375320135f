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
    DIAL_END = 14
    DUE = 15
    HEAR = 16


class Activity(IntEnum):
    """What an operator does."""

    OFF = 0
    IDLE = 1
    TALK = 2
    WRAP = 3
    BREAK = 4


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


class Deferral(IntEnum):
    """Why a contact is off the telephone and still inside."""

    NONE = 0
    CALL_BACK = 1
    MESSAGE = 2


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
    UNREACHED = 6
    MESSAGE_DONE = 7


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
    ACCEPT = 21
    DIAL = 22
    RETRY = 23
    BALK = 24
    TOLD_PATIENCE = 25
    MESSAGE_WORK = 26


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


class Measure(IntEnum):
    """Columns of the tallies: counts, and sums of seconds, points and shares, by interval of arrival and cell.

    What every answer adds to stands first, side by side in memory.
    """

    ENTERED = 0
    OFFERED = 1
    HANDLED = 2
    WAITED = 3
    WAIT_HANDLED = 4
    WAIT_SQUARED = 5
    IN_20S = 6
    IN_TARGET = 7
    TALK = 8
    WRAP = 9
    LABOUR_COST = 10
    RESOLVED = 11
    FIRST_HANDLED = 12
    FIRST_RESOLVED = 13
    FIRST_SETTLED = 14
    PRIMARY = 15
    SECONDARY = 16
    MISMATCHED = 17
    CSI = 18
    CSI_WAITING = 19
    CSI_ACCURACY = 20
    CSI_ABILITY = 21
    CSI_COURTESY = 22
    IVR_TIME = 23
    SELF_SERVED = 24
    BLOCKED = 25
    ABANDONED = 26
    MESSAGES = 27
    CUT = 28
    SHORT_ABANDONED = 29
    LOST_IN_TARGET = 30
    WAIT_LOST = 31
    REDIALS = 32
    REPEATS = 33
    RECALLS = 34
    RECALLED = 35
    CASES = 36
    TO_OWNER = 37
    LOST_IN_20S = 38
    RECALLS_ANY = 39
    OFFERS = 40
    CALL_BACKS = 41
    CALLED_BACK = 42
    CALLED_IN_TARGET = 43
    CALLED_WAIT = 44
    UNREACHED = 45
    DIALS = 46
    DIAL_TIME = 47
    OFF_LINE = 48
    ANNOUNCED = 49
    BALKED = 50
    MESSAGES_FILED = 51
    MESSAGES_DONE = 52
    MESSAGES_IN_TIME = 53
    MESSAGE_TIME = 54
