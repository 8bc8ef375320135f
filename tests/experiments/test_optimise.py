"""Optimising staffing: the optimum of a centre so small that all plans can be tried, resuming, input, files."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from tiny_centre import SCENARIO, STUDY, write_study

from experiments.optimise.command import open_folder
from experiments.optimise.files import plan_text
from experiments.optimise.formula_slopes import slopes_by_formula
from experiments.optimise.greedy import Greedy
from experiments.optimise.instance import Instance
from experiments.optimise.optimise import State, optimise, pilot, say_how_long
from experiments.optimise.runs import Order, Purse, Runs
from experiments.optimise.search import Search
from experiments.optimise.slopes import extras, slopes
from experiments.optimise.study import Study, shipped_studies
from experiments.optimise.targets import Cells
from experiments.sweep.engine import Serial, engine
from twin.cli import main
from twin.errors import InputError
from twin.scenario.change import changed
from twin.scenario.load import load_scenario
from twin.simulation import simulate


def instance_of(folder, study=STUDY, scenario=SCENARIO):
    return Instance(*Study.read(write_study(folder, study, scenario)))


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    """A search of the tiny centre that has run."""
    folder = tmp_path_factory.mktemp("tiny")
    instance = instance_of(folder)
    runs, purse = Runs(instance, open_folder(instance, folder / "out", False), Serial()), Purse()
    cells, formulas = pilot(instance, runs, purse)
    found = Search(cells, formulas, runs, purse, 20_000)
    found.run()
    return found


def test_search_finds_the_optimum_that_enumeration_finds(search):
    # Three ways to work (08-10, 09-11, 10-12 at 40 EUR): on the search's own days, no plan of one person less holds.
    best = search.cheapest(0.0)
    assert best.cost == 40 * sum(best.heads)
    n = sum(best.heads) - 1
    plans = [plan for plan in itertools.product(range(n + 1), repeat=3) if sum(plan) == n]
    assert len(plans) == (n + 2) * (n + 1) // 2
    for plan in plans:
        excess = search.cells.excess(search.runs.sample(plan, search.replications, Purse()))
        assert (search.cells.beyond(excess, 0.0) < 0).any(), plan


def test_runs_are_those_that_simulate_makes(search):
    # 3 people from 08:00, 2 from 10:00: as a scenario file would say it.
    instance = search.instance
    overrides = {
        "groups.team.count": 5,
        "shifts.half.starts": {},
        "shifts.half.patterns": [
            {"start": start, "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "heads": heads}
            for start, heads in (("08:00", 3), ("10:00", 2))
        ],
    }
    run = simulate(load_scenario(instance.loaded.files[0], overrides), 20, 1, 0)
    sums = search.runs.get([Order((3, 0, 2), 0)], Purse())[0].sums
    counts = run.counts().iloc[0]
    assert [sums[i].sum() for i in range(4)] == [counts[n] for n in ("offered", "in_20s", "in_target", "abandoned")]
    assert sums.shape == (4, 1, 20, 24)
    assert sums[0, 0, :, :8].sum() == sums[0, 0, :, 12:].sum() == 0  # closed before 8 and from 12 on


def test_an_extra_person_helps_where_he_works(search):
    # One person in each hour is far too few: a second one answers more of the hour in time.
    found = slopes(search.cells, search.runs, Purse(), (1, 0, 1), range(2), 0.0)
    hours = [i for i, cell in enumerate(search.cells.cells) if cell.target == 0]
    assert [search.cells.cells[i].first for i in hours] == [8 * 3600.0, 9 * 3600.0, 10 * 3600.0, 11 * 3600.0]
    own = found[hours][:, 0, 0]
    assert (own[range(4), range(8, 12)] > 0).all()
    assert own.shape == (4, 24)
    assert len(extras(search.instance)) == 4


def test_slopes_by_formula_are_like_those_of_runs_and_each_cell_has_its_own_hours(search):
    # Two or three people in each hour, as many as are needed: a person adds calls answered in time in his hour.
    heads = (2, 1, 2)
    sums = search.runs.sample(heads, range(2), Purse())
    found = slopes_by_formula(search.cells, search.formulas, sums)
    runs = slopes(search.cells, search.runs, Purse(), heads, range(2), 0.0)
    assert found.shape == runs.shape == (5, 1, 1, 24)
    own = found[range(4), 0, 0, range(8, 12)]
    assert (own > 0).all()
    assert found[:4].sum() == pytest.approx(own.sum())
    assert (own / runs[range(4), 0, 0, range(8, 12)] > 0.4).all()
    assert (own / runs[range(4), 0, 0, range(8, 12)] < 2.5).all()
    assert (found[4, 0, 0, 8:12] > 0).all()  # the day's abandonment: every hour helps
    assert found[4].sum() == pytest.approx(found[4, 0, 0, 8:12].sum())


def test_a_search_with_slopes_by_formula_finds_as_cheap_a_plan(search, tmp_path):
    instance = instance_of(tmp_path, STUDY.replace("[search]", '[search]\nslopes = "formula"'))
    runs, purse = Runs(instance, open_folder(instance, tmp_path / "out", False), Serial()), Purse()
    cells, formulas = pilot(instance, runs, purse)
    found = Search(cells, formulas, runs, purse, 20_000)
    found.run()
    assert found.cheapest(0.0).cost <= search.cheapest(0.0).cost
    assert runs.days(purse) < search.runs.days(search.purse)


def test_greedy_takes_many_at_a_time_where_the_budget_needs_it(search):
    # A step: 2 runs of the plan, 2 of each of 8 ways, 20 days each: 360 days. Seven tenths of 3600 days are 7 steps.
    greedy = Greedy(search.cells, search.formulas, search.runs, Purse(), 3600)
    assert [greedy._block(missing) for missing in (0, 7, 8, 15)] == [1, 1, 2, 3]


def test_a_day_misses_where_its_excess_is_below_zero(search):
    # Two queues would be two cells; here: 4 hours and the day. 10 offered, 8 in time, 1 gave up; then 10, 7, 2.
    sums = np.zeros((2, 1, 4, 1, 24), np.int32)
    sums[0, 0, :, 0, 9], sums[1, 0, :, 0, 9] = [10, 8, 8, 1], [10, 7, 7, 2]
    excess = search.cells.excess(sums)
    assert excess[:, 1].tolist() == [0.5, -0.5]  # in time less 75 % of 10
    assert excess[:, 4].tolist() == [0.0, -1.0]  # 10 % of 10 less those who gave up
    assert search.cells.beyond(excess, 0.0)[1] == 0.0  # mean
    days = np.array([[-3.0], [-2.0], [-1.0], [0.0], [1.0]] * 2) * np.ones((1, 5))
    assert search.cells.beyond(days, 0.0)[4] == -2.0  # a quarter of 10 days, 2, may miss: the third worst must not


def test_everything_is_made_once_and_resuming_makes_nothing(tmp_path, capsys):
    study = write_study(tmp_path)
    out = tmp_path / "out"
    arguments = ["optimise", str(study), "--workers", "1", "--out", str(out), "--json"]
    code = main(arguments)
    first = json.loads(capsys.readouterr().out)
    assert code == (0 if first["holds"] else 1)
    assert main(arguments) == 2
    assert "go on with --resume" in capsys.readouterr().err
    before = pd.read_parquet(next((out / "packed").iterdir()))
    assert main([*arguments, "--resume"]) == code
    assert json.loads(capsys.readouterr().out) == first
    assert len(list((out / "packed").iterdir())) == 1
    assert before["run_key"].is_unique  # one queue: one row a run
    _check_json(first)
    _check_files(out, first)


def _check_json(told):
    assert [plan["name"] for plan in told["plans"]] == [
        "program with cuts", "Erlang C", "Erlang A", "Erlang A, raised", "greedy",
    ]  # fmt: skip
    ours = told["plans"][0]
    assert ours["cost"] == sum(row["cost"] for row in told["plan"]) == 40 * sum(row["heads"] for row in told["plan"])
    assert ours["people"] == told["groups"]["team"]
    assert told["days_used"] <= told["budget"]
    assert told["holds"] == (ours["verdict"] == "holds")
    assert told["ladder"][0]["verdict"] in ("holds", "misses", "not shown")
    assert {row["wanted"] for row in ours["targets"]} == {0.75}


def _check_files(out, told):
    plan = load_scenario(out / "plan.toml")
    assert plan.groups["team"].count == told["groups"]["team"]
    assert simulate(plan, 1).counts().offered.iloc[0] > 0
    trace = pd.read_parquet(out / "trace.parquet")
    assert set(trace["by"]) == {"search", "greedy"}
    assert {"cell", "slopes", "bound"} <= set(pd.read_parquet(out / "cuts.parquet").columns)
    page = (out / "plan.html").read_text()
    assert "<svg" in page
    assert "http" not in page
    assert "Erlang A, raised" in page


def test_a_folder_without_a_run_is_begun_anew(tmp_path):
    """The first try had a wrong --scheduler, say: there is nothing to go on with."""
    instance = instance_of(tmp_path)
    store = open_folder(instance, tmp_path / "out", False)
    assert open_folder(instance, tmp_path / "out", False).folder == store.folder
    store.write(pd.DataFrame({"run_key": ["a"]}), ["a"])
    with pytest.raises(InputError, match="go on with --resume"):
        open_folder(instance, tmp_path / "out", False)


def test_the_file_of_a_plan_is_the_scenario_that_was_simulated(tmp_path):
    told = STUDY.replace(
        "budget", 'set = { "patience.mean" = "2 min", "run.days" = 3, "opening.closes" = "12:00" }\nbudget'
    )
    new = '[groups.helpers]\nlike = "team"\nskills = { calls = 2 }\nwage = "15 EUR/h"\n'
    scenario = SCENARIO + "[abilities]\nabsence = { in-house = 0.1 }\n"
    instance = instance_of(tmp_path, told.replace("[[targets]]", new + "[[targets]]", 1), scenario)
    heads = (1, 0, 2, 0, 3, 0)
    (tmp_path / "plan.toml").write_text(plan_text(instance, heads, tmp_path, "a test"))
    written = load_scenario(tmp_path / "plan.toml")
    simulated = changed(instance.resolved, instance.values(heads), "tiny")
    same = {"name": "", "title": ""}
    assert written.model_copy(update=same) == simulated.model_copy(update=same)
    assert written.patience.mean == 120.0
    assert instance.there.tolist() == [0.9, 0.9]


def test_any_number_of_workers_makes_the_same_runs(search, tmp_path):
    orders = [Order((2, 1, n), r) for n in range(2) for r in range(2)]
    here = search.runs.get(orders, Purse())
    store = open_folder(search.instance, tmp_path / "out", False)
    with engine(2) as found:
        there = Runs(search.instance, store, found).get(orders, Purse())
    kept = Runs(search.instance, store, Serial())
    assert kept.n_kept == 4
    for one, other, read in zip(here, there, kept.get(orders, Purse()), strict=True):
        assert (one.sums == other.sums).all()
        assert (one.sums == read.sums).all()
        assert (one.labour == read.labour).all()


def test_an_interrupted_search_leaves_its_best_plan(search):
    state = State(search=search)
    assert state.best == min((t for t in search.tried.values() if t.safety >= 0), key=lambda t: t.cost).heads
    assert "heads = " in plan_text(search.instance, state.best, search.runs.store.folder, "so far")


def test_a_price_of_lost_contacts_is_weighed_by_selection(tmp_path):
    # A lost contact at 1000 EUR: the safest plan that holds loses fewest, and is the best.
    instance = instance_of(tmp_path, "lost_contact = 1000.0\n" + STUDY)
    runs = Runs(instance, open_folder(instance, tmp_path / "out", False), Serial())
    result = optimise(instance, runs, baselines=False)
    passed = [one for one, verdict in result.ladder if verdict == "holds"]
    if len(passed) > 1:
        assert result.kn_days > 0
    assert result.ours.heads == passed[0].heads
    assert result.ours.cost == max(one.cost for one in passed)


def test_a_new_group_has_its_own_skills_and_wage(tmp_path):
    new = '[groups.helpers]\nlike = "team"\nskills = { calls = "secondary" }\nwage = "15 EUR/h"\n'
    instance = instance_of(tmp_path, STUDY.replace("[[targets]]", new + "[[targets]]", 1))
    assert instance.groups == ["team", "helpers"]
    assert sorted(set(instance.costs.round(6))) == [30.0, 40.0]
    assert instance.serving.tolist() == [[True], [True]]
    text = plan_text(instance, (1, 0, 0, 2, 0, 0), tmp_path, "a test")
    (tmp_path / "plan.toml").write_text(text)
    plan = load_scenario(tmp_path / "plan.toml")
    assert (plan.groups["helpers"].count, plan.sites[plan.groups["helpers"].site].wage * 3600) == (2, 15.0)
    assert plan.groups["helpers"].skills["calls"].level == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[targets]]", "[[target]]", "targets is missing\nerror: "),
        ("at_least = \"75 %\"", "at_most = \"75 %\"", "must have at_least"),
        ('every = "1 h"', 'every = "20 min"', "must be a multiple of the scenario's run.interval"),
        ('every = "1 h"', 'every = "0 s"', "must be above 0 s, or 'day'"),
        ('every = "1 h"', 'every = "-1 h"', "must be above 0 s, or 'day'"),
        ("margins = [0.0, 1.0]", "margins = []", "search.margins has 0 values, must have at least 1"),
        ("margins = [0.0, 1.0]", "margins = [nan]", "search.margins[0] is nan, must be"),
        ("most = 12", 'most = 12\nwage = "20 bananas"', "groups.team.wage is '20 bananas', must have one of the units"),
        ("budget = 20000\n", 'cycle = "week"\nbudget = 20000\nsearch.days_a_run = 5\n', "days_a_run 5, must be a week"),
        ("budget = 20000", "budget = 1000\nsearch.days = 400", "budget is 1,000, must be 1,715 or more"),
        ('every = "1 h"', 'within = "30 s"', "must be '20 s' or 'target'"),
        ('every = "1 h"', 'queues = ["mail"]', "must be among calls"),
        ("most = 12", "least = 20\nmost = 12", "must not exceed most"),
        ("most = 12", 'shifts = ["night"]', "must be among half"),
        ("groups.team", "groups.crew", "must be among team"),
        ('"tiny.toml"', '"nowhere"', "nowhere"),
        ("budget = 20000", "budget = 1", "budget"),
        ('scenario = "tiny.toml"', 'scenario = "erlang-a"', "groups.team is not in the scenario"),
    ],
)  # fmt: skip
def test_wrong_studies_are_refused_in_a_sentence(tmp_path, capsys, old, new, said):
    assert old in STUDY
    study = STUDY.replace(old, new)
    if "search." in new:  # in place of the table of that name
        study = study.replace("[search]\ndays = 40\ndays_a_run = 20\nmargins = [0.0, 1.0]\n", "")
    path = write_study(tmp_path, study)
    assert main(["optimise", str(path), "--out", str(tmp_path / "out")]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1 + said.count("\n")


def test_groups_that_cannot_be_planned_are_refused(tmp_path):
    with pytest.raises(InputError, match="nobody works by shifts"):
        instance_of(tmp_path, STUDY.replace("[groups.team]\nmost = 12", ""), SCENARIO.replace('shift = "half"\n', ""))
    with pytest.raises(InputError, match="costs nothing"):
        instance_of(tmp_path, STUDY, SCENARIO.replace('wage = "20 EUR/h"', ""))
    with pytest.raises(InputError, match="has no shift"):
        instance_of(tmp_path, STUDY, SCENARIO.replace('shift = "half"\n', ""))
    with pytest.raises(InputError, match="has a head_count"):
        instance_of(tmp_path, STUDY, SCENARIO.replace('shift = "half"', "head_count = [2, 2, 2, 2]"))


def test_shipped_studies_are_read(tmp_path):
    assert shipped_studies() == ["187-week", "187-week-small", "one-line", "skill-mix", "two-lines"]
    lines = Instance(*Study.read("two-lines"))
    assert lines.serving.tolist() == [[True, False], [True, True]]
    with pytest.raises(InputError, match="one-line, skill-mix, two-lines"):
        Study.read(tmp_path / "none")


@pytest.mark.parametrize(("off", "n"), [("any", 21), ("together", 7)])
def test_days_off_may_have_to_follow_each_other(tmp_path, off, n):
    # Two of seven days off: 21 pairs, 7 of them neighbours, Sunday and Monday among them.
    week = STUDY.replace('scenario = "tiny.toml"', 'scenario = "tiny.toml"\ncycle = "week"')
    week = week.replace("[search]", f'[search]\ndays_off = "{off}"')
    instance = instance_of(tmp_path, week, SCENARIO.replace('length = "2 h"', 'length = "2 h"\ndays_a_week = 5'))
    assert len(instance.columns) == 3 * n
    assert (1, 2, 3, 4, 5) in {column.days for column in instance.columns}


def test_how_long_it_may_take_is_said_before(search):
    # 20,000 days in runs of 20 days at .5 s: 500 s on one worker, and the greedy baseline.
    said = []
    runs = Runs(search.instance, search.runs.store, Serial())
    runs._seconds = 0.5
    say_how_long(runs, True, said.append)
    assert "at most 8 minutes on 1 workers, and as long again for the greedy baseline" in said[0]
    runs._seconds = 0.05
    say_how_long(runs, True, said.append)
    assert len(said) == 1


def test_a_week_has_a_cell_for_each_weekday(tmp_path):
    week = STUDY.replace('scenario = "tiny.toml"', 'scenario = "tiny.toml"\ncycle = "week"')
    week = week.replace("days_a_run = 20", "days_a_run = 28")
    scenario = SCENARIO.replace('length = "2 h"', 'length = "2 h"\ndays_a_week = 6')
    instance = instance_of(tmp_path, week, scenario)
    assert len(instance.columns) == 3 * 7  # starts, days off
    assert instance.costs.tolist() == [240.0] * 21
    runs = Runs(instance, open_folder(instance, tmp_path / "out", False), Serial())
    sample = runs.sample(tuple([1] * 21), [0], Purse())
    assert sample.shape == (4, 7, 4, 1, 24)
    assert len(Cells(instance, sample)) == 7 * 4 + 7
