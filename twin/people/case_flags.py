"""What the back office leaves in the customers' memory: a case that is closed is no longer open."""

import numpy as np

from twin.kernel.codes import Outcome
from twin.people.states import Flag


def is_case(records: np.ndarray) -> np.ndarray:
    """Which records are of work on a case: no contacts of the customer."""
    return records["outcome"] == Outcome.CASE_DONE


def close_cases(flags: np.ndarray, records: np.ndarray) -> None:
    """Take the flag of an open case from customers whose case was closed by these records, in order of ending.

    Who had a further case opened after that keeps it.
    """
    rows = records[(is_case(records) | records["opens_case"]) & (records["customer"] >= 0)]
    last = dict(zip(rows["customer"].tolist(), is_case(rows).tolist(), strict=True))
    closed = [customer for customer, is_closed in last.items() if is_closed]
    flags[closed] &= 255 - Flag.CASE
