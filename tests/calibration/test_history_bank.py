"""The shipped mappings on files in the formats they are for; the real ones where they are at hand."""

import numpy as np
import pandas as pd
import pytest

from calibration.bank import find_raw, read_intervals, read_trace
from calibration.history.reader import read_history

HEADING = (
    "date,vru_line,call_id,customer,priority,type,arrival_s,vru_s,queue_start_s,wait_s,outcome,service_start_s,"
    "service_s,agent,flag"
)
LOG = [
    "1999-01-03,AA0101,1,11337,2,PS,2,6,8,140,HANG,,,,",
    "1999-01-03,AA0101,2,,0,PS,2052,11,,,HANG,,,,",  # left in the IVR
    "1999-01-03,AA0102,3,,0,PS,100,0,,,AGENT,100,60,A07,",  # served at once: priority not recorded
    "1999-01-03,AA0102,4,77,1,IN,100,5,105,3,AGENT,108,90,,N",
    "1999-01-03,AA0103,5,,0,PS,50,1,,,PHANTOM,,,,P",
    "1999-01-03,AA0103,6,,0,NW,90,-4,86,30,HANG,,25,,SV",  # a talk recorded for a call that was not served
    "1999-01-04,AA0103,7,9,0,NE,86390,20,86410,1,AGENT,86411,33,A02,",  # asks after midnight
    "1999-01-04,AA0104,8,,0,TT,30,10,40,0,AGENT,40,0,A02,Z",
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calls-1999-01.csv").write_text("\n".join([HEADING, *LOG]) + "\n")
    pd.read_csv(tmp_path / "calls-1999-01.csv", dtype=str, keep_default_na=False).to_csv(
        tmp_path / "calls-1999-01.csv.gz", index=False
    )
    (tmp_path / "calls-1999-01.csv").unlink()
    return tmp_path


def as_trace(calls):
    """Our calls in the columns of `calibration.bank.read_trace`."""
    offered = calls[calls["outcome"].isin(["answered", "abandoned"])].reset_index(drop=True)
    return pd.DataFrame(
        {
            "date": offered["date"].dt.strftime("%Y-%m-%d"),
            "at_s": offered["at_s"],
            "type": offered["type"],
            "group": offered["queue"],
            "priority": offered["priority"],
            "customer": offered["customer"].replace("", "-1").astype("int64"),
            "wait_s": offered["wait_s"],
            "outcome": offered["outcome"].map({"answered": "AGENT", "abandoned": "HANG"}),
            "service_s": offered["service_s"],
        }
    )


def same(ours, theirs):
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)


def test_the_bank_log_reads_as_its_own_reader_reads_it(folder):
    history = read_history(folder, "anonymous-bank-1999")
    same(as_trace(history.calls), read_trace(folder))
    assert len(as_trace(history.calls)) == 6


def test_calls_that_end_in_the_ivr_are_kept_apart_and_phantoms_are_left_out_by_line(folder):
    history = read_history(folder, "anonymous-bank-1999")
    left = history.calls[history.calls["outcome"] == "left"]
    assert left["at_s"].tolist() == [2052 + 11]
    assert np.isnan(left["wait_s"].iloc[0])
    out = history.quality.left_out
    assert out[["file", "line"]].values.tolist() == [["calls-1999-01.csv.gz", 6]]
    assert "phantom" in out["reason"].iloc[0]
    assert (history.quality.n_read, history.quality.n_kept) == (8, 7)
    assert history.quality.impossible["line"].tolist() == [7]  # the negative time in the IVR


def test_the_operators_and_the_time_in_the_ivr_are_read_too(folder):
    calls = read_history(folder, "anonymous-bank-1999").calls
    assert sorted(calls["operator"]) == ["", "", "", "", "A02", "A02", "A07"]
    assert (calls["at_s"] - calls["vru_s"]).tolist() == [2, 90, 100, 100, 2052, 30, 86390]  # the entries, by at_s
    assert calls["wrap_s"].isna().all()


def test_one_row_a_day_with_the_times_as_headings(tmp_path):
    path = tmp_path / "calls-5min.csv"
    path.write_text("date,07:00,07:05,07:10,07:15\n2003-03-03,111,113,76,82\n2003-03-04,108,83,,67\n")
    history = read_history(path, "bank-calls-2003")
    table = history.intervals
    assert table["answered"].tolist() == [111, 113, 76, 82, 108, 83, 67]
    assert table["start_s"].tolist() == [25200, 25500, 25800, 26100, 25200, 25500, 26100]
    assert set(table["length_s"]) == {300}
    assert table["offered"].isna().all()
    assert history.quality.left_out[["line", "reason"]].values.tolist() == [[3, "a blank cell"]]
    assert (history.quality.n_read, history.quality.n_kept) == (8, 7)


def test_months_by_provider(tmp_path):
    path = tmp_path / "monthly.csv"
    path.write_text(
        "month,provider_code,provider,population,offered,answered,abandoned,answered_60s,triaged,to_clinician,"
        "callback_offered,callback_10min,episode_s,warm_transfer_wait_s\n"
        "2015-05,AA2,LINCOLN,733200,16087,16045,42,15688,13710,3232,1930,918,723,33\n"
        "2015-04,AA2,LINCOLN,733200,100,101,0,90,10,3,1,1,10,33\n"
    )
    history = read_history(path, "nhs111-2015-16")
    months = history.months
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2015-04", "2015-05"]
    assert months["handle_s"].tolist() == [1010, 723 * 16045]
    assert months["within_s"].tolist() == [60, 60]
    assert months["customers"].iloc[0] == 733200
    assert history.quality.impossible[["line", "reason"]].values.tolist() == [[3, "answered > offered"]]


RAW = find_raw()


@pytest.mark.skipif(RAW is None, reason="the bank's log is not at hand")
def test_a_month_of_the_real_log_reads_the_same():
    dates = [f"1999-01-{day:02d}" for day in (1, 3, 4, 5, 31)]
    history = read_history(RAW / "calls-1999-01.csv.gz", "anonymous-bank-1999")
    ours = as_trace(history.calls[history.calls["date"].isin(pd.to_datetime(dates))])
    same(ours, read_trace(RAW, dates))


@pytest.mark.skipif(RAW is None, reason="the bank's log is not at hand")
def test_the_real_half_hours_read_the_same():
    history = read_history(RAW / "intervals-30min.csv.gz", "anonymous-bank-1999-intervals")
    main = history.intervals[history.intervals["queue"] == "main"]
    theirs = read_intervals(RAW).set_index(["date", "start_s"])
    keys = pd.MultiIndex.from_arrays([main["date"].dt.strftime("%Y-%m-%d"), main["start_s"]])
    found = theirs.loc[keys]
    for ours, name in (("offered", "offered"), ("abandoned", "abandoned"), ("answered_in_time", "answered_20s")):
        assert (main[ours].to_numpy() == found[name].to_numpy()).all()
    assert np.allclose(main["operators"], found["agents_on_s"] / 1800)
    assert main["offered"].sum() == theirs["offered"].sum()
