"""Ctrl-C of a whole command line: one sentence, exit code 130, nobody left behind, finished work readable."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import psutil
import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "sigwait"), reason="Ctrl-C of POSIX")
SENTENCE = "error: interrupted, finished work is kept\n"
LONG = ["--set", "run.warm_up=0", "--days", "1", "--replications", "100000", "--workers", "2"]


def interrupted(arguments, is_time):
    """Start `twin`, press Ctrl-C once `is_time(its pid)`; exit code, stderr, and whether its processes are gone."""
    process = subprocess.Popen(
        [sys.executable, "-m", "twin", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 120
        while not is_time(process.pid):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)  # stderr ends when the last process that shares it has ended
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, err


def after(seconds):
    """So long after the start, but not before Python itself has started, which takes long on a busy machine."""
    end = time.monotonic() + seconds
    return lambda pid: time.monotonic() > end and sum(psutil.Process(pid).cpu_times()[:2]) > 0.3


@pytest.mark.parametrize("seconds", [0.5, 1.5, 4.0])
@pytest.mark.parametrize("command", [["verify"], ["run", "erlang-a", *LONG], ["bench"]], ids=lambda words: words[0])
def test_interrupt_is_one_sentence_at_any_instant(command, seconds):
    assert interrupted(command, after(seconds)) == (130, SENTENCE)


def test_interrupted_run_leaves_what_was_finished(tmp_path):
    code, err = interrupted(["run", "erlang-a", *LONG, "--out", str(tmp_path / "out")], after(6.0))
    assert (code, err) == (130, SENTENCE)
    left = [path.name for path in (tmp_path / "out").iterdir()] if (tmp_path / "out").exists() else []
    assert not [name for name in left if name.endswith(".part")]
    if left:
        assert set(left) == {"kpis.parquet", "counts.parquet", "manifest.json"}
        numbers = pd.read_parquet(tmp_path / "out" / "kpis.parquet")["replication"]
        assert numbers.is_monotonic_increasing
