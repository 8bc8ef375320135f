"""`twin verify`: published cases are met, and a wrong number is found out."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest

from experiments.verify import run
from experiments.verify.case import NORMAL_95, Case, Measure, Published, estimate, exact, printed, rerun, rows_of
from experiments.verify.cases import SIMULATIONS
from experiments.verify.exact import half_a_digit
from experiments.verify.run import CASES, chosen, verify
from experiments.verify.sample import draw
from twin import cli
from twin.errors import InputError

COLUMNS = {"case", "measure", "definition", "source", "published", "se_published", "ours", "se", "z", "verdict"}


@pytest.fixture(scope="module")
def v5_sample():
    return draw(CASES["v5"], 1, 0)


def not_met(rows):
    return [(row.case, row.measure, row.source, row.published, row.ours, row.z) for row in rows if not row.is_met]


@pytest.mark.parametrize("name", ["v5", "v6", "mmnk", "erlang-a", "v20-m6"])
def test_simulated_case_is_met(name):
    assert not_met(verify([name]).rows) == []


def test_closed_forms_meet_all_printed_digits():
    result = verify(["exact"])
    assert not_met(result.rows) == []
    assert len(result.rows) > 60


def test_contacts_are_conserved():
    assert not_met(verify(["conservation"]).rows) == []


def test_each_measure_of_the_page_has_a_definition_and_a_published_value():
    names = {"v1", "v3", "v4", "v5", "v6", "v7", "v9", "v20-m1", "v20-m2", "v20-m6"}
    assert {case.name for case in SIMULATIONS} == names
    for case in CASES.values():
        for measure in case.measures if isinstance(case, Case) else ():
            assert measure.definition
            assert measure.published


def test_wrong_published_value_is_found_out(v5_sample):
    case = CASES["v5"]
    for measure in case.measures:
        row = rows_of("v5", measure, v5_sample)[0]
        se = math.hypot(row.se_ours, row.se_published)
        for shift, is_met in ((-3.5, False), (-2.5, True), (2.5, True), (3.5, False)):
            wrong = dataclasses.replace(measure.published[0], value=row.ours + shift * se)
            planted = rows_of("v5", dataclasses.replace(measure, published=(wrong,)), v5_sample)[0]
            assert planted.z == pytest.approx(-shift)
            assert planted.is_met is is_met


def test_wrong_digit_of_a_closed_form_is_found_out():
    for row in CASES["exact-c"].rows():
        assert row.is_met
        assert not dataclasses.replace(row, published=row.published + 2.1 * row.tolerance).is_met


def test_wrong_definition_is_found_out(v5_sample):
    """Service level over served and blocked differs by .9 points from the one over served alone."""
    measure = next(m for m in CASES["v5"].measures if m.name == "SL (20 s) of served")
    wrong = dataclasses.replace(measure, formula=lambda m: m.in_20s / (m.handled + m.blocked))
    assert not all(row.is_met for row in rows_of("v5", wrong, v5_sample))


def test_standard_error_of_published_values():
    assert printed("0.902", 0.033, 1000).standard_error(9, 9) == pytest.approx(
        math.hypot(0.033 / math.sqrt(1000), 0.001 / math.sqrt(12))
    )
    assert rerun("1814.7", 1.3).standard_error(9, 9) == pytest.approx(math.hypot(1.3 / NORMAL_95, 0.1 / math.sqrt(12)))
    assert rerun("0.5", n=400).standard_error(0.2, 100) == pytest.approx(math.hypot(0.1, 0.1 / math.sqrt(12)))
    assert exact(2.0).standard_error(9, 9) == 0.0
    with pytest.raises(ValueError, match="needs half_width or replications"):
        Published(1.0, "nobody").standard_error(1, 1)


def test_printed_deviations_give_the_printed_intervals():
    """Half-widths of verification.md against standard deviation / sqrt(replications)."""
    half_widths = {
        ("v1", "mean wait [s]"): (0.033, 1.6449), ("v3", "good calls"): (3.54, 1.9623),
        ("v4", "good calls"): (2.223, 1.9623), ("v4", "abandoned"): (0.949, 1.9623),
        ("v5", "good calls"): (2.617, 1.9623), ("v5", "blocked"): (0.61, 1.9623),
        ("v6", "disconnected"): (0.105, 1.9623), ("v7", "served"): (27.155, 1.9623),
        ("v7", "abandoned"): (34.2, 1.9623), ("v9", "served"): (1.737, 1.9623),
        ("v9", "messages"): (0.184, 1.9623),
    }  # fmt: skip
    for (case, name), (half_width, t) in half_widths.items():
        value = next(m for m in CASES[case].measures if m.name == name).published[0]
        assert t * value.sd / math.sqrt(value.replications) == pytest.approx(half_width, abs=2e-3)


def test_jackknife_of_a_mean_is_the_textbook_error():
    sample = pd.DataFrame({"x": np.random.default_rng(1).normal(3.0, 2.0, 500), "one": 1.0})
    value, se = estimate(lambda m: m.x / m.one, sample)
    assert value == pytest.approx(sample.x.mean())
    assert se == pytest.approx(sample.x.std() / math.sqrt(500))


def test_half_a_digit():
    assert half_a_digit(".0183845703") == pytest.approx(0.5e-10)
    assert half_a_digit("4.04969e-5") == pytest.approx(0.5e-10)


def test_same_seed_same_numbers_in_one_process_or_two(monkeypatch):
    monkeypatch.setattr(run, "FEW", 1)
    assert verify(["mmnk"], workers=2).as_dict() == verify(["mmnk"]).as_dict()
    assert verify(["mmnk"], seed=2).rows[0].ours != verify(["mmnk"]).rows[0].ours


def test_names_of_cases():
    assert chosen([]) == list(CASES)
    assert chosen(["V20", "v3", "v20-m2"]) == ["v20-m1", "v20-m2", "v20-m6", "v3"]
    with pytest.raises(InputError, match="case is 'v2', must be among v1, v3"):
        chosen(["v2"])


def test_command_prints_one_json_object(capsys):
    assert cli.main(["verify", "mmnk", "exact-b", "--json"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["met"] == told["total"] == len(told["rows"]) == 11
    assert told["seed"] == 1
    assert set(told["rows"][0]) >= COLUMNS
    assert {row["verdict"] for row in told["rows"]} == {"met"}
    assert said.err == ""


def test_command_prints_a_table(capsys):
    assert cli.main(["verify", "mmnk", "exact-b"]) == 0
    out = capsys.readouterr().out
    assert "P(block)" in out
    assert "blocked / arrived" in out
    assert "11 of 11 measures within 3 standard errors" in out


def test_command_ends_with_1_if_a_measure_is_not_met(capsys, monkeypatch):
    case = CASES["mmnk"]
    wrong = Measure("N", "mean number of calls inside [-]", case.measures[0].formula, (exact(0.8),))
    monkeypatch.setitem(CASES, "mmnk", dataclasses.replace(case, measures=(wrong, case.measures[1])))
    assert cli.main(["verify", "mmnk"]) == 1
    out = capsys.readouterr().out
    assert "NOT MET" in out
    assert "[-]" in out
    assert "1 of 2 measures" in out
    assert cli.main(["verify", "mmnk", "--json"]) == 1
    assert [row["verdict"] for row in json.loads(capsys.readouterr().out)["rows"]] == ["not met", "met"]


def test_command_refuses_an_unknown_case(capsys):
    assert cli.main(["verify", "v2"]) == 2
    assert capsys.readouterr().err.startswith("error: verify: case is 'v2', must be among v1, v3, v4")
