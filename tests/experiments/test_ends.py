"""Assumptions at the ends of their ranges: which, set how, in which order, and what turns."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.compare.command import compare_command, repeat_command, run
from experiments.compare.comparison import FurtherRuns, Plan
from experiments.compare.ends import HOLDS, KPIS, LOST, NEW, ROUND, UNSURE, rank, run_ends, turn
from experiments.compare.ends_words import NOT_RUN, NOTHING_TURNS, conclusions
from experiments.compare.further import ASSUMPTIONS
from experiments.compare.ranges import HIGH, LOW, assumptions_of, at_end
from experiments.compare.side import Side
from twin import cli
from twin.errors import InputError, RunError, ScenarioError


@pytest.fixture(scope="module")
def models():
    return Side.load("187-as-is", ["size=tiny"]), Side.load("187-to-be", ["size=tiny"])


def named(sides, name):
    return next(found for found in assumptions_of(*sides) if found.name == name)


# ---- which assumptions, and the scenario with them at an end --------------------------------------------------------


def test_values_that_all_intents_have_are_moved_together(models):
    fcr = named(models, "intents.*.fcr")
    assert len(fcr.keys) == len(models[0].scenario.intents)
    low, high = (at_end(models[0], fcr, end) for end in (LOW, HIGH))
    for name, intent in models[0].scenario.intents.items():
        number = next(n for n in models[0].numbers if n["key"] == f"intents.{name}.fcr")
        assert (low.intents[name].fcr, high.intents[name].fcr) == tuple(number["range"])
        assert low.intents[name].fcr < intent.fcr < high.intents[name].fcr


def test_stated_values_and_values_without_range_are_left_alone(models):
    keys = {key for found in assumptions_of(*models) for key in found.keys}
    for side in models:
        of_key = {number["key"]: number for number in side.numbers}
        for key in keys & of_key.keys():
            assert of_key[key].get("range")
            assert not of_key[key]["mark"].startswith("S")
    assert "team_size" not in keys  # has a range, but S5 states it
    assert "run.days" not in keys


def test_an_assumption_of_one_side_leaves_the_other_as_it_is(models):
    months = named(models, "migration.months_since")
    assert at_end(models[0], months, LOW) is None
    assert at_end(models[1], months, LOW).migration.months_since == months.ranges[0][LOW]


def test_shares_that_must_sum_to_one_give_way_in_proportion(models):
    # the others of n_held share what is left as they did before
    found = named(models, "abilities.n_held.1")
    before, after = models[0].scenario.abilities.n_held, at_end(models[0], found, HIGH).abilities.n_held
    assert after["1"] == found.ranges[0][HIGH]
    assert sum(after.values()) == pytest.approx(1)
    assert after["2"] / after["3"] == pytest.approx(before["2"] / before["3"])
    weight = named(models, "satisfaction.waiting_weight")  # in a table with other things in it
    csi = at_end(models[0], weight, LOW).satisfaction
    assert csi.waiting_weight + csi.accuracy_weight + csi.ability_weight + csi.courtesy_weight == pytest.approx(1)


def test_every_end_can_be_set_or_says_why_not(models):
    impossible = []
    for assumption in assumptions_of(*models):
        for end in (LOW, HIGH):
            try:
                assert any(at_end(side, assumption, end) is not None for side in models)
            except ScenarioError as error:
                impossible.append((assumption.name, error.problems[0]))
    assert len(impossible) <= 2  # a range that ends where the value means nothing (a reserve of nobody)
    assert all("must" in problem for _, problem in impossible)


def test_keys_asked_for_by_name_are_moved_alone_and_unknown_ones_refused(models):
    (one,) = assumptions_of(*models, ["intents.TEC.fcr"])
    assert one.keys == ("intents.TEC.fcr",)
    (some,) = assumptions_of(*models, ["intents.SAL*.fcr"])
    assert len(some.keys) == 3
    with pytest.raises(InputError, match=r"--vary is 'patience.meen', must be a key that has a range.*patience.mean"):
        assumptions_of(*models, ["patience.meen"])


# ---- order and verdicts ---------------------------------------------------------------------------------------------


def test_order_is_by_what_turns_round_then_by_shift_in_half_widths():
    # two KPIs: difference 10 +- 2 and 1 +- 1
    centre, width = np.array([10.0, 1.0]), np.array([2.0, 1.0])
    shifts = {
        "calm": np.array([[1.0, 0.2], [0.0, 0.0]]),  # half a half-width
        "strong": np.array([[8.0, 0.0], [0.0, 0.0]]),  # 4 half-widths, the sign stays
        "second kpi": np.array([[0.0, 0.0], [0.0, 6.0]]),  # 6 half-widths
        "turns": np.array([[-13.0, 0.0], [0.0, 0.0]]),  # 10 becomes -3, beyond its half-width of 2
        "to zero": np.array([[-11.0, 0.0], [0.0, 0.0]]),  # 10 becomes -1: 5.5 half-widths, nothing shown
        "unknown": np.full((2, 2), np.nan),
    }
    assert rank(shifts, centre, width) == ["turns", "second kpi", "to zero", "strong", "calm", "unknown"]


def test_no_interval_at_the_centre_leaves_any_shift_infinite():
    order = rank({"none": np.zeros((2, 1)), "some": np.full((2, 1), 0.1)}, np.zeros(1), np.zeros(1))
    assert order == ["some", "none"]


@pytest.mark.parametrize(
    ("centre", "end", "is_shown", "expected"),
    [
        ("better", "better", True, HOLDS),
        ("better", "worse", True, ROUND),
        ("worse", "better", True, ROUND),
        ("better", "no difference shown", True, LOST),
        ("no difference shown", "worse", True, NEW),
        ("no difference shown", "identical", True, HOLDS),
        ("better", "no difference shown", False, UNSURE),
        ("no difference shown", "worse", False, UNSURE),
        ("better", "better", False, HOLDS),
    ],
)
def test_turn(centre, end, is_shown, expected):
    assert turn(centre, end, is_shown) == expected


# ---- run ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compared(model_files):
    return run(Plan.of(*(Side.load(path, []) for path in model_files), 1, 5, 3), workers=1)


def test_ends_are_the_comparison_with_that_value_set(compared, model_files):
    ends = run_ends(compared, 0, ["demand.rates.bill"], workers=1)
    sides = [Side.load(path, ["demand.rates.bill=70 /h"]) for path in model_files]
    by_hand = run(Plan.of(*sides, 1, 5, 3), workers=1)
    rows = ends.rows("demand.rates.bill", "mean_wait")
    assert set(rows) == {"low", "centre", "high"}
    for row, whole in ((rows["high"], by_hand), (rows["centre"], compared)):
        expected = whole.row("mean_wait")
        assert (row.difference, row.half_width, row.n) == (expected.difference, expected.half_width, 3)
    assert rows["high"].shift == pytest.approx(rows["high"].difference - rows["centre"].difference)
    assert rows["high"].value == "70 /h"


def test_screening_runs_all_and_the_chosen_are_run_in_full(compared):
    seen = []
    ends = run_ends(compared, 1, workers=1, on_table=lambda table: seen.append(len(table)))
    assert set(ends.order) == {"demand.rates.bill", "intents.bill.fcr"}
    assert ends.chosen == ends.order[:1]
    assert ends.screening == (2, 1)
    table = ends.table
    assert set(table[table.stage == "screened"].n) <= {0, 2}
    full = table[(table.stage == "full") & (table.end != "centre")]
    assert set(full.assumption) == set(ends.chosen)
    assert len(full) == 2 * len(KPIS)
    assert seen == sorted(seen)  # what Ctrl-C would keep grows


def test_words_say_what_was_run_and_what_turned(compared):
    ends = run_ends(compared, 0, ["intents.bill.fcr"], workers=1)
    text = " ".join(conclusions(compared, ends))
    assert "1 assumption was run at both ends" in text
    turns = set(ends.table.turn)
    assert (NOTHING_TURNS in text) == (not turns & {ROUND, LOST, NEW})


def test_folder_json_report_and_repeat_hold_the_ends(scenarios, tmp_path, capsys):
    folder = tmp_path / "o"
    line = ["compare", *scenarios, "--days", "1", "--replications", "2", "--workers", "1", "--out", str(folder)]
    assert cli.main([*line, "--json", "--assumptions", "1"]) == 0
    result = json.loads(capsys.readouterr().out)["assumptions"]
    assert len(result["chosen"]) == 1
    assert {"assumption", "end", "value", "kpi", "difference", "half_width", "verdict", "turn"} <= set(
        result["results"][0]
    )
    assert {row["end"] for row in result["results"]} == {"centre", "low", "high"}
    table = pd.read_parquet(folder / ASSUMPTIONS)
    assert set(table.stage) == {"screened", "full"}
    page = (folder / "report.html").read_text()
    assert 'id="chart-assumptions"' in page
    assert "What if an assumption is wrong" in page
    assert "Ranked by effect" in page
    repeat_command(str(folder), workers=1)
    assert "identical to the last bit" in capsys.readouterr().out
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "digests": {ASSUMPTIONS: "another"}}))
    with pytest.raises(RunError, match=r"not the same as recorded: those of assumptions.parquet"):
        repeat_command(str(folder), workers=1)


def test_without_ends_the_report_and_the_screen_name_the_command(scenarios, tmp_path, capsys):
    compare_command(*scenarios, days=1, replications=2, out=str(tmp_path / "o"), workers=1)
    page = (tmp_path / "o" / "report.html").read_text()
    assert NOT_RUN in page
    assert 'id="chart-assumptions"' not in page
    assert NOT_RUN in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("further", "replications", "said"),
    [
        (["--assumptions", "1"], "1", "--replications is 1, must be 2 or more"),
        (["--assumptions", "1", "--vary", "intents.bill.fcr"], "2", "give one of the two"),
        (["--vary", "intents.bill.fdr"], "2", "did you mean intents.bill.fcr"),
        (["--assumptions", "-1"], "2", "greater than or equal to 0"),
        (["--transition"], "2", "--transition follows the move to B, but to-be has no [migration]"),
    ],
)
def test_bad_input_is_one_sentence(scenarios, tmp_path, capsys, further, replications, said):
    line = ["compare", *scenarios, "--days", "1", "--replications", replications, "--out", str(tmp_path / "o")]
    assert cli.main([*line, *further]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "o").exists()


def test_further_runs_are_asked_for_or_not():
    assert not FurtherRuns().is_any
    assert FurtherRuns(assumptions=3).has_ends
    assert FurtherRuns(vary=("patience.mean",)).has_ends
    assert FurtherRuns(transition=True).is_any
    assert not FurtherRuns(transition=True).has_ends
