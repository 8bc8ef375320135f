"""What a day's contacts tell of operators and skills: one pass over the records."""

from enum import IntEnum

import numpy as np

from twin.kernel.codes import Outcome
from twin.kernel.jit import entry

AWT = 20.0
"""Wait within which an answer counts for the service level [s] (K07)."""


class Sum(IntEnum):
    """Rows of the month's sums by operator."""

    HANDLED = 0
    IN_20S = 1
    FIRST = 2
    """Answered for the first time in their matter."""
    RETURNED = 3
    """Of these, customers who will make contact again."""
    CSI = 4
    N_CSI = 5


class Work(IntEnum):
    """Rows of the month's sums by skill."""

    TIME = 0
    """Of contacts handled [s]."""
    HANDLED = 1
    LOST = 2


N_SUMS, N_WORK = len(Sum), len(Work)


@entry
def count_day(records, needs, day, used_on, answered, resolved, work, sums):
    """Add a day's records to the careers' tables; `needs` is the skill that each type of contact takes."""
    for i in range(len(records)):
        record = records[i]
        need = needs[record.type]
        operator = record.operator
        if record.outcome == Outcome.ABANDONED and record.joined_at == record.joined_at:
            work[Work.LOST, need] += 1.0
        if record.outcome != Outcome.HANDLED or operator < 0:
            continue
        used_on[operator, need] = day
        answered[operator, need] += 1.0
        resolved[operator, need] += np.float64(record.is_resolved)
        work[Work.TIME, need] += record.ended_at - record.answered_at + np.float64(record.wrap_time)
        work[Work.HANDLED, need] += 1.0
        sums[Sum.HANDLED, operator] += 1.0
        sums[Sum.IN_20S, operator] += np.float64(record.answered_at - record.joined_at < AWT)
        if record.n_answered == 0:
            sums[Sum.FIRST, operator] += 1.0
            sums[Sum.RETURNED, operator] += np.float64(record.returns)
        if record.csi == record.csi:
            sums[Sum.CSI, operator] += np.float64(record.csi)
            sums[Sum.N_CSI, operator] += 1.0
