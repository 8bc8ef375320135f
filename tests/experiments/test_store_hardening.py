"""The results store in a rough world: two leaders in one folder, a full disk, clocks that jump."""

import contextlib
import multiprocessing
import os
import resource
import time

import pandas as pd
import pytest

from experiments.sweep import store as module
from experiments.sweep.engine import Serial
from experiments.sweep.store import STALE, Store
from experiments.sweep.study import Plan
from experiments.sweep.sweep import FAILURES, open_study, sweep

STUDY = """
scenario = "erlang-a"
set = { "run.warm_up" = 0 }
days = 1
replications = 3
factors."groups.operators.count".values = [12, 14]
"""


def rows(*keys):
    return pd.DataFrame({"run_key": list(keys), "value": [float(len(key)) for key in keys]})


@contextlib.contextmanager
def disk_for_files_of(most):
    """No file may grow beyond so many bytes: writing fails as on a full disk, in the midst of the file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return Plan.read(path)


# ---- two leaders ------------------------------------------------------------------------------------------------


def lead(folder, first):
    """Write 30 runs, each twice as likely as not also written by the other, packing all the while."""
    store = Store(folder)
    for number in range(first, first + 30):
        store.write(rows(f"k{number:03d}"), [f"k{number:03d}"])
        if number % 3 == 0:
            store.pack()
    store.pack()


def test_two_processes_write_and_pack_one_folder(tmp_path):
    """Runs 0 to 29 and 20 to 49: ten are done by both; all 50 are there, each once."""
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=lead, args=(tmp_path, first)) for first in (0, 20)]
    for process in both:
        process.start()
    while any(process.is_alive() for process in both):
        found = Store(tmp_path).read()  # a reader meanwhile sees whole runs, each once
        assert not len(found) or not found["run_key"].duplicated().any()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert sorted(Store(tmp_path).read()["run_key"]) == [f"k{number:03d}" for number in range(50)]


def test_a_file_that_another_packer_took_is_passed_over(tmp_path, monkeypatch):
    store = Store(tmp_path)
    for key in ("a", "bb", "ccc"):
        store.write(rows(key), [key])
    loose = store._loose()
    other = Store(tmp_path)
    monkeypatch.setattr(store, "_loose", lambda: loose)
    other.pack()  # after we have listed the parts
    store.pack()
    assert sorted(other.read()["run_key"]) == ["a", "bb", "ccc"]


def test_two_leaders_of_one_study_do_it_once(plan, tmp_path):
    one = open_study(plan, tmp_path / "out", False)
    two = open_study(plan, tmp_path / "out", True)
    first = sweep(plan, one, Serial())
    second = sweep(plan, two, Serial())
    assert (first.n_done, second.n_before, second.n_done) == (6, 6, 0)
    assert two.read()["run_key"].nunique() == 6


# ---- a full disk ------------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_state(tmp_path):
    store = Store(tmp_path)
    store.write(rows("a"), ["a"])
    many = [f"key-{number:05d}" for number in range(20_000)]
    with disk_for_files_of(20_000), pytest.raises(OSError):
        store.write(rows(*many), many)
    assert store.keys() == {"a"}
    assert not list(tmp_path.rglob("*.tmp"))
    store.write(rows(*many), many)
    assert len(store.read()) == 20_001


def test_a_full_disk_while_packing_loses_nothing(tmp_path):
    store = Store(tmp_path)
    for number in range(20):
        store.write(rows(f"k{number}"), [f"k{number}"])
    with disk_for_files_of(1_000), pytest.raises(OSError):
        store.pack()
    assert len(store.read()) == 20
    store.pack()
    assert len(store.read()) == 20
    assert not list(tmp_path.glob("parts/*/*"))


def test_a_study_on_a_full_disk_tells_it_and_goes_on_later(plan, tmp_path):
    store = open_study(plan, tmp_path / "out", False)
    with disk_for_files_of(4_000):
        outcome = sweep(plan, store, Serial())
    assert outcome.n_done == 0
    assert len(outcome.failed) == 6
    assert all("OSError" in sentence for sentence in outcome.failed.values())
    assert (tmp_path / "out" / FAILURES).exists()
    again = sweep(plan, open_study(plan, tmp_path / "out", True), Serial())
    assert (again.n_done, again.failed) == (6, {})
    assert not (tmp_path / "out" / FAILURES).exists()


# ---- clocks -----------------------------------------------------------------------------------------------------


def test_a_clock_that_goes_back_changes_nothing(plan, tmp_path, monkeypatch):
    sweep(plan, open_study(plan, tmp_path / "right", False), Serial())
    now = [time.time()]

    def backwards():
        now[0] -= 86_400.0
        return now[0]

    monkeypatch.setattr(time, "time", backwards)
    outcome = sweep(plan, open_study(plan, tmp_path / "back", False), Serial())
    assert 0 <= outcome.seconds < 600
    right, back = (Store(tmp_path / name).read().sort_values(["run_key", "by"], ignore_index=True)
                   for name in ("right", "back"))  # fmt: skip
    pd.testing.assert_frame_equal(right, back)


def test_a_file_from_the_future_is_not_swept(tmp_path):
    store = Store(tmp_path)
    store.write(rows("a"), ["a"])
    ahead = tmp_path / "parts" / ".x.parquet.1.tmp"
    ahead.write_bytes(b"half")
    os.utime(ahead, (time.time() + 10 * STALE,) * 2)
    store.pack()
    assert ahead.exists()


def test_a_writer_swept_by_a_clock_ahead_writes_again(tmp_path, monkeypatch):
    """Another process, an hour ahead, removes the file that is just being written."""
    store, replace = Store(tmp_path), os.replace
    swept = []

    def sweep_first(part, path):
        if not swept:
            swept.append(part)
            os.unlink(part)
        replace(part, path)

    monkeypatch.setattr(module.os, "replace", sweep_first)
    store.write(rows("a"), ["a"])
    assert len(swept) == 1
    assert store.keys() == {"a"}
