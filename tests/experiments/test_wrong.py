"""Cost of being wrong: decisions and euro by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from experiments.compare.findings import CENTRE, FULL, SCREENED
from experiments.compare.wrong import NET, central, records, sentences, wrong_decisions

NAMES = SimpleNamespace(a=SimpleNamespace(label="as-is"), b=SimpleNamespace(label="to-be"))


def net(*rows):
    return pd.DataFrame([dict(zip(NET, row, strict=True)) for row in rows], columns=list(NET))


FOUND = net(
    (SCREENED, CENTRE, CENTRE, "", -2e3, 50e3, 2, 7),  # too short: the full runs decide
    (SCREENED, "calm", "low", "1", 90e3, 30e3, 2, 7),
    (SCREENED, "strong", "low", "0.1", -9e3, 30e3, 2, 7),
    (SCREENED, "weak", "high", "9 s", -7e3, 30e3, 2, 7),
    (FULL, CENTRE, CENTRE, "", 100e3, 20e3, 20, 28),
    (FULL, "strong", "low", "0.1", -60e3, 25e3, 20, 28),
    (FULL, "strong", "high", "0.3", 200e3, 25e3, 20, 28),
    (FULL, "doubt", "low", "5", -10e3, 25e3, 20, 28),
)


def test_the_wrong_decision_costs_what_the_other_would_have_been_worth():
    table = wrong_decisions(FOUND)
    found = {(row.stage, row.assumption, row.end): row for row in table.itertuples()}
    assert list(table.cost) == [60e3, 10e3, 7e3, 0, 0]  # the most costly first
    assert found[FULL, "strong", "low"].right == "a"
    assert bool(found[FULL, "strong", "low"].is_shown)
    assert not found[FULL, "doubt", "low"].is_shown
    assert (found[FULL, "strong", "high"].right, found[FULL, "strong", "high"].cost) == ("b", 0)
    assert (SCREENED, "strong", "low") not in found  # told by its full runs
    assert central(FOUND, SCREENED) == (100e3, 20e3)


def test_a_decision_for_a_is_wrong_where_b_is_worth_more():
    table = wrong_decisions(net((FULL, CENTRE, CENTRE, "", -5e3, 1e3, 9, 1), (FULL, "x", "low", "1", 8e3, 1e3, 9, 1)))
    assert (table.right[0], table.cost[0]) == ("b", 8e3)


def test_words_name_the_decision_what_turns_it_and_the_price():
    said = [text.replace("\u00a0", " ") for text in sentences(NAMES, FOUND)]
    assert said[0] == (
        "Decision as assumed: to-be (net value of the change +100 ± 20 k€ a year, training spread over 3 years)."
    )
    assert said[1] == "strong at 0.1 (low): as-is is right, to-be costs 60 ± 25 k€ a year."
    assert said[2].startswith("doubt at 5 (low): as-is may be right, cost of to-be 10")
    assert "as-is would also be right with weak at 9 s" in said[3]


def test_nothing_turns_and_no_money():
    calm = net((FULL, CENTRE, CENTRE, "", 5e3, 9e3, 9, 1), (FULL, "x", "low", "1", 8e3, 1e3, 9, 1))
    said = sentences(NAMES, calm)
    assert "which may be chance" in said[0]
    assert "At no end of the ranges that were run would as-is be right" in said[1]
    none = net((FULL, CENTRE, CENTRE, "", float("nan"), 1.0, 9, 1))
    assert sentences(NAMES, none) == []
    assert records(none) == []
    assert wrong_decisions(pd.DataFrame(columns=list(NET))).empty


def test_records_are_for_json():
    first = records(FOUND)[0]
    assert first["assumption"] == "strong"
    assert first["cost"] == pytest.approx(60e3)
