"""Records of half hours, written by hand."""

import numpy as np

from calibration.fit.record import Record


def record(offered, operators=None, **given):
    """Days of half hours; what is not given is 0, answered is what did not give up."""
    shape = np.atleast_2d(np.array(offered, float))
    columns = {name: np.zeros_like(shape) for name in ("abandoned", "wait_s", "in_time", "handle_s")}
    columns |= {name: np.atleast_2d(np.array(of, float)) for name, of in given.items()}
    answered = columns.pop("answered", shape - columns["abandoned"])
    there = None if operators is None else np.atleast_2d(np.array(operators, float))
    dates = tuple(f"2024-01-{day + 1:02d}" for day in range(len(shape)))
    return Record(dates, 1800.0, shape, answered=answered, operators=there, **columns)
