"""A run with careers from outside: operators as agents, tables in the run and in the folder."""

import math

import mesa
import pandas as pd

from twin import cli, load_scenario, simulate
from twin.model import CallCentre

TEXT = """
title = "A desk with careers"
[run]
interval = "30 min"
days = 40
[opening]
opens = "08:00"
closes = "18:00"
[skills]
a = { alike = ["b"] }
b = {}
[intents]
x = { talk = { law = "exponential", mean = "3 min" } }
y = { talk = { law = "exponential", mean = "3 min" } }
[patience]
law = "exponential"
mean = "3 min"
[queues.main]
[[routes]]
intents = ["x"]
queue = "main"
skills = ["a"]
[[routes]]
intents = ["y"]
queue = "main"
skills = ["b"]
[demand]
kind = "rates"
rates = { x = "20 /h", y = "12 /h" }
[sites.here]
wage = "30 EUR/h"
[shifts.day]
length = "8 h"
starts = { "08:00" = 0.5, "10:00" = 0.5 }
[groups.desk]
count = 8
site = "here"
shift = "day"
primary = { a = 0.6, b = 0.4 }
further = { a = 1.0, b = 1.0 }
[abilities]
novice_handle = 0.64
learning_time = "100 days"
[money]
ivr_contact = "0 EUR"
trained_hour = "30 EUR"
[careers]
turnover = { a_year = { here = 2.0 } }
hiring = { selection_time = "5 days", class_time = "7 days", nesting_time = "7 days" }
"""


def test_operators_of_a_model_tell_their_careers(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(TEXT)
    model = CallCentre(load_scenario(path), seed=1)
    model.run()
    assert all(isinstance(operator, mesa.Agent) for operator in model.operators)
    phases = model.agents.get("phase")
    assert set(phases) <= {"vacant", "nesting", "probation", "confirmed"}
    joined = [operator for operator in model.operators if operator.generation > 0 and operator.phase != "vacant"]
    assert joined  # 200 % a year of eight: seven leave in forty days
    for operator in joined:
        assert 0 <= operator.tenure < 40
        assert len(operator.skills) == 1
        events = [event["event"] for event in operator.history]
        assert 0 <= events.index("left") < events.index("joined")
    vacant = [operator for operator in model.operators if operator.phase == "vacant"]
    assert all(math.isnan(operator.tenure) and operator.skills == {} for operator in vacant)
    model.close()


def test_a_run_has_log_and_tables(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(TEXT)
    run = simulate(load_scenario(path))
    log, months, skills = (run.careers.tables()[name] for name in ("log", "months", "skills"))
    assert {"left", "joined", "cleared"} <= set(log.event)
    assert months.day.tolist() == [35]  # the first Monday of the second month
    month = months.iloc[0]
    assert month.n_left == (log[log.day <= 35].event == "left").sum()
    assert month.vacant + month.nesting + month.probation + month.confirmed == 8
    hours = month[["move_hours", "module_hours", "coach_hours", "refresh_hours", "class_hours"]].sum()
    assert hours > 0
    assert month.training_cost == hours * 30
    assert skills.skill.tolist() == ["a", "b"]
    needed = skills.set_index("skill").needed_hours
    assert needed.b < needed.a < 20 * 10 * 36 * 0.05 / 0.85 * 2.5  # 20 an hour of 3 minutes, and learners take longer
    assert run.facts["career_training_hours"] > 0
    assert simulate(load_scenario("erlang-a", {"run.warm_up": 0}), days=1).careers is None


def test_the_folder_of_a_run_holds_the_tables(tmp_path, capsys):
    path = tmp_path / "desk.toml"
    path.write_text(TEXT)
    out = tmp_path / "out"
    assert cli.main(["run", str(path), "--replications", "2", "--out", str(out), "--json"]) == 0
    capsys.readouterr()
    log, months = pd.read_parquet(out / "career_log.parquet"), pd.read_parquet(out / "career_months.parquet")
    assert set(log.replication) == set(months.replication) == {0, 1}
    assert (out / "career_skills.parquet").exists()
    plain = tmp_path / "plain"
    assert cli.main(["run", "erlang-a", "--set", "run.warm_up=0", "--days", "1", "--out", str(plain)]) == 0
    assert not list(plain.glob("career*"))
