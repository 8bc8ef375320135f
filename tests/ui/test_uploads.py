"""Files that a reader hands in to do harm, or by mistake: one sentence each, soon, and without filling the memory."""

import gzip
import io
import multiprocessing
import pickle
import resource
import time
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calibration.history import workbooks
from calibration.history.rows import headings
from twin.errors import InputError, ScenarioError
from twin.ui.parts.fields import plain_name
from twin.ui.parts.work import FAILED, do_work, within_memory
from twin.ui.work import history
from twin.ui.work.history import keep_history, understand
from twin.ui.work.scenarios import MOST_BYTES, keep_upload

SOON = 30.0  # [s] of processor time
MOST = 700  # [MB] above what was needed before
MEGABYTE = 1 << 20


class Silent:
    def progress(self, share, key="", **values):
        pass


def told(path):
    """What the reader is told: the sentence, which came soon and without much memory."""
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        said = understand(Silent(), [path]).problem
    except InputError as error:
        said = str(error)
    assert time.process_time() - began < SOON
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MOST
    assert said.count("\n") < 3
    assert "Traceback" not in said
    return said


class Bomb:
    """A pickle that would make a file if it were opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_a_pickle_by_another_name_is_refused_and_never_opened(tmp_path, suffix):
    content = pickle.dumps(Bomb(tmp_path / "boom"))
    assert "is no " in told(keep_history(f"x.{suffix}", content, tmp_path))
    told(keep_history("x.csv", content, tmp_path))
    assert not (tmp_path / "boom").exists()


def test_a_zip_bomb_by_the_name_of_a_workbook_is_refused(tmp_path):
    path = tmp_path / "x.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
        book.open("xl/worksheets/sheet1.xml", "w") as member,
    ):
        for _ in range(257):
            member.write(bytes(MEGABYTE))
    assert path.stat().st_size < 2 * MEGABYTE
    assert "unpacks to more than 256 MB" in told(path)


def test_a_gzip_bomb_is_refused(tmp_path):
    path = keep_history("x.csv.gz", gzip.compress(b"1,2\n" * (MEGABYTE // 4)) * 2000, tmp_path)  # 2 GB in all
    assert "unpacks to more than 256 MB" in told(path)


SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def workbook(path, sheet, texts=()):
    """A workbook of one sheet, its XML given."""
    openpyxl = pytest.importorskip("openpyxl")
    made, kept = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["Data"])
    made.save(kept)
    head = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    strings = '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    with zipfile.ZipFile(kept) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in given.namelist():
            if name == "xl/worksheets/sheet1.xml":
                changed.writestr(name, f"{head}{sheet}</sheetData></worksheet>")
            elif name == "[Content_Types].xml":
                changed.writestr(name, given.read(name).replace(b"</Types>", SHARED))
            else:
                changed.writestr(name, given.read(name))
        changed.writestr(
            "xl/sharedStrings.xml", f"{strings}{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>"
        )
    return path


def test_a_row_far_below_the_others_is_refused(tmp_path):
    sheet = '<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999"><c r="A99999999"><v>1</v></c></row>'
    assert "the sheet is too large" in told(workbook(tmp_path / "x.xlsx", sheet))


def test_columns_far_to_the_right_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "EXCEL_CELLS", 1_000_000)
    sheet = '<row r="1"><c r="A1"><v>1</v></c></row>'
    sheet += "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(100, 200))
    assert "the sheet is too large" in told(workbook(tmp_path / "x.xlsx", sheet))


def test_a_long_text_that_stands_in_many_cells_is_refused(tmp_path):
    """30,000 characters in 40,000 cells are 1.2 GB, out of a file of 200 kB."""
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 40_001))
    assert "the sheet is too large" in told(workbook(tmp_path / "x.xlsx", cells, ["x" * 30_000]))


def parquet(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_a_parquet_file_of_very_many_equal_rows_is_refused(tmp_path):
    path = parquet(tmp_path / "x.parquet", offered=np.zeros(21_000_000, np.int8))
    assert path.stat().st_size < MEGABYTE
    assert "must have at most 20,000,000 cells" in told(path)


def hog(report):
    """More than is allowed."""
    return len(np.ones(1 << 28))  # 2 GB


def test_a_job_that_would_fill_the_memory_ends_with_a_sentence():
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=do_work, args=(theirs, within_memory, (1 << 30, hog)))
    process.start()
    theirs.close()
    kind, said = ours.recv()
    process.join()
    assert kind == FAILED
    assert "memory is full" in said


def test_a_heading_of_very_many_columns_is_refused(tmp_path):
    assert "columns, must have at most" in told(keep_history("x.csv", b"x" + b",a" * 200_000 + b"\n1,2\n", tmp_path))


def test_columns_of_the_same_name_are_numbered_at_once():
    began = time.process_time()
    names = headings(["a"] * 5000 + ["a (2)"])
    assert names[:3] == ["a", "a (2)", "a (3)"]
    assert names[-1] == "a (2) (2)"
    assert len(set(names)) == 5001
    assert time.process_time() - began < 1.0


def test_a_cell_longer_than_any_is_told_by_its_line(tmp_path):
    content = b'Data,Offerte\n"2013-03-04,1\n2013-03-05,' + b"9" * 200_000 + b"\n"
    assert "line 3 has a cell of more than 131,072 characters" in told(keep_history("x.csv", content, tmp_path))


@pytest.mark.parametrize("name", ["../../x.csv", "/etc/x.csv", "..\\..\\x.csv", "a/../../x.csv", "\0x.csv"])
def test_a_name_is_only_a_name(tmp_path, name):
    inside = tmp_path / "session"
    inside.mkdir()
    path = keep_history(plain_name(name), b"x", inside)
    assert path.parent == inside
    assert [entry.name for entry in tmp_path.iterdir()] == ["session"]


def test_a_scenario_is_a_megabyte_at_the_most_and_names_no_folder(tmp_path):
    with pytest.raises(ScenarioError, match="must be at most 1 MB"):
        keep_upload("x.toml", b"#" * (MOST_BYTES + 1), tmp_path)
    assert keep_upload("../../x.toml", b'extends = "erlang-a"\n', tmp_path) == tmp_path / "x.toml"


TANGLED = {
    "deep key": b"a" + b".a" * 100_000 + b" = 1\n",
    "deep table": b"[a" + b".a" * 100_000 + b"]\n",
    "many tables": b"".join(b"[a%d.b]\n" % k for k in range(10_000)),
    "deep list": b"a = " + b"[" * 500_000,
    "long number": b"a = " + b"9" * 1_000_000,
    "many keys": b"".join(b"k%d = 1\n" % k for k in range(10_000)),
    "null": b'a = "\\u0000"\n',
}


@pytest.mark.parametrize("kind", TANGLED)
def test_a_scenario_that_is_tangled_is_refused_soon(tmp_path, kind):
    began = time.process_time()
    with pytest.raises(ScenarioError) as error:
        keep_upload("x.toml", TANGLED[kind], tmp_path)
    assert time.process_time() - began < SOON
    assert all(len(problem) < 4000 for problem in error.value.problems)
    assert len(error.value.problems) < 300
    assert list(tmp_path.iterdir()) == []


def test_recorded_talk_levels_of_other_files_are_refused(tmp_path):
    text = b'extends = "bank-1999"\n[demand]\ntalk_levels = "/etc/passwd"\n'
    with pytest.raises(ScenarioError, match="must be a data file of the library"):
        keep_upload("x.toml", text, tmp_path)


def test_history_of_the_largest_allowed_size_is_refused_above_it(tmp_path, monkeypatch):
    monkeypatch.setattr(history, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match="must be at most"):
        keep_history("x.csv", bytes(1001), tmp_path)
