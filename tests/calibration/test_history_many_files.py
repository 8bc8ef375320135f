"""Several files, folders and sheets of a workbook as one history: each mess small and written here."""

import datetime
import zipfile

import pytest
from messy_reports import CALLS, HEADING, found, half_hours, save, told

from calibration.history.mapping import Mapping
from calibration.history.problems import reasons
from calibration.history.reader import read_files, read_history
from twin.errors import InputError


def test_overlapping_reports_do_not_make_an_autumn_hour(tmp_path):
    save(tmp_path, HEADING, *half_hours("26/10/2024", 20, 0, 24), *half_hours("27/10/2024", 20, 0, 24), name="a.csv")
    save(tmp_path, HEADING, *half_hours("27/10/2024", 20, 0, 24), name="b.csv")
    history = read_history(tmp_path)
    assert len(history.intervals) == 96
    assert (history.intervals["fold"] == 0).all()
    assert history.quality.rejected["line"].tolist() == list(range(2, 50))


def calls_of(day, first, last, step=5):
    return [f"{day} {n // 60:02d}:{n % 60:02d};A;C{n % 7};{n % 9};Risposta;{100 + n % 50};op{n % 3}"
            for n in range(first * 60, last * 60, step)]  # fmt: skip


def test_calls_that_two_files_hold_are_counted_once(tmp_path):
    save(tmp_path, CALLS, *calls_of("14/03/2024", 8, 11), name="until_11.csv")
    save(tmp_path, CALLS, *calls_of("14/03/2024", 8, 20), name="whole.csv")
    history = read_history(tmp_path)
    assert len(history.calls) == 144
    assert history.quality.rejected["file"].unique().tolist() == ["whole.csv"]
    assert history.quality.rejected["line"].tolist() == list(range(2, 38))
    assert history.quality.n_kept == 144


def test_calls_alike_by_chance_are_kept(tmp_path):
    twins = ["14/03/2024 08:00;A;;0;Risposta;60;", "14/03/2024 08:00;A;;0;Risposta;60;"]
    save(tmp_path, CALLS, *twins, *calls_of("14/03/2024", 9, 11), name="rome.csv")
    save(tmp_path, CALLS, twins[0], *calls_of("14/03/2024", 15, 18), name="milan.csv")
    history = read_history(tmp_path)
    assert history.quality.rejected.empty
    assert len(history.calls) == 2 + 24 + 1 + 36


def test_hours_beside_quarters_of_the_same_time_are_not_added(tmp_path):
    save(tmp_path, HEADING, *[f"13/03/2024;08:{n:02d};A;5;4" for n in range(0, 60, 15)], name="a.csv")
    save(
        tmp_path,
        HEADING,
        "13/03/2024;08:00;A;20;16",
        "13/03/2024;09:00;A;20;16",
        "13/03/2024;10:00;B;7;6",
        name="b.csv",
    )
    history = read_history(tmp_path)
    assert found(history.quality.rejected) == [[2, "covers the time of line 2 of a.csv, whose interval is shorter"]]
    assert history.intervals["offered"].sum() == 20 + 20 + 7


def test_a_folder_names_what_it_holds_beside_history(tmp_path):
    save(tmp_path, HEADING, *half_hours("13/03/2024"))
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "queue_log").write_text("1|2|3")
    (tmp_path / "2023").mkdir()
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "~$report.xlsx").write_text("lock")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "blank.csv").write_text("\n;;\n\n")
    quality = read_history(tmp_path).quality
    remarks = [(one.file, one.text) for one in quality.remarks if one.topic == "not read"]
    assert remarks == [
        ("", "folders, or files that end otherwise than history does (3): 2023/, old.xls, queue_log"),
        ("blank.csv", "its first 3 lines are blank, must hold a heading and rows"),
        ("empty.csv", "is empty, must hold a heading and rows"),
        ("noise.csv", "is no text, must be CSV, gzip CSV, Parquet or Excel (.xlsx)"),
    ]


@pytest.mark.parametrize("content", [bytes(range(256)) * 20, bytes(3000)])
def test_what_is_no_text_is_said_to_be_none(content, tmp_path):
    path = tmp_path / "noise.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"noise.csv: is no text, must be CSV"):
        read_history(path)


def test_an_archive_of_other_files_is_no_workbook(tmp_path):
    pytest.importorskip("openpyxl")
    with zipfile.ZipFile(tmp_path / "export.xlsx", "w") as archive:
        archive.writestr("a.csv", "Data;Offerte")
    with pytest.raises(InputError, match=r"export.xlsx: is a ZIP archive of other files, must be unpacked"):
        read_history(tmp_path / "export.xlsx")


def test_a_heading_without_rows_is_said(tmp_path):
    history = read_history(save(tmp_path, HEADING))
    assert told(history.quality, "rows") == [("there is none below the heading", "likely")]
    assert history.intervals.empty


def workbook(path, sheets):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def of_day(day, offered=20):
    return [[datetime.datetime(2024, 3, day), datetime.time(hour), offered, offered - 2] for hour in range(8, 12)]


TITLES = ["Data", "Ora", "Offerte", "Risposte"]


def test_every_sheet_of_a_workbook_is_read_or_named(tmp_path):
    path = workbook(tmp_path / "mesi.xlsx", {
        "Copertina": [["Report del call center"], ["Autore", "Rossi"]],
        "Gennaio": [["Report"], TITLES, *of_day(4), ["Totale", None, 80, 72]],
        "Febbraio": [TITLES, *of_day(5), ["ieri", None, 80, 72]],
        "Vuoto": [],
        "Note": [["Nome", "Indirizzo"], ["a", "b"]],
    })  # fmt: skip
    reading = read_files(path)
    quality = reading.history.quality
    assert reading.history.intervals["date"].dt.day.tolist() == [4] * 4 + [5] * 4
    assert told(quality, "sheets") == [
        ("read: Gennaio, Febbraio", "likely"),
        ("not read, for its headings are others: Copertina, Note; name one in a mapping (file.sheet)", "guess"),
        ("not read: Vuoto: the sheet is empty, must hold a heading and rows", "likely"),
    ]
    assert list(reading.mappings) == ["mesi.xlsx"]
    assert quality.rejected[["file", "line"]].values.tolist() == [["mesi.xlsx [Febbraio]", 6]]
    assert quality.left_out[["file", "line"]].values.tolist() == [["mesi.xlsx", 7]]
    assert (quality.n_read, quality.n_kept) == (10, 8)


def test_a_mapping_that_names_a_sheet_reads_that_alone(tmp_path):
    path = workbook(tmp_path / "mesi.xlsx", {"Gennaio": [TITLES, *of_day(4)], "Febbraio": [TITLES, *of_day(5)]})
    columns = {"date": "Data", "time": "Ora", "offered": "Offerte"}
    content = {"kind": "intervals", "file": {"sheet": "Febbraio"}, "columns": columns}
    assert set(read_history(path, Mapping.model_validate(content)).intervals["date"].dt.day) == {5}


def test_sheets_that_hold_the_same_times_are_queues_and_their_sum_is_left_out(tmp_path):
    path = workbook(tmp_path / "code.xlsx", {
        "Bolletta": [TITLES, *of_day(4, 20)], "Guasti": [TITLES, *of_day(4, 10)], "Totale": [TITLES, *of_day(4, 30)],
    })  # fmt: skip
    history = read_history(path)
    assert history.intervals.groupby("queue")["offered"].sum().to_dict() == {"Bolletta": 80, "Guasti": 40}
    assert found(history.quality.left_out) == [[line, "a total"] for line in range(2, 6)]
    assert ("hold the same times: each is taken as a queue", "guess") in told(history.quality, "sheets")


def test_what_is_negative_is_named_by_its_heading(tmp_path):
    history = read_history(
        save(tmp_path, HEADING + ";AHT", "13/03/2024;08:00;A;20;18;-3", "13/03/2024;08:30;A;-20;18;3", name="a.csv")
    )
    assert found(history.quality.rejected) == [
        [2, "AHT is -3 s, must not be negative"],
        [3, "Offerte is -20, must not be negative"],
    ]


def test_lines_of_several_files_bear_their_names(tmp_path):
    rows = ["ieri;08:00;A;20;18", "domani;08:30;A;20;18", *half_hours("13/03/2024")]
    save(tmp_path, HEADING, *rows, name="a.csv")
    alone = reasons(read_history(tmp_path).quality.rejected)
    assert alone["lines"].tolist() == ["2, 3"]
    save(tmp_path, HEADING, *rows[:1], *half_hours("14/03/2024"), name="b.csv")
    both = reasons(read_history(tmp_path).quality.rejected)
    assert both[["n", "lines"]].values.tolist() == [[3, "a.csv:2, a.csv:3, b.csv:2"]]


@pytest.mark.parametrize("names", [("Gennaio", "Febbraio"), ("1", "02"), ("gen", "feb.")])
def test_month_and_year_may_be_two_columns(names, tmp_path):
    rows = [f"2023;{names[0]};12,5;1,2", f";{names[1]};12,7;1,1", "2024;" + names[0] + ";12,9;1,0", ";;12,9;1,0"]
    history = read_history(save(tmp_path, "Anno;Mese;FOC;Churn", *rows))
    assert history.months["month"].dt.strftime("%Y-%m").tolist() == ["2023-01", "2023-02", "2024-01"]
    assert history.months["churn"].tolist() == pytest.approx([0.012, 0.011, 0.01])
    assert found(history.quality.left_out) == [[5, "a total"]]


def test_a_mapping_may_fix_the_year(tmp_path):
    columns = {"month": "Mese", "foc": "FOC"}
    content = {"kind": "months", "fixed": {"year": 2023.0}, "columns": columns}
    months = read_history(save(tmp_path, "Mese;FOC", "Gennaio;12", "Marzo;11"), Mapping.model_validate(content)).months
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2023-01", "2023-03"]
