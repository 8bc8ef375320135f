"""What fuzzing has found (`fuzz/`), each input cut to what matters: a sentence now, where there was none."""

import io
import random
import zipfile

import numpy as np
import pytest

from calibration.history.reader import read_files
from experiments.sweep.study import Plan
from fuzz.mutate import mutated
from twin.archive import Archive
from twin.errors import InputError

STUDY = 'scenario = "erlang-a"\ndays = 1\n[factors."groups.operators.count"]\n'


def member(header):
    """A saved array whose header says this."""
    kept = io.BytesIO()
    np.lib.format.write_array(kept, np.zeros(3))
    return kept.getvalue()[:8] + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize("header", [b"{'descr': (\n", b"{'descr': '<f8'", b"(((", b"'" * 7, b"\n  x\n y\n"])
def test_an_array_with_a_broken_header_is_told(tmp_path, header):
    path = tmp_path / "x.twin"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("manifest.json", "{}")
        made.writestr("a.npy", member(header))
    with Archive(path) as archive, pytest.raises(InputError, match=r"is damaged, a.npy cannot be read"):
        archive.array("a")


def test_a_member_that_would_begin_outside_the_file_is_told(tmp_path):
    """The offset stands in the last four bytes before the name in the central directory; the reader seeks there."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        made.writestr("a.npy", b"x")
        made.writestr("manifest.json", "{}")
    content = bytearray(kept.getvalue())
    end = content.rindex(b"PK\x05\x06")
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    content[end + 12 : end + 16] = (size + 40).to_bytes(4, "little")  # a directory said to begin before the file does
    path = tmp_path / "x.twin"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x.twin: is (damaged|not a saved run)"):
        Archive(path)


@pytest.mark.parametrize(
    ("cell", "said"), [("-5", "Offerte is -5, must not be negative"), ("1e300", "Offerte is"), ("-1e308", "Offerte is")]
)
def test_months_with_negative_or_endless_counts_are_refused(tmp_path, cell, said):
    path = tmp_path / "x.csv"
    path.write_text(f"Mese;Offerte;Risposte;AHT;CSI\n01/2013;120000;110000;3m12s;71,5\n02/2013;{cell};101000;190;70\n")
    history = read_files(path).history
    assert history.months["offered"].tolist()[:1] == [120000]
    assert not np.isinf(history.months.select_dtypes("number").to_numpy()).any()
    assert said in history.quality.rejected["reason"].iloc[0]


def test_headings_are_told_without_their_control_characters(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a\x00b;\x1bq\n1;2\n3;4\n")
    with pytest.raises(InputError, match="the headings do not tell what it is") as error:
        read_files(path)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        ("range = [10, inf]\nwhole = true", "must have ends"),
        ("range = [nan, 3]", "must"),
        ("range = [10, 20]\nlevels = 2147483648", "levels"),
        ("range = [1, 20]\nlevels = 1000\n[factors.x]\nrange = [1, 2]\nlevels = 1000\n[factors.y]\nvalues = [1, 2]",
         "has 2,000,000 points, must have at most 1,000,000"),
    ],
)  # fmt: skip
def test_a_study_without_end_is_refused(tmp_path, factor, said):
    path = tmp_path / "x.toml"
    path.write_text(STUDY + factor)
    with pytest.raises(InputError, match=said):
        Plan.read(path)


def test_changed_copies_come_from_the_seed_alone():
    """A finding is found again by the same seed, whatever the file is packed in."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr(zipfile.ZipInfo("a"), b"1,2\n" * 50)
    for seed in (b"1,2\n" * 50, packed.getvalue()):
        copies = [mutated(seed, [seed], random.Random(place)) for place in range(30)]
        assert len({*copies}) > 20
        if not seed.startswith(b"PK"):  # a zip file is packed anew, with the time of day in it
            assert copies == [mutated(seed, [seed], random.Random(place)) for place in range(30)]
