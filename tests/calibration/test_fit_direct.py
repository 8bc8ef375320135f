"""What history tells directly stands in the fitted scenario, where its keys can hold it."""

import datetime
import json

import numpy as np
import pandas as pd
import pytest

from calibration.command import CalibrationRequest, calibrate_command
from calibration.estimate.estimates import Estimate, Setting, number
from calibration.estimate.everything import Estimates
from calibration.fit.direct import Direct, in_intents, override_lines, read_directly
from calibration.fit.known import known
from calibration.fit.parameters import Box, Parameter, usual_parameters
from calibration.history.tables import History, intervals_of
from twin.cli import main
from twin.errors import InputError
from twin.scenario.load import load
from twin.simulation import simulate

CENTRE = """
[run]
interval = "30 min"
days = 42

[opening]
opens = "08:00"
closes = "12:00"

[demand]
kind = "rates"
rates = { calls = ["60 /h", "90 /h", "100 /h", "70 /h"] }

[intents.calls]
talk = { law = "lognormal", mean = "200 s", cv = 0.8 }
patience = { law = "exponential", mean = "150 s" }

[skills.all]
[queues.calls]

[[routes]]
queue = "calls"
skills = ["all"]

[groups.operators]
count = 8
skills = { all = "primary" }
head_count = [4, 6, 7, 5]
"""


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    """The centre as it is, as a scenario with other numbers would have it, and six weeks of its log."""
    folder = tmp_path_factory.mktemp("direct")
    (folder / "true.toml").write_text(CENTRE)
    wrong = CENTRE.replace('"200 s"', '"300 s"').replace("[4, 6, 7, 5]", "[5, 5, 5, 5]").replace("150 s", "60 s")
    (folder / "wrong.toml").write_text(
        wrong.replace('"60 /h", "90 /h", "100 /h", "70 /h"', '"50 /h", "50 /h", "50 /h", "50 /h"')
    )
    run = simulate(load(folder / "true.toml").scenario, recording=True)
    records = run.records[run.records["entered_at"] >= 0]
    start = pd.Timestamp("2013-03-04")
    day = (records["entered_at"] // 86400).astype(int)
    answered = records["outcome"].eq("handled")
    calls = pd.DataFrame({
        "date": start + pd.to_timedelta(day, unit="D"), "at_s": records["entered_at"] - day * 86400.0,
        "type": "anything", "queue": "", "priority": "", "customer": "", "vru_s": 0.0,
        "wait_s": (records["answered_at"].where(answered, records["ended_at"]) - records["entered_at"]),
        "outcome": np.where(answered, "answered", "abandoned"),
        "service_s": (records["ended_at"] - records["answered_at"]).where(answered), "wrap_s": np.nan,
        "operator": "",
    }).sort_values(["date", "at_s"], ignore_index=True)  # fmt: skip
    return folder, calls


def read(folder, history, name="wrong.toml", overrides=()):
    path = str(folder / name)
    return read_directly(history, path, overrides, load(path, overrides))


def test_a_log_fills_rates_talk_and_patience(centre, tmp_path):
    folder, calls = centre
    direct = read(folder, History(calls=calls))
    assert {"arrivals", "service", "patience"} <= set(direct.topics)
    (tmp_path / "fitted.toml").write_text(
        "\n".join([f"extends = {json.dumps(str(folder / 'wrong.toml'))}", *direct.lines("log.csv")])
    )
    found = load(tmp_path / "fitted.toml")
    # 60, 90, 100, 70 an hour of ~42 days: standard errors of 1.2 to 1.5 % each, and the profile is smoothed
    rates = np.array(found.scenario.demand.rates["calls"]) * 3600
    assert rates == pytest.approx([60, 90, 100, 70], rel=0.1)
    talk = found.scenario.intents["calls"].talk
    assert np.exp(talk.mu + talk.sigma**2 / 2) == pytest.approx(200, rel=0.06)
    # exponential of 150 s: a hazard of 1/150 where most events are
    assert np.median(found.scenario.intents["calls"].patience.rates[:6]) == pytest.approx(1 / 150, rel=0.35)
    origin = found.provenance["intents.calls.talk.mass.share"]
    assert origin.mark == "D"
    assert origin.source == "log.csv, read directly"
    assert origin.note.startswith("se ")
    assert "relative se" in found.provenance["intents.calls.patience.rates"].note
    assert simulate(found.scenario, days=1).kpis()["n_offered"].iloc[0] > 200


def test_what_is_told_directly_is_not_fitted(centre):
    folder, calls = centre
    direct = read(folder, History(calls=calls))
    box = usual_parameters(load(folder / "wrong.toml").resolved)
    assert box.names == ("patience", "talk", "presence")
    assert direct.without_known(box).names == ("presence",)  # who is on duty is told, not how many of them take calls
    only = Box(box.parameters[:2])
    assert direct.without_known(only).names == only.names  # something must be left to fit


def test_intervals_give_the_mean_talk_and_the_heads(centre):
    folder, calls = centre
    table = intervals_of(calls)
    present = {8: 4, 9: 6, 10: 7, 11: 5}
    table["operators"] = (table["start_s"] // 3600).map(present).astype(float)
    direct = read(folder, History(intervals=table))
    values = {".".join(setting.path): setting.value for setting in direct.settings}
    assert values["groups.operators.head_count"] == [4, 6, 7, 5]
    assert float(values["intents.calls.talk.mean"].split()[0]) == pytest.approx(200, rel=0.06)
    assert values["intents.calls.patience.law"] == "exponential"
    box = Box((Parameter("talk", ("a",), 1, 2), Parameter("patience", ("b",), 1, 2)))
    assert direct.without_known(box).names == ("patience",)  # a report's patience is a start, no more


def test_a_replayed_scenario_keeps_its_arrivals(centre):
    _, calls = centre
    direct = read_directly(History(calls=calls), "bank-1999", (), load("bank-1999"))
    assert direct.left["arrivals"] == "the scenario replays what was recorded"
    assert direct.left["types"].startswith("anything: no intent")
    assert any(sentence.startswith("Not written: arrivals: ") for sentence in direct.sentences())


def test_hours_that_the_scenario_is_closed_are_said(centre):
    folder, calls = centre
    later = ('opening.opens="10:00"', 'demand.rates.calls=["1 /h", "1 /h"]', "groups.operators.head_count=[5, 5]")
    direct = read(folder, History(calls=calls), overrides=later)
    # the first two hours hold 150 of 320 calls: 47 %
    share = int(direct.left["arrivals"].partition("%")[0])
    assert 44 <= share <= 50
    assert direct.left["arrivals"].endswith("of the contacts come outside the scenario's hours")


def test_types_of_several_queues_become_the_one_intent(centre):
    folder, calls = centre
    table = intervals_of(calls)
    twice = pd.concat([table.assign(queue="a", operators=3.0), table.assign(queue="b", operators=2.0)])
    history, unknown = in_intents(History(intervals=twice), load(folder / "true.toml").scenario)
    assert not unknown
    assert history.intervals["offered"].sum() == 2 * table["offered"].sum()
    assert history.intervals["operators"].tolist() == [5.0] * len(table)


def test_keys_that_the_fit_sets_are_left_to_it():
    mean = number(("patience", "mean"), Estimate("m", 180.0, 9.0, "s", 50, "waits"))
    direct = Direct(Estimates(), {"patience": [Setting(("patience", "law"), "exponential"), mean]})
    lines = direct.lines("h", [("patience", "mean")])
    assert [line.partition(" = ")[0] for line in lines] == ["patience.law"]
    # 180 ± 1.96 x 9
    assert '"range": ' not in direct.lines("h")[1]
    assert "range = [162.36, 197.64]" in direct.lines("h")[1]
    assert direct.sentences() == ["Written as read off history: patience (patience.*)."]


def test_overrides_of_the_command_line_stand_in_the_fitted_file():
    lines = override_lines(["size=tiny", "run.days=3", 'patience={law="exponential", mean="2 min"}'], ["run.days"])
    assert lines == ['scale.size = "tiny"', 'patience = { "law" = "exponential", "mean" = "2 min" }']


def test_the_command_writes_a_scenario_that_runs(centre, tmp_path, capsys):
    folder, calls = centre
    table = intervals_of(calls[calls["date"] < "2013-03-18"])
    clock = pd.to_datetime(table["start_s"], unit="s").dt.strftime("%H:%M")
    export = table.assign(start=clock, ASA=(table["wait_answered_s"] / table["answered"]).fillna(0).round(1),
                          talk=(table["service_s"] / table["answered"]).fillna(0).round(1))  # fmt: skip
    export["queue"] = "calls"
    path = tmp_path / "report.csv"
    names = {"talk": "average talk time"}
    export[["date", "start", "queue", "offered", "answered", "abandoned", "ASA", "talk"]].rename(columns=names).to_csv(
        path, index=False
    )
    overrides = ("run.days=5", "groups.operators.head_count=[4,6,7,5]")
    out = str(tmp_path / "fitted.toml")
    calibrate_command(
        CalibrationRequest(
            str(path), str(folder / "wrong.toml"), overrides, None, None, None, 200, 1, out, 1, True, True
        )
    )
    told = json.loads(capsys.readouterr().out)
    assert "demand.rates.calls" in told["written_directly"]["arrivals"]
    assert [parameter["name"] for parameter in told["parameters"]] == ["patience", "presence"]
    fitted = load(tmp_path / "fitted.toml")
    assert fitted.scenario.run.days == 5
    assert sum(fitted.scenario.demand.rates["calls"]) * 3600 == pytest.approx(320, rel=0.06)
    assert fitted.scenario.intents["calls"].patience.mean == pytest.approx(150, rel=0.25)
    assert simulate(fitted.scenario, days=1).kpis()["n_offered"].iloc[0] > 200
    assert "Written as read off history: arrivals" in (tmp_path / "fitted.html").read_text("utf-8")


def test_italian_holidays_and_announcements_reach_the_estimates(centre):
    folder, calls = centre
    shifted = calls.assign(date=calls["date"] + pd.Timedelta(days=17))  # 21 March to 1 May 2013: Easter, two holidays
    beside = known("italy:Milano", "30", None, ["2013-03-21", "2013-05-01"])
    assert beside.holidays[datetime.date(2013, 4, 25)] == "Liberation Day"
    assert beside.holidays[datetime.date(2012, 12, 7)] == "patron"
    direct = read_directly(History(shifted), str(folder / "wrong.toml"), (), load(folder / "wrong.toml"), beside)
    names = {item.name for item in direct.estimates.estimates()}
    assert {"day holiday", "day after", "day bridge", "patience all bump at 30 s"} <= names
    edges = next(s.value for s in direct.settings if s.path == ("intents", "calls", "patience", "edges"))
    assert "35 s" in edges


def test_dates_may_be_holidays_and_a_schedule_gives_the_shrinkage(centre, tmp_path):
    folder, calls = centre
    named = calls.assign(operator=np.where(calls["outcome"] == "answered", "a", ""))
    dates = sorted(named["date"].dt.strftime("%Y-%m-%d").unique())
    rows = pd.MultiIndex.from_product([dates, range(28800, 43200, 1800)], names=["date", "start_s"])
    rows.to_frame(index=False).assign(length_s=1800, operators=2).to_csv(tmp_path / "s.csv", index=False)
    beside = known("2013-03-19,2013-04-01..2013-04-02", None, str(tmp_path / "s.csv"), dates)
    assert len(beside.holidays) == 3
    direct = read_directly(History(named), str(folder / "wrong.toml"), (), load(folder / "wrong.toml"), beside)
    found = {item.name: item for item in direct.estimates.estimates()}
    assert 0.4 < found["shrinkage"].value < 0.7  # one name at work of two scheduled
    assert "day holiday" in found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("spain", None, None), "--holidays is 'spain', must be italy, italy:TOWN, or dates like"),
        (("italy:Atlantis", None, None), "patron is 'Atlantis', must be"),
        ((None, "30,soon", None), "--announcements is '30,soon', must be seconds of waiting above 0"),
        ((None, "0", None), "must be seconds of waiting above 0"),
        ((None, None, "none.csv"), "none.csv must be a CSV file"),
    ],
)
def test_what_is_known_beside_history_is_checked(given, said):
    with pytest.raises(InputError, match=said):
        known(*given, ["2013-03-04"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,start_s,operators\n2013-03-04,0,1\n", "has no column 'length_s'"),
        ("date,start_s,length_s,operators\n4/3/13,0,1800,1\n", "must have dates like 2024-03-04"),
        ("date,start_s,length_s,operators\n2013-03-04,0,1800,many\n", "must have dates like 2024-03-04"),
    ],
)
def test_a_wrong_schedule_is_refused(tmp_path, text, said):
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        known(None, None, str(tmp_path / "s.csv"), ["2013-03-04"])


def test_a_report_of_two_queues_and_its_first_scenario_know_each_other(tmp_path, capsys):
    """`twin init`, then `twin calibrate`: what the report tells of each queue stands in the scenario's intent of it."""
    rng = np.random.default_rng(1)
    rows = []
    for day in pd.date_range("2013-03-04", periods=21):
        for start in range(8, 12):
            for queue, rate, aht in (("Clienti VIP", 30, 200), ("Guasti", 60, 120)):
                n = rng.poisson(rate)
                rows.append((f"{day:%d/%m/%Y}", f"{start:02d}:00", queue, n, n - n // 10, n // 10, 25, aht, 5))
    names = ["Data", "Ora", "Coda", "Offerte", "Risposte", "Abbandonate", "ASA", "AHT", "Operatori"]
    pd.DataFrame(rows, columns=names).to_csv(tmp_path / "report.csv", sep=";", index=False)
    centre, out = str(tmp_path / "centre.toml"), str(tmp_path / "fitted.toml")
    assert main(["init", str(tmp_path / "report.csv"), "--out", centre]) == 0
    capsys.readouterr()
    given = (str(tmp_path / "report.csv"), centre, (), None, None, None, 200, 1, out, 1, True, True)
    calibrate_command(CalibrationRequest(*given))
    told = json.loads(capsys.readouterr().out)
    assert "types" not in told["not_written"]
    assert {"demand.rates.clienti-vip", "demand.rates.guasti"} < set(told["written_directly"]["arrivals"])
    found = load(out).scenario
    assert [found.intents[name].talk.mean for name in ("clienti-vip", "guasti")] == pytest.approx([200, 120], rel=0.02)
    assert found.demand.rates["clienti-vip"][0] * 3600 == pytest.approx(30, rel=0.1)
    assert "presence" in [one["name"] for one in told["parameters"]]
