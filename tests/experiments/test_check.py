"""`twin check`: each criterion both ways; figures looked up and measured, or told where they belong."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from experiments.check.figure import FIGURES, Figure, read_figures
from experiments.check.ranking import BEHIND
from experiments.check.run import ELSEWHERE, MET, NOT_AS_EXPECTED, NOT_MET, check, interval, value_of, where
from experiments.check.structure import MEASURES
from experiments.check.table import found, wanted
from twin import cli, load_scenario, simulate
from twin.errors import InputError
from twin.kpi import KPIS
from twin.scenario.load import load
from twin.scenario.schema import Scenario

ONE_CALL = """
[opening]
closing = "serve_out"
[demand]
kind = "rates"
rates.call = "350 /h"
[intents.call]
talk = { law = "exponential", mean = "300 s" }
fcr = 0.75
[patience]
law = "exponential"
mean = "6 min"
[recall]
share = 0.75
delay = { law = "exponential", mean = "1 days" }
[skills.calls]
[queues.calls]
[[routes]]
queue = "calls"
skills = ["calls"]
[groups.operators]
count = 50
skills = { calls = "primary" }
"""


def names(rows, verdict):
    return {(row.figure.id, row.figure.measure) for row in rows if row.verdict == verdict}


def figure(**changes):
    given = {"id": "X", "figure": "x", "mark": "A", "scenarios": ("mine",), "days": 1, "replications": 2}
    return Figure(**given | changes)


@pytest.fixture
def one_call(tmp_path):
    path = tmp_path / "one-call.toml"
    path.write_text(ONE_CALL)
    return path


# ---- the figures ----------------------------------------------------------------------------------------------------


def test_all_figures_of_the_documents_are_there():
    fixed = [figure for figure in FIGURES if figure.kind == "fixed"]
    assert sorted({figure.id for figure in fixed}) == [f"K{number:02d}" for number in range(1, 30)]
    assert all(re.match(r"S[1-5]", figure.mark) for figure in fixed)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.id} {figure.measure}")
def test_each_criterion_holds_both_ways(figure):
    if figure.exactly is not None:
        good = list(figure.exactly) if isinstance(figure.exactly, tuple) else figure.exactly
        bad = good[:-1] if isinstance(good, list | str) else good + 1
    elif figure.between is not None:
        low, high = figure.between
        margin = (high - low) / 1000
        good, bad = (low + high) / 2, low - margin
        assert figure.is_met(low)
        assert figure.is_met(high)
        assert not figure.is_met(high + margin)
    elif figure.above is not None:
        good, bad = figure.above * 1.001 + 1e-9, figure.above
    else:
        good, bad = figure.below * 0.999 - 1e-9, figure.below
    assert figure.is_met(good)
    assert not figure.is_met(bad)


def test_the_whole_interval_must_be_as_wanted():
    above = figure(kpi="sl20", above=0.8)
    assert above.is_met(0.83, 0.02)
    assert not above.is_met(0.81, 0.02)
    assert above.is_open(0.81, 0.02)
    assert not above.is_open(0.79, 0.02)
    assert not above.is_met(math.nan)
    assert not figure(kpi="sl20", between=(0.1, 0.2)).is_met(0.15, 0.06)


def test_an_interval_is_that_of_the_t_distribution():
    values = np.array([1.0, 2.0, 3.0])
    assert interval(values)[0] == 2.0
    assert interval(values)[1] == pytest.approx(4.302653 * 1.0 / 3**0.5)  # standard deviation 1, 2 degrees
    assert interval(values[:1]) == (1.0, None)


@pytest.mark.parametrize(
    "row",
    [
        'id = "X"\nfigure = "x"\nmark = "A"\nscenarios = []\nkpi = "asa"',
        'id = "X"\nfigure = "x"\nmark = "A"\nscenarios = []\nkpi = "asa"\nabove = 1.0\nbelow = 2.0',
        'id = "X"\nfigure = "x"\nmark = "A"\nscenarios = []\nkpi = "asa"\nstructure = "queues"\nabove = 1.0',
        'id = "X"\nfigure = "x"\nmark = "A"\nscenarios = []\nkpi = "asa"\nabove = 1.0\ncolour = "red"',
    ],
)
def test_a_row_has_one_measure_and_one_criterion(tmp_path, row):
    path = tmp_path / "figures.toml"
    path.write_text(f"[defaults]\ndays = 1\nreplications = 1\n[[figures]]\n{row}\n")
    with pytest.raises(ValueError, match="must have one measure and one criterion"):
        read_figures(path)


# ---- looked up in a scenario ----------------------------------------------------------------------------------------


def test_both_caring_models_have_what_their_document_fixes(capsys):
    assert cli.main(["check", "187-to-be"]) == 0
    said = capsys.readouterr().out
    assert "7 of 7 figures of the documents met" in said
    assert cli.main(["check", "187-as-is"]) == 0
    assert "3 of 3 figures of the documents met" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("scenario", "change", "missed"),
    [("187-to-be", "team_size=12", "K14"), ("187-to-be", "shifts.staggered.length=5 h", "K26")],
)
def test_a_scenario_that_misses_a_figure_fails(capsys, scenario, change, missed):
    assert cli.main(["check", scenario, "--set", change, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["is_met"]
    assert {row["id"] for row in told["figures"] if row["verdict"] == NOT_MET} == {missed}


def test_structure_is_read_from_the_scenario():
    as_is, to_be, erlang = (load_scenario(name) for name in ("187-as-is", "187-to-be", "erlang-a"))
    assert [MEASURES["n_skills"](scenario) for scenario in (as_is, to_be, erlang)] == [4, 17, 1]
    assert [MEASURES["n_clusters"](scenario) for scenario in (to_be, erlang)] == [8, 1]
    assert MEASURES["queues"](to_be) == ["New", "Premium", "Standard"]
    assert MEASURES["segments"](as_is) == ["Basic", "Medium", "Privilege"]
    assert [MEASURES["n_segments"](scenario) for scenario in (to_be, erlang)] == [3, 0]
    assert MEASURES["shift_lengths"](to_be) == [6.0]
    assert MEASURES["fewest_starts"](to_be) == 5  # of the outsourcers
    assert MEASURES["fewest_starts"](erlang) == 0  # nobody works a shift
    assert MEASURES["opening"](to_be) == "mon-sun 07:00-22:30"


def test_shifts_by_patterns_are_read_day_by_day():
    """Mondays start at 8 and 9, Tuesdays at 8 and 10: three starts a week, two a day. One pattern has other hours."""
    patterns = [
        {"start": "08:00", "days": ["mon", "tue"], "heads": 2},
        {"start": "09:00", "days": ["mon"], "heads": 1, "length": "4 h"},
        {"starts": {"mon": "08:00", "tue": "10:00"}, "heads": 1},
    ]
    changes = {"shifts.desk": {"length": "6 h", "patterns": patterns}, "groups.operators.shift": "desk"}
    scenario = load_scenario("erlang-a", changes)
    assert MEASURES["shift_lengths"](scenario) == [4.0, 6.0]
    assert MEASURES["fewest_starts"](scenario) == 2


@pytest.mark.parametrize(
    ("days", "told"),
    [(["mon", "tue", "wed", "thu", "fri", "sat"], "mon-sat"), (["mon", "wed"], "mon, wed"), (["sun"], "sun")],
)
def test_opening_is_told_as_a_person_says_it(days, told):
    scenario = load_scenario("erlang-a", {"opening": {"opens": "08:00", "closes": "20:00", "days": days}})
    assert MEASURES["opening"](scenario) == f"{told} 08:00-20:00"


def test_tiers_are_counted_by_escalations():
    def tiers(*legs):
        return MEASURES["n_tiers"](
            Scenario.model_validate({
                "name": "tiers", "skills": {"a": {}, "b": {}}, "queues": {"q": {}},
                "intents": {"call": {"talk": {"law": "exponential", "mean": "3 min"}}},
                "routes": [{"queue": "q", "skills": ["a"]}], "groups": {"g": {"count": 1, "skills": {"a": 1, "b": 1}}},
                "demand": {"kind": "rates", "rates": {"call": "1 /h"}},
                "legs": [{"skills": ["b"], "share": 0.1, **leg} for leg in legs],
            })
        )  # fmt: skip

    assert tiers() == 1
    assert tiers({"kind": "transfer"}) == 1
    assert tiers({"kind": "escalation"}) == 2
    assert tiers({"kind": "escalation"}, {"kind": "escalation", "tier": 2}) == 3


# ---- measured in runs -----------------------------------------------------------------------------------------------


def test_a_scenario_is_measured_against_the_figures_of_its_document(one_call):
    rows = check(load(one_call), workers=1)
    assert names(rows, MET) == {
        ("K06", "n_entered"), ("K07", "sl20"), ("K08", "abandonment_share"), ("K09", "recall_share"),
        ("K09", "recall_any_share"), ("K09", "recall_chasing_share"), ("K14", "team_size"), ("K28", "opening"),
    }  # fmt: skip
    missed = {row.figure.measure: row for row in rows if row.verdict == NOT_MET}
    assert missed["csi"].reason == "no value: the scenario does not model it"
    mine = [figure for figure in FIGURES if "one-call" in figure.scenarios]
    unmeasured = {figure.measure for figure in mine if not figure.is_measured}
    assert {name for name, row in missed.items() if row.reason.startswith("not measured yet")} == unmeasured
    assert found(missed["csi"]) == "-"
    assert all(row.half_width > 0 for row in rows if row.verdict == MET and row.figure.needs_run)
    assert ("K01", "n_skills") in names(rows, ELSEWHERE)


def test_too_few_operators_miss_the_figures_of_the_service(one_call):
    figures = [replace(figure, days=2, replications=2) for figure in FIGURES if figure.id in ("K07", "K08")]
    rows = check(load(one_call, {"groups.operators.count": 30}), workers=1, figures=figures)
    assert names(rows, NOT_MET) == {("K07", "sl20"), ("K08", "abandonment_share")}


def test_what_extends_a_scenario_has_its_figures(one_call):
    mine = one_call.with_name("mine.toml")
    mine.write_text('extends = "one-call.toml"\nteam_size = 30\n')
    rows = check(load(mine), workers=1, figures=[f for f in FIGURES if f.id in ("K14", "K28")])
    assert names(rows, MET) == {("K28", "opening")}
    assert ("K14", "team_size") in names(rows, NOT_MET)


def test_what_is_not_measured_yet_is_not_met():
    unknown = figure(kpi="nobody_knows", below=1.0, scenarios=("erlang-a",))
    row = check(load("erlang-a"), workers=1, figures=[unknown])[0]
    assert (row.verdict, row.reason) == (NOT_MET, "not measured yet (nobody_knows)")
    assert all(figure.kpi in {*KPIS, BEHIND} or not figure.is_measured for figure in FIGURES if figure.kpi)


def test_counts_are_told_per_day_month_or_year():
    run = simulate(load_scenario("erlang-a"), days=2)
    n = run.kpis().n_entered[0]
    assert value_of(figure(kpi="n_entered"), run) == n
    assert value_of(figure(kpi="n_entered", per="day"), run) == n / 2
    assert value_of(figure(kpi="n_entered", per="month"), run) == pytest.approx(n / 2 * 365.25 / 12)
    assert value_of(figure(kpi="asa", queue="calls"), run) == run.kpis(["queue"]).asa["calls"]
    assert math.isnan(value_of(figure(stock="Nursery"), run))


def test_days_are_summed_before_they_are_divided():
    """Of three days the last two; and the last day less the first."""
    run = simulate(load_scenario("erlang-a"), days=3)
    days = run.counts(["day"])
    last_two = days.wait_handled[1:].sum() / days.handled[1:].sum()
    assert value_of(figure(kpi="asa", last_days=2), run) == pytest.approx(last_two)
    first, last = days.wait_handled[0] / days.handled[0], days.wait_handled[2] / days.handled[2]
    assert value_of(figure(kpi="asa", change_over=1), run) == pytest.approx(last - first)
    whole = value_of(figure(kpi="asa", last_days=3, queue="calls"), run)
    assert whole == pytest.approx(run.kpis().asa[0])
    assert value_of(figure(kpi="asa", intent=run.names.cells[0].intent), run) == pytest.approx(whole)


def test_leaders_and_the_hours_of_the_menu_are_read_from_the_scenario():
    one_call, poste, erlang = (load_scenario(name) for name in ("one-call", "poste-unified", "erlang-a"))
    assert [MEASURES["leaders_of_a_team"](scenario) for scenario in (one_call, erlang)] == [1, 0]
    assert MEASURES["self_service_opening"](poste) == "mon-sun 00:00-24:00"
    assert MEASURES["self_service_opening"](erlang) == "none"


@pytest.mark.parametrize("name", ["case_time", "defect_share", "recontact_share", "net_lines"])
def test_figures_of_cases_and_lines_have_kpis(name):
    told = [figure for figure in FIGURES if figure.kpi == name]
    assert told
    assert all(figure.is_measured and figure.unit == KPIS[name].unit for figure in told)


def test_a_stock_is_a_share_of_the_customers_at_the_end():
    changes = {"size": "tiny", "scale.sizes.tiny": 0.001, "run.warm_up": 0}
    run = simulate(load_scenario("187-to-be", changes), days=1)
    customers = run.stocks.customers_at_end
    assert value_of(figure(stock="Nursery"), run) == customers["Nursery"] / customers.sum()
    assert value_of(figure(kpi="foc", cluster="Basic"), run) == run.kpis(["cluster"]).foc["Basic"]


def test_a_difference_is_of_runs_with_the_same_luck(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "erlang-a"\ngroups.operators.count = 60\n')
    faster = figure(kpi="asa", below=0.0, versus="erlang-a", kind="expected", replications=4)
    slower = figure(kpi="asa", above=0.0, versus="erlang-a", kind="expected", replications=4)
    better, worse = check(load(mine), expected=True, seed=3, workers=1, figures=[faster, slower])
    runs = [
        [simulate(scenario, days=1, seed=3, replication=number).kpis().asa[0] for number in range(4)]
        for scenario in (load_scenario(mine), load_scenario("erlang-a"))
    ]
    differences = [a - b for a, b in zip(*runs, strict=True)]
    assert better.found == pytest.approx(sum(differences) / 4)
    assert (better.verdict, worse.verdict) == ("as expected", NOT_AS_EXPECTED)
    assert not worse.is_failure


def test_processes_change_no_number(one_call):
    figures = [replace(figure, days=1, replications=2) for figure in FIGURES if figure.id in ("K07", "K08")]
    alone, together = (check(load(one_call), workers=n, figures=figures) for n in (1, 2))
    assert [row.found for row in alone] == [row.found for row in together]


# ---- the command ----------------------------------------------------------------------------------------------------


def test_a_missed_figure_is_exit_1_and_said(capsys, one_call):
    assert cli.main(["check", str(one_call), "--workers", "1"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "above 80 %" in said
    assert " ± " in said
    assert "not met" in said
    assert "belongs to wind-multichannel" in said


def test_json_is_one_object_with_all_figures(capsys):
    assert cli.main(["check", "187-to-be", "--json", "--seed", "7"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["scenario", "seed", "is_met", "figures"]
    assert (told["scenario"], told["seed"], told["is_met"]) == ("187-to-be", 7, True)
    assert {row["id"] for row in told["figures"]} == {f"K{number:02d}" for number in range(1, 30)}
    first = told["figures"][0]
    assert first == {
        "id": "K01", "figure": "Skills", "kind": "fixed", "mark": "S1", "scenarios": ["187-to-be"],
        "measure": "n_skills", "wanted": "17", "found": 17, "half_width": None, "days": None, "replications": None,
        "verdict": "met", "reason": "",
    }  # fmt: skip


def test_without_a_scenario_all_figures_are_listed(capsys):
    assert cli.main(["check"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for number in range(1, 30):
        assert f"K{number:02d} " in said
    assert "Check one of them: twin check 187-as-is | 187-to-be" in said


def test_a_scenario_that_does_not_exist_yet_is_told_as_such():
    assert where(figure(kpi="asa", below=1.0, scenarios=("nowhere", "erlang-a"))) == (
        "belongs to nowhere (does not exist yet), erlang-a"
    )


def test_a_scenario_without_figures_is_refused(capsys):
    assert cli.main(["check", "erlang-a"]) == 2
    assert "erlang-a: no figure belongs to it, must be one of 187-as-is, 187-to-be" in capsys.readouterr().err
    with pytest.raises(InputError):
        check(load("mmnk"))


def test_wanted_is_told_in_the_unit_of_the_kpi():
    told = {(figure.id, figure.measure): wanted(figure) for figure in FIGURES}
    assert told["K07", "sl20"] == "above 80 %"
    assert told["K06", "n_entered"] == "9,000 to 11,000"
    assert told["K02", "queues"] == "New, Premium, Standard"
    assert told["K12", "defect_share"] == "below 1 %"
    assert told["K13", "csi"] == "above 80 points"
    assert told["9f", "asa"] == "70 s to 102 s"
