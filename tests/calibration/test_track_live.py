"""A live day's report: it grows, is put right, is replaced, drops in hour by hour, has not begun; and what is said."""

import datetime
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_track import CENTRE, MONDAY

from calibration.history.reader import read_history
from calibration.track import follow
from calibration.track.command import TrackRequest, plan_notes, track_command
from calibration.track.follow import fingerprint, followed
from calibration.track.report import read_report
from calibration.track.today import ABANDONED, ANSWERED, IN_20S, OPERATORS, WAIT, plan_and_today
from calibration.track.track import Settings
from twin.cli import main
from twin.errors import InputError
from twin.scenario.load import load_scenario

HEAD = "date,start,queue,offered,answered,abandoned\n"


def line(hour, offered, day="2013-03-04", queue="calls"):
    return f"{day},{hour},{queue},{offered},{offered - 5},5\n"


HOURS = ("08:00", "08:30", "09:00", "09:30")
MORNING = HEAD + "".join(line(hour, 100) for hour in HOURS)


@pytest.fixture
def here(tmp_path):
    (tmp_path / "centre.toml").write_text(CENTRE)
    (tmp_path / "today.csv").write_text(MORNING)
    return tmp_path


def scenario(here):
    return load_scenario(str(here / "centre.toml"))


# ---- reading ----------------------------------------------------------------------------------------------------


def test_of_rows_for_the_same_interval_the_last_one_counts(here):
    (here / "today.csv").write_text(MORNING + line("08:30", 150))
    report = read_report([here / "today.csv"])
    assert report.intervals.set_index("start_s").offered.to_dict() == {28800: 100, 30600: 150, 32400: 100, 34200: 100}
    assert (report.n_corrected, report.n_refused) == (1, 0)
    assert report.notes(MONDAY)[0] == "1 row of the report is said again by a later one, which counts"
    history = read_history([here / "today.csv"])
    assert history.intervals.offered.tolist() == [100.0] * 4, "a history that contradicts itself keeps the first"
    assert len(history.quality.rejected) == 1


def test_files_that_drop_in_hour_by_hour_put_right_what_was_not_over(here):
    """Each file tells the day so far; the row of 09:00 in 9.csv was written at 9:12. 10.csv comes after 9.csv."""
    folder = here / "acd"
    folder.mkdir()
    (folder / "9.csv").write_text(HEAD + line("08:00", 100) + line("08:30", 90) + line("09:00", 40))
    (folder / "10.csv").write_text(HEAD + line("08:00", 100) + line("08:30", 90) + line("09:00", 110))
    report = read_report([folder])
    assert report.intervals.offered.tolist() == [100.0, 90.0, 110.0]
    assert report.n_corrected == 3


def test_queues_of_one_interval_do_not_put_one_another_right(here):
    (here / "today.csv").write_text(HEAD + line("08:00", 100) + line("08:00", 60, queue="mail"))
    report = read_report([here / "today.csv"])
    assert (report.intervals.offered.sum(), report.n_corrected) == (160.0, 0)


def test_intervals_that_are_not_over_are_left_out_on_their_own_day(here):
    """At 9:10 on the day the row of 9:00 holds ten minutes, that of 9:30 nothing; on the next day all count."""
    rows = MORNING.replace(line("09:30", 100), line("09:30", 0).replace("-5,5", "0,0"))
    (here / "today.csv").write_text(line("08:00", 90, "2013-03-03").join([HEAD, rows.removeprefix(HEAD)]))
    report = read_report([here / "today.csv"])
    now = report.until(datetime.datetime(2013, 3, 4, 9, 10))
    assert now.intervals.start_s.tolist() == [28800, 28800, 30600]
    assert now.n_unfinished == 1, "a row without contacts is not worth a word"
    assert "--until names another instant" in now.notes(MONDAY)[0]
    assert len(report.until(datetime.datetime(2013, 3, 4, 9, 30)).intervals) == 4
    assert len(report.until(datetime.datetime(2013, 3, 5, 0, 1)).intervals) == 5


def test_a_length_that_one_row_cannot_tell_is_said_to_be_a_guess(here):
    (here / "today.csv").write_text(HEAD + line("08:00", 100))
    (said,) = read_report([here / "today.csv"]).notes(MONDAY)
    assert said.startswith("length of the intervals: taken as 30 minutes")
    assert read_report([here]).notes(MONDAY) == [said]


def test_rows_that_cannot_be_read_and_other_thresholds_are_said(here):
    text = MORNING.replace("abandoned\n", "abandoned,answered in 30 s\n").replace(",5\n", ",5,80\n")
    text += "2013-03-04,10:00,calls\n"
    (here / "today.csv").write_text(text)
    mapping = here / "m.toml"
    mapping.write_text(
        'kind = "intervals"\n[fixed]\nwithin_s = 30\n[columns]\ndate = "date"\ntime = "start"\nqueue = "queue"\n'
        'offered = "offered"\nanswered = "answered"\nabandoned = "abandoned"\nanswered_in_time = "answered in 30 s"\n'
    )
    report = read_report([here / "today.csv"], [mapping])
    assert report.other_within(MONDAY) == (30.0,)
    assert report.other_within(datetime.date(2013, 3, 5)) == ()
    said = report.notes(MONDAY)
    assert said[0] == "1 row of the report is not understood (twin history names what is wrong)"
    assert any("answered in time counts within 30 s, not 20 s, and is not used" in one for one in said)
    _, today = plan_and_today(scenario(here), report.intervals)
    assert np.isnan(today.counts[:, IN_20S]).all()


# ---- what is known of the day -----------------------------------------------------------------------------------


def told(here, **columns):
    """Two queues, each with a row for 8:00 and 8:30; columns as lists of these four."""
    table = read_report([here / "today.csv"]).intervals.assign(
        start_s=[28800, 28800, 30600, 30600], queue=["a", "b"] * 2, wait_answered_s=100.0, wait_abandoned_s=10.0,
        answered_in_time=50.0, within_s=20.0, operators=4.0,
    )  # fmt: skip
    return plan_and_today(scenario(here), table.assign(**columns))[1].counts[[16, 17]]


def test_what_one_queue_does_not_say_the_sum_does_not_know(here):
    """Waits of one of two queues over the contacts of both would be half of what they are."""
    nan = np.nan
    whole = told(here)
    assert whole[:, WAIT].tolist() == [220.0, 220.0]
    assert whole[:, OPERATORS].tolist() == [8.0, 8.0]
    counts = told(here, wait_answered_s=[100, nan, 100, 100], within_s=[20, 30, 20, 20], operators=[4, 4, nan, 4])
    assert np.isnan(counts[0, WAIT])
    assert counts[1, WAIT] == 220.0
    assert np.isnan(counts[0, IN_20S])
    assert counts[1, IN_20S] == 100.0
    assert np.isnan(counts[1, OPERATORS])


def test_waits_of_the_answered_and_the_queues_target_stand_in(here):
    """No waits of the lost; answers within 30 s, which is no target here, and then is."""
    changes = {"wait_abandoned_s": np.nan, "within_s": 30.0}
    table = read_report([here / "today.csv"]).intervals.assign(
        wait_answered_s=100.0, answered_in_time=50.0, queue="calls", **changes
    )
    for target, quick in ((20.0, np.nan), (30.0, 0.5)):
        own = load_scenario(str(here / "centre.toml"), {"queues.calls.target": f"{target:g} s"})
        _, today = plan_and_today(own, table)
        sums = today.counts[today.is_seen].sum(axis=0)
        assert today.waits(sums) == pytest.approx(100 / 95)
        assert today.in_time(sums) == pytest.approx(quick, nan_ok=True)
        report = replace(read_report([here / "today.csv"]), intervals=table)
        said = report.notes(MONDAY, own)
        assert any("within 30 s, not 20 s, and is not used" in one for one in said) == (target == 20)
        assert any("waits of those who gave up are not reported" in one for one in said)


def test_blanks_where_nobody_called_are_zeros(here):
    """A mean wait of nobody is blank in most reports; it must not hide the waits of the hours around it."""
    nan = np.nan
    counts = told(here, offered=[0, 100, 0, 0], answered=[nan, 95, nan, nan], wait_answered_s=[nan, 100, nan, nan],
                  operators=[nan, 4, nan, nan])  # fmt: skip
    assert counts[:, WAIT].tolist() == [110.0, 0.0]
    assert counts[:, ANSWERED].tolist() == [95.0, 0.0]
    assert counts[0, OPERATORS] == 4.0
    assert np.isnan(counts[1, OPERATORS]), "who was there is not nought"


@pytest.mark.parametrize(("day", "is_fine"), [("2013-03-05", True), ("2013-03-03", False), ("2013-03-04", True)])
def test_a_day_that_has_not_begun_is_seen_as_planned(here, day, is_fine):
    table = read_report([here / "today.csv"]).intervals
    if not is_fine:
        with pytest.raises(InputError, match="--date is 2013-03-03, must be between 2013-03-04 and 2013-03-04"):
            plan_and_today(scenario(here), table, datetime.date.fromisoformat(day))
        return
    _, today = plan_and_today(scenario(here), table, datetime.date.fromisoformat(day))
    assert (today.clock, today.is_seen.sum()) == (("10:00", 4) if day == "2013-03-04" else ("00:00", 0))


def test_an_empty_report_needs_the_day_and_has_half_hours(here):
    (here / "today.csv").write_text(HEAD)
    table = read_report([here / "today.csv"]).intervals
    with pytest.raises(InputError, match="holds no intervals yet: --date names the day"):
        plan_and_today(scenario(here), table)
    plan, today = plan_and_today(scenario(here), table, MONDAY)
    assert (plan.n, today.now, today.is_seen.any()) == (48, 0, False)


def test_a_day_says_the_same_only_number_by_number(here):
    table = read_report([here / "today.csv"]).intervals
    _, today = plan_and_today(scenario(here), table)
    _, again = plan_and_today(scenario(here), table)
    assert today.says_as(again), "unknown numbers are no difference"
    for changed in (table.assign(abandoned=6.0), table.assign(operators=3.0), table[:3], table.assign(offered=101.0)):
        assert not plan_and_today(scenario(here), changed)[1].says_as(today)


# ---- following --------------------------------------------------------------------------------------------------


class Clock:
    """Sleeps that do what happens meanwhile, then Ctrl-C."""

    def __init__(self, *happens):
        self.happens, self.slept = list(happens), []

    def __call__(self, seconds):
        if seconds == follow.SETTLED:
            return
        self.slept.append(seconds)
        if not self.happens:
            raise KeyboardInterrupt
        self.happens.pop(0)()


def test_a_followed_file_may_be_gone_or_half_written_for_a_while(here, monkeypatch, capsys):
    path, looks = here / "today.csv", []

    def look():
        text = path.read_text() if path.exists() else ""
        if not text.endswith("\n"):
            raise InputError("today.csv: is half written")
        looks.append(text.count("\n"))

    clock = Clock(lambda: None, lambda: path.write_text("x"), lambda: path.write_text("xy"), path.unlink,
                  lambda: path.write_text(MORNING + "\n"))  # fmt: skip
    monkeypatch.setattr(follow.time, "sleep", clock)
    with pytest.raises(KeyboardInterrupt):
        followed([path], 30.0, look)
    assert looks == [5, 6], "looked at once, and again when it was whole"
    assert capsys.readouterr().err == "warning: today.csv: is half written; looking again\n", "said once"
    assert clock.slept == [30.0] * 6


def test_what_is_wrong_from_the_beginning_ends_the_command(here):
    def look():
        raise InputError("no such file")

    with pytest.raises(InputError, match="no such file"):
        followed([here / "nowhere.csv"], 30.0, look)


def test_a_file_is_read_when_it_keeps_still(here, monkeypatch):
    """It is written to over three moments; the look comes after the last."""
    path, looks, moments = here / "today.csv", [], []

    def sleep(seconds):
        moments.append(seconds)
        if len(moments) in (1, 2, 3, 4):
            path.write_text("x" * len(moments))
        if len(moments) > 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(follow.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        followed([path], 30.0, lambda: looks.append(path.read_text()))
    assert looks == [MORNING, "xxxx"]
    assert fingerprint(here / "nowhere") == ()


def test_a_row_put_right_is_forecast_again_and_the_same_said_twice_is_not(here, monkeypatch, capsys):
    path = here / "today.csv"
    right = MORNING.replace(line("08:30", 100), line("08:30", 150))
    clock = Clock(lambda: path.write_text(right), lambda: path.write_text(right + "\n"))
    monkeypatch.setattr(follow.time, "sleep", clock)
    request = TrackRequest([str(path)], str(here / "centre.toml"), follow=7.0, out=str(here / "out"),
                           settings=Settings(members=10, with_actions=False))  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        track_command(request)
    assert capsys.readouterr().out.count("known until 10:00") == 2
    kept = json.loads((here / "out" / "2013-03-04-1000.json").read_text())
    offered = {one["start_s"]: one["recorded"] for one in kept["forecast"] if one["kpi"] == "offered"}
    assert offered[30600] == 150.0
    assert len(pd.read_csv(here / "out" / "scores.csv")) == 4, "one instant, four measures"


# ---- the command ------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_made_of_the_rows(here, capsys):
    (here / "today.csv").write_text(MORNING + line("08:30", 150))
    command = ["track", str(here / "today.csv"), "--scenario", str(here / "centre.toml"), "--members", "10"]
    command += ["--workers", "1", "--set", "demand.noise.day_cv=0"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Note: 1 row of the report is said again by a later one, which counts" in said
    assert "Note: the scenario says that days do not differ (demand.noise.day_cv is 0)" in said
    assert main([*command, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["notes"]) == 2


def test_it_is_said_that_not_all_planned_operators_take_calls(here):
    own = load_scenario(str(here / "centre.toml"), {"groups.desk.presence": 0.75})
    table = read_report([here / "today.csv"]).intervals
    assert plan_notes(*plan_and_today(scenario(here), table)) == []
    (said,) = plan_notes(*plan_and_today(own, table))
    assert said == "operators forecast are those who take calls: of the planned 75% of desk (groups.*.presence)"


def test_a_file_for_a_folder_is_refused_before_anything_runs(here, capsys):
    command = [
        "track",
        str(here / "today.csv"),
        "--scenario",
        str(here / "centre.toml"),
        "--out",
        str(here / "today.csv"),
    ]
    assert main(command) == 2
    assert "today.csv', which is a file, must be a folder, or a new one" in capsys.readouterr().err


def test_the_past_of_the_abandoned_is_known(here):
    _, today = plan_and_today(scenario(here), read_report([here / "today.csv"]).intervals)
    assert today.counts[16:20, ABANDONED].tolist() == [5.0] * 4


def test_nobody_coming_is_news_once_the_rows_are_over(here):
    """Contacts to 10:00, empty rows to 12:00: what is to come, or an hour and a half of silence."""
    empty = "".join(line(clock, 0).replace("-5,5", "0,0") for clock in ("10:00", "10:30", "11:00", "11:30"))
    (here / "today.csv").write_text(MORNING + empty)
    report = read_report([here / "today.csv"])
    ended = report.until(datetime.datetime(2013, 3, 4, 12, 5))
    clocks = [
        plan_and_today(scenario(here), one.intervals, over=one.over)[1].clock
        for one in (report, ended, report.until(datetime.datetime(2013, 3, 5, 9, 0)))
    ]
    assert clocks == ["10:00", "11:30", "10:00"], "the newest row may not be filled in yet"
    _, today = plan_and_today(scenario(here), ended.intervals, over=ended.over)
    assert today.is_seen[20:23].all()
    assert today.counts[20:23, 0].tolist() == [0.0] * 3
