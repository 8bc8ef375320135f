"""Following a day: the filter by hand, a planted day found again, actions on the same days, the command."""

import datetime
import json

import numpy as np
import pandas as pd
import pytest

from calibration.history.tables import INTERVAL_COLUMNS, as_table
from calibration.track.actions import actions_for
from calibration.track.command import TrackRequest, track_command
from calibration.track.follow import SETTLED
from calibration.track.level import Level, interval_factors
from calibration.track.members import Member, Trial, run_trial
from calibration.track.plan import DayPlan
from calibration.track.today import ABANDONED, ANSWERED, MEASURES, OFFERED, WAIT, plan_and_today
from calibration.track.track import Settings, track
from twin.cli import main
from twin.errors import InputError
from twin.scenario.demand_schema import Noise
from twin.scenario.load import load_scenario

MONDAY = datetime.date(2013, 3, 4)
HALF_HOUR = 1800.0
CENTRE = """
title = "A small centre whose days differ"
[run]
days = 1
warm_up = 0
[opening]
opens = "08:00"
closes = "18:00"
[demand]
kind = "rates"
period = "30 min"
rates.call = "200 /h"
noise = { day_cv = 0.15, interval_cv = 0.05, interval_correlation = 0.5 }
[intents.call]
talk = { law = "exponential", mean = "4 min" }
[patience]
law = "exponential"
mean = "3 min"
[skills.calls]
[queues.calls]
target = "20 s"
[[routes]]
queue = "calls"
skills = ["calls"]
[groups.desk]
count = 16
shift = "day"
skills = { calls = "primary" }
[shifts.day]
length = "10 h"
starts = { "08:00" = 1.0 }
days_a_week = 7
breaks = { every = "2 h", length = "15 min" }
"""
HELPERS = """
[skills.mail]
[queues.mail]
[intents.letter]
talk = { law = "exponential", mean = "4 min" }
[[routes]]
intents = ["letter"]
queue = "mail"
skills = ["mail"]
[groups.letters]
count = 6
skills = { mail = "primary" }
"""


def centre(tmp_path, more=""):
    path = tmp_path / "centre.toml"
    text = CENTRE + more
    if more:
        text = text.replace("rates.call", 'rates.letter = "5 /h"\nrates.call').replace(
            '[[routes]]\nqueue = "calls"', '[[routes]]\nintents = ["call"]\nqueue = "calls"'
        )
    path.write_text(text)
    return load_scenario(str(path))


def recorded_day(scenario, level, presence, seed=99):
    """A report of one day as this scenario would make it, at a level and with a share of the operators."""
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    rng = np.random.default_rng(seed)
    contacts = rng.poisson(plan.expected * level)
    nothing = report(np.zeros((plan.n, len(MEASURES))))
    _, today = plan_and_today(scenario, nothing, until=0.0)
    action = actions_for(plan.scenario, 0.0, 5)[0][0]
    return report(run_trial(Trial(plan, Member(0, level, presence, contacts), action, today, seed)))


def report(counts):
    """INTERVAL_COLUMNS of one day's counts by half hour."""
    table = pd.DataFrame({
        "date": pd.Timestamp(MONDAY), "start_s": np.arange(len(counts)) * int(HALF_HOUR), "length_s": int(HALF_HOUR),
        "queue": "calls", "offered": counts[:, OFFERED], "answered": counts[:, ANSWERED],
        "abandoned": counts[:, ABANDONED], "answered_in_time": counts[:, 4], "within_s": 20.0,
        "wait_answered_s": counts[:, WAIT], "wait_abandoned_s": 0.0,
    })  # fmt: skip
    return as_table(table, INTERVAL_COLUMNS)


# ---- the level --------------------------------------------------------------------------------------------------


def test_the_level_is_the_gamma_filter_by_hand():
    """a = 1 / 0.2² = 25; 150 contacts where 100 were expected: Gamma(175, 125), mean 1.4."""
    noise = Noise(day_cv=0.2)
    level = Level.before(noise).after(np.array([90.0, 60.0]), np.array([60.0, 40.0]), noise, HALF_HOUR, np.arange(2))
    assert (level.shape, level.rate, level.mean) == pytest.approx((175.0, 125.0, 1.4))


def test_intervals_that_vary_tell_less():
    """With a CV of 0.1 per interval, 100 expected contacts tell as much as 100 / (1 + 0.01 x 100) = 50."""
    noise = Noise(day_cv=0.2, interval_cv=0.1)
    level = Level.before(noise).after(np.array([150.0]), np.array([100.0]), noise, HALF_HOUR, np.arange(1))
    assert (level.shape, level.rate) == pytest.approx((25 + 75.0, 25 + 50.0))


def test_intervals_that_vary_together_tell_less():
    """Two intervals of 100: alone each has 0.01 + 0.01; with correlation 1/2 both have covariance 0.005 beside:
    weights 1 / 0.025 each, 80 in all where independent ones tell 100. Quarter hours go together more than half hours,
    and intervals far apart less than neighbours."""
    seen, expected = np.array([150.0, 150.0]), np.array([100.0, 100.0])

    def told(correlation, length=HALF_HOUR, places=(20, 21)):
        noise = Noise(day_cv=0.2, interval_cv=0.1, interval_correlation=correlation)
        level = Level.before(noise).after(seen, expected, noise, length, np.array(places))
        return level.shape - 25, level.rate - 25

    assert told(0.0) == pytest.approx((150.0, 100.0), rel=1e-3)
    assert told(0.5) == pytest.approx((120.0, 80.0), rel=2e-3)
    assert told(0.5, length=900.0)[1] < 79.0
    assert 95.0 < told(0.5, places=(20, 24))[1] < 99.0
    assert told(0.5, length=900.0, places=(20, 22)) == pytest.approx(told(0.5)), "half an hour apart either way"


def test_without_variation_between_days_nothing_is_learned():
    level = Level.before(Noise()).after(np.array([500.0]), np.array([100.0]), Noise(), HALF_HOUR, np.arange(1))
    assert level.mean == 1.0
    assert level.quantile(0.05) == 1.0


def test_a_busy_interval_is_passed_on_as_far_as_the_correlation_reaches():
    noise = Noise(interval_cv=0.3, interval_correlation=0.9)
    rng = np.random.default_rng(1)
    after = np.array([interval_factors(noise, HALF_HOUR, (200.0, 100.0), 20, rng) for _ in range(2000)])
    usual = np.array([interval_factors(noise, HALF_HOUR, None, 20, rng) for _ in range(2000)])
    assert after[:, 0].mean() > 1.5
    assert after[:, -1].mean() < 1.2
    assert usual.mean() == pytest.approx(1.0, abs=0.02)


# ---- the day ----------------------------------------------------------------------------------------------------


def test_contacts_without_a_known_name_are_shared_out_as_expected(tmp_path):
    """200 calls and 5 letters an hour: of 41 contacts in half an hour of no known name, 40 are calls and 1 a letter."""
    scenario = centre(tmp_path, HELPERS)
    table = report(np.zeros((48, len(MEASURES))))
    table.loc[20, "offered"] = 41.0
    plan, today = plan_and_today(scenario, table.assign(queue="somewhere"))
    assert dict(zip(plan.intents, today.seen[20], strict=True)) == {"letter": 1.0, "call": 40.0}
    assert today.clock == "10:30"


def test_a_planted_day_is_found_again_and_the_rest_lies_in_the_bands(tmp_path):
    """A day at 1.25 of the usual with nine tenths of the operators, seen until 13:00."""
    scenario = centre(tmp_path)
    table = recorded_day(scenario, 1.25, 0.88)
    plan, today = plan_and_today(scenario, table, until=13 * 3600.0)
    found = track(plan, today, Settings(members=40, presence_sd=0.15, seed=3))
    assert found.level.quantile(0.01) < 1.25 < found.level.quantile(0.99)
    assert abs(found.presence[1] - 0.88) < abs(1.0 - 0.88), "nearer to the truth than the plan"
    assert found.presence[2] - found.presence[0] < 2 * 1.645 * 0.15, "and surer"
    ahead = found.bands[(found.bands.start_s >= 13 * 3600) & (found.bands.kpi == "offered")].set_index("start_s")
    truth = table.set_index("start_s").offered.reindex(ahead.index)
    inside = (truth >= ahead.q05) & (truth <= ahead.q95)
    assert inside.mean() >= 0.7
    past = found.bands[found.bands.start_s < 13 * 3600]
    assert past[past.kpi == "offered"].eval("recorded == mean and q05 == q95").all(), "what is known is not drawn"


def test_a_third_of_the_operators_missing_is_found_though_the_plan_was_held_for_sure(tmp_path):
    """Eight standard deviations from what was thought before: one regression would go half the way."""
    scenario = centre(tmp_path)
    plan, today = plan_and_today(scenario, recorded_day(scenario, 1.0, 0.67), until=12 * 3600.0)
    runs = []
    found = track(plan, today, Settings(members=20, with_actions=False), on_progress=lambda *done: runs.append(done))
    low, middle, high = found.presence
    assert low < 0.67 < high
    assert middle == pytest.approx(0.67, abs=0.06)
    assert runs[-1][0] == runs[-1][1], "further runs are counted"
    assert runs[-1][1] > 40


# ---- actions ----------------------------------------------------------------------------------------------------


def test_actions_leave_the_past_alone_and_help_afterwards(tmp_path):
    scenario = centre(tmp_path, HELPERS)
    table = recorded_day(scenario, 1.3, 1.0)
    plan, today = plan_and_today(scenario, table, until=12 * 3600.0)
    found, refused = actions_for(plan.scenario, 12 * 3600.0, 4)
    assert [action.kind for action in found] == ["none", "lend", "breaks", "overflow"]
    assert refused == {"outbound": "there are no campaigns"}
    rng = np.random.default_rng(5)
    member = Member(3, 1.3, 1.0, rng.poisson(plan.expected * 1.3))
    days = {action.kind: run_trial(Trial(plan, member, action, today, 1)) for action in found}
    for kind in ("lend", "breaks", "overflow"):
        over = today.now - 1  # who came before and still waits now counts in the interval of coming
        assert np.array_equal(days[kind][:over], days["none"][:over]), kind
        assert (days[kind][:, OFFERED] == days["none"][:, OFFERED]).all(), "the same customers"
        rest = [days[name][today.now :, ABANDONED].sum() for name in (kind, "none")]
        assert rest[0] < rest[1], kind


def test_more_heads_where_hours_are_counted():
    scenario = load_scenario("erlang-a", {"groups.operators.head_count": [10, 14], "groups.operators.count": 14,
                                          "demand.period": "12 h", "run.warm_up": 0})  # fmt: skip
    found, refused = actions_for(DayPlan.of(scenario, MONDAY, HALF_HOUR).scenario, 0.0, 5)
    assert [(action.kind, action.added) for action in found] == [("none", None), ("add", {"operators": 5})]
    assert set(refused) == {"breaks", "overflow", "outbound"}


def test_operators_can_be_lent_before_the_day_begins(tmp_path):
    """At six nobody is there to be lent: those who come at eight are, not nobody all day."""
    scenario = centre(tmp_path, HELPERS)
    plan, today = plan_and_today(scenario, report(np.zeros((48, len(MEASURES)))), until=6 * 3600.0)
    actions = {action.kind: action for action in actions_for(plan.scenario, 6 * 3600.0, 4)[0]}
    member = Member(3, 1.0, 1.0, np.random.default_rng(5).poisson(plan.expected * 1.2))
    lost = {kind: run_trial(Trial(plan, member, actions[kind], today, 1))[:, ABANDONED].sum()
            for kind in ("none", "lend")}  # fmt: skip
    assert lost["lend"] < 0.7 * lost["none"]


def test_nothing_can_be_done_after_closing_and_that_is_said(tmp_path):
    plan = DayPlan.of(centre(tmp_path, HELPERS), MONDAY, HALF_HOUR)
    found, refused = actions_for(plan.scenario, 18 * 3600.0, 4)
    assert [action.kind for action in found] == ["none"]
    assert refused == dict.fromkeys(("lend", "breaks", "overflow", "outbound"), "the centre has closed by then")
    last = actions_for(plan.scenario, 17.5 * 3600.0, 4)[0]
    assert [action.kind for action in last] == ["none", "lend", "breaks", "overflow"]


def test_campaigns_stop_at_once():
    plan = DayPlan.of(load_scenario("blended", {"run.warm_up": 0}), MONDAY, HALF_HOUR)
    nothing = report(np.zeros((plan.n, len(MEASURES))))
    _, today = plan_and_today(plan.scenario, nothing, until=12 * 3600.0)
    actions = {action.kind: action for action in actions_for(plan.scenario, 12 * 3600.0, 5)[0]}
    member = Member(0, 1.0, 1.0, np.round(plan.expected).astype(int))
    without, stopped = (run_trial(Trial(plan, member, actions[kind], today, 1)) for kind in ("none", "outbound"))
    assert np.array_equal(without[: today.now - 1], stopped[: today.now - 1])
    assert stopped[today.now :, OFFERED].sum() < without[today.now :, OFFERED].sum(), "nobody is dialled any more"


def test_programmes_that_ask_for_a_volume_do_not_forbid_actions():
    """A volume a day is tracked as rates; what the night's self service brings does not come on the day."""
    scenario = load_scenario("poste-unified", {"scale.size": "tiny"})
    plan = DayPlan.of(scenario, MONDAY, HALF_HOUR)
    found, refused = actions_for(plan.scenario, 12 * 3600.0, 2)
    assert [action.kind for action in found] == ["none", "lend", "breaks", "overflow", "outbound"]
    assert refused == {}
    nothing = report(np.zeros((plan.n, len(MEASURES))))
    _, today = plan_and_today(scenario, nothing, until=12 * 3600.0)
    day = run_trial(Trial(plan, Member(0, 1.0, 1.0, np.round(plan.expected).astype(int)), found[2], today, 1))
    assert day[:, OFFERED].sum() > 1000


def test_only_the_kinds_asked_for_are_run(tmp_path):
    scenario = centre(tmp_path, HELPERS)
    plan, today = plan_and_today(scenario, recorded_day(scenario, 1.0, 1.0), until=12 * 3600.0)
    found = track(plan, today, Settings(members=10, kinds=("breaks",)))
    assert {effect.kind for effect in found.effects} == {"breaks"}


# ---- the command ------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    """A scenario and an export of one day until 12:00."""
    scenario = centre(tmp_path)
    table = recorded_day(scenario, 1.1, 1.0)
    table = table[(table.start_s >= 8 * 3600) & (table.start_s < 12 * 3600)]
    path = tmp_path / "today.csv"
    export(table).to_csv(path, index=False)
    return scenario, path, tmp_path


def export(table):
    clock = pd.to_datetime(table.start_s, unit="s").dt.strftime("%H:%M")
    return pd.DataFrame({
        "date": table.date.dt.strftime("%Y-%m-%d"), "start": clock, "queue": "calls",
        "offered": table.offered.astype(int), "answered": table.answered.astype(int),
        "abandoned": table.abandoned.astype(int),
    })  # fmt: skip


def test_the_command_prints_and_keeps_the_forecast(files, capsys):
    _, path, folder = files
    out = folder / "tracked"
    line = ["track", str(path), "--scenario", str(folder / "centre.toml"), "--members", "10", "--workers", "1"]
    assert main([*line, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "known until 12:00" in said
    assert "The rest of the day" in said
    assert "put breaks off while calls wait" in said
    assert sorted(p.name for p in out.iterdir()) == [
        "2013-03-04-1200-forecast.parquet", "2013-03-04-1200.json", "scores.csv",
    ]  # fmt: skip
    assert main([*line, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((out / "2013-03-04-1200.json").read_text())


def test_bad_input_is_one_sentence(files, capsys):
    _, path, folder = files
    scenario = str(folder / "centre.toml")
    assert main(["track", str(path), "--scenario", scenario, "--date", "2013-3"]) == 2
    assert "--date is '2013-3', must be like 2013-03-04" in capsys.readouterr().err
    assert main(["track", str(path), "--scenario", scenario, "--date", "2012-01-01"]) == 2
    assert "must be between 2013-03-04 and 2013-03-04" in capsys.readouterr().err
    assert main(["track", str(path), "--scenario", "187-to-be-proactive"]) == 2
    assert "proactive is given, must be left out to track a day" in capsys.readouterr().err


def test_following_looks_again_when_the_file_has_grown(files, monkeypatch, capsys):
    scenario, path, folder = files
    table = recorded_day(scenario, 1.1, 1.0)
    looks = []

    def sleep(seconds):
        if seconds == SETTLED:
            return
        looks.append(seconds)
        if len(looks) == 2:
            more = table[(table.start_s >= 8 * 3600) & (table.start_s < 13 * 3600)]
            export(more).to_csv(path, index=False)
        if len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("calibration.track.follow.time.sleep", sleep)
    request = TrackRequest([str(path)], str(folder / "centre.toml"), follow=7.0, settings=Settings(members=10))
    with pytest.raises(KeyboardInterrupt):
        track_command(request)
    said = capsys.readouterr().out
    assert looks == [7.0, 7.0, 7.0]
    assert said.count("known until 12:00") == said.count("known until 13:00") == 1


def test_a_day_on_which_the_centre_is_closed_is_refused(tmp_path):
    scenario = load_scenario("erlang-a", {"opening.days": ["tue"], "opening.opens": "08:00", "opening.closes": "18:00"})
    with pytest.raises(InputError, match="expects no contacts on Monday, 04 March 2013"):
        DayPlan.of(scenario, MONDAY, HALF_HOUR)
