"""Small rules of reading, each by the one file that tells whether it holds."""

import datetime

import numpy as np
import pandas as pd
import pytest

from calibration.history.cells import duration
from calibration.history.dates import find_order, parse_date, parse_stamp
from calibration.history.problems import reasons
from calibration.history.reader import read_files, read_history
from calibration.history.summary import output_files

HEADING = "Data;Ora;Coda;Offerte;Risposte"
CALLS = "Data ora;Coda;Attesa;Esito;Conversazione;Id chiamata"
ROW = "13/03/2024;08:00;A;20;18"


def save(folder, *lines, name="report.csv", encoding="utf-8", mark=b""):
    path = folder / name
    path.write_bytes(mark + ("\n".join(lines) + "\n").encode(encoding))
    return path


def found(problems):
    return problems[["line", "reason"]].values.tolist()


def told(quality, topic):
    return [one.text for one in quality.remarks if one.topic == topic]


def of_days(n_days, first=8, last=10, start=datetime.date(2024, 1, 1), offered=20):
    days = [start + datetime.timedelta(days=n) for n in range(n_days)]
    return [f"{day:%d/%m/%Y};{n // 2:02d}:{n % 2 * 30:02d};A;{offered};{offered - 2}"
            for day in days for n in range(2 * first, 2 * last)]  # fmt: skip


# ---- files and rows --------------------------------------------------------------------------------------------------


def test_utf_16_with_the_larger_byte_first(tmp_path):
    path = save(tmp_path, HEADING, "13/03/2024;08:00;Città;20;18", encoding="utf-16-be", mark=b"\xfe\xff")
    assert read_history(path).intervals["queue"].tolist() == ["Città"]


def test_typographic_signs_of_windows_are_read(tmp_path):
    path = save(tmp_path, HEADING, "13/03/2024;08:00;L’Aquila – €;20;18", encoding="cp1252")
    assert read_history(path).intervals["queue"].tolist() == ["L’Aquila – €"]


def test_a_file_given_twice_is_read_once(tmp_path):
    path = save(tmp_path, HEADING, ROW)
    assert read_history([path, tmp_path, path]).quality.n_read == 1


def test_the_separator_that_excel_is_told_holds(tmp_path):
    path = save(tmp_path, "sep=^", HEADING.replace(";", "^"), ROW.replace(";", "^"))
    assert read_history(path).intervals["offered"].tolist() == [20]


def test_one_line_above_the_heading_is_said(tmp_path):
    assert told(read_history(save(tmp_path, "Report", HEADING, ROW)).quality, "heading") == [
        "the heading is line 2; the lines above it are titles"
    ]


def test_separators_at_the_end_of_rows_alone_cost_none(tmp_path):
    quality = read_history(save(tmp_path, HEADING, f"{ROW};;", f"{ROW.replace('08:00', '08:30')};x")).quality
    assert found(quality.rejected) == [[3, "has 6 cells, the heading has 5"]]
    assert quality.n_kept == 1


def test_a_row_keeps_its_first_reason(tmp_path):
    quality = read_history(save(tmp_path, HEADING, "ieri;99:00;A;venti;18", ROW)).quality
    assert found(quality.rejected) == [[2, 'Data is "ieri", must be a date such as "31/12/2012"']]


@pytest.mark.parametrize("text", ["n/d", "#N/D", "#VALORE!", "#REF!", "--"])
def test_what_a_spreadsheet_could_not_reckon_is_unknown(text, tmp_path):
    history = read_history(save(tmp_path, HEADING + ";AHT", f"{ROW};{text}", "13/03/2024;08:30;A;5;4;60"))
    assert history.quality.rejected.empty
    assert np.array_equal(history.intervals["handle_s"], [np.nan, 240], equal_nan=True)


def test_a_row_without_a_number_is_rejected(tmp_path):
    quality = read_history(save(tmp_path, HEADING, ROW, "13/03/2024;08:30;A;-;n/d", "13/03/2024;09:00;A;1;1")).quality
    assert found(quality.rejected) == [[3, "holds no number"]]


def half_hidden(folder, *hidden):
    """A workbook of two sheets of a day each, of which some are hidden."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Marzo"
    for page, day in ((book.active, 4), (book.create_sheet("Bozza"), 5)):
        page.append(["Data", "Ora", "Offerte", "Risposte"])
        page.append([datetime.datetime(2024, 3, day), datetime.time(8), 20, 18])
        page.sheet_state = "hidden" if page.title in hidden else "visible"
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def sheets_said(history):
    return [(remark.text, remark.sureness) for remark in history.quality.remarks if remark.topic == "sheets"]


def test_hidden_sheets_are_not_read_and_named(tmp_path):
    history = read_history(half_hidden(tmp_path, "Bozza"))
    assert history.intervals["date"].dt.day.tolist() == [4]
    assert sheets_said(history) == [
        ("read: Marzo", "likely"),
        ("not read, for it is hidden: Bozza; show it, or name one in a mapping (file.sheet)", "guess"),
    ]


def test_a_workbook_of_hidden_sheets_is_read_and_says_so(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    path = half_hidden(tmp_path)
    book = openpyxl.load_workbook(path)
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(book["Marzo"], 3, 1, 3, 2))
    book.create_chartsheet("Grafico").add_chart(chart)  # a workbook needs a sheet that is shown; this has no cells
    for page in book.worksheets:
        page.sheet_state = "hidden"
    book.save(path)
    history = read_history(path)
    assert history.intervals["date"].dt.day.tolist() == [4, 5]
    assert sheets_said(history)[1] == ("all are hidden, and are read all the same", "guess")


# ---- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("-00:01:00", -60), ("2 03:00:05", 2 * 86400 + 10805), ("1.00:00:10", 86410), ("1 day 0:03:12", 86592),
        ("26:00:00", 93600), ("00:75:00", None), ("00:00:75", None), ("3:75", None), ("3m12", None),
    ],
)  # fmt: skip
def test_durations_that_pass_a_day_are_negative_or_cannot_be(text, seconds):
    assert duration(text, ".") == seconds


def test_years_of_two_figures_are_near():
    assert [parse_date(f"31/12/{year}", "dmy")[0].year for year in ("98", "70", "69", "24")] == [1998, 1970, 2069, 2024]


def test_an_instant_may_be_milliseconds():
    assert parse_stamp("1710316800000", "dmy") == parse_stamp("1710316800", "dmy")


def test_an_order_that_hardly_brings_dates_closer_is_a_guess():
    assert find_order(["01/02/2024", "04/04/2024"])[::2] == ("dmy", "guess")
    assert find_order(["01/02/2024", "05/03/2024"])[::2] == ("dmy", "likely")


def test_signed_percentages_are_not_divided_again(tmp_path):
    path = save(tmp_path, "Mese;Recall;FOC", "2024-01;150%;1", "2024-02;8,1%;1", "2024-03;0,5%;1")
    history = read_history(path)
    assert history.months["recall"].tolist() == pytest.approx([1.5, 0.081, 0.005])
    assert found(history.quality.impossible) == [[2, "recall is not between 0 and 1"]]


def test_a_threshold_may_be_in_minutes(tmp_path):
    path = save(tmp_path, "Data;Ora;Offerte;Risposte;Risposte entro 2 min", "13/03/2024;08:00;20;18;15")
    assert read_history(path).intervals[["answered_in_time", "within_s"]].values.tolist() == [[15, 120]]


# ---- calls -----------------------------------------------------------------------------------------------------------


def test_a_column_named_abandoned_says_yes_for_the_lost(tmp_path):
    path = save(tmp_path, "Data ora;Attesa;Abbandonata", "13/03/2024 08:00;5;no", "13/03/2024 08:01;5;sì")
    assert read_history(path).calls["outcome"].tolist() == ["answered", "abandoned"]


def test_handle_time_tells_the_part_that_no_column_holds(tmp_path):
    heading = "Data ora;Esito;Tempo gestione;Hold;{}"
    row = "13/03/2024 08:00;Risposta;200;20;50"
    talk = read_history(save(tmp_path, heading.format("Post chiamata"), row)).calls.iloc[0]
    assert (talk["service_s"], talk["wrap_s"]) == (150, 50)  # talk 130 and hold 20
    wrap = read_history(save(tmp_path, heading.format("Conversazione"), row)).calls.iloc[0]
    assert (wrap["service_s"], wrap["wrap_s"]) == (70, 130)  # talk 50 and hold 20


def test_who_gave_up_has_no_talk(tmp_path):
    calls = read_history(save(tmp_path, CALLS, "13/03/2024 08:00;A;5;Abbandonata;0;1")).calls
    assert np.isnan(calls["service_s"].iloc[0])


def test_waits_and_talks_of_a_working_day_cannot_be(tmp_path):
    rows = ["13/03/2024 08:00;A;30000;Risposta;60;1", "13/03/2024 08:01;A;5;Risposta;30000;2"]
    quality = read_history(save(tmp_path, CALLS, *rows)).quality
    assert found(quality.impossible) == [[2, "waited for more than 8 hours"], [3, "talked for more than 8 hours"]]


def test_a_call_whose_number_comes_again_is_refused(tmp_path):
    row = "13/03/2024 08:00;A;5;Risposta;60;17"
    quality = read_history(save(tmp_path, CALLS, row, row.replace(";17", ";18"), row)).quality
    assert found(quality.rejected) == [[4, "repeats call 17"]]


def test_seconds_of_the_day_beyond_two_days_are_refused(tmp_path):
    path = save(tmp_path, "Date;arrival_s;queue;wait_s;talk_s", "2024-03-13;90000;A;5;60", "2024-03-13;180000;A;5;60")
    history = read_history(path)
    assert history.calls["at_s"].tolist() == [90000]
    assert found(history.quality.rejected) == [[3, "has a time of day outside of its date"]]


# ---- intervals and months --------------------------------------------------------------------------------------------


def test_nothing_answered_and_no_mean_is_no_time(tmp_path):
    table = read_history(save(tmp_path, HEADING + ";AHT", "13/03/2024;08:00;A;2;0;", "13/03/2024;08:30;A;2;2;60"))
    assert table.intervals["handle_s"].tolist() == [0, 120]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("20;18;60;0", "answered, but no operator on duty"),
        ("20;18;0;5", "answered, but no handle time"),
        ("20;21;30000;0", "answered > offered"),  # the first thing that cannot be tells enough
        ("20;1;30000;5", "a mean handle time above 8 hours"),
    ],
)
def test_rows_that_cannot_be_are_named_once(row, reason, tmp_path):
    heading = "Data;Ora;Offerte;Risposte;AHT;Operatori"
    path = save(tmp_path, heading, f"13/03/2024;08:00;{row}", "13/03/2024;08:30;5;5;60;5")
    assert found(read_history(path).quality.impossible) == [[2, reason]]


def test_time_without_a_call_cannot_be(tmp_path):
    path = save(
        tmp_path, "Data;Ora;Offerte;Risposte;Tempo gestione", "13/03/2024;08:00;5;0;60", "13/03/2024;08:30;5;5;60"
    )
    assert found(read_history(path).quality.impossible) == [[2, "handle time, but nothing answered"]]


def test_counts_of_shares_are_whole(tmp_path):
    table = read_history(save(tmp_path, "Data;Ora;Offerte;% abbandoni", "13/03/2024;08:00;21;9,5%")).intervals
    assert table[["abandoned", "answered"]].values.tolist() == [[2, 19]]


def test_america_passes_its_hour_twice_in_november(tmp_path):
    rows = [f"11/03/2024,{hour:02d}:{minute:02d},{n}" for n, (hour, minute) in
            enumerate([(0, 0), (0, 30), (1, 0), (1, 30), (1, 0), (1, 30), (2, 0), (2, 30)])]  # fmt: skip
    table = read_history(save(tmp_path, "Date,Start Time,Offered", *rows, "11/13/2024,00:00,9")).intervals
    assert table.loc[table["fold"] == 1, ["start_s", "offered"]].values.tolist() == [[3600, 4], [5400, 5]]


def test_means_of_months_become_sums(tmp_path):
    path = save(tmp_path, "Mese;Offerte;Risposte;ASA;AHT", "2024-01;110;100;20;200", "2024-02;100;105;20;200",
                ";90;90;20;200", "2024-03;90;90;20;200")  # fmt: skip
    history = read_history(path)
    assert history.months[["wait_answered_s", "handle_s"]].values.tolist()[0] == [2000, 20000]
    assert found(history.quality.impossible) == [[3, "answered > offered"]]
    assert found(history.quality.rejected) == [[4, "Mese is blank"]]


# ---- gaps and outliers -----------------------------------------------------------------------------------------------


def test_half_hours_in_which_few_call_are_no_gaps(tmp_path):
    lines = [f"{day:02d}/02/2024 {hour}:15;A;5;Risposta;60;{day}{hour}" for day in range(1, 29) for hour in (9, 10)
             if (day, hour) != (14, 10)]  # fmt: skip
    assert read_history(save(tmp_path, CALLS, *lines)).quality.gaps.empty


def test_the_spring_hour_of_america_is_no_gap(tmp_path):
    days = [datetime.date(2024, 3, day) for day in (3, 10, 17, 24, 31)]
    rows = [f"{day:%d/%m/%Y};{n // 2:02d}:{n % 2 * 30:02d};A;20;18" for day in days for n in range(48)
            if (day.day, n // 2) != (10, 2)]  # fmt: skip
    assert "intervals" not in set(read_history(save(tmp_path, HEADING, *rows)).quality.gaps["what"])


def test_one_date_of_a_weekday_is_held_against_all_others(tmp_path):
    rows = [row for row in of_days(7) if not row.startswith("03/01/2024;09:00")]  # Monday to Sunday, each once
    gaps = read_history(save(tmp_path, HEADING, *rows)).quality.gaps
    assert gaps[["what", "first"]].values.tolist() == [["intervals", pd.Timestamp("2024-01-03 09:00")]]


def test_a_weekday_known_from_three_others_only_is_judged(tmp_path):
    rows = [row.replace(";20;18", ";200;18") if row.startswith("08/01") else row for row in of_days(21)]
    quality = read_history(save(tmp_path, HEADING, *rows)).quality  # two other Mondays: too few to say what is usual
    assert "offered" not in set(quality.outliers["measure"])


def test_days_without_a_contact_are_no_measure_of_the_usual(tmp_path):
    rows = [row.replace(";20;18", ";0;0") if int(row[:2]) % 7 == 0 else row for row in of_days(28)]
    outliers = read_history(save(tmp_path, HEADING, *rows)).quality.outliers
    assert "offered" not in set(outliers["measure"])


def test_a_queue_unlike_itself_is_found_where_all_together_are_usual(tmp_path):
    rows = [*of_days(56, offered=1000), *[row.replace(";A;", ";B;") for row in of_days(56, offered=20)]]
    odd = [row.replace(";20;18", ";90;18") if row.startswith("14/02/2024") and ";B;" in row else row for row in rows]
    outliers = read_history(save(tmp_path, HEADING, *odd)).quality.outliers
    assert outliers.loc[outliers["measure"] == "offered", ["series", "date"]].values.tolist() == [
        ["B", pd.Timestamp("2024-02-14")]
    ]
    assert (outliers["usual"] != outliers["value"]).all()


# ---- what is told ----------------------------------------------------------------------------------------------------


def test_the_reason_of_most_rows_comes_first(tmp_path):
    quality = read_history(save(tmp_path, HEADING, "ieri;08:00;A;2;1", *["13/03/2024;09:00;A;x;1"] * 3, ROW)).quality
    assert reasons(quality.rejected)["n"].tolist() == [3, 1]


def test_problems_of_every_kind_are_written(tmp_path):
    rows = ["ieri;08:00;A;2;1", "", *[f"13/03/2024;{hour:02d}:00;A;20;2{hour % 10}" for hour in range(1, 20)]]
    reading = read_files(save(tmp_path, HEADING, *rows, "Totale;;;80;80"))
    files = output_files(reading, tmp_path)
    problems = files[tmp_path / "problems.csv"]
    kinds = [line.split(",")[0] for line in problems.splitlines()[1:]]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"rejected": 1, "left out": 2, "impossible": 18}


def test_the_page_shows_every_gap(tmp_path):
    gone = {f"{day:02d}/{month:02d}/2024" for month in (1, 2, 3) for day in (2, 9, 12, 20, 25)}
    reading = read_files(save(tmp_path, HEADING, *[row for row in of_days(91) if row[:10] not in gone]))
    page = output_files(reading, tmp_path)[tmp_path / "quality.html"]
    for gap in reading.history.quality.gaps["first"]:
        assert f"<td>{gap:%Y-%m-%d}</td>" in page or f">{gap:%Y-%m-%d}<" in page
    assert len(reading.history.quality.gaps) > 12
