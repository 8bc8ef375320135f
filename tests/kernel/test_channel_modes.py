"""Calls blended with all other work, compiled, as plain Python, and with indices checked: the same records."""

import pytest
from channels_run import line, run
from test_modes import HERE, elsewhere

from twin.kernel.codes import Outcome


def test_the_run_meets_every_rule():
    records, tallies = run()
    wanted = {Outcome.HANDLED, Outcome.ABANDONED, Outcome.MESSAGE_DONE, Outcome.UNREACHED, Outcome.NUISANCE}
    assert wanted <= set(records["outcome"].tolist())
    for measure in ("called_back", "in_deadline", "in_3_days", "reached", "given_up", "redials", "recalled"):
        assert tallies[measure].sum() > 0, measure
    assert 0 < tallies["deferred_handled"].sum() < tallies["deferred"].sum()


@pytest.mark.parametrize("switch", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_in_other_modes_the_kernel_gives_the_same_records(switch):
    lines = [line(resumed_by) for resumed_by in ("anyone", "same")]
    assert lines[0] != lines[1]
    found = elsewhere("-W", "error::RuntimeWarning", str(HERE / "channels_run.py"), **{switch: "1"})
    assert found.stdout == "".join(lines)
