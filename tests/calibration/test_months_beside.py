"""A history of half hours and months: fitted at once, each telling what the other cannot."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_months_fit import CENTRE

from calibration.command import CalibrationRequest, calibrate_command
from calibration.fit.fit import fit
from calibration.fit.parameters import Box, usual_parameters
from calibration.fit.record import Record, simulated_record
from calibration.fit.simulator import Problem
from calibration.months.beside import JointProblem, Months
from calibration.months.parameters import usual_monthly
from calibration.months.problem import MonthProblem, run_months
from calibration.months.record import MonthRecord
from calibration.proof.stored import read_stored
from twin.scenario.load import load
from twin.simulation import simulate

TRUTH = {"patience": 1.5, "fcr": 0.85, "csi": 0.92}
MONTHS = ("2013-03",)
DAYS = 8


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    path = tmp_path_factory.mktemp("beside") / "centre.toml"
    path.write_text(CENTRE)
    return path


@pytest.fixture(scope="module")
def planted(centre):
    """Scenario, box, eight days by the hour, a month of offered, recall and satisfaction at the truth."""
    resolved = load(centre, {"run.days": DAYS}).resolved
    usual = usual_monthly(resolved, ("offered", "abandonment", "asa", "recall", "csi")).parameters
    box = Box(tuple(one for one in usual if one.name in TRUTH))
    z = box.points([TRUTH[name] for name in box.names])
    like = MonthRecord(MONTHS, {name: np.ones(1) for name in ("offered", "recall", "csi")})
    scenario = MonthProblem(resolved, box, like, (1.0,)).scenario(z)
    blank = Record(tuple(f"2013-03-{4 + day:02d}" for day in range(DAYS)), 3600.0, *[np.zeros((DAYS, 24))] * 6)
    days = simulated_record(simulate(scenario, seed=7_000_000), blank)
    return resolved, box, days, run_months(scenario, like, (1.0,), 7_000_000, 0)


def test_a_planted_truth_comes_back_from_both_and_from_neither_alone(planted):
    """Patience only the hours tell, satisfaction only the months; both tell FCR, by the contacts and by the recall."""
    resolved, box, days, months = planted
    unknown = np.full_like(days.wait_s, np.nan)  # a report of the lost alone has fewer summaries and takes fewer runs
    of_days = Problem(resolved, box, replace(days, wait_s=unknown, in_time=unknown), discrepancy=0)
    of_months = MonthProblem(resolved, box, months, (1.0,), discrepancy=0)
    joint = JointProblem((of_days, of_months))
    assert joint.names[-3:] == ("offered, by month", "recall, by month", "csi, by month")
    assert joint.model_error.shape == (len(joint.names),) * 2
    by_days, by_months, by_both = (
        {one.name: one for one in fit(problem, runs).estimates}
        for problem, runs in ((of_days, 130), (of_months, 70), (joint, 130))
    )
    assert not by_days["csi"].is_identified
    assert not by_months["patience"].is_identified
    for name, truth in TRUTH.items():
        assert by_both[name].is_identified, name
        assert abs(by_both[name].value - truth) < 4 * by_both[name].se, name
    assert by_both["csi"].se < 0.2 * by_days["csi"].se
    assert by_both["patience"].se < 0.5 * by_months["patience"].se
    assert by_both["fcr"].se < by_days["fcr"].se


def test_half_hours_and_months_agree_on_how_many_come(planted):
    """A month made as the hours were, 45 fresh contacts an hour and those who call again: `volume` is 1 for both. Where
    the scenario expects 36 it is 1.25 for both. December has the weekdays of March, of which the hours are."""
    resolved, box, days, months = planted
    table = pd.DataFrame({
        "month": [pd.Timestamp("2013-12-01")], "unit": "", "offered": 31 * months.values["offered"],
        "recall": months.values["recall"],
    })  # fmt: skip
    volume = next(one for one in usual_parameters(resolved).parameters if one.name == "volume")
    with_volume = Box((*box.parameters, volume))
    rates = resolved["demand"]["rates"] | {"calls": "36 /h"}
    fewer = resolved | {"demand": resolved["demand"] | {"rates": rates}}
    for scenario, truth in ((resolved, 1.0), (fewer, 1.25)):
        joint, _ = Months.of(table, []).beside(Problem(scenario, with_volume, days))
        z = with_volume.points([*(TRUTH[name] for name in box.names), truth])
        seen = dict(zip(joint.names, joint.summary(z, 0) - joint.observed, strict=True))
        assert abs(seen["log offered"]) < 0.08
        assert abs(seen["offered, by month"]) < 0.08


def test_what_half_hours_tell_of_a_month_does_not_count_twice(planted):
    """The hours are of March: offered, abandonment and AHT of March are told twice, of April once, recall never."""
    days = planted[2]
    table = pd.DataFrame({
        "month": pd.to_datetime(["2013-03-01", "2013-04-01"]), "unit": "", "offered": [3100.0, 3000.0],
        "abandoned": [310.0, 600.0], "recall": [0.1, 0.2], "answered": [2790.0, 2400.0], "handle_s": [2.79e5, 4.8e5],
    })  # fmt: skip
    assert {date[:7] for date in days.dates} == {"2013-03"}
    alone = Months.of(table, []).alone(days)
    assert np.isnan(alone.values["offered"][0])
    assert alone.values["offered"][1] == pytest.approx(100.0)
    assert alone.values["abandonment"][1] == pytest.approx(0.2)
    assert alone.values["recall"].tolist() == [0.1, 0.2]
    assert alone.values["aht"][1] == pytest.approx(200.0)
    march = Months.of(table[:1], []).alone(days)
    assert set(march.values) == {"recall"}
    unknown = replace(days, handle_s=np.full_like(days.handle_s, np.nan))
    assert set(Months.of(table[:1], []).alone(unknown).values) == {"recall", "aht"}


def test_months_with_a_day_held_out_and_months_not_over_are_not_fitted():
    table = pd.DataFrame({"month": pd.date_range("2013-03-01", periods=3, freq="MS"), "unit": "", "recall": 0.1})
    assert Months.of(table, []).seen == ("2013-03", "2013-04", "2013-05")
    assert Months.of(table, ["2013-04-07"]).seen == ("2013-03", "2013-05")
    assert Months.of(table, ["2013-04-30"], "2013-04-29").seen == ("2013-03",)
    assert Months.of(table, [], "2013-04-30").seen == ("2013-03", "2013-04")


def test_months_that_add_nothing_are_said(planted):
    resolved, box, days, _ = planted
    table = pd.DataFrame({"month": [pd.Timestamp("2013-03-01")], "unit": "", "offered": [3100.0], "abandoned": [310.0]})
    problem = Problem(resolved, box, days)
    joint, said = Months.of(table, []).beside(problem)
    assert joint is None
    assert said == "The months are not fitted: they tell nothing that the half hours do not."
    assert Months.of(table, [], "2013-03-15").beside(problem)[1].endswith("none is over by the last day of the fit.")
    replayed = Problem(resolved | {"demand": {"kind": "trace"}}, box, days)
    assert "demand.kind is 'trace'" in Months.of(table, []).beside(replayed)[1]
    only = usual_parameters(resolved)
    assert Months.of(table, []).with_usual(only, resolved, days) == only


class Drawn:
    """Stands for a fit: all its draws are the truth."""

    def __init__(self, problem, z):
        self.problem, self.z = problem, z

    def drawn(self, n):
        return np.tile(self.z, (n, 1))


def test_all_months_are_shown_beside_what_the_fit_makes_of_them(planted, monkeypatch):
    """March and April; April is held out. Recall and satisfaction are fitted, the contacts are told by the hours."""
    resolved, box, days, months = planted
    table = pd.DataFrame({
        "month": pd.to_datetime(["2013-03-01", "2013-04-01"]), "unit": "", "offered": [6800.0, 9000.0],
        "recall": [*months.values["recall"], 0.2], "csi": [*(100 * months.values["csi"]), 70.0],
    })  # fmt: skip
    both = Months.of(table, [], "2013-03-31")
    joint, _ = both.beside(Problem(resolved, box, days))
    found = Drawn(joint, box.points([TRUTH[name] for name in box.names]))
    monkeypatch.setattr(Months, "ahead", lambda self, found, members: [])
    shown = both.shown(found, 3, 1)
    assert shown.fitted == ["recall", "csi"]
    assert set(shown.shown.recorded.values) == {"offered", "recall", "csi"}
    assert shown.shown.recorded.months == ("2013-03", "2013-04")
    assert [member.values["csi"].shape for member in shown.shown.members] == [(2,)] * 3
    for member in shown.shown.members:  # recalls come on top of the contacts that each month is given
        march, april = member.values["offered"]
        assert april / march == pytest.approx(9000 / 30 / (6800 / 31), rel=0.1)
    assert abs(shown.shown.deviations("recall")[0]) < 4, "March was made at the truth"
    assert abs(shown.shown.deviations("recall")[1]) > 4, "April was not"


def test_the_command_takes_two_files_and_forecasts_the_months_held_out(centre, planted, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("calibration.command.FEWEST_RUNS", 60)
    monkeypatch.setattr("calibration.command.MEMBERS", 6)
    days, months = planted[2:]
    n = days.offered.shape[1]
    table = pd.DataFrame({
        "date": np.repeat(days.dates, n), "start_s": np.tile(np.arange(n) * 3600, len(days.dates)), "length_s": 3600,
    } | {name: getattr(days, name).ravel() for name in ("offered", "abandoned", "wait_s", "in_time")})  # fmt: skip
    table.to_csv(tmp_path / "hours.csv", index=False)
    by_month = pd.DataFrame({"month": ["2013-03", "2013-04"], "offered": [6800, 6600]})
    by_month["recall"] = [*months.values["recall"].round(4), 0.2]
    by_month["csi"] = [*(100 * months.values["csi"]).round(2), 70.0]
    by_month.to_csv(tmp_path / "months.csv", index=False)
    files = [str(tmp_path / "hours.csv"), str(tmp_path / "months.csv")]
    out = tmp_path / "fitted.toml"
    asked = CalibrationRequest(files, str(centre), (), None, "2013-03-31", None, 60, 1, str(out), 1, False, True)
    calibrate_command(asked)
    told = json.loads(capsys.readouterr().out)
    assert told["history"] == "hours.csv and months.csv"
    assert told["months"] == ["2013-03"]
    assert {"patience", "fcr", "csi"} <= {one["name"] for one in told["parameters"]}
    assert told["of_months"].startswith("Fitted beside the half hours: ")
    assert {"recall", "csi"} <= set(told["months_held_out"]["twin"])
    assert len(told["months_held_out"]["twin"]["csi"]["recorded"]) == 1
    page = (tmp_path / "fitted.html").read_text("utf-8")
    assert told["of_months"] in page
    assert "Called again within 3 days by month, recorded and simulated" in page
    assert "Shaded: held out (2013-04)" in page
    assert "NaN" not in page
    kept = read_stored((tmp_path / "fitted.calibration.json").read_text("utf-8"), "fitted")
    assert kept.days == DAYS
    assert kept.forecasts[0].name == "simulated"
    assert kept.months.held_out == ["2013-04"]
    assert kept.of_months == told["of_months"]
    assert kept.months.kpis["csi"].recorded == pytest.approx(by_month["csi"].tolist())
    assert {kept.months.use("csi", "2013-03"), kept.months.use("offered", "2013-03")} == {"fitted", "half_hours"}
    fitted = load(out)
    assert "hours.csv and months.csv" in fitted.provenance["intents.calls.fcr"].source
    assert not (tmp_path / "fitted.runs.jsonl").exists(), "the runs are not needed any more"
