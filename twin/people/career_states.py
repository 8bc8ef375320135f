"""Where operators stand in their careers, and the columns in which that is kept: a row for each position."""

from enum import IntEnum

import numpy as np

NEVER = 1 << 30
LONG_AGO = -(1 << 30)
NOT_HELD = 127
MONTH = 365.25 / 12  # [days]
WEEKS_A_YEAR = 365.25 / 7


class Phase(IntEnum):
    """Of who holds a position."""

    VACANT = 0
    NESTING = 1
    """Side by side with somebody, with one skill."""
    PROBATION = 2
    CONFIRMED = 3


class Stage(IntEnum):
    """Of those who do not hold one yet."""

    SELECTION = 0
    CLASS = 1
    READY = 2
    """Waiting for a position."""


class CareerEvent(IntEnum):
    """What the log tells."""

    SELECTED = 0
    CLASS_FAILED = 1
    JOINED = 2
    NESTING_FAILED = 3
    CLEARED = 4
    CONFIRMED = 5
    LEFT = 6
    MODULE = 7
    """Begins to learn a further skill, or a lost one again."""
    SKILL_GAINED = 8
    MODULE_FAILED = 9
    SKILL_LOST = 10
    COACHED = 11
    SENIOR = 12
    LEADS = 13
    MOVED = 14
    RETRAINED = 15
    """Has had the hours that the move asked for."""


CAREER = np.dtype(
    [
        ("generation", "i8"),  # of the person in the position
        ("phase", "i1"),
        ("phase_ends", "i4"),  # day
        ("joined_on", "i4"),  # day; below 0 = before the run
        ("cleared_on", "i4"),
        ("vacant_on", "i4"),
        ("group", "i4"),
        ("site", "i4"),
        ("team", "i4"),
        ("first", "i4"),  # skill of the position
        ("speed", "f8"),
        ("leave_left", "f8"),  # of a unit exponential that the hazard wears down
        ("absent_until", "i4"),  # day on which he is back
        ("inexperience", "f8"),  # 1 = quite new, fades with practice
        ("error", "f8"),  # share of contacts in which an audit finds a mistake
        ("audited", "f8"),  # in the last months, older ones count less
        ("errors", "f8"),
        ("occupancy", "f8"),  # of the last month
        ("coached_on", "i4"),
        ("module", "i4"),  # skill that is being learned; -1 = none
        ("module_left", "f8"),  # hours, as below
        ("move_left", "f8"),
        ("refresh_left", "f8"),
        ("coach_left", "f8"),
        ("is_senior", "b1"),
        ("is_leader", "b1"),
        ("has_moved", "b1"),
        ("is_in_retraining", "b1"),  # has hours of the move to come
        ("has_lost_bonus", "b1"),
    ],
    align=True,
)


def key_of(rows: np.ndarray, generations: np.ndarray) -> np.ndarray:
    """Key of a person's chance: who follows in a position does not share the predecessor's luck."""
    return rows.astype(np.uint64) | (generations.astype(np.uint64) << np.uint64(32))
