"""What the page Skills works out, on tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from experiments.training.gaps import gaps_of, work_of
from twin.kernel.codes import Outcome
from twin.kernel.tables import RECORD
from twin.ui.work.skills import Staff, skill_map

STAFF = Staff(
    "hand", "", {"a": "First", "b": "Second", "c": ""},
    pd.DataFrame({"group": ["x", "x", "x", "x", "y"], "team": [0, 0, 1, 1, 2]}),
    pd.DataFrame(
        [(0, "a", 1, 0.9), (0, "b", 2, 0.6), (1, "a", 1, 0.7), (2, "b", 1, 0.8), (4, "a", 2, 0.5)],
        columns=["operator", "skill", "level", "proficiency"],
    ),
)  # fmt: skip


def test_holders_by_group():
    found = skill_map(STAFF, "holders")
    assert found.rows == ["x", "y"]
    assert found.values.tolist() == [[2, 2, 0], [1, 0, 0]]


def test_holders_of_one_level_as_share():
    # Primary only: of the four in x, two hold a and one b; y's only operator holds a as secondary.
    assert skill_map(STAFF, "share", 1).values.tolist() == [[0.5, 0.25, 0.0], [0.0, 0.0, 0.0]]


def test_mean_proficiency_by_team_of_a_group():
    # Team 0: a by two, (0.9 + 0.7) / 2; b by one. Team 1: b by one. Nobody: no mean.
    found = skill_map(STAFF, "proficiency", group="x")
    assert found.rows == ["0", "1"]
    assert found.values == pytest.approx(np.array([[0.8, 0.6, np.nan], [np.nan, 0.8, np.nan]]), nan_ok=True)


def test_gaps_share_out_hours_by_need_and_come_worst_first():
    # a: 9 h of 90 handled, 10 lost at 0.1 h: 10 h, at 0.8: 12.5 h. b: 30 h, at 0.8: 37.5 h. c: nothing.
    # The first holds both and gives 20 h as 12.5 to 37.5: 5 to a, 15 to b. The second gives 16 h to a, the third,
    # who holds c only, nothing. Held: a 21 (gap -8.5), b 15 (gap 22.5). Whole hours of holders: a 36, b 20.
    work = pd.DataFrame({"hours": [9.0, 30.0, 0.0], "handled": [90, 100, 0], "lost": [10, 0, 0]})
    own = np.array([[True, True, False], [True, False, False], [False, False, True]])
    table = gaps_of(["a", "b", "c"], work, own, np.array([20.0, 16.0, 8.0]), 0.8)
    assert table["skill"].tolist() == ["b", "a"]
    assert table["holders"].tolist() == [1, 2]
    assert table["contacts"].tolist() == [100, 100]
    assert table["needed"].tolist() == pytest.approx([37.5, 12.5])
    assert table["held"].tolist() == pytest.approx([15.0, 21.0])
    assert table["gap"].tolist() == pytest.approx([22.5, -8.5])
    assert table["holder_hours"].tolist() == [20.0, 36.0]


def test_work_is_of_the_skill_that_the_matter_takes():
    # Types 0 and 1 take skill 1, type 2 takes skill 0. Handled: 300 s + 60 s wrap of type 0, 1800 s of type 1: 0.6 h.
    # Lost: one of type 2; one that hung up in the menu (never joined) does not count.
    records = np.zeros(4, RECORD)
    records["type"] = [0, 1, 2, 2]
    records["outcome"] = [Outcome.HANDLED, Outcome.HANDLED, Outcome.ABANDONED, Outcome.ABANDONED]
    records["operator"] = [3, 4, -1, -1]
    records["joined_at"] = [0.0, 0.0, 5.0, np.nan]
    records["answered_at"] = [100.0, 100.0, np.nan, np.nan]
    records["ended_at"] = [400.0, 1900.0, 50.0, 3.0]
    records["wrap_time"] = [60.0, 0.0, 0.0, 0.0]
    work = work_of(records, np.array([1, 1, 0]), 2)
    assert work["hours"].tolist() == pytest.approx([0.0, 0.6])
    assert work["handled"].tolist() == [0, 2]
    assert work["lost"].tolist() == [1, 0]


def test_skills_have_the_titles_of_the_readers_language():
    from twin.ui.work.skills import read_staff

    class Silent:
        def progress(self, *_, **__):
            pass

    staff = read_staff(Silent(), "187-as-is", "tiny")
    assert staff.titles("it")["SK06"] == "Vendita nuovo impianto (NIP)"
    assert staff.titles("en")["SK06"] == staff.skills["SK06"] != staff.titles("it")["SK06"]
    assert STAFF.titles("it") == STAFF.skills  # none is known
