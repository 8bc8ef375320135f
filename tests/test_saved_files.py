"""Saved files that are not what they should be: one clear sentence each; and what is there is not overwritten."""

import os
import zipfile

import numpy as np
import pytest

from twin.archive import Archive, write_archive
from twin.errors import InputError
from twin.model import CallCentre
from twin.scenario.load import load_scenario

DAY = 86400.0


def run_to(at):
    model = CallCentre(load_scenario("erlang-a", {"run.days": 2, "run.warm_up": 0}), seed=11, recording=True)
    model.run_until(at)
    return model


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return run_to(0.3 * DAY).save(tmp_path_factory.mktemp("saved") / "run.twin")


def rewritten(file, folder, change=None, arrays=None):
    """The file with another manifest, or with other arrays."""
    with Archive(file) as archive:
        told = archive.manifest
        held = {name: archive.array(name) for name in archive.names} | (arrays or {})
    if change is not None:
        change(told)
    return write_archive(
        folder / "changed.twin", told, {name: array for name, array in held.items() if array is not None}
    )


def test_nothing_is_overwritten_silently(file, tmp_path):
    model = run_to(0.1 * DAY)
    kept = tmp_path / "run.twin"
    kept.write_text("mine")
    with pytest.raises(InputError, match=r"run.twin: is there already, must be the name of a new file"):
        model.save(kept)
    assert kept.read_text() == "mine"
    model.save(kept, overwrite=True)
    assert CallCentre.load(kept).now == model.now
    assert os.listdir(tmp_path) == ["run.twin"]
    with pytest.raises(InputError, match="is there already"):
        model.save(tmp_path, overwrite=True)


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    model = run_to(0.1 * DAY)
    kept = model.save(tmp_path / "run.twin")
    before = kept.read_bytes()

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", fail)
    with pytest.raises(OSError, match=r"No space left on device.*run.twin"):
        model.save(kept, overwrite=True)
    assert kept.read_bytes() == before
    assert os.listdir(tmp_path) == ["run.twin"]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere"):
        run_to(0.0).save(tmp_path / "nowhere" / "run.twin")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"none.twin: is not there, must be a saved run"):
        CallCentre.load(tmp_path / "none.twin")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_truncated_file_is_told(file, tmp_path, share):
    part = tmp_path / "part.twin"
    content = file.read_bytes()
    part.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"part.twin: is not a saved run, or only a part of one"):
        CallCentre.load(part)


def test_a_flipped_bit_is_told(file, tmp_path):
    """Every array and the manifest carry a checksum: one bit in the middle of each of them."""
    content = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        members = [info for info in archive.infolist() if info.compress_size > 1000]
    assert len(members) > 3
    for info in members:
        changed = bytearray(content)
        changed[info.header_offset + 100 + info.compress_size // 2] ^= 4
        (tmp_path / "bit.twin").write_bytes(changed)
        with pytest.raises(InputError, match=r"bit.twin: is damaged"):
            CallCentre.load(tmp_path / "bit.twin")


def test_an_array_that_is_shorter_than_it_says_is_told(file, tmp_path):
    """A header that promises more than there is: no memory is handed out that nobody has written."""
    bad = tmp_path / "bad.twin"
    with zipfile.ZipFile(file) as good, zipfile.ZipFile(bad, "w") as changed:
        for name in good.namelist():
            content = good.read(name)
            changed.writestr(name, content[:-8] if name == "tables/operator_time.npy" else content)
    with pytest.raises(InputError, match=r"bad.twin: is damaged, tables/operator_time.npy cannot be read \(has"):
        CallCentre.load(bad)


def test_a_name_that_is_taken_while_the_file_is_written_is_not_overwritten(tmp_path, monkeypatch):
    model, target = run_to(0.1 * DAY), tmp_path / "run.twin"
    write = np.lib.format.write_array

    def write_and_be_overtaken(*arguments, **named):
        target.write_text("mine")
        write(*arguments, **named)

    monkeypatch.setattr(np.lib.format, "write_array", write_and_be_overtaken)
    with pytest.raises(InputError, match=r"run.twin: is there already"):
        model.save(target)
    assert target.read_text() == "mine"
    assert os.listdir(tmp_path) == ["run.twin"]


def test_without_links_a_file_is_renamed(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", fail)
    model = run_to(0.1 * DAY)
    assert CallCentre.load(model.save(tmp_path / "run.twin")).now == model.now
    assert os.listdir(tmp_path) == ["run.twin"]


def test_another_zip_file_is_told(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(InputError, match=r"other.npz: has no manifest.json, must be a saved run"):
        CallCentre.load(tmp_path / "other.npz")


WRONG = {
    "kind": (lambda told: told.update(kind="x"), "is 'x', must be 'caring-twin saved run'"),
    "format": (lambda told: told.update(format=2), "has format 2, must be 1"),
    "code": (lambda told: told.update(code="abc"), r"was saved by other code \(version .*, hash abc\)"),
    "scenario": (lambda told: told["scenario"]["groups"].clear(), "its scenario is wrong, "),
    "law": (lambda told: told["scenario"]["patience"].update(mean=-3.0), "its scenario is wrong, patience"),
    "no seed": (lambda told: told.pop("seed"), "is damaged, its manifest says nothing of use"),
    "strange parts": (lambda told: told["parts"].update(wings={}), "holds the parts model, tables, wings"),
    "missing parts": (lambda told: told["parts"].pop("tables"), "holds the parts model, must hold"),
    "plain": (lambda told: told["parts"]["model"].pop("random"), "is damaged"),
    "clock": (lambda told: told["parts"]["model"]["plain"].update(day="x"), "is damaged"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_manifest_that_does_not_fit_is_told(file, tmp_path, name):
    change, sentence = WRONG[name]
    with pytest.raises(InputError, match=rf"changed.twin: {sentence}") as error:
        CallCentre.load(rewritten(file, tmp_path, change))
    assert "\n" not in str(error.value)


TABLES = {
    "missing": ({"tables/lines": None}, r"is damaged \(KeyError"),
    "type": ({"tables/lines": np.zeros(3)}, "the table lines is float64, must be records of"),
    "shape": ({"tables/activity_time": np.zeros((3, 2))}, "the table activity_time is float64 by 2, must be"),
    "rows": ({"tables/group_time": np.zeros((9, 1, 8))}, "the table group_time "),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_does_not_fit_is_told(file, tmp_path, name):
    arrays, sentence = TABLES[name]
    with pytest.raises(InputError, match=rf"changed.twin: {sentence}"):
        CallCentre.load(rewritten(file, tmp_path, arrays=arrays))


def test_a_pickle_is_never_opened(file, tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "boom"),)

    bad = tmp_path / "bad.twin"
    with zipfile.ZipFile(file) as good, zipfile.ZipFile(bad, "w") as changed:
        for name in good.namelist():
            if name == "tables/lines.npy":
                with changed.open(name, "w") as member:
                    np.lib.format.write_array(member, np.array([Bomb()], dtype=object), allow_pickle=True)
            else:
                changed.writestr(name, good.read(name))
    with pytest.raises(InputError, match=r"bad.twin: is damaged, tables/lines.npy cannot be read"):
        CallCentre.load(bad)
    assert not (tmp_path / "boom").exists()


def test_another_scenario_is_told(file):
    asked = load_scenario("erlang-a", {"run.days": 2, "run.warm_up": 0})
    assert CallCentre.load(file, scenario=asked).scenario == asked
    other = load_scenario("erlang-a", {"run.days": 2, "run.warm_up": 0, "patience.mean": "9 min"})
    with pytest.raises(InputError, match=r"is of another scenario, patience.mean is .*, must be 540.0"):
        CallCentre.load(file, scenario=other)
