"""What the page Control room does without a browser: files found and refused, looks, days to try, operators needed."""

import datetime
import math
import os

import numpy as np
import pandas as pd
import pytest

from calibration.history.files import SUFFIXES
from calibration.track.actions import actions_for
from calibration.track.follow import fingerprint
from calibration.track.forecast import Effect
from calibration.track.invented import invented_day, open_day
from calibration.track.needed import Lines, needed, required
from calibration.track.plan import DayPlan
from calibration.track.today import MEASURES, plan_and_today
from twin.erlang import erlang_c
from twin.errors import InputError
from twin.scenario.load import load_scenario
from twin.ui.work.control import (
    KINDS,
    Request,
    best,
    in_band,
    kind_of,
    look,
    phrase,
    read_centre,
    tone_of,
)
from twin.ui.work.days import (
    Watch,
    found_histories,
    found_scores,
    read_day,
)
from twin.ui.work.roots import named
from twin.ui.work.scenarios import found_scenarios

MONDAY = datetime.date(2013, 3, 4)
HEADS = "Date;Start;Offered;Answered;Abandoned\n"


class Silent:
    def progress(self, share, key="", **values):
        pass


def report(until, day=4):
    """A day of `control-room` as an ACD prints it, half hours from 8:00 to `until`."""
    rows = (f"{day:02d}/03/2013;{h:02d}:{m:02d};80;75;5\n" for h in range(8, until) for m in (0, 30))
    return HEADS + "".join(rows)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to be in; two reports stand in results/acd."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWIN_RESULTS", raising=False)
    (tmp_path / "results" / "acd").mkdir(parents=True)
    for name, day in (("mon.csv", 4), ("tue.csv", 5)):
        (tmp_path / "results" / "acd" / name).write_text(report(12, day))
    return tmp_path


# ---- files -----------------------------------------------------------------------------------------------------------


def test_reports_are_found_newest_first_and_folders_of_several(here):
    (here / "today.csv").write_text(report(9))
    os.utime(here / "today.csv", (4e9, 4e9))
    os.utime(here / "results" / "acd" / "tue.csv", (3e9, 3e9))
    os.utime(here / "results" / "acd" / "mon.csv", (2e9, 2e9))
    assert found_histories() == ["today.csv", "results/acd", "results/acd/tue.csv", "results/acd/mon.csv"]


def test_what_runs_and_tracking_have_left_is_no_history(here):
    run, tracked = here / "results" / "run", here / "results" / "tracked"
    (run / "counts").mkdir(parents=True)
    tracked.mkdir()
    left = [run / name for name in ("manifest.json", "kpis.csv", "counts/a-000.parquet", "counts/b-000.parquet")]
    left += [tracked / "scores.csv", tracked / "2013-forecast.parquet", here / ".hidden.csv", here / "notes.txt"]
    for path in left:
        path.write_text("x")
    assert set(found_histories()) == {"results/acd", "results/acd/mon.csv", "results/acd/tue.csv"}
    assert found_scores() == ["results/tracked/scores.csv"]


def test_scenarios_are_files_that_extend_or_have_a_demand(here):
    (here / "fitted.toml").write_text('extends = "control-room"\n')
    (here / "other.toml").write_text("[tool.ruff]\n")
    (here / "broken.toml").write_text("[")
    (here / "a.mapping.toml").write_text('extends = "x"\n')
    assert found_scenarios() == ["fitted.toml"]


def test_only_files_inside_the_folders_may_be_read(here, monkeypatch):
    (here / "link").symlink_to("/etc")
    for text in ("/etc/passwd", "../x", "link/passwd", ".ssh/key", "results/../../x", "results\0", "results/.x/a.csv"):
        with pytest.raises(InputError, match="may not be read"):
            named(text, SUFFIXES)
    (here / "secret.toml").write_text("x")
    with pytest.raises(InputError, match=r"secret.toml: must end in \.csv"):
        named("secret.toml", SUFFIXES)
    assert named("secret.toml", (".toml",)).name == "secret.toml"
    assert named("results/acd", SUFFIXES) == (here / "results" / "acd").resolve()
    monkeypatch.setenv("TWIN_RESULTS", "/etc/skel")
    assert str(named("/etc/skel/x.csv", SUFFIXES)) == "/etc/skel/x.csv"


def test_a_mapping_beside_the_history_is_used_unless_one_is_given(here):
    """The file's headings tell nothing; the mapping beside it does."""
    path = here / "odd.csv"
    path.write_text("a,b,c\n2013-03-04,08:00,7\n2013-03-04,08:30,9\n")
    with pytest.raises(InputError, match="headings do not tell"):
        read_day(path)
    mapping = {"kind": "intervals", "columns": {"date": "a", "time": "b", "offered": "c"}}
    assert read_day(path, mapping).intervals["offered"].tolist() == [7.0, 9.0]
    (here / "odd.mapping.toml").write_text('kind = "intervals"\n[columns]\ndate = "a"\ntime = "b"\noffered = "c"\n')
    report = read_day(path)
    assert (report.intervals["offered"].sum(), report.n_refused) == (16.0, 0)


def test_a_history_is_read_again_when_it_has_grown_and_then_kept_still(here):
    path = here / "results" / "acd"
    watch = Watch(lambda: fingerprint(path))
    known = fingerprint(path)
    assert not watch.changed(known), "the first look only remembers"
    assert not watch.changed(known), "nothing new"
    (path / "wed.csv").write_text(report(9, 6))
    assert not watch.changed(known), "it may still be written"
    assert watch.changed(known)
    assert not watch.changed(fingerprint(path)), "read by now"
    assert fingerprint(here / "nowhere") == ()


# ---- what track says in English --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["control-room", "blended", "one-call", "staffing-day", "erlang-a", "v7-multiskill"])
def test_every_title_and_reason_of_an_action_is_understood(name):
    _, plan = open_day(load_scenario(name), MONDAY)
    actions, refused = actions_for(plan.scenario, 12 * 3600.0, 3)
    said = [action.title for action in actions[1:]] + list(refused.values())
    assert len(said) == len(KINDS)
    assert all(phrase(text)[0] for text in said), said
    kinds = [kind_of(text) for text in (*[action.kind for action in actions[1:]], *refused)]
    assert sorted(kinds) == sorted(KINDS)


def test_phrases_keep_their_names():
    assert phrase("lend 5 operators of back office to calls") == (
        "do_lend", {"n": "5", "group": "back office", "queue": "calls"}
    )  # fmt: skip
    assert phrase("something new") == ("", {})


# ---- actions ---------------------------------------------------------------------------------------------------------


def effect(action, kpi, difference, half_width):
    return Effect(action, kpi, 1.0, difference, half_width, difference, difference, "")


def test_the_best_action_is_the_one_shown_to_gain_most():
    """Lending lowers the share most but is not shown to; breaks lower it by 2 points, surely; a rise is worse."""
    effects = [effect("lend", "abandonment_share", -0.05, 0.06), effect("breaks", "abandonment_share", -0.02, 0.01),
               effect("stop", "abandonment_share", 0.02, 0.01), effect("lend", "sl20", 0.04, 0.01)]  # fmt: skip
    assert [tone_of(one) for one in effects] == ["", "good", "bad", "good"]
    assert best(effects, "abandonment_share") is effects[1]
    assert best(effects, "sl20") is effects[3]
    assert best(effects, "mean_wait") is None


def test_recorded_intervals_in_the_band_are_counted():
    bands = pd.DataFrame({"kpi": ["sl20"] * 4 + ["offered"], "recorded": [0.5, 0.9, math.nan, 0.2, 1.0],
                          "q05": [0.4, 0.4, 0.4, 0.2, 0.0], "q95": [0.6, 0.6, 0.6, 0.6, 0.0]})  # fmt: skip
    assert in_band(bands, "sl20") == (2, 3)


# ---- operators needed ------------------------------------------------------------------------------------------------


def test_needed_operators_are_the_fewest_that_meet_the_target():
    """10 Erlang of 180 s: of 13 operators 28.5 % wait, 1 - .285 exp(-3 x 20/180) = .796 within 20 s; of 14, .888."""
    found = required(np.array([10.0, 0.0, 100.0]), 180.0)
    assert found[0] == 14
    assert found[1] == 0
    for load, n in ((10.0, 14), (100.0, int(found[2]))):
        served = [1 - erlang_c(k, load) * math.exp(-(k - load) * 20 / 180) for k in (n - 1, n)]
        assert served[0] < 0.8 <= served[1]


def test_needed_by_interval_follows_the_contacts():
    """200 contacts of half an hour, in halves to two queues of 180 s each: 10 Erlang and 14 operators for each; nobody
    calls in the second half hour."""
    days = np.zeros((5, 2, len(MEASURES)))
    days[:, 0, 0] = 200.0

    class Day:
        length = 1800.0

    table = needed(days, Day(), Lines(np.full((2, 2), 0.5), np.array([180.0, 180.0])))
    assert table.to_dict("records") == [{"start_s": 0.0, "low": 28.0, "middle": 28.0, "high": 28.0}]


def test_contacts_go_to_the_queue_of_their_first_route_and_take_its_time():
    """From 8 to 9 there are 90 orders of 220 s and 25 questions of 300 s an hour."""
    _, plan = open_day(load_scenario("control-room"), MONDAY)
    lines = Lines.of(plan, 1)
    assert lines.shares[16] == pytest.approx([90 / 115, 25 / 115])
    assert lines.times == pytest.approx([220, 300], rel=0.15)


# ---- days to try -----------------------------------------------------------------------------------------------------


def test_a_day_to_try_is_a_report_that_track_reads():
    scenario = load_scenario("control-room")
    day, plan = open_day(scenario, datetime.date(2013, 3, 2))
    assert day == MONDAY, "Saturday and Sunday are closed"
    made = invented_day(plan, day, 7)
    again = invented_day(plan, day, 7)
    assert np.array_equal(made.counts, again.counts)
    assert invented_day(plan, day, 8).level != made.level
    _, today = plan_and_today(scenario, made.table, until=12 * 3600.0)
    assert (today.date, today.clock) == (MONDAY, "12:00")
    assert today.seen[:24].sum() == made.counts[:24, 0].sum() > 0
    assert today.seen[24:].sum() == 0


def test_a_centre_says_what_it_can_do_or_why_no_day_can_be_followed():
    found = read_centre("187-to-be-proactive", "tiny")
    assert found.is_proactive
    assert "must be left out to track a day" in found.problem
    assert read_centre("bank-1999", "").problem == ""
    found = read_centre("control-room", "")
    assert found.possible == ("lend", "breaks", "overflow")
    assert found.refused == {"outbound": "there are no campaigns"}
    assert (found.problem, found.opens, found.is_in_between) == ("", 28800.0, False)
    assert read_centre("ecare-360", "tiny").is_in_between


# ---- a look ----------------------------------------------------------------------------------------------------------


class Heard:
    def __init__(self):
        self.keys = []

    def progress(self, share, key="", **values):
        self.keys.append(key)


def test_a_look_at_a_report_believes_tries_and_keeps(here):
    """8 half hours of 80 contacts are 640, where 540 orders and 155 questions are expected: the level is below 1."""
    heard = Heard()
    request = Request("control-room", here / "kept", history="results/acd", date="2013-03-04", kinds=("breaks",),
                      members=10)  # fmt: skip
    found = look(heard, request)
    assert found.found.today.clock == "12:00"
    assert 640 / 695 < found.found.level.mean < 1.0
    assert {one.kind for one in found.found.effects} == {"breaks"}
    assert found.source == "acd"
    assert found.truth is None
    assert found.needed["start_s"].between(8 * 3600, 18 * 3600).all()
    assert sorted(path.name for path in request.folder.iterdir()) == [
        "2013-03-04-1200-forecast.parquet", "2013-03-04-1200.json", "scores.csv",
    ]  # fmt: skip
    assert {"days_done", "needed"} <= set(heard.keys)


def test_a_look_at_a_day_to_try_knows_what_really_came(here):
    request = Request("control-room", here / "tried", kinds=(), members=10, day=3)
    found = look(Silent(), request)
    assert found.source == ""
    assert found.found.today.clock == "13:00", "the middle of the opening, as the page says where nothing is chosen"
    assert found.found.effects == []
    assert found.truth is not None
    assert len(found.truth.values) >= 20
    assert not (request.folder / "scores.csv").exists(), "invented days are no evidence of drift"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"date": "2013-03-01"}, "must be one of the history, 2013-03-04 to 2013-03-05, or later"),
        ({"until": "noon"}, "the time is 'noon'"),
        ({"history": "results/none.csv"}, "no such file or folder"),
        ({"scenario": "187-to-be-proactive"}, "must be left out to track a day"),
    ],
)
def test_bad_requests_are_one_sentence(here, changes, said):
    given = {"scenario": "control-room", "folder": here / "kept", "history": "results/acd", "members": 10, **changes}
    with pytest.raises(InputError, match=said):
        look(Silent(), Request(**given))


def test_a_history_of_months_is_refused(here):
    path = here / "months.csv"
    path.write_text("Month,Offered,Abandoned\n2013-01,1000,50\n2013-02,1100,40\n2013-03,900,30\n")
    with pytest.raises(InputError, match="must hold intervals or calls"):
        read_day(path)


def test_the_plan_of_a_day_to_try_is_that_of_the_scenario():
    plan = DayPlan.of(load_scenario("control-room"), MONDAY, 1800.0)
    assert plan.expected.sum() == pytest.approx(1260 + 370), "the hourly rates of the file, added up"
