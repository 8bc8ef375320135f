"""Messy exports, each small and written here, with the answer by hand; one table in many dialects."""

import gzip

import numpy as np
import pandas as pd
import pytest

from calibration.history import files
from calibration.history.mapping import Mapping
from calibration.history.reader import read_history
from twin.errors import InputError

ROWS = [  # date, start, offered, answered, abandoned, share in time, ASA [s], AHT [s], operators
    ("2012-12-30", 84600, 1250, 1200, 50, 0.825, 12.5, 192.0, 10.5),
    ("2012-12-31", 0, 7, 5, 2, 0.4, 61.0, 605.0, 2.0),
    ("2012-12-31", 30600, 1100, 1100, 0, 1.0, 0.0, 3725.0, 400.25),
    ("2013-01-02", 30600, 0, 0, 0, 0.0, 0.0, 0.0, 1.0),
]
ITALIAN = (
    "Data",
    "Ora",
    "Chiamate offerte",
    "Risposte",
    "Abbandonate",
    "% in soglia",
    "Attesa media",
    "AHT",
    "Operatori",
)
ENGLISH = ("Date", "Start Time", "Offered", "Answered", "Abandoned", "Service Level 20 seconds", "ASA", "AHT", "Agents")


def clock(seconds, parting=":"):
    return f"{seconds // 3600:02.0f}{parting}{seconds % 3600 // 60:02.0f}"


def colons(seconds):
    return f"{seconds // 3600:02.0f}:{seconds % 3600 // 60:02.0f}:{seconds % 60:02.0f}"


def words(seconds):
    return f"{seconds // 60:.0f}m{seconds % 60:.0f}s"


def number(value, decimal, thousands=""):
    text = f"{value:,.6g}" if value < 1000 else f"{value:,.0f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def written(headings, separator, decimal, date, duration, percent, thousands="", parting=":"):
    lines = [separator.join(headings)]
    for day, start, offered, answered, abandoned, share, asa, aht, operators in ROWS:
        cells = [pd.Timestamp(day).strftime(date), clock(start, parting)]
        cells += [number(count, decimal, thousands) for count in (offered, answered, abandoned)]
        cells += [percent(share, decimal), duration(asa, decimal), duration(aht, decimal), number(operators, decimal)]
        lines.append(separator.join(cells))
    return "\n".join(lines) + "\n"


def as_percent(share, decimal):
    return f"{number(100 * share, decimal)}%"


def as_share(share, decimal):
    return number(share, decimal)


def plain(seconds, decimal):
    return number(seconds, decimal)


def whole_colons(seconds, decimal):
    return colons(seconds) + (f"{decimal}5" if seconds % 1 else "")


def in_words(seconds, decimal):
    return f"{int(seconds // 60)}m{number(seconds % 60, decimal)}s"


DIALECTS = {
    "comma": ("utf-8", written(ENGLISH, ",", ".", "%Y-%m-%d", plain, as_share)),
    "semicolon, decimal comma": ("utf-8", written(ITALIAN, ";", ",", "%d/%m/%Y", plain, as_percent)),
    "thousands": ("utf-8", written(ITALIAN, ";", ",", "%d/%m/%Y", whole_colons, as_percent, ".")),
    "American": ("utf-8", written(ENGLISH, "\t", ".", "%m/%d/%Y", whole_colons, as_percent)),
    "Latin-1": ("latin-1", written(("Data", "Ora", "Offerte", "Risposte", "Abbandonate", "Livello di servizio %",
                "Attesa media", "Tempo medio gestione", "Operatori in turno"), ";", ",", "%d-%m-%y", in_words,
                as_percent).replace("Ora", "Fascia oraria").replace("\n", "\r\n")),
    "UTF-16 with mark": ("utf-16", written(ITALIAN, "\t", ",", "%d/%m/%Y", whole_colons, as_percent)),
    "UTF-16 without": ("utf-16-be", written(ITALIAN, ";", ",", "%d.%m.%Y", plain, as_percent)),
    "UTF-8 with mark": ("utf-8-sig", written(ITALIAN, "|", ".", "%d %b %Y", in_words, as_share)),
    "points in clock times": ("cp1252", written(ITALIAN, ";", ",", "%d/%m/%Y", plain, as_share, "", ".")),
    "compact dates": ("utf-8", written(ENGLISH, ",", ".", "%Y%m%d", whole_colons, as_percent, "", "")),
    "a title above": ("utf-8", "Report;code\nPeriodo;dicembre\n\n" +
                      written(ITALIAN, ";", ",", "%d/%m/%Y", plain, as_percent)),
    "Excel's sep line": ("utf-8", "sep=;\n" + written(ENGLISH, ";", ".", "%d/%m/%Y", plain, as_percent)),
}  # fmt: skip


def save(folder, content, name="export.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def check_rows(table):
    """The numbers of ROWS, in the units of the tables."""
    assert table["date"].dt.strftime("%Y-%m-%d").tolist() == [row[0] for row in ROWS]
    assert table["start_s"].tolist() == [row[1] for row in ROWS]
    for place, name in ((2, "offered"), (3, "answered"), (4, "abandoned"), (8, "operators")):
        assert table[name].tolist() == [row[place] for row in ROWS]
    assert table["answered_in_time"].tolist() == pytest.approx([row[5] * row[2] for row in ROWS])
    assert table["wait_answered_s"].tolist() == pytest.approx([row[6] * row[3] for row in ROWS])
    assert table["handle_s"].tolist() == pytest.approx([row[7] * row[3] for row in ROWS])


@pytest.mark.parametrize("name", DIALECTS)
def test_the_same_table_in_any_dialect_reads_the_same(name, tmp_path):
    encoding, content = DIALECTS[name]
    history = read_history(save(tmp_path, content, encoding=encoding))
    check_rows(history.intervals)
    assert (history.quality.n_read, history.quality.n_kept) == (4, 4)


def test_gzip_parquet_and_csv_hold_the_same(tmp_path):
    content = DIALECTS["comma"][1]
    packed = tmp_path / "export.csv.gz"
    packed.write_bytes(gzip.compress(content.encode()))
    check_rows(read_history(packed).intervals)
    save(tmp_path, content)
    table = pd.read_csv(tmp_path / "export.csv")
    table["Date"] = pd.to_datetime(table["Date"])
    table.to_parquet(tmp_path / "export.parquet")
    check_rows(read_history(tmp_path / "export.parquet").intervals)


def test_a_workbook_holds_the_same(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Report settimanale"])
    sheet.append(list(ITALIAN))
    for day, start, *rest in ROWS:
        time = pd.Timestamp(day) + pd.Timedelta(seconds=start)
        sheet.append([time.to_pydatetime().replace(hour=0, minute=0), time.time(), *rest])
    book.save(tmp_path / "export.xlsx")
    history = read_history(tmp_path / "export.xlsx")
    check_rows(history.intervals)


def test_a_workbook_without_openpyxl_is_one_clear_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    path = tmp_path / "export.xlsx"
    path.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(InputError, match=r"export.xlsx: Excel needs openpyxl.*pip install 'caring-twin\[excel\]'"):
        read_history(path)


def log(folder, *lines, heading="Data ora;Coda;Cliente;Attesa;Esito;Conversazione;Post chiamata;Operatore"):
    return save(folder, "\n".join([heading, *lines]) + "\n")


def test_an_italian_call_log(tmp_path):
    path = log(
        tmp_path,
        "31/12/2012 23.45;187;C1;00:00:12;Risposta;3m12s;0:30;Rossi",
        "31/12/2012 23.59;187;;1:05;Abbandonata;;;",
        "01/01/2013 0.10;Tecnico;C1;;Risposta;192;;Bianchi",
    )
    calls = read_history(path).calls
    assert calls["date"].dt.strftime("%d/%m/%Y").tolist() == ["31/12/2012", "31/12/2012", "01/01/2013"]
    assert calls["at_s"].tolist() == [85500, 86340, 600]
    assert calls["outcome"].tolist() == ["answered", "abandoned", "answered"]
    assert calls["wait_s"].tolist() == [12, 65, 0]  # an answered call without a wait was served at once
    assert np.array_equal(calls["service_s"], [192, np.nan, 192], equal_nan=True)
    assert np.array_equal(calls["wrap_s"], [30, np.nan, np.nan], equal_nan=True)
    assert calls["operator"].tolist() == ["Rossi", "", "Bianchi"]
    assert calls["customer"].tolist() == ["C1", "", "C1"]


def test_instants_become_durations_across_midnight(tmp_path):
    path = log(
        tmp_path,
        "04/03/2024;23:59:50;00:00:20;00:03:20;187",  # waits 30 s, talks 180 s
        "04/03/2024;10:00:00;;10:01:30;187",  # gives up after 90 s
        heading="Data;Ora chiamata;Ora risposta;Ora fine;Coda",
    )
    calls = read_history(path).calls
    assert calls["outcome"].tolist() == ["abandoned", "answered"]
    assert calls["wait_s"].tolist() == [90, 30]
    assert calls["service_s"].iloc[1] == 180


def test_times_with_a_zone_move_to_the_centres_clocks(tmp_path):
    path = log(
        tmp_path,
        "2024-03-30T23:30:00Z,Billing,10,60,Anna",  # 00:30 on the 31st in Rome (winter time)
        "2024-03-31T01:30:00Z,Billing,0,60,Anna",  # 03:30: the clocks went forward at 02:00
        heading="InitiationTimestamp,Queue.Name,Queue.Duration,Agent.AgentInteractionDuration,Agent.Username",
    )
    mapping = Mapping.model_validate(
        {
            "kind": "calls",
            "dates": {"zone": "Europe/Rome"},
            "columns": {"at": "InitiationTimestamp", "queue": "Queue.Name", "wait_s": "Queue.Duration",
                        "service_s": "Agent.AgentInteractionDuration", "operator": "Agent.Username"},
        }
    )  # fmt: skip
    calls = read_history(path, mapping).calls
    assert calls["date"].dt.day.tolist() == [31, 31]
    assert calls["at_s"].tolist() == [1800, 12600]
    changes = [one.text for one in read_history(path, mapping).quality.remarks if one.topic == "clock changes"]
    assert changes == ["2024-03-31 has 23 hours in Europe/Rome; at_s is what the clocks show"]
    in_utc = read_history(path)
    assert in_utc.calls["date"].dt.day.tolist() == [30, 31]
    assert any("kept as they stand" in remark.text for remark in in_utc.quality.remarks)


def test_monthly_kpis_in_italian(tmp_path):
    path = save(
        tmp_path,
        "Mese;Sede;FOC;Richiamate %;CSI;Churn;Turnover\n"
        "gen-2012;Roma;12,5;18,2;7,4;1,1%;2,5%\nfeb-2012;Roma;12,1;17;7,5;1%;2%\n",
        encoding="latin-1",
    )
    months = read_history(path).months
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2012-01", "2012-02"]
    assert months["foc"].tolist() == [12.5, 12.1]
    assert months["recall"].tolist() == pytest.approx([0.182, 0.17])
    assert months["churn"].tolist() == pytest.approx([0.011, 0.01])
    assert months["turnover"].tolist() == pytest.approx([0.025, 0.02])
    assert months["csi"].tolist() == [7.4, 7.5]


def test_a_folder_is_read_whole_and_what_is_not_understood_is_named(tmp_path):
    save(tmp_path, DIALECTS["comma"][1], "a.csv")
    save(tmp_path, "Mese;FOC\n01/2012;12,5\n", "b.csv")
    save(tmp_path, "colour,shape\nred,round\n", "c.csv")
    history = read_history(tmp_path)
    check_rows(history.intervals)
    assert len(history.months) == 1
    assert [remark.file for remark in history.quality.remarks if remark.topic == "not read"] == ["c.csv"]


BAD = {
    "nothing there": (b"", "x.csv: is empty"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", r"x.csv: is an Excel file of before 2007 \(.xls\), must be saved"),
    "no heading known": (b"colour,shape\nred,round\n", r"x.csv: the headings do not tell what it is \(colour, shape\)"),
    "damaged gzip": (gzip.compress(b"Data;Ora;Offerte\n" * 50)[:-12], "x.csv: the gzip file is damaged"),
    "damaged parquet": (b"PAR1 and no more", "x.csv: is not a readable Parquet file"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_is_one_sentence(name, tmp_path):
    content, sentence = BAD[name]
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read_history(tmp_path / "x.csv")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv: no such file or folder"):
        read_history(tmp_path / "nowhere.csv")


def test_files_above_the_limit_are_refused_even_when_packed(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "SIZE_LIMIT", 1_000_000)
    path = tmp_path / "large.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 3_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match=r"large.csv.gz: holds 0.0 GB or more, must be below 0.001 GB"):
        read_history(path)


def test_an_unclosed_quotation_mark_costs_no_rows(tmp_path):
    content = DIALECTS["comma"][1].replace("Agents\n", "Agents,Note\n").replace("\n2", ",\n2")
    lines = content.splitlines()
    lines[1] += ',"broken'
    lines[2:] = [f"{line}," if not line.endswith(",") else line for line in lines[2:]]
    many = [f"2013-01-02,{clock(60 * 30 * n)},1,1,0,1,0,9,1," for n in range(18, 40)] * 6
    path = save(tmp_path, "\n".join(lines + many) + "\n")
    history = read_history(path)
    assert history.quality.n_read == 4 + len(many)
    assert any("not closed" in remark.text for remark in history.quality.remarks)


@pytest.mark.parametrize("seconds", [0.0, 12.0, 192.0, 3725.0, 86399.0])
@pytest.mark.parametrize(
    "form", [colons, words, lambda s: f"{s:.0f}", lambda s: f"PT{s:.0f}S", lambda s: f"{s:.0f} sec"]
)
def test_a_duration_in_any_form_is_the_same_seconds(seconds, form):
    from calibration.history.cells import duration

    assert duration(form(seconds), ".") == seconds


def test_rows_of_all_files_are_kept_account_of(tmp_path):
    path = log(tmp_path, "31/12/2012 10:00;187;;5;Risposta;9;;", "nonsense", "ieri;187;;5;Risposta;9;;")
    quality = read_history(path).quality
    assert quality.rejected["line"].tolist() == [3, 4]
    assert quality.rejected["reason"].tolist() == [
        "has 1 cells, the heading has 8",
        'Data ora is "ieri", must be a date such as "31/12/2012"',
    ]


def test_a_daily_report_has_intervals_of_a_day(tmp_path):
    table = read_history(save(tmp_path, "Data;Offerte;Risposte\n04/03/2024;900;800\n05/03/2024;950;810\n")).intervals
    assert table["length_s"].tolist() == [86400, 86400]
    assert table["offered"].tolist() == [900, 950]
    assert table["abandoned"].tolist() == [100, 140]  # offered - answered, and the remark says so


def test_files_that_do_not_tell_the_order_of_dates_follow_those_that_do(tmp_path):
    heading = "Date,Time,Offered,AHT\n"
    save(tmp_path, heading + "03/14/2024,08:00,5,1.5\n03/15/2024,08:00,5,1.5\n", "b.csv")
    save(tmp_path, heading + "03/04/2024,08:00,7,2.5\n", "a.csv")
    alone = read_history(tmp_path / "a.csv").intervals
    assert alone["date"].iloc[0] == pd.Timestamp("2024-04-03")  # nothing decides: taken as day first
    together = read_history(tmp_path).intervals
    assert together["date"].tolist() == [pd.Timestamp(f"2024-03-{day:02d}") for day in (4, 14, 15)]


def test_files_of_the_same_name_in_two_folders_are_told_apart(tmp_path):
    for month in ("01", "02"):
        (tmp_path / month).mkdir()
        save(tmp_path / month, f"Data;Ora;Offerte\n13/{month}/2024;08:00;5\nieri;08:00;5\n13/{month}/2024;09:00;5\n")
    history = read_history([tmp_path / "01" / "export.csv", tmp_path / "02" / "export.csv"])
    assert len(history.intervals) == 4
    assert history.quality.rejected["file"].tolist() == ["01_export.csv", "02_export.csv"]


def test_callers_who_hide_their_number_are_not_one_customer(tmp_path):
    path = log(tmp_path, "31/12/2012 10:00;187;Anonimo;5;Risposta;9;;", "31/12/2012 10:01;187;C7;5;Risposta;9;;")
    assert read_history(path).calls["customer"].tolist() == ["", "C7"]


@pytest.mark.parametrize("text", ["8-9", "08:00-09:00", "08.00 - 09.00", "dalle 8 alle 9"])
def test_ranges_of_clock_times(text, tmp_path):
    table = read_history(save(tmp_path, f"Data;Fascia oraria;Offerte\n13/02/2024;{text};5\n")).intervals
    assert table[["start_s", "length_s"]].values.tolist() == [[28800, 3600]]


def test_an_interval_report_in_utc_holds_the_autumn_hour_twice(tmp_path):
    rows = [f"2024-10-26T{hour:02d}:00:00Z,{hour}" for hour in (22, 23)]  # midnight and 01:00 of the 27th in Rome
    rows += [f"2024-10-27T{hour:02d}:00:00Z,{hour + 50}" for hour in range(3)]  # 02:00, 02:00 again, 03:00
    path = save(tmp_path, "Interval Start,Offered\n" + "\n".join(rows) + "\n")
    content = {"kind": "intervals", "interval_s": 3600, "dates": {"zone": "Europe/Rome"}}
    mapping = Mapping.model_validate(content | {"columns": {"at": "Interval Start", "offered": "Offered"}})
    table = read_history(path, mapping).intervals
    assert table[["start_s", "fold", "offered"]].values.tolist() == [
        [0, 0, 22], [3600, 0, 23], [7200, 0, 50], [7200, 1, 51], [10800, 0, 52],
    ]  # fmt: skip
