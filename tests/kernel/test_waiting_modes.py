"""The rules of waiting compiled, as plain Python, and with indices checked: the same records."""

import pytest
from test_modes import HERE, elsewhere
from waiting_run import digest, run

from twin.kernel.codes import Outcome


@pytest.fixture(scope="module")
def compiled():
    return run()


def test_the_run_meets_every_rule(compiled):
    records, tallies = compiled
    assert {Outcome.UNREACHED, Outcome.MESSAGE_DONE} <= set(records["outcome"].tolist())
    for measure in ("called_back", "dials", "balked", "messages_in_time", "unreached", "redials", "recalled"):
        assert tallies[measure].sum() > 0, measure


@pytest.mark.parametrize("switch", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
def test_in_other_modes_the_kernel_gives_the_same_records(compiled, switch):
    found = elsewhere("-W", "error::RuntimeWarning", str(HERE / "waiting_run.py"), **{switch: "1"})
    assert found.stdout.split() == [str(len(compiled[0])), digest(*compiled)]
