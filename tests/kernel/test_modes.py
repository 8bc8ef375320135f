"""The same kernel as plain Python, and with its indices checked."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rules_run
from small_run import digest, run

from twin.kernel import CACHE

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NAMES = [
    *("routing", "overflow", "case_owner", "choice", "legs", "gaps"),
    *("contacts", "duty", "control", "loans", "outages", "chats", "combinations", "reference"),
]
FILES = [str(HERE / f"test_{name}.py") for name in NAMES]
PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *FILES)
FEW = {"REFERENCE_EXAMPLES": "5"}


@pytest.fixture(scope="module")
def compiled():
    return run()


def elsewhere(*arguments, **switches):
    """Python with other switches of the compiler, which are read once per process."""
    if "NUMBA_BOUNDSCHECK" in switches:
        switches = {"NUMBA_OPT": "1", **switches}  # compiled in half the time
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(CACHE.parent), **switches}
    found = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    return found


def test_the_small_run_meets_every_rule(compiled):
    records, tallies = compiled
    assert set(records["outcome"].tolist()) == set(range(6))
    for measure in ("redials", "repeats", "recalled", "cases", "to_owner", "secondary", "mismatched", "self_served"):
        assert tallies[measure].sum() > 0, measure
    assert np.isfinite(records["csi"][records["outcome"] == 0]).all()


def test_as_plain_python_the_kernel_gives_the_same_records(compiled):
    found = elsewhere("-W", "error::RuntimeWarning", str(HERE / "small_run.py"), NUMBA_DISABLE_JIT="1")
    assert found.stdout.split() == [str(len(compiled[0])), digest(*compiled)]


def test_as_plain_python_other_rules_of_who_answers_whom_give_the_same_records():
    lines = [rules_run.line(rule) for rule in ("points", "longest_queue", "local_first")]
    assert len(set(lines)) == 3
    found = elsewhere("-W", "error::RuntimeWarning", str(HERE / "rules_run.py"), NUMBA_DISABLE_JIT="1")
    assert found.stdout == "".join(lines)


def test_as_plain_python_the_rules_hold_and_the_reference_agrees():
    found = elsewhere(*PYTEST, **FEW, NUMBA_DISABLE_JIT="1")
    assert "failed" not in found.stdout


def test_no_index_leaves_its_table(compiled):
    """With bounds checks, in a cache of its own (about a minute to compile, once for both)."""
    found = elsewhere(str(HERE / "small_run.py"), NUMBA_BOUNDSCHECK="1")
    assert found.stdout.split() == [str(len(compiled[0])), digest(*compiled)]
    assert "failed" not in elsewhere(*PYTEST, **FEW, NUMBA_BOUNDSCHECK="1").stdout
