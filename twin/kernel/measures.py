"""What the tallies count, in the order of their columns."""

from enum import IntEnum


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
    TRANSFERRED = 40
    CONFERENCES = 41
    CONSULTATIONS = 42
    UNASSISTED = 43
    HOLD = 44
    WAIT_AGAIN = 45
    ABANDONED_ANSWERED = 46
    ESCALATED_2 = 47
    ESCALATED_3 = 48
    CLOSED_2 = 49
    CLOSED_3 = 50
    DROPPED = 51
    OFFERS = 52
    CALL_BACKS = 53
    CALLED_BACK = 54
    CALLED_IN_TARGET = 55
    CALLED_WAIT = 56
    UNREACHED = 57
    DIALS = 58
    DIAL_TIME = 59
    OFF_LINE = 60
    ANNOUNCED = 61
    BALKED = 62
    MESSAGES_FILED = 63
    MESSAGES_DONE = 64
    MESSAGES_IN_TIME = 65
    MESSAGE_TIME = 66
    DEFERRED = 67
    DEFERRED_HANDLED = 68
    IN_DEADLINE = 69
    IN_1_DAY = 70
    IN_3_DAYS = 71
    RESPONSE_TIME = 72
    NUMBERS_DIALLED = 73
    REACHED = 74
    NUISANCE = 75
    GIVEN_UP = 76
    CHATS = 77
    CHAT_TIME = 78
    CHAT_WORK = 79
    CASES_DONE = 80
    CASE_TIME = 81
    CASES_IN_1_DAY = 82
    CASES_IN_TIME = 83
    CASE_WORK = 84
    CASES_BY_OWNER = 85
    CASE_DEFECTS = 86
    CHASES = 87
    RECONTACTS = 88
    MENUS = 89
    MIS_SELECTED = 90
    UNRECOGNISED = 91
    FALSE_CONTAINED = 92
    WEB_SESSIONS = 93
    WEB_SERVED = 94
    CHASED_EARLY = 95
    SPOKEN = 96
    REDEEMED = 97
    OUT_OF_HOURS = 98
    NIGHT_SERVED = 99
