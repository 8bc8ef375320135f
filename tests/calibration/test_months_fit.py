"""Monthly mode: KPIs by hand, planted truths found again from months alone, forecasts, published figures."""

import json

import numpy as np
import pandas as pd
import pytest

from calibration.command import CalibrationRequest, calibrate_command
from calibration.fit.fit import fit
from calibration.fit.parameters import Box, Parameter
from calibration.fit.record import in_time_column
from calibration.months.command import months_until
from calibration.months.forecast import MonthForecast, drawn_levels, drawn_talks, naive, spread_beyond_chance
from calibration.months.parameters import usual_monthly
from calibration.months.problem import MonthProblem, at_level, expected_a_day, month_problem, run_months
from calibration.months.record import MonthRecord, recorded_months
from calibration.months.targets import read_targets
from calibration.proof.stored import read_stored
from twin.errors import InputError
from twin.scenario.load import load, load_scenario

CENTRE = """
[run]
interval = "60 min"
days = 28

[opening]
opens = "08:00"
closes = "12:00"

[demand]
kind = "rates"
rates = { calls = "45 /h" }
weekday_factors = { sun = 0.5 }

[intents.calls]
talk = { law = "lognormal", mean = "240 s", cv = 0.8 }
fcr = 0.75

[patience]
law = "exponential"
mean = "180 s"

[redial]
share = 0.4
delay = { law = "exponential", mean = "15 min" }

[recall]
share = 0.75
delay = { law = "exponential", mean = "8 h" }

[satisfaction]
waiting_weight = 0.2
accuracy_weight = 0.35
ability_weight = 0.25
courtesy_weight = 0.2
waiting_decay = "240 s"
ability_slope = 35.0
courtesy_occupancy_limit = 0.85
courtesy_slope = 1.5
repeat_points = 15.0
accuracy_resolved = 92.0
accuracy_unresolved = 45.0
ability_base = 60.0
courtesy_base = 90.0

[skills.all]
[queues.calls]

[[routes]]
queue = "calls"
skills = ["all"]

[groups.operators]
count = 5
skills = { all = "primary" }
head_count = [3, 5, 4, 4]
"""
KPIS = ("abandonment", "service_level", "asa", "aht", "recall", "redial", "csi")
MONTHS = ("2013-03", "2013-04")


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    path = tmp_path_factory.mktemp("months") / "centre.toml"
    path.write_text(CENTRE)
    return path


def months(**columns):
    """A table of months as the reader leaves it, one unit unless given."""
    n = len(columns["offered"])
    table = pd.DataFrame({"month": pd.date_range("2013-03-01", periods=n, freq="MS"), "unit": ""} | columns)
    return table


def test_the_mean_unit_of_a_month_by_hand():
    # March has 31 days. Two areas: offered 100 + 300 is 200 a unit; abandoned 10 + 20 over 400; recall 0.1 and 0.2
    # weighted by contacts, (10 + 60) / 400.
    table = months(offered=[100.0, 300.0], abandoned=[10.0, 20.0], recall=[0.1, 0.2])
    table["month"], table["unit"] = pd.Timestamp("2013-03-01"), ["a", "b"]
    found = recorded_months(table)
    assert found.months == ("2013-03",)
    assert found.values["offered"][0] == pytest.approx(200 / 31)
    assert found.values["abandonment"][0] == pytest.approx(30 / 400)
    assert found.values["recall"][0] == pytest.approx(70 / 400)


def test_who_hangs_up_before_the_count_begins_is_not_offered():
    # 100 offered, 90 answered, 6 abandoned, 4 neither: 6 of 96 are lost, 96 are offered in 31 days
    found = recorded_months(months(offered=[100.0], answered=[90.0], abandoned=[6.0], hung_up=[4.0]))
    assert found.values["abandonment"][0] == pytest.approx(6 / 96)
    assert found.values["offered"][0] == pytest.approx(96 / 31)


def test_operators_follow_the_contacts_of_a_month_as_far_as_they_are_planned_after_them(centre):
    half = at_level(load_scenario(centre, {"groups.operators.follows": 0.5}), 4.0)
    assert half.demand.rates["calls"] == pytest.approx(4 * 45 / 3600)
    assert (half.groups["operators"].count, half.groups["operators"].head_count) == (10, [6, 10, 8, 8])
    same = at_level(load_scenario(centre), 4.0)
    assert (same.groups["operators"].count, same.groups["operators"].head_count) == (5, [3, 5, 4, 4])


def test_talks_of_a_month_may_be_longer(centre):
    like = MonthRecord(("2013-03",), {"aht": np.ones(1)}, 20.0)
    usual, longer = (
        run_months(load_scenario(centre), like, (1.0,), 1, 0, talks).values["aht"][0] for talks in (None, (1.5,))
    )
    assert longer / usual == pytest.approx(1.5, rel=0.02)


def test_expected_contacts_count_the_weekdays(centre):
    # 4 hours of 45 calls are 180, 90 on Sundays; March 2013 has 5 Sundays of 31 days.
    assert expected_a_day(load_scenario(centre), ("2013-03",))[0] == pytest.approx((26 * 180 + 5 * 90) / 31)


def test_the_usual_parameters_are_those_that_the_months_tell(centre):
    resolved = load(centre).resolved
    box = usual_monthly(resolved, ("offered", *KPIS))
    assert box.names == ("volume", "heads", "patience", "talk", "redial", "fcr", "csi")
    assert usual_monthly(resolved, ("offered", "csi")).names == ("volume", "csi")
    with pytest.raises(InputError, match="tell no parameter of this scenario"):
        usual_monthly(resolved, ("churn",))


def test_whole_numbers_stay_whole(centre):
    box = Box((Parameter("heads", ("groups.*.count", "groups.*.head_count"), 0.5, 2.0, how="multiply", is_whole=True),))
    group = box.applied(load(centre).resolved, [1.3])["groups"]["operators"]
    # 1.3 x 5 = 6.5 (to the even number), 1.3 x 3 = 3.9, 1.3 x 4 = 5.2
    assert (group["count"], group["head_count"]) == (6, [4, 6, 5, 5])


def test_planted_truths_come_back_from_months_alone(centre):
    """Redial share, FCR, scale of satisfaction and patience, planted off the centre of their ranges."""
    resolved = load(centre).resolved
    everything = usual_monthly(resolved, ("offered", *KPIS)).parameters
    box = Box(tuple(p for p in everything if p.name in ("patience", "redial", "fcr", "csi")))
    truth = {"patience": 1.5, "redial": 0.6, "fcr": 0.85, "csi": 0.92}
    z = box.points([truth[name] for name in box.names])
    like = MonthRecord(MONTHS, {name: np.ones(2) for name in KPIS}, 20.0)
    blank = MonthProblem(resolved, box, like, levels=(1.0, 1.0))
    recorded = run_months(blank.scenario(z), like, (1.0, 1.0), 7_000_000, 0)
    found = fit(MonthProblem(resolved, box, recorded, (1.0, 1.0), discrepancy=0), 140)
    for estimate in found.estimates:
        assert estimate.is_identified, estimate.name
        assert abs(estimate.value - truth[estimate.name]) < 4 * estimate.se
        assert estimate.se < 0.15 * truth[estimate.name]


def test_months_of_unlike_contacts_tell_how_far_operators_are_planned_after_them(centre):
    """Four months between 0.7 and 1.4 of the contacts: staff that follows them is told from patience."""
    bigger = {"demand.rates.calls": "180 /h", "groups.operators.count": 22, "redial.share": 0.0, "recall.share": 0.0,
              "groups.operators.head_count": [14, 22, 18, 18], "groups.operators.follows": 0.5}  # fmt: skip
    resolved = load(centre, bigger).resolved
    names = ("offered", "abandonment", "service_level", "asa", "aht")
    everything = usual_monthly(resolved, names)
    assert "planning" in everything.names
    assert "planning" not in usual_monthly(load(centre).resolved, names).names
    box = Box(tuple(p for p in everything.parameters if p.name in ("patience", "planning")))
    truth, levels = {"patience": 1.5, "planning": 0.8}, (0.7, 0.9, 1.15, 1.4)
    like = MonthRecord(tuple(f"2013-0{i}" for i in range(3, 7)), {name: np.ones(4) for name in names}, 20.0)
    z = box.points([truth[name] for name in box.names])
    recorded = run_months(MonthProblem(resolved, box, like).scenario(z), like, levels, 7_000_000, 0)
    found = fit(MonthProblem(resolved, box, recorded, levels, discrepancy=0), 90)
    for estimate in found.estimates:
        assert estimate.is_identified, estimate.name
        assert abs(estimate.value - truth[estimate.name]) < 4 * estimate.se
        assert estimate.se < 0.15 * truth[estimate.name]


def test_a_kpi_that_the_scenario_cannot_tell_is_named(centre):
    resolved = load(centre).resolved
    recorded = MonthRecord(MONTHS, {name: np.array([0.1, 0.1]) for name in ("offered", "abandonment", "churn")}, 20.0)
    box = usual_monthly(resolved, ("offered", "abandonment", "service_level"))
    problem, mute = month_problem(resolved, box, recorded)
    assert mute == ["churn"]
    assert problem.names == ("offered", "abandonment")
    with pytest.raises(InputError, match="tells none of what the months hold"):
        month_problem(resolved, box, MonthRecord(MONTHS, {"offered": np.ones(2), "churn": np.ones(2)}))


def test_what_a_scenario_has_no_rule_for_is_not_told_as_none(tmp_path):
    """Without recalls, redials and satisfaction a run counts none of them: no figure to be fitted to."""
    path, sections = tmp_path / "plain.toml", CENTRE.split("\n[")
    without = [one for one in sections if not one.startswith(("redial]", "recall]", "satisfaction]"))]
    path.write_text("\n[".join(without))
    kpis = {name: np.array([0.3, 0.3]) for name in ("abandonment", "recall", "fcr", "redial", "csi")}
    recorded = MonthRecord(MONTHS, {"offered": np.array([160.0, 160.0])} | kpis, 20.0)
    resolved = load(path).resolved
    problem, mute = month_problem(resolved, usual_monthly(resolved, ("offered", "abandonment", "asa")), recorded)
    assert problem.names == ("offered", "abandonment")
    assert set(mute) == {"recall", "fcr", "redial", "csi"}


def test_churn_and_turnover_of_a_month_follow_their_parameters():
    """About 21,000 customers, some 200 of whom leave in a month; seven operators, of whom nearly all leave in one."""
    small = {"size": "tiny", "scale.sizes.tiny": 0.002, "run.warm_up": 1, "customers.churn.contact_effect": 0.0}
    like = MonthRecord(MONTHS, {"churn": np.ones(2), "turnover": np.ones(2), "foc": np.ones(2)})
    usual = load("187-as-is-careers", small | {"careers.turnover.a_year.in-house": 12.0})
    box = Box(tuple(p for p in usual_monthly(usual.resolved, ("churn", "turnover")).parameters if p.name == "churn"))
    problem = MonthProblem(usual.resolved, box, like)
    once, twice = (problem.record(box.points([factor]), 0).values for factor in (1.0, 2.0))
    assert 0.006 < once["churn"].mean() < 0.016
    assert 1.4 < twice["churn"].mean() / once["churn"].mean() < 2.4
    assert 20 < once["foc"][0] < 45  # 2.8 needs a year, with redials, recalls and what bills and faults cause
    assert 0.1 < np.nanmean(once["turnover"]) <= 2.0


def test_slopes_tell_patience_from_staff(centre):
    # abandonment 0.1, 0.2, 0.1, 0.2 at 100, 200, 100, 200 contacts: 0.1 / log 2 per unit of the logarithm
    values = {"offered": np.array([100.0, 200, 100, 200]), "abandonment": np.array([0.1, 0.2, 0.1, 0.2])}
    recorded = MonthRecord(tuple(f"2013-0{i}" for i in range(1, 5)), values)
    problem = MonthProblem(load(centre).resolved, Box((Parameter("redial", ("redial.share",), 0.1, 0.9),)), recorded)
    pieces = dict(zip(problem.names, problem.observed, strict=True))
    assert pieces["abandonment by contacts"] == pytest.approx(0.1 / np.log(2))


def test_the_naive_forecast_takes_the_year_before_or_the_last_month():
    values = {"offered": np.arange(1.0, 14.0), "abandonment": np.arange(13) / 100}
    stamps = tuple(str(month) for month in pd.period_range("2013-01", periods=13, freq="M"))
    recorded = MonthRecord(stamps, values)
    found = naive(recorded, stamps[:12], stamps[12:], None)
    assert found.name == "seasonal naive"
    assert found.members[0].values["abandonment"].tolist() == [0.0]  # January of 2013 for January of 2014
    # the last month, December (0.11), its contacts by the calendar: 12 x 2 / 1
    later = naive(recorded, stamps[3:12], stamps[12:], np.append(np.ones(12), 2.0))
    assert later.name == "naive, the last month"
    assert later.members[0].values["offered"].tolist() == [24.0]
    # abandonment, in points: |11 - 12| = 1
    assert later.mean_errors()["abandonment"] == pytest.approx(1.0)


def test_levels_walk_on_from_the_last_one():
    # steps of log 1.1 and -log 1.1: sd log 1.1 a month, sqrt 4 times as much after four
    levels = drawn_levels(np.array([1.0, 1.1, 1.0]), 4, 4000, 1)
    spread = np.log(levels).std(axis=0)
    assert spread[[0, 3]] == pytest.approx([np.log(1.1), 2 * np.log(1.1)], rel=0.06)
    assert np.median(levels[:, 0]) == pytest.approx(1.0, abs=0.01)


def test_handle_times_of_the_months_to_come_differ_as_those_of_the_fit_did_beyond_chance():
    # logarithms 0, 0.2, 0.4: variance 0.04; runs 0, 0.1, 0.2: chance 0.01; left is 0.03
    runs = np.exp([[0.0, 0.1, 0.2], [0.2, 0.1, 0.0]])
    assert spread_beyond_chance(np.exp([0.0, 0.2, 0.4]), runs) == pytest.approx(0.03**0.5)
    assert spread_beyond_chance(np.exp([0.0, 0.01, 0.02]), runs) == 0.0
    drawn = drawn_talks(0.1, 3, 4000, 1)
    assert drawn.shape == (4000, 3)
    assert np.log(drawn).std() == pytest.approx(0.1, rel=0.04)
    assert drawn.mean() == pytest.approx(1.0, abs=0.004)


def test_coverage_of_an_ensemble_by_month():
    recorded = MonthRecord(("2013-01",), {"abandonment": np.array([0.5])})
    members = [MonthRecord(("2013-01",), {"abandonment": np.array([level])}) for level in np.linspace(0, 1, 41)]
    assert MonthForecast("twin", members, recorded).scores()["abandonment"].coverage == {0.5: 1.0, 0.9: 1.0}


def test_in_time_is_twenty_seconds_or_the_target_of_all_queues():
    scenario = load_scenario("erlang-a")
    (queue,) = scenario.queues
    assert in_time_column(scenario, 20.0) == "in_20s"
    assert in_time_column(scenario, 45.0) is None
    assert in_time_column(load_scenario("erlang-a", {f"queues.{queue}.target": "45 s"}), 45.0) == "in_target"


@pytest.fixture
def few_runs(monkeypatch):
    """Enough to see that everything is written."""
    monkeypatch.setattr("calibration.command.FEWEST_RUNS", 60)
    monkeypatch.setattr("calibration.months.command.MEMBERS", 6)
    return 60


def test_the_command_fits_the_first_months_and_forecasts_the_last(centre, tmp_path, capsys, few_runs):
    like = MonthRecord(("2013-03", "2013-04", "2013-05"), {n: np.ones(3) for n in ("offered", *KPIS)}, 20.0)
    true = run_months(load_scenario(centre, {"redial.share": 0.6}), like, (1.0, 1.1, 0.95), 99, 0)
    table = pd.DataFrame({"month": true.months, "offered": (true.values["offered"] * [31, 30, 31]).round()})
    table["answered"] = (table["offered"] * (1 - true.values["abandonment"])).round()
    table["abandoned"] = table["offered"] - table["answered"]
    table["recall"], table["csi"] = true.values["recall"].round(4), (100 * true.values["csi"]).round(2)
    table.to_csv(tmp_path / "months.csv", index=False)
    out = str(tmp_path / "fitted.toml")
    asked = CalibrationRequest(
        str(tmp_path / "months.csv"), str(centre), (), None, "2013-04-30", None, few_runs, 1, out, 1, False, True
    )
    calibrate_command(asked)
    told = json.loads(capsys.readouterr().out)
    assert told["months"] == ["2013-03", "2013-04"]
    assert set(told["held_out"]) == {"twin", "twin, volumes given", "naive, the last month"}
    given = told["held_out"]["twin, volumes given"]["offered"]
    assert given["forecast"][0] == pytest.approx(given["recorded"][0], rel=0.15)
    fitted = load(out)
    assert fitted.provenance["intents.calls.fcr"].source == "fitted to months.csv"
    page = (tmp_path / "fitted.html").read_text("utf-8")
    assert "Months held out" in page
    assert "Shaded: held out (2013-05)" in page
    assert {"parameter fcr", "intents.calls.fcr"} <= set(pd.read_parquet(tmp_path / "fitted.posterior.parquet"))
    kept = read_stored((tmp_path / "fitted.calibration.json").read_text("utf-8"), "fitted")
    assert kept.forecasts == []
    assert kept.months.at == ["2013-03", "2013-04", "2013-05"]
    assert kept.months.held_out == ["2013-05"]
    assert kept.months.kpis["csi"].recorded == pytest.approx(table["csi"].tolist())
    assert [one.name for one in kept.months.ahead] == list(told["held_out"])
    for one in kept.months.ahead:
        abandoned, printed = one.kpis["abandonment"], told["held_out"][one.name]["abandonment"]
        assert 100 * abandoned.mean[0] == pytest.approx(printed["forecast"][0], abs=1e-3)
        assert 100 * abandoned.crps == pytest.approx(printed["crps"], rel=1e-4)


def test_months_are_split_at_their_ends():
    assert months_until(("2013-03", "2013-04"), "2013-04-29") == ["2013-03"]
    with pytest.raises(InputError, match="must be the end of 2013-03 or later"):
        months_until(("2013-03",), "2013-03-30")


# ---- published figures ------------------------------------------------------------------------------------------


def test_published_figures_are_met(tmp_path, centre, capsys, few_runs):
    """An abandoned share of 25 %, by the patience."""
    (tmp_path / "targets.toml").write_text('[[target]]\nkpi = "abandonment_share"\nvalue = 0.25\nsd = 0.01\n')
    (tmp_path / "parameters.toml").write_text(
        '[[parameter]]\nname = "patience"\nkey = "patience.mean"\nunit = "s"\nlow = 30\nhigh = 900\nis_log = true\n'
    )
    out = tmp_path / "fitted.toml"
    files = (str(tmp_path / "targets.toml"), str(centre), (), str(tmp_path / "parameters.toml"))
    calibrate_command(CalibrationRequest(*files, None, None, few_runs, 1, str(out), 1, False, True))
    (row,) = json.loads(capsys.readouterr().out)["targets"]
    assert row["at_medians"] == pytest.approx(0.25, abs=0.04)
    assert row["low"] - 0.01 <= 0.25 <= row["high"] + 0.01, "within its sd of the draws, which are few"
    assert load(out).provenance["patience.mean"].mark == "D"


def test_shares_of_named_starts_stay_a_whole():
    starts = {"08:30": 0.4, "09:30": 0.3, "15:00": 0.3}
    early = Parameter("early", ('shifts.day.starts."08:30"',), 0.1, 0.6, rest=('shifts.day.starts."09:30"',))
    found = Box((early,)).applied({"shifts": {"day": {"starts": starts}}}, [0.5])["shifts"]["day"]["starts"]
    assert found == {"08:30": 0.5, "09:30": pytest.approx(0.2), "15:00": 0.3}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[target]]\nkpi = 'x'\nvalue = 1\nsd = 1", "kpi is 'x', must be a KPI"),
        ("[[target]]\nkpi = 'sl20'\nvalue = 1\nsd = 0", "sd of sl20 is 0, must be above 0"),
        ("[[target]]\nkpi = 'sl20'\nvalue = 1", "lacks sd"),
        ("[[target]]\nkpi = 'sl20'\nvalue = 'a'\nsd = 1", "must be numbers"),
        ("title = 'none'", "must hold at least one"),
        ("[[goal]]\nkpi = 'sl20'", "has 'goal', must hold title"),
    ],
)
def test_bad_target_files_are_refused(tmp_path, text, said):
    (tmp_path / "targets.toml").write_text(text)
    with pytest.raises(InputError, match=said):
        read_targets(tmp_path / "targets.toml")


def test_published_figures_need_parameters_and_no_days(tmp_path, centre):
    (tmp_path / "t.toml").write_text('[[target]]\nkpi = "sl20"\nvalue = 0.4\nsd = 0.03\n')
    for until, said in ((None, "--parameters must say"), ("2013-04-30", "published figures have no days")):
        files = (str(tmp_path / "t.toml"), str(centre), (), None, until, None, 200, 1, str(tmp_path / "o.toml"))
        asked = CalibrationRequest(*files, 1, False, True)
        with pytest.raises(InputError, match=said):
            calibrate_command(asked)
