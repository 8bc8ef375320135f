"""The results store: whatever is killed at which moment, files are whole, no run is lost, none counts twice."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pandas as pd
import pytest

from experiments.sweep.store import STALE, Store
from twin.errors import InputError

ROOT = Path(__file__).parents[2]
CRASHES = {
    "before the file is written": "store.pq.write_table = die",
    "before the rename": "store.os.replace = die",
    "after the rename": "store._sync = die",
}
PACKER_CRASHES = {
    **CRASHES,
    "before the parts are removed": "store.Path.unlink = die",
    "among the removals": "store.Path.unlink = third(store.Path.unlink)",
}


def rows(*keys):
    return pd.DataFrame({"run_key": list(keys), "value": [float(len(key)) for key in keys]})


def child(folder, crash, work):
    """Do `work` in a process that kills itself where `crash` says."""
    text = textwrap.dedent(f"""
        import os, signal, pandas as pd
        from pathlib import Path
        from experiments.sweep import store
        def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
        def third(what, n=[0]):
            def call(*a, **k):
                n[0] += 1
                return die() if n[0] == 3 else what(*a, **k)
            return call
        found = store.Store(Path({str(folder)!r}))
        {crash}
        {work}
    """)
    result = subprocess.run([sys.executable, "-c", text], cwd=ROOT, check=False)
    assert result.returncode == -9


def test_runs_are_read_once_each(tmp_path):
    store = Store(tmp_path)
    store.write(rows("a", "bb"), ["a", "bb"])
    store.write(rows("bb", "ccc"), ["bb", "ccc"])
    assert store.keys() == {"a", "bb", "ccc"}
    assert sorted(store.read()["run_key"]) == ["a", "bb", "ccc"]


def test_packing_keeps_the_rows_and_removes_the_parts(tmp_path):
    store = Store(tmp_path)
    for key in ("a", "bb", "ccc"):
        store.write(rows(key), [key])
    before = store.read().sort_values("run_key", ignore_index=True)
    store.pack()
    store.pack()
    assert list(tmp_path.glob("parts/*/*")) == []
    assert len(list(tmp_path.glob("packed/*"))) == 1
    pd.testing.assert_frame_equal(store.read().sort_values("run_key", ignore_index=True), before)


def test_columns_that_came_later_are_not_dropped(tmp_path):
    """Readers that take the first file's columns lose the others without a word."""
    store = Store(tmp_path)
    store.write(rows("a"), ["a"])
    store.write(rows("b").assign(more=7), ["b"])
    store.pack()
    found = store.read().set_index("run_key")
    assert found.more["b"] == 7
    assert found.more.isna()["a"]


@pytest.mark.parametrize("crash", CRASHES)
def test_a_writer_killed_leaves_the_old_state_or_the_new(tmp_path, crash):
    store = Store(tmp_path)
    store.write(rows("a"), ["a"])
    work = 'found.write(pd.DataFrame({"run_key": ["b"], "value": [1.0]}), ["b"])'
    child(tmp_path, CRASHES[crash], work)
    assert store.keys() == ({"a", "b"} if crash == "after the rename" else {"a"})
    assert len(store.read()) == len(store.keys())
    store.write(rows("b"), ["b"])
    assert sorted(store.read()["run_key"]) == ["a", "b"]


@pytest.mark.parametrize("crash", PACKER_CRASHES)
def test_a_packer_killed_loses_and_doubles_nothing(tmp_path, crash):
    store = Store(tmp_path)
    for number in range(6):
        store.write(rows(f"k{number}"), [f"k{number}"])
    child(tmp_path, PACKER_CRASHES[crash], "found.pack()")
    expected = [f"k{number}" for number in range(6)]
    assert sorted(store.read()["run_key"]) == expected
    store.pack()
    assert sorted(store.read()["run_key"]) == expected
    assert list(tmp_path.glob("parts/*/*.parquet")) == []


def test_what_a_killed_writer_left_is_swept_when_it_is_old(tmp_path):
    store = Store(tmp_path)
    store.write(rows("a"), ["a"])
    old, new = tmp_path / "parts" / ".x.parquet.1.tmp", tmp_path / "parts" / ".y.parquet.2.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - STALE - 60,) * 2)
    store.pack()
    assert not old.exists()
    assert new.exists(), "its writer may be at work"


def test_a_foreign_file_is_named(tmp_path):
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "x.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match=r"x\.parquet: is no file of a study's results"):
        Store(tmp_path).read()
