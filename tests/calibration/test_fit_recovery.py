"""The whole fit on a small centre: planted parameters come back, files and command say what was found."""

import json

import numpy as np
import pandas as pd
import pytest

from calibration.command import CalibrationRequest, calibrate_command, split_days
from calibration.estimate.everything import estimate_all
from calibration.fit.fit import fit
from calibration.fit.parameters import Box, Parameter
from calibration.fit.simulator import Problem
from calibration.fit.sources import Source, read_source
from calibration.recovery import planted, recorded_truth, small_centre, study
from twin.errors import InputError
from twin.scenario.load import load

RUNS = 200


def test_intervals_hold_most_of_few_planted_truths():
    found = study(n_truths=2, runs=130, days=3)
    # 8 intervals of 90 %: fewer than 4 hold the truth once in 2,000 studies (binomial), and the errors are small
    assert found.covered.sum() >= 4
    assert np.abs(found.error[:, found.names.index("talk")]).max() < 0.1
    assert "| patience |" in found.table()


def test_moments_find_a_planted_talk_time():
    resolved, box = small_centre(4), Box((planted().parameters[2],))
    z = np.array([0.8])
    found = fit(Problem(resolved, box, recorded_truth(resolved, box, z, 1), discrepancy=0), quick=True)
    (estimate,) = found.estimates
    assert estimate.value == pytest.approx(box.values(z)[0], rel=0.06)
    assert estimate.is_identified
    assert found.method == "moments"


def test_a_key_without_effect_is_not_identified():
    resolved = small_centre(3)
    box = Box((planted().parameters[1], Parameter("nothing", ("abilities.novice_handle",), 0.0, 1.0)))
    resolved["abilities"] = {"novice_handle": 0.0}
    found = fit(Problem(resolved, box, recorded_truth(resolved, box, np.zeros(2), 1), discrepancy=0), RUNS)
    assert [estimate.is_identified for estimate in found.estimates] == [True, False]


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    """A scenario file and a history of six days that it made."""
    folder = tmp_path_factory.mktemp("calibrate")
    (folder / "small.toml").write_text(SMALL)
    resolved, box = load(folder / "small.toml").resolved, Box((planted().parameters[1],))
    record = recorded_truth(resolved | {"run": {"interval": "30 min", "days": 6}}, box, np.zeros(1), 1)
    days, n = record.offered.shape
    names = {"offered": "offered", "abandoned": "abandoned", "wait_s": "wait_s", "in_time": "in_20s",
             "handle_s": "service_s", "operators": "operators"}  # fmt: skip
    table = pd.DataFrame({new: getattr(record, old).ravel() for old, new in names.items()})
    table.insert(0, "start_s", np.tile(np.arange(n) * 1800, days))
    table.insert(0, "date", np.repeat([f"2013-03-0{4 + day}" for day in range(days)], n))
    table.to_csv(folder / "history.csv", index=False)
    return folder


SMALL = """
[run]
interval = "30 min"

[opening]
opens = "08:00"
closes = "18:00"

[demand]
kind = "rates"
rates = { calls = ["40 /h", "60 /h", "75 /h", "80 /h", "70 /h", "62 /h", "66 /h", "72 /h", "70 /h", "60 /h"] }

[intents.calls]
talk = { law = "lognormal", mean = "240 s", cv = 1.1 }
patience = { law = "exponential", mean = "180 s" }

[skills.all]
[queues.calls]

[[routes]]
queue = "calls"
skills = ["all"]

[groups.operators]
count = 7
skills = { all = "primary" }
head_count = [4, 5, 7, 7, 5, 6, 6, 6, 5, 6]
"""


def request(folder, **changes):
    given = {
        "history": str(folder / "history.csv"), "scenario": str(folder / "small.toml"), "overrides": (),
        "parameters": None, "until": None, "hold_out": None, "runs": RUNS, "seed": 1,
        "out": str(folder / "fitted.toml"), "workers": 1, "quick": False, "as_json": True,
    }  # fmt: skip
    return CalibrationRequest(**given | changes)


def test_the_command_writes_a_scenario_that_loads_and_draws_of_its_keys(centre, capsys):
    calibrate_command(request(centre, hold_out="2013-03-09"))
    told = json.loads(capsys.readouterr().out)
    assert [parameter["name"] for parameter in told["parameters"]] == ["patience", "talk", "presence"]
    assert told["days"] == 5
    assert told["held_out"]["recorded"]["abandoned %"] > 0
    fitted = load(centre / "fitted.toml")
    patience = fitted.scenario.intents["calls"].patience
    assert patience.mean == pytest.approx(180 * told["parameters"][0]["estimate"], rel=1e-3)
    origin = fitted.provenance["intents.calls.patience.mean"]
    assert origin.mark in ("D", "A")
    assert "history.csv" in origin.source
    page = (centre / "fitted.html").read_text("utf-8")
    assert "1 days from 2013-03-09" in page
    assert "Erlang A" in page
    assert "proves nothing" not in page
    draws = pd.read_parquet(centre / "fitted.posterior.parquet")
    keys = [name for name in draws if name.startswith("intents.")]
    assert keys == ["intents.calls.patience.mean", "intents.calls.talk.mean"]
    one = {key: json.loads(draws[key].iloc[0]) for key in keys}
    assert load(centre / "small.toml", one).scenario.intents["calls"].patience.mean > 0


def test_days_are_split_by_date(centre):
    source = read_source(centre / "history.csv", load(centre / "small.toml"))
    seen, unseen = split_days(source, "2013-03-06", None)
    assert (len(seen), len(unseen)) == (3, 3)
    with pytest.raises(InputError, match="must name days from 2013-03-04"):
        split_days(source, None, "1999-01-01")


def test_days_that_leave_nothing_to_fit_are_refused(centre):
    source = read_source(centre / "history.csv", load(centre / "small.toml"))
    with pytest.raises(InputError, match="--until is 2013-03-03, must be 2013-03-04 or later"):
        split_days(source, "2013-03-03", None)
    with pytest.raises(InputError, match=r"2013-03-31', must leave days to fit"):
        split_days(source, None, "2013-03-01..2013-03-31")


def test_what_is_read_directly_comes_from_the_days_of_the_fit(centre, tmp_path):
    """An export under headings of its own, six days: three are for the fit, and nothing else is looked at."""
    table = pd.read_csv(centre / "history.csv")
    clock = pd.to_datetime(table["start_s"], unit="s").dt.strftime("%H:%M")
    export = table.assign(start=clock, queue="calls", answered=table["offered"] - table["abandoned"])
    export["AHT"] = (export["service_s"] / export["answered"]).fillna(0.0).round(1)
    path = tmp_path / "export.csv"
    export[["date", "start", "queue", "offered", "answered", "abandoned", "AHT"]].to_csv(path, index=False)
    source = read_source(path, load(centre / "small.toml"))
    seen = source.seen(["2013-03-04", "2013-03-05", "2013-03-06"])
    assert sorted(seen.intervals["date"].dt.day.unique()) == [4, 5, 6]
    direct = estimate_all(seen)
    three = table[table["date"] <= "2013-03-06"]
    mean = three["service_s"].sum() / (three["offered"] - three["abandoned"]).sum()
    assert direct.estimates()[0].value == pytest.approx(mean, rel=0.01)
    assert "must be 8 or more" in direct.skipped["arrivals"]
    assert direct.skipped["patience"] == "the waits of the answered are not reported, patience cannot be told"


def test_bad_requests_are_refused_before_the_work(centre, tmp_path):
    (tmp_path / "kept.calibration.json").write_text("{}")
    wrong = tmp_path / "p.toml"
    wrong.write_text('[[parameter]]\nname = "x"\nkey = "intents.calls.talk.maen"\nlow = 1\nhigh = 2')
    for changes, said in (
        ({"out": str(tmp_path / "kept.toml")}, "kept.calibration.json is already there"),
        ({"until": "2013-03-06", "hold_out": "2013-03-07"}, "must not both be given"),
        ({"runs": 10}, "must be 200 or more"),
        ({"parameters": str(wrong), "out": str(tmp_path / "new.toml")}, "parameter x at 1.0.*maen is not a known key"),
        ({"out": str(tmp_path / "x.txt")}, "must be a TOML file"),
        ({"out": str(centre / "small.toml")}, "is already there"),
        ({"history": str(tmp_path / "none.csv"), "out": str(tmp_path / "new.toml")}, "none.csv"),
    ):
        with pytest.raises(InputError, match=said):
            calibrate_command(request(centre, **changes))


def test_a_source_says_which_columns_it_lacks(tmp_path):
    (tmp_path / "h.csv").write_text("date,start_s,offered\n2013-03-04,0,1\n")
    with pytest.raises(InputError, match="no column 'abandoned'"):
        read_source(tmp_path / "h.csv", load("one-call"))
    assert Source.__doc__


def test_the_waits_of_the_answered_tell_patience_and_another_threshold_is_said(centre, tmp_path, capsys):
    """A report with ASA and answers in 30 s, as most are; the queues' target is 20 s, so no run counts the 30 s."""
    given = pd.read_csv(centre / "history.csv")
    answered = given["offered"] - given["abandoned"]
    asa = (given["wait_s"] / given["offered"]).fillna(0).round(1)
    clock = [f"{s // 3600:02d}:{s % 3600 // 60:02d}" for s in given["start_s"]]
    report = pd.DataFrame({
        "date": given["date"], "start": clock, "queue": "calls", "offered": given["offered"], "answered": answered,
        "abandoned": given["abandoned"], "ASA": asa, "answered within 30 s": given["in_20s"],
    })  # fmt: skip
    report[given["offered"] > 0].to_csv(tmp_path / "report.csv", index=False)
    asked = {"history": str(tmp_path / "report.csv"), "out": str(tmp_path / "fitted.toml"), "hold_out": "2013-03-09"}
    calibrate_command(request(centre, **asked, quick=True))
    told = json.loads(capsys.readouterr().out)
    assert told["of_record"].startswith("Answered within 30 s is not compared")
    assert told["held_out"]["recorded"]["mean wait of answered s"] > 0
    assert told["held_out"]["scores"]["mean wait of answered s"]["half hours"]["n"] > 10
    assert told["held_out"]["scores"]["in 30 s %"]["half hours"]["n"] == 0
    asked["out"] = str(tmp_path / "other.toml")
    calibrate_command(request(centre, **asked, quick=True, as_json=False, overrides=("queues.calls.target=30 s",)))
    said = capsys.readouterr().out
    assert "is not compared" not in said
    assert "in 30 s %" in said
    assert "nan" not in said
