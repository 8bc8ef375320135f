"""The week in quarter hours, Monday 00:00 first: the grid of all curves here."""

import numpy as np

from twin.scenario.days import WEEKDAYS
from twin.scenario.schema import Scenario

SLOT = 900.0  # [s]
SLOTS_A_DAY = 96
SLOTS = 7 * SLOTS_A_DAY
DAY, WEEK = 86400.0, 7 * 86400.0
PARTS = (("night", 0, 7), ("early", 7, 9), ("morning", 9, 12), ("midday", 12, 15), ("afternoon", 15, 18),
         ("evening", 18, 21), ("late", 21, 24))  # fmt: skip
"""Day parts of the table: name, first hour, hour after the last."""


def overlap(begin: float, end: float) -> np.ndarray:
    """Share of each quarter hour of the week that [begin, end) covers, seconds from Monday 00:00; wraps around."""
    if end - begin >= WEEK:
        return np.ones(SLOTS)
    covered = np.zeros(SLOTS)
    first, last = int(begin // SLOT), int(np.ceil(end / SLOT - 1e-9))
    for slot in range(first, last):
        covered[slot % SLOTS] += (min(end, (slot + 1) * SLOT) - max(begin, slot * SLOT)) / SLOT
    return covered


def open_slots(scenario: Scenario) -> np.ndarray:
    """bool (slots,): quarter hours with some opening in them."""
    opening = scenario.opening
    is_open = np.zeros(SLOTS)
    for day in opening.days:
        begin = WEEKDAYS.index(day) * DAY
        is_open += overlap(begin + opening.opens, begin + opening.closes)
    return is_open > 1e-9


def part_of(slot: np.ndarray) -> np.ndarray:
    """Row of PARTS of each quarter hour of the week."""
    hours = (slot % SLOTS_A_DAY) // 4
    return np.searchsorted([last for _, _, last in PARTS], hours, side="right")
