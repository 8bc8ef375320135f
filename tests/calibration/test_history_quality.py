"""What was wrong with a file is counted and named by its line: totals, gaps, impossible rows, outliers."""

import datetime

import numpy as np
import pandas as pd
import pytest

from calibration.history.mapping import Mapping
from calibration.history.reader import read_history

HEADING = "Data;Ora;Coda;Offerte;Risposte;Abbandonate;AHT"


def report(folder, *lines, heading=HEADING):
    path = folder / "report.csv"
    path.write_text("\n".join([heading, *lines]) + "\n")
    return path


def half_hours(day, first=8, last=10, offered=20):
    """Rows of a date from one clock hour to another."""
    return [
        f"{day};{minute // 60:02d}:{minute % 60:02d};187;{offered};{offered};0;180"
        for minute in range(first * 60, last * 60, 30)
    ]


def mapping(**more):
    columns = {"date": "Data", "time": "Ora", "queue": "Coda", "offered": "Offerte", "answered": "Risposte",
               "abandoned": "Abbandonate", "aht_s": "AHT"}  # fmt: skip
    return Mapping.model_validate({"kind": "intervals", "columns": columns, **more})


def found(problems):
    return problems[["line", "reason"]].values.tolist()


def test_totals_blank_lines_and_repeated_headings_are_left_out_by_line(tmp_path):
    path = report(tmp_path, *half_hours("04/03/2024"), "", HEADING, *half_hours("05/03/2024"), "Totale;;;160;160;0;180")
    quality = read_history(path).quality
    assert found(quality.left_out) == [[6, "blank line"], [7, "the heading again"], [12, "a total"]]
    assert (quality.n_read, quality.n_kept, len(quality.rejected)) == (11, 8, 0)


def test_a_last_row_without_a_date_is_a_total(tmp_path):
    quality = read_history(report(tmp_path, *half_hours("04/03/2024"), ";;;80;80;0;180")).quality
    assert found(quality.left_out) == [[6, "a total"]]


def test_rejected_rows_name_line_heading_given_and_allowed(tmp_path):
    path = report(
        tmp_path,
        *half_hours("04/03/2024"),
        "31/02/2024;08:00;187;20;20;0;180",
        "05/03/2024;08:00;187;venti;20;0;180",
        "05/03/2024;08:30;187;20;20;-1;180",
        "05/03/2024;09:00;187;20;20;0;3x",
        "05/03/2024;99:00;187;20;20;0;180",
        "05/03/2024;09:30;187",
    )
    quality = read_history(path).quality
    assert found(quality.rejected) == [
        [11, "has 3 cells, the heading has 7"],
        [6, 'Data is "31/02/2024", must be a date such as "31/12/2012"'],
        [7, 'Offerte is "venti", must be a number such as "1,5"'],
        [8, "Abbandonate is -1, must not be negative"],
        [9, 'AHT is "3x", must be a time such as "00:03:12", "3m12s" or "1,5"'],
        [10, 'Ora is "99:00", must be a time of day such as "23:45"'],
    ]
    assert quality.rejected["text"].iloc[2] == "05/03/2024 | 08:00 | 187 | venti | 20 | 0 | 180"


def test_impossible_rows_are_named_and_kept_unless_the_mapping_refuses_them(tmp_path):
    path = report(
        tmp_path, "04/03/2024;08:00;187;10;12;0;180", "04/03/2024;08:30;187;10;9;2;180", *half_hours("05/03/2024")
    )
    kept = read_history(path)
    assert found(kept.quality.impossible) == [[2, "answered > offered"], [3, "answered + abandoned > offered"]]
    assert len(kept.intervals) == 6
    refused = read_history(path, mapping(impossible="refuse"))
    assert found(refused.quality.rejected) == found(kept.quality.impossible)
    assert len(refused.intervals) == 4


def test_missing_intervals_and_days_are_gaps(tmp_path):
    days = [datetime.date(2024, 3, 4) + datetime.timedelta(days=n) for n in range(28)]
    rows = [row for day in days if day.weekday() < 5 for row in half_hours(f"{day:%d/%m/%Y}")]
    gone = [
        row
        for row in rows
        if not row.startswith("13/03/2024") and not row.startswith(("20/03/2024;08:30", "20/03/2024;09:00"))
    ]
    gaps = read_history(report(tmp_path, *gone)).quality.gaps
    assert gaps[["what", "series", "n_missing"]].values.tolist() == [["days", "187", 1], ["intervals", "187", 2]]
    assert gaps["first"].tolist() == [pd.Timestamp("2024-03-13"), pd.Timestamp("2024-03-20 08:30")]
    assert gaps["last"].iloc[1] == pd.Timestamp("2024-03-20 09:00")


def test_missing_months_are_gaps(tmp_path):
    path = report(tmp_path, "01/2012;Roma;12", "02/2012;Roma;12", "05/2012;Roma;11", heading="Mese;Sede;FOC")
    gaps = read_history(path).quality.gaps
    assert gaps[["what", "series", "n_missing"]].values.tolist() == [["months", "Roma", 2]]
    assert gaps["first"].iloc[0] == pd.Timestamp("2012-03-01")


def whole_days(*dates):
    return [row for date in dates for row in half_hours(date, 0, 24)]


def test_the_hour_that_clocks_skip_in_spring_is_no_gap(tmp_path):
    days = ["17/03/2024", "24/03/2024", "31/03/2024", "07/04/2024"]  # Sundays; Europe goes forward on the 31st
    rows = [row for row in whole_days(*days) if not row.startswith(("31/03/2024;02:00", "31/03/2024;02:30"))]
    assert "intervals" not in set(read_history(report(tmp_path, *rows)).quality.gaps["what"])
    gone = [row for row in rows if not row.startswith("31/03/2024;03:00")]
    assert "intervals" in set(read_history(report(tmp_path, *gone)).quality.gaps["what"])


def test_the_hour_that_clocks_pass_twice_in_autumn_is_kept_twice(tmp_path):
    rows = whole_days("27/10/2024")
    again = ["27/10/2024;02:00;187;7;7;0;180", "27/10/2024;02:30;187;8;8;0;180"]
    history = read_history(report(tmp_path, *rows[:6], *again, *rows[6:]))
    table = history.intervals
    assert table.loc[table["fold"] == 1, ["start_s", "offered"]].values.tolist() == [[7200, 7], [9000, 8]]
    assert len(table) == 50
    assert any("the clocks went back" in remark.text for remark in history.quality.remarks)


def test_the_same_interval_twice_on_another_day_is_refused_or_added(tmp_path):
    rows = [*half_hours("04/03/2024"), "04/03/2024;08:00;187;20;20;0;180", "04/03/2024;08:30;187;5;4;1;60"]
    history = read_history(report(tmp_path, *rows))
    assert history.quality.rejected["line"].tolist() == [6, 7]
    assert history.quality.rejected["reason"].iloc[0] == "repeats line 2"
    assert (
        'as line 3 with other numbers: name the column that tells them apart, or say duplicates = "add"'
        in (history.quality.rejected["reason"].iloc[1])
    )
    added = read_history(report(tmp_path, *rows), mapping(duplicates="add")).intervals
    row = added[added["start_s"] == 30600].iloc[0]
    assert (row.offered, row.answered, row.abandoned) == (25, 24, 1)
    assert row.handle_s == 20 * 180 + 4 * 60


def test_an_operating_day_that_passes_midnight_is_unrolled(tmp_path):
    evening = [*half_hours("04/03/2024", 20, 24), *half_hours("04/03/2024", 0, 2, 3)]  # after midnight: still "the 4th"
    following = [*half_hours("05/03/2024", 20, 24), *half_hours("05/03/2024", 0, 2, 4)]
    history = read_history(report(tmp_path, *evening, *following))
    early = history.intervals[history.intervals["start_s"] < 7200]
    assert early["date"].dt.day.tolist() == [5] * 4 + [6] * 4
    assert early["offered"].tolist() == [3] * 4 + [4] * 4
    assert any(remark.topic == "midnight" for remark in history.quality.remarks)


def test_calendar_days_are_not_unrolled(tmp_path):
    history = read_history(report(tmp_path, *whole_days("04/03/2024", "05/03/2024")))
    assert set(history.intervals["date"].dt.day) == {4, 5}


def test_24_00_is_midnight_of_the_next_day(tmp_path):
    table = read_history(report(tmp_path, *half_hours("04/03/2024", 23, 24), "04/03/2024;24:00;187;1;1;0;9")).intervals
    assert table["date"].dt.day.tolist() == [4, 4, 5]
    assert table["start_s"].iloc[2] == 0


def test_a_day_unlike_its_weekday_is_an_outlier(tmp_path):
    random = np.random.default_rng(7)
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=n) for n in range(56)]
    rows = [
        row for day in days for row in half_hours(f"{day:%d/%m/%Y}", offered=int(100 * (1 + 0.05 * random.normal())))
    ]
    surge = [row.replace(row.split(";")[3], "900") if row.startswith("07/02/2024") else row for row in rows]
    outliers = read_history(report(tmp_path, *surge)).quality.outliers
    offered = outliers[outliers["measure"] == "offered"]
    assert offered["date"].tolist() == [pd.Timestamp("2024-02-07")]
    assert offered["value"].iloc[0] == 3600
    assert 350 < offered["usual"].iloc[0] < 450
    assert offered["score"].iloc[0] > 3.5


def test_a_log_that_falls_silent_is_a_gap(tmp_path):
    lines = []
    for day in range(1, 29):
        for hour in (9, 10):
            minutes = range(0, 60, 2)
            if (day, hour) == (14, 10):
                minutes = range(30, 60, 2)  # nothing from 10:00 to 10:30
            lines += [f"{day:02d}/02/2024 {hour}:{minute:02d};C;30;Risposta" for minute in minutes]
    gaps = read_history(report(tmp_path, *lines, heading="Data ora;Cliente;Conversazione;Esito")).quality.gaps
    assert gaps[["what", "n_missing"]].values.tolist() == [["intervals", 1]]
    assert gaps["first"].iloc[0] == pd.Timestamp("2024-02-14 10:00")


def test_the_order_of_day_and_month_is_told_with_how_sure(tmp_path):
    def remark(*dates):
        path = report(tmp_path, *(row for date in dates for row in half_hours(date)))
        return next(one for one in read_history(path).quality.remarks if one.topic == "dates")

    assert remark("04/03/2024", "13/03/2024").sureness == "sure"
    close = remark("04/03/2024", "05/03/2024", "06/03/2024", "07/03/2024")  # a day apart, or a month
    assert close.sureness == "likely"
    assert "day, month, year" in close.text
    assert remark("03/03/2024").sureness == "guess"


def test_dates_that_fit_only_the_other_order_are_refused(tmp_path):
    path = report(tmp_path, *half_hours("13/03/2024"), *half_hours("14/03/2024"), "03/25/2024;08:00;187;1;1;0;9")
    quality = read_history(path).quality
    assert found(quality.rejected) == [[10, 'Data is "03/25/2024", must be a date such as "31/12/2012"']]
    assert next(one for one in quality.remarks if one.topic == "dates").sureness == "guess"


@pytest.mark.parametrize(("cell", "seconds"), [("08:30", 30600), ("8.30", 30600), ("830", 30600), ("8:30 AM", 30600)])
def test_clock_times_in_any_form(cell, seconds, tmp_path):
    path = report(
        tmp_path, f"04/03/2024;{cell};187;1;1;0;9", "04/03/2024;12:00;187;1;1;0;9".replace("12:00", cell[:-2] + "00")
    )
    assert seconds in read_history(path).intervals["start_s"].tolist()


def test_a_date_printed_once_holds_for_the_rows_below_it(tmp_path):
    rows = [*half_hours("04/03/2024"), *half_hours("05/03/2024")]
    once = [row if place % 4 == 0 else row[10:] for place, row in enumerate(rows)]
    assert once[1] == ";08:30;187;20;20;0;180"
    history = read_history(report(tmp_path, *once, "Totale;;;160;160;0;180"))
    assert history.intervals["date"].dt.day.tolist() == [4] * 4 + [5] * 4
    assert found(history.quality.left_out) == [[10, "a total"]]
    assert any(remark.topic == "blank cells" for remark in history.quality.remarks)


def test_lines_may_end_in_any_way(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes("\r".join([HEADING, *half_hours("04/03/2024")]).encode())
    assert len(read_history(path).intervals) == 4
