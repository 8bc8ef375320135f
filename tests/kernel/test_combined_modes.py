"""Rules of all kinds at once, compiled, as plain Python, and with indices checked: the same records."""

import pytest
from combined_run import line, run
from test_modes import HERE, elsewhere

from twin.kernel.codes import Outcome


def test_the_runs_meet_every_rule():
    records, tallies = run()
    wanted = {Outcome.DROPPED, Outcome.MESSAGE_DONE, Outcome.UNREACHED, Outcome.NUISANCE, Outcome.ABANDONED}
    assert wanted <= set(records["outcome"].tolist())
    for measure in ("transferred", "called_back", "deferred_handled", "reached", "redials"):
        assert tallies[measure].sum() > 0, measure
    assert run(has_chats=True)[1]["chats"].sum() > 0


@pytest.mark.parametrize("switch", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_in_other_modes_the_kernel_gives_the_same_records(switch):
    lines = [line(has_chats) for has_chats in (False, True)]
    assert lines[0] != lines[1]
    found = elsewhere("-W", "error::RuntimeWarning", str(HERE / "combined_run.py"), **{switch: "1"})
    assert found.stdout == "".join(lines)
