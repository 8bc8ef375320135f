"""Reports as they come out of spreadsheets and switches, each mess small and written here, with the answer by hand."""

import datetime

import numpy as np
import pandas as pd
import pytest
from messy_reports import HEADING, found, half_hours, save, told

from calibration.history.mapping import Mapping
from calibration.history.reader import read_history
from twin.errors import InputError

# ---- totals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        "04/03/2024;08:00;Totale;30;28",  # of all queues in an interval
        "04/03/2024;08:00;A Totale;30;28",  # of a queue, as a pivot table writes it
        "04/03/2024;08:00;totale a;30;28",
        "04/03/2024;Totale;;30;28",  # of a day
        "04/03/2024 Totale;;;30;28",
        "Totale complessivo;;;30;28",
    ],
)
def test_a_total_is_left_out_wherever_the_row_says_so(row, tmp_path):
    rows = [*half_hours("04/03/2024"), *half_hours("04/03/2024", queue="B")]
    history = read_history(save(tmp_path, HEADING, *rows[:3], row, *rows[3:]))
    assert found(history.quality.left_out) == [[5, "a total"]]
    assert history.intervals["offered"].sum() == 8 * 20
    assert history.quality.n_kept == 8


@pytest.mark.parametrize("name", ["Tutte", "All", "Totale"])
def test_a_report_of_the_one_queue_that_is_all_is_no_total(name, tmp_path):
    rows = [";".join([queue, day, *rest]) for day, time, queue, *rest in _parts(half_hours("04/03/2024", queue=name))
            for rest in [[time, *rest]]]  # fmt: skip
    history = read_history(save(tmp_path, "Coda;Data;Ora;Offerte;Risposte", *rows))
    assert history.intervals["queue"].tolist() == [name] * 4
    assert history.quality.left_out.empty


def _parts(rows):
    return [row.split(";") for row in rows]


def test_queues_whose_names_only_sound_like_sums_are_kept(tmp_path):
    rows = [*half_hours("04/03/2024", queue="Media"), *half_hours("04/03/2024", queue="Total Care")]
    history = read_history(save(tmp_path, HEADING, *rows, *half_hours("04/03/2024", queue="B")))
    assert history.quality.left_out.empty
    assert set(history.intervals["queue"]) == {"Media", "Total Care", "B"}


# ---- merged cells, titles, blocks --------------------------------------------------------------------------------


def test_a_queue_printed_once_holds_for_the_rows_below_it(tmp_path):
    rows = []
    for name in "AB":
        for n, (day, time, _, *rest) in enumerate(_parts(half_hours("04/03/2024"))):
            rows.append(";".join(["" if n else name, "" if n else day, time, *rest]))
    history = read_history(save(tmp_path, "Coda;Data;Ora;Offerte;Risposte", *rows))
    assert history.intervals["queue"].value_counts().to_dict() == {"A": 4, "B": 4}
    assert told(history.quality, "blank cells")[0][0] == "blank cells of Data and Coda are taken to mean the cell above"


def test_a_month_printed_once_for_two_sites_holds_for_both(tmp_path):
    months = read_history(
        save(tmp_path, "Mese;Sede;FOC;Recall", "Gennaio 2023;Roma;12;8%", ";Milano;11;7%", "Febbraio 2023;Roma;12;8%",
             ";Milano;11;6%")
    )  # fmt: skip
    assert found(months.quality.left_out) == []
    assert months.months["month"].dt.month.tolist() == [1, 1, 2, 2]
    assert months.months["recall"].tolist() == [0.07, 0.08, 0.06, 0.08]


def test_the_date_and_queue_of_the_title_hold_for_all_rows(tmp_path):
    path = save(tmp_path, "Split/Skill Interval Report", "Date: 3/13/2024", "Split/Skill: Sales", "",
                "Time,Avg Speed Ans,ACD Calls,Avg ACD Time,Avg ACW Time,Aban Calls,Avg Aban Time,Avg Pos Staff",
                "8:00AM- 8:30AM,20,18,200,30,2,45,5", "8:30AM- 9:00AM,20,9,200,30,1,45,5",
                "Summary,20,27,200,30,3,45,5")  # fmt: skip
    history = read_history(path)
    table = history.intervals
    assert table["date"].tolist() == [pd.Timestamp("2024-03-13")] * 2
    assert table["queue"].tolist() == ["Sales", "Sales"]
    assert table[["start_s", "length_s", "offered", "handle_s"]].values.tolist() == [
        [28800, 1800, 20, 18 * 230], [30600, 1800, 10, 9 * 230],
    ]  # fmt: skip
    assert found(history.quality.left_out) == [[8, "a total"]]
    assert ("the lines above the heading say for all rows: date = '3/13/2024', queue = 'Sales'", "guess") in told(
        history.quality, "title"
    )


def test_a_title_with_two_dates_fixes_none(tmp_path):
    path = save(tmp_path, "Report 13/03/2024 - 14/03/2024", "Time,ACD Calls,Aban Calls", "8:00,18,2", "8:30,9,1")
    with pytest.raises(InputError, match="the headings do not tell what it is"):
        read_history(path)


def test_a_mapping_may_fix_the_date(tmp_path):
    content = {"kind": "intervals", "fixed": {"date": "13/03/2024"}, "columns": {"time": "Time", "offered": "Calls"}}
    table = read_history(save(tmp_path, "Time,Calls", "8:00,18", "8:30,9"), Mapping.model_validate(content)).intervals
    assert table["date"].tolist() == [pd.Timestamp("2024-03-13")] * 2


def test_blocks_under_their_own_titles_are_queues(tmp_path):
    block = ["Data;Ora;Offerte;Risposte", "04/03/2024;08:00;20;18", "04/03/2024;08:30;20;18", "Totale;;40;36"]
    history = read_history(save(tmp_path, "Coda: Bolletta;;;", *block, "", "Coda: Guasti", *block))
    assert history.intervals["queue"].tolist() == ["Bolletta", "Guasti"] * 2
    assert found(history.quality.left_out) == [
        [6, "blank line"], [8, "the heading again"], [7, "a title"], [5, "a total"], [11, "a total"],
    ]  # fmt: skip
    assert (history.quality.n_read, history.quality.n_kept) == (9, 4)


def test_blocks_under_their_own_dates_are_days(tmp_path):
    block = ["Ora;Offerte;Risposte", "08:00;20;18", "08:30;20;18"]
    history = read_history(save(tmp_path, "Giorno: 13/03/2024", *block, "Giorno: 14/03/2024", *block))
    assert history.intervals["date"].dt.day.tolist() == [13, 13, 14, 14]
    assert history.intervals["start_s"].tolist() == [28800, 30600] * 2


def test_headings_that_stand_there_again_are_not_taken_for_thresholds(tmp_path):
    path = save(tmp_path, "Data;Ora;Offerte;Risposte;Offerte;Risposte", "13/03/2024;08:00;20;18;30;27")
    history = read_history(path)
    row = history.intervals.iloc[0]
    assert (row["offered"], row["answered"]) == (20, 18)
    assert np.isnan(row["answered_in_time"])
    assert any(
        "stand there more than once" in text and sure == "guess" for text, sure in told(history.quality, "columns")
    )


# ---- times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("08:00-08:29", 28800, 1800),
        ("08:00:00 - 08:29:59", 28800, 1800),
        ("08:00-08:59", 28800, 3600),
        ("11:30 AM - 12:00 PM", 41400, 1800),
        ("11:30 p.m. - 12:00 a.m.", 84600, 1800),
        ("23:45-00:00", 85500, 900),
    ],
)
def test_ranges_may_end_within_the_interval_or_say_am_and_pm(text, start, length, tmp_path):
    table = read_history(save(tmp_path, "Data;Fascia oraria;Offerte", f"13/02/2024;{text};5")).intervals
    assert table[["start_s", "length_s"]].values.tolist() == [[start, length]]


@pytest.mark.parametrize(
    "text",
    [
        "13/03/2024 08:30 - 09:00",
        "13/03/2024 08:30 - 13/03/2024 08:59",
        "2024-03-13T08:30:00.000Z/2024-03-13T09:00:00.000Z",
        "2024-03-13T08:30:00+01:00/2024-03-13T08:00:00+00:00",  # the same offset need not stand on both sides
    ],
)
def test_an_interval_may_be_two_instants_in_one_cell(text, tmp_path):
    table = read_history(save(tmp_path, "Interval;Queue;Offered;Answered", f"{text};A;5;4")).intervals
    assert table[["start_s", "length_s"]].values.tolist() == [[30600, 1800]]
    assert table["date"].iloc[0] == pd.Timestamp("2024-03-13")


def test_an_end_within_the_interval_tells_its_length(tmp_path):
    rows = ["04/13/2024,08:00:00,08:14:59,5", "04/13/2024,09:00:00,09:14:59,5"]
    table = read_history(save(tmp_path, "Date,Start Time,End Time,Offered", *rows)).intervals
    assert table["length_s"].tolist() == [900, 900]


@pytest.mark.parametrize("zone", ["+02:00", "Z", " CEST", "+02", "+02:00[Europe/Rome]"])
def test_without_a_zone_of_the_centre_clock_times_are_kept_as_they_stand(zone, tmp_path):
    rows = [f"2024-07-01T08:30:00{zone},A,5,4"]
    history = read_history(save(tmp_path, "Interval Start,Queue,Offered,Answered", *rows))
    assert history.intervals["start_s"].tolist() == [30600]
    assert told(history.quality, "time zone")[0][1] == "guess"
    content = {"kind": "intervals", "dates": {"zone": "America/New_York"},
               "columns": {"at": "Interval Start", "offered": "Offered"}}  # fmt: skip
    moved = read_history(tmp_path / "report.csv", Mapping.model_validate(content)).intervals
    assert moved["start_s"].tolist() == [30600 - (4 if zone == "Z" else 6) * 3600]


def test_offsets_keep_the_hour_that_clocks_pass_twice_apart(tmp_path):
    rows = [
        f"2024-10-27T{text},A,{n}"
        for n, text in enumerate(["02:00+02:00", "02:30+02:00", "02:00+01:00", "02:30+01:00"])
    ]
    table = read_history(save(tmp_path, "Interval Start,Queue,Offered", *rows)).intervals
    assert table[["start_s", "fold", "offered"]].values.tolist() == [
        [7200, 0, 0],
        [7200, 1, 2],
        [9000, 0, 1],
        [9000, 1, 3],
    ]


def test_headings_of_a_wide_file_may_be_ranges(tmp_path):
    path = save(tmp_path, "Data;08:00-08:30;08:30-09:00;09:00-09:30;09:30-10:00", "13/03/2024;5;6;7;8")
    table = read_history(path).intervals
    assert table[["start_s", "length_s", "offered"]].values.tolist() == [
        [28800 + 1800 * n, 1800, 5 + n] for n in range(4)
    ]  # fmt: skip


def test_dates_that_a_spreadsheet_may_have_swapped_are_said_to_be_a_guess(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Data", "Offerte", "Risposte"])
    for day in range(1, 29):  # March: the 3rd became "3 January 2024 typed", the 13th stayed text
        book.active.append([datetime.datetime(2024, day, 3) if day <= 12 else f"{day}/03/2024", 20, 18])
    book.save(tmp_path / "swapped.xlsx")
    text, sureness = told(read_history(tmp_path / "swapped.xlsx").quality, "dates")[0]
    assert "may have been swapped" in text
    assert sureness == "guess"


# ---- numbers -------------------------------------------------------------------------------------------------------


def test_counts_are_whole_so_their_sign_parts_thousands(tmp_path):
    path = save(
        tmp_path, "Data\tOra\tOfferte\tRisposte", "13/03/2024\t08:00\t1.102\t900", "13/03/2024\t08:30\t980\t900"
    )
    assert read_history(path).intervals["offered"].tolist() == [1102, 980]


def test_counts_with_three_empty_decimals_stay_what_they_are(tmp_path):
    path = save(tmp_path, "Date\tTime\tOffered\tAnswered", "03/13/2024\t08:00\t20.000\t18.000")
    history = read_history(path)
    assert history.intervals["offered"].tolist() == [20]
    assert told(history.quality, "decimal")[0][1] == "guess"


def test_text_beside_typed_numbers_has_a_decimal_sign_of_its_own(tmp_path):
    path = save(tmp_path, "Data\tOra\tOfferte\tRisposte\t% in soglia\tAHT", "13/03/2024\t08:00\t20\t18\t82,5%\t192.5",
                "13/03/2024\t08:30\t20\t18\t50,0%\t192.5")  # fmt: skip
    history = read_history(path)
    assert history.intervals["answered_in_time"].tolist() == [16.5, 10]
    assert history.intervals["handle_s"].tolist() == [18 * 192.5] * 2
    assert history.quality.rejected.empty
    assert told(history.quality, "decimal") == [('",": other than in AHT, whose own numbers tell', "likely")]


def test_answered_above_offered_is_impossible_and_not_a_negative_count(tmp_path):
    history = read_history(save(tmp_path, HEADING, "13/03/2024;08:00;A;20;23", "13/03/2024;08:30;A;20;18"))
    assert found(history.quality.impossible) == [[2, "answered > offered"]]
    assert history.quality.rejected.empty
    assert np.array_equal(history.intervals["abandoned"], [np.nan, 2], equal_nan=True)


def test_small_percentages_of_those_who_leave_are_percent(tmp_path):
    history = read_history(save(tmp_path, "Mese;Churn;Turnover", "2023-01;0,8;0,02", "2023-02;0,7;0,03"))
    assert history.months["churn"].tolist() == pytest.approx([0.008, 0.007])
    assert history.months["turnover"].tolist() == [0.02, 0.03]  # a share already
    assert told(history.quality, "percent") == [("plain numbers are taken as percent in: Churn", "likely")]


# ---- headings of products ------------------------------------------------------------------------------------------


def test_a_count_of_held_calls_is_no_sum_of_hold_times(tmp_path):
    path = save(tmp_path, "Interval Start,Queue Id,Queue Name,Offer,Answer,Avg Talk,Avg Hold,Hold",
                "3/13/24 8:00 AM,7f3a,Sales,20,18,200,12,3")  # fmt: skip
    row = read_history(path).intervals.iloc[0]
    assert row["queue"] == "Sales"
    assert row["service_s"] == 18 * 212


def test_the_threshold_of_a_service_level_is_no_service_level(tmp_path):
    path = save(tmp_path, "CSQ Name,Interval Start Time,Service Level (sec),Contacts Presented,Contacts Handled",
                "Billing,3/13/24 8:00:00 AM,20,20,18")  # fmt: skip
    row = read_history(path).intervals.iloc[0]
    assert (row["within_s"], row["offered"], row["answered"]) == (20, 20, 18)
    assert np.isnan(row["answered_in_time"])


def test_counts_may_say_so_in_their_headings(tmp_path):
    path = save(tmp_path, "DATE,HALF HOUR,SKILL,CALLS count,ABANDONED count", "2024/03/13,08:00,Billing,20,2")
    assert read_history(path).intervals[["offered", "answered"]].values.tolist() == [[20, 18]]


def test_a_contact_record_asks_when_it_joins_the_queue(tmp_path):
    path = save(tmp_path, "ContactId,InitiationTimestamp,Queue.Name,Queue.EnqueueTimestamp,Queue.Duration,"
                "Agent.Username,Agent.AgentInteractionDuration,Agent.CustomerHoldDuration,Agent.AfterContactWorkDuration",
                "c1,2024-03-13T08:30:00Z,Sales,2024-03-13T08:30:10Z,20,ann,180,12,30")  # fmt: skip
    row = read_history(path).calls.iloc[0]
    assert (row["at_s"], row["wait_s"], row["service_s"], row["wrap_s"]) == (30610, 20, 192, 30)


def test_a_call_detail_record_tells_talk_from_the_whole_call(tmp_path):
    path = save(tmp_path, "calldate,clid,src,dst,duration,billsec,disposition,uniqueid",
                "2024-03-13 08:30:00,Mario,0612345,187,190,180,ANSWERED,1710.1",
                "2024-03-13 08:31:00,Ma,0612346,187,60,0,NO ANSWER,1710.2")  # fmt: skip
    calls = read_history(path).calls
    assert calls["service_s"].iloc[0] == 180
    assert calls["outcome"].tolist() == ["answered", "abandoned"]
    assert calls["customer"].tolist() == ["0612345", "0612346"]
